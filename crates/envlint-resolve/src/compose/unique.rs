//! Lists that several files add to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Items by a key, in the order in which the keys first appear: a later item takes the place of
/// an earlier one with its key. That is how Compose lays a list over another one, so a file of
/// variables that is named again stays where it was named first (compose-go
/// `override/uncity.go`).
pub(crate) struct Unique<K, V> {
    places: BTreeMap<K, usize>,
    items: Vec<V>,
}

impl<K, V> Default for Unique<K, V> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), items: Vec::new() }
    }
}

impl<K: Ord, V> Unique<K, V> {
    /// Adds an item, or puts it in the place of the one with its key.
    pub(crate) fn put(&mut self, key: K, item: V) {
        match self.places.entry(key) {
            Entry::Occupied(place) => self.items[*place.get()] = item,
            Entry::Vacant(place) => {
                place.insert(self.items.len());
                self.items.push(item);
            }
        }
    }

    /// The items.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &V> {
        self.items.iter()
    }

    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl<K, V> IntoIterator for Unique<K, V> {
    type Item = V;
    type IntoIter = std::vec::IntoIter<V>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

//! How serde walks through lists, mappings and the variants of an enumeration.

use std::vec;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::failure::Failure;
use super::state::{State, Step};
use crate::tree::{Field, Node};

/// The items of a list that are not left out.
pub(super) struct ListReader<'a> {
    items: vec::IntoIter<(usize, Node<'a>)>,
    state: &'a State,
}

impl<'a> ListReader<'a> {
    pub(super) fn new(list: Node<'a>, state: &'a State) -> Self {
        state.looked_at(list.items().len());
        let items = list.elements().map(|item| item.node).enumerate();
        let items: Vec<_> = items.filter(|(_, item)| !state.is_left_out(*item)).collect();
        Self { items: items.into_iter(), state }
    }
}

impl<'de> SeqAccess<'de> for ListReader<'_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Some((at, item)) = self.items.next() else { return Ok(None) };
        self.state.within(Step::Item(at), item, |reader| seed.deserialize(reader)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The entries of a mapping that are not left out.
pub(super) struct MapReader<'a> {
    table: Node<'a>,
    entries: vec::IntoIter<Field<'a>>,
    /// The names that the struct knows; `None` for a map, whose names are the user's.
    fields: Option<&'static [&'static str]>,
    value: Option<(Step, Node<'a>)>,
    state: &'a State,
}

impl<'a> MapReader<'a> {
    pub(super) fn new(
        table: Node<'a>,
        fields: Option<&'static [&'static str]>,
        state: &'a State,
    ) -> Self {
        state.looked_at(table.entries().len());
        for duplicate in table.duplicates().iter().filter(|d| !d.again.is_merge()) {
            let key = duplicate.again.key;
            state.tell_twice(key.span(), key.expose().unwrap_or_default());
        }
        Self { table, entries: table.fields().into_iter(), fields, value: None, state }
    }
}

impl<'de> MapAccess<'de> for MapReader<'_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        for Field { key, value, .. } in self.entries.by_ref() {
            if self.state.is_left_out(key) || self.state.is_left_out(value) {
                continue;
            }
            let Some(name) = key.expose() else {
                self.state.tell_no_name(key.span());
                continue;
            };
            if let Some(fields) = self.fields.filter(|fields| !fields.contains(&name)) {
                self.state.tell_unknown(self.table, name, fields);
                continue;
            }
            let step = Step::Field { name: name.to_owned(), key: key.span() };
            self.value = Some((step.clone(), value));
            return self.state.within(step, key, |reader| seed.deserialize(reader)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Failure> {
        // A visitor that asks for a value before its key has told its own mistake.
        let Some((step, value)) = self.value.take() else { return Err(Failure::Told) };
        self.state.within(step, value, |reader| seed.deserialize(reader))
    }
}

/// An enumeration that is written as a mapping of one entry: `{ variant = content }`.
pub(super) struct VariantReader<'a> {
    name: &'a str,
    step: Step,
    content: Node<'a>,
    state: &'a State,
}

impl<'a> VariantReader<'a> {
    pub(super) fn new(field: &Field<'a>, state: &'a State) -> Self {
        let name = field.name().unwrap_or_default();
        let step = Step::Field { name: name.to_owned(), key: field.key.span() };
        Self { name, step, content: field.value, state }
    }
}

impl<'de> EnumAccess<'de> for VariantReader<'_> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), Failure> {
        let word: StrDeserializer<'_, Failure> = self.name.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> VariantAccess<'de> for VariantReader<'_> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        self.state.within(self.step, self.content, |reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.state
            .within(self.step, self.content, |reader| reader.deserialize_tuple(length, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.state.within(self.step, self.content, |reader| {
            reader.deserialize_struct("", fields, visitor)
        })
    }
}

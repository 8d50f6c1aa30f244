use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::{SourceFile, Span, Value};

/// Text that may be a secret: a slice of a file, or text that was made from several (decoded,
/// interpolated). Wiped from memory with its last owner.
///
/// There is no `Debug`, `Display` or `Serialize`, so a value can not slip into a message by a
/// format string. Comparing goes through [`SecretEquality`].
#[derive(Clone)]
pub struct Secret(Repr);

#[derive(Clone)]
enum Repr {
    Slice { file: Arc<SourceFile>, span: Span },
    Made(Arc<Zeroizing<Box<str>>>),
}

impl Secret {
    /// The text of `span` in `file`, without a copy.
    pub fn slice(file: &Arc<SourceFile>, span: Span) -> Self {
        Self(Repr::Slice { file: Arc::clone(file), span })
    }

    /// Text that stands nowhere as it is. A `String` with spare capacity is moved, not copied,
    /// into memory that is wiped.
    pub fn made(text: impl Into<Zeroizing<String>>) -> Self {
        let text: Zeroizing<String> = text.into();
        Self(Repr::Made(Arc::new(Zeroizing::new(Box::from(text.as_str())))))
    }

    /// The text. Every caller is one of the few places that must read values: parsers, kinds,
    /// strength estimates. Nothing that formats text for a person may call it.
    pub fn expose(&self) -> &str {
        match &self.0 {
            Repr::Slice { file, span } => file.slice(*span),
            Repr::Made(text) => text,
        }
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

/// How two values compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Equality {
    /// The same text, or the same unknown thing.
    Same,
    /// Certainly different texts.
    Different,
    /// At least one is unknown in a part that could decide.
    Unknown,
}

/// A keyed fingerprint, comparable only with others of the same [`SecretEquality`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretFingerprint(u64);

/// Compares values by fingerprints under a key that exists for this run only, so that groups of
/// equal secrets can be found in linear time and no fingerprint means anything outside.
#[derive(Default)]
pub struct SecretEquality(RandomState);

impl SecretEquality {
    /// The fingerprint of a wholly known value; `None` when a piece is unknown.
    pub fn fingerprint(&self, value: &Value) -> Option<SecretFingerprint> {
        value.known().map(|text| SecretFingerprint(self.0.hash_one(text.as_str())))
    }

    /// Compares two values as far as they are known.
    pub fn compare(&self, a: &Value, b: &Value) -> Equality {
        match (self.fingerprint(a), self.fingerprint(b)) {
            (Some(a), Some(b)) if a == b => Equality::Same,
            (Some(_), Some(_)) => Equality::Different,
            _ if a.is_identical(b) => Equality::Same,
            _ if a.contradicts(b) => Equality::Different,
            _ => Equality::Unknown,
        }
    }
}

/// The environment of a process, given to a check as data: nothing below the binary reads its
/// own. Values are secret; there is no way to list them.
#[derive(Clone, Default)]
pub struct ProcessEnvironment(BTreeMap<String, Secret>);

impl ProcessEnvironment {
    /// The value of a variable, if it is set.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    /// The names of the variables, sorted. Their values are asked for one by one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether a variable is set to something other than the empty text.
    pub fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.is_empty())
    }
}

impl FromIterator<(String, Secret)> for ProcessEnvironment {
    fn from_iter<I: IntoIterator<Item = (String, Secret)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_tells_its_names() {
        let secret = |name: &str| (name.to_owned(), Secret::made("CANARY".to_owned()));
        let environment: ProcessEnvironment = ["B", "A"].map(secret).into_iter().collect();
        assert_eq!(environment.names().collect::<Vec<_>>(), ["A", "B"]);
    }
}

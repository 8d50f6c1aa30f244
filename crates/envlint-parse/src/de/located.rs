use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;

use envlint_model::Span;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::SeqDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::failure::Failure;

/// The newtype name by which [`Located`] asks for a place. No struct has such a name.
pub(super) const LOCATED: &str = "$envlint::Located";

/// A value and where it stands, also as the name of an entry: `BTreeMap<Located<String>, _>`.
///
/// Only documents of this crate can be read into it. It compares by value alone, and its JSON
/// Schema is that of the value.
#[derive(Clone, Copy, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands, as [`Node::span`](crate::tree::Node::span) has it.
    pub span: Span,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(LOCATED, LocatedVisitor(PhantomData))
    }
}

struct LocatedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LocatedVisitor<T> {
    type Value = Located<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a document that knows places")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Located<T>, A::Error> {
        match (seq.next_element()?, seq.next_element()?) {
            (Some(raw), Some(value)) => Ok(Located { value, span: Span::from_raw(raw) }),
            _ => Err(A::Error::invalid_length(0, &self)),
        }
    }
}

/// Answers [`LocatedVisitor`]: first the span, then the value.
pub(super) struct LocatedAccess<D> {
    span: Option<Span>,
    value: Option<D>,
}

impl<D> LocatedAccess<D> {
    pub(super) fn new(span: Span, value: D) -> Self {
        Self { span: Some(span), value: Some(value) }
    }
}

impl<'de, D: Deserializer<'de, Error = Failure>> SeqAccess<'de> for LocatedAccess<D> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        match (self.span.take(), self.value.take()) {
            (Some(span), value) => {
                self.value = value;
                seed.deserialize(SeqDeserializer::new(span.to_raw().into_iter())).map(Some)
            }
            (None, Some(value)) => seed.deserialize(value).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl<T> Deref for Located<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Borrow<T> for Located<T> {
    fn borrow(&self) -> &T {
        &self.value
    }
}

impl Borrow<str> for Located<String> {
    fn borrow(&self) -> &str {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<T: PartialOrd> PartialOrd for Located<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Located<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Hash> Hash for Located<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

//! What every type here does the same way: it is made from text, by serde too, and says so
//! without ever quoting the text.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use zeroize::Zeroizing;

/// Reads a value from text, or from what a typed source made of the text: some sources turn
/// `4000` and `true` into a number and a boolean before anybody asks them to.
pub(crate) struct TextVisitor<T> {
    expecting: &'static str,
    value: PhantomData<T>,
}

impl<T> TextVisitor<T> {
    pub(crate) fn new(expecting: &'static str) -> Self {
        Self { expecting, value: PhantomData }
    }
}

impl<T: FromStr<Err: fmt::Display>> TextVisitor<T> {
    fn read<E: Error>(&self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.read(text)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        self.read(&Zeroizing::new(text))
    }

    // The provided methods for these would quote the value in their error.

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        self.read(if value { "true" } else { "false" })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.visit_string(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.visit_string(value.to_string())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<T, E> {
        self.visit_string(value.to_string())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<T, E> {
        self.visit_string(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.visit_string(value.to_string())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<T, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.read(text),
            Err(_) => Err(E::custom("not UTF-8")),
        }
    }
}

/// Implements `Deserialize` through [`TextVisitor`], and `JsonSchema` as a schema of its own
/// that properties refer to, so that what a property adds stands beside it and replaces nothing.
macro_rules! text_value {
    ([$($generics:tt)*] $type:ty, $expecting:literal, $name:expr, $schema:tt) => {
        text_value!(@serde [$($generics)*] $type, $expecting);
        text_value!(@schema [$($generics)*] $type, $name, $schema, false);
    };
    (inline $type:ty, $expecting:literal, $name:expr, $schema:tt) => {
        text_value!(@serde [] $type, $expecting);
        text_value!(@schema [] $type, $name, $schema, true);
    };
    (@serde [$($generics:tt)*] $type:ty, $expecting:literal) => {
        impl<'de, $($generics)*> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any($crate::text::TextVisitor::new($expecting))
            }
        }
    };
    (@schema [$($generics:tt)*] $type:ty, $name:expr, $schema:tt, $inline:literal) => {
        impl<$($generics)*> schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                $inline
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

pub(crate) use text_value;

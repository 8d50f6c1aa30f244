//! What was expected and what was found, in words that a person who writes a file knows.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::failure::Failure;
use super::located::{LOCATED, LocatedAccess};
use crate::tree::{Format, Kind, Node, Style};

/// What a value should be. Displays as what follows "must be".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expectation<'a> {
    Text,
    Switch,
    Number,
    /// A whole number and its range.
    Whole(i128, i128),
    Table(Format),
    /// A list, and what its items are, if that is known.
    List(Option<&'static str>),
    /// One of these words.
    Words(&'a [&'static str]),
    /// In the words of the type itself.
    Other(String),
}

impl<'a> Expectation<'a> {
    /// What a visitor says that it expects, with serde's own words translated.
    pub(super) fn named(words: &str, format: Format) -> Self {
        match words {
            "a string" | "a character" | "a borrowed string" => Expectation::Text,
            "a boolean" => Expectation::Switch,
            "a sequence" | "an array" => Expectation::List(None),
            "a map" => Expectation::Table(format),
            "f32" | "f64" => Expectation::Number,
            _ if words.starts_with("struct ") => Expectation::Table(format),
            _ => Expectation::Other(words.to_owned()),
        }
    }

    /// A list, and what its items are. The visitor is asked for the latter by letting it read one
    /// item that tells what is wanted of it.
    pub(super) fn list<'de, V: Visitor<'de>>(visitor: V, node: Node<'_>) -> Self {
        let wanted = Cell::new(None);
        // That fails in any case; what counts is what was asked for.
        let _ = visitor.visit_seq(Probe { wanted: &wanted, node });
        Expectation::List(wanted.get())
    }

    /// What to write, where the way from what was found to what is wanted is plain.
    pub(super) fn help(&self, node: Node<'_>) -> Option<&'static str> {
        let scalar = node.style()?;
        match self {
            Expectation::List(_) => Some("write it in brackets: `[...]`"),
            Expectation::Text if !scalar.is_text() => Some("write it in quotes"),
            Expectation::Switch | Expectation::Whole(..) | Expectation::Number
                if scalar.is_text() =>
            {
                Some("write it without quotes")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Expectation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expectation::Text => f.write_str("text"),
            Expectation::Switch => f.write_str("`true` or `false`"),
            Expectation::Number => f.write_str("a number"),
            Expectation::Whole(min, max) if *max > i128::from(u32::MAX) => match min {
                0 => f.write_str("a whole number from 0"),
                _ => f.write_str("a whole number"),
            },
            Expectation::Whole(min, max) => write!(f, "a whole number from {min} to {max}"),
            Expectation::Table(format) => f.write_str(table(*format)),
            Expectation::List(None) => f.write_str("a list"),
            Expectation::List(Some(items)) => write!(f, "a list of {items}"),
            Expectation::Words(words) => write!(f, "one of {}", listed(words, "and")),
            Expectation::Other(words) => f.write_str(words),
        }
    }
}

/// `a`, `b` and `c`.
pub(super) fn listed(words: &[&str], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// What a node is. Says nothing about its value.
pub(super) fn found(node: Node<'_>) -> &'static str {
    match node.kind() {
        Kind::Mapping(_) => table(node.document().format()),
        Kind::Sequence(_) => "a list",
        Kind::Alias(_) => "an alias",
        Kind::Scalar(_) if node.is_absent() => "nothing",
        Kind::Scalar(Style::Integer) => "a whole number",
        Kind::Scalar(Style::Float) => "a number",
        Kind::Scalar(Style::Boolean) => "`true` or `false`",
        Kind::Scalar(Style::Null) => "null",
        Kind::Scalar(Style::DateTime) => "a date or time",
        Kind::Scalar(_) => "text",
    }
}

fn table(format: Format) -> &'static str {
    match format {
        Format::Toml => "a table",
        Format::Json => "an object",
        Format::Yaml => "a mapping",
    }
}

/// A list of which each item only notes what is wanted of it.
#[derive(Clone, Copy)]
struct Probe<'p> {
    wanted: &'p Cell<Option<&'static str>>,
    node: Node<'p>,
}

impl Probe<'_> {
    fn note<T>(self, wanted: &'static str) -> Result<T, Failure> {
        self.wanted.set(Some(wanted));
        Err(Failure::Told)
    }
}

impl<'de> SeqAccess<'de> for Probe<'_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        seed.deserialize(*self).map(Some)
    }
}

/// Methods of [`Deserializer`] that note what is wanted.
macro_rules! notes {
    ($($wanted:literal: $($method:ident($($argument:ty),*))*;)*) => {$($(
        fn $method<V: Visitor<'de>>(self, $(_: $argument,)* _: V) -> Result<V::Value, Failure> {
            self.note($wanted)
        }
    )*)*};
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Failure;

    notes! {
        "text": deserialize_str() deserialize_string() deserialize_char() deserialize_identifier()
            deserialize_enum(&'static str, &'static [&'static str]);
        "`true` or `false`": deserialize_bool();
        "whole numbers": deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
            deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32()
            deserialize_u64() deserialize_u128() deserialize_bytes() deserialize_byte_buf();
        "numbers": deserialize_f32() deserialize_f64();
        "lists": deserialize_seq() deserialize_tuple(usize)
            deserialize_tuple_struct(&'static str, usize);
        "tables": deserialize_map()
            deserialize_struct(&'static str, &'static [&'static str]);
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match name {
            LOCATED => visitor.visit_seq(LocatedAccess::new(self.node.span(), self)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
        Err(Failure::Told)
    }

    serde::forward_to_deserialize_any! { unit unit_struct ignored_any }
}

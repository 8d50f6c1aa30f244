//! The text of one variable as what its type asks for, read as its schema says.

use envlint_schema::{Kind, TextRules};
use envlint_types::kinds::boolean::Reading;
use envlint_types::kinds::{list, number};
use serde::de::value::{BorrowedStrDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde_json::de::StrRead;

use super::refusal::Refusal;

/// A text and what its schema takes it for.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'a> {
    text: &'a str,
    kind: &'a Kind,
}

/// What the items of a list are where nothing is known of them.
static ITEM: Kind = Kind::Text(TextRules { min_length: None, max_length: None, pattern: None });

impl<'a> Leaf<'a> {
    pub(super) fn new(text: &'a str, kind: &'a Kind) -> Self {
        Self { text, kind }
    }

    /// Reads the text as JSON. What serde_json says of it is dropped, as it quotes.
    fn json<R>(
        self,
        read: impl FnOnce(&mut serde_json::Deserializer<StrRead<'a>>) -> serde_json::Result<R>,
    ) -> Result<R, Refusal> {
        let mut json = serde_json::Deserializer::from_str(self.text);
        let value = read(&mut json).map_err(|_| Refusal::here())?;
        json.end().map_err(|_| Refusal::here())?;
        Ok(value)
    }

    fn opens_with(self, bracket: char) -> bool {
        self.text.trim_start().starts_with(bracket)
    }

    /// A list: JSON if it looks like it, otherwise items between commas.
    fn list<V: Visitor<'a>>(
        self,
        visitor: V,
        json: impl FnOnce(&mut serde_json::Deserializer<StrRead<'a>>, V) -> serde_json::Result<V::Value>,
    ) -> Result<V::Value, Refusal> {
        if self.opens_with('[') && !matches!(self.kind, Kind::List(_)) {
            return self.json(|from| json(from, visitor));
        }
        let items = list::items(self.text).map(|range| Leaf::new(&self.text[range], &ITEM));
        let mut items = SeqDeserializer::new(items);
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }
}

impl<'de> IntoDeserializer<'de, Refusal> for Leaf<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Whole numbers as every reader of the schema takes them, so that `-0` is one for `u8` as well;
/// what is too long for those, as Rust's own type does.
macro_rules! parsed {
    ($($method:ident $visit:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            let whole = number::integer(self.text).ok().and_then(|number| number.try_into().ok());
            let number = whole.or_else(|| self.text.parse().ok());
            visitor.$visit(number.ok_or_else(Refusal::here)?)
        }
    )+};
}

macro_rules! as_text {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            visitor.visit_borrowed_str(self.text)
        }
    )+};
}

impl<'de> Deserializer<'de> for Leaf<'de> {
    type Error = Refusal;

    /// Types that take anything get what the kind says.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.kind {
            Kind::Boolean(_) => self.deserialize_bool(visitor),
            Kind::Integer(_) | Kind::Port => self.deserialize_i64(visitor),
            Kind::Number(_) => self.deserialize_f64(visitor),
            _ => self.deserialize_str(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let reading = match self.kind {
            Kind::Boolean(reading) => *reading,
            _ => Reading::Strict,
        };
        visitor.visit_bool(reading.reads(self.text).ok_or_else(Refusal::here)?)
    }

    parsed! {
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_i128 visit_i128
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
        deserialize_u128 visit_u128
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_f64(number::number(self.text).map_err(|_| Refusal::here())?)
    }

    as_text! {
        deserialize_char deserialize_str deserialize_string deserialize_identifier
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_borrowed_bytes(self.text.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_bytes(visitor)
    }

    /// A variable that is not set is not offered in the first place.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.text {
            "" => visitor.visit_unit(),
            _ => Err(Refusal::here()),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.list(visitor, |json, visitor| json.deserialize_seq(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.list(visitor, |json, visitor| json.deserialize_tuple(length, visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.list(visitor, |json, visitor| json.deserialize_tuple_struct(name, length, visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.json(|json| json.deserialize_map(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.json(|json| json.deserialize_struct(name, fields, visitor))
    }

    /// The name of a variant, or JSON if there is more in it than a name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self.opens_with('{') {
            true => self.json(|json| json.deserialize_enum(name, variants, visitor)),
            false => visitor.visit_enum(BorrowedStrDeserializer::new(self.text)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }
}

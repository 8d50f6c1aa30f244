//! JSON as the reading of a schema needs it.
//!
//! A schema is read from front to back, once, and dropped. `serde_json::Value` would copy every
//! text for that and hash every name, which took longer than the rest of the reading. Here texts
//! are borrowed, and the few fields of an object stand in a list, in their order.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::value::{Error, MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserialize, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// Any JSON.
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The field of an object; of several with one name, the last.
    pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.fields()?.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(super) fn fields(&self) -> Option<&[(Cow<'a, str>, Json<'a>)]> {
        match self {
            Json::Object(fields) => Some(fields),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> Option<&[Json<'a>]> {
        match self {
            Json::List(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn bool(&self) -> Option<bool> {
        match self {
            Json::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<&Number> {
        match self {
            Json::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// Whether it is what a keyword of a kind says; `1` and `1.0` are one number.
    pub(super) fn is(&self, keyword: &Value) -> bool {
        match (self, keyword) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(a), Value::Bool(b)) => a == b,
            (Json::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Json::Text(a), Value::String(b)) => a == b,
            (Json::List(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is(b))
            }
            _ => false,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
        // JSON has no number that is not finite.
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut fields = Vec::new();
        // The name of a field is a text like any other, and can be borrowed as one.
        while let Some(Json::Text(name)) = map.next_key()? {
            fields.push((name, map.next_value()?));
        }
        Ok(Json::Object(fields))
    }
}

/// Types are read from it as from any format.
impl<'de> Deserializer<'de> for &'de Json<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(flag) => visitor.visit_bool(*flag),
            Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (.., number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
            Json::Text(text) => visitor.visit_borrowed_str(text),
            Json::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Json::Object(fields) => visitor.visit_map(map_of(fields)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Json::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Json::Text(text) => visitor.visit_enum((&**text).into_deserializer()),
            Json::Object(fields) => visitor.visit_enum(MapAccessDeserializer::new(map_of(fields))),
            _ => Err(de::Error::custom("neither a text nor an object")),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for &'de Json<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Fields, to be read as a type.
pub(super) fn map_of<'de, 'a>(
    fields: &'de [(Cow<'a, str>, Json<'a>)],
) -> MapDeserializer<'de, impl Iterator<Item = (&'de str, &'de Json<'a>)>, Error> {
    MapDeserializer::new(fields.iter().map(|(name, value)| (&**name, value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Role, Short};

    const TEXT: &str = r#"{ "a": [1, 1.0, null, true, "b\n"], "b": "first", "b": "last" }"#;

    #[test]
    fn reads_what_is_there_and_borrows_what_it_can() {
        let json: Json<'_> = serde_json::from_str(TEXT).unwrap();
        let Some([one, float, null, flag, escaped]) = json.get("a").and_then(Json::items) else {
            panic!()
        };
        assert!(one.is(&json!(1.0)) && float.is(&json!(1)) && !one.is(&json!("1")));
        assert!(null.is_null() && flag.bool() == Some(true) && escaped.text() == Some("b\n"));
        assert!(json.get("a").unwrap().is(&json!([1, 1, null, true, "b\n"])));
        assert!(!json.get("a").unwrap().is(&json!([1, 1, null, true])));
        assert!(matches!(json.get("b"), Some(Json::Text(Cow::Borrowed("last")))));
        assert!(one.get("a").is_none() && json.get("c").is_none());
    }

    #[test]
    fn types_are_read_from_it_as_from_json() {
        for role in ["\"datastore\"", r#"{ "public-url": { "service": "api" } }"#, "1", "[]"] {
            let json: Json<'_> = serde_json::from_str(role).unwrap();
            assert_eq!(Role::deserialize(&json).ok(), serde_json::from_str(role).ok(), "{role}");
        }
        let short = r#"{ "type": "number", "minimum": -1, "maximum": 0.5, "docs": null,
            "required": { "environment": "production" }, "values": ["a", "b"], "bytes": 32 }"#;
        let json: Json<'_> = serde_json::from_str(short).unwrap();
        let read = Short::deserialize(&json).ok();
        assert!(read.is_some() && read == serde_json::from_str(short).ok());
    }
}

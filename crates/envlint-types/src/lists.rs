use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::kinds::format::Format;
use crate::kinds::list;
use crate::text::TextVisitor;

/// Items of one type, separated by commas: `List<Port>` reads `80, 443`.
///
/// Any type will do that is made from text. White space around items is dropped, and so are items
/// without text: a comma at the end is a habit, not a mistake. A source that has lists, such as
/// figment, may give one.
///
/// ```
/// use envlint_types::{List, Port};
///
/// let ports: List<Port> = "80, 443,".parse()?;
/// assert_eq!(ports.iter().map(|port| port.get()).collect::<Vec<_>>(), [80, 443]);
/// let error = "80,http".parse::<List<Port>>().unwrap_err();
/// assert_eq!(error.to_string(), "item 2 of the list: not a number");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct List<T>(Vec<T>);

/// One item of a list is not what it must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("item {} of the list: {error}", item + 1)]
pub struct ListError<E> {
    /// Which item, from 0.
    pub item: usize,
    /// What is wrong with it.
    pub error: E,
}

impl<T> List<T> {
    /// The items in the order of the list.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// The items, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The items.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: FromStr> FromStr for List<T> {
    type Err = ListError<T::Err>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = |(item, range): (usize, std::ops::Range<usize>)| {
            text[range].parse().map_err(|error| ListError { item, error })
        };
        list::items(text).enumerate().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

impl<T: fmt::Display> fmt::Display for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, item)| {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{item}")
        })
    }
}

impl<T: fmt::Display> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ListVisitor(PhantomData))
    }
}

/// Reads a text with commas, or a list of a source that has them.
struct ListVisitor<T>(PhantomData<T>);

/// Reads an item of such a list.
struct ItemSeed<T>(PhantomData<T>);

const EXPECTING: &str = "a list with commas";

impl<T: FromStr<Err: fmt::Display>> ListVisitor<T> {
    fn text<E: Error>(text: &str) -> Result<List<T>, E> {
        TextVisitor::new(EXPECTING).visit_str(text)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTING)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<List<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(ItemSeed(PhantomData))? {
            items.push(item);
        }
        Ok(List(items))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<List<T>, E> {
        Self::text(text)
    }

    // A list of one item, of which a typed source made a number or a boolean. The provided methods
    // for these would quote it.

    fn visit_bool<E: Error>(self, value: bool) -> Result<List<T>, E> {
        TextVisitor::new(EXPECTING).visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<List<T>, E> {
        TextVisitor::new(EXPECTING).visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<List<T>, E> {
        TextVisitor::new(EXPECTING).visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<List<T>, E> {
        TextVisitor::new(EXPECTING).visit_f64(value)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<List<T>, E> {
        TextVisitor::new(EXPECTING).visit_bytes(bytes)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> DeserializeSeed<'de> for ItemSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_any(TextVisitor::new("an item of a list"))
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("List_of_{}", T::schema_name()).into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("envlint_types::List<{}>", T::schema_id()).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
        let item = generator.into_root_schema_for::<T>().to_value();
        let mut schema = schemars::json_schema!({
            "type": "string",
            "x-envlint": { "type": "list", "items": item_kind(&item) },
        });
        if item.get("writeOnly").is_some() {
            schema.insert("writeOnly".into(), true.into());
        }
        schema
    }
}

/// What a schema of lists can say of an item, by the item's own schema. An item of which it can say
/// nothing is text to it, and its type decides alone.
fn item_kind(item: &Value) -> &'static str {
    const PLAIN: [&str; 4] = ["origin", "port", "integer", "number"];
    let word = |value: &Value| {
        let word = value.as_str()?;
        let plain = PLAIN.into_iter().find(|plain| *plain == word);
        plain.or_else(|| Format::named(word).map(Format::name))
    };
    // The most telling of them first.
    let said = [&item["x-envlint"]["type"], &item["format"], &item["type"]];
    said.into_iter().find_map(word).unwrap_or("string")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Cidr, Email, HttpUrl, Jwt, Port};

    #[test]
    fn a_list_is_its_items() {
        let list: List<u8> = " 1,2 ,,3,".parse().unwrap();
        assert_eq!((list.as_slice(), list.to_string().as_str()), (&[1, 2, 3][..], "1,2,3"));
        assert_eq!("".parse(), Ok(List::<u8>::default()));
        assert_eq!("1,x".parse::<List<u8>>().unwrap_err().item, 1);
    }

    #[test]
    fn a_list_comes_from_text_and_from_lists() {
        for json in ["\"1,2\"", "[1, 2]", "[\"1\", 2.0]", "[1.0, \"2\"]"] {
            let list = serde_json::from_str::<List<f32>>(json).unwrap();
            assert_eq!(list.into_vec(), [1.0, 2.0], "{json}");
        }
        assert_eq!(serde_json::from_str::<List<u8>>("7").unwrap().into_vec(), [7]);
    }

    #[test]
    fn no_error_quotes_what_it_refuses() {
        for json in ["\"CANARY\"", "4711", "[4711]", "[\"CANARY\"]", "{\"CANARY\":1}", "[[4711]]"] {
            let error = serde_json::from_str::<List<Email>>(json).unwrap_err().to_string();
            assert!(!error.contains("CANARY") && !error.contains("47"), "{error}");
        }
    }

    #[test]
    fn its_schema_says_what_the_items_are() {
        let own = |schema: Schema| schema.as_value()["x-envlint"]["items"].clone();
        assert_eq!(own(schemars::schema_for!(List<Port>)), json!("port"));
        assert_eq!(own(schemars::schema_for!(List<u16>)), json!("integer"));
        assert_eq!(own(schemars::schema_for!(List<Cidr>)), json!("cidr"));
        assert_eq!(own(schemars::schema_for!(List<Email>)), json!("email"));
        assert_eq!(own(schemars::schema_for!(List<String>)), json!("string"));
        assert_eq!(own(schemars::schema_for!(List<HttpUrl>)), json!("string"));
        let secret = schemars::schema_for!(List<Jwt>);
        assert_eq!(secret.as_value()["writeOnly"], json!(true));
    }
}

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};

use super::access::{ListReader, MapReader, VariantReader};
use super::expect::Expectation;
use super::failure::Failure;
use super::located::{LOCATED, LocatedAccess};
use super::state::State;
use crate::tree::{Kind, Node, Style};

/// Reads one node, with its alias followed.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    node: Node<'a>,
    state: &'a State,
}

impl<'a> Reader<'a> {
    pub(super) fn new(node: Node<'a>, state: &'a State) -> Self {
        Self { node, state }
    }

    fn wrong<T>(self, expected: Expectation<'_>) -> Result<T, Failure> {
        self.state.tell_wrong(&expected, self.node);
        Err(Failure::Told)
    }

    /// The text of a scalar, if its style is one that this type can be written in.
    fn scalar(self, styles: &[Style]) -> Option<&'a str> {
        self.node.style().filter(|style| styles.contains(style))?;
        self.node.expose()
    }

    fn text(self) -> Option<&'a str> {
        use Style::{DateTime, DoubleQuoted, Folded, Literal, Plain, SingleQuoted};
        // A date is text that needs no quotes: whoever wants one reads it from its text.
        self.scalar(&[Plain, SingleQuoted, DoubleQuoted, Literal, Folded, DateTime])
            .filter(|_| !self.node.is_absent())
    }

    fn switch(self) -> Option<bool> {
        match self.scalar(&[Style::Boolean, Style::Plain])? {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    fn whole(self) -> Option<i128> {
        whole_number(self.scalar(&[Style::Integer, Style::Plain])?)
    }

    fn number(self) -> Option<f64> {
        let text = self.scalar(&[Style::Integer, Style::Float, Style::Plain])?;
        text.replace('_', "").parse().ok().or_else(|| whole_number(text).map(|whole| whole as f64))
    }

    fn is_null(self) -> bool {
        match self.node.style() {
            Some(Style::Null) => true,
            Some(Style::Plain) => {
                matches!(self.node.expose(), Some("" | "~" | "null" | "Null" | "NULL"))
            }
            _ => false,
        }
    }

    fn map(self, fields: Option<&'static [&'static str]>) -> Result<MapReader<'a>, Failure> {
        match self.node.kind() {
            Kind::Mapping(_) => Ok(MapReader::new(self.node, fields, self.state)),
            _ => self.wrong(Expectation::Table(self.node.document().format())),
        }
    }

    fn list(self) -> Option<ListReader<'a>> {
        matches!(self.node.kind(), Kind::Sequence(_))
            .then(|| ListReader::new(self.node, self.state))
    }
}

/// A whole number as TOML and YAML write it. Numbers of more than 64 characters are none that
/// any type could hold.
fn whole_number(text: &str) -> Option<i128> {
    let digits = text.get(..64).map_or(text, |_| "").replace('_', "");
    let radix = |prefix, radix| Some(i128::from_str_radix(digits.strip_prefix(prefix)?, radix));
    radix("0x", 16)
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0b", 2))
        .unwrap_or_else(|| digits.parse())
        .ok()
}

/// Methods of [`Deserializer`] for whole numbers: the range is checked here, so that the error
/// can name it.
macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            match self.whole().map(<$type>::try_from) {
                Some(Ok(number)) => visitor.$visit(number),
                _ => {
                    let max = i128::try_from(<$type>::MAX).unwrap_or(i128::MAX);
                    self.wrong(Expectation::Whole(<$type>::MIN as i128, max))
                }
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.node.kind() {
            Kind::Mapping(_) => visitor.visit_map(self.map(None)?),
            Kind::Sequence(_) => visitor.visit_seq(ListReader::new(self.node, self.state)),
            Kind::Alias(_) => visitor.visit_unit(),
            Kind::Scalar(_) if self.is_null() => visitor.visit_unit(),
            Kind::Scalar(style) if style.is_text() || style == Style::DateTime => {
                visitor.visit_str(self.text().unwrap_or_default())
            }
            Kind::Scalar(_) => {
                if let Some(switch) = self.switch() {
                    visitor.visit_bool(switch)
                } else if let Some(whole) = self.whole() {
                    match (i64::try_from(whole), u64::try_from(whole)) {
                        (Ok(whole), _) => visitor.visit_i64(whole),
                        (_, Ok(whole)) => visitor.visit_u64(whole),
                        _ => visitor.visit_f64(whole as f64),
                    }
                } else if let Some(number) = self.number() {
                    visitor.visit_f64(number)
                } else {
                    visitor.visit_str(self.text().unwrap_or_default())
                }
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.switch() {
            Some(switch) => visitor.visit_bool(switch),
            None => self.wrong(Expectation::Switch),
        }
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.number() {
            Some(number) => visitor.visit_f64(number),
            None => self.wrong(Expectation::Number),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.text() {
            Some(text) => visitor.visit_str(text),
            None => self.wrong(Expectation::Text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
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

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.list() {
            Some(list) => visitor.visit_seq(list),
            None => self.wrong(Expectation::list(visitor, self.node)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_map(self.map(None)?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_map(self.map(Some(fields))?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        if let Some(text) = self.text() {
            if !variants.contains(&text) {
                return self.wrong(Expectation::Words(variants));
            }
            let word: StrDeserializer<'_, Failure> = text.into_deserializer();
            return visitor.visit_enum(word);
        }
        match self.node.fields().as_slice() {
            [field] if field.name().is_some_and(|name| variants.contains(&name)) => {
                visitor.visit_enum(VariantReader::new(field, self.state))
            }
            [field] => {
                let name = field.name().unwrap_or_default();
                self.state.tell_unknown(self.node, name, variants);
                Err(Failure::Told)
            }
            _ => self.wrong(Expectation::Words(variants)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    serde::forward_to_deserialize_any! { bytes byte_buf unit unit_struct }
}

//! What is written where more than one form is understood.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Condition, Requirement};

/// Always, never, or where a condition holds.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum When {
    /// Always, or never.
    Flag(bool),
    /// Where this holds.
    Condition(Condition),
}

/// A text, also where it is written as a number or as a boolean.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Scalar(pub String);

impl When {
    /// The flag or condition that stands for a requirement; `None` for what is never asked.
    pub(super) fn of(requirement: &Requirement) -> Option<Self> {
        match requirement {
            Requirement::Never => None,
            Requirement::Always => Some(When::Flag(true)),
            Requirement::When(condition) => Some(When::Condition(condition.clone())),
        }
    }

    /// The same for a condition, where one without parts holds always.
    pub(super) fn of_condition(condition: &Condition) -> Self {
        match condition {
            Condition::All(parts) if parts.is_empty() => When::Flag(true),
            condition => When::Condition(condition.clone()),
        }
    }

    pub(crate) fn is_always(&self) -> bool {
        *self == When::Flag(true)
    }

    pub(super) fn requirement(&self) -> Requirement {
        match self {
            When::Flag(true) => Requirement::Always,
            When::Flag(false) => Requirement::Never,
            When::Condition(condition) => Requirement::When(condition.clone()),
        }
    }

    /// Everything holds in every case, so that "always" is a condition without parts.
    pub(super) fn condition(&self) -> Option<Condition> {
        match self {
            When::Flag(true) => Some(Condition::All(Vec::new())),
            When::Flag(false) => None,
            When::Condition(condition) => Some(condition.clone()),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(WhenVisitor)
    }
}

struct WhenVisitor;

impl<'de> Visitor<'de> for WhenVisitor {
    type Value = When;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, or a condition such as { environment = \"production\" }")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<When, E> {
        Ok(When::Flag(flag))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<When, A::Error> {
        Condition::deserialize(MapAccessDeserializer::new(map)).map(When::Condition)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or a boolean")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }
}

impl JsonSchema for Scalar {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        json_schema!({ "type": ["string", "integer", "number", "boolean"] })
    }
}

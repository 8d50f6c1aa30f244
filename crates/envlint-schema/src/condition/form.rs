//! How a condition is written, in TOML and in JSON alike: a table of which every entry holds.
//!
//! `{ environment = "production", MAIL_DRIVER = "smtp" }`: lower case for what is known of the
//! deployment, and everything else is a variable. So variables in conditions are written in
//! capitals, and a misspelt `enviroment` is an error instead of a variable that nobody sets.

use std::fmt;

use envlint_model::Name;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::Condition;

const PRODUCTION: &str = "production";

/// A regular expression for the names of variables in conditions.
const VARIABLE: &str = "^[A-Z_][A-Za-z0-9_.]*$";

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ConditionVisitor)
    }
}

struct ConditionVisitor;

impl<'de> Visitor<'de> for ConditionVisitor {
    type Value = Condition;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a condition such as { environment = \"production\" }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Condition, A::Error> {
        let mut parts = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            parts.push(entry(&key, &mut map)?);
        }
        match parts.len() {
            0 => Err(A::Error::custom("a condition says when it holds")),
            1 => Ok(parts.remove(0)),
            _ => Ok(Condition::All(parts)),
        }
    }
}

fn entry<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Condition, A::Error> {
    let not_unless = |wanted: bool, condition: Condition| match wanted {
        true => condition,
        false => Condition::Not(Box::new(condition)),
    };
    Ok(match key {
        "environment" => one_of(map.next_value()?, |name| match name {
            PRODUCTION => Condition::Production,
            name => Condition::Environment(Name::new(name)),
        }),
        "platform" => one_of(map.next_value()?, |name| Condition::Platform(Name::new(name))),
        "feature" => one_of(map.next_value()?, |name| Condition::Feature(Name::new(name))),
        "behind-proxy" => not_unless(map.next_value()?, Condition::BehindProxy),
        "all" => Condition::All(map.next_value()?),
        "any" => Condition::Any(map.next_value()?),
        "not" => Condition::Not(map.next_value()?),
        name if is_variable(name) => match map.next_value()? {
            Expected::Set(set) => not_unless(set, Condition::Set(Name::new(name))),
            Expected::Texts(values) => Condition::Equals { variable: Name::new(name), values },
        },
        _ => {
            return Err(A::Error::custom(
                "a condition has environment, behind-proxy, platform, feature, all, any, not, \
                 and variables in capitals",
            ));
        }
    })
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
}

fn one_of(names: Expected, condition: impl Fn(&str) -> Condition) -> Condition {
    let names = match names {
        Expected::Set(set) => vec![set.to_string()],
        Expected::Texts(names) => names,
    };
    match names.as_slice() {
        [name] => condition(name),
        names => Condition::Any(names.iter().map(|name| condition(name)).collect()),
    }
}

/// What a variable is compared with: whether it is set, or the texts that it may have.
enum Expected {
    Set(bool),
    Texts(Vec<String>),
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ExpectedVisitor)
    }
}

struct ExpectedVisitor;

impl<'de> Visitor<'de> for ExpectedVisitor {
    type Value = Expected;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list of texts, or whether it is set")
    }

    fn visit_bool<E: Error>(self, set: bool) -> Result<Expected, E> {
        Ok(Expected::Set(set))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Expected, E> {
        Ok(Expected::Texts(vec![text.to_owned()]))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Expected, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Expected, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Expected, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element()? {
            texts.push(text);
        }
        Ok(Expected::Texts(texts))
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let entries = self.entries();
        let mut map = to.serialize_map(Some(entries.len()))?;
        for (key, value) in &entries {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Condition {
    /// The condition as a table. Parts whose keys differ stand beside each other, others in a
    /// list.
    fn entries(&self) -> Map<String, Value> {
        let list = |conditions: &[Condition]| -> Value {
            conditions.iter().map(|condition| Value::Object(condition.entries())).collect()
        };
        let (key, value) = match self {
            Condition::All(parts) => {
                let mut merged = Map::new();
                let mut count = 0;
                for part in parts {
                    let entries = part.entries();
                    count += entries.len();
                    merged.extend(entries);
                }
                if merged.len() == count && count > 0 {
                    return merged;
                }
                ("all", list(parts))
            }
            Condition::Production => ("environment", json!(PRODUCTION)),
            Condition::Environment(name) => ("environment", json!(name.as_str())),
            Condition::BehindProxy => ("behind-proxy", json!(true)),
            Condition::Platform(name) => ("platform", json!(name.as_str())),
            Condition::Feature(name) => ("feature", json!(name.as_str())),
            Condition::Set(name) => (name.as_str(), json!(true)),
            Condition::Equals { variable, values } => match values.as_slice() {
                [one] => (variable.as_str(), json!(one)),
                many => (variable.as_str(), json!(many)),
            },
            Condition::Any(any) => ("any", list(any)),
            Condition::Not(not) => match &**not {
                Condition::BehindProxy => ("behind-proxy", json!(false)),
                Condition::Set(name) => (name.as_str(), json!(false)),
                other => ("not", Value::Object(other.entries())),
            },
        };
        Map::from_iter([(key.to_owned(), value)])
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let condition = generator.subschema_for::<Condition>();
        let list = json!({ "type": "array", "items": condition });
        let names = json!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ] });
        let environment = described(
            names.clone(),
            "The environment; one that is like \
            production counts as `production`.",
        );
        json_schema!({
            "description": "Where something holds: every entry has to. Variables are written \
                in capitals, with the text or texts that they may have, or with whether they \
                are set; a default counts.",
            "type": "object",
            "minProperties": 1,
            "properties": {
                "environment": environment,
                "behind-proxy": { "description": "Whether a reverse proxy stands before the service.", "type": "boolean" },
                "platform": described(names.clone(), "Where the service is deployed to."),
                "feature": described(names, "What the service does, by a name from `features`."),
                "all": described(list.clone(), "All of these hold."),
                "any": described(list, "One of these holds."),
                "not": described(json!(condition), "This does not hold."),
            },
            "patternProperties": {
                VARIABLE: {
                    "description": "The text that the variable is, the texts that it may be, or \
                        whether it is set.",
                    "type": ["string", "array", "boolean", "integer"],
                    "items": { "type": "string" },
                },
            },
            "additionalProperties": false,
        })
    }
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: Value) -> Option<Condition> {
        Condition::deserialize(&json).ok()
    }

    #[test]
    fn is_written_as_it_is_read() {
        for json in [
            json!({ "environment": "production" }),
            json!({ "environment": "staging", "MAIL_DRIVER": "smtp" }),
            json!({ "behind-proxy": false, "A": true, "B": false, "C": ["x", "y"] }),
            json!({ "any": [{ "platform": "fly" }, { "not": { "A": "1" } }] }),
            json!({ "all": [{ "A": "1" }, { "A": "2" }] }),
        ] {
            let condition = read(json.clone()).unwrap();
            assert_eq!(serde_json::to_value(&condition).unwrap(), json, "{condition:?}");
        }
    }

    #[test]
    fn production_is_what_counts_as_it() {
        assert_eq!(read(json!({ "environment": "production" })), Some(Condition::Production));
        let staging = Condition::Environment("staging".into());
        let both = Condition::Any(vec![Condition::Production, staging]);
        assert_eq!(read(json!({ "environment": ["production", "staging"] })), Some(both));
    }

    #[test]
    fn a_misspelt_word_is_no_variable() {
        for wrong in
            [json!({ "enviroment": "x" }), json!({}), json!("production"), json!({ "A": null })]
        {
            assert_eq!(read(wrong), None);
        }
    }
}

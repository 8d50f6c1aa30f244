//! The JSON Schema of a Rust type, as it is committed beside the code.
//!
//! schemars describes what serde reads. Three things differ where variables are concerned: an
//! environment has no null, so optional means absent; a secret has no default that could be
//! published; and every reader should find the keywords in the same order.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The JSON Schema 2020-12 of a type whose fields are variables, under an identity of its own.
/// The same type gives the same text, whatever else is compiled in.
pub fn document<T: JsonSchema>(id: &str) -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let mut root = generator.into_root_schema_for::<T>().to_value();
    let definitions = root.get("$defs").cloned().unwrap_or_default();
    let properties = root.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        tidy(property, &definitions);
    }
    let Value::Object(fields) = root else { return root };
    let mut document = Map::from_iter([
        ("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema")),
        ("$id".to_owned(), json!(id)),
    ]);
    const ORDER: [&str; 5] = ["title", "description", "type", "x-envlint", "properties"];
    let first =
        ORDER.into_iter().filter_map(|key| Some((key.to_owned(), fields.get(key)?.clone())));
    document.extend(first.collect::<Vec<_>>());
    let rest =
        fields.into_iter().filter(|(key, _)| key != "$schema" && !ORDER.contains(&key.as_str()));
    document.extend(rest.collect::<Vec<_>>());
    Value::Object(document)
}

/// Takes null out of a property, and what must not be published out of a secret.
fn tidy(property: &mut Value, definitions: &Value) {
    let Value::Object(fields) = property else { return };
    if let Some(Value::Array(mut members)) = fields.remove("anyOf") {
        members.retain(|member| *member != json!({ "type": "null" }));
        match members.as_slice() {
            [Value::Object(one)] => {
                let mut merged = one.clone();
                merged.extend(std::mem::take(fields));
                *fields = merged;
            }
            _ => {
                fields.insert("anyOf".into(), Value::Array(members));
            }
        }
    }
    if let Some(Value::Array(types)) = fields.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            fields.insert("type".into(), only);
        }
    }
    if fields.get("default").is_some_and(Value::is_null) {
        fields.remove("default");
    }
    let definition = fields
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| definitions.get(reference.strip_prefix("#/$defs/")?));
    let defined_secret = definition.is_some_and(|defined| defined["writeOnly"] == json!(true));
    let declared_secret =
        fields.get("x-envlint").is_some_and(|short| short["secret"] == json!(true));
    if declared_secret {
        fields.insert("writeOnly".into(), json!(true));
    }
    if defined_secret || declared_secret {
        fields.remove("default");
        fields.remove("examples");
    }
}

#[cfg(test)]
mod tests {
    use envlint_types::{Positive, Token, TrustProxy};
    use serde::Deserialize;

    use super::*;
    use crate::{Kind, Requirement, Schema};

    /// What it is.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    #[schemars(title = "Service")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Service {
        /// The token.
        token: Token<32>,
        other_token: Option<Token<16>>,
        #[serde(default)]
        trust_proxy: TrustProxy,
        #[serde(default = "Positive::of::<50>")]
        connections: Positive,
        #[serde(default = "password")]
        #[schemars(extend("x-envlint" = { "secret": true }))]
        password: String,
    }

    fn password() -> String {
        "CANARY".into()
    }

    #[test]
    fn a_type_is_a_schema_without_null_and_without_published_secrets() {
        let document = document::<Service>("urn:envlint:test");
        assert!(!document.to_string().contains("null") && !document.to_string().contains("CANARY"));
        let schema = Schema::from_json(&document).unwrap();
        let variable = |name: &str| schema.variable(name).unwrap();
        assert_eq!(variable("TOKEN").requirement, Requirement::Always);
        assert_eq!(variable("TOKEN").docs, "The token.");
        assert_eq!(variable("OTHER_TOKEN").kind, Kind::Token { min_length: 16 });
        assert_eq!(variable("TRUST_PROXY").default.as_deref(), Some("0"));
        assert_eq!(variable("CONNECTIONS").default.as_deref(), Some("50"));
        assert!(variable("PASSWORD").is_secret());
    }
}

//! Conditions as JSON Schema over an environment.

use envlint_model::Truth;
use serde_json::{Value, json};

use super::{Projection, literal};
use crate::{Condition, Context, Empty, Schema, Variable};

/// What a condition is a schema of.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) schema: &'a Schema,
    pub(super) context: &'a Context,
    pub(super) projection: Projection,
}

/// A schema that accepts the environments in which a condition holds. What the context does not
/// know counts as `unknown`, so that a negation turns that as well.
pub(super) fn schema(condition: &Condition, seen: Seen<'_>, unknown: Truth) -> Value {
    let context = seen.context;
    let all = |parts: &[Condition]| -> Vec<Value> {
        parts.iter().map(|part| schema(part, seen, unknown)).collect()
    };
    let known = |truth: Truth| match truth {
        Truth::Unknown => json!(unknown == Truth::True),
        truth => json!(truth == Truth::True),
    };
    match condition {
        Condition::Production => json!(context.like_production),
        Condition::Environment(name) => json!(*name == context.environment),
        Condition::BehindProxy => known(context.behind_proxy),
        Condition::Platform(name) => {
            known(context.platform.as_ref().map_or(Truth::Unknown, |at| (at == name).into()))
        }
        Condition::Feature(name) => match seen.schema.service.features.get(name) {
            Some(feature) => schema(feature, seen, unknown),
            None => known(Truth::Unknown),
        },
        Condition::Set(name) => {
            effective(name, seen, json!({ "minLength": 1 }), |text| !text.is_empty())
        }
        Condition::Equals { variable, values } => {
            let kind = seen.schema.variable(variable).map(|variable| &variable.kind);
            let texts: Vec<Value> =
                values.iter().map(|text| literal(seen.projection, kind, text)).collect();
            let is_one = |text: &str| values.iter().any(|value| value == text);
            effective(variable, seen, json!({ "enum": texts, "minLength": 1 }), is_one)
        }
        Condition::All(parts) if parts.is_empty() => json!(true),
        Condition::Any(parts) if parts.is_empty() => json!(false),
        Condition::All(parts) => json!({ "allOf": all(parts) }),
        Condition::Any(parts) => json!({ "anyOf": all(parts) }),
        Condition::Not(not) => json!({ "not": schema(not, seen, !unknown) }),
    }
}

/// Whether somebody set a variable, as its service counts it.
pub(super) fn is_present(variable: &Variable, present: bool) -> Value {
    let name = variable.name.as_str();
    let set = match variable.empty {
        Empty::Unset => json!({ "required": [name], "properties": { name: { "minLength": 1 } } }),
        _ => json!({ "required": [name] }),
    };
    if present { set } else { json!({ "not": set }) }
}

/// A schema for what a variable effectively is: `text` for a text that is set, and `test` for
/// what stands in for a missing or an empty one.
fn effective(name: &str, seen: Seen<'_>, text: Value, test: impl Fn(&str) -> bool) -> Value {
    let variable = seen.schema.variable(name);
    let absent = variable.and_then(|v| v.default.as_deref()).is_some_and(&test);
    let empty = match variable.map(|variable| &variable.empty) {
        Some(Empty::Unset) => absent,
        Some(Empty::Reads(read)) => test(read),
        Some(Empty::Value | Empty::Error) | None => test(""),
    };
    let mut any = vec![json!({ "required": [name], "properties": { name: text } })];
    if absent {
        any.push(json!({ "not": { "required": [name] } }));
    }
    if empty {
        any.push(json!({ "required": [name], "properties": { name: { "const": "" } } }));
    }
    json!({ "anyOf": any })
}

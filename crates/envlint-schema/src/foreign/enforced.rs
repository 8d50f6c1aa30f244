//! Enforces a schema by the validator that knows all keywords.

use std::fmt;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Number, Value};

use super::Verdict;

/// How often a pattern with look-around may try again before it is given up.
const MAX_BACKTRACKS: usize = 100_000;

/// A schema that is enforced as it stands.
#[derive(Clone)]
pub struct Foreign(Arc<Compiled>);

struct Compiled {
    schema: Value,
    validator: Validator,
}

/// It is no JSON Schema, or refers to what is not in its file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("is no JSON Schema that can be used, or refers to what is not in this file")]
pub struct ForeignError(());

impl Foreign {
    /// Takes a schema, with the definitions of its file that it may refer to.
    pub(crate) fn new(schema: &Value, root: &Map<String, Value>) -> Result<Self, ForeignError> {
        let mut schema = schema.clone();
        if let Value::Object(object) = &mut schema {
            object.remove("x-envlint");
            for key in ["$defs", "definitions"] {
                if let Some(definitions) = root.get(key) {
                    object.entry(key).or_insert_with(|| definitions.clone());
                }
            }
        }
        Self::compile(schema, MAX_BACKTRACKS)
    }

    fn compile(schema: Value, backtracks: usize) -> Result<Self, ForeignError> {
        let size = crate::Pattern::MAX_COMPILED_BYTES;
        let fancy = PatternOptions::fancy_regex().backtrack_limit(backtracks).size_limit(size);
        let mut options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex().size_limit(size));
        // Linear time where it is possible, and look-around where it is needed.
        let validator = match options.build(&schema) {
            Ok(validator) => validator,
            Err(_) => {
                options = options.with_pattern_options(fancy);
                options.build(&schema).map_err(|_| ForeignError(()))?
            }
        };
        Ok(Self(Arc::new(Compiled { schema, validator })))
    }

    /// The schema itself.
    pub fn schema(&self) -> &Value {
        &self.0.schema
    }

    /// Whether anything that a program could take `text` for is valid.
    pub(crate) fn judge(&self, text: &str) -> Verdict {
        let mut refused = None;
        for candidate in candidates(text) {
            match self.judge_value(&candidate) {
                Verdict::Refused(keyword) => {
                    // What has the right type and is refused all the same tells more.
                    if refused.as_deref().is_none_or(|known| known == "type") {
                        refused = Some(keyword);
                    }
                }
                decided => return decided,
            }
        }
        refused.map_or(Verdict::Accepted, Verdict::Refused)
    }

    /// Whether a value with types is valid.
    pub(crate) fn judge_value(&self, value: &Value) -> Verdict {
        match self.0.validator.validate(value) {
            Ok(()) => Verdict::Accepted,
            Err(error) => match error.kind() {
                ValidationErrorKind::BacktrackLimitExceeded { .. } => Verdict::GivenUp,
                kind => Verdict::Refused(kind.keyword().to_owned()),
            },
        }
    }
}

/// Everything that a program could take a text for.
fn candidates(text: &str) -> Vec<Value> {
    let number = text.parse::<i64>().map(Number::from).ok();
    let number = number.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
    let boolean = envlint_types::kinds::boolean::meaning(text);
    let json = text.starts_with(['[', '{', '"', 'n']).then(|| serde_json::from_str(text).ok());
    let null = text.is_empty().then_some(Value::Null);
    let all = [number.map(Value::Number), boolean.map(Value::Bool), json.flatten(), null];
    std::iter::once(Value::String(text.to_owned())).chain(all.into_iter().flatten()).collect()
}

impl PartialEq for Foreign {
    fn eq(&self, other: &Self) -> bool {
        self.schema() == other.schema()
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schema().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judge(schema: Value, text: &str) -> Verdict {
        Foreign::compile(schema, MAX_BACKTRACKS).unwrap().judge(text)
    }

    #[test]
    fn a_text_is_what_the_schema_takes_it_for() {
        for (schema, right, wrong, keyword) in [
            (json!({ "type": "integer", "multipleOf": 5 }), "15", "16", "multipleOf"),
            (json!({ "type": "array", "items": { "type": "string" } }), "[\"a\"]", "a", "type"),
            (
                json!({ "anyOf": [{ "type": "integer" }, { "const": "auto" }] }),
                "auto",
                "x",
                "anyOf",
            ),
            (json!({ "type": "boolean" }), "yes", "maybe", "type"),
            (json!({ "type": "object", "required": ["a"] }), "{\"a\":1}", "{}", "required"),
            (json!({ "type": "string", "pattern": "^(?!a)" }), "b", "a", "pattern"),
            (
                json!({ "type": "number", "exclusiveMinimum": 0.5 }),
                "0.6",
                "0.5",
                "exclusiveMinimum",
            ),
        ] {
            assert_eq!(judge(schema.clone(), right), Verdict::Accepted, "{schema}");
            assert_eq!(judge(schema.clone(), wrong), Verdict::Refused(keyword.into()), "{schema}");
        }
    }

    #[test]
    fn a_pattern_that_takes_too_long_is_given_up() {
        let schema = Foreign::compile(json!({ "pattern": "(?<=ab)c" }), 1).unwrap();
        assert_eq!(schema.judge("abc"), Verdict::GivenUp);
    }

    #[test]
    fn what_is_not_in_the_file_is_not_fetched() {
        for schema in [json!({ "$ref": "https://example.com/x" }), json!({ "type": "strin" })] {
            assert_eq!(Foreign::compile(schema, 1).err(), Some(ForeignError(())));
        }
    }
}

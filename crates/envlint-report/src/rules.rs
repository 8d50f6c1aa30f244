//! The catalogue of rules for programs: editors, dashboards, generators of documentation.

use serde::Serialize;

use crate::RuleDoc;
use crate::machine::to_json;

/// The version of the format; a new field is not a new version.
const VERSION: u32 = 1;

/// The rules as JSON, in the given order, with a line feed at the end.
pub fn rules_json(rules: &[RuleDoc]) -> String {
    to_json(&Catalogue { version: VERSION, rules: rules.iter().map(Entry::from).collect() })
}

#[derive(Serialize)]
struct Catalogue<'a> {
    version: u32,
    rules: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    group: &'a str,
    severity: &'a str,
    confidence: &'a str,
    since: &'a str,
    summary: &'a str,
    documentation: &'a str,
}

impl<'a> From<&'a RuleDoc> for Entry<'a> {
    fn from(rule: &'a RuleDoc) -> Self {
        Self {
            name: rule.name,
            group: rule.group,
            severity: rule.severity.as_str(),
            confidence: rule.confidence.as_str(),
            since: rule.since,
            summary: rule.summary,
            documentation: &rule.markdown,
        }
    }
}

#[cfg(test)]
mod tests {
    use envlint_model::{Confidence, Severity};

    use super::*;

    #[test]
    fn a_rule_has_all_its_fields() {
        let rule = RuleDoc {
            name: "weak-secret",
            group: "secret",
            summary: "a secret that can be guessed",
            markdown: "a secret that can be guessed\n\nMore.".to_owned(),
            severity: Severity::Error,
            confidence: Confidence::High,
            since: "0.1.0",
        };
        let expected = r#"{
  "version": 1,
  "rules": [
    {
      "name": "weak-secret",
      "group": "secret",
      "severity": "error",
      "confidence": "high",
      "since": "0.1.0",
      "summary": "a secret that can be guessed",
      "documentation": "a secret that can be guessed\n\nMore."
    }
  ]
}
"#;
        assert_eq!(rules_json(&[rule]), expected);
    }
}

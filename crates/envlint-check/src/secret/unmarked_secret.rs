use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Kind, Secrecy, Variable};

use super::exposed::public_name;
use super::names;
use crate::Context;
use crate::values::{Held, Shared, held, together};

declare_rule! {
    /// a variable looks like a secret, and its schema does not call it one
    ///
    /// What a schema does not call a secret is not judged as one: nobody notices that it is
    /// weak, that it is shared, that it stands in a tracked file. Judged by the name
    /// (`..._PASSWORD`, `..._API_TOKEN`) where the variable is any text.
    ///
    /// ## Instead
    ///
    /// `secret = true` in the schema, or `secret = false` if it is made for everybody.
    pub(crate) static RULE: Rule<Context> = {
        name: "unmarked-secret",
        group: "secret",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        yields_to: ["secret-in-public-value", "secret-in-public-name"],
        check: check,
        examples: [
            fails "a token that is any text" {
                "envlint.toml" => api!("PROVIDER_API_KEY = { type = \"string\" }"),
                ".env" => "PROVIDER_API_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "said to be public" {
                "envlint.toml" => api!("MAP_API_KEY = { type = \"string\", secret = false }"),
                ".env" => "MAP_API_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "said to be secret" {
                "envlint.toml" => api!("PROVIDER_API_KEY = { type = \"string\", secret = true }"),
                ".env" => "PROVIDER_API_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found = Vec::new();
    for held in held(context) {
        match held.variable().is_some_and(|variable| is_unmarked(variable, &held)) {
            true => found.push((held.setting.name_span, (), held)),
            false => outcomes.pass(),
        }
    }
    for ((), shared) in together(found) {
        outcomes.finding(word(&shared));
    }
}

/// Nobody said whether it is one, its kind does not tell, and its name does.
fn is_unmarked(variable: &Variable, held: &Held<'_>) -> bool {
    variable.secrecy == Secrecy::Unstated
        && matches!(variable.kind, Kind::Text(_))
        && public_name(held.name).is_none()
        && names::says_secret(held.name)
        && !held.setting.value.is_empty()
}

fn word(shared: &Shared<'_>) -> Finding {
    let name = shared.first().name;
    let message = format!("{} is not called a secret", shared.title());
    shared
        .finding(&RULE, message, "its name says that it is one")
        .happens("nobody checks that it is strong, kept and not shared")
        .write(format!("{name} = {{ type = \"token\" }} in the schema, or `secret = false`"))
}

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a variable is set under a name that it no longer has
    ///
    /// The service still reads it under its former name, until the version that does not. Two
    /// names for one thing also hide each other: who sets the new one in another file is not
    /// told that the old one is still there.
    ///
    /// ## Instead
    ///
    /// The same value under the new name.
    pub(crate) static RULE: Rule<Context> = {
        name: "name-drift",
        group: "drift",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "the former name" {
                "envlint.toml" => api!("APP_JWT_SECRET = { type = \"token\", required = true, formerly = [\"JWT_SECRET\"] }"),
                ".env" => "JWT_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "the name of today" {
                "envlint.toml" => api!("APP_JWT_SECRET = { type = \"token\", required = true, formerly = [\"JWT_SECRET\"] }"),
                ".env" => "APP_JWT_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::NameDrift, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::FormerName(former) = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let message = format!("{former} of {services} is called {name} now");
    let finding = RULE.finding(case.subject(), message);
    let finding = match case.setting_of(former) {
        Some(setting) => finding.at(setting.name_span, "the former name"),
        None => finding.at(case.first().place, "set here, under its former name"),
    };
    Some(
        finding
            .happens(format!(
                "{} it until the version that no longer does",
                services.verb("reads", "read")
            ))
            .write(format!("{name}=... with the same value, and no {former}")),
    )
}

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a variable is set that the service no longer reads
    ///
    /// The line looks as if it did something. What it once decided is now decided elsewhere, or
    /// by a default: a retention time that was set on purpose is back at the value that deletes
    /// sooner.
    ///
    /// ## Instead
    ///
    /// Move the value to where the schema says that it belongs now, and remove the line.
    pub(crate) static RULE: Rule<Context> = {
        name: "retired-variable",
        group: "schema",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "still set" {
                "envlint.toml" => api!("RETENTION_DAYS = { type = \"integer\", retired = { since = \"1.1.0\", replacement = \"RETENTION\", then = \"records are deleted after 90 days, whatever it says\" } }"),
                ".env" => "RETENTION_DAYS=365\n",
            }
            passes "its replacement" {
                "envlint.toml" => api!("RETENTION_DAYS = { type = \"integer\", retired = { replacement = \"RETENTION\" } }", "RETENTION = { type = \"duration\" }"),
                ".env" => "RETENTION=365d\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::RetiredVariable, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::RetiredVariable = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let retired = case.variable()?.retired.as_ref()?;
    let since = retired.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
    let message = format!("{name} is no longer read by {services}{since}");
    let (label, write) = match &retired.replacement {
        Some(replacement) => {
            (format!("{replacement} took its place"), format!("{replacement}=..., and no {name}"))
        }
        None => ("nothing took its place".to_owned(), format!("no line for {name}")),
    };
    let then = retired.then.clone();
    let happens = then.unwrap_or_else(|| format!("the line has no effect on {services}"));
    Some(case.finding(&RULE, message, label).happens(happens).write(write))
}

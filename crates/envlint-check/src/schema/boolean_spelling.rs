use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a switch is spelt so that its program reads the opposite
    ///
    /// Programs disagree about what turns a switch on. Some take any text that is not empty, so
    /// that `false` means yes; some take only `true`, so that `1`, `TRUE` and `yes` mean no.
    /// What is flagged is a word that means one thing to a person and another to this program,
    /// as its schema declares.
    ///
    /// Settings that decide whom a service trusts have a rule of their own,
    /// `trust-setting-misread`.
    ///
    /// ## Instead
    ///
    /// Write the spelling that the program reads.
    pub(crate) static RULE: Rule<Context> = {
        name: "boolean-spelling",
        group: "schema",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        yields_to: ["trust-setting-misread"],
        check: check,
        examples: [
            fails "a program that only knows `true`" {
                "envlint.toml" => api!("POSTGRES_SSL = { type = \"boolean\", reads = \"literal-true\" }"),
                ".env" => "POSTGRES_SSL=yes\n",
            }
            passes "the word that it knows" {
                "envlint.toml" => api!("POSTGRES_SSL = { type = \"boolean\", reads = \"literal-true\" }"),
                ".env" => "POSTGRES_SSL=true\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::BooleanSpelling, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::BooleanSpelling { meant, read } = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let (says, reads) = (on(*meant), on(*read));
    let message = format!("{name} says {says}, and {} {reads}", services.verb("reads", "read"));
    let expected = case.variable().map(|variable| variable.kind.to_string()).unwrap_or_default();
    let label = format!("{} {expected}", services.verb("expects", "expect"));
    Some(case.finding(&RULE, message, label).write(format!("{name}={meant}, if {says} is meant")))
}

fn on(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

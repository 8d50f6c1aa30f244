use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, Limit, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a value is of the right kind, but beyond its limits
    ///
    /// A number out of its range, a text that is too short, a name that does not match its
    /// pattern. Where the service checks its configuration it refuses to start; where it does
    /// not, it runs with a value that nobody planned for.
    ///
    /// ## Instead
    ///
    /// Choose a value within the limits, which the message names.
    pub(crate) static RULE: Rule<Context> = {
        name: "constraint-violated",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["placeholder-secret", "invalid-key"],
        check: check,
        examples: [
            fails "a share above one" {
                "envlint.toml" => api!("THRESHOLD = { type = \"number\", minimum = 0, maximum = 1 }"),
                ".env" => "THRESHOLD=1.5\n",
            }
            passes "the largest share" {
                "envlint.toml" => api!("THRESHOLD = { type = \"number\", minimum = 0, maximum = 1 }"),
                ".env" => "THRESHOLD=1\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::ConstraintViolated, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::ConstraintViolated(limit) = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let (what, label) = match limit {
        Limit::Minimum(least) => ("is too small", format!("{least} or more is allowed")),
        Limit::Maximum(most) => ("is too large", format!("up to {most} is allowed")),
        Limit::MinLength(least) => {
            ("is too short", format!("{least} or more characters are needed"))
        }
        Limit::MaxLength(most) => ("is too long", format!("up to {most} characters are allowed")),
        Limit::Pattern(pattern) => ("has the wrong form", format!("must match {pattern}")),
        Limit::Keyword(keyword) => {
            ("is not what its schema asks for", format!("refused by `{keyword}` of the schema"))
        }
        _ => ("is beyond its limits", String::new()),
    };
    let finding = case.finding(&RULE, format!("{name} of {services} {what}"), label);
    let write = case.variable().map(|variable| {
        let expected = &variable.kind;
        match variable.source_for(&case.first().service) {
            Some(source) => format!("{name}=... with {expected}, {source}"),
            None => format!("{name}=... with {expected}"),
        }
    });
    Some(match write {
        Some(write) => finding.write(write),
        None => finding,
    })
}

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a variable is left out, and what the service then does is unsafe here
    ///
    /// A password that is made up and printed to the log, a database of a developer's machine,
    /// data that is mocked: defaults that help on a laptop and harm in production. The
    /// service's schema says what happens without the variable, and where that matters.
    ///
    /// ## Instead
    ///
    /// Set the variable.
    pub(crate) static RULE: Rule<Context> = {
        name: "unsafe-default",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["unresolved-reference"],
        check: check,
        examples: [
            fails "a password that ends up in the log" {
                "envlint.toml" => api!("ADMIN_PASSWORD = { type = \"string\", secret = true, unsafe-default = { when = { environment = \"production\" }, then = \"a random password is printed to the log\" } }"),
                ".env" => "PORT=3000\n",
            }
            passes "a password that is set" {
                "envlint.toml" => api!("ADMIN_PASSWORD = { type = \"string\", secret = true, unsafe-default = { when = { environment = \"production\" }, then = \"a random password is printed to the log\" } }"),
                ".env" => "ADMIN_PASSWORD=CANARY-4f1c9a7be2\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::UnsafeDefault, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::UnsafeDefault = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let variable = case.variable()?;
    let unsafe_default = variable.unsafe_default.as_ref()?;
    let message = format!("{name} of {services} is not set, and its default is unsafe");
    let label = format!("unsafe {}", unsafe_default.when);
    let write = match variable.source_for(&case.first().service) {
        Some(source) => format!("{name}=..., {source}"),
        None => format!("{name}=..."),
    };
    Some(case.finding(&RULE, message, label).happens(&*unsafe_default.then).write(write))
}

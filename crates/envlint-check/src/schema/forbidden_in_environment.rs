use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a setting that must not reach this environment is set
    ///
    /// Switches for debugging and for tests: they print payloads, skip authorisation or allow
    /// a reset. The service's schema says which they are and where they are forbidden; which
    /// environment counts as production is said by the manifest, not guessed from its name.
    ///
    /// ## Instead
    ///
    /// Remove the line from this environment's files.
    pub(crate) static RULE: Rule<Context> = {
        name: "forbidden-in-environment",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a debug switch in production" {
                "envlint.toml" => api!("DEBUG_PAYLOAD = { type = \"string\", forbidden = { when = { environment = \"production\" }, values = [\"1\"], because = \"prompts and replies of users end up in the log\" } }"),
                ".env" => "DEBUG_PAYLOAD=1\n",
            }
            passes "the same switch, off" {
                "envlint.toml" => api!("DEBUG_PAYLOAD = { type = \"string\", forbidden = { when = { environment = \"production\" }, values = [\"1\"], because = \"prompts and replies of users end up in the log\" } }"),
                ".env" => "DEBUG_PAYLOAD=0\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::ForbiddenInEnvironment, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::ForbiddenInEnvironment = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let forbidden = case.variable()?.forbidden.as_ref()?;
    let environment = &case.view.deployment.environment.name;
    let message = format!("{name} of {services} must not be set like this in {environment}");
    let label = format!("forbidden {}", forbidden.when);
    Some(
        case.finding(&RULE, message, label)
            .happens(&*forbidden.because)
            .write(format!("no line for {name} in {environment}")),
    )
}

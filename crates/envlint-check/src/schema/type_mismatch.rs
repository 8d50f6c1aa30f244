use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a value is not of its variable's kind
    ///
    /// Text where a number is read, a word that is none of the choices, a time zone that does
    /// not exist. Some services refuse to start, others calculate with `NaN`.
    ///
    /// ## Instead
    ///
    /// Write what the message names; if a choice is close, it says which one was meant.
    pub(crate) static RULE: Rule<Context> = {
        name: "type-mismatch",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["trust-setting-misread", "placeholder-secret"],
        check: check,
        examples: [
            fails "a zone with a letter too many" {
                "envlint.toml" => api!("TIMEZONE = { type = \"time-zone\" }"),
                ".env" => "TIMEZONE=Europe/Berlinn\n",
            }
            fails "a word for a number" {
                "envlint.toml" => api!("MAX_DOCUMENTS = { type = \"integer\", minimum = 1 }"),
                ".env" => "MAX_DOCUMENTS=many\n",
            }
            passes "a number" {
                "envlint.toml" => api!("MAX_DOCUMENTS = { type = \"integer\", minimum = 1 }"),
                ".env" => "MAX_DOCUMENTS=500\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::TypeMismatch, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::TypeMismatch { did_you_mean } = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let expected = case.variable()?.kind.to_string();
    let label = match did_you_mean {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("must be {expected}"),
    };
    let finding = case.finding(&RULE, format!("{name} of {services} is not {expected}"), label);
    let finding = match finding.happens {
        Some(_) => finding,
        None => {
            let refuses = services.verb("refuses", "refuse");
            let runs = services.word("runs", "run");
            finding.happens(format!("{refuses} to start, or {runs} with nonsense"))
        }
    };
    Some(match did_you_mean {
        Some(meant) => finding.write(format!("{name}={meant}")),
        None => finding.write(format!("{name}=... with {expected}")),
    })
}

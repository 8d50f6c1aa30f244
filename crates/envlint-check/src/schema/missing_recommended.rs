use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, Condition, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a variable that a service should have is not set
    ///
    /// The service starts without it and does its work, but not as well as it could: links in
    /// its mails lead nowhere, or everybody may sign in. The schema says what that is.
    ///
    /// ## Instead
    ///
    /// Set it, or allow this finding with the reason why it is not needed here.
    pub(crate) static RULE: Rule<Context> = {
        name: "missing-recommended",
        group: "schema",
        severity: Info,
        confidence: High,
        since: "0.1.0",
        yields_to: ["missing-required", "unsafe-default", "shared-value-mismatch"],
        check: check,
        examples: [
            fails "no public address" {
                "envlint.toml" => api!("BASE_URL = { type = \"url\", recommended = true, happens = \"links in mails lead nowhere\" }"),
                ".env" => "PORT=3000\n",
            }
            passes "recommended elsewhere only" {
                "envlint.toml" => api!("BASE_URL = { type = \"url\", recommended = { environment = \"staging\" } }"),
                ".env" => "PORT=3000\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::MissingRecommended, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::MissingRecommended { when } = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let variable = case.variable()?;
    let always = *when == Condition::All(Vec::new());
    let condition = if always { String::new() } else { format!(" {when}") };
    let message = format!("{name} of {services} is not set, and should be{condition}");
    let write = match variable.source_for(&case.first().service) {
        Some(source) => format!("{name}=..., {source}"),
        None => format!("{name}=... with {}", variable.kind),
    };
    let finding = case.finding(&RULE, message, "defined here, without it").write(write);
    Some(match finding.happens {
        Some(_) => finding,
        None => {
            let works = services.verb("works", "work");
            let it_was = services.word("it was", "they were");
            finding.happens(format!("{works}, but not as {it_was} meant to"))
        }
    })
}

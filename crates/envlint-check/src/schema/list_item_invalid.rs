use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// an item of a list is not what the list holds
    ///
    /// A domain with an `@` before it, an origin without a scheme, an empty item between two
    /// commas. The other items work, so the mistake shows only for those whom it shuts out.
    ///
    /// ## Instead
    ///
    /// Mend the item that the message points at, or remove it.
    pub(crate) static RULE: Rule<Context> = {
        name: "list-item-invalid",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a domain written as a URL" {
                "envlint.toml" => api!("ALLOWED_DOMAINS = { type = \"domain-list\" }"),
                ".env" => "ALLOWED_DOMAINS=polyant.dev,https://example.org\n",
            }
            passes "two domains" {
                "envlint.toml" => api!("ALLOWED_DOMAINS = { type = \"domain-list\" }"),
                ".env" => "ALLOWED_DOMAINS=polyant.dev,example.org\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::ListItemInvalid, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::ListItemInvalid { item, fault } = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let message = format!("item {} of {name} is not valid", item + 1);
    let expected = case.variable().map(|variable| variable.kind.to_string()).unwrap_or_default();
    let finding = case.finding(&RULE, message, fault.to_string());
    let finding = match finding.happens {
        Some(_) => finding,
        None => {
            let ignores = services.verb("ignores", "ignore");
            let refuses = services.word("refuses", "refuse");
            finding.happens(format!("{ignores} the item, or {refuses} the list"))
        }
    };
    Some(finding.write(format!("{name}=... with {expected}")))
}

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each, place_of};
use crate::words;

declare_rule! {
    /// a value is not what follows from another one
    ///
    /// The domain of a cookie and the host of the public URL, a port and the URL that leads to
    /// it: one of them was changed, and the other was forgotten. A default counts, since the
    /// service uses it.
    ///
    /// ## Instead
    ///
    /// Change the one that was forgotten.
    pub(crate) static RULE: Rule<Context> = {
        name: "derived-value-mismatch",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["missing-required", "url-scheme"],
        check: check,
        examples: [
            fails "a host that moved" {
                "envlint.toml" => concat!(api!("BASE_URL = { type = \"url\" }", "COOKIE_DOMAIN = { type = \"host\" }"), "\n[[relations]]\nderived = [\"api.BASE_URL#host\", \"api.COOKIE_DOMAIN\"]\nbecause = \"browsers drop the cookie: nobody stays signed in\"\n"),
                ".env" => "BASE_URL=https://app.polyant.dev\nCOOKIE_DOMAIN=old.polyant.dev\n",
            }
            passes "one host" {
                "envlint.toml" => concat!(api!("BASE_URL = { type = \"url\" }", "COOKIE_DOMAIN = { type = \"host\" }"), "\n[[relations]]\nderived = [\"api.BASE_URL#host\", \"api.COOKIE_DOMAIN\"]\n"),
                ".env" => "BASE_URL=https://app.polyant.dev\nCOOKIE_DOMAIN=app.polyant.dev\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::DerivedValueMismatch, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::DerivedValueMismatch { sides: [source, other] } = case.kind else {
        return None;
    };
    let services = case.services();
    let message = format!("{} of {services} is not {}", words::part(other), words::part(source));
    let mut finding = RULE.finding(case.subject(), message);
    for (side, label) in [(other, "does not follow"), (source, "from this")] {
        if let Some(setting) = case.setting_of(&side.variable) {
            finding = finding.at(place_of(setting, None), label);
        }
    }
    let because = case.relation().and_then(|relation| relation.because.clone());
    Some(
        finding
            .happens(because.unwrap_or_else(|| {
                format!("{} one thing in two ways", services.verb("does", "do"))
            }))
            .write(format!("{}=... that is {}", other.variable, words::part(source))),
    )
}

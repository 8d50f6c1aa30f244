use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// an origin is written in a form that no browser sends
    ///
    /// A browser sends scheme, host and a port that is not the scheme's own, all in lower case,
    /// and nothing else. Servers compare that text letter by letter, so an origin with a slash
    /// at its end, a path, a capital letter or `:443` matches no request at all.
    ///
    /// ## Instead
    ///
    /// Write `https://app.example.com`.
    pub(crate) static RULE: Rule<Context> = {
        name: "origin-form",
        group: "schema",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a slash at the end" {
                "envlint.toml" => api!("CORS_ORIGINS = { type = \"origin-list\" }"),
                ".env" => "CORS_ORIGINS=https://app.polyant.dev/\n",
            }
            passes "as browsers send it" {
                "envlint.toml" => api!("CORS_ORIGINS = { type = \"origin-list\" }"),
                ".env" => "CORS_ORIGINS=https://app.polyant.dev\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::OriginForm, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::OriginForm { fault, item } = case.kind else { return None };
    let name = case.name();
    let which = match item {
        Some(item) => format!("item {} of {name}", item + 1),
        None => name.clone(),
    };
    Some(
        case.finding(&RULE, format!("{which} matches no browser's origin"), fault.to_string())
            .happens("the front end that is meant is shut out: browsers block its requests")
            .write("scheme and host alone, in lower case: https://app.example.com"),
    )
}

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, Role, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// an origin is written in a form that no browser sends
    ///
    /// A browser sends scheme, host and a port that is not the scheme's own, all in lower case,
    /// and nothing else. Servers compare that text letter by letter, so an origin with a slash
    /// at its end, a path, a capital letter or `:443` matches no request at all. Where a service
    /// puts paths behind an origin of its own, the links that it makes lead elsewhere.
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
            fails "a path, where the service puts its own behind" {
                "envlint.toml" => api!("BASE_URL = { type = \"origin\", role = { public-url = {} } }"),
                ".env" => "BASE_URL=https://api.polyant.dev/v1\n",
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
    let (name, services) = (case.name(), case.services());
    let allows = item.is_some()
        || case.variable().and_then(|each| each.role.as_ref()) == Some(&Role::CorsOrigins);
    let which = match item {
        Some(item) => format!("item {} of {name}", item + 1),
        None => format!("{name} of {services}"),
    };
    let (what, happens) = match allows {
        true => (
            "matches no browser's origin",
            "the front end that is meant is shut out: browsers block its requests".to_owned(),
        ),
        false => (
            "is not written as an origin",
            format!("what {services} {} of it is another address", services.word("makes", "make")),
        ),
    };
    let finding = case.finding(&RULE, format!("{which} {what}"), fault.to_string());
    let finding = match finding.happens {
        Some(_) if !allows => finding,
        _ => finding.happens(happens),
    };
    Some(finding.write("scheme and host alone, in lower case: https://app.example.com"))
}

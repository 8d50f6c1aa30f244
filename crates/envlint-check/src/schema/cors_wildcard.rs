use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a list of origins that may send credentials allows everybody
    ///
    /// With a wildcard, any page that a signed-in person visits can call the service in that
    /// person's name. A wildcard has many faces: `*` alone or among other items, `https://*`,
    /// `null` (the origin of any sandboxed frame and of local files), a pattern whose end can
    /// be registered by anybody.
    ///
    /// ## Instead
    ///
    /// List the front ends, scheme and host each: `https://app.example.com`.
    pub(crate) static RULE: Rule<Context> = {
        name: "cors-wildcard",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a wildcard among origins" {
                "envlint.toml" => api!("CORS_ORIGINS = { type = \"origin-list\" }"),
                ".env" => "CORS_ORIGINS=https://app.polyant.dev,*\n",
            }
            fails "the origin of any sandboxed page" {
                "envlint.toml" => api!("CORS_ORIGINS = { type = \"origin-list\" }"),
                ".env" => "CORS_ORIGINS=null\n",
            }
            passes "front ends by name" {
                "envlint.toml" => api!("CORS_ORIGINS = { type = \"origin-list\" }"),
                ".env" => "CORS_ORIGINS=https://app.polyant.dev,https://admin.polyant.dev\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::CorsWildcard, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::CorsWildcard { fault, .. } = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let message = format!("{name} of {services} allows origins that it does not list");
    let finding = case.finding(&RULE, message, fault.to_string());
    let finding = match finding.happens {
        Some(_) => finding,
        None => finding.happens(
            "any page that a signed-in person opens can call the service in that person's name",
        ),
    };
    Some(finding.write(format!("{name}=https://app.example.com with the front ends by name")))
}

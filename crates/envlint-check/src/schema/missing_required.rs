use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, Kind, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a variable that a service needs is not set
    ///
    /// Required always, or by a condition that holds here: in production, behind a proxy,
    /// because another variable has a certain value (a default counts). All that one service
    /// lacks is told in one entry, at the place where the service is defined.
    ///
    /// A variable that may be set in a file that could not be decrypted is not missing: it is
    /// listed as not verified.
    ///
    /// ## Instead
    ///
    /// Set it in one of the service's sources.
    pub(crate) static RULE: Rule<Context> = {
        name: "missing-required",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: [
            "unresolved-reference",
            "shared-value-mismatch",
            "proxied-but-untrusted",
            "wrong-phase",
        ],
        check: check,
        examples: [
            fails "no database" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", schemes = [\"postgresql\"], required = true }"),
                ".env" => "LOG_LEVEL=info\n",
            }
            passes "a default stands in" {
                "envlint.toml" => api!("LOG_LEVEL = { type = \"string\", default = \"info\" }"),
                ".env" => "PORT=3000\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::MissingRequired, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::MissingRequired { when } = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let condition = when.as_ref().map(|when| format!(" {when}")).unwrap_or_default();
    let variable = case.variable()?;
    let message = format!("{name} of {services} is not set, and is required{condition}");
    let item = match &variable.happens {
        Some(happens) => format!("{}; {happens}", variable.kind),
        None => variable.kind.to_string(),
    };
    let write = match (variable.source_for(&case.first().service), &variable.kind) {
        (Some(source), _) => format!("{name}=..., {source}"),
        (None, Kind::Text(_)) => format!("{name}=..."),
        (None, kind) => format!("{name}=... with {kind}"),
    };
    let finding = case.finding(&RULE, message, "defined here, without it").write(write);
    let finding = match finding.happens {
        Some(_) => finding,
        None => {
            let refuses = services.verb("refuses", "refuse");
            let starts = services.word("starts", "start");
            finding.happens(format!("{refuses} to start, or {starts} without it"))
        }
    };
    Some(finding.grouped(format!("required variables of {services} are not set"), item))
}

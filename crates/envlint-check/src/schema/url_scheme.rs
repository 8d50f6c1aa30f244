use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a URL has no scheme, the wrong one, or lacks a part that is needed
    ///
    /// `db:5432/app`, `mysql://` where PostgreSQL is read, a URL without a host. Also told for
    /// a URL of which a part is not known, as far as the known part shows it.
    ///
    /// ## Instead
    ///
    /// Write the URL with one of the schemes that the message names.
    pub(crate) static RULE: Rule<Context> = {
        name: "url-scheme",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["url-credentials-unencoded", "placeholder-secret"],
        check: check,
        examples: [
            fails "another database's scheme" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", schemes = [\"postgresql\"] }"),
                ".env" => "DATABASE_URL=mysql://app:CANARY@db:3306/app\n",
            }
            passes "the right one" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", schemes = [\"postgresql\"] }"),
                ".env" => "DATABASE_URL=postgresql://app:CANARY@db:5432/app\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::UrlScheme, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::UrlScheme(error) = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let expected = case.variable()?.kind.to_string();
    let message = format!("{name} of {services} is not {expected}");
    let finding = case.finding(&RULE, message, error.to_string());
    let finding = match finding.happens {
        Some(_) => finding,
        None => {
            let refuses = services.word("refuses", "refuse");
            finding.happens(format!("{services} can not connect, or {refuses} to start"))
        }
    };
    Some(finding.write(format!("{name}=... with {expected}")))
}

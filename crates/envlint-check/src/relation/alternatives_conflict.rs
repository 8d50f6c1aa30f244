use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each, place_of};
use crate::words;

declare_rule! {
    /// one thing is said in two ways that do not agree
    ///
    /// A URL and its parts, or two providers of which only one is used. The service follows one
    /// of them, and nothing in the files says which; whoever changes the other one wonders why
    /// nothing happens.
    ///
    /// ## Instead
    ///
    /// Keep one of the two, or make them say the same.
    pub(crate) static RULE: Rule<Context> = {
        name: "alternatives-conflict",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a URL and a host" {
                "envlint.toml" => concat!(api!("DATABASE_URL = { type = \"database-url\" }", "DATABASE_HOST = { type = \"host\" }"), "\n[[relations]]\nalternatives = [[\"api.DATABASE_URL#host\", \"api.DATABASE_HOST\"]]\n"),
                ".env" => "DATABASE_URL=postgresql://app:CANARY8Kd02mXq7@db.internal/app\nDATABASE_HOST=replica.internal\n",
            }
            fails "two where one is allowed" {
                "envlint.toml" => concat!(api!("SMTP_HOST = { type = \"host\" }", "RESEND_API_KEY = { type = \"token\" }"), "\n[[relations]]\nexactly-one = [\"api.SMTP_HOST\", \"api.RESEND_API_KEY\"]\n"),
                ".env" => "SMTP_HOST=mail.internal\nRESEND_API_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "both say the same" {
                "envlint.toml" => concat!(api!("DATABASE_URL = { type = \"database-url\" }", "DATABASE_HOST = { type = \"host\" }"), "\n[[relations]]\nalternatives = [[\"api.DATABASE_URL#host\", \"api.DATABASE_HOST\"]]\n"),
                ".env" => "DATABASE_URL=postgresql://app:CANARY8Kd02mXq7@db.internal/app\nDATABASE_HOST=db.internal\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::AlternativesConflict, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let services = case.services();
    let (message, names, write) = match case.kind {
        ViolationKind::AlternativesConflict { sides: [a, b] } => {
            let (x, y) = (words::part(a), words::part(b));
            let message = format!("{x} and {y} of {services} do not say the same");
            let write = format!("{} or {}, or both with the same", a.variable, b.variable);
            (message, vec![&a.variable, &b.variable], write)
        }
        ViolationKind::TooManyWays { set } => {
            let series = |last| words::series(set.iter().map(|name| name.as_str()), last);
            let names = series("and");
            let message = format!("{names} of {services} are set, and only one may be");
            let write = format!("one of them: {}", series("or"));
            (message, set.iter().collect(), write)
        }
        _ => return None,
    };
    let mut finding = RULE.finding(case.subject(), message);
    for name in names {
        if let Some(setting) = case.setting_of(name) {
            finding = finding.at(place_of(setting, None), "one way to say it");
        }
    }
    let because = case.relation().and_then(|relation| relation.because.clone());
    let happens = because.unwrap_or_else(|| {
        let follows = services.verb("follows", "follow");
        format!("{follows} one and {} the rest", services.word("ignores", "ignore"))
    });
    Some(finding.happens(happens).write(write))
}

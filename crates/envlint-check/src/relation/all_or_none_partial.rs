use envlint_model::{Finding, Name, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each, place_of};
use crate::words;

/// A client that needs its name and its secret.
const BOTH_OR_NEITHER: &str = concat!(
    api!(
        r#"GOOGLE_CLIENT_ID = { type = "string", secret = false }"#,
        r#"GOOGLE_CLIENT_SECRET = { type = "token", empty = "unset" }"#,
    ),
    r#"
[[relations]]
all-or-none = ["api.GOOGLE_CLIENT_ID", "api.GOOGLE_CLIENT_SECRET"]
because = "sign-in by Google stays hidden until both are set"
"#,
);

declare_rule! {
    /// some variables of a group are set, and others are not
    ///
    /// A bucket without its key, a client's name without its secret. Depending on which ones
    /// are missing the service refuses to start, or leaves the whole feature out without a
    /// word. An empty text counts as not set where the service takes it so.
    ///
    /// ## Instead
    ///
    /// Set all of them, or none.
    pub(crate) static RULE: Rule<Context> = {
        name: "all-or-none-partial",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a name without its secret" {
                "envlint.toml" => BOTH_OR_NEITHER,
                ".env" => "GOOGLE_CLIENT_ID=4711-canary.apps.googleusercontent.com\nGOOGLE_CLIENT_SECRET=\n",
            }
            passes "neither" {
                "envlint.toml" => BOTH_OR_NEITHER,
                ".env" => "LOG_LEVEL=info\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::AllOrNonePartial, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::AllOrNonePartial { set, missing } = case.kind else { return None };
    let services = case.services();
    let list = |names: &[Name]| words::series(names.iter().map(Name::as_str), "and");
    let are = |names: &[Name]| if names.len() == 1 { "is" } else { "are" };
    let message = format!(
        "{} of {services} {} set, and {} {} not",
        list(set),
        are(set),
        list(missing),
        are(missing)
    );
    let mut finding = RULE.finding(case.subject(), message);
    // Where an empty text stands is the place to go to.
    for (names, label) in [(missing, "empty, which counts as not set"), (set, "set here")] {
        for setting in names.iter().filter_map(|name| case.setting_of(name)) {
            finding = finding.at(place_of(setting, None), label);
        }
    }
    let because = case.relation().and_then(|relation| relation.because.clone());
    let lines = words::series(missing.iter().map(|name| format!("{name}=...")), "and");
    let none = format!("no line for {}", list(set));
    Some(
        finding
            .happens(because.unwrap_or_else(|| {
                let refuses = services.verb("refuses", "refuse");
                format!("{refuses} them, or {} them", services.word("ignores", "ignore"))
            }))
            .write(format!("{lines}, or {none}")),
    )
}

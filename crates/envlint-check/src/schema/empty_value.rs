use envlint_model::{Edit, Finding, Fix, FixSafety, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a variable is set to the empty text where its service takes that for a value
    ///
    /// `NAME=` is not the same as no line at all. JavaScript reads an empty number as 0; a
    /// validator refuses an empty e-mail address that it would gladly do without. Templates
    /// that are copied as they are make this mistake for everybody.
    ///
    /// ## Instead
    ///
    /// Remove the line, or give it a value.
    pub(crate) static RULE: Rule<Context> = {
        name: "empty-value",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["unresolved-reference", "proxied-but-untrusted"],
        check: check,
        examples: [
            fails "a number without digits" {
                "envlint.toml" => api!("MAX_CONNECTIONS = { type = \"integer\", empty = \"error\" }"),
                ".env" => "MAX_CONNECTIONS=\n",
            }
            passes "no line at all" {
                "envlint.toml" => api!("MAX_CONNECTIONS = { type = \"integer\", empty = \"error\" }"),
                ".env" => "# MAX_CONNECTIONS=\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::EmptyValue, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::EmptyValue { reads } = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let (what, happens) = match reads {
        Some(reads) => (
            format!("is empty, which {} as {reads}", services.verb("reads", "read")),
            format!(
                "{} with {reads} and {} nothing",
                services.verb("runs", "run"),
                services.word("says", "say")
            ),
        ),
        None => (
            format!("is empty, which {}", services.verb("refuses", "refuse")),
            format!(
                "{} to start: to {}, an empty text is a value",
                services.verb("refuses", "refuse"),
                services.word("it", "them")
            ),
        ),
    };
    let finding = case.finding(&RULE, format!("{name} {what}"), "set, and empty").happens(happens);
    let finding = match case.variable().and_then(|variable| variable.default.as_deref()) {
        Some(default) => {
            finding.write(format!("no line at all for the default, {default}, or a value"))
        }
        None => finding.write("no line at all, or a value"),
    };
    Some(match removal(case) {
        Some(fix) => finding.fix(fix),
        None => finding,
    })
}

/// Removing the line changes what the service sees, so a person decides.
fn removal(case: &Case<'_>) -> Option<Fix> {
    let setting = case.setting().filter(|setting| setting.references.is_empty())?;
    let span = setting.name_span.to(setting.value.origin().span);
    let edits = vec![Edit { span, insert: Vec::new() }];
    let title = "remove the assignment".to_owned();
    Some(Fix { title, safety: FixSafety::DisplayOnly, edits })
}

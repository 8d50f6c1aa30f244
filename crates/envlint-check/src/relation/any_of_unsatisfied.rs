use envlint_model::{Finding, Name, Outcomes, declare_rule};
use envlint_schema::{Check, Holds, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};
use crate::words;

/// A service that needs one of two providers.
const ONE_PROVIDER: &str = concat!(
    api!(r#"OPENAI_API_KEY = { type = "token" }"#, r#"ANTHROPIC_API_KEY = { type = "token" }"#,),
    r#"
[[relations]]
any-of = ["api.OPENAI_API_KEY", "api.ANTHROPIC_API_KEY"]
because = "agents get no answers"
"#,
);

declare_rule! {
    /// a service needs one of several things, and has none of them
    ///
    /// One provider of a model, one way to send mail, one kind of sign-in: which one is a
    /// choice, but without any the service starts and can not do its work. An alternative that
    /// consists of several variables counts only when all of them are set.
    ///
    /// ## Instead
    ///
    /// Set one of the alternatives as a whole. The message names what is missing of the one
    /// that is nearest to being complete.
    pub(crate) static RULE: Rule<Context> = {
        name: "any-of-unsatisfied",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "no provider at all" {
                "envlint.toml" => ONE_PROVIDER,
                ".env" => "LOG_LEVEL=info\n",
            }
            fails "one that is begun, beside one that is not" {
                "envlint.toml" => "version = 1\n\n[sources.env]\nfile = \".env\"\n\n[services.mailer]\nschema = \"./mailer.json\"\nsources = [\"env\"]\n",
                "mailer.json" => r#"{
  "type": "object",
  "properties": {
    "RESEND_API_KEY": { "type": "string" },
    "SMTP_HOST": { "type": "string" },
    "SMTP_USER": { "type": "string" }
  },
  "x-envlint": { "relations": [{ "any-of": [["RESEND_API_KEY"], ["SMTP_HOST", "SMTP_USER"]] }] }
}"#,
                ".env" => "SMTP_HOST=mail.internal\n",
            }
            passes "one of them" {
                "envlint.toml" => ONE_PROVIDER,
                ".env" => "ANTHROPIC_API_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::AnyOfUnsatisfied, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::AnyOfUnsatisfied { missing } = case.kind else { return None };
    let relation = case.relation()?;
    let (Holds::AnyOf(groups) | Holds::ExactlyOne(groups)) = &relation.holds else { return None };
    let services = case.services();
    let choices: Vec<String> = groups.iter().map(|group| together(group)).collect();
    let begun = groups.iter().find(|group| {
        group.len() > missing.len() && missing.iter().all(|name| group.contains(name))
    });
    let lines = || words::series(missing.iter().map(|name| format!("{name}=...")), "and");
    let write = match begun {
        Some(_) => format!("{}, which completes what is set", lines()),
        None => format!("one of them: {}", lines()),
    };
    let because = relation.because.clone();
    let message = format!(
        "{} {}, and {} none of them{}",
        services.verb("needs", "need"),
        words::series(&choices, "or"),
        services.word("has", "have"),
        if begun.is_some() { " as a whole" } else { "" }
    );
    Some(
        case.finding(&RULE, message, "defined here, without them")
            .happens(because.unwrap_or_else(|| {
                format!("{services} can not do {} work", services.word("its", "their"))
            }))
            .write(write),
    )
}

/// What belongs together: `SMTP_HOST`, `SMTP_HOST with SMTP_USER and SMTP_PASSWORD`.
fn together(group: &[Name]) -> String {
    match group {
        [] => String::new(),
        [only] => only.to_string(),
        [first, rest @ ..] => {
            format!("{first} with {}", words::series(rest.iter().map(Name::as_str), "and"))
        }
    }
}

use envlint_model::{Edit, Finding, Fix, FixSafety, Insert, Outcomes, Reader, declare_rule};
use envlint_parse::template::Use as Reference;
use envlint_resolve::Setting;
use envlint_schema::{Requirement, Variable};

use crate::Context;
use crate::context::Use;

declare_rule! {
    /// a required variable is taken from `${NAME}` without `:?`, so that unset becomes empty
    ///
    /// When `NAME` is not set where Compose runs, Compose prints a warning and puts the empty
    /// text in its place. The container starts all the same, with an empty key. `${NAME:?}`
    /// makes Compose refuse instead.
    ///
    /// Flagged also where the variable happens to be set now: the next machine may lack it.
    ///
    /// ## Instead
    ///
    /// `${NAME:?set it in .env}`. The fix writes it.
    pub(crate) static RULE: Rule<Context> = {
        name: "unguarded-interpolation",
        group: "schema",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        yields_to: ["unresolved-reference"],
        check: check,
        examples: [
            fails "a key that may become empty" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nSIGNING_KEY = { type = \"token\", min-length = 16, required = true }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      SIGNING_KEY: ${SIGNING_KEY}\n",
                ".env" => "SIGNING_KEY=CANARY-72b9e0d4c6a1f835\n",
            } => fixed {
                "compose.yaml" => "services:\n  api:\n    environment:\n      SIGNING_KEY: ${SIGNING_KEY:?set it in .env}\n",
            }
            passes "Compose refuses to start without it" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nSIGNING_KEY = { type = \"token\", min-length = 16, required = true }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      SIGNING_KEY: ${SIGNING_KEY:?set it in .env}\n",
                ".env" => "SIGNING_KEY=CANARY-72b9e0d4c6a1f835\n",
            }
            passes "an optional variable" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nREGION = { type = \"string\" }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      REGION: ${REGION}\n",
                ".env" => "REGION=eu\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for each in context.uses() {
        for variable in each.schema.variables() {
            let Some(setting) = each.setting(&variable.name) else { continue };
            let compose = setting.value.origin().reader == Reader::ComposeFile;
            if variable.requirement == Requirement::Never || !compose {
                continue;
            }
            let unguarded = setting.references.iter().find(|r| r.operator.is_none());
            match unguarded {
                None => outcomes.pass(),
                Some(reference) => outcomes.finding(word(&each, variable, setting, reference)),
            }
        }
    }
}

fn word(each: &Use<'_>, variable: &Variable, setting: &Setting, reference: &Reference) -> Finding {
    let (name, service) = (&variable.name, &each.workload.service);
    let wanted = &reference.name;
    let whole = reference.span.contains(setting.value.origin().span);
    let (becomes, with) = match whole {
        true => ("becomes empty", "an empty"),
        false => ("lacks a part", "an incomplete"),
    };
    let message = format!("{name} of {service} {becomes} when {wanted} is not set");
    let guarded = format!("${{{wanted}:?set it in .env}}");
    let mut finding = RULE
        .finding(each.subject(name), message)
        .at(reference.span, "unset becomes empty")
        .happens(format!(
            "where {wanted} is missing, Compose warns and starts {service} with {with} {name}"
        ))
        .write(format!("{guarded} in the place of ${{{wanted}}}"))
        .scopes([each.workload.scope.clone()])
        .grouped(
            format!("required variables of {service} become empty when they are not set"),
            format!("from ${{{wanted}}}: write {guarded}"),
        );
    // A reference that came in through an alias stands in another value too.
    if setting.value.origin().via.is_empty() {
        finding = finding.fix(Fix {
            title: "let Compose refuse to start without it".to_owned(),
            safety: FixSafety::Safe,
            edits: vec![Edit { span: reference.span, insert: vec![Insert::Text(guarded)] }],
        });
    }
    finding
}

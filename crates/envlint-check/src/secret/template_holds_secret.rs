use std::collections::{BTreeMap, HashMap};

use envlint_model::{
    Confidence, Edit, Finding, Fix, FixSafety, Name, Outcomes, Secret, Subject, SubjectKind, Value,
    declare_rule,
};
use envlint_schema::{Check, Schema, Variable, evaluate};
use envlint_secrets::{Exposure, SecretPart, token_form_of};

use super::exposed::Secrets;
use super::names;
use crate::Context;
use crate::templates::{Entry, Template, templates};

declare_rule! {
    /// a template such as `.env.example` holds a real secret
    ///
    /// A template is committed, copied and published. A secret gets into it when somebody copies
    /// the file that works and forgets to empty a line, and it stays in the history after that
    /// line is mended. Assignments in comments count as well.
    ///
    /// Flagged if the value is that of a secret of some service in some environment, if it has
    /// the form of a token that a provider keeps secret, or if the variable is a secret and the
    /// value would do for it: strong, and of the right form. Placeholders, sentences, values that
    /// everybody guesses, and what the schema itself shows as default or example are left alone.
    ///
    /// ## Instead
    ///
    /// Leave the value out: `AUTH_SECRET=`. Replace the secret wherever it is used.
    pub(crate) static RULE: Rule<Context> = {
        name: "template-holds-secret",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "the line of production" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" => "AUTH_SECRET=orbit-velvet-cactus-ladder-canary\n",
                ".env.example" => "AUTH_SECRET=orbit-velvet-cactus-ladder-canary\n",
            } => fixed {
                ".env.example" => "AUTH_SECRET=\n",
            }
            fails "a provider's token, in a comment" {
                ".env.example" => "PORT=3000\n# PAYMENT=sk_live_CANARYx51HqLyjWDarjtT1zdp7dc\n",
            } => fixed {
                ".env.example" => "PORT=3000\n# PAYMENT=\n",
            }
            fails "a key that decodes" {
                "envlint.toml" => api!("SIGNING_KEY = { type = \"key\", bytes = 16, encoding = \"hex\" }"),
                ".env.example" => "SIGNING_KEY='9a41e7c05bd2f8364c1d7ea0935fb826'\n",
            } => fixed {
                ".env.example" => "SIGNING_KEY=\n",
            }
            passes "placeholders, instructions, and nothing" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }", "DATABASE_URL = { type = \"database-url\" }", "SIGNING_KEY = { type = \"key\", bytes = 16, encoding = \"hex\" }"),
                ".env.example" => "AUTH_SECRET=ask-the-platform-team-for-one\nDATABASE_URL=postgresql://app:${DB_PASSWORD}@db/app\n# SIGNING_KEY=openssl rand -hex 16\nADMIN_PASSWORD=\nPAYMENT_TOKEN=sk_live_...\n",
            }
            passes "what the schema shows" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\", example = \"CANARY-8Kd02mXq7ZtR5vLw\" }"),
                ".env.example" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

/// What shows that a value is a real secret.
enum Why {
    /// It is the value of this variable in use.
    Used(String),
    /// It has the form of this: `a GitHub token`.
    Form(&'static str),
    /// It would do for the variable.
    Strong,
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let templates = templates(context);
    if templates.is_empty() {
        return;
    }
    let views = context.views.iter().chain(&context.others);
    let used: Vec<(&Name, Secrets<'_>)> =
        views.map(|view| (&view.deployment.environment.name, Secrets::of(context, view))).collect();
    let mut declared: HashMap<&str, Vec<&Variable>> = HashMap::new();
    for schema in context.project.services.iter().filter_map(|each| each.schema.as_deref()) {
        for variable in schema.variables() {
            declared.entry(variable.name.as_str()).or_default().push(variable);
        }
    }
    for template in &templates {
        for entry in template.entries.iter().filter(|entry| !entry.value.is_empty()) {
            let variables = declared.get(entry.name.as_str()).map_or(&[][..], Vec::as_slice);
            match why(context, &used, template, entry, variables) {
                None => outcomes.pass(),
                Some(why) => outcomes.finding(word(&why, template, entry)),
            }
        }
    }
}

fn why<'a>(
    context: &'a Context,
    used: &[(&Name, Secrets<'a>)],
    template: &Template,
    entry: &'a Entry,
    variables: &[&Variable],
) -> Option<Why> {
    if variables.iter().any(|variable| is_shown(context, variable, &entry.value)) {
        return None;
    }
    for (environment, secrets) in used {
        let held = secrets.same(&entry.value);
        if let Some(held) = held.filter(|held| held.place(None).file != template.start.file) {
            return Some(Why::Used(format!("{} in {environment}", held.title())));
        }
    }
    let form = token_form_of(&entry.value);
    if let Some(form) = form.filter(|form| form.exposure() == Exposure::Secret) {
        return Some(Why::Form(form.name()));
    }
    let is_secret = match variables {
        [] => names::says_secret_anywhere(&entry.name),
        declared => declared.iter().any(|variable| would_do(variable, &entry.value)),
    };
    (is_secret && is_strong(context, &entry.value)).then_some(Why::Strong)
}

/// Whether the schema shows this very text to everybody.
fn is_shown(context: &Context, variable: &Variable, value: &Value) -> bool {
    let mut shown = variable.default.iter().chain(&variable.example);
    shown.any(|text| {
        let text = Value::literal(Secret::made(text.clone()), value.origin().clone());
        context.equality.fingerprint(&text) == context.equality.fingerprint(value)
    })
}

/// Whether a secret variable would take this value.
fn would_do(variable: &Variable, value: &Value) -> bool {
    let mut alone = Schema::new("");
    alone.insert(variable.clone());
    let values = BTreeMap::from([(variable.name.clone(), value.clone())]);
    let production = envlint_schema::Context::production();
    let refused = [Check::InvalidKey, Check::ConstraintViolated, Check::TypeMismatch];
    let violations = evaluate(&alone, &values, &production);
    variable.is_secret() && !violations.iter().any(|each| refused.contains(&each.kind.check()))
}

/// Whether a value was made to be kept, and not to be filled in.
fn is_strong(context: &Context, value: &Value) -> bool {
    SecretPart::of(value).ok().flatten().is_some_and(|part| {
        !part.is_outline()
            && part.placeholder().is_none()
            && part.default_credential().is_none()
            && context.weakness(value, &part).is_none()
    })
}

fn word(why: &Why, template: &Template, entry: &Entry) -> Finding {
    let (name, path) = (&entry.name, &template.path);
    let label = match why {
        Why::Used(held) => format!("the same text as {held}"),
        Why::Form(form) => (*form).to_owned(),
        Why::Strong => "nobody could guess it, and no placeholder is like that".to_owned(),
    };
    let confidence = match why {
        Why::Used(_) | Why::Form(_) => Confidence::High,
        Why::Strong => Confidence::Medium,
    };
    let subject = Subject::new(SubjectKind::Variable, name.as_str());
    let comment = if entry.commented { "# " } else { "" };
    let mut finding = RULE
        .finding(subject, format!("{name} in {path} is a real secret"))
        .at(entry.value.origin().span, label)
        .happens("whoever can read the repository has it, and its history keeps it")
        .write(format!("{comment}{name}= without a value, and a new secret where it is used"))
        .fix(Fix {
            title: "remove the value".to_owned(),
            safety: if template.is_read { FixSafety::Unsafe } else { FixSafety::Safe },
            edits: vec![Edit { span: entry.written, insert: Vec::new() }],
        });
    finding.confidence = confidence;
    finding
}

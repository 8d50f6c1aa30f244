use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Finding, Name, Outcomes, Scope, Span, Subject, declare_rule};
use envlint_parse::commands::{Word, commands};
use envlint_schema::Variable;
use envlint_secrets::{Exposure, SecretPart, may_hold_password, token_form_of};

use super::names;
use crate::Context;
use crate::context::View;
use crate::images::compose_files;

declare_rule! {
    /// a secret is an argument of a program that a container runs
    ///
    /// Whoever can list the processes of the host sees the arguments of all containers, and
    /// `docker inspect` shows those of a container that has ended. Monitoring and crash reports
    /// take them along. Looked at are `command`, `entrypoint` and the test of a health check in
    /// Compose files: variables that Compose writes into them, if a schema or their name says
    /// that they are secrets or a URL with a password is their value, and texts that stand there
    /// as they are, if their option says so (`--db-password`) or they have the form of a token
    /// that a provider keeps secret.
    ///
    /// ## Instead
    ///
    /// Give the secret to the container as a variable or as a file, and let the program read it
    /// there: `REDISCLI_AUTH` for `redis-cli -a`, `PGPASSWORD` for `psql`, `--password-file`
    /// where there is one. Where a program knows nothing but an argument, a shell in the container
    /// can put it there: with `$$REDIS_PASSWORD` Compose leaves it to the shell, and it is not in
    /// what `docker inspect` shows.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-on-command-line",
        group: "secret",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a password for the server" {
                "compose.yaml" => "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass ${REDIS_PASSWORD:?}\n",
                ".env" => "REDIS_PASSWORD=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "a password for a health check" {
                "compose.yaml" => "services:\n  cache:\n    image: redis:7\n    healthcheck:\n      test: [\"CMD\", \"redis-cli\", \"-a\", \"${REDIS_PASSWORD}\", \"ping\"]\n",
                ".env" => "REDIS_PASSWORD=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "a text behind an option that says what it is" {
                "compose.yaml" => "services:\n  jobs:\n    image: jobs\n    command: [\"run\", \"--db-password=CANARY-8Kd02mXq7ZtR5vLw\"]\n",
            }
            passes "what the program reads from its environment" {
                "compose.yaml" => "services:\n  cache:\n    image: redis:7\n    command: [\"sh\", \"-c\", \"redis-server --requirepass \\\"$$REDIS_PASSWORD\\\"\"]\n    environment:\n      REDIS_PASSWORD: ${REDIS_PASSWORD:?}\n    healthcheck:\n      test: [\"CMD-SHELL\", \"REDISCLI_AUTH=$$REDIS_PASSWORD redis-cli ping\"]\n",
                ".env" => "REDIS_PASSWORD=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "what is no secret" {
                "compose.yaml" => "services:\n  db:\n    image: postgres:16\n    command: postgres -p ${DB_PORT:-5432}\n    healthcheck:\n      test: [\"CMD-SHELL\", \"pg_isready -U ${POSTGRES_USER}\"]\n",
                ".env" => "POSTGRES_USER=app\n",
            }
        ],
    }
}

/// Options that name a secret in a word of their own: those of Redis, and of its client.
const OPTIONS: [&str; 3] = ["masterauth", "pass", "requirepass"];

/// One argument that is, or holds, a secret.
struct Argument {
    service: Name,
    part: &'static str,
    /// The variable, or what stands as it is.
    what: Result<Name, &'static str>,
    scopes: BTreeSet<Scope>,
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found: BTreeMap<Span, Argument> = BTreeMap::new();
    for view in &context.views {
        for (_, files) in compose_files(context, &view.deployment.environment) {
            for ((service, part), command) in commands(files.iter().map(|each| &each.document)) {
                let references = command.references.into_iter();
                let secret = references.filter(|(name, _)| is_secret(context, view, name));
                let mut told: Vec<_> = secret.map(|(name, span)| (span, Ok(name))).collect();
                let texts = command
                    .words
                    .iter()
                    .filter_map(|word| Some((word.value.origin().span, Err(text(word)?))));
                told.extend(texts);
                if told.is_empty() {
                    outcomes.pass();
                }
                for (span, what) in told {
                    let service = service.clone();
                    let argument = || Argument { service, part, what, scopes: BTreeSet::new() };
                    let argument = found.entry(span).or_insert_with(argument);
                    argument.scopes.extend(scope(view, &argument.service));
                }
            }
        }
    }
    for (span, argument) in found {
        outcomes.finding(word(span, argument));
    }
}

/// Whether a variable of the launch environment is, or holds, a secret.
fn is_secret(context: &Context, view: &View, name: &Name) -> bool {
    let schemas = context.project.services.iter().filter_map(|each| each.schema.as_deref());
    let mut declared = schemas.filter_map(|schema| schema.variable(name)).peekable();
    match declared.peek() {
        Some(_) => declared.any(Variable::is_secret),
        None => {
            let launch = view.deployment.launch.get(name);
            names::says_secret(name) || launch.is_some_and(|set| may_hold_password(&set.value))
        }
    }
}

/// What a text is called that must not stand in a command as it is.
fn text(word: &Word) -> Option<&'static str> {
    let form = token_form_of(&word.value).filter(|form| form.exposure() == Exposure::Secret);
    if let Some(form) = form {
        return Some(form.name());
    }
    let says = |option: &Name| names::says_secret(option) || OPTIONS.contains(&option.as_str());
    word.option.as_ref().filter(|option| says(option))?;
    let part = SecretPart::of(&word.value).ok().flatten()?;
    let known = part.placeholder().is_some() || part.default_credential().is_some();
    (!known).then_some("a secret")
}

fn scope(view: &View, service: &Name) -> Option<Scope> {
    let mut workloads = view.deployment.workloads.iter();
    workloads.find(|workload| workload.name == *service).map(|workload| workload.scope.clone())
}

fn word(span: Span, argument: Argument) -> Finding {
    let Argument { service, part, what, scopes } = argument;
    let (name, write) = match &what {
        Ok(name) => (
            name.as_str(),
            format!(
                "{name} among the variables of {service}, where its program reads it, or \
                 `$${name}` for a shell in the container"
            ),
        ),
        Err(text) => {
            (*text, format!("a variable of {service}, or a file, that its program reads it from"))
        }
    };
    let message = format!("{name} is an argument in the {part} of {service}");
    RULE.finding(Subject::variable(&service, name), message)
        .at(span, "")
        .happens("whoever can list processes or inspect containers on the host can read it")
        .write(write)
        .scopes(scopes)
}

//! Whether something reads a declared variable, as far as files tell without knowing a language.
//!
//! Code is not parsed here. What is asked is whether any file of the service mentions the name,
//! in any spelling that libraries make of it; that no file does is a fact. Everything that could
//! read a variable without its name standing anywhere ends in silence: names with a prefix that
//! all share, nested ones, those that libraries and frameworks read by themselves, and trees that
//! can not be searched as a whole.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use envlint_model::{FilePath, Finding, Name, Outcomes, Subject, declare_rule};
use envlint_parse::mentions::unmentioned;
use envlint_project::{Service, SourceKind};
use envlint_schema::{Schema, Variable};

use crate::Context;
use crate::images::builds_in;

declare_rule! {
    /// a variable is declared, and no file of its service mentions it
    ///
    /// Whoever finds it in the schema sets it, and waits for an effect. Mostly the code that read
    /// it was removed, or reads it under another name.
    ///
    /// Looked for in services with a schema of the project's own that Compose builds from a
    /// directory of the repository. Every file there that may read a variable is searched for
    /// the name, in any case and with any separator; files that git ignores are not. Names that
    /// libraries read by themselves (`AWS_REGION`, `PORT`, `NODE_ENV`) and nested ones (`DB__URL`)
    /// are left alone, and nothing is said of a directory without code.
    ///
    /// ## Instead
    ///
    /// Remove it from the schema, or say there that it is retired.
    pub(crate) static RULE: Rule<Context> = {
        name: "declared-unread",
        group: "drift",
        severity: Info,
        confidence: Medium,
        since: "0.1.0",
        check: check,
        examples: [
            fails "code that is gone" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nLEGACY_MODE = { type = \"boolean\" }\nDATABASE_URL = { type = \"database-url\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: api\n    environment:\n      LEGACY_MODE: \"false\"\n",
                "api/Dockerfile" => "FROM python:3.13\n",
                "api/settings.py" => "class Settings(BaseSettings):\n    database_url: str\n",
            }
            passes "a name that is put together by a library" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nDATABASE_URL = { type = \"database-url\" }\nAWS_REGION = { type = \"string\" }\nMAIL__HOST = { type = \"string\" }\nOLD = { type = \"string\", retired = {} }\n",
                "compose.yaml" => "services:\n  api:\n    build: api\n",
                "api/Dockerfile" => "FROM eclipse-temurin:21\n",
                "api/Api.java" => "@Value(\"${database.url}\") String url;\n",
            }
            passes "a directory without code" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nLEGACY_MODE = { type = \"boolean\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: api\n",
                "api/Dockerfile" => "FROM example/api:4\n",
            }
        ],
    }
}

/// Beginnings of names that libraries, frameworks and runtimes read by themselves.
#[rustfmt::skip]
const BY_LIBRARIES: [&str; 43] = [
    "ASPNETCORE_", "AUTH_", "AWS_", "AZURE_", "BUGSNAG_", "CELERY_", "CLERK_", "DD_", "DJANGO_",
    "DOTNET_", "ELASTIC_", "FLASK_", "GCLOUD_", "GIT_", "GITHUB_", "GOMAXPROCS", "GOOGLE_",
    "GRPC_", "GUNICORN_", "HF_", "JAVA_", "KAFKA_", "LANGCHAIN_", "LANGSMITH_", "LOGFIRE_",
    "NEW_RELIC_", "NEXTAUTH_", "NEXT_", "NODE_", "NPM_", "OPENAI_", "OTEL_", "PG", "PRISMA_",
    "PYTHON", "QUARKUS_", "RACK_", "RAILS_", "RUST_", "SENTRY_", "SPRING_", "UVICORN_", "WEB_",
];

/// Names that are read so, as a whole.
#[rustfmt::skip]
const WHOLE: [&str; 8] = [
    "ANTHROPIC_API_KEY", "DEBUG", "HOST", "HOSTNAME", "LOG_LEVEL", "PORT", "SECRET_KEY_BASE", "TZ",
];

fn check(context: &Context, outcomes: &mut Outcomes) {
    let own = context.project.services.iter().filter(|service| service.bundled.is_none());
    let own: Vec<&Service> = own.filter(|service| service.schema.is_some()).collect();
    if own.is_empty() {
        return;
    }
    let directories = directories(context);
    let left_out = left_out(context);
    for service in own {
        let Some(schema) = service.schema.as_deref() else { continue };
        for directory in directories.get(&service.workload).into_iter().flatten() {
            let names = schema.variables().iter().filter(|variable| is_told_by_name(variable));
            let names = names.map(|variable| (variable.name.as_str(), spellings(schema, variable)));
            let files = context.documents.files();
            let Some(unread) = unmentioned(&**files, directory, names, &left_out) else { continue };
            for variable in schema.variables() {
                match unread.contains(variable.name.as_str()) {
                    false => outcomes.pass(),
                    true => outcomes.finding(word(context, service, variable, directory)),
                }
            }
        }
    }
}

/// The directories that services are built from, by what they are called in Compose.
fn directories(context: &Context) -> BTreeMap<Name, BTreeSet<FilePath>> {
    let mut directories: BTreeMap<_, BTreeSet<FilePath>> = BTreeMap::new();
    for environment in &context.project.environments {
        for (name, build) in builds_in(context, environment) {
            directories.entry(name).or_default().insert(build.context);
        }
    }
    directories
}

/// Files that mention names because they declare or set them.
fn left_out(context: &Context) -> HashSet<FilePath> {
    let manifest = context.project.manifest.iter().map(|manifest| manifest.path().clone());
    let mut left_out: HashSet<FilePath> = manifest.collect();
    for environment in &context.project.environments {
        for source in &context.project.sources {
            match &source.kind {
                SourceKind::Compose(paths) => {
                    left_out
                        .extend(paths.iter().map(|path| path.in_environment(&environment.name)));
                }
                SourceKind::File { path, .. } | SourceKind::Names(path) => {
                    left_out.insert(path.in_environment(&environment.name));
                }
            }
        }
    }
    left_out
}

/// Whether somebody who reads it would write its name.
fn is_told_by_name(variable: &Variable) -> bool {
    let name = variable.name.as_str();
    variable.retired.is_none()
        && !name.contains("__")
        && !WHOLE.contains(&name)
        && !BY_LIBRARIES.iter().any(|beginning| name.starts_with(beginning))
}

/// Other names under which code may know a variable: former ones, and the name without a prefix
/// that a library puts before all of them.
fn spellings(schema: &Schema, variable: &Variable) -> Vec<String> {
    let mut spellings: Vec<String> = variable
        .formerly
        .iter()
        .map(|name| name.to_string())
        .chain(variable.file_variant())
        .collect();
    let mut rest = variable.name.as_str();
    while let Some((prefix, after)) = rest.split_once('_') {
        let is_common = || {
            let begins = |other: &&Variable| {
                other.name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_'))
            };
            2 * schema.variables().iter().filter(begins).count() > schema.variables().len()
        };
        if after.contains('_') || is_common() {
            spellings.push(after.to_owned());
        }
        rest = after;
    }
    spellings
}

fn word(
    context: &Context,
    service: &Service,
    variable: &Variable,
    directory: &FilePath,
) -> Finding {
    let (name, who) = (&variable.name, &service.name);
    let deployments = context.views.iter().map(|view| &view.deployment);
    let mut workloads = deployments.filter_map(|deployment| deployment.workload(who));
    let set = workloads.find_map(|workload| workload.run.get(name).or(workload.build.get(name)));
    let within = match directory.as_str() {
        "" => "of the repository".to_owned(),
        directory => format!("in {directory}"),
    };
    let message = format!("{name} of {who} is declared, and no file {within} mentions it");
    let finding = RULE.finding(Subject::variable(who, name), message);
    let finding = match set {
        Some(setting) => finding.at(setting.name_span, "set here"),
        None => finding.at(service.place, "its service is defined here"),
    };
    finding
        .happens("whoever sets it waits for an effect")
        .write(format!("no {name} in the schema of {who}, or `retired` there"))
}

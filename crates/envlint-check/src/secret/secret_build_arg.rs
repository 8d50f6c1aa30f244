use envlint_model::{Finding, Outcomes, Phase, Scope, Subject, Value, declare_rule};
use envlint_resolve::Workload;
use envlint_schema::{Phases, Variable};
use envlint_secrets::SecretPart;

use super::names;
use crate::Context;
use crate::images::{Given, images};
use crate::values::{Held, Shared, held, together};

declare_rule! {
    /// a secret is given to a build as an argument, or stands in its Dockerfile
    ///
    /// Build arguments are recorded: in the image's history, in its provenance, in the cache of
    /// the build. Whoever can pull the image can read them, also if no layer seems to hold
    /// them (`docker history --no-trunc`). What a Dockerfile sets by `ENV`, or shows as the default
    /// of an `ARG`, is in the repository as well.
    ///
    /// A placeholder that stands for the secret during the build is no secret, and not flagged.
    ///
    /// ## Instead
    ///
    /// A service that reads the secret when it runs needs no argument. A build that needs one
    /// gets it as a secret mount: `RUN --mount=type=secret,id=npm_token`, which leaves nothing
    /// behind.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-build-arg",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["secret-in-public-name"],
        check: check,
        examples: [
            fails "what the running service reads" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nSESSION_KEY = { type = \"token\" }\n",
                "compose.yaml" => "services:\n  web:\n    build:\n      args:\n        SESSION_KEY: ${SESSION_KEY}\n    environment:\n      SESSION_KEY: ${SESSION_KEY}\n",
                ".env" => "SESSION_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "a token that the build needs" {
                "compose.yaml" => "services:\n  web:\n    build:\n      args: [NPM_TOKEN]\n",
                ".env" => "NPM_TOKEN=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "what stands in the Dockerfile" {
                "compose.yaml" => "services:\n  web:\n    build: .\n",
                "Dockerfile" => "FROM node:22\nENV NODE_ENV=production \\\n    SESSION_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "a Dockerfile that names it" {
                "compose.yaml" => "services:\n  web:\n    build: .\n",
                "Dockerfile" => "FROM node:22\nARG NPM_TOKEN\nENV SESSION_SECRET=build-time-placeholder\nRUN npm ci\n",
            }
            passes "what is public, and a placeholder for the rest" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nSESSION_KEY = { type = \"token\" }\nNEXT_PUBLIC_API_URL = { type = \"url\", phase = \"build\", secret = false }\n",
                "compose.yaml" => "services:\n  web:\n    build:\n      args:\n        NEXT_PUBLIC_API_URL: https://api.polyant.dev\n        SESSION_KEY: build-time-placeholder\n    environment:\n      SESSION_KEY: ${SESSION_KEY}\n",
                ".env" => "SESSION_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found = Vec::new();
    for held in held(context).filter(|held| held.phase == Phase::Build) {
        match is_secret(&held) && !is_stand_in(&held) {
            true => found.push((held.setting.name_span, (), held)),
            false => outcomes.pass(),
        }
    }
    for ((), shared) in together(found) {
        outcomes.finding(word(&shared));
    }
    for view in &context.views {
        let images = images(context, &view.deployment.environment);
        for workload in &view.deployment.workloads {
            let Some(image) = images.get(&workload.name) else { continue };
            let schema = context.schema(workload);
            let given = image.environment(workload).into_iter().chain(image.defaults(workload));
            for (name, given) in given {
                let variable = schema.and_then(|schema| schema.variable(&name));
                match is_called_secret(&name, variable) && is_filled_in(given.value.as_ref()) {
                    true => outcomes.finding(in_image(workload, &name, &given)),
                    false => outcomes.pass(),
                }
            }
        }
    }
}

/// Whether a Dockerfile shows a text, and not what stands for one.
fn is_filled_in(value: Option<&Value>) -> bool {
    let part = value.and_then(|value| SecretPart::of(value).ok().flatten());
    part.is_some_and(|part| part.placeholder().is_none() && !part.is_outline())
}

fn in_image(workload: &Workload, name: &str, given: &Given) -> Finding {
    let service = &workload.service;
    let place = given.value.as_ref().map_or(given.name_span, |value| value.origin().span);
    RULE.finding(
        Subject::variable(service, name),
        format!("{name} is a secret and stands in the Dockerfile of {service}"),
    )
    .at(place, "everybody who has the image or this file has it")
    .happens("whoever can pull the image can read it: `docker history --no-trunc`")
    .write(format!("no {name} here, a new one, and to set it where {service} runs"))
    .scopes([Scope { phase: Phase::Build, ..workload.scope.clone() }])
}

fn is_secret(held: &Held<'_>) -> bool {
    is_called_secret(held.name, held.variable())
}

/// Whether the schema calls a variable a secret, or its name does where no schema knows it.
fn is_called_secret(name: &str, variable: Option<&Variable>) -> bool {
    match variable {
        Some(variable) => variable.is_secret(),
        None => names::says_secret(name),
    }
}

/// Whether the argument is empty, or a placeholder that is given to the build alone.
fn is_stand_in(held: &Held<'_>) -> bool {
    let run = held.workload.run.get(held.name);
    let shared =
        run.is_some_and(|run| Held { setting: run, ..*held }.place(None) == held.place(None));
    match SecretPart::of(&held.setting.value) {
        Ok(Some(part)) => !shared && part.placeholder().is_some(),
        Ok(None) => true,
        Err(_) => false,
    }
}

fn word(shared: &Shared<'_>) -> Finding {
    let (name, services) = (shared.first().name, shared.services());
    let phases = shared.first().variable().map(|variable| variable.phases);
    let write = match phases {
        Some(Phases::Run) => {
            format!(
                "no {name} among the build's arguments: {} it when {}",
                services.verb("reads", "read"),
                services.word("it runs", "they run")
            )
        }
        _ => format!(
            "a secret mount in the place of the argument: `RUN --mount=type=secret,id={}`",
            name.to_ascii_lowercase()
        ),
    };
    let message = format!("{name} is a secret and an argument of the build of {services}");
    shared
        .finding(&RULE, message, "arguments are recorded in the image's history")
        .happens("whoever can pull the image can read it: `docker history --no-trunc`")
        .write(write)
}

use std::collections::BTreeMap;

use envlint_model::{Finding, Name, Outcomes, Phase, declare_rule};

use crate::values::{Held, Shared, held_in, together};
use crate::{Context, words};

declare_rule! {
    /// a service is given a secret of another service, which it does not read
    ///
    /// Usually by an `env_file` that everybody shares. Whoever breaks into the service that
    /// faces the internet then holds the keys of the one that does not. Told of services with a
    /// schema only: of others nobody knows what they read.
    ///
    /// ## Instead
    ///
    /// A file for each service, or `environment` with the variables that it reads.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-overshared",
        group: "relation",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "one file for all" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nOPENAI_API_KEY = { type = \"token\" }\n\n[services.gateway.variables]\nGATEWAY_PORT = { type = \"port\" }\n",
                "compose.yaml" => "services:\n  api:\n    env_file: shared.env\n  gateway:\n    env_file: shared.env\n",
                "shared.env" => "OPENAI_API_KEY=CANARY-8Kd02mXq7ZtR5vLw\nGATEWAY_PORT=3100\n",
            }
            passes "each its own" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nOPENAI_API_KEY = { type = \"token\" }\n\n[services.gateway.variables]\nGATEWAY_PORT = { type = \"port\" }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n  gateway:\n    environment:\n      GATEWAY_PORT: 3100\n",
                ".env" => "OPENAI_API_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        let owners = owners(context);
        let mut found = Vec::new();
        for held in held_in(context, view).filter(|held| held.phase == Phase::Run) {
            match owners.get(held.name).filter(|_| is_foreign(&held)) {
                Some(owners) => found.push((held.setting.name_span, owners.clone(), held)),
                None => outcomes.pass(),
            }
        }
        for (owners, shared) in together(found) {
            outcomes.finding(word(&owners, &shared));
        }
    }
}

/// The services whose schema calls a variable a secret, by the variable.
fn owners(context: &Context) -> BTreeMap<&Name, Vec<&Name>> {
    let mut owners: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for each in context.uses() {
        for variable in each.schema.variables().iter().filter(|variable| variable.is_secret()) {
            let services = owners.entry(&variable.name).or_default();
            if !services.contains(&&each.workload.service) {
                services.push(&each.workload.service);
            }
        }
    }
    owners
}

/// Whether the service has a schema that knows nothing of the variable.
fn is_foreign(held: &Held<'_>) -> bool {
    let knows = held.schema.is_none_or(|schema| schema.knows(held.name));
    !knows && !held.setting.value.is_empty()
}

fn word(owners: &[&Name], shared: &Shared<'_>) -> Finding {
    let (name, services) = (shared.first().name, shared.services());
    let owners = words::series(owners.iter().map(|owner| owner.as_str()), "and");
    let message = format!("{name} reaches {services}, and is a secret of {owners}");
    shared
        .finding(&RULE, message, format!("not read by {services}"))
        .happens(format!("whoever breaks into {services} holds it too"))
        .write(format!("{name} for {owners} only, in a file of its own"))
}

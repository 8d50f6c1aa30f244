use envlint_model::{Finding, Outcomes, declare_rule, did_you_mean};
use envlint_resolve::Reached;

use super::places::{Pointer, listens_on, pointers};
use crate::Context;
use crate::values::{Shared, together};

declare_rule! {
    /// a URL names no service of the network, or a port that the service does not listen on
    ///
    /// Inside of a Compose network a service is reached under its name, and only by those who
    /// share a network with it. A misspelt name is found out when the first request fails. What
    /// port a service listens on is known from its schema and its own variables; the port that
    /// is published on the host is another matter.
    ///
    /// Only names without a dot are looked at: others belong to the outside world.
    ///
    /// ## Instead
    ///
    /// Write the service's name in Compose, and the port inside of its container.
    pub(crate) static RULE: Rule<Context> = {
        name: "unknown-service-url",
        group: "relation",
        severity: Error,
        confidence: Medium,
        since: "0.1.0",
        yields_to: ["url-credentials-unencoded", "placeholder-secret"],
        check: check,
        examples: [
            fails "a letter is missing" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nENGINE_URL = { type = \"url\", secret = false }\n",
                "compose.yaml" => "services:\n  engine:\n    image: engine\n  web:\n    environment:\n      ENGINE_URL: http://engin:4000\n",
            }
            fails "the port on the host" {
                "envlint.toml" => "version = 1\n\n[services.engine]\nport = 4000\n\n[services.web.variables]\nENGINE_URL = { type = \"url\", secret = false }\n",
                "compose.yaml" => "services:\n  engine:\n    ports: [\"8080:4000\"]\n  web:\n    environment:\n      ENGINE_URL: http://engine:8080\n",
            }
            passes "a network that other projects share" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nENGINE_URL = { type = \"url\", secret = false }\n",
                "compose.yaml" => "services:\n  web:\n    networks: [shared]\n    environment:\n      ENGINE_URL: http://engine:4000\nnetworks:\n  shared:\n    external: true\n",
            }
            passes "the name in Compose, and the container's port" {
                "envlint.toml" => "version = 1\n\n[services.engine]\nport = 4000\n\n[services.web.variables]\nENGINE_URL = { type = \"url\", secret = false }\n",
                "compose.yaml" => "services:\n  engine:\n    ports: [\"8080:4000\"]\n  web:\n    environment:\n      ENGINE_URL: http://engine:4000\n",
            }
        ],
    }
}

/// What is wrong with a place.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    /// Nobody has this name.
    Name,
    /// This service listens on the other port.
    Port { service: String, listens: u16 },
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found = Vec::new();
    for pointer in pointers(context) {
        match wrong(context, &pointer) {
            None => outcomes.pass(),
            Some(wrong) => found.push((pointer.place(), wrong, pointer.held)),
        }
    }
    for (wrong, shared) in together(found) {
        if let Some(pointer) = Pointer::of(shared.first()) {
            outcomes.finding(word(&wrong, &pointer, &shared));
        }
    }
}

fn wrong(context: &Context, pointer: &Pointer<'_>) -> Option<Wrong> {
    match &pointer.reached {
        Reached::NoSuchName => Some(Wrong::Name),
        Reached::Workload { name, port } => {
            let workloads = &pointer.held.view.deployment.workloads;
            let workload = workloads.iter().find(|workload| workload.name == *name)?;
            let listens = listens_on(context, workload)?;
            let asked = pointer.endpoint.port.is_some() && listens != *port;
            let service = workload.service.to_string();
            asked.then_some(Wrong::Port { service, listens })
        }
        _ => None,
    }
}

fn word(wrong: &Wrong, pointer: &Pointer<'_>, shared: &Shared<'_>) -> Finding {
    let (title, services) = (shared.title(), shared.services());
    let endpoint = &pointer.endpoint;
    let (message, label, write) = match wrong {
        Wrong::Port { service, listens } => (
            format!("{title} leads to a port that {service} does not listen on"),
            format!("{service} listens on {listens}"),
            pointer.moved_to(&endpoint.host, Some(*listens)),
        ),
        Wrong::Name => {
            let names = pointer.held.view.deployment.network.names();
            let meant = did_you_mean(&endpoint.host, names.map(|name| name.as_str()));
            let message = format!("{title} leads to a host that is no service here");
            match meant {
                Some(meant) => (
                    message,
                    format!("did you mean {meant}?"),
                    pointer.moved_to(meant, endpoint.port),
                ),
                None => (
                    message,
                    format!("{} nothing under this name", services.verb("reaches", "reach")),
                    "the name of a service in Compose that shares a network".to_owned(),
                ),
            }
        }
    };
    let happens = pointer.variable.happens.clone();
    shared
        .finding(&RULE, message, label)
        .happens(happens.unwrap_or_else(|| format!("{services} can not connect")))
        .write(write)
}

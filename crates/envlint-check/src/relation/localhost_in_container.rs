use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_resolve::{Reached, Workload};
use envlint_schema::{Kind, Role};

use super::places::{Pointer, listens_on, pointers};
use crate::Context;
use crate::values::{Shared, together};

declare_rule! {
    /// a service in a container looks for another one at localhost
    ///
    /// Inside of a container `localhost` is the container itself. The URL that works on a
    /// laptop, where every service listens on one machine, leads nowhere in Compose.
    ///
    /// Flagged where the URL is declared to lead to another service or to a data store, and
    /// where another service is known to listen on that port. A service that calls its own port
    /// is left alone, and so is one that shares the host's network.
    ///
    /// ## Instead
    ///
    /// Write the other service's name in Compose: `http://engine:4000`.
    pub(crate) static RULE: Rule<Context> = {
        name: "localhost-in-container",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "another container is meant" {
                "envlint.toml" => "version = 1\n\n[services.engine]\nport = 4000\n\n[services.web.variables]\nENGINE_URL = { type = \"url\", secret = false, role = { internal-url = { service = \"engine\" } } }\n",
                "compose.yaml" => "services:\n  engine:\n    image: engine\n  web:\n    environment:\n      ENGINE_URL: http://localhost:4000\n",
            }
            fails "a database beside the container" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nDATABASE_URL = { type = \"database-url\" }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      DATABASE_URL: postgresql://app:CANARY8Kd02mXq7@127.0.0.1:5432/app\n",
            }
            passes "the name in Compose" {
                "envlint.toml" => "version = 1\n\n[services.engine]\nport = 4000\n\n[services.web.variables]\nENGINE_URL = { type = \"url\", secret = false, role = { internal-url = { service = \"engine\" } } }\n",
                "compose.yaml" => "services:\n  engine:\n    image: engine\n  web:\n    environment:\n      ENGINE_URL: http://engine:4000\n",
            }
            passes "a service that calls itself" {
                "envlint.toml" => "version = 1\n\n[services.web]\nport = 3000\n\n[services.web.variables]\nSELF_URL = { type = \"url\", secret = false, role = { internal-url = { service = \"web\" } } }\n",
                "compose.yaml" => "services:\n  web:\n    environment:\n      SELF_URL: http://localhost:3000\n",
            }
            passes "a service that is no container" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\" }"),
                ".env" => "DATABASE_URL=postgresql://app:CANARY8Kd02mXq7@localhost:5432/app\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found = Vec::new();
    for pointer in pointers(context) {
        let itself = || {
            let own = listens_on(context, pointer.held.workload);
            own.is_some() && own == pointer.endpoint.port
        };
        let leaves = || is_elsewhere(&pointer) || meant(context, &pointer).is_some();
        match pointer.reached == Reached::Itself && !itself() && leaves() {
            true => found.push((pointer.place(), (), pointer.held)),
            false => outcomes.pass(),
        }
    }
    for ((), shared) in together(found) {
        if let Some(pointer) = Pointer::of(shared.first()) {
            outcomes.finding(word(context, &pointer, &shared));
        }
    }
}

/// Whether a URL is declared to lead out of the service.
fn is_elsewhere(pointer: &Pointer<'_>) -> bool {
    matches!(pointer.variable.role, Some(Role::InternalUrl { .. } | Role::Datastore))
        || matches!(pointer.variable.kind, Kind::Connection { .. })
}

/// The service that is meant: the one that is declared, or else the only other one that is
/// known to listen on the port.
fn meant<'a>(context: &'a Context, pointer: &Pointer<'a>) -> Option<&'a Workload> {
    let view = pointer.held.view;
    if let Some(Role::InternalUrl { service }) = &pointer.variable.role {
        return context.find(view, service).map(|found| found.workload);
    }
    let asked = pointer.endpoint.port?;
    let mut others = view.deployment.workloads.iter().filter(|other| {
        other.name != pointer.held.workload.name && listens_on(context, other) == Some(asked)
    });
    others.next().filter(|_| others.next().is_none())
}

fn word(context: &Context, pointer: &Pointer<'_>, shared: &Shared<'_>) -> Finding {
    let (title, services) = (shared.title(), shared.services());
    let write = match meant(context, pointer) {
        Some(other) => {
            let port = listens_on(context, other).or(pointer.endpoint.port);
            pointer.moved_to(&other.name, port)
        }
        None => "the name of the other service in Compose in the place of localhost".to_owned(),
    };
    let happens = pointer.variable.happens.clone();
    shared
        .finding(
            &RULE,
            format!("{title} leads back into its own container"),
            "in a container, this is the container itself",
        )
        .happens(happens.unwrap_or_else(|| format!("{services} can not connect")))
        .write(write)
}

//! The services that envlint knows, each as one Rust struct.
//!
//! A struct over [`envlint_types`] with doc comments is the whole definition. Its JSON Schema is
//! the file in `schemas/`, which a test writes and compares; read back, that file is the
//! [`Schema`] that the linter holds against values. So there is no second list to keep, and what
//! is bundled is written as anybody would write it for a service of their own.
//!
//! The linter carries the files and reads those that a project uses: describing the types anew
//! in every run would take longer than the rest of a check.

use envlint_schema::{Agreement, Schema};
use schemars::JsonSchema;
use serde_json::Value;

pub mod polyant;
pub mod prodgy;
pub mod profy;
pub mod protea;

/// A bundled service.
struct Service {
    name: &'static str,
    /// Its file in `schemas/`.
    file: &'static str,
    /// What its type says.
    describe: fn(&str) -> Value,
}

const SERVICES: &[Service] = &[
    Service {
        name: polyant::ENGINE,
        file: include_str!("../../../schemas/polyant/engine.schema.json"),
        describe: describe::<polyant::Engine>,
    },
    Service {
        name: polyant::WEB,
        file: include_str!("../../../schemas/polyant/web.schema.json"),
        describe: describe::<polyant::Web>,
    },
    Service {
        name: prodgy::API,
        file: include_str!("../../../schemas/prodgy/api.schema.json"),
        describe: describe::<prodgy::Api>,
    },
    Service {
        name: prodgy::WEB,
        file: include_str!("../../../schemas/prodgy/web.schema.json"),
        describe: describe::<prodgy::Web>,
    },
    Service {
        name: prodgy::SERVICE,
        file: include_str!("../../../schemas/prodgy/service.schema.json"),
        describe: describe::<prodgy::Service>,
    },
    Service {
        name: prodgy::ENGINE,
        file: include_str!("../../../schemas/prodgy/engine.schema.json"),
        describe: describe::<prodgy::Engine>,
    },
    Service {
        name: prodgy::STUDIO,
        file: include_str!("../../../schemas/prodgy/studio.schema.json"),
        describe: describe::<prodgy::Studio>,
    },
    Service {
        name: prodgy::GATEWAY,
        file: include_str!("../../../schemas/prodgy/gateway.schema.json"),
        describe: describe::<prodgy::Gateway>,
    },
    Service {
        name: prodgy::AGENTIC,
        file: include_str!("../../../schemas/prodgy/agentic.schema.json"),
        describe: describe::<prodgy::Agentic>,
    },
    Service {
        name: prodgy::ASSISTANT,
        file: include_str!("../../../schemas/prodgy/assistant.schema.json"),
        describe: describe::<prodgy::Assistant>,
    },
    Service {
        name: prodgy::DOCS,
        file: include_str!("../../../schemas/prodgy/docs.schema.json"),
        describe: describe::<prodgy::Docs>,
    },
    Service {
        name: profy::CORE,
        file: include_str!("../../../schemas/profy/core.schema.json"),
        describe: describe::<profy::Core>,
    },
    Service {
        name: profy::WEB,
        file: include_str!("../../../schemas/profy/web.schema.json"),
        describe: describe::<profy::Web>,
    },
    Service {
        name: profy::AGENT_RUNTIME,
        file: include_str!("../../../schemas/profy/agent-runtime.schema.json"),
        describe: describe::<profy::AgentRuntime>,
    },
    Service {
        name: protea::API,
        file: include_str!("../../../schemas/protea/api.schema.json"),
        describe: describe::<protea::Api>,
    },
    Service {
        name: protea::WORKERS,
        file: include_str!("../../../schemas/protea/workers.schema.json"),
        describe: describe::<protea::Workers>,
    },
    Service {
        name: protea::WEB,
        file: include_str!("../../../schemas/protea/web.schema.json"),
        describe: describe::<protea::Web>,
    },
];

fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// The names of all bundled schemas: `system/service`.
pub fn names() -> Vec<&'static str> {
    SERVICES.iter().map(|service| service.name).collect()
}

/// The schema of this name, if there is one.
pub fn schema(name: &str) -> Option<Schema> {
    // What is bundled is read back by the tests, so that it can not fail here.
    Schema::from_json_text(service(name)?.file).ok()
}

/// The same schema as JSON Schema 2020-12: the text of the file in `schemas/`.
pub fn json_schema(name: &str) -> Option<&'static str> {
    service(name).map(|service| service.file)
}

/// The same schema again, made from the type. The files are written from it.
pub fn described(name: &str) -> Option<Value> {
    service(name).map(|service| (service.describe)(service.name))
}

/// What must hold between bundled services of one system, where all of them are in a project.
/// Members are named by their schemas.
pub fn agreements() -> Vec<Agreement> {
    [polyant::agreements(), prodgy::agreements(), protea::agreements()].concat()
}

fn describe<T: JsonSchema>(name: &str) -> Value {
    envlint_schema::document::<T>(&format!("urn:envlint:{name}"))
}

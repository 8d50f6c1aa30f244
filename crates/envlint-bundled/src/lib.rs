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

/// The bundled services: the name, the file in `schemas/` and the type of each. Files and types
/// are apart, since only the tests describe a type, and what nobody calls is not shipped.
macro_rules! services {
    ($($name:path, $file:literal, $type:ty;)+) => {
        const FILES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../schemas/", $file)))),+
        ];

        const TYPES: &[(&str, fn(&str) -> Value)] = &[$(($name, describe::<$type>)),+];
    };
}

services! {
    polyant::ENGINE, "polyant/engine.schema.json", polyant::Engine;
    polyant::WEB, "polyant/web.schema.json", polyant::Web;
    prodgy::API, "prodgy/api.schema.json", prodgy::Api;
    prodgy::WEB, "prodgy/web.schema.json", prodgy::Web;
    prodgy::SERVICE, "prodgy/service.schema.json", prodgy::Service;
    prodgy::ENGINE, "prodgy/engine.schema.json", prodgy::Engine;
    prodgy::STUDIO, "prodgy/studio.schema.json", prodgy::Studio;
    prodgy::GATEWAY, "prodgy/gateway.schema.json", prodgy::Gateway;
    prodgy::AGENTIC, "prodgy/agentic.schema.json", prodgy::Agentic;
    prodgy::ASSISTANT, "prodgy/assistant.schema.json", prodgy::Assistant;
    prodgy::DOCS, "prodgy/docs.schema.json", prodgy::Docs;
    profy::CORE, "profy/core.schema.json", profy::Core;
    profy::WEB, "profy/web.schema.json", profy::Web;
    profy::AGENT_RUNTIME, "profy/agent-runtime.schema.json", profy::AgentRuntime;
    protea::API, "protea/api.schema.json", protea::Api;
    protea::WORKERS, "protea/workers.schema.json", protea::Workers;
    protea::WEB, "protea/web.schema.json", protea::Web;
}

fn find<T: Copy>(services: &[(&'static str, T)], name: &str) -> Option<T> {
    services.iter().find(|(known, _)| *known == name).map(|(_, found)| *found)
}

/// The names of all bundled schemas: `system/service`.
pub fn names() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}

/// The schema of this name, if there is one.
pub fn schema(name: &str) -> Option<Schema> {
    // What is bundled is read back by the tests, so that it can not fail here.
    Schema::from_json_text(find(FILES, name)?).ok()
}

/// The same schema as JSON Schema 2020-12: the text of the file in `schemas/`.
pub fn json_schema(name: &str) -> Option<&'static str> {
    find(FILES, name)
}

/// The same schema again, made from the type. The files are written from it.
pub fn described(name: &str) -> Option<Value> {
    find(TYPES, name).map(|describe| describe(name))
}

/// What must hold between bundled services of one system, where all of them are in a project.
/// Members are named by their schemas.
pub fn agreements() -> Vec<Agreement> {
    [polyant::agreements(), prodgy::agreements(), protea::agreements()].concat()
}

fn describe<T: JsonSchema>(name: &str) -> Value {
    envlint_schema::document::<T>(&format!("urn:envlint:{name}"))
}

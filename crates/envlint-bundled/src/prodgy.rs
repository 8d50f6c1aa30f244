//! Prodgy: an API (Express), two single-page applications (Vite), a queue worker (BullMQ), an AI
//! engine (FastAPI), an MCP server, an agent orchestrator, a Teams assistant (.NET) and its
//! documentation, upon Supabase and Redis.
//!
//! What is said here was read off the project's deployment guide. Its code is not public, and
//! the guide names few variables: `PRODGY_API_TOKEN`, `PRODGY_AGENTIC_TOKEN`,
//! `PRODGY_GATEWAY_PORT` and `PRODGY_AGENTIC_PORT`. Of the others it tells what they are for.
//! They have names here in the same style, or those that their library gives them, and each says
//! that its name is assumed. A project whose names differ renames them in its manifest.

use envlint_schema::{Agreement, AgreementKind, Member, Part};

mod agentic;
mod api;
mod assistant;
mod engine;
mod front_ends;
mod gateway;
mod service;

pub use agentic::Agentic;
pub use api::Api;
pub use assistant::Assistant;
pub use engine::Engine;
pub use front_ends::{Docs, Studio, Web};
pub use gateway::Gateway;
pub use service::Service;

/// The API's schema.
pub const API: &str = "prodgy/api";

/// The web application's schema.
pub const WEB: &str = "prodgy/web";

/// The queue worker's schema.
pub const SERVICE: &str = "prodgy/service";

/// The AI engine's schema.
pub const ENGINE: &str = "prodgy/engine";

/// The workflow editor's schema.
pub const STUDIO: &str = "prodgy/studio";

/// The MCP server's schema.
pub const GATEWAY: &str = "prodgy/gateway";

/// The agent orchestrator's schema.
pub const AGENTIC: &str = "prodgy/agentic";

/// The Teams assistant's schema.
pub const ASSISTANT: &str = "prodgy/assistant";

/// The documentation's schema.
pub const DOCS: &str = "prodgy/docs";

/// What holds between the services.
pub fn agreements() -> Vec<Agreement> {
    use AgreementKind::{Allows, Distinct, Same};
    let agreement = |kind, members: &[(&str, &str)], part, because: &str| Agreement {
        kind,
        members: members
            .iter()
            .map(|(service, variable)| Member {
                service: (*service).into(),
                variable: (*variable).into(),
                part,
            })
            .collect(),
        because: Some(because.to_owned()),
    };
    let of_all = |variable, services: &[&'static str]| -> Vec<(&'static str, &'static str)> {
        services.iter().map(|service| (*service, variable)).collect()
    };
    vec![
        agreement(
            Same,
            &of_all("PRODGY_API_TOKEN", &[API, ENGINE, GATEWAY, AGENTIC]),
            Part::Whole,
            "the API refuses the calls of the other: it does not know the X-Api-Key",
        ),
        agreement(
            Same,
            &of_all("PRODGY_AGENTIC_TOKEN", &[AGENTIC, API]),
            Part::Whole,
            "agentic refuses the API's calls, and no agent runs",
        ),
        agreement(
            Same,
            &of_all("PRODGY_ENGINE_TOKEN", &[ENGINE, API, SERVICE]),
            Part::Whole,
            "the engine refuses the calls of the other: nothing that needs a model is done",
        ),
        agreement(
            Distinct,
            &[(AGENTIC, "PRODGY_API_TOKEN"), (AGENTIC, "PRODGY_AGENTIC_TOKEN")],
            Part::Whole,
            "whoever may call agentic may then call the API in the name of every service",
        ),
        agreement(
            Same,
            &of_all("SUPABASE_SERVICE_ROLE_KEY", &[API, ENGINE]),
            Part::Whole,
            "one of the two is of another project, or out of use, and Supabase refuses it",
        ),
        agreement(
            Same,
            &of_all("SUPABASE_URL", &[API, ENGINE]),
            Part::Origin,
            "the engine looks for knowledge where the API does not write it",
        ),
        agreement(
            Same,
            &of_all("REDIS_URL", &[SERVICE, API]),
            Part::Database,
            "the API queues jobs where service does not look for them",
        ),
        agreement(
            Same,
            &of_all("VITE_API_URL", &[WEB, STUDIO]),
            Part::Origin,
            "web and studio work with different APIs: what is drawn in one is not in the other",
        ),
        agreement(
            Allows(vec![WEB.into(), STUDIO.into(), DOCS.into()]),
            &[(API, "CORS_ORIGINS")],
            Part::Whole,
            "the browser refuses the API's answers to these pages",
        ),
    ]
}

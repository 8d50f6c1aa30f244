//! Polyant: an engine (NestJS upon Express), a web application (Next.js with Auth.js) and a
//! PostgreSQL database.
//!
//! What is said here was read off the project's deployment guide and off the code that reads
//! its configuration. Where the two differ, the code is followed: that is what a deploy meets.

use envlint_schema::{Agreement, AgreementKind, Member, Part};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod engine;
mod web;

pub use engine::Engine;
pub use web::Web;

/// The engine's schema.
pub const ENGINE: &str = "polyant/engine";

/// The web application's schema.
pub const WEB: &str = "polyant/web";

/// How Node.js and the libraries in it behave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NodeEnv {
    /// Permissive and talkative.
    Development,
    /// Strict and silent.
    Production,
    /// Under a test runner.
    Test,
}

/// What holds between engine and web.
pub fn agreements() -> Vec<Agreement> {
    use AgreementKind::{Allows, Same};
    let member = |service: &str, variable: &str, part| Member {
        service: service.into(),
        variable: variable.into(),
        part,
    };
    let both =
        |variable: &str, part| vec![member(ENGINE, variable, part), member(WEB, variable, part)];
    let agreement = |kind, members, because: &str| Agreement {
        kind,
        members,
        because: Some(because.to_owned()),
    };
    vec![
        agreement(
            Same,
            both("AUTH_SECRET", Part::Whole),
            "web signs sessions that engine rejects: nobody can sign in",
        ),
        agreement(
            Same,
            both("AUTH_INTERNAL_SECRET", Part::Whole),
            "engine refuses web's sign-in calls: nobody can sign in with a password",
        ),
        agreement(
            Same,
            both("DATABASE_URL", Part::Database),
            "web writes its sessions where engine does not look for them",
        ),
        agreement(
            Same,
            vec![
                member(WEB, "NEXT_PUBLIC_API_URL", Part::Origin),
                member(ENGINE, "BASE_URL", Part::Origin),
            ],
            "the browser calls one address, and webhooks are sent to another",
        ),
        agreement(
            Allows(vec![WEB.into()]),
            vec![member(ENGINE, "CORS_ORIGINS", Part::Whole)],
            "the browser refuses the engine's answers to pages of web",
        ),
    ]
}

fn localhost() -> String {
    "localhost".to_owned()
}

fn polyant() -> String {
    "polyant".to_owned()
}

//! Profy: an API (core, on Hono), a web application (Next.js) and a runtime for agents (on
//! FastAPI), started by Compose behind one nginx, with MySQL, Redis and MinIO.
//!
//! What is said here was read off the project's deployment guide, which is all that can be read:
//! the code is not public. The guide names the variables that matter most and no others, so
//! names that evidently belong to these (a bucket beside the object store, a secret beside an
//! access key) are known without being described.
//!
//! No variable of one service has to equal that of another one, so there are no agreements.

use envlint_types::Schemes;

mod agent_runtime;
mod core;
mod web;

pub use agent_runtime::{AgentRuntime, Sandbox};
pub use core::Core;
pub use web::Web;

/// The API's schema.
pub const CORE: &str = "profy/core";

/// The web application's schema.
pub const WEB: &str = "profy/web";

/// The agent runtime's schema.
pub const AGENT_RUNTIME: &str = "profy/agent-runtime";

/// `mysql://`, the scheme that JavaScript's drivers of MySQL take.
pub enum MySql {}

impl Schemes for MySql {
    const SCHEMES: &'static [&'static str] = &["mysql"];
    const NAME: &'static str = "MySqlUrl";
}

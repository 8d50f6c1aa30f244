use envlint_types::{HttpUrl, Port, Token};
use schemars::JsonSchema;
use serde::Deserialize;

/// The agentic service: it runs agents and streams what they say, on Express. Internal; the API
/// calls it.
///
/// It must hold no key for a language model: it asks the API for those of the organisation.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy agentic", extend("x-envlint" = {
    "name": "prodgy/agentic",
    "framework": "express",
    "port": 3200,
    "port-variable": "PRODGY_AGENTIC_PORT",
    "health": "/health",
    "also": ["NODE_*"],
}))]
pub struct Agentic {
    /// Where agentic listens.
    #[serde(default = "Port::of::<3200>")]
    #[schemars(extend("x-envlint" = {
        "role": "listen-port",
        "happens": "the API does not find agentic, and no agent runs",
    }))]
    pub prodgy_agentic_port: Port,

    /// Where the API is called, inside of the network. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "role": { "internal-url": { "service": "prodgy/api" } },
        "happens": "agentic does not reach the API, and finds no model to run an agent with",
        "example": "http://api:4000",
    }))]
    pub prodgy_api_url: HttpUrl,

    /// What agentic shows as X-Api-Key when it calls the API; the same in the API, and another
    /// one than `PRODGY_AGENTIC_TOKEN`.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "the API refuses agentic's calls, and no agent runs",
    }))]
    pub prodgy_api_token: Token<32>,

    /// What callers of agentic show as X-Api-Key; the same in the API.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "agentic refuses every call, and no agent runs",
    }))]
    pub prodgy_agentic_token: Token<32>,
}

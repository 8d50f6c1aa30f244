use envlint_types::{HttpUrl, Port, Token};
use schemars::JsonSchema;
use serde::Deserialize;

/// The engine: it runs the steps that need a language model, on FastAPI and LangGraph. Internal.
///
/// That its health check answers under `/health`, as those of gateway and agentic do, is assumed.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy engine", extend("x-envlint" = {
    "name": "prodgy/engine",
    "port": 8001,
    "port-variable": "PRODGY_ENGINE_PORT",
    "health": "/health",
    "also": ["LANGSMITH_*", "PYTHON*", "UVICORN_*"],
    "relations": [
        {
            "any-of": [["OPENAI_API_KEY"], ["ANTHROPIC_API_KEY"], ["GOOGLE_API_KEY"]],
            "because": "the engine has no language model to ask, and every run fails",
        },
    ],
}))]
pub struct Engine {
    /// Where the engine listens. The name is assumed.
    #[serde(default = "Port::of::<8001>")]
    #[schemars(extend("x-envlint" = {
        "role": "listen-port",
        "happens": "neither the API nor service finds the engine",
    }))]
    pub prodgy_engine_port: Port,

    /// The address of the Supabase project; the same in the API. The name is Supabase's own, and
    /// assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "role": "datastore",
        "happens": "the engine finds no knowledge to search",
        "example": "https://project.supabase.co",
    }))]
    pub supabase_url: HttpUrl,

    /// The key that passes by row level security: who has it reads and changes everything. The
    /// name is Supabase's own, and assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "the engine can neither read nor write its data",
    }))]
    pub supabase_service_role_key: Token<32>,

    /// Where the API is called, inside of the network. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "role": { "internal-url": { "service": "prodgy/api" } },
        "happens": "the engine does not reach the API",
        "example": "http://api:4000",
    }))]
    pub prodgy_api_url: HttpUrl,

    /// What the engine shows as X-Api-Key when it calls the API; the same in the API.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "the API refuses the engine's calls",
    }))]
    pub prodgy_api_token: Token<32>,

    /// What callers of the engine show as X-Api-Key; the same in the API and in service. The
    /// name is assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "the engine refuses every call",
    }))]
    pub prodgy_engine_token: Token<32>,

    /// The access key to OpenAI's models. The name is that of the provider's library, and
    /// assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub openai_api_key: Option<Token<1>>,

    /// The access key to Anthropic's models. The name is that of the provider's library, and
    /// assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub anthropic_api_key: Option<Token<1>>,

    /// The access key to Google's models. The name is that of the provider's library, and
    /// assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub google_api_key: Option<Token<1>>,
}

use envlint_types::Token;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The agent runtime, on FastAPI: experts run in sandboxes that core has made for them.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Profy agent runtime", extend("x-envlint" = {
    "name": "profy/agent-runtime",
    "port": 8000,
    "also": [
        "ANTHROPIC_*", "CORE_*", "DEEPSEEK_*", "E2B_*", "FORWARDED_ALLOW_IPS", "LOG_*", "MINIO_*",
        "OPENAI_*", "PORT", "PYTHON*", "REDIS_*", "UVICORN_*", "WEB_CONCURRENCY",
    ],
}))]
pub struct AgentRuntime {
    /// What makes the sandboxes. Which template they are made from is said to core alone.
    #[schemars(extend("x-envlint" = {
        "happens": "no expert gets a sandbox to run in",
    }))]
    pub sandbox_provider: Option<Sandbox>,

    /// The access key to E2B, under the name that its SDK reads. The guide does not name it.
    #[schemars(extend("x-envlint" = {
        "recommended": { "SANDBOX_PROVIDER": "e2b" },
        "empty": "unset",
        "happens": "E2B refuses to connect to any sandbox",
    }))]
    pub e2b_api_key: Option<Token<1>>,
}

/// What makes sandboxes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sandbox {
    /// Containers of this host's Docker.
    Docker,
    /// Virtual machines at E2B.
    E2b,
}

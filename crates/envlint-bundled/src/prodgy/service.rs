use envlint_types::{HttpUrl, NonNegative, Port, Positive, RedisUrl, Token};
use schemars::JsonSchema;
use serde::Deserialize;

/// The queue worker: what takes long is done here, on BullMQ. Internal.
///
/// That its health check answers under `/health`, as those of gateway and agentic do, is assumed.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy service", extend("x-envlint" = {
    "name": "prodgy/service",
    "port": 5000,
    "port-variable": "PRODGY_SERVICE_PORT",
    "health": "/health",
    "also": ["NODE_*"],
}))]
pub struct Service {
    /// Where service listens. The name is assumed.
    #[serde(default = "Port::of::<5000>")]
    #[schemars(extend("x-envlint" = { "role": "listen-port" }))]
    pub prodgy_service_port: Port,

    /// The Redis server of the queue, which keeps its data (AOF); the same in the API. The name
    /// is assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "datastore",
        "happens": "service finds no queue, and no job is done",
        "example": "redis://redis:6379",
    }))]
    pub redis_url: RedisUrl,

    /// How many jobs are done at once. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "unset",
        "happens": "no job is ever taken from the queue",
    }))]
    pub queue_concurrency: Option<Positive>,

    /// How often a job that fails is tried again; 0 for never. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub queue_max_retries: Option<NonNegative>,

    /// Where the engine is called, inside of the network. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "role": { "internal-url": { "service": "prodgy/engine" } },
        "happens": "service does not reach the engine, and jobs that need a model fail",
        "example": "http://engine:8001",
    }))]
    pub prodgy_engine_url: HttpUrl,

    /// What service shows as X-Api-Key when it calls the engine; the same in the engine. The
    /// name is assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "the engine refuses service's calls",
    }))]
    pub prodgy_engine_token: Token<32>,
}

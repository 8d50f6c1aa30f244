use envlint_types::{HttpUrl, Port};
use schemars::JsonSchema;
use serde::Deserialize;

/// The web application, on Next.js: its server passes `/api-proxy` on to the API.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "PROTEA web", extend("x-envlint" = {
    "name": "protea/web",
    "framework": "next-js",
    "port": 3000,
    "port-variable": "PORT",
    "also": [
        "AUTHN_REQUIRED", "FORWARDED_ALLOW_IPS", "FRONTEND_MODE", "GH_TOKEN", "GITHUB_TOKEN",
        "JWT_SECRET", "NEXT_TELEMETRY_DISABLED", "NODE_*", "POSTGRES_*", "PROTEA_*", "PYTHON*",
        "RABBITMQ_*", "UVICORN_*", "WATCH_INTERVAL", "WEB_CONCURRENCY",
    ],
}))]
pub struct Web {
    /// Where web listens.
    #[serde(default = "Port::of::<3000>")]
    #[schemars(extend("x-envlint" = { "role": "listen-port" }))]
    pub port: Port,

    /// Where pages find the API: a URL, or `/api-proxy` for web's own server, which passes calls
    /// on. It is built into the pages: setting it on the running process has no effect.
    #[schemars(extend("x-envlint" = {
        "phase": "build",
        "secret": false,
        "default": "http://127.0.0.1:8000",
        "pattern": "^(https?://[^/]|/([^/]|$))",
        "role": { "public-url": { "service": "protea/api" } },
        "happens": "pages look for the api on the machine of whoever opens them",
        "example": "/api-proxy",
    }))]
    pub next_public_api_url: Option<String>,

    /// Where web's server passes calls of `/api-proxy` on to. It is built into the server.
    #[schemars(extend("x-envlint" = {
        "phase": "build",
        "secret": false,
        "default": "http://localhost:8000",
        "role": { "internal-url": { "service": "protea/api" } },
        "happens": "web's server does not reach the api, and no page shows data",
    }))]
    pub protea_api_url: Option<HttpUrl>,

    /// Shows the button that empties the database.
    #[serde(default)]
    #[schemars(extend("x-envlint" = {
        "phase": "build",
        "reads": "words",
        "empty": "unset",
        "forbidden": {
            "when": { "environment": "production" },
            "values": ["true", "1"],
            "because": "every visitor is offered a button that empties the database",
        },
    }))]
    pub next_public_enable_db_reset: bool,
}

use envlint_types::{HttpUrl, Port};
use schemars::JsonSchema;
use serde::Deserialize;

/// The web application, on Next.js. It passes the streams of agents on to browsers.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Profy web", extend("x-envlint" = {
    "name": "profy/web",
    "framework": "next-js",
    "port": 3000,
    "port-variable": "PORT",
    "streams": ["/api/agent", "/api/sessions", "/api/tools", "/api/skills", "/api/credits"],
    "features": { "chat": { "BACKEND_URL": true } },
    "also": ["NEXT_TELEMETRY_DISABLED", "NODE_*"],
}))]
pub struct Web {
    /// Core's address as browsers see it. It is built into the pages: setting it on the running
    /// container has no effect.
    #[schemars(extend("x-envlint" = {
        "phase": "build",
        "secret": false,
        "role": { "public-url": { "service": "profy/core" } },
        "happens": "the pages are built without core's address, and none of their calls arrives",
        "example": "https://profy.dev",
    }))]
    pub next_public_api_url: HttpUrl,

    /// Where web listens, as Next.js reads it.
    #[serde(default = "Port::of::<3000>")]
    #[schemars(extend("x-envlint" = { "role": "listen-port" }))]
    pub port: Port,

    /// The agent runtime's address inside of the network. Web passes calls and streams on to it.
    #[schemars(extend("x-envlint" = {
        "recommended": true,
        "secret": false,
        "empty": "unset",
        "role": { "internal-url": { "service": "profy/agent-runtime" } },
        "happens": "neither experts nor the chat answer",
        "example": "http://agent-runtime:8000",
    }))]
    pub backend_url: Option<HttpUrl>,

    /// Core's address inside of the network.
    #[schemars(extend("x-envlint" = {
        "required": { "platform": "compose" },
        "secret": false,
        "role": { "internal-url": { "service": "profy/core" } },
        "happens": "web does not reach core: pages made on the server stay empty",
        "example": "http://core:8080",
    }))]
    pub core_api_url: Option<HttpUrl>,
}

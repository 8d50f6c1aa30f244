use envlint_types::{HttpUrl, Port, Token};
use schemars::JsonSchema;
use serde::Deserialize;

/// The gateway: an MCP server for the tools of developers, on Express.
///
/// It keeps nothing and calls nobody but the API: it must hold neither Redis' nor Supabase's
/// credentials. The tokens of people, `prodgy_...`, come in the `Authorization` header of each
/// request and go on to the API; a proxy must let that header through. It is internal unless
/// developers work from outside, and then it is reached by https only.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy gateway", extend("x-envlint" = {
    "name": "prodgy/gateway",
    "framework": "express",
    "port": 3100,
    "port-variable": "PRODGY_GATEWAY_PORT",
    "health": "/health",
    "also": ["NODE_*"],
}))]
pub struct Gateway {
    /// Where the gateway listens.
    #[serde(default = "Port::of::<3100>")]
    #[schemars(extend("x-envlint" = {
        "role": "listen-port",
        "happens": "no MCP client finds the gateway",
    }))]
    pub prodgy_gateway_port: Port,

    /// Where the API is called, inside of the network. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "role": { "internal-url": { "service": "prodgy/api" } },
        "happens": "the gateway does not reach the API, and offers no tools",
        "example": "http://api:4000",
    }))]
    pub prodgy_api_url: HttpUrl,

    /// What the gateway shows as X-Api-Key when it calls the API; the same in the API.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "the API refuses the gateway's calls, and no tool works",
    }))]
    pub prodgy_api_token: Token<32>,

    /// The gateway's own address, where developers reach it from outside. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "unset",
        "role": { "public-url": {} },
        "happens": "MCP clients are sent to an address that does not lead to the gateway",
        "example": "https://mcp.example.com",
    }))]
    pub prodgy_gateway_url: Option<HttpUrl>,
}

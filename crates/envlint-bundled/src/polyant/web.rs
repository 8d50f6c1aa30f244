use envlint_types::{DatabaseUrl, DomainList, LiteralTrue, Origin, Port, Token};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{NodeEnv, localhost, polyant};

/// The web application: sign-in and administration, on Next.js with Auth.js.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Polyant web", extend("x-envlint" = {
    "name": "polyant/web",
    "framework": "next-js",
    "port": 3000,
    "port-variable": "PORT",
    "also": ["AUTH_URL", "NEXTAUTH_URL", "NEXT_TELEMETRY_DISABLED", "NODE_*"],
    "relations": [
        {
            "all-or-none": ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
            "because": "sign-in by Google stays hidden until both are set",
        },
    ],
}))]
pub struct Web {
    /// How Next.js and Auth.js behave; the image sets `production`.
    #[schemars(extend("x-envlint" = {
        "forbidden": {
            "when": { "environment": "production" },
            "values": ["development", "test"],
            "because": "Next.js runs as on a developer's machine and shows errors in full",
        },
    }))]
    pub node_env: Option<NodeEnv>,

    /// Where web listens.
    #[serde(default = "Port::of::<3000>")]
    #[schemars(extend("x-envlint" = { "role": "listen-port" }))]
    pub port: Port,

    /// Signs and encrypts sessions; the same in the engine.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "Auth.js answers every request for a session with an error",
    }))]
    pub auth_secret: Token<32>,

    /// Lets web check passwords with the engine; the same in the engine.
    #[schemars(extend("x-envlint" = {
        "required": { "GOOGLE_CLIENT_ID": false },
        "recommended": true,
        "empty": "unset",
        "role": "shared-token",
        "happens": "sign-in with e-mail and password is switched off",
    }))]
    pub auth_internal_secret: Option<Token<16>>,

    /// Believes the host that the proxy names, where it is the text `true`. Other texts, such as
    /// `1` and `TRUE`, switch it off.
    #[schemars(extend("x-envlint" = {
        "required": { "behind-proxy": true },
        "empty": "unset",
        "role": { "trust-host": { "framework": "auth-js", "reads": "literal-true" } },
        "happens": "Auth.js takes the request's host for untrusted and sign-in fails",
    }))]
    pub auth_trust_host: Option<LiteralTrue>,

    /// The engine's PostgreSQL database, where sessions are kept. Without it the URL is put
    /// together from `POSTGRES_HOST`, `_PORT`, `_DB`, `_USER` and `_PASSWORD`.
    #[schemars(extend("x-envlint" = {
        "required": { "POSTGRES_PASSWORD": false },
        "empty": "unset",
        "role": "datastore",
        "happens": "Auth.js can not keep sessions: nobody can sign in",
        "example": "postgresql://polyant:password@postgres:5432/polyant",
    }))]
    pub database_url: Option<DatabaseUrl>,

    /// The database's host, where there is no `DATABASE_URL`.
    #[serde(default = "localhost")]
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub postgres_host: String,

    /// The database's port, where there is no `DATABASE_URL`.
    #[serde(default = "Port::of::<5432>")]
    pub postgres_port: Port,

    /// The database's name, where there is no `DATABASE_URL`.
    #[serde(default = "polyant")]
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub postgres_db: String,

    /// The database's user, where there is no `DATABASE_URL`.
    #[serde(default = "polyant")]
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub postgres_user: String,

    /// The database's password, where there is no `DATABASE_URL`.
    pub postgres_password: Option<Token<1>>,

    /// Whether the connection to the database is encrypted.
    pub postgres_ssl: Option<bool>,

    /// The engine's address as browsers see it. It is built into the pages: setting it on the
    /// running container has no effect.
    #[serde(default = "Origin::localhost::<4000>")]
    #[schemars(extend("x-envlint" = {
        "required": { "environment": "production" },
        "phase": "build",
        "role": { "public-url": { "service": "polyant/engine" } },
        "happens": "every browser looks for the engine on its own machine",
    }))]
    pub next_public_api_url: Origin,

    /// The engine's address inside of the network, where web checks passwords; never the public
    /// one.
    #[serde(default = "Origin::localhost::<4000>")]
    #[schemars(extend("x-envlint" = {
        "role": { "internal-url": { "service": "polyant/engine" } },
        "unsafe-default": {
            "when": { "environment": "production" },
            "then": "web looks for the engine at http://localhost:4000, which in a container is \
                web itself: sign-in with a password fails",
        },
        "happens": "web does not reach the engine: sign-in with a password fails",
        "example": "http://engine:4000",
    }))]
    pub internal_engine_url: Origin,

    /// The application's name at Google, for sign-in by Google.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub google_client_id: Option<String>,

    /// The application's secret at Google.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub google_client_secret: Option<Token<1>>,

    /// The domains whose addresses may sign in by Google; anybody may if it is not set.
    #[schemars(extend("x-envlint" = {
        "recommended": { "GOOGLE_CLIENT_ID": true },
        "empty": "unset",
        "happens": "anybody with a Google account can sign in",
        "example": "example.com",
    }))]
    pub auth_allowed_domains: Option<DomainList>,
}

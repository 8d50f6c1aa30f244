use envlint_types::{CorsOrigins, Email, Host, HttpUrl, PemKey, Port, RedisUrl, Token, Uuid};
use schemars::JsonSchema;
use serde::Deserialize;

/// The API: sign-in, workflows and data, on Express. Browsers and every other service call it.
///
/// Agents' language models belong to the engine and to the organisations in the database; the
/// API holds no key for them. That its health check answers under `/health`, as those of gateway
/// and agentic do, is assumed.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy API", extend("x-envlint" = {
    "name": "prodgy/api",
    "framework": "express",
    "port": 4000,
    "port-variable": "PRODGY_API_PORT",
    "health": "/health",
    "also": ["NODE_*"],
    "relations": [
        {
            "any-of": [
                ["SENDGRID_API_KEY"],
                ["RESEND_API_KEY"],
                ["SMTP_HOST", "SMTP_USER", "SMTP_PASSWORD"],
                [
                    "MICROSOFT_GRAPH_TENANT_ID", "MICROSOFT_GRAPH_CLIENT_ID",
                    "MICROSOFT_GRAPH_CLIENT_SECRET",
                ],
                ["GOOGLE_WORKSPACE_CLIENT_EMAIL", "GOOGLE_WORKSPACE_PRIVATE_KEY"],
            ],
            "because": "nobody gets an invitation, or a link to set a password",
        },
        {
            "all-or-none": ["SMTP_HOST", "SMTP_USER", "SMTP_PASSWORD"],
            "because": "the mail server refuses the API, or is not asked at all",
        },
        {
            "all-or-none": [
                "MICROSOFT_GRAPH_TENANT_ID", "MICROSOFT_GRAPH_CLIENT_ID",
                "MICROSOFT_GRAPH_CLIENT_SECRET",
            ],
            "because": "Microsoft 365 gives the API no token to send e-mail with",
        },
        {
            "all-or-none": ["GOOGLE_WORKSPACE_CLIENT_EMAIL", "GOOGLE_WORKSPACE_PRIVATE_KEY"],
            "because": "Google Workspace gives the API no token to send e-mail with",
        },
        {
            "all-or-none": [
                "S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY",
            ],
            "because": "files can be neither stored nor read",
        },
        {
            "all-or-none": ["PRODGY_AGENTIC_URL", "PRODGY_AGENTIC_TOKEN"],
            "because": "the API does not reach agentic, or is refused there: no agent runs",
        },
        {
            "all-or-none": ["PRODGY_ENGINE_URL", "PRODGY_ENGINE_TOKEN"],
            "because": "the API does not reach the engine, or is refused there",
        },
    ],
}))]
pub struct Api {
    /// Where the API listens. The name is assumed.
    #[serde(default = "Port::of::<4000>")]
    #[schemars(extend("x-envlint" = {
        "role": "listen-port",
        "happens": "neither the proxy nor the other services find the API",
    }))]
    pub prodgy_api_port: Port,

    /// The address of the Supabase project. The name is Supabase's own, and assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "role": "datastore",
        "happens": "the API finds no database, and nobody can sign in",
        "example": "https://project.supabase.co",
    }))]
    pub supabase_url: HttpUrl,

    /// The key that Supabase makes for browsers. Row level security limits what it can do. The
    /// name is Supabase's own, and assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "happens": "nobody can sign in",
    }))]
    pub supabase_anon_key: String,

    /// The key that passes by row level security: who has it reads and changes everything. The
    /// name is Supabase's own, and assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "the API can neither read nor write its data",
    }))]
    pub supabase_service_role_key: Token<32>,

    /// The origins of web, studio and docs, separated by commas: the pages that may call the
    /// API. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "required": { "environment": "production" },
        "empty": "unset",
        "role": "cors-origins",
        "happens": "browsers refuse the API's answers to web and studio",
        "example": "https://app.example.com,https://studio.example.com",
    }))]
    pub cors_origins: Option<CorsOrigins>,

    /// Encrypts what the API stores of others, such as the organisations' keys for language
    /// models. Who loses it loses them. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "encryption-key",
        "happens": "the API can not read what it has encrypted",
    }))]
    pub encryption_key: Token<32>,

    /// What engine, gateway and agentic show as X-Api-Key when they call the API; the same in
    /// all of them, and another one in every environment. It speaks for a service; the tokens of
    /// people, `prodgy_...`, come with their requests and stand in no configuration.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "the API refuses the calls of every other service",
    }))]
    pub prodgy_api_token: Token<32>,

    /// What the API shows as X-Api-Key when it calls agentic; the same in agentic.
    #[schemars(extend("x-envlint" = {
        "empty": "unset",
        "role": "shared-token",
        "happens": "agentic refuses the API's calls, and no agent runs",
    }))]
    pub prodgy_agentic_token: Option<Token<32>>,

    /// What the API shows as X-Api-Key when it calls the engine; the same in the engine. The
    /// name is assumed.
    #[schemars(extend("x-envlint" = {
        "empty": "unset",
        "role": "shared-token",
        "happens": "the engine refuses the API's calls",
    }))]
    pub prodgy_engine_token: Option<Token<32>>,

    /// Where agentic is called, inside of the network. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "unset",
        "role": { "internal-url": { "service": "prodgy/agentic" } },
        "happens": "the API does not reach agentic, and no agent runs",
        "example": "http://agentic:3200",
    }))]
    pub prodgy_agentic_url: Option<HttpUrl>,

    /// Where the engine is called, inside of the network. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "unset",
        "role": { "internal-url": { "service": "prodgy/engine" } },
        "happens": "the API does not reach the engine",
        "example": "http://engine:8001",
    }))]
    pub prodgy_engine_url: Option<HttpUrl>,

    /// The Redis server of queue and cache; the same in service. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "recommended": true,
        "empty": "unset",
        "role": "datastore",
        "happens": "jobs are not queued, and service has nothing to do",
        "example": "redis://redis:6379",
    }))]
    pub redis_url: Option<RedisUrl>,

    /// Where browsers find web; links in e-mails lead there. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "unset",
        "role": { "public-url": { "service": "prodgy/web" } },
        "happens": "links in e-mails lead nowhere",
        "example": "https://app.example.com",
    }))]
    pub prodgy_web_url: Option<HttpUrl>,

    /// The access key to SendGrid, where SendGrid sends the e-mails. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub sendgrid_api_key: Option<Token<1>>,

    /// The access key to Resend, where Resend sends the e-mails. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub resend_api_key: Option<Token<1>>,

    /// The mail server, where one sends the e-mails. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub smtp_host: Option<Host>,

    /// The mail server's port: 587 for services that begin TLS, 465 for TLS from the beginning.
    /// The name is assumed.
    #[serde(default = "Port::of::<587>")]
    pub smtp_port: Port,

    /// The user at the mail server. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub smtp_user: Option<String>,

    /// The password at the mail server. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub smtp_password: Option<Token<1>>,

    /// The directory of Microsoft 365, where Graph sends the e-mails. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub microsoft_graph_tenant_id: Option<String>,

    /// The application that sends them there. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub microsoft_graph_client_id: Option<Uuid>,

    /// This application's secret. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub microsoft_graph_client_secret: Option<Token<1>>,

    /// The service account, where Google Workspace sends the e-mails. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub google_workspace_client_email: Option<Email>,

    /// The service account's private key. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub google_workspace_private_key: Option<PemKey>,

    /// The sender of all e-mails. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub email_from: Option<Email>,

    /// The endpoint of an object store that speaks S3. Without one, files are kept in Supabase
    /// Storage. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub s3_endpoint: Option<HttpUrl>,

    /// The bucket. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub s3_bucket: Option<String>,

    /// The bucket's region. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub s3_region: Option<String>,

    /// Which access key opens the bucket. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub s3_access_key_id: Option<String>,

    /// The access key to the bucket. The name is assumed.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub s3_secret_access_key: Option<Token<1>>,
}

use envlint_types::{
    CorsOrigins, DatabaseUrl, Email, Fraction, Key, LiteralOne, Locale, NonNegative, Origin, Port,
    Positive, TimeZone, Token, TrustProxy,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{NodeEnv, localhost, polyant};

/// The engine: API, agents, channels and webhooks, on NestJS.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Polyant engine", extend("x-envlint" = {
    "name": "polyant/engine",
    "framework": "express",
    "port": 4000,
    "port-variable": "API_PORT",
    "health": "/health",
    "streams": ["/api/activity-stream/live"],
    "also": [
        "HOST", "LANGSMITH_*", "NODE_*", "PLUGIN_DIRS", "PUPPETEER_*", "SCHEDULER_*",
        "SENDGRID_DEFAULT_SUBJECT", "SENDGRID_FROM_NAME", "THROTTLE_*",
    ],
    "relations": [
        {
            "all-or-none": [
                "PLATFORM_S3_BUCKET", "PLATFORM_S3_REGION",
                "PLATFORM_S3_ACCESS_KEY_ID", "PLATFORM_S3_SECRET_ACCESS_KEY",
            ],
            "because": "with a bucket the engine refuses to start until the rest is set, without \
                one it ignores the rest, and attachments are lost at the next restart",
        },
        {
            "all-or-none": ["SENDGRID_API_KEY", "SENDGRID_FROM_EMAIL"],
            "because": "the engine sends no e-mail unless both are set",
        },
        {
            "ordered": ["MESSAGE_TYPING_DELAY_MS", "MESSAGE_SOFT_DEBOUNCE_MS"],
            "because": "the typing indicator comes after the wait that it should fill",
        },
        {
            "ordered": ["SSE_MAX_CONNECTIONS_PER_USER", "SSE_MAX_CONNECTIONS"],
            "because": "one user can take every connection",
        },
    ],
}))]
pub struct Engine {
    /// Switches strict CORS on and verbose error responses off when it is `production`.
    #[schemars(extend("x-envlint" = {
        "recommended": { "environment": "production" },
        "forbidden": {
            "when": { "environment": "production" },
            "values": ["development", "test"],
            "because": "the engine allows the origins of a developer's machine and answers \
                errors in full",
        },
        "happens": "strict CORS stays off, and errors are answered in full",
    }))]
    pub node_env: Option<NodeEnv>,

    /// The PostgreSQL database (with pgvector), as one URL. Without it the URL is put together
    /// from `POSTGRES_HOST`, `_PORT`, `_DB`, `_USER` and `_PASSWORD`, unencoded.
    #[schemars(extend("x-envlint" = {
        "required": { "POSTGRES_PASSWORD": false },
        "empty": "unset",
        "role": "datastore",
        "happens": "the engine finds no database and does not start",
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

    /// Whether the connection to the database is encrypted. Up to release 1.0 any text switched
    /// it on; later ones start with `true` and `false` only.
    pub postgres_ssl: Option<bool>,

    /// Where the engine listens.
    #[serde(default = "Port::of::<4000>")]
    #[schemars(extend("x-envlint" = {
        "empty": { "reads": "0" },
        "role": "listen-port",
        "happens": "the proxy and web do not find the engine",
    }))]
    pub api_port: Port,

    /// The engine's own address, as the world sees it; webhook callbacks are built from it.
    #[schemars(extend("x-envlint" = {
        "recommended": { "environment": "production" },
        "role": { "public-url": {} },
        "happens": "callers of webhooks get an address that does not lead to the engine",
    }))]
    pub base_url: Option<Origin>,

    /// How many reverse proxies stand between the engine and the internet: 1 behind Render,
    /// Railway or one nginx, 2 behind two layers. 0 believes nobody.
    #[serde(default)]
    #[schemars(extend("x-envlint" = {
        "required": { "behind-proxy": true },
        "empty": { "reads": "0" },
        "role": { "trust-proxy": { "framework": "express", "reads": "number-or-boolean" } },
        "happens": "X-Forwarded-Host and X-Forwarded-Proto are ignored: Twilio's signature does \
            not match the URL, and inbound WhatsApp and SMS messages end with 403",
    }))]
    pub trust_proxy: TrustProxy,

    /// The web origins that may call the engine with credentials, separated by commas.
    #[schemars(extend("x-envlint" = {
        "required": { "environment": "production" },
        "empty": "unset",
        "role": "cors-origins",
        "happens": "the engine rejects every cross-origin request in production, and refuses to \
            start with a wildcard",
    }))]
    pub cors_origins: Option<CorsOrigins>,

    /// Encrypts the secrets of instances and channels in the database (AES-256-GCM). Who loses
    /// it loses them.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "encryption-key",
        "happens": "the engine refuses to start; with another key than before it can not read \
            what it has encrypted",
    }))]
    pub encryption_key: Key<32>,

    /// Signs and encrypts sessions; the same in web.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "the engine refuses to start",
    }))]
    pub auth_secret: Token<32>,

    /// Lets web check passwords with the engine; the same in web. Without it only sign-in by
    /// Google works.
    #[schemars(extend("x-envlint" = {
        "recommended": true,
        "empty": "error",
        "role": "shared-token",
        "happens": "nobody can sign in with e-mail and password",
    }))]
    pub auth_internal_secret: Option<Token<16>>,

    /// The first administrator's e-mail address, used at the first start.
    #[schemars(extend("x-envlint" = {
        "default": "administrator@local",
        "empty": "error",
        "happens": "the engine refuses to start",
    }))]
    pub initial_admin_email: Option<Email>,

    /// The first administrator's password, used at the first start.
    #[schemars(extend("x-envlint" = {
        "empty": "unset",
        "unsafe-default": {
            "when": { "environment": "production" },
            "then": "at its first start the engine makes a password up and prints it to its log; \
                newer releases create no administrator, and nobody can sign in",
        },
    }))]
    pub initial_admin_password: Option<Token<1>>,

    /// The S3 bucket that keeps attachments. Without it they do not outlive a restart.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub platform_s3_bucket: Option<String>,

    /// The bucket's region.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub platform_s3_region: Option<String>,

    /// The name of the access key to the bucket.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub platform_s3_access_key_id: Option<String>,

    /// The access key to the bucket.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub platform_s3_secret_access_key: Option<Token<1>>,

    /// The access key to SendGrid, for agents that send e-mail.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub sendgrid_api_key: Option<Token<1>>,

    /// The sender of these e-mails.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub sendgrid_from_email: Option<Email>,

    /// How long fragments of one message are waited for, in milliseconds.
    #[serde(default = "NonNegative::of::<2000>")]
    #[schemars(extend("x-envlint" = {
        "empty": { "reads": "0" },
        "happens": "every fragment of a message starts a run of its own",
    }))]
    pub message_soft_debounce_ms: NonNegative,

    /// How long it takes until the typing indicator is shown, in milliseconds; no longer than
    /// `MESSAGE_SOFT_DEBOUNCE_MS`.
    #[serde(default = "NonNegative::of::<1500>")]
    #[schemars(extend("x-envlint" = { "empty": { "reads": "0" } }))]
    pub message_typing_delay_ms: NonNegative,

    /// How often a run is started again when fragments keep arriving.
    #[serde(default = "NonNegative::of::<3>")]
    #[schemars(extend("x-envlint" = { "empty": { "reads": "0" } }))]
    pub message_max_restarts: NonNegative,

    /// The longest that a call of one agent by another may take, in milliseconds.
    #[serde(default = "Positive::of::<60000>")]
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "the engine refuses to start",
    }))]
    pub agent_call_timeout_ms: Positive,

    /// The most activity streams at once, over all users.
    #[serde(default = "Positive::of::<50>")]
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "the engine refuses to start",
    }))]
    pub sse_max_connections: Positive,

    /// The most activity streams at once of one user; no more than `SSE_MAX_CONNECTIONS`.
    #[serde(default = "Positive::of::<5>")]
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "the engine refuses to start",
    }))]
    pub sse_max_connections_per_user: Positive,

    /// After how many days call logs and traces are deleted.
    #[serde(default = "Positive::of::<90>")]
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "the engine refuses to start, or deletes what should be kept",
    }))]
    pub analytics_retention_days: Positive,

    /// The most knowledge documents of one instance.
    #[serde(default = "Positive::of::<500>")]
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "the engine refuses to start",
    }))]
    pub knowledge_max_docs_per_instance: Positive,

    /// How alike two memories must be to count as one: the cosine of their embeddings. The
    /// engine does not check the range.
    #[serde(default = "Fraction::percent::<90>")]
    #[schemars(extend("x-envlint" = {
        "empty": { "reads": "0" },
        "happens": "below 0 every memory is a duplicate, above 1 none is",
    }))]
    pub dedup_similarity_threshold: Fraction,

    /// The time zone in prompts.
    #[serde(default = "TimeZone::utc")]
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "prompts with a date fail",
    }))]
    pub datetime_timezone: TimeZone,

    /// The language in which prompts write dates.
    #[serde(default = "Locale::en_us")]
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "prompts with a date fail",
    }))]
    pub datetime_locale: Locale,

    /// How many PDF files are rendered at once.
    #[serde(default = "Positive::of::<3>")]
    pub pdf_concurrency: Positive,

    /// How long connecting to a tool server may take, in milliseconds.
    pub mcp_connect_timeout_ms: Option<Positive>,

    /// The directory of the agents' workspaces.
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub workspaces_root: Option<String>,

    /// The instance that is meant where none is named.
    #[serde(default = "default_instance")]
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub default_instance_id: String,

    /// The e-mail address of the platform's administrator.
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub platform_admin_email: Option<String>,

    /// How much is logged.
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub log_level: Option<String>,

    /// Logs whole prompts, with the secrets and personal data in them. For development.
    #[schemars(extend("x-envlint" = {
        "forbidden": {
            "when": { "environment": "production" },
            "values": ["1"],
            "because": "the engine logs whole prompts, with the secrets and personal data in them",
        },
    }))]
    pub debug_llm_payload: Option<LiteralOne>,
}

fn default_instance() -> String {
    "default".to_owned()
}

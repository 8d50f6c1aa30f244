use envlint_types::{CorsOrigins, Token};
use schemars::JsonSchema;
use serde::Deserialize;

use super::common::Common;
use super::on;

/// The API, on FastAPI.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "PROTEA API", extend("x-envlint" = {
    "name": "protea/api",
    "port": 8000,
    "health": "/health",
    "features": {
        "authentication": { "PROTEA_AUTHN_REQUIRED": ["true", "True", "TRUE", "1", "yes", "on"] },
        "minio": { "PROTEA_STORAGE_BACKEND": "minio" },
        "telemetry": { "PROTEA_OTEL_ENABLED": ["true", "True", "TRUE", "1", "yes", "on"] },
    },
    "also": [
        "FORWARDED_ALLOW_IPS", "FRONTEND_MODE", "NEXT_PUBLIC_*", "NODE_*", "PORT", "POSTGRES_*",
        "PROTEA_ALIGN_CACHE_DIR", "PROTEA_ANC2VEC_PATH", "PROTEA_API_PORT", "PROTEA_API_URL",
        "PROTEA_DEPLOY_*", "PROTEA_FRONTEND_TAG", "PROTEA_IMAGE_TAG", "PROTEA_METHOD_*",
        "PROTEA_PCA_ARTIFACTS_DIR", "PROTEA_PUBLIC_API_URL", "PROTEA_RATELIMIT_*",
        "PROTEA_REF_CACHE_DIR", "PROTEA_SKIP_ALEMBIC", "PROTEA_SMTP_*", "PROTEA_TUNING__*",
        "PROTEA_WEB_PORT", "PYTHON*", "RABBITMQ_*", "UVICORN_*", "WATCH_INTERVAL",
        "WEB_CONCURRENCY",
    ],
}))]
pub struct Api {
    /// What it reads as the workers do.
    #[serde(flatten)]
    pub common: Common,

    /// Whether callers have to prove who they are. Any text but `1`, `true`, `yes` and `on`
    /// switches it off, the empty one included.
    #[serde(default = "on")]
    #[schemars(extend("x-envlint" = {
        "reads": "words",
        "empty": { "reads": "false" },
        "forbidden": {
            "when": { "environment": "production" },
            "values": ["false", "False", "FALSE", "0", "no", "off"],
            "because": "anybody can start jobs, change models and make keys",
        },
        "happens": "anybody can start jobs, change models and make keys",
    }))]
    pub protea_authn_required: bool,

    /// Signs and verifies bearer tokens (HS256, so 32 bytes or more).
    #[schemars(extend("x-envlint" = {
        "required": { "feature": "authentication" },
        "empty": "unset",
        "role": "shared-token",
        "happens": "the api refuses to start",
    }))]
    pub protea_jwt_secret: Option<Token<32>>,

    /// What the runbook calls `PROTEA_JWT_SECRET`.
    #[schemars(extend("x-envlint" = {
        "retired": {
            "replacement": "PROTEA_JWT_SECRET",
            "then": "the api reads PROTEA_JWT_SECRET only, and refuses to start without it",
        },
    }))]
    pub jwt_secret: Option<Token<1>>,

    /// What the runbook calls `PROTEA_AUTHN_REQUIRED`.
    #[schemars(extend("x-envlint" = {
        "retired": {
            "replacement": "PROTEA_AUTHN_REQUIRED",
            "then": "the api reads PROTEA_AUTHN_REQUIRED only, whose default is true",
        },
    }))]
    pub authn_required: Option<bool>,

    /// Proves that a caller is the administrator.
    #[schemars(extend("x-envlint" = {
        "or-file": true,
        "empty": "unset",
        "role": "shared-token",
        "unsafe-default": {
            "when": { "environment": "production" },
            "then": "the token of the example files is in force, which everybody can read",
        },
        "happens": "everybody is the administrator",
    }))]
    pub protea_admin_token: Option<Token<1>>,

    /// The web origins that may call the API with credentials, separated by commas.
    #[schemars(extend("x-envlint" = {
        "empty": "unset",
        "role": "cors-origins",
        "unsafe-default": {
            "when": { "environment": "production" },
            "then": "the api allows pages on localhost and on the public demonstration, and no \
                others",
        },
        "happens": "browsers refuse the api's answers",
        "example": "https://protea.dev",
    }))]
    pub protea_allowed_origins: Option<CorsOrigins>,

    /// Asks GitHub more often than an anonymous caller may.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub protea_github_token: Option<Token<1>>,

    /// Stands in for `PROTEA_GITHUB_TOKEN`.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub github_token: Option<Token<1>>,

    /// Stands in for `GITHUB_TOKEN`.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub gh_token: Option<Token<1>>,
}

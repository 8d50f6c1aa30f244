use envlint_types::{DatabaseUrl, HttpUrl, RedisUrl, Token};
use schemars::JsonSchema;
use serde::Deserialize;

use super::MySql;

/// Core: the API, on Hono. It owns the sandboxes' templates, payments and the callbacks of tasks.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Profy core", extend("x-envlint" = {
    "name": "profy/core",
    "port": 8080,
    "health": "/health",
    "features": {
        "payments": { "any": [{ "WECHAT_PAY_APP_ID": true }, { "WECHAT_PAY_MCH_ID": true }] },
        "sms": { "ALIYUN_SMS_ACCESS_KEY_ID": true },
        "tasks": { "AGENT_INVOKE_URL": true },
    },
    "also": ["ALIYUN_*", "E2B_*", "LOG_*", "MINIO_*", "NODE_*", "PORT", "WECHAT_PAY_*"],
}))]
pub struct Core {
    /// The MySQL database.
    #[schemars(extend("x-envlint" = {
        "role": "datastore",
        "happens": "core finds no database and does not start",
        "example": "mysql://profy:password@mysql:3306/profy",
    }))]
    pub database_url: DatabaseUrl<MySql>,

    /// The Redis server that holds sessions, caches and the counters of rate limits.
    #[schemars(extend("x-envlint" = {
        "role": "datastore",
        "happens": "sessions, caches and rate limits fail",
        "example": "redis://redis:6379",
    }))]
    pub redis_url: RedisUrl,

    /// Signs the tokens that prove who somebody is.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "role": "shared-token",
        "happens": "nobody can sign in; who guesses it signs in as anybody",
    }))]
    pub jwt_secret: Token<1>,

    /// The MinIO server that keeps files.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "role": "datastore",
        "happens": "no file can be uploaded or opened",
        "example": "http://minio:9000",
    }))]
    pub minio_endpoint: HttpUrl,

    /// The name of the access key to MinIO. Like any user's name it is no secret.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "error",
        "happens": "MinIO refuses core: no file can be uploaded or opened",
    }))]
    pub minio_access_key: String,

    /// The access key to MinIO, of eight or more characters, as MinIO wants it.
    #[schemars(extend("x-envlint" = {
        "empty": "error",
        "happens": "MinIO refuses core: no file can be uploaded or opened",
    }))]
    pub minio_secret_key: Token<8>,

    /// The application's name at WeChat Pay.
    #[schemars(extend("x-envlint" = {
        "required": { "feature": "payments" },
        "secret": false,
        "empty": "unset",
        "happens": "nobody can pay by WeChat",
    }))]
    pub wechat_pay_app_id: Option<String>,

    /// The merchant's number at WeChat Pay.
    #[schemars(extend("x-envlint" = {
        "required": { "feature": "payments" },
        "secret": false,
        "empty": "unset",
        "happens": "nobody can pay by WeChat",
    }))]
    pub wechat_pay_mch_id: Option<String>,

    /// Where tasks are handed to the agents. Without it tasks are in test mode.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "unset",
        "unsafe-default": {
            "when": { "environment": "production" },
            "then": "tasks run in test mode: they are reported as done, with invented data",
        },
        "happens": "no task reaches an agent",
        "example": "http://agent-runtime:8000",
    }))]
    pub agent_invoke_url: Option<HttpUrl>,

    /// The name of the access key to Aliyun's text messages.
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub aliyun_sms_access_key_id: Option<String>,

    /// The access key to Aliyun's text messages. The guide names its other half only; this name
    /// follows from that one.
    #[schemars(extend("x-envlint" = {
        "recommended": { "feature": "sms" },
        "empty": "unset",
        "happens": "an access key has two halves, and no text message is sent with one",
    }))]
    pub aliyun_sms_access_key_secret: Option<Token<1>>,

    /// The E2B template that sandboxes are made from.
    #[serde(default = "profy_sandbox")]
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "empty": "unset",
        "happens": "E2B knows no such template: no sandbox can be made",
    }))]
    pub sandbox_e2b_template_id: String,
}

fn profy_sandbox() -> String {
    "profy-sandbox".to_owned()
}

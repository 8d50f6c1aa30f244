//! A service of thirty variables, as it starts: nothing is kept from one load to the next.

use divan::{Bencher, black_box};
use envlint_config::types::{
    CorsOrigins, DatabaseUrl, Email, Key, Port, Positive, Token, TrustProxy,
};
use envlint_config::{JsonSchema, Loader, SecretString};
use serde::Deserialize;

fn main() {
    divan::main();
}

/// A service as it is found in the field.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(dead_code, reason = "it is only loaded")]
struct Service {
    port: Port,
    admin_port: Port,
    database_url: DatabaseUrl,
    read_replica_url: Option<DatabaseUrl>,
    encryption_key: Key<32>,
    cookie_key: Key<32>,
    session_secret: Token<32>,
    internal_secret: Token<32>,
    api_key: SecretString,
    mail_password: Option<SecretString>,
    mail_user: Option<String>,
    mail_host: Option<String>,
    mail_port: Option<Port>,
    mail_from: Email,
    mail_reply_to: Option<Email>,
    cors_origins: CorsOrigins,
    trust_proxy: TrustProxy,
    max_connections: Positive,
    max_idle: u32,
    min_idle: Option<u32>,
    timeout_seconds: u16,
    retries: u8,
    ratio: f64,
    verbose: bool,
    metrics: bool,
    region: String,
    bucket: String,
    prefix: Option<String>,
    locale: Option<String>,
    names: Option<Vec<String>>,
}

const KEY: &str = "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f";

const PAIRS: [(&str, &str); 30] = [
    ("PORT", "4000"),
    ("ADMIN_PORT", "4001"),
    ("DATABASE_URL", "postgresql://app:CANARY@db:5432/app"),
    ("READ_REPLICA_URL", "postgresql://app:CANARY@replica:5432/app"),
    ("ENCRYPTION_KEY", KEY),
    ("COOKIE_KEY", KEY),
    ("SESSION_SECRET", KEY),
    ("INTERNAL_SECRET", KEY),
    ("API_KEY", "CANARY"),
    ("MAIL_PASSWORD", "CANARY"),
    ("MAIL_USER", "app"),
    ("MAIL_HOST", "mail.example.com"),
    ("MAIL_PORT", "587"),
    ("MAIL_FROM", "app@example.com"),
    ("MAIL_REPLY_TO", "help@example.com"),
    ("CORS_ORIGINS", "https://app.example.com,https://admin.example.com"),
    ("TRUST_PROXY", "2"),
    ("MAX_CONNECTIONS", "20"),
    ("MAX_IDLE", "5"),
    ("MIN_IDLE", "1"),
    ("TIMEOUT_SECONDS", "30"),
    ("RETRIES", "3"),
    ("RATIO", "0.5"),
    ("VERBOSE", "false"),
    ("METRICS", "true"),
    ("REGION", "eu-central-1"),
    ("BUCKET", "uploads"),
    ("PREFIX", "app/"),
    ("LOCALE", "en-GB"),
    ("NAMES", "[\"a\",\"b\"]"),
];

#[divan::bench]
fn thirty_variables(bencher: Bencher) {
    let loader = Loader::new().pairs(PAIRS);
    bencher.bench_local(|| {
        black_box(&loader).load::<Service>().map(|_| ()).map_err(|e| e.to_string())
    });
}

/// The part of it that describes the type; the rest reads values.
#[divan::bench]
fn describe_the_type(bencher: Bencher) {
    bencher.bench_local(|| envlint_schema::document::<Service>("urn:envlint:service"));
}

/// The part of it that reads that description.
#[divan::bench]
fn read_the_description(bencher: Bencher) {
    let document = envlint_schema::document::<Service>("urn:envlint:service");
    bencher.bench_local(|| envlint_schema::Schema::from_described(black_box(&document)));
}

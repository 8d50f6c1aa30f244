//! What API and workers read alike: both are made of one Python package.

use envlint_types::{AmqpUrl, DatabaseUrl, FilePath, Fraction, Origin, Token};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Backend, Psycopg, artefacts, evaluations, local};

/// The servers of data, the store of artefacts, and telemetry.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Common {
    /// The PostgreSQL database (with pgvector), as SQLAlchemy wants it.
    #[schemars(extend("x-envlint" = {
        "or-file": true,
        "empty": "unset",
        "role": "datastore",
        "unsafe-default": {
            "when": { "environment": "production" },
            "then": "PROTEA takes the database of system.yaml, or else one on localhost that only \
                a developer has, and says nothing",
        },
        "happens": "PROTEA finds no database",
        "example": "postgresql+psycopg://protea:password@localhost:5432/protea",
    }))]
    pub protea_db_url: Option<DatabaseUrl<Psycopg>>,

    /// The RabbitMQ server that jobs go through.
    #[schemars(extend("x-envlint" = {
        "or-file": true,
        "empty": "unset",
        "unsafe-default": {
            "when": { "environment": "production" },
            "then": "PROTEA takes the queue of system.yaml, or else guest:guest on localhost, and \
                says nothing",
        },
        "happens": "no job reaches a worker",
        "example": "amqp://protea:password@localhost:5672/",
    }))]
    pub protea_amqp_url: Option<AmqpUrl>,

    /// Where artefacts are kept.
    #[serde(default = "local")]
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    pub protea_storage_backend: Backend,

    /// The directory of artefacts, where they are kept locally.
    #[schemars(extend("x-envlint" = { "empty": "unset", "default": artefacts() }))]
    pub protea_storage_root: Option<FilePath>,

    /// The directory of evaluations.
    #[schemars(extend("x-envlint" = { "empty": "unset", "default": evaluations() }))]
    pub protea_artifacts_dir: Option<FilePath>,

    /// The MinIO server as host and port, without a scheme: `PROTEA_MINIO_SECURE` says which.
    #[schemars(extend("x-envlint" = {
        "required": { "feature": "minio" },
        "secret": false,
        "empty": "unset",
        "pattern": "^[^/:@\\s]+(:[0-9]{1,5})?$",
        "happens": "MinIO's client takes a host and a port alone, and no artefact is stored",
        "example": "localhost:9000",
    }))]
    pub protea_minio_endpoint: Option<String>,

    /// The bucket of artefacts.
    #[schemars(extend("x-envlint" = {
        "required": { "feature": "minio" },
        "secret": false,
        "empty": "unset",
        "happens": "no artefact is stored",
        "example": "protea",
    }))]
    pub protea_minio_bucket: Option<String>,

    /// The name of the access key to MinIO. Like any user's name it is no secret.
    #[schemars(extend("x-envlint" = {
        "required": { "feature": "minio" },
        "secret": false,
        "empty": "unset",
        "happens": "MinIO refuses PROTEA, and no artefact is stored",
    }))]
    pub protea_minio_access_key: Option<String>,

    /// The access key to MinIO, of eight or more characters, as MinIO wants it.
    #[schemars(extend("x-envlint" = {
        "required": { "feature": "minio" },
        "empty": "unset",
        "happens": "MinIO refuses PROTEA, and no artefact is stored",
    }))]
    pub protea_minio_secret_key: Option<Token<8>>,

    /// Whether MinIO is spoken to with TLS.
    #[serde(default)]
    #[schemars(extend("x-envlint" = {
        "reads": "words",
        "empty": "unset",
        "happens": "MinIO is spoken to without TLS",
    }))]
    pub protea_minio_secure: bool,

    /// Whether traces are sent to a collector.
    #[serde(default)]
    #[schemars(extend("x-envlint" = {
        "reads": "words",
        "empty": "unset",
        "happens": "no trace is sent",
    }))]
    pub protea_otel_enabled: bool,

    /// The collector of traces: its root, to which the path of traces is added.
    #[schemars(extend("x-envlint" = {
        "recommended": { "feature": "telemetry" },
        "empty": "unset",
        "happens": "no trace reaches a collector",
        "example": "http://otel-collector:4318",
    }))]
    pub protea_otel_endpoint: Option<Origin>,

    /// What the process is called in traces.
    #[serde(default = "protea_api")]
    #[schemars(extend("x-envlint" = { "secret": false, "empty": "unset" }))]
    pub protea_otel_service_name: String,

    /// Which part of all traces is recorded.
    #[serde(default = "Fraction::percent::<100>")]
    #[schemars(extend("x-envlint" = {
        "empty": "unset",
        "happens": "all traces are recorded, or none",
    }))]
    pub protea_otel_sample_ratio: Fraction,
}

fn protea_api() -> String {
    "protea-api".to_owned()
}

//! PROTEA: an API (FastAPI), workers that take jobs from RabbitMQ, and a web application
//! (Next.js), with PostgreSQL and, if wanted, MinIO. In production all three are processes of one
//! host that get one sourced file of variables; only the servers of data are containers.
//!
//! What is said here was read off the project's runbooks, its reference of variables and the code
//! that reads them. Where they differ, the code is followed: the runbook's `JWT_SECRET` and
//! `AUTHN_REQUIRED` are read by nothing.
//!
//! Since one file serves all three, each lets the variables of the others pass.

use envlint_schema::{Agreement, AgreementKind, Member, Part};
use envlint_types::Schemes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod api;
mod common;
mod web;
mod workers;

pub use api::Api;
pub use common::Common;
pub use web::Web;
pub use workers::Workers;

/// The API's schema.
pub const API: &str = "protea/api";

/// The workers' schema, whichever queue they take jobs from.
pub const WORKERS: &str = "protea/workers";

/// The web application's schema.
pub const WEB: &str = "protea/web";

/// SQLAlchemy's name for PostgreSQL by way of psycopg 3, which is what PROTEA installs: under
/// `postgresql://` SQLAlchemy looks for psycopg 2, and `postgres://` it does not know.
pub enum Psycopg {}

impl Schemes for Psycopg {
    const SCHEMES: &'static [&'static str] = &["postgresql+psycopg"];
    const NAME: &'static str = "PsycopgUrl";
}

/// Where artefacts are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// In a directory of this host.
    Local,
    /// In a bucket of MinIO.
    Minio,
}

/// What holds between API, workers and web.
pub fn agreements() -> Vec<Agreement> {
    use AgreementKind::{Allows, Same};
    let member = |service: &str, variable: &str, part| Member {
        service: service.into(),
        variable: variable.into(),
        part,
    };
    let both = |variable: &str, part| Agreement {
        kind: Same,
        members: vec![member(API, variable, part), member(WORKERS, variable, part)],
        because: None,
    };
    let because = |agreement: Agreement, because: &str| Agreement {
        because: Some(because.to_owned()),
        ..agreement
    };
    let jobs = "the api hands out jobs where no worker takes them";
    let artefacts = "what the workers store, the api does not find";
    vec![
        because(
            both("PROTEA_DB_URL", Part::Database),
            "workers write their results where the api does not look for them",
        ),
        because(both("PROTEA_AMQP_URL", Part::Host), jobs),
        because(both("PROTEA_AMQP_URL", Part::Path), jobs),
        because(both("PROTEA_STORAGE_BACKEND", Part::Whole), artefacts),
        because(both("PROTEA_MINIO_BUCKET", Part::Whole), artefacts),
        Agreement {
            kind: Allows(vec![WEB.into()]),
            members: vec![member(API, "PROTEA_ALLOWED_ORIGINS", Part::Whole)],
            because: Some("browsers refuse the api's answers to pages of web".to_owned()),
        },
    ]
}

fn local() -> Backend {
    Backend::Local
}

fn on() -> bool {
    true
}

fn artefacts() -> String {
    "storage/artifacts".to_owned()
}

fn evaluations() -> String {
    "storage/evaluation_artifacts".to_owned()
}

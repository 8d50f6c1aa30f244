//! Proves, before a deploy, that the configuration and secrets of a set of services are right.
//!
//! A check is a function of files, a process environment and a date, all given as data: it
//! touches neither the disk nor the clock, and the same input gives the same report.
//!
//! ```
//! use std::sync::Arc;
//! use envlint::{Date, MemoryFiles, Options, ProcessEnvironment};
//!
//! let files = MemoryFiles::new()
//!     .with("envlint.toml", r#"
//! version = 1
//!
//! [environments]
//! production = {}
//!
//! [sources.env]
//! file = "api/.env"
//!
//! [services.api]
//! sources = ["env"]
//!
//! [services.api.variables]
//! SIGNING_KEY  = { type = "key", bytes = 32, encoding = "hex", required = true }
//! CORS_ORIGINS = { type = "origin-list" }
//! "#)
//!     .with("api/.env", "SIGNING_KEY=CA4A12\nCORS_ORIGINS=*\n");
//!
//! let options = Options::new(Date::new(2027, 6, 30).unwrap());
//! let report = envlint::check(Arc::new(files), &ProcessEnvironment::default(), &options)?;
//!
//! let rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule).collect();
//! assert_eq!(rules, ["invalid-key", "cors-wildcard"]);
//! assert_eq!(report.findings[0].places[0].start.line, 1);
//! # Ok::<(), envlint::CheckError>(())
//! ```
//!
//! `envlint-os` has [`Files`] over a disk. [`report`] turns a [`Report`] into text, JSON, SARIF
//! and workflow annotations.

mod authored;
mod check;
mod comments;
mod error;
mod generate;
mod init;
mod projected;
mod schemas;
mod visible;

pub use authored::{docs, example};
pub use check::{Options, check, fix};
pub use envlint_author::{Chance, Draft, NoChance};
pub use envlint_model::{
    Confidence, Date, FilePath, Files, FixSafety, MemoryFiles, Metadata, Overlay, ParseDateError,
    Phase, Position, ProcessEnvironment, ReadError, ReadErrorKind, Secret, Severity, Walk,
    Zeroizing, did_you_mean,
};
pub use envlint_report::{Report, RuleDoc};
pub use envlint_schema::Projection;
pub use error::{CheckError, Mistake};
pub use generate::{Left, Made, Secrets, generate, generate_missing};
pub use init::draft;
pub use projected::{Projected, bundled_schema, service_schemas};
pub use schemas::{schema, schemas};

/// Reports as text and in machine formats, and fixes.
pub mod report {
    pub use envlint_report::*;
}

/// The manifest's file name.
pub use envlint_project::MANIFEST;

/// Every rule, by group and name.
pub fn rules() -> impl Iterator<Item = RuleDoc> + Clone {
    envlint_check::all_rules().map(RuleDoc::from)
}

//! Reports of envlint: text, JSON, SARIF, workflow annotations.
//!
//! The output is the product, and it is also where a secret would come out. So the way from a
//! finding to a report has one narrow gate: [`locate`] alone looks at sources. It turns spans
//! into positions and, for the first place of a finding, the line into an [`Excerpt`], painted
//! from what the caller proves public and masked elsewhere; not even a column tells how long a
//! secret is. Every format works on what comes out of it: it could not show a value if it tried.
//!
//! What else all formats keep:
//!
//! - **The same report, the same bytes.** Nothing depends on time, machine or order of hashing.
//! - **Structs of their own.** [`Report`] is plain data that may change with the rest of envlint;
//!   what goes over the wire is written down a second time, per format, and versioned.
//! - **Text from files is harmless.** Names and paths may hold escape sequences and
//!   bidirectional marks; they are shown as escapes.
//! - **An empty list is not an answer.** Formats for people say what was looked at.
//!
//! [`apply`] is the other function that sees text, since it makes texts: it moves spans and
//! inserts public words, and hands out memory that is wiped.
//!
//! ```
//! use envlint_model::{Confidence, Finding, Form, Severity, Sources, Subject, SubjectKind};
//! use envlint_report::{Layout, Report, locate, write_text};
//!
//! let sources = Sources::default();
//! let text = Box::<str>::from("API_TOKEN=CANARY\n");
//! let file = sources.add(".env".into(), Form::Plain, text.into());
//! let subject = Subject::new(SubjectKind::Variable, "API_TOKEN");
//! let finding = Finding::new(
//!     "weak-secret", Severity::Error, Confidence::High, subject, "API_TOKEN can be guessed",
//! )
//! .at(file.span(10..16), "a dictionary word");
//!
//! let name_is_public = |file: &envlint_model::SourceFile, _| vec![file.span(0..10)];
//! let findings = locate(vec![finding], &sources, &name_is_public);
//!
//! let mut shown = String::new();
//! write_text(&Report { findings, ..Report::default() }, Layout::default(), &mut shown)?;
//! assert!(shown.starts_with(
//! "error[weak-secret]: API_TOKEN can be guessed
//!   .env:1:11
//!   1 | API_TOKEN=***
//!     |           ^^^ a dictionary word
//! "));
//! # Ok::<(), std::fmt::Error>(())
//! ```

mod excerpt;
mod fix;
mod github;
mod json;
mod line;
mod locate;
mod machine;
mod report;
mod rules;
mod sarif;
mod shown;
mod text;

pub use excerpt::Excerpt;
pub use fix::{Fixed, FixedFile, Skipped, apply};
pub use github::{RENDERED_PER_LEVEL, github};
pub use json::{json, json_schema};
pub use locate::{locate, not_verified};
pub use report::{EnvironmentSummary, Located, NotVerified, Place, Report, RuleDoc, Tally};
pub use rules::rules_json;
pub use sarif::sarif;
pub use shown::harmless;
pub use text::{Entry, Layout, entries, write_summary, write_text};

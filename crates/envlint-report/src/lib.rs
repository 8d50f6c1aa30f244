//! Reports of envlint: text, JSON, SARIF, workflow annotations.

mod excerpt;
mod fix;
mod github;
mod json;
mod locate;
mod machine;
mod report;
mod sarif;
mod shown;
mod text;

pub use excerpt::Excerpt;
pub use fix::{Fixed, FixedFile, Skipped, apply};
pub use github::{RENDERED_PER_LEVEL, github};
pub use json::{json, json_schema};
pub use locate::{locate, not_verified};
pub use report::{EnvironmentSummary, Located, NotVerified, Place, Report, RuleDoc, Tally};
pub use sarif::sarif;
pub use text::{Entry, Layout, entries, write_summary, write_text};

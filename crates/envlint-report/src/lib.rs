//! Reports of envlint: text, JSON, SARIF, workflow annotations.

mod excerpt;
mod locate;
mod report;
mod shown;
mod text;

pub use excerpt::Excerpt;
pub use locate::{locate, not_verified};
pub use report::{EnvironmentSummary, Located, NotVerified, Place, Report, RuleDoc, Tally};
pub use text::{Entry, Layout, entries, write_summary, write_text};

//! Reports of envlint: text, JSON, SARIF, workflow annotations.

mod excerpt;
mod report;

pub use excerpt::Excerpt;
pub use report::{EnvironmentSummary, Located, NotVerified, Place, Report, RuleDoc, Tally};

//! How miette shows what went wrong.
//!
//! Its own handlers print the lines around a mistake, each of which may be a secret, and know
//! one file per diagnostic. This one prints what `envlint-report` has drawn, with nothing added.

use std::fmt;

use envlint::Severity;
use envlint::report::{Entry, Layout};
use miette::{Diagnostic, ReportHandler};

/// Lets every diagnostic be shown by [`Handler`].
pub(crate) fn install() {
    // It can only be refused because it was done before, which is as good.
    let _ = miette::set_hook(Box::new(|_| Box::new(Handler)));
}

/// Shows a diagnostic as its own text, its help indented below, then those that came with it.
struct Handler;

impl ReportHandler for Handler {
    fn debug(&self, diagnostic: &dyn Diagnostic, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{diagnostic}")?;
        if let Some(help) = diagnostic.help() {
            help.to_string().lines().try_for_each(|line| write!(f, "\n  {line}"))?;
        }
        diagnostic.related().into_iter().flatten().try_for_each(|other| {
            writeln!(f)?;
            self.debug(other, f)
        })
    }
}

/// One entry of a report, drawn, as a diagnostic: with the rule as its code, for whoever handles
/// it otherwise.
#[derive(Debug)]
pub(crate) struct Mistake {
    drawn: String,
    rule: &'static str,
    severity: Severity,
}

impl Mistake {
    pub(crate) fn new(entry: &Entry<'_>, layout: Layout) -> Self {
        let first = entry.findings()[0];
        let drawn = entry.display(layout).to_string();
        Self { drawn, rule: first.rule, severity: first.severity }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.drawn)
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.rule))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }
}

//! What a command comes back with.

use std::fmt;
use std::io;

use envlint::report::harmless;
use envlint::{CheckError, Zeroizing};

/// The whole output of a command that could run, and what it means.
///
/// Its text is wiped, as `envlint generate` answers with a secret, and not part of what a test or
/// a debugger is shown.
pub(crate) struct Answer {
    /// What goes to the standard output.
    pub(crate) text: Zeroizing<String>,
    /// What goes into the exit code.
    pub(crate) verdict: Verdict,
}

impl Answer {
    /// Output that judges nothing.
    pub(crate) fn information(text: impl Into<Zeroizing<String>>) -> Self {
        Self { text: text.into(), verdict: Verdict::Clean }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("verdict", &self.verdict).finish_non_exhaustive()
    }
}

/// Whether the answer stops a deploy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Nothing at or above the threshold.
    Clean,
    /// Something is.
    Mistakes,
}

/// Why a command could not run, and what to do about it: `envlint: cannot ...`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    problem: String,
    help: Vec<String>,
    /// Further ones that were found at the same time.
    also: Vec<Failure>,
}

impl Failure {
    /// A problem, lower case and without a final stop, which continues `envlint: `.
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), help: Vec::new(), also: Vec::new() }
    }

    /// Adds a line that says what to do.
    pub(crate) fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }
}

/// A path as it was typed, or `instead` of one that is longer than anybody types: what stands
/// in its place was pasted, and not necessarily meant.
pub(crate) fn typed_path<'a>(path: &'a str, instead: &'a str) -> &'a str {
    const LONGEST: usize = 256;
    if path.len() > LONGEST { instead } else { path }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "envlint: {}", harmless(&self.problem))
    }
}

impl std::error::Error for Failure {}

impl miette::Diagnostic for Failure {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let lines: Vec<_> = self.help.iter().map(|line| harmless(line)).collect();
        (!lines.is_empty()).then(|| Box::new(lines.join("\n")) as Box<dyn fmt::Display>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(self.also.iter().map(|failure| failure as &dyn miette::Diagnostic)))
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        let mut failures = error.mistakes().iter().map(|mistake| {
            let problem = match &mistake.place {
                Some((path, at)) => {
                    format!("{path}:{}:{}: {}", at.line, at.column, mistake.message)
                }
                None => mistake.message.clone(),
            };
            mistake
                .help
                .iter()
                .fold(Self::new(problem), |failure, line| failure.help(line.as_str()))
        });
        match failures.next() {
            Some(first) => Self { also: failures.collect(), ..first },
            None => Self::new(error.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    /// The output could not be written.
    fn from(error: io::Error) -> Self {
        Self::new(format!("cannot write the output: {}", error.kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_repeated_if_somebody_can_have_typed_it() {
        assert_eq!(typed_path("deploy/a b", "PATH"), "deploy/a b");
        assert_eq!(typed_path(&"a".repeat(257), "PATH"), "PATH");
    }

    #[test]
    fn what_is_repeated_does_nothing_to_a_terminal() {
        let failure = Failure::new("there is no a\x1b[31m\n").help("größe\r");
        assert_eq!(failure.to_string(), r"envlint: there is no a\u{1b}[31m\n");
        let help = miette::Diagnostic::help(&failure).map(|help| help.to_string());
        assert_eq!(help.as_deref(), Some(r"größe\r"));
    }
}

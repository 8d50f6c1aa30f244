use crate::{Finding, Scope, Span, Subject};

/// What rules found out: every subject that a rule looked at is passed, found wrong, or could
/// not be verified.
#[derive(Default)]
pub struct Outcomes {
    findings: Vec<Finding>,
    unverifiable: Vec<Unverifiable>,
    passed: usize,
}

/// A subject that a rule could not decide.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unverifiable {
    /// The rule that could not decide.
    pub rule: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// Why, in public words that continue "not verified: NAME of SERVICE (...)".
    pub reason: String,
    /// Where it is written.
    pub span: Option<Span>,
    /// Where it holds.
    pub scopes: Vec<Scope>,
}

impl Outcomes {
    /// The subject is right.
    pub fn pass(&mut self) {
        self.passed += 1;
    }

    /// The subject is wrong.
    pub fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The subject could not be decided.
    pub fn unverifiable(&mut self, unverifiable: Unverifiable) {
        self.unverifiable.push(unverifiable);
    }

    /// Everything that was wrong, everything that was left open, and how much was right.
    pub fn into_parts(self) -> (Vec<Finding>, Vec<Unverifiable>, usize) {
        (self.findings, self.unverifiable, self.passed)
    }
}

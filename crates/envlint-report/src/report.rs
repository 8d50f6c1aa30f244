//! The result of a check as every format receives it.
//!
//! Plain data, filled by the caller. Each format translates it into structs of its own, so that
//! these can change without a change of any format.

use envlint_model::{
    Confidence, FilePath, Fingerprint, Fix, Group, Name, Position, Rule, Scope, Severity, Subject,
};

use crate::Excerpt;

/// Everything that a check has to say.
#[derive(Clone, Default)]
pub struct Report {
    /// Version of the tool, as in its `Cargo.toml`.
    pub version: String,
    /// What was looked at, per environment, in the manifest's order.
    pub environments: Vec<EnvironmentSummary>,
    /// What is wrong, as [`locate`](crate::locate) sorted it.
    pub findings: Vec<Located>,
    /// What could not be decided, as [`not_verified`](crate::not_verified) merged it.
    pub unverified: Vec<NotVerified>,
    /// How many findings are left out, since no deploy should stop for them and nobody asked.
    pub hidden: usize,
    /// How often a rule looked at a subject and found it right.
    pub passed: usize,
    /// The file that a finding without a place is shown at by formats that can not do without
    /// one: the manifest, or what stands in for it.
    pub anchor: Option<FilePath>,
}

impl Report {
    /// How many findings there are of each severity.
    pub fn tally(&self) -> Tally {
        Tally::of(&self.findings)
    }
}

/// How much of an environment was looked at, so that an empty result can not be a misplaced
/// path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvironmentSummary {
    /// The environment.
    pub name: Name,
    /// Services that were resolved.
    pub services: usize,
    /// Variables of all services, each service's counted by itself.
    pub variables: usize,
    /// Routes from the outside to a service.
    pub routes: usize,
    /// Proxies that these routes pass.
    pub proxies: usize,
    /// Files that were read.
    pub files: usize,
}

/// A finding with its places: what a person is shown.
#[derive(Clone, Debug)]
pub struct Located {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it is about.
    pub subject: Subject,
    /// One line: what is wrong.
    pub message: String,
    /// Where; the first is the place to go to. Empty if what is wrong stands nowhere.
    pub places: Vec<Place>,
    /// What will happen because of it.
    pub happens: Option<String>,
    /// What to write instead.
    pub write: Option<String>,
    /// A command that shows more.
    pub see: Option<String>,
    /// Changes that mend it.
    pub fixes: Vec<Fix>,
    /// Everywhere it holds.
    pub scopes: Vec<Scope>,
    /// The same from run to run while the defect is there.
    pub fingerprint: Fingerprint,
    /// How findings of one kind at one place are told together.
    pub group: Option<Group>,
}

/// A place in a file and what is to be seen there.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub path: FilePath,
    /// Whether the positions are those of a text that was decrypted in memory: on the disk,
    /// the file has no such lines.
    pub decrypted: bool,
    /// Where it starts. Columns are counted up to the first character of the line that is not
    /// proven public: what stands behind it has its column, so that no column tells the length
    /// of a secret.
    pub start: Position,
    /// Where it ends; the character there no longer belongs to it. The same as the start if what
    /// lies between is hidden.
    pub end: Position,
    /// The line, masked. Only the first place of a finding has one, and only if there is
    /// anything on the line that may be shown.
    pub excerpt: Option<Excerpt>,
    /// What is to be seen; may be empty.
    pub text: String,
}

/// What could not be decided.
#[derive(Clone, Debug)]
pub struct NotVerified {
    /// What it is about.
    pub subject: Subject,
    /// Why, continuing "not verified: NAME of SERVICE (...)".
    pub reason: String,
    /// Where it is written.
    pub place: Option<Place>,
    /// The rules that could not decide, sorted.
    pub rules: Vec<&'static str>,
    /// The environments in which it holds, sorted; none if it is bound to none.
    pub environments: Vec<Name>,
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Findings of [`Severity::Error`].
    pub errors: usize,
    /// Findings of [`Severity::Warning`].
    pub warnings: usize,
    /// Findings of [`Severity::Info`].
    pub infos: usize,
}

impl Tally {
    /// Counts findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Located>) -> Self {
        let mut tally = Self::default();
        for finding in findings {
            *match finding.severity {
                Severity::Error => &mut tally.errors,
                Severity::Warning => &mut tally.warnings,
                Severity::Info => &mut tally.infos,
            } += 1;
        }
        tally
    }

    /// All findings together.
    pub fn total(self) -> usize {
        self.errors + self.warnings + self.infos
    }
}

/// What formats that carry documentation know of a rule.
#[derive(Clone, Debug)]
pub struct RuleDoc {
    /// Kebab-case.
    pub name: &'static str,
    /// The group that it belongs to.
    pub group: &'static str,
    /// What it flags, in one line.
    pub summary: &'static str,
    /// The whole documentation.
    pub markdown: String,
    /// How bad its findings usually are.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The version that brought it.
    pub since: &'static str,
}

impl<C: ?Sized> From<&Rule<C>> for RuleDoc {
    fn from(rule: &Rule<C>) -> Self {
        Self {
            name: rule.name,
            group: rule.group,
            summary: rule.summary(),
            markdown: rule.markdown(),
            severity: rule.severity,
            confidence: rule.confidence,
            since: rule.since,
        }
    }
}

use std::fmt;

use crate::{Name, Scope, Span};

/// How bad a defect is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing; no deploy should stop for it.
    Info,
    /// Works, but not as it was meant, or not for long.
    Warning,
    /// The service will not start, not work, or not be safe.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure a rule is that a finding is a defect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// A heuristic; shown on demand only.
    Low,
    /// Rests on an assumption that is nearly always true.
    Medium,
    /// Follows from the files.
    High,
}

impl Confidence {
    /// `high`, `medium` or `low`.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }
}

/// What a finding is about, named so that the name survives edits of the file around it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subject {
    /// The kind of thing.
    pub kind: SubjectKind,
    /// Its stable name: `AUTH_SECRET`, `server/location=/api/`, a path.
    pub name: String,
    /// The service that it belongs to, where it belongs to one.
    pub service: Option<Name>,
}

/// The kinds of subjects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SubjectKind {
    /// A file as a whole.
    File,
    /// A variable, of a service or of a source.
    Variable,
    /// A relation between variables or services.
    Relation,
    /// A service.
    Service,
    /// A directive of a proxy configuration, or a route through it.
    Route,
    /// An allowance.
    Allowance,
}

impl SubjectKind {
    /// The word in machine formats.
    pub fn as_str(self) -> &'static str {
        match self {
            SubjectKind::File => "file",
            SubjectKind::Variable => "variable",
            SubjectKind::Relation => "relation",
            SubjectKind::Service => "service",
            SubjectKind::Route => "route",
            SubjectKind::Allowance => "allowance",
        }
    }
}

impl Subject {
    /// A subject that belongs to no service.
    pub fn new(kind: SubjectKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), service: None }
    }

    /// A variable of a service.
    pub fn variable(service: &Name, name: &str) -> Self {
        Self::new(SubjectKind::Variable, name).of(service)
    }

    /// The same subject, of a service.
    pub fn of(mut self, service: &Name) -> Self {
        self.service = Some(service.clone());
        self
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service {
            Some(service) => write!(f, "{} of {service}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A place in a file and what is to be seen there. The text is public.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen; may be empty.
    pub text: String,
}

/// A defect: what is wrong, where, what happens because of it, what to write instead.
///
/// All text is public. A finding names variables and places; what a value is like may be said
/// where it helps and gives nothing away, never the value or a part of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
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
    /// Where; the first is the place to go to.
    pub labels: Vec<Label>,
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
    /// How findings of one kind at one place are told together.
    pub group: Option<Group>,
}

/// Findings with one group are shown to a person as one entry with several names; machine
/// formats keep them apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Group {
    /// What follows the count: `required variables of engine are not set`.
    pub headline: String,
    /// What is said of this one beside its name.
    pub item: String,
}

impl Finding {
    /// A finding without a place yet. Rules start from `Rule::finding`, which fills in name,
    /// severity and confidence.
    pub fn new(
        rule: &'static str,
        severity: Severity,
        confidence: Confidence,
        subject: Subject,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            severity,
            confidence,
            subject,
            message: message.into(),
            labels: Vec::new(),
            happens: None,
            write: None,
            see: None,
            fixes: Vec::new(),
            scopes: Vec::new(),
            group: None,
        }
    }

    /// Adds a place; the first one added is the primary one.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what will happen.
    pub fn happens(mut self, text: impl Into<String>) -> Self {
        self.happens = Some(text.into());
        self
    }

    /// Says what to write instead.
    pub fn write(mut self, text: impl Into<String>) -> Self {
        self.write = Some(text.into());
        self
    }

    /// Names a command that shows more.
    pub fn see(mut self, text: impl Into<String>) -> Self {
        self.see = Some(text.into());
        self
    }

    /// Offers a change.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Says where it holds.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes.extend(scopes);
        self.scopes.sort();
        self.scopes.dedup();
        self
    }

    /// Sets another severity than the rule's usual one.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Lets this be told together with others of the same headline and place.
    pub fn grouped(mut self, headline: impl Into<String>, item: impl Into<String>) -> Self {
        self.group = Some(Group { headline: headline.into(), item: item.into() });
        self
    }

    /// The primary place, if there is any.
    pub fn primary(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// A change that mends a defect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an imperative: `quote the value`.
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: FixSafety,
    /// The changes, none overlapping another.
    pub edits: Vec<Edit>,
}

/// What a person must know before a fix is applied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FixSafety {
    /// No effective value changes but the defective one, and that as the finding says.
    Safe,
    /// Changes behaviour beyond the finding in some cases.
    Unsafe,
    /// Needs a person's choice: shown, never applied.
    DisplayOnly,
}

/// Replaces a span. Inserts only public text and copies of other spans, so that a fix can move
/// a secret without ever holding it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub insert: Vec<Insert>,
}

/// What an edit inserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Insert {
    /// Fixed public text.
    Text(String),
    /// Whatever stands at this span.
    Copy(Span),
}

/// What identifies a finding from run to run: the rule, the file, the subject and which of
/// several it is; never a line number, never text of a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Hashes the parts, each with its end marked (FNV-1a, 128 bits).
    pub fn new(rule: &str, path: &str, subject: &Subject, ordinal: usize) -> Self {
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let service = subject.service.as_ref().map_or("", Name::as_str);
        let ordinal = ordinal.to_string();
        let parts = [rule, path, subject.kind.as_str(), &subject.name, service, &ordinal];
        let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        for byte in parts.iter().flat_map(|part| part.bytes().chain([0xff])) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        Self(hash)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

//! Findings that a team has decided to live with.
//!
//! An allowance stands on the line above what it allows, as a comment, or in the manifest for
//! files that have no comments and for lines that are not there. It names one rule and gives a
//! reason; one that suppresses nothing is reported, so that the list can not rot.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use envlint_model::{Date, FileId, FilePath, Finding, Sources, Span};

/// The start of an allowance in a comment, after the comment sign.
const MARK: &str = "envlint:";

/// A decision to accept findings of one rule at one place.
pub struct Allowance {
    /// The rule's name as written; it may be misspelt. Empty if nothing is written that could
    /// be one: a comment may hold anything, and what is not like a name is not repeated.
    pub rule: String,
    /// Why the finding is acceptable; may be empty, which is itself a defect.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where the allowance is written.
    pub place: Span,
    /// What it covers.
    pub covers: Covers,
    used: AtomicBool,
}

/// What an allowance covers.
pub enum Covers {
    /// Findings whose first place is on the line that starts after this offset.
    LineAfter(Span),
    /// Findings on this file, service or `service.VARIABLE`.
    Named(String),
}

impl Allowance {
    /// An allowance that has suppressed nothing yet.
    pub fn new(rule: &str, reason: &str, until: Option<Date>, place: Span, covers: Covers) -> Self {
        Self {
            rule: rule.to_owned(),
            reason: reason.trim().to_owned(),
            until,
            place,
            covers,
            used: AtomicBool::new(false),
        }
    }

    /// Reads `envlint: allow(rule): reason` from a comment's text; `None` if the comment does
    /// not speak to envlint at all. `next` is the first span of the line that it stands above.
    pub fn from_comment(comment: &str, place: Span, next: Span) -> Option<Self> {
        let said = comment.trim_start_matches(['#', '/', '*', ' ', '\t']).strip_prefix(MARK)?;
        let said = said.trim_start();
        let (rule, reason) = said
            .strip_prefix("allow(")
            .and_then(|rest| rest.split_once(')'))
            .map(|(rule, rest)| (rule.trim(), rest.strip_prefix(':').unwrap_or("")))
            .unwrap_or((said, ""));
        let rule = if is_rule_like(rule) { rule } else { "" };
        Some(Self::new(rule, reason, None, place, Covers::LineAfter(next)))
    }

    /// Whether the allowance is well-formed and in force: names this rule, gives a reason, has
    /// not run out.
    fn is_in_force(&self, as_of: Date) -> bool {
        !self.reason.is_empty() && !self.is_expired(as_of)
    }

    /// Whether its last day has passed.
    pub fn is_expired(&self, as_of: Date) -> bool {
        self.until.is_some_and(|until| as_of > until)
    }

    /// Whether it suppressed a finding in this run.
    pub fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Whether it covers this finding; if so it counts as used.
    fn suppresses(&self, finding: &Finding, as_of: Date, sources: &Sources) -> bool {
        let covers = self.rule == finding.rule
            && self.is_in_force(as_of)
            && match &self.covers {
                Covers::LineAfter(line) => finding
                    .primary()
                    .is_some_and(|span| line.contains(Span { end: span.start, ..span })),
                Covers::Named(on) => is_named(on, finding, sources),
            };
        if covers {
            self.used.store(true, Ordering::Relaxed);
        }
        covers
    }
}

/// Allowances by what they cover, so that a finding asks the few that may cover it: a file can
/// hold as many of either as it has lines.
pub(crate) struct Allowances<'a> {
    /// By the start of the line that they cover.
    on_lines: BTreeMap<(FileId, u32), Vec<&'a Allowance>>,
    named: Vec<&'a Allowance>,
    as_of: Date,
    sources: &'a Sources,
}

impl<'a> Allowances<'a> {
    pub(crate) fn new(all: &'a [Allowance], as_of: Date, sources: &'a Sources) -> Self {
        let mut allowances = Self { on_lines: BTreeMap::new(), named: Vec::new(), as_of, sources };
        for allowance in all {
            match &allowance.covers {
                Covers::LineAfter(line) => {
                    let start = (line.file, line.start);
                    allowances.on_lines.entry(start).or_default().push(allowance);
                }
                Covers::Named(_) => allowances.named.push(allowance),
            }
        }
        allowances
    }

    /// Whether a finding is suppressed. Every allowance that covers it is asked, so that two for
    /// one finding both count as used.
    pub(crate) fn suppress(&self, finding: &Finding) -> bool {
        let of_line = finding.primary().and_then(|span| {
            let (start, above) = self.on_lines.range(..=(span.file, span.start)).next_back()?;
            (start.0 == span.file).then_some(above)
        });
        let asked = of_line.into_iter().flatten().chain(&self.named);
        asked.filter(|each| each.suppresses(finding, self.as_of, self.sources)).count() > 0
    }
}

/// Whether a text could be the name of a rule.
fn is_rule_like(text: &str) -> bool {
    const LONGEST: usize = 64;
    text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn is_named(on: &str, finding: &Finding, sources: &Sources) -> bool {
    let subject = &finding.subject;
    let path = FilePath::new(on);
    let on_file = finding
        .primary()
        .and_then(|span| sources.get(span.file))
        .is_some_and(|file| *file.path() == path);
    let of_service = |service: &str| {
        subject.service.as_deref() == Some(service)
            || finding.scopes.iter().any(|scope| &*scope.workload == service)
    };
    on_file
        || on == subject.name
        || of_service(on)
        || on
            .split_once('.')
            .is_some_and(|(service, name)| name == subject.name && of_service(service))
}

#[cfg(test)]
mod tests {
    use super::*;
    use envlint_model::{Confidence, Form, Severity, Subject, SubjectKind};

    #[test]
    fn all_allowances_of_a_line_and_no_others_are_used() {
        let sources = Sources::default();
        let text = "# 1\n# 2\nA=1\n# 3\nB=1\n".to_owned().into_boxed_str().into();
        let file = sources.add(".env".into(), Form::Plain, text);
        let (a, b) = (file.span(8..11), file.span(16..19));
        let named = Covers::Named("api.A".to_owned());
        let covers = [Covers::LineAfter(a), Covers::LineAfter(a), Covers::LineAfter(b), named];
        let all = covers.map(|covers| Allowance::new("weak-secret", "x", None, a, covers));
        let today = Date::new(2027, 1, 1).unwrap();
        let allowances = Allowances::new(&all, today, &sources);
        let finding = |place: Span| {
            let subject = Subject::new(SubjectKind::Variable, "A").of(&"api".into());
            let (severity, confidence) = (Severity::Error, Confidence::High);
            Finding::new("weak-secret", severity, confidence, subject, "m").at(place, "")
        };
        assert!(allowances.suppress(&finding(file.span(10..11))));
        assert_eq!(all.each_ref().map(Allowance::is_used), [true, true, false, true]);
        let other = Finding { rule: "other", ..finding(b) };
        assert!(!allowances.suppress(&other) && !all[2].is_used());
    }

    #[test]
    fn reads_only_comments_that_speak_to_envlint() {
        let sources = Sources::default();
        let text = "# x\nA=1\n".to_owned().into_boxed_str().into();
        let file = sources.add(".env".into(), Form::Plain, text);
        let (place, next) = (file.span(0..3), file.span(4..7));
        let read = |comment| Allowance::from_comment(comment, place, next);
        let allowance = read("# envlint: allow(weak-secret): local only").unwrap();
        assert_eq!((&*allowance.rule, &*allowance.reason), ("weak-secret", "local only"));
        assert_eq!(read("# envlint: allow(weak-secret)").unwrap().reason, "");
        assert_eq!(read("# envlint: ignore").unwrap().rule, "ignore");
        assert_eq!(read("# envlint: CANARY-1").unwrap().rule, "");
        assert!(read("# see envlint: it is good").is_none());
    }
}

//! From spans to places: the only module that looks at the text of sources for a report.
//!
//! Everything else in this crate, but for applying fixes, works on what comes out of here and
//! could not show a secret if it tried. Lines are counted once per file, in one walk over its
//! text, however many findings it has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_model::{
    FileId, FilePath, Finding, Fingerprint, Form, Label, Position, SourceFile, Sources, Span,
    Subject, Unverifiable,
};

use crate::line::{Countable, Visible};
use crate::{Excerpt, Located, NotVerified, Place};

/// Gives findings their places, masked excerpts and fingerprints, and sorts them by path,
/// position and rule; those that stand nowhere come last. The result depends on nothing but the
/// arguments.
///
/// `visible` is asked for the spans within a line (of a very long one, within parts of 2 KiB)
/// that are proven public: names, their separators, quotes and values that the schema calls
/// public. What it does not name is shown as `***`, comments included, and columns are not
/// counted beyond it; a forgotten separator is masked, never a secret shown.
pub fn locate(
    findings: Vec<Finding>,
    sources: &Sources,
    visible: &dyn Fn(&SourceFile, Span) -> Vec<Span>,
) -> Vec<Located> {
    let spans = findings.iter().flat_map(|finding| &finding.labels).map(|label| label.span);
    let places = Places::new(sources, spans, visible);
    let mut located: Vec<Located> =
        findings.into_iter().map(|finding| places.located(finding)).collect();
    located.sort_by(|a, b| order(a).cmp(&order(b)));
    number(&mut located);
    located
}

/// Merges what could not be decided by subject and reason, and gives it its places. Sorted by
/// service, subject and reason. `visible` is the same as for [`locate`].
pub fn not_verified(
    unverifiable: Vec<Unverifiable>,
    sources: &Sources,
    visible: &dyn Fn(&SourceFile, Span) -> Vec<Span>,
) -> Vec<NotVerified> {
    let places = Places::new(sources, unverifiable.iter().filter_map(|open| open.span), visible);
    let mut merged: BTreeMap<_, NotVerified> = BTreeMap::new();
    for open in unverifiable {
        let key = (open.subject.service.clone(), open.subject.clone(), open.reason.clone());
        let entry = merged.entry(key).or_insert_with(|| NotVerified {
            subject: open.subject,
            reason: open.reason,
            place: None,
            rules: Vec::new(),
            environments: Vec::new(),
        });
        let place = open.span.and_then(|span| places.place(span, String::new()));
        entry.place = [entry.place.take(), place].into_iter().flatten().min_by_key(stands_at);
        entry.rules.push(open.rule);
        entry.environments.extend(open.scopes.into_iter().map(|scope| scope.environment));
    }
    let mut result: Vec<NotVerified> = merged.into_values().collect();
    for entry in &mut result {
        entry.rules.sort_unstable();
        entry.rules.dedup();
        entry.environments.sort();
        entry.environments.dedup();
    }
    result
}

fn stands_at(place: &Place) -> (FilePath, Position, Position) {
    (place.path.clone(), place.start, place.end)
}

/// The order of a report. What comes after the rule only breaks ties.
fn order(finding: &Located) -> impl Ord + '_ {
    let place = finding.places.first();
    (
        place.is_none(),
        place.map(|place| (&place.path, place.start, place.end)),
        finding.rule,
        &finding.subject,
        &finding.message,
    )
}

/// Numbers the findings that rule, path and subject do not tell apart, in the order of the
/// report, so that each has a fingerprint of its own.
fn number(findings: &mut [Located]) {
    let mut seen: BTreeMap<(&'static str, FilePath, Subject), usize> = BTreeMap::new();
    for finding in findings {
        let path = finding.places.first().map_or_else(|| "".into(), |place| place.path.clone());
        let ordinal =
            seen.entry((finding.rule, path.clone(), finding.subject.clone())).or_default();
        finding.fingerprint =
            Fingerprint::new(finding.rule, path.as_str(), &finding.subject, *ordinal);
        *ordinal += 1;
    }
}

/// The files that spans lie in, with the line of both ends of each span.
struct Places<'a> {
    files: BTreeMap<FileId, (Arc<SourceFile>, BTreeMap<u32, Line>)>,
    visible: Visible<'a>,
}

/// A line by its number, from 1, and the offset of its first byte.
#[derive(Clone, Copy, PartialEq)]
struct Line {
    number: u32,
    start: u32,
}

impl<'a> Places<'a> {
    fn new(sources: &Sources, spans: impl Iterator<Item = Span>, visible: Visible<'a>) -> Self {
        let mut offsets: BTreeMap<FileId, BTreeSet<u32>> = BTreeMap::new();
        for span in spans {
            offsets.entry(span.file).or_default().extend([span.start, span.end]);
        }
        let files = offsets.into_iter().filter_map(|(id, offsets)| {
            let file = sources.get(id)?;
            let lines = lines(file.text(), offsets);
            Some((id, (file, lines)))
        });
        Self { files: files.collect(), visible }
    }

    /// The place of a span; `None` if its file does not belong to this run.
    fn place(&self, span: Span, text: String) -> Option<Place> {
        let (file, lines) = self.files.get(&span.file)?;
        let (first, last) = (*lines.get(&span.start)?, *lines.get(&span.end)?);
        let countable = Countable::of(file, first.start, self.visible);
        let start = Position { line: first.number, column: countable.column(span.start) };
        // How many lines a hidden text has is as little to be told as how many characters.
        let end = match last.number > first.number && countable.whole {
            true => Position {
                line: last.number,
                column: Countable::of(file, last.start, self.visible).column(span.end),
            },
            false => Position { line: first.number, column: countable.column(span.end) },
        };
        Some(Place {
            path: file.path().clone(),
            decrypted: file.form() == Form::Decrypted,
            start,
            end: start.max(end),
            excerpt: None,
            text,
        })
    }

    fn places(&self, labels: Vec<Label>) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::with_capacity(labels.len());
        for label in labels {
            let Some(mut place) = self.place(label.span, label.text) else { continue };
            if let (true, Some((file, _))) = (places.is_empty(), self.files.get(&label.span.file)) {
                place.excerpt = Excerpt::of(file, place.start.line, label.span, self.visible);
            }
            places.push(place);
        }
        places
    }

    fn located(&self, finding: Finding) -> Located {
        let fingerprint = Fingerprint::new(finding.rule, "", &finding.subject, 0);
        Located {
            rule: finding.rule,
            severity: finding.severity,
            confidence: finding.confidence,
            subject: finding.subject,
            message: finding.message,
            places: self.places(finding.labels),
            happens: finding.happens,
            write: finding.write,
            see: finding.see,
            fixes: finding.fixes,
            scopes: finding.scopes,
            fingerprint,
            group: finding.group,
        }
    }
}

/// The lines of all offsets in one walk. Offsets behind the end count as the end.
fn lines(text: &str, offsets: BTreeSet<u32>) -> BTreeMap<u32, Line> {
    let mut at = 0;
    let mut line = Line { number: 1, start: 0 };
    let mut result = BTreeMap::new();
    for offset in offsets {
        let end = (offset as usize).min(text.len());
        for (before, _) in text.as_bytes()[at..end].iter().enumerate().filter(|(_, b)| **b == b'\n')
        {
            line = Line { number: line.number + 1, start: (at + before + 1) as u32 };
        }
        at = end;
        result.insert(offset, line);
    }
    result
}

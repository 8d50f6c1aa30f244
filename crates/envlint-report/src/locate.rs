//! From spans to places: the only module that looks at the text of sources for a report.
//!
//! Everything else in this crate, but for applying fixes, works on what comes out of here and
//! could not show a secret if it tried. Positions are computed once per file, in one walk over
//! its text, however many findings it has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_model::{
    FileId, FilePath, Finding, Fingerprint, Form, Position, SourceFile, Sources, Span, Subject,
    Unverifiable,
};

use crate::{Excerpt, Located, NotVerified, Place};

/// Gives findings their places, masked excerpts and fingerprints, and sorts them by path,
/// position and rule; those that stand nowhere come last. The result depends on nothing but the
/// arguments.
///
/// `visible` is asked for the spans within a line (of a very long one, within the part that is
/// shown) that are proven public: names, their separators, quotes and values that the schema
/// calls public. What it does not name is shown as `***`, comments included; a forgotten
/// separator is masked, never a secret shown.
pub fn locate(
    findings: Vec<Finding>,
    sources: &Sources,
    visible: &dyn Fn(&SourceFile, Span) -> Vec<Span>,
) -> Vec<Located> {
    let spans = findings.iter().flat_map(|finding| &finding.labels).map(|label| label.span);
    let places = Places::new(sources, spans);
    let mut located: Vec<Located> =
        findings.into_iter().map(|finding| places.located(finding, visible)).collect();
    located.sort_by(|a, b| order(a).cmp(&order(b)));
    number(&mut located);
    located
}

/// Merges what could not be decided by subject and reason, and gives it its places. Sorted by
/// service, subject and reason.
pub fn not_verified(unverifiable: Vec<Unverifiable>, sources: &Sources) -> Vec<NotVerified> {
    let places = Places::new(sources, unverifiable.iter().filter_map(|open| open.span));
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

fn stands_at(place: &Place) -> (FilePath, u32, u32) {
    (place.path.clone(), place.bytes.start, place.bytes.end)
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

/// The files that spans lie in, with the positions of both ends of each span.
struct Places {
    files: BTreeMap<FileId, (Arc<SourceFile>, BTreeMap<u32, Position>)>,
}

impl Places {
    fn new(sources: &Sources, spans: impl Iterator<Item = Span>) -> Self {
        let mut offsets: BTreeMap<FileId, BTreeSet<u32>> = BTreeMap::new();
        for span in spans {
            offsets.entry(span.file).or_default().extend([span.start, span.end]);
        }
        let files = offsets.into_iter().filter_map(|(id, offsets)| {
            let file = sources.get(id)?;
            let positions = positions(file.text(), offsets);
            Some((id, (file, positions)))
        });
        Self { files: files.collect() }
    }

    /// The place of a span; `None` if its file does not belong to this run.
    fn place(&self, span: Span, text: String) -> Option<Place> {
        let (file, positions) = self.files.get(&span.file)?;
        let end = span.end.max(span.start);
        let bytes = file.span(span.start as usize..end as usize);
        let start = *positions.get(&span.start)?;
        Some(Place {
            path: file.path().clone(),
            decrypted: file.form() == Form::Decrypted,
            start,
            end: start.max(*positions.get(&span.end)?),
            bytes: bytes.start..bytes.end,
            excerpt: None,
            text,
        })
    }

    fn excerpt(
        &self,
        span: Span,
        line: u32,
        visible: &dyn Fn(&SourceFile, Span) -> Vec<Span>,
    ) -> Option<Excerpt> {
        let (file, _) = self.files.get(&span.file)?;
        Excerpt::of(file, line, span, visible)
    }

    fn located(
        &self,
        finding: Finding,
        visible: &dyn Fn(&SourceFile, Span) -> Vec<Span>,
    ) -> Located {
        let mut places: Vec<Place> = Vec::with_capacity(finding.labels.len());
        for label in finding.labels {
            if let Some(mut place) = self.place(label.span, label.text) {
                if places.is_empty() {
                    place.excerpt = self.excerpt(label.span, place.start.line, visible);
                }
                places.push(place);
            }
        }
        let fingerprint = Fingerprint::new(finding.rule, "", &finding.subject, 0);
        Located {
            rule: finding.rule,
            severity: finding.severity,
            confidence: finding.confidence,
            subject: finding.subject,
            message: finding.message,
            places,
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

/// The positions of all offsets in one walk. Offsets within a character or behind the end count
/// as the boundary before them.
fn positions(text: &str, offsets: BTreeSet<u32>) -> BTreeMap<u32, Position> {
    let mut at = 0;
    let mut position = Position { line: 1, column: 1 };
    let mut result = BTreeMap::new();
    for offset in offsets {
        let end = text.floor_char_boundary((offset as usize).min(text.len()));
        for c in text[at..end].chars() {
            position = match c {
                '\n' => Position { line: position.line + 1, column: 1 },
                _ => Position { line: position.line, column: position.column + 1 },
            };
        }
        at = end;
        result.insert(offset, position);
    }
    result
}

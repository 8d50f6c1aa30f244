//! One mistake, as a person reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use super::wrap::wrap;
use super::{Layout, Role, narrated};
use crate::shown::{columns, harmless};
use crate::{Excerpt, Located, Place};

/// One or several findings that are told as one: alone, or with those of the same rule, headline
/// and place.
#[derive(Clone)]
pub struct Entry<'a> {
    findings: Vec<&'a Located>,
}

/// Puts findings together that are told together, in the order of the first of each.
pub fn entries(findings: &[Located]) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut groups = BTreeMap::new();
    for finding in findings {
        let key = finding.group.as_ref().map(|group| {
            let place = finding.places.first().map(|place| (&place.path, place.start));
            (finding.rule, finding.severity, &group.headline, place)
        });
        match key {
            None => entries.push(Entry { findings: vec![finding] }),
            Some(key) => {
                let at = *groups.entry(key).or_insert_with(|| {
                    entries.push(Entry { findings: Vec::new() });
                    entries.len() - 1
                });
                entries[at].findings.push(finding);
            }
        }
    }
    entries
}

impl<'a> Entry<'a> {
    /// The findings; never empty. All have the severity and the rule of the first.
    pub fn findings(&self) -> &[&'a Located] {
        &self.findings
    }

    /// One line: what is wrong. Free of control characters.
    pub fn headline(&self) -> String {
        let first = self.first();
        match (&first.group, self.findings.len()) {
            (Some(group), count @ 2..) => format!("{count} {}", harmless(&group.headline)),
            _ => harmless(&first.message).into_owned(),
        }
    }

    /// Writes the entry, each of its lines ended.
    pub fn write(&self, layout: Layout, out: &mut dyn Write) -> fmt::Result {
        match layout.narrated {
            true => narrated::write_entry(self, out),
            false => self.write_drawn(layout, out),
        }
    }

    /// The entry as something to format.
    pub fn display(&self, layout: Layout) -> impl fmt::Display + use<'_, 'a> {
        struct Display<'e, 'a>(&'e Entry<'a>, Layout);
        impl fmt::Display for Display<'_, '_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write(self.1, f)
            }
        }
        Display(self, layout)
    }

    fn write_drawn(&self, layout: Layout, out: &mut dyn Write) -> fmt::Result {
        let first = self.first();
        let tag = format!("{}[{}]", first.severity, first.rule);
        let headline = self.headline();
        let lines = wrap(&headline, layout.room(columns(&tag) + 2));
        write!(out, "{}", layout.paint(Role::Mistake(first.severity), tag))?;
        for (at, line) in lines.into_iter().enumerate() {
            out.write_str(if at == 0 { ": " } else { "    " })?;
            writeln!(out, "{}", layout.paint(Role::Headline, line))?;
        }
        self.write_places(layout, out)?;
        let notes = self.notes();
        if self.findings.len() > 1 {
            self.write_items(&notes, layout, out)?;
        }
        notes.common.iter().try_for_each(|note| write_note(note, 2, layout, out))
    }

    /// The first place with its line, the others below each other.
    fn write_places(&self, layout: Layout, out: &mut dyn Write) -> fmt::Result {
        let places = self.places();
        let Some((&first, mut rest)) = places.split_first() else { return Ok(()) };
        if let Some(excerpt) = &first.excerpt {
            writeln!(out, "  {}", layout.paint(Role::Note, Address(first)))?;
            self.write_excerpt(excerpt, &first.text, layout, out)?;
        } else {
            rest = &places;
        }
        let addresses: Vec<String> = rest.iter().map(|place| Address(place).to_string()).collect();
        let widest = addresses.iter().map(|address| columns(address)).max().unwrap_or(0);
        for (place, address) in rest.iter().zip(&addresses) {
            let text = harmless(&place.text);
            let gap = if text.is_empty() { 0 } else { widest - columns(address) + 4 };
            write!(out, "  {}{:gap$}", layout.paint(Role::Note, address), "")?;
            write_hanging(&text, widest + 6, layout, out)?;
        }
        Ok(())
    }

    fn write_excerpt(
        &self,
        excerpt: &Excerpt,
        text: &str,
        layout: Layout,
        out: &mut dyn Write,
    ) -> fmt::Result {
        let number = excerpt.line().to_string();
        let gutter = number.len();
        let before = if excerpt.is_cut_before() { layout.ellipsis() } else { "" };
        let after = if excerpt.is_cut_after() { layout.ellipsis() } else { "" };
        let frame = layout.paint(Role::Frame, format!("{number} |"));
        writeln!(out, "  {frame} {before}{}{after}", excerpt.text())?;

        let caret = excerpt.caret();
        let indent = columns(before) + caret.start;
        let frame = layout.paint(Role::Frame, format!("{:gutter$} |", "")).to_string();
        let marks = layout.paint(Role::Mistake(self.first().severity), "^".repeat(caret.len()));
        write!(out, "  {frame} {:indent$}{marks}", "")?;
        let text = harmless(text);
        // Beside the marks if it fits there, else on lines of its own below them.
        let beside = gutter + 5 + indent + caret.len() + 1;
        if text.is_empty() {
            return writeln!(out);
        }
        if beside + columns(&text) <= layout.width {
            return writeln!(out, " {text}");
        }
        writeln!(out)?;
        for line in wrap(&text, layout.room(gutter + 5)) {
            writeln!(out, "  {frame} {line}")?;
        }
        Ok(())
    }

    /// The names of what is told together, each with what is said of it alone.
    fn write_items(&self, notes: &Notes<'_>, layout: Layout, out: &mut dyn Write) -> fmt::Result {
        const WIDEST: usize = 32;
        let names = self.names();
        let widest = names.iter().map(|name| columns(name)).max().unwrap_or(0).min(WIDEST);
        for ((finding, name), own) in self.findings.iter().zip(&names).zip(&notes.own) {
            let item = finding.group.as_ref().map_or("", |group| &group.item);
            let gap = if item.is_empty() { 0 } else { widest.saturating_sub(columns(name)) + 2 };
            write!(out, "    {}{:gap$}", layout.paint(Role::Headline, name), "")?;
            write_hanging(&harmless(item), widest + 6, layout, out)?;
            own.iter().try_for_each(|note| write_note(note, 6, layout, out))?;
        }
        Ok(())
    }

    /// There is one: [`entries`] makes no entry without a finding.
    pub(super) fn first(&self) -> &'a Located {
        self.findings[0]
    }

    /// The names of the subjects, with their services if these differ.
    pub(super) fn names(&self) -> Vec<String> {
        let service = &self.first().subject.service;
        let one_service = self.findings.iter().all(|finding| finding.subject.service == *service);
        let name = |finding: &&Located| match one_service {
            true => harmless(&finding.subject.name).into_owned(),
            false => harmless(&finding.subject.to_string()).into_owned(),
        };
        self.findings.iter().map(name).collect()
    }

    /// The places of all findings, each once. The first is common to all of them: what each
    /// says of it stands beside its name.
    pub(super) fn places(&self) -> Vec<&'a Place> {
        let own = self.findings.iter().map(|finding| finding.places.as_slice());
        let first = own.clone().flat_map(|places| places.first()).take(1);
        let others = own.flat_map(|places| places.iter().skip(1));
        let mut seen = BTreeSet::new();
        first
            .chain(others)
            .filter(|place| seen.insert((&place.path, place.start, place.text.as_str())))
            .collect()
    }

    pub(super) fn notes(&self) -> Notes<'a> {
        let first = notes_of(self.first());
        let common: [bool; 3] = std::array::from_fn(|at| {
            self.findings.iter().all(|finding| notes_of(finding)[at] == first[at])
        });
        let pick = |finding, wanted: bool| {
            let marked = notes_of(finding).into_iter().zip(common);
            marked.filter_map(|(note, common)| note.filter(|_| common == wanted)).collect()
        };
        Notes {
            common: pick(self.first(), true),
            own: self.findings.iter().map(|finding| pick(finding, false)).collect(),
        }
    }
}

/// What is said of all findings of an entry alike, and of each alone.
pub(super) struct Notes<'a> {
    pub(super) common: Vec<Note<'a>>,
    pub(super) own: Vec<Vec<Note<'a>>>,
}

/// A sentence and what it answers.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Note<'a> {
    pub(super) kind: NoteKind,
    pub(super) text: &'a str,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum NoteKind {
    Happens,
    Write,
    See,
}

fn notes_of(finding: &Located) -> [Option<Note<'_>>; 3] {
    [
        (NoteKind::Happens, &finding.happens),
        (NoteKind::Write, &finding.write),
        (NoteKind::See, &finding.see),
    ]
    .map(|(kind, text)| text.as_deref().map(|text| Note { kind, text }))
}

fn write_note(note: &Note<'_>, indent: usize, layout: Layout, out: &mut dyn Write) -> fmt::Result {
    const WIDEST: usize = "happens: ".len();
    let name = match note.kind {
        NoteKind::Happens => "happens:",
        NoteKind::Write => "write:",
        NoteKind::See => "see:",
    };
    let gap = WIDEST - name.len();
    write!(out, "{:indent$}{}{:gap$}", "", layout.paint(Role::Note, name), "")?;
    let safe: Vec<_> = note.text.split('\n').map(harmless).collect();
    write_hanging(&safe.join("\n"), indent + WIDEST, layout, out)
}

/// Writes text that begins in column `indent` of a line already begun.
fn write_hanging(text: &str, indent: usize, layout: Layout, out: &mut dyn Write) -> fmt::Result {
    for (at, line) in wrap(text, layout.room(indent)).into_iter().enumerate() {
        let indent = if at == 0 { 0 } else { indent };
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// `path:line:column`, the form that terminals make a link of.
struct Address<'a>(&'a Place);

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { path, start, decrypted, .. } = self.0;
        write!(f, "{}:{}:{}", harmless(path.as_str()), start.line, start.column)?;
        f.write_str(if *decrypted { " (decrypted)" } else { "" })
    }
}

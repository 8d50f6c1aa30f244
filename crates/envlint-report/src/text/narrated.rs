//! The same content for who listens: no columns, no carets, each line a statement by itself.

use std::fmt::{self, Write};

use super::Entry;
use super::entry::{Note, NoteKind};
use crate::Place;
use crate::shown::harmless;

pub(super) fn write_entry(entry: &Entry<'_>, out: &mut dyn Write) -> fmt::Result {
    let first = entry.first();
    writeln!(out, "{}, rule {}: {}", first.severity, first.rule, entry.headline())?;
    for (at, place) in entry.places().into_iter().enumerate() {
        write_place(place, at > 0, out)?;
    }
    let notes = entry.notes();
    if entry.findings().len() > 1 {
        for ((finding, name), own) in entry.findings().iter().zip(entry.names()).zip(&notes.own) {
            let item = finding.group.as_ref().map_or("", |group| &group.item);
            let colon = if item.is_empty() { "" } else { ": " };
            writeln!(out, "  {name}{colon}{}", harmless(item))?;
            own.iter().try_for_each(|note| write_note(note, "    ", out))?;
        }
    }
    notes.common.iter().try_for_each(|note| write_note(note, "  ", out))
}

fn write_place(place: &Place, further: bool, out: &mut dyn Write) -> fmt::Result {
    let also = if further { "also in" } else { "in" };
    let decrypted = if place.decrypted { " (decrypted)" } else { "" };
    let path = harmless(place.path.as_str());
    let (line, column) = (place.start.line, place.start.column);
    write!(out, "  {also} {path}{decrypted}, line {line}, column {column}")?;
    match place.text.is_empty() {
        true => writeln!(out),
        false => writeln!(out, ": {}", harmless(&place.text)),
    }
}

fn write_note(note: &Note<'_>, indent: &str, out: &mut dyn Write) -> fmt::Result {
    let name = match note.kind {
        NoteKind::Happens => "what happens",
        NoteKind::Write => "what to write",
        NoteKind::See => "to see more",
    };
    let lines: Vec<_> = note.text.split('\n').map(harmless).collect();
    writeln!(out, "{indent}{name}: {}", lines.join(" "))
}

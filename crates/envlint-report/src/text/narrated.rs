//! The same content for who listens: no columns, no carets, each line a statement by itself.

use std::fmt::{self, Write};

use super::Entry;
use crate::Place;
use crate::shown::harmless;

const SPOKEN: [(&str, &str); 3] =
    [("happens:", "what happens:"), ("write:", "what to write:"), ("see:", "to see more:")];

pub(super) fn write_entry(entry: &Entry<'_>, out: &mut dyn Write) -> fmt::Result {
    let first = entry.first();
    writeln!(out, "{}, rule {}: {}", first.severity, first.rule, entry.headline())?;
    for (at, place) in entry.places().into_iter().enumerate() {
        write_place(place, at > 0, out)?;
    }
    if entry.findings().len() > 1 {
        for (finding, name) in entry.findings().iter().zip(entry.names()) {
            let item = finding.group.as_ref().map_or("", |group| &group.item);
            let colon = if item.is_empty() { "" } else { ": " };
            writeln!(out, "  {name}{colon}{}", harmless(item))?;
            write_notes(entry.own_notes(finding), "    ", out)?;
        }
    }
    write_notes(entry.common_notes(), "  ", out)
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

fn write_notes<'a>(
    notes: impl Iterator<Item = (&'static str, &'a str)>,
    indent: &str,
    out: &mut dyn Write,
) -> fmt::Result {
    for (name, text) in notes {
        let spoken = SPOKEN.iter().find(|(short, _)| *short == name).map_or(name, |(_, long)| long);
        let lines: Vec<_> = text.split('\n').map(harmless).collect();
        writeln!(out, "{indent}{spoken} {}", lines.join(" "))?;
    }
    Ok(())
}

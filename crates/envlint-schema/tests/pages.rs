//! The reference pages in `docs/`: what the code knows is written into them by this test, and what
//! they show is run. `ENVLINT_UPDATE=1 cargo test` writes them; what stands outside of the marks
//! `<!-- made: ... -->` is written by hand.
#![allow(clippy::disallowed_methods, reason = "the test reads and writes the pages")]

#[path = "pages/kinds.rs"]
mod kinds;
#[path = "pages/vocabulary.rs"]
mod vocabulary;

use std::fmt::Write;
use std::path::Path;

/// Writes the parts of a page that are made, or compares them.
#[track_caller]
fn compare(page: &str, parts: &[(&str, String)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let committed = std::fs::read_to_string(&path).unwrap();
    let mut made = committed.clone();
    for (name, part) in parts {
        let (begin, end) = (format!("<!-- made: {name} -->\n"), "<!-- end -->");
        let (before, rest) = made.split_once(&begin).unwrap_or_else(|| panic!("{page}: {begin}"));
        let (_, after) = rest.split_once(end).unwrap();
        made = format!("{before}{begin}\n{}\n{end}{after}", part.trim_end().to_owned() + "\n");
    }
    assert_eq!(committed.matches("<!-- made:").count(), parts.len(), "{page} marks other parts");
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == made, "ENVLINT_UPDATE=1 writes {page}");
}

/// A table of Markdown.
fn table<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(COLUMNS));
    for row in rows {
        writeln!(table, "| {} |", row.map(|cell| cell.replace('|', "\\|")).join(" | ")).unwrap();
    }
    table
}

/// Text as code, whatever is in it.
fn code(text: &str) -> String {
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

//! Dotenv as sops reads it, which is not as programs do: each line is a name, `=` and a value as
//! it stands, quotes included. `\n` is a line break. Names that start with `sops_` are metadata.

use std::sync::Arc;

use envlint_model::{Secret, SourceFile, Span, Zeroizing};

use super::MAX_VALUES;
use super::error::{Problem, SopsError};
use super::raw::{Flat, Parts, Raw, RawContent, RawEntry};
use super::scalar::Scalar;
use super::tree::Tree;

/// What the names of metadata start with.
const PREFIX: &str = "sops_";

/// Takes a dotenv file apart.
pub(super) fn parts(source: &Arc<SourceFile>) -> Result<Parts, SopsError> {
    let mut entries = Vec::new();
    let mut metadata = Vec::new();
    let mut comments = Vec::new();
    let mut place = None;
    for line in lines(source) {
        let text = source.slice(line);
        if text.is_empty() {
            continue;
        }
        if text.starts_with('#') {
            comments.push(source.span(line.start as usize + 1..line.end as usize));
            continue;
        }
        let Some(equals) = text.find('=') else {
            let what = "a line that is neither a comment nor NAME=value";
            return Err(SopsError::at(line, Problem::Shape(what)));
        };
        let at = line.start as usize + equals;
        let span = source.span(at + 1..line.end as usize);
        let value = with_line_breaks(source, span);
        if let Some(name) = text[..equals].strip_prefix(PREFIX) {
            place.get_or_insert(line);
            metadata.push(Flat { name: name.to_owned(), text: value, span });
        } else {
            entries.push(RawEntry {
                comments: std::mem::take(&mut comments),
                name: text[..equals].to_owned(),
                name_span: source.span(line.start as usize..at),
                value: Raw { span, content: RawContent::Scalar(Scalar::text(value)) },
            });
        }
        if entries.len() + metadata.len() > MAX_VALUES {
            return Err(Problem::Values.into());
        }
    }
    let place = place.ok_or(Problem::NotSops)?;
    let content = RawContent::Map(entries);
    let whole = source.span(0..source.text().len());
    Ok(Parts { documents: vec![Raw { span: whole, content }], metadata, place })
}

fn lines(source: &SourceFile) -> impl Iterator<Item = Span> {
    let mut start = 0;
    source.text().split('\n').map(move |line| {
        let span = source.span(start..start + line.len());
        start += line.len() + 1;
        span
    })
}

/// The plaintext of a file, line for line. See [`SopsFile::dotenv_text`](super::SopsFile).
pub(super) fn text(source: &SourceFile, tree: &Tree) -> Option<Zeroizing<Box<str>>> {
    let leaves = tree.leaves();
    let escapes = |text: &str| text.matches('\n').count();
    let mut length = source.text().len();
    for (_, _, leaf) in &leaves {
        let text = leaf.text()?.expose();
        length += text.len() + escapes(text);
    }
    // Sized once: growing would leave copies behind.
    let mut plain = Zeroizing::new(String::with_capacity(length));
    let mut values = leaves.iter().peekable();
    for (at, line) in lines(source).enumerate() {
        if at > 0 {
            plain.push('\n');
        }
        let Some((_, span, leaf)) = values.next_if(|(_, span, _)| span.end == line.end) else {
            continue;
        };
        plain.push_str(&source.text()[line.start as usize..span.start as usize]);
        let value = leaf.text()?.expose();
        for (at, part) in value.split('\n').enumerate() {
            if at > 0 {
                plain.push_str("\\n");
            }
            plain.push_str(part);
        }
    }
    Some(Zeroizing::new(plain.as_str().into()))
}

/// The text of a span, with `\n` as a line break.
pub(super) fn with_line_breaks(source: &Arc<SourceFile>, span: Span) -> Secret {
    let text = source.slice(span);
    match text.contains("\\n") {
        true => Secret::made(text.replace("\\n", "\n")),
        false => Secret::slice(source, span),
    }
}

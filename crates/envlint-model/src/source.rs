use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::FilePath;

/// A file of this run, by the order in which it was first read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

/// A range of bytes in one file: `start` inclusive, `end` exclusive, both on character
/// boundaries of the file's text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file that the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that holds both; the other one is ignored if it lies in another file.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether nothing lies between start and end.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether `inner` lies within this span.
    pub fn contains(self, inner: Span) -> bool {
        self.file == inner.file && self.start <= inner.start && inner.end <= self.end
    }

    /// The span as three numbers, to carry it through an interface that knows only numbers.
    pub fn to_raw(self) -> [u32; 3] {
        [self.file.0, self.start, self.end]
    }

    /// The span that [`Span::to_raw`] gave. Made-up numbers do no harm: a file that was never
    /// read has no text, and a range beyond a text is empty.
    pub fn from_raw([file, start, end]: [u32; 3]) -> Self {
        Self { file: FileId(file), start, end }
    }
}

/// Where the text of a source came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As it lies on the disk.
    Plain,
    /// Decrypted in memory: positions are those of the plaintext.
    Decrypted,
    /// As it lies on the disk, with encrypted values in it: whoever edits it breaks it.
    Sealed,
}

/// A line and a column, both counted from 1; columns count characters (Unicode scalar values),
/// which is what editors show for text without combining marks and what SARIF calls
/// `unicodeCodePoints`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// The text of one file, in memory that is wiped when the last user lets go of it.
///
/// It has no `Debug`: a file may hold secrets anywhere.
pub struct SourceFile {
    id: FileId,
    path: FilePath,
    form: Form,
    text: Zeroizing<Box<str>>,
}

impl SourceFile {
    /// This file's identity in spans.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path under which it was read.
    pub fn path(&self) -> &FilePath {
        &self.path
    }

    /// Whether the text was decrypted.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The whole text. It may hold secrets: parsers read it, nothing prints it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The span of a byte range of this file. Both ends are clamped to the text and moved left
    /// to a character boundary, so that slicing by a span can not panic.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(range.start.min(self.text.len()));
        let end = self.text.floor_char_boundary(range.end.min(self.text.len())).max(start);
        Span { file: self.id, start: start as u32, end: end as u32 }
    }

    /// The text of a span; empty if the span belongs to another file.
    pub fn slice(&self, span: Span) -> &str {
        if span.file != self.id {
            return "";
        }
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of a byte offset. Lines end at LF; a CR belongs to its line.
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.text.floor_char_boundary((offset as usize).min(self.text.len()));
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.bytes().filter(|&b| b == b'\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
        }
    }

    /// The span of the whole line around a byte offset, without its line break.
    pub fn line_around(&self, offset: u32) -> Span {
        let offset = self.text.floor_char_boundary((offset as usize).min(self.text.len()));
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let mut end = self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at);
        if end > start && self.text.as_bytes()[end - 1] == b'\r' {
            end -= 1;
        }
        self.span(start..end)
    }
}

/// Every file that was read in this run, numbered in the order of reading.
#[derive(Default)]
pub struct Sources {
    files: Mutex<Vec<Arc<SourceFile>>>,
}

impl Sources {
    /// Takes the text of a file and gives it an identity.
    pub fn add(&self, path: FilePath, form: Form, text: Zeroizing<Box<str>>) -> Arc<SourceFile> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let id = FileId(files.len() as u32);
        let file = Arc::new(SourceFile { id, path, form, text });
        files.push(Arc::clone(&file));
        file
    }

    /// The file with this identity, if it belongs to this run.
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(id.0 as usize).cloned()
    }

    /// All files, in the order of reading.
    pub fn all(&self) -> Vec<Arc<SourceFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Arc<SourceFile> {
        let text = Zeroizing::new(text.to_owned().into_boxed_str());
        Sources::default().add(FilePath::new("a"), Form::Plain, text)
    }

    #[test]
    fn columns_count_characters() {
        let source = file("a\nä=ö x\r\n");
        let at = source.text().find('x').unwrap() as u32;
        assert_eq!(source.position(at), Position { line: 2, column: 5 });
        assert_eq!(source.slice(source.line_around(at)), "ä=ö x");
        assert_eq!(source.position(999), Position { line: 3, column: 1 });
    }

    #[test]
    fn a_span_survives_as_numbers() {
        let source = file("abc");
        let span = source.span(1..2);
        assert_eq!(Span::from_raw(span.to_raw()), span);
        assert_eq!(source.slice(Span::from_raw([0, 2, 9])), "");
        assert_eq!(source.slice(Span::from_raw([7, 0, 1])), "");
    }

    #[test]
    fn spans_never_split_a_character() {
        let source = file("ä");
        let span = source.span(1..9);
        assert_eq!(source.slice(span), "ä");
        assert_eq!(source.slice(source.span(1..1)), "");
    }
}

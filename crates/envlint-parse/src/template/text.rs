use std::ops::Range;
use std::sync::Arc;

use envlint_model::{Secret, SourceFile, Span};
use zeroize::Zeroizing;

/// Text as its reader sees it, and where every byte of it stands in the file.
///
/// Most text stands in the file as it is and is never copied. Text that was unescaped keeps a
/// list of runs, each either verbatim or standing for other bytes, so that a position in the
/// text still leads to its place in the file.
#[derive(Clone)]
pub struct LocatedText {
    file: Arc<SourceFile>,
    span: Span,
    decoded: Option<Decoded>,
}

#[derive(Clone)]
struct Decoded {
    text: Secret,
    /// Never empty, and sorted by both offsets; the first begins with the text. Each run reaches
    /// to where the next one begins.
    runs: Arc<[Run]>,
}

/// A run of decoded text.
#[derive(Clone, Copy)]
struct Run {
    /// Offset in the decoded text.
    text: u32,
    /// Offset in the file.
    source: u32,
    /// Whether both hold the same bytes.
    verbatim: bool,
}

impl LocatedText {
    /// Text that stands in the file as it is.
    pub fn verbatim(file: &Arc<SourceFile>, span: Span) -> Self {
        Self { file: Arc::clone(file), span, decoded: None }
    }

    /// Text that another parser decoded from `span`. Where both are the same, every byte has
    /// its own place; otherwise all of the text stands at the whole span.
    pub fn decoded(file: &Arc<SourceFile>, span: Span, text: Secret) -> Self {
        if text.expose() == file.slice(span) {
            return Self::verbatim(file, span);
        }
        let run = Run { text: 0, source: span.start, verbatim: false };
        Self { file: Arc::clone(file), span, decoded: Some(Decoded { text, runs: [run].into() }) }
    }

    /// Where the text stands as a whole.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The file that it stands in.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The text. Subject to the same care as [`Secret::expose`].
    pub fn as_str(&self) -> &str {
        match &self.decoded {
            None => self.file.slice(self.span),
            Some(decoded) => decoded.text.expose(),
        }
    }

    /// The place in the file that a range of the text came from: exact where the text is
    /// verbatim, and otherwise all that the bytes at its ends were decoded from.
    pub fn locate(&self, range: Range<usize>) -> Span {
        let (start, end) = match &self.decoded {
            None => (self.span.start + range.start as u32, self.span.start + range.end as u32),
            Some(decoded) => {
                let start = decoded.source_of(range.start as u32);
                let end = match range.end.checked_sub(1) {
                    Some(last) if range.end > range.start => {
                        decoded.source_after(last as u32, self.span.end)
                    }
                    _ => start,
                };
                (start, end)
            }
        };
        self.file.span(start as usize..(end.max(start)).min(self.span.end) as usize)
    }

    /// The text of a range, without a copy if it stands in the file as it is.
    pub fn secret(&self, range: Range<usize>) -> Secret {
        let whole = range == (0..self.as_str().len());
        match &self.decoded {
            Some(decoded) if whole => decoded.text.clone(),
            Some(decoded) if !decoded.is_verbatim(&range) => {
                Secret::made(self.as_str().get(range).unwrap_or("").to_owned())
            }
            _ => Secret::slice(&self.file, self.locate(range)),
        }
    }

    /// The runs that stand in the file as they are, each with its place.
    pub(crate) fn verbatim_runs(&self) -> impl Iterator<Item = Span> {
        let whole = self.decoded.is_none().then_some(self.span);
        let runs = self.decoded.iter().flat_map(|decoded| {
            decoded.runs.iter().enumerate().filter(|(_, run)| run.verbatim).map(|(at, run)| {
                let end = decoded.runs.get(at + 1).map_or(self.span.end, |next| next.source);
                self.file.span(run.source as usize..end as usize)
            })
        });
        whole.into_iter().chain(runs)
    }
}

impl Decoded {
    fn run_at(&self, text: u32) -> usize {
        self.runs.partition_point(|run| run.text <= text).saturating_sub(1)
    }

    fn source_of(&self, text: u32) -> u32 {
        let run = self.runs[self.run_at(text)];
        run.source + if run.verbatim { text - run.text } else { 0 }
    }

    /// The end of what the byte at `text` was decoded from.
    fn source_after(&self, text: u32, end: u32) -> u32 {
        let at = self.run_at(text);
        let run = self.runs[at];
        match run.verbatim {
            true => run.source + (text - run.text) + 1,
            false => self.runs.get(at + 1).map_or(end, |next| next.source),
        }
    }

    fn is_verbatim(&self, range: &Range<usize>) -> bool {
        let last = range.end.saturating_sub(1).max(range.start);
        let (first, last) = (self.run_at(range.start as u32), self.run_at(last as u32));
        first == last && self.runs[first].verbatim
    }
}

/// Builds decoded text run by run, from the first byte of its span to the last.
pub(crate) struct Decoder<'f> {
    file: &'f Arc<SourceFile>,
    range: Range<usize>,
    at: usize,
    text: Zeroizing<String>,
    runs: Vec<Run>,
}

impl<'f> Decoder<'f> {
    /// Begins with nothing decoded of `range`, which lies on character boundaries.
    pub(crate) fn new(file: &'f Arc<SourceFile>, range: Range<usize>) -> Self {
        // Nothing that is decoded is longer than it was written, so the text never moves and
        // leaves no copy of a secret behind.
        let text = Zeroizing::new(String::with_capacity(range.len()));
        Self { file, at: range.start, range, text, runs: Vec::new() }
    }

    /// Takes everything up to `until` as it stands.
    pub(crate) fn keep(&mut self, until: usize) {
        if until > self.at {
            self.run(true);
            self.text.push_str(&self.file.text()[self.at..until]);
            self.at = until;
        }
    }

    /// Takes `replacement` for everything up to `until`.
    pub(crate) fn replace(&mut self, until: usize, replacement: &str) {
        self.run(false);
        self.text.push_str(replacement);
        self.at = until;
    }

    /// Takes the rest as it stands, and hands out the text.
    pub(crate) fn finish(mut self) -> LocatedText {
        self.keep(self.range.end);
        let span = self.file.span(self.range.clone());
        if self.runs.iter().all(|run| run.verbatim) {
            return LocatedText::verbatim(self.file, span);
        }
        let decoded = Decoded { text: Secret::made(self.text), runs: self.runs.into() };
        LocatedText { file: Arc::clone(self.file), span, decoded: Some(decoded) }
    }

    fn run(&mut self, verbatim: bool) {
        let next = Run { text: self.text.len() as u32, source: self.at as u32, verbatim };
        match self.runs.last() {
            Some(last) if last.verbatim && verbatim => {}
            _ => self.runs.push(next),
        }
    }
}

//! Characters that end up in a value although hardly anyone means them to.
//!
//! They come from editors, chats and word processors, and nobody sees them: a carriage return
//! before the line break, a no-break space from a web page, a quote that did not pair up. Only
//! what stands in the file as it is counts; `\r` written as an escape is meant.

use envlint_model::{SourceFile, Span};

use super::ValueText;

/// The most strays that are told of one value. More of them say nothing new.
const MAX_STRAYS: usize = 16;

/// A run of characters that was hardly meant to be in a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stray {
    /// What they are.
    pub kind: StrayKind,
    /// Where they stand.
    pub span: Span,
}

/// Kinds of strays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StrayKind {
    /// A carriage return, from line breaks of Windows.
    CarriageReturn,
    /// U+FEFF, which belongs to the start of a file if anywhere.
    ByteOrderMark,
    /// A space that is not the space bar's: no-break, thin, ideographic.
    NoBreakSpace,
    /// A character without a glyph: zero-width space and joiners, soft hyphen, marks of
    /// direction.
    ZeroWidth,
    /// A quote at an end of the value that the reader did not take off.
    Quote,
    /// Spaces or tabs at the end of the value.
    TrailingSpace,
}

impl StrayKind {
    /// The kind in words, for "... in the value".
    pub fn describe(self) -> &'static str {
        match self {
            StrayKind::CarriageReturn => "a carriage return",
            StrayKind::ByteOrderMark => "a byte order mark",
            StrayKind::NoBreakSpace => "a no-break space",
            StrayKind::ZeroWidth => "an invisible character",
            StrayKind::Quote => "a quote",
            StrayKind::TrailingSpace => "white space at the end",
        }
    }

    fn of(c: char, before: Option<char>) -> Option<Self> {
        match c {
            '\r' => Some(StrayKind::CarriageReturn),
            '\u{feff}' => Some(StrayKind::ByteOrderMark),
            // Joiners are spelling in some scripts, and glue between emoji.
            '\u{200c}' | '\u{200d}' => {
                before.is_none_or(|c| c.is_ascii()).then_some(StrayKind::ZeroWidth)
            }
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' => Some(StrayKind::ZeroWidth),
            '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' => {
                Some(StrayKind::ZeroWidth)
            }
            _ if !c.is_ascii() && c.is_whitespace() => Some(StrayKind::NoBreakSpace),
            _ => None,
        }
    }
}

/// The strays of a value, in order of their place.
pub(super) fn find(text: &ValueText) -> Vec<Stray> {
    let text = text.text();
    let file = text.file();
    let mut strays = Vec::new();
    for run in text.verbatim_runs() {
        characters(file, run, &mut strays);
        if strays.len() >= MAX_STRAYS {
            break;
        }
    }
    ends(file, text.span(), &mut strays);
    strays.sort_by_key(|stray| stray.span);
    strays
}

fn characters(file: &SourceFile, run: Span, strays: &mut Vec<Stray>) {
    let start = run.start as usize;
    let mut before = None;
    for (at, c) in file.slice(run).char_indices() {
        let kind = StrayKind::of(c, before);
        before = Some(c);
        let Some(kind) = kind else { continue };
        let span = file.span(start + at..start + at + c.len_utf8());
        let continues = |last: &&mut Stray| last.kind == kind && last.span.end == span.start;
        if let Some(last) = strays.last_mut().filter(continues) {
            last.span = last.span.to(span);
        } else if strays.len() < MAX_STRAYS {
            strays.push(Stray { kind, span });
        } else {
            return;
        }
    }
}

/// Quotes and white space at the ends of what stands between the quotes that were taken off.
fn ends(file: &SourceFile, content: Span, strays: &mut Vec<Stray>) {
    let text = file.slice(content);
    let (start, end) = (content.start as usize, content.end as usize);
    let kept = text.trim_end_matches([' ', '\t']).len();
    if kept < text.len() {
        let span = file.span(start + kept..end);
        strays.push(Stray { kind: StrayKind::TrailingSpace, span });
    }
    let first = text.chars().next();
    let last = text.chars().next_back();
    let opens = first.is_some_and(is_opening);
    if let Some(quote) = first.filter(|_| opens) {
        let span = file.span(start..start + quote.len_utf8());
        strays.push(Stray { kind: StrayKind::Quote, span });
    }
    // An apostrophe at the end alone is spelling, an escaped quote is meant.
    let closes = |quote: char| {
        let before = &text[..text.len() - quote.len_utf8()];
        let escaped = before.ends_with('\\') || before.is_empty();
        let alone = quote != '\'' && quote != '’' && !before.contains(is_partner(quote));
        !escaped && is_closing(quote) && (opens || alone)
    };
    if let Some(quote) = last.filter(|quote| closes(*quote)) {
        let span = file.span(end - quote.len_utf8()..end);
        strays.push(Stray { kind: StrayKind::Quote, span });
    }
}

fn is_opening(c: char) -> bool {
    matches!(c, '\'' | '"' | '`' | '“' | '‘')
}

fn is_closing(c: char) -> bool {
    matches!(c, '\'' | '"' | '`' | '”' | '’')
}

/// The quote that a closing one pairs with.
fn is_partner(quote: char) -> char {
    match quote {
        '”' => '“',
        '’' => '‘',
        same => same,
    }
}

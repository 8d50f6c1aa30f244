use std::ops::Range;

use envlint_model::{KnownText, Piece, Unknown, Value};
use zeroize::Zeroizing;

use crate::At;

/// What stands for a piece that is left out. A digit may stand in a host, a port, a path and in
/// user information, so that a URL with a gap still has the shape that its author gave it.
const GAP: &str = "0";

/// A value as one text, with gaps for the pieces that are not known.
pub(crate) struct Joined<'a> {
    value: &'a Value,
    text: KnownText<'a>,
    /// Pieces that came through more steps than this are gaps as well.
    depth: usize,
}

impl<'a> Joined<'a> {
    /// The value with gaps where it is not known.
    pub(crate) fn new(value: &'a Value) -> Self {
        Self::with_depth(value, usize::MAX)
    }

    /// The value as its author wrote it: with gaps also where known text was interpolated.
    pub(crate) fn template(value: &'a Value) -> Self {
        let depths = value.pieces().iter().map(|piece| piece.origin.via.len());
        Self::with_depth(value, depths.min().unwrap_or(0))
    }

    fn with_depth(value: &'a Value, depth: usize) -> Self {
        let text = match value.pieces() {
            [] => KnownText::Borrowed(""),
            [piece] => KnownText::Borrowed(piece.text().unwrap_or(GAP)),
            pieces => {
                let parts = || pieces.iter().map(|piece| shown(piece, depth).unwrap_or(GAP));
                let mut text = Zeroizing::new(String::with_capacity(parts().map(str::len).sum()));
                parts().for_each(|part| text.push_str(part));
                KnownText::Joined(text)
            }
        };
        Self { value, text, depth }
    }

    pub(crate) fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The pieces with their ranges in the text.
    fn pieces(&self) -> impl Iterator<Item = (Range<usize>, &'a Piece)> {
        let depth = self.depth;
        self.value.pieces().iter().scan(0, move |next, piece| {
            let start = *next;
            *next += shown(piece, depth).unwrap_or(GAP).len();
            Some((start..*next, piece))
        })
    }

    /// The gaps: where they are, which piece they stand for, and the piece.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = (usize, usize, &'a Piece)> {
        let depth = self.depth;
        self.pieces()
            .enumerate()
            .filter(move |(_, (_, piece))| shown(piece, depth).is_none())
            .map(|(nth, (range, piece))| (range.start, nth, piece))
    }

    /// Why a range of the text is not wholly known: the first reason.
    pub(crate) fn unknown_in(&self, range: &Range<usize>) -> Option<&'a Unknown> {
        self.pieces()
            .filter(|(at, _)| range.start <= at.start && at.start < range.end)
            .find_map(|(_, piece)| piece.unknown())
    }

    /// A range of the text as a part of the value, if it lies within one piece.
    pub(crate) fn at(&self, range: &Range<usize>) -> Option<At> {
        let holds = |at: &Range<usize>| at.start <= range.start && range.end <= at.end;
        let (piece, (at, _)) = self.pieces().enumerate().find(|(_, (at, _))| holds(at))?;
        let whole = *range == (0..self.text().len());
        (!whole).then(|| At { piece, range: range.start - at.start..range.end - at.start })
    }
}

/// The text of a piece, unless it is a gap.
fn shown(piece: &Piece, depth: usize) -> Option<&str> {
    piece.text().filter(|_| piece.origin.via.len() <= depth)
}

/// For tests: a value in which `*` stands for a piece that is not known.
#[cfg(test)]
pub(crate) fn half_known(text: &str) -> Value {
    use envlint_model::{Content, Form, Origin, Reader, Secret, Sources};

    let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
    let origin = Origin::new(file.span(0..0), Reader::Compose);
    let mut value = Value::empty(origin.clone());
    for (nth, part) in text.split('*').enumerate() {
        if nth > 0 {
            let why = Unknown::Encrypted { file: "vault.age".into(), name: None };
            value.push(Content::Unknown(why), origin.clone());
        }
        value.push(Content::Known(Secret::made(part.to_owned())), origin.clone());
    }
    value
}

use std::fmt;

use zeroize::Zeroizing;

use crate::{FilePath, Name, Secret, Span};

/// The value of a variable that is set: pieces of text, each with where it came from.
///
/// An unset variable has no `Value`; an empty one has a value without pieces. A value that
/// comes half from a file and half from a vault has a known and an unknown piece, and what the
/// known one proves is still checked.
#[derive(Clone)]
pub struct Value {
    origin: Origin,
    pieces: Vec<Piece>,
}

/// One run of text, or of what is not known.
#[derive(Clone)]
pub struct Piece {
    /// The text, or why there is none.
    pub content: Content,
    /// Where this piece stands.
    pub origin: Origin,
}

/// What is known of a piece.
#[derive(Clone)]
pub enum Content {
    /// This text.
    Known(Secret),
    /// Set, but not to be seen from here.
    Unknown(Unknown),
}

/// Why the text of a piece is not known. Each reason names what a person could do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unknown {
    /// In an encrypted file for which no identity was given.
    Encrypted {
        /// The encrypted file.
        file: FilePath,
        /// Which variable of it, if a name is known.
        name: Option<Name>,
    },
    /// Set in a place that tells names only: a dashboard, a list of secret names.
    NamesOnly {
        /// The file that lists the names.
        file: FilePath,
        /// The variable.
        name: Name,
    },
    /// In a file that exists but could not be read; a finding says why.
    Unreadable {
        /// The file.
        file: FilePath,
        /// Which variable of it, if a name is known.
        name: Option<Name>,
    },
    /// One text or another, depending on something unknown: `${X:+text}` while it is not known
    /// whether `X` is empty. It is a copy of neither.
    Undecided(Box<Unknown>),
}

/// What an unknown piece is a copy of: two pieces with one identity hold one text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Identity<'a> {
    file: &'a FilePath,
    name: &'a Name,
}

impl Unknown {
    /// The place and name that this piece copies, if it is a whole variable of that place.
    pub fn identity(&self) -> Option<Identity<'_>> {
        match self {
            Unknown::Encrypted { file, name: Some(name) }
            | Unknown::Unreadable { file, name: Some(name) }
            | Unknown::NamesOnly { file, name } => Some(Identity { file, name }),
            Unknown::Encrypted { name: None, .. }
            | Unknown::Unreadable { name: None, .. }
            | Unknown::Undecided(_) => None,
        }
    }
}

impl fmt::Display for Unknown {
    /// Continues "not verified: DATABASE_URL of web (...)".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Encrypted { file, .. } => write!(f, "in {file}, no identity was given"),
            Unknown::NamesOnly { file, .. } => write!(f, "set elsewhere, {file} holds names only"),
            Unknown::Unreadable { file, .. } => write!(f, "in {file}, which could not be read"),
            Unknown::Undecided(cause) => cause.fmt(f),
        }
    }
}

/// Where a value or a piece of one stands, and how it got from there into the environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The text itself.
    pub span: Span,
    /// Who reads the file.
    pub reader: Reader,
    /// The steps between that place and the environment, innermost first.
    pub via: Vec<Via>,
}

impl Origin {
    /// An origin without steps between.
    pub fn new(span: Span, reader: Reader) -> Self {
        Self { span, reader, via: Vec::new() }
    }

    /// The same origin, seen through one more step.
    pub fn through(mut self, kind: ViaKind, span: Span) -> Self {
        self.via.push(Via { kind, span });
        self
    }
}

/// A step between where a text stands and the environment that it ends in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Via {
    /// What kind of step.
    pub kind: ViaKind,
    /// Where the step is written: the `*alias`, the `${NAME}`.
    pub span: Span,
}

/// The kinds of steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ViaKind {
    /// A YAML alias.
    Alias,
    /// A YAML merge key.
    MergeKey,
    /// `${NAME}` in a template.
    Interpolation,
    /// A null entry of Compose's `environment`, which passes the launch environment's value on.
    PassThrough,
}

/// Who reads a file: the same bytes mean different things to different readers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reader {
    /// Compose reading a project `.env` or an `env_file` (compose-go).
    Compose,
    /// The npm package `dotenv`, version 15 and later.
    Dotenv,
    /// Compose reading its YAML file.
    ComposeFile,
    /// The manifest's own list of names.
    Names,
    /// sops, which hands each value of its file on as it is.
    Sops,
}

impl Reader {
    /// The dotenv readers that a manifest can name.
    pub const DOTENV: [Reader; 2] = [Reader::Compose, Reader::Dotenv];

    /// The name in manifests, reports and `--as`.
    pub fn as_str(self) -> &'static str {
        match self {
            Reader::Compose => "compose",
            Reader::Dotenv => "dotenv",
            Reader::ComposeFile => "compose-file",
            Reader::Names => "names",
            Reader::Sops => "sops",
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text of a wholly known value: borrowed where it stands in one piece, joined otherwise.
pub enum KnownText<'a> {
    /// One piece.
    Borrowed(&'a str),
    /// Several pieces, joined in memory that is wiped.
    Joined(Zeroizing<String>),
}

impl KnownText<'_> {
    /// The text. Subject to the same care as [`Secret::expose`].
    pub fn as_str(&self) -> &str {
        match self {
            KnownText::Borrowed(text) => text,
            KnownText::Joined(text) => text,
        }
    }
}

impl Value {
    /// A value with no text yet, standing at `origin`; as it is, the empty value.
    pub fn empty(origin: Origin) -> Self {
        Self { origin, pieces: Vec::new() }
    }

    /// A value of one known piece.
    pub fn literal(text: Secret, origin: Origin) -> Self {
        let mut value = Self::empty(origin.clone());
        value.push(Content::Known(text), origin);
        value
    }

    /// A value of which nothing is known but that it is set.
    pub fn unknown(why: Unknown, origin: Origin) -> Self {
        let mut value = Self::empty(origin.clone());
        value.push(Content::Unknown(why), origin);
        value
    }

    /// Appends a piece; known pieces without text are left out.
    pub fn push(&mut self, content: Content, origin: Origin) {
        if !matches!(&content, Content::Known(text) if text.is_empty()) {
            // Most values are one piece, and a vector that grows by itself makes room for four.
            if self.pieces.is_empty() {
                self.pieces.reserve_exact(1);
            }
            self.pieces.push(Piece { content, origin });
        }
    }

    /// Appends all pieces of `other`, each marked as having come through one more step.
    pub fn append(&mut self, other: &Value, kind: ViaKind, span: Span) {
        for piece in &other.pieces {
            self.push(piece.content.clone(), piece.origin.clone().through(kind, span));
        }
    }

    /// Where the value as a whole stands.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same value as it arrives through one more step.
    pub fn through(mut self, kind: ViaKind, span: Span) -> Self {
        self.origin = self.origin.through(kind, span);
        self
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The whole text, if every piece is known.
    pub fn known(&self) -> Option<KnownText<'_>> {
        match self.pieces.as_slice() {
            [] => Some(KnownText::Borrowed("")),
            [Piece { content: Content::Known(text), .. }] => {
                Some(KnownText::Borrowed(text.expose()))
            }
            pieces => {
                let parts: Option<Vec<&str>> = pieces.iter().map(Piece::text).collect();
                let parts = parts?;
                let mut joined =
                    Zeroizing::new(String::with_capacity(parts.iter().map(|p| p.len()).sum()));
                parts.iter().for_each(|part| joined.push_str(part));
                Some(KnownText::Joined(joined))
            }
        }
    }

    /// Why the value is not wholly known: the first reason.
    pub fn first_unknown(&self) -> Option<&Unknown> {
        self.pieces.iter().find_map(Piece::unknown)
    }

    /// Whether the value is certainly the empty text.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The known text before the first unknown piece.
    pub fn known_prefix(&self) -> Zeroizing<String> {
        let mut prefix = Zeroizing::new(String::new());
        self.pieces.iter().map_while(Piece::text).for_each(|text| prefix.push_str(text));
        prefix
    }

    /// The known text after the last unknown piece.
    pub fn known_suffix(&self) -> Zeroizing<String> {
        let known = self.pieces.iter().rev().take_while(|p| p.text().is_some()).count();
        let mut suffix = Zeroizing::new(String::new());
        self.pieces[self.pieces.len() - known..]
            .iter()
            .filter_map(Piece::text)
            .for_each(|text| suffix.push_str(text));
        suffix
    }

    /// Whether both hold the same text for certain, although parts of it are unknown: the same
    /// known text around pieces with the same identity.
    pub(crate) fn is_identical(&self, other: &Value) -> bool {
        let (mut a, mut b) = (Segments::new(self), Segments::new(other));
        loop {
            match (a.next(), b.next()) {
                (None, None) => return true,
                (Some(Segment::Text(x)), Some(Segment::Text(y))) if *x == *y => {}
                (Some(Segment::Unknown(x)), Some(Segment::Unknown(y)))
                    if x.identity().is_some() && x.identity() == y.identity() => {}
                _ => return false,
            }
        }
    }

    /// Whether the known ends of both already differ, whatever the unknown rest is.
    pub(crate) fn contradicts(&self, other: &Value) -> bool {
        let (a, b) = (self.known_prefix(), other.known_prefix());
        let (x, y) = (self.known_suffix(), other.known_suffix());
        let head = a.bytes().zip(b.bytes()).any(|(a, b)| a != b);
        let tail = x.bytes().rev().zip(y.bytes().rev()).any(|(x, y)| x != y);
        head || tail
    }
}

impl Piece {
    /// The text, if it is known. Subject to the same care as [`Secret::expose`].
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Known(text) => Some(text.expose()),
            Content::Unknown(_) => None,
        }
    }

    /// Why there is no text, if there is none.
    pub fn unknown(&self) -> Option<&Unknown> {
        match &self.content {
            Content::Known(_) => None,
            Content::Unknown(why) => Some(why),
        }
    }
}

/// The pieces of a value with neighbouring known ones joined, so that values compare by what
/// they say and not by how they were put together.
struct Segments<'a> {
    pieces: std::iter::Peekable<std::slice::Iter<'a, Piece>>,
}

enum Segment<'a> {
    Text(Zeroizing<String>),
    Unknown(&'a Unknown),
}

impl<'a> Segments<'a> {
    fn new(value: &'a Value) -> Self {
        Self { pieces: value.pieces.iter().peekable() }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        if let Content::Unknown(why) = &self.pieces.peek()?.content {
            self.pieces.next();
            return Some(Segment::Unknown(why));
        }
        let mut text = Zeroizing::new(String::new());
        while let Some(part) = self.pieces.peek().and_then(|piece| piece.text()) {
            text.push_str(part);
            self.pieces.next();
        }
        Some(Segment::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Equality, Form, SecretEquality, Sources};

    fn origin() -> Origin {
        let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
        Origin::new(file.span(0..0), Reader::Compose)
    }

    fn known(text: &str) -> Content {
        Content::Known(Secret::made(text.to_owned()))
    }

    fn vault(name: &str) -> Content {
        Content::Unknown(Unknown::Encrypted { file: "vault.age".into(), name: Some(name.into()) })
    }

    fn value(pieces: Vec<Content>) -> Value {
        let mut value = Value::empty(origin());
        pieces.into_iter().for_each(|content| value.push(content, origin()));
        value
    }

    #[test]
    fn compares_as_far_as_it_is_known() {
        let compare = |a, b| SecretEquality::default().compare(&value(a), &value(b));
        let split = vec![known("CAN"), known("ARY")];
        assert_eq!(compare(split, vec![known("CANARY")]), Equality::Same);
        assert_eq!(compare(vec![known("a")], vec![known("b")]), Equality::Different);
        assert_eq!(compare(vec![vault("A")], vec![vault("A")]), Equality::Same);
        assert_eq!(compare(vec![vault("A")], vec![vault("B")]), Equality::Unknown);
        let (http, https) = (known("http://"), known("https://"));
        assert_eq!(compare(vec![http, vault("A")], vec![https, vault("A")]), Equality::Different);
        let tails = (vec![vault("A"), known("/a")], vec![vault("B"), known("/b")]);
        assert_eq!(compare(tails.0, tails.1), Equality::Different);
        assert_eq!(compare(vec![], vec![vault("A")]), Equality::Unknown);
    }

    #[test]
    fn what_depends_on_an_unknown_is_not_a_copy_of_it() {
        let Content::Unknown(cause) = vault("A") else { unreachable!() };
        let undecided = Content::Unknown(Unknown::Undecided(Box::new(cause)));
        let compare = |a, b| SecretEquality::default().compare(&value(a), &value(b));
        assert_eq!(compare(vec![undecided.clone()], vec![undecided]), Equality::Unknown);
    }

    #[test]
    fn an_empty_value_is_known_and_set() {
        assert!(value(vec![known("")]).is_empty());
        assert_eq!(value(vec![]).known().map(|text| text.as_str().len()), Some(0));
        assert!(value(vec![vault("A")]).known().is_none());
    }
}

//! One walk over a file's values, in the order that the MAC counts them in.

use envlint_model::{SourceFile, Span};

use super::error::{Problem, SopsError};
use super::metadata::shown;
use super::raw::{Raw, RawContent};
use super::scalar::Scalar;
use super::selection::Selection;
use super::tree::{Content, Entry, Leaf, Node, Tree};
use super::{MAX_NAMES_BYTES, SopsFile};

/// What is done with each value.
pub(super) trait Visitor {
    /// The value as it goes into the tree; `None` for what is none, a comment in a list.
    fn leaf(&mut self, place: &Place<'_>, scalar: &Scalar) -> Result<Option<Leaf>, SopsError>;
}

/// Where a value stands.
pub(super) struct Place<'a> {
    /// The names that lead to it, each followed by a colon; items of lists have none.
    pub(super) names: &'a str,
    pub(super) span: Span,
    /// Whether the value is to be encrypted.
    pub(super) due: bool,
    pub(super) in_list: bool,
}

impl Place<'_> {
    /// The place for a message: `database.host`.
    pub(super) fn name(&self) -> String {
        told(self.names)
    }

    pub(super) fn error(&self, problem: Problem) -> SopsError {
        SopsError::at(self.span, problem)
    }
}

/// The longest name that is shown. A line of a private key has 64 characters.
const LONGEST_NAME: usize = 48;

/// The names that lead to a value as a person writes them. What does not look like a name may
/// have become one by mistake, as the start of a URL before its first `=` in a dotenv file.
pub(super) fn told(names: &str) -> String {
    let is_name = |name: &str| {
        let fits = |character: char| character.is_alphanumeric() || "_-. ".contains(character);
        name.len() <= LONGEST_NAME && name.chars().all(fits)
    };
    let names = names.trim_end_matches(':').split(':');
    let names: Vec<&str> = names.map(|name| if is_name(name) { name } else { "..." }).collect();
    shown(&names.join("."))
}

/// Walks over all documents of a file.
pub(super) fn walk(file: &SopsFile, visitor: &mut dyn Visitor) -> Result<Tree, SopsError> {
    let mut walk = Walk {
        source: &file.source,
        selection: &file.metadata.selection,
        names: String::new(),
        visitor,
    };
    let documents = file
        .documents
        .iter()
        .filter_map(|document| walk.value(document, false, false).transpose())
        .collect::<Result<_, _>>()?;
    Ok(Tree { documents })
}

struct Walk<'a> {
    source: &'a SourceFile,
    selection: &'a Selection,
    names: String,
    visitor: &'a mut dyn Visitor,
}

impl Walk<'_> {
    /// `is_matched`: whether the rule for what is encrypted speaks of a name or comment above.
    fn value(
        &mut self,
        raw: &Raw,
        is_matched: bool,
        in_list: bool,
    ) -> Result<Option<Node>, SopsError> {
        let content = match &raw.content {
            RawContent::Map(entries) => {
                let mut read = Vec::with_capacity(entries.len());
                for entry in entries {
                    let is_matched = is_matched
                        || self.selection.matches_name(&entry.name)
                        || self.matches_comments(&entry.comments);
                    let above = self.names.len();
                    self.names.push_str(&entry.name);
                    self.names.push(':');
                    if self.names.len() > MAX_NAMES_BYTES {
                        return Err(SopsError::at(entry.name_span, Problem::Names));
                    }
                    let value = self.value(&entry.value, is_matched, false)?;
                    self.names.truncate(above);
                    read.extend(value.map(|value| Entry {
                        name: entry.name.clone(),
                        name_span: entry.name_span,
                        value,
                    }));
                }
                Content::Map(read)
            }
            RawContent::List(items) => {
                let mut read = Vec::with_capacity(items.len());
                for item in items {
                    let is_matched = is_matched || self.matches_comments(&item.comments);
                    read.extend(self.value(&item.value, is_matched, true)?);
                }
                Content::List(read)
            }
            RawContent::Scalar(scalar) => {
                let due = self.selection.encrypts(is_matched);
                let place = Place { names: &self.names, span: raw.span, due, in_list };
                let Some(leaf) = self.visitor.leaf(&place, scalar)? else { return Ok(None) };
                Content::Leaf(leaf)
            }
        };
        Ok(Some(Node { span: raw.span, content }))
    }

    fn matches_comments(&self, comments: &[Span]) -> bool {
        comments.iter().any(|span| self.selection.matches_comment(self.source.slice(*span)))
    }
}

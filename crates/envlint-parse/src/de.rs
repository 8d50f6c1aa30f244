//! Reading a document into plain structs, with every mistake at once and each at its place.
//!
//! One list of fields should give reading, the errors for what is not a field, and the JSON
//! Schema that editors use. `serde` and `schemars` already make that list from a struct; what
//! serde lacks is positions and more than one error. Both come from here:
//!
//! - A struct names its fields when it asks to be read, so a name that is none of them is told
//!   with "did you mean", and reading goes on.
//! - A value that can not be read is told, left out, and everything is read once more without
//!   it. That is how the mistake in one service does not hide those in the next, and how the
//!   structs stay plain: no field has to be wrapped to be allowed to fail. A struct that lacks a
//!   required field because of that is left out in turn, without a word more.
//! - [`Located`] keeps where a value stands, for what can only be checked later.
//!
//! No error holds a value of the document. Names of fields are public and are told; the words of
//! an enumeration are told where [`Options::quote_words`] says that the document holds no
//! secrets.

mod access;
mod expect;
mod failure;
mod located;
mod reader;
mod state;

use envlint_model::Span;
use serde::de::DeserializeOwned;

use crate::tree::Node;
use reader::Reader;
use state::State;

pub use located::Located;

/// The most errors that are told of one document. Each costs one more reading of it.
pub const MAX_FIELD_ERRORS: usize = 100;

/// The most values that all readings of one document may look at together. It is beyond what
/// honest documents need, and ends a made-up one that is long and wrong in many places.
pub const MAX_VALUES_READ: usize = 1_000_000;

/// A field that is not as the struct wants it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// The value, or the name of the field if that is what is wrong.
    pub span: Span,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    /// Which field: `services.engine.sources[1]`; empty for the whole document.
    pub path: String,
}

/// How to read.
#[derive(Clone, Copy, Default, Debug)]
pub struct Options {
    /// Whether an error may quote a word that is none of an enumeration's: only for documents
    /// that hold no secrets.
    pub quote_words: bool,
}

/// Reads a node into a struct. Gives as much as could be read, nothing if the node as a whole is
/// wrong, and all that was wrong, in the order of the file.
///
/// ```
/// # use std::sync::Arc;
/// # use envlint_model::{Form, Sources};
/// # let text = zeroize::Zeroizing::new(Box::from("[service]\nprot = 8080\n"));
/// # let file = Sources::default().add("envlint.toml".into(), Form::Plain, text);
/// use envlint_parse::{de, toml};
///
/// #[derive(serde::Deserialize)]
/// struct Manifest { service: Service }
/// #[derive(serde::Deserialize)]
/// struct Service { port: Option<u16> }
///
/// let (document, _) = toml::parse(&file);
/// let (manifest, errors) = de::from_node::<Manifest>(document.root().unwrap());
/// assert_eq!(manifest.unwrap().service.port, None);
/// assert_eq!(errors[0].message, "unknown field `prot`");
/// assert_eq!(errors[0].help.as_deref(), Some("did you mean `port`?"));
/// assert_eq!(file.slice(errors[0].span), "prot");
/// ```
pub fn from_node<T: DeserializeOwned>(node: Node<'_>) -> (Option<T>, Vec<FieldError>) {
    from_node_with(node, Options::default())
}

/// [`from_node`], with options.
pub fn from_node_with<T: DeserializeOwned>(
    node: Node<'_>,
    options: Options,
) -> (Option<T>, Vec<FieldError>) {
    let node = node.resolve().node;
    let state = State::new(options);
    let value = loop {
        match T::deserialize(Reader::new(node, &state)) {
            Ok(value) => break Some(value),
            Err(failure) if failure.is_left_out() && state.may_read_again() => {}
            Err(failure) => {
                state.tell(failure, node);
                break None;
            }
        }
    };
    (value, state.into_errors())
}

//! Every way in for bytes that somebody else wrote, and what must hold of any of them.
//!
//! These functions are compiled twice. Under `cargo fuzz` they are the targets that random bytes
//! are thrown at; in `crates/envlint/tests/corpus.rs` they are replayed over the inputs that were
//! worth keeping, with an ordinary compiler, so that `cargo test` keeps both alive.
//!
//! That nothing panics and nothing hangs is checked by running them. Beyond that each target
//! asserts what its stage promises of every input: spans lie in their file, tokens print back,
//! bounds hold, and no secret comes out.

mod age;
mod check;
mod dockerfile;
mod manifest;
mod nginx;
mod sops;
mod text;
mod tree;

use std::sync::Arc;

use envlint_model::{Form, SourceFile, Sources, Span};

/// Starts a file in the input of `check`; its path follows.
pub(crate) const FILE: &str = "=== ";

/// What a target does with its input.
type Target = fn(&[u8]);

/// The targets by name, which is also that of their corpus.
pub(crate) const TARGETS: [(&str, Target); 11] = [
    ("age", age::age),
    ("check", check::check),
    ("dockerfile", dockerfile::dockerfile),
    ("dotenv", text::dotenv),
    ("json", tree::json),
    ("manifest", manifest::manifest),
    ("nginx", nginx::nginx),
    ("sops", sops::sops),
    ("template", text::template),
    ("toml", tree::toml),
    ("yaml", tree::yaml),
];

/// Feeds a target.
///
/// # Panics
///
/// If something does not hold of `bytes`, or if there is no target of this name.
pub(crate) fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.expect("every name that is used is in the table");
    target(bytes);
}

/// The bytes as a file of their own, as envlint reads one: only what is UTF-8 comes to a parser.
fn source(bytes: &[u8]) -> Option<Arc<SourceFile>> {
    let text: Box<str> = str::from_utf8(bytes).ok()?.into();
    Some(Sources::default().add("input".into(), Form::Plain, text.into()))
}

/// A span is a range of its file, on character boundaries.
#[track_caller]
fn assert_within(file: &SourceFile, span: Span) {
    assert_eq!(span, file.span(span.start as usize..span.end as usize));
}

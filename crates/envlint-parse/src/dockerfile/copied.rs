//! What `COPY` and `ADD` take from the context of a build.

use envlint_model::{FilePath, Name, Span};

use super::words::Word;
use super::{Refers, Text};
use crate::glob::Glob;

/// A `COPY` or an `ADD`.
pub struct Copied {
    /// The stage or image that it copies from; `None` for the context.
    pub from: Option<Name>,
    /// What it copies, without where to. Empty if it leaves some of it out (`--exclude`), of
    /// which nothing more is read.
    pub sources: Vec<Text>,
}

impl Copied {
    pub(super) fn of(words: &[Word]) -> Self {
        let flags = words.iter().take_while(|word| word.starts_with("--")).count();
        let (flags, words) = words.split_at(flags);
        let from = flags.iter().find_map(|flag| flag.flag("--from="));
        let excludes = flags.iter().any(|flag| flag.starts_with("--exclude"));
        let mut sources: Vec<Text> = match words.first() {
            // `["a", "b"]`: what is between commas, with or without space.
            Some(first) if first.starts_with("[") => {
                words.iter().flat_map(|word| word.elements()).collect()
            }
            _ => words.iter().map(Word::text).collect(),
        };
        sources.pop();
        if excludes {
            sources.clear();
        }
        Self { from, sources }
    }

    /// The source by which it takes a file of the context, whose path starts there. Of a source
    /// that refers to variables it is not known what it takes.
    pub fn takes(&self, path: &str) -> Option<Span> {
        let taken = |source: &&Text| source.refers == Refers::Nothing && takes(source, path);
        let source = self.sources.iter().find(taken)?;
        self.from.is_none().then_some(source.span)
    }
}

fn takes(source: &Text, path: &str) -> bool {
    let source = source.text.expose();
    // Addresses that `ADD` fetches from, and heredocs, are nothing of the context.
    if source.contains("://") || source.starts_with("<<") {
        return false;
    }
    // A leading `/`, and a `..` that leads out, mean the root of the context.
    let source = FilePath::new(&format!("/{source}"));
    let source = source.as_str().trim_start_matches('/');
    source.is_empty() || Glob::plain(source).is_some_and(|glob| glob.matches_within(path))
}

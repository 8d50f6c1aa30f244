use std::sync::Arc;

use envlint_model::{SourceFile, Span, SyntaxError};
use envlint_parse::tree::Document;
use envlint_parse::{json, yaml};

use super::error::{Problem, SopsError};
use super::raw::{self, Parts};
use super::{dotenv, ini};

/// The formats that sops writes. A file that it encrypts as one piece (`binary`) is JSON with
/// its bytes under `data`: see [`Tree::as_binary`](super::Tree::as_binary).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Store {
    /// YAML of any number of documents.
    Yaml,
    /// JSON.
    Json,
    /// Lines of `NAME=value`.
    Dotenv,
    /// INI.
    Ini,
}

impl Store {
    /// The format of a text that looks like a SOPS file. Looks for sops's metadata line by line,
    /// so it tells of a damaged file too; `None` for everything else.
    pub fn detect(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') {
            let names = ["\"sops\"", "\"lastmodified\"", "\"mac\""];
            return names.iter().all(|name| text.contains(name)).then_some(Store::Json);
        }
        let mut signs = Signs::default();
        for line in text.lines() {
            signs.dotenv |= line.starts_with("sops_lastmodified=") || line.starts_with("sops_mac=");
            signs.section |= line.trim() == "[sops]";
            signs.mapping |= line
                .strip_prefix("sops:")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']));
            signs.modified |= line.trim_start().starts_with("lastmodified");
        }
        match signs {
            Signs { dotenv: true, .. } => Some(Store::Dotenv),
            Signs { section: true, modified: true, .. } => Some(Store::Ini),
            Signs { mapping: true, modified: true, .. } => Some(Store::Yaml),
            _ => None,
        }
    }

    /// The name that `sops --input-type` has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Store::Yaml => "yaml",
            Store::Json => "json",
            Store::Dotenv => "dotenv",
            Store::Ini => "ini",
        }
    }

    /// Takes a file of this format apart.
    pub(super) fn parts(self, source: &Arc<SourceFile>) -> Result<Parts, SopsError> {
        if let Some(marker) = conflict(source) {
            return Err(SopsError::at(marker, Problem::Conflict));
        }
        match self {
            Store::Yaml => tree(yaml::parse(source)),
            Store::Json => tree(json::parse(source)),
            Store::Dotenv => dotenv::parts(source),
            Store::Ini => ini::parts(source),
        }
    }
}

/// What was seen of a file's metadata.
#[derive(Default)]
struct Signs {
    dotenv: bool,
    section: bool,
    mapping: bool,
    modified: bool,
}

fn tree((document, errors): (Document, Vec<SyntaxError>)) -> Result<Parts, SopsError> {
    match errors.into_iter().next() {
        Some(error) => Err(SopsError::at(error.span, Problem::Syntax(error.message))),
        None => raw::parts(&document),
    }
}

/// The first line that git writes around what it could not merge.
fn conflict(source: &SourceFile) -> Option<Span> {
    let text = source.text();
    let is_marker = |line: &str| {
        ["<<<<<<<", ">>>>>>>"].iter().any(|marker| {
            line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    };
    let mut at = 0;
    for line in text.split('\n') {
        if is_marker(line.trim_end_matches('\r')) {
            return Some(source.span(at..at + line.len()));
        }
        at += line.len() + 1;
    }
    None
}

//! What the tests of dotenv readers share.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use envlint_model::{FilePath, Form, Origin, Reader, Secret, SourceFile, Sources, Value};
use envlint_parse::dotenv::{Document, evaluate, parse};
use serde::Deserialize;
use zeroize::Zeroizing;

/// Names and values, or nothing if the reader refuses the file.
pub(crate) type Variables = Option<BTreeMap<String, String>>;

/// What real programs made of files.
#[derive(Deserialize)]
pub(crate) struct Recording {
    /// The environment that they ran in.
    pub(crate) environment: BTreeMap<String, String>,
    /// The files.
    pub(crate) snippets: Vec<Snippet>,
}

/// One file.
#[derive(Deserialize)]
pub(crate) struct Snippet {
    pub(crate) name: String,
    pub(crate) text: String,
    /// By program and version.
    pub(crate) expected: BTreeMap<String, Variables>,
}

impl Recording {
    pub(crate) fn load() -> Self {
        let text = include_str!("../../../../fixtures/dialects/recorded.json");
        serde_json::from_str(text).expect("the recording is JSON")
    }
}

pub(crate) fn file(text: &str) -> Arc<SourceFile> {
    let text = Zeroizing::new(text.to_owned().into_boxed_str());
    Sources::default().add(FilePath::new(".env"), Form::Plain, text)
}

/// Parses and evaluates a text as a reader does.
pub(crate) fn read(
    text: &str,
    reader: Reader,
    environment: &BTreeMap<String, String>,
) -> Variables {
    let (document, _) = parse(&file(text), reader);
    variables(&document, environment)
}

pub(crate) fn variables(document: &Document, environment: &BTreeMap<String, String>) -> Variables {
    let environment: BTreeMap<&str, Value> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), known(document.file(), value)))
        .collect();
    let evaluation = evaluate(document, &|name| environment.get(name));
    if evaluation.refusal.is_some() {
        return None;
    }
    let text = |value: &Value| value.known().expect("known").as_str().to_owned();
    Some(
        evaluation
            .variables
            .iter()
            .map(|variable| (variable.name.to_string(), text(&variable.value)))
            .collect(),
    )
}

pub(crate) fn known(file: &SourceFile, text: &str) -> Value {
    let origin = Origin::new(file.span(0..0), Reader::Names);
    Value::literal(Secret::made(text.to_owned()), origin)
}

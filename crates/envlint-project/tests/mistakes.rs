//! Every kind of mistake in a manifest, and what is said of it: `mistakes.txt` holds both, case by
//! case. `ENVLINT_UPDATE=1 cargo test` writes what is said anew; the manifests are written by hand.
#![allow(
    clippy::disallowed_methods,
    reason = "the test compares with a committed file, and writes it when asked to"
)]

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use envlint_model::{MemoryFiles, Sources};
use envlint_parse::Documents;
use envlint_project::{ManifestError, load};

/// What begins a case, and what begins what is said of it.
const CASE: &str = "\n## ";
const SAID: &str = "\n--\n";

/// The files that the manifests name.
fn repository(manifest: &str) -> MemoryFiles {
    MemoryFiles::new()
        .with("envlint.toml", manifest)
        .with("compose.yaml", "services: { engine: {}, web: {} }\n")
        .with("own.schema.json", r#"{ "properties": { "PORT": { "type": "string" } } }"#)
        .with("broken.schema.json", "{\n  \"properties\": {\n")
        .with("strange.schema.json", r#"{ "properties": { "PORT": { "type": "colour" } } }"#)
}

/// What is said of a manifest, in the order of the file.
fn said(manifest: &str) -> String {
    let documents = Documents::new(Arc::new(repository(manifest)));
    let mut errors = match load(&documents, "production") {
        Ok(_) => return "nothing\n".to_owned(),
        Err(errors) => errors,
    };
    errors.sort_by_key(|error| error.place);
    errors.iter().map(|error| shown(error, documents.sources())).collect()
}

/// `4:8 what is wrong`, and below it what to do.
fn shown(error: &ManifestError, sources: &Sources) -> String {
    let place = error.place.map_or(String::new(), |span| {
        let source = sources.get(span.file).expect("a file of this run");
        let at = source.position(span.start);
        assert_eq!(source.path().as_str(), "envlint.toml", "mistakes stand in the manifest");
        format!("{}:{} ", at.line, at.column)
    });
    let help = error.help.iter().map(|help| format!("    {help}\n"));
    format!("{place}{}\n{}", error.message, help.collect::<String>())
}

/// The cases of the file: title, manifest.
fn cases(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split(CASE).skip(1);
    parts
        .map(|case| {
            let (title, rest) = case.split_once('\n').expect("a title");
            (title, rest.split(SAID).next().expect("a manifest"))
        })
        .collect()
}

#[test]
fn every_mistake_is_told_where_it_stands() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes.txt");
    let committed = std::fs::read_to_string(&path).expect("the cases");
    let mut now = committed.split(CASE).next().unwrap_or_default().to_owned();
    for (title, manifest) in cases(&committed) {
        write!(now, "{CASE}{title}\n{manifest}{SAID}{}", said(manifest)).expect("a text");
    }
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        return std::fs::write(&path, &now).expect("the cases are written");
    }
    let differing = now.lines().zip(committed.lines()).position(|(now, before)| now != before);
    assert!(
        now == committed,
        "line {} of {} is not what is said now (ENVLINT_UPDATE=1 writes it)",
        differing.unwrap_or(now.lines().count().min(committed.lines().count())) + 1,
        path.display()
    );
}

/// A case in which nothing is wrong shows what its neighbours are held against.
#[test]
fn only_cases_that_say_so_are_right() {
    let text = include_str!("mistakes.txt");
    for (title, manifest) in cases(text) {
        assert_eq!(said(manifest) == "nothing\n", title.starts_with("right: "), "{title}");
    }
}

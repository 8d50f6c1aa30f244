//! On every configuration that ran in the measured proxy chains, the tree of directives is the
//! one that an independent parser finds, and nothing is said against it.

#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures itself")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use envlint_model::{Form, SourceFile, Sources};
use envlint_parse::nginx::{self, Directive};
use nginx_lint_parser::ast;

/// A directive as both parsers can describe it: depth, name, arguments, whether it has a block.
type Row = (usize, String, Vec<String>, bool);

/// Every configuration file of the corpus, with its path below it.
fn corpus() -> Vec<(String, String)> {
    fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => collect(&path, found),
                false if path.extension().is_some_and(|extension| extension == "json") => {}
                false => found.push(path),
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/proxylab/cases");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 200, "the corpus is missing");
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        (name, std::fs::read_to_string(path).unwrap())
    };
    paths.iter().map(read).collect()
}

fn source(text: &str) -> Arc<SourceFile> {
    let text = text.to_owned().into_boxed_str();
    Sources::default().add("nginx.conf".into(), Form::Plain, text.into())
}

fn ours(directives: &[Directive], depth: usize, rows: &mut Vec<Row>) {
    for directive in directives {
        let args = directive.args.iter().map(|arg| arg.text().to_owned()).collect();
        rows.push((depth, directive.name().to_owned(), args, directive.block.is_some()));
        ours(directive.children(), depth + 1, rows);
    }
}

fn theirs<'a>(
    directives: impl Iterator<Item = &'a ast::Directive>,
    depth: usize,
    rows: &mut Vec<Row>,
) {
    let directives: Vec<&ast::Directive> = directives.collect();
    for directive in directives {
        let args = their_words(&directive.args);
        rows.push((depth, directive.name.clone(), args, directive.block.is_some()));
        if let Some(block) = &directive.block {
            theirs(block.directives(), depth + 1, rows);
        }
    }
}

/// The other parser makes several arguments of a word in which text and variables alternate
/// (`$host:$server_port`); for nginx it is one. A quote ends a word.
fn their_words(arguments: &[ast::Argument]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut end = None;
    for argument in arguments {
        let text = match &argument.value {
            ast::ArgumentValue::Variable(_) => &argument.raw,
            _ => argument.as_str(),
        };
        match words.last_mut() {
            Some(word) if end == Some(argument.span.start.offset) => word.push_str(text),
            _ => words.push(text.to_owned()),
        }
        end = (!argument.is_quoted()).then_some(argument.span.end.offset);
    }
    words
}

#[test]
fn agrees_with_an_independent_parser() {
    for (name, text) in corpus() {
        // The other parser does not read directive names in quotes.
        if name.starts_with("095-inh-quoted-and-weird-format") {
            continue;
        }
        let (document, _) = nginx::parse(&source(&text));
        let (mut found, mut expected) = (Vec::new(), Vec::new());
        ours(document.directives(), 0, &mut found);
        let config = nginx_lint_parser::parse_string(&text).unwrap();
        theirs(config.directives(), 0, &mut expected);
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn accepts_what_nginx_accepted() {
    // nginx refused a few of them for what their words mean, which is not syntax.
    for (name, text) in corpus() {
        let (_, errors) = nginx::parse(&source(&text));
        let told: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert!(told.is_empty(), "{name}: {told:?}");
    }
}

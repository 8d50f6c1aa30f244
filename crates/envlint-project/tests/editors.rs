//! What real language servers make of our schemas: `fixtures/editors` holds what they were asked,
//! what they answered, and the script that asked them.
//!
//! An answer is about one text of a schema. So the digest of that text is recorded with it, and a
//! schema that has changed since makes this fail until somebody asks again.
#![allow(
    clippy::disallowed_methods,
    reason = "the test reads what is recorded, and writes a schema when asked to"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use envlint_model::MemoryFiles;
use envlint_parse::Documents;
use envlint_project::{MANIFEST, MANIFEST_SCHEMA, load, manifest_schema};
use envlint_schema::Context;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What was recorded of one server.
#[derive(Deserialize)]
struct Recorded {
    server: String,
    sha256: String,
    cases: Vec<Case>,
    /// Of each manifest of the fixtures, by its own `#:schema`, what is wrong with it.
    manifests: BTreeMap<String, Vec<String>>,
}

/// What it said of one document.
#[derive(Deserialize)]
struct Case {
    title: String,
    errors: Vec<Error>,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Error {
    from: [usize; 2],
    says: String,
}

#[derive(Deserialize)]
struct Answer {
    asked: String,
    at: [usize; 2],
    answer: Value,
}

/// A document of a file of cases, and where its error is.
struct Document {
    title: String,
    text: String,
    /// Where the mistake begins: line and column, from 1.
    mistake: Option<[usize; 2]>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/editors")
}

fn recorded(name: &str) -> Recorded {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The documents as `record.py` reads them.
fn documents(name: &str) -> Vec<Document> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.cases"))).unwrap();
    text.split("\n## ").skip(1).map(document).collect()
}

fn document(case: &str) -> Document {
    let (title, marked) = case.split_once('\n').unwrap();
    let (mut lines, mut mistake) = (Vec::<&str>::new(), None);
    for line in marked.lines() {
        let mark = line.strip_prefix('#').map(str::trim).and_then(|mark| mark.split_once("^ "));
        let is_mark = mark.is_some_and(|(more, _)| more.bytes().all(|byte| byte == b'^'));
        if !is_mark {
            lines.push(line);
        } else if line.ends_with(" error") {
            // Right behind the `#`, the first column is meant.
            let first = line.find('^').filter(|at| *at > 1).unwrap_or(0);
            mistake = Some([lines.len(), first + 1]);
        }
    }
    let text = lines.join("\n");
    Document {
        title: title.to_owned(),
        text: text.trim_end_matches('\n').to_owned() + "\n",
        mistake,
    }
}

/// The schema of a service's configuration in YAML.
fn typed_projection() -> String {
    let engine = envlint_bundled::schema("polyant/engine").unwrap();
    let schema = engine.typed_projection(&Context::production());
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

fn manifest() -> String {
    serde_json::to_string_pretty(&manifest_schema().to_value()).unwrap() + "\n"
}

/// Each mistake is told once, where it is, and what is right is not complained about.
#[track_caller]
fn each_mistake_is_told_once(name: &str, schema: &str) {
    let (recorded, documents) = (recorded(name), documents(name));
    let digest: String =
        Sha256::digest(schema.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        recorded.sha256, digest,
        "{} was asked about another schema: record.py asks again",
        recorded.server
    );
    let titles = |all: Vec<&String>| all.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(
        titles(recorded.cases.iter().map(|case| &case.title).collect()),
        titles(documents.iter().map(|document| &document.title).collect()),
        "the documents have changed: record.py asks again"
    );
    let mut mistakes = 0;
    for (case, document) in recorded.cases.iter().zip(&documents) {
        let told: Vec<_> = case.errors.iter().map(|error| (error.from, &error.says)).collect();
        match &document.mistake {
            // What is not finished is offered words for, and may be complained about.
            None if case.answers.iter().any(|answer| answer.asked == "complete") => {}
            None => assert!(told.is_empty(), "{}: {told:?}", case.title),
            Some(place) => {
                mistakes += 1;
                assert_eq!(told.len(), 1, "{}: {told:?}", case.title);
                assert_eq!(told[0].0, *place, "{}: {told:?}", case.title);
                // A word that is expected is named, and no expression is for a person to read.
                let expression = name == "yaml" && told[0].1.contains("(?:");
                assert!(!expression && told[0].1.len() > 10, "{}: {told:?}", case.title);
            }
        }
        assert_eq!(document.mistake.is_none(), case.title.starts_with("right: "), "{}", case.title);
    }
    assert!(mistakes >= 15, "{mistakes} mistakes");
}

/// Whatever is pointed at is explained, and where words are asked for some are offered.
#[track_caller]
fn every_question_is_answered(name: &str) -> BTreeSet<String> {
    let mut offered = BTreeSet::new();
    let mut hovered = 0;
    for case in recorded(name).cases {
        for Answer { asked, at, answer } in case.answers {
            let place = format!("{} {at:?} {asked}", case.title);
            if asked == "hover" {
                hovered += 1;
                let text = answer.as_str().unwrap_or_default();
                assert!(text.split_whitespace().count() > 3, "{place}: {answer}");
                continue;
            }
            let words = answer.as_array().cloned().unwrap_or_default();
            assert!(!words.is_empty(), "{place}: nothing is offered");
            offered.extend(words.iter().filter_map(Value::as_str).map(str::to_owned));
        }
    }
    assert!(hovered >= 5, "{hovered} hovers");
    offered
}

/// The servers were given files, so the files have to be what is made now.
#[test]
fn the_servers_read_what_is_made_now() {
    let update = std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1");
    for (path, text) in [
        ("engine.schema.json", typed_projection()),
        ("../../schemas/envlint.schema.json", manifest()),
    ] {
        let path = folder().join(path);
        if update {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "ENVLINT_UPDATE=1 writes {}", path.display());
    }
}

#[test]
fn tombi_tells_each_mistake_of_a_manifest_once() {
    each_mistake_is_told_once("toml", &manifest());
}

#[test]
fn yaml_language_server_tells_each_mistake_of_a_configuration_once() {
    each_mistake_is_told_once("yaml", &typed_projection());
}

#[test]
fn keys_are_explained_and_words_are_offered() {
    let offered = every_question_is_answered("toml");
    for word in ["environments", "stands-for", "polyant/engine", "max-age", "cors-origins"] {
        assert!(offered.iter().any(|label| label.contains(word)), "{word}: {offered:?}");
    }
    let offered = every_question_is_answered("yaml");
    for word in ["ENCRYPTION_KEY", "production", "true"] {
        assert!(offered.iter().any(|label| label.contains(word)), "{word}: {offered:?}");
    }
}

/// What an editor marks as a mistake, a check refuses as well.
#[test]
fn the_manifest_is_read_as_editors_judge_it() {
    for document in documents("toml") {
        let files = MemoryFiles::new()
            .with("envlint.toml", document.text.as_str())
            .with("compose.yaml", "services: {}\n")
            .with("mailer.schema.json", r#"{ "properties": { "A": { "type": "string" } } }"#)
            .with("own.schema.json", r#"{ "properties": { "A": { "type": "string" } } }"#);
        let result = load(&Documents::new(Arc::new(files)), "production");
        if document.mistake.is_some() {
            assert!(result.is_err(), "{} is accepted", document.title);
        }
    }
}

/// The `#:schema` of a manifest leads to the schema, and nothing in it is complained about.
#[test]
fn the_manifests_of_the_fixtures_are_right_to_tombi() {
    let recorded = recorded("toml").manifests;
    let root = folder().join("../..");
    let schema = root.join("schemas/envlint.schema.json").canonicalize().unwrap();
    let mut found = 0;
    for system in std::fs::read_dir(root.join("fixtures")).unwrap() {
        for stack in std::fs::read_dir(system.unwrap().path()).into_iter().flatten() {
            let folder = stack.unwrap().path();
            let Ok(text) = std::fs::read_to_string(folder.join("envlint.toml")) else { continue };
            found += 1;
            let path = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
            assert_eq!(folder.join(path).canonicalize().unwrap(), schema);
            let name: Vec<_> =
                folder.components().rev().take(2).map(|part| part.as_os_str()).collect();
            let name = format!("fixtures/{}/{}/envlint.toml", name[1].display(), name[0].display());
            assert_eq!(recorded.get(&name), Some(&Vec::new()), "{name}");
        }
    }
    assert_eq!(found, recorded.len());
}

/// Every key of the manifest is explained, variables in the very words of their own meta-schema.
#[test]
fn every_key_of_the_manifest_is_explained() {
    let schema = manifest_schema().to_value();
    assert_eq!(schema["$defs"]["Short"], envlint_schema::dialect()["$defs"]["Short"]);
    let tables = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    let mut keys = 0;
    for (key, property) in tables.filter_map(|table| table["properties"].as_object()).flatten() {
        keys += 1;
        let docs = property["description"].as_str().unwrap_or_default();
        assert!(docs.contains(' ') && docs.contains('.'), "{key}: {docs:?}");
    }
    assert!(keys > 70, "{keys} keys");
    let text = schema.to_string();
    assert!(!text.contains("null") && !text.contains("\"uint"));
}

/// The entry for SchemaStore's catalogue is about this schema, and the schema keeps its rules.
#[test]
fn the_schema_is_fit_for_schemastore() {
    let page = include_str!("../../../docs/editors.md");
    let block = page.split("```json\n").last().and_then(|rest| rest.split("```").next());
    let entry: BTreeMap<String, Value> = serde_json::from_str(block.unwrap()).unwrap();
    let schema = manifest_schema().to_value();
    assert_eq!(entry.keys().collect::<Vec<_>>(), ["description", "fileMatch", "name", "url"]);
    assert_eq!((&entry["url"], &schema["$id"]), (&schema["$id"], &MANIFEST_SCHEMA.into()));
    assert_eq!(entry["fileMatch"], serde_json::json!([MANIFEST]));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let mut objects = 0;
    each(&schema, &mut |part| {
        for text in [&part["title"], &part["description"]] {
            assert!(!text.as_str().unwrap_or_default().ends_with(':'), "{text}");
        }
        if part["type"] == "object" && part["properties"].is_object() {
            objects += 1;
            assert_eq!(part["additionalProperties"], false, "{part}");
        }
    });
    assert!(objects > 10, "{objects} objects");
    for name in ["envlint", "x-envlint"] {
        assert!(page.contains(&format!("schemas/{name}.schema.json")), "{name}");
    }
}

/// Calls for every object of a document.
fn each(value: &Value, visit: &mut dyn FnMut(&Value)) {
    match value {
        Value::Object(object) => {
            visit(value);
            object.values().for_each(|value| each(value, visit));
        }
        Value::Array(list) => list.iter().for_each(|value| each(value, visit)),
        _ => {}
    }
}

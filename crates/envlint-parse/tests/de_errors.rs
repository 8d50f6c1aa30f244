//! Reading documents into structs: what is read, and what every kind of mistake is told as.

mod tree_support;

use std::collections::BTreeMap;
use std::fmt;

use envlint_parse::de::{
    FieldError, Located, MAX_FIELD_ERRORS, Options, from_node, from_node_with,
};
use envlint_parse::tree::Document;
use envlint_parse::{json, toml, yaml};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use tree_support::source;

#[derive(Deserialize, JsonSchema, Debug, PartialEq)]
struct Manifest {
    version: u8,
    #[serde(default)]
    services: BTreeMap<Located<String>, Service>,
    #[serde(default)]
    hops: Vec<Located<Hop>>,
}

#[derive(Deserialize, JsonSchema, Debug, PartialEq)]
#[serde(rename_all = "kebab-case")]
struct Service {
    #[serde(default)]
    sources: Vec<Located<String>>,
    stands_for: Option<Located<String>>,
    port: Option<u16>,
    replicas: Option<i64>,
    ratio: Option<f64>,
    public: Option<bool>,
    reader: Option<Reader>,
    required: Option<Required>,
    until: Option<Day>,
    pair: Option<(u8, u8)>,
}

#[derive(Deserialize, JsonSchema, Debug, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Reader {
    Compose,
    NpmDotenv,
}

#[derive(Deserialize, JsonSchema, Debug, PartialEq)]
struct Hop {
    kind: Kind,
    before: Located<String>,
}

#[derive(Deserialize, JsonSchema, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Cloudflare,
    Custom(u8),
    Headers {
        #[serde(default)]
        strip: Vec<String>,
    },
}

/// `true`, `false` or a table: written by hand, as such types are.
#[derive(JsonSchema, Debug, PartialEq)]
enum Required {
    Always(bool),
    When(Condition),
}

#[derive(Deserialize, JsonSchema, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Condition {
    environment: String,
}

impl<'de> Deserialize<'de> for Required {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RequiredVisitor;
        impl<'de> Visitor<'de> for RequiredVisitor {
            type Value = Required;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or a table of conditions")
            }
            fn visit_bool<E>(self, always: bool) -> Result<Required, E> {
                Ok(Required::Always(always))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Required, A::Error> {
                Condition::deserialize(MapAccessDeserializer::new(map)).map(Required::When)
            }
        }
        deserializer.deserialize_any(RequiredVisitor)
    }
}

#[derive(Deserialize, JsonSchema, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
struct Day(String);

impl TryFrom<String> for Day {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() == 10 { Ok(Day(text)) } else { Err("a date is written YYYY-MM-DD") }
    }
}

fn document(text: &str) -> Document {
    let (document, errors) = toml::parse(&source(text));
    assert_eq!(errors, [], "{text}");
    document
}

/// Each error as `place | path | message | help`.
fn told(document: &Document, errors: &[FieldError]) -> Vec<String> {
    let shown = |error: &FieldError| {
        let place = document.source().slice(error.span);
        let help = error.help.as_deref().unwrap_or("-");
        format!("{place} | {} | {} | {help}", error.path, error.message)
    };
    errors.iter().map(shown).collect()
}

fn read(text: &str) -> (Option<Manifest>, Vec<String>) {
    let document = document(text);
    let (manifest, errors) = from_node::<Manifest>(document.root().unwrap());
    (manifest, told(&document, &errors))
}

/// The one error of a service with this line in it.
fn error_of(line: &str) -> String {
    let (manifest, errors) = read(&format!("version = 1\n[services.engine]\n{line}\n"));
    assert!(manifest.unwrap().services.contains_key("engine"), "{line}");
    assert_eq!(errors.len(), 1, "{line}: {errors:?}");
    errors[0].clone()
}

const RIGHT: &str = r#"
version = 1
[services.engine]
sources = ["compose", "vault"]
stands-for = ".env"
port = 0x1F90
replicas = -1_000
ratio = 0.5
public = true
reader = "npm-dotenv"
required = { environment = "production" }
until = 2027-06-30
pair = [1, 2]
[[hops]]
kind = "cloudflare"
before = "edge"
[[hops]]
kind = { custom = 3 }
before = "a"
[[hops]]
before = "b"
[hops.kind.headers]
strip = ["x"]
"#;

#[test]
fn reads_every_kind_of_field() {
    let document = document(RIGHT);
    let (manifest, errors) = from_node::<Manifest>(document.root().unwrap());
    assert_eq!(errors, []);
    let manifest = manifest.unwrap();
    let place = |span| document.source().slice(span);
    let (name, engine) = manifest.services.first_key_value().unwrap();
    assert_eq!((name.value.as_str(), place(name.span)), ("engine", "engine"));
    assert_eq!(place(engine.sources[1].span), "\"vault\"");
    assert_eq!((engine.port, engine.replicas, engine.ratio), (Some(8080), Some(-1000), Some(0.5)));
    assert_eq!((engine.public, &engine.reader), (Some(true), &Some(Reader::NpmDotenv)));
    let condition = Condition { environment: "production".to_owned() };
    assert_eq!(engine.required, Some(Required::When(condition)));
    assert_eq!((&engine.until, engine.pair), (&Some(Day("2027-06-30".to_owned())), Some((1, 2))));
    assert_eq!(place(manifest.hops[0].span), "[[hops]]");
    assert_eq!(manifest.hops[1].kind, Kind::Custom(3));
    assert_eq!(manifest.hops[2].kind, Kind::Headers { strip: vec!["x".to_owned()] });
}

#[test]
fn each_mistake_has_its_place_and_its_words() {
    for (line, expected) in [
        (
            "sorces = []",
            "sorces | services.engine.sorces | unknown field `sorces` | did you mean `sources`?",
        ),
        (
            "stands_for = ''",
            "stands_for | services.engine.stands_for | unknown field `stands_for` | did you mean `stands-for`?",
        ),
        (
            "sources = 'CANARY'",
            "'CANARY' | services.engine.sources | `sources` must be a list of text, not text | write it in brackets: `[...]`",
        ),
        (
            "sources = ['a', 1]",
            "1 | services.engine.sources[1] | `sources[1]` must be text, not a whole number | write it in quotes",
        ),
        (
            "stands-for = ['a']",
            "['a'] | services.engine.stands-for | `stands-for` must be text, not a list | -",
        ),
        (
            "port = 'CANARY'",
            "'CANARY' | services.engine.port | `port` must be a whole number from 0 to 65535, not text | write it without quotes",
        ),
        (
            "port = 70000",
            "70000 | services.engine.port | `port` must be a whole number from 0 to 65535 | -",
        ),
        (
            "replicas = 1.5",
            "1.5 | services.engine.replicas | `replicas` must be a whole number, not a number | -",
        ),
        (
            "ratio = true",
            "true | services.engine.ratio | `ratio` must be a number, not `true` or `false` | -",
        ),
        (
            "public = 'true'",
            "'true' | services.engine.public | `public` must be `true` or `false`, not text | write it without quotes",
        ),
        (
            "public = {}",
            "{} | services.engine.public | `public` must be `true` or `false`, not a table | -",
        ),
        (
            "reader = 'npm-dotenf'",
            "'npm-dotenf' | services.engine.reader | `reader` is none of the words that it can be | did you mean `npm-dotenv`?",
        ),
        (
            "reader = 'CANARY'",
            "'CANARY' | services.engine.reader | `reader` is none of the words that it can be | it is one of `compose` and `npm-dotenv`",
        ),
        (
            "reader = 1",
            "1 | services.engine.reader | `reader` must be one of `compose` and `npm-dotenv`, not a whole number | -",
        ),
        (
            "required = 'CANARY'",
            "'CANARY' | services.engine.required | `required` must be `true`, `false` or a table of conditions, not text | -",
        ),
        (
            "required = { enviroment = 'x', environment = 'y' }",
            "enviroment | services.engine.required.enviroment | unknown field `enviroment` | did you mean `environment`?",
        ),
        (
            "required = {}",
            "required | services.engine.required.environment | `environment` is missing in `required` | -",
        ),
        (
            "required = { environment = 1 }",
            "1 | services.engine.required.environment | `environment` must be text, not a whole number | write it in quotes",
        ),
        (
            "until = 'CANARY'",
            "'CANARY' | services.engine.until | `until`: a date is written YYYY-MM-DD | -",
        ),
        (
            "pair = [1, 'CANARY']",
            "'CANARY' | services.engine.pair[1] | `pair[1]` must be a whole number from 0 to 255, not text | write it without quotes",
        ),
        (
            "pair = [1]",
            "[1] | services.engine.pair | `pair` must be a tuple of size 2, not a list | -",
        ),
    ] {
        assert_eq!(error_of(line), expected);
    }
}

#[test]
fn every_mistake_is_told_and_the_rest_is_read() {
    let (manifest, errors) = read(
        "version = 'x'\nextra = 1\n[services.a]\nport = 'x'\npublic = 'y'\n[services.b]\nport = 7\n\
         [services.c]\nsources = [1, 'ok', 2]\nbogus = 1\n[[hops]]\nkind = 'cloudflare'\n\
         [[hops]]\nbefore = 'edge'\nkind = 'nope'\n",
    );
    assert_eq!(manifest, None, "without a version there is no manifest");
    let places: Vec<_> = errors.iter().map(|error| error.split(" | ").next().unwrap()).collect();
    assert_eq!(places, ["'x'", "extra", "'x'", "'y'", "1", "2", "bogus", "[[hops]]", "'nope'"]);
    assert_eq!(errors[7], "[[hops]] | hops[0].before | `before` is missing in `hops[0]` | -");

    let (manifest, errors) = read(
        "version = 1\n[services.a]\nport = 'x'\npublic = true\n[services]\nb = 1\n[services.c]\n",
    );
    let manifest = manifest.unwrap();
    let names: Vec<_> = manifest.services.keys().map(|name| name.value.as_str()).collect();
    assert_eq!((names, errors.len()), (vec!["a", "c"], 2));
    assert_eq!((manifest.services["a"].port, manifest.services["a"].public), (None, Some(true)));
}

#[test]
fn the_document_itself_may_be_wrong() {
    let (manifest, errors) = read("");
    assert_eq!(
        (manifest, errors),
        (None, vec![" | version | `version` is missing | -".to_owned()])
    );
    let (document, _) = json::parse(&source("[]"));
    let (manifest, errors) = from_node::<Manifest>(document.root().unwrap());
    assert_eq!(manifest, None);
    assert_eq!(told(&document, &errors), ["[] |  | this must be an object, not a list | -"]);
}

#[test]
fn names_are_checked_like_values() {
    let (document, _) = json::parse(&source(r#"{"2027-01-01": 1, "CANARY": 2, "2027-01-02": 3}"#));
    let (map, errors) = from_node::<BTreeMap<Day, u8>>(document.root().unwrap());
    assert_eq!(map.unwrap().into_values().collect::<Vec<_>>(), [1, 3]);
    let expected = "\"CANARY\" | CANARY | `CANARY`: a date is written YYYY-MM-DD | -";
    assert_eq!(told(&document, &errors), [expected]);
}

#[test]
fn a_name_that_stands_twice_is_told_and_the_last_counts() {
    let (document, errors) = json::parse(&source(r#"{"version": 1, "version": 2}"#));
    assert_eq!(errors, []);
    let (manifest, errors) = from_node::<Manifest>(document.root().unwrap());
    assert_eq!(manifest.unwrap().version, 2);
    let expected = ["\"version\" | version | `version` is set twice | keep one of them"];
    assert_eq!(told(&document, &errors), expected);
}

#[test]
fn words_are_quoted_only_when_that_is_asked_for() {
    let document = document("reader = 'npm-dotenf'\n");
    #[derive(Deserialize, Debug)]
    struct One {
        #[serde(rename = "reader")]
        _reader: Reader,
    }
    let root = document.root().unwrap();
    let (_, errors) = from_node_with::<One>(root, Options { quote_words: true });
    assert_eq!(errors[0].message, "`reader` can not be `npm-dotenf`");
    assert_eq!(errors.len(), 1, "the field is not missing, it is wrong");
}

#[test]
fn variants_with_content_are_checked() {
    let hop = |kind: &str| format!("version = 1\n[[hops]]\nbefore = 'x'\nkind = {kind}\n");
    for (kind, expected) in [
        (
            "{ custm = 1 }",
            "custm | hops[0].kind.custm | unknown field `custm` | did you mean `custom`?",
        ),
        (
            "{ custom = 'CANARY' }",
            "'CANARY' | hops[0].kind.custom | `custom` must be a whole number from 0 to 255, not text | write it without quotes",
        ),
        (
            "{ headers = { strp = [] } }",
            "strp | hops[0].kind.headers.strp | unknown field `strp` | did you mean `strip`?",
        ),
        (
            "{}",
            "{} | hops[0].kind | `kind` must be one of `cloudflare`, `custom` and `headers`, not a table | -",
        ),
    ] {
        let (manifest, errors) = read(&hop(kind));
        assert_eq!(errors[0], expected);
        assert_eq!(manifest.unwrap().hops.is_empty(), !expected.contains("unknown field `strp`"));
    }
}

#[test]
fn reads_json_and_yaml_too() {
    let text = r#"{"version": 1, "services": {"a": {"port": 7, "required": null, "ratio": 1e3}}}"#;
    let (document, _) = json::parse(&source(text));
    let (manifest, errors) = from_node::<Manifest>(document.root().unwrap());
    assert_eq!(errors, []);
    let service = &manifest.unwrap().services["a"];
    assert_eq!((service.port, service.ratio, &service.required), (Some(7), Some(1000.0), &None));

    let text = "x: &x { port: 7, public: yes }\nversion: 1\nservices:\n  a: { <<: *x, public: true, stands-for: ~ }\n  b: *x\n";
    let (document, _) = yaml::parse(&source(text));
    let (manifest, errors) = from_node::<Manifest>(document.root().unwrap());
    let services = manifest.unwrap().services;
    assert_eq!((services["a"].port, services["a"].public), (Some(7), Some(true)));
    assert_eq!(services["b"].port, Some(7));
    assert_eq!(
        told(&document, &errors),
        [
            "x | x | unknown field `x` | the fields here are `version`, `services` and `hops`",
            "yes | services.b.public | `public` must be `true` or `false`, not text | -",
        ]
    );
}

#[test]
fn no_error_holds_a_value() {
    let text = "version = 'CANARY1'\n[services.engine]\nsources = 'CANARY2'\nport = 'CANARY3'\n\
                reader = 'CANARY4'\nuntil = 'CANARY5'\nrequired = 'CANARY6'\nstands-for = ['CANARY7']\n";
    let document = document(text);
    let (_, errors) = from_node::<Manifest>(document.root().unwrap());
    assert_eq!(errors.len(), 7);
    for error in errors {
        let all = format!("{error:?}");
        assert!(!all.contains("CANARY"), "{all}");
    }
}

#[test]
fn a_document_wrong_all_over_ends_soon() {
    let lines: String = (0..10_000).map(|at| format!("k{at} = 'x'\n")).collect();
    let document = document(&lines);
    let (map, errors) = from_node::<BTreeMap<String, u8>>(document.root().unwrap());
    assert_eq!(map, None);
    assert!(!errors.is_empty() && errors.len() <= MAX_FIELD_ERRORS);
}

#[test]
fn the_schema_of_a_located_value_is_that_of_the_value() {
    assert_eq!(schemars::schema_for!(Located<u16>), schemars::schema_for!(u16));
    let schema = schemars::schema_for!(Manifest).to_value().to_string();
    assert!(!schema.contains("Located") && schema.contains("\"sources\""));
}

//! What a service gets, from a struct as people write it.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::PathBuf;

use envlint_config::secrecy::ExposeSecret;
use envlint_config::types::{
    AnyText, CorsOrigins, Key, List, LiteralTrue, Port, Token, TrustProxy,
};
use envlint_config::{JsonSchema, Loader, MemoryFiles, Place, Reader, SecretString};
use serde::Deserialize;

const KEY: &str = "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f";

/// How much is told.
#[derive(Deserialize, JsonSchema, PartialEq, Debug, Default)]
#[serde(rename_all = "lowercase")]
enum Level {
    #[default]
    Info,
    Debug,
}

#[derive(Deserialize, JsonSchema, PartialEq, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Pool {
    size: u8,
    #[serde(default)]
    level: Level,
}

#[derive(Deserialize, JsonSchema, PartialEq, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Cache {
    #[serde(default)]
    ttl: Option<u32>,
}

/// The service.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Mailer", extend("x-envlint" = { "relations": [
    { "all-or-none": ["SMTP_USER", "SMTP_PASSWORD"], "because": "nobody signs in with half" },
] }))]
struct Mailer {
    /// Signs links.
    #[schemars(extend("x-envlint" = { "or-file": true, "formerly": ["LINK_KEY"] }))]
    signing_key: Key<32>,
    #[serde(default = "Port::of::<4000>")]
    port: Port,
    smtp_user: Option<String>,
    smtp_password: Option<SecretString>,
    #[schemars(with = "Option<SecretString>")]
    relay_password: Option<envlint_config::secrecy::SecretString>,
    pool: Option<Pool>,
    cache: Cache,
    #[serde(default)]
    level: Level,
    verbose: Option<bool>,
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    ratio: Option<f64>,
    offset: Option<i16>,
    bind: Option<IpAddr>,
    spool: Option<PathBuf>,
    names: Option<Vec<String>>,
    ports: Option<List<Port>>,
    tags: Option<List<String>>,
    limits: Option<BTreeMap<String, u32>>,
    trust: Option<TrustProxy>,
    origins: Option<CorsOrigins>,
    literal: Option<LiteralTrue>,
    any: Option<AnyText>,
}

fn least() -> Vec<(&'static str, &'static str)> {
    vec![("SIGNING_KEY", KEY)]
}

fn load(more: &[(&'static str, &'static str)]) -> Result<Mailer, String> {
    let loader = Loader::new().pairs(least()).pairs(more.iter().copied());
    loader.load().map_err(|error| error.to_string())
}

fn fails(more: &[(&'static str, &'static str)]) -> String {
    load(more).err().expect("this is a mistake")
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = load(&[]).unwrap();
    assert_eq!(config.port.get(), 4000);
    assert_eq!((config.level, config.pool, config.cache), (Level::Info, None, Cache { ttl: None }));
    assert_eq!(config.signing_key.bytes()[1], 1);
}

#[test]
fn every_kind_is_read_as_its_type() {
    let config = load(&[
        ("PORT", "8080"),
        ("SMTP_USER", "a"),
        ("SMTP_PASSWORD", "CANARY"),
        ("RELAY_PASSWORD", "CANARY2"),
        ("POOL__SIZE", "7"),
        ("POOL__LEVEL", "debug"),
        ("CACHE__TTL", "60"),
        ("LEVEL", "debug"),
        ("VERBOSE", "true"),
        ("RATIO", "0.25"),
        ("OFFSET", "-3"),
        ("BIND", "::1"),
        ("SPOOL", "/var/spool/x"),
        ("NAMES", r#"["a", "b"]"#),
        ("PORTS", "80, 443"),
        ("TAGS", "[a],b"),
        ("LIMITS", r#"{"a": 1}"#),
        ("TRUST", "2"),
        ("ORIGINS", "https://a.example,https://b.example"),
        ("LITERAL", "yes"),
        ("ANY", "false"),
    ])
    .unwrap();
    assert_eq!(config.port.get(), 8080);
    assert_eq!(config.smtp_user.as_deref(), Some("a"));
    assert_eq!(config.smtp_password.unwrap().expose_secret(), "CANARY");
    assert_eq!(config.relay_password.unwrap().expose_secret(), "CANARY2");
    assert_eq!(config.pool, Some(Pool { size: 7, level: Level::Debug }));
    assert_eq!(config.cache.ttl, Some(60));
    assert_eq!((config.level, config.verbose), (Level::Debug, Some(true)));
    assert_eq!((config.ratio, config.offset), (Some(0.25), Some(-3)));
    assert_eq!(config.bind, "::1".parse().ok());
    assert_eq!(config.spool, Some(PathBuf::from("/var/spool/x")));
    assert_eq!(config.names.unwrap(), ["a", "b"]);
    assert_eq!(config.ports.unwrap().iter().map(|port| port.get()).sum::<u16>(), 523);
    assert_eq!(config.tags.unwrap().as_slice(), ["[a]", "b"]);
    assert_eq!(config.limits.unwrap()["a"], 1);
    assert_eq!(config.trust.unwrap().hops(), Some(2));
    assert!(config.origins.unwrap().allows("https://b.example"));
    assert_eq!(config.literal.map(LiteralTrue::is_on), Some(false));
    assert_eq!(config.any.map(AnyText::is_on), Some(true));
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_struct() {
    let loader = Loader::new().pairs([
        ("SIGNING_KEY", "CANARY00"),
        ("PORT", "0"),
        ("SMTP_USER", "a"),
        ("POOL__LEVEL", "loud"),
        ("OFFSET", "40000"),
        ("NAMES", "[1"),
    ]);
    let error = loader.load::<Mailer>().err().unwrap();
    let told: Vec<_> = error.errors().map(|mistake| mistake.variable()).collect();
    assert_eq!(
        told,
        ["SIGNING_KEY", "PORT", "POOL__LEVEL", "OFFSET", "NAMES", "POOL__SIZE", "SMTP_USER"]
            .map(Some)
    );
    assert_eq!(format!("{error:?}"), error.to_string());
    assert!(error.to_string().starts_with("7 mistakes in the configuration of Mailer\n\n"));
}

#[test]
fn a_mistake_says_where_why_and_what_to_write() {
    assert_eq!(
        fails(&[("SIGNING_KEY", "00"), ("SMTP_USER", "a")]),
        "2 mistakes in the configuration of Mailer\n\n\
         SIGNING_KEY is 1 bytes, 32 are needed\n  \
         at:      given by the program\n  \
         why:     must be a key of 32 bytes, written as 64 hexadecimal digits\n  \
         write:   a new one, `openssl rand -hex 32`; if data is already encrypted with the old \
         key, restore that one\n\n\
         SMTP_USER is set, and SMTP_PASSWORD is not\n  \
         at:      given by the program\n  \
         happens: nobody signs in with half\n  \
         write:   SMTP_PASSWORD=..., or no line for SMTP_USER"
    );
}

#[test]
fn a_struct_that_may_be_left_out_is_whole_once_begun() {
    assert!(fails(&[("POOL__LEVEL", "debug")]).contains("POOL__SIZE"));
    assert_eq!(load(&[("POOL__SIZE", "1")]).unwrap().pool.unwrap().level, Level::Info);
}

#[test]
fn the_name_of_a_file_may_stand_for_the_text() {
    let files = MemoryFiles::new().with("run/key", format!("{KEY}\r\n"));
    let config: Mailer =
        Loader::new().files(files.clone()).pairs([("SIGNING_KEY_FILE", "run/key")]).load().unwrap();
    assert_eq!(config.signing_key.bytes()[2], 2);

    let gone = Loader::new().files(files).pairs([("SIGNING_KEY_FILE", "run/CANARY")]);
    let error = gone.load::<Mailer>().err().unwrap();
    let told: Vec<_> = error.errors().map(|mistake| mistake.message()).collect();
    assert_eq!(told, ["the file that SIGNING_KEY_FILE names does not exist"]);
    assert!(!error.to_string().contains("CANARY"));

    let damaged = MemoryFiles::new().with("run/key", "CANARY\n");
    let damaged = Loader::new().files(damaged).pairs([("SIGNING_KEY_FILE", "run/key")]);
    let error = damaged.load::<Mailer>().err().unwrap();
    let place = error.errors().flat_map(|mistake| mistake.places().to_vec()).next();
    assert_eq!(place, Some(Place::NamedBy("SIGNING_KEY_FILE".into())));
}

#[test]
fn a_former_name_is_read_and_noted() {
    let loaded = Loader::new().pairs([("LINK_KEY", KEY)]).load_with_notes::<Mailer>().unwrap();
    assert_eq!(loaded.config.signing_key.bytes()[3], 3);
    let notes: Vec<_> = loaded.notes.iter().map(|note| note.message()).collect();
    assert_eq!(notes, ["LINK_KEY is called SIGNING_KEY now"]);
}

#[test]
fn an_empty_text_is_what_the_schema_says() {
    assert_eq!(load(&[("RATIO", "")]).unwrap().ratio, None);
    assert_eq!(load(&[("SMTP_USER", ""), ("SMTP_PASSWORD", "x")]).unwrap().smtp_user.unwrap(), "");
    assert!(fails(&[("OFFSET", "")]).contains("OFFSET is set to the empty text"));
}

#[test]
fn a_name_that_nobody_reads_may_be_the_one_that_was_meant() {
    let error = Loader::new().pairs([("SIGNNG_KEY", KEY)]).load::<Mailer>().err().unwrap();
    assert!(error.to_string().contains("SIGNNG_KEY is set, and nobody reads it: is it meant?"));
}

#[test]
fn later_sources_win_and_places_are_lines() {
    let files = MemoryFiles::new()
        .with("weak.env", "PORT=1\nOFFSET=1\n")
        .with("strong.env", format!("\nPORT=x\nSIGNING_KEY={KEY}\n"));
    let loader = Loader::new()
        .files(files)
        .dotenv("weak.env", Reader::Compose)
        .dotenv_if_there("gone.env", Reader::Compose)
        .dotenv("strong.env", Reader::Compose);
    let error = loader.load::<Mailer>().err().unwrap();
    let places: Vec<_> = error.errors().flat_map(|mistake| mistake.places()).collect();
    assert_eq!(places, [&Place::Line { file: "strong.env".into(), line: 2 }]);
}

#[test]
fn a_source_that_can_not_be_read_is_told_and_misses_nothing() {
    let files = MemoryFiles::new().with("bad.env", "CANARY ???\n").with("bytes.env", b"A=\xff");
    for (path, message) in [
        ("gone.env", "gone.env does not exist"),
        ("bytes.env", "bytes.env is not UTF-8: byte 2 can not be read"),
    ] {
        let loader = Loader::new().files(files.clone()).dotenv(path, Reader::Compose);
        let error = loader.load::<Mailer>().err().unwrap();
        // SIGNING_KEY may well be in it.
        assert_eq!(error.errors().map(|m| m.message()).collect::<Vec<_>>(), [message]);
    }
    let loader = Loader::new().files(files).dotenv("bad.env", Reader::Compose);
    let error = loader.load::<Mailer>().err().unwrap().to_string();
    assert!(
        error.contains("compose does not read bad.env: ") && !error.contains("CANARY"),
        "{error}"
    );
}

#[test]
fn references_are_expanded_as_the_reader_does() {
    let files = MemoryFiles::new().with(".env", "SMTP_PASSWORD=a${SMTP_USER}\nPORT=80$PORT_END");
    let load = |reader| {
        let before = [("SIGNING_KEY", KEY), ("SMTP_USER", "u"), ("PORT_END", "81")];
        Loader::new().files(files.clone()).pairs(before).dotenv(".env", reader).load::<Mailer>()
    };
    let config = load(Reader::Compose).unwrap();
    assert_eq!((config.smtp_password.unwrap().expose_secret(), config.port.get()), ("au", 8081));
    assert!(load(Reader::Dotenv).is_err());
}

#[derive(Deserialize, JsonSchema, Debug)]
struct Named {
    #[serde(default)]
    port_a: u16,
    inner: Inner,
}

#[derive(Deserialize, JsonSchema, Debug)]
struct Inner {
    max_size: u32,
}

#[test]
fn names_come_from_the_schema() {
    let pairs = [("APP_INNER_MAX_SIZE", "5"), ("APP_PORT_A", "1"), ("PORT_A", "9")];
    let loader = Loader::new().prefix("APP_").separator("_").upper_case().pairs(pairs);
    let named = loader.load::<Named>().unwrap();
    assert_eq!((named.port_a, named.inner.max_size), (1, 5));
}

#[derive(Deserialize, JsonSchema, Debug)]
struct Ambiguous {
    #[serde(rename = "inner__max_size")]
    _other: u16,
    #[serde(rename = "inner")]
    _inner: Inner,
}

#[test]
fn two_variables_of_one_name_are_refused() {
    let error = Loader::new().load::<Ambiguous>().unwrap_err().to_string();
    assert!(error.contains("two of its variables have one name in the environment"), "{error}");
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Conditional {
    #[schemars(extend("x-envlint" = { "required": { "environment": "production" } }))]
    token: Option<Token<8>>,
    #[schemars(extend("x-envlint" = { "required": { "behind-proxy": true } }))]
    trust: Option<TrustProxy>,
    #[schemars(extend("x-envlint" = {
        "retired": { "since": "2.0", "replacement": "TOKEN" },
    }))]
    old_token: Option<String>,
}

#[test]
fn what_is_asked_for_depends_on_where_it_runs() {
    let missing = |loader: Loader| match loader.load::<Conditional>() {
        Ok(_) => Vec::new(),
        Err(error) => error.errors().map(|m| m.variable().unwrap().to_owned()).collect(),
    };
    assert_eq!(missing(Loader::new()), ["TOKEN"]);
    assert_eq!(missing(Loader::new().environment("local")), [""; 0]);
    assert_eq!(missing(Loader::new().environment("staging").like_production(true)), ["TOKEN"]);
    assert_eq!(missing(Loader::new().environment("local").behind_proxy(true)), ["TRUST"]);
    let named = Loader::new().environment_from("APP_ENV");
    assert_eq!(missing(named.clone()), ["TOKEN"]);
    assert_eq!(missing(named.pairs([("APP_ENV", "local")])), [""; 0]);
}

#[test]
fn a_retired_variable_is_noted_and_not_read() {
    let pairs = [("OLD_TOKEN", "CANARY"), ("TOKEN", "0123456789abcdef")];
    let loaded = Loader::new().pairs(pairs).load_with_notes::<Conditional>().unwrap();
    assert!(loaded.config.old_token.is_none() && loaded.config.token.is_some());
    assert!(loaded.config.trust.is_none());
    assert_eq!(loaded.notes[0].message(), "OLD_TOKEN is no longer read since 2.0");
}

#[test]
fn the_process_environment_is_a_source_like_any_other() {
    #[derive(Deserialize, JsonSchema)]
    struct Shell {
        #[serde(rename = "PATH")]
        path: String,
    }

    let shell: Shell = envlint_config::load().unwrap();
    assert!(!shell.path.is_empty());
    let shell: Shell = Loader::new().process_environment().pairs([("PATH", "x")]).load().unwrap();
    assert_eq!(shell.path, "x");
    assert!(Loader::new().load::<Shell>().is_err(), "nothing is read that is not named");
}

#[derive(Deserialize, JsonSchema)]
struct Flat {
    a: u8,
    #[serde(flatten)]
    more: More,
    #[serde(flatten)]
    _rest: HashMap<String, String>,
}

#[derive(Deserialize, JsonSchema)]
struct More {
    b: Option<u32>,
    c: bool,
}

#[test]
fn a_flattened_struct_keeps_its_types() {
    let flat: Flat = Loader::new().pairs([("a", "1"), ("b", "2"), ("c", "true")]).load().unwrap();
    assert_eq!((flat.a, flat.more.b, flat.more.c), (1, Some(2), true));
}

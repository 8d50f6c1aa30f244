//! The loader and the linter judge alike: a service starts with exactly the environments in which
//! `envlint check` finds no mistake. Both follow one schema, but the loader then has to make values
//! of the texts, and each type could have an opinion of its own.

use std::collections::BTreeMap;
use std::net::IpAddr;

use envlint_config::types::{
    Base64, ByteSize, Cidr, CorsOrigins, DatabaseUrl, Date, Duration, Email, HttpUrl, Key, List,
    Locale, Percentage, Port, Seconds, TimeZone, Token, TrustProxy, Uuid,
};
use envlint_config::{JsonSchema, Loader, SecretString};
use envlint_model::{Content, Form, Name, Origin, Reader, Secret, Sources, Value};
use envlint_schema::{
    About, Check, Context, Kind, Schema, Variable, Violation, ViolationKind, document, evaluate,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// How many environments of each verdict there must be at least, for each type.
const ENOUGH: usize = 100;

/// How many are drawn.
const ROUNDS: usize = 360;

/// What works, and is only said to be better done otherwise.
const NOTES: [Check; 3] =
    [Check::BooleanSpelling, Check::MissingRecommended, Check::RetiredVariable];

/// Whether a service must not start with it. What can not be decided is no mistake, and an empty
/// text that the schema says how to read is right if what is read is.
fn is_mistake(violation: &Violation<'_>) -> bool {
    let check = violation.kind.check();
    if let (ViolationKind::EmptyValue { reads: Some(text) }, About::Variable(variable)) =
        (&violation.kind, &violation.about)
    {
        return text.is_empty() || !takes(variable, text);
    }
    violation.kind.is_certain() && !NOTES.contains(&check)
}

/// Whether a text is right for a variable by itself.
fn takes(variable: &Variable, text: &str) -> bool {
    let mut one = Schema::new("one");
    one.insert(variable.clone());
    let set = values(&[(variable.name.to_string(), text.to_owned())]);
    let found = evaluate(&one, &set, &Context::production());
    !found.iter().any(|v| is_mistake(v) && v.kind.check() != Check::MissingRequired)
}

/// Every kind of value of ours.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the test asks whether it can be made, and for nothing in it")]
struct Ours {
    key: Key<4>,
    other_key: Option<Key<4, Base64>>,
    token: Token<8>,
    database: DatabaseUrl,
    url: Option<HttpUrl>,
    origins: CorsOrigins,
    #[serde(default)]
    trust: TrustProxy,
    port: Option<Port>,
    ports: Option<List<Port>>,
    networks: Option<List<Cidr>>,
    timeout: Option<Duration<Seconds>>,
    size: Option<ByteSize>,
    share: Option<Percentage>,
    mail: Option<Email>,
    zone: Option<TimeZone>,
    locale: Option<Locale>,
    id: Option<Uuid>,
    day: Option<Date>,
}

/// What Rust has of its own, and what people add.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the test asks whether it can be made, and for nothing in it")]
struct Plain {
    text: String,
    byte: u8,
    small: Option<i16>,
    wide: Option<u64>,
    ratio: Option<f64>,
    switch: Option<bool>,
    address: Option<IpAddr>,
    level: Level,
    #[schemars(extend("x-envlint" = { "empty": "unset" }))]
    unset: Option<u8>,
    #[schemars(extend("x-envlint" = { "empty": { "reads": "0" } }))]
    zero: Option<u8>,
    #[schemars(extend("x-envlint" = { "empty": "error" }))]
    refused: Option<String>,
    #[schemars(length(min = 2, max = 4), regex(pattern = "^[a-z]+$"))]
    word: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Info,
    Debug,
}

/// Structs in each other, and what holds between variables.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(extend("x-envlint" = { "relations": [
    { "all-or-none": ["USER", "PASSWORD"] },
    { "any-of": [["USER"], ["TOKEN"]] },
    { "ordered": ["LEAST", "MOST"] },
] }))]
#[expect(dead_code, reason = "the test asks whether it can be made, and for nothing in it")]
struct Nested {
    user: Option<String>,
    password: Option<SecretString>,
    token: Option<Token<4>>,
    least: Option<u16>,
    #[serde(default = "most")]
    most: u16,
    pool: Option<Pool>,
    cache: Cache,
    #[schemars(extend("x-envlint" = { "required": { "USER": "admin" } }))]
    reason: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the test asks whether it can be made, and for nothing in it")]
struct Pool {
    size: u8,
    wait: Option<Duration>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the test asks whether it can be made, and for nothing in it")]
struct Cache {
    url: HttpUrl,
    ttl: Option<u32>,
}

fn most() -> u16 {
    100
}

/// Numbers that look drawn and are the same in every run (SplitMix64).
struct Draw(u64);

impl Draw {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }

    fn one(&mut self, texts: &[String]) -> String {
        texts[self.number(texts.len())].clone()
    }
}

/// Texts that are right for one kind and wrong for most others.
const TEXTS: [&str; 62] = [
    "",
    " ",
    "x",
    "ab",
    "abcde",
    "ABC",
    "0",
    "00",
    "1",
    "+1",
    "-1",
    "-0",
    "007",
    "80",
    "255",
    "256",
    "65535",
    "65536",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "0.5",
    ".5",
    "1.",
    "1e3",
    "1e999",
    "NaN",
    "inf",
    "0x10",
    "1_000",
    "true",
    "false",
    "True",
    "yes",
    "info",
    "debug",
    "Debug",
    "admin",
    "c0ffee00",
    "C0FFEE",
    "wP/uAA==",
    "CANARY-CANARY-CANARY-CANARY-CANARY",
    "postgresql://u:CANARY@db/app",
    "postgresql://db",
    "https://a.example",
    "https://a.example/",
    "https://a.example,http://b.example:81",
    "https://u:p@ss@a.example",
    "a@b.example",
    "Europe/Paris",
    "europe/paris",
    "en-US",
    "en_US",
    "30s",
    "30",
    "PT5M",
    "64MiB",
    "90%",
    "::1",
    "192.0.2.1",
    "10.0.0.0/8, ::/0",
    "80, 443,",
];

/// Texts that no list can be representative of without them.
const MORE: [&str; 5] = [
    "123e4567-e89b-12d3-a456-426614174000",
    "2030-01-31",
    "2030-02-30",
    "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f",
    "postgresql://u:CANARY@db:5432/app?sslmode=require",
];

/// The texts that a kind takes, of those above and of its own.
fn right(schema: &Schema, name: &str, kind: &Kind) -> Vec<String> {
    let own = match kind {
        Kind::Choice(choices) => choices.clone(),
        Kind::Connection { schemes, .. } | Kind::Url { schemes } => {
            schemes.iter().map(|scheme| format!("{scheme}://u:CANARY@host/path")).collect()
        }
        _ => Vec::new(),
    };
    let all = TEXTS.iter().chain(&MORE).map(|text| (*text).to_owned()).chain(own);
    let variable = schema.variable(name).unwrap();
    let right: Vec<String> = all.filter(|text| takes(variable, text)).collect();
    assert!(!right.is_empty(), "no text is right for {name}: {kind:?}");
    right
}

fn values(environment: &[(String, String)]) -> BTreeMap<Name, Value> {
    let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
    let value = |text: &str| {
        let origin = Origin::new(file.span(0..0), Reader::Dotenv);
        let mut value = Value::empty(origin.clone());
        value.push(Content::Known(Secret::made(text.to_owned())), origin);
        value
    };
    environment.iter().map(|(name, text)| (Name::new(name), value(text))).collect()
}

#[track_caller]
fn agree<T: DeserializeOwned + JsonSchema>() {
    let mut schema = Schema::from_json(&document::<T>("urn:test")).unwrap();
    schema.rename(|name| name.replace('.', "__"));
    let context = Context::production();
    let texts: Vec<String> = TEXTS.iter().chain(&MORE).map(|text| (*text).to_owned()).collect();
    let variables: Vec<(String, Vec<String>)> = schema
        .variables()
        .iter()
        .map(|v| (v.name.to_string(), right(&schema, v.name.as_str(), &v.kind)))
        .collect();
    let mut draw = Draw(7);
    let (mut accepted, mut refused) = (0, 0);
    let mut last: Option<BTreeMap<String, String>> = None;
    for round in 0..ROUNDS {
        let mut environment = last.clone().filter(|_| round % 3 > 0).unwrap_or_default();
        // What was right is changed in one place, so that there is enough to accept.
        let only = (!environment.is_empty()).then(|| draw.number(variables.len()));
        for (at, (name, right)) in variables.iter().enumerate() {
            if only.is_some_and(|only| only != at) {
                continue;
            }
            match draw.number(if only.is_some() { 3 } else { 60 }) {
                0 => drop(environment.insert(name.clone(), draw.one(&texts))),
                1 => drop(environment.remove(name)),
                _ => drop(environment.insert(name.clone(), draw.one(right))),
            }
        }
        let environment: Vec<(String, String)> = environment.into_iter().collect();
        let found = evaluate(&schema, &values(&environment), &context);
        let right = !found.iter().any(is_mistake);
        let loaded = Loader::new().pairs(environment.iter().cloned()).load::<T>();
        let told = loaded.as_ref().err().map(ToString::to_string);
        assert_eq!(loaded.is_ok(), right, "{environment:?}\nloader: {told:?}\nlinter: {found:?}");
        if right {
            accepted += 1;
            last = Some(environment.into_iter().collect());
        } else {
            refused += 1;
        }
    }
    let enough = accepted >= ENOUGH && refused >= ENOUGH;
    assert!(enough, "{accepted} accepted, {refused} refused");
}

#[test]
fn on_every_kind_of_ours() {
    agree::<Ours>();
}

#[test]
fn on_what_rust_has() {
    agree::<Plain>();
}

#[test]
fn on_structs_in_each_other_and_relations() {
    agree::<Nested>();
}

/// Those that are built with some of their variables are left out: a running service never sees
/// these, and its struct has them all the same.
#[test]
fn on_services_that_are_bundled() {
    agree::<envlint_bundled::polyant::Engine>();
    agree::<envlint_bundled::protea::Api>();
    agree::<envlint_bundled::profy::Core>();
}

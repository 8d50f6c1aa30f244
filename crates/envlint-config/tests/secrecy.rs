//! No value comes out: not in an error, not in its `Debug`, whoever words it.

use envlint_config::types::{
    Base64, ConnectionUrl, CorsOrigins, DatabaseUrl, Duration, Email, HttpUrl, Key, Origin, Port,
    Redis, TimeZone, Token, TrustProxy,
};
use envlint_config::{JsonSchema, Loader, MemoryFiles, Reader, SecretString};
use proptest::prelude::*;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Somebody's own type, whose errors quote what they refuse.
#[derive(Debug, JsonSchema)]
#[schemars(transparent)]
struct Own(#[allow(dead_code, reason = "what it holds does not matter")] String);

impl<'de> Deserialize<'de> for Own {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Err(D::Error::custom(format!("I do not like {text:?}")))
    }
}

fn quoting<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| D::Error::invalid_value(serde::de::Unexpected::Str(&text), &&*text))
}

fn refusing(inner: Inner) -> Result<Checked, String> {
    Err(format!("{} and {}", inner.left, inner.right))
}

#[derive(Deserialize, JsonSchema)]
struct Inner {
    left: String,
    right: String,
}

/// A struct that a function of its own refuses.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Inner")]
#[schemars(with = "Inner")]
struct Checked;

impl TryFrom<Inner> for Checked {
    type Error = String;

    fn try_from(inner: Inner) -> Result<Self, String> {
        refusing(inner)
    }
}

#[derive(Deserialize, JsonSchema, Debug)]
#[serde(rename_all = "lowercase")]
enum Choice {
    One,
    Two,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "nothing of it is ever made")]
struct All {
    boolean: Option<bool>,
    signed: Option<i8>,
    unsigned: Option<u64>,
    wide: Option<u128>,
    float: Option<f32>,
    letter: Option<char>,
    text: Option<String>,
    secret: Option<SecretString>,
    choice: Option<Choice>,
    list: Option<Vec<u8>>,
    pair: Option<(u8, u8)>,
    map: Option<std::collections::BTreeMap<String, u8>>,
    key: Option<Key<32>>,
    other_key: Option<Key<16, Base64>>,
    token: Option<Token<64>>,
    database: Option<DatabaseUrl>,
    redis: Option<ConnectionUrl<Redis>>,
    url: Option<HttpUrl>,
    origin: Option<Origin>,
    origins: Option<CorsOrigins>,
    port: Option<Port>,
    email: Option<Email>,
    zone: Option<TimeZone>,
    duration: Option<Duration>,
    trust: Option<TrustProxy>,
    own: Option<Own>,
    #[serde(default, deserialize_with = "quoting")]
    quoting: u8,
    checked: Option<Checked>,
    #[schemars(length(max = 3))]
    short: Option<String>,
    #[schemars(regex(pattern = "^x*$"))]
    matching: Option<String>,
    #[schemars(range(max = 3))]
    small: Option<u32>,
}

const NAMES: [&str; 31] = [
    "boolean",
    "signed",
    "unsigned",
    "wide",
    "float",
    "letter",
    "secret",
    "choice",
    "list",
    "pair",
    "map",
    "key",
    "other_key",
    "token",
    "database",
    "redis",
    "url",
    "origin",
    "origins",
    "port",
    "email",
    "zone",
    "duration",
    "trust",
    "own",
    "quoting",
    "checked__left",
    "checked__right",
    "short",
    "matching",
    "small",
];

/// Texts that look nearly right.
const NEARLY: [&str; 14] = [
    "CANARY",
    "[CANARY",
    "[\"CANARY\"]",
    "[300, \"CANARY\"]",
    "{\"CANARY\": 300}",
    "{\"CANARY\": \"CANARY\"}",
    "https://CANARY",
    "https://u:CANARY@h:CANARY/",
    "postgresql://u:CA/NARY@CANARY",
    "https://ok.example,https://CANARY/x",
    "12CANARY",
    "CANARY@CANARY",
    "Europe/CANARY",
    "99999CANARY",
];

fn told(pairs: &[(String, String)]) -> Option<String> {
    let error = Loader::new().pairs(pairs.iter().cloned()).load::<All>().err()?;
    let mistakes: Vec<_> = error.errors().collect();
    Some(format!(
        "{error} {error:?} {mistakes:?} {:?}",
        std::error::Error::source(&error).is_some()
    ))
}

#[test]
fn no_kind_of_failure_shows_a_value() {
    for text in NEARLY {
        let pairs: Vec<_> = NAMES.map(|name| (name.to_owned(), text.to_owned())).into();
        let told = told(&pairs).expect("some of it is always wrong");
        assert!(!told.contains("CANARY"), "{told}");
        for wrong in ["own", "quoting", "key", "trust"] {
            assert!(told.contains(&format!("{wrong} ")), "{wrong} is not in {told}");
        }
    }
}

#[test]
fn each_alone_is_told_by_its_name() {
    for name in NAMES
        .into_iter()
        .filter(|name| !["secret", "checked__left", "checked__right"].contains(name))
    {
        let told = told(&[(name.to_owned(), "CANARY CANARY".to_owned())]);
        let told = told.unwrap_or_else(|| panic!("{name} takes anything"));
        assert!(told.contains(&format!("{name} ")) && !told.contains("CANARY"), "{told}");
        assert!(told.starts_with("1 mistake in the configuration of All"), "{told}");
    }
}

#[test]
fn a_struct_that_is_refused_is_told_by_its_variables() {
    let pairs =
        ["checked__left", "checked__right"].map(|name| (name.to_owned(), "CANARY".to_owned()));
    let told = told(&pairs).unwrap();
    assert!(told.contains("the program does not take checked__left and checked__right together"));
    assert!(!told.contains("CANARY"), "{told}");
}

#[test]
fn a_torn_line_is_no_suggestion() {
    #[derive(Deserialize, JsonSchema, Debug)]
    struct Torn {
        #[serde(rename = "CANARYCANARYCANARY")]
        _name: String,
    }

    let torn = "KEY=-----BEGIN PRIVATE KEY-----\nCANARYCANARYCANARX=\n-----END PRIVATE KEY-----\n";
    let files = MemoryFiles::new().with(".env", torn);
    let loader = Loader::new().files(files).dotenv(".env", Reader::Dotenv);
    let error = loader.load::<Torn>().unwrap_err().to_string();
    assert!(!error.contains("CANARX"), "{error}");
}

#[test]
fn a_loaded_secret_has_no_debug() {
    let secret = SecretString::from("CANARY");
    assert!(!format!("{secret:?}").contains("CANARY"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is set: no panic, and of what is refused not a word.
    #[test]
    fn any_text_is_taken_or_refused_in_silence(
        texts in proptest::collection::vec(("[a-zA-Z0-9 ,:/@\"\\[\\]{}.=+-]{0,12}", 0..NAMES.len()), 1..8),
    ) {
        let pairs: Vec<_> = texts
            .iter()
            .map(|(text, name)| (NAMES[*name].to_owned(), format!("{text}CANARY{text}")))
            .collect();
        if let Some(told) = told(&pairs) {
            prop_assert!(!told.contains("CANARY"), "{}", told);
        }
    }

    #[test]
    fn any_unicode_does_no_harm(text in any::<String>(), name in 0..NAMES.len()) {
        told(&[(NAMES[name].to_owned(), text)]);
    }
}

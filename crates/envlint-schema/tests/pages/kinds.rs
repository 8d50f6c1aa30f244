//! `docs/kinds.md`: every kind, what it accepts, its type in Rust, and which projection says it.

use std::collections::BTreeMap;

use envlint_model::{Content, Form, Name, Origin as Place, Reader, Secret, Sources, Value as Text};
use envlint_schema::{
    Context, Expressed, Kind, Projection, Reading, Schema, Short, dialect, evaluate,
};
use envlint_types::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{code, compare, table};

/// Of every kind, in the order of the documentation: its `x-envlint` with what it needs, its types
/// in Rust, and texts that it accepts and refuses.
struct Row {
    short: &'static str,
    types: &'static [Type],
    accepted: &'static [&'static str],
    refused: &'static [&'static str],
}

/// A type in Rust with what it says of itself.
type Type = (&'static str, fn() -> Value);

macro_rules! row {
    ($short:literal [$($type:ty),*] $accepted:expr, $refused:expr) => {
        Row {
            short: $short,
            types: &[$((stringify!($type), described::<$type>)),*],
            accepted: &$accepted,
            refused: &$refused,
        }
    };
}

fn described<T: JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// A choice, as an enum in Rust is one.
#[derive(JsonSchema, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Enum {
    Debug,
    Info,
}

const HEX: &str = "000102030405060708090a0b0c0d0e0f";
const TOKEN: &str = "CANARY-CANARY-CANARY-CANARY-0123";
const PEM_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\\nMBsMGUNBTkFSWTogbm90IGEgY2VydGlmaWNhdGU=\\n-----END CERTIFICATE-----";
const PEM_KEY: &str = "-----BEGIN PRIVATE KEY-----\\nMBsMGUNBTkFSWTogbm90IGEgcHJpdmF0ZSBrZXk=\\n-----END PRIVATE KEY-----";
const JWT: &str =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJDQU5BUlkifQ.Q0FOQVJZOiBub3QgYSBzaWduYXR1cmU";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row!(r#"{ "type": "string", "max-length": 5 }"# [String] ["any", "a b"], ["longer"]),
    row!(r#"{ "type": "integer", "minimum": 0 }"# [Integer<-9, 9>, NonNegative, Positive, u32] ["0", "42", "+7", "007"], ["-1", "1.5", "1e3", "0x10"]),
    row!(r#"{ "type": "number" }"# [Fraction, f64] ["0.5", ".5", "-1e3"], ["1,5", "NaN", "Infinity"]),
    row!(r#"{ "type": "port" }"# [Port] ["80", "65535"], ["0", "65536", "http"]),
    row!(r#"{ "type": "boolean" }"# [bool, LiteralTrue, LiteralOne, AnyText] ["true", "false"], ["1", "yes", "True"]),
    row!(r#"{ "type": "enum", "values": ["debug", "info"] }"# [Enum] ["debug", "info"], ["Debug", "warn"]),
    row!(r#"{ "type": "key", "bytes": 16 }"# [Key<16>, Key<16, Base64>] [HEX], ["c0ffee", "CANARY"]),
    row!(r#"{ "type": "token", "min-length": 32 }"# [Token<32>] [TOKEN], ["CANARY"]),
    row!(r#"{ "type": "url", "schemes": ["http", "https"] }"# [HttpUrl] ["https://a.example/path?q=1", "http://[::1]:80"], ["ftp://a.example", "//a.example", "https://a b"]),
    row!(r#"{ "type": "database-url", "schemes": ["postgresql"] }"# [DatabaseUrl] ["postgresql://app:CANARY@db:5432/app"], ["postgresql://db", "mysql://db/app", "postgresql://app:CAN@RY/x@db/app"]),
    row!(r#"{ "type": "redis-url" }"# [RedisUrl] ["redis://cache:6379/0", "rediss://:CANARY@cache"], ["http://cache", "cache:6379"]),
    row!(r#"{ "type": "amqp-url" }"# [AmqpUrl] ["amqps://app:CANARY@broker/vhost"], ["mqtt://broker"]),
    row!(r#"{ "type": "smtp-url" }"# [SmtpUrl] ["smtps://app:CANARY@mail.example:465"], ["mail.example:465"]),
    row!(r#"{ "type": "s3-url" }"# [S3Url] ["s3://bucket/prefix", "https://minio:9000"], ["bucket"]),
    row!(r#"{ "type": "origin" }"# [Origin] ["https://app.example.com", "http://localhost:3000"], ["https://app.example.com/", "app.example.com", "*"]),
    row!(r#"{ "type": "origin-list" }"# [CorsOrigins] ["https://a.example, http://b.example:3000"], ["https://a.example,*", "https://a.example/"]),
    row!(r#"{ "type": "domain-list" }"# [DomainList] ["example.com, example.org"], ["example.com,@example.org"]),
    row!(r#"{ "type": "list", "items": "cidr" }"# [List<Cidr>, List<Port>, List<String>] ["10.0.0.0/8, 192.168.0.0/16"], ["10.0.0.0/8, lan"]),
    row!(r#"{ "type": "duration", "unit": "s" }"# [Duration, Duration<Seconds>, Duration<Millis>] ["30s", "1h30m", "PT5M", "30"], ["soon", "30 parsecs"]),
    row!(r#"{ "type": "byte-size" }"# [ByteSize] ["512", "64MiB", "10kb"], ["big", "64 XB"]),
    row!(r#"{ "type": "percentage" }"# [Percentage] ["90", "90%", "12.5"], ["101", "-1", "most"]),
    row!(r#"{ "type": "trust-proxy" }"# [TrustProxy] ["0", "1", "true", "false"], ["all", "-1", "1.5"]),
    row!(r#"{ "type": "email" }"# [Email] ["ops@example.com"], ["ops", "ops@example", "Ops <ops@example.com>"]),
    row!(r#"{ "type": "time-zone" }"# [TimeZone] ["Europe/Paris", "UTC"], ["Paris", "+02:00", "CEST"]),
    row!(r#"{ "type": "locale" }"# [Locale] ["en-US", "zh-Hant-TW"], ["en_US", "english language"]),
    row!(r#"{ "type": "domain" }"# [Domain] ["example.com"], ["localhost", "https://example.com"]),
    row!(r#"{ "type": "host" }"# [Host] ["db", "db.example.com", "192.0.2.1"], ["db:5432", "http://db"]),
    row!(r#"{ "type": "ip" }"# [IpAddress, std::net::IpAddr] ["192.0.2.1", "2001:db8::1"], ["192.0.2.256", "localhost"]),
    row!(r#"{ "type": "ipv4" }"# [std::net::Ipv4Addr] ["192.0.2.1"], ["2001:db8::1", "192.0.2"]),
    row!(r#"{ "type": "ipv6" }"# [std::net::Ipv6Addr] ["2001:db8::1", "::"], ["192.0.2.1"]),
    row!(r#"{ "type": "cidr" }"# [Cidr] ["10.0.0.0/8", "2001:db8::/32"], ["10.0.0.0", "10.0.0.0/33"]),
    row!(r#"{ "type": "uuid" }"# [Uuid] ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567", "{123e4567-e89b-12d3-a456-426614174000}"]),
    row!(r#"{ "type": "semver" }"# [SemVer] ["1.2.3", "1.0.0-rc.1+build"], ["1.2", "v1.2.3", "01.2.3"]),
    row!(r#"{ "type": "json" }"# [Json] ["{\"a\": 1}", "[]", "null"], ["{a: 1}", "{'a': 1}"]),
    row!(r#"{ "type": "regex" }"# [Regex] ["^a+$", "(?=look-around)a"], ["(", "[a"]),
    row!(r#"{ "type": "cron" }"# [Cron] ["0 3 * * 1-5", "@daily", "*/10 0 3 * * MON"], ["0 25 * * *", "daily", "* * *"]),
    row!(r#"{ "type": "pem-certificate" }"# [PemCertificate] [PEM_CERTIFICATE], ["CANARY", PEM_KEY]),
    row!(r#"{ "type": "pem-key" }"# [PemKey] [PEM_KEY], ["CANARY", PEM_CERTIFICATE]),
    row!(r#"{ "type": "jwt" }"# [Jwt] [JWT], ["CANARY", "a.b.c"]),
    row!(r#"{ "type": "age-recipient" }"# [AgeRecipient] ["age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"], ["age1qqqq", "ssh-ed25519 CANARY"]),
    row!(r#"{ "type": "path" }"# [FilePath] ["./data", "/var/lib/app"], ["a\0b"]),
    row!(r#"{ "type": "absolute-path" }"# [AbsolutePath] ["/var/lib/app"], ["./data", "~/data"]),
    row!(r#"{ "type": "date" }"# [Date] ["2030-01-31"], ["2030-02-30", "31.01.2030"]),
    row!(r#"{ "type": "date-time" }"# [DateTime] ["2030-01-31T12:00:00Z", "2030-01-31T12:00:00+02:00"], ["2030-01-31", "2030-01-31 12:00"]),
];

/// The words for kinds with what each of them means, as the schema of the manifest has them.
fn words() -> Vec<(String, String)> {
    let property = &dialect()["$defs"]["Short"]["properties"]["type"];
    let docs = property["description"].as_str().unwrap();
    let words: Vec<(String, String)> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once("`: "))
        .map(|(word, docs)| (word.to_owned(), docs.to_owned()))
        .collect();
    let listed = property["enum"].as_array().unwrap();
    assert_eq!(listed.len(), words.len(), "each word is explained");
    words
}

impl Row {
    fn short(&self) -> Short {
        Short::deserialize(&serde_json::from_str::<Value>(self.short).unwrap()).unwrap()
    }

    fn kind(&self) -> Kind {
        self.short().variable("A").unwrap().kind
    }

    fn accepts(&self, text: &str) -> bool {
        let mut schema = Schema::new("one");
        schema.insert(self.short().variable("A").unwrap());
        let values = BTreeMap::from([(Name::new("A"), value(text))]);
        evaluate(&schema, &values, &Context::production()).is_empty()
    }
}

fn value(text: &str) -> Text {
    let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
    let origin = Place::new(file.span(0..0), Reader::Dotenv);
    let mut value = Text::empty(origin.clone());
    value.push(Content::Known(Secret::made(text.to_owned())), origin);
    value
}

#[test]
fn every_kind_has_its_row() {
    let words: Vec<String> = words().into_iter().map(|(word, _)| word).collect();
    let rows: Vec<String> = ROWS.iter().map(|row| row.kind().name().to_owned()).collect();
    assert_eq!(words, rows);
}

#[test]
fn what_is_said_to_be_accepted_is() {
    for row in ROWS {
        for text in row.accepted {
            assert!(row.accepts(text), "{} refuses {text}", row.short);
        }
        for text in row.refused {
            assert!(!row.accepts(text), "{} accepts {text}", row.short);
        }
        assert!(!row.accepted.is_empty() && !row.refused.is_empty(), "{}", row.short);
    }
}

/// A field of such a type is a variable of that kind.
#[test]
fn a_type_is_of_its_kind() {
    for row in ROWS {
        for (name, described) in row.types {
            let mut item = described();
            item.as_object_mut().unwrap().remove("$schema");
            let definitions = item.as_object_mut().unwrap().remove("$defs").unwrap_or_default();
            let document =
                json!({ "properties": { "A": item }, "$defs": definitions, "x-envlint": {} });
            let schema = Schema::from_json(&document).unwrap_or_else(|e| panic!("{name}: {e}"));
            let kind = &schema.variable("A").unwrap().kind;
            assert_eq!(kind.name(), row.kind().name(), "{name}");
        }
    }
}

fn said(expressed: Expressed) -> String {
    match expressed {
        Expressed::Whole => "whole".to_owned(),
        Expressed::InPart(left_out) => format!("in part: {left_out}"),
        Expressed::No => "no".to_owned(),
    }
}

/// The fields of the short form that a kind takes: those that its rule does not forbid.
fn fields(word: &str) -> String {
    let schema = dialect();
    let short = &schema["$defs"]["Short"];
    let meta = jsonschema::validator_for(&json!({
        "$ref": "#/$defs/Short", "$defs": schema["$defs"].clone(),
    }))
    .unwrap();
    let takes = |name: &&String| {
        let example = &short["properties"][name.as_str()]["examples"][0];
        let with = json!({ "type": word, name.as_str(): example });
        let refused =
            meta.iter_errors(&with).any(|e| e.schema_path().as_str().contains("propertyNames"));
        !refused
    };
    const EVERY: [&str; 17] = [
        "type",
        "required",
        "recommended",
        "default",
        "secret",
        "phase",
        "empty",
        "role",
        "unsafe-default",
        "forbidden",
        "retired",
        "formerly",
        "or-file",
        "max-age",
        "docs",
        "happens",
        "generate",
    ];
    let own = short["properties"].as_object().unwrap().keys();
    let own =
        own.filter(|name| !EVERY.contains(&name.as_str()) && *name != "example").filter(takes);
    own.map(|name| code(name)).collect::<Vec<_>>().join(", ")
}

fn secrecy(kind: &Kind) -> &'static str {
    let variable = envlint_schema::Variable::new("A", kind.clone());
    match (variable.is_secret(), variable.is_public()) {
        (true, _) => "secret",
        (_, true) => "public",
        _ => "not known",
    }
}

#[test]
fn the_page_is_what_is_true() {
    let words = words();
    let kinds = table(
        ["kind", "what it accepts", "says more about it", "type in Rust", "its text is"],
        ROWS.iter().zip(&words).map(|(row, (word, docs))| {
            let types = row.types.iter().map(|(name, _)| match *name {
                "Enum" => "an `enum` of your own".to_owned(),
                name => code(&name.replace("std::net::", "")),
            });
            let types = types.collect::<Vec<_>>().join(", ");
            [code(word), docs.clone(), fields(word), types, secrecy(&row.kind()).to_owned()]
        }),
    );
    let examples = table(
        ["short form", "accepts", "refuses"],
        ROWS.iter().map(|row| {
            let list = |texts: &[&str]| {
                let shown = texts.iter().map(|text| code(&text.replace('\0', "\\0")));
                shown.collect::<Vec<_>>().join(", ")
            };
            [code(row.short), list(row.accepted), list(row.refused)]
        }),
    );
    let projections = table(
        ["kind", "`text`", "`typed`"],
        ROWS.iter().zip(&words).map(|(row, (word, _))| {
            let kind = row.kind();
            let [text, typed] =
                [Projection::Text, Projection::Typed].map(|to| said(kind.expressed(to)));
            [code(word), text, typed]
        }),
    );
    let readings = table(
        ["`reads`", "on", "off", "refused"],
        Reading::ALL.map(|reading| {
            let texts = [
                "true", "TRUE", "1", "yes", "on", "y", "t", "enabled", "false", "0", "no", "off",
                "n", "f", "disabled", "maybe",
            ];
            let of = |wanted: Option<bool>| {
                let texts = texts.iter().filter(|text| reading.reads(text) == wanted);
                texts.map(|text| code(text)).collect::<Vec<_>>().join(", ")
            };
            [code(reading.as_str()), of(Some(true)), of(Some(false)), of(None)]
        }),
    );
    compare(
        "kinds.md",
        &[
            ("kinds", kinds),
            ("readings", readings),
            ("examples", examples),
            ("projections", projections),
        ],
    );
}

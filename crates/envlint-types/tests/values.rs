//! Every typed value that stands for a format says so in its schema, reads the format's example and
//! nothing else, and is written as it can be read.

use std::str::FromStr;

use envlint_types::kinds::format::Format;
use envlint_types::{
    AbsolutePath, AgeRecipient, AmqpUrl, Cidr, Cron, Date, DateTime, Domain, FilePath, Host,
    IpAddress, Json, Jwt, PemCertificate, PemKey, RedisUrl, Regex, S3Url, SemVer, SmtpUrl, Uuid,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Holds the schema of `T` against what is known of the format.
fn schema_tells<T: JsonSchema>(format: Format) {
    let schema = schemars::schema_for!(T).to_value();
    assert_eq!(schema["x-envlint"], json!({ "type": format.name() }));
    let exact = format.pattern().filter(|_| format.beyond_pattern().is_empty());
    assert_eq!(schema.get("pattern").and_then(Value::as_str), exact.as_deref(), "{format:?}");
    let secret = schema.get("writeOnly").is_some();
    assert_eq!(secret, format.secret() == Some(true), "{format:?}");
}

fn reads<T: FromStr + DeserializeOwned>(format: Format) -> T {
    let quoted = |text: &str| serde_json::from_value::<T>(json!(text));
    for text in ["(", "\u{0}", "", format.example()] {
        assert_eq!(text.parse::<T>().is_ok(), format.accepts(text), "{format:?}");
        assert_eq!(quoted(text).is_ok(), format.accepts(text), "{format:?}");
    }
    format.example().parse().ok().unwrap()
}

fn public<T: FromStr + DeserializeOwned + JsonSchema + Serialize>(format: Format) {
    schema_tells::<T>(format);
    let written = serde_json::to_value(reads::<T>(format)).unwrap();
    let again: T = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(again).unwrap(), written, "{format:?}");
    assert_eq!(written.as_str().unwrap().replace('\n', "\\n"), format.example());
}

fn secret<T: FromStr + DeserializeOwned + JsonSchema>(format: Format) {
    schema_tells::<T>(format);
    reads::<T>(format);
}

#[test]
fn values_stand_for_their_forms() {
    public::<Domain>(Format::Domain);
    public::<Host>(Format::Host);
    public::<IpAddress>(Format::Ip);
    public::<Cidr>(Format::Cidr);
    public::<Uuid>(Format::Uuid);
    public::<SemVer>(Format::SemVer);
    public::<Regex>(Format::Regex);
    public::<Cron>(Format::Cron);
    public::<PemCertificate>(Format::PemCertificate);
    public::<AgeRecipient>(Format::AgeRecipient);
    public::<FilePath>(Format::Path);
    public::<AbsolutePath>(Format::AbsolutePath);
    public::<Date>(Format::Date);
    public::<DateTime>(Format::DateTime);
    secret::<Json>(Format::Json);
    secret::<PemKey>(Format::PemKey);
    secret::<Jwt>(Format::Jwt);
}

#[test]
fn urls_of_servers_are_secret() {
    let schemas = [
        ("redis-url", schemars::schema_for!(RedisUrl)),
        ("amqp-url", schemars::schema_for!(AmqpUrl)),
        ("smtp-url", schemars::schema_for!(SmtpUrl)),
        ("s3-url", schemars::schema_for!(S3Url)),
    ];
    for (name, schema) in schemas {
        let schema = schema.to_value();
        assert_eq!(schema["x-envlint"], json!({ "type": name }));
        assert_eq!(schema["writeOnly"], json!(true));
    }
}

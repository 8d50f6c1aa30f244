//! Every typed value that stands for a form says so in its schema, reads the form's example and
//! nothing else, and is written as it can be read.

use std::str::FromStr;

use envlint_types::kinds::form::Form;
use envlint_types::{
    AbsolutePath, AgeRecipient, AmqpUrl, Cidr, Cron, Date, DateTime, Domain, FilePath, Host,
    IpAddress, Json, Jwt, PemCertificate, PemKey, RedisUrl, Regex, S3Url, SemVer, SmtpUrl, Uuid,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Holds the schema of `T` against what is known of the form.
fn schema_tells<T: JsonSchema>(form: Form) {
    let schema = schemars::schema_for!(T).to_value();
    assert_eq!(schema["x-envlint"], json!({ "type": form.name() }));
    let exact = form.pattern().filter(|_| form.beyond_pattern().is_empty());
    assert_eq!(schema.get("pattern").and_then(Value::as_str), exact.as_deref(), "{form:?}");
    let secret = schema.get("writeOnly").is_some();
    assert_eq!(secret, form.secret() == Some(true), "{form:?}");
}

fn reads<T: FromStr + DeserializeOwned>(form: Form) -> T {
    let quoted = |text: &str| serde_json::from_value::<T>(json!(text));
    for text in ["(", "\u{0}", "", form.example()] {
        assert_eq!(text.parse::<T>().is_ok(), form.accepts(text), "{form:?}");
        assert_eq!(quoted(text).is_ok(), form.accepts(text), "{form:?}");
    }
    form.example().parse().ok().unwrap()
}

fn public<T: FromStr + DeserializeOwned + JsonSchema + Serialize>(form: Form) {
    schema_tells::<T>(form);
    let written = serde_json::to_value(reads::<T>(form)).unwrap();
    let again: T = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(again).unwrap(), written, "{form:?}");
    assert_eq!(written.as_str().unwrap().replace('\n', "\\n"), form.example());
}

fn secret<T: FromStr + DeserializeOwned + JsonSchema>(form: Form) {
    schema_tells::<T>(form);
    reads::<T>(form);
}

#[test]
fn values_stand_for_their_forms() {
    public::<Domain>(Form::Domain);
    public::<Host>(Form::Host);
    public::<IpAddress>(Form::Ip);
    public::<Cidr>(Form::Cidr);
    public::<Uuid>(Form::Uuid);
    public::<SemVer>(Form::SemVer);
    public::<Regex>(Form::Regex);
    public::<Cron>(Form::Cron);
    public::<PemCertificate>(Form::PemCertificate);
    public::<AgeRecipient>(Form::AgeRecipient);
    public::<FilePath>(Form::Path);
    public::<AbsolutePath>(Form::AbsolutePath);
    public::<Date>(Form::Date);
    public::<DateTime>(Form::DateTime);
    secret::<Json>(Form::Json);
    secret::<PemKey>(Form::PemKey);
    secret::<Jwt>(Form::Jwt);
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

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use crate::{
    Bounds, Condition, Empty, Encoding, Forbidden, Item, Kind, Pattern, Phases, Reading,
    Requirement, Role, Secrecy, TextRules, UnsafeDefault, Variable,
};

/// A variable in the short form: the entries of `[services.NAME.variables]` in the manifest, and
/// the `x-envlint` object of a property in a JSON Schema.
///
/// What is left out stays as the schema below it says, or as the kind has it.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Short {
    /// What its text must be; any text if nothing is said.
    #[serde(rename = "type")]
    pub kind: Option<KindName>,
    /// How many bytes a key decodes to.
    pub bytes: Option<usize>,
    /// How a key is written; `hex` if nothing is said.
    pub encoding: Option<EncodingName>,
    /// The schemes that a URL may have, without `://`; any if nothing is said.
    pub schemes: Option<Vec<String>>,
    /// The texts that an `enum` may be.
    pub values: Option<Vec<String>>,
    /// How the program reads a `boolean`; `strict` if nothing is said.
    pub reads: Option<ReadingName>,
    /// The smallest number allowed.
    pub minimum: Option<f64>,
    /// The largest number allowed.
    pub maximum: Option<f64>,
    /// The fewest characters of a text or token.
    pub min_length: Option<usize>,
    /// The most characters of a text.
    pub max_length: Option<usize>,
    /// A regular expression that must be found in a text.
    pub pattern: Option<String>,
    /// Whether it must be set: always, or where a condition holds.
    pub required: Option<When>,
    /// Whether it should be set: always, or where a condition holds.
    pub recommended: Option<When>,
    /// What stands in for it when it is not set. A secret has no default.
    pub default: Option<Scalar>,
    /// Whether its text is a secret; `false` says that it may be shown.
    pub secret: Option<bool>,
    /// When it is read; `run` if nothing is said.
    pub phase: Option<Phases>,
    /// What the service makes of an empty text; `value` if nothing is said.
    pub empty: Option<Empty>,
    /// What it decides, for the rules that look beyond its text.
    pub role: Option<Role>,
    /// Why it is unsafe to leave it out.
    pub unsafe_default: Option<UnsafeDefault>,
    /// What it must not be, and where.
    pub forbidden: Option<Forbidden>,
    /// What it is for, in Markdown.
    pub docs: Option<String>,
    /// What happens when it is missing or wrong.
    pub happens: Option<String>,
    /// A text that could stand in a template.
    pub example: Option<Scalar>,
    /// A command that makes a value.
    pub generate: Option<String>,
}

/// The kinds of values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KindName {
    /// Any text, within `min-length`, `max-length` and `pattern`.
    String,
    /// A whole number, from `minimum` to `maximum`.
    Integer,
    /// A number, from `minimum` to `maximum`.
    Number,
    /// A TCP port, 1 to 65535.
    Port,
    /// A switch; `reads` says how the program reads it.
    Boolean,
    /// One of `values`.
    Enum,
    /// A cryptographic key of `bytes` bytes in an `encoding`.
    Key,
    /// Random text that is shared, of `min-length` or more characters.
    Token,
    /// A URL with one of `schemes`.
    Url,
    /// The URL of a database, with one of `schemes`.
    DatabaseUrl,
    /// Scheme, host and port of a web site.
    Origin,
    /// Origins separated by commas, without wildcards.
    OriginList,
    /// Domain names separated by commas.
    DomainList,
    /// An e-mail address.
    Email,
    /// A time zone of the IANA database.
    TimeZone,
    /// A language tag of BCP 47.
    Locale,
    /// A number of reverse proxies, or `true`, or `false`.
    TrustProxy,
}

/// How a key is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EncodingName {
    /// Two hexadecimal digits a byte.
    Hex,
    /// RFC 4648, either alphabet, padded or not.
    Base64,
}

/// How a program turns text into on or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingName {
    /// On for `true` and nothing else.
    LiteralTrue,
    /// On for `1` and nothing else.
    LiteralOne,
    /// On for any text that is not empty, `false` included.
    AnyText,
    /// `true` and `false`; other text is refused.
    Strict,
    /// `1`, `0`, `true`, `false`, `yes`, `no`, `on`, `off` in any case; other text is refused.
    Words,
}

/// Always, never, or where a condition holds.
#[derive(Clone, PartialEq, Debug, JsonSchema)]
#[schemars(untagged)]
pub enum When {
    /// Always, or never.
    Flag(bool),
    /// Where this holds.
    Condition(Condition),
}

/// A text, also where it is written as a number or as a boolean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scalar(pub String);

/// What a short form says can not be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ShortError(Problem);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
enum Problem {
    #[error("{field} does not belong to the type {kind}")]
    Misplaced { field: &'static str, kind: &'static str },
    #[error("the type {kind} needs {field}")]
    Missing { field: &'static str, kind: &'static str },
    #[error("{field} is a whole number")]
    NotWhole { field: &'static str },
    #[error("a key has 1 to {} bytes", MAX_KEY_BYTES)]
    Bytes,
    #[error("pattern is no regular expression that can be used here; look-around is not known")]
    Pattern,
    #[error("a secret has no default: a value that is published is none")]
    SecretDefault,
}

/// The longest key that a schema may ask for; RSA and its like are not written in one variable.
const MAX_KEY_BYTES: usize = 4096;

impl Short {
    /// The variable that this describes.
    pub fn variable(&self, name: &str) -> Result<Variable, ShortError> {
        self.refine(Variable::new(name, Kind::Text(TextRules::default())))
    }

    /// A variable of another schema, with everything changed that is said here.
    pub fn refine(&self, base: Variable) -> Result<Variable, ShortError> {
        let kind = self.kind(&base.kind)?;
        let secrecy = match self.secret {
            Some(true) => Secrecy::Secret,
            Some(false) => Secrecy::Public,
            None if self.kind.is_some() => kind.secrecy(),
            None => base.secrecy,
        };
        let text = |scalar: &Option<Scalar>| scalar.as_ref().map(|scalar| scalar.0.clone());
        let default = text(&self.default).or(base.default);
        if secrecy == Secrecy::Secret && default.is_some() {
            return Err(ShortError(Problem::SecretDefault));
        }
        Ok(Variable {
            name: base.name,
            kind,
            secrecy,
            default,
            requirement: self.required.as_ref().map_or(base.requirement, When::requirement),
            recommended: match &self.recommended {
                Some(when) => when.condition(),
                None => base.recommended,
            },
            phases: self.phase.unwrap_or(base.phases),
            empty: self.empty.clone().unwrap_or(base.empty),
            role: self.role.clone().or(base.role),
            unsafe_default: self.unsafe_default.clone().or(base.unsafe_default),
            forbidden: self.forbidden.clone().or(base.forbidden),
            docs: self.docs.clone().unwrap_or(base.docs),
            happens: self.happens.clone().or(base.happens),
            example: text(&self.example).or(base.example),
            generate: self.generate.clone().or(base.generate),
        })
    }

    /// Whether it says anything about the limits of a kind.
    pub(crate) fn limits(&self) -> bool {
        self.fields().iter().any(|(_, given)| *given)
    }

    /// The kind that the type names, or the one below, with the limits that are said here.
    fn kind(&self, base: &Kind) -> Result<Kind, ShortError> {
        let mut kind = self.kind.map_or_else(|| base.clone(), KindName::plain);
        match &mut kind {
            Kind::Text(rules) => {
                rules.min_length = self.min_length.or(rules.min_length);
                rules.max_length = self.max_length.or(rules.max_length);
                if let Some(pattern) = &self.pattern {
                    let pattern =
                        Pattern::new(pattern).map_err(|_| ShortError(Problem::Pattern))?;
                    rules.pattern = Some(pattern);
                }
            }
            Kind::Token { min_length } => *min_length = self.min_length.unwrap_or(*min_length),
            Kind::Integer(bounds) => {
                bounds.minimum = whole("minimum", self.minimum)?.or(bounds.minimum);
                bounds.maximum = whole("maximum", self.maximum)?.or(bounds.maximum);
            }
            Kind::Number(bounds) => {
                bounds.minimum = self.minimum.or(bounds.minimum);
                bounds.maximum = self.maximum.or(bounds.maximum);
            }
            Kind::Boolean(reading) => *reading = self.reads.map_or(*reading, ReadingName::reading),
            Kind::Choice(values) => *values = self.values.clone().unwrap_or_else(|| values.clone()),
            Kind::Key { bytes, encoding } => {
                *bytes = self.bytes.unwrap_or(*bytes);
                *encoding = self.encoding.map_or(*encoding, EncodingName::encoding);
            }
            Kind::Url { schemes } | Kind::Database { schemes } => {
                let lower = |given: &Vec<String>| given.iter().map(|s| s.to_lowercase()).collect();
                *schemes = self.schemes.as_ref().map_or_else(|| schemes.clone(), lower);
            }
            _ => {}
        }
        self.check_fields(&kind)?;
        Ok(kind)
    }

    /// The fields that belong to some kinds only, and whether they are given.
    fn fields(&self) -> [(&'static str, bool); 10] {
        [
            ("bytes", self.bytes.is_some()),
            ("encoding", self.encoding.is_some()),
            ("schemes", self.schemes.is_some()),
            ("values", self.values.is_some()),
            ("reads", self.reads.is_some()),
            ("minimum", self.minimum.is_some()),
            ("maximum", self.maximum.is_some()),
            ("min-length", self.min_length.is_some()),
            ("max-length", self.max_length.is_some()),
            ("pattern", self.pattern.is_some()),
        ]
    }

    /// Every field belongs to the kind, and none that it needs is missing.
    fn check_fields(&self, kind: &Kind) -> Result<(), ShortError> {
        let fields = fields_of(kind);
        let misplaced =
            self.fields().into_iter().find(|(field, given)| *given && !fields.contains(field));
        if let Some((field, _)) = misplaced {
            return Err(ShortError(Problem::Misplaced { field, kind: kind.name() }));
        }
        let missing = |field| Err(ShortError(Problem::Missing { field, kind: kind.name() }));
        match kind {
            Kind::Key { bytes: 0, .. } if self.bytes.is_none() => missing("bytes"),
            Kind::Key { bytes, .. } if !(1..=MAX_KEY_BYTES).contains(bytes) => {
                Err(ShortError(Problem::Bytes))
            }
            Kind::Choice(values) if values.is_empty() => missing("values"),
            _ => Ok(()),
        }
    }
}

/// The fields of the short form that say more about a kind.
fn fields_of(kind: &Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text(_) => &["min-length", "max-length", "pattern"],
        Kind::Integer(_) | Kind::Number(_) => &["minimum", "maximum"],
        Kind::Boolean(_) => &["reads"],
        Kind::Choice(_) => &["values"],
        Kind::Key { .. } => &["bytes", "encoding"],
        Kind::Token { .. } => &["min-length"],
        Kind::Url { .. } | Kind::Database { .. } => &["schemes"],
        _ => &[],
    }
}

fn whole(field: &'static str, number: Option<f64>) -> Result<Option<i64>, ShortError> {
    // Beyond 2^53 a float no longer tells neighbouring whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number {
        Some(number) if number.fract() != 0.0 || number.abs() > EXACT => {
            Err(ShortError(Problem::NotWhole { field }))
        }
        number => Ok(number.map(|number| number as i64)),
    }
}

impl KindName {
    /// The kind before its limits are known.
    fn plain(self) -> Kind {
        match self {
            KindName::String => Kind::Text(TextRules::default()),
            KindName::Integer => Kind::Integer(Bounds::default()),
            KindName::Number => Kind::Number(Bounds::default()),
            KindName::Port => Kind::Port,
            KindName::Boolean => Kind::Boolean(Reading::Strict),
            KindName::Enum => Kind::Choice(Vec::new()),
            KindName::Key => Kind::Key { bytes: 0, encoding: Encoding::Hex },
            KindName::Token => Kind::Token { min_length: 0 },
            KindName::Url => Kind::Url { schemes: Vec::new() },
            KindName::DatabaseUrl => Kind::Database { schemes: Vec::new() },
            KindName::Origin => Kind::Origin,
            KindName::OriginList => Kind::List(Item::Origin),
            KindName::DomainList => Kind::List(Item::Domain),
            KindName::Email => Kind::Email,
            KindName::TimeZone => Kind::TimeZone,
            KindName::Locale => Kind::Locale,
            KindName::TrustProxy => Kind::TrustProxy,
        }
    }
}

impl EncodingName {
    fn encoding(self) -> Encoding {
        match self {
            EncodingName::Hex => Encoding::Hex,
            EncodingName::Base64 => Encoding::Base64,
        }
    }
}

impl ReadingName {
    fn reading(self) -> Reading {
        match self {
            ReadingName::LiteralTrue => Reading::LiteralTrue,
            ReadingName::LiteralOne => Reading::LiteralOne,
            ReadingName::AnyText => Reading::AnyText,
            ReadingName::Strict => Reading::Strict,
            ReadingName::Words => Reading::Words,
        }
    }
}

impl When {
    pub(crate) fn is_always(&self) -> bool {
        *self == When::Flag(true)
    }

    fn requirement(&self) -> Requirement {
        match self {
            When::Flag(true) => Requirement::Always,
            When::Flag(false) => Requirement::Never,
            When::Condition(condition) => Requirement::When(condition.clone()),
        }
    }

    /// Everything holds in every case, so that "always" is a condition without parts.
    fn condition(&self) -> Option<Condition> {
        match self {
            When::Flag(true) => Some(Condition::All(Vec::new())),
            When::Flag(false) => None,
            When::Condition(condition) => Some(condition.clone()),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(WhenVisitor)
    }
}

struct WhenVisitor;

impl<'de> Visitor<'de> for WhenVisitor {
    type Value = When;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, or a condition such as { environment = \"production\" }")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<When, E> {
        Ok(When::Flag(flag))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<When, A::Error> {
        Condition::deserialize(MapAccessDeserializer::new(map)).map(When::Condition)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or a boolean")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }
}

impl JsonSchema for Scalar {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl crate::Schema {
    /// Says more about a variable, or adds it: what is said here wins over what the schema says.
    pub fn set_short(&mut self, name: &str, short: &Short) -> Result<(), ShortError> {
        let variable = match self.variable(name) {
            Some(base) => short.refine(base.clone())?,
            None => short.variable(name)?,
        };
        self.insert(variable);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn short(json: serde_json::Value) -> Short {
        Short::deserialize(&json).unwrap()
    }

    fn variable(json: serde_json::Value) -> Result<Variable, String> {
        short(json).variable("A").map_err(|error| error.to_string())
    }

    #[test]
    fn the_manifests_own_examples() {
        let key = json!({ "type": "key", "bytes": 32, "encoding": "hex" });
        let key = variable(key).unwrap();
        assert_eq!(key.kind, Kind::Key { bytes: 32, encoding: Encoding::Hex });
        assert!(key.is_secret());
        let url = variable(json!({
            "type": "url",
            "schemes": ["smtps"],
            "required": { "environment": "production", "MAIL_DRIVER": "smtp" },
        }))
        .unwrap();
        let driver =
            Condition::Equals { variable: "MAIL_DRIVER".into(), values: vec!["smtp".into()] };
        let both = Condition::All(vec![Condition::Production, driver]);
        assert_eq!(url.requirement, Requirement::When(both));
    }

    #[test]
    fn says_what_can_not_be() {
        for (json, problem) in [
            (json!({ "type": "port", "bytes": 32 }), "bytes does not belong to the type port"),
            (json!({ "minimum": 1 }), "minimum does not belong to the type string"),
            (json!({ "type": "key" }), "the type key needs bytes"),
            (json!({ "type": "key", "bytes": 0 }), "a key has 1 to 4096 bytes"),
            (json!({ "type": "enum" }), "the type enum needs values"),
            (json!({ "type": "integer", "minimum": 0.5 }), "minimum is a whole number"),
            (
                json!({ "pattern": "(?=a)" }),
                "pattern is no regular expression that can be used here; look-around is not known",
            ),
            (
                json!({ "secret": true, "default": "CANARY" }),
                "a secret has no default: a value that is published is none",
            ),
        ] {
            assert_eq!(variable(json).err().as_deref(), Some(problem));
        }
        assert!(Short::deserialize(&json!({ "requird": true })).is_err());
    }

    #[test]
    fn refines_what_a_schema_says() {
        let mut schema = crate::Schema::new("x");
        let bounds = json!({ "type": "integer", "minimum": 1, "default": 50 });
        schema.set_short("A", &short(bounds)).unwrap();
        schema.set_short("A", &short(json!({ "maximum": 100, "required": true }))).unwrap();
        let variable = schema.variable("A").unwrap();
        let bounds = Bounds { minimum: Some(1), maximum: Some(100) };
        assert_eq!(variable.kind, Kind::Integer(bounds));
        assert_eq!(variable.default.as_deref(), Some("50"));
        assert_eq!(variable.requirement, Requirement::Always);
    }

    #[test]
    fn a_prefix_reaches_every_mention() {
        let mut schema = crate::Schema::new("x");
        schema.set_short("A", &short(json!({ "required": { "B": false } }))).unwrap();
        schema.rename(|name| format!("MAILER_{name}"));
        let variable = schema.variable("MAILER_A").unwrap();
        let Requirement::When(condition) = &variable.requirement else { panic!() };
        assert_eq!(condition.to_string(), "where MAILER_B is not set");
    }
}

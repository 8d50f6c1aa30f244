//! The words for kinds, and what else belongs to each of them.

use envlint_types::kinds::format::Format;
use envlint_types::kinds::quantity::Measure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bounds, Encoding, Item, Kind, Reading, Store, TextRules};

/// The kinds of values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// The URL of a Redis server, `redis://` or `rediss://` unless `schemes` says otherwise.
    RedisUrl,
    /// The URL of a message broker, `amqp://` or `amqps://` unless `schemes` says otherwise.
    AmqpUrl,
    /// The URL of a mail server, `smtp://` or `smtps://` unless `schemes` says otherwise.
    SmtpUrl,
    /// The URL of an object store, `s3://`, `https://` or `http://` unless `schemes` says
    /// otherwise.
    S3Url,
    /// Scheme, host and port of a web site.
    Origin,
    /// Origins separated by commas, without wildcards.
    OriginList,
    /// Domain names separated by commas.
    DomainList,
    /// Texts of the kind `items`, separated by commas.
    List,
    /// A length of time such as `30s`, from `minimum` to `maximum` seconds; a bare number counts
    /// in `unit`.
    Duration,
    /// An amount of memory such as `64MiB`, from `minimum` to `maximum` bytes; a bare number
    /// counts in `unit`.
    ByteSize,
    /// A number from 0 to 100, or from `minimum` to `maximum`, with or without `%`.
    Percentage,
    /// A number of reverse proxies, or `true`, or `false`.
    TrustProxy,
    /// An e-mail address.
    Email,
    /// A time zone of the IANA database.
    TimeZone,
    /// A language tag of BCP 47.
    Locale,
    /// A domain name with a dot.
    Domain,
    /// A host name, or an address.
    Host,
    /// An IP address.
    Ip,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A network, as an address and a number of bits.
    Cidr,
    /// A UUID.
    Uuid,
    /// A version of Semantic Versioning 2.0.
    Semver,
    /// Any JSON.
    Json,
    /// A regular expression, of whichever engine.
    Regex,
    /// A schedule of crontab(5).
    Cron,
    /// One or more PEM certificates.
    PemCertificate,
    /// A PEM private key.
    PemKey,
    /// A JSON Web Token.
    Jwt,
    /// Whom an age file is encrypted to.
    AgeRecipient,
    /// The path of a file or directory.
    Path,
    /// Such a path from the root.
    AbsolutePath,
    /// A day such as `2027-06-30`.
    Date,
    /// A moment such as `2027-06-30T12:00:00Z`.
    DateTime,
}

/// How a key is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EncodingName {
    /// Two hexadecimal digits a byte.
    Hex,
    /// RFC 4648, either alphabet, padded or not.
    Base64,
}

/// How a program turns text into on or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// `1`, `true`, `yes`, `on`, `y`, `t`, `enabled`, and `0`, `false`, `no`, `off`, `n`, `f`,
    /// `disabled`, in any case; other text is refused.
    Words,
}

/// The kinds that are a form of text and nothing more.
const FORMATS: [(KindName, Format); 22] = [
    (KindName::Email, Format::Email),
    (KindName::TimeZone, Format::TimeZone),
    (KindName::Locale, Format::Locale),
    (KindName::Domain, Format::Domain),
    (KindName::Host, Format::Host),
    (KindName::Ip, Format::Ip),
    (KindName::Ipv4, Format::Ipv4),
    (KindName::Ipv6, Format::Ipv6),
    (KindName::Cidr, Format::Cidr),
    (KindName::Uuid, Format::Uuid),
    (KindName::Semver, Format::SemVer),
    (KindName::Json, Format::Json),
    (KindName::Regex, Format::Regex),
    (KindName::Cron, Format::Cron),
    (KindName::PemCertificate, Format::PemCertificate),
    (KindName::PemKey, Format::PemKey),
    (KindName::Jwt, Format::Jwt),
    (KindName::AgeRecipient, Format::AgeRecipient),
    (KindName::Path, Format::Path),
    (KindName::AbsolutePath, Format::AbsolutePath),
    (KindName::Date, Format::Date),
    (KindName::DateTime, Format::DateTime),
];

/// The kinds that are the URL of a server.
const STORES: [(KindName, Store); 5] = [
    (KindName::DatabaseUrl, Store::Database),
    (KindName::RedisUrl, Store::Redis),
    (KindName::AmqpUrl, Store::Amqp),
    (KindName::SmtpUrl, Store::Smtp),
    (KindName::S3Url, Store::S3),
];

/// The kinds that are an amount of something.
const MEASURES: [(KindName, Measure); 3] = [
    (KindName::Duration, Measure::Duration),
    (KindName::ByteSize, Measure::ByteSize),
    (KindName::Percentage, Measure::Percentage),
];

const ENCODINGS: [(EncodingName, Encoding); 2] =
    [(EncodingName::Hex, Encoding::Hex), (EncodingName::Base64, Encoding::Base64)];

const READINGS: [(ReadingName, Reading); 5] = [
    (ReadingName::LiteralTrue, Reading::LiteralTrue),
    (ReadingName::LiteralOne, Reading::LiteralOne),
    (ReadingName::AnyText, Reading::AnyText),
    (ReadingName::Strict, Reading::Strict),
    (ReadingName::Words, Reading::Words),
];

/// The other half of a pair.
fn right<A: PartialEq, B: Copy>(pairs: &[(A, B)], left: A) -> Option<B> {
    pairs.iter().find(|(a, _)| *a == left).map(|(_, b)| *b)
}

fn left<A: Copy, B: PartialEq>(pairs: &[(A, B)], right: B) -> Option<A> {
    pairs.iter().find(|(_, b)| *b == right).map(|(a, _)| *a)
}

impl KindName {
    /// The kind before its limits are known; of a list, before its items are.
    pub(super) fn plain(self) -> Kind {
        match self {
            KindName::Integer => Kind::Integer(Bounds::default()),
            KindName::Number => Kind::Number(Bounds::default()),
            KindName::Port => Kind::Port,
            KindName::Boolean => Kind::Boolean(Reading::Strict),
            KindName::Enum => Kind::Choice(Vec::new()),
            KindName::Key => Kind::Key { bytes: 0, encoding: Encoding::Hex },
            KindName::Token => Kind::Token { min_length: 0 },
            KindName::Url => Kind::Url { schemes: Vec::new() },
            KindName::Origin => Kind::Origin,
            KindName::OriginList => Kind::List(Item::Origin),
            KindName::DomainList => Kind::List(Item::Format(Format::Domain)),
            KindName::TrustProxy => Kind::TrustProxy,
            _ => self.of_a_family().unwrap_or(Kind::Text(TextRules::default())),
        }
    }

    fn of_a_family(self) -> Option<Kind> {
        let format = right(&FORMATS, self).map(Kind::Format);
        let store = right(&STORES, self).map(Kind::connection);
        let measure = right(&MEASURES, self).map(Kind::quantity);
        format.or(store).or(measure)
    }

    /// The fields of the short form that say more about this kind.
    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            KindName::List => &["items"],
            // Their words say what their items are.
            KindName::OriginList | KindName::DomainList => &[],
            name => fields_of(&name.plain()),
        }
    }

    /// The field without which this kind says nothing.
    pub(super) fn needs(self) -> Option<&'static str> {
        match self {
            KindName::Key => Some("bytes"),
            KindName::Enum => Some("values"),
            KindName::List => Some("items"),
            _ => None,
        }
    }

    /// What the items of a list are that are of this kind, if there are such lists.
    pub(super) fn item(self) -> Option<Item> {
        match self {
            KindName::Origin => Some(Item::Origin),
            KindName::String => Some(Item::Text),
            KindName::Integer => Some(Item::Integer),
            KindName::Number => Some(Item::Number),
            KindName::Port => Some(Item::Port),
            name => right(&FORMATS, name).map(Item::Format),
        }
    }

    /// The word for a kind, and for what the items of a list are that has no word of its own.
    pub(super) fn of(kind: &Kind) -> (Self, Option<Self>) {
        let name = match kind {
            Kind::Text(_) => KindName::String,
            Kind::Integer(_) => KindName::Integer,
            Kind::Number(_) => KindName::Number,
            Kind::Port => KindName::Port,
            Kind::Boolean(_) => KindName::Boolean,
            Kind::Choice(_) => KindName::Enum,
            Kind::Key { .. } => KindName::Key,
            Kind::Token { .. } => KindName::Token,
            Kind::Url { .. } => KindName::Url,
            Kind::Origin => KindName::Origin,
            Kind::List(Item::Origin) => KindName::OriginList,
            Kind::List(Item::Format(Format::Domain)) => KindName::DomainList,
            Kind::List(item) => return (KindName::List, Some(Self::of_item(*item))),
            Kind::TrustProxy => KindName::TrustProxy,
            Kind::Connection { to, .. } => left(&STORES, *to).unwrap_or(KindName::Url),
            Kind::Quantity { measure, .. } => left(&MEASURES, *measure).unwrap_or(KindName::Number),
            Kind::Format(format) => left(&FORMATS, *format).unwrap_or(KindName::String),
        };
        (name, None)
    }
}

impl KindName {
    /// The word for what the items of a list are.
    fn of_item(item: Item) -> Self {
        match item {
            Item::Origin => KindName::Origin,
            Item::Integer => KindName::Integer,
            Item::Number => KindName::Number,
            Item::Port => KindName::Port,
            Item::Text => KindName::String,
            Item::Format(format) => left(&FORMATS, format).unwrap_or(KindName::String),
        }
    }
}

impl EncodingName {
    pub(super) fn encoding(self) -> Encoding {
        right(&ENCODINGS, self).unwrap_or(Encoding::Hex)
    }

    pub(super) fn of(encoding: Encoding) -> Option<Self> {
        left(&ENCODINGS, encoding)
    }
}

impl ReadingName {
    pub(super) fn reading(self) -> Reading {
        right(&READINGS, self).unwrap_or(Reading::Strict)
    }

    pub(super) fn of(reading: Reading) -> Option<Self> {
        left(&READINGS, reading)
    }
}

/// The fields of the short form that say more about a kind.
pub(super) fn fields_of(kind: &Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text(_) => &["min-length", "max-length", "pattern"],
        Kind::Integer(_) | Kind::Number(_) => &["minimum", "maximum"],
        Kind::Quantity { .. } => &["minimum", "maximum", "unit"],
        Kind::Boolean(_) => &["reads"],
        Kind::Choice(_) => &["values"],
        Kind::Key { .. } => &["bytes", "encoding"],
        Kind::Token { .. } => &["min-length"],
        Kind::Url { .. } | Kind::Connection { .. } => &["schemes"],
        Kind::List(_) => &["items"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_store_and_measure_has_its_own_word() {
        for format in Format::ALL {
            let (word, _) = KindName::of(&Kind::Format(format));
            assert_eq!(serde_json::to_value(word).unwrap(), format.name());
            assert_eq!(word.plain(), Kind::Format(format));
        }
        for (word, store) in STORES {
            assert_eq!(serde_json::to_value(word).unwrap(), store.name());
        }
        for (word, measure) in MEASURES {
            assert_eq!(serde_json::to_value(word).unwrap(), measure.name());
        }
    }
}

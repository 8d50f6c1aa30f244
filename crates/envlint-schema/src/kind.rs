use std::fmt;
use std::sync::{Arc, OnceLock};

use envlint_types::kinds::boolean::Reading;
use envlint_types::kinds::format::Format;
use envlint_types::kinds::key::Encoding;
use envlint_types::kinds::number;
use envlint_types::kinds::quantity::{Measure, Unit};

use crate::Secrecy;

/// What the text of a variable must be.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// Any text within limits.
    Text(TextRules),
    /// A whole number.
    Integer(Bounds<i64>),
    /// A number.
    Number(Bounds<f64>),
    /// A TCP port, 1 to 65535.
    Port,
    /// A switch, and how the program reads it.
    Boolean(Reading),
    /// One of these texts.
    Choice(Vec<String>),
    /// A cryptographic key of exactly so many bytes.
    Key {
        /// Bytes that it decodes to.
        bytes: usize,
        /// How they are written.
        encoding: Encoding,
    },
    /// Random text that is shared, of at least so many characters.
    Token {
        /// Characters.
        min_length: usize,
    },
    /// A URL with one of these schemes; any scheme if there are none.
    Url {
        /// Schemes in lower case, without `://`.
        schemes: Vec<String>,
    },
    /// A URL that leads to a server of data, with the credentials for it.
    Connection {
        /// What is there.
        to: Store,
        /// Schemes in lower case, without `://`.
        schemes: Vec<String>,
    },
    /// Scheme, host and port of a web site, as a browser sends them.
    Origin,
    /// Items separated by commas.
    List(Item),
    /// An amount of something, with its unit.
    Quantity {
        /// Of what.
        measure: Measure,
        /// What a bare number counts in; `None` if it needs a unit.
        bare: Option<Unit>,
        /// Limits in seconds, bytes or percent.
        bounds: Bounds<f64>,
    },
    /// Text of a form with rules of its own, such as an e-mail address.
    Format(Format),
    /// A number of reverse proxies, or `true`, or `false`.
    TrustProxy,
}

/// What the items of a list are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    /// Origins that may send credentials; wildcards are faults of their own.
    Origin,
    /// Any texts.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// TCP ports, 1 to 65535.
    Port,
    /// Texts of a form.
    Format(Format),
}

impl Item {
    /// What each item is, as it follows "must be".
    pub fn expected(self) -> &'static str {
        match self {
            Item::Origin => "an origin such as https://app.example.com",
            Item::Text => "text",
            Item::Integer => "a whole number",
            Item::Number => "a number",
            Item::Port => "a port from 1 to 65535",
            Item::Format(format) => format.expected(),
        }
    }

    /// Whether a text is such an item.
    pub(crate) fn accepts(self, text: &str) -> bool {
        match self {
            Item::Origin => envlint_types::kinds::origin::parse(text).is_ok(),
            Item::Text => true,
            Item::Integer => number::integer(text).is_ok(),
            Item::Number => number::number(text).is_ok(),
            Item::Port => number::integer(text).is_ok_and(|port| (1..=65535).contains(&port)),
            Item::Format(format) => format.accepts(text),
        }
    }
}

/// What is at the end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Store {
    /// A database, which has a name.
    Database,
    /// A server that speaks Redis' protocol.
    Redis,
    /// A message broker that speaks AMQP.
    Amqp,
    /// A mail server.
    Smtp,
    /// An object store.
    S3,
}

impl Store {
    /// The word in schemas.
    pub fn name(self) -> &'static str {
        match self {
            Store::Database => "database-url",
            Store::Redis => "redis-url",
            Store::Amqp => "amqp-url",
            Store::Smtp => "smtp-url",
            Store::S3 => "s3-url",
        }
    }

    /// The schemes that lead there; any for a database, of which there are many.
    pub fn schemes(self) -> &'static [&'static str] {
        match self {
            Store::Database => &[],
            Store::Redis => &["redis", "rediss"],
            Store::Amqp => &["amqp", "amqps"],
            Store::Smtp => &["smtp", "smtps"],
            Store::S3 => &["s3", "https", "http"],
        }
    }

    /// What it is, as it follows "the URL of".
    fn title(self) -> &'static str {
        match self {
            Store::Database => "a database",
            Store::Redis => "a Redis server",
            Store::Amqp => "a message broker",
            Store::Smtp => "a mail server",
            Store::S3 => "an object store",
        }
    }
}

/// Limits of a text.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TextRules {
    /// Fewest characters.
    pub min_length: Option<usize>,
    /// Most characters.
    pub max_length: Option<usize>,
    /// A regular expression that must be found in it.
    pub pattern: Option<Pattern>,
}

/// Limits of a number, both inclusive.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bounds<T> {
    /// The smallest number allowed.
    pub minimum: Option<T>,
    /// The largest number allowed.
    pub maximum: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self { minimum: None, maximum: None }
    }
}

/// A regular expression, compiled when it is first needed and then kept.
#[derive(Clone)]
pub struct Pattern(Arc<Compiled>);

struct Compiled {
    source: String,
    regex: OnceLock<Option<regex::Regex>>,
}

/// The text is no regular expression in the syntax of the `regex` crate, which has no
/// look-around and no back references.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a regular expression that can be used here")]
pub struct PatternError(());

impl Pattern {
    /// The most memory that one compiled expression may take, in bytes.
    pub const MAX_COMPILED_BYTES: usize = 1 << 20;

    /// Takes a regular expression; its syntax is checked now, it is compiled later.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        regex_syntax::parse(source).map_err(|_| PatternError(()))?;
        Ok(Self(Arc::new(Compiled { source: source.to_owned(), regex: OnceLock::new() })))
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.0.source
    }

    /// Whether it is found in `text`; `None` if it needs more than
    /// [`MAX_COMPILED_BYTES`](Self::MAX_COMPILED_BYTES).
    pub fn is_match(&self, text: &str) -> Option<bool> {
        let compile = || {
            let mut builder = regex::RegexBuilder::new(&self.0.source);
            builder.size_limit(Self::MAX_COMPILED_BYTES).build().ok()
        };
        self.0.regex.get_or_init(compile).as_ref().map(|regex| regex.is_match(text))
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl Kind {
    /// A connection with the usual schemes.
    pub fn connection(to: Store) -> Self {
        let schemes = to.schemes().iter().map(|scheme| (*scheme).to_owned()).collect();
        Kind::Connection { to, schemes }
    }

    /// An amount without limits other than those of what it is.
    pub fn quantity(measure: Measure) -> Self {
        Kind::Quantity { measure, bare: None, bounds: Bounds::default() }
    }

    /// The word in schemas.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Text(_) => "string",
            Kind::Integer(_) => "integer",
            Kind::Number(_) => "number",
            Kind::Port => "port",
            Kind::Boolean(_) => "boolean",
            Kind::Choice(_) => "enum",
            Kind::Key { .. } => "key",
            Kind::Token { .. } => "token",
            Kind::Url { .. } => "url",
            Kind::Connection { to, .. } => to.name(),
            Kind::Origin => "origin",
            Kind::List(Item::Origin) => "origin-list",
            Kind::List(Item::Format(Format::Domain)) => "domain-list",
            Kind::List(_) => "list",
            Kind::Quantity { measure, .. } => measure.name(),
            Kind::Format(format) => format.name(),
            Kind::TrustProxy => "trust-proxy",
        }
    }

    /// What a kind alone tells about secrecy: keys and tokens are secrets, a number or one of a
    /// few words is none, and any text or URL may be either.
    pub(crate) fn secrecy(&self) -> Secrecy {
        match self {
            Kind::Key { .. } | Kind::Token { .. } | Kind::Connection { .. } => Secrecy::Secret,
            Kind::Text(_) | Kind::List(Item::Text) | Kind::Url { .. } => Secrecy::Unstated,
            Kind::Format(format) | Kind::List(Item::Format(format)) => match format.secret() {
                Some(true) => Secrecy::Secret,
                Some(false) => Secrecy::Public,
                None => Secrecy::Unstated,
            },
            _ => Secrecy::Public,
        }
    }

    /// A command that makes a value of this kind, for kinds whose values are made by chance.
    pub fn command(&self) -> Option<String> {
        match self {
            Kind::Key { bytes, encoding } => {
                Some(format!("openssl rand -{} {bytes}", encoding.as_str()))
            }
            // Two digits a byte, and never less than 32 bytes of chance.
            Kind::Token { min_length } => {
                Some(format!("openssl rand -hex {}", min_length.div_ceil(2).max(32)))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    /// What is expected, as it continues "must be ...": `a whole number from 1 to 100`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Text(rules) => rules.fmt(f),
            Kind::Integer(bounds) => write!(f, "a whole number{bounds}"),
            Kind::Number(bounds) => write!(f, "a number{bounds}"),
            Kind::Port => f.write_str("a port, a whole number from 1 to 65535"),
            Kind::Boolean(Reading::LiteralOne) => f.write_str("1 or 0"),
            Kind::Boolean(_) => f.write_str("true or false"),
            Kind::Choice(choices) => {
                write!(f, "one of ")?;
                series(f, choices, "or")
            }
            Kind::Key { bytes, encoding: Encoding::Hex } => {
                write!(f, "a key of {bytes} bytes, written as {} hexadecimal digits", bytes * 2)
            }
            Kind::Key { bytes, encoding: Encoding::Base64 } => {
                write!(f, "a key of {bytes} bytes in Base64")
            }
            Kind::Token { min_length: 0 | 1 } => f.write_str("a token"),
            Kind::Token { min_length } => write!(f, "a token of {min_length} or more characters"),
            Kind::Url { schemes } if schemes.is_empty() => f.write_str("a URL"),
            Kind::Url { schemes } => {
                f.write_str("a URL that begins with ")?;
                schemes_of(f, schemes)
            }
            Kind::Connection { to, schemes } => {
                write!(f, "the URL of {}", to.title())?;
                if schemes.is_empty() {
                    return Ok(());
                }
                f.write_str(" that begins with ")?;
                schemes_of(f, schemes)
            }
            Kind::Origin => f.write_str("an origin such as https://app.example.com"),
            Kind::List(Item::Origin) => f.write_str("a comma-separated list of origins"),
            Kind::List(Item::Format(Format::Domain)) => {
                f.write_str("a comma-separated list of domains")
            }
            Kind::List(Item::Text) => f.write_str("a comma-separated list"),
            Kind::List(item) => {
                write!(f, "a comma-separated list, each item {}", item.expected())
            }
            Kind::Quantity { measure, bare, bounds } => quantity(f, *measure, *bare, bounds),
            Kind::Format(format) => f.write_str(format.expected()),
            Kind::TrustProxy => f.write_str("a number of proxies, true or false"),
        }
    }
}

impl fmt::Display for TextRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")?;
        match (self.min_length, self.max_length) {
            (Some(min), Some(max)) => write!(f, " of {min} to {max} characters")?,
            (Some(min), None) => write!(f, " of {min} or more characters")?,
            (None, Some(max)) => write!(f, " of up to {max} characters")?,
            (None, None) => {}
        }
        match &self.pattern {
            Some(pattern) => write!(f, " that matches {}", pattern.as_str()),
            None => Ok(()),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Bounds<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.minimum, &self.maximum) {
            (Some(minimum), Some(maximum)) => write!(f, " from {minimum} to {maximum}"),
            (Some(minimum), None) => write!(f, ", {minimum} or more"),
            (None, Some(maximum)) => write!(f, " up to {maximum}"),
            (None, None) => Ok(()),
        }
    }
}

/// An amount as a person writes it: in the largest unit that leaves a whole number.
pub(crate) fn amount(amount: f64, measure: Measure) -> String {
    let whole = |unit: &&Unit| amount != 0.0 && (amount / unit.factor).fract() == 0.0;
    let largest = |a: &&Unit, b: &&Unit| a.factor.total_cmp(&b.factor);
    match measure.units().iter().filter(whole).max_by(largest) {
        Some(unit) => format!("{}{}", amount / unit.factor, unit.name),
        None => amount.to_string(),
    }
}

/// `a length of time such as 30s, from 1s to 1h`.
fn quantity(
    f: &mut fmt::Formatter<'_>,
    measure: Measure,
    bare: Option<Unit>,
    bounds: &Bounds<f64>,
) -> fmt::Result {
    f.write_str(measure.expected())?;
    if let Some(unit) = bare {
        write!(f, " or a number of {}", unit.name)?;
    }
    let written = |bound: Option<f64>| bound.map(|bound| amount(bound, measure));
    let bounds = Bounds { minimum: written(bounds.minimum), maximum: written(bounds.maximum) };
    write!(f, "{bounds}")
}

fn schemes_of(f: &mut fmt::Formatter<'_>, schemes: &[String]) -> fmt::Result {
    let written: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://")).collect();
    series(f, &written, "or")
}

/// `a`, `a or b`, `a, b or c`.
fn series(f: &mut fmt::Formatter<'_>, items: &[String], last: &str) -> fmt::Result {
    match items {
        [] => Ok(()),
        [one] => f.write_str(one),
        [first @ .., end] => write!(f, "{} {last} {end}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_expected() {
        let bounds = Bounds { minimum: Some(1), maximum: None };
        let choice = ["a", "b", "c"].map(String::from).to_vec();
        for (kind, text) in [
            (Kind::Integer(bounds), "a whole number, 1 or more"),
            (
                Kind::Number(Bounds { minimum: Some(0.0), maximum: Some(1.0) }),
                "a number from 0 to 1",
            ),
            (Kind::Choice(choice), "one of a, b or c"),
            (
                Kind::Connection {
                    to: Store::Database,
                    schemes: vec!["postgresql".into(), "postgres".into()],
                },
                "the URL of a database that begins with postgresql:// or postgres://",
            ),
        ] {
            assert_eq!(kind.to_string(), text);
        }
    }

    #[test]
    fn patterns_are_bounded() {
        assert!(Pattern::new("(").is_err());
        assert!(Pattern::new("(?=a)").is_err());
        let huge = Pattern::new("((a{100}){100}){100}").unwrap();
        assert_eq!(huge.is_match("a"), None);
        assert_eq!(Pattern::new("^a+$").unwrap().is_match("aa"), Some(true));
    }
}

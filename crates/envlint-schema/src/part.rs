use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use envlint_model::{Equality, Name, SecretEquality, Value};
use envlint_types::kinds::{origin, url};
use zeroize::Zeroizing;

use crate::evaluate::joined::Joined;

/// The part of a value that a relation is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// The whole text.
    Whole,
    /// The scheme of a URL, in lower case.
    Scheme,
    /// The user name in a URL, decoded.
    User,
    /// The password in a URL, decoded.
    Password,
    /// The host of a URL, in lower case.
    Host,
    /// The port of a URL, or the one that its scheme stands for.
    Port,
    /// The path of a URL without the slashes at its ends: the name of a database, decoded.
    Path,
    /// Scheme, host and port of a URL, as a browser writes them.
    Origin,
    /// Host, port and name of a database; user and password may differ.
    Database,
}

/// A variable, or a part of it: `DATABASE_URL#host`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PartOf {
    /// The variable.
    pub variable: Name,
    /// Which part of its value.
    pub part: Part,
}

/// What follows the `#` is no part of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a part is one of scheme, user, password, host, port, path, origin and database")]
pub struct UnknownPart(());

impl Part {
    /// Every part of a URL that has a name.
    const NAMED: [(Part, &'static str); 8] = [
        (Part::Scheme, "scheme"),
        (Part::User, "user"),
        (Part::Password, "password"),
        (Part::Host, "host"),
        (Part::Port, "port"),
        (Part::Path, "path"),
        (Part::Origin, "origin"),
        (Part::Database, "database"),
    ];

    /// The word in schemas; the whole has none.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMED.iter().find(|(part, _)| *part == self).map(|(_, name)| *name)
    }

    /// Compares this part of two values, as far as it is known. What names one database under
    /// two hosts is different here; whether they lead to one place is a matter of the network.
    pub fn compare(self, equality: &SecretEquality, a: &Value, b: &Value) -> Equality {
        match equality.compare(a, b) {
            Equality::Same => Equality::Same,
            whole if self == Part::Whole => whole,
            _ => self.compare_with(a, self, b),
        }
    }

    /// Compares this part of one value with a part of another, as far as both are known.
    pub fn compare_with(self, a: &Value, other: Part, b: &Value) -> Equality {
        match (self.text(a), other.text(b)) {
            (Some(a), Some(b)) if same(self, &a, other, &b) => Equality::Same,
            (Some(_), Some(_)) => Equality::Different,
            _ => Equality::Unknown,
        }
    }

    /// The part of a text that is wholly known, such as a default.
    pub(crate) fn of_text(self, text: &str) -> Option<Zeroizing<String>> {
        match self {
            Part::Whole => Some(Zeroizing::new(text.to_owned())),
            part => part.of(&url::parse(text).ok()?).map(|(_, text)| text),
        }
    }

    /// The part in one spelling; `None` if a gap lies in it, or if there is no such part.
    pub(crate) fn text(self, value: &Value) -> Option<Zeroizing<String>> {
        let joined = Joined::new(value);
        let text = joined.text();
        if self == Part::Whole {
            let whole = 0..text.len();
            return joined.unknown_in(&whole).is_none().then(|| Zeroizing::new(text.to_owned()));
        }
        let url = url::parse(text).ok()?;
        let (range, text) = self.of(&url)?;
        let known = joined.unknown_in(&(0..url.scheme.end)).or(joined.unknown_in(&range));
        known.is_none().then_some(text)
    }

    /// Where the part stands in a URL, and its text.
    fn of(self, url: &url::Url<'_>) -> Option<(Range<usize>, Zeroizing<String>)> {
        let host = || url.host().to_ascii_lowercase();
        let path = || decoded(url.path().trim_matches('/'));
        let user_info = || {
            let range = url.user_info.clone()?;
            let written = url.part(&range);
            let (user, password) = match written.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (written, None),
            };
            Some((range, user, password))
        };
        let plain =
            |range: &Range<usize>, text: String| Some((range.clone(), Zeroizing::new(text)));
        match self {
            Part::Whole => None,
            Part::Scheme => plain(&url.scheme, url.scheme().to_ascii_lowercase()),
            Part::User => user_info().map(|(range, user, _)| (range, decoded(user))),
            Part::Password => {
                user_info().and_then(|(range, _, password)| Some((range, decoded(password?))))
            }
            Part::Host => plain(&url.host, host()),
            Part::Port => {
                let range = url.port.clone().unwrap_or(url.scheme.clone());
                plain(&range, url.port_or_default()?.to_string())
            }
            Part::Path => Some((url.path.clone(), path())),
            Part::Origin => plain(&(url.host.start..url.path.start), origin::of(url)),
            Part::Database => {
                let port = url.port_or_default().unwrap_or(0);
                let text = format!("{}:{port}/{}", host(), *path());
                plain(&(url.host.start..url.path.end), text)
            }
        }
    }
}

/// Hosts and schemes have no letter case; also beside a variable that holds nothing else.
pub(crate) fn same(a_part: Part, a: &str, b_part: Part, b: &str) -> bool {
    let caseless = |part| matches!(part, Part::Scheme | Part::Host | Part::Origin);
    match caseless(a_part) || caseless(b_part) {
        true => a.eq_ignore_ascii_case(b),
        false => a == b,
    }
}

/// Text with its percent-encoded bytes as they are meant (RFC 3986, section 2.1).
fn decoded(text: &str) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let encoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match encoded.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
}

impl From<Name> for PartOf {
    fn from(variable: Name) -> Self {
        Self { variable, part: Part::Whole }
    }
}

impl FromStr for PartOf {
    type Err = UnknownPart;

    fn from_str(text: &str) -> Result<Self, UnknownPart> {
        let Some((variable, written)) = text.split_once('#') else {
            return Ok(Name::new(text).into());
        };
        let known = Part::NAMED.iter().find(|(_, name)| *name == written);
        let (part, _) = known.ok_or(UnknownPart(()))?;
        Ok(Self { variable: Name::new(variable), part: *part })
    }
}

impl fmt::Display for PartOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part.name() {
            Some(part) => write!(f, "{}#{part}", self.variable),
            None => write!(f, "{}", self.variable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::joined::half_known as value;

    #[test]
    fn a_database_is_its_host_port_and_name() {
        let compare =
            |a, b| Part::Database.compare(&SecretEquality::default(), &value(a), &value(b));
        let engine = "postgresql://engine:*@postgres/polyant";
        assert_eq!(compare(engine, "postgres://web:CANARY@postgres:5432/polyant"), Equality::Same);
        assert_eq!(compare(engine, "postgresql://web:*@postgres/other"), Equality::Different);
        assert_eq!(compare(engine, "postgresql://web:*@postgres:*/polyant"), Equality::Unknown);
        assert_eq!(compare(engine, "polyant"), Equality::Unknown);
    }

    #[test]
    fn an_origin_is_compared_as_a_browser_writes_it() {
        let compare = |a, b| Part::Origin.compare(&SecretEquality::default(), &value(a), &value(b));
        assert_eq!(compare("https://A.example/x", "https://a.example:443"), Equality::Same);
        assert_eq!(compare("https://a.example", "http://a.example"), Equality::Different);
        assert_eq!(compare("https://*.example", "https://a.example"), Equality::Unknown);
        assert_eq!(compare("https://a.example/*", "https://a.example"), Equality::Same);
    }

    #[test]
    fn a_part_is_compared_with_a_variable_that_holds_nothing_else() {
        let url = "postgresql://app:p%40ss-CANARY@DB.example/my%20app";
        for (part, other, equality) in [
            (Part::Scheme, "postgresql", Equality::Same),
            (Part::User, "app", Equality::Same),
            (Part::Password, "p@ss-CANARY", Equality::Same),
            (Part::Password, "p%40ss-CANARY", Equality::Different),
            (Part::Host, "db.Example", Equality::Same),
            (Part::Port, "5432", Equality::Same),
            (Part::Path, "my app", Equality::Same),
            (Part::Path, "*", Equality::Unknown),
        ] {
            let found = part.compare_with(&value(url), Part::Whole, &value(other));
            assert_eq!(found, equality, "{part:?} {other}");
        }
        let without = value("postgresql://db/app");
        let password = Part::Password.compare_with(&without, Part::Whole, &value("CANARY"));
        assert_eq!(password, Equality::Unknown);
    }

    #[test]
    fn is_written_as_it_is_read() {
        for text in ["DATABASE_URL", "DATABASE_URL#host", "BASE_URL#origin"] {
            assert_eq!(text.parse::<PartOf>().map(|part| part.to_string()), Ok(text.to_owned()));
        }
        assert!("BASE_URL#hots".parse::<PartOf>().is_err());
    }
}

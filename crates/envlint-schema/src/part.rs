use envlint_model::{Equality, SecretEquality, Value};
use envlint_types::kinds::{origin, url};

use crate::evaluate::joined::Joined;

/// The part of a value that an agreement is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The whole text.
    Whole,
    /// Scheme, host and port of a URL, as a browser writes them.
    Origin,
    /// Host, port and name of a database; user and password may differ.
    Database,
}

impl Part {
    /// Compares this part of two values, as far as it is known. What names one database under
    /// two hosts is different here; whether they lead to one place is a matter of the network.
    pub fn compare(self, equality: &SecretEquality, a: &Value, b: &Value) -> Equality {
        let whole = equality.compare(a, b);
        if self == Part::Whole || whole == Equality::Same {
            return whole;
        }
        match (self.text(a), self.text(b)) {
            (Some(a), Some(b)) if a == b => Equality::Same,
            (Some(_), Some(_)) => Equality::Different,
            _ => Equality::Unknown,
        }
    }

    /// The part in one spelling; `None` if a gap lies in it, or if there is no such part.
    fn text(self, value: &Value) -> Option<String> {
        let joined = Joined::new(value);
        let url = url::parse(joined.text()).ok()?;
        let (range, text) = match self {
            Part::Whole => return None,
            Part::Origin => (url.host.start..url.path.start, origin::of(&url)),
            Part::Database => {
                let host = url.host().to_ascii_lowercase();
                let port = url.port_or_default().unwrap_or(0);
                let name = url.path().trim_matches('/');
                (url.host.start..url.path.end, format!("{host}:{port}/{name}"))
            }
        };
        let known = joined.unknown_in(&(0..url.scheme.end)).or(joined.unknown_in(&range));
        known.is_none().then_some(text)
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
}

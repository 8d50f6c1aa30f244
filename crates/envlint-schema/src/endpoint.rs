use std::ops::Range;

use envlint_model::{Unknown, Value};
use envlint_types::kinds::url::credentials::{self, Paths};
use envlint_types::kinds::{list, url};

use crate::evaluate::joined::Joined;
use crate::{At, Format, Item, Kind, Variable};

/// A place on a network that a value names.
///
/// It is what a drawing of the system shows: never a user, a password, a path or a query. Where
/// a password was not encoded, the host that programs read is a part of that password, so such
/// a value names no place at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// The scheme in lower case, if it is a well-known one.
    pub scheme: Option<&'static str>,
    /// The host in lower case; an IPv6 address has its brackets.
    pub host: String,
    /// The port, or the one that the scheme stands for.
    pub port: Option<u16>,
    /// Where host and port stand in the value.
    pub at: Option<At>,
    /// Whether the value, or the item of a list, says nothing else: no user, path or query.
    pub bare: bool,
}

/// The places that a value names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Endpoints<'v> {
    /// Those that are known, in the order of the text.
    pub known: Vec<Endpoint>,
    /// Why there may be others: a part of the value that would name them is not known.
    pub open: Option<&'v Unknown>,
}

impl<'v> Endpoints<'v> {
    /// The places that the value of a variable names by the variable's kind: the host of a URL
    /// or an origin, those of a list, the domain of an e-mail address.
    pub fn of(variable: &Variable, value: &'v Value) -> Self {
        // Only where nothing is secret may an `@` stand in a path.
        let paths = match variable.kind {
            Kind::Connection { .. } => Paths::Store,
            _ if variable.is_public() => Paths::Http,
            _ => Paths::Store,
        };
        let joined = Joined::new(value);
        let text = joined.text();
        let mut found = Self::default();
        let mut take = |range: Range<usize>, read: &dyn Fn(&str) -> Option<Place>| {
            let place = read(text.get(range.clone()).unwrap_or("")).map(|place| place.from(&range));
            match (place, joined.unknown_in(&range)) {
                (Some(place), _) if joined.unknown_in(&place.range).is_none() => {
                    let at = joined.at(&place.range);
                    let Place { scheme, host, port, bare, .. } = place;
                    found.known.push(Endpoint { scheme, host, port, at, bare });
                }
                (_, why) => found.open = found.open.or(why),
            }
        };
        let whole = 0..text.len();
        match variable.kind {
            Kind::Url { .. } | Kind::Connection { .. } | Kind::Origin => {
                take(whole, &|text| of_url(text, paths));
            }
            Kind::List(Item::Origin) => {
                list::items(text).for_each(|item| take(item, &|text| of_url(text, paths)));
            }
            Kind::List(Item::Format(Format::Domain)) => {
                list::items(text).for_each(|item| take(item, &|text| of_host(text, 0)));
            }
            Kind::Format(Format::Host | Format::Domain) => take(whole, &|text| of_host(text, 0)),
            Kind::Format(Format::Email) => take(whole, &|text| of_host(text, text.rfind('@')? + 1)),
            _ => {}
        }
        found
    }
}

/// A place, and the range of the text that names it.
struct Place {
    scheme: Option<&'static str>,
    host: String,
    port: Option<u16>,
    range: Range<usize>,
    bare: bool,
}

impl Place {
    /// The same place, seen from the text of which `range` was read.
    fn from(mut self, range: &Range<usize>) -> Self {
        self.range = self.range.start + range.start..self.range.end + range.start;
        self
    }
}

fn of_url(text: &str, paths: Paths) -> Option<Place> {
    let url = url::parse(text).ok()?;
    credentials::check(text, paths).ok()?;
    let end = url.port.as_ref().map_or(url.host.end, |port| port.end);
    let bare = url.user_info.is_none() && matches!(&text[end..], "" | "/");
    Some(Place {
        scheme: url::well_known(url.scheme()),
        host: url.host().to_ascii_lowercase(),
        port: url.port_or_default(),
        range: url.host.start..end,
        bare,
    })
}

fn of_host(text: &str, start: usize) -> Option<Place> {
    let host = text.get(start..).filter(|host| !host.is_empty())?;
    let range = start..text.len();
    let bare = start == 0;
    Some(Place { scheme: None, host: host.to_ascii_lowercase(), port: None, range, bare })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::evaluate::joined::half_known as value;

    fn hosts(kind: Kind, text: &str) -> (Vec<String>, bool) {
        let value = value(text);
        let found = Endpoints::of(&Variable::new("A", kind), &value);
        let shown = |place: &Endpoint| match place.port {
            Some(port) => format!("{}:{port}", place.host),
            None => place.host.clone(),
        };
        (found.known.iter().map(shown).collect(), found.open.is_some())
    }

    const ANY_URL: Kind = Kind::Url { schemes: Vec::new() };
    const STORE: Kind = Kind::Connection { to: Store::Database, schemes: Vec::new() };

    #[test]
    fn every_kind_that_names_a_place() {
        for (kind, text, found) in [
            (ANY_URL, "http://Engine:4000/path", vec!["engine:4000"]),
            (STORE, "postgresql://app:CANARY@db/app", vec!["db:5432"]),
            (Kind::Origin, "https://a.example", vec!["a.example:443"]),
            (
                Kind::List(Item::Origin),
                "https://a.example, http://b",
                vec!["a.example:443", "b:80"],
            ),
            (
                Kind::List(Item::Format(Format::Domain)),
                "a.example,b.example",
                vec!["a.example", "b.example"],
            ),
            (Kind::Format(Format::Email), "admin@a.example", vec!["a.example"]),
            (Kind::Port, "4000", vec![]),
            (ANY_URL, "engine:4000", vec![]),
        ] {
            assert_eq!(hosts(kind, text).0, found, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_password_is_never_a_host() {
        for text in [
            "postgresql://app:CAN@RY/CANARY@db/app",
            "postgresql://app:1/CANARY@db/app",
            "postgresql://app:1#CANARY@db/app",
            "postgresql://app:1?CANARY@db/app",
            "postgresql://app:1\\CANARY@db/app",
        ] {
            assert_eq!(hosts(STORE, text), (vec![], false), "{text}");
            assert_eq!(hosts(ANY_URL, text), (vec![], false), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_elsewhere_hides_no_host() {
        assert_eq!(hosts(STORE, "postgresql://app:*@db/app"), (vec!["db:5432".into()], false));
        assert_eq!(hosts(STORE, "postgresql://app:CANARY@*/app"), (vec![], true));
        assert_eq!(hosts(STORE, "*"), (vec![], true));
        let list = hosts(Kind::List(Item::Origin), "https://a.example,*");
        assert_eq!(list, (vec!["a.example:443".into()], true));
    }

    #[test]
    fn points_at_host_and_port() {
        let value = value("http://engine:4000/x");
        let found = Endpoints::of(&Variable::new("A", ANY_URL), &value);
        assert_eq!(found.known[0].at, Some(At { piece: 0, range: 7..18 }));
        assert!(!found.known[0].bare);
    }
}

//! URLs, as the programs that read them take them apart.
//!
//! The rules are those of the WHATWG URL standard as far as they decide where a part begins and
//! ends, and stricter where programs differ: nothing is repaired, no white space is dropped.
//! [`credentials`] is a question of its own, because an unencoded password does not make a URL
//! unreadable: it makes it mean another host.

use std::ops::Range;

pub mod credentials;

/// A URL with the byte ranges of its parts in the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Url<'a> {
    text: &'a str,
    /// Without the `://`.
    pub scheme: Range<usize>,
    /// User name and password as written, without the `@`.
    pub user_info: Option<Range<usize>>,
    /// Host name or address; with its brackets if it is one of IPv6.
    pub host: Range<usize>,
    /// Decimal digits after the colon.
    pub port: Option<Range<usize>>,
    /// From the first slash on; may be empty.
    pub path: Range<usize>,
    /// Without the `?`.
    pub query: Option<Range<usize>>,
    /// Without the `#`.
    pub fragment: Option<Range<usize>>,
}

/// Why a text is no URL of the kind that is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// There is no text.
    #[error("the URL is empty")]
    Empty,
    /// White space or a control character within.
    #[error("the URL holds white space")]
    WhiteSpace,
    /// No `scheme://` before the host.
    #[error("the URL has no scheme")]
    MissingScheme,
    /// A scheme, but none of those that are needed.
    #[error("the URL has another scheme than the ones that are needed")]
    WrongScheme {
        /// The scheme, if it is a well-known one; anything else may be a part of a secret.
        found: Option<&'static str>,
    },
    /// Nothing between `://` and the path.
    #[error("the URL has no host")]
    MissingHost,
    /// A character that no host name has.
    #[error("the URL's host holds a character that no host name has")]
    BadHost,
    /// Not a number up to 65535 after the colon.
    #[error("the URL's port is no number up to 65535")]
    BadPort,
    /// No database name after the host.
    #[error("the URL names no database")]
    MissingDatabase,
}

/// Schemes that may be named in a message although the rest of the URL is secret.
const WELL_KNOWN: [&str; 24] = [
    "amqp",
    "amqps",
    "file",
    "ftp",
    "ftps",
    "grpc",
    "http",
    "https",
    "jdbc",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "mysql",
    "nats",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "s3",
    "sftp",
    "smtp",
    "smtps",
    "ws",
    "wss",
];

/// A regular expression (ECMA 262) for a host; without anchors.
pub const HOST: &str = r#"\[[0-9a-fA-F:.]+\]|[^\s\x00-\x1f\x7f-\x9f/?#\\:@<>"^`{|}%\[\]]+"#;

/// A regular expression (ECMA 262) for the digits of a port; without anchors.
pub const PORT: &str =
    "0*(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

/// A regular expression (ECMA 262) for the texts that [`parse`] and [`check_scheme`] accept, and
/// [`check_database`] if `database` is set.
pub fn pattern<S: AsRef<str>>(schemes: &[S], database: bool) -> String {
    let any_case = |scheme: &S| -> String {
        let both = |c: char| match c.is_ascii_alphabetic() {
            true => format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase()),
            false => format!("[{c}]"),
        };
        scheme.as_ref().chars().map(both).collect()
    };
    let scheme = match schemes {
        [] => "[A-Za-z][A-Za-z0-9+.-]*".to_owned(),
        schemes => schemes.iter().map(any_case).collect::<Vec<_>>().join("|"),
    };
    // Neither white space nor control characters, anywhere.
    let any = r"[^\s\x00-\x1f\x7f-\x9f]*";
    let path = match database {
        true => format!(r"[/\\]+[^\s\x00-\x1f\x7f-\x9f?#/\\]{any}"),
        false => format!(r"(?:[/?#\\]{any})?"),
    };
    format!(
        r"^(?:{scheme})://(?:[^\s\x00-\x1f\x7f-\x9f/?#\\]*@)?(?:{HOST})(?::(?:{PORT})?)?{path}$"
    )
}

impl<'a> Url<'a> {
    /// The text of one of this URL's ranges.
    pub fn part(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or("")
    }

    /// The scheme as written.
    pub fn scheme(&self) -> &'a str {
        self.part(&self.scheme)
    }

    /// The host as written.
    pub fn host(&self) -> &'a str {
        self.part(&self.host)
    }

    /// The path as written, from its slash on.
    pub fn path(&self) -> &'a str {
        self.part(&self.path)
    }

    /// The port, or the one that the scheme stands for.
    pub fn port_or_default(&self) -> Option<u16> {
        match &self.port {
            Some(port) if !port.is_empty() => self.part(port).parse().ok(),
            _ => default_port(self.scheme()),
        }
    }

    /// Whether the scheme is one of `schemes`, letter case aside.
    pub fn has_scheme<S: AsRef<str>>(&self, schemes: &[S]) -> bool {
        schemes.iter().any(|scheme| scheme.as_ref().eq_ignore_ascii_case(self.scheme()))
    }
}

/// The port that a scheme stands for when a URL names none. What follows a `+` names the driver of
/// a database, as SQLAlchemy has it (`postgresql+psycopg`), and changes nothing about the server.
pub fn default_port(scheme: &str) -> Option<u16> {
    let scheme = scheme.to_ascii_lowercase();
    if let Some((dialect, _)) = scheme.split_once('+') {
        // `mongodb+srv` finds the port in the DNS, `git+https` is no database.
        return sql_port(dialect);
    }
    let port = match scheme.as_str() {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "redis" | "rediss" => 6379,
        "amqp" => 5672,
        "amqps" => 5671,
        "mongodb" => 27017,
        "nats" => 4222,
        "smtp" => 25,
        "smtps" => 465,
        dialect => return sql_port(dialect),
    };
    Some(port)
}

/// The port of an SQL database, by what SQLAlchemy calls its dialect.
fn sql_port(dialect: &str) -> Option<u16> {
    let port = match dialect {
        "postgres" | "postgresql" => 5432,
        "mysql" | "mariadb" => 3306,
        "mssql" => 1433,
        "oracle" => 1521,
        _ => return None,
    };
    Some(port)
}

/// Takes a URL with an authority (`scheme://host...`) apart.
pub fn parse(text: &str) -> Result<Url<'_>, UrlError> {
    if text.is_empty() {
        return Err(UrlError::Empty);
    }
    // U+FEFF is white space to ECMA 262, and has no business in a URL either way.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}') {
        return Err(UrlError::WhiteSpace);
    }
    let scheme = scheme(text).ok_or(UrlError::MissingScheme)?;
    let authority = authority(text, &scheme);
    let (user_info, host_and_port) = match text[authority.clone()].rfind('@') {
        Some(at) => {
            let at = authority.start + at;
            (Some(authority.start..at), at + 1..authority.end)
        }
        None => (None, authority.clone()),
    };
    let (host, port) = split_port(text, host_and_port)?;
    if host.is_empty() {
        return Err(UrlError::MissingHost);
    }
    if text[host.clone()].contains(['<', '>', '"', '^', '`', '{', '|', '}', '%']) {
        return Err(UrlError::BadHost);
    }
    let hash = text[authority.end..].find('#').map(|at| authority.end + at);
    let before_hash = hash.unwrap_or(text.len());
    let mark = text[authority.end..before_hash].find('?').map(|at| authority.end + at);
    Ok(Url {
        text,
        scheme,
        user_info,
        host,
        port,
        path: authority.end..mark.unwrap_or(before_hash),
        query: mark.map(|at| at + 1..before_hash),
        fragment: hash.map(|at| at + 1..text.len()),
    })
}

/// Checks that a URL has one of `schemes`.
pub fn check_scheme<S: AsRef<str>>(url: &Url<'_>, schemes: &[S]) -> Result<(), UrlError> {
    if schemes.is_empty() || url.has_scheme(schemes) {
        return Ok(());
    }
    Err(UrlError::WrongScheme { found: well_known(url.scheme()) })
}

/// Checks that a URL names a database: a path of more than a slash.
pub fn check_database(url: &Url<'_>) -> Result<(), UrlError> {
    // A backslash counts as a slash, as it does to browsers.
    match url.path().trim_start_matches(['/', '\\']) {
        "" => Err(UrlError::MissingDatabase),
        _ => Ok(()),
    }
}

/// The scheme of a URL, if the text has one: letters, digits, `+`, `-`, `.` before `://`.
pub fn scheme(text: &str) -> Option<Range<usize>> {
    let end = text.find("://")?;
    let scheme = &text[..end];
    let letters = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    (scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && letters).then_some(0..end)
}

/// The same scheme as static text, if it is a well-known one and so no part of a secret.
pub fn well_known(scheme: &str) -> Option<&'static str> {
    WELL_KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(scheme))
}

/// From after `://` to the first character that ends an authority.
fn authority(text: &str, scheme: &Range<usize>) -> Range<usize> {
    let start = scheme.end + "://".len();
    let end = text[start..].find(['/', '?', '#', '\\']).map_or(text.len(), |at| start + at);
    start..end
}

type HostAndPort = (Range<usize>, Option<Range<usize>>);

fn split_port(text: &str, range: Range<usize>) -> Result<HostAndPort, UrlError> {
    let part = &text[range.clone()];
    let host_end = if part.starts_with('[') {
        let bracket = part.find(']').ok_or(UrlError::BadHost)? + 1;
        let address = &part[1..bracket - 1];
        let digits = address.bytes().all(|b| b.is_ascii_hexdigit() || b":.".contains(&b));
        let after = &part[bracket..];
        if address.is_empty() || !digits || !(after.is_empty() || after.starts_with(':')) {
            return Err(UrlError::BadHost);
        }
        bracket
    } else {
        let host_end = part.find(':').unwrap_or(part.len());
        if part[..host_end].contains(['[', ']']) {
            return Err(UrlError::BadHost);
        }
        host_end
    };
    let host = range.start..range.start + host_end;
    if host.end == range.end {
        return Ok((host, None));
    }
    let port = host.end + 1..range.end;
    match &text[port.clone()] {
        "" => Ok((host, Some(port))),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok() => {
            Ok((host, Some(port)))
        }
        _ => Err(UrlError::BadPort),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_ranges_of_the_text() {
        let url = parse("postgresql://app:pw@[::1]:5433/db?ssl=on#x").ok().unwrap();
        assert_eq!((url.scheme(), url.host(), url.path()), ("postgresql", "[::1]", "/db"));
        let part = |range: &Option<Range<usize>>| range.as_ref().map(|range| url.part(range));
        assert_eq!(part(&url.user_info), Some("app:pw"));
        assert_eq!((part(&url.query), part(&url.fragment)), (Some("ssl=on"), Some("x")));
        assert_eq!(url.port_or_default(), Some(5433));
    }

    #[test]
    fn a_driver_does_not_move_the_server() {
        for (scheme, port) in [
            ("postgresql", Some(5432)),
            ("postgresql+psycopg", Some(5432)),
            ("PostgreSQL+asyncpg", Some(5432)),
            ("mysql+pymysql", Some(3306)),
            ("mssql+pyodbc", Some(1433)),
            ("mongodb+srv", None),
            ("git+https", None),
            ("+https", None),
        ] {
            assert_eq!(default_port(scheme), port, "{scheme}");
        }
    }

    #[test]
    fn says_what_is_missing() {
        for (text, error) in [
            ("", UrlError::Empty),
            ("localhost:4000", UrlError::MissingScheme),
            ("//engine:4000", UrlError::MissingScheme),
            ("1http://engine", UrlError::MissingScheme),
            ("http:engine", UrlError::MissingScheme),
            ("http://", UrlError::MissingHost),
            ("http:///path", UrlError::MissingHost),
            ("http://:80", UrlError::MissingHost),
            ("http://engine:port", UrlError::BadPort),
            ("http://engine:65536", UrlError::BadPort),
            ("http://engine:+80", UrlError::BadPort),
            ("http://a b", UrlError::WhiteSpace),
            ("http://a{b}", UrlError::BadHost),
            ("http://[::1", UrlError::BadHost),
            ("http://[::1]x", UrlError::BadHost),
        ] {
            assert_eq!(parse(text).err(), Some(error), "{text}");
        }
    }

    #[test]
    fn names_a_wrong_scheme_only_if_it_is_a_known_one() {
        let found = |text| parse(text).map(|url| check_scheme(&url, &["https"])).ok().unwrap();
        assert_eq!(found("HTTPS://a"), Ok(()));
        assert_eq!(found("ftp://a"), Err(UrlError::WrongScheme { found: Some("ftp") }));
        assert_eq!(found("CANARY://a"), Err(UrlError::WrongScheme { found: None }));
    }

    #[test]
    fn the_same_host_and_port_as_the_whatwg_parser_in_node() {
        let url = parse("postgresql://polyant:p@ss/w0rd@postgres/polyant").ok().unwrap();
        assert_eq!((url.host(), url.path()), ("ss", "/w0rd@postgres/polyant"));
    }
}

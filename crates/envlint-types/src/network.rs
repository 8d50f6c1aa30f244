use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::kinds::number::NumberError;
use crate::kinds::origin::{self, OriginError};
use crate::kinds::trust_proxy::{self, Trust, TrustError};
use crate::kinds::url::{self, credentials, credentials::Paths};
use crate::kinds::{list, number};
use crate::secrets::ParseUrlError;
use crate::text::text_value;

/// A URL of HTTP. It may hold a password, so `Debug` shows no more than its origin.
pub struct HttpUrl(Zeroizing<Box<str>>);

const HTTP: [&str; 2] = ["http", "https"];

impl HttpUrl {
    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, as a browser writes them.
    pub fn origin(&self) -> String {
        url::parse(&self.0).map_or_else(|_| String::new(), |url| origin::of(&url))
    }
}

impl FromStr for HttpUrl {
    type Err = ParseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        credentials::check(text, Paths::Http).map_err(|(error, _)| error)?;
        url::check_scheme(&url::parse(text)?, &HTTP)?;
        Ok(Self(Zeroizing::new(text.into())))
    }
}

impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpUrl({})", self.origin())
    }
}

text_value!([] HttpUrl, "a URL of HTTP", "HttpUrl", {
    "type": "string",
    "format": "uri",
    "x-envlint": { "type": "url", "schemes": HTTP },
});

/// The origin of a web site: scheme, host and port, as a browser sends them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Origin(Box<str>);

impl Origin {
    /// A port of the same machine: `Origin::localhost::<4000>()`.
    pub fn localhost<const PORT: u16>() -> Self {
        const { assert!(PORT != 0 && PORT != 80) }
        Self(format!("http://localhost:{PORT}").into())
    }

    /// The origin as it was written, which is how a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        origin::parse(text).map(|_| Self(text.into()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!([] Origin, "an origin such as https://app.example.com", "Origin", {
    "type": "string",
    "format": "uri",
    "x-envlint": { "type": "origin" },
});

/// The origins that may call a service with credentials: a comma-separated list without
/// wildcards.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CorsOrigins(Vec<Origin>);

/// One item of a list is no origin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("item {} of the list: {error}", item + 1)]
pub struct CorsOriginsError {
    /// Which item, from 0.
    pub item: usize,
    /// What is wrong with it.
    #[source]
    pub error: OriginError,
}

impl CorsOrigins {
    /// Whether the text of a request's `Origin` header is on the list.
    pub fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed.as_str() == origin)
    }

    /// The origins in the order of the list.
    pub fn as_slice(&self) -> &[Origin] {
        &self.0
    }
}

impl FromStr for CorsOrigins {
    type Err = CorsOriginsError;

    fn from_str(text: &str) -> Result<Self, CorsOriginsError> {
        let parse = |(item, range): (usize, std::ops::Range<usize>)| {
            text[range].parse().map_err(|error| CorsOriginsError { item, error })
        };
        list::items(text).enumerate().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

text_value!([] CorsOrigins, "a comma-separated list of origins", "CorsOrigins", {
    "type": "string",
    "x-envlint": { "type": "origin-list" },
});

/// How many reverse proxies to believe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TrustProxy(Trust);

impl TrustProxy {
    /// Nobody: what a service should do that is not told otherwise.
    pub const NOBODY: Self = Self(Trust::Hops(0));

    /// The number of hops to believe, counted from the service outwards; `None` for all.
    pub fn hops(self) -> Option<u32> {
        match self.0 {
            Trust::Hops(hops) => Some(hops),
            Trust::Nobody => Some(0),
            Trust::All => None,
        }
    }
}

impl TrustProxy {
    /// Whether the headers of proxies may be believed at all: `X-Forwarded-Proto` and its like
    /// are the client's own words where nobody is trusted.
    pub fn believes_headers(self) -> bool {
        self.hops() != Some(0)
    }

    /// The address of the client, as Express' `trust proxy` finds it: from the peer of the
    /// connection outwards, past as many addresses of `X-Forwarded-For` as proxies are trusted.
    /// `forwarded_for` are the texts of that header, in the order of the request. An address that
    /// can not be read was written by nobody who is trusted, so the one before it is the answer.
    ///
    /// ```
    /// # use envlint_types::TrustProxy;
    /// let proxies: TrustProxy = "1".parse()?;
    /// let peer = "10.0.0.7".parse().unwrap();
    /// let client = proxies.client_address(peer, ["192.0.2.1, 198.51.100.2"]);
    /// assert_eq!(client.to_string(), "198.51.100.2");
    /// # Ok::<(), envlint_types::kinds::trust_proxy::TrustError>(())
    /// ```
    pub fn client_address<'a>(
        self,
        peer: IpAddr,
        forwarded_for: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    ) -> IpAddr {
        let hops = self.hops().map_or(usize::MAX, |hops| hops as usize);
        let items = forwarded_for.into_iter().rev().flat_map(|header| header.rsplit(','));
        items.take(hops).map_while(forwarded_address).last().unwrap_or(peer)
    }
}

/// One address of `X-Forwarded-For`; some proxies append the port.
fn forwarded_address(item: &str) -> Option<IpAddr> {
    let item = item.trim();
    let with_port = || item.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || item.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    item.parse().ok().or_else(with_port).or_else(bracketed)
}

impl Default for TrustProxy {
    fn default() -> Self {
        Self::NOBODY
    }
}

impl FromStr for TrustProxy {
    type Err = TrustError;

    fn from_str(text: &str) -> Result<Self, TrustError> {
        trust_proxy::parse(text).map(Self)
    }
}

impl fmt::Display for TrustProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Trust::Hops(hops) => hops.fmt(f),
            Trust::All => f.write_str("true"),
            Trust::Nobody => f.write_str("false"),
        }
    }
}

impl Serialize for TrustProxy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

text_value!([] TrustProxy, "a number of proxies, true or false", "TrustProxy", {
    "type": "string",
    "pattern": trust_proxy::PATTERN,
    "x-envlint": { "type": "trust-proxy" },
});

/// A TCP port to listen on or to connect to: 1 to 65535.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Port(NonZeroU16);

impl Port {
    /// A port that is known when the program is compiled: `Port::of::<4000>()`.
    pub const fn of<const PORT: u16>() -> Self {
        const { Self(NonZeroU16::new(PORT).expect("port 0 can not be connected to")) }
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

impl FromStr for Port {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let port = number::integer(text)?;
        number::within(port, Some(1), Some(i64::from(u16::MAX)))?;
        let port = u16::try_from(port).ok().and_then(NonZeroU16::new);
        port.map(Self).ok_or(NumberError::TooLarge)
    }
}

text_value!([] Port, "a port", "Port", {
    "type": "integer",
    "minimum": 1,
    "maximum": 65535,
    "x-envlint": { "type": "port" },
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_allows_exactly_what_it_lists() {
        let origins: CorsOrigins = "https://a.example, http://b.example:3000,".parse().unwrap();
        assert_eq!(origins.as_slice().len(), 2);
        assert!(origins.allows("http://b.example:3000"));
        assert!(!origins.allows("http://b.example") && !origins.allows("null"));
        let error = "https://a.example,*".parse::<CorsOrigins>().unwrap_err();
        assert_eq!(error, CorsOriginsError { item: 1, error: OriginError::Wildcard });
        assert_eq!(error.to_string(), "item 2 of the list: a wildcard allows every origin");
    }

    #[test]
    fn trust_is_written_as_it_is_read() {
        for text in ["0", "2", "true", "false"] {
            assert_eq!(text.parse::<TrustProxy>().unwrap().to_string(), text);
        }
        assert_eq!("true".parse::<TrustProxy>().map(TrustProxy::hops), Ok(None));
    }

    #[test]
    fn the_client_is_as_far_out_as_proxies_are_trusted() {
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let client = |trust: &str, headers: &[&str]| {
            let trust: TrustProxy = trust.parse().unwrap();
            trust.client_address(peer, headers.iter().copied()).to_string()
        };
        let chain = ["203.0.113.9", "192.0.2.1, 10.0.0.2"];
        for (trust, headers, expected) in [
            ("0", &chain[..], "10.0.0.1"),
            ("false", &chain, "10.0.0.1"),
            ("1", &chain, "10.0.0.2"),
            ("2", &chain, "192.0.2.1"),
            ("3", &chain, "203.0.113.9"),
            ("9", &chain, "203.0.113.9"),
            ("true", &chain, "203.0.113.9"),
            ("2", &[], "10.0.0.1"),
            ("2", &["1.2.3.4, unknown, 10.0.0.2"], "10.0.0.2"),
            ("1", &[""], "10.0.0.1"),
            ("1", &["[2001:db8::1]:443"], "2001:db8::1"),
            ("1", &["[2001:db8::1]"], "2001:db8::1"),
            ("1", &["192.0.2.1:80"], "192.0.2.1"),
        ] {
            assert_eq!(client(trust, headers), expected, "{trust} {headers:?}");
        }
        assert!(!TrustProxy::NOBODY.believes_headers());
    }

    #[test]
    fn ports_are_numbers_in_typed_sources() {
        assert_eq!(serde_json::from_str::<Port>("4000").unwrap(), Port::of::<4000>());
        assert_eq!("65536".parse::<Port>(), Err(NumberError::TooLarge));
        assert_eq!("0".parse::<Port>(), Err(NumberError::TooSmall));
    }

    #[test]
    fn a_url_shows_no_password() {
        let url: HttpUrl = "https://u:CANARY@a.example/x".parse().unwrap();
        assert_eq!(format!("{url:?}"), "HttpUrl(https://a.example)");
    }
}

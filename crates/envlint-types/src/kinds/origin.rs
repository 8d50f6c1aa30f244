//! Web origins: scheme, host and port as a browser sends them, and nothing else.
//!
//! A browser's `Origin` header is lower case, has no default port and no trailing slash
//! (RFC 6454, section 6.2). Allow-lists compare text with text, so every other spelling of the
//! same origin allows nobody. Wildcards are faults of their own: with credentials they either
//! fail or allow everybody.

use super::url::{self, Url, UrlError};

/// Why a text is not an origin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// `*`: every origin.
    #[error("a wildcard allows every origin")]
    Wildcard,
    /// `null`: sandboxed frames and local files, so anybody.
    #[error("`null` is the origin of any sandboxed page")]
    Null,
    /// A `*` within: no origin matches, or too many do.
    #[error("a pattern is no origin")]
    Pattern,
    /// A host without `https://`.
    #[error("the origin has no scheme")]
    MissingScheme,
    /// A slash after the host.
    #[error("an origin has no trailing slash")]
    TrailingSlash,
    /// A path after the host.
    #[error("an origin has no path")]
    Path,
    /// A query or a fragment.
    #[error("an origin has no query and no fragment")]
    Query,
    /// A user name or password.
    #[error("an origin has no user name and no password")]
    UserInfo,
    /// A host or scheme in capitals, which no browser sends.
    #[error("an origin is lower case")]
    UpperCase,
    /// `:443` after `https`, or `:80` after `http`, which no browser sends.
    #[error("an origin leaves out the default port")]
    DefaultPort,
    /// No URL, or none of HTTP.
    #[error(transparent)]
    Url(#[from] UrlError),
}

impl OriginError {
    /// Whether it opens an allow-list to more than one origin.
    pub fn is_wildcard(self) -> bool {
        matches!(self, OriginError::Wildcard | OriginError::Null | OriginError::Pattern)
    }

    /// Whether the text names a place, but not in the form of an origin.
    pub fn is_form(self) -> bool {
        !self.is_wildcard() && !matches!(self, OriginError::Url(_))
    }
}

/// A regular expression (ECMA 262) for the texts that [`parse`] accepts; without anchors, to be
/// a part of others. It looks ahead, to refuse a default port.
pub fn pattern() -> String {
    let port = |default: u16| format!("(?![^,\\s]*:(?:0*{default})?(?:[,\\s]|$))");
    let host = url::HOST.replace("a-fA-F", "a-f").replace("[^", "[^A-Z*,");
    let (secure, plain) = (port(443), port(80));
    format!("(?:https://{secure}|http://{plain})(?:{host})(?::{})?", url::PORT)
}

/// Reads an origin of HTTP.
pub fn parse(text: &str) -> Result<Url<'_>, OriginError> {
    match text {
        "*" => return Err(OriginError::Wildcard),
        "null" => return Err(OriginError::Null),
        _ if text.contains('*') => return Err(OriginError::Pattern),
        _ => {}
    }
    let parsed = url::parse(text).map_err(|error| match error {
        UrlError::MissingScheme => OriginError::MissingScheme,
        other => OriginError::Url(other),
    })?;
    url::check_scheme(&parsed, &["http", "https"])?;
    // No name server has such a host: who writes one origin meant a list.
    if parsed.host().contains(',') {
        return Err(UrlError::BadHost.into());
    }
    let rest = &text[parsed.path.start..];
    let faults = [
        (parsed.user_info.is_some(), OriginError::UserInfo),
        (rest == "/", OriginError::TrailingSlash),
        (!parsed.path().is_empty(), OriginError::Path),
        (!rest.is_empty(), OriginError::Query),
        (text.bytes().any(|b| b.is_ascii_uppercase()), OriginError::UpperCase),
        (has_default_port(&parsed), OriginError::DefaultPort),
    ];
    match faults.into_iter().find(|(present, _)| *present) {
        Some((_, fault)) => Err(fault),
        None => Ok(parsed),
    }
}

/// The origin that a URL lies in, as a browser would write it.
pub fn of(url: &Url<'_>) -> String {
    let scheme = url.scheme().to_ascii_lowercase();
    let host = url.host().to_ascii_lowercase();
    match url.port_or_default() {
        Some(port) if Some(port) != url::default_port(&scheme) => {
            format!("{scheme}://{host}:{port}")
        }
        _ => format!("{scheme}://{host}"),
    }
}

fn has_default_port(url: &Url<'_>) -> bool {
    url.port.as_ref().is_some_and(|port| {
        port.is_empty() || url.part(port).parse().ok() == url::default_port(url.scheme())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_sends() {
        for good in ["https://app.example.com", "http://localhost:3000", "https://[::1]:8443"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for (text, error) in [
            ("*", OriginError::Wildcard),
            ("null", OriginError::Null),
            ("https://*.example.com", OriginError::Pattern),
            ("https://*", OriginError::Pattern),
            ("app.example.com", OriginError::MissingScheme),
            ("https://app.example.com/", OriginError::TrailingSlash),
            ("https://app.example.com/login", OriginError::Path),
            ("https://app.example.com?x", OriginError::Query),
            ("https://app.example.com/#", OriginError::Path),
            ("https://u@app.example.com", OriginError::UserInfo),
            ("https://App.example.com", OriginError::UpperCase),
            ("https://app.example.com:443", OriginError::DefaultPort),
            ("https://", OriginError::Url(UrlError::MissingHost)),
            ("ftp://a", OriginError::Url(UrlError::WrongScheme { found: Some("ftp") })),
        ] {
            assert_eq!(parse(text).err(), Some(error), "{text}");
        }
    }

    #[test]
    fn the_origin_of_a_url_is_the_one_that_a_browser_writes() {
        for (text, origin) in [
            ("HTTPS://App.Example.com:443/x?y", "https://app.example.com"),
            ("http://a:4000/", "http://a:4000"),
            ("http://a:", "http://a"),
        ] {
            assert_eq!(url::parse(text).map(|url| of(&url)).ok().as_deref(), Some(origin));
        }
    }
}

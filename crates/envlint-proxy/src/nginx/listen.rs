//! `listen` and `server_name`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use envlint_model::{Span, Truth};
use envlint_parse::nginx::Directive;
use regex::bytes::{Regex, RegexBuilder};

use crate::Address;

/// One `listen` of a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listen {
    /// The address.
    pub address: ListenAddress,
    /// The port; a socket in the file system has none.
    pub port: Option<u16>,
    /// Whether connections are encrypted (`ssl`, `quic`).
    pub tls: Truth,
    /// Whether this server takes the requests for names that no server has.
    pub default_server: bool,
    /// Whether the peer sends the client's address by the PROXY protocol.
    pub proxy_protocol: bool,
    /// The directive, or the server's head if there is none.
    pub span: Span,
}

/// The address of a `listen`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ListenAddress {
    /// Every address of the family.
    Any {
        /// IPv6; otherwise IPv4.
        v6: bool,
    },
    /// One address.
    One(IpAddr),
    /// The addresses of a host name, a variable of a template, a socket in the file system.
    Elsewhere,
}

impl ListenAddress {
    pub(super) fn known(&self) -> Address {
        match self {
            ListenAddress::One(address) => Address::Exactly(*address),
            ListenAddress::Any { .. } | ListenAddress::Elsewhere => Address::Unknown,
        }
    }

    /// Whether it can only be reached from the same host (or container).
    pub fn is_loopback(&self) -> bool {
        matches!(self, ListenAddress::One(address) if address.is_loopback())
    }
}

impl Listen {
    /// What a server without `listen` does.
    pub(super) fn implied(span: Span) -> Self {
        Self {
            address: ListenAddress::Any { v6: false },
            port: Some(80),
            tls: Truth::False,
            default_server: false,
            proxy_protocol: false,
            span,
        }
    }

    /// Of a server that is not seen: the file is a part of one.
    pub(super) fn unseen(span: Span) -> Self {
        Self {
            address: ListenAddress::Elsewhere,
            port: None,
            tls: Truth::Unknown,
            ..Self::implied(span)
        }
    }

    pub(super) fn read(directive: &Directive) -> Self {
        let (address, port) = split(directive.arg(0).unwrap_or(""));
        let has = |name: &str| directive.args.iter().skip(1).any(|arg| arg.text() == name);
        Self {
            address,
            port,
            tls: Truth::from(has("ssl") || has("quic")),
            default_server: has("default_server") || has("default"),
            proxy_protocol: has("proxy_protocol"),
            span: directive.head(),
        }
    }
}

/// `8080`, `127.0.0.1`, `127.0.0.1:8080`, `*:80`, `[::]:80`, `name:80`, `unix:/path`.
fn split(text: &str) -> (ListenAddress, Option<u16>) {
    if text.starts_with("unix:") {
        return (ListenAddress::Elsewhere, None);
    }
    if let Ok(port) = text.parse() {
        return (ListenAddress::Any { v6: false }, Some(port));
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = match port {
        Some(port) => port.parse().ok(),
        None => Some(80),
    };
    let address = match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => ListenAddress::Any { v6: false },
        Ok(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => ListenAddress::Any { v6: true },
        Ok(one) => ListenAddress::One(one),
        Err(_) if host == "*" => ListenAddress::Any { v6: false },
        Err(_) => ListenAddress::Elsewhere,
    };
    (address, port)
}

/// A name of a server.
#[derive(Clone, Debug)]
pub struct ServerName {
    /// As it is written, in lower case unless it is a regular expression.
    pub text: String,
    /// Where it is written; the server's head if there is none.
    pub span: Span,
    regex: OnceLock<Option<Regex>>,
}

impl ServerName {
    pub(super) fn new(text: &str, span: Span) -> Self {
        let text = if text.starts_with('~') { text.to_owned() } else { text.to_ascii_lowercase() };
        Self { text, span, regex: OnceLock::new() }
    }

    /// The text of `$server_name`, if this is the first name of its server: without the mark
    /// of a regular expression or the dot of a special wildcard.
    pub(super) fn variable(&self) -> &str {
        self.text.strip_prefix(['~', '.']).unwrap_or(&self.text)
    }

    /// How well the name fits a host; the best is the greatest. `None` if it does not fit. A
    /// regular expression that can not be evaluated is an error.
    pub(super) fn fit(&self, host: &str) -> Result<Option<Fit>, UnreadableRegex> {
        let text = self.text.as_str();
        if let Some(pattern) = text.strip_prefix('~') {
            let regex = self.regex.get_or_init(|| compile(pattern, false));
            let fits = regex.as_ref().ok_or(UnreadableRegex)?.is_match(host.as_bytes());
            return Ok(fits.then_some(Fit::Regex));
        }
        let fit = if text == host || text.strip_prefix('.') == Some(host) {
            Some(Fit::Exact)
        } else if let Some(suffix) =
            text.strip_prefix('*').or(text.starts_with('.').then_some(text))
        {
            host.ends_with(suffix).then_some(Fit::Leading(suffix.len()))
        } else if let Some(prefix) = text.strip_suffix('*') {
            host.starts_with(prefix).then_some(Fit::Trailing(prefix.len()))
        } else {
            None
        };
        Ok(fit)
    }
}

/// How a name fits: exact names win, then the longest leading wildcard, then the longest
/// trailing one, then the first regular expression.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    Regex,
    Trailing(usize),
    Leading(usize),
    Exact,
}

/// A regular expression of a kind that is not supported (look-around, back-references).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct UnreadableRegex;

/// Compiles nginx's (PCRE) expression, which is one over bytes; `None` if it uses what only PCRE
/// has.
pub(super) fn compile(pattern: &str, case_insensitive: bool) -> Option<Regex> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .case_insensitive(case_insensitive)
        .size_limit(1 << 20)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_address() {
        let any = |v6| ListenAddress::Any { v6 };
        let one = |text: &str| ListenAddress::One(text.parse().unwrap());
        for (text, address, port) in [
            ("8080", any(false), Some(8080)),
            ("*:81", any(false), Some(81)),
            ("0.0.0.0:82", any(false), Some(82)),
            ("[::]:83", any(true), Some(83)),
            ("[::1]", one("::1"), Some(80)),
            ("127.0.0.1", one("127.0.0.1"), Some(80)),
            ("127.0.0.1:84", one("127.0.0.1"), Some(84)),
            ("localhost:85", ListenAddress::Elsewhere, Some(85)),
            ("unix:/run/a.sock", ListenAddress::Elsewhere, None),
            ("${PORT}", ListenAddress::Elsewhere, Some(80)),
            ("1.2.3.4:http", one("1.2.3.4"), None),
        ] {
            assert_eq!(split(text), (address, port), "{text}");
        }
    }
}

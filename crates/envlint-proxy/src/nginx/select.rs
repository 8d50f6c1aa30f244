//! Which server and location a request gets.

use std::net::IpAddr;

use super::listen::{Fit, UnreadableRegex};
use super::{Config, Gate, GateKind, Listen, ListenAddress, Location, Matcher, Route, Server};
use crate::simulate::normalised_host;

/// What becomes of a request.
#[derive(Clone)]
pub enum Selection<'a> {
    /// It takes this route, which it came in for by this `listen`.
    Route(&'a Route, &'a Listen),
    /// nginx answers itself: a file, a redirect, a `return`, an error.
    Answered,
    /// Nothing listens there.
    Refused,
    /// A directive that is not followed decides.
    Undecided(Gate),
    /// A regular expression that can not be evaluated decides.
    UnreadableRegex,
}

impl Config {
    /// What becomes of a request for `target` that comes in at `address` and `port` and asks
    /// for `host`.
    pub fn select(
        &self,
        address: IpAddr,
        port: u16,
        host: Option<&str>,
        target: &str,
    ) -> Selection<'_> {
        if host.is_some_and(|host| !is_valid_host(host)) {
            return Selection::Answered;
        }
        let host = normalised_host(host.unwrap_or(""));
        let (server, listen) = match self.server(address, port, &host) {
            Ok(Some(found)) => found,
            Ok(None) => return Selection::Refused,
            Err(UnreadableRegex) => return Selection::UnreadableRegex,
        };
        if let Some(decided) = gated(&server.gates) {
            return decided;
        }
        let Some(path) = normalised_path(target) else { return Selection::Answered };
        let location = match find(&server.locations, &path) {
            Ok(Search::Found(location)) => location,
            Ok(Search::Redirect | Search::Nothing) => return Selection::Answered,
            Err(UnreadableRegex) => return Selection::UnreadableRegex,
        };
        if let Some(decided) = gated(&location.gates) {
            return decided;
        }
        match location.routes.iter().find(|route| !route.conditional) {
            Some(route) => Selection::Route(route, listen),
            None => Selection::Answered,
        }
    }

    /// The server for a connection and a host name in lower case.
    fn server(
        &self,
        address: IpAddr,
        port: u16,
        host: &str,
    ) -> Result<Option<(&Server, &Listen)>, UnreadableRegex> {
        let on_port = |listen: &&Listen| listen.port == Some(port);
        let all = || {
            self.servers.iter().flat_map(|server| {
                server.listens.iter().filter(on_port).map(move |listen| (server, listen))
            })
        };
        let exact = |listen: &Listen| listen.address == ListenAddress::One(address);
        let any = |listen: &Listen| listen.address == ListenAddress::Any { v6: address.is_ipv6() };
        // A socket for the very address takes the connection before one for all addresses.
        let specific = all().any(|(_, listen)| exact(listen));
        let candidates: Vec<_> = all()
            .filter(|(_, listen)| if specific { exact(listen) } else { any(listen) })
            .collect();
        let mut best: Option<(Fit, (&Server, &Listen))> = None;
        for &candidate in &candidates {
            for name in &candidate.0.names {
                let fit = name.fit(host)?;
                // The first of equals wins.
                if fit > best.map(|(fit, _)| fit) {
                    best = fit.map(|fit| (fit, candidate));
                }
            }
        }
        let default = || candidates.iter().find(|(_, l)| l.default_server).or(candidates.first());
        Ok(best.map(|(_, found)| found).or_else(|| default().copied()))
    }
}

/// What nginx does not answer with 400 (`ngx_http_validate_host`; an empty Host measured).
fn is_valid_host(host: &str) -> bool {
    let illegal = |byte: u8| byte <= b' ' || byte == b'/' || byte == 0x7f;
    !host.is_empty() && !host.contains("..") && !host.bytes().any(illegal)
}

fn gated(gates: &[Gate]) -> Option<Selection<'static>> {
    let undecided = gates.iter().find(|gate| gate.kind != GateKind::Answers);
    match undecided {
        Some(gate) => Some(Selection::Undecided(*gate)),
        None => (!gates.is_empty()).then_some(Selection::Answered),
    }
}

enum Search<'a> {
    Found(&'a Location),
    /// The path lacks only the final `/` of a location with `proxy_pass`: nginx redirects.
    Redirect,
    Nothing,
}

/// `ngx_http_core_find_location`: an exact location, else the longest prefix and the locations
/// in it, else the first regular expression, unless the prefix forbids them.
fn find<'a>(locations: &'a [Location], path: &str) -> Result<Search<'a>, UnreadableRegex> {
    let mut longest: Option<(&Location, &str, bool)> = None;
    let mut redirect = false;
    for location in locations {
        match &location.matcher {
            Matcher::Exact(exact) if exact == path => return Ok(Search::Found(location)),
            Matcher::Prefix { path: prefix, final_ } => {
                if path.starts_with(prefix.as_str()) {
                    if longest.is_none_or(|(_, other, _)| prefix.len() > other.len()) {
                        longest = Some((location, prefix, *final_));
                    }
                } else if prefix.strip_suffix('/') == Some(path) && !location.routes.is_empty() {
                    redirect = true;
                }
            }
            _ => {}
        }
    }
    if redirect {
        return Ok(Search::Redirect);
    }
    let mut found = Search::Nothing;
    let mut ask_regexes = true;
    if let Some((location, _, final_)) = longest {
        ask_regexes = !final_;
        found = match find(&location.children, path)? {
            Search::Nothing => Search::Found(location),
            inner => return Ok(inner),
        };
    }
    if ask_regexes {
        for location in locations {
            let Matcher::Regex(pattern) = &location.matcher else { continue };
            if pattern.is_match(path)? {
                return Ok(match find(&location.children, path)? {
                    Search::Nothing => Search::Found(location),
                    inner => inner,
                });
            }
        }
    }
    Ok(found)
}

/// The path that locations are compared with: decoded, without query, with `//`, `.` and `..`
/// resolved. `None` where nginx answers 400.
fn normalised_path(target: &str) -> Option<String> {
    // An absolute target (`GET http://host/path`) has its path after the host.
    let path = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.starts_with('/') => {
            rest.find('/').map_or("/", |at| &rest[at..])
        }
        _ => target,
    };
    let path = path.split(['?', '#']).next().unwrap_or("");
    let decoded = percent_decoded(path)?;
    let mut parts: Vec<&str> = Vec::new();
    let mut open_end = true;
    for part in decoded.split('/').skip(1) {
        open_end = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    let slash = if open_end && !parts.is_empty() { "/" } else { "" };
    Some(format!("/{}{slash}", parts.join("/")))
}

/// `None` for a broken escape, and for `%00`, which nginx refuses.
fn percent_decoded(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let digits = std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?;
            let value = u8::from_str_radix(digits, 16).ok().filter(|value| *value != 0)?;
            decoded.push(value);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

#[cfg(test)]
mod tests {
    use super::normalised_path;

    #[test]
    fn paths_are_normalised_as_nginx_does() {
        for (target, path) in [
            ("/", Some("/")),
            ("/a/../b?x=/..", Some("/b")),
            ("//a//b/", Some("/a/b/")),
            ("/%61pi/%2e%2e/x", Some("/x")),
            ("/a/.", Some("/a/")),
            ("/a/b/..", Some("/a/")),
            ("/..", None),
            ("/%zz", None),
            ("/%00", None),
            ("http://host/x?y", Some("/x")),
            ("http://host", Some("/")),
            ("/a?to=http://b/c", Some("/a")),
        ] {
            assert_eq!(normalised_path(target).as_deref(), path, "{target}");
        }
    }
}

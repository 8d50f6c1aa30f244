//! `proxy_pass` and `upstream`: where a route leads.

use std::collections::BTreeMap;
use std::sync::Arc;

use envlint_model::{Secret, Span};
use envlint_parse::nginx::Directive;

use super::include::Node;
use super::variable::Variables;
use crate::{Part, Template};

/// Where a route leads.
#[derive(Clone)]
pub struct Upstream {
    /// Whether the hop speaks TLS to it.
    pub tls: bool,
    /// The host as the configuration writes it, with the port unless it is the default one:
    /// what `$proxy_host`, and so the Host header by default, becomes.
    pub host: Template,
    /// The addresses; none if they depend on the request or on what is not seen.
    pub endpoints: Arc<[Endpoint]>,
    /// Whether `proxy_pass` has a path, which then replaces the location's.
    pub has_path: bool,
}

/// A host and port that requests go to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Endpoint {
    /// A name or an address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Where it is written: a `server` of an upstream block, or the `proxy_pass`.
    pub span: Span,
    /// Whether it is used only when others fail (`backup`) or not at all (`down`).
    pub spare: bool,
}

/// The `upstream` blocks by name.
pub(super) type Upstreams = BTreeMap<String, Arc<[Endpoint]>>;

/// Reads an `upstream` block.
pub(super) fn read_block(block: &Node<'_>) -> Option<(String, Arc<[Endpoint]>)> {
    let servers = block.children().iter().filter(|directive| directive.is("server"));
    let endpoints = servers.filter_map(|server| {
        let (host, port) = split_host(server.arg(0)?)?;
        let has = |name: &str| server.args.iter().skip(1).any(|arg| arg.text() == name);
        let spare = has("backup") || has("down");
        Some(Endpoint { host, port: port.unwrap_or(80), span: server.head(), spare })
    });
    Some((block.arg(0)?.to_owned(), endpoints.collect()))
}

/// Reads the argument of `proxy_pass`.
pub(super) fn read_pass(
    directive: &Directive,
    upstreams: &Upstreams,
    variables: &Variables<'_>,
) -> Upstream {
    let written = directive.arg(0).unwrap_or("");
    let resolved = variables.constant(written);
    let text = resolved.as_deref().unwrap_or(written);
    let (tls, rest) = match text.split_once("://") {
        Some(("https", rest)) => (true, rest),
        Some((_, rest)) => (false, rest),
        None => (false, text),
    };
    let (authority, path) = match rest.find('/') {
        Some(at) if !rest.starts_with("unix:") => rest.split_at(at),
        _ => (rest, ""),
    };
    let endpoints = match upstreams.get(authority) {
        _ if authority.contains('$') => Arc::default(),
        Some(endpoints) => Arc::clone(endpoints),
        None => split_host(authority)
            .map(|(host, port)| {
                let port = port.unwrap_or(if tls { 443 } else { 80 });
                Endpoint { host, port, span: directive.head(), spare: false }
            })
            .into_iter()
            .collect(),
    };
    let host = match text.contains('$') {
        true => variables.template(authority),
        false => Template::new([Part::Text(Secret::made(shown_host(authority, tls)))]),
    };
    Upstream { tls, host, endpoints, has_path: !path.is_empty() }
}

/// The authority without a port that is the default one (`ngx_http_proxy_set_vars`).
fn shown_host(authority: &str, tls: bool) -> String {
    let default = if tls { ":443" } else { ":80" };
    authority.strip_suffix(default).unwrap_or(authority).to_owned()
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`; `None` for a socket in the file system, a variable
/// and what is no host.
fn split_host(text: &str) -> Option<(String, Option<u16>)> {
    if text.is_empty() || text.starts_with("unix:") || text.contains('$') {
        return None;
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, rest.strip_prefix(':'))
        }
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = match port {
        Some(port) => Some(port.parse().ok()?),
        None => None,
    };
    Some((host.to_owned(), port))
}

//! Which server answers for a host, asked for many hosts.
//!
//! [`Config::select`] follows one request and looks at every server. A check asks for each public
//! address of each service, so names are looked up here, with the same precedence: a name that
//! is exact, else the longest wildcard, else the first regular expression, else the default
//! server of the socket.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::listen::{Fit, UnreadableRegex};
use super::{Config, Listen, ListenAddress, Server, ServerName};
use crate::simulate::normalised_host;

/// The servers of a configuration, by the sockets that others can connect to and by name.
pub struct Hosts<'c> {
    sockets: Vec<Socket<'c>>,
    /// Whether a `listen` names an address that can not be read off the file.
    elsewhere: bool,
}

/// A server that gets requests.
#[derive(Clone, Copy)]
pub struct Answering<'c> {
    /// The server.
    pub server: &'c Server,
    /// By which `listen` it gets them.
    pub listen: &'c Listen,
    /// Whether it is meant to: one of its names fits, or it takes what no other one has. Else it
    /// is merely the first server of the socket.
    pub meant: bool,
}

/// The servers that get a client's requests for a host.
pub struct Answers<'c> {
    /// One for each socket; several where a server listens on several.
    pub servers: Vec<Answering<'c>>,
    /// Whether other servers may: a regular expression or an address that can not be evaluated.
    pub open: bool,
}

struct Socket<'c> {
    port: u16,
    exact: HashMap<&'c str, Answering<'c>>,
    patterns: Vec<(&'c ServerName, Answering<'c>)>,
    default: Answering<'c>,
}

impl<'c> Hosts<'c> {
    /// Sorts the names of all servers. Sockets on loopback are left out: no client comes in there.
    pub fn new(config: &'c Config) -> Self {
        let mut sockets: BTreeMap<(u16, String), Socket<'c>> = BTreeMap::new();
        let mut elsewhere = false;
        for server in &config.servers {
            for listen in server.listens.iter().filter(|listen| !listen.address.is_loopback()) {
                let address = match &listen.address {
                    ListenAddress::One(address) => address.to_string(),
                    ListenAddress::Any { v6 } => if *v6 { "::" } else { "*" }.to_owned(),
                    ListenAddress::Elsewhere => String::new(),
                };
                let (Some(port), false) = (listen.port, address.is_empty()) else {
                    elsewhere = true;
                    continue;
                };
                let answering = Answering { server, listen, meant: takes_all(server, listen) };
                let socket = match sockets.entry((port, address)) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(Socket::new(port, answering)),
                };
                socket.add(answering);
            }
        }
        Self { sockets: sockets.into_values().collect(), elsewhere }
    }

    /// Who answers for a host, a name or an address without a port, at any of these ports, or at
    /// any port.
    pub fn answers(&self, ports: Option<&[u16]>, host: &str) -> Answers<'c> {
        let host = normalised_host(host);
        let asked = |socket: &&Socket<'_>| ports.is_none_or(|ports| ports.contains(&socket.port));
        let mut answers = Answers { servers: Vec::new(), open: self.elsewhere };
        for socket in self.sockets.iter().filter(asked) {
            match socket.server(&host) {
                Ok(found) => answers.servers.push(found),
                Err(UnreadableRegex) => answers.open = true,
            }
        }
        answers
    }
}

impl<'c> Socket<'c> {
    fn new(port: u16, default: Answering<'c>) -> Self {
        Self { port, exact: HashMap::new(), patterns: Vec::new(), default }
    }

    fn add(&mut self, answering: Answering<'c>) {
        if answering.listen.default_server && !self.default.listen.default_server {
            self.default = answering;
        }
        let answering = Answering { meant: true, ..answering };
        for name in &answering.server.names {
            let text = name.text.as_str();
            let bare = text.strip_prefix('.').unwrap_or(text);
            if !text.starts_with('~') && !bare.contains('*') {
                // The first of equals wins.
                self.exact.entry(bare).or_insert(answering);
            }
            if text.starts_with(['~', '.']) || text.contains('*') {
                self.patterns.push((name, answering));
            }
        }
    }

    fn server(&self, host: &str) -> Result<Answering<'c>, UnreadableRegex> {
        if let Some(found) = self.exact.get(host) {
            return Ok(*found);
        }
        let mut best: Option<(Fit, Answering<'c>)> = None;
        for (name, answering) in &self.patterns {
            let fit = name.fit(host)?;
            if fit > best.map(|(fit, _)| fit) {
                best = fit.map(|fit| (fit, *answering));
            }
        }
        Ok(best.map_or(self.default, |(_, found)| found))
    }
}

/// Whether a server is there for all hosts that no other one names.
fn takes_all(server: &Server, listen: &Listen) -> bool {
    let nameless = |name: &ServerName| matches!(name.text.as_str(), "" | "_");
    listen.default_server || server.names.iter().all(nameless)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use envlint_model::{Form, SourceFile, Sources};
    use envlint_parse::nginx::parse;

    use super::*;
    use crate::nginx::{NoIncludes, Selection};

    fn config(text: &str) -> (Arc<SourceFile>, Config) {
        let text: Box<str> = text.into();
        let source = Sources::default().add("nginx.conf".into(), Form::Plain, text.into());
        let config = Config::read(&parse(&source).0, &NoIncludes);
        (source, config)
    }

    const SERVERS: &str = "
        server { listen 80; listen 127.0.0.1:81; server_name a.dev .b.dev; location / { proxy_pass http://a; } }
        server { listen 80; server_name *.b.dev www.*; location / { proxy_pass http://b; } }
        server { listen 80; server_name ~^c\\d+\\.dev$ a.dev; location / { proxy_pass http://c; } }
        server { listen 80 default_server; listen 443 ssl; server_name _; location / { proxy_pass http://d; } }
    ";

    #[test]
    fn answers_as_a_request_is_answered() {
        let (_, config) = config(SERVERS);
        let hosts = Hosts::new(&config);
        let address = Ipv4Addr::new(192, 0, 2, 1).into();
        for host in ["a.dev", "A.dev", "b.dev", "x.b.dev", "www.c.dev", "c1.dev", "c.dev", "_", "z"]
        {
            for port in [80, 443, 8080] {
                let answers = hosts.answers(Some(&[port]), host);
                let found: Vec<_> = answers.servers.iter().map(|each| each.server.span).collect();
                let wanted = match config.select(address, port, Some(host), "/") {
                    Selection::Route(route, _) => vec![route.server],
                    Selection::Refused => vec![],
                    _ => panic!("{host} is answered by nginx itself"),
                };
                assert_eq!(found, wanted, "{host}:{port}");
                assert!(!answers.open);
            }
        }
    }

    #[test]
    fn the_first_server_is_not_meant_for_all_hosts() {
        let meant = |text: &str, host: &str| {
            let (_, config) = config(text);
            Hosts::new(&config).answers(None, host).servers[0].meant
        };
        assert!(!meant("server { server_name a.dev; }", "b.dev"));
        assert!(meant("server { server_name a.dev; }", "a.dev"));
        assert!(meant("server { }", "b.dev"));
        assert!(meant("server { server_name _; }", "b.dev"));
        assert!(meant("server { listen 80 default_server; server_name a.dev; }", "b.dev"));
    }

    #[test]
    fn any_port_and_no_loopback() {
        let (_, config) = config(SERVERS);
        let hosts = Hosts::new(&config);
        assert_eq!(hosts.answers(None, "a.dev").servers.len(), 2);
        assert_eq!(hosts.answers(Some(&[81]), "a.dev").servers.len(), 0);
    }

    #[test]
    fn what_can_not_be_evaluated_is_open() {
        let (_, config) = config(
            "server { listen 80; server_name ~^(?!x).*$; } server { listen 80; server_name y.dev; }",
        );
        let hosts = Hosts::new(&config);
        assert!(hosts.answers(None, "z.dev").open);
        assert!(!hosts.answers(None, "y.dev").open);
        let (_, config) = config_of_template();
        assert!(Hosts::new(&config).answers(None, "y.dev").open);
    }

    fn config_of_template() -> (Arc<SourceFile>, Config) {
        config("server { listen ${ADDRESS}:80; server_name y.dev; }")
    }
}

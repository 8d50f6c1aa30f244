//! Which ways of a proxy a request can take that another proxy sends on.
//!
//! A front server with thousands of locations may pass requests to an inner one with as many.
//! Comparing each with each would be millions of comparisons for a chain or two per location, so
//! the ways of a port are put in order by server, host and path.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::nginx::Matcher;
use crate::topology::{Paths, Proxy, Way};

/// The ways that listen on one port of a proxy.
pub(crate) struct Onward<'a> {
    ways: &'a [Way],
    servers: Vec<Server<'a>>,
    by_host: BTreeMap<&'a str, Vec<usize>>,
}

/// The ways of one server, by their places among those of the proxy.
#[derive(Default)]
struct Server<'a> {
    all: Vec<usize>,
    /// Those that take one path, or all that begin with it.
    by_path: BTreeMap<&'a str, Vec<usize>>,
    /// Those with another kind of matcher.
    elsewhere: Vec<usize>,
}

impl<'a> Onward<'a> {
    /// The ways of a port.
    pub(crate) fn new(proxy: &'a Proxy, port: u16) -> Self {
        let mut onward = Self { ways: &proxy.ways, servers: Vec::new(), by_host: BTreeMap::new() };
        let mut known = BTreeMap::new();
        for (at, way) in proxy.ways.iter().enumerate() {
            if way.hop.listener.port.is_some_and(|own| own != port) {
                continue;
            }
            // The ways of a server share its hosts; servers without a name may be taken for one.
            let server = *known.entry(way.hosts.as_ptr()).or_insert_with(|| {
                let server = onward.servers.len();
                for host in way.hosts.iter() {
                    onward.by_host.entry(host).or_default().push(server);
                }
                onward.servers.push(Server::default());
                server
            });
            onward.servers[server].add(at, way);
        }
        onward
    }

    /// The ways that requests of `way` can take: on paths that overlap, and of a server with
    /// the same name, if there is one. In the order of the proxy.
    pub(crate) fn of(&self, way: &Way) -> Vec<&'a Way> {
        let named = way.hosts.iter().filter_map(|host| self.by_host.get(host.as_str())).flatten();
        let named: BTreeSet<usize> = named.copied().collect();
        let servers: Vec<&Server<'_>> = match named.is_empty() {
            true => self.servers.iter().collect(),
            false => named.into_iter().map(|at| &self.servers[at]).collect(),
        };
        let fits = |other: &Way| way.rewrites || way.paths.overlaps(&other.paths);
        let candidates: BTreeSet<usize> =
            servers.into_iter().flat_map(|server| server.candidates(way)).collect();
        candidates.into_iter().map(|at| &self.ways[at]).filter(|other| fits(other)).collect()
    }

    /// About how much is looked at before any way is found.
    pub(crate) fn effort(&self, way: &Way) -> usize {
        self.servers.len() + way.hosts.len()
    }
}

impl<'a> Server<'a> {
    fn add(&mut self, at: usize, way: &'a Way) {
        self.all.push(at);
        match path(way) {
            Some(path) => self.by_path.entry(path).or_default().push(at),
            None => self.elsewhere.push(at),
        }
    }

    /// All ways on paths that may overlap with those of `way`, and perhaps some more.
    fn candidates(&self, way: &Way) -> Vec<usize> {
        let Some(path) = path(way).filter(|_| !way.rewrites) else { return self.all.clone() };
        let ends = path.char_indices().map(|(at, char)| at + char.len_utf8());
        let shorter =
            std::iter::once(0).chain(ends).filter_map(|end| self.by_path.get(&path[..end]));
        let longer = self.by_path.range::<str, _>((Bound::Excluded(path), Bound::Unbounded));
        let longer = longer.take_while(|(other, _)| other.starts_with(path)).map(|(_, ways)| ways);
        let found = shorter.chain(longer).chain([&self.elsewhere]).flatten();
        found.copied().collect()
    }
}

/// The path that a way takes, alone or with all that begin with it.
fn path(way: &Way) -> Option<&str> {
    match &way.paths {
        Paths::Matching(Matcher::Exact(path) | Matcher::Prefix { path, .. }) => Some(path),
        Paths::Any | Paths::Matching(Matcher::Regex(_) | Matcher::Named(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use envlint_model::{Form, Name, Sources};
    use envlint_parse::nginx::parse;
    use proptest::prelude::*;

    use super::*;
    use crate::Address;
    use crate::nginx::{Config, NoIncludes};

    fn proxy(text: &str) -> Proxy {
        let text: Box<str> = text.into();
        let source = Sources::default().add("f".into(), Form::Plain, text.into());
        let config = Config::read(&parse(&source).0, &NoIncludes);
        Proxy::nginx(Name::new("nginx"), &config, &Address::Unknown)
    }

    /// Each with each, as it is meant.
    fn compared<'a>(way: &Way, proxy: &'a Proxy, port: u16) -> Vec<&'a Way> {
        let on_port = |other: &&Way| other.hop.listener.port.is_none_or(|own| own == port);
        let named = |other: &&Way| other.hosts.iter().any(|host| way.hosts.contains(host));
        let fits = |other: &&Way| way.rewrites || way.paths.overlaps(&other.paths);
        let ways: Vec<&Way> = proxy.ways.iter().filter(on_port).collect();
        let any_named = ways.iter().any(named);
        ways.into_iter().filter(|other| !any_named || named(other)).filter(fits).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn finds_what_comparing_each_with_each_finds(
            servers in proptest::collection::vec(
                (
                    prop_oneof![Just("80"), Just("81"), Just("unix:/s")],
                    prop_oneof![Just("_"), Just("a.test"), Just("a.test b.test"), Just("c.test")],
                    proptest::collection::vec(
                        (
                            prop_oneof![
                                Just("/"), Just("/a/"), Just("/a/b"), Just("= /a/b"), Just("/é"),
                                Just("= /"), Just("~ x"), Just("@late"), Just("^~ /a/"), Just("/ab"),
                            ],
                            prop_oneof![Just(""), Just("/")],
                        ),
                        0..4,
                    ),
                ),
                0..5,
            ),
        ) {
            let text: String = servers
                .iter()
                .map(|(listen, names, locations)| {
                    let locations: String = locations
                        .iter()
                        .map(|(path, to)| format!("location {path} {{ proxy_pass http://x{to}; }}"))
                        .collect();
                    format!("server {{ listen {listen}; server_name {names}; {locations} }}")
                })
                .collect();
            let proxy = proxy(&text);
            let onward = Onward::new(&proxy, 80);
            for way in &proxy.ways {
                let (found, meant) = (onward.of(way), compared(way, &proxy, 80));
                prop_assert_eq!(found.len(), meant.len());
                prop_assert!(found.iter().zip(meant).all(|(a, b)| std::ptr::eq(*a, b)));
            }
        }
    }
}

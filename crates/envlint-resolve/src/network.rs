//! Who can reach whom, under which name and port.
//!
//! `127.0.0.1:4000` on the host (a published port), `engine:4000` in a Compose network and
//! `localhost:4000` inside the engine's own container are one port of one workload; the same
//! `localhost:4000` inside another container is nothing at all. Everything that reasons about
//! addresses (URLs between services, proxy upstreams, ports open to the internet) asks here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use envlint_model::{Name, Span};

/// Where a connection starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vantage<'a> {
    /// A process on the host itself.
    Host,
    /// Inside a workload.
    Workload(&'a Name),
}

/// What an address leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reached {
    /// A port of a workload.
    Workload {
        /// The workload.
        name: Name,
        /// The port inside it.
        port: u16,
    },
    /// The loopback address of the workload that asks: the workload itself, nobody else.
    Itself,
    /// Loopback on the host, at a port that no workload publishes: some other process, or none.
    HostProcess,
    /// A name without dots that is no workload's: nothing in this network answers to it.
    NoSuchName,
    /// A name of the outside world.
    External,
}

/// A port of a workload that the host forwards.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    /// The workload.
    pub workload: Name,
    /// The host's addresses on which the port is open.
    pub address: IpAddr,
    /// The port on the host; `None` where Docker picks one.
    pub host_port: Option<u16>,
    /// The port in the workload.
    pub port: u16,
    /// Where it is written.
    pub place: Span,
}

impl Publication {
    /// Whether others than the host itself can connect.
    pub fn is_open(&self) -> bool {
        !self.address.is_loopback()
    }
}

/// The address on which Docker publishes when none is given.
pub const ANY_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// A workload as others see it.
#[derive(Default)]
pub struct Endpoint {
    /// The networks that it is attached to.
    pub networks: BTreeSet<Name>,
    /// Names that lead to it beside its own.
    pub aliases: BTreeSet<Name>,
    /// Whether it shares the host's network, and so has no ports of its own.
    pub on_host: bool,
    /// Whether it sees names that the files do not tell: those of an external network, of
    /// `extra_hosts`, of files that are not followed. Without a network of its own it lives in
    /// that of another container.
    pub partial: bool,
}

/// The workloads of one deployment, what they publish, and who sees whom.
///
/// Every question is answered by looking up, not by looking through: rules ask for each variable
/// of each workload, and there may be twenty thousand of them.
#[derive(Default)]
pub struct Network {
    endpoints: BTreeMap<Name, Endpoint>,
    /// Every name that leads anywhere; for each network that it is known in, to which workload.
    by_name: BTreeMap<Name, BTreeMap<Name, Name>>,
    publications: BTreeMap<Name, Vec<Publication>>,
    /// The ports of the host, each with the workload and its port.
    host_ports: BTreeMap<u16, (Name, u16)>,
}

impl Network {
    /// Adds a workload. Of several that share a name in a network, the first by their own names
    /// is the one that answers to it.
    pub fn attach(&mut self, workload: &Name, endpoint: Endpoint) {
        for name in std::iter::once(workload).chain(&endpoint.aliases) {
            let known_in = self.by_name.entry(name.clone()).or_default();
            for network in &endpoint.networks {
                let answers = known_in.entry(network.clone()).or_insert_with(|| workload.clone());
                if workload < answers {
                    *answers = workload.clone();
                }
            }
        }
        self.endpoints.insert(workload.clone(), endpoint);
    }

    /// Whether a workload is part of it.
    pub fn has(&self, workload: &str) -> bool {
        self.endpoints.contains_key(workload)
    }

    /// Adds a published port. Of several on one port of the host, the first counts.
    pub fn publish(&mut self, publication: Publication) {
        if let Some(port) = publication.host_port {
            let inside = (publication.workload.clone(), publication.port);
            self.host_ports.entry(port).or_insert(inside);
        }
        let published = self.publications.entry(publication.workload.clone());
        published.or_default().push(publication);
    }

    /// The ports that a workload publishes.
    pub fn publications<'a>(&'a self, workload: &'a str) -> impl Iterator<Item = &'a Publication> {
        self.publications.get(workload).into_iter().flatten()
    }

    /// The names under which `from` reaches other workloads, for "did you mean".
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.by_name.keys()
    }

    /// What `host:port` leads to for a connection that starts at `from`. `host` is a name or an
    /// address as it stands in a URL, IPv6 with or without brackets.
    pub fn lookup(&self, from: Vantage<'_>, host: &str, port: u16) -> Reached {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let on_host = match from {
            Vantage::Host => true,
            Vantage::Workload(name) => self.endpoints.get(name).is_some_and(|e| e.on_host),
        };
        if host == "host.docker.internal" || (is_loopback(host) && on_host) {
            return self.published_on(port).unwrap_or(Reached::HostProcess);
        }
        if is_loopback(host) {
            return if self.lives_in_another(from) { Reached::External } else { Reached::Itself };
        }
        match from {
            Vantage::Workload(from) if !on_host => self.in_networks_of(from, host, port),
            _ => Reached::External,
        }
    }

    fn lives_in_another(&self, from: Vantage<'_>) -> bool {
        let Vantage::Workload(name) = from else { return false };
        self.endpoints.get(name).is_some_and(|e| e.partial && e.networks.is_empty())
    }

    fn published_on(&self, port: u16) -> Option<Reached> {
        let (name, port) = self.host_ports.get(&port)?;
        Some(Reached::Workload { name: name.clone(), port: *port })
    }

    fn in_networks_of(&self, from: &Name, host: &str, port: u16) -> Reached {
        let endpoint = self.endpoints.get(from);
        let found = endpoint.and_then(|endpoint| {
            let known_in = self.by_name.get(host)?;
            let own = (&**from == host || endpoint.aliases.contains(host)).then_some(from);
            endpoint.networks.iter().filter_map(|network| known_in.get(network)).chain(own).min()
        });
        match found {
            Some(name) => Reached::Workload { name: name.clone(), port },
            None if host.contains('.') || host.contains(':') => Reached::External,
            None if endpoint.is_some_and(|endpoint| endpoint.partial) => Reached::External,
            None => Reached::NoSuchName,
        }
    }
}

/// Whether a host is this machine, as seen from itself: `localhost`, 127.0.0.0/8, `::1`, and
/// the unspecified address, which connects to loopback on Linux.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;
    use envlint_model::{Form, Sources};

    fn network() -> Network {
        let place = Sources::default().add("f".into(), Form::Plain, Default::default()).span(0..0);
        let mut network = Network::default();
        for (name, networks) in [("engine", "default"), ("web", "default"), ("db", "private")] {
            let networks = BTreeSet::from([networks.into()]);
            network.attach(&name.into(), Endpoint { networks, ..Endpoint::default() });
        }
        network.publish(Publication {
            workload: "engine".into(),
            address: ANY_ADDRESS,
            host_port: Some(8080),
            port: 4000,
            place,
        });
        network
    }

    #[test]
    fn one_port_has_different_names_from_different_places() {
        let network = network();
        let engine = Reached::Workload { name: "engine".into(), port: 4000 };
        let web = "web".into();
        let from_web = Vantage::Workload(&web);
        assert_eq!(network.lookup(Vantage::Host, "127.0.0.1", 8080), engine);
        assert_eq!(network.lookup(from_web, "engine", 4000), engine);
        assert_eq!(network.lookup(from_web, "host.docker.internal", 8080), engine);
        assert_eq!(network.lookup(from_web, "localhost", 4000), Reached::Itself);
        assert_eq!(network.lookup(Vantage::Host, "[::1]", 4000), Reached::HostProcess);
        assert_eq!(network.lookup(Vantage::Host, "engine", 4000), Reached::External);
    }

    #[test]
    fn only_shared_networks_connect() {
        let network = network();
        let web = "web".into();
        let from_web = Vantage::Workload(&web);
        assert_eq!(network.lookup(from_web, "db", 5432), Reached::NoSuchName);
        assert_eq!(network.lookup(from_web, "engin", 4000), Reached::NoSuchName);
        assert_eq!(network.lookup(from_web, "db.example.org", 5432), Reached::External);
    }

    #[test]
    fn a_shared_name_leads_to_the_first_that_answers() {
        let mut network = Network::default();
        for (name, networks) in [("c", "back"), ("b", "back"), ("a", "front"), ("web", "back")] {
            let (networks, aliases) = (BTreeSet::from([networks.into()]), ["db".into()].into());
            network.attach(&name.into(), Endpoint { networks, aliases, ..Endpoint::default() });
        }
        let web = "web".into();
        let reached = network.lookup(Vantage::Workload(&web), "db", 5432);
        assert_eq!(reached, Reached::Workload { name: "b".into(), port: 5432 });
    }

    #[test]
    fn what_the_files_do_not_tell_may_exist() {
        let mut network = network();
        let (worker, sidecar) = ("worker".into(), "sidecar".into());
        let networks = BTreeSet::from(["default".into()]);
        network.attach(&worker, Endpoint { networks, partial: true, ..Endpoint::default() });
        network.attach(&sidecar, Endpoint { partial: true, ..Endpoint::default() });
        let (from_worker, from_sidecar) = (Vantage::Workload(&worker), Vantage::Workload(&sidecar));
        assert_eq!(network.lookup(from_worker, "legacy", 80), Reached::External);
        assert_eq!(network.lookup(from_worker, "localhost", 80), Reached::Itself);
        assert_eq!(network.lookup(from_sidecar, "localhost", 80), Reached::External);
    }
}

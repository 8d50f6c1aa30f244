//! Which hosts lead clients to a service.
//!
//! A proxy's configuration says by which names, at which ports and with which encryption a
//! service is found from outside. What a client gets that asks for another name is decided as
//! nginx decides it: by wildcards, by regular expressions, by the default server.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Name, Span, Truth};
use envlint_proxy::nginx::{Answering, Hosts, Listen, Server};
use envlint_proxy::{Chain, Effect, Entry, HeaderName, Hop, HopKind, With};
use envlint_schema::Endpoint;

use crate::context::View;

/// The servers of every proxy of an environment, by name.
pub(super) struct Doors<'a> {
    view: &'a View,
    /// Of each configuration, in their order.
    hosts: Vec<Hosts<'a>>,
    /// For each `listen` its configuration, and the head of its server.
    listens: BTreeMap<Span, (usize, Span)>,
}

/// The servers that lead to a service.
pub(super) struct Ways<'d, 'a> {
    doors: &'d Doors<'a>,
    /// The heads of the servers by which clients come to it, by configuration; each with the
    /// services that it leads to.
    servers: BTreeMap<usize, BTreeMap<Span, BTreeSet<Name>>>,
    /// Whether something that no file describes takes the clients' connections, so that its
    /// ports and its encryption are those that count.
    fronted: bool,
    /// Why there may be other ways.
    open: Option<String>,
}

/// What becomes of clients that go to an address.
pub(super) enum Led<'a> {
    /// No proxy is known to lead to the service.
    NoProxy,
    /// It can not be told; the reason continues "not verified: NAME of SERVICE (...)".
    Unknown(String),
    /// They reach the service.
    There,
    /// They would, at another port or with another encryption: as one of these listens.
    Otherwise(Vec<At<'a>>),
    /// They reach this server, which does not lead to the service; or none that is meant for
    /// this host.
    Elsewhere(Option<&'a Server>),
}

/// A `listen`, and the port that clients connect to.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) listen: &'a Listen,
    pub(super) port: u16,
}

impl<'a> Doors<'a> {
    pub(super) fn new(view: &'a View) -> Self {
        let configurations = &view.proxies.configurations;
        let mut listens = BTreeMap::new();
        for (at, configuration) in configurations.iter().enumerate() {
            for server in &configuration.config.servers {
                let spans = server.listens.iter().map(|listen| listen.span);
                listens.extend(spans.map(|span| (span, (at, server.span))));
            }
        }
        let hosts = configurations.iter().map(|each| Hosts::new(&each.config)).collect();
        Self { view, hosts, listens }
    }

    /// What leads to any of these services.
    pub(super) fn to<'d, 'n>(
        &'d self,
        services: impl IntoIterator<Item = &'n Name>,
    ) -> Ways<'d, 'a> {
        let topology = &self.view.proxies.topology;
        let open =
            (!topology.complete).then(|| "more ways lead to it than are followed".to_owned());
        let mut ways = Ways { doors: self, servers: BTreeMap::new(), fronted: false, open };
        for service in services {
            let workload = self.view.deployment.workload(service);
            let chains = topology.to(workload.map_or(service, |each| &each.name));
            let proxied = chains.filter(|chain| !chain.hops.is_empty());
            proxied.for_each(|chain| ways.add(service, chain));
        }
        ways
    }

    /// The ports of a proxy that clients reach by a port from outside: those that it publishes,
    /// or the port itself on the host.
    fn inside(&self, at: usize, port: u16) -> Vec<u16> {
        match &self.view.proxies.configurations[at].workload {
            None => vec![port],
            Some(workload) => {
                let published = self.view.deployment.network.publications(workload);
                let here = published.filter(|open| open.host_port == Some(port));
                here.map(|open| open.port).collect()
            }
        }
    }

    /// The port from outside that leads to a port of a proxy.
    fn outside(&self, at: usize, port: u16) -> Option<u16> {
        match &self.view.proxies.configurations[at].workload {
            None => Some(port),
            Some(workload) => {
                let mut published = self.view.deployment.network.publications(workload);
                published.find(|open| open.port == port)?.host_port
            }
        }
    }
}

impl<'a> Ways<'_, 'a> {
    fn add(&mut self, service: &Name, chain: &Chain) {
        let read = chain.hops.iter().position(|hop| hop.kind == HopKind::Nginx);
        let before = &chain.hops[..read.unwrap_or(chain.hops.len())];
        let entered = read.and_then(|at| chain.hops[at].listener.span);
        let known = entered.and_then(|span| self.doors.listens.get(&span));
        let Some(&(at, server)) = known else {
            let name = before.first().map_or("its proxy", |hop| hop.name.as_str());
            self.open.get_or_insert(format!("no file says which hosts {name} serves"));
            return;
        };
        self.fronted |= !before.is_empty() || chain.entry == Entry::Perhaps;
        if let Some(hop) = before.iter().find(|hop| !hands_host_on(hop)) {
            self.open.get_or_insert(format!("{} may change the host", hop.name));
            return;
        }
        let servers = self.servers.entry(at).or_default();
        servers.entry(server).or_default().insert(service.clone());
    }

    /// The services that a server leads to which is meant for a host.
    pub(super) fn services_at(&self, host: &str) -> BTreeSet<&Name> {
        let mut services = BTreeSet::new();
        for (&at, servers) in &self.servers {
            let meant = self.doors.hosts[at].answers(None, host).servers;
            let found = meant.iter().filter(|each| each.meant);
            services.extend(found.filter_map(|each| servers.get(&each.server.span)).flatten());
        }
        services
    }

    /// Whether anything is known to lead to the service.
    pub(super) fn is_known(&self) -> bool {
        !self.servers.is_empty() || self.open.is_some()
    }

    /// What becomes of clients that go to an address.
    pub(super) fn lead(&self, endpoint: &Endpoint) -> Led<'a> {
        let (mut there, mut elsewhere, mut undecided) = (Vec::new(), None, false);
        for (&at, servers) in &self.servers {
            let answers = self.doors.hosts[at].answers(None, &endpoint.host);
            undecided |= answers.open;
            for Answering { server, listen, meant } in answers.servers {
                match servers.contains_key(&server.span) {
                    true if meant => there.push((at, listen)),
                    true => {}
                    false => elsewhere = elsewhere.or(Some(server).filter(|_| meant)),
                }
            }
        }
        match (&self.open, there.is_empty()) {
            (Some(why), true) => Led::Unknown(why.clone()),
            (None, true) if self.servers.is_empty() => Led::NoProxy,
            (None, true) if undecided => {
                Led::Unknown("a name or an address of its proxy can not be evaluated".to_owned())
            }
            (None, true) => Led::Elsewhere(elsewhere),
            (Some(_), false) => Led::There,
            (None, false) if self.fronted || undecided => Led::There,
            (None, false) => self.at(endpoint, &there),
        }
    }

    /// Whether a client that goes to an address comes in by one of these.
    fn at(&self, endpoint: &Endpoint, there: &[(usize, &'a Listen)]) -> Led<'a> {
        let port = |at: usize, listen: &Listen| {
            let inside = endpoint.port.map(|port| self.doors.inside(at, port));
            inside.is_none_or(|ports| listen.port.is_none_or(|port| ports.contains(&port)))
        };
        let encryption = |listen: &Listen| match endpoint.scheme {
            Some("https") => listen.tls != Truth::False,
            Some("http") => listen.tls != Truth::True,
            _ => true,
        };
        if there.iter().any(|(at, listen)| port(*at, listen) && encryption(listen)) {
            return Led::There;
        }
        let from_outside = there.iter().filter_map(|(at, listen)| {
            Some(At { listen, port: self.doors.outside(*at, listen.port?)? })
        });
        let found: Vec<At<'a>> = from_outside.collect();
        // Where no port leads in, something that is not known does.
        if found.is_empty() { Led::There } else { Led::Otherwise(found) }
    }
}

/// Whether the host that a client asks for is the one that the next hop gets.
fn hands_host_on(hop: &Hop) -> bool {
    matches!(hop.effect(&HeaderName::HOST).0, Effect::Passes | Effect::Overwrites(With::Host))
}

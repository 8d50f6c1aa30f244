//! Every way from the internet to every service.
//!
//! A proxy offers [`Way`]s: a hop, what leads into it, where it leads. The topology joins them
//! into [`Chain`]s: from an entry that the internet can reach, through as many proxies as the
//! addresses lead through, to a service. Which address is which workload, and which ports are
//! published, is the network's knowledge and comes in as [`Surroundings`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use envlint_model::{Name, Span, Truth};

use crate::hop::Hop;
use crate::nginx::{Config, Endpoint, Listen, Matcher, ServerName};
use crate::onward::Onward;
use crate::simulate::{through_asked, weight};
use crate::{Address, Arrivals, Client, Message, Text};

/// The most hops that are followed. A longer chain is a loop.
pub const MAX_HOPS: usize = 8;

/// The most chains that are listed; see [`Topology::complete`].
pub const MAX_CHAINS: usize = 10_000;

/// The most ways through the proxies of one configuration; see [`Topology::complete`].
pub const MAX_WAYS: usize = 20_000;

/// The most lines of headers that all chains together make somebody evaluate for one request;
/// see [`Topology::complete`]. A chain of two usual proxies has some twenty.
pub const MAX_CHAIN_LINES: usize = 300_000;

/// The most endpoints, servers, hosts and ways that are looked at in search of chains.
const MAX_STEPS: usize = 2_000_000;

/// The most steps from hop to hop that are tried in search of chains.
const MAX_PATHS: usize = 50_000;

/// A proxy whose configuration is known.
#[derive(Clone)]
pub struct Proxy {
    /// The workload, as the network knows it.
    pub name: Name,
    /// The ways through it.
    pub ways: Vec<Way>,
    /// Whether these are all: false if there are more than [`MAX_WAYS`].
    pub complete: bool,
}

/// One way through a proxy.
#[derive(Clone)]
pub struct Way {
    /// What it does to requests.
    pub hop: Hop,
    /// The host names that lead into it.
    pub hosts: Arc<[String]>,
    /// The paths that lead into it.
    pub paths: Paths,
    /// Where it leads.
    pub endpoints: Arc<[Endpoint]>,
    /// Whether the path that goes on is another than the one that came in.
    pub rewrites: bool,
}

/// Which paths lead into a way.
#[derive(Clone)]
pub enum Paths {
    /// All, or which ones is not known.
    Any,
    /// Those that a location takes.
    Matching(Matcher),
}

/// A hop that a manifest declares.
#[derive(Clone)]
pub struct DeclaredHop {
    /// What it does.
    pub hop: Hop,
    /// The proxy or service that it stands directly before. Several before one are listed
    /// outermost first.
    pub before: Name,
    /// Where it is declared.
    pub span: Span,
}

/// What an address leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A service, or any workload that is no proxy.
    Service(Name),
    /// Another proxy, and the port of it.
    Proxy {
        /// The workload.
        name: Name,
        /// The port as the proxy itself listens on it, not as it may be published.
        port: u16,
    },
    /// Something outside of what is checked.
    Elsewhere,
}

/// What the network knows.
pub trait Surroundings {
    /// What an address of a proxy's configuration leads to, as seen from that proxy.
    fn lookup(&self, from: &Name, endpoint: &Endpoint) -> Target;

    /// Whether the internet can reach a port of a workload without passing a proxy that is
    /// known; without a port, whether it can reach any. And where that is written.
    fn published(&self, workload: &Name, port: Option<u16>) -> (Truth, Option<Span>);

    /// The services that are to be reached.
    fn services(&self) -> Vec<Name>;
}

/// How a chain begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// Its first hop is declared: that clients come by it is the manifest's word.
    Declared(Span),
    /// The internet reaches its first hop, or the service, directly.
    Published(Option<Span>),
    /// The internet reaches it past hops that are declared before it.
    Bypass(Option<Span>),
    /// Whether the internet reaches it is not known.
    Perhaps,
}

/// The hops that a request passes on one way to a service, outermost first.
///
/// A chain does not change once it is made, so that what arrives at its end is worked out once,
/// however many settings and rules ask.
#[derive(Clone)]
pub struct Chain {
    /// The service.
    pub service: Name,
    /// How it begins.
    pub entry: Entry,
    /// The hops; none for a service that is reached directly.
    pub hops: Vec<Hop>,
    /// The host that clients ask for, as far as a configuration names it.
    pub host: Option<String>,
    /// Where the last hop sends requests.
    pub endpoint: Option<Endpoint>,
    arrivals: OnceLock<Box<Arrivals>>,
}

/// All chains.
#[derive(Clone)]
pub struct Topology {
    /// The chains, in the order of their services.
    pub chains: Vec<Chain>,
    /// Whether these are all: false if there are more than [`MAX_CHAINS`] or [`MAX_WAYS`], if they
    /// set more than [`MAX_CHAIN_LINES`], or if proxies lead into each other in so many ways that
    /// the search was given up.
    pub complete: bool,
}

impl Paths {
    pub(crate) fn overlaps(&self, other: &Paths) -> bool {
        match (self, other) {
            (Paths::Matching(a), Paths::Matching(b)) => a.overlaps(b),
            _ => true,
        }
    }
}

impl Proxy {
    /// An nginx. `address` is what its upstreams see of it.
    pub fn nginx(name: Name, config: &Config, address: &Address) -> Self {
        let mut proxy = Self { name, ways: Vec::new(), complete: true };
        for server in &config.servers {
            let hosts: Arc<[String]> = server.names.iter().filter_map(exact_host).collect();
            // Listening twice on one port (IPv4 and IPv6) is one way.
            let mut seen = BTreeSet::new();
            let new = |listen: &&Listen| seen.insert((listen.port, listen.tls));
            let listens: Vec<&Listen> = server.listens.iter().filter(new).collect();
            for (matcher, route) in server.routes() {
                for listen in &listens {
                    if proxy.ways.len() >= MAX_WAYS {
                        proxy.complete = false;
                        return proxy;
                    }
                    proxy.ways.push(Way {
                        hop: route.hop(&proxy.name, listen, address.clone()),
                        hosts: Arc::clone(&hosts),
                        paths: Paths::Matching(matcher.clone()),
                        endpoints: Arc::clone(&route.upstream.endpoints),
                        rewrites: route.upstream.has_path,
                    });
                }
            }
        }
        proxy
    }
}

fn exact_host(name: &ServerName) -> Option<String> {
    let special = name.text.is_empty() || name.text == "_" || name.text.contains(['*', '~', '$']);
    (!special).then(|| name.text.trim_start_matches('.').to_owned())
}

impl Chain {
    /// A way from an entry through hops to a service, of which neither a host nor an address is
    /// known.
    pub fn new(service: Name, entry: Entry, hops: Vec<Hop>) -> Self {
        Self { service, entry, hops, host: None, endpoint: None, arrivals: OnceLock::new() }
    }

    /// The same way, for clients that ask for this host.
    pub fn with_host(self, host: Option<String>) -> Self {
        Self { host, arrivals: OnceLock::new(), ..self }
    }

    /// The same way, the last hop of which sends requests to this address.
    pub fn with_endpoint(self, endpoint: Endpoint) -> Self {
        Self { endpoint: Some(endpoint), ..self }
    }

    /// What the service receives from an honest client and from one that forges.
    pub fn arrivals(&self) -> &Arrivals {
        self.arrivals.get_or_init(|| {
            let host = self.host_or_example();
            Box::new(Arrivals {
                honest: self.receives(&Client::honest(host)),
                forged: self.receives(&Client::forger(host, &self.hops)),
            })
        })
    }

    /// What it receives from a client, as far as a framework may look at it.
    pub fn receives(&self, client: &Client) -> Message {
        through_asked(&self.hops, client.request())
    }

    /// Whether a text is the host that clients ask for, as far as a configuration names it.
    pub fn is_host(&self, said: &Text) -> bool {
        match (said.text(), &self.host) {
            (Some(said), Some(host)) => said.eq_ignore_ascii_case(host),
            _ => false,
        }
    }

    /// The host that clients ask for; where no configuration names it, an example.
    pub fn host_or_example(&self) -> &str {
        self.host.as_deref().unwrap_or("app.example")
    }
}

impl Topology {
    /// Joins proxies and declared hops to chains.
    pub fn new(
        proxies: &[Proxy],
        declared: &[DeclaredHop],
        surroundings: &dyn Surroundings,
    ) -> Self {
        let mut builder = Builder {
            by_name: proxies.iter().rev().map(|proxy| (&proxy.name, proxy)).collect(),
            onward: BTreeMap::new(),
            declared,
            surroundings,
            inner: BTreeSet::new(),
            steps: 0,
            paths: 0,
            lines: 0,
            full: false,
            topology: Topology { chains: Vec::new(), complete: true },
        };
        if !declared.is_empty() {
            builder.find_inner(proxies);
        }
        for proxy in proxies {
            builder.enter_proxy(proxy);
        }
        for service in surroundings.services() {
            builder.enter_service(&service);
        }
        builder.topology.complete = !builder.full && proxies.iter().all(|proxy| proxy.complete);
        builder.topology.chains.sort_by(|a, b| a.service.cmp(&b.service));
        builder.topology
    }

    /// The chains that end at a service.
    pub fn to<'a>(&'a self, service: &'a Name) -> impl Iterator<Item = &'a Chain> {
        let from = self.chains.partition_point(|chain| chain.service < *service);
        self.chains[from..].iter().take_while(move |chain| chain.service == *service)
    }
}

struct Builder<'a> {
    by_name: BTreeMap<&'a Name, &'a Proxy>,
    /// The ways of the ports to which proxies were found to lead.
    onward: BTreeMap<(&'a Name, u16), Onward<'a>>,
    declared: &'a [DeclaredHop],
    surroundings: &'a dyn Surroundings,
    /// The ports of proxies to which another port, of the same proxy or of another one, leads.
    inner: BTreeSet<(&'a Name, u16)>,
    steps: usize,
    paths: usize,
    lines: usize,
    /// Whether a bound was hit; then nothing more is looked for.
    full: bool,
    topology: Topology,
}

/// A chain in the making.
#[derive(Clone)]
struct Path<'a> {
    entry: Entry,
    hops: Vec<&'a Hop>,
    /// The ways taken, to notice loops. An nginx may pass requests to itself, on another port.
    taken: Vec<&'a Way>,
    host: Option<String>,
}

impl<'a> Builder<'a> {
    fn find_inner(&mut self, proxies: &'a [Proxy]) {
        for proxy in proxies {
            let mut known = BTreeSet::new();
            for way in &proxy.ways {
                // Routes to one upstream share its endpoints.
                if !known.insert((way.endpoints.as_ptr(), way.hop.listener.port)) {
                    continue;
                }
                for endpoint in way.endpoints.iter() {
                    let Target::Proxy { name, port } =
                        self.surroundings.lookup(&proxy.name, endpoint)
                    else {
                        continue;
                    };
                    if let Some(next) = self.by_name.get(&name)
                        && (&proxy.name, way.hop.listener.port) != (&next.name, Some(port))
                    {
                        self.inner.insert((&next.name, port));
                    }
                }
            }
        }
    }

    fn enter_proxy(&mut self, proxy: &'a Proxy) {
        let before = self.before(&proxy.name);
        let ports = proxy.ways.iter().map(|way| way.hop.listener.port);
        let published: BTreeMap<Option<u16>, (Truth, Option<Span>)> = ports
            .clone()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|port| (port, self.surroundings.published(&proxy.name, port)))
            .collect();
        let published: Vec<_> = ports.clone().map(|port| published[&port]).collect();
        // A declared hop comes in where the internet would. Where nothing says so, it comes in by
        // the ports that no other one leads to.
        let inner = |port: u16| self.inner.contains(&(&proxy.name, port));
        let outer: Vec<bool> = ports.map(|port| !port.is_some_and(inner)).collect();
        let open = published.iter().zip(&outer).map(|((open, _), outer)| match open {
            Truth::Unknown => *outer,
            known => *known == Truth::True,
        });
        let faced = [open.collect(), outer].into_iter().find(|faced| faced.contains(&true));
        let faced = faced.unwrap_or_else(|| vec![true; proxy.ways.len()]);
        for ((way, published), faced) in proxy.ways.iter().zip(published).zip(faced) {
            for (entry, hops) in entries(&before, faced, published) {
                let path = Path { entry, hops, taken: Vec::new(), host: None };
                self.follow(path, proxy, way);
            }
        }
    }

    fn enter_service(&mut self, service: &Name) {
        let published = self.surroundings.published(service, None);
        for (entry, hops) in entries(&self.before(service), true, published) {
            if entry != Entry::Perhaps {
                let hops = hops.into_iter().cloned().collect();
                self.push(Chain::new(service.clone(), entry, hops));
            }
        }
    }

    /// The hops that are declared before a workload, outermost first.
    fn before(&self, workload: &Name) -> Vec<&'a DeclaredHop> {
        self.declared.iter().filter(|declared| declared.before == *workload).collect()
    }

    fn follow(&mut self, mut path: Path<'a>, proxy: &'a Proxy, way: &'a Way) {
        let loops = path.taken.iter().any(|taken| std::ptr::eq(*taken, way));
        if path.hops.len() >= MAX_HOPS || loops {
            return;
        }
        self.paths += 1;
        path.taken.push(way);
        path.host = path.host.or_else(|| way.hosts.first().cloned());
        path.hops.push(&way.hop);
        for endpoint in way.endpoints.iter() {
            self.steps += 1;
            self.full |= self.paths > MAX_PATHS || self.steps > MAX_STEPS;
            if self.full {
                return;
            }
            match self.surroundings.lookup(&proxy.name, endpoint) {
                Target::Service(service) => {
                    let hops = path.hops.iter().map(|hop| (*hop).clone()).collect();
                    let chain = Chain::new(service, path.entry, hops);
                    let chain = chain.with_host(path.host.clone());
                    self.push(chain.with_endpoint(endpoint.clone()));
                }
                Target::Proxy { name, port } => {
                    if let Some(&next) = self.by_name.get(&name) {
                        for onward in self.onward(way, next, port) {
                            self.follow(path.clone(), next, onward);
                        }
                    }
                }
                Target::Elsewhere => {}
            }
        }
    }

    /// The ways of another proxy that requests of `way` can take.
    fn onward(&mut self, way: &Way, next: &'a Proxy, port: u16) -> Vec<&'a Way> {
        let onward = self.onward.entry((&next.name, port)).or_insert_with(|| {
            self.steps += next.ways.len();
            Onward::new(next, port)
        });
        let ways = onward.of(way);
        self.steps += onward.effort(way) + ways.len();
        ways
    }

    /// Adds a chain, unless one that differs in nothing that matters is there: a balanced
    /// upstream leads to one service by several endpoints.
    fn push(&mut self, chain: Chain) {
        let same = |other: &Chain| {
            let routes = |chain: &Chain| -> Vec<(Option<Span>, Option<Span>)> {
                chain.hops.iter().map(|hop| (hop.pass, hop.listener.span)).collect()
            };
            other.service == chain.service
                && other.entry == chain.entry
                && routes(other) == routes(&chain)
        };
        if self.full || self.topology.chains.last().is_some_and(same) {
            return;
        }
        self.lines += weight(&chain.hops);
        self.full = self.topology.chains.len() >= MAX_CHAINS || self.lines > MAX_CHAIN_LINES;
        if !self.full {
            self.topology.chains.push(chain);
        }
    }
}

/// How a workload is entered: by the hops that are declared before it, if it faces them, and
/// directly if it is published.
fn entries<'a>(
    before: &[&'a DeclaredHop],
    faced: bool,
    published: (Truth, Option<Span>),
) -> Vec<(Entry, Vec<&'a Hop>)> {
    let declared = before.first().filter(|_| faced).map(|outermost| {
        let hops = before.iter().map(|declared| &declared.hop).collect();
        (Entry::Declared(outermost.span), hops)
    });
    let direct = match published {
        (Truth::True, span) if before.is_empty() => Some(Entry::Published(span)),
        (Truth::True, span) => Some(Entry::Bypass(span)),
        (Truth::Unknown, _) if before.is_empty() => Some(Entry::Perhaps),
        (Truth::Unknown | Truth::False, _) => None,
    };
    declared.into_iter().chain(direct.map(|entry| (entry, Vec::new()))).collect()
}

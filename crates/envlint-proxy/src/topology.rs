//! Every way from the internet to every service.
//!
//! A proxy offers [`Way`]s: a hop, what leads into it, where it leads. The topology joins them
//! into [`Chain`]s: from an entry that the internet can reach, through as many proxies as the
//! addresses lead through, to a service. Which address is which workload, and which ports are
//! published, is the network's knowledge and comes in as [`Surroundings`].

use std::collections::BTreeSet;

use envlint_model::{Name, Span, Truth};

use crate::hop::Hop;
use crate::nginx::{Config, Endpoint, Matcher, ServerName};
use crate::{Address, Client, Message, through};

/// The most hops that are followed. A longer chain is a loop.
pub const MAX_HOPS: usize = 8;

/// The most chains that are listed; see [`Topology::complete`].
pub const MAX_CHAINS: usize = 10_000;

/// The most steps from hop to hop that are tried in search of chains.
const MAX_STEPS: usize = 50_000;

/// A proxy whose configuration is known.
#[derive(Clone)]
pub struct Proxy {
    /// The workload, as the network knows it.
    pub name: Name,
    /// The ways through it.
    pub ways: Vec<Way>,
}

/// One way through a proxy.
#[derive(Clone)]
pub struct Way {
    /// What it does to requests.
    pub hop: Hop,
    /// The host names that lead into it.
    pub hosts: Vec<String>,
    /// The paths that lead into it.
    pub paths: Paths,
    /// Where it leads.
    pub endpoints: Vec<Endpoint>,
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
}

/// All chains.
#[derive(Clone)]
pub struct Topology {
    /// The chains, by service.
    pub chains: Vec<Chain>,
    /// Whether these are all: false if there are more than [`MAX_CHAINS`], or if proxies lead into
    /// each other in so many ways that the search was given up.
    pub complete: bool,
}

impl Paths {
    fn overlaps(&self, other: &Paths) -> bool {
        match (self, other) {
            (Paths::Matching(a), Paths::Matching(b)) => a.overlaps(b),
            _ => true,
        }
    }
}

impl Proxy {
    /// An nginx. `address` is what its upstreams see of it.
    pub fn nginx(name: Name, config: &Config, address: &Address) -> Self {
        let mut ways = Vec::new();
        for server in &config.servers {
            let hosts: Vec<String> = server.names.iter().filter_map(exact_host).collect();
            for (matcher, route) in server.routes() {
                // Listening twice on one port (IPv4 and IPv6) is one way.
                let mut seen = BTreeSet::new();
                for listen in &route.listens {
                    if seen.insert((listen.port, listen.tls)) {
                        ways.push(Way {
                            hop: route.hop(&name, listen, address.clone()),
                            hosts: hosts.clone(),
                            paths: Paths::Matching(matcher.clone()),
                            endpoints: route.upstream.endpoints.clone(),
                            rewrites: route.upstream.has_path,
                        });
                    }
                }
            }
        }
        Self { name, ways }
    }
}

fn exact_host(name: &ServerName) -> Option<String> {
    let special = name.text.is_empty() || name.text == "_" || name.text.contains(['*', '~', '$']);
    (!special).then(|| name.text.trim_start_matches('.').to_owned())
}

impl Chain {
    /// What the service receives from a client that sends no forwarding header.
    pub fn honest(&self) -> Message {
        self.receives(&Client::honest(self.host_or_example()))
    }

    /// What it receives from a client that forges every header that might be believed.
    pub fn forged(&self) -> Message {
        self.receives(&Client::forger(self.host_or_example(), &self.hops))
    }

    /// What it receives from a client.
    pub fn receives(&self, client: &Client) -> Message {
        through(&self.hops, client.request())
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
            proxies,
            declared,
            surroundings,
            steps: 0,
            topology: Topology { chains: Vec::new(), complete: true },
        };
        for proxy in proxies {
            builder.enter_proxy(proxy);
        }
        for service in surroundings.services() {
            builder.enter_service(&service);
        }
        builder.topology.chains.sort_by(|a, b| a.service.cmp(&b.service));
        builder.topology
    }

    /// The chains that end at a service.
    pub fn to<'a>(&'a self, service: &'a Name) -> impl Iterator<Item = &'a Chain> {
        self.chains.iter().filter(move |chain| chain.service == *service)
    }
}

struct Builder<'a> {
    proxies: &'a [Proxy],
    declared: &'a [DeclaredHop],
    surroundings: &'a dyn Surroundings,
    steps: usize,
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
    fn enter_proxy(&mut self, proxy: &'a Proxy) {
        for way in &proxy.ways {
            let published = self.surroundings.published(&proxy.name, way.hop.listener.port);
            for (entry, hops) in self.entries(&proxy.name, published) {
                let path = Path { entry, hops, taken: Vec::new(), host: None };
                self.follow(path, proxy, way);
            }
        }
    }

    fn enter_service(&mut self, service: &Name) {
        let published = self.surroundings.published(service, None);
        for (entry, hops) in self.entries(service, published) {
            if entry != Entry::Perhaps {
                let hops = hops.into_iter().cloned().collect();
                let chain =
                    Chain { service: service.clone(), entry, hops, host: None, endpoint: None };
                self.push(chain);
            }
        }
    }

    /// How a workload is entered: by its declared hops, and directly if it is published.
    fn entries(
        &self,
        workload: &Name,
        published: (Truth, Option<Span>),
    ) -> Vec<(Entry, Vec<&'a Hop>)> {
        let before: Vec<&'a DeclaredHop> =
            self.declared.iter().filter(|declared| declared.before == *workload).collect();
        let mut entries = Vec::new();
        if let Some(outermost) = before.first() {
            let hops = before.iter().map(|declared| &declared.hop).collect();
            entries.push((Entry::Declared(outermost.span), hops));
        }
        let direct = match published {
            (Truth::True, span) if before.is_empty() => Some(Entry::Published(span)),
            (Truth::True, span) => Some(Entry::Bypass(span)),
            (Truth::Unknown, _) if before.is_empty() => Some(Entry::Perhaps),
            (Truth::Unknown | Truth::False, _) => None,
        };
        entries.extend(direct.map(|entry| (entry, Vec::new())));
        entries
    }

    fn follow(&mut self, mut path: Path<'a>, proxy: &'a Proxy, way: &'a Way) {
        let loops = path.taken.iter().any(|taken| std::ptr::eq(*taken, way));
        if path.hops.len() >= MAX_HOPS || loops {
            return;
        }
        self.steps += 1;
        if self.steps > MAX_STEPS {
            self.topology.complete = false;
            return;
        }
        path.taken.push(way);
        path.host = path.host.or_else(|| way.hosts.first().cloned());
        path.hops.push(&way.hop);
        for endpoint in &way.endpoints {
            match self.surroundings.lookup(&proxy.name, endpoint) {
                Target::Service(service) => {
                    self.push(Chain {
                        service,
                        entry: path.entry,
                        hops: path.hops.iter().map(|hop| (*hop).clone()).collect(),
                        host: path.host.clone(),
                        endpoint: Some(endpoint.clone()),
                    });
                }
                Target::Proxy { name, port } => {
                    if let Some(next) = self.proxies.iter().find(|other| other.name == name) {
                        for onward in onward_ways(way, next, port) {
                            self.follow(path.clone(), next, onward);
                        }
                    }
                }
                Target::Elsewhere => {}
            }
        }
    }

    /// Adds a chain, unless one that differs in nothing that matters is there: a balanced
    /// upstream leads to one service by several endpoints.
    fn push(&mut self, chain: Chain) {
        if self.topology.chains.len() >= MAX_CHAINS {
            self.topology.complete = false;
            return;
        }
        let same = |other: &Chain| {
            let routes = |chain: &Chain| -> Vec<(Option<Span>, Option<Span>)> {
                chain.hops.iter().map(|hop| (hop.pass, hop.listener.span)).collect()
            };
            other.service == chain.service
                && other.entry == chain.entry
                && routes(other) == routes(&chain)
        };
        if !self.topology.chains.last().is_some_and(same) {
            self.topology.chains.push(chain);
        }
    }
}

/// The ways of the next proxy that requests of `way` can take: on the port that it sends to, on
/// paths that overlap, and of a server with the same name, if there is one.
fn onward_ways<'a>(way: &Way, next: &'a Proxy, port: u16) -> Vec<&'a Way> {
    let on_port = |other: &&Way| other.hop.listener.port.is_none_or(|own| own == port);
    let fits = |other: &&Way| way.rewrites || way.paths.overlaps(&other.paths);
    let named = |other: &&Way| other.hosts.iter().any(|host| way.hosts.contains(host));
    let candidates: Vec<&Way> = next.ways.iter().filter(on_port).collect();
    let any_named = candidates.iter().any(named);
    candidates.into_iter().filter(|other| !any_named || named(other)).filter(fits).collect()
}

//! An nginx configuration, from tokens to what an application makes of a request.

use std::net::{IpAddr, Ipv4Addr};

use envlint_model::{FilePath, Name, Span, Truth};
use envlint_parse::nginx::{self as syntax, Document, MAX_ERRORS};
use envlint_proxy::express::{ExpressSetting, counts_that_fit};
use envlint_proxy::nginx::{Config, Endpoint, Includes, Selection};
use envlint_proxy::{
    Address, MAX_CHAINS, MAX_HOPS, Proxy, Surroundings, Target, Topology, Verdict,
};

use super::{assert_within, source};

/// The addresses, ports, hosts and paths that requests are sent to.
const ADDRESSES: [IpAddr; 1] = [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))];
const PORTS: [u16; 3] = [80, 443, 8080];
const HOSTS: [Option<&str>; 3] = [None, Some("app.example.com"), Some("a")];
const PATHS: [&str; 4] = ["/", "/api/", "/a/../b%2fc?d", "*"];

/// Every `include` finds the file that it stands in, and so itself.
struct Itself(Document);

impl Includes for Itself {
    fn find(&self, _: &FilePath, _: &str) -> Option<Vec<Document>> {
        Some(vec![self.0.clone()])
    }
}

/// An nginx configuration, its snippets included.
pub(super) fn nginx(bytes: &[u8]) {
    let Some(file) = source(bytes) else { return };
    let (document, errors) = syntax::parse(&file);
    // Reading and judging what was read stop by themselves; reading says that it did.
    assert!(errors.len() <= 2 * MAX_ERRORS + 1, "more errors than anybody reads");
    errors.iter().for_each(|error| assert_within(&file, error.span));
    document.comments().iter().for_each(|comment| assert_within(&file, *comment));
    for directive in document.walk() {
        assert_within(&file, directive.head());
        assert!(directive.head().contains(directive.name.span));
    }

    let config = Config::read(&document, &Itself(document.clone()));
    config.problems.iter().for_each(|problem| assert_within(&file, problem.span));
    for route in config.routes() {
        assert_within(&file, route.pass);
        for listen in route.listens.iter() {
            route.hop("nginx", listen, Address::Unknown);
        }
    }
    requests(&config);
    chains(&config);
}

fn requests(config: &Config) {
    for address in ADDRESSES {
        for (port, host) in PORTS.into_iter().flat_map(|port| HOSTS.map(|host| (port, host))) {
            for path in PATHS {
                if let Selection::Route(route, listen) = config.select(address, port, host, path) {
                    assert!(listen.port.is_none_or(|known| known == port));
                    assert!(!route.conditional, "a route that only some requests take");
                }
            }
        }
    }
}

/// Everything is published, and every address with an even port is the nginx itself.
struct Loop;

impl Surroundings for Loop {
    fn lookup(&self, from: &Name, endpoint: &Endpoint) -> Target {
        match endpoint.port % 2 {
            0 => Target::Proxy { name: from.clone(), port: endpoint.port },
            _ => Target::Service(Name::new("app")),
        }
    }

    fn published(&self, _: &Name, _: Option<u16>) -> (Truth, Option<Span>) {
        (Truth::True, None)
    }

    fn services(&self) -> Vec<Name> {
        Vec::new()
    }
}

fn chains(config: &Config) {
    let proxy = Proxy::nginx(Name::new("nginx"), config, &Address::Unknown);
    let topology = Topology::new(&[proxy], &[], &Loop);
    assert!(topology.chains.len() <= MAX_CHAINS);
    // Thousands of chains say nothing that some do not.
    for chain in topology.chains.iter().take(50) {
        assert!((1..=MAX_HOPS).contains(&chain.hops.len()));
        let one = ExpressSetting::Hops(1).judge(chain);
        assert_eq!(counts_that_fit([chain]).contains(&1), one.ip == Verdict::Right);
    }
}

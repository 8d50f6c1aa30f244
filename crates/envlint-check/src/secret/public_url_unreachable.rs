use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_resolve::is_loopback;
use envlint_schema::{Endpoint, Endpoints, Kind, Role, Variable};

use super::exposed::public_name;
use crate::Context;
use crate::cases::place_of;
use crate::values::{Held, Shared, held, together};

declare_rule! {
    /// an address for browsers leads to a place that no browser reaches
    ///
    /// A variable that a bundler copies into pages (`NEXT_PUBLIC_`, `VITE_`, ...), or that a
    /// schema calls a public address, is used on the machines of visitors. There `localhost` is
    /// the visitor's own machine, `http://core:8080` is a name that only containers know, and
    /// `10.0.0.7` is some machine of the visitor's network, or none.
    ///
    /// Looked for where production's rules apply. A name without a dot, one that ends in
    /// `.internal`, `.local`, `.lan` or `.localhost`, and addresses of private networks (RFC 1918,
    /// RFC 4193, RFC 6598) count. A system that is meant for one private network allows it.
    ///
    /// ## Instead
    ///
    /// Write the address that the proxy serves. What a server calls by itself belongs into a
    /// variable without the public beginning.
    pub(crate) static RULE: Rule<Context> = {
        name: "public-url-unreachable",
        group: "secret",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        yields_to: ["dev-value-in-production", "public-url-mismatch", "secret-in-public-name", "secret-in-public-value"],
        check: check,
        examples: [
            fails "a developer's machine" {
                "envlint.toml" => api!("NEXT_PUBLIC_API_URL = { type = \"url\" }"),
                ".env" => "NEXT_PUBLIC_API_URL=http://localhost:4000\n",
            }
            fails "a name that only containers know" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n",
                "compose.yaml" => "services:\n  core:\n    image: core\n  web:\n    build:\n      args:\n        VITE_API_URL: http://core:8080\n",
            }
            fails "an address of a private network" {
                "envlint.toml" => api!("BASE_URL = { type = \"origin\", role = { public-url = {} } }"),
                ".env" => "BASE_URL=https://192.168.1.20\n",
            }
            passes "an address of the world, and one that only the server uses" {
                "envlint.toml" => api!("NEXT_PUBLIC_API_URL = { type = \"url\" }", "INTERNAL_API_URL = { type = \"url\" }"),
                ".env" => "NEXT_PUBLIC_API_URL=https://api.polyant.dev\nINTERNAL_API_URL=http://core:8080\n",
            }
            passes "a laptop" {
                "compose.yaml" => "services:\n  web:\n    build:\n      args:\n        VITE_API_URL: http://localhost:8080\n",
            }
            passes "a name that is no address" {
                "envlint.toml" => api!("NEXT_PUBLIC_MODE = { type = \"string\" }"),
                ".env" => "NEXT_PUBLIC_MODE=localhost\n",
            }
        ],
    }
}

/// Why no browser gets there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Inside {
    Loopback,
    Name,
    Private,
}

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Inside::Loopback => "in a browser, this is the visitor's own machine",
            Inside::Name => "a name that is known in the network of the services alone",
            Inside::Private => "an address of a private network",
        })
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found = Vec::new();
    for held in held(context).filter(|held| held.view.is_production() && is_for_browsers(held)) {
        let variable = match held.variable() {
            Some(declared) if !matches!(declared.kind, Kind::Text(_)) => declared.clone(),
            // What is declared as a text, or not at all, may be the address of something.
            _ => Variable::new(held.name.clone(), Kind::Url { schemes: Vec::new() }),
        };
        let endpoints = Endpoints::of(&variable, &held.setting.value);
        let inside = endpoints.known.iter().find_map(|endpoint| {
            Some((inside(endpoint)?, place_of(held.setting, endpoint.at.as_ref())))
        });
        match (inside, endpoints.open) {
            (Some((inside, place)), _) => found.push((place, inside, held)),
            (None, Some(why)) => outcomes.unverifiable(held.unverifiable(&RULE, why)),
            (None, None) => outcomes.pass(),
        }
    }
    for (inside, shared) in together(found) {
        outcomes.finding(word(inside, &shared));
    }
}

fn is_for_browsers(held: &Held<'_>) -> bool {
    let role = held.variable().and_then(|variable| variable.role.as_ref());
    public_name(held.name).is_some() || matches!(role, Some(Role::PublicUrl { .. }))
}

/// Ends of names that are looked up in a private network (RFC 6762, RFC 6761, and the names that
/// ICANN reserves for private use).
const PRIVATE_NAMES: [&str; 4] = ["internal", "local", "localhost", "lan"];

fn inside(endpoint: &Endpoint) -> Option<Inside> {
    let host = endpoint.host.trim_end_matches('.');
    if is_loopback(host) || host.ends_with(".localhost") {
        return Some(Inside::Loopback);
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => is_private(address).then_some(Inside::Private),
        Ok(IpAddr::V6(address)) => is_local(address).then_some(Inside::Private),
        Err(_) => {
            let last = host.rsplit('.').next().filter(|last| *last != host);
            let known = last.is_none_or(|last| PRIVATE_NAMES.contains(&last));
            (known && !host.is_empty()).then_some(Inside::Name)
        }
    }
}

fn is_private(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    address.is_private() || address.is_link_local() || shared
}

fn is_local(address: Ipv6Addr) -> bool {
    address.is_unique_local() || address.is_unicast_link_local()
}

fn word(inside: Inside, shared: &Shared<'_>) -> Finding {
    let first = shared.first();
    let instead = match public_name(first.name) {
        Some((_, _, rest)) => format!("; a server's own calls are for {rest}"),
        None => String::new(),
    };
    shared
        .finding(
            &RULE,
            format!("{} leads to no place that a browser reaches", shared.title()),
            inside.to_string(),
        )
        .happens("the page loads, and its calls fail for everybody outside of that network")
        .write(format!(
            "{} with the host that the proxy serves{instead}",
            first.line("https://...")
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_browsers_reach_and_do_not() {
        let judge = |host: &str| {
            let host = host.to_owned();
            inside(&Endpoint { scheme: None, host, port: None, at: None, bare: true })
        };
        for host in ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "app.localhost."] {
            assert!(judge(host) == Some(Inside::Loopback), "{host}");
        }
        for host in ["core", "core.internal", "nas.local", "host.docker.internal"] {
            assert!(judge(host) == Some(Inside::Name), "{host}");
        }
        for host in ["10.0.0.7", "172.31.0.1", "192.168.1.1", "100.64.0.1", "[fd00::1]"] {
            assert!(judge(host) == Some(Inside::Private), "{host}");
        }
        for host in
            ["polyant.dev", "172.32.0.1", "100.128.0.1", "[2001:db8::1]", "internal.dev", ""]
        {
            assert!(judge(host).is_none(), "{host}");
        }
    }
}

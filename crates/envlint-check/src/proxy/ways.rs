//! The ways to a service, in words: what each hop does, and where that is written.

use std::collections::BTreeSet;

use envlint_model::{Finding, Span};
use envlint_proxy::nginx::Route;
use envlint_proxy::{Chain, Effect, Entry, HeaderName, Hop, HopKind, With};

use super::trust::Decision;

/// The most places of a kind that one finding lists.
const MOST_PLACES: usize = 5;

/// `1 proxy`, `2 proxies`.
pub(crate) fn proxies(number: usize) -> String {
    match number {
        1 => "1 proxy".to_owned(),
        _ => format!("{number} proxies"),
    }
}

/// What a hop is called beside its number: `Cloudflare`, `nginx`, `edge`.
pub(crate) fn title(hop: &Hop) -> &str {
    match hop.kind {
        HopKind::Appends | HopKind::Overwrites => "a proxy",
        // A configuration of the host is called by its path, which its labels show.
        HopKind::Nginx if hop.name.contains(['/', '.']) => "nginx",
        _ => &hop.name,
    }
}

/// Whether the manifest declares a hop, so that no file describes it.
pub(crate) fn is_declared(hop: &Hop) -> bool {
    hop.pass.is_none()
}

/// `/api/ of app.example.com`, the route through the last hop; the hop's name if it has none.
pub(crate) fn route(chain: &Chain) -> &str {
    match chain.hops.iter().rev().find(|hop| !hop.route.is_empty()) {
        Some(hop) => &hop.route,
        None => chain.hops.last().map_or("", |hop| &hop.name),
    }
}

/// Points at every hop of a chain, with what it does to X-Forwarded-For.
pub(crate) fn at_hops(decision: &Decision<'_>, mut finding: Finding, chain: &Chain) -> Finding {
    for (index, hop) in chain.hops.iter().enumerate() {
        let (effect, decided) = hop.effect(&HeaderName::FORWARDED_FOR);
        let place = decided.span().or_else(|| declared_at(decision, chain, index));
        let Some(place) = place else { continue };
        let declared = if is_declared(hop) { " (declared)" } else { "" };
        let does = does(&effect, index);
        let text = format!("hop {}, {}{declared}, {does}", index + 1, title(hop));
        finding = finding.at(place, text);
    }
    finding
}

/// What a hop does to X-Forwarded-For.
fn does(effect: &Effect, index: usize) -> String {
    let peer = match index {
        0 => "the client".to_owned(),
        _ => format!("hop {index}"),
    };
    match effect {
        Effect::Passes if index == 0 => "hands on what the client wrote".to_owned(),
        Effect::Passes => "hands on what came in".to_owned(),
        Effect::Removes => "removes X-Forwarded-For".to_owned(),
        Effect::AppendsPeer => format!("appends {peer}"),
        Effect::AppendsClient => "appends the client that real_ip_header names".to_owned(),
        Effect::AppendsMore => format!("appends {peer} and an address of its own"),
        Effect::Overwrites(With::Peer) => format!("replaces the list by {peer}"),
        Effect::Overwrites(With::RealIpClient) => {
            "replaces the list by the client that real_ip_header names".to_owned()
        }
        Effect::Overwrites(With::ClientHeader(header)) => {
            format!("replaces the list by the client's {header}")
        }
        Effect::Overwrites(_) => "replaces the list by something else".to_owned(),
        Effect::Unknown(why) => format!("does what is not known: {why}"),
    }
}

/// Where the manifest declares a hop of a chain.
fn declared_at(decision: &Decision<'_>, chain: &Chain, index: usize) -> Option<Span> {
    let environment = &decision.view().deployment.environment.name;
    let kind = chain.hops.get(index)?.kind;
    let earlier = chain.hops.iter().take(index).filter(|hop| hop.kind == kind).count();
    let hops = decision.context.project.hops.iter();
    let here = hops.filter(|hop| {
        hop.kind.value == kind.as_str()
            && hop.environments.as_ref().is_none_or(|names| names.contains(environment))
    });
    here.map(|hop| hop.place).nth(earlier)
}

/// Points at places of several routes, each place once, and says how many more there are.
pub(crate) fn at_routes(
    mut finding: Finding,
    routes: impl IntoIterator<Item = (Span, String)>,
) -> Finding {
    let (mut shown, mut more) = (0, 0);
    let mut seen: BTreeSet<Span> = finding.labels.iter().map(|label| label.span).collect();
    for (place, text) in routes {
        if !seen.insert(place) {
            continue;
        }
        match shown < MOST_PLACES {
            true => {
                finding = finding.at(place, text);
                shown += 1;
            }
            false => more += 1,
        }
    }
    if let (1.., Some(last)) = (more, finding.labels.last_mut()) {
        last.text.push_str(&format!("; and {more} more like it"));
    }
    finding
}

/// What identifies a route in configurations and chains alike: its `proxy_pass` and its block.
pub(crate) type RouteKey = (Option<Span>, Option<Span>);

/// The key of the route that a hop takes.
pub(crate) fn key(hop: &Hop) -> RouteKey {
    (hop.pass, hop.location)
}

/// The key of a route of a configuration.
pub(crate) fn route_key(route: &Route) -> RouteKey {
    (Some(route.pass), Some(route.location))
}

/// Whether a hop of a chain has lost a header that was set for it further out:
/// `header-inheritance-lost` tells that, and other rules leave it to it.
pub(crate) fn has_lost(chain: &Chain, header: &HeaderName) -> bool {
    let mut losses = chain.hops.iter().filter_map(|hop| hop.loss.as_ref());
    losses.any(|loss| loss.has(header))
}

/// The ways on which the number of proxies counts: those past a declared hop, and those that
/// lost the list of addresses, have rules of their own.
pub(crate) fn counted<'a>(decision: &Decision<'a>) -> Vec<&'a Chain> {
    let mut chains = decision.proxied();
    chains.retain(|chain| !is_bypass(chain) && !has_lost(chain, &HeaderName::FORWARDED_FOR));
    chains
}

/// What a client can do whose own text is taken for its address.
pub(crate) fn chooses_its_address(service: &str, header: &HeaderName) -> String {
    format!(
        "a client that sends {header} chooses the address that {service} sees: limits and blocks \
         by address do not hold"
    )
}

/// Whether clients come this way past hops that are declared before it.
pub(crate) fn is_bypass(chain: &Chain) -> bool {
    matches!(chain.entry, Entry::Bypass(_))
}

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    Edit, Finding, Fix, FixSafety, Insert, Outcomes, Severity, Span, declare_rule,
};
use envlint_proxy::nginx::Gate;
use envlint_proxy::{Chain, Entry, Judgement, Verdict};
use envlint_resolve::{Publication, Reached, Vantage, is_loopback};

use super::trust::{Decision, Trust, decisions};
use super::ways::{RouteKey, is_bypass, is_declared, key, route_key, title};
use crate::Context;

declare_rule! {
    /// a service believes its proxy, and clients can reach it without that proxy
    ///
    /// Trust is given to whoever connects from where the proxy would. When a port is published
    /// on every address of the host, a client connects there itself and plays the proxy: it
    /// sends X-Forwarded-For, -Proto and -Host of its choice, and the service believes them.
    /// Docker publishes ports past ufw and most host firewalls.
    ///
    /// The same holds for a proxy that a client can reach past another one that is declared
    /// before it, where that opens the list to forgery: a CDN protects only an origin that
    /// answers nobody else. That is a warning, since a firewall can not be seen from here.
    ///
    /// ## Instead
    ///
    /// Publish on loopback only, `127.0.0.1:4000:4000`, for a proxy on the host; not at all,
    /// for a proxy in the same Compose network.
    pub(crate) static RULE: Rule<Context> = {
        name: "trusted-but-directly-reachable",
        group: "proxy",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a port on every address of the host" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => "services:\n  api:\n    environment:\n      TRUST_PROXY: \"1\"\n    ports: [\"4000:4000\"]\n",
                "nginx/site.conf" => nginx!("Host $host", "X-Forwarded-For $remote_addr"),
            } => fixed {
                "compose.yaml" => "services:\n  api:\n    environment:\n      TRUST_PROXY: \"1\"\n    ports: [\"127.0.0.1:4000:4000\"]\n",
            }
            passes "loopback only" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!("Host $host", "X-Forwarded-For $remote_addr"),
            }
            passes "published, and nobody is believed" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => "services:\n  api:\n    environment:\n      TRUST_PROXY: \"0\"\n    ports: [\"4000:4000\"]\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for decision in decisions(context) {
        if let (Trust::Unknown(_), Some(why)) = (&decision.trust, decision.open_question()) {
            outcomes.unverifiable(decision.unverifiable(&RULE, why));
            continue;
        }
        let direct = decision.direct().into_iter().find(|chain| is_played(&decision, chain));
        let opened = direct.map(|_| open_ports(&decision)).unwrap_or_default();
        match (direct, opened.as_slice()) {
            (Some(chain), [first, rest @ ..]) => {
                outcomes.finding(published(&decision, chain, first, rest));
            }
            _ => match open_origin(&decision) {
                Some(chain) => outcomes.finding(bypassed(&decision, chain)),
                None => outcomes.pass(),
            },
        }
    }
}

/// Whether a client on this way can choose anything that the application believes.
fn is_played(decision: &Decision<'_>, chain: &Chain) -> bool {
    decision.judge(chain).is_some_and(|judgement| is_forgeable(&judgement))
}

fn is_forgeable(judgement: &Judgement) -> bool {
    let Judgement { ip, protocol, hostname } = judgement;
    [ip, protocol, hostname].iter().any(|verdict| matches!(verdict, Verdict::Forgeable(_)))
}

/// A way past a declared hop on which more can be forged than on the way through it.
fn open_origin<'a>(decision: &Decision<'a>) -> Option<&'a Chain> {
    let chains = decision.proxied();
    let (past, proper): (Vec<&Chain>, Vec<&Chain>) =
        chains.into_iter().partition(|chain| is_bypass(chain));
    let last = |chain: &Chain| chain.hops.last().map(key);
    let proper: BTreeMap<Option<RouteKey>, &Chain> =
        proper.into_iter().map(|chain| (last(chain), chain)).collect();
    let guarded = LazyCell::new(|| guarded(decision));
    let is_guarded =
        |chain: &Chain| chain.hops.first().is_some_and(|hop| guarded.contains(&key(hop)));
    past.into_iter().find(|past| {
        proper.get(&last(past)).is_some_and(|proper| opens(decision, past, proper))
            && !is_guarded(past)
    })
}

/// Whether something that is right on one way can be forged on another.
fn opens(decision: &Decision<'_>, past: &Chain, proper: &Chain) -> bool {
    let (Some(past), Some(proper)) = (decision.judge(past), decision.judge(proper)) else {
        return false;
    };
    let pairs =
        [(past.ip, proper.ip), (past.protocol, proper.protocol), (past.hostname, proper.hostname)];
    let opened = |(past, proper)| matches!(past, Verdict::Forgeable(_)) && proper == Verdict::Right;
    pairs.into_iter().any(opened)
}

/// The routes from which a configuration turns some clients away: who, is for a person to judge.
fn guarded(decision: &Decision<'_>) -> BTreeSet<RouteKey> {
    let sources = decision.context.documents.sources();
    let denies = |gate: &Gate| {
        let file = sources.get(gate.span.file);
        file.is_some_and(|file| file.slice(gate.span).starts_with("deny"))
    };
    let configurations = decision.view().proxies.configurations.iter();
    let servers = configurations.flat_map(|each| &each.config.servers);
    let locations = servers.flat_map(|server| {
        let closed = server.gates.iter().any(denies);
        server.all_locations().filter(move |each| closed || each.gates.iter().any(denies))
    });
    locations.flat_map(|location| &location.routes).map(route_key).collect()
}

/// The ports of the service that are open to others than the host: that which proxies lead to,
/// or which its schema names; all of them, if neither is known.
fn open_ports<'a>(decision: &Decision<'a>) -> Vec<&'a Publication> {
    let network = &decision.view().deployment.network;
    let workload = &decision.each.workload.name;
    let open: Vec<&Publication> =
        network.publications(workload).filter(|publication| publication.is_open()).collect();
    let proxied = decision.proxied().into_iter();
    let serving: BTreeSet<u16> = proxied
        .filter_map(|chain| leads_to(decision, chain))
        .chain(decision.each.schema.service.port)
        .collect();
    let served: Vec<&Publication> =
        open.iter().copied().filter(|publication| serving.contains(&publication.port)).collect();
    if served.is_empty() { open } else { served }
}

/// The port of the service that a way ends at.
fn leads_to(decision: &Decision<'_>, chain: &Chain) -> Option<u16> {
    let endpoint = chain.endpoint.as_ref()?;
    let last = chain.hops.last()?;
    let view = decision.view();
    let proxy = view.proxies.configurations.iter().find(|each| *each.name() == *last.name)?;
    let from = proxy.workload.as_ref().map_or(Vantage::Host, Vantage::Workload);
    match view.deployment.network.lookup(from, &endpoint.host, endpoint.port) {
        Reached::Workload { port, .. } => Some(port),
        _ => None,
    }
}

fn published(
    decision: &Decision<'_>,
    chain: &Chain,
    first: &Publication,
    rest: &[&Publication],
) -> Finding {
    let service = decision.service();
    let port = first.host_port.unwrap_or(first.port);
    let message = format!("{service} trusts its proxy, and can be reached without it");
    let everybody = match first.address {
        address if address.is_unspecified() => "on every address of the host".to_owned(),
        address => format!("on {address}"),
    };
    let mut finding = RULE
        .finding(decision.each.subject(decision.name()), message)
        .at(first.place, format!("open {everybody}"))
        .scopes([decision.each.workload.scope.clone()]);
    for other in rest {
        if finding.labels.iter().all(|label| label.span != other.place) {
            finding = finding.at(other.place, "and so is this one");
        }
    }
    let finding = decision.at_setting(finding, format!("{service} believes whoever connects"));
    let finding = finding.happens(format!(
        "a client that connects to port {port} plays the proxy: {}. Docker opens the port past ufw",
        plays(decision, chain)
    ));
    let loopback = match first.host_port {
        Some(host) => format!("127.0.0.1:{host}:{}", first.port),
        None => format!("127.0.0.1::{}", first.port),
    };
    match chain.entry {
        Entry::Bypass(_) => finding.write(format!(
            "a firewall that admits {} alone; or, if that runs on this host, ports: [\"{loopback}\"]",
            declared(decision)
        )),
        _ => with_loopback(decision, finding, first, &loopback),
    }
}

/// What a direct client chooses.
fn plays(decision: &Decision<'_>, chain: &Chain) -> String {
    let Some(judgement) = decision.judge(chain) else { return String::new() };
    let chosen = [
        ("the address", &judgement.ip),
        ("the scheme", &judgement.protocol),
        ("the host", &judgement.hostname),
    ];
    let chosen = chosen.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Forgeable(_)));
    let chosen = crate::words::series(chosen.map(|(what, _)| *what), "and");
    format!("it chooses {chosen} that {} sees", decision.service())
}

fn with_loopback(
    decision: &Decision<'_>,
    finding: Finding,
    open: &Publication,
    loopback: &str,
) -> Finding {
    let finding = finding.write(format!("ports: [\"{loopback}\"]"));
    // Loopback is what every known proxy uses anyway, or none of them uses a published port.
    let network = &decision.view().deployment.network;
    let unharmed = |chain: &Chain| {
        let endpoint = chain.endpoint.as_ref();
        endpoint.is_some_and(|to| is_loopback(&to.host) || network.has(&to.host))
    };
    let chains = decision.proxied();
    let safe = !chains.is_empty() && chains.into_iter().all(unharmed);
    match short_form(decision.context, open) {
        Some(span) => finding.fix(Fix {
            title: "publish on loopback only".to_owned(),
            safety: if safe { FixSafety::Safe } else { FixSafety::Unsafe },
            edits: vec![Edit { span, insert: vec![Insert::Text(loopback.to_owned())] }],
        }),
        None => finding,
    }
}

/// The text of a publication, if it is `HOST:PORT` for one port, perhaps with the address that
/// stands for all; without its quotes.
fn short_form(context: &Context, open: &Publication) -> Option<Span> {
    let file = context.documents.sources().get(open.place.file)?;
    let written = file.slice(open.place);
    let text = written.trim_matches(['"', '\'']);
    let quote = (written.len() - text.len()) as u32 / 2;
    let plain = format!("{}:{}", open.host_port?, open.port);
    let same = text.strip_prefix("0.0.0.0:").unwrap_or(text) == plain;
    let (start, end) = (open.place.start + quote, open.place.end - quote);
    same.then_some(Span { start, end, ..open.place })
}

fn bypassed(decision: &Decision<'_>, chain: &Chain) -> Finding {
    let service = decision.service();
    let entered = chain.hops.first();
    let entered_name = entered.map_or("the proxy", title);
    let declared = declared(decision);
    let message = format!(
        "{service} trusts {declared}, and {entered_name} answers clients that come past it"
    );
    let label = "counts a hop that such a client does not pass";
    let finding = decision.finding(&RULE, message, label).severity(Severity::Warning);
    let finding = match entered.and_then(|hop| hop.listener.span) {
        Some(place) => finding.at(place, format!("open to everybody, not to {declared} alone")),
        None => finding,
    };
    finding
        .happens(format!(
            "a client that connects to {entered_name} itself chooses the address that {service} \
             sees, unless a firewall turns it away"
        ))
        .write(format!(
            "allow for each address range of {declared}, then deny all; in the server block"
        ))
}

/// What the proxy is called that is declared before the service.
fn declared<'a>(decision: &Decision<'a>) -> &'a str {
    let mut hops = decision.proxied().into_iter().flat_map(|chain| &chain.hops);
    hops.find(|hop| is_declared(hop)).map_or("the declared proxy", title)
}

//! What is wrong with the headers that the routes of a service hand to it.
//!
//! Two rules share this. A header that is not sent breaks the service for everybody; one that
//! is handed on as the client wrote it works for everybody, a forger included. Both are mended
//! by the same kind of line at the same place, so what a route lacks is found once, here, by
//! sending an honest and a forging client along it.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Finding, Rule, Span, Subject, SubjectKind, Truth};
use envlint_proxy::express::{ExpressSetting, counts_that_fit};
use envlint_proxy::hop::Decided;
use envlint_proxy::{Chain, Effect, HeaderName, Hop, Source, Text, Verdict, With};

use super::trust::{Decision, Trust};
use super::ways::{at_routes, chooses_its_address, has_lost, is_bypass, is_declared};
use crate::Context;
use crate::words::series;

/// What is wrong with the headers of one way to a service.
pub(crate) struct Faults<'a> {
    /// The way.
    pub(crate) chain: &'a Chain,
    /// What an honest client's request would need and has not.
    pub(crate) missing: Vec<Fault>,
    /// What the service believes as the client wrote it.
    pub(crate) forgeable: Vec<Fault>,
    /// What may be one or the other, with the reason why nobody can tell.
    pub(crate) unknown: Vec<(HeaderName, &'static str)>,
}

/// A header, and the hop of the way that should have set it.
#[derive(Clone)]
pub(crate) struct Fault {
    pub(crate) header: HeaderName,
    hop: usize,
}

/// The faults of all ways through proxies to a service that believes some.
///
/// Left out are headers that a block has dropped, for `header-inheritance-lost`, and those that
/// only a client past a declared hop can forge, for `trusted-but-directly-reachable`.
pub(crate) fn faults<'a>(decision: &Decision<'a>) -> Vec<Faults<'a>> {
    let ways = decision.proxied().into_iter();
    let mut all: Vec<Faults<'a>> = ways.filter_map(|chain| Faults::of(decision, chain)).collect();
    for faults in &mut all {
        let chain = faults.chain;
        let kept = |header: &HeaderName| !has_lost(chain, header);
        faults.missing.retain(|fault| kept(&fault.header));
        faults.forgeable.retain(|fault| kept(&fault.header));
        faults.unknown.retain(|(header, _)| kept(header));
    }
    let doubted: BTreeMap<Option<Span>, BTreeSet<HeaderName>> = all
        .iter()
        .filter(|faults| !is_bypass(faults.chain))
        .map(|faults| (last_pass(faults.chain), faults.doubted()))
        .collect();
    for faults in all.iter_mut().filter(|faults| is_bypass(faults.chain)) {
        if let Some(doubted) = doubted.get(&last_pass(faults.chain)) {
            faults.forgeable.retain(|fault| doubted.contains(&fault.header));
        }
    }
    all
}

fn last_pass(chain: &Chain) -> Option<Span> {
    chain.hops.last().and_then(|hop| hop.pass)
}

impl<'a> Faults<'a> {
    fn of(decision: &Decision<'_>, chain: &'a Chain) -> Option<Self> {
        let judgement = decision.judge(chain)?;
        let mut faults =
            Self { chain, missing: Vec::new(), forgeable: Vec::new(), unknown: Vec::new() };
        let honest = decision.sees(&chain.arrivals().honest);
        if let Trust::Express(setting) = &decision.trust {
            faults.address(&judgement.ip, setting);
        }
        faults.scheme(&judgement.protocol, &honest.protocol);
        faults.host(&judgement.hostname, &honest.hostname);
        Some(faults)
    }

    /// A number that is wrong, and a belief in everybody, are told by rules of their own.
    fn address(&mut self, verdict: &Verdict, setting: &ExpressSetting) {
        if let Verdict::Forgeable(header) = verdict {
            let counted = *setting == ExpressSetting::All
                || matches!(setting, ExpressSetting::Hops(_))
                    && !counts_that_fit([self.chain]).is_empty();
            if !counted {
                self.forge(header);
            }
        }
    }

    fn scheme(&mut self, verdict: &Verdict, honest: &Text) {
        // Nothing was sent, so that the application goes by its own connection, which is plain.
        let guessed = honest.source() == Some(&Source::Application);
        let outermost = self.chain.hops.first().map(|hop| hop.listener.tls);
        if guessed && outermost == Some(Truth::True) {
            let header = HeaderName::FORWARDED_PROTO;
            let hop = self.first(|hop| hop.effect(&header).0 == Effect::Removes).unwrap_or(0);
            self.missing.push(Fault { header, hop });
        } else if let Verdict::Forgeable(header) = verdict {
            self.forge(header);
        } else if let Some(Source::Unknown(why)) = honest.source() {
            self.unknown.push((HeaderName::FORWARDED_PROTO, why));
        }
    }

    fn host(&mut self, verdict: &Verdict, honest: &Text) {
        let pinned = self.chain.is_host(honest);
        if let (false, Some(Source::Upstream(hop) | Source::Fixed(hop))) = (pinned, honest.source())
        {
            self.missing.push(Fault { header: HeaderName::HOST, hop: *hop });
        }
        match verdict {
            Verdict::Forgeable(header) => self.forge(header),
            Verdict::Unknown(why) => self.unknown.push((HeaderName::FORWARDED_HOST, why)),
            Verdict::Right | Verdict::Hop(_) | Verdict::Wrong => {}
        }
    }

    /// The outermost hop that could have overwritten what the client wrote, and did not; else
    /// the one that takes the client's address from whoever names one.
    fn forge(&mut self, header: &HeaderName) {
        let passes = |hop: &Hop| {
            let effect = hop.effect(header).0;
            matches!(effect, Effect::Passes | Effect::Overwrites(With::ClientHeader(_)))
        };
        let believes = |hop: &Hop| asks(hop, header);
        let hop =
            self.first(passes).or_else(|| self.first(believes)).or_else(|| self.first(|_| true));
        self.forgeable.push(Fault { header: header.clone(), hop: hop.unwrap_or(0) });
    }

    /// The outermost hop that has a configuration and fits.
    fn first(&self, fits: impl Fn(&Hop) -> bool) -> Option<usize> {
        self.chain.hops.iter().position(|hop| !is_declared(hop) && fits(hop))
    }

    /// The headers that can or may be forged.
    fn doubted(&self) -> BTreeSet<HeaderName> {
        let forgeable = self.forgeable.iter().map(|fault| &fault.header);
        forgeable.chain(self.unknown.iter().map(|(header, _)| header)).cloned().collect()
    }

    /// Where lines are missing or wrong: missing ones beside the headers that the route sets
    /// already, since a block with one of its own would drop them.
    fn places(&self, faults: &[Fault]) -> Vec<(Span, String)> {
        let mut places = Vec::new();
        let mut missing: BTreeMap<Span, BTreeSet<&HeaderName>> = BTreeMap::new();
        for fault in faults {
            let Some(hop) = self.chain.hops.get(fault.hop) else { continue };
            match said(hop, &fault.header) {
                Some((place, text)) => places.push((place, text)),
                None => {
                    if let Some(place) = directives(hop).max().or(hop.location) {
                        missing.entry(place).or_default().insert(&fault.header);
                    }
                }
            }
        }
        places.extend(missing.into_iter().map(|(place, headers)| {
            let headers = series(headers.iter().map(ToString::to_string), "or");
            let text = match self.holds(place) {
                Some(route) => format!("{route} sets no {headers}"),
                None => format!("no {headers} is set beside these"),
            };
            (place, text)
        }));
        places
    }

    /// The route in whose own block a place lies; further out, several may share it.
    fn holds(&self, place: Span) -> Option<&'a str> {
        let inside = |hop: &&Hop| {
            hop.location.is_some_and(|head| head.file == place.file && head.start <= place.start)
        };
        self.chain.hops.iter().find(inside).map(|hop| hop.route.as_str())
    }
}

/// A finding about the headers of a service, at the places where lines are missing, with the
/// lines.
pub(crate) fn finding(
    decision: &Decision<'_>,
    rule: &Rule<Context>,
    message: String,
    ways: &[(&Faults<'_>, Vec<Fault>)],
) -> Finding {
    let subject = Subject::new(SubjectKind::Service, decision.service());
    let finding = rule.finding(subject, message).scopes([decision.each.workload.scope.clone()]);
    let places = ways.iter().flat_map(|(way, faults)| way.places(faults));
    let mut lines: Vec<String> = Vec::new();
    let mut sets_some = false;
    for (way, faults) in ways {
        for fault in faults {
            let Some(hop) = way.chain.hops.get(fault.hop) else { continue };
            let line = line(hop, fault);
            if !lines.contains(&line) {
                lines.push(line);
            }
            sets_some |= said(hop, &fault.header).is_none() && directives(hop).next().is_some();
        }
    }
    lines.sort();
    if sets_some {
        lines
            .push("beside each of these: a block with headers of its own inherits none".to_owned());
    }
    at_routes(finding, places).write(lines.join("\n"))
}

/// The lines by which a hop sets headers.
fn directives(hop: &Hop) -> impl Iterator<Item = Span> {
    hop.headers.written().iter().filter_map(|rule| match rule.decided {
        Decided::Directive(span) => Some(span),
        Decided::Absent(_) | Decided::Documented(_) => None,
    })
}

/// The directive by which a hop says the wrong thing of a header, if it says anything.
fn said(hop: &Hop, header: &HeaderName) -> Option<(Span, String)> {
    let (effect, decided) = hop.effect(header);
    let text = match &effect {
        Effect::Passes | Effect::Overwrites(With::ClientHeader(_)) => {
            format!("hands on the {header} that the client wrote")
        }
        Effect::Removes => format!("removes {header}"),
        _ if asks(hop, header) => {
            let place = hop.real_ip.as_ref()?.spans.first().copied()?;
            return Some((place, format!("the {header} of a client is believed here")));
        }
        _ => format!("{header} is not what the client asked for"),
    };
    match decided {
        Decided::Directive(place) => Some((place, text)),
        Decided::Absent(_) | Decided::Documented(_) => None,
    }
}

/// Whether a hop takes the client's address from this header.
fn asks(hop: &Hop, header: &HeaderName) -> bool {
    hop.real_ips().any(|real_ip| real_ip.header == *header)
}

/// The line that a hop lacks.
fn line(hop: &Hop, fault: &Fault) -> String {
    let header = &fault.header;
    let passes = matches!(hop.effect(header).0, Effect::Passes);
    if asks(hop, header) && !passes {
        return "set_real_ip_from with the addresses of the proxies before it, and no others"
            .into();
    }
    let value = match header.as_str() {
        "x-forwarded-proto" => "$scheme",
        "host" | "x-forwarded-host" => "$host",
        // The outermost hop knows the client itself; further in, what came is a list to go on.
        "x-forwarded-for" if fault.hop > 0 => "$proxy_add_x_forwarded_for",
        "x-forwarded-for" | "x-real-ip" => "$remote_addr",
        _ => "\"\"",
    };
    format!("proxy_set_header {header} {value};")
}

/// The headers of some faults, each once, in words.
pub(crate) fn named<'f>(faults: impl IntoIterator<Item = &'f Fault>) -> String {
    let headers: BTreeSet<HeaderName> =
        faults.into_iter().map(|fault| fault.header.clone()).collect();
    series(headers.iter().map(ToString::to_string), "and")
}

/// What a client that sends a header of its own can do.
pub(crate) fn forgery(decision: &Decision<'_>, header: &HeaderName) -> String {
    let service = decision.service();
    match (header.as_str(), &decision.trust) {
        ("x-forwarded-host", Trust::AuthJs { .. }) => {
            format!("a forged X-Forwarded-Host steers the redirects of sign-in at {service}")
        }
        ("x-forwarded-host", _) => format!(
            "a client chooses the host that {service} takes for its own: links, redirects and \
             signatures follow it"
        ),
        ("x-forwarded-proto", _) => {
            format!("a client chooses the scheme that {service} sees: plain http passes for https")
        }
        (_, _) => chooses_its_address(service, header),
    }
}

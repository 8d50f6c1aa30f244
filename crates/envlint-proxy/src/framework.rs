//! What an application makes of a request.

use std::net::IpAddr;

use envlint_model::Truth;

use crate::{Address, Chain, HeaderName, Message, Source, Text};

pub mod authjs;
pub mod express;

/// What an application takes for the client's address, its scheme and the host it asked for.
#[derive(Clone)]
pub struct View {
    /// The client's address.
    pub ip: Text,
    /// `http` or `https`.
    pub protocol: Text,
    /// The host, without port; empty if there is none.
    pub hostname: Text,
}

/// Whether an application sees what it should, whoever sends the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It sees the truth, and nobody can change that.
    Right,
    /// A client can choose what it sees, by sending this header.
    Forgeable(HeaderName),
    /// It sees the address of this hop (0 is the outermost) for every client.
    Hop(usize),
    /// It sees the same for every client, and it is not the truth.
    Wrong,
    /// It depends on what is not known; the reason continues "not known: ...".
    Unknown(&'static str),
}

/// The verdicts on one setting behind one chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgement {
    /// On the client's address.
    pub ip: Verdict,
    /// On the scheme.
    pub protocol: Verdict,
    /// On the host.
    pub hostname: Verdict,
}

/// What a service receives at the end of a chain; see [`Chain::arrivals`].
#[derive(Clone)]
pub struct Arrivals {
    /// From a client that sends no forwarding header.
    pub honest: Message,
    /// From a client that forges every header that might be believed.
    pub forged: Message,
}

impl Arrivals {
    /// Judges what an application at the end of this chain sees of both.
    pub(crate) fn judge(&self, chain: &Chain, view: impl Fn(&Message) -> View) -> Judgement {
        let (honest, forged) = (view(&self.honest), view(&self.forged));
        Judgement {
            ip: judge_ip(&honest.ip, &forged.ip),
            protocol: judge_protocol(chain, &honest.protocol, &forged.protocol),
            hostname: judge_host(chain, &honest.hostname, &forged.hostname),
        }
    }

    /// Judges what it takes for the client's address alone.
    fn judge_ip(&self, ip: impl Fn(&Message) -> Text) -> Verdict {
        judge_ip(&ip(&self.honest), &ip(&self.forged))
    }
}

fn judge_ip(honest: &Text, forged: &Text) -> Verdict {
    first_trouble(honest, forged).unwrap_or_else(|| match honest.source() {
        Some(Source::ClientAddress) => Verdict::Right,
        Some(Source::HopAddress(hop)) => Verdict::Hop(*hop),
        _ => Verdict::Wrong,
    })
}

fn judge_protocol(chain: &Chain, honest: &Text, forged: &Text) -> Verdict {
    if let Some(trouble) = first_trouble(honest, forged) {
        return trouble;
    }
    let outermost = chain.hops.first().map(|hop| hop.listener.tls);
    let said = honest.text();
    match (outermost, said.as_deref().map(String::as_str)) {
        // Without a hop the application itself accepted the connection.
        (None, _) => Verdict::Right,
        (Some(Truth::True), Some("https")) | (Some(Truth::False), Some("http")) => Verdict::Right,
        (Some(_), _) if honest.source() == Some(&Source::Connection(0)) => Verdict::Right,
        (Some(Truth::Unknown), _) => Verdict::Unknown("the scheme that clients use"),
        _ => Verdict::Wrong,
    }
}

/// Right is the host that was asked for, and also a fixed one (`$server_name`) that is the host
/// of the chain: it leaves a client nothing to choose.
fn judge_host(chain: &Chain, honest: &Text, forged: &Text) -> Verdict {
    first_trouble(honest, forged).unwrap_or_else(|| match honest.source() {
        Some(Source::Client(header)) if *header == HeaderName::HOST => Verdict::Right,
        _ if chain.is_host(honest) => Verdict::Right,
        _ => Verdict::Wrong,
    })
}

/// What can be forged is forgeable, whatever an honest client would see.
fn first_trouble(honest: &Text, forged: &Text) -> Option<Verdict> {
    let forgeable = [forged, honest].into_iter().find_map(|text| match text.source() {
        Some(source @ Source::Client(header)) if source.is_forgeable() => {
            Some(Verdict::Forgeable(header.clone()))
        }
        _ => None,
    });
    let unknown = || {
        [honest, forged].into_iter().find_map(|text| match text.source() {
            Some(Source::Unknown(why)) => Some(Verdict::Unknown(why)),
            _ => None,
        })
    };
    forgeable.or_else(unknown)
}

/// The part of an address that decides whether it is trusted: IPv4 inside of IPv6 counts as
/// IPv4.
fn canonical(address: &Address) -> Address {
    match address {
        Address::Exactly(IpAddr::V6(v6)) => {
            Address::Exactly(v6.to_ipv4_mapped().map_or(IpAddr::V6(*v6), IpAddr::V4))
        }
        other => other.clone(),
    }
}

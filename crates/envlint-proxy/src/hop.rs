//! One model of a hop, whatever the product.
//!
//! A reader of a product's configuration says which templates a hop writes into which headers;
//! everything else (what arrives, what a framework makes of it, who can forge it) follows from
//! that and is written once. Hops that only a manifest knows, such as a CDN, are the same type
//! with documented effects in the place of directives.

use std::fmt;
use std::sync::Arc;

use envlint_model::{Span, Truth};

use crate::nginx::HeaderLoss;
use crate::{Address, Cidr, HeaderName, Part, Template, Variable};

/// A proxy on the way of a request.
#[derive(Clone)]
pub struct Hop {
    /// What people call it: `edge/nginx.conf`, `Cloudflare`.
    pub name: String,
    /// The product.
    pub kind: HopKind,
    /// The route through it, as a stable name; empty for a hop without a configuration.
    pub route: String,
    /// The address from which it connects onwards.
    pub address: Address,
    /// The connection that it accepts.
    pub listener: Listener,
    /// How its configuration names the upstream that it sends to.
    pub upstream: Template,
    /// How it finds the client behind a trusted peer.
    pub real_ip: Option<RealIp>,
    /// What it does to headers.
    pub headers: HeaderRules,
    /// The headers that a block of its configuration has dropped, if one has.
    pub loss: Option<HeaderLoss>,
    /// The head of the block that the route belongs to.
    pub location: Option<Span>,
    /// The directive that passes requests on.
    pub pass: Option<Span>,
}

/// The products. A kind says whose facts hold; the behaviour itself is in the rest of the hop.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum HopKind {
    /// nginx, read from its configuration.
    Nginx,
    /// Cloudflare's proxy.
    Cloudflare,
    /// The router of Render.
    Render,
    /// The proxy of Fly.io.
    Fly,
    /// The edge of Railway.
    Railway,
    /// The router of Heroku.
    Heroku,
    /// The edge of Vercel.
    Vercel,
    /// An Application Load Balancer of AWS.
    AwsAlb,
    /// An external Application Load Balancer of Google Cloud.
    GoogleLb,
    /// Some proxy that appends its peer to X-Forwarded-For.
    Appends,
    /// Some proxy that overwrites the forwarding headers.
    Overwrites,
}

/// What a hop accepts connections on.
#[derive(Clone)]
pub struct Listener {
    /// Whether it speaks TLS.
    pub tls: Truth,
    /// The port.
    pub port: Option<u16>,
    /// The address.
    pub address: Address,
    /// The first name of the server.
    pub server_name: Arc<str>,
    /// Where it is written.
    pub span: Option<Span>,
}

impl Listener {
    /// A listener of which only the encryption is known.
    pub fn anywhere(tls: Truth) -> Self {
        Self { tls, port: None, address: Address::Unknown, server_name: Arc::default(), span: None }
    }
}

/// Takes the client's address from a header when the peer is trusted (nginx: the realip
/// module).
#[derive(Clone)]
pub struct RealIp {
    /// The peers whose header is believed.
    pub from: Arc<[Cidr]>,
    /// Ranges that could not be read (host names): with any of them, a peer outside of `from`
    /// may be trusted or not.
    pub unread: bool,
    /// The header.
    pub header: HeaderName,
    /// The address comes by the PROXY protocol and not in a header.
    pub by_proxy_protocol: bool,
    /// Whether trusted addresses in the header are skipped too, from right to left.
    pub recursive: bool,
    /// The directives that say so.
    pub spans: Arc<[Span]>,
    /// What the level of the server does first, where a location has directives of its own:
    /// once that has found a client, the location's can not undo it (measured with nginx 1.22.1).
    pub server: Option<Box<RealIp>>,
}

/// What a hop does to each header.
#[derive(Clone)]
pub struct HeaderRules {
    /// The headers that it treats in some way of its own, by name. Routes that inherit the same
    /// directives share them: thousands of locations may have hundreds of lines in common.
    own: Arc<[HeaderRule]>,
    /// What it does of its own accord where no directive speaks.
    defaults: Vec<HeaderRule>,
    /// What it does to all others.
    pub others: HeaderRule,
    /// Which header names it lets in at all.
    pub names: NameFilter,
}

/// What happens to one header, and why.
#[derive(Clone)]
pub struct HeaderRule {
    /// The header; the rule for all others has none.
    pub header: Option<HeaderName>,
    /// What happens.
    pub action: Action,
    /// What says so.
    pub decided: Decided,
}

/// What a hop does to a header.
#[derive(Clone)]
pub enum Action {
    /// Hands on whatever came in.
    Pass,
    /// Replaces what came in by these lines; an empty one is not sent.
    Set(Vec<Template>),
    /// Not known; the reason continues "not known: ...".
    Unknown(&'static str),
}

/// What decides about a header: the place to point at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decided {
    /// A directive.
    Directive(Span),
    /// That no directive stands where one would have to: the head of the block.
    Absent(Span),
    /// The documentation of the product, by name.
    Documented(&'static str),
}

impl Decided {
    /// The place in a file, if there is one.
    pub fn span(self) -> Option<Span> {
        match self {
            Decided::Directive(span) | Decided::Absent(span) => Some(span),
            Decided::Documented(_) => None,
        }
    }
}

/// Which header names a hop hands on. nginx drops names with `_`, and those with characters
/// other than letters, digits and `-`, unless told otherwise (measured with nginx 1.22.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NameFilter {
    /// Whether `_` is an ordinary character.
    pub underscores: bool,
    /// Whether names with other characters are handed on.
    pub invalid: bool,
}

impl NameFilter {
    /// Everything passes.
    pub const OPEN: NameFilter = NameFilter { underscores: true, invalid: true };

    /// What nginx does unless told otherwise.
    pub const CLOSED: NameFilter = NameFilter { underscores: false, invalid: false };

    /// Whether a header of this name comes through.
    pub fn admits(self, name: &HeaderName) -> bool {
        let valid = |byte: u8| match byte {
            b'_' => self.underscores,
            _ => byte.is_ascii_alphanumeric() || byte == b'-',
        };
        self.invalid || name.as_str().bytes().all(valid)
    }
}

/// What a hop does to a header, in the words that rules and people use. A summary of
/// [`Action`]; the simulation does not need it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// What the client sent goes on unchanged.
    Passes,
    /// Nothing goes on.
    Removes,
    /// The client's address (as the hop sees it) follows what came in.
    AppendsClient,
    /// The peer's address follows what came in.
    AppendsPeer,
    /// The client's address and something else follow what came in.
    AppendsMore,
    /// Only this goes on.
    Overwrites(With),
    /// Not known; the reason continues "not known: ...".
    Unknown(&'static str),
}

/// What a header is overwritten with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum With {
    /// The address of the connection's other end.
    Peer,
    /// The address that a trusted peer named.
    RealIpClient,
    /// The scheme of the connection.
    Scheme,
    /// The host that was asked for.
    Host,
    /// The server's own name.
    ServerName,
    /// The name of the upstream.
    UpstreamHost,
    /// A header that the client can send.
    ClientHeader(HeaderName),
    /// A fixed text.
    Fixed,
    /// A mixture.
    Mixed,
}

impl Effect {
    /// What a hop does to a header, for a label: continues "hop 1 ...".
    pub fn on(&self, header: &HeaderName) -> String {
        match self {
            Effect::Passes => format!("passes the client's {header} on"),
            Effect::Removes => format!("removes {header}"),
            Effect::AppendsClient => format!("appends the client that real_ip finds to {header}"),
            Effect::AppendsPeer => format!("appends its peer to {header}"),
            Effect::AppendsMore => format!("appends its peer and more to {header}"),
            Effect::Overwrites(with) => format!("overwrites {header} with {with}"),
            Effect::Unknown(why) => format!("does with {header} what is not known: {why}"),
        }
    }
}

impl fmt::Display for With {
    /// Continues "overwrites X-Forwarded-For with ...".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            With::Peer => "its peer's address",
            With::RealIpClient => "the client that real_ip finds",
            With::Scheme => "the scheme of its own connection",
            With::Host => "the host that was asked for",
            With::ServerName => "the server's name",
            With::UpstreamHost => "the name of the upstream",
            With::ClientHeader(header) => return write!(f, "the client's {header}"),
            With::Fixed => "a fixed text",
            With::Mixed => "a text of several parts",
        })
    }
}

impl HeaderRules {
    /// Rules for some headers, one for each, and one for all others.
    pub fn new(mut own: Vec<HeaderRule>, others: HeaderRule, names: NameFilter) -> Self {
        own.sort_by(|a, b| a.header.cmp(&b.header));
        Self { own: own.into(), defaults: Vec::new(), others, names }
    }

    /// The same rules for these headers, which are shared, in another place.
    pub(crate) fn shared(&self, others: HeaderRule, names: NameFilter) -> Self {
        Self { own: Arc::clone(&self.own), defaults: self.defaults.clone(), others, names }
    }

    /// The same rules, and one that holds where they say nothing of its header.
    pub fn with_default(mut self, rule: HeaderRule) -> Self {
        self.defaults.push(rule);
        self
    }

    /// What happens to a header.
    pub fn of(&self, header: &HeaderName) -> &HeaderRule {
        let own = self.own.binary_search_by(|rule| rule.header.as_ref().cmp(&Some(header)));
        let default = || self.defaults.iter().find(|rule| rule.header.as_ref() == Some(header));
        own.ok().map(|at| &self.own[at]).or_else(default).unwrap_or(&self.others)
    }

    /// The rules that somebody wrote.
    pub fn written(&self) -> &[HeaderRule] {
        &self.own
    }

    /// The headers for which there is a rule.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.own.iter().chain(&self.defaults).filter_map(|rule| rule.header.as_ref())
    }
}

impl Hop {
    /// What happens to a header, and what says so.
    pub fn effect(&self, header: &HeaderName) -> (Effect, Decided) {
        let rule = self.headers.of(header);
        (self.summary(header, &rule.action), rule.decided)
    }

    fn summary(&self, header: &HeaderName, action: &Action) -> Effect {
        let lines: Vec<&Template> = match action {
            Action::Pass => return Effect::Passes,
            Action::Unknown(why) => return Effect::Unknown(why),
            Action::Set(lines) => lines.iter().filter(|line| !line.is_empty()).collect(),
        };
        let [line] = lines.as_slice() else {
            return if lines.is_empty() {
                Effect::Removes
            } else {
                Effect::Overwrites(With::Mixed)
            };
        };
        match line.sole_variable() {
            Some(Variable::ForwardedFor) if self.real_ip.is_some() => Effect::AppendsClient,
            Some(Variable::ForwardedFor) => Effect::AppendsPeer,
            Some(Variable::Header(same)) if same == header => Effect::Passes,
            Some(Variable::Unknown(why)) => Effect::Unknown(why),
            Some(variable) => Effect::Overwrites(self.with(variable)),
            None if matches!(line.0.first(), Some(Part::Variable(Variable::ForwardedFor))) => {
                Effect::AppendsMore
            }
            None if line.is_fixed() => Effect::Overwrites(With::Fixed),
            None => Effect::Overwrites(With::Mixed),
        }
    }

    fn with(&self, variable: &Variable) -> With {
        match variable {
            Variable::Client if self.real_ip.is_some() => With::RealIpClient,
            Variable::Client | Variable::Peer => With::Peer,
            Variable::Scheme => With::Scheme,
            Variable::Host => With::Host,
            Variable::ServerName => With::ServerName,
            Variable::UpstreamHost => With::UpstreamHost,
            Variable::Header(header) => With::ClientHeader(header.clone()),
            _ => With::Mixed,
        }
    }
}

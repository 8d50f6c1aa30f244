//! What arrives at the application: a request, followed through a chain of hops.
//!
//! The simulation knows no product. A request with all addresses known gives the bytes that the
//! application receives; with addresses known by range only, it gives the same headers with
//! fragments of which only the author is known. That one function serves both is what makes
//! the measured chains a proof of the rules.

use std::collections::BTreeSet;
use std::net::IpAddr;

use envlint_model::{Secret, Truth};

use crate::hop::{Action, Hop, RealIp};
use crate::{
    Address, Choice, Content, HeaderName, Headers, Part, Source, Template, Text, Variable,
};

/// The other end of a connection.
#[derive(Clone)]
pub struct Peer {
    /// Who it is.
    pub source: Source,
    /// Its address.
    pub address: Address,
}

impl Peer {
    pub(crate) fn text(&self) -> Text {
        Text::address(self.address.clone(), self.source.clone())
    }
}

/// A request on the wire, as the next hop or the application accepts it.
#[derive(Clone)]
pub struct Message {
    /// Who sends it.
    pub peer: Peer,
    /// The headers, `Host` among them.
    pub headers: Headers,
    /// The request target.
    pub target: String,
}

/// A client.
#[derive(Clone)]
pub struct Client {
    /// Its real address.
    pub address: Address,
    /// The host that it asks for.
    pub host: Option<String>,
    /// The request target.
    pub target: String,
    /// Forwarding headers that it sends of its own accord. An honest client sends none.
    pub headers: Vec<(HeaderName, String)>,
}

impl Client {
    /// A client that sends no forwarding header.
    pub fn honest(host: &str) -> Self {
        Self {
            address: Address::Internet,
            host: Some(host.to_owned()),
            target: "/".to_owned(),
            headers: Vec::new(),
        }
    }

    /// A client that forges every header that one of these hops or a framework might believe.
    /// The texts are documentation addresses and names; what matters is whose they are.
    pub fn forger(host: &str, hops: &[Hop]) -> Self {
        let mut headers: Vec<(HeaderName, String)> = vec![
            (HeaderName::FORWARDED_FOR, "192.0.2.66".to_owned()),
            (HeaderName::FORWARDED_PROTO, "https".to_owned()),
            (HeaderName::FORWARDED_HOST, "forged.example".to_owned()),
            (HeaderName::FORWARDED_PORT, "444".to_owned()),
            (HeaderName::REAL_IP, "192.0.2.66".to_owned()),
            (HeaderName::FORWARDED, "for=192.0.2.66;proto=https;host=forged.example".to_owned()),
        ];
        let known: BTreeSet<HeaderName> = headers.iter().map(|(name, _)| name.clone()).collect();
        for header in Asked::by(hops).of_client() {
            if *header != HeaderName::HOST && !known.contains(header) {
                headers.push((header.clone(), "192.0.2.66".to_owned()));
            }
        }
        Self { headers, ..Self::honest(host) }
    }

    /// The request as the first hop, or an application without proxies, accepts it.
    pub fn request(&self) -> Message {
        let mut headers = Headers::default();
        let sent = self.host.iter().map(|host| (HeaderName::HOST, host));
        for (name, value) in sent.chain(self.headers.iter().map(|(name, v)| (name.clone(), v))) {
            headers.add(name.clone(), Text::plain(value, Source::Client(name)));
        }
        let peer = Peer { source: Source::ClientAddress, address: self.address.clone() };
        Message { peer, headers, target: self.target.clone() }
    }
}

/// The headers that can matter to a framework, before each hop and behind the last one. They are
/// found from the end: what a framework looks at, and then what each hop makes that of. A proxy
/// may set hundreds of headers; nobody follows those that nobody asks for.
struct Asked(Vec<BTreeSet<HeaderName>>);

impl Asked {
    fn by(hops: &[Hop]) -> Self {
        let mut asked = vec![BTreeSet::from(HeaderName::KNOWN)];
        for hop in hops.iter().rev() {
            let behind = asked.last().into_iter().flatten();
            let before = behind.flat_map(|header| hop.sources(header)).chain(hop.asks()).collect();
            asked.push(before);
        }
        asked.reverse();
        Self(asked)
    }

    fn of_client(&self) -> impl Iterator<Item = &HeaderName> {
        self.0.first().into_iter().flatten()
    }

    /// The hops, each with what is asked of it.
    fn of<'a>(
        &'a self,
        hops: &'a [Hop],
    ) -> impl Iterator<Item = (&'a Hop, &'a BTreeSet<HeaderName>)> {
        hops.iter().zip(self.0.iter().skip(1))
    }
}

/// How much work it is to follow a request through these hops: the lines that are evaluated,
/// and the ranges of addresses that are compared, of which dozens cost as much as one.
pub(crate) fn weight(hops: &[Hop]) -> usize {
    let lines = |hop: &Hop, header| match &hop.headers.of(header).action {
        Action::Set(lines) => lines.iter().map(|line| line.0.len().max(1)).sum(),
        Action::Pass | Action::Unknown(_) => 1,
    };
    let mut weight = 0;
    for (hop, asked) in Asked::by(hops).of(hops) {
        weight += asked.iter().map(|header| lines(hop, header)).sum::<usize>();
        weight += hop.real_ips().map(|real_ip| real_ip.from.len() / 64).sum::<usize>();
    }
    weight
}

impl Hop {
    /// What this hop sends on when it accepts `message`. `index` is its place in the chain,
    /// counted from the outermost.
    pub fn forward(&self, index: usize, message: &Message) -> Message {
        let own = self.headers.headers();
        let headers: BTreeSet<HeaderName> = own.chain(message.headers.names()).cloned().collect();
        self.forward_some(index, message, &headers)
    }

    /// The same with these headers only.
    fn forward_some(
        &self,
        index: usize,
        message: &Message,
        headers: &BTreeSet<HeaderName>,
    ) -> Message {
        let mut incoming = Headers::default();
        for (name, value) in message.headers.lines() {
            if self.headers.names.admits(name) {
                incoming.add(name.clone(), value.clone());
            }
        }
        let incoming = Message { headers: incoming, ..message.clone() };
        let client = match &self.real_ip {
            Some(real_ip) => real_ip.client(&incoming),
            None => incoming.peer.clone(),
        };
        let scope = Scope { hop: self, index, message: &incoming, client };
        Message {
            peer: Peer { source: Source::HopAddress(index), address: self.address.clone() },
            headers: scope.outgoing(headers),
            target: message.target.clone(),
        }
    }

    /// What a header is made of as it came in.
    fn sources(&self, header: &HeaderName) -> Vec<HeaderName> {
        match &self.headers.of(header).action {
            Action::Pass | Action::Unknown(_) => vec![header.clone()],
            Action::Set(lines) => lines.iter().flat_map(Template::reads).collect(),
        }
    }

    /// The headers from which it takes the client's address.
    fn asks(&self) -> impl Iterator<Item = HeaderName> {
        self.real_ips().map(|real_ip| real_ip.header.clone())
    }

    /// How it finds the client: at its own level, then at that of the server.
    pub fn real_ips(&self) -> impl Iterator<Item = &RealIp> {
        std::iter::successors(self.real_ip.as_ref(), |real_ip| real_ip.server.as_deref())
    }
}

/// The request as the application receives it after all hops.
pub fn through(hops: &[Hop], request: Message) -> Message {
    hops.iter().enumerate().fold(request, |message, (index, hop)| hop.forward(index, &message))
}

/// The same with those headers only that a framework may look at.
pub(crate) fn through_asked(hops: &[Hop], request: Message) -> Message {
    let asked = Asked::by(hops);
    let hops = asked.of(hops).enumerate();
    hops.fold(request, |message, (index, (hop, asked))| hop.forward_some(index, &message, asked))
}

/// Everything that a template can refer to.
struct Scope<'a> {
    hop: &'a Hop,
    index: usize,
    message: &'a Message,
    client: Peer,
}

impl Scope<'_> {
    fn outgoing(&self, names: &BTreeSet<HeaderName>) -> Headers {
        let mut headers = Headers::default();
        let incoming = &self.message.headers;
        for name in names {
            let rule = self.hop.headers.of(name);
            let texts: Vec<Text> = match &rule.action {
                Action::Pass => incoming.all(name).cloned().collect(),
                Action::Set(lines) => lines.iter().map(|line| self.evaluate(line)).collect(),
                // One unknown line stands for all that came in, and for any that is added.
                Action::Unknown(why) => vec![Text::unknown(why)],
            };
            let passes = matches!(rule.action, Action::Pass);
            let sent = texts.into_iter().filter(|text| passes || text.is_empty() != Truth::True);
            sent.for_each(|text| headers.add(name.clone(), text));
        }
        headers
    }

    fn evaluate(&self, template: &Template) -> Text {
        let mut text = Text::empty();
        for part in &*template.0 {
            match part {
                Part::Text(known) => {
                    text.push(Content::Known(known.clone()), Source::Fixed(self.index));
                }
                Part::Variable(variable) => text.append(self.value(variable)),
            }
        }
        text
    }

    fn value(&self, variable: &Variable) -> Text {
        let incoming = &self.message.headers;
        let listener = &self.hop.listener;
        let own = |text: &str| Text::plain(text, Source::Connection(self.index));
        let own_unknown = || Text::unknown_of(Source::Connection(self.index));
        match variable {
            Variable::Client => self.client.text(),
            Variable::Peer => self.message.peer.text(),
            Variable::ForwardedFor => self.forwarded_for(),
            Variable::Header(name) if *name == HeaderName::FORWARDED_FOR => {
                incoming.joined(name).unwrap_or_default()
            }
            Variable::Header(name) => incoming.first(name).cloned().unwrap_or_default(),
            Variable::Scheme => match listener.tls {
                Truth::True => own("https"),
                Truth::False => own("http"),
                Truth::Unknown => own_unknown(),
            },
            Variable::Https => match listener.tls {
                Truth::True => own("on"),
                Truth::False => Text::empty(),
                Truth::Unknown => own_unknown(),
            },
            Variable::Host => self.host(),
            Variable::ServerName => Text::plain(&listener.server_name, Source::Fixed(self.index)),
            Variable::ServerPort => match listener.port {
                Some(port) => own(&port.to_string()),
                None => own_unknown(),
            },
            Variable::ServerAddress => {
                Text::address(listener.address.clone(), Source::Connection(self.index))
            }
            Variable::UpstreamHost => {
                self.evaluate(&self.hop.upstream).decided_by(&Source::Upstream(self.index))
            }
            Variable::RequestTarget => {
                let source = Source::Client(HeaderName::new(":path"));
                Text::plain(&self.message.target, source)
            }
            Variable::Choice(choice) => self.choose(choice),
            Variable::Unknown(why) => Text::unknown(why),
        }
    }

    fn forwarded_for(&self) -> Text {
        let name = HeaderName::FORWARDED_FOR;
        match self.message.headers.joined(&name) {
            Some(mut list) => {
                list.append(Text::plain(", ", Source::Fixed(self.index)));
                list.append(self.client.text());
                list
            }
            None => self.client.text(),
        }
    }

    /// The host asked for, as nginx normalises it: lower case, without port, without the final
    /// dot; the server's name if the client asked for none.
    fn host(&self) -> Text {
        let Some(asked) = self.message.headers.first(&HeaderName::HOST) else {
            return self.value(&Variable::ServerName);
        };
        let Some(source) = asked.source() else { return self.value(&Variable::ServerName) };
        match asked.text() {
            Some(text) => Text::known(Secret::made(normalised_host(&text)), source.clone()),
            None => asked.clone(),
        }
    }

    fn choose(&self, choice: &Choice) -> Text {
        let input = self.evaluate(&choice.input);
        let Some(text) = input.text() else {
            return Text::unknown("it is chosen by a text that is not known");
        };
        let result = self.evaluate(choice.of(&text));
        // Who decides what is looked at decides the result, even where the result is fixed.
        match input.source() {
            Some(source) if source.is_forgeable() && !choice.is_fixed() => {
                result.decided_by(source)
            }
            _ => result,
        }
    }
}

/// A host as nginx compares it: lower case, without port and without a final dot.
pub(crate) fn normalised_host(host: &str) -> String {
    let end = if host.starts_with('[') {
        host.find(']').map_or(host.len(), |at| at + 1)
    } else {
        host.find(':').unwrap_or(host.len())
    };
    let name = &host[..end];
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

impl RealIp {
    /// The client that this hop sees.
    fn client(&self, message: &Message) -> Peer {
        let peer = &message.peer;
        if let Some(server) = &self.server {
            let found = server.find(message);
            match found {
                Found::Kept => {}
                Found::Client(client) => return client,
            }
        }
        match self.find(message) {
            Found::Kept => peer.clone(),
            Found::Client(client) => client,
        }
    }

    /// Walks the header from right to left, as `ngx_http_get_forwarded_addr` does: while the
    /// address at hand is trusted, the next entry takes its place; without `recursive`, once.
    fn find(&self, message: &Message) -> Found {
        let mut current = message.peer.clone();
        let mut moved = false;
        if self.by_proxy_protocol && self.trusts(&current.address) != Truth::False {
            return Found::unknown("the client's address comes by the PROXY protocol");
        }
        let entries = match message.headers.joined(&self.header) {
            Some(list) => list.split(|c| c == ',' || c == ' '),
            None => return Found::Kept,
        };
        for entry in entries.iter().rev() {
            match self.trusts(&current.address) {
                Truth::True => {}
                Truth::False => break,
                Truth::Unknown => return Found::unknown("whether the hop trusts its peer"),
            }
            let Some(address) = entry_address(entry) else { break };
            let Some(source) = entry.source().cloned() else { break };
            if matches!(source, Source::Unknown(_)) {
                return Found::unknown("what the header for the client's address holds");
            }
            current = Peer { source, address };
            moved = true;
            if !self.recursive {
                break;
            }
        }
        if moved { Found::Client(current) } else { Found::Kept }
    }

    fn trusts(&self, address: &Address) -> Truth {
        let known = address.is_in(&self.from);
        if self.unread { known.or(Truth::Unknown) } else { known }
    }
}

enum Found {
    /// The peer stays the client.
    Kept,
    Client(Peer),
}

impl Found {
    fn unknown(why: &'static str) -> Self {
        Found::Client(Peer { source: Source::Unknown(why), address: Address::Unknown })
    }
}

/// The address in an entry, which may carry a port.
fn entry_address(entry: &Text) -> Option<Address> {
    let Some(text) = entry.text() else { return entry.as_address() };
    let bare = |text: &str| text.parse::<IpAddr>().ok();
    let with_port = |text: &str| text.parse::<std::net::SocketAddr>().ok().map(|at| at.ip());
    let in_brackets = |text: &str| bare(text.strip_prefix('[')?.strip_suffix(']')?);
    bare(&text).or_else(|| with_port(&text)).or_else(|| in_brackets(&text)).map(Address::Exactly)
}

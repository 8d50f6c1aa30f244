//! What a level inherits, and what its own directives replace.
//!
//! nginx has one rule for lists such as `proxy_set_header`: a level that has one of its own has
//! none of those above. Single values (`proxy_http_version`) are replaced one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_model::{Secret, Span};

use super::include::{Node, is_pattern};
use super::variable::{Constants, Maps, Variables};
use super::{Gate, GateKind};
use crate::hop::{Action, Decided, HeaderRule, HeaderRules, NameFilter, RealIp};
use crate::{Address, Cidr, HeaderName, Template, Variable};

/// The settings that hold at one level. Whatever can be long is shared with the levels within.
#[derive(Clone)]
pub(super) struct Level {
    /// The level's own head: what is pointed at when a directive is absent everywhere.
    pub(super) head: Span,
    headers: Option<Arc<HeaderLines>>,
    /// Whether more headers than these may be set, by a file that is not seen.
    unseen: bool,
    /// What the innermost level with headers of its own has dropped.
    pub(super) loss: Option<HeaderLoss>,
    real_ip: RealIpSettings,
    /// The client's address as the server level finds it, once below that level.
    server_real_ip: Option<RealIp>,
    names: NameFilter,
    pub(super) http_version: Option<(String, Span)>,
    /// `proxy_bind`: the address that connections onwards come from.
    pub(super) bind: Option<Address>,
    constants: Constants,
    /// The guards of this level and those above, by the name of the directive: the innermost
    /// replaces those above, as nginx has it.
    guards: BTreeMap<&'static str, Gate>,
}

/// The `proxy_set_header` directives of a level that has some.
struct HeaderLines {
    /// What they come to, by header.
    rules: HeaderRules,
    /// Where each header is set. Those that tell of the client come first.
    places: Vec<(HeaderName, Vec<Span>)>,
}

/// A block whose own `proxy_set_header` directives drop all those above it.
#[derive(Clone)]
pub struct HeaderLoss {
    /// The head of the block.
    pub block: Span,
    /// The first `proxy_set_header` in it.
    pub because: Span,
    above: Arc<HeaderLines>,
    own: Arc<HeaderLines>,
}

impl HeaderLoss {
    /// What no longer applies: each header with the directive that set it. Those that tell who
    /// the client is or what it asked for ([`HeaderName::tells_of_the_client`]) come first.
    pub fn lost(&self) -> impl Iterator<Item = (&HeaderName, Span)> {
        let lost = self.above.places.iter().filter(|(header, _)| !self.own.sets(header));
        lost.flat_map(|(header, places)| places.iter().map(move |place| (header, *place)))
    }

    /// Whether what set this header no longer applies.
    pub fn has(&self, header: &HeaderName) -> bool {
        self.above.sets(header) && !self.own.sets(header)
    }
}

impl HeaderLines {
    /// The lines among the directives of a block, and the first of them; `None` if it has none.
    fn read(
        directives: &[Node<'_>],
        variables: &Variables<'_>,
        head: Span,
    ) -> Option<(Self, Span)> {
        let lines = directives.iter().filter(|directive| directive.is("proxy_set_header"));
        let mut first = None;
        let mut at: BTreeMap<HeaderName, usize> = BTreeMap::new();
        let mut headers: Vec<(HeaderName, Vec<Template>, Vec<Span>)> = Vec::new();
        for directive in lines {
            let (Some(name), Some(text)) = (directive.arg(0), directive.arg(1)) else { continue };
            let name = HeaderName::new(name);
            let at = *at.entry(name.clone()).or_insert(headers.len());
            if at == headers.len() {
                headers.push((name, Vec::new(), Vec::new()));
            }
            headers[at].1.push(variables.template(text));
            headers[at].2.push(directive.head());
            first.get_or_insert(directive.head());
        }
        let first = first?;
        headers.sort_by_key(|(name, ..)| !name.tells_of_the_client());
        let rule =
            |(name, templates, places): &(HeaderName, Vec<Template>, Vec<Span>)| HeaderRule {
                header: Some(name.clone()),
                action: Action::Set(templates.clone()),
                decided: Decided::Directive(places.first().copied().unwrap_or(head)),
            };
        let rules = headers.iter().map(rule).collect();
        let rules = HeaderRules::new(rules, pass(head), NameFilter::CLOSED);
        let places = headers.into_iter().map(|(name, _, places)| (name, places)).collect();
        Some((Self { rules, places }, first))
    }

    fn sets(&self, header: &HeaderName) -> bool {
        self.rules.of(header).header.is_some()
    }
}

/// Headers that no directive sets are handed on.
fn pass(head: Span) -> HeaderRule {
    HeaderRule { header: None, action: Action::Pass, decided: Decided::Absent(head) }
}

#[derive(Clone, Default)]
struct RealIpSettings {
    from: Option<Arc<[Cidr]>>,
    unread: bool,
    header: Option<HeaderName>,
    recursive: Option<bool>,
    spans: Arc<[Span]>,
}

impl Level {
    /// The level above all others.
    pub(super) fn top(head: Span) -> Self {
        Self {
            head,
            headers: None,
            unseen: false,
            loss: None,
            real_ip: RealIpSettings::default(),
            server_real_ip: None,
            names: NameFilter::CLOSED,
            http_version: None,
            bind: None,
            constants: Constants::default(),
            guards: BTreeMap::new(),
        }
    }

    /// The level of a block within this one.
    pub(super) fn enter(&self, head: Span, directives: &[Node<'_>], maps: &Maps) -> Self {
        let mut level = Self { head, ..self.clone() };
        level.constants = self.constants.with(constants(directives));
        level.read_headers(directives, maps);
        level.real_ip = self.real_ip.overridden_by(directives);
        let mut guarded = BTreeSet::new();
        for directive in directives {
            let on = directive.arg(0) == Some("on");
            match directive.name() {
                "underscores_in_headers" => level.names.underscores = on,
                "ignore_invalid_headers" => level.names.invalid = !on,
                "proxy_bind" => level.bind = read_bind(directive),
                "proxy_http_version" => {
                    level.http_version =
                        directive.arg(0).map(|version| (version.to_owned(), directive.head()));
                }
                name => {
                    if let Some(guard) = guard(name).filter(|guard| guarded.insert(*guard)) {
                        let span = directive.head();
                        level.guards.insert(guard, Gate { kind: GateKind::Guards, span });
                    }
                }
            }
        }
        level
    }

    /// Marks this as the level of a server: what is found about the client's address here can
    /// not be undone further in.
    pub(super) fn seal_server(&mut self) {
        self.server_real_ip = self.real_ip.to_real_ip();
    }

    /// Forgets what `set` did: rewriting directives of an outer location do not run for an
    /// inner one.
    pub(super) fn without_constants_of(mut self, server: &Level) -> Self {
        self.constants = server.constants.clone();
        self
    }

    pub(super) fn variables<'a>(&'a self, maps: &'a Maps) -> Variables<'a> {
        Variables { maps, constants: &self.constants }
    }

    /// What stands before the routes of this level's block: its own gates, and the guards that
    /// hold there.
    pub(super) fn gates(&self, block: &[Node<'_>]) -> Vec<Gate> {
        let own: BTreeMap<GateKind, Gate> =
            block.iter().rev().filter_map(gate).map(|gate| (gate.kind, gate)).collect();
        own.into_values().chain(self.guards.values().copied()).collect()
    }

    fn read_headers(&mut self, directives: &[Node<'_>], maps: &Maps) {
        let unseen = directives.iter().any(is_unseen);
        let lines = HeaderLines::read(directives, &self.variables(maps), self.head);
        // A file that is not seen may set headers, and so drop those above, or set what seems lost.
        let above = self.headers.take_if(|_| unseen || lines.is_some()).filter(|_| !unseen);
        self.unseen = unseen || (self.unseen && lines.is_none());
        if unseen || lines.is_some() {
            self.loss = None;
        }
        let Some((lines, because)) = lines else { return };
        let own = Arc::new(lines);
        let loss = above.map(|above| {
            let own = Arc::clone(&own);
            HeaderLoss { block: self.head, because, above, own }
        });
        self.loss = loss.filter(|loss| loss.lost().next().is_some());
        self.headers = Some(own);
    }

    /// What this level's requests carry on.
    pub(super) fn header_rules(&self) -> HeaderRules {
        let rule = |header, otherwise| HeaderRule {
            header,
            action: match self.unseen {
                true => Action::Unknown("a file that is included there is not seen"),
                false => otherwise,
            },
            decided: Decided::Absent(self.head),
        };
        let others = rule(None, Action::Pass);
        let rules = match &self.headers {
            Some(lines) => lines.rules.shared(others, self.names),
            None => HeaderRules::new(Vec::new(), others, self.names),
        };
        let upstream = Action::Set(vec![Template::variable(Variable::UpstreamHost)]);
        rules.with_default(rule(Some(HeaderName::HOST), upstream))
    }

    /// How routes of this level find the client's address.
    pub(super) fn real_ip(&self) -> Option<RealIp> {
        let own = self.real_ip.to_real_ip();
        // Levels without directives of their own share those of the server.
        let same = |a: &RealIp, b: &RealIp| Arc::ptr_eq(&a.spans, &b.spans);
        match (own, &self.server_real_ip) {
            (Some(own), Some(server)) if !same(&own, server) => {
                Some(RealIp { server: Some(Box::new(server.clone())), ..own })
            }
            (Some(own), _) => Some(own),
            (None, server) => server.clone(),
        }
    }
}

impl RealIpSettings {
    fn overridden_by(&self, directives: &[Node<'_>]) -> Self {
        let mut settings = self.clone();
        let (mut from, mut spans) = (None, Vec::new());
        for directive in directives {
            let Some(arg) = directive.arg(0) else { continue };
            match directive.name() {
                "set_real_ip_from" => {
                    let from: &mut Vec<Cidr> = from.get_or_insert_with(|| {
                        settings.unread = false;
                        Vec::new()
                    });
                    match Cidr::parse(arg) {
                        Some(range) => from.push(range),
                        None => settings.unread |= arg != "unix:",
                    }
                }
                "real_ip_header" => settings.header = Some(HeaderName::new(arg)),
                "real_ip_recursive" => settings.recursive = Some(arg == "on"),
                _ => continue,
            }
            spans.push(directive.head());
        }
        if let Some(from) = from {
            settings.from = Some(from.into());
        }
        if !spans.is_empty() {
            settings.spans = spans.into();
        }
        settings
    }

    /// Nothing happens without a trusted peer.
    fn to_real_ip(&self) -> Option<RealIp> {
        let from = self.from.clone()?;
        let header = self.header.clone().unwrap_or(HeaderName::REAL_IP);
        Some(RealIp {
            from,
            unread: self.unread,
            by_proxy_protocol: header.as_str() == "proxy_protocol",
            header,
            recursive: self.recursive.unwrap_or(false),
            spans: self.spans.clone(),
            server: None,
        })
    }
}

/// The address of a `proxy_bind`; `off` and variables leave it to the system.
fn read_bind(directive: &Node<'_>) -> Option<Address> {
    let text = directive.arg(0).filter(|text| *text != "off")?;
    let host = text.parse().ok().or_else(|| {
        let socket: std::net::SocketAddr = text.parse().ok()?;
        Some(socket.ip())
    });
    Some(host.map_or(Address::Unknown, Address::Exactly))
}

/// The files that come with nginx, and with certbot: none of them sets a header of a request.
const DISTRIBUTED: [&str; 9] = [
    "fastcgi.conf",
    "fastcgi_params",
    "koi-utf",
    "koi-win",
    "mime.types",
    "options-ssl-nginx.conf",
    "scgi_params",
    "uwsgi_params",
    "win-utf",
];

/// Whether a directive includes a file that is not among those that are read. A pattern may fit
/// none.
fn is_unseen(directive: &Node<'_>) -> bool {
    let file = directive.arg(0).filter(|file| directive.is("include") && !is_pattern(file));
    let name = file.map(|file| file.rsplit('/').next().unwrap_or(file));
    name.is_some_and(|name| !DISTRIBUTED.contains(&name))
}

/// What the rewriting directives of a block set.
fn constants(directives: &[Node<'_>]) -> BTreeMap<String, Option<Secret>> {
    let mut constants = BTreeMap::new();
    for directive in directives {
        match directive.name() {
            "set" => {
                let fixed = directive.args.get(1).filter(|word| !word.text().contains('$'));
                if let Some(name) = variable(directive) {
                    constants.insert(name, fixed.map(|word| Secret::made(word.text().to_owned())));
                }
            }
            "if" => {
                let sets = directive.children().iter().filter(|inner| inner.is("set"));
                constants.extend(sets.filter_map(variable).map(|name| (name, None)));
            }
            _ => {}
        }
    }
    constants
}

/// The variable that a `set` sets.
fn variable(set: &Node<'_>) -> Option<String> {
    Some(set.arg(0)?.strip_prefix('$')?.to_owned())
}

/// The directives that admit some clients only, and are inherited.
const GUARDS: [&str; 6] = ["allow", "deny", "auth_basic", "auth_request", "internal", "satisfy"];

fn guard(name: &str) -> Option<&'static str> {
    GUARDS.into_iter().find(|guard| *guard == name)
}

/// What a directive puts between a request and its route, unless that is a guard.
fn gate(directive: &Node<'_>) -> Option<Gate> {
    let kind = match directive.name() {
        "if" if directive.children().iter().all(only_answers) => return None,
        "return" => GateKind::Answers,
        "rewrite" | "if" | "try_files" | "limit_except" => GateKind::Redirects,
        _ => return None,
    };
    Some(Gate { kind, span: directive.head() })
}

/// Whether a directive acts on the response alone.
fn only_answers(directive: &Node<'_>) -> bool {
    matches!(directive.name(), "add_header" | "add_trailer" | "expires" | "access_log")
}

//! What a level inherits, and what its own directives replace.
//!
//! nginx has one rule for lists such as `proxy_set_header`: a level that has one of its own has
//! none of those above. Single values (`proxy_http_version`) are replaced one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use envlint_model::Span;
use envlint_parse::nginx::Directive;

use super::variable::{Maps, Variables};
use super::{Gate, GateKind, HeaderLoss};
use crate::hop::{Action, Decided, HeaderRule, HeaderRules, NameFilter, RealIp};
use crate::{Address, Cidr, HeaderName, Template, Variable};

/// The settings that hold at one level.
#[derive(Clone)]
pub(super) struct Level {
    /// The level's own head: what is pointed at when a directive is absent everywhere.
    pub(super) head: Span,
    headers: Option<Arc<HeaderSet>>,
    real_ip: RealIpSettings,
    /// The client's address as the server level finds it, once below that level.
    server_real_ip: Option<RealIp>,
    names: NameFilter,
    pub(super) http_version: Option<(String, Span)>,
    /// `proxy_bind`: the address that connections onwards come from.
    pub(super) bind: Option<Address>,
    /// What `set` gave to variables; `None` where it depends on the request.
    constants: BTreeMap<String, Option<String>>,
    /// The guards of this level and those above.
    pub(super) guards: Vec<Gate>,
}

/// The `proxy_set_header` directives of the level that has some.
struct HeaderSet {
    lines: Vec<(HeaderName, Template, Span)>,
    loss: Option<Arc<HeaderLoss>>,
}

#[derive(Clone, Default)]
struct RealIpSettings {
    from: Option<Vec<Cidr>>,
    unread: bool,
    header: Option<HeaderName>,
    recursive: Option<bool>,
    spans: Vec<Span>,
}

impl Level {
    /// The level above all others.
    pub(super) fn top(head: Span) -> Self {
        Self {
            head,
            headers: None,
            real_ip: RealIpSettings::default(),
            server_real_ip: None,
            names: NameFilter { underscores: false, invalid: false },
            http_version: None,
            bind: None,
            constants: BTreeMap::new(),
            guards: Vec::new(),
        }
    }

    /// The level of a block within this one.
    pub(super) fn enter(&self, head: Span, directives: &[Directive], maps: &Maps) -> Self {
        let mut level = Self { head, ..self.clone() };
        level.read_constants(directives);
        level.read_headers(directives, maps);
        let guards = directives.iter().filter_map(gate).filter(|g| g.kind == GateKind::Guards);
        level.guards.extend(guards);
        level.real_ip = self.real_ip.overridden_by(directives);
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
                _ => {}
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

    fn read_constants(&mut self, directives: &[Directive]) {
        for directive in directives {
            match directive.name() {
                "set" => {
                    let name = directive.arg(0).and_then(|name| name.strip_prefix('$'));
                    let text = directive.arg(1).filter(|text| !text.contains('$'));
                    if let Some(name) = name {
                        self.constants.insert(name.to_owned(), text.map(str::to_owned));
                    }
                }
                "if" => {
                    for set in directive.children().iter().filter(|inner| inner.is("set")) {
                        if let Some(name) = set.arg(0).and_then(|name| name.strip_prefix('$')) {
                            self.constants.insert(name.to_owned(), None);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn read_headers(&mut self, directives: &[Directive], maps: &Maps) {
        let variables = self.variables(maps);
        let lines: Vec<_> = directives
            .iter()
            .filter(|directive| directive.is("proxy_set_header"))
            .filter_map(|directive| {
                let name = HeaderName::new(directive.arg(0)?);
                Some((name, variables.template(directive.arg(1)?), directive.head()))
            })
            .collect();
        let Some(&(_, _, because)) = lines.first() else { return };
        let above = self.headers.as_deref().map_or(&[][..], |set| &set.lines);
        let lost: Vec<_> = above
            .iter()
            .filter(|(name, ..)| !lines.iter().any(|(own, ..)| own == name))
            .map(|(name, _, span)| (name.clone(), *span))
            .collect();
        let loss =
            (!lost.is_empty()).then(|| Arc::new(HeaderLoss { block: self.head, because, lost }));
        self.headers = Some(Arc::new(HeaderSet { lines, loss }));
    }

    /// What this level's requests carry on.
    pub(super) fn header_rules(&self) -> HeaderRules {
        let lines = self.headers.as_deref().map_or(&[][..], |set| &set.lines);
        let mut rules: Vec<HeaderRule> = Vec::new();
        for (name, template, span) in lines {
            match rules.iter_mut().find(|rule| rule.header.as_ref() == Some(name)) {
                Some(HeaderRule { action: Action::Set(templates), .. }) => {
                    templates.push(template.clone());
                }
                _ => rules.push(HeaderRule {
                    header: Some(name.clone()),
                    action: Action::Set(vec![template.clone()]),
                    decided: Decided::Directive(*span),
                }),
            }
        }
        let absent = Decided::Absent(self.head);
        if !rules.iter().any(|rule| rule.header == Some(HeaderName::HOST)) {
            rules.push(HeaderRule {
                header: Some(HeaderName::HOST),
                action: Action::Set(vec![Template::variable(Variable::UpstreamHost)]),
                decided: absent,
            });
        }
        let others = HeaderRule { header: None, action: Action::Pass, decided: absent };
        HeaderRules { rules, others, names: self.names }
    }

    pub(super) fn loss(&self) -> Option<Arc<HeaderLoss>> {
        self.headers.as_ref().and_then(|set| set.loss.clone())
    }

    /// How routes of this level find the client's address.
    pub(super) fn real_ip(&self) -> Option<RealIp> {
        let own = self.real_ip.to_real_ip();
        let same = |a: &RealIp, b: &RealIp| a.spans == b.spans;
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
    fn overridden_by(&self, directives: &[Directive]) -> Self {
        let mut own = RealIpSettings::default();
        for directive in directives {
            let Some(arg) = directive.arg(0) else { continue };
            match directive.name() {
                "set_real_ip_from" => {
                    let from = own.from.get_or_insert_default();
                    match Cidr::parse(arg) {
                        Some(range) => from.push(range),
                        None => own.unread |= arg != "unix:",
                    }
                }
                "real_ip_header" => own.header = Some(HeaderName::new(arg)),
                "real_ip_recursive" => own.recursive = Some(arg == "on"),
                _ => continue,
            }
            own.spans.push(directive.head());
        }
        let outer = self.clone();
        Self {
            unread: if own.from.is_some() { own.unread } else { outer.unread },
            from: own.from.or(outer.from),
            header: own.header.or(outer.header),
            recursive: own.recursive.or(outer.recursive),
            spans: if own.spans.is_empty() { outer.spans } else { own.spans },
        }
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
fn read_bind(directive: &Directive) -> Option<Address> {
    let text = directive.arg(0).filter(|text| *text != "off")?;
    let host = text.parse().ok().or_else(|| {
        let socket: std::net::SocketAddr = text.parse().ok()?;
        Some(socket.ip())
    });
    Some(host.map_or(Address::Unknown, Address::Exactly))
}

/// What a directive puts between a request and its route, if it does.
pub(super) fn gate(directive: &Directive) -> Option<Gate> {
    let kind = match directive.name() {
        "if" if directive.children().iter().all(only_answers) => return None,
        "return" => GateKind::Answers,
        "rewrite" | "if" | "try_files" | "limit_except" => GateKind::Redirects,
        "allow" | "deny" | "auth_basic" | "auth_request" | "internal" | "satisfy" => {
            GateKind::Guards
        }
        _ => return None,
    };
    Some(Gate { kind, span: directive.head() })
}

/// Whether a directive acts on the response alone.
fn only_answers(directive: &Directive) -> bool {
    matches!(directive.name(), "add_header" | "add_trailer" | "expires" | "access_log")
}

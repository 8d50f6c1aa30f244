//! Directives to servers and routes.

use std::sync::Arc;

use envlint_model::{Span, Truth};
use envlint_parse::nginx::Document;

use super::include::{Expander, Included, Node};
use super::inherit::Level;
use super::upstream::{self, Upstreams};
use super::variable::Maps;
use super::{Config, Includes, Listen, Location, Matcher, Route, Server, ServerName};

pub(super) fn read(document: &Document, includes: &dyn Includes) -> Config {
    let included = Included::by(document, includes);
    let (directives, problems) = Expander::expand(document, &included);
    let start = document.source().span(0..0);
    let mut config = Config { servers: Vec::new(), problems };
    let https: Vec<&Node<'_>> = directives.iter().filter(|d| d.is("http")).collect();
    let top = Level::top(start);
    if https.is_empty() {
        read_http(&directives, start, &top, &mut config);
    }
    for http in https {
        read_http(http.children(), http.head(), &top, &mut config);
    }
    config
}

/// The content of `http`, or of a file that is included there, or in a server.
fn read_http(directives: &[Node<'_>], head: Span, top: &Level, config: &mut Config) {
    let maps = Maps::read(directives);
    let upstreams: Upstreams = directives
        .iter()
        .filter(|directive| directive.is("upstream"))
        .filter_map(upstream::read_block)
        .collect();
    let level = top.enter(head, directives, &maps);
    for server in directives.iter().filter(|directive| directive.is("server")) {
        if server.block.is_some() {
            let reader = ServerReader::new(server.children(), server.head(), &maps, &upstreams);
            config.servers.push(reader.read(&level));
        }
    }
    if directives.iter().any(|directive| directive.is("location")) {
        let mut reader = ServerReader::new(directives, head, &maps, &upstreams);
        reader.listens = Arc::new([Listen::unseen(head)]);
        reader.seen = false;
        config.servers.push(reader.read(top));
    }
}

struct ServerReader<'a> {
    directives: &'a [Node<'a>],
    head: Span,
    maps: &'a Maps,
    upstreams: &'a Upstreams,
    listens: Arc<[Listen]>,
    names: Vec<ServerName>,
    /// The name by which it calls itself.
    called: Arc<str>,
    /// Whether the server itself is in the files, or only a part of it.
    seen: bool,
}

impl<'a> ServerReader<'a> {
    fn new(
        directives: &'a [Node<'a>],
        head: Span,
        maps: &'a Maps,
        upstreams: &'a Upstreams,
    ) -> Self {
        let named = |name| directives.iter().filter(move |directive| directive.is(name));
        let mut listens: Vec<Listen> = named("listen").map(|listen| Listen::read(listen)).collect();
        if listens.is_empty() {
            listens.push(Listen::implied(head));
        }
        if named("ssl").any(|ssl| ssl.arg(0) == Some("on")) {
            listens.iter_mut().for_each(|listen| listen.tls = Truth::True);
        }
        let mut names: Vec<ServerName> = named("server_name")
            .flat_map(|directive| &directive.args)
            .map(|name| ServerName::new(name.text(), name.span))
            .collect();
        if names.is_empty() {
            names.push(ServerName::new("", head));
        }
        let called = names.first().map_or("", ServerName::variable).into();
        let listens = listens.into();
        Self { directives, head, maps, upstreams, listens, names, called, seen: true }
    }

    fn read(&self, http: &Level) -> Server {
        let mut level = http.enter(self.head, self.directives, self.maps);
        level.seal_server();
        Server {
            listens: Arc::clone(&self.listens),
            names: self.names.clone(),
            locations: self.locations(self.directives, &level, &level),
            gates: level.gates(self.directives),
            span: self.head,
        }
    }

    fn locations(&self, block: &[Node<'_>], level: &Level, server: &Level) -> Vec<Location> {
        block
            .iter()
            .filter(|directive| directive.is("location") && directive.block.is_some())
            .map(|directive| self.location(directive, level, server))
            .collect()
    }

    fn location(&self, directive: &Node<'_>, outer: &Level, server: &Level) -> Location {
        let matcher = Matcher::read(directive);
        let outer = outer.clone().without_constants_of(server);
        let level = outer.enter(directive.head(), directive.children(), self.maps);
        let mut routes = Vec::new();
        for block in directive.children() {
            if matches!(block.name(), "if" | "limit_except") {
                let inner = level.enter(block.head(), block.children(), self.maps);
                routes.extend(self.route(&matcher, block.children(), &inner, true));
            }
        }
        routes.extend(self.route(&matcher, directive.children(), &level, false));
        Location {
            children: self.locations(directive.children(), &level, server),
            gates: level.gates(directive.children()),
            matcher,
            routes,
            span: directive.head(),
        }
    }

    fn route(
        &self,
        matcher: &Matcher,
        block: &[Node<'_>],
        level: &Level,
        conditional: bool,
    ) -> Option<Route> {
        let pass = block.iter().find(|directive| directive.is("proxy_pass"))?;
        Some(Route {
            name: self.route_name(matcher),
            listens: Arc::clone(&self.listens),
            server_name: Arc::clone(&self.called),
            server: self.head,
            location: level.head,
            pass: pass.head(),
            conditional,
            upstream: upstream::read_pass(pass, self.upstreams, &level.variables(self.maps)),
            headers: level.header_rules(),
            real_ip: level.real_ip(),
            bind: level.bind.clone(),
            http_version: level.http_version.clone(),
            loss: level.loss.clone(),
        })
    }

    /// `server app.example.com /api/`; a server without a name is called by its first port.
    fn route_name(&self, matcher: &Matcher) -> String {
        if !self.seen {
            return format!("location {}", matcher.text());
        }
        let name = self.names.first().map_or("", |name| name.text.as_str());
        let server = match (name, self.listens.first().and_then(|listen| listen.port)) {
            ("" | "_", Some(port)) => format!("on port {port}"),
            ("" | "_", None) => "without name".to_owned(),
            (name, _) => name.to_owned(),
        };
        format!("server {server} {}", matcher.text())
    }
}

//! nginx: from directives to servers, locations and the routes through them.
//!
//! Reading follows nginx's own two steps. First everything that is inherited is worked out
//! level by level ([`Config::read`]); what remains is a list of [`Route`]s, each with what it
//! sends to its upstream, wherever the directives stood. Then a request picks its server and
//! location ([`Config::select`]), with the precedence that `ngx_http_find_virtual_server` and
//! `ngx_http_core_find_location` have.
//!
//! Directives that change a request in ways that are not followed (`rewrite`, `if`, ...) are
//! kept as [`Gate`]s: a route is known, but whether a certain request takes it is not.

mod hosts;
mod include;
mod inherit;
mod listen;
mod location;
mod read;
mod select;
mod upstream;
mod variable;

use std::sync::Arc;

use envlint_model::Span;
use envlint_parse::nginx::Document;

use crate::hop::{HeaderRules, Hop, HopKind, Listener};
use crate::{Address, RealIp};

pub use hosts::{Answering, Answers, Hosts};
pub use include::{
    Includes, MAX_DIRECTIVES, MAX_INCLUDE_DEPTH, MAX_INCLUDED_FILES, NoIncludes, matching_files,
};
pub use inherit::HeaderLoss;
pub use listen::{Listen, ListenAddress, ServerName};
pub use location::{Location, Matcher};
pub use select::Selection;
pub use upstream::{Endpoint, Upstream};

/// What an nginx does with requests.
#[derive(Clone, Default)]
pub struct Config {
    /// The servers, in the order of the configuration.
    pub servers: Vec<Server>,
    /// What was left out of account.
    pub problems: Vec<Problem>,
}

/// A `server` block of `http`.
#[derive(Clone)]
pub struct Server {
    /// What it listens on; port 80 of every address if it does not say.
    pub listens: Arc<[Listen]>,
    /// The names that it answers to; without any, the empty one.
    pub names: Vec<ServerName>,
    /// Its locations, in order.
    pub locations: Vec<Location>,
    /// What stands between a request and all of its locations.
    pub gates: Vec<Gate>,
    /// The head of the block.
    pub span: Span,
}

/// A way through the proxy: a location (or an `if` in one) that passes requests on.
#[derive(Clone)]
pub struct Route {
    /// A name that survives edits elsewhere in the file: `server app.example.com /api/`.
    pub name: String,
    /// What the server listens on.
    pub listens: Arc<[Listen]>,
    /// The name by which the server calls itself.
    pub server_name: Arc<str>,
    /// The head of the `server` block.
    pub server: Span,
    /// The head of the innermost block that holds the `proxy_pass`.
    pub location: Span,
    /// The `proxy_pass`.
    pub pass: Span,
    /// Whether only some requests of the location take it (`if`, `limit_except`).
    pub conditional: bool,
    /// Where it leads.
    pub upstream: Upstream,
    /// What happens to headers.
    pub headers: HeaderRules,
    /// How the client's address is found.
    pub real_ip: Option<RealIp>,
    /// `proxy_bind`: the address from which it connects onwards, if the configuration says.
    pub bind: Option<Address>,
    /// `proxy_http_version`, if it is set.
    pub http_version: Option<(String, Span)>,
    /// The headers that a block on the way has dropped, if one has.
    pub loss: Option<HeaderLoss>,
}

/// A directive that may keep a request from its route, or change it. The first one of a block
/// stands for all others like it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gate {
    /// What it does.
    pub kind: GateKind,
    /// Where it is written.
    pub span: Span,
}

/// What a gate does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GateKind {
    /// Answers every request itself: `return`.
    Answers,
    /// Changes the path or the route: `rewrite`, `if`, `try_files`, `limit_except`.
    Redirects,
    /// Admits some clients only: `allow`, `deny`, `auth_basic`, `auth_request`, `internal`.
    Guards,
}

/// What was left out of account, and why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The directive.
    pub span: Span,
    /// Why it was left out.
    pub kind: ProblemKind,
}

/// Why a directive was left out of account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ProblemKind {
    /// An `include` of a file that is not there or can not be seen from here.
    IncludeNotFound,
    /// An `include` of a file that is being read.
    IncludeCycle,
    /// More than [`MAX_INCLUDE_DEPTH`] files deep, more than [`MAX_INCLUDED_FILES`] files, or
    /// more than [`MAX_DIRECTIVES`] directives in all of them.
    TooManyIncludes,
}

impl ProblemKind {
    /// The reason in words that continue "not verified: ...". A file that is not there may be
    /// one of the machine's own, such as `mime.types`, and is not worth a word.
    pub fn why(self) -> Option<String> {
        Some(match self {
            ProblemKind::IncludeNotFound => return None,
            ProblemKind::IncludeCycle => "it includes a file that includes it".to_owned(),
            ProblemKind::TooManyIncludes => format!(
                "from here on included files are not followed: they nest more than \
                 {MAX_INCLUDE_DEPTH} deep, are more than {MAX_INCLUDED_FILES}, or have more than \
                 {MAX_DIRECTIVES} directives"
            ),
        })
    }
}

impl Config {
    /// Reads a configuration, a file for `conf.d`, or a snippet for a server: locations that
    /// stand outside of any server belong to one that is not seen.
    pub fn read(document: &Document, includes: &dyn Includes) -> Config {
        read::read(document, includes)
    }

    /// Every route, in the order of the configuration.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.servers.iter().flat_map(Server::routes).map(|(_, route)| route)
    }
}

impl Server {
    /// Every location, outer ones first.
    pub fn all_locations(&self) -> impl Iterator<Item = &Location> {
        let mut pending: Vec<&Location> = self.locations.iter().rev().collect();
        std::iter::from_fn(move || {
            let location = pending.pop()?;
            pending.extend(location.children.iter().rev());
            Some(location)
        })
    }

    /// Every route, with the matcher of its location, outer locations first.
    pub fn routes(&self) -> impl Iterator<Item = (&Matcher, &Route)> {
        self.all_locations().flat_map(|location| {
            location.routes.iter().map(move |route| (&location.matcher, route))
        })
    }
}

impl Route {
    /// The hop that a request takes when it comes in by `listen` (one of [`Route::listens`]).
    /// `name` is the proxy's, `address` what the upstream sees of it unless `proxy_bind` sets
    /// another.
    pub fn hop(&self, name: &str, listen: &Listen, address: Address) -> Hop {
        Hop {
            name: name.to_owned(),
            kind: HopKind::Nginx,
            route: self.name.clone(),
            address: self.bind.clone().unwrap_or(address),
            listener: Listener {
                tls: listen.tls,
                port: listen.port,
                address: listen.address.known(),
                server_name: Arc::clone(&self.server_name),
                span: Some(listen.span),
            },
            upstream: self.upstream.host.clone(),
            real_ip: self.real_ip.clone(),
            headers: self.headers.clone(),
            loss: self.loss.clone(),
            location: Some(self.location),
            pass: Some(self.pass),
        }
    }
}

//! The proxy chain in front of a service, simulated.
//!
//! Whether `TRUST_PROXY=1` is right can not be read off a number of boxes. It depends on what
//! each hop writes into each header, on what a client may have written there before, and on
//! which of it the framework picks. So nothing here counts: a request is followed through the
//! chain, and the question is always *who decides* what the application sees in the end.
//!
//! - A reader of a product ([`nginx`]) turns its configuration into [`Hop`]s: templates per
//!   header, each with the directive that decides it. Hops that only a manifest knows are made
//!   by [`declared_hop`] from what is documented of them.
//! - [`Topology`] joins hops to [`Chain`]s, from the internet to a service.
//! - [`Hop::forward`] sends a request through a hop. Texts keep their authors ([`Source`]), so
//!   that the same simulation predicts the bytes of a real request and proves what holds for
//!   every request.
//! - [`express`] and [`authjs`] say what an application makes of what arrives; [`Verdict`] says
//!   whether that is the truth, whoever asks.
//!
//! The simulation is held against 1379 measured requests through real nginx in front of real
//! Express (`tests/proxylab.rs`), request by request and verdict by verdict.
//!
//! ```
//! # use envlint_model::{Form, Sources};
//! # use envlint_parse::nginx::parse;
//! use envlint_proxy::express::{ExpressSetting, counts_that_fit};
//! use envlint_proxy::nginx::{Config, NoIncludes};
//! use envlint_proxy::{Address, Chain, Entry, HeaderName, Verdict};
//!
//! # let text: Box<str> = "
//! # server { listen 443 ssl; server_name app.example.com; location / {
//! #   proxy_set_header Host $host;
//! #   proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//! #   proxy_set_header X-Forwarded-Proto $scheme;
//! #   proxy_pass http://app:3000; } }".into();
//! # let source = Sources::default().add("nginx.conf".into(), Form::Plain, text.into());
//! // An nginx that appends to X-Forwarded-For and forgets X-Forwarded-Host.
//! let (document, _) = parse(&source);
//! let config = Config::read(&document, &NoIncludes);
//! let route = config.routes().next().unwrap();
//! let hops = vec![route.hop("nginx", &route.listens[0], Address::Unknown)];
//! let chain = Chain::new("app".into(), Entry::Published(None), hops)
//!     .with_host(Some("app.example.com".into()));
//!
//! let judgement = ExpressSetting::Hops(1).judge(&chain);
//! assert_eq!(judgement.ip, Verdict::Right);
//! assert_eq!(judgement.hostname, Verdict::Forgeable(HeaderName::FORWARDED_HOST));
//! assert_eq!(counts_that_fit([&chain]), [1]);
//! ```

mod address;
mod assemble;
mod declared;
mod framework;
mod header;
pub mod hop;
pub mod nginx;
mod onward;
mod simulate;
mod template;
mod text;
mod topology;

pub use address::{Address, Cidr};
pub use assemble::{Configuration, Proxies, assemble};
pub use declared::declared_hop;
pub use framework::{Arrivals, Judgement, Verdict, View, authjs, express};
pub use header::{HeaderName, Headers};
pub use hop::{
    Action, Decided, Effect, HeaderRule, HeaderRules, Hop, HopKind, Listener, NameFilter, RealIp,
    With,
};
pub use simulate::{Client, Message, Peer, through};
pub use template::{Choice, Part, Template, Variable};
pub use text::{Content, Fragment, MAX_FRAGMENTS, Source, Text};
pub use topology::{
    Chain, DeclaredHop, Entry, MAX_CHAIN_LINES, MAX_CHAINS, MAX_HOPS, MAX_WAYS, Paths, Proxy,
    Surroundings, Target, Topology, Way,
};

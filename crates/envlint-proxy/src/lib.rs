//! The proxy chain in front of a service, simulated.

mod address;
mod declared;
mod framework;
mod header;
pub mod hop;
pub mod nginx;
mod simulate;
mod template;
mod text;
mod topology;

pub use address::{Address, Cidr};
pub use declared::declared_hop;
pub use framework::{Judgement, Verdict, View, authjs, express};
pub use header::{HeaderName, Headers};
pub use hop::{
    Action, Decided, Effect, HeaderRule, HeaderRules, Hop, HopKind, Listener, NameFilter, RealIp,
    With,
};
pub use simulate::{Client, Message, Peer, through};
pub use template::{Choice, Part, Template, Variable};
pub use text::{Content, Fragment, Source, Text};
pub use topology::{
    Chain, DeclaredHop, Entry, MAX_CHAINS, MAX_HOPS, Paths, Proxy, Surroundings, Target, Topology,
    Way,
};

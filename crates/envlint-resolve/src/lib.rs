//! Effective environments: what each process will really see, and the network between them.
//!
//! Sources are laid over each other as their real readers do, every piece of every value keeps
//! the place that it came from, and a file that can not be opened leaves values that are
//! unknown, not values that are missing.

mod compose;
mod deployment;
mod launch;
mod names;
mod network;
mod resolve;
mod sops;

pub use compose::MAX_SERVICES;
pub use deployment::{
    Deployment, MAX_SHADOWS, Problem, Setting, Variables, Vault, VaultError, VaultState, Workload,
};
pub use network::{ANY_ADDRESS, Endpoint, Network, Publication, Reached, Vantage, is_loopback};
pub use resolve::resolve;

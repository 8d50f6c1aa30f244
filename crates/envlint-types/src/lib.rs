//! Typed configuration values: keys, origins, URLs, ports, trust settings.

pub mod kinds;

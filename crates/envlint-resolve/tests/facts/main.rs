//! What reaches a process, as facts: small files as people write them, and what the container
//! sees of them. One row of a table is one fact of Docker Compose, measured with compose-go at
//! 2026-07-21 unless the row's table says otherwise.

mod support;

mod bounds;
mod env_file;
mod environment;
mod files;
mod interpolation;
mod merge_keys;
mod networks;
mod places;
mod sops;
mod sources;

//! Located documents from text: dotenv, YAML, JSON, TOML, nginx,
//! Dockerfiles.

pub mod builds;
pub mod commands;
pub mod de;
pub mod dockerfile;
pub mod dockerignore;
pub mod documents;
pub mod dotenv;
mod glob;
pub mod json;
pub mod mentions;
pub mod mounts;
pub mod nginx;
pub mod template;
pub mod toml;
pub mod tree;
pub mod yaml;

pub use documents::{Documents, Parsed};

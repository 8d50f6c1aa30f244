//! The manifest envlint.toml, and discovery.

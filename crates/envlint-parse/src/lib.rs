//! Located documents from text: dotenv, YAML, JSON, TOML, nginx.

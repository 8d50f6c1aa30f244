//! Typed configuration for services: one struct says what a service reads from its environment, and
//! is filled from there, or every mistake is told at once.
//!
//! ```
//! use envlint_config::types::{CorsOrigins, Key, Port, TrustProxy};
//! use envlint_config::{Loader, SecretString};
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//!
//! /// Sends the mail of the other services.
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
//! struct Mailer {
//!     /// Where it listens.
//!     #[serde(default = "Port::of::<8080>")]
//!     port: Port,
//!     /// Signs the links in mails.
//!     signing_key: Key<32>,
//!     /// The front ends that may call it.
//!     cors_origins: CorsOrigins,
//!     /// How many reverse proxies stand before it.
//!     #[serde(default)]
//!     trust_proxy: TrustProxy,
//!     /// The server that sends: `SMTP__HOST`, `SMTP__PASSWORD`.
//!     smtp: Smtp,
//! }
//!
//! /// A mail server.
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
//! struct Smtp {
//!     host: String,
//!     password: Option<SecretString>,
//! }
//!
//! // In `main`, this is `envlint_config::load()?`; a test gives pairs.
//! let error = Loader::new()
//!     .pairs([("SIGNING_KEY", "c0ffee"), ("CORS_ORIGINS", "https://app.example.com"), ("PORT", "http")])
//!     .load::<Mailer>()
//!     .err()
//!     .unwrap();
//! assert_eq!(error.to_string(), "\
//! 3 mistakes in the configuration of Mailer
//!
//! PORT is not a port, a whole number from 1 to 65535
//!   at:      given by the program
//!   write:   PORT=... with a port, a whole number from 1 to 65535
//!
//! SIGNING_KEY is 3 bytes, 32 are needed
//!   at:      given by the program
//!   why:     must be a key of 32 bytes, written as 64 hexadecimal digits
//!   write:   a new one, `openssl rand -hex 32`; if data is already encrypted with the old key, \
//! restore that one
//!
//! SMTP__HOST is not set, and is required
//!   write:   SMTP__HOST=...");
//!
//! let config: Mailer = Loader::new()
//!     .pairs([
//!         ("SIGNING_KEY", "00".repeat(32).as_str()),
//!         ("CORS_ORIGINS", "https://app.example.com"),
//!         ("SMTP__HOST", "mail.internal"),
//!     ])
//!     .load()?;
//! assert_eq!(config.port.get(), 8080);
//! assert!(config.cors_origins.allows("https://app.example.com"));
//! # Ok::<(), envlint_config::LoadError>(())
//! ```
//!
//! # The struct
//!
//! It derives serde's `Deserialize` and schemars' `JsonSchema`, so a service depends on `serde` 1
//! and `schemars` 1 as well; who would rather not name the latter writes
//! `#[schemars(crate = "envlint_config::schemars")]` beside the derived trait. Field names are the variables'
//! names, as serde has them; a field that is a struct has its name and `__` before those of its
//! fields. [`Loader::prefix`], [`Loader::separator`] and [`Loader::upper_case`] change that. Names
//! in the environment are made from the schema, so a `_` in a name is never taken for a separator.
//!
//! Fields may have the types of [`types`], types of Rust, and types of your own. `Option` and
//! `#[serde(default)]` make a variable optional. Lists and maps are written as JSON; types such as
//! [`CorsOrigins`](types::CorsOrigins) are written as items between commas. A `bool` is `true` or
//! `false`; [`LiteralTrue`](types::LiteralTrue) and its like accept more, each in its way. What is
//! secret has a type that says so: [`SecretString`], [`Token`](types::Token), [`Key`](types::Key),
//! [`DatabaseUrl`](types::DatabaseUrl).
//!
//! What else there is to say of a variable stands beside it, and the loader follows it:
//!
//! ```
//! # use envlint_config::{JsonSchema, SecretString, types::TrustProxy};
//! # use serde::Deserialize;
//! #[derive(Deserialize, JsonSchema)]
//! #[schemars(extend("x-envlint" = {
//!     "relations": [{ "any-of": ["password", "token"], "because": "nobody could sign in" }],
//! }))]
//! struct Api {
//!     /// May also be in the file that `password_FILE` names.
//!     #[schemars(extend("x-envlint" = { "or-file": true, "formerly": ["pass"] }))]
//!     password: Option<SecretString>,
//!     token: Option<SecretString>,
//!     #[schemars(extend("x-envlint" = { "required": { "environment": "production" } }))]
//!     trust_proxy: Option<TrustProxy>,
//! }
//! ```
//!
//! # The same struct before a deploy
//!
//! [`assert_schema`] keeps a JSON Schema file equal to the struct. Named in `envlint.toml`, it is
//! what `envlint check` holds the files of a deploy against, so that the errors of this crate are
//! found before the service is started.
//!
//! # What never happens
//!
//! - Nothing reads a `.env` that was not named. [`load`] reads the environment of the process.
//! - No value is in an error, in its `Debug` or in its source, whoever made the error: those of
//!   other people's types are dropped unread, as they may quote.
//!
//! # Features
//!
//! None is on by default. `age` adds `Loader::age_file`, `figment` the module of that name, and
//! `foreign` enforces keywords of JSON Schema for which envlint has no kind, such as `multipleOf`;
//! without it, a struct that uses one is refused.
mod de;
mod error;
#[cfg(feature = "figment")]
pub mod figment;
mod loader;
mod place;
mod plan;
mod schema_file;
mod secret;
mod source;
mod words;

pub use envlint_model::{Files, MemoryFiles, Reader};
pub use envlint_types as types;
pub use error::{LoadError, Mistake};
pub use loader::{Loaded, Loader};
pub use place::Place;
pub use schema_file::assert_schema;
pub use schemars::{self, JsonSchema};
pub use secrecy;
pub use secret::SecretString;

/// Loads a configuration from the environment of the process, and from nothing else.
///
/// ```no_run
/// # #[derive(serde::Deserialize, envlint_config::JsonSchema)] struct Api { port: u16 }
/// # fn main() -> Result<(), envlint_config::LoadError> {
/// let config: Api = envlint_config::load()?;
/// # Ok(()) }
/// ```
pub fn load<T: serde::de::DeserializeOwned + JsonSchema>() -> Result<T, LoadError> {
    Loader::new().process_environment().load()
}

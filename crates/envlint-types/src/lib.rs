//! Typed configuration values: keys, tokens, origins, URLs, hosts, durations, certificates, trust
//! settings.
//!
//! Two halves. [`kinds`] holds pure functions over text, which the linter uses as well. The
//! types here are what a service holds in its configuration struct: each is made from text by
//! `FromStr` or by serde, and describes itself to JSON Schema, kind included, under `x-envlint`.
//! One struct over these types therefore is the loader's target and the linter's schema.
//!
//! A value that is secret ([`Key`], [`Token`], [`DatabaseUrl`], [`ConnectionUrl`], [`Jwt`],
//! [`PemKey`]) is wiped from memory when it is dropped and has no `Debug`, `Display` or
//! `Serialize`. No error holds the text that it refuses, also not where serde would usually quote
//! it.
//!
//! ```
//! use envlint_types::{CorsOrigins, Key, TrustProxy};
//!
//! let key = "00".repeat(32).parse::<Key<32>>()?;
//! assert_eq!(key.bytes().len(), 32);
//! assert_eq!("2".parse::<TrustProxy>()?.hops(), Some(2));
//! let origins: CorsOrigins = "https://app.example.com".parse()?;
//! assert!(origins.allows("https://app.example.com"));
//! assert!("*".parse::<CorsOrigins>().is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod kinds;

mod addresses;
mod connections;
mod documents;
mod formats;
mod lists;
mod names;
mod network;
mod numbers;
mod quantities;
mod secrets;
mod switches;
mod text;

pub use addresses::{Cidr, IpAddress};
pub use connections::{
    Amqp, AmqpUrl, ConnectionUrl, Redis, RedisUrl, S3, S3Url, Server, Smtp, SmtpUrl,
};
pub use documents::{Json, Jwt, PemKey};
pub use formats::{
    AbsolutePath, AgeRecipient, Cron, Date, DateTime, Domain, FilePath, Host, PemCertificate,
    Regex, SemVer, Uuid,
};
pub use lists::{List, ListError};
pub use names::{DomainList, DomainListError, Email, Locale, TimeZone};
pub use network::{CorsOrigins, CorsOriginsError, HttpUrl, Origin, Port, TrustProxy};
pub use numbers::{Fraction, Integer, NonNegative, Positive};
pub use quantities::{
    Bare, ByteSize, Days, Duration, Millis, Minutes, NeedsUnit, Percentage, Seconds,
};
pub use secrets::{
    Base64, DatabaseUrl, Encoded, Hex, Key, ParseUrlError, Postgres, Schemes, Token,
};
pub use switches::{AnyText, LiteralOne, LiteralTrue};

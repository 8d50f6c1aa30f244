//! What a text must be to count as a key, a URL, an origin, and how exactly it fails to.
//!
//! Every function here is pure over `&str`, allocates nothing that holds the text, and reports
//! positions as byte ranges of that text, so that a linter can point into a file and a loader
//! can refuse a value with the same words. No error holds any part of the text.

pub mod address;
pub mod age;
pub mod boolean;
pub mod cron;
pub mod date;
pub mod domain;
pub mod email;
pub mod format;
pub mod host;
pub mod json;
pub mod jwt;
pub mod key;
pub mod list;
pub mod locale;
pub mod number;
pub mod origin;
pub mod path;
pub mod pem;
pub mod quantity;
pub mod regex;
pub mod semver;
pub mod time_zone;
pub mod token;
pub mod trust_proxy;
pub mod url;
pub mod uuid;

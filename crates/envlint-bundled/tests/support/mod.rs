//! Environments for tests.
#![allow(dead_code, reason = "no test needs all of them")]

use std::collections::BTreeMap;

use envlint_model::{Form, Name, Origin, Reader, Secret, Sources, Value};
use zeroize::Zeroizing;

/// A key as a test may hold one: 32 bytes that no machine would draw.
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A token that every bundled schema accepts.
pub(crate) const TOKEN: &str = "CANARY-CANARY-CANARY-CANARY-CANARY";

/// The least that the engine runs with in production, behind a proxy.
pub(crate) const ENGINE: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgresql://polyant:CANARY@postgres:5432/polyant"),
    ("ENCRYPTION_KEY", KEY),
    ("AUTH_SECRET", TOKEN),
    ("AUTH_INTERNAL_SECRET", TOKEN),
    ("CORS_ORIGINS", "https://app.example.com"),
    ("TRUST_PROXY", "1"),
    ("INITIAL_ADMIN_PASSWORD", "CANARY"),
    ("BASE_URL", "https://engine.example.com"),
    ("NODE_ENV", "production"),
];

/// The least that web runs with in production, behind a proxy.
pub(crate) const WEB: &[(&str, &str)] = &[
    ("AUTH_SECRET", TOKEN),
    ("AUTH_INTERNAL_SECRET", TOKEN),
    ("AUTH_TRUST_HOST", "true"),
    ("DATABASE_URL", "postgresql://polyant:CANARY@postgres:5432/polyant"),
    ("INTERNAL_ENGINE_URL", "http://engine:4000"),
];

pub(crate) type Environment = BTreeMap<String, String>;

pub(crate) fn environment(pairs: &[(&str, &str)]) -> Environment {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

pub(crate) fn values(environment: &Environment) -> BTreeMap<Name, Value> {
    let file = Sources::default().add(".env".into(), Form::Plain, Zeroizing::new("".into()));
    let origin = Origin::new(file.span(0..0), Reader::Compose);
    let value = |text: &String| Value::literal(Secret::made(text.clone()), origin.clone());
    environment.iter().map(|(name, text)| (Name::new(name), value(text))).collect()
}

//! The recorded files, and identities without a process around them.
#![allow(dead_code, reason = "each test file uses a part")]

use envlint_model::{MemoryFiles, ProcessEnvironment, Secret};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../fixtures/age/", $name))
    };
}

pub(crate) const PLAIN: &[u8] = fixture!("plain.env");
pub(crate) const IDENTITY: &str = include_str!("../../../../fixtures/age/identity.txt");
pub(crate) const OTHER_IDENTITY: &str = include_str!("../../../../fixtures/age/other-identity.txt");

pub(crate) const BINARY: &[u8] = fixture!("binary.age");
pub(crate) const ARMORED: &[u8] = fixture!("armored.age");
pub(crate) const CRLF: &[u8] = fixture!("crlf.age");
pub(crate) const TWO_RECIPIENTS: &[u8] = fixture!("two-recipients.age");
pub(crate) const OTHER_RECIPIENTS: &[u8] = fixture!("other-recipients.age");
pub(crate) const SEVENTY_RECIPIENTS: &[u8] = fixture!("70-recipients.age");
pub(crate) const EMPTY: &[u8] = fixture!("empty.age");
pub(crate) const PASSPHRASE: &[u8] = fixture!("passphrase.age");
pub(crate) const TRUNCATED: &[u8] = fixture!("truncated.age");
pub(crate) const CHANGED_HEADER: &[u8] = fixture!("changed-header.age");
pub(crate) const CHANGED_CONTENT: &[u8] = fixture!("changed-content.age");

/// The line of an identity file that is the identity.
pub(crate) fn key(file: &str) -> &str {
    file.lines().last().unwrap()
}

pub(crate) fn environment(variables: &[(&str, &str)]) -> ProcessEnvironment {
    let variable =
        |(name, value): &(&str, &str)| ((*name).to_owned(), Secret::made((*value).to_owned()));
    variables.iter().map(variable).collect()
}

/// The usual surroundings: an identity file, named by a variable.
pub(crate) fn usual() -> (MemoryFiles, ProcessEnvironment) {
    let files = MemoryFiles::new().with("keys/test.txt", IDENTITY);
    (files, environment(&[("ENVLINT_AGE_IDENTITY_FILE", "keys/test.txt")]))
}

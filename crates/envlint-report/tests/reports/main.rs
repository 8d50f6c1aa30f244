//! What people and programs are shown, on made-up files whose secrets all contain CANARY.
#![allow(
    clippy::disallowed_methods,
    reason = "the tests compare with committed files, and write them when asked to"
)]

mod leaks;
mod machines;
mod people;
mod sample;

use std::path::Path;

/// Compares with a committed file, or writes it if `ENVLINT_UPDATE` is set to 1. `path` is
/// relative to this crate.
#[track_caller]
fn compare(path: &str, actual: &str) {
    assert!(!actual.contains("CANARY"), "{path} shows a secret");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{} is not what is made now (ENVLINT_UPDATE=1 writes it):\n{actual}",
        path.display()
    );
}

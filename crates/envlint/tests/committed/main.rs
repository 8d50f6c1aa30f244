//! Files that are written from the code and committed: a page for every rule in `docs/rules/`,
//! the JSON Schemas in `schemas/`. `ENVLINT_UPDATE=1 cargo test` writes them, and removes what
//! the code no longer knows.
#![allow(
    clippy::disallowed_methods,
    reason = "the tests compare with committed files, and write them when asked to"
)]

mod pages;
mod schemas;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Compares a directory, as paths below it with their texts, with what is committed; or writes it
/// if `ENVLINT_UPDATE` is set to 1.
#[track_caller]
fn compare(directory: &str, wanted: &BTreeMap<String, String>) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(directory);
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        write(&directory, wanted);
    }
    let committed = read(&directory);
    let differ = |path: &&String| wanted.get(*path) != committed.get(*path);
    let mut differing: Vec<&String> =
        wanted.keys().chain(committed.keys()).filter(differ).collect();
    differing.sort();
    differing.dedup();
    assert!(
        differing.is_empty(),
        "not what is made now (ENVLINT_UPDATE=1 writes it): {differing:?} of {}",
        directory.display()
    );
}

fn write(directory: &Path, wanted: &BTreeMap<String, String>) {
    for path in read(directory).keys().filter(|path| !wanted.contains_key(*path)) {
        fs::remove_file(directory.join(path)).unwrap();
    }
    for (path, text) in wanted {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Every file below a directory.
fn read(directory: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut pending: Vec<PathBuf> = vec![directory.to_owned()];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = fs::read_to_string(&path) {
            let below = path.strip_prefix(directory).unwrap().to_str().unwrap();
            found.insert(below.replace('\\', "/"), text);
        }
    }
    found
}

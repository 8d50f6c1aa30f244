//! Every input that fuzzing kept, fed to its target once more.
//!
//! Fuzzing needs a compiler that instruments code, and hours; this needs neither, and so keeps
//! what fuzzing found from coming back.
#![allow(
    clippy::disallowed_methods,
    reason = "the test reads the inputs that lie beside the fuzz targets, and nothing else"
)]

#[path = "../../../fuzz/src/targets/mod.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use targets::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The names in a directory, without their extension.
fn names_in(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).expect("the directory exists").flatten();
    let stem = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    entries.filter_map(|entry| stem(entry.path())).collect()
}

/// Feeds every kept input to a target; a failure says which file it was.
fn replay(name: &str) {
    let directory = fuzz().join("corpus").join(name);
    let inputs = names_in(&directory);
    assert!(inputs.len() > 15, "the corpus of {name} is missing");
    assert!(inputs.len() < 200, "merge the corpus of {name}: fuzz/README.md says how");
    for input in inputs {
        let bytes = fs::read(directory.join(&input)).expect("the file is readable");
        assert!(bytes.len() < 4096, "fuzz/corpus/{name}/{input} is long");
        let result = std::panic::catch_unwind(|| targets::run(name, &bytes));
        assert!(result.is_ok(), "fuzz/corpus/{name}/{input} fails");
    }
}

macro_rules! replay {
    ($($name:ident),+) => {
        /// The targets that are replayed here.
        const REPLAYED: &[&str] = &[$(stringify!($name)),+];

        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )+
    };
}

replay!(age, check, dockerfile, dotenv, json, manifest, nginx, sops, template, toml, yaml);

#[test]
fn every_target_is_fuzzed_and_replayed() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let replayed = REPLAYED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(targets, replayed);
    assert_eq!(targets, names_in(&fuzz().join("fuzz_targets")));
    assert_eq!(targets, names_in(&fuzz().join("corpus")));
}

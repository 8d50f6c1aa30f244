//! The binary as a shell sees it, in a repository of its own: what lies around this one, and
//! what a developer's machine has in its environment, changes nothing.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A run that takes so long hangs, on however slow a machine: a check takes milliseconds.
const HANGS: Duration = Duration::from_secs(60);

/// The systems with fixtures that are whole repositories.
const SYSTEMS: [&str; 4] = ["polyant", "prodgy", "profy", "protea"];

/// The projects that come with the repository.
#[allow(dead_code, reason = "not every file of tests goes through all of them")]
pub(crate) const FIXTURES: [&str; 8] = [
    "fixtures/polyant/broken",
    "fixtures/polyant/hardened",
    "fixtures/prodgy/broken",
    "fixtures/prodgy/hardened",
    "fixtures/profy/broken",
    "fixtures/profy/hardened",
    "fixtures/protea/broken",
    "fixtures/protea/hardened",
];

/// A repository that exists for one test, with this one's fixtures of [`SYSTEMS`] in it.
pub(crate) struct Repository(TempDir);

/// What a run of the binary left behind.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Told {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// The standard output.
    pub(crate) output: String,
    /// The standard error.
    pub(crate) complaint: String,
}

impl Repository {
    /// Copies the fixtures.
    pub(crate) fn new() -> Self {
        let repository = Self(tempfile::tempdir().expect("there is room for small files"));
        fs::create_dir(repository.path().join(".git")).unwrap();
        for system in SYSTEMS {
            let fixtures = Path::new("fixtures").join(system);
            let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(&fixtures);
            copy(&own, &repository.path().join(fixtures));
        }
        repository
    }

    /// Its root.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the binary at the root, with nothing in its environment but `variables`. It has to
    /// end by itself.
    pub(crate) fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envlint"));
        command.args(arguments).env_clear().envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.current_dir(self.path()).spawn().unwrap();
        let output = reader(running.stdout.take().unwrap());
        let complaint = reader(running.stderr.take().unwrap());
        let started = Instant::now();
        let code = loop {
            match running.try_wait().unwrap() {
                Some(status) => break status.code(),
                None if started.elapsed() < HANGS => sleep(Duration::from_millis(2)),
                None => {
                    running.kill().unwrap();
                    panic!("`envlint {}` does not end", arguments.join(" "));
                }
            }
        };
        Told { code, output: output.join().unwrap(), complaint: complaint.join().unwrap() }
    }
}

fn reader(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).expect("envlint writes UTF-8");
        text
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => fs::copy(entry.path(), target).map(drop).unwrap(),
        }
    }
}

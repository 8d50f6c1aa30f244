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

/// A repository that exists for one test, with this one's fixtures of [`SYSTEMS`] in it. Git has
/// them in its index and gave them the modes that it gives, as in every clone.
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
        let mut tracked = Vec::new();
        for system in SYSTEMS {
            let own = Path::new(env!("CARGO_MANIFEST_DIR"));
            copy(own, &format!("fixtures/{system}"), repository.path(), &mut tracked);
        }
        fs::create_dir(repository.path().join(".git")).unwrap();
        fs::write(repository.path().join(".git/index"), index(&tracked)).unwrap();
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

/// Copies what lies in `directory` of one repository into another, and says which files it were.
fn copy(from: &Path, directory: &str, to: &Path, files: &mut Vec<String>) {
    fs::create_dir_all(to.join(directory)).unwrap();
    for entry in fs::read_dir(from.join(directory)).unwrap().map(Result::unwrap) {
        let name = format!("{directory}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            copy(from, &name, to, files);
            continue;
        }
        // Not `fs::copy`, which takes the mode along: that of a checkout is for others to read.
        fs::write(to.join(&name), fs::read(entry.path()).unwrap()).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(to.join(&name), fs::Permissions::from_mode(0o644)).unwrap();
        }
        files.push(name);
    }
}

/// An index of git, version 2, that has these files.
fn index(files: &[String]) -> Vec<u8> {
    let mut index = b"DIRC\0\0\0\x02".to_vec();
    index.extend((files.len() as u32).to_be_bytes());
    for file in files {
        let entry = 62 + file.len();
        index.extend([0; 60]);
        index.extend((file.len() as u16).to_be_bytes());
        index.extend(file.bytes());
        index.resize(index.len() + (entry + 1).next_multiple_of(8) - entry, 0);
    }
    index.extend([0; 20]);
    index
}

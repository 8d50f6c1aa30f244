//! The binary as a shell sees it, in a repository of its own: what lies around this one, and
//! what a developer's machine has in its environment, changes nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A repository that exists for one test, with this one's `fixtures/polyant` in it.
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
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/polyant");
        copy(&fixtures, &repository.path().join("fixtures/polyant"));
        repository
    }

    /// Its root.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the binary at the root, with nothing in its environment but `variables`.
    pub(crate) fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envlint"));
        command.args(arguments).env_clear().envs(variables.iter().copied());
        let ended = command.current_dir(self.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).expect("envlint writes UTF-8");
        Told {
            code: ended.status.code(),
            output: text(ended.stdout),
            complaint: text(ended.stderr),
        }
    }
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

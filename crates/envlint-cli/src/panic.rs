//! The last resort. A panic is a defect of envlint, and its message may hold what the code was
//! looking at when it failed: a line of a file, a value. So the message is never printed.

use std::io::{Write, stderr};
use std::panic::set_hook;
use std::process::exit;

/// Replaces what a panic prints by a fixed text, and ends with exit code 2 whatever the thread
/// and the profile.
pub(crate) fn install() {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| (place.file(), place.line()));
        let _ = stderr().lock().write_all(text(place).as_bytes());
        exit(2);
    }));
}

fn text(place: Option<(&str, u32)>) -> String {
    let at = place.map_or(String::new(), |(file, line)| format!(" at {}:{line}", short(file)));
    format!(
        "envlint: cannot go on: it has a defect{at}\n  \
         nothing of the checked files is in this message; `envlint --version` and the command\n  \
         are all that a report needs: https://github.com/envlint/envlint/issues\n",
    )
}

/// The last parts of a source file's path: what stands before them belongs to the machine that
/// compiled it.
fn short(file: &str) -> &str {
    let cut = file.rmatch_indices(['/', '\\']).nth(2).map_or(0, |(at, _)| at + 1);
    &file[cut..]
}

#[cfg(test)]
#[allow(clippy::disallowed_types, reason = "the test runs itself as a process that panics")]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn only_the_end_of_the_path_is_shown() {
        assert_eq!(short("crates/envlint-cli/src/main.rs"), "envlint-cli/src/main.rs");
        assert_eq!(
            short("/builds/x/registry/src/index/age-0.12.0/src/lib.rs"),
            "age-0.12.0/src/lib.rs"
        );
        assert_eq!(short("main.rs"), "main.rs");
    }

    /// Panics when it is run by the test below, and does nothing otherwise.
    #[test]
    fn panics_with_a_secret() {
        if std::env::var_os("ENVLINT_TEST_PANIC").is_some() {
            install();
            panic!("CANARY");
        }
    }

    #[test]
    fn a_panic_shows_no_data_and_exits_with_2() {
        let itself = std::env::current_exe().unwrap();
        let output = Command::new(itself)
            .args(["--exact", "panic::tests::panics_with_a_secret", "--nocapture"])
            .env("ENVLINT_TEST_PANIC", "1")
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        let shown = [output.stdout, output.stderr].concat();
        let shown = String::from_utf8_lossy(&shown);
        assert_eq!(output.status.code(), Some(2));
        assert!(shown.contains("cannot go on: it has a defect at envlint-cli/src/panic.rs:"));
        assert!(!shown.contains("CANARY"));
    }
}

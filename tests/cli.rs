//! The binary as a shell sees it: exit codes, what goes to which stream, and what is said when
//! it can not run.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests run the binary on directories that they build"
)]

use std::fs;
use std::io::pipe;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The binary with nothing in its environment that a developer's machine may have.
fn envlint(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envlint"));
    command.args(arguments).env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs it and gives exit code, output and complaint.
fn run(arguments: &[&str]) -> (i32, String, String) {
    told(envlint(arguments).output().unwrap())
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        fs::write(directory.path().join(path), text).unwrap();
    }
    directory
}

fn check(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let path = directory.to_str().unwrap();
    run(&[&["check", path, "--as-of", "2027-01-01"], arguments].concat())
}

#[test]
fn what_could_not_run_is_told_on_stderr_with_code_2() {
    let file = directory(&[("file", "")]);
    let file = file.path().join("file").to_str().unwrap().to_owned();
    for (arguments, told) in [
        (
            &["check", "no/such/directory"][..],
            "envlint: cannot check no/such/directory: it does not exist\n  \
             PATH is the directory to check; without one it is the current directory\n"
                .to_owned(),
        ),
        (
            &["check", &file],
            format!(
                "envlint: cannot check {file}: it is not a directory\n  \
                 PATH is the directory to check; without one it is the current directory\n"
            ),
        ),
        (
            &["check", "fixtures/polyant/hardened", "--identity", "no/such/file"],
            "envlint: cannot read the identity file no/such/file: it does not exist\n  \
             it was named by --identity\n"
                .to_owned(),
        ),
        (
            &["docs", "fixtures/polyant/broken", "--service", "enigne"],
            "envlint: there is no service enigne\n  did you mean engine?\n".to_owned(),
        ),
        (
            &["docs", "fixtures/dialects"],
            "envlint: cannot tell what the services read: there is no envlint.toml\n  \
             `envlint init` writes one from the files that it finds\n"
                .to_owned(),
        ),
        (
            &["explain", "weak-secrte"],
            "envlint: there is no rule weak-secrte\n  did you mean weak-secret?\n".to_owned(),
        ),
        (
            &["explain", "nothing-like-it"],
            "envlint: there is no rule nothing-like-it\n  `envlint rules` lists them\n".to_owned(),
        ),
        (
            &["schema", "enlint"],
            "envlint: there is no schema enlint\n  did you mean envlint?\n".to_owned(),
        ),
        (
            &["schema", "polyant/engine", "--env", "production"],
            "envlint: the full schema is the same in every place\n  \
             --as text or --as typed is what one place makes of it\n"
                .to_owned(),
        ),
        (
            &["schema", "report", "--as", "text"],
            "envlint: report is no schema of a service, and the same in every place\n  \
             write `envlint schema report`\n"
                .to_owned(),
        ),
        (
            &["schema", "fixtures/polyant/broken", "--as", "text"],
            "envlint: cannot tell what is required: every environment has its own answer\n  \
             say which: --env local or --env production\n"
                .to_owned(),
        ),
        (
            &["schema", "fixtures/polyant/broken", "--as", "text", "--env", "prodution"],
            "envlint: there is no environment prodution\n  did you mean production?\n".to_owned(),
        ),
        (
            &["chekc"],
            "envlint: there is no command chekc\n  did you mean check?\n".to_owned(),
        ),
        (
            &["check", "--identity", "AGE-SECRET-KEY-1CANARY"],
            "envlint: cannot use the arguments: one of them is an age identity\n  \
             every program on this machine can see the arguments of another: make a new identity\n  \
             keep it in a file that only you may read, and name the file: --identity FILE\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(run(arguments), (2, String::new(), told), "{arguments:?}");
    }
}

#[test]
fn a_misspelt_rule_service_or_environment_is_told_with_what_was_meant() {
    let fixture = Path::new("fixtures/polyant/broken");
    for (arguments, meant) in [
        (["--select", "weak-secrte"], "weak-secret"),
        (["--ignore", "weak-secrte"], "weak-secret"),
        (["--service", "enigne"], "engine"),
        (["--env", "prodution"], "production"),
    ] {
        let (code, output, complaint) = check(fixture, &arguments);
        assert_eq!((code, output.as_str()), (2, ""), "{arguments:?}");
        assert!(complaint.starts_with("envlint: "), "{complaint}");
        assert!(complaint.contains(&format!("did you mean {meant}")), "{complaint}");
    }
}

#[test]
fn help_and_lists_are_output() {
    for arguments in
        [&["--help"][..], &["check", "--help"], &["--version"], &["rules"], &["schema"]]
    {
        let (code, output, complaint) = run(arguments);
        assert_eq!((code, complaint.as_str()), (0, ""), "{arguments:?}");
        assert!(output.ends_with('\n') && !output.contains('\x1b'), "{arguments:?}");
    }
}

#[test]
fn every_rule_is_explained_and_every_schema_printed() {
    let (_, rules, _) = run(&["rules"]);
    let names: Vec<&str> = rules
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.contains(&"trust-hops-mismatch"));
    for name in names {
        let (code, page, _) = run(&["explain", name]);
        assert_eq!(code, 0, "{name}");
        assert!(page.contains(&format!("[{name}]")), "{page}");
    }
    let (_, schemas, _) = run(&["schema"]);
    assert!(schemas.lines().any(|name| name == "polyant/engine"));
    for name in schemas.lines() {
        let (code, schema, _) = run(&["schema", name]);
        assert_eq!((code, schema.trim_start().starts_with('{')), (0, true), "{name}");
    }
}

#[test]
fn the_format_does_not_change_the_exit_code() {
    let broken = Path::new("fixtures/polyant/broken");
    let hardened = Path::new("fixtures/polyant/hardened");
    for format in ["text", "narrated", "json", "sarif", "github"] {
        let arguments = ["--env", "production", "--format", format];
        assert_eq!(check(broken, &arguments).0, 1, "{format}");
        assert_eq!(check(hardened, &arguments).0, 0, "{format}");
    }
    assert_eq!(check(hardened, &["--fail-on", "unverified", "--env", "production"]).0, 1);
}

#[test]
fn colour_follows_the_option_before_the_environment() {
    let arguments = ["check", "fixtures/polyant/broken", "--env", "production"];
    let coloured = |option: &[&str], variables: &[(&str, &str)]| {
        let mut command = envlint(&[&arguments[..], option].concat());
        told(command.envs(variables.iter().copied()).output().unwrap()).1.contains('\x1b')
    };
    assert!(!coloured(&[], &[]), "a pipe is not coloured");
    assert!(coloured(&[], &[("FORCE_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(!coloured(&["--format", "json", "--color", "always"], &[]), "JSON has no colours");
}

/// `envlint check | head -1` is no failure, and no way to hide mistakes either.
#[test]
fn a_closed_pipe_is_silent_and_changes_nothing() {
    for (arguments, code) in [
        (&["rules"][..], 0),
        (&["--help"], 0),
        (&["check", "fixtures/polyant/broken", "--env", "production"], 1),
        (&["check", "fixtures/polyant/hardened", "--env", "production", "--format", "json"], 0),
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let output = envlint(arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(
            (output.status.code(), &*output.stderr),
            (Some(code), &b""[..]),
            "{arguments:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_can_not_be_written_is_told() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let (code, _, complaint) = told(envlint(&["rules"]).stdout(full).output().unwrap());
    assert_eq!((code, &*complaint), (2, "envlint: cannot write the output: no storage space\n"));
}

#[test]
fn a_wrong_manifest_is_told_with_its_place() {
    let temp = directory(&[("envlint.toml", "version = 1\n\n[enviroments]\nproduction = {}\n")]);
    let (code, output, complaint) = check(temp.path(), &[]);
    assert_eq!((code, &*output), (2, ""));
    assert!(complaint.contains("envlint.toml:3:2"), "{complaint}");
    assert!(complaint.contains("environments"), "{complaint}");
}

#[test]
fn the_same_check_gives_the_same_bytes() {
    for format in ["text", "json", "sarif", "github"] {
        let arguments = ["--format", format];
        let fixture = Path::new("fixtures/polyant/broken");
        assert_eq!(check(fixture, &arguments), check(fixture, &arguments), "{format}");
    }
}

#[test]
fn what_no_deploy_should_stop_for_is_told_when_it_is_asked_for() {
    let fixture = Path::new("fixtures/profy/broken");
    let infos = |arguments: &[&str]| {
        let (code, output, _) = check(fixture, arguments);
        (code, output.matches("info[").count(), output.contains("more with `--pedantic`."))
    };
    assert_eq!(infos(&[]), (1, 0, true));
    assert_eq!(infos(&["--pedantic"]), (1, 1, false));
    assert_eq!(infos(&["--select", "missing-recommended"]), (0, 1, false));
    assert_eq!(infos(&["--ignore", "missing-recommended"]), (1, 0, false));
    for format in ["json", "sarif", "github"] {
        let found = |arguments: &[&str]| {
            let (_, output, _) = check(fixture, &[arguments, &["--format", format]].concat());
            let rules = output.matches("missing-recommended").count();
            let hidden = output.contains("\"hidden\": 1") || output.contains("1 more with");
            (rules, hidden)
        };
        let ((few, hidden), (all, shown)) = (found(&[]), found(&["--pedantic"]));
        assert!(few < all, "{format}: {few} {all}");
        assert_eq!((hidden, shown), (true, false), "{format}");
    }
}

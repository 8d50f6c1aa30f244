//! No output shows a secret, or six characters of one: no command, no format, no error path,
//! whatever a person wrote where.
//!
//! The fixtures are checked by the binary itself. Hundreds of variants of them, each with secrets
//! in places where they stand by mistake, are checked by the library that the binary is made of,
//! in every format. What a panic prints is held by the tests of `envlint-cli/src/panic.rs`, which
//! run a process that panics with a secret.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests run the binary, and read the fixtures that they plant secrets in"
)]

#[path = "leaks/canary.rs"]
mod canary;
#[path = "leaks/places.rs"]
mod places;
mod support;

use std::path::Path;
use std::sync::Arc;

use canary::{Canary, PLANTED, leak};
use envlint::report::{Layout, github, json, sarif, write_text};
use envlint::{Date, FilePath, Files, MemoryFiles, Options, ProcessEnvironment};
use envlint_os::Disk;
use support::{FIXTURES, Repository, Told};

/// The fixtures that secrets are planted in.
const STACKS: [&str; 2] = ["fixtures/polyant/broken", "fixtures/polyant/hardened"];
/// Who may decrypt what lies in each.
const IDENTITIES: [(&str, &str); 4] = [
    ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/polyant/identity.txt"),
    ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/prodgy/identity.txt"),
    ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/profy/identity.txt"),
    ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/protea/identity.txt"),
];
const FORMATS: [&str; 5] = ["text", "narrated", "json", "sarif", "github"];

#[track_caller]
fn shows_nothing(what: &str, shown: &str) {
    if let Some(line) = leak(shown) {
        panic!("{what} shows a secret:\n{line}");
    }
}

#[track_caller]
fn says_nothing(arguments: &[&str], told: &Told) {
    shows_nothing(&arguments.join(" "), &format!("{}\n{}", told.output, told.complaint));
}

#[test]
fn no_command_shows_a_secret() {
    let repository = Repository::new();
    let mut runs: Vec<Vec<&str>> = vec![vec!["--help"], vec!["rules"], vec!["schema"]];
    let commands = ["check", "docs", "example", "explain", "generate", "init", "rules", "schema"];
    runs.extend(commands.map(|command| vec![command, "--help"]));
    for fixture in FIXTURES {
        runs.extend(FORMATS.map(|format| vec!["check", fixture, "--format", format]));
        runs.push(vec!["check", fixture, "--env", "production", "--color", "always"]);
        runs.extend(["docs", "example"].map(|command| vec![command, fixture]));
        runs.push(missing(fixture));
        runs.push(vec!["schema", fixture]);
        runs.push(vec!["init", fixture, "--dry-run"]);
        runs.extend(
            ["text", "typed"]
                .map(|form| vec!["schema", fixture, "--as", form, "--env", "production"]),
        );
    }
    // Last, since it replaces the manifests that the others read.
    runs.extend(FIXTURES.map(|each| vec!["init", each, "--force"]));
    for arguments in runs {
        // Whoever may decrypt changes nothing for what resolves no environment.
        let decrypts = ["check", "generate"].contains(&arguments[0]);
        let identities = IDENTITIES.chunks(1).filter(|_| decrypts);
        for variables in std::iter::once(&[][..]).chain(identities) {
            let told = repository.run(&arguments, variables);
            assert_ne!(told.code, Some(2), "{}", told.complaint);
            says_nothing(&arguments, &told);
        }
    }
}

/// Makes what is missing in production. What it makes is no secret of anybody's, and whether it
/// is shown is for `tests/generate.rs`.
fn missing(fixture: &str) -> Vec<&str> {
    let output = ["--output", "made.env"];
    [&["generate", "--all-missing", fixture, "--env", "production"][..], &output].concat()
}

#[test]
fn wrong_arguments_are_not_repeated() {
    let repository = Repository::new();
    for canary in &PLANTED {
        let secret = canary.text;
        let (option, assigned) = (format!("--{secret}"), format!("--identity-{secret}=x"));
        let identity = format!("AGE-SECRET-KEY-1{secret}");
        // Where a name or a path is asked for, what has the form of one is repeated; this has not.
        let (line, pasted) = (format!("S={secret}"), secret.repeat(20));
        for arguments in [
            &[secret][..],
            &["check", STACKS[0], "--env", &line],
            &["check", ".git", "--env", &line],
            &["check", STACKS[0], "--service", &line],
            &["check", "--select", &line],
            &["check", "--ignore", &line],
            &["docs", STACKS[0], "--service", &line],
            &["docs", &pasted],
            &["example", STACKS[0], "--service", &line],
            &["generate", &line, STACKS[0]],
            &["generate", "AUTH_SECRET", STACKS[0], "--service", &line],
            &["generate", "--all-missing", STACKS[0], "--output", "x", "--env", &line],
            &["generate", "AUTH_SECRET", &pasted],
            &["explain", &line],
            &["init", &pasted],
            &["schema", &line],
            &["schema", STACKS[0], "--service", &line],
            &["schema", STACKS[0], "--as", "text", "--env", &line],
            &["schema", &pasted],
            &["check", &pasted],
            &["check", "--identity", &pasted],
            &[&option],
            &["check", &option],
            &["check", &assigned],
            &["check", ".", secret],
            &["check", "--format", secret],
            &["check", "--as-of", secret],
            &["check", "--fail-on", secret],
            &["check", "--color", secret],
            &["check", "--identity", &identity],
            &["check", &identity],
            &["check", "--env", &identity],
            &["docs", ".", secret],
            &["example", ".", secret],
            &["generate", "AUTH_SECRET", STACKS[0], secret],
            &["init", ".", secret],
            &["rules", secret],
            &["rules", "--format", secret],
            &["explain", "weak-secret", secret],
            &["explain", &identity],
            &["schema", "envlint", secret],
        ] {
            let told = repository.run(arguments, &[]);
            assert_eq!((told.code, told.output.as_str()), (Some(2), ""), "{arguments:?}");
            says_nothing(arguments, &told);
        }
    }
}

#[test]
fn the_process_environment_is_not_shown() {
    let repository = Repository::new();
    for canary in &PLANTED {
        let secret = canary.text;
        let identity = format!("AGE-SECRET-KEY-1{secret}");
        for variables in [
            &[("ENVLINT_AGE_IDENTITY", secret)][..],
            &[("ENVLINT_AGE_IDENTITY", identity.as_str())],
            &[("ENVLINT_AGE_IDENTITY_FILE", &identity)],
            &[("SOPS_AGE_KEY", &identity)],
            &[("SOPS_AGE_KEY_FILE", &identity)],
            &[("AWS_SECRET_ACCESS_KEY", secret), ("POSTGRES_PASSWORD", secret), ("S", secret)],
            &[("LANG", secret), ("TERM", secret), ("NO_COLOR", secret), ("FORCE_COLOR", secret)],
            &[("RUST_BACKTRACE", "full"), ("RUST_LOG", "trace"), ("MIETTE", secret)],
        ] {
            for fixture in STACKS {
                let arguments = ["check", fixture, "--env", "production"];
                let told = repository.run(&arguments, variables);
                assert!(told.complaint.is_empty(), "{}", told.complaint);
                says_nothing(&arguments, &told);
            }
        }
    }
}

/// A fixture in memory.
fn stack(fixture: &str) -> MemoryFiles {
    let disk = Disk::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture)).unwrap();
    let files = disk.walk().files.into_iter();
    files.fold(MemoryFiles::new(), |stack, path| {
        let bytes = disk.read(&path).unwrap();
        stack.with(path.as_str(), bytes.as_slice())
    })
}

/// Puts a line with a secret behind the first line of a file that holds `after`, or at its end.
fn plant(files: &mut MemoryFiles, path: &str, after: &str, line: &str, canary: &Canary) {
    let bytes = files.read(&path.into()).map(|bytes| bytes.to_vec()).unwrap_or_default();
    let mut text = String::from_utf8(bytes).unwrap();
    let from = text.find(after).unwrap_or_else(|| panic!("{path} has no {after}"));
    let at = match after {
        "" => text.len(),
        _ => text[from..].find('\n').map_or(text.len(), |end| from + end + 1),
    };
    text.insert_str(at, &format!("{}\n", line.replace("{}", canary.text)));
    files.insert(path, text);
}

/// Everything that can be said about files, in every format.
fn everything(files: MemoryFiles, process: &ProcessEnvironment) -> String {
    let files = Arc::new(files);
    let options = Options::new(Date::new(2027, 1, 1).unwrap());
    let report = match envlint::check(files.clone(), process, &options) {
        Ok(report) => report,
        Err(error) => return format!("{error}\n{error:?}"),
    };
    let written = [
        envlint::docs(files.clone(), &[]),
        envlint::example(files.clone(), &[]),
        envlint::service_schemas(files.clone(), &[], None),
        envlint::draft(files).map(|draft| format!("{draft:?}")),
    ];
    let mut shown = written.map(|text| text.unwrap_or_else(|e| format!("{e:?}"))).concat();
    for narrated in [false, true] {
        let layout = Layout { narrated, ..Layout::default() };
        write_text(&report, layout, &mut shown).unwrap();
    }
    let root = FilePath::new("");
    shown + &json(&report) + &sarif(&report, &[], &root) + &github(&report, &root)
}

/// An allowance for nothing, which is reported, and so lets its line be shown.
const REPORTED: &str = " # envlint: allow(weak-secret): as it is";

/// Checks variants of fixtures, each with other secrets. A line is given in two forms, as it is
/// and so that it is shown, for two places in a file or in two files; the other way round in the
/// second fixture.
fn nothing_is_shown_of(
    fixtures: [&str; 2],
    lines: &[&str],
    plant_in: impl Fn(&mut MemoryFiles, [&str; 2], usize),
) {
    let nobody = ProcessEnvironment::default();
    let stacks = fixtures.map(stack);
    let mut leaks = Vec::new();
    for (turn, line) in lines.iter().enumerate() {
        let reported = line.replace('\n', &format!("{REPORTED}\n")) + REPORTED;
        for (stack, forms) in stacks.iter().zip([[*line, &reported], [&reported, line]]) {
            let mut files = stack.clone();
            plant_in(&mut files, forms, turn);
            let shown = everything(files, &nobody);
            leaks.extend(leak(&shown).map(|shown| format!("{line:?}: {shown}")));
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

/// The canary of a turn.
fn at(turn: usize) -> &'static Canary {
    &PLANTED[turn % PLANTED.len()]
}

#[test]
fn secrets_in_dotenv_files_are_not_shown() {
    nothing_is_shown_of([STACKS[0]; 2], &places::DOTENV, |files, [one, other], turn| {
        // Compose's own, one of a service, and one that npm's reader reads.
        plant(files, ".env", "", one, at(turn));
        plant(files, "engine.env", "", other, at(turn + 1));
        plant(files, "web/.env", "", other, at(turn + 2));
    });
}

#[test]
fn secrets_in_compose_files_are_not_shown() {
    nothing_is_shown_of(STACKS, &places::COMPOSE, |files, [one, other], turn| {
        let mut paths = ["docker-compose.yml", "compose.yaml"].into_iter();
        let path = paths.find(|path| files.metadata(&FilePath::new(path)).is_some()).unwrap();
        plant(files, path, "TRUST_PROXY:", &format!("      {one}"), at(turn));
        plant(files, path, "AUTH_TRUST_HOST:", &format!("      {other}"), at(turn + 1));
    });
}

#[test]
fn secrets_in_nginx_files_are_not_shown() {
    nothing_is_shown_of(STACKS, &places::NGINX, |files, [one, other], turn| {
        let path = "nginx/polyant.conf";
        plant(files, path, "proxy_pass http://127.0.0.1:4000", one, at(turn));
        plant(files, path, "proxy_pass http://127.0.0.1:3000", other, at(turn + 1));
        let map = format!("map $http_x $y {{{REPORTED}\n \"{{}}\" 1;{REPORTED}\n}}");
        plant(files, path, "http {", &map, at(turn + 2));
    });
}

#[test]
fn secrets_beside_names_are_not_shown() {
    nothing_is_shown_of(STACKS, &places::NAMES, |files, [text, _], turn| {
        files.insert("secrets/dashboard-names.json", text.replace("{}", at(turn).text));
        files.insert("names.json", text.replace("{}", at(turn + 1).text));
        let source = "[sources.names]\nnames = \"names.json\"";
        plant(files, "envlint.toml", "", source, at(turn));
    });
}

#[test]
fn secrets_in_a_manifest_are_not_shown() {
    nothing_is_shown_of(STACKS, &places::MANIFEST, |files, [one, _], turn| {
        plant(files, "envlint.toml", "", one, at(turn));
    });
}

/// A search that finds nothing shows something only if it finds what is there.
#[test]
fn names_are_shown_and_found() {
    let mut files = stack(STACKS[0]);
    plant(&mut files, "docker-compose.yml", "TRUST_PROXY:", "      S_{}: 1", &PLANTED[0]);
    let shown = everything(files, &ProcessEnvironment::default());
    assert!(leak(&shown).is_some_and(|line| line.contains("S_CANARY-q7Zk2vXw9TbR4mLp")));
}

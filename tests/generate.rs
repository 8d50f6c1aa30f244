//! Secrets that are made: they go where they were asked to go and nowhere else, satisfy their
//! schemas, and agree where services have to agree.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests run the binary on directories that they build"
)]

mod support;

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

use envlint::{Date, MemoryFiles, NoChance, Options, ProcessEnvironment, Secrets, Zeroizing};
use support::{Repository, Told};

/// Two services that share two secrets, in a project with one file for each.
const SHARED: &str = r#"
version = 1

[environments]
production = {}

[sources.engine]
file = "engine.env"

[sources.web]
file = "web.env"

[services.engine]
schema  = "polyant/engine"
sources = ["engine"]

[services.web]
schema  = "polyant/web"
sources = ["web"]
"#;

/// Three services of one's own that read one file; two need what the third must not have.
const DISTINCT: &str = r#"
version = 1

[environments]
production = {}

[sources.env]
file = ".env"

[services.a]
sources = ["env"]

[services.a.variables]
TOKEN     = { type = "token", min-length = 40, required = true, role = "shared-token" }
PIN       = { type = "string", max-length = 4, secret = true, required = true }
API_KEY   = { type = "token", min-length = 1, required = true }
LOG_LEVEL = { type = "string", secret = false, required = true }

[services.b]
sources = ["env"]

[services.b.variables]
SEAL = { type = "key", bytes = 32, encoding = "hex", required = true }

[services.c]
sources = ["env"]

[services.c.variables]
SEAL  = { type = "key", bytes = 32, encoding = "hex", required = true }
OTHER = { type = "string", secret = true, required = { environment = "production" }, generate = "openssl rand -base64 24" }
"#;

fn project(files: &[(&str, &str)]) -> Repository {
    let repository = Repository::new();
    for (path, text) in files {
        write(&repository.path().join("case").join(path), text, 0o600);
    }
    repository
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn generate(repository: &Repository, arguments: &[&str]) -> Told {
    repository.run(&[&["generate"], arguments].concat(), &[])
}

fn missing(repository: &Repository, output: &str) -> Told {
    generate(repository, &["--all-missing", "case", "--env", "production", "--output", output])
}

fn variables(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn one_value_stands_alone_on_the_output() {
    let repository = Repository::new();
    let broken = "fixtures/polyant/broken";
    let key = generate(&repository, &["ENCRYPTION_KEY", broken]);
    assert_eq!((key.code, key.complaint.as_str()), (Some(0), ""));
    let digits = key.output.strip_suffix('\n').unwrap();
    assert!(digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(generate(&repository, &["ENCRYPTION_KEY", broken]).output, key.output);
}

#[test]
fn what_is_not_made_here_is_told_with_who_makes_it() {
    let repository = project(&[("envlint.toml", DISTINCT)]);
    for (arguments, told) in [
        (
            &["SENDGRID_API_KEY", "fixtures/polyant/broken"][..],
            "cannot generate SENDGRID_API_KEY of engine: SendGrid issues it\n  \
             it must be a token",
        ),
        (
            &["GOOGLE_CLIENT_ID", "fixtures/polyant/broken"],
            "cannot generate GOOGLE_CLIENT_ID of web: it is no secret, so its value is decided \
             and not left to chance\n  it must be text",
        ),
        (
            &["DATABASE_URL", "fixtures/profy/broken"],
            "cannot generate DATABASE_URL of core: the server that it leads to decides about user \
             and password\n  it must be the URL of a database that begins with mysql://, for \
             example mysql://profy:password@mysql:3306/profy",
        ),
        (
            &["JWT_SECRET", "fixtures/protea/broken"],
            "cannot generate JWT_SECRET of api: it is no longer read\n  \
             PROTEA_JWT_SECRET took its place",
        ),
        (
            &["PIN", "case"],
            "cannot generate PIN of a: neither its schema nor its name says that any random text \
             would do\n  say so in the schema: type = \"token\", or generate = \"openssl rand -hex \
             32\"",
        ),
        (
            &["SEAL", "case"],
            "cannot tell which SEAL is meant: b and c read one\n  say which: --service b",
        ),
        (&["SEEL", "case", "--service", "c"], "there is no variable SEEL\n  did you mean SEAL?"),
        (
            &["SEAL", "fixtures"],
            "cannot tell what the services read: there is no envlint.toml\n  \
             `envlint init` writes one from the files that it finds",
        ),
        (&["SEAL", "case", "--env", "production"], "--output <FILE> and --all-missing is missing"),
        (&["--all-missing", "case"], "--output <FILE> is missing"),
        (
            &["SEAL", "case", "--all-missing", "--output", "x"],
            "there are more arguments than the command takes\n  \
             either a variable is named, or --all-missing makes all of them",
        ),
        (
            &["--all-missing", "fixtures/polyant/broken", "--output", "x"],
            "cannot tell what is missing: every environment has secrets of its own\n  \
             say which: --env local or --env production",
        ),
    ] {
        let said = generate(&repository, arguments);
        assert_eq!((said.code, said.output.as_str()), (Some(2), ""), "{arguments:?}");
        let told = format!("envlint: {told}");
        assert!(said.complaint.starts_with(&told), "{}\n{told}", said.complaint);
    }
    assert!(!repository.path().join("x").exists());
}

#[test]
fn everything_that_is_missing_is_written_and_nothing_of_it_said() {
    let repository = project(&[
        ("envlint.toml", SHARED),
        ("engine.env", "# kept\nNODE_ENV=production\nAUTH_SECRET=\n"),
        ("web.env", "NODE_ENV=production\n"),
    ]);
    let told = missing(&repository, "case/engine.env");
    assert_eq!((told.code, told.complaint.as_str()), (Some(0), ""), "{}", told.output);
    let path = repository.path().join("case/engine.env");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(text.starts_with("# kept\nNODE_ENV=production\nAUTH_SECRET="), "{}", told.output);
    let set = variables(&text);
    let names: Vec<&str> = set.keys().copied().collect();
    assert_eq!(names, ["AUTH_INTERNAL_SECRET", "AUTH_SECRET", "ENCRYPTION_KEY", "NODE_ENV"]);
    for (name, value) in &set {
        let shown = told.output.contains(value) && *name != "NODE_ENV";
        assert!(!shown && !value.is_empty(), "{name}");
    }
    assert_eq!(
        told.output,
        "production: 3 secrets were written to case/engine.env, mode 600.\n  \
         AUTH_INTERNAL_SECRET for web\n  \
         AUTH_SECRET for engine, web\n  \
         ENCRYPTION_KEY for engine\n\
         `envlint check --env production` tells whether they arrive where they are needed.\n\
         Still missing:\n  \
         DATABASE_URL of engine, web: the server that it leads to decides about user and \
         password; it must be the URL of a database that begins with postgresql:// or \
         postgres://, for example postgresql://polyant:password@postgres:5432/polyant\n"
    );
    // What engine has by now, web has to be given: a new one would be another one.
    let again = missing(&repository, "case/web.env");
    let copy = "AUTH_SECRET of web: it has to be the same as AUTH_SECRET of engine, which is set";
    assert!(again.output.contains(copy), "{}", again.output);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let names: Vec<_> = fs::read_dir(repository.path().join("case")).unwrap().collect();
    assert_eq!(names.len(), 3, "nothing is left beside the files");
}

#[test]
fn a_file_that_is_no_place_for_secrets_is_refused() {
    let files = [("envlint.toml", SHARED), ("engine.env", ""), ("web.env", ""), ("open", "A=1\n")];
    let repository = project(&files);
    let case = repository.path().join("case");
    fs::set_permissions(case.join("open"), Permissions::from_mode(0o644)).unwrap();
    symlink("web.env", case.join("link")).unwrap();
    fs::write(case.join("bytes"), b"A=\xff\n").unwrap();
    fs::set_permissions(case.join("bytes"), Permissions::from_mode(0o600)).unwrap();
    // An index of version 2 with one entry, case/kept.env, and no checksum, which nobody asks for.
    let name = b"case/kept.env";
    let mut index =
        [&b"DIRC\0\0\0\x02\0\0\0\x01"[..], &[0; 61], &[name.len() as u8], name].concat();
    index.resize(12 + 80 + 20, 0);
    fs::write(repository.path().join(".git/index"), index).unwrap();
    for (output, why) in [
        (
            "case/open",
            "it may be read or written by others: its mode is 644, not 600\n  \
             close it first: chmod 600 case/open",
        ),
        ("case/link", "it is a symbolic link\n  name the file itself"),
        ("case/bytes", "it is not UTF-8\n  nothing in it was changed"),
        ("case", "it is not a regular file"),
        ("no/such/file", "it has no directory to stand in\n  make the directory first"),
        (
            "case/kept.env",
            "git keeps it\n  take it out of git and name it in .gitignore, or write to another file",
        ),
    ] {
        let told = missing(&repository, output);
        let expected = format!("envlint: cannot write secrets to {output}: {why}\n");
        assert_eq!((told.code, told.complaint), (Some(2), expected));
        assert_eq!(told.output, "");
    }
    assert_eq!(fs::read(case.join("open")).unwrap(), b"A=1\n");
    assert_eq!(fs::read(case.join("bytes")).unwrap(), b"A=\xff\n");
    assert!(!case.join("kept.env").exists());
    assert_eq!(fs::read_dir(&case).unwrap().count(), 6);
}

/// Bytes that are random to nobody.
fn counting() -> impl FnMut(&mut [u8]) -> Result<(), NoChance> {
    let mut next = 0_u8;
    move |bytes| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_add(37);
        }
        Ok(())
    }
}

fn made(files: MemoryFiles) -> (Secrets, String) {
    let options = Options::new(Date::new(2027, 1, 1).unwrap());
    let nobody = ProcessEnvironment::default();
    let mut chance = counting();
    let secrets = envlint::generate_missing(Arc::new(files), &nobody, &options, &mut chance);
    let mut secrets = secrets.unwrap();
    let text = secrets.fill(&Zeroizing::new(String::new())).as_str().to_owned();
    (secrets, text)
}

fn left(secrets: &Secrets) -> Vec<String> {
    secrets.left.iter().map(|left| format!("{} of {}", left.variable, left.service)).collect()
}

#[test]
fn what_is_made_depends_on_the_schema_and_on_chance_alone() {
    let files = || MemoryFiles::new().with("envlint.toml", DISTINCT).with(".env", "");
    let (secrets, text) = made(files());
    assert_eq!(text, made(files()).1);
    let set = variables(&text);
    assert_eq!((set["SEAL"].len(), set["TOKEN"].len(), set["OTHER"].len()), (64, 64, 32));
    assert_eq!(set.len(), 3);
    assert_eq!(left(&secrets), ["API_KEY of a", "PIN of a"]);
    let services: Vec<usize> = secrets.made.iter().map(|made| made.services.len()).collect();
    assert_eq!(services, [1, 2, 1], "one line of the file is one value");
}

#[test]
fn services_that_need_different_ones_do_not_get_the_same() {
    let relation = "\n[[relations]]\ndistinct = [\"b.SEAL\", \"c.SEAL\"]\n";
    let files = MemoryFiles::new().with("envlint.toml", DISTINCT.to_owned() + relation);
    let (secrets, text) = made(files.with(".env", ""));
    assert!(!text.contains("SEAL"));
    assert_eq!(left(&secrets), ["API_KEY of a", "PIN of a", "SEAL of b", "SEAL of c"]);
}

#[test]
fn what_a_closed_vault_may_hold_is_not_made() {
    let repository = Repository::new();
    let hardened = "fixtures/polyant/hardened";
    let told = generate(&repository, &["--all-missing", hardened, "--output", "out.env"]);
    assert_eq!(told.code, Some(0), "{}", told.complaint);
    assert!(!repository.path().join("out.env").exists(), "{}", told.output);
}

#[test]
fn what_compose_hands_on_is_made_under_its_own_name() {
    let files = MemoryFiles::new()
        .with("envlint.toml", "version = 1\n\n[services.api.variables]\nTOKEN = { type = \"token\", min-length = 16, required = true, empty = \"unset\" }\n")
        .with("compose.yaml", "services:\n  api:\n    environment:\n      TOKEN: ${API_TOKEN}\n");
    let (secrets, text) = made(files);
    assert!(text.starts_with("API_TOKEN="), "{:?}", left(&secrets));
}

//! Whatever lies in the place of a file: envlint ends, says what is wrong in one clear message
//! and passes nothing over.
//!
//! A wrong argument, a missing PATH or a wrong manifest is exit code 2 and told on the standard
//! error; everything that is reached through the manifest or discovery is a finding and exit
//! code 1.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests run the binary on directories that they build"
)]

mod support;

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use envlint::{
    Date, FilePath, Files, MemoryFiles, Metadata, Options, ProcessEnvironment, ReadError,
    ReadErrorKind, Walk, Zeroizing,
};
use support::{Repository, Told};

/// What lies at a path.
enum Thing {
    Text(&'static str),
    Bytes(&'static [u8]),
    /// A text that is too long to be written down: a start, what follows it so many times, an
    /// end.
    Long(&'static str, &'static str, usize, &'static str),
    Directory,
    /// A file of so many bytes that takes no room on the disk.
    Sparse(u64),
    #[cfg(unix)]
    Fifo,
    #[cfg(unix)]
    Link(&'static str),
}
use Thing::{Bytes, Directory, Long, Sparse, Text};

impl Thing {
    fn put(&self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match self {
            Text(text) => fs::write(path, text).unwrap(),
            Bytes(bytes) => fs::write(path, bytes).unwrap(),
            Long(start, unit, times, end) => {
                fs::write(path, [start, unit.repeat(*times).as_str(), end].concat()).unwrap();
            }
            Directory => fs::create_dir(path).unwrap(),
            Sparse(bytes) => File::create(path).unwrap().set_len(*bytes).unwrap(),
            #[cfg(unix)]
            Thing::Fifo => {
                let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
                assert!(made.success());
            }
            #[cfg(unix)]
            Thing::Link(target) => std::os::unix::fs::symlink(target, path).unwrap(),
        }
    }
}

/// Checks a directory of its own that holds nothing but these.
fn check(things: &[(&str, Thing)]) -> Told {
    let repository = Repository::new();
    let case = repository.path().join("case");
    fs::create_dir(&case).unwrap();
    things.iter().for_each(|(path, thing)| thing.put(&case.join(path)));
    repository.run(&["check", "case", "--as-of", "2027-01-01"], &[])
}

/// The headlines of the findings, each in one line.
fn headlines(told: &Told) -> Vec<String> {
    let entries = told.output.split("\n\n").filter(|entry| entry.contains("]: "));
    let headline = |entry: &str| {
        let lines: Vec<&str> = entry
            .lines()
            .take_while(|line| !line.starts_with("  ") || line.starts_with("    "))
            .collect();
        lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    };
    entries.map(headline).collect()
}

/// The check ends with findings, and with exactly these.
#[track_caller]
fn finds(things: &[(&str, Thing)], wanted: &[&str]) {
    let told = check(things);
    assert_eq!((told.code, told.complaint.as_str()), (Some(1), ""), "{}", told.output);
    assert_eq!(headlines(&told), wanted, "{}", told.output);
}

/// The check could not run, and this is all that is said.
#[track_caller]
fn refuses(things: &[(&str, Thing)], wanted: &str) {
    let told = check(things);
    assert_eq!((told.code, told.output.as_str()), (Some(2), ""), "{}", told.complaint);
    assert_eq!(told.complaint, wanted);
}

#[test]
fn a_manifest_that_can_not_be_read_is_told() {
    let manifest = |thing: Thing, wanted: &str| refuses(&[("envlint.toml", thing)], wanted);
    manifest(Text(""), "envlint: envlint.toml:1:1: `version` is missing\n");
    manifest(Directory, "envlint: envlint.toml is not a regular file\n");
    manifest(Sparse(200 << 20), "envlint: envlint.toml is larger than 16 MiB\n");
    manifest(
        Bytes(b"version = 1\n# \xff\n"),
        "envlint: envlint.toml is not UTF-8: byte 14 can not be read\n",
    );
    manifest(
        Long("", "# a comment\n", 100_000, "version = 1\n"),
        "envlint: envlint.toml:1:1: a TOML file of more than 1 MiB is not read\n",
    );
    manifest(
        Long("version = ", "[", 100_000, ""),
        "envlint: envlint.toml:1:138: this nests deeper than 128 levels\n\
         envlint: envlint.toml:1:100011: a `[` is never closed\n  close it with `]`\n",
    );
}

#[test]
fn every_misspelt_field_of_a_manifest_is_told_at_once() {
    let manifest = "\
versoin = 1

[enviroments]
production = {}

[sources.compose]
compos = [\"compose.yaml\"]

[services.web]
shema = \"polyant/web\"
sources = [\"compose\"]

[services.web.variables]
A = { typ = \"string\" }
B = { type = \"strnig\" }
";
    let told = check(&[("envlint.toml", Text(manifest))]);
    assert_eq!((told.code, told.output.as_str()), (Some(2), ""));
    let mut lines = told.complaint.lines();
    for (place, help) in [
        ("1:1: `version` is missing", None),
        ("1:1: unknown field `versoin`", Some("version")),
        ("3:2: unknown field `enviroments`", Some("environments")),
        ("7:1: unknown field `compos`", Some("compose")),
        ("10:1: unknown field `shema`", Some("schema")),
        ("14:7: unknown field `typ`", Some("type")),
        ("15:14: `type` is none of the words that it can be", Some("string")),
    ] {
        assert_eq!(lines.next(), Some(&*format!("envlint: envlint.toml:{place}")));
        if let Some(meant) = help {
            assert_eq!(lines.next(), Some(&*format!("  did you mean `{meant}`?")));
        }
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn a_service_that_compose_does_not_have_is_told() {
    refuses(
        &[
            (
                "envlint.toml",
                Text("version = 1\n[services.wbe]\n[services.db]\nworkload = \"d\"\n"),
            ),
            ("compose.yaml", Text("services: {web: {}, worker: {}}\n")),
        ],
        "envlint: envlint.toml:2:11: the Compose files have no service wbe\n  \
         did you mean web? say so with workload = \"web\"\n\
         envlint: envlint.toml:4:12: the Compose files have no service d\n  \
         there are: web, worker\n",
    );
}

#[test]
fn what_is_found_and_is_no_readable_text_is_a_finding() {
    finds(
        &[
            (".env", Bytes(b"A=\xff\n")),
            ("compose.yaml", Bytes(b"services:\n  \xc3\x28: {}\n")),
            ("nginx/site.conf", Bytes(b"\xff\xfeu\0s\0e\0r\0")),
        ],
        &[
            "error[syntax-error]: .env is not UTF-8: byte 2 can not be read",
            "error[syntax-error]: compose.yaml is not UTF-8: byte 12 can not be read",
            "error[syntax-error]: nginx/site.conf is not UTF-8: byte 0 can not be read",
        ],
    );
    finds(
        &[
            (".env", Sparse(200 << 20)),
            ("compose.yaml", Sparse(200 << 20)),
            ("nginx/site.conf", Sparse(200 << 20)),
        ],
        &[
            "error[syntax-error]: .env is larger than 16 MiB",
            "error[syntax-error]: compose.yaml is larger than 16 MiB",
            "error[syntax-error]: nginx/site.conf is larger than 16 MiB",
        ],
    );
}

#[cfg(unix)]
#[test]
fn what_is_found_and_is_no_file_is_a_finding() {
    use Thing::{Fifo, Link};
    finds(
        &[(".env", Fifo), ("compose.yaml", Fifo), ("nginx/site.conf", Fifo), ("web.env", Fifo)],
        &[
            "error[syntax-error]: .env is not a regular file",
            "error[syntax-error]: compose.yaml is not a regular file",
            "error[syntax-error]: nginx/site.conf is not a regular file",
            "error[syntax-error]: web.env is not a regular file",
        ],
    );
    let loops = "is a symbolic link that leads nowhere but to other links";
    finds(
        &[(".env", Link(".env")), ("compose.yaml", Link("a")), ("a", Link("compose.yaml"))],
        &[
            &format!("error[syntax-error]: .env {loops}"),
            &format!("error[syntax-error]: compose.yaml {loops}"),
        ],
    );
    refuses(&[("envlint.toml", Link("envlint.toml"))], &format!("envlint: envlint.toml {loops}\n"));
    let nothing = "is a symbolic link that leads to nothing";
    finds(
        &[(".env", Link("gone")), ("compose.yaml", Link("gone")), ("nginx/a.conf", Link("gone"))],
        &[
            &format!("error[syntax-error]: .env {nothing}"),
            &format!("error[syntax-error]: compose.yaml {nothing}"),
            &format!("error[syntax-error]: nginx/a.conf {nothing}"),
        ],
    );
    refuses(&[("envlint.toml", Link("gone"))], &format!("envlint: envlint.toml {nothing}\n"));
}

/// Whatever names a file, the finding points at where it is named.
#[test]
fn what_is_named_and_can_not_be_read_is_a_finding() {
    const COMPOSE: &str = "services:\n  web:\n    env_file: [a.env, b.env, c.env]\n";
    const MANIFEST: &str = "\
version = 1
[sources.compose]
compose = [\"compose.yaml\", \"more.yaml\"]
[sources.file]
file = \"d.env\"
[sources.names]
names = \"names.json\"
[services.web]
sources = [\"compose\", \"file\", \"names\"]
";
    finds(
        &[
            ("envlint.toml", Text(MANIFEST)),
            ("compose.yaml", Text(COMPOSE)),
            ("a.env", Directory),
            ("b.env", Bytes(b"\xff")),
            ("names.json", Directory),
            ("more.yaml", Directory),
        ],
        &[
            "error[syntax-error]: a.env is not a regular file",
            "error[syntax-error]: b.env is not UTF-8: byte 0 can not be read",
            "error[unresolved-reference]: c.env does not exist",
            "error[syntax-error]: more.yaml is not a regular file",
            "error[unresolved-reference]: d.env does not exist",
            "error[syntax-error]: names.json is not a regular file",
        ],
    );
}

#[test]
fn an_empty_file_is_told_where_a_program_refuses_it() {
    finds(
        &[("compose.yaml", Text("# nothing yet\n")), (".env", Text(""))],
        &["error[syntax-error]: this Compose file is empty"],
    );
    let told = check(&[("compose.yaml", Text("services: {web: {}}\n")), (".env", Text(""))]);
    assert_eq!(
        (told.code, &*told.output),
        (Some(0), "default: 1 service, no variables, no proxies, 2 files. No mistakes.\n")
    );
    let told = check(&[("README.md", Text("nothing for envlint\n"))]);
    let nothing = "default: no services, no variables, no proxies, no files. Nothing to check was \
                   found: no manifest, Compose file, dotenv file or nginx configuration.\n";
    assert_eq!((told.code, told.output.as_str()), (Some(0), nothing));
}

#[test]
fn what_would_take_forever_ends_with_a_finding() {
    let ten = |name: &str, of: &str| format!("{name}: &{name} [{}]\n", [of; 10].join(", "));
    let bomb: String = ["ab", "bc", "cd", "de", "ef", "fg", "gh"]
        .map(|pair| ten(&pair[1..], &format!("*{}", &pair[..1])))
        .concat();
    let bomb: &'static str = format!("a: &a [x]\n{bomb}services: {{web: *h}}\n").leak();
    finds(
        &[("compose.yaml", Text(bomb))],
        &[
            "error[syntax-error]: with this alias, aliases repeat more than 1000000 values",
            "error[syntax-error]: a service is a mapping",
        ],
    );
    // An alias that is cut is told of once, whatever was expected in its place.
    let entries =
        |of: &str| ["A", "B", "C", "D", "E", "F", "G", "H"].map(|key| format!("{key}: {of}"));
    let mapping =
        |name: &str, of: &str| format!("{name}: &{name} {{{}}}\n", entries(of).join(", "));
    let bomb: String = ["ab", "bc", "cd", "de", "ef"]
        .map(|pair| mapping(&pair[1..], &format!("*{}", &pair[..1])))
        .concat();
    let services: String = (0..20).map(|at| format!("  s{at}: *f\n")).collect();
    let bomb: &'static str = format!("a: &a {{x: 1}}\n{bomb}services:\n{services}").leak();
    finds(
        &[("compose.yaml", Text(bomb))],
        &["error[syntax-error]: with this alias, aliases repeat more than 1000000 values"],
    );
    finds(
        &[
            ("compose.yaml", Long("services: ", "[", 100_000, "")),
            ("nginx/site.conf", Long("", "http {", 100_000, "")),
            (".env", Long("A=", "${A:-", 50_000, "\n")),
        ],
        &[
            "error[syntax-error]: invalid template: `${` does not begin a reference that compose can read",
            "error[syntax-error]: `services` is a mapping of names to services",
            "error[syntax-error]: this nests deeper than 128 levels",
            "error[syntax-error]: 64 closing braces are missing: this block is not closed",
            "error[syntax-error]: blocks are nested more than 64 deep",
            "error[syntax-error]: this block is not closed",
        ],
    );
    finds(
        &[
            (
                "compose.yaml",
                Long("services:\n  web:\n    environment:\n", "    - A=1\n", 1_000_000, ""),
            ),
            ("nginx/site.conf", Long("", "user a;\n", 1_000_000, "")),
            (".env", Long("", "A=1\n", 1_000_000, "")),
        ],
        &[
            "warning[duplicate-key]: A is set 100000 times",
            "error[syntax-error]: there are more than 100000 statements, comments or unreadable \
             lines before this: the rest was not read",
            "error[syntax-error]: the file holds more than 300000 values; the rest was not read",
            "error[syntax-error]: from here on the file was not read",
        ],
    );
}

/// The fixtures' age file, told to be read by whoever is not meant to.
#[test]
fn a_vault_that_does_not_open_is_a_finding() {
    let repository = Repository::new();
    let hardened = "fixtures/polyant/hardened";
    let vault = repository.path().join(hardened).join("secrets/production.env.age");
    let mine = ("ENVLINT_AGE_IDENTITY_FILE", "fixtures/polyant/identity.txt");
    let other = ("ENVLINT_AGE_IDENTITY_FILE", "other.txt");
    let of_fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/age");
    fs::copy(of_fixtures.join("other-identity.txt"), repository.path().join("other.txt")).unwrap();
    let found = |arguments: &[&str], variables: &[(&str, &str)]| {
        let told = repository.run(&[&["check", hardened], arguments].concat(), variables);
        assert_eq!((told.code, told.complaint.as_str()), (Some(1), ""), "{}", told.output);
        let [found] = &headlines(&told)[..] else { panic!("{}", told.output) };
        let rest = found.strip_prefix("error[decryption-failed]: secrets/production.env.age ");
        rest.unwrap_or_else(|| panic!("{}", told.output)).to_owned()
    };
    let fits = "is encrypted for 1 X25519 recipient, and none of the identities fits";
    assert_eq!(found(&[], &[other]), format!("{fits}: 1 of other.txt"));
    let option = ["--identity", "./other.txt"];
    assert_eq!(found(&option, &[]), format!("{fits}: 1 of other.txt"));
    let whole = fs::read(&vault).unwrap();
    let nothing = "is not an age file: neither an age header nor age armor stands at its start";
    for (bytes, wanted) in [
        (&whole[..whole.len() / 2], "has damaged armor: the file ends without the last marker"),
        (&whole[..10], nothing),
        (b"", nothing),
        (b"\xff\xfe", nothing),
    ] {
        fs::write(&vault, bytes).unwrap();
        assert!(found(&[], &[mine]).starts_with(wanted));
    }
}

/// Files of which the operating system refuses one, as it may refuse it to a check that does
/// not run as the super-user.
struct Refused {
    files: MemoryFiles,
    path: FilePath,
}

impl Files for Refused {
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        match *path == self.path {
            true => Err(ReadError::new(path, ReadErrorKind::PermissionDenied)),
            false => self.files.read(path),
        }
    }

    fn metadata(&self, path: &FilePath) -> Option<Metadata> {
        self.files.metadata(path)
    }

    fn list(&self, directory: &FilePath) -> Result<Vec<FilePath>, ReadError> {
        self.files.list(directory)
    }

    fn walk(&self) -> Walk {
        self.files.walk()
    }
}

#[test]
fn what_this_user_may_not_read_is_a_finding() {
    const MANIFEST: &str = "\
version = 1
[environments.production]
identities = [\"identity.txt\"]
[sources.compose]
compose = [\"compose.yaml\"]
[sources.vault]
file = \"vault.age\"
[sources.names]
names = \"names.json\"
[services.web]
sources = [\"compose\", \"vault\", \"names\"]
";
    let files = MemoryFiles::new()
        .with("envlint.toml", MANIFEST)
        .with("compose.yaml", "services:\n  web:\n    env_file: web.env\n")
        .with(".env", "A=1\n")
        .with("web.env", "B=1\n")
        .with("other/.env", "C=1\n")
        .with("names.json", "[]")
        .with("nginx/site.conf", "events {}\nhttp { include other.conf; }\n")
        .with("nginx/other.conf", "server {}\n")
        .with("vault.age", fs::read("fixtures/age/binary.age").unwrap())
        .with("identity.txt", fs::read("fixtures/age/identity.txt").unwrap());
    let check = |path: &str| {
        let files = Refused { files: files.clone(), path: path.into() };
        let options = Options::new(Date::new(2027, 1, 1).unwrap());
        envlint::check(Arc::new(files), &ProcessEnvironment::default(), &options)
    };
    assert_eq!(check("nothing").unwrap().findings.len(), 0);
    for path in [
        "compose.yaml",
        ".env",
        "web.env",
        "other/.env",
        "names.json",
        "nginx/site.conf",
        "nginx/other.conf",
        "vault.age",
    ] {
        let report = check(path).unwrap();
        let found: Vec<_> =
            report.findings.iter().map(|each| (each.rule, each.message.as_str())).collect();
        let wanted = format!("{path} may not be read by this user");
        assert_eq!(found, [("syntax-error", wanted.as_str())]);
    }
    let without_identity = check("identity.txt").unwrap().findings;
    assert_eq!(without_identity.len(), 1);
    assert_eq!(without_identity[0].rule, "decryption-failed");
    let refused = check("envlint.toml").err().unwrap().to_string();
    assert_eq!(refused, "envlint.toml may not be read by this user");
}

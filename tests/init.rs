//! A first manifest: it is written once, says what led to it, and a check runs with it.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests run the binary on directories that they build"
)]

mod support;

use std::fs;

use support::{FIXTURES, Repository, Told};

fn refused(told: &Told, complaint: &str) {
    assert_eq!((told.code, told.output.as_str()), (Some(2), ""));
    assert_eq!(told.complaint, format!("envlint: {complaint}\n"));
}

#[test]
fn a_check_runs_with_what_was_written() {
    let repository = Repository::new();
    for fixture in FIXTURES {
        let manifest = repository.path().join(fixture).join("envlint.toml");
        fs::remove_file(&manifest).unwrap();
        let told = repository.run(&["init", fixture], &[]);
        assert_eq!((told.code, told.complaint.as_str()), (Some(0), ""), "{fixture}");
        let text = fs::read_to_string(&manifest).unwrap();
        let guesses = text.lines().filter_map(|line| line.strip_prefix("# "));
        let told_of = guesses.filter(|guess| told.output.contains(&format!("  {guess}\n")));
        assert!(told_of.count() >= 2, "{}", told.output);
        let checked = repository.run(&["check", fixture, "--as-of", "2027-01-01"], &[]);
        assert!(matches!(checked.code, Some(0 | 1)), "{fixture}: {}", checked.complaint);
        assert!(!checked.output.contains("0 services"), "{}", checked.output);
        let docs = repository.run(&["docs", fixture], &[]);
        let described = text.contains("\nschema = ");
        assert_eq!(docs.code, Some(if described { 0 } else { 2 }), "{fixture}: {}", docs.complaint);
    }
}

#[test]
fn the_services_that_envlint_knows_are_recognised() {
    let repository = Repository::new();
    for (fixture, services) in [
        ("fixtures/polyant/hardened", &["engine", "web"][..]),
        ("fixtures/prodgy/hardened", &["api", "web", "service", "engine", "gateway", "agentic"]),
        ("fixtures/profy/hardened", &["core", "web", "agent-runtime"]),
    ] {
        let drafted = repository.run(&["init", fixture, "--dry-run"], &[]).output;
        let system = fixture.split('/').nth(1).unwrap();
        for service in services {
            let table = format!("[services.{service}]\nschema = \"{system}/{service}\"\n");
            assert!(drafted.contains(&table), "{drafted}");
        }
        assert_eq!(
            drafted.matches("\nschema = ").count(),
            drafted.matches(&format!("\"{system}/")).count()
        );
    }
}

#[test]
fn a_manifest_that_is_there_stays_unless_it_is_asked_for() {
    let repository = Repository::new();
    let fixture = "fixtures/profy/hardened";
    let path = repository.path().join(fixture).join("envlint.toml");
    let before = fs::read_to_string(&path).unwrap();
    refused(
        &repository.run(&["init", fixture], &[]),
        "cannot write fixtures/profy/hardened/envlint.toml: it exists already\n  \
         --dry-run prints what would be written, --force writes it all the same",
    );
    let dry = repository.run(&["init", fixture, "--dry-run"], &[]);
    assert_eq!(dry, repository.run(&["init", fixture, "--stdout"], &[]));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    let told = repository.run(&["init", fixture, "--force"], &[]);
    assert_eq!((told.code, told.complaint.as_str()), (Some(0), ""));
    let written = fs::read_to_string(&path).unwrap();
    assert!(written == dry.output && written != before);
}

#[test]
fn where_nothing_is_found_nothing_is_written() {
    let repository = Repository::new();
    let empty = repository.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let nothing = "cannot write envlint.toml: no Compose file, environment file or nginx \
                   configuration is here\n  \
                   name the directory that a deploy is made from: `envlint init PATH`";
    refused(&repository.run(&["init", "empty"], &[]), nothing);
    fs::write(empty.join(".env.example"), "A=\n").unwrap();
    refused(&repository.run(&["init", "empty"], &[]), nothing);
    assert_eq!(fs::read_dir(&empty).unwrap().count(), 1);
    for (path, why) in [("no/such", "does not exist"), ("empty/.env.example", "is not a directory")]
    {
        refused(
            &repository.run(&["init", path], &[]),
            &format!(
                "cannot look at {path}: it {why}\n  \
                 PATH is the directory that a deploy is made from"
            ),
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let repository = Repository::new();
    let case = repository.path().join("case");
    fs::create_dir(&case).unwrap();
    fs::write(case.join(".env"), "A=1\n").unwrap();
    std::os::unix::fs::symlink("../elsewhere.toml", case.join("envlint.toml")).unwrap();
    for arguments in [&["init", "case"][..], &["init", "case", "--force"]] {
        let told = repository.run(arguments, &[]);
        refused(&told, "cannot write case/envlint.toml: it is a symbolic link");
    }
    assert!(!repository.path().join("elsewhere.toml").exists());
}

#[test]
fn a_service_that_nobody_knows_is_found_all_the_same() {
    let repository = Repository::new();
    let case = repository.path().join("case/api");
    fs::create_dir_all(&case).unwrap();
    fs::write(case.join(".env"), "PORT=1\n").unwrap();
    fs::write(case.join("package.json"), "{}\n").unwrap();
    let told = repository.run(&["init", "case"], &[]);
    assert_eq!(
        told.output,
        "case/envlint.toml was written.\n\
         It guesses:\n  \
         no file names an environment: production is a guess\n  \
         something called api reads this file\n\
         Next:\n  \
         read the comments of envlint.toml, and correct what is wrong\n  \
         say what your services read: schema = \"./x.schema.json\", or [services.x.variables]\n  \
         run `envlint check`\n"
    );
    let written = fs::read_to_string(repository.path().join("case/envlint.toml")).unwrap();
    assert_eq!(
        written,
        "#:schema https://raw.githubusercontent.com/envlint/envlint/main/schemas/envlint.schema.json\n\
         version = 1\n\n\
         # no file names an environment: production is a guess\n\
         [environments]\n\
         production = {}\n\n\
         [sources.api-env]\n\
         file = \"api/.env\"\n\
         reader = \"dotenv\"\n\n\
         # something called api reads this file\n\
         [services.api]\n\
         sources = [\"api-env\"]\n"
    );
    let id = written.lines().next().unwrap().trim_start_matches("#:schema ");
    assert!(repository.run(&["schema", "envlint"], &[]).output.contains(&format!("\"{id}\"")));
    let checked = repository.run(&["check", "case"], &[]);
    assert!(checked.output.starts_with("production: 1 service, 1 variable"), "{}", checked.output);
}

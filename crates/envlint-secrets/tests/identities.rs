//! Where identities come from, and what is said of those that can not be used.

mod common;

use common::*;
use envlint_model::{FilePath, MemoryFiles, ProcessEnvironment};
use envlint_secrets::{DecryptErrorKind, Identities, IdentityProblem, MAX_IDENTITIES, decrypt};

const RECIPIENT: &str = "age1xnlfekfudl64m98k0a6g5vgqew7wm439wtcjp323cdl6dh3g64xqm4shqn";

/// Tries `BINARY` and returns whether it was read, with all notes as text.
fn attempt(identities: &Identities<'_>) -> (bool, Vec<String>) {
    let read = decrypt(BINARY, identities).is_ok();
    let notes = identities.notes().iter();
    (read, notes.map(|note| format!("{}; {}", note.message(), note.help())).collect())
}

fn of_variables(files: &MemoryFiles, variables: &[(&str, &str)]) -> (bool, Vec<String>) {
    let environment = environment(variables);
    attempt(&Identities::new(files, &environment))
}

/// What is said of an identity file with this text, which also holds the right identity.
fn of_file(text: &str) -> Vec<String> {
    let files = MemoryFiles::new().with("k.txt", format!("{text}\n{}\n", key(IDENTITY)));
    let (read, notes) = of_variables(&files, &[("ENVLINT_AGE_IDENTITY_FILE", "k.txt")]);
    assert!(read, "{text}");
    notes
}

#[test]
fn every_place_is_looked_in() {
    let ours = key(IDENTITY);
    let both = format!("{}\n{}\t{ours}", "# two", key(OTHER_IDENTITY));
    let none = MemoryFiles::new();
    assert_eq!(of_variables(&none, &[("ENVLINT_AGE_IDENTITY", ours)]), (true, vec![]));
    assert_eq!(of_variables(&none, &[("SOPS_AGE_KEY", &both)]), (true, vec![]));

    for (variables, path) in [
        (vec![("ENVLINT_AGE_IDENTITY_FILE", "a.txt")], "a.txt"),
        (vec![("SOPS_AGE_KEY_FILE", "~/a.txt"), ("HOME", "/home/u")], "/home/u/a.txt"),
        (vec![("XDG_CONFIG_HOME", "/c"), ("HOME", "/home/u")], "/c/sops/age/keys.txt"),
        (vec![("HOME", "/home/u")], "/home/u/.config/sops/age/keys.txt"),
        (vec![("HOME", "/u")], "/u/Library/Application Support/sops/age/keys.txt"),
    ] {
        let files = MemoryFiles::new().with(path, IDENTITY);
        assert_eq!(of_variables(&files, &variables), (true, vec![]), "{path}");
    }
}

#[test]
fn a_manifest_names_files_from_where_it_stands() {
    let files = MemoryFiles::new().with("deploy/keys/p.txt", IDENTITY).with("/h/p.txt", IDENTITY);
    let environment = environment(&[("HOME", "/h")]);
    for path in ["keys/p.txt", "~/p.txt", "/h/p.txt"] {
        let identities = Identities::new(&files, &environment);
        let identities = identities.file("envlint.toml", &FilePath::new("deploy"), path);
        assert_eq!(attempt(&identities), (true, vec![]), "{path}");
    }
}

#[test]
fn paths_in_variables_start_where_the_process_runs() {
    let files = MemoryFiles::new().with("../k.txt", IDENTITY);
    let environment = environment(&[("ENVLINT_AGE_IDENTITY_FILE", "k.txt")]);
    let identities = Identities::new(&files, &environment).in_directory(FilePath::new(".."));
    assert_eq!(attempt(&identities), (true, vec![]));
}

/// Where a process runs and where a home is belongs to the machine, and is longer than the name.
#[test]
fn a_file_is_called_as_it_was_named() {
    let files = MemoryFiles::new().with("/w/keys/k.txt", OTHER_IDENTITY).with("/h/k.txt", "#");
    let variables = [("HOME", "/h"), ("ENVLINT_AGE_IDENTITY_FILE", "./keys/k.txt")];
    let environment = environment(&[&variables[..], &[("SOPS_AGE_KEY_FILE", "gone")]].concat());
    let identities = Identities::new(&files, &environment).in_directory(FilePath::new("/w")).file(
        "envlint.toml",
        &FilePath::new("deploy"),
        "~/k.txt",
    );
    let error = decrypt(BINARY, &identities).err().unwrap().to_string();
    assert!(error.ends_with("none of the identities fits: 1 of keys/k.txt"), "{error}");
    let said: Vec<String> = identities.notes().iter().map(|note| note.message()).collect();
    assert_eq!(said, ["~/k.txt holds no identity", "gone does not exist"]);
}

#[test]
fn the_usual_shapes_of_identity_files_are_read() {
    let ours = key(IDENTITY);
    for text in [
        IDENTITY.to_owned(),
        format!("\u{feff}# BOM and CR LF\r\n\r\n{ours}\r\n"),
        format!("   {ours}   "),
        ours.to_lowercase(),
    ] {
        let files = MemoryFiles::new().with("k.txt", text);
        let result = of_variables(&files, &[("SOPS_AGE_KEY_FILE", "k.txt")]);
        assert_eq!(result, (true, vec![]));
    }
}

#[test]
fn one_bad_line_never_blocks_the_others() {
    assert_eq!(
        of_file("CANARY not an identity"),
        ["line 1 of k.txt is no age identity; it was named by ENVLINT_AGE_IDENTITY_FILE; \
             lines start with AGE-SECRET-KEY-1, comments with #"]
    );
    assert_eq!(
        of_file("#\nx\ny\nz")[0].split(';').next(),
        Some("line 2 of k.txt (and 2 other lines) is no age identity")
    );
    let broken = key(IDENTITY).replace("HDSMG", "HDSMA");
    for (line, said) in [
        (broken.as_str(), "is a damaged age identity: its checksum does not fit"),
        (&key(IDENTITY)[..70], "is a damaged age identity: its checksum does not fit"),
        (RECIPIENT, "is a recipient, the public half of a key pair, and can not decrypt"),
        (
            "AGE-SECRET-KEY-PQ-1CANARY",
            "is a post-quantum identity, and was left out: only X25519 identities are used",
        ),
        (
            "AGE-PLUGIN-YUBIKEY-1CANARY",
            "is an identity for a plugin, and was left out: plugins are never run",
        ),
    ] {
        let notes = of_file(line);
        assert_eq!(notes.len(), 1);
        assert!(notes[0].starts_with(&format!("line 1 of k.txt {said}; ")), "{}", notes[0]);
    }
}

#[test]
fn one_bad_place_never_blocks_the_others() {
    let files = MemoryFiles::new()
        .with("good.txt", IDENTITY)
        .with("ssh", "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\n")
        .with("empty.txt", "# nothing yet\n")
        .with("armored.age", ARMORED)
        .with("large.txt", "#".repeat(300_000));
    let environment = environment(&[("SOPS_AGE_KEY_FILE", "good.txt")]);
    let mut identities = Identities::new(&files, &environment);
    let bad = ["gone.txt", "ssh", "empty.txt", "armored.age", "large.txt", "~/k", "a\nb"];
    for path in bad {
        identities = identities.file("--identity", &FilePath::new(""), path);
    }
    let (read, notes) = attempt(&identities);
    assert!(read);
    let said: Vec<&str> = notes.iter().filter_map(|note| note.split(';').next()).collect();
    assert_eq!(
        said,
        [
            "gone.txt does not exist",
            "ssh is a private key in PEM, and was left out: only X25519 identities are used",
            "empty.txt holds no identity",
            "armored.age is encrypted itself",
            "large.txt is larger than 256 KiB, which no identity file is",
            "--identity starts with ~, and HOME is not set",
            "--identity holds a text that is no path",
        ]
    );
    let errors: Vec<bool> = identities.notes().iter().map(|note| note.is_error()).collect();
    assert_eq!(errors, [true, false, true, true, true, true, true]);
}

#[test]
fn an_identity_in_the_place_of_a_path_is_never_shown() {
    for text in [key(IDENTITY), &key(IDENTITY).to_lowercase(), IDENTITY] {
        let (read, notes) =
            of_variables(&MemoryFiles::new(), &[("ENVLINT_AGE_IDENTITY_FILE", text)]);
        assert!(!read);
        assert_eq!(
            notes,
            ["ENVLINT_AGE_IDENTITY_FILE holds an identity where the path of a file belongs; \
              ENVLINT_AGE_IDENTITY takes the identity itself"]
        );
    }
    let (_, notes) =
        of_variables(&MemoryFiles::new(), &[("ENVLINT_AGE_IDENTITY", "/CANARY/keys.txt")]);
    assert_eq!(
        notes,
        ["ENVLINT_AGE_IDENTITY is no age identity; an identity starts with AGE-SECRET-KEY-1; a \
          file is named by ENVLINT_AGE_IDENTITY_FILE"]
    );
}

#[test]
fn an_identity_that_could_not_be_read_is_not_the_same_as_none() {
    let kind = |environment: &ProcessEnvironment, files: &MemoryFiles| {
        let identities = Identities::new(files, environment);
        let error = decrypt(BINARY, &identities).err().unwrap();
        (error.kind(), error.is_unverifiable())
    };
    let none = MemoryFiles::new();
    let named = environment(&[("ENVLINT_AGE_IDENTITY_FILE", "gone.txt")]);
    assert_eq!(kind(&named, &none), (DecryptErrorKind::NoUsableIdentity, false));
    let empty = environment(&[("ENVLINT_AGE_IDENTITY_FILE", ""), ("SOPS_AGE_KEY", "")]);
    assert_eq!(kind(&empty, &none), (DecryptErrorKind::NoIdentity, true));

    // Somebody's own identity for sops was not given for this file.
    let home = environment(&[("HOME", "/u")]);
    let found = MemoryFiles::new().with("/u/.config/sops/age/keys.txt", OTHER_IDENTITY);
    assert_eq!(kind(&home, &found), (DecryptErrorKind::NoIdentity, true));
    let identities = Identities::new(&found, &home);
    assert_eq!(
        decrypt(BINARY, &identities).err().unwrap().to_string(),
        "is encrypted for 1 X25519 recipient, and no identity was given (not one of its: 1 of \
         /u/.config/sops/age/keys.txt)"
    );
    let given = environment(&[("SOPS_AGE_KEY_FILE", "/u/.config/sops/age/keys.txt")]);
    assert_eq!(kind(&given, &found), (DecryptErrorKind::NoIdentityFits, false));
}

#[test]
fn a_file_that_two_places_name_is_read_once() {
    let files = MemoryFiles::new().with("k.txt", OTHER_IDENTITY);
    let variables = [("ENVLINT_AGE_IDENTITY_FILE", "k.txt"), ("SOPS_AGE_KEY_FILE", "./k.txt")];
    let environment = environment(&variables);
    let identities = Identities::new(&files, &environment);
    let error = decrypt(BINARY, &identities).err().unwrap();
    assert!(error.to_string().ends_with("none of the identities fits: 1 of k.txt"));
}

#[test]
fn nothing_is_read_before_a_file_needs_it() {
    let (files, environment) = (MemoryFiles::new(), environment(&[("SOPS_AGE_KEY", "CANARY")]));
    let identities = Identities::new(&files, &environment);
    for file in [PASSPHRASE, PLAIN, SEVENTY_RECIPIENTS, &BINARY[..100]] {
        assert!(decrypt(file, &identities).is_err());
        assert!(identities.notes().is_empty());
    }
    assert!(decrypt(BINARY, &identities).is_err());
    assert_eq!(identities.notes()[0].problem, IdentityProblem::NotAnIdentity);
}

#[test]
fn the_number_of_identities_is_bounded() {
    let many = format!("{}\n", key(OTHER_IDENTITY)).repeat(MAX_IDENTITIES + 2);
    let files = MemoryFiles::new().with("k.txt", many);
    let (_, notes) = of_variables(&files, &[("SOPS_AGE_KEY_FILE", "k.txt")]);
    assert_eq!(
        notes[0].split(';').next(),
        Some(
            "line 129 of k.txt (and another line) is beyond the 128 identities that are used in \
             one run"
        )
    );
}

//! Files appear as a whole, with the mode that they are to have, or not at all.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "the tests look at the files that are written")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use envlint_os::{Put, PutError, put};
use tempfile::tempdir;

fn write(path: &Path, kind: Put, text: &str) -> Result<(), PutError> {
    put(path, kind, |old| [&old[..], text.as_bytes()].concat().into())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The names in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_secret_file_is_made_and_added_to() {
    let directory = tempdir().unwrap();
    let path = directory.path().join(".env");
    write(&path, Put::Secret, "A=1\n").unwrap();
    assert_eq!(mode(&path), 0o600);
    write(&path, Put::Secret, "B=2\n").unwrap();
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("A=1\nB=2\n", 0o600));
    assert_eq!(names(directory.path()), [".env"]);
}

#[test]
fn a_file_that_is_no_place_for_secrets_stays_as_it_is() {
    let directory = tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    for (name, open) in [("group", 0o640), ("world", 0o604), ("run", 0o700)] {
        fs::write(at(name), "A=1\n").unwrap();
        fs::set_permissions(at(name), Permissions::from_mode(open)).unwrap();
        let refused = write(&at(name), Put::Secret, "B=2\n");
        assert_eq!(refused, Err(PutError::Open { mode: open }), "{name}");
        assert_eq!(fs::read_to_string(at(name)).unwrap(), "A=1\n");
    }
    fs::write(at("target"), "A=1\n").unwrap();
    fs::set_permissions(at("target"), Permissions::from_mode(0o600)).unwrap();
    symlink(at("target"), at("link")).unwrap();
    symlink(at("nothing"), at("dangling")).unwrap();
    assert_eq!(write(&at("link"), Put::Secret, "B"), Err(PutError::Link));
    assert_eq!(write(&at("dangling"), Put::Secret, "B"), Err(PutError::Link));
    assert_eq!(write(&at("dangling"), Put::Anew, "B"), Err(PutError::Link));
    fs::hard_link(at("target"), at("other")).unwrap();
    assert_eq!(write(&at("target"), Put::Secret, "B"), Err(PutError::Linked));
    assert_eq!(write(directory.path(), Put::Secret, "B"), Err(PutError::NotAFile));
    assert_eq!(write(&at("no/such/file"), Put::Secret, "B"), Err(PutError::NoDirectory));
    let left = ["dangling", "group", "link", "other", "run", "target", "world"];
    assert_eq!(names(directory.path()), left);
}

#[test]
fn a_new_file_replaces_nothing_unless_it_is_asked_to() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("envlint.toml");
    write(&path, Put::New, "one").unwrap();
    assert_eq!(write(&path, Put::New, "two"), Err(PutError::Exists));
    write(&path, Put::Anew, "two").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "two");
}

#[test]
fn a_file_that_changes_meanwhile_is_not_lost() {
    let directory = tempdir().unwrap();
    let path = directory.path().join(".env");
    let meanwhile = |text: &'static str| {
        put(&path, Put::Secret, |old| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            [&old[..], b"A=1\n"].concat().into()
        })
    };
    assert_eq!(meanwhile("B=2\n"), Err(PutError::Changed), "it appeared");
    assert_eq!(meanwhile("B=2\nC=3\n"), Err(PutError::Changed), "it grew");
    assert_eq!(fs::read_to_string(&path).unwrap(), "B=2\nC=3\n");
    assert_eq!(names(directory.path()), [".env"]);
}

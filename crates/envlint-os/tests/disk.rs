//! The disk as a check sees it, on real directories: what is read, what is refused, what is
//! found.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests build the directories that they read, and time the reading"
)]

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use envlint_model::{FilePath, Files, MAX_FILE_BYTES, ReadErrorKind, Walk};
use envlint_os::{Disk, MAX_IGNORE_BYTES};
use tempfile::TempDir;

/// A directory with these files, wiped at the end of the test.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(directory.path(), path, text);
    }
    directory
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn disk(directory: &TempDir) -> Disk {
    Disk::open(directory.path()).map_err(|kind| kind.to_string()).unwrap()
}

fn error(disk: &Disk, path: &str) -> ReadErrorKind {
    let error = disk.read(&path.into()).map(|_| ()).unwrap_err();
    assert_eq!(error.path, FilePath::new(path));
    error.kind
}

fn walked(directory: &TempDir) -> Vec<String> {
    let Walk { files, problems } = disk(directory).walk();
    assert_eq!(problems, []);
    files.iter().map(|file| file.as_str().to_owned()).collect()
}

#[test]
fn opens_directories_only() {
    let temp = directory(&[("file", "")]);
    let open = |path: &str| Disk::open(&temp.path().join(path)).err();
    assert_eq!(open("."), None);
    assert_eq!(open("file"), Some(ReadErrorKind::NotADirectory));
    assert_eq!(open("missing"), Some(ReadErrorKind::NotFound));
    assert_eq!(open("file/below"), Some(ReadErrorKind::NotFound));
}

#[test]
fn reads_relative_absolute_and_upward_paths() {
    let temp = directory(&[("app/.env", "A=1"), ("common.env", "B=2")]);
    let disk = Disk::open(&temp.path().join("app")).map_err(|kind| kind.to_string()).unwrap();
    let absolute = temp.path().join("app/.env");
    for (path, text) in
        [(".env", "A=1"), ("../common.env", "B=2"), (absolute.to_str().unwrap(), "A=1")]
    {
        assert_eq!(&**disk.read(&path.into()).unwrap(), text.as_bytes(), "{path}");
    }
}

#[test]
fn says_why_it_does_not_read() {
    let temp = directory(&[("file", "x"), ("dir/file", "x")]);
    let disk = disk(&temp);
    let long = "x".repeat(5_000);
    for (path, kind) in [
        ("missing", ReadErrorKind::NotFound),
        ("file/below", ReadErrorKind::NotFound),
        ("nul\0byte", ReadErrorKind::NotFound),
        (&long, ReadErrorKind::NotFound),
        ("dir", ReadErrorKind::NotAFile),
        ("", ReadErrorKind::NotAFile),
    ] {
        assert_eq!(error(&disk, path), kind, "{path:?}");
    }
    assert_eq!(disk.list(&"missing".into()).unwrap_err().kind, ReadErrorKind::NotFound);
    assert_eq!(disk.list(&"file".into()).unwrap_err().kind, ReadErrorKind::NotFound);
    assert!(disk.metadata(&"missing".into()).is_none());
}

#[test]
fn a_large_file_is_refused_at_once() {
    let temp = directory(&[]);
    let sized = |name: &str, bytes: u64| {
        File::create(temp.path().join(name)).unwrap().set_len(bytes).unwrap();
    };
    sized("large", 200 * 1024 * 1024);
    sized("above", MAX_FILE_BYTES + 1);
    sized("limit", MAX_FILE_BYTES);
    let disk = disk(&temp);
    let start = Instant::now();
    assert_eq!(error(&disk, "large"), ReadErrorKind::TooLarge);
    assert_eq!(error(&disk, "above"), ReadErrorKind::TooLarge);
    assert!(start.elapsed() < Duration::from_millis(100));
    assert_eq!(disk.read(&"limit".into()).unwrap().len() as u64, MAX_FILE_BYTES);
    assert_eq!(disk.metadata(&"large".into()).unwrap().bytes, 200 * 1024 * 1024);
}

#[test]
fn lists_the_files_of_one_directory() {
    let temp = directory(&[("d/b", ""), ("d/a", "12"), ("d/e/f", ""), ("c", "")]);
    let disk = disk(&temp);
    assert_eq!(disk.list(&"d".into()).unwrap(), ["d/a".into(), "d/b".into()]);
    assert_eq!(disk.list(&"".into()).unwrap(), ["c".into()]);
    assert!(disk.metadata(&"d/e".into()).is_some_and(|metadata| metadata.directory));
    assert!(disk.metadata(&"d/a".into()).is_some_and(|metadata| metadata.bytes == 2));
}

#[test]
fn walks_in_order_and_past_what_is_nobodys_source() {
    let temp = directory(&[
        ("b/x", ""),
        ("a", ""),
        (".github/ci.yml", ""),
        ("b.c", ""),
        (".git/config", ""),
        ("web/node_modules/x/.env", ""),
        ("target/.env", ""),
    ]);
    assert_eq!(walked(&temp), [".github/ci.yml", "a", "b.c", "b/x"]);
}

#[test]
fn ignored_files_are_passed_over_but_environment_files_are_not() {
    let temp = directory(&[
        (".gitignore", ".env*\n*.env\n*.log\ndist/\n[broken\n"),
        (".env", ""),
        (".env.production", ""),
        (".envrc", ""),
        ("x.log", ""),
        ("dist/.env", ""),
        ("api/prod.env", ""),
        ("api/.gitignore", "!keep.log\n"),
        ("api/keep.log", ""),
        ("api/other.log", ""),
    ]);
    let expected =
        [".env", ".env.production", ".gitignore", "api/.gitignore", "api/keep.log", "api/prod.env"];
    assert_eq!(walked(&temp), expected, "without a repository");
    fs::create_dir(temp.path().join(".git")).unwrap();
    assert_eq!(walked(&temp), expected, "with one");
}

#[test]
fn ignore_files_above_hold_within_a_repository() {
    let temp = directory(&[(".gitignore", "*.log\n"), ("app/x.log", ""), ("app/y", "")]);
    let below = || {
        let disk = Disk::open(&temp.path().join("app")).map_err(|kind| kind.to_string()).unwrap();
        disk.walk().files.iter().map(|file| file.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(below(), ["x.log", "y"]);
    fs::create_dir(temp.path().join(".git")).unwrap();
    assert_eq!(below(), ["y"]);
}

#[test]
fn knows_its_place_in_the_repository() {
    let temp = directory(&[("deploy/eu/.env", "")]);
    let place = |path: &str| {
        let disk = Disk::open(&temp.path().join(path)).map_err(|kind| kind.to_string()).unwrap();
        disk.in_repository().as_str().to_owned()
    };
    assert_eq!(place("deploy/eu"), "");
    fs::create_dir(temp.path().join(".git")).unwrap();
    assert_eq!((place("deploy/eu"), place("")), ("deploy/eu".to_owned(), String::new()));
}

#[test]
fn opens_the_nearest_directory_with_a_manifest() {
    let temp = directory(&[("app/envlint.toml", ""), ("app/a/b/c", ""), ("other/d/e", "")]);
    let found = |path: &str| {
        let disk = Disk::open_nearest(&temp.path().join(path), "envlint.toml");
        let disk = disk.map_err(|kind| kind.to_string()).unwrap();
        disk.seen_from(&temp.path().join(path)).as_str().to_owned()
    };
    assert_eq!((found("app/a/b"), found("app")), ("../..".to_owned(), String::new()));
    assert_eq!(found("other/d"), "", "there is none");
    fs::create_dir(temp.path().join("app/a/.git")).unwrap();
    assert_eq!(found("app/a/b"), "", "one outside of the repository does not count");
    let missing = Disk::open_nearest(&temp.path().join("app/nothing"), "envlint.toml").err();
    assert_eq!(missing, Some(ReadErrorKind::NotFound));
}

#[test]
fn is_seen_from_below_above_and_beside() {
    let temp = directory(&[("a/b/file", ""), ("c/file", "")]);
    let root = temp.path().canonicalize().unwrap();
    let seen = |path: &str, here: &str| {
        let disk = Disk::open(&root.join(path)).map_err(|kind| kind.to_string()).unwrap();
        disk.seen_from(&root.join(here)).as_str().to_owned()
    };
    assert_eq!(seen("a/b", "a/b"), "");
    assert_eq!(seen("a/b", ""), "a/b");
    assert_eq!(seen("a", "a/b"), "..");
    assert_eq!(seen("a/b", "c"), root.join("a/b").to_string_lossy());
}

#[test]
fn a_huge_ignore_file_is_not_obeyed() {
    let patterns = "*.log\n".repeat(MAX_IGNORE_BYTES as usize / 6 + 1);
    let temp = directory(&[(".gitignore", &patterns), ("x.log", "")]);
    assert_eq!(walked(&temp), [".gitignore", "x.log"]);
}

#[test]
fn a_deep_tree_is_walked_to_its_end() {
    let temp = directory(&[]);
    let deep = "d/".repeat(500);
    write(temp.path(), &format!("{deep}.env"), "");
    assert_eq!(walked(&temp), [format!("{deep}.env")]);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn follows_links_to_files_and_tells_of_loops() {
        let temp = directory(&[("secrets/real", "A=1")]);
        let at = |path: &str| temp.path().join(path);
        symlink("secrets/real", at(".env")).unwrap();
        symlink("loop-b", at("loop-a")).unwrap();
        symlink("loop-a", at("loop-b")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        symlink("..", at("secrets/up")).unwrap();
        symlink(".", at("self")).unwrap();
        let disk = disk(&temp);
        assert_eq!(&**disk.read(&".env".into()).unwrap(), b"A=1");
        assert_eq!(error(&disk, "loop-a"), ReadErrorKind::LinkLoop);
        assert_eq!(error(&disk, "dangling"), ReadErrorKind::LinkToNothing);
        assert_eq!(Disk::open(&at("dangling")).err(), Some(ReadErrorKind::LinkToNothing));
        assert_eq!(error(&disk, "dangling/below"), ReadErrorKind::NotFound);
        assert_eq!(error(&disk, "secrets/up"), ReadErrorKind::NotAFile);
        let links = [".env", "dangling", "loop-a", "loop-b"];
        assert_eq!(walked(&temp), [&links[..], &["secrets/real"]].concat());
        assert_eq!(disk.list(&"".into()).unwrap(), links.map(FilePath::new));
        assert_eq!(&**disk.read(&"secrets/up/secrets/real".into()).unwrap(), b"A=1");
    }

    #[test]
    fn a_manifest_that_leads_nowhere_ends_the_search() {
        let temp = directory(&[("envlint.toml", ""), ("app/a/file", "")]);
        symlink("nowhere", temp.path().join("app/envlint.toml")).unwrap();
        let start = temp.path().join("app/a");
        let disk = Disk::open_nearest(&start, "envlint.toml");
        let disk = disk.map_err(|kind| kind.to_string()).unwrap();
        assert_eq!(disk.seen_from(&start).as_str(), "..");
        assert_eq!(error(&disk, "envlint.toml"), ReadErrorKind::LinkToNothing);
    }

    #[test]
    fn fifos_devices_and_sockets_neither_hang_nor_open() {
        let temp = directory(&[]);
        let fifo = temp.path().join(".env");
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let _socket = UnixListener::bind(temp.path().join("socket")).unwrap();
        let disk = disk(&temp);
        for path in [".env", "socket", "/dev/zero", "/dev/tty"] {
            if disk.metadata(&path.into()).is_some() {
                assert_eq!(error(&disk, path), ReadErrorKind::NotAFile, "{path}");
            }
        }
        assert_eq!(walked(&temp), [".env", "socket"]);
    }

    /// The super-user may read everything, and some machines test as one: what the system lets
    /// this process do is asked first, and the disk must agree with it.
    #[test]
    fn agrees_with_the_system_on_what_may_be_read() {
        let temp = directory(&[("closed/file", "x"), ("unreadable", "x"), ("open", "x")]);
        let chmod = |path: &str, mode| {
            fs::set_permissions(temp.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
        };
        chmod("unreadable", 0o000);
        chmod("closed", 0o000);
        let everything = fs::read(temp.path().join("unreadable")).is_ok();
        let disk = disk(&temp);
        assert_eq!(disk.metadata(&"unreadable".into()).unwrap().mode, Some(0o000));
        let Walk { files, problems } = disk.walk();
        if everything {
            assert_eq!(&**disk.read(&"unreadable".into()).unwrap(), b"x");
            assert_eq!(files, ["closed/file".into(), "open".into(), "unreadable".into()]);
            assert_eq!(problems, []);
        } else {
            assert_eq!(error(&disk, "unreadable"), ReadErrorKind::PermissionDenied);
            assert_eq!(error(&disk, "closed/file"), ReadErrorKind::PermissionDenied);
            assert_eq!(files, ["open".into(), "unreadable".into()]);
            assert_eq!(problems.len(), 1);
            assert_eq!(problems[0].path, FilePath::new("closed"));
            assert_eq!(problems[0].kind, ReadErrorKind::PermissionDenied);
        }
        // So that the directory can be removed again.
        chmod("closed", 0o700);
    }

    #[test]
    fn a_name_that_is_no_text_is_reported() {
        let temp = directory(&[("a", "")]);
        // Some file systems refuse such names; then there is nothing to report.
        let odd = temp.path().join(OsStr::from_bytes(b"caf\xe9.env"));
        let exists = fs::write(&odd, "").is_ok();
        let disk = disk(&temp);
        let Walk { files, problems } = disk.walk();
        assert_eq!(files, ["a".into()]);
        assert_eq!(problems.len(), usize::from(exists));
        for problem in problems {
            assert_eq!(problem.path, FilePath::new("caf\u{fffd}.env"));
            assert_eq!(problem.kind, ReadErrorKind::NameNotUtf8);
        }
        assert_eq!(disk.list(&"".into()).unwrap(), ["a".into()]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_calls_itself_empty_is_read_to_its_end() {
        let temp = directory(&[]);
        let status = disk(&temp).read(&"/proc/self/status".into()).unwrap();
        assert!(status.starts_with(b"Name:"), "a file of the kernel, which says it has 0 bytes");
    }
}

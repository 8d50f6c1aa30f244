//! Whether git keeps a file.
//!
//! git's index is read directly (gitformat-index(5), versions 2 to 4), since no program is run.
//! Only paths are looked at; an index that can not be read is one of which nothing is known.

use std::path::Path;

use crate::ignored::repository_of;
use crate::read::read_file;

/// The largest index that is read, in bytes: that of a repository with a million files.
pub const MAX_INDEX_BYTES: u64 = 256 * 1024 * 1024;

/// Whether the git repository that a file lies in has it in its index; `None` if there is no
/// repository, or if its index can not be read. The file itself need not exist.
pub fn is_tracked(file: &Path) -> Option<bool> {
    let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new(".")).canonicalize().ok()?;
    let repository = repository_of(&directory)?;
    let inside = directory.join(file.file_name()?);
    let parts: Option<Vec<&str>> =
        inside.strip_prefix(repository).ok()?.iter().map(|part| part.to_str()).collect();
    let wanted = parts?.join("/");
    let index = match read_file(&git_directory(repository)?.join("index"), MAX_INDEX_BYTES) {
        Ok(index) => index,
        // A new repository has none, and so tracks nothing.
        Err(envlint_model::ReadErrorKind::NotFound) => return Some(false),
        Err(_) => return None,
    };
    holds(&index, wanted.as_bytes())
}

/// Where git keeps what it knows: in worktrees and submodules `.git` is a file that says it.
fn git_directory(repository: &Path) -> Option<std::path::PathBuf> {
    let dot_git = repository.join(".git");
    if dot_git.is_dir() {
        return Some(dot_git);
    }
    let says = read_file(&dot_git, 4096).ok()?;
    let path = std::str::from_utf8(&says).ok()?.trim().strip_prefix("gitdir:")?.trim();
    Some(repository.join(path))
}

/// Whether an index has an entry of this path; `None` if it is no index.
fn holds(index: &[u8], wanted: &[u8]) -> Option<bool> {
    /// Times, ids, modes, size and object name, in bytes, before an entry's flags.
    const BEFORE_FLAGS: usize = 60;
    const EXTENDED: u16 = 0x4000;
    let number = |at: usize| Some(u32::from_be_bytes(index.get(at..at + 4)?.try_into().ok()?));
    let version = number(4).filter(|_| index.starts_with(b"DIRC"))?;
    let (mut at, mut name) = (12, Vec::new());
    for _ in 0..number(8)? {
        let start = at;
        let flags = index.get(at + BEFORE_FLAGS..at + BEFORE_FLAGS + 2)?;
        let extended = u16::from_be_bytes(flags.try_into().ok()?) & EXTENDED != 0;
        at += BEFORE_FLAGS + 2 + if extended { 2 } else { 0 };
        match version {
            2 | 3 => name.clear(),
            // The end of the name before is replaced.
            4 => {
                let (dropped, length) = offset(index.get(at..)?)?;
                name.truncate(name.len().checked_sub(dropped)?);
                at += length;
            }
            _ => return None,
        }
        let rest = index.get(at..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        name.extend_from_slice(&rest[..length]);
        if name == wanted {
            return Some(true);
        }
        at += length + 1;
        if version < 4 {
            // Each entry is filled up to a multiple of eight bytes.
            at = start + (at - start).next_multiple_of(8);
        }
    }
    Some(false)
}

/// A number of variable length as git writes offsets, and how many bytes it has.
fn offset(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = usize::from(bytes.first()? & 0x7f);
    let mut length = 1;
    while bytes.get(length - 1)? & 0x80 != 0 {
        let byte = *bytes.get(length)?;
        value = value.checked_add(1)?.checked_mul(128)? + usize::from(byte & 0x7f);
        length += 1;
    }
    Some((value, length))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// An index as git 2.39 writes it, without the extensions and the checksum at its end.
    fn index(version: u32, names: &[&str]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend((names.len() as u32).to_be_bytes());
        let mut before = "";
        for name in names {
            let start = bytes.len();
            bytes.extend([0; 60]);
            bytes.extend((name.len() as u16).to_be_bytes());
            if version == 4 {
                let common = name.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
                bytes.push((before.len() - common) as u8);
                bytes.extend(name[common..].bytes());
                bytes.push(0);
            } else {
                bytes.extend(name.bytes());
                let length = (bytes.len() - start + 1).next_multiple_of(8);
                bytes.resize(start + length, 0);
            }
            before = name;
        }
        bytes
    }

    #[test]
    fn entries_are_found_in_every_version() {
        let names = [".env", "a/.env.production", "a/b", "compose.yaml"];
        for version in [2, 3, 4] {
            let index = index(version, &names);
            for name in names {
                assert_eq!(holds(&index, name.as_bytes()), Some(true), "{version} {name}");
            }
            assert_eq!(holds(&index, b"a/.env"), Some(false));
            assert_eq!(holds(&index[..40], b".env"), None);
        }
        assert_eq!(holds(&index(5, &names), b".env"), None);
        assert_eq!(holds(b"DIRC\0\0\0\x02\xff\xff\xff\xff", b".env"), None);
    }

    #[test]
    fn offsets_are_those_of_git() {
        assert_eq!(offset(&[0x05]), Some((5, 1)));
        assert_eq!(offset(&[0x80, 0x00]), Some((128, 2)));
        assert_eq!(offset(&[0x80]), None);
        assert_eq!(offset(&[0xff; 32]), None);
    }

    #[test]
    fn outside_of_a_repository_nothing_is_known() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("a/.git")).unwrap();
        let file = directory.path().join("a/.env");
        assert_eq!(is_tracked(&file), Some(false), "without an index nothing is tracked");
        fs::write(directory.path().join("a/.git/index"), index(2, &[".env"])).unwrap();
        assert_eq!(is_tracked(&file), Some(true));
        assert_eq!(is_tracked(&directory.path().join("a/.env.local")), Some(false));
        fs::write(directory.path().join("a/.git/index"), "no index").unwrap();
        assert_eq!(is_tracked(&file), None);
        fs::create_dir(directory.path().join("b")).unwrap();
        fs::write(directory.path().join("b/.git"), "gitdir: ../kept\n").unwrap();
        fs::create_dir(directory.path().join("kept")).unwrap();
        fs::write(directory.path().join("kept/index"), index(4, &["x/.env"])).unwrap();
        fs::create_dir(directory.path().join("b/x")).unwrap();
        assert_eq!(is_tracked(&directory.path().join("b/x/.env")), Some(true));
    }
}

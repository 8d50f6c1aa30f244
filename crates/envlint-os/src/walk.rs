//! Discovery's view of a directory: which files there are, and what could not be looked at.

use std::fs::{self, DirEntry, FileType};
use std::path::{Path, PathBuf};

use envlint_model::{FilePath, MAX_WALK_FILES, ReadError, ReadErrorKind, Walk};

use crate::ignored::{Ignored, MAX_IGNORE_BYTES};
use crate::read::kind_of;

/// Never entered, whatever `.gitignore` says: history, other people's packages, build output.
const NEVER_ENTERED: [&str; 3] = [".git", "node_modules", "target"];

/// All files below `root` that are not ignored, and environment files even if they are: they are
/// kept out of git because they are the very thing to check.
///
/// Links to directories are not followed. Everything else that is no directory is listed, also
/// FIFOs and links that lead nowhere: a `.env` that no program can read is to be told, not passed
/// over, and [`crate::Disk`] reads none of them. A directory that is ignored is not entered, so an environment file
/// in it is found only if something names it.
pub(crate) fn walk(root: &Path) -> Walk {
    walk_at_most(root, MAX_WALK_FILES)
}

fn walk_at_most(root: &Path, entries: usize) -> Walk {
    let mut budget = MAX_IGNORE_BYTES;
    // Ignore files above the root match by their real place. Where there is none, the root can
    // not be listed either, and that is the problem to tell.
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let ignored = Ignored::above(&real, &mut budget);
    let mut walker = Walker { walk: Walk::default(), entries_left: entries, budget };
    walker.descend(real, ignored);
    walker.walk.files.sort();
    walker.walk.problems.sort_by(|a, b| a.path.cmp(&b.path));
    walker.walk
}

struct Walker {
    walk: Walk,
    /// Files and directories that may still be looked at.
    entries_left: usize,
    /// Bytes of ignore files that may still be read.
    budget: u64,
}

/// A directory still to be looked at.
struct Pending {
    on_disk: PathBuf,
    path: FilePath,
    ignored: Ignored,
}

impl Walker {
    /// Goes through the tree with a stack of its own: a deep tree must not exhaust the thread's.
    fn descend(&mut self, root: PathBuf, ignored: Ignored) {
        let start = Pending { on_disk: root, path: FilePath::new(""), ignored };
        let mut pending = vec![start];
        while let Some(directory) = pending.pop() {
            match self.entries(&directory) {
                Ok(entries) => self.look_at(&directory, entries, &mut pending),
                Err(kind) => self.problem(&directory.path, kind),
            }
        }
    }

    /// The entries of a directory in the order of their names, as far as the bound allows.
    fn entries(&mut self, directory: &Pending) -> Result<Vec<DirEntry>, ReadErrorKind> {
        let mut listed = fs::read_dir(&directory.on_disk).map_err(kind_of)?;
        let mut entries: Vec<DirEntry> = Vec::new();
        for entry in listed.by_ref().take(self.entries_left) {
            entries.push(entry.map_err(kind_of)?);
        }
        if entries.len() == self.entries_left && listed.next().is_some() {
            self.too_many();
        }
        self.entries_left -= entries.len();
        entries.sort_by_key(DirEntry::file_name);
        Ok(entries)
    }

    fn look_at(&mut self, directory: &Pending, entries: Vec<DirEntry>, pending: &mut Vec<Pending>) {
        let ignored = directory.ignored.enter(&directory.on_disk, &mut self.budget);
        for entry in entries {
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let path = directory.path.join(&name.to_string_lossy());
                self.problem(&path, ReadErrorKind::NameNotUtf8);
                continue;
            };
            let (on_disk, path) = (entry.path(), directory.path.join(name));
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    if !NEVER_ENTERED.contains(&name) && !ignored.ignores(&on_disk, true) {
                        pending.push(Pending { on_disk, path, ignored: ignored.clone() });
                    }
                }
                Ok(kind) if is_listed(kind, &on_disk) => {
                    if is_environment_file(name) || !ignored.ignores(&on_disk, false) {
                        self.walk.files.push(path);
                    }
                }
                Ok(_) => {}
                Err(error) => self.problem(&path, kind_of(error)),
            }
        }
    }

    fn too_many(&mut self) {
        let known = |problem: &ReadError| problem.kind == ReadErrorKind::TooMany;
        if !self.walk.problems.iter().any(known) {
            self.problem(&FilePath::new(""), ReadErrorKind::TooMany);
        }
    }

    fn problem(&mut self, path: &FilePath, kind: ReadErrorKind) {
        self.walk.problems.push(ReadError::new(path, kind));
    }
}

/// Whether an entry is neither a directory nor a link to one.
pub(crate) fn is_listed(kind: FileType, on_disk: &Path) -> bool {
    let leads_to_directory = || fs::metadata(on_disk).is_ok_and(|target| target.is_dir());
    !(kind.is_dir() || kind.is_symlink() && leads_to_directory())
}

/// `.env`, `.env.production`, `production.env`: what is found although git ignores it.
fn is_environment_file(name: &str) -> bool {
    name == ".env" || name.starts_with(".env.") || name.ends_with(".env")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_at_its_bound_and_says_so_once() {
        let temp = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c", "d/e", "d/f"] {
            let path = temp.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        for (entries, files, problems) in [(6, 5, 0), (5, 4, 1), (4, 3, 1), (2, 2, 1), (0, 0, 1)] {
            let walk = walk_at_most(temp.path(), entries);
            // Which of a directory's entries come first is the file system's choice; the
            // directory itself may be one of the two.
            let seen = walk.files.len();
            assert!(seen == files || entries == 2 && seen == 1, "{entries} entries: {seen}");
            assert_eq!(walk.problems.len(), problems, "{entries} entries");
            assert!(walk.problems.iter().all(|problem| problem.kind == ReadErrorKind::TooMany));
        }
    }

    #[test]
    fn knows_environment_files_by_their_names() {
        for name in [".env", ".env.production", "production.env"] {
            assert!(is_environment_file(name), "{name}");
        }
        for name in [".envrc", "env", "environment", ".environment"] {
            assert!(!is_environment_file(name), "{name}");
        }
    }
}

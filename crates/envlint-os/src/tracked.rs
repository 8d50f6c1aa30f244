//! What git makes of files: whether it keeps them, ignores them, or waits for `git add`.
//!
//! git's index is read directly (gitformat-index(5), versions 2 to 4), since no program is run.
//! Only paths are looked at, once for all files of a repository, and an index of which not
//! everything is understood is one of which nothing is known: in a split index most entries are
//! elsewhere, in a sparse one a directory stands for what is in it.
//!
//! What ignores a file is what everybody who clones the repository has (`.gitignore`) and what is
//! said in this clone (`info/exclude`). The list of the person who runs the check is not obeyed:
//! the next one has the same file, and not the same list.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Take};
use std::path::{Path, PathBuf};

use envlint_model::{InGit, ReadErrorKind};

use crate::ignored::{Ignored, MAX_IGNORE_BYTES, repository_of};
use crate::read::{open_file, read_file};

/// The largest index that is read, in bytes: that of a repository with a million files.
pub const MAX_INDEX_BYTES: u64 = 256 * 1024 * 1024;

/// The most bytes of a file that says where git keeps what it knows.
const MAX_POINTER_BYTES: u64 = 4096;

/// Whether the git repository that a file lies in has it in its index; `None` if there is no
/// repository, or if its index can not be read. The file itself need not exist.
pub fn is_tracked(file: &Path) -> Option<bool> {
    let repository = Repository::around(file)?;
    let wanted = repository.name(file)?;
    Some(repository.tracked(&BTreeSet::from([wanted.as_str()]))?.contains(wanted.as_str()))
}

/// What git makes of files, one answer for each; `None` outside of a repository. Links are
/// followed: of a link git keeps where it leads, not what is there.
pub(crate) fn in_git(files: &[PathBuf]) -> Vec<Option<InGit>> {
    let mut answers = vec![None; files.len()];
    let mut repositories: BTreeMap<PathBuf, (Repository, Vec<Asked>)> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        let asked = || {
            let file = file.canonicalize().ok()?;
            let repository = Repository::around(&file)?;
            let name = repository.name(&file)?;
            Some((repository, Asked { at, name }))
        };
        if let Some((repository, asked)) = asked() {
            let root = repository.root.clone();
            repositories.entry(root).or_insert((repository, Vec::new())).1.push(asked);
        }
    }
    for (repository, asked) in repositories.into_values() {
        let wanted = asked.iter().map(|asked| asked.name.as_str()).collect();
        let tracked = repository.tracked(&wanted);
        for Asked { at, name } in &asked {
            answers[*at] = Some(match &tracked {
                None => InGit::Unknown,
                Some(tracked) if tracked.contains(name.as_str()) => InGit::Tracked,
                Some(_) if repository.ignores(name) => InGit::Ignored,
                Some(_) => InGit::Untracked,
            });
        }
    }
    answers
}

/// A file that is asked about.
struct Asked {
    /// Which of the answers is about it.
    at: usize,
    /// Its path from the root of its repository.
    name: String,
}

/// A git repository, or one worktree of it.
struct Repository {
    root: PathBuf,
    /// Where git keeps what it knows of this worktree.
    directory: PathBuf,
}

impl Repository {
    /// The one that a file lies in.
    fn around(file: &Path) -> Option<Self> {
        let directory = real_directory(file)?;
        let root = repository_of(&directory)?.to_owned();
        let dot_git = root.join(".git");
        // In worktrees and submodules it is a file that says where.
        let directory = match dot_git.is_dir() {
            true => dot_git,
            false => root.join(pointer(&dot_git)?.strip_prefix("gitdir:")?.trim()),
        };
        Some(Self { root, directory })
    }

    /// The path of a file as the index has it.
    fn name(&self, file: &Path) -> Option<String> {
        let inside = real_directory(file)?.join(file.file_name()?);
        let parts = inside.strip_prefix(&self.root).ok()?.iter().map(|part| part.to_str());
        Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
    }

    /// Which of these files are in the index.
    fn tracked<'a>(&self, wanted: &BTreeSet<&'a str>) -> Option<BTreeSet<&'a str>> {
        let index = self.directory.join("index");
        let by = |hash: usize| match open_file(&index, MAX_INDEX_BYTES) {
            Ok((file, size)) => {
                holds(BufReader::with_capacity(BUFFER_BYTES, file), size, hash, wanted)
            }
            // A new repository has none, and so tracks nothing.
            Err(ReadErrorKind::NotFound) => Some(BTreeSet::new()),
            Err(_) => None,
        };
        HASHES.into_iter().find_map(by)
    }

    /// Whether `git add .` passes over a file that is not tracked.
    fn ignores(&self, name: &str) -> bool {
        // The directory that all worktrees of a repository share has the list for all of them.
        let shared = pointer(&self.directory.join("commondir"));
        let shared = shared.map_or(self.directory.clone(), |path| self.directory.join(path));
        let mut budget = MAX_IGNORE_BYTES;
        let exclude = shared.join("info/exclude");
        let mut ignored = Ignored::default().with(&exclude, &self.root, &mut budget);
        let mut path = self.root.clone();
        let mut parts = name.split('/').peekable();
        while let Some(part) = parts.next() {
            ignored = ignored.enter(&path, &mut budget);
            path.push(part);
            // What lies in a directory that is ignored can not be taken back.
            if ignored.ignores(&path, parts.peek().is_some()) {
                return true;
            }
        }
        false
    }
}

fn real_directory(file: &Path) -> Option<PathBuf> {
    let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
    directory.unwrap_or(Path::new(".")).canonicalize().ok()
}

/// The text of a file that holds nothing but a path.
fn pointer(file: &Path) -> Option<String> {
    let bytes = read_file(file, MAX_POINTER_BYTES).ok()?;
    Some(std::str::from_utf8(&bytes).ok()?.trim().to_owned())
}

/// How long names of objects are, in bytes: SHA-1, then SHA-256. Nothing in an index says which
/// of them it has; read by the wrong one it does not end where it should.
const HASHES: [usize; 2] = [20, 32];

/// How much of an index is in memory at once: it has a hundred bytes for each file.
const BUFFER_BYTES: usize = 32 * 1024;

/// Which of `wanted` an index of this size has as entries; `None` if it is no index with such
/// hashes, or if it says that there is more to it than its entries.
fn holds<'a>(
    index: impl BufRead,
    size: u64,
    hash: usize,
    wanted: &BTreeSet<&'a str>,
) -> Option<BTreeSet<&'a str>> {
    const EXTENDED: u16 = 0x4000;
    const LENGTH: u16 = 0x0fff;
    // A checksum ends the index.
    let mut entries = index.take(size.checked_sub(hash as u64)?);
    let [magic, version, count] = read_numbers(&mut entries)?;
    if magic != u32::from_be_bytes(*b"DIRC") {
        return None;
    }
    let lengths: BTreeSet<usize> = wanted.iter().map(|name| name.len()).collect();
    // Times, numbers, mode and size come first, then the name of the object.
    let mut fixed = vec![0; 40 + hash];
    let (mut name, mut found) = (Vec::new(), BTreeSet::new());
    for _ in 0..count {
        entries.read_exact(&mut fixed).ok()?;
        let flags = u16::from_be_bytes(read(&mut entries)?);
        let mut length = fixed.len() + 2;
        if flags & EXTENDED != 0 {
            read::<2>(&mut entries)?;
            length += 2;
        }
        match version {
            2 | 3 => name.clear(),
            // The end of the name before is replaced.
            4 => name.truncate(name.len().checked_sub(offset(&mut entries)?)?),
            _ => return None,
        }
        entries.read_until(0, &mut name).ok()?;
        // Bytes that are taken for an entry and are none do not agree about this.
        if name.pop() != Some(0) || usize::from(flags & LENGTH) != name.len().min(LENGTH.into()) {
            return None;
        }
        if lengths.contains(&name.len()) {
            found.extend(std::str::from_utf8(&name).ok().and_then(|name| wanted.get(name)));
        }
        if version < 4 {
            // Each entry is filled up to a multiple of eight bytes.
            length += name.len() + 1;
            let filling = length.next_multiple_of(8) - length;
            entries.read_exact(&mut [0; 8][..filling]).ok()?;
        }
    }
    are_optional(entries)?.then_some(found)
}

fn read<const N: usize>(from: &mut impl Read) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn read_numbers<const N: usize>(from: &mut impl Read) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = u32::from_be_bytes(read(from)?);
    }
    Some(numbers)
}

/// Whether extensions fill the bytes behind the entries, and each may be passed over: git begins
/// the name of one that must be understood with a small letter.
fn are_optional(mut extensions: Take<impl BufRead>) -> Option<bool> {
    while extensions.limit() > 0 {
        let [first, ..] = read::<4>(&mut extensions)?;
        let [length] = read_numbers(&mut extensions)?.map(u64::from);
        let passed = io::copy(&mut (&mut extensions).take(length), &mut io::sink()).ok()?;
        if passed < length || !first.is_ascii_uppercase() {
            return Some(false);
        }
    }
    Some(true)
}

/// A number of variable length, as git writes offsets.
fn offset(from: &mut impl Read) -> Option<usize> {
    let [mut byte] = read(from)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        [byte] = read(from)?;
        value = value.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    /// What git 2.47.3 wrote; see `record.sh` beside the files.
    macro_rules! recorded {
        ($name:literal) => {
            include_bytes!(concat!("../../../fixtures/git/", $name, ".index"))
        };
    }

    const NAMES: [&str; 4] =
        [".env", "compose.yaml", "deploy/production/.env", "deploy/production/a name with spaces"];

    fn found(index: &[u8], wanted: &[&'static str]) -> Option<Vec<&'static str>> {
        let wanted = wanted.iter().copied().collect();
        let found =
            HASHES.into_iter().find_map(|hash| holds(index, index.len() as u64, hash, &wanted))?;
        Some(found.into_iter().collect())
    }

    #[test]
    fn entries_are_found_in_every_form() {
        let recorded: [(&str, &[u8]); 4] = [
            ("v2", recorded!("v2")),
            ("v3", recorded!("v3")),
            ("v4", recorded!("v4")),
            ("sha256", recorded!("sha256")),
        ];
        for (form, index) in recorded {
            assert_eq!(found(index, &NAMES).as_deref(), Some(&NAMES[..]), "{form}");
            assert_eq!(found(index, &[".env.local", "deploy/.env"]), Some(vec![]), "{form}");
            for end in 0..index.len() {
                assert_eq!(found(&index[..end], &NAMES), None, "{form} cut at {end}");
            }
        }
    }

    #[test]
    fn what_is_only_half_an_index_tells_nothing() {
        for index in [&recorded!("split")[..], recorded!("sparse")] {
            assert_eq!(found(index, &NAMES), None);
        }
        assert_eq!(found(b"DIRC\0\0\0\x02\xff\xff\xff\xff", &NAMES), None);
    }

    #[test]
    fn offsets_are_those_of_git() {
        assert_eq!(offset(&mut &[0x05][..]), Some(5));
        assert_eq!(offset(&mut &[0x80, 0x00][..]), Some(128));
        assert_eq!(offset(&mut &[0x80][..]), None);
        assert_eq!(offset(&mut &[0xff; 32][..]), None);
    }

    /// A directory with files, which are empty unless they have a text.
    fn directory(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        directory
    }

    fn answers(root: &Path, files: &[&str]) -> Vec<Option<InGit>> {
        in_git(&files.iter().map(|file| root.join(file)).collect::<Vec<_>>())
    }

    #[test]
    fn a_repository_tells_of_each_file() {
        let directory = directory(&[
            (".git/index", recorded!("v2")),
            (".git/info/exclude", b"mine.env\n"),
            (".gitignore", b"*.local\nvault/\n!.env.shared.local\n"),
            (".env", b""),
            (".env.local", b""),
            (".env.shared.local", b""),
            ("mine.env", b""),
            ("vault/.gitignore", b"!*\n"),
            ("vault/.env", b""),
            ("web/.gitignore", b".env\n"),
            ("web/.env", b""),
            ("deploy/production/.env", b""),
        ]);
        let (tracked, ignored) = (Some(InGit::Tracked), Some(InGit::Ignored));
        let asked = [
            (".env", tracked),
            ("deploy/production/.env", tracked),
            (".env.local", ignored),
            (".env.shared.local", Some(InGit::Untracked)),
            ("mine.env", ignored),
            ("vault/.env", ignored),
            ("web/.env", ignored),
            ("missing", None),
        ];
        let answers = answers(directory.path(), &asked.map(|(file, _)| file));
        for ((file, wanted), answer) in asked.into_iter().zip(answers) {
            assert_eq!(answer, wanted, "{file}");
        }
    }

    #[test]
    fn a_worktree_has_an_index_of_its_own_and_shares_what_is_excluded() {
        let directory = directory(&[
            ("main/.git/worktrees/fix/index", recorded!("v4")),
            ("main/.git/worktrees/fix/commondir", b"../..\n"),
            ("main/.git/info/exclude", b"notes\n"),
            ("fix/.git", b"gitdir: ../main/.git/worktrees/fix\n"),
            ("fix/.env", b""),
            ("fix/notes", b""),
            ("main/.env", b""),
        ]);
        assert_eq!(
            answers(directory.path(), &["fix/.env", "fix/notes", "main/.env"]),
            [Some(InGit::Tracked), Some(InGit::Ignored), Some(InGit::Untracked)]
        );
    }

    #[test]
    fn a_submodule_is_a_repository_of_its_own() {
        let directory = directory(&[
            (".git/index", b""),
            (".git/modules/part/index", recorded!("v2")),
            ("part/.git", b"gitdir: ../.git/modules/part\n"),
            ("part/.env", b""),
            (".env", b""),
        ]);
        let answers = answers(directory.path(), &["part/.env", ".env"]);
        assert_eq!(answers, [InGit::Tracked, InGit::Unknown].map(Some), "an empty index is none");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_judged_by_where_it_leads() {
        let directory = directory(&[("kept/protea.env", b""), ("app/.git/index", recorded!("v2"))]);
        let link = directory.path().join("app/.env");
        std::os::unix::fs::symlink("../kept/protea.env", &link).unwrap();
        assert_eq!(answers(directory.path(), &["app/.env"]), [None], "it leads out of git");
        assert_eq!(is_tracked(&link), Some(true), "the link itself is in the index");
    }

    #[test]
    fn outside_of_a_repository_nothing_is_known() {
        let directory = directory(&[("b/.git", b"no pointer"), ("a/.git/HEAD", b"")]);
        let file = directory.path().join("a/.env");
        assert_eq!(is_tracked(&file), Some(false), "without an index nothing is tracked");
        fs::write(directory.path().join("a/.git/index"), recorded!("v2")).unwrap();
        assert_eq!(is_tracked(&file), Some(true));
        assert_eq!(is_tracked(&directory.path().join("a/.env.local")), Some(false));
        fs::write(directory.path().join("a/.git/index"), "no index").unwrap();
        assert_eq!(is_tracked(&file), None);
        assert_eq!(is_tracked(&directory.path().join("b/.env")), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn no_index_is_read_beyond_its_end(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            version in prop::sample::select(vec![
                &recorded!("v2")[..], recorded!("v4"), recorded!("sha256"), recorded!("sparse"),
            ]),
        ) {
            let mut index = version.to_vec();
            for (at, byte) in changes {
                index[at.index(version.len())] = byte;
            }
            if let Some(found) = found(&index, &NAMES) {
                prop_assert!(found.iter().all(|name| NAMES.contains(name)));
            }
        }
    }
}

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::FilePath;

/// The largest file that is read, in bytes. Real environment files, Compose files and proxy
/// configurations are below a hundredth of it; what is larger is reported, not read.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The most files that discovery looks at below the checked directory.
pub const MAX_WALK_FILES: usize = 200_000;

/// Everything that a check reads, and the only way to read it.
///
/// The disk is one implementation (in `envlint-os`), [`MemoryFiles`] another; [`Overlay`] puts
/// texts over either, such as a decrypted file in the place of the one that a program opens.
/// Implementations are bounded: no call hands out more than [`MAX_FILE_BYTES`].
pub trait Files: Send + Sync {
    /// The bytes of a file.
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError>;

    /// What is known of a file or directory without reading it; `None` if there is none.
    fn metadata(&self, path: &FilePath) -> Option<Metadata>;

    /// The files that stand directly in a directory, sorted.
    fn list(&self, directory: &FilePath) -> Result<Vec<FilePath>, ReadError>;

    /// All files below the checked directory that discovery may look at, sorted.
    fn walk(&self) -> Walk;

    /// What git makes of files, one answer for each: of the file that a link leads to, since of a
    /// link git keeps nothing but where it leads. `None` outside of a repository.
    fn in_git(&self, files: &[FilePath]) -> Vec<Option<InGit>> {
        vec![None; files.len()]
    }
}

/// What the git repository that a file lies in makes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InGit {
    /// It is in the index: whoever clones the repository has it.
    Tracked,
    /// It is not in the index, and `git add .` passes over it.
    Ignored,
    /// It is not in the index, and `git add .` would change that.
    Untracked,
    /// There is an index, and it can not be read or is not understood.
    Unknown,
}

/// How a file is kept, where more is known of it than its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    /// Unix permission bits.
    pub mode: Option<u32>,
    /// What git makes of it.
    pub git: Option<InGit>,
}

impl Kept {
    /// Nothing is known.
    pub const UNKNOWN: Kept = Kept { mode: None, git: None };

    /// With these permission bits.
    pub const fn with_mode(mode: u32) -> Self {
        Self { mode: Some(mode), git: None }
    }

    /// In a git repository.
    pub const fn in_git(git: InGit) -> Self {
        Self { mode: None, git: Some(git) }
    }
}

/// What discovery saw.
#[derive(Default)]
pub struct Walk {
    /// Paths relative to the checked directory.
    pub files: Vec<FilePath>,
    /// Directories that could not be read, and bounds that were hit.
    pub problems: Vec<ReadError>,
}

/// What is known of a path without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Metadata {
    /// Size in bytes.
    pub bytes: u64,
    /// Whether it is a directory.
    pub directory: bool,
    /// Unix permission bits of the target, where the system has them.
    pub mode: Option<u32>,
}

/// A file could not be read. Says which and why; never holds content.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{path} {kind}")]
pub struct ReadError {
    /// The file.
    pub path: FilePath,
    /// What was in the way.
    pub kind: ReadErrorKind,
}

impl ReadError {
    /// An error about one path.
    pub fn new(path: &FilePath, kind: ReadErrorKind) -> Self {
        Self { path: path.clone(), kind }
    }
}

/// Why a file could not be read. The texts continue "`.env` ...".
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// There is no such file.
    #[error("does not exist")]
    NotFound,
    /// The operating system refuses.
    #[error("may not be read by this user")]
    PermissionDenied,
    /// A directory, device or socket where a file was expected.
    #[error("is not a regular file")]
    NotAFile,
    /// A file where a directory was expected.
    #[error("is not a directory")]
    NotADirectory,
    /// Symbolic links that lead to each other, or too many of them.
    #[error("is a symbolic link that leads nowhere but to other links")]
    LinkLoop,
    /// A symbolic link to a file that is not there.
    #[error("is a symbolic link that leads to nothing")]
    LinkToNothing,
    /// A name that can not be shown, nor asked for.
    #[error("has a name that is not UTF-8; it was not looked at")]
    NameNotUtf8,
    /// Larger than [`MAX_FILE_BYTES`].
    #[error("is larger than 16 MiB")]
    TooLarge,
    /// More than [`MAX_WALK_FILES`] files below the checked directory.
    #[error("holds more than 200000 files; the rest was not looked at")]
    TooMany,
    /// Not UTF-8 from this byte on.
    #[error("is not UTF-8: byte {offset} can not be read")]
    NotUtf8 {
        /// Offset of the first byte that does not belong to a character.
        offset: u64,
    },
    /// Anything else that the operating system reports.
    #[error("could not be read: the operating system reports an input or output error")]
    Io,
}

/// Files that exist in memory only: tests, examples, other programs' buffers.
#[derive(Clone, Default)]
pub struct MemoryFiles {
    files: BTreeMap<FilePath, Arc<Zeroizing<Vec<u8>>>>,
    kept: BTreeMap<FilePath, Kept>,
}

impl MemoryFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(FilePath::new(path), Arc::new(Zeroizing::new(bytes.into())));
    }

    /// Says how a file is kept.
    pub fn keep(&mut self, path: &str, kept: Kept) {
        self.kept.insert(FilePath::new(path), kept);
    }

    fn kept(&self, path: &FilePath) -> Kept {
        self.kept.get(path).copied().unwrap_or_default()
    }

    /// Adds a file, for building a set in one expression.
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.insert(path, bytes);
        self
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        match self.files.get(path) {
            Some(bytes) if bytes.len() as u64 > MAX_FILE_BYTES => {
                Err(ReadError::new(path, ReadErrorKind::TooLarge))
            }
            Some(bytes) => Ok((**bytes).clone()),
            None if self.metadata(path).is_some() => {
                Err(ReadError::new(path, ReadErrorKind::NotAFile))
            }
            None => Err(ReadError::new(path, ReadErrorKind::NotFound)),
        }
    }

    fn metadata(&self, path: &FilePath) -> Option<Metadata> {
        match self.files.get(path) {
            Some(bytes) => {
                let mode = self.kept(path).mode;
                Some(Metadata { bytes: bytes.len() as u64, directory: false, mode })
            }
            None => self.files.keys().any(|file| file.is_below(path)).then_some(Metadata {
                bytes: 0,
                directory: true,
                mode: None,
            }),
        }
    }

    fn list(&self, directory: &FilePath) -> Result<Vec<FilePath>, ReadError> {
        let inside: Vec<FilePath> =
            self.files.keys().filter(|file| file.parent() == *directory).cloned().collect();
        if inside.is_empty() && self.metadata(directory).is_none() {
            return Err(ReadError::new(directory, ReadErrorKind::NotFound));
        }
        Ok(inside)
    }

    fn walk(&self) -> Walk {
        let root = FilePath::new("");
        let files = self.files.keys().filter(|file| file.is_below(&root)).cloned().collect();
        Walk { files, problems: Vec::new() }
    }

    fn in_git(&self, files: &[FilePath]) -> Vec<Option<InGit>> {
        files.iter().map(|path| self.kept(path).git).collect()
    }
}

/// Files with some replaced: an editor's unsaved buffers, a decrypted file in the place of the
/// one that a program opens.
pub struct Overlay<'a> {
    base: &'a dyn Files,
    over: MemoryFiles,
}

impl<'a> Overlay<'a> {
    /// Lays `over` upon `base`.
    pub fn new(base: &'a dyn Files, over: MemoryFiles) -> Self {
        Self { base, over }
    }
}

impl Files for Overlay<'_> {
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        match self.over.files.contains_key(path) {
            true => self.over.read(path),
            false => self.base.read(path),
        }
    }

    fn metadata(&self, path: &FilePath) -> Option<Metadata> {
        self.over.metadata(path).or_else(|| self.base.metadata(path))
    }

    fn list(&self, directory: &FilePath) -> Result<Vec<FilePath>, ReadError> {
        match (self.base.list(directory), self.over.list(directory)) {
            (Ok(mut base), Ok(over)) => {
                base.extend(over);
                base.sort();
                base.dedup();
                Ok(base)
            }
            (Ok(files), Err(_)) | (Err(_), Ok(files)) => Ok(files),
            (Err(error), Err(_)) => Err(error),
        }
    }

    fn walk(&self) -> Walk {
        let mut walk = self.base.walk();
        walk.files.extend(self.over.walk().files);
        walk.files.sort();
        walk.files.dedup();
        walk
    }

    /// A text in the place of a file does not change how the file is kept.
    fn in_git(&self, files: &[FilePath]) -> Vec<Option<InGit>> {
        self.base.in_git(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlay_replaces_and_adds() {
        let base = MemoryFiles::new().with("a", "1").with("d/b", "2");
        let files = Overlay::new(&base, MemoryFiles::new().with("a", "3").with("d/c", "4"));
        assert_eq!(&**files.read(&"a".into()).unwrap(), b"3");
        assert_eq!(files.list(&"d".into()).unwrap(), ["d/b".into(), "d/c".into()]);
        assert_eq!(files.walk().files.len(), 3);
        assert_eq!(files.read(&"d".into()).err().unwrap().kind, ReadErrorKind::NotAFile);
    }

    #[test]
    fn how_a_file_is_kept_is_data_too() {
        let mut base = MemoryFiles::new().with(".env", "A=1");
        base.keep(".env", Kept { mode: Some(0o600), git: Some(InGit::Ignored) });
        assert_eq!(base.metadata(&".env".into()).unwrap().mode, Some(0o600));
        let files = Overlay::new(&base, MemoryFiles::new().with(".env", "A=2"));
        let asked = [".env".into(), "b".into()];
        assert_eq!(files.in_git(&asked), [Some(InGit::Ignored), None]);
    }
}

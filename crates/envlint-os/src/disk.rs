use std::fs;
use std::path::{Path, PathBuf};

use envlint_model::{
    FilePath, Files, InGit, MAX_FILE_BYTES, MAX_WALK_FILES, Metadata, ReadError, ReadErrorKind,
    Walk,
};
use zeroize::Zeroizing;

use crate::ignored::repository_of;
use crate::read::{kind_of, metadata, read_file};
use crate::tracked::in_git;
use crate::walk::{is_listed, walk};

/// The files of a directory on this machine, and whatever else they name.
///
/// Relative paths are those below the directory, absolute ones the machine's. Links are
/// followed; only regular files of at most [`MAX_FILE_BYTES`] are read, and nothing else is
/// opened.
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The files below `directory`, which must exist and be a directory. The error's path is
    /// empty: the caller knows what it asked for, and in which words.
    pub fn open(directory: &Path) -> Result<Self, ReadErrorKind> {
        match metadata(directory)?.is_dir() {
            true => Ok(Self { root: directory.to_owned() }),
            false => Err(ReadErrorKind::NotADirectory),
        }
    }

    /// The nearest directory, from `directory` upwards, that holds something of this name, or
    /// `directory` itself if none does. A link that leads nowhere counts too: it is told of, where
    /// passing it by would check by other rules than somebody meant.
    ///
    /// Does not look beyond the git repository that `directory` lies in. Outside of one it looks
    /// up to the root, as cargo and ruff do: neither the home directory nor the border of a file
    /// system is one of a project (`/srv/app` lies outside of every home, and containers mount
    /// parts of a project), and a manifest that is silently not found is a check that silently
    /// proves less. What is found in a strange place is seen in the paths of the report.
    pub fn open_nearest(directory: &Path, name: &str) -> Result<Self, ReadErrorKind> {
        let disk = Self::open(directory)?;
        let Ok(real) = directory.canonicalize() else { return Ok(disk) };
        let repository = repository_of(&real);
        for (above, candidate) in real.ancestors().enumerate() {
            if candidate.join(name).symlink_metadata().is_ok() {
                let root = if above == 0 { directory } else { candidate };
                return Ok(Self { root: root.to_owned() });
            }
            if Some(candidate) == repository {
                break;
            }
        }
        Ok(disk)
    }

    /// The directory as seen from `here`: empty if it is the same, absolute if neither lies
    /// within the other.
    pub fn seen_from(&self, here: &Path) -> FilePath {
        let (Ok(root), Ok(here)) = (self.root.canonicalize(), here.canonicalize()) else {
            return FilePath::new(&self.root.to_string_lossy());
        };
        match (root.strip_prefix(&here), here.strip_prefix(&root)) {
            (Ok(below), _) => FilePath::new(&below.to_string_lossy()),
            (_, Ok(above)) => FilePath::new(&vec![".."; above.iter().count()].join("/")),
            _ => FilePath::new(&root.to_string_lossy()),
        }
    }

    /// The directory as seen from the root of the git repository that it lies in, as services
    /// that show findings beside a repository's code want their paths. Empty at the root and
    /// outside of a repository.
    pub fn in_repository(&self) -> FilePath {
        let relative = || {
            let real = self.root.canonicalize().ok()?;
            let below = real.strip_prefix(repository_of(&real)?).ok()?;
            let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
            Some(FilePath::new(&parts?.join("/")))
        };
        relative().unwrap_or_else(|| FilePath::new(""))
    }

    fn on_disk(&self, path: &FilePath) -> PathBuf {
        self.root.join(path.as_str())
    }
}

impl Files for Disk {
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        read_file(&self.on_disk(path), MAX_FILE_BYTES).map_err(|kind| ReadError::new(path, kind))
    }

    fn metadata(&self, path: &FilePath) -> Option<Metadata> {
        let metadata = fs::metadata(self.on_disk(path)).ok()?;
        Some(Metadata {
            bytes: metadata.len(),
            directory: metadata.is_dir(),
            mode: mode(&metadata),
        })
    }

    fn list(&self, directory: &FilePath) -> Result<Vec<FilePath>, ReadError> {
        let failed = |error| ReadError::new(directory, kind_of(error));
        let mut files = Vec::new();
        for (seen, entry) in fs::read_dir(self.on_disk(directory)).map_err(failed)?.enumerate() {
            if seen >= MAX_WALK_FILES {
                return Err(ReadError::new(directory, ReadErrorKind::TooMany));
            }
            let entry = entry.map_err(failed)?;
            // A name that is no text can not be asked for; `walk` tells of it.
            if let Some(name) = entry.file_name().to_str()
                && is_listed(entry.file_type().map_err(failed)?, &entry.path())
            {
                files.push(directory.join(name));
            }
        }
        files.sort();
        Ok(files)
    }

    fn walk(&self) -> Walk {
        walk(&self.root)
    }

    fn in_git(&self, files: &[FilePath]) -> Vec<Option<InGit>> {
        in_git(&files.iter().map(|file| self.on_disk(file)).collect::<Vec<_>>())
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> Option<u32> {
    Some(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> Option<u32> {
    None
}

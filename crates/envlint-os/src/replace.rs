//! A file put in the place of another one, as a whole or not at all.
//!
//! Whoever reads the file while it is written sees the old text or the new one. What is new is
//! written beside it first, under a name that nobody else has and with the mode that the file is
//! to have from its first byte on, so that a secret is at no moment readable by others.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use envlint_model::{MAX_FILE_BYTES, ReadErrorKind};
use zeroize::Zeroizing;

use crate::read::read_file;

/// What a file is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Put {
    /// One that everybody may read whom the system's `umask` lets; there must be none yet.
    New,
    /// The same, in the place of whatever file is there.
    Anew,
    /// One with mode 600, new or in the place of one that nobody else may read either. What is
    /// there is kept as far as the caller keeps it.
    Secret,
}

/// The bytes that are in a file now.
pub type Old = Zeroizing<Vec<u8>>;

/// Why a file was not written. The texts continue "`.env` ...".
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PutError {
    /// There is one, and it was not to be replaced.
    #[error("exists already")]
    Exists,
    /// A link: what it leads to would be replaced, or the link.
    #[error("is a symbolic link")]
    Link,
    /// A directory, a device, a socket.
    #[error("is not a regular file")]
    NotAFile,
    /// Others may read it.
    #[error("may be read or written by others: its mode is {mode:03o}, not 600")]
    Open {
        /// Its permission bits.
        mode: u32,
    },
    /// It has another name, under which the old text would stay.
    #[error("has several names: it is hard-linked")]
    Linked,
    /// Somebody wrote it while it was being made.
    #[error("was changed by somebody else at the same moment")]
    Changed,
    /// What is there could not be read.
    #[error(transparent)]
    Unreadable(#[from] ReadErrorKind),
    /// There is no directory to put it in.
    #[error("has no directory to stand in")]
    NoDirectory,
    /// The operating system refuses.
    #[error("may not be written by this user")]
    PermissionDenied,
    /// The system has no modes that keep others out.
    #[error("can not be kept from others: this system has no file modes")]
    NoModes,
    /// Anything else, such as a full disk.
    #[error("could not be written: {0}")]
    Io(ErrorKind),
}

/// Puts a file at a path. `make` gets what is there now, nothing if there is no file, and gives
/// what is to be there.
///
/// # Errors
///
/// When the path is no place for such a file, or the operating system refuses; nothing has
/// changed then, and nothing is left behind.
pub fn put(
    path: &Path,
    kind: Put,
    make: impl FnOnce(Old) -> Zeroizing<Vec<u8>>,
) -> Result<(), PutError> {
    let before = look(path, kind)?;
    let old = match (&before, kind) {
        (Some(_), Put::Secret) => read_file(path, MAX_FILE_BYTES)?,
        _ => Zeroizing::new(Vec::new()),
    };
    let new = make(old);
    let (beside, mut file) = beside(path, kind)?;
    let written = file
        .write_all(&new)
        .and_then(|()| file.sync_all())
        .map_err(|error| kind_of(&error))
        .and_then(|()| match look(path, kind)? == before {
            true => rename(&beside, path, before.is_none()),
            false => Err(PutError::Changed),
        });
    if written.is_err() {
        // Whatever stands there is not what was asked for; if it stays, it is as closed as it was.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// What tells whether a file is still the one that was looked at.
#[derive(PartialEq, Eq)]
struct Identity {
    bytes: u64,
    modified: Option<std::time::SystemTime>,
    number: u64,
}

/// What stands at a path, if it is something that may be replaced.
fn look(path: &Path, kind: Put) -> Result<Option<Identity>, PutError> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(kind_of(&error)),
    };
    match metadata.file_type() {
        link if link.is_symlink() => return Err(PutError::Link),
        other if !other.is_file() => return Err(PutError::NotAFile),
        _ if kind == Put::New => return Err(PutError::Exists),
        _ => {}
    }
    let (mode, names, number) = of_unix(&metadata);
    if kind == Put::Secret && mode & 0o177 != 0 {
        return Err(PutError::Open { mode });
    }
    if kind == Put::Secret && names > 1 {
        return Err(PutError::Linked);
    }
    let modified = metadata.modified().ok();
    Ok(Some(Identity { bytes: metadata.len(), modified, number }))
}

/// Permission bits, number of names, number of the file.
#[cfg(unix)]
fn of_unix(metadata: &fs::Metadata) -> (u32, u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.mode() & 0o777, metadata.nlink(), metadata.ino())
}

#[cfg(not(unix))]
fn of_unix(_: &fs::Metadata) -> (u32, u64, u64) {
    (0, 1, 0)
}

/// A new file in the same directory.
fn beside(path: &Path, kind: Put) -> Result<(PathBuf, File), PutError> {
    const ATTEMPTS: u32 = 100;
    let name = path.file_name().ok_or(PutError::NotAFile)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if kind == Put::Secret {
        only_for_its_owner(&mut options)?;
    }
    for attempt in 0..ATTEMPTS {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.new", std::process::id()));
        let beside = path.with_file_name(hidden);
        match options.open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(PutError::NoDirectory),
            Err(error) => return Err(kind_of(&error)),
        }
    }
    Err(PutError::Io(ErrorKind::AlreadyExists))
}

#[cfg(unix)]
fn only_for_its_owner(options: &mut OpenOptions) -> Result<(), PutError> {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    Ok(())
}

#[cfg(not(unix))]
fn only_for_its_owner(_: &mut OpenOptions) -> Result<(), PutError> {
    Err(PutError::NoModes)
}

/// Gives the file its name. Where there was none, one that appeared meanwhile is not replaced:
/// a link fails where a renaming would not.
fn rename(beside: &Path, path: &Path, is_new: bool) -> Result<(), PutError> {
    if !is_new {
        return fs::rename(beside, path).map_err(|error| kind_of(&error));
    }
    match fs::hard_link(beside, path) {
        Ok(()) => fs::remove_file(beside).map_err(|error| kind_of(&error)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(PutError::Changed),
        // Some file systems have no links.
        Err(_) => fs::rename(beside, path).map_err(|error| kind_of(&error)),
    }
}

fn kind_of(error: &io::Error) -> PutError {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => PutError::PermissionDenied,
        ErrorKind::NotFound | ErrorKind::NotADirectory => PutError::NoDirectory,
        kind => PutError::Io(kind),
    }
}

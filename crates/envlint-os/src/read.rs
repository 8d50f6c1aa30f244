//! Bytes and errors of the file system, before they have a place among the checked files.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use envlint_model::ReadErrorKind;
use zeroize::Zeroizing;

/// Reads a regular file of at most `limit` bytes.
///
/// The file is looked at before it is opened, because opening a device may already have an
/// effect, and again afterwards, because another one may stand there by then. It is opened
/// without blocking, so that no FIFO can hold up the check in between.
pub(crate) fn read_file(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, ReadErrorKind> {
    let (file, size) = open_file(path, limit)?;
    read_bounded(file, size, limit)
}

/// Opens a regular file of at most `limit` bytes, as [`read_file`] does, and tells its size.
pub(crate) fn open_file(path: &Path, limit: u64) -> Result<(File, u64), ReadErrorKind> {
    regular_size(&metadata(path)?, limit)?;
    let file = open(path).map_err(kind_of)?;
    let size = regular_size(&file.metadata().map_err(kind_of)?, limit)?;
    Ok((file, size))
}

/// What is known of the file that a path leads to, through all links.
pub(crate) fn metadata(path: &Path) -> Result<fs::Metadata, ReadErrorKind> {
    fs::metadata(path).map_err(|error| match kind_of(error) {
        // Whoever looks for the file finds one, and wonders.
        ReadErrorKind::NotFound if path.is_symlink() => ReadErrorKind::LinkToNothing,
        kind => kind,
    })
}

fn regular_size(metadata: &fs::Metadata, limit: u64) -> Result<u64, ReadErrorKind> {
    match metadata {
        other if !other.is_file() => Err(ReadErrorKind::NotAFile),
        large if large.len() > limit => Err(ReadErrorKind::TooLarge),
        fits => Ok(fits.len()),
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(path)
}

/// Reads until the end, however wrong `expected` is: files grow, and those of `/proc` call
/// themselves empty.
fn read_bounded(
    mut from: impl Read,
    expected: u64,
    limit: u64,
) -> Result<Zeroizing<Vec<u8>>, ReadErrorKind> {
    // One byte more than expected tells the end of the file from a full buffer.
    let room = |wanted: u64| usize::try_from(wanted.min(limit) + 1).unwrap_or(usize::MAX);
    let mut buffer = Zeroizing::new(vec![0; room(expected)]);
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            if filled as u64 > limit {
                return Err(ReadErrorKind::TooLarge);
            }
            // Not resized in place: that may move the bytes and leave the old ones unwiped.
            let mut larger = Zeroizing::new(vec![0; room(filled as u64 * 2)]);
            larger[..filled].copy_from_slice(&buffer);
            buffer = larger;
        }
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(kind_of(error)),
        }
    }
    buffer.truncate(filled);
    Ok(buffer)
}

/// The few kinds that a person can act on. The text of an error of the operating system is
/// dropped: it is in the language of the machine and says less.
pub(crate) fn kind_of(error: io::Error) -> ReadErrorKind {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        return ReadErrorKind::LinkLoop;
    }
    match error.kind() {
        // A path that goes through a file, is too long or holds a NUL can name nothing.
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::InvalidFilename
        | ErrorKind::InvalidInput => ReadErrorKind::NotFound,
        ErrorKind::PermissionDenied => ReadErrorKind::PermissionDenied,
        ErrorKind::IsADirectory => ReadErrorKind::NotAFile,
        _ => ReadErrorKind::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a time and is interrupted before each, as a slow pipe may be.
    struct Dripping<'a>(&'a [u8], bool);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::Interrupted.into());
            }
            let at_most = into.len().min(1);
            self.0.read(&mut into[..at_most])
        }
    }

    #[test]
    fn the_expected_size_is_only_a_hint() {
        for expected in [0, 1, 5, 6, 7, 1_000] {
            let read = read_bounded(Dripping(b"CANARY", false), expected, 6).unwrap();
            assert_eq!(&**read, b"CANARY", "expected {expected}");
        }
    }

    #[test]
    fn stops_behind_the_limit() {
        for expected in [0, 6, 1_000] {
            let result = read_bounded(io::repeat(b'x'), expected, 6);
            assert_eq!(result.err(), Some(ReadErrorKind::TooLarge), "expected {expected}");
        }
    }

    #[test]
    fn an_error_in_the_middle_is_an_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("CANARY"))
            }
        }
        let result = read_bounded(b"half".chain(Broken), 100, 100);
        assert_eq!(result.err(), Some(ReadErrorKind::Io));
    }
}

//! The fuzz targets as a library, so that each binary is one line.

mod targets;

/// Starts a file in the input of the target `check`; its path follows.
pub const FILE: &str = targets::FILE;

/// The names of the targets.
pub fn names() -> impl Iterator<Item = &'static str> {
    targets::TARGETS.iter().map(|(name, _)| *name)
}

/// Feeds a target.
///
/// # Panics
///
/// If something does not hold of `bytes`, or if there is no target of this name.
pub fn run(name: &str, bytes: &[u8]) {
    targets::run(name, bytes);
}

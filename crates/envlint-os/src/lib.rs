//! The operating system's side of envlint: the disk, the process environment, the clock.
//!
//! A check is a pure function of files, process environment and date, all given as data. This
//! crate fetches that data; together with the binary's output it is the only code that touches
//! the operating system, which `clippy.toml` enforces. What it hands on is bounded and never
//! blocks: a directory is untrusted input like any other, and it may hold devices, endless
//! files, loops of links and names that are no text.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is the owner of the file system, the process environment and the clock"
)]

mod clock;
mod disk;
mod environment;
mod ignored;
mod read;
mod replace;
mod terminal;
mod tracked;
mod walk;

pub use clock::today;
pub use disk::Disk;
pub use environment::process_environment;
pub use ignored::MAX_IGNORE_BYTES;
pub use replace::{Old, Put, PutError, put};
pub use terminal::{ColourChoice, Terminal, use_colour, use_unicode};
pub use tracked::{MAX_INDEX_BYTES, is_tracked};

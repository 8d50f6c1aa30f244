//! The nouns of envlint, shared by every stage.
//!
//! Nothing here touches the operating system and nothing here knows a file format. Three
//! decisions shape the rest of the workspace:
//!
//! - **Text is secret until proven public.** A [`Secret`] has no `Debug`, `Display` or
//!   `Serialize`; whoever wants its text calls [`Secret::expose`], and a test keeps that call
//!   out of every crate that prints.
//! - **Positions are spans until somebody reads them.** A [`Span`] is twelve bytes; lines and
//!   columns are computed for the few findings that are reported.
//! - **What is not known is said, not guessed.** A [`Value`] is a sequence of pieces, each known
//!   or unknown with a reason, so that a half-known URL can still be checked in the half that
//!   is known.

mod date;
mod files;
mod finding;
mod outcome;
mod path;
mod rule;
mod scope;
mod secret;
mod similar;
mod source;
mod syntax;
mod truth;
mod value;

pub use date::{Date, ParseDateError};
pub use files::{
    Files, InGit, Kept, MAX_FILE_BYTES, MAX_WALK_FILES, MemoryFiles, Metadata, Overlay, ReadError,
    ReadErrorKind, Walk,
};
pub use finding::{
    Confidence, Edit, Finding, Fingerprint, Fix, FixSafety, Group, Insert, Label, Severity,
    Subject, SubjectKind,
};
pub use outcome::{Outcomes, Unverifiable};
pub use path::FilePath;
pub use rule::{Example, ExampleFile, ExampleKind, Rule};
pub use scope::{Name, Phase, Scope};
pub use secret::{Equality, ProcessEnvironment, Secret, SecretEquality, SecretFingerprint};
pub use similar::did_you_mean;
pub use source::{FileId, Form, Position, SourceFile, Sources, Span};
pub use syntax::SyntaxError;
pub use truth::Truth;
pub use value::{
    Content, Identity, KnownText, Origin, Piece, Reader, Unknown, Value, Via, ViaKind,
};
/// Memory that is wiped when it is let go of: [`Files`] hands out nothing else.
pub use zeroize::Zeroizing;

use envlint_model::{MAX_FILE_BYTES, Span};
use thiserror::Error;

use super::{MAX_KEY_BYTES, MAX_KEY_GROUPS, MAX_NAMES_BYTES, MAX_RECIPIENTS, MAX_VALUES};
use crate::{DecryptError, DecryptErrorKind, MAX_STANZAS};

/// Why a SOPS file was not read, and where. The text continues "`secrets/prod.enc.yaml` ...".
///
/// Of the file it repeats names and numbers, which sops leaves readable, and nothing of a value.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{problem}")]
pub struct SopsError {
    problem: Problem,
    span: Option<Span>,
}

impl SopsError {
    pub(super) fn at(span: Span, problem: Problem) -> Self {
        Self { problem, span: Some(span) }
    }

    /// What is wrong, for a program.
    pub fn kind(&self) -> SopsErrorKind {
        match &self.problem {
            Problem::NotSops => SopsErrorKind::NotSops,
            Problem::TooLarge
            | Problem::Values
            | Problem::Names
            | Problem::MetadataSize
            | Problem::Recipients
            | Problem::Stanzas
            | Problem::Groups
            | Problem::KeyBytes => SopsErrorKind::TooLarge,
            Problem::Conflict => SopsErrorKind::Conflict,
            Problem::Syntax(_) | Problem::Shape(_) => SopsErrorKind::Syntax,
            Problem::Metadata(_) => SopsErrorKind::Metadata,
            Problem::NoRecipients => SopsErrorKind::NoRecipients,
            Problem::TwoRules => SopsErrorKind::SelectionRules,
            Problem::Pattern(_) => SopsErrorKind::SelectionPattern,
            Problem::Part { .. } => SopsErrorKind::MalformedValue,
            Problem::UnknownType { .. } => SopsErrorKind::UnknownType,
            Problem::WrongType { .. } => SopsErrorKind::WrongType,
            Problem::Plaintext { .. } => SopsErrorKind::PlaintextValue,
            Problem::Changed { .. } => SopsErrorKind::ChangedValue,
            Problem::Moved { .. } => SopsErrorKind::MovedValue,
            Problem::NoMac => SopsErrorKind::NoMac,
            Problem::Mac | Problem::MacItself => SopsErrorKind::WrongMac,
            Problem::LastModified => SopsErrorKind::EditedLastModified,
            Problem::DataKey => SopsErrorKind::DataKey,
            Problem::TooFewGroups { .. } => SopsErrorKind::TooFewGroups,
            Problem::OtherKeys => SopsErrorKind::Identity(DecryptErrorKind::UnsupportedRecipients),
            Problem::Identity(error) => SopsErrorKind::Identity(error.kind()),
        }
    }

    /// The place in the encrypted file, if there is one.
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// Whether nothing is known to be wrong: reading the file takes something that was not
    /// given, or that envlint does not do. Its values are then unverified, not mistaken.
    pub fn is_unverifiable(&self) -> bool {
        match &self.problem {
            Problem::Identity(error) => error.is_unverifiable(),
            Problem::OtherKeys => true,
            Problem::TooFewGroups { given, .. } => !given,
            _ => false,
        }
    }

    /// Whether the file is not what sops wrote: somebody changed it by other means.
    pub fn is_tampering(&self) -> bool {
        matches!(
            self.kind(),
            SopsErrorKind::MalformedValue
                | SopsErrorKind::UnknownType
                | SopsErrorKind::WrongType
                | SopsErrorKind::PlaintextValue
                | SopsErrorKind::ChangedValue
                | SopsErrorKind::MovedValue
                | SopsErrorKind::NoMac
                | SopsErrorKind::WrongMac
                | SopsErrorKind::EditedLastModified
        )
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match &self.problem {
            Problem::NotSops => "name a file that `sops encrypt` wrote, or read this one as it is",
            Problem::TooLarge | Problem::Values | Problem::Names => {
                "keep large data out of the environment"
            }
            Problem::MetadataSize
            | Problem::Recipients
            | Problem::Stanzas
            | Problem::Groups
            | Problem::KeyBytes => "encrypt it again for fewer recipients: `sops updatekeys`",
            Problem::Conflict => {
                "take one side of the conflict as a whole; the two can not be mixed by hand"
            }
            Problem::Syntax(_) | Problem::Shape(_) | Problem::Metadata(_) => {
                "restore its last good version, and edit it with `sops edit` only"
            }
            Problem::NoRecipients => "restore the recipients from its last good version",
            Problem::TwoRules => "keep the one that the file was encrypted with",
            Problem::Pattern(_) => "restore the pattern that the file was encrypted with",
            Problem::Plaintext { .. } => {
                "if it is a secret, change it where it was issued; then add it with `sops edit`"
            }
            Problem::Moved { .. } => "put it back, and rename or move values with `sops edit`",
            Problem::Part { .. }
            | Problem::UnknownType { .. }
            | Problem::WrongType { .. }
            | Problem::Changed { .. }
            | Problem::NoMac
            | Problem::Mac
            | Problem::MacItself
            | Problem::LastModified => {
                "find out who changed it; restore its last good version and edit with `sops edit`"
            }
            Problem::DataKey => "restore its last good version",
            Problem::TooFewGroups { .. } => "give identities of more of its key groups",
            Problem::OtherKeys => "add an age recipient for this check: `sops rotate --add-age`",
            Problem::Identity(error) => error.help(),
        }
    }
}

impl From<Problem> for SopsError {
    fn from(problem: Problem) -> Self {
        Self { problem, span: None }
    }
}

/// The kinds of reasons why a SOPS file was not read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum SopsErrorKind {
    /// There is no metadata of sops in it.
    NotSops,
    /// A bound was hit.
    TooLarge,
    /// Markers of a conflict that git could not merge.
    Conflict,
    /// It can not be read as the format that it is in, or as a file of sops.
    Syntax,
    /// The metadata lacks something, or holds what it can not mean.
    Metadata,
    /// Nobody can decrypt it.
    NoRecipients,
    /// More than one rule says what is encrypted.
    SelectionRules,
    /// The rule that says what is encrypted is no regular expression.
    SelectionPattern,
    /// An encrypted value is not of its form.
    MalformedValue,
    /// A value claims a type that sops does not know.
    UnknownType,
    /// A value decrypts to something else than the type that it claims.
    WrongType,
    /// A value stands in clear where one should be encrypted.
    PlaintextValue,
    /// A value does not authenticate: it was changed, or a name above it.
    ChangedValue,
    /// A value authenticates in another place of the file only.
    MovedValue,
    /// There is no MAC.
    NoMac,
    /// The MAC is of other values.
    WrongMac,
    /// The MAC is right and `lastmodified` is not the one that it was made with.
    EditedLastModified,
    /// What the recipients' parts decrypt to is no data key.
    DataKey,
    /// Fewer key groups can be decrypted than it takes.
    TooFewGroups,
    /// No identity opens the data key.
    Identity(DecryptErrorKind),
}

impl SopsErrorKind {
    /// The word in machine formats.
    pub fn as_str(self) -> &'static str {
        match self {
            SopsErrorKind::NotSops => "not-sops",
            SopsErrorKind::TooLarge => "too-large",
            SopsErrorKind::Conflict => "conflict",
            SopsErrorKind::Syntax => "syntax",
            SopsErrorKind::Metadata => "metadata",
            SopsErrorKind::NoRecipients => "no-recipients",
            SopsErrorKind::SelectionRules => "selection-rules",
            SopsErrorKind::SelectionPattern => "selection-pattern",
            SopsErrorKind::MalformedValue => "malformed-value",
            SopsErrorKind::UnknownType => "unknown-type",
            SopsErrorKind::WrongType => "wrong-type",
            SopsErrorKind::PlaintextValue => "plaintext-value",
            SopsErrorKind::ChangedValue => "changed-value",
            SopsErrorKind::MovedValue => "moved-value",
            SopsErrorKind::NoMac => "no-mac",
            SopsErrorKind::WrongMac => "wrong-mac",
            SopsErrorKind::EditedLastModified => "edited-lastmodified",
            SopsErrorKind::DataKey => "data-key",
            SopsErrorKind::TooFewGroups => "too-few-groups",
            SopsErrorKind::Identity(kind) => kind.as_str(),
        }
    }
}

/// What is wrong, with the names and numbers that its sentence needs. A `name` is what leads to
/// a value, fit to be shown.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub(super) enum Problem {
    #[error("is no SOPS file: it has no metadata of sops")]
    NotSops,
    #[error("is larger than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLarge,
    #[error("holds more than {MAX_VALUES} names and values")]
    Values,
    #[error("has a value below names of more than {MAX_NAMES_BYTES} bytes")]
    Names,
    #[error("has more metadata than sops writes for {MAX_RECIPIENTS} recipients")]
    MetadataSize,
    #[error("names more than {MAX_RECIPIENTS} recipients")]
    Recipients,
    #[error("wraps its data key for more than {MAX_STANZAS} recipients")]
    Stanzas,
    #[error("has more than {MAX_KEY_GROUPS} key groups")]
    Groups,
    #[error("has a wrapped data key of more than {} KiB", MAX_KEY_BYTES >> 10)]
    KeyBytes,
    #[error("holds the two sides of a merge conflict")]
    Conflict,
    #[error("can not be read: {0}")]
    Syntax(String),
    #[error("is not what sops writes: {0}")]
    Shape(&'static str),
    #[error("has metadata that sops would not read: {0}")]
    Metadata(&'static str),
    #[error("has no recipients: nobody can decrypt it")]
    NoRecipients,
    #[error("has more than one rule for what is encrypted; sops takes at most one")]
    TwoRules,
    #[error("has an `{0}` that is no regular expression, so what is encrypted can not be told")]
    Pattern(&'static str),
    #[error("has an encrypted value without a sound {part}: `{name}`")]
    Part { name: String, part: &'static str },
    #[error("has a value of a type that sops does not know: `{name}`")]
    UnknownType { name: String },
    #[error("has a value that is not of the type that it claims: `{name}`")]
    WrongType { name: String },
    #[error("has a value in clear where one should be encrypted: `{name}`")]
    Plaintext { name: String },
    #[error("was changed after sops wrote it: `{name}` is not the value that had this name")]
    Changed { name: String },
    #[error("was changed after sops wrote it: the value of `{name}` belongs to `{owner}`")]
    Moved { name: String, owner: String },
    #[error("has no MAC, so any value may have been changed")]
    NoMac,
    #[error("was changed after sops wrote it: its MAC is that of other values")]
    Mac,
    #[error("has a MAC that was changed after sops wrote it")]
    MacItself,
    #[error("has a `lastmodified` that was changed after sops wrote it")]
    LastModified,
    #[error("has a data key that can not be put together")]
    DataKey,
    #[error(
        "needs {needed} of its {groups} key groups, and the identities open {opened}{}",
        if *given { "" } else { "; no identity was given" }
    )]
    TooFewGroups { needed: usize, groups: usize, opened: usize, given: bool },
    #[error("is encrypted for keys of other kinds only; age recipients can be read")]
    OtherKeys,
    #[error("{0}")]
    Identity(DecryptError),
}

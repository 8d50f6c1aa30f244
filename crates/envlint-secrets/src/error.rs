use thiserror::Error;

use crate::{MAX_STANZAS, MAX_WORK_FACTOR, Recipients};

/// Why an encrypted file was not read. The text continues "`secrets/production.env.age` ...".
///
/// It is envlint's own throughout: errors of the age library repeat parts of what they read,
/// and one of them can not even be shown without an overflow. Nothing in it comes from the
/// file but numbers.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{problem}")]
pub struct DecryptError {
    problem: Problem,
}

impl DecryptError {
    /// What is wrong, for a program.
    pub fn kind(&self) -> DecryptErrorKind {
        match self.problem {
            Problem::NotAge => DecryptErrorKind::NotAge,
            Problem::TooLarge => DecryptErrorKind::TooLarge,
            Problem::Beta | Problem::UnknownVersion => DecryptErrorKind::UnknownVersion,
            Problem::Armor { .. } => DecryptErrorKind::DamagedArmor,
            Problem::Header { .. } | Problem::LowOrder => DecryptErrorKind::DamagedHeader,
            Problem::HeaderBytes | Problem::Stanzas => DecryptErrorKind::HeaderTooLarge,
            Problem::Mac => DecryptErrorKind::WrongMac,
            Problem::Truncated => DecryptErrorKind::Truncated,
            Problem::Changed | Problem::End => DecryptErrorKind::DamagedContent,
            Problem::Passphrase => DecryptErrorKind::Passphrase,
            Problem::WorkFactor { .. } => DecryptErrorKind::WorkFactor,
            Problem::Unsupported { .. } => DecryptErrorKind::UnsupportedRecipients,
            Problem::NoIdentity { .. } => DecryptErrorKind::NoIdentity,
            Problem::NoUsableIdentity { .. } => DecryptErrorKind::NoUsableIdentity,
            Problem::NoneFits { .. } => DecryptErrorKind::NoIdentityFits,
            Problem::NotText { .. } => DecryptErrorKind::NotText,
        }
    }

    /// Whether nothing is known to be wrong: reading the file takes something that was not
    /// given, or that envlint does not do. Its values are then unverified, not mistaken.
    pub fn is_unverifiable(&self) -> bool {
        matches!(
            self.kind(),
            DecryptErrorKind::NoIdentity
                | DecryptErrorKind::Passphrase
                | DecryptErrorKind::UnsupportedRecipients
        )
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.kind() {
            DecryptErrorKind::NotAge => "name a file that `age` wrote, or read this one as it is",
            DecryptErrorKind::TooLarge => "keep large data out of the environment",
            DecryptErrorKind::UnknownVersion => "encrypt it again with age 1.0 or later",
            DecryptErrorKind::DamagedArmor
            | DecryptErrorKind::DamagedHeader
            | DecryptErrorKind::WrongMac
            | DecryptErrorKind::Truncated
            | DecryptErrorKind::DamagedContent => {
                "fetch the file again from where it is kept, or restore its last good version"
            }
            DecryptErrorKind::HeaderTooLarge => "encrypt it again for fewer recipients",
            DecryptErrorKind::Passphrase | DecryptErrorKind::WorkFactor => {
                "encrypt it again for an identity's recipient: `age -R recipients.txt`"
            }
            DecryptErrorKind::UnsupportedRecipients => {
                "add an X25519 recipient (`age-keygen` makes one) for this check"
            }
            DecryptErrorKind::NoIdentity => {
                "name a file with the identity in ENVLINT_AGE_IDENTITY_FILE"
            }
            DecryptErrorKind::NoUsableIdentity => {
                "mend what was given: a line of an identity starts with AGE-SECRET-KEY-1"
            }
            DecryptErrorKind::NoIdentityFits => {
                "give an identity of one of its recipients, or have the file encrypted for yours"
            }
            DecryptErrorKind::NotText => "encrypt a file that is written in UTF-8",
        }
    }
}

impl From<Problem> for DecryptError {
    fn from(problem: Problem) -> Self {
        Self { problem }
    }
}

/// The kinds of reasons why an encrypted file was not read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum DecryptErrorKind {
    /// Neither binary nor armored age.
    NotAge,
    /// Larger than any file that is read.
    TooLarge,
    /// Another version of the format than 1.
    UnknownVersion,
    /// The armor is not what RFC 7468 and the age format ask for.
    DamagedArmor,
    /// The header is not what the age format asks for.
    DamagedHeader,
    /// The header is larger than [`MAX_HEADER_BYTES`](crate::MAX_HEADER_BYTES) or names more
    /// than [`MAX_STANZAS`] recipients.
    HeaderTooLarge,
    /// The header was changed after it was written.
    WrongMac,
    /// The file ends before its content does.
    Truncated,
    /// The content does not authenticate.
    DamagedContent,
    /// Encrypted with a passphrase.
    Passphrase,
    /// Encrypted with a passphrase, at a scrypt work factor above [`MAX_WORK_FACTOR`].
    WorkFactor,
    /// No recipient is of a kind that can be read.
    UnsupportedRecipients,
    /// No identity was given.
    NoIdentity,
    /// Identities were given, and none of them could be used.
    NoUsableIdentity,
    /// None of the identities belongs to a recipient.
    NoIdentityFits,
    /// Decrypted, but not UTF-8.
    NotText,
}

impl DecryptErrorKind {
    /// The word in machine formats.
    pub fn as_str(self) -> &'static str {
        match self {
            DecryptErrorKind::NotAge => "not-age",
            DecryptErrorKind::TooLarge => "too-large",
            DecryptErrorKind::UnknownVersion => "unknown-version",
            DecryptErrorKind::DamagedArmor => "damaged-armor",
            DecryptErrorKind::DamagedHeader => "damaged-header",
            DecryptErrorKind::HeaderTooLarge => "header-too-large",
            DecryptErrorKind::WrongMac => "wrong-mac",
            DecryptErrorKind::Truncated => "truncated",
            DecryptErrorKind::DamagedContent => "damaged-content",
            DecryptErrorKind::Passphrase => "passphrase",
            DecryptErrorKind::WorkFactor => "work-factor",
            DecryptErrorKind::UnsupportedRecipients => "unsupported-recipients",
            DecryptErrorKind::NoIdentity => "no-identity",
            DecryptErrorKind::NoUsableIdentity => "no-usable-identity",
            DecryptErrorKind::NoIdentityFits => "no-identity-fits",
            DecryptErrorKind::NotText => "not-text",
        }
    }
}

/// What is wrong, with the numbers that its sentence needs.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub(crate) enum Problem {
    #[error("is not an age file: neither an age header nor age armor stands at its start")]
    NotAge,
    #[error("is larger than 16 MiB")]
    TooLarge,
    #[error("was written by a test version of age, before 1.0")]
    Beta,
    #[error("is written in a version of the age format that is not known; only version 1 is")]
    UnknownVersion,
    #[error("has damaged armor: {what} on line {line}")]
    Armor { line: usize, what: &'static str },
    #[error("has a damaged header: {what} on line {line}")]
    Header { line: usize, what: &'static str },
    #[error("has a damaged header: a recipient's key share is one that no key pair can make")]
    LowOrder,
    #[error("has a header of more than 16 KiB")]
    HeaderBytes,
    #[error("names more than {MAX_STANZAS} recipients")]
    Stanzas,
    #[error("has a header that was changed after the file was encrypted: its MAC is wrong")]
    Mac,
    #[error("is cut short: it ends before its content does")]
    Truncated,
    #[error("has content that was changed after the file was encrypted")]
    Changed,
    #[error("is cut short, or was changed near its end")]
    End,
    #[error("is encrypted with a passphrase, and no passphrase can be given")]
    Passphrase,
    #[error(
        "is encrypted with a passphrase at scrypt work factor {factor}; trying one takes {} of \
         memory, and no factor above {MAX_WORK_FACTOR} is accepted", memory(*factor)
    )]
    WorkFactor { factor: u8 },
    #[error("is encrypted for {recipients}; only X25519 recipients can be read")]
    Unsupported { recipients: Recipients },
    #[error("is encrypted for {recipients}, and no identity was given{}", found(tried))]
    NoIdentity { recipients: Recipients, tried: String },
    #[error("is encrypted for {recipients}, and no identity that was given can be used")]
    NoUsableIdentity { recipients: Recipients },
    #[error("is encrypted for {recipients}, and none of the identities fits: {tried}")]
    NoneFits { recipients: Recipients, tried: String },
    #[error("decrypts to something that is not UTF-8: byte {offset} can not be read")]
    NotText { offset: usize },
}

/// scrypt with r = 8 holds 128 * 8 * 2^factor bytes.
fn memory(factor: u8) -> String {
    match factor.checked_sub(20) {
        None => format!("{} MiB", (1_u64 << factor) / 1024),
        Some(above) if above < 10 => format!("{} GiB", 1_u64 << above),
        Some(_) => "more than 512 GiB".to_owned(),
    }
}

/// An identity that merely lies in a default place was not given for this file.
fn found(tried: &str) -> String {
    if tried.is_empty() { String::new() } else { format!(" (not one of its: {tried})") }
}

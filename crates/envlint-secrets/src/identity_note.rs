use envlint_model::{FilePath, ReadErrorKind};
use thiserror::Error;

/// Where an identity was looked for: a file or a variable, and who named it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentityPlace {
    /// What named it: `ENVLINT_AGE_IDENTITY_FILE`, `--identity`, an entry of the manifest. For a
    /// file that lies where sops looks by default, the path itself.
    pub named_by: String,
    /// The file, as it was named: whoever named it finds it from there. `None` if the variable
    /// holds the identity itself.
    pub file: Option<FilePath>,
}

impl std::fmt::Display for IdentityPlace {
    /// The file, or the variable.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            Some(file) => file.fmt(f),
            None => f.write_str(&self.named_by),
        }
    }
}

/// Something about an identity that a person should know. It never holds a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentityNote {
    /// Where.
    pub place: IdentityPlace,
    /// The line, counted from 1, if it is about one.
    pub line: Option<u32>,
    /// How many further lines of the same place have the same problem.
    pub more: u32,
    /// What.
    pub problem: IdentityProblem,
}

impl IdentityNote {
    /// Whether something that was given could not be used as it was meant. Otherwise it was
    /// left out because envlint does not read its kind.
    pub fn is_error(&self) -> bool {
        !matches!(
            self.problem,
            IdentityProblem::PostQuantum | IdentityProblem::Plugin | IdentityProblem::PrivateKey
        )
    }

    /// What is wrong, with the place in it.
    pub fn message(&self) -> String {
        let Self { place, line, more, problem } = self;
        let lines = match more {
            0 => String::new(),
            1 => " (and another line)".to_owned(),
            more => format!(" (and {more} other lines)"),
        };
        match line {
            Some(line) => format!("line {line} of {place}{lines} {problem}"),
            None => format!("{place} {problem}"),
        }
    }

    /// What to do about it, after who named the place.
    pub fn help(&self) -> String {
        let Self { place, problem, .. } = self;
        let help = problem.help(place.file.is_some());
        match &place.file {
            Some(file) if place.named_by != file.as_str() => {
                format!("it was named by {}; {help}", place.named_by)
            }
            _ => help.to_owned(),
        }
    }
}

/// What can be wrong with an identity. The texts continue "line 3 of keys.txt ...".
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum IdentityProblem {
    /// The file could not be read.
    #[error(transparent)]
    Unreadable(ReadErrorKind),
    /// `~` stands in the path, and HOME is not set.
    #[error("starts with ~, and HOME is not set")]
    NoHome,
    /// An identity stands where the path of a file belongs.
    #[error("holds an identity where the path of a file belongs")]
    IdentityForPath,
    /// A text that is no path.
    #[error("holds a text that is no path")]
    NotAPath,
    /// Larger than [`MAX_IDENTITY_FILE_BYTES`](crate::MAX_IDENTITY_FILE_BYTES).
    #[error("is larger than 256 KiB, which no identity file is")]
    TooLarge,
    /// Encrypted itself.
    #[error("is encrypted itself")]
    Encrypted,
    /// Neither a comment nor anything known.
    #[error("is no age identity")]
    NotAnIdentity,
    /// Starts like an identity, but its checksum or length is wrong.
    #[error("is a damaged age identity: its checksum does not fit")]
    Damaged,
    /// The public half of a key pair.
    #[error("is a recipient, the public half of a key pair, and can not decrypt")]
    Recipient,
    /// A post-quantum identity.
    #[error("is a post-quantum identity, and was left out: only X25519 identities are used")]
    PostQuantum,
    /// An identity that a plugin reads.
    #[error("is an identity for a plugin, and was left out: plugins are never run")]
    Plugin,
    /// An SSH or other private key in PEM.
    #[error("is a private key in PEM, and was left out: only X25519 identities are used")]
    PrivateKey,
    /// Nothing but comments and blank lines.
    #[error("holds no identity")]
    Empty,
    /// More than [`MAX_IDENTITIES`](crate::MAX_IDENTITIES).
    #[error("is beyond the 128 identities that are used in one run")]
    TooMany,
}

impl IdentityProblem {
    /// Whether a line number helps to find it.
    pub(crate) fn is_about_a_line(self) -> bool {
        matches!(
            self,
            IdentityProblem::NotAnIdentity
                | IdentityProblem::Damaged
                | IdentityProblem::Recipient
                | IdentityProblem::PostQuantum
                | IdentityProblem::Plugin
                | IdentityProblem::TooMany
        )
    }

    fn help(self, in_file: bool) -> &'static str {
        match self {
            IdentityProblem::Unreadable(_) | IdentityProblem::NotAPath => {
                "give the path of a file that `age-keygen -o` wrote"
            }
            IdentityProblem::NoHome => "write the whole path",
            IdentityProblem::IdentityForPath => "ENVLINT_AGE_IDENTITY takes the identity itself",
            IdentityProblem::TooLarge | IdentityProblem::TooMany => {
                "name a file with the identities of this project only"
            }
            IdentityProblem::Encrypted => "decrypt it first: `age -d -o identity.txt`",
            IdentityProblem::NotAnIdentity | IdentityProblem::Empty if in_file => {
                "lines start with AGE-SECRET-KEY-1, comments with #"
            }
            IdentityProblem::NotAnIdentity | IdentityProblem::Empty => {
                "an identity starts with AGE-SECRET-KEY-1; a file is named by \
                 ENVLINT_AGE_IDENTITY_FILE"
            }
            IdentityProblem::Damaged => "copy it again, whole: it has 74 characters",
            IdentityProblem::Recipient => {
                "give the line that starts with AGE-SECRET-KEY-1 of the same key pair"
            }
            IdentityProblem::PostQuantum
            | IdentityProblem::Plugin
            | IdentityProblem::PrivateKey => {
                "for this check, have the file encrypted for an X25519 recipient too"
            }
        }
    }
}

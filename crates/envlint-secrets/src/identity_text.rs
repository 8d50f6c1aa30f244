//! The text of identity files: one identity per line, comments, and the things that people put
//! there by mistake. One bad line never hides the good ones.

use age::x25519::Identity;

use crate::identity_note::IdentityProblem;

/// The largest identity file, in bytes. A line of `age-keygen` with its comments has 190.
pub const MAX_IDENTITY_FILE_BYTES: usize = 256 * 1024;

/// The most identities that are used in one run: each costs an X25519 operation per recipient
/// of each file.
pub const MAX_IDENTITIES: usize = 128;

/// A problem, the first line that has it (from 1), and how many lines after it have it too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LineProblem {
    pub(crate) problem: IdentityProblem,
    pub(crate) line: u32,
    pub(crate) more: u32,
}

/// What an identity file or variable holds.
#[derive(Default)]
pub(crate) struct Parsed {
    pub(crate) identities: Vec<Identity>,
    /// At most one entry per kind of problem.
    pub(crate) problems: Vec<LineProblem>,
}

impl Parsed {
    fn problem(&mut self, problem: IdentityProblem, line: u32) {
        match self.problems.iter_mut().find(|known| known.problem == problem) {
            Some(known) => known.more += 1,
            None => self.problems.push(LineProblem { problem, line, more: 0 }),
        }
    }
}

/// Reads up to `room` identities: one per line, or several separated by white space, as sops
/// takes them in a variable.
pub(crate) fn parse(bytes: &[u8], room: usize) -> Parsed {
    let mut parsed = Parsed::default();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(problem) = whole(bytes) {
        parsed.problem(problem, 1);
        return parsed;
    }
    for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1..) {
        let line = line.trim_ascii();
        if line.starts_with(b"#") {
            continue;
        }
        for word in line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
            match identity(word) {
                Ok(_) if parsed.identities.len() == room => {
                    parsed.problem(IdentityProblem::TooMany, number);
                }
                Ok(identity) => parsed.identities.push(identity),
                Err(problem) => {
                    parsed.problem(problem, number);
                    // Prose would otherwise be told word by word.
                    break;
                }
            }
        }
    }
    parsed
}

/// Whether the text as a whole is something else than a list of identities.
fn whole(bytes: &[u8]) -> Option<IdentityProblem> {
    let text = bytes.trim_ascii_start();
    if bytes.len() > MAX_IDENTITY_FILE_BYTES {
        Some(IdentityProblem::TooLarge)
    } else if crate::is_age(text) {
        Some(IdentityProblem::Encrypted)
    } else if text.starts_with(b"-----BEGIN ") {
        Some(IdentityProblem::PrivateKey)
    } else {
        None
    }
}

/// What a word starts with, in upper case, and what that makes it. The first that fits counts.
const PREFIXES: &[(&str, IdentityProblem)] = &[
    ("AGE-SECRET-KEY-PQ-", IdentityProblem::PostQuantum),
    ("AGE-SECRET-KEY-", IdentityProblem::Damaged),
    ("AGE-PLUGIN-", IdentityProblem::Plugin),
    ("AGE1", IdentityProblem::Recipient),
    ("SSH-", IdentityProblem::Recipient),
];

fn identity(word: &[u8]) -> Result<Identity, IdentityProblem> {
    let parsed = str::from_utf8(word).ok().and_then(|word| word.parse().ok());
    parsed.ok_or_else(|| {
        let starts_with = |prefix: &str| {
            word.get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        let known = PREFIXES.iter().find(|(prefix, _)| starts_with(prefix));
        known.map_or(IdentityProblem::NotAnIdentity, |(_, problem)| *problem)
    })
}

/// Whether a text that should name a file is, or holds, an identity itself. Such a text must
/// not be shown.
pub fn holds_identity(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let text = zeroize::Zeroizing::new(text);
    text.contains("AGE-SECRET-KEY-") || text.contains("PRIVATE KEY-----")
}

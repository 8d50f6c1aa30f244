//! The header of an age file (C2SP age, version 1), read before anything else sees it.
//!
//! The age library reads a header once more for every line of it, so that 4000 recipients cost
//! seconds, and it takes some headers that the format forbids. This reader is linear, bounded
//! and strict; what it lets through is small and well formed. It also knows what a person has
//! to be told: which kinds of recipients there are.

use crate::encoding::{self, Alphabet};
use crate::error::Problem;
use crate::{RecipientKind, Recipients};

/// The largest header that is read, in bytes. One for 64 X25519 recipients has 6 KiB.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;

/// The most recipients that a header may name.
pub const MAX_STANZAS: usize = 64;

/// What every version of the format since 1.0 starts with.
pub(crate) const MAGIC: &[u8] = b"age-encryption.org/";

/// What files of the test versions start with.
pub(crate) const BETA_MAGIC: &[u8] = b"This is a file encrypted with age-tool.com";

/// Characters of a full line of a stanza's body.
const COLUMNS: usize = 64;

/// What a header tells without any key.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) recipients: Recipients,
    /// The scrypt work factor, if the file is encrypted with a passphrase.
    pub(crate) work_factor: Option<u8>,
    /// Bytes of the header, up to and including its last line break.
    pub(crate) length: usize,
}

/// Reads the header at the start of a binary age file.
pub(crate) fn parse(file: &[u8]) -> Result<Header, Problem> {
    let mut lines = Lines { file, at: 0, number: 0 };
    match lines.next()?.strip_prefix(MAGIC) {
        Some(b"v1") => {}
        Some(_) => return Err(Problem::UnknownVersion),
        None => return Err(Problem::NotAge),
    }
    let mut header = Header { recipients: Recipients::default(), work_factor: None, length: 0 };
    let mut stanzas = 0;
    loop {
        let line = lines.next()?;
        if let Some(arguments) = line.strip_prefix(b"-> ") {
            stanzas += 1;
            if stanzas > MAX_STANZAS {
                return Err(Problem::Stanzas);
            }
            stanza(&mut header, arguments, &mut lines)?;
        } else if let Some(mac) = line.strip_prefix(b"--- ") {
            if encoding::base64(mac, Alphabet::Standard).is_none_or(|mac| mac.len() != 32) {
                return Err(lines.wrong("a MAC that is not 32 bytes of base64"));
            }
            break;
        } else {
            return Err(lines.wrong("neither a recipient nor the MAC"));
        }
    }
    if stanzas == 0 {
        return Err(lines.wrong("no recipient before the MAC"));
    }
    if header.work_factor.is_some() && stanzas > 1 {
        return Err(lines.wrong("a passphrase beside other recipients"));
    }
    header.length = lines.at;
    Ok(header)
}

/// What the arguments and the body of a stanza must be.
struct Shape {
    name: &'static [u8],
    kind: RecipientKind,
    arguments: &'static [Argument],
    /// Bytes of the body; `None` if they vary with the key.
    body: Option<usize>,
}

enum Argument {
    /// So many bytes of base64.
    Bytes(usize),
    /// A number from 1 to 255, without leading zeros.
    WorkFactor,
}

use Argument::{Bytes, WorkFactor};

/// A wrapped file key: 16 bytes and an authentication tag.
const WRAPPED: Option<usize> = Some(32);

/// The types that the age command knows by itself.
#[rustfmt::skip]
const SHAPES: &[Shape] = &[
    Shape { name: b"X25519", kind: RecipientKind::X25519, arguments: &[Bytes(32)], body: WRAPPED },
    Shape { name: b"scrypt", kind: RecipientKind::Passphrase, arguments: &[Bytes(16), WorkFactor], body: WRAPPED },
    Shape { name: b"ssh-ed25519", kind: RecipientKind::Ssh, arguments: &[Bytes(4), Bytes(32)], body: WRAPPED },
    Shape { name: b"ssh-rsa", kind: RecipientKind::Ssh, arguments: &[Bytes(4)], body: None },
    Shape { name: b"mlkem768x25519", kind: RecipientKind::PostQuantum, arguments: &[Bytes(1120)], body: WRAPPED },
];

/// Types that plugins for hardware write. Their form is the plugin's affair.
const HARDWARE: &[&[u8]] = &[b"p256tag", b"mlkem768p256tag", b"piv-p256"];

fn stanza(header: &mut Header, line: &[u8], lines: &mut Lines<'_>) -> Result<(), Problem> {
    let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
    if words.iter().any(|word| word.is_empty() || !word.iter().all(u8::is_ascii_graphic)) {
        return Err(lines.wrong("a recipient with an empty or unprintable argument"));
    }
    let start = lines.number;
    let body = body_bytes(lines)?;
    let Some((&name, arguments)) = words.split_first() else { return Ok(()) };
    let Some(shape) = SHAPES.iter().find(|shape| shape.name == name) else {
        // Writers add stanzas of random types to keep readers tolerant; they are nobody's.
        if HARDWARE.contains(&name) {
            header.recipients.add(RecipientKind::Hardware);
        } else if !name.ends_with(b"-grease") {
            header.recipients.add(RecipientKind::Other);
        }
        return Ok(());
    };

    header.recipients.add(shape.kind);
    let misshapen = Problem::Header { line: start, what: "a recipient of the wrong form" };
    if arguments.len() != shape.arguments.len() || shape.body.is_some_and(|bytes| bytes != body) {
        return Err(misshapen);
    }
    for (form, argument) in shape.arguments.iter().zip(arguments) {
        match form {
            Bytes(length) => match encoding::base64(argument, Alphabet::Standard) {
                Some(bytes) if bytes.len() == *length => {}
                _ => return Err(misshapen),
            },
            WorkFactor => header.work_factor = Some(number(argument).ok_or(misshapen.clone())?),
        }
    }
    Ok(())
}

/// Reads a stanza's body: full lines and then one that is not, which may be empty. Returns its
/// length in bytes.
fn body_bytes(lines: &mut Lines<'_>) -> Result<usize, Problem> {
    let mut bytes = 0;
    loop {
        let line = lines.next()?;
        match encoding::base64(line, Alphabet::Standard) {
            Some(decoded) if line.len() <= COLUMNS => bytes += decoded.len(),
            _ => return Err(lines.wrong("a recipient's body that is not base64 in 64 columns")),
        }
        if line.len() < COLUMNS {
            return Ok(bytes);
        }
    }
}

fn number(digits: &[u8]) -> Option<u8> {
    let canonical = digits.iter().all(u8::is_ascii_digit) && !digits.starts_with(b"0");
    canonical.then_some(digits).and_then(|digits| str::from_utf8(digits).ok()?.parse().ok())
}

/// The lines of a header, within its bound.
struct Lines<'a> {
    file: &'a [u8],
    at: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a [u8], Problem> {
        self.number += 1;
        let end = self.file.len().min(MAX_HEADER_BYTES);
        let rest = &self.file[self.at..end];
        match rest.iter().position(|&byte| byte == b'\n') {
            Some(length) => {
                self.at += length + 1;
                Ok(&rest[..length])
            }
            None if self.file.len() > MAX_HEADER_BYTES => Err(Problem::HeaderBytes),
            None => Err(self.wrong("the file ends within it")),
        }
    }

    fn wrong(&self, what: &'static str) -> Problem {
        Problem::Header { line: self.number, what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: &str = "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";

    fn header(stanzas: &str) -> Result<Header, Problem> {
        parse(format!("age-encryption.org/v1\n{stanzas}{MAC}payload").as_bytes())
    }

    fn x25519() -> String {
        format!("-> X25519 {0}\n{0}\n", "A".repeat(43))
    }

    #[test]
    fn counts_recipients_by_kind() {
        let header = header(&format!(
            "{}{}-> ssh-ed25519 AAAAAA {}\n{}\n-> stranger a b\n\n-> :x-grease\nAAAA\n",
            x25519(),
            x25519(),
            "A".repeat(43),
            "A".repeat(43),
        ))
        .unwrap();
        assert_eq!(
            header.recipients.to_string(),
            "2 X25519 recipients, 1 SSH recipient and 1 unknown recipient"
        );
    }

    #[test]
    fn the_payload_starts_after_the_header() {
        let file = format!("age-encryption.org/v1\n{}{MAC}payload", x25519());
        assert_eq!(&file[parse(file.as_bytes()).unwrap().length..], "payload");
    }

    #[test]
    fn bounds_hold_for_hostile_headers() {
        assert!(header(&x25519().repeat(MAX_STANZAS)).is_ok());
        assert_eq!(header(&x25519().repeat(MAX_STANZAS + 1)).err(), Some(Problem::Stanzas));
        assert_eq!(header(&x25519().repeat(4000)).err(), Some(Problem::Stanzas));
        let long = format!("-> {}\n\n", "x".repeat(20 * 1024 * 1024));
        assert_eq!(header(&long).err(), Some(Problem::HeaderBytes));
        let tall = format!("-> x\n{}", format!("{}\n", "A".repeat(64)).repeat(1000));
        assert_eq!(header(&tall).err(), Some(Problem::HeaderBytes));
    }

    #[test]
    fn a_work_factor_is_read_before_any_work() {
        let scrypt = |factor: &str| {
            header(&format!("-> scrypt {} {factor}\n{}\n", "A".repeat(22), "A".repeat(43)))
        };
        assert_eq!(scrypt("18").unwrap().work_factor, Some(18));
        assert_eq!(scrypt("255").unwrap().work_factor, Some(255));
        for wrong in ["018", "+18", "0", "0x1", "256", "-1", ""] {
            assert!(matches!(scrypt(wrong), Err(Problem::Header { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn an_error_names_the_line() {
        let line = |stanzas: &str| match header(stanzas) {
            Err(Problem::Header { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line(""), 2);
        assert_eq!(line("-> X25519 AAAA\n\n"), 2);
        assert_eq!(line(&format!("{}rubbish\n", x25519())), 4);
        assert_eq!(line("-> x\nA?\n"), 3);
    }
}

//! Certificates and private keys in textual form (RFC 7468): Base64 between boundaries.
//!
//! The content is not decoded further than to its outermost length, which is what a truncated
//! copy breaks. Text outside of the boundaries is skipped, as the RFC asks of readers. A line
//! break may be written as the two characters `\n`: that is how a key gets into one line of an
//! environment, and most programs that take one there put the breaks back.

use zeroize::Zeroizing;

/// Why a text is not what is needed in PEM.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// No `-----BEGIN ...-----` on a line of its own.
    #[error("no line begins a block of PEM; were its line breaks lost?")]
    NoBlock,
    /// A block of another kind, such as a certificate where a key is needed.
    #[error("a block of PEM of another kind than the one that is needed")]
    OtherLabel,
    /// More than one private key.
    #[error("more than one private key")]
    Several,
    /// No fitting `-----END ...-----`.
    #[error("a block of PEM does not end as it begins")]
    Unclosed,
    /// What stands between the boundaries.
    #[error("a block of PEM is not written in Base64")]
    Base64,
    /// It decodes, but to no value of the length that it says itself.
    #[error("a block of PEM decodes to something else, or to a part of it")]
    Content,
}

/// Labels of certificates; the last two are those that RFC 7468, section 5.1, tells readers to
/// expect.
const CERTIFICATE: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE"];

/// Labels of private keys: of PKCS #8, encrypted or not, and of the older forms.
const PRIVATE_KEY: [&str; 6] = [
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    OPENSSH,
];

/// The one label whose content is no DER.
const OPENSSH: &str = "OPENSSH PRIVATE KEY";

/// What OpenSSL writes before a key on an elliptic curve.
const BESIDE_A_KEY: &str = "EC PARAMETERS";

/// A regular expression (ECMA 262) for the line that begins a certificate.
pub fn certificate_pattern() -> String {
    begins(&CERTIFICATE)
}

/// A regular expression (ECMA 262) for the line that begins a private key.
pub fn private_key_pattern() -> String {
    begins(&PRIVATE_KEY)
}

fn begins(labels: &[&str]) -> String {
    format!("-----BEGIN (?:{})-----", labels.join("|").replace('.', "\\."))
}

/// Checks a certificate, or several: the chain to an authority, or a list of authorities.
pub fn certificate(text: &str) -> Result<(), PemError> {
    let label = |label: &str| CERTIFICATE.contains(&label);
    blocks(text, label).and_then(|count| if count > 0 { Ok(()) } else { Err(PemError::NoBlock) })
}

/// Checks a private key.
pub fn private_key(text: &str) -> Result<(), PemError> {
    match blocks(text, |label| PRIVATE_KEY.contains(&label))? {
        0 => Err(PemError::NoBlock),
        1 => Ok(()),
        _ => Err(PemError::Several),
    }
}

/// The text with a real break for each that is written as `\n`.
pub fn with_line_breaks(text: &str) -> Zeroizing<String> {
    let mut breaks = Zeroizing::new(String::with_capacity(text.len()));
    for (at, line) in text.split("\\n").enumerate() {
        if at > 0 {
            breaks.push('\n');
        }
        breaks.push_str(line.strip_suffix("\\r").unwrap_or(line));
    }
    breaks
}

/// Checks every block and counts those with a label that is wanted.
fn blocks(text: &str, wanted: impl Fn(&str) -> bool) -> Result<usize, PemError> {
    let mut count = 0;
    let mut open: Option<Block<'_>> = None;
    for line in lines(text) {
        if let Some(label) = boundary(line, "-----BEGIN ") {
            if open.is_some() {
                return Err(PemError::Unclosed);
            }
            if wanted(label) {
                count += 1;
            } else if !(wanted(PRIVATE_KEY[0]) && label == BESIDE_A_KEY) {
                return Err(PemError::OtherLabel);
            }
            open = Some(Block::new(label));
        } else if let Some(label) = boundary(line, "-----END ") {
            match open.take() {
                Some(block) if block.label == label => block.finish()?,
                _ => return Err(PemError::Unclosed),
            }
        } else if let Some(block) = &mut open {
            block.push(line)?;
        }
    }
    if open.is_some() { Err(PemError::Unclosed) } else { Ok(count) }
}

/// Lines without white space around them; a break is one, or is written as one.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.split("\\n")).map(|line| {
        let line = line.trim();
        line.strip_suffix("\\r").unwrap_or(line)
    })
}

/// The label of a line that begins or ends a block. Where line breaks were lost, a line has both.
fn boundary<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    let label = line.strip_prefix(start)?.strip_suffix("-----")?;
    (!label.contains("-----")).then_some(label)
}

/// A block as far as it was read. Nothing of it is kept but how it begins.
struct Block<'a> {
    label: &'a str,
    /// `Proc-Type: 4,ENCRYPTED` and the like (RFC 1421), before an empty line.
    headers: Headers,
    characters: usize,
    padding: usize,
    bits: u32,
    /// The first bytes: the tag and length of DER, and no more.
    head: [u8; 6],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Headers {
    None,
    Open,
    Done,
}

impl<'a> Block<'a> {
    fn new(label: &'a str) -> Self {
        let headers = Headers::None;
        Self { label, headers, characters: 0, padding: 0, bits: 0, head: [0; 6] }
    }

    fn push(&mut self, line: &str) -> Result<(), PemError> {
        self.headers = match self.headers {
            Headers::None if self.characters == 0 && line.contains(':') => Headers::Open,
            Headers::Open if line.is_empty() => Headers::Done,
            unchanged => unchanged,
        };
        if self.headers == Headers::Open {
            return Ok(());
        }
        line.bytes().try_for_each(|byte| self.push_byte(byte))
    }

    fn push_byte(&mut self, byte: u8) -> Result<(), PemError> {
        if byte == b'=' {
            self.padding += 1;
            return Ok(());
        }
        let of_urls = matches!(byte, b'-' | b'_');
        let sextet = super::key::sextet(byte).filter(|_| !of_urls && self.padding == 0);
        self.bits = self.bits << 6 | u32::from(sextet.ok_or(PemError::Base64)?);
        self.characters += 1;
        // Each character after the first of four completes a byte.
        let (bytes, of_four) = (self.characters * 3 / 4, self.characters % 4);
        if of_four != 1
            && let Some(byte) = self.head.get_mut(bytes - 1)
        {
            *byte = (self.bits >> [0, 0, 4, 2][of_four]) as u8;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), PemError> {
        let whole = (self.characters + self.padding).is_multiple_of(4) && self.padding <= 2;
        if !whole || self.characters == 0 || self.headers == Headers::Open {
            return Err(PemError::Base64);
        }
        let bytes = self.characters * 3 / 4;
        let fits = match self.label {
            _ if self.headers == Headers::Done => true,
            OPENSSH => &self.head == b"openss",
            BESIDE_A_KEY => true,
            _ => self.sequence_length() == Some(bytes),
        };
        if fits { Ok(()) } else { Err(PemError::Content) }
    }

    /// The length of the whole that a SEQUENCE of DER says (X.690, sections 8.1.3 and 8.9).
    fn sequence_length(&self) -> Option<usize> {
        let [0x30, length, more @ ..] = &self.head else { return None };
        match *length {
            short @ 0..=0x7f => Some(2 + usize::from(short)),
            long @ 0x81..=0x84 => {
                let count = usize::from(long - 0x80);
                let value = more[..count].iter().try_fold(0_usize, |value, &byte| {
                    value.checked_mul(256)?.checked_add(usize::from(byte))
                })?;
                value.checked_add(2 + count)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERT: &str = "MBsMGUNBTkFSWTogbm90IGEgY2VydGlmaWNhdGU=";

    fn block(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn certificates_and_what_is_mistaken_for_one() {
        let one = block("CERTIFICATE", CERT);
        for good in [
            one.clone(),
            one.repeat(3),
            one.replace('\n', "\\n"),
            one.replace('\n', "\r\n"),
            one.replace("MBs", "MB\ns"),
            format!("subject=CN = example\n{one}"),
            block("X509 CERTIFICATE", CERT),
        ] {
            assert_eq!(certificate(&good), Ok(()), "{good}");
        }
        for (text, error) in [
            (String::new(), PemError::NoBlock),
            ("CANARY".into(), PemError::NoBlock),
            (one.replace('\n', " "), PemError::NoBlock),
            (block("PRIVATE KEY", CERT), PemError::OtherLabel),
            (one.clone() + &block("PRIVATE KEY", CERT), PemError::OtherLabel),
            (one.replace("END CERT", "END X509 CERT"), PemError::Unclosed),
            (one[..60].into(), PemError::Unclosed),
            (one.clone() + &one[..60], PemError::Unclosed),
            ("-----END CERTIFICATE-----".into(), PemError::Unclosed),
            (one.replace("MBs", "MB*"), PemError::Base64),
            (one.replace("MBs", "MB-"), PemError::Base64),
            (one.replace('=', ""), PemError::Base64),
            (one.replace('=', "=A=="), PemError::Base64),
            (block("CERTIFICATE", ""), PemError::Base64),
            (one.replace("MBs", "MBo"), PemError::Content),
            (one.replace("MBs", "ABs"), PemError::Content),
            (block("CERTIFICATE", &CERT[..20]), PemError::Content),
            (block("CERTIFICATE", "MIAA"), PemError::Content),
            (block("CERTIFICATE", "MIT/////"), PemError::Content),
        ] {
            assert_eq!(certificate(&text), Err(error), "{text}");
        }
    }

    #[test]
    fn written_breaks_become_real_ones() {
        let one = block("CERTIFICATE", CERT);
        assert_eq!(*with_line_breaks(&one.replace('\n', "\\n")), one);
        assert_eq!(*with_line_breaks(&one.replace('\n', "\\r\\n")), one);
        assert_eq!(*with_line_breaks(&one), one);
    }

    #[test]
    fn lengths_of_two_bytes_count() {
        // A SEQUENCE of 300 zeros: 30 82 01 2c.
        let body = format!("MIIBLAAA{}", "A".repeat(397 + 3));
        assert_eq!((body.len() * 3 / 4, body.len() % 4), (306, 0));
        let exact = format!("{}==", &body[..406]);
        assert_eq!(certificate(&block("CERTIFICATE", &exact)), Ok(()));
        assert_eq!(certificate(&block("CERTIFICATE", &body)), Err(PemError::Content));
    }

    #[test]
    fn private_keys_and_what_is_mistaken_for_one() {
        let one = block("PRIVATE KEY", CERT);
        let encrypted = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{CERT}");
        for good in [
            one.clone(),
            block("EC PARAMETERS", "BggqhkjOPQMBBw==") + &block("EC PRIVATE KEY", CERT),
            block("RSA PRIVATE KEY", &encrypted),
            block("RSA PRIVATE KEY", &encrypted).replace('\n', "\\n"),
            block(OPENSSH, "b3BlbnNzaC1rZXktdjEA"),
        ] {
            assert_eq!(private_key(&good), Ok(()), "{good}");
        }
        for (text, error) in [
            (one.repeat(2), PemError::Several),
            (block("EC PARAMETERS", "BggqhkjOPQMBBw=="), PemError::NoBlock),
            (block("PUBLIC KEY", CERT), PemError::OtherLabel),
            (block("CERTIFICATE", CERT), PemError::OtherLabel),
            (block(OPENSSH, CERT), PemError::Content),
            (block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED"), PemError::Base64),
        ] {
            assert_eq!(private_key(&text), Err(error), "{text}");
        }
    }
}

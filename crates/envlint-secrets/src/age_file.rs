use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use envlint_model::MAX_FILE_BYTES;
use zeroize::Zeroizing;

use crate::error::Problem;
use crate::header::{self, Header};
use crate::{DecryptError, Identities, MAX_WORK_FACTOR, RecipientKind, Recipients, armor};

/// Bytes of the nonce between header and content.
const NONCE: usize = 16;

/// Bytes of plaintext in a full chunk, and of the authentication tag after each.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// Whether `bytes` look like an age file, binary or armored, of any version. Asks for the first
/// bytes only: what follows may still be damaged.
pub fn is_age(bytes: &[u8]) -> bool {
    bytes.starts_with(header::MAGIC)
        || bytes.starts_with(header::BETA_MAGIC)
        || armor::is_armored(bytes)
}

/// Decrypts an age file, binary or armored, into memory that is wiped.
///
/// Identities are read only when the file can be decrypted by one at all.
pub fn decrypt(
    file: &[u8],
    identities: &Identities<'_>,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    AgeFile::parse(file)?.decrypt(identities)
}

/// Decrypts an age file that holds text, which must be UTF-8.
pub fn decrypt_text(
    file: &[u8],
    identities: &Identities<'_>,
) -> Result<Zeroizing<Box<str>>, DecryptError> {
    let bytes = decrypt(file, identities)?;
    let text =
        str::from_utf8(&bytes).map_err(|error| Problem::NotText { offset: error.valid_up_to() })?;
    Ok(Zeroizing::new(text.into()))
}

/// An age file whose header is well formed and within bounds. Nothing is decrypted yet.
pub struct AgeFile<'a> {
    binary: Cow<'a, [u8]>,
    header: Header,
}

impl<'a> AgeFile<'a> {
    /// Reads the armor, if there is any, and the header. Linear in the size of the file, which
    /// may be [`MAX_FILE_BYTES`] at most.
    pub fn parse(file: &'a [u8]) -> Result<Self, DecryptError> {
        if file.len() as u64 > MAX_FILE_BYTES {
            return Err(Problem::TooLarge.into());
        }
        if file.starts_with(header::BETA_MAGIC) {
            return Err(Problem::Beta.into());
        }
        if !is_age(file) {
            return Err(Problem::NotAge.into());
        }
        let binary = match armor::is_armored(file) {
            true => Cow::Owned(armor::decode(file)?),
            false => Cow::Borrowed(file),
        };
        let header = header::parse(&binary)?;
        Ok(Self { binary, header })
    }

    /// Whom the file is encrypted for, as far as its header tells.
    pub fn recipients(&self) -> &Recipients {
        &self.header.recipients
    }

    /// Decrypts the content with the first identity that fits.
    pub fn decrypt(&self, identities: &Identities<'_>) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let recipients = self.header.recipients;
        if let Some(factor) = self.header.work_factor {
            return Err(match factor > MAX_WORK_FACTOR {
                true => Problem::WorkFactor { factor }.into(),
                false => Problem::Passphrase.into(),
            });
        }
        let length = self.content_length().ok_or(Problem::Truncated)?;
        let keys = identities.keys();
        if recipients.count(RecipientKind::X25519) == 0 || keys.is_empty() {
            return Err(no_key_fits(recipients, identities));
        }
        let decryptor = age::Decryptor::new_buffered(&self.binary[..]).map_err(own)?;
        match decryptor.decrypt(keys.iter().map(|key| key as &dyn age::Identity)) {
            Ok(reader) => content(reader, length).map_err(DecryptError::from),
            Err(age::DecryptError::NoMatchingKeys) => Err(no_key_fits(recipients, identities)),
            Err(error) => Err(own(error).into()),
        }
    }

    /// Bytes of plaintext; `None` if the file ends before the least that there must be.
    fn content_length(&self) -> Option<usize> {
        let encrypted = self.binary.len().checked_sub(self.header.length + NONCE)?;
        let chunks = encrypted.div_ceil(CHUNK + TAG).max(1);
        let last = encrypted.checked_sub((chunks - 1) * (CHUNK + TAG))?;
        (last >= TAG).then(|| encrypted - chunks * TAG)
    }
}

/// Why none of the identities opens what any of these recipients could.
pub(crate) fn no_key_fits(recipients: Recipients, identities: &Identities<'_>) -> DecryptError {
    let problem = if recipients.count(RecipientKind::X25519) == 0 {
        Problem::Unsupported { recipients }
    } else if identities.keys().is_empty() {
        no_key(recipients, identities)
    } else {
        no_match(recipients, identities)
    };
    problem.into()
}

fn no_key(recipients: Recipients, identities: &Identities<'_>) -> Problem {
    match identities.were_given() {
        true => Problem::NoUsableIdentity { recipients },
        false => Problem::NoIdentity { recipients, tried: String::new() },
    }
}

fn no_match(recipients: Recipients, identities: &Identities<'_>) -> Problem {
    let tried = identities.tried();
    match identities.were_given() {
        true => Problem::NoneFits { recipients, tried },
        false => Problem::NoIdentity { recipients, tried },
    }
}

/// Reads exactly `length` bytes, into memory that is never moved, and then sees that nothing
/// follows: only that proves the last chunk to be the last.
fn content(mut reader: impl Read, length: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut plaintext = Zeroizing::new(vec![0; length]);
    let mut filled = 0;
    let mut beyond = [0];
    loop {
        let target = match filled < length {
            true => &mut plaintext[filled..],
            false => &mut beyond[..],
        };
        match reader.read(target) {
            Ok(0) if filled == length => return Ok(plaintext),
            Ok(0) => return Err(Problem::Truncated),
            Ok(_) if filled == length => return Err(Problem::Changed),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(Problem::Truncated);
            }
            // What is cut off or added at the end shows in the last chunk only.
            Err(_) if filled / CHUNK < length.saturating_sub(1) / CHUNK => {
                return Err(Problem::Changed);
            }
            Err(_) => return Err(Problem::End),
        }
    }
}

/// The library's errors in our words. Its own texts are never shown.
fn own(error: age::DecryptError) -> Problem {
    match error {
        age::DecryptError::InvalidMac => Problem::Mac,
        age::DecryptError::UnknownFormat => Problem::UnknownVersion,
        age::DecryptError::Io(_) => Problem::Truncated,
        // The header's form was checked before; what is left is a share of low order.
        _ => Problem::LowOrder,
    }
}

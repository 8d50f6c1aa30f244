//! Decrypting a file's values, and proving that they are those that sops wrote.
//!
//! Each value authenticates by itself, together with the names that lead to it. That all of them
//! are there, in this order and of these types, only the MAC tells: nothing is handed out before
//! it is right. When something is wrong, what was changed is looked for, since "MAC mismatch"
//! helps nobody.

use std::sync::Arc;

use envlint_model::{Secret, Zeroizing};
use sha2::{Digest, Sha512};

use super::SopsFile;
use super::cipher::{Cipher, Unauthentic};
use super::error::{Problem, SopsError};
use super::scalar::{self, Scalar};
use super::tree::{Leaf, LeafValue, Tree, ValueKind};
use super::value::{self, Claim, Encrypted, Malformed};
use super::walk::{self, Place, Visitor};

/// What the MAC starts with if it leaves out what stands in clear: SHA-256 of `sops`.
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// How many places are tried when the one that a value was moved from is looked for.
const PLACES_TRIED: usize = 1000;

/// How many faults are told of a file that is not decrypted.
const MAX_FAULTS: usize = 100;

/// A value that is to be encrypted, as it stands in the file.
enum Found {
    /// sops never encrypts null and the empty text.
    Nothing,
    Encrypted(Encrypted),
}

/// What stands where a value is to be encrypted.
fn found(place: &Place<'_>, scalar: &Scalar) -> Result<Found, SopsError> {
    let text = scalar.text.expose();
    match scalar.kind {
        ValueKind::Null => return Ok(Found::Nothing),
        ValueKind::Text if text.is_empty() => return Ok(Found::Nothing),
        ValueKind::Text => {}
        _ => return Err(place.error(Problem::Plaintext { name: place.name() })),
    }
    let name = || place.name();
    let encrypted = value::parse(text).map_err(|malformed| {
        place.error(match malformed {
            Malformed::Plaintext => Problem::Plaintext { name: name() },
            Malformed::Part(part) => Problem::Part { name: name(), part },
            Malformed::UnknownType => Problem::UnknownType { name: name() },
        })
    })?;
    match encrypted.claim {
        Claim::Comment if !place.in_list => Err(place.error(Problem::WrongType { name: name() })),
        _ => Ok(Found::Encrypted(encrypted)),
    }
}

fn in_clear(scalar: &Scalar) -> Leaf {
    let value = LeafValue::Text(scalar.text.clone());
    Leaf { kind: scalar.kind, encrypted: false, value }
}

/// What can be told of the values without a key.
#[derive(Default)]
pub(super) struct Outline {
    pub(super) faults: Vec<SopsError>,
}

impl Visitor for Outline {
    fn leaf(&mut self, place: &Place<'_>, scalar: &Scalar) -> Result<Option<Leaf>, SopsError> {
        if !place.due {
            return Ok(Some(in_clear(scalar)));
        }
        Ok(match found(place, scalar) {
            Ok(Found::Nothing) => Some(in_clear(scalar)),
            Ok(Found::Encrypted(Encrypted { claim: Claim::Value(kind), .. })) => {
                Some(Leaf { kind, encrypted: true, value: LeafValue::Closed })
            }
            Ok(Found::Encrypted(_)) => None,
            Err(fault) => {
                if self.faults.len() < MAX_FAULTS {
                    self.faults.push(fault);
                }
                let encrypted = value::claims_to_be(scalar.text.expose());
                let value = match encrypted {
                    true => LeafValue::Closed,
                    false => LeafValue::Text(scalar.text.clone()),
                };
                Some(Leaf { kind: scalar.kind, encrypted, value })
            }
        })
    }
}

/// Decrypts all values of a file and verifies its MAC.
pub(super) fn decrypt(file: &SopsFile, cipher: &Cipher) -> Result<Tree, SopsError> {
    let mut hash = Sha512::new();
    if file.metadata.mac_only_encrypted {
        hash.update(ONLY_ENCRYPTED);
    }
    let only_encrypted = file.metadata.mac_only_encrypted;
    let mut decrypting = Decrypting { file, cipher, hash, only_encrypted };
    let tree = walk::walk(file, &mut decrypting)?;
    verify(file, cipher, &upper_hex(&decrypting.hash.finalize()))?;
    Ok(tree)
}

fn upper_hex(bytes: &[u8]) -> Zeroizing<String> {
    let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
    let mut hex = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    bytes.iter().for_each(|byte| hex.extend([digit(byte >> 4), digit(byte & 15)]));
    hex
}

/// Whether the MAC of the file is that of its values and of its time.
fn verify(file: &SopsFile, cipher: &Cipher, counted: &str) -> Result<(), SopsError> {
    let mac = file.metadata.mac.as_ref().ok_or(Problem::NoMac)?;
    let wrong = |problem| Err(SopsError::at(mac.span, problem));
    let encrypted = match value::parse(mac.text.expose()) {
        Ok(encrypted) => encrypted,
        Err(_) => return wrong(Problem::MacItself),
    };
    match cipher.open(&encrypted, &file.metadata.stamp) {
        Ok(text) if text.as_slice() == counted.as_bytes() => Ok(()),
        Ok(_) => wrong(Problem::Mac),
        // The MAC of exactly these values: then it is the time beside it that is another one.
        Err(Unauthentic) if *cipher.unauthenticated(&encrypted) == counted.as_bytes() => {
            wrong(Problem::LastModified)
        }
        Err(Unauthentic) => wrong(Problem::MacItself),
    }
}

struct Decrypting<'a> {
    file: &'a SopsFile,
    cipher: &'a Cipher,
    hash: Sha512,
    only_encrypted: bool,
}

impl Visitor for Decrypting<'_> {
    fn leaf(&mut self, place: &Place<'_>, scalar: &Scalar) -> Result<Option<Leaf>, SopsError> {
        if !place.due {
            if !self.only_encrypted {
                self.count(scalar.kind, scalar.text.expose());
            }
            return Ok(Some(in_clear(scalar)));
        }
        let encrypted = match found(place, scalar)? {
            Found::Nothing => return Ok(Some(in_clear(scalar))),
            Found::Encrypted(encrypted) => encrypted,
        };
        let bytes = self
            .cipher
            .open(&encrypted, place.names)
            .map_err(|Unauthentic| self.unauthentic(place, &encrypted))?;
        let Claim::Value(kind) = encrypted.claim else { return Ok(None) };
        let value = self
            .checked(kind, bytes)
            .ok_or_else(|| place.error(Problem::WrongType { name: place.name() }))?;
        Ok(Some(Leaf { kind, encrypted: true, value }))
    }
}

impl Decrypting<'_> {
    /// Adds a value to what the MAC is over.
    fn count(&mut self, kind: ValueKind, text: &str) {
        self.hash.update(scalar::counted(kind, text).as_bytes());
    }

    /// What was decrypted, if it is of the type that it claims.
    fn checked(&mut self, kind: ValueKind, bytes: Zeroizing<Vec<u8>>) -> Option<LeafValue> {
        match str::from_utf8(&bytes) {
            Ok(text) => {
                let text = value::checked(kind, text)?;
                self.count(kind, &text);
                Some(LeafValue::Text(Secret::made(text.into_owned())))
            }
            Err(_) if matches!(kind, ValueKind::Text | ValueKind::Bytes) => {
                self.hash.update(&*bytes);
                Some(LeafValue::Bytes(Arc::new(bytes)))
            }
            Err(_) => None,
        }
    }

    /// Why a value does not authenticate where it stands: it may do so elsewhere.
    fn unauthentic(&self, place: &Place<'_>, encrypted: &Encrypted) -> SopsError {
        let mut names = Names::default();
        // A walk that only looks at names meets what this one met, and does not fail.
        let _ = walk::walk(self.file, &mut names);
        let owner = names.of_values.iter().find(|names| self.cipher.open(encrypted, names).is_ok());
        let name = place.name();
        place.error(match owner {
            Some(owner) => Problem::Moved { name, owner: walk::told(owner) },
            None => Problem::Changed { name },
        })
    }
}

/// The names that lead to encrypted values, without repetitions in a row.
#[derive(Default)]
struct Names {
    of_values: Vec<String>,
}

impl Visitor for Names {
    fn leaf(&mut self, place: &Place<'_>, _: &Scalar) -> Result<Option<Leaf>, SopsError> {
        let is_new = self.of_values.last().is_none_or(|last| last != place.names);
        if place.due && is_new && self.of_values.len() < PLACES_TRIED {
            self.of_values.push(place.names.to_owned());
        }
        Ok(None)
    }
}

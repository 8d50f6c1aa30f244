//! AES-256-GCM as sops uses it: 32-byte initialisation vectors, and the names that lead to a
//! value as additional data.

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::generic_array::GenericArray;
use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, Tag};
use envlint_model::Zeroizing;

use super::value::Encrypted;

/// The data key of a file, ready for use.
pub(super) struct Cipher(AesGcm<Aes256, U32>);

/// A value does not authenticate: it, or the names above it, are not what sops wrote.
#[derive(Debug)]
pub(super) struct Unauthentic;

impl Cipher {
    /// `None` unless the key has 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        AesGcm::new_from_slice(key).ok().map(Self)
    }

    /// Decrypts a value that stands under the names of `path`.
    pub(super) fn open(
        &self,
        value: &Encrypted,
        path: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Unauthentic> {
        let mut text = value.data.clone();
        let nonce = GenericArray::from_slice(&value.iv);
        let tag = Tag::from_slice(&value.tag);
        self.0
            .decrypt_in_place_detached(nonce, path.as_bytes(), &mut text, tag)
            .map_err(|_| Unauthentic)?;
        Ok(text)
    }

    /// What a value would decrypt to if nothing were authenticated, to tell what was changed.
    /// The mode is a key stream: encrypting twice is decrypting.
    pub(super) fn unauthenticated(&self, value: &Encrypted) -> Zeroizing<Vec<u8>> {
        let mut text = value.data.clone();
        let nonce = GenericArray::from_slice(&value.iv);
        match self.0.encrypt_in_place_detached(nonce, b"", &mut text) {
            Ok(_) => text,
            Err(_) => Zeroizing::default(),
        }
    }
}

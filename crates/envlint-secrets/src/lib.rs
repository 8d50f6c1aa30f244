//! Encrypted files in memory, identities, and the strength of secrets.
//!
//! Three questions about a secret are answered here, and none of the answers holds a part of
//! it. Can the file that it lies in be read ([`decrypt`], [`Identities`])? Was it ever filled
//! in ([`placeholder`])? Could it be guessed ([`weakness`])? A fourth is asked of values that
//! claim to be public: is this one that only its owner should have ([`token_form`])?
//!
//! Reading follows one rule: **every bound holds before any work is done.** An age file is
//! somebody else's input. Its header is parsed here, linearly and strictly, before the age
//! library sees a byte, because that library's parser is quadratic and a passphrase stanza can
//! ask for any amount of memory. What decrypts, decrypts into memory that is sized once and
//! wiped; nothing is ever written.

mod age_file;
mod armor;
mod encoding;
mod error;
mod header;
mod identities;
mod identity_note;
mod identity_text;
mod recipients;
pub mod sops;
mod strength;

pub use age_file::{AgeFile, decrypt, decrypt_text, is_age};
pub use error::{DecryptError, DecryptErrorKind};
pub use header::{MAX_HEADER_BYTES, MAX_STANZAS};
pub use identities::Identities;
pub use identity_note::{IdentityNote, IdentityPlace, IdentityProblem};
pub use identity_text::{MAX_IDENTITIES, MAX_IDENTITY_FILE_BYTES, holds_identity};
pub use recipients::{RecipientKind, Recipients};
pub use strength::{
    Exposure, MIN_GUESS_BITS, Placeholder, SecretPart, TokenForm, Weakness, guess_bits,
    may_hold_password, placeholder, token_form, token_form_of, weakness,
};

/// The highest scrypt work factor that a passphrase may be tried at: 2^20 rounds hold 1 GiB.
pub const MAX_WORK_FACTOR: u8 = 20;

//! Files of SOPS, read and never written.
//!
//! SOPS encrypts the values of a file one by one and leaves names readable, so that a change can
//! be reviewed. What that means for a reader: names, metadata and what was left in clear can be
//! checked without any key ([`SopsFile::outline`]); and what a file holds as a whole is vouched
//! for by one MAC over all values, which is verified before any of them is handed out
//! ([`SopsFile::decrypt`]).
//!
//! The way of a file: [`Store`] takes its format apart into values that are still encrypted
//! (`raw`) and the metadata in sops's own flat form; `metadata` makes sense of that; `data_key`
//! finds the key with the identities at hand; `decrypt` walks over the values. Every bound holds
//! before the cryptography that it bounds.
//!
//! Where sops is lenient, so is this: old versions' empty lists, unknown metadata, text behind a
//! value. Two things are stricter. A file of which a value stands in clear where it should be
//! encrypted is refused by its name, before its MAC is; and an `encrypted_regex` that is none is
//! an error, where sops encrypts nothing.

mod cipher;
mod data_key;
mod decrypt;
mod dotenv;
mod error;
mod ini;
mod metadata;
mod raw;
mod rules;
mod scalar;
mod selection;
mod shamir;
mod store;
mod tree;
mod value;
mod walk;

use std::sync::Arc;

use envlint_model::{MAX_FILE_BYTES, SourceFile, Zeroizing};

use crate::Identities;
use error::Problem;
use raw::{Parts, Raw};

pub use error::{SopsError, SopsErrorKind};
pub use metadata::{KeyGroup, Metadata, SopsRecipient};
pub use rules::{CreationRule, CreationRules, RuleRecipient};
pub use selection::{Selection, SelectionRule};
pub use store::Store;
pub use tree::{Content, Entry, Leaf, LeafValue, Node, Tree, ValueKind};

/// The most names and values that a SOPS file may hold, aliases followed.
pub const MAX_VALUES: usize = 100_000;

/// The most bytes of all names that lead to one value: each value authenticates them.
pub const MAX_NAMES_BYTES: usize = 1024;

/// The most keys of any kind that a file may be encrypted for.
pub const MAX_RECIPIENTS: usize = 64;

/// The most groups that a data key may be split among. Each share costs one unwrapping.
pub const MAX_KEY_GROUPS: usize = 16;

/// The most bytes of one wrapped data key. For an X25519 recipient it has 400.
pub const MAX_KEY_BYTES: usize = 8 * 1024;

/// The name that sops keeps its metadata under.
const METADATA: &str = "sops";

/// A SOPS file whose form and metadata are sound and within bounds. Nothing is decrypted yet.
pub struct SopsFile {
    source: Arc<SourceFile>,
    store: Store,
    metadata: Metadata,
    documents: Vec<Raw>,
}

impl SopsFile {
    /// Reads the format and the metadata.
    pub fn parse(source: &Arc<SourceFile>) -> Result<Self, SopsError> {
        if source.text().len() as u64 > MAX_FILE_BYTES {
            return Err(Problem::TooLarge.into());
        }
        let store = Store::detect(source.text()).ok_or(Problem::NotSops)?;
        let parts = store.parts(source)?;
        let metadata = Metadata::of(&parts)?;
        let Parts { documents, .. } = parts;
        Ok(Self { source: Arc::clone(source), store, metadata, documents })
    }

    /// The file that was read.
    pub fn source(&self) -> &Arc<SourceFile> {
        &self.source
    }

    /// The format that it is written in.
    pub fn store(&self) -> Store {
        self.store
    }

    /// What the file says of itself.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What can be known without a key: all names, what stands in clear, and which values are
    /// wrong in their form. Nothing vouches for any of it.
    pub fn outline(&self) -> Result<(Tree, Vec<SopsError>), SopsError> {
        let mut outline = decrypt::Outline::default();
        let tree = walk::walk(self, &mut outline)?;
        Ok((tree, outline.faults))
    }

    /// The text that sops decrypts a dotenv file to, with each line where it stands in the
    /// encrypted file: metadata and comments leave empty lines. `None` for other formats, and
    /// for a tree with values that are closed or no text.
    pub fn dotenv_text(&self, tree: &Tree) -> Option<Zeroizing<Box<str>>> {
        (self.store == Store::Dotenv).then(|| dotenv::text(&self.source, tree)).flatten()
    }

    /// Decrypts all values, into memory that is wiped, and verifies the MAC over them.
    ///
    /// Identities are read only when the file is sound as far as that can be told without them.
    pub fn decrypt(&self, identities: &Identities<'_>) -> Result<Tree, SopsError> {
        let (_, faults) = self.outline()?;
        if let Some(fault) = faults.into_iter().next() {
            return Err(fault);
        }
        if self.metadata.mac.is_none() {
            return Err(SopsError::at(self.metadata.span, Problem::NoMac));
        }
        let cipher = data_key::open(&self.metadata, identities)?;
        decrypt::decrypt(self, &cipher)
    }
}

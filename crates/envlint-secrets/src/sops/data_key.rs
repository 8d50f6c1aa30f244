//! From recipients and identities to the key that a file's values are encrypted with.

use envlint_model::Zeroizing;

use super::cipher::Cipher;
use super::error::{Problem, SopsError};
use super::metadata::{KeyGroup, Metadata, SopsRecipient};
use super::shamir;
use crate::{
    AgeFile, DecryptError, DecryptErrorKind, Identities, MAX_STANZAS, Recipients, age_file,
};

/// The key that decrypts all values of a file.
pub(super) fn open(metadata: &Metadata, identities: &Identities<'_>) -> Result<Cipher, SopsError> {
    let groups: Vec<Group<'_>> = metadata.groups.iter().map(Group::parse).collect();
    let recipients = groups.iter().fold(Recipients::default(), |all, group| all + group.recipients);
    // Each identity is tried with each stanza, at the price of a multiplication on the curve.
    if recipients.total() > MAX_STANZAS {
        return Err(Problem::Stanzas.into());
    }
    if recipients.total() == 0 {
        let damage = groups.iter().find_map(|group| group.damage(identities));
        return Err(damage.unwrap_or(Problem::OtherKeys.into()));
    }
    let parts: Vec<_> = groups.iter().filter_map(|group| group.open(identities)).collect();
    let key = match (parts.as_slice(), groups.len()) {
        ([only], 1) => Some(only.clone()),
        (parts, count) if count > 1 && parts.len() >= metadata.threshold => shamir::combine(parts),
        ([], _) => {
            let damage = groups.iter().find_map(|group| group.damage(identities));
            let no_key = || Problem::Identity(age_file::no_key_fits(recipients, identities)).into();
            return Err(damage.unwrap_or_else(no_key));
        }
        (parts, count) => {
            return Err(Problem::TooFewGroups {
                needed: metadata.threshold,
                groups: count,
                opened: parts.len(),
                given: identities.were_given(),
            }
            .into());
        }
    };
    key.and_then(|key| Cipher::new(&key)).ok_or(Problem::DataKey.into())
}

/// A key group with its wrapped keys parsed, and nothing decrypted.
struct Group<'a> {
    wrapped: Vec<(&'a SopsRecipient, Result<AgeFile<'a>, DecryptError>)>,
    recipients: Recipients,
}

impl<'a> Group<'a> {
    fn parse(group: &'a KeyGroup) -> Self {
        let wrapped: Vec<_> = group
            .recipients
            .iter()
            .map(|recipient| (recipient, AgeFile::parse(recipient.wrapped.expose().as_bytes())))
            .collect();
        let files = wrapped.iter().filter_map(|(_, file)| file.as_ref().ok());
        let recipients = files.fold(Recipients::default(), |all, file| all + *file.recipients());
        Self { wrapped, recipients }
    }

    /// This group's part of the data key, by the first recipient that an identity belongs to.
    fn open(&self, identities: &Identities<'_>) -> Option<Zeroizing<Vec<u8>>> {
        let files = self.wrapped.iter().filter_map(|(_, file)| file.as_ref().ok());
        files.map(|file| file.decrypt(identities)).find_map(Result::ok)
    }

    /// The first wrapped key that is damaged, which is worth telling where none was opened.
    fn damage(&self, identities: &Identities<'_>) -> Option<SopsError> {
        use DecryptErrorKind::{NoIdentityFits, NoUsableIdentity};
        self.wrapped.iter().find_map(|(recipient, file)| {
            let error = match file {
                Ok(file) => file.decrypt(identities).err()?,
                Err(error) => error.clone(),
            };
            let is_damage = !error.is_unverifiable()
                && !matches!(error.kind(), NoIdentityFits | NoUsableIdentity);
            is_damage.then(|| SopsError::at(recipient.span, Problem::Identity(error)))
        })
    }
}

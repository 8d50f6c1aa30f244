//! The metadata of a SOPS file, from sops's own flat form, in which all formats agree.
//!
//! sops takes what it knows and passes over the rest; old versions wrote `kms: []`, others leave
//! it out. What is needed to decrypt is asked for, nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Date, Secret, Span};

use super::error::{Problem, SopsError};
use super::raw::{Flat, Parts};
use super::selection::Selection;
use super::{MAX_KEY_BYTES, MAX_KEY_GROUPS, MAX_RECIPIENTS, scalar};
use crate::Identities;

/// What a SOPS file says of itself without any key. Nothing vouches for it before the file is
/// decrypted.
#[derive(Debug)]
pub struct Metadata {
    /// The day on which sops wrote the file last, in the time zone that it says.
    pub last_modified: Date,
    /// The version of sops that wrote it.
    pub version: Option<String>,
    /// Whom it is encrypted for: one group, of which each recipient suffices, or several.
    pub groups: Vec<KeyGroup>,
    /// How many groups are needed, where there are several.
    pub threshold: usize,
    /// Whether the MAC leaves out what stands in clear.
    pub mac_only_encrypted: bool,
    /// Which values are encrypted.
    pub selection: Selection,
    /// Where the metadata starts.
    pub span: Span,
    pub(super) mac: Option<Mac>,
    /// `lastmodified` as the MAC counts it.
    pub(super) stamp: String,
}

/// The encrypted MAC.
pub(super) struct Mac {
    pub(super) text: Secret,
    pub(super) span: Span,
}

impl std::fmt::Debug for Mac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mac")
    }
}

/// The recipients of one part of the data key.
#[derive(Debug, Default)]
pub struct KeyGroup {
    /// The age recipients, in the order of the file.
    pub recipients: Vec<SopsRecipient>,
    /// How many keys of other kinds there are (`pgp`, `kms`, ...), which are not read.
    pub others: usize,
}

/// An age recipient of a SOPS file.
pub struct SopsRecipient {
    /// `age1...` or an SSH public key, as the file has it; public.
    pub recipient: String,
    /// Where it stands.
    pub span: Span,
    /// The data key, or a share of it, as an armored age file.
    pub(super) wrapped: Secret,
}

impl std::fmt::Debug for SopsRecipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.recipient)
    }
}

impl Metadata {
    pub(super) fn of(parts: &Parts) -> Result<Self, SopsError> {
        let flat = &parts.metadata;
        let get = |name: &str| flat.iter().find(|flat| flat.name == name);
        let at = |flat: Option<&Flat>, what| {
            SopsError::at(flat.map_or(parts.place, |flat| flat.span), Problem::Metadata(what))
        };
        let modified = get("lastmodified");
        let stamp = modified
            .and_then(|flat| scalar::without_fraction(flat.text.expose()))
            .ok_or_else(|| at(modified, "`lastmodified` is no time"))?;
        let last_modified =
            stamp[..10].parse().map_err(|_| at(modified, "`lastmodified` is no time"))?;
        let groups = groups(flat)?;
        let threshold = match get("shamir_threshold") {
            Some(flat) => match flat.text.expose().parse() {
                Ok(0) => groups.len(),
                Ok(threshold) if threshold <= groups.len() => threshold,
                _ => return Err(at(Some(flat), "`shamir_threshold` is no number of its groups")),
            },
            None => groups.len(),
        };
        let mac_only_encrypted = match get("mac_only_encrypted") {
            Some(flat) => match flat.text.expose() {
                "true" => true,
                "" | "false" => false,
                _ => return Err(at(Some(flat), "`mac_only_encrypted` is neither true nor false")),
            },
            None => false,
        };
        Ok(Self {
            last_modified,
            version: get("version").map(|flat| shown(flat.text.expose())),
            groups,
            threshold,
            mac_only_encrypted,
            selection: Selection::of(flat)?,
            span: parts.place,
            mac: get("mac")
                .filter(|flat| !flat.text.is_empty())
                .map(|flat| Mac { text: flat.text.clone(), span: flat.span }),
            stamp,
        })
    }

    /// All age recipients, of all groups.
    pub fn recipients(&self) -> impl Iterator<Item = &SopsRecipient> {
        self.groups.iter().flat_map(|group| &group.recipients)
    }

    /// The recipients that one of the identities belongs to, by what the file says of them.
    pub fn recipients_of(&self, identities: &Identities<'_>) -> Vec<&SopsRecipient> {
        let own: Vec<String> =
            identities.keys().iter().map(|key| key.to_public().to_string()).collect();
        self.recipients().filter(|found| own.contains(&found.recipient)).collect()
    }
}

/// A text of the metadata, short and without control characters.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    text.chars().filter(|character| !character.is_control()).take(LONGEST).collect()
}

/// The lists of keys that sops writes.
const AGE: &str = "age";
const OTHER_KINDS: &[&str] =
    &["azure_kv", "gcp_kms", "hc_vault", "hckms", "kms", "pgp", "plugin", "plugins"];

/// Where an entry of the metadata belongs: `key_groups__list_1__map_age__list_0__map_enc` is
/// the `enc` of age key 0 in group 1.
struct KeyName<'a> {
    group: Option<usize>,
    kind: &'a str,
    key: usize,
    field: &'a str,
}

impl<'a> KeyName<'a> {
    fn parse(name: &'a str) -> Option<Self> {
        let (group, rest) = match name.strip_prefix("key_groups__list_") {
            Some(rest) => {
                let (group, rest) = rest.split_once("__map_")?;
                (Some(group.parse().ok()?), rest)
            }
            None => (None, name),
        };
        let (kind, rest) = rest.split_once("__list_")?;
        let (key, field) = rest.split_once("__map_")?;
        Some(Self { group, kind, key: key.parse().ok()?, field })
    }
}

/// The fields of an age recipient that were found.
#[derive(Default)]
struct Fields<'a> {
    recipient: Option<&'a Flat>,
    wrapped: Option<&'a Flat>,
}

/// The keys of all groups, by group and number.
#[derive(Default)]
struct Keys<'a> {
    age: BTreeMap<(Option<usize>, usize), Fields<'a>>,
    others: BTreeSet<(Option<usize>, &'a str, usize)>,
}

impl<'a> Keys<'a> {
    fn collect(metadata: &'a [Flat]) -> Result<Self, SopsError> {
        let mut keys = Self::default();
        for flat in metadata {
            let Some(name) = KeyName::parse(&flat.name) else { continue };
            if name.kind == AGE {
                let fields = keys.age.entry((name.group, name.key)).or_default();
                match name.field {
                    "recipient" => fields.recipient = Some(flat),
                    "enc" => fields.wrapped = Some(flat),
                    _ => {}
                }
            } else if OTHER_KINDS.contains(&name.kind) {
                keys.others.insert((name.group, name.kind, name.key));
            }
            if keys.age.len() + keys.others.len() > MAX_RECIPIENTS {
                return Err(SopsError::at(flat.span, Problem::Recipients));
            }
        }
        Ok(keys)
    }
}

impl Fields<'_> {
    fn recipient(&self) -> Result<Option<SopsRecipient>, SopsError> {
        let Some(wrapped) = self.wrapped else { return Ok(None) };
        if wrapped.text.expose().len() > MAX_KEY_BYTES {
            return Err(SopsError::at(wrapped.span, Problem::KeyBytes));
        }
        Ok(Some(SopsRecipient {
            recipient: self.recipient.map_or(String::new(), |flat| shown(flat.text.expose())),
            span: self.recipient.unwrap_or(wrapped).span,
            wrapped: wrapped.text.clone(),
        }))
    }
}

/// The groups of recipients. Keys beside groups win over the groups, as they do for sops.
fn groups(metadata: &[Flat]) -> Result<Vec<KeyGroup>, SopsError> {
    let keys = Keys::collect(metadata)?;
    let mut groups: BTreeMap<Option<usize>, KeyGroup> = BTreeMap::new();
    for (group, ..) in keys.others {
        groups.entry(group).or_default().others += 1;
    }
    for ((group, _), fields) in keys.age {
        if let Some(recipient) = fields.recipient()? {
            groups.entry(group).or_default().recipients.push(recipient);
        }
    }
    match groups.remove(&None) {
        Some(alone) => Ok(vec![alone]),
        None if groups.is_empty() => Err(Problem::NoRecipients.into()),
        None if groups.len() > MAX_KEY_GROUPS => Err(Problem::Groups.into()),
        None => Ok(groups.into_values().collect()),
    }
}

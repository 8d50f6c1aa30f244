//! `ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]`, the form of every encrypted value.
//!
//! Nothing but the data is secret, and nothing but the data and the names above it is
//! authenticated: the type is a claim, so what decrypts is held against it.

use std::borrow::Cow;

use envlint_model::Zeroizing;

use super::scalar;
use super::tree::ValueKind;
use crate::encoding::{self, Alphabet};

/// Bytes of an initialisation vector. sops uses twice what AES-GCM is usually used with.
pub(super) const IV: usize = 32;

/// Bytes of an authentication tag.
pub(super) const TAG: usize = 16;

/// What an encrypted value starts with.
const START: &str = "ENC[AES256_GCM,data:";

/// An encrypted value, taken apart.
pub(super) struct Encrypted {
    pub(super) data: Zeroizing<Vec<u8>>,
    pub(super) iv: [u8; IV],
    pub(super) tag: [u8; TAG],
    pub(super) claim: Claim,
}

/// The type that a value claims to have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Claim {
    Value(ValueKind),
    /// A comment of a list, which sops before 3.13.2 writes as an item.
    Comment,
}

/// How a text fails to be an encrypted value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Malformed {
    /// It is no encrypted value at all.
    Plaintext,
    /// A part is missing, or is not what its name says.
    Part(&'static str),
    UnknownType,
}

/// The types by the words that sops writes.
const CLAIMS: &[(&str, Claim)] = &[
    ("str", Claim::Value(ValueKind::Text)),
    ("int", Claim::Value(ValueKind::Integer)),
    ("int64", Claim::Value(ValueKind::Integer)),
    ("float", Claim::Value(ValueKind::Float)),
    ("bool", Claim::Value(ValueKind::Boolean)),
    ("time", Claim::Value(ValueKind::Time)),
    ("bytes", Claim::Value(ValueKind::Bytes)),
    ("comment", Claim::Comment),
];

/// Whether a text claims to be an encrypted value.
pub(super) fn claims_to_be(text: &str) -> bool {
    text.starts_with(START)
}

/// Takes an encrypted value apart. What follows the closing bracket is passed over, as sops does.
pub(super) fn parse(text: &str) -> Result<Encrypted, Malformed> {
    let inner = text.strip_prefix(START).ok_or(Malformed::Plaintext)?;
    let end = inner.rfind(']').ok_or(Malformed::Part("closing bracket"))?;
    let (data, rest) = inner[..end].split_once(",iv:").ok_or(Malformed::Part("iv"))?;
    let (iv, rest) = rest.split_once(",tag:").ok_or(Malformed::Part("tag"))?;
    let (tag, word) = rest.split_once(",type:").ok_or(Malformed::Part("type"))?;
    let claim = CLAIMS.iter().find(|(known, _)| *known == word).ok_or(Malformed::UnknownType)?.1;
    Ok(Encrypted {
        data: base64(data).ok_or(Malformed::Part("data"))?,
        iv: exactly(iv).ok_or(Malformed::Part("iv"))?,
        tag: exactly(tag).ok_or(Malformed::Part("tag"))?,
        claim,
    })
}

fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    encoding::base64(encoding::without_padding(text.as_bytes())?, Alphabet::Standard)
}

fn exactly<const N: usize>(text: &str) -> Option<[u8; N]> {
    base64(text)?.as_slice().try_into().ok()
}

/// The decrypted text as we write values of its type: `true` for `True`, `1` for `+1`. `None` if
/// it is not of this type.
pub(super) fn checked(kind: ValueKind, text: &str) -> Option<Cow<'_, str>> {
    match kind {
        ValueKind::Text | ValueKind::Bytes => Some(Cow::Borrowed(text)),
        ValueKind::Integer => scalar::integer(text).map(Cow::Owned),
        ValueKind::Float => scalar::float(text).map(Cow::Owned),
        ValueKind::Boolean => match text {
            "1" | "t" | "T" | "true" | "True" | "TRUE" => Some(Cow::Borrowed("true")),
            "0" | "f" | "F" | "false" | "False" | "FALSE" => Some(Cow::Borrowed("false")),
            _ => None,
        },
        ValueKind::Time => scalar::rfc3339(text).then_some(Cow::Borrowed(text)),
        ValueKind::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(iv: usize, tag: usize, kind: &str) -> String {
        let zeros = |bytes: usize| match bytes {
            16 => format!("{}==", "A".repeat(22)),
            _ => format!("{}=", "A".repeat(43)),
        };
        format!("{START}Zm9v,iv:{},tag:{},type:{kind}]", zeros(iv), zeros(tag))
    }

    #[test]
    fn takes_a_value_apart() {
        let encrypted = parse(&value(32, 16, "int")).ok().unwrap();
        assert_eq!(*encrypted.data, *b"foo");
        assert_eq!(encrypted.claim, Claim::Value(ValueKind::Integer));
        assert!(parse(&format!("{}\r", value(32, 16, "comment"))).is_ok());
    }

    #[test]
    fn says_which_part_is_wrong() {
        let wrong = |text: &str| parse(text).err();
        assert_eq!(wrong("plain"), Some(Malformed::Plaintext));
        assert_eq!(wrong(&value(16, 16, "str")), Some(Malformed::Part("iv")));
        assert_eq!(wrong(&value(32, 32, "str")), Some(Malformed::Part("tag")));
        assert_eq!(wrong(&value(32, 16, "foo")), Some(Malformed::UnknownType));
        assert_eq!(wrong(&format!("{START}Zm9v")), Some(Malformed::Part("closing bracket")));
        assert_eq!(wrong(&format!("{START}Zm9v]")), Some(Malformed::Part("iv")));
    }

    #[test]
    fn what_decrypts_is_of_its_type() {
        let checked = |kind, text| checked(kind, text).map(Cow::into_owned);
        assert_eq!(checked(ValueKind::Boolean, "True").as_deref(), Some("true"));
        assert_eq!(checked(ValueKind::Boolean, "yes"), None);
        assert_eq!(checked(ValueKind::Integer, "-017").as_deref(), Some("-17"));
        assert_eq!(checked(ValueKind::Integer, "1.5"), None);
        assert_eq!(checked(ValueKind::Float, "1e21").as_deref(), Some("1000000000000000000000"));
        assert!(checked(ValueKind::Time, "2024-03-01T12:30:00Z").is_some());
        assert_eq!(checked(ValueKind::Time, "yesterday"), None);
    }
}

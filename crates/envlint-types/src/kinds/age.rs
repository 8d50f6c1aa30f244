//! Recipients of age files: whom a file is encrypted for (age-encryption.org/v1).
//!
//! A recipient is written in Bech32 (BIP 173), whose checksum finds every mistake of up to four
//! characters. `age1` and 32 bytes is a public key of X25519; recipients of plugins, and of
//! newer kinds that are written like them, carry a name: `age1yubikey1...`.

/// A regular expression (ECMA 262) for the texts that [`check`] accepts, checksum and padding
/// aside.
pub const PATTERN: &str =
    concat!("^age1(?:[ac-hj-np-z02-9]{58}", "|[a-z0-9+._-]+1[ac-hj-np-z02-9]{8,})$");

/// Why a text is no recipient.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgeError {
    /// The private half: who has it reads everything.
    #[error("an identity, which is secret, and a recipient is needed")]
    Identity,
    /// A character was lost or changed.
    #[error("the recipient's checksum does not fit: a character is wrong")]
    Checksum,
    /// Anything else.
    #[error("not an age recipient, which starts with age1")]
    Form,
}

/// Characters by the number that they stand for.
const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Of these, so many at the end are the checksum.
const CHECKSUM: usize = 6;

/// Characters after the last `1` of a recipient without a name: 32 bytes and the checksum.
const X25519: usize = 52 + CHECKSUM;

/// Checks a recipient.
pub fn check(text: &str) -> Result<(), AgeError> {
    if text.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("AGE-SECRET-KEY-")) {
        return Err(AgeError::Identity);
    }
    let (prefix, characters) = text.rsplit_once('1').ok_or(AgeError::Form)?;
    let fits = match prefix.strip_prefix("age1") {
        Some(name) => is_name(name) && characters.len() >= CHECKSUM + 2,
        None => prefix == "age" && characters.len() == X25519,
    };
    if !fits || !characters.bytes().all(|byte| number(byte).is_some()) {
        return Err(AgeError::Form);
    }
    let numbers = || characters.bytes().filter_map(number);
    if checksum(prefix, numbers()) != 1 {
        return Err(AgeError::Checksum);
    }
    // Characters carry five bits each; those that are left over must fill no byte and be zero.
    let data = characters.len() - CHECKSUM;
    let left_over = data * 5 % 8;
    let last = numbers().nth(data - 1).unwrap_or(0);
    match left_over < 5 && last.trailing_zeros() as usize >= left_over {
        true => Ok(()),
        false => Err(AgeError::Form),
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-._".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}

fn number(byte: u8) -> Option<u8> {
    ALPHABET.iter().position(|&own| own == byte).map(|at| at as u8)
}

/// The remainder that BIP 173 defines; 1 if nothing was changed.
fn checksum(prefix: &str, numbers: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let high = prefix.bytes().map(|byte| byte >> 5);
    let low = prefix.bytes().map(|byte| byte & 31);
    high.chain([0]).chain(low).chain(numbers).fold(1, |sum, number| {
        let top = sum >> 25;
        let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(number);
        let chosen = (0..5).filter(|bit| top >> bit & 1 == 1).map(|bit| GENERATOR[bit]);
        chosen.fold(shifted, |sum, term| sum ^ term)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
    const COUNTING: &str = "age1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0savhh7m";
    const PLUGIN: &str = "age1yubikey1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqjrljxx";

    #[test]
    fn recipients_and_what_is_mistaken_for_one() {
        for good in [ZEROS, COUNTING, PLUGIN] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let thirty_one_bytes = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqar9jk6";
        let without_name = "age11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5vhytk";
        for (text, error) in [
            ("", AgeError::Form),
            ("age1", AgeError::Form),
            (&ZEROS.to_uppercase(), AgeError::Form),
            (&ZEROS[1..], AgeError::Form),
            (thirty_one_bytes, AgeError::Form),
            (without_name, AgeError::Form),
            (&ZEROS.replacen('q', "b", 1), AgeError::Form),
            (&ZEROS.replacen('q', "p", 1), AgeError::Checksum),
            (&COUNTING.replacen("qsyq", "sqyq", 1), AgeError::Checksum),
            ("AGE-SECRET-KEY-1CANARY", AgeError::Identity),
            ("ssh-ed25519 AAAA", AgeError::Form),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }
}

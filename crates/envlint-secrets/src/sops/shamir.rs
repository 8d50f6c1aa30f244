//! Shamir's secret sharing over GF(2^8), as HashiCorp Vault has it and sops took it over: each
//! byte of the key is the value at 0 of a polynomial of its own, a share holds their values at
//! one point, and the point is the share's last byte.

use envlint_model::Zeroizing;

/// Joins shares to what was split. `None` if there are fewer than two, they differ in length,
/// or two of them are of the same point. Too few shares join to noise: only the data that the
/// key should decrypt tells.
pub(super) fn combine(shares: &[Zeroizing<Vec<u8>>]) -> Option<Zeroizing<Vec<u8>>> {
    let split: Vec<(u8, &[u8])> = shares
        .iter()
        .map(|share| share.split_last().map(|(point, values)| (*point, values)))
        .collect::<Option<_>>()?;
    let length = split.first()?.1.len();
    let distinct = |at: usize| split[..at].iter().all(|(point, _)| *point != split[at].0);
    let sound = |at: usize| split[at].1.len() == length && split[at].0 != 0 && distinct(at);
    if split.len() < 2 || length == 0 || !(0..split.len()).all(sound) {
        return None;
    }
    let mut key = Zeroizing::new(vec![0; length]);
    for &(point, values) in &split {
        let weight = weight(point, &split);
        for (byte, value) in key.iter_mut().zip(values) {
            *byte ^= multiply(weight, *value);
        }
    }
    Some(key)
}

/// What the value at `point` counts for at 0 (Lagrange). Subtraction is addition here.
fn weight(point: u8, shares: &[(u8, &[u8])]) -> u8 {
    shares
        .iter()
        .filter(|(other, _)| *other != point)
        .fold(1, |weight, &(other, _)| multiply(weight, multiply(other, inverse(point ^ other))))
}

/// Multiplies modulo x^8 + x^4 + x^3 + x + 1, in the same number of steps for all bytes.
fn multiply(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |product: u8, bit| {
        let doubled = (product << 1) ^ (0x1b & 0_u8.wrapping_sub(product >> 7));
        doubled ^ (a & 0_u8.wrapping_sub(b >> bit & 1))
    })
}

/// The byte that multiplies with `a` to 1: its 254th power.
fn inverse(a: u8) -> u8 {
    (0..7).fold(1, |power, _| {
        let next = multiply(power, a);
        multiply(next, next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(bytes.to_vec())
    }

    #[test]
    fn the_field_is_that_of_aes() {
        // FIPS 197, section 4.2.
        assert_eq!(multiply(0x57, 0x83), 0xc1);
        for byte in 1..=255 {
            assert_eq!(multiply(byte, inverse(byte)), 1, "{byte}");
        }
    }

    #[test]
    fn any_two_points_of_a_line_give_its_start() {
        let line = |x: u8| share(&[0x43 ^ multiply(0xa7, x), 0x41 ^ multiply(0x05, x), x]);
        for (a, b) in [(1, 2), (255, 9), (7, 100)] {
            assert_eq!(**combine(&[line(a), line(b)]).unwrap(), *b"CA", "{a} and {b}");
        }
        assert_eq!(**combine(&[line(3), line(200), line(80)]).unwrap(), *b"CA");
    }

    #[test]
    fn unfit_shares_join_to_nothing() {
        let fit = share(&[1, 2, 3]);
        assert!(combine(&[]).is_none());
        assert!(combine(std::slice::from_ref(&fit)).is_none());
        assert!(combine(&[fit.clone(), share(&[9, 9, 3])]).is_none(), "the same point");
        assert!(combine(&[fit.clone(), share(&[9, 9, 0])]).is_none(), "the secret itself");
        assert!(combine(&[fit.clone(), share(&[9, 4])]).is_none(), "another length");
        assert!(combine(&[share(&[1]), share(&[2])]).is_none(), "nothing but points");
        assert!(combine(&[fit, share(&[])]).is_none());
    }
}

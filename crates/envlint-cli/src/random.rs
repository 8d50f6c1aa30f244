//! Randomness. It is fetched here and not in `envlint-os`, which services that load their
//! configuration depend upon: they have no secrets to make.

/// Fills a buffer with random bytes from the operating system; false if it has none to give.
pub(crate) fn random(bytes: &mut [u8]) -> bool {
    getrandom::fill(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut one, mut other) = ([0; 32], [0; 32]);
        assert!(random(&mut one) && random(&mut other));
        assert_ne!(one, other);
    }
}

//! Tokens: random text that two sides share. The only thing a linter may say about one is
//! whether it reaches the length that its reader insists on.

/// Why a text can not be the token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Shorter than its reader accepts. How much shorter is nobody's business.
    #[error("the token is shorter than {needed} characters")]
    TooShort {
        /// Characters that are needed.
        needed: usize,
    },
}

/// Checks the length, counted as JavaScript and JSON Schema validators of text count it for
/// ASCII; other characters count once each, whatever their number of bytes.
pub fn check(text: &str, needed: usize) -> Result<(), TokenError> {
    match text.chars().nth(needed.saturating_sub(1)) {
        Some(_) => Ok(()),
        None if needed == 0 => Ok(()),
        None => Err(TokenError::TooShort { needed }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters() {
        assert_eq!(check("CANARY-ä", 8), Ok(()));
        assert_eq!(check("CANARY-", 8), Err(TokenError::TooShort { needed: 8 }));
        assert_eq!(check("", 0), Ok(()));
    }
}

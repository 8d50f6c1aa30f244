//! How many reverse proxies a service trusts: a number of hops, or all, or none.

/// A regular expression (ECMA 262) for the texts that [`parse`] reads, up to nine digits.
pub const PATTERN: &str = "^(?:true|false|\\+?0*[0-9]{1,9}|-0+)$";

/// What a trust setting says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Trust {
    /// So many hops, counted from the service outwards; 0 trusts nobody.
    Hops(u32),
    /// Every address: the leftmost, forgeable entry is believed.
    All,
    /// Nobody.
    Nobody,
}

/// Why a text is no trust setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// Neither a number of hops nor `true` nor `false`.
    #[error("not a number of hops, nor true, nor false")]
    NeitherNumberNorBoolean,
    /// Below zero or absurdly high.
    #[error("no possible number of hops")]
    OutOfRange,
}

/// Reads `true`, `false` or a number of hops in decimal digits.
pub fn parse(text: &str) -> Result<Trust, TrustError> {
    match text {
        "true" => Ok(Trust::All),
        "false" => Ok(Trust::Nobody),
        _ => match super::number::integer(text) {
            Ok(hops) => u32::try_from(hops).map(Trust::Hops).map_err(|_| TrustError::OutOfRange),
            Err(_) => Err(TrustError::NeitherNumberNorBoolean),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_all_or_nobody() {
        for (text, expected) in [
            ("0", Ok(Trust::Hops(0))),
            ("2", Ok(Trust::Hops(2))),
            ("true", Ok(Trust::All)),
            ("false", Ok(Trust::Nobody)),
            ("-1", Err(TrustError::OutOfRange)),
            ("yes", Err(TrustError::NeitherNumberNorBoolean)),
            ("TRUE", Err(TrustError::NeitherNumberNorBoolean)),
            ("10.0.0.0/8", Err(TrustError::NeitherNumberNorBoolean)),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}

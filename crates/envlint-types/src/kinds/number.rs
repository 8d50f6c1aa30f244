//! Numbers in decimal digits, as a person writes them.
//!
//! Programs accept more (JavaScript reads `0x10`, ` 5 ` and `1e3`), but not the same more, so
//! what is accepted here is what every one of them reads alike.

/// A regular expression (ECMA 262) for the texts that [`integer`] reads, length aside.
pub const INTEGER: &str = "^[+-]?[0-9]+$";

/// The same for those that are not below zero.
pub const NOT_NEGATIVE: &str = "^(?:\\+?[0-9]+|-0+)$";

/// The same for those above zero.
pub const POSITIVE: &str = "^\\+?0*[1-9][0-9]*$";

/// A regular expression (ECMA 262) for the texts that [`number`] reads, size aside.
pub const NUMBER: &str = "^[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?$";

/// A regular expression (ECMA 262) for 1 to 65535.
pub const PORT: &str = concat!(
    "^\\+?0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]",
    "|6553[0-5])$"
);

/// Why a text is not the number that is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Not a number at all.
    #[error("not a number")]
    NotANumber,
    /// A number with a unit or with separators: `30s`, `10_000`.
    #[error("a bare number is needed, without unit or separators")]
    Decorated,
    /// A number with a fraction where whole ones are needed.
    #[error("not a whole number")]
    Fraction,
    /// Below the smallest that is allowed.
    #[error("too small")]
    TooSmall,
    /// Above the largest that is allowed, or than can be held.
    #[error("too large")]
    TooLarge,
}

/// A whole number: an optional sign and decimal digits.
pub fn integer(text: &str) -> Result<i64, NumberError> {
    let (negative, digits) = sign(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(match number(text) {
            Ok(_) => NumberError::Fraction,
            Err(error) => error,
        });
    }
    // Only digits are left, so the one way to fail is to be too long.
    text.parse::<i64>().map_err(|_| match negative {
        true => NumberError::TooSmall,
        false => NumberError::TooLarge,
    })
}

/// A number: an optional sign, decimal digits, at most one point, an optional exponent.
pub fn number(text: &str) -> Result<f64, NumberError> {
    let (_, unsigned) = sign(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(sign(exponent).1)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shaped = digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent));
    if !shaped {
        let decorated = unsigned.starts_with(|first: char| first.is_ascii_digit());
        return Err(if decorated { NumberError::Decorated } else { NumberError::NotANumber });
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(NumberError::TooLarge),
        Err(_) => Err(NumberError::NotANumber),
    }
}

/// Whether a number lies within bounds, both inclusive.
pub fn within<T: PartialOrd>(
    number: T,
    minimum: Option<T>,
    maximum: Option<T>,
) -> Result<(), NumberError> {
    if minimum.is_some_and(|minimum| number < minimum) {
        return Err(NumberError::TooSmall);
    }
    if maximum.is_some_and(|maximum| number > maximum) {
        return Err(NumberError::TooLarge);
    }
    Ok(())
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_ways_of_being_no_number_apart() {
        for (text, expected) in [
            ("2000", Ok(2000)),
            ("-1", Ok(-1)),
            ("+007", Ok(7)),
            ("2.5", Err(NumberError::Fraction)),
            ("1e3", Err(NumberError::Fraction)),
            ("2s", Err(NumberError::Decorated)),
            ("10_000", Err(NumberError::Decorated)),
            ("0x10", Err(NumberError::Decorated)),
            ("two", Err(NumberError::NotANumber)),
            (" 2", Err(NumberError::NotANumber)),
            ("", Err(NumberError::NotANumber)),
            ("-", Err(NumberError::NotANumber)),
            ("99999999999999999999", Err(NumberError::TooLarge)),
            ("-99999999999999999999", Err(NumberError::TooSmall)),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_what_every_program_reads_alike() {
        for (text, expected) in [("0.90", 0.9), (".5", 0.5), ("5.", 5.0), ("-1e-2", -0.01)] {
            assert_eq!(number(text), Ok(expected), "{text}");
        }
        for wrong in ["", ".", "e5", "1e", "inf", "NaN", "1,5", "1.2.3", "0.9f"] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
        assert_eq!(number("1e999"), Err(NumberError::TooLarge));
    }
}

//! What Compose makes of a YAML scalar.
//!
//! Compose decodes YAML into typed Go values and prints them back as text for the environment,
//! so that an unquoted `0777` reaches the container as `511` and `1.10` as `1.1`. The types are
//! those of go-yaml, the printing is that of Go's `fmt.Sprint`; both were measured with
//! compose-go at 2026-07-21. A tag goes before the quotes: `!!str 0777` is text and
//! `!!int "0777"` is a number (measured with `docker stack config` 28.2, which reads YAML with
//! go-yaml too).

use envlint_parse::tree::Style;

/// What reaches the environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Scalar {
    /// Nothing: the value of the launch environment is passed on.
    Null,
    /// The text as it is written, without its quotes.
    AsWritten,
    /// The text that Go prints for a value of another type.
    Printed(String),
    /// Nothing, for the reason given: Compose refuses the file.
    Refused(&'static str),
    /// What it stands for takes a decoder.
    Binary,
}

/// What Compose makes of a scalar: its text, how it is quoted, and the tag before it.
pub(crate) fn scalar(text: &str, style: Style, tag: Option<&str>) -> Scalar {
    match tag {
        None if style == Style::Plain => plain(text),
        Some("!!bool" | "!!int" | "!!float" | "!!timestamp") => plain(text),
        Some("!!null") => Scalar::Null,
        Some("!!binary") => Scalar::Binary,
        // A tag that go-yaml does not know makes a text of a scalar, as `!!str` does.
        None | Some(_) => Scalar::AsWritten,
    }
}

/// Whether a name is one to Compose: an unquoted `1` or `null` is a number or null, and a
/// mapping with such a key is refused.
pub(crate) fn is_name(text: &str, style: Style, tag: Option<&str>) -> bool {
    match tag {
        None if style == Style::Plain => kind(text) == Kind::Text,
        _ => true,
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    Null,
    Boolean(&'static str),
    /// A number or a time, as Go prints it.
    Number(String),
    /// Infinity, or not a number.
    NoNumber,
    Text,
}

fn plain(text: &str) -> Scalar {
    let printed = match kind(text) {
        Kind::Null => return Scalar::Null,
        Kind::Text => return Scalar::AsWritten,
        Kind::NoNumber => return Scalar::Refused("compose refuses infinity and what is no number"),
        Kind::Boolean(printed) => printed.to_owned(),
        Kind::Number(printed) => printed,
    };
    // What prints as it is written stays a slice of the file.
    if printed == text { Scalar::AsWritten } else { Scalar::Printed(printed) }
}

fn kind(plain: &str) -> Kind {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Boolean("true"),
        "false" | "False" | "FALSE" => Kind::Boolean("false"),
        _ => match plain.as_bytes()[0] {
            b'0'..=b'9' | b'+' | b'-' | b'.' => number(plain),
            _ => Kind::Text,
        },
    }
}

fn number(plain: &str) -> Kind {
    if matches!(plain.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF")
        || matches!(plain, ".nan" | ".NaN" | ".NAN")
    {
        return Kind::NoNumber;
    }
    if let Some(printed) = timestamp(plain) {
        return Kind::Number(printed);
    }
    let digits = plain.replace('_', "");
    match integer(&digits) {
        Some(number) => Kind::Number(number.to_string()),
        None if is_float(&digits) => {
            digits.parse().map_or(Kind::Text, |number| Kind::Number(float(number)))
        }
        None => Kind::Text,
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn integer(digits: &str) -> Option<i128> {
    let (negative, unsigned) = match digits.as_bytes().first()? {
        b'-' => (true, &digits[1..]),
        b'+' => (false, &digits[1..]),
        _ => (false, digits),
    };
    let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    let (base, rest) = prefixes
        .iter()
        .find_map(|(prefix, base)| Some((*base, unsigned.strip_prefix(prefix)?)))
        .unwrap_or(match unsigned.strip_prefix('0') {
            Some(rest) if !rest.is_empty() => (8, rest),
            _ => (10, unsigned),
        });
    if rest.starts_with(['+', '-']) {
        return None;
    }
    let number = i128::from_str_radix(rest, base).ok()?;
    let number = if negative { -number } else { number };
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&number).then_some(number)
}

/// go-yaml's `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    has_digits && is_digits(whole) && is_digits(fraction) && exponent_fits
}

/// Go's `fmt.Sprint` of a `float64`: the shortest digits that read back as the same number,
/// with an exponent below 1e-4 and, as if six digits had been asked for, from 1e6 on.
fn float(number: f64) -> String {
    if !number.is_finite() {
        return if number > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() };
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// A YAML timestamp as Go prints a `time.Time`: `2024-01-01 00:00:00 +0000 UTC`.
fn timestamp(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '-');
    let (year, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let day_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, time) = rest.split_at(day_digits);
    let number = |part: &str, most: usize| {
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse::<u16>().ok()).flatten()
    };
    let year = if year.len() == 4 { number(year, 4)? } else { return None };
    let (month, day) = (number(month, 2)?, number(day, 2)?);
    envlint_model::Date::new(year, month as u8, day as u8)?;
    let date = format!("{year:04}-{month:02}-{day:02}");
    if time.is_empty() {
        return Some(format!("{date} 00:00:00 +0000 UTC"));
    }
    let clock = time.strip_prefix(['T', 't', ' '])?;
    let zone_at = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut fields = clock.split(':').map(|field| number(field, 2));
    let (hour, minute, second) = (fields.next()??, fields.next()??, fields.next()??);
    let in_range = hour < 24 && minute < 60 && second < 60 && fields.next().is_none();
    let fraction = fraction.trim_end_matches('0');
    if !in_range || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let zone = match zone {
        "" | "Z" => "+0000 UTC".to_owned(),
        offset => {
            let (hours, minutes) = offset[1..].split_once(':')?;
            let name =
                format!("{}{:02}{:02}", &offset[..1], number(hours, 2)?, number(minutes, 2)?);
            format!("{name} {name}")
        }
    };
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{date} {hour:02}:{minute:02}:{second:02}{dot}{fraction} {zone}"))
}

#[cfg(test)]
mod tests {
    use super::{Scalar, Style, is_name, scalar};

    /// Measured: left as written in the YAML file, right as the container saw it.
    #[test]
    fn prints_what_compose_prints() {
        for (written, seen) in [
            ("yes", "yes"),
            ("on", "on"),
            ("true", "true"),
            ("True", "true"),
            ("TRUE", "true"),
            ("FALSE", "false"),
            ("0777", "511"),
            ("0o17", "15"),
            ("08", "8"),
            ("012345", "5349"),
            ("1_000", "1000"),
            ("0x1F", "31"),
            ("0b101", "5"),
            ("1.10", "1.1"),
            ("1.0", "1"),
            ("1e3", "1000"),
            ("100000000.0", "1e+08"),
            ("12345678901234567890123", "1.2345678901234568e+22"),
            ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC"),
            ("22:22", "22:22"),
            ("-1", "-1"),
            ("1.2.3", "1.2.3"),
            ("+", "+"),
            ("0.00001", "1e-05"),
            ("https://a.b", "https://a.b"),
        ] {
            let expected = match written == seen {
                true => Scalar::AsWritten,
                false => Scalar::Printed(seen.to_owned()),
            };
            assert_eq!(scalar(written, Style::Plain, None), expected, "{written}");
            assert_eq!(scalar(written, Style::DoubleQuoted, None), Scalar::AsWritten, "{written}");
        }
        for null in ["", "~", "null"] {
            assert_eq!(scalar(null, Style::Plain, None), Scalar::Null);
        }
    }

    #[test]
    fn numbers_and_their_kin_are_no_names() {
        for name in ["A", "NO", "y", "on", "1.2.3", "_1"] {
            assert!(is_name(name, Style::Plain, None), "{name}");
        }
        for typed in ["TRUE", "1", "null", "3.10", "", "2024-01-01"] {
            assert!(!is_name(typed, Style::Plain, None), "{typed}");
            assert!(is_name(typed, Style::SingleQuoted, None), "{typed}");
            assert!(is_name(typed, Style::Plain, Some("!!str")), "{typed}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[-+.:0-9a-zTZ_]{0,24}") {
            scalar(&text, Style::Plain, None);
        }
    }
}

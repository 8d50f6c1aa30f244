//! What Compose makes of an unquoted YAML scalar.
//!
//! Compose decodes YAML into typed Go values and prints them back as text for the environment,
//! so that an unquoted `0777` reaches the container as `511` and `1.10` as `1.1`. The types are
//! those of go-yaml, the printing is that of Go's `fmt.Sprint`; both were measured with
//! compose-go at 2026-07-21.

use std::borrow::Cow;

/// The text that reaches the environment; `None` for null.
pub(crate) fn environment_text(plain: &str) -> Option<Cow<'_, str>> {
    Some(match plain {
        "" | "~" | "null" | "Null" | "NULL" => return None,
        "true" | "True" | "TRUE" => Cow::Borrowed("true"),
        "false" | "False" | "FALSE" => Cow::Borrowed("false"),
        _ => match plain.as_bytes()[0] {
            b'0'..=b'9' | b'+' | b'-' | b'.' => typed(plain).unwrap_or(Cow::Borrowed(plain)),
            _ => Cow::Borrowed(plain),
        },
    })
}

fn typed(plain: &str) -> Option<Cow<'_, str>> {
    if let Some(printed) = timestamp(plain) {
        return Some(Cow::Owned(printed));
    }
    let digits = plain.replace('_', "");
    let printed = match integer(&digits) {
        Some(number) => number.to_string(),
        None if is_float(&digits) => float(digits.parse().ok()?),
        None => return None,
    };
    // A number that prints as it is written stays a slice of the file.
    Some(if printed == plain { Cow::Borrowed(plain) } else { Cow::Owned(printed) })
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
    use super::environment_text;

    /// Measured: left as written in the YAML file, right as the container saw it.
    #[test]
    fn prints_what_compose_prints() {
        for (written, seen) in [
            ("yes", "yes"),
            ("on", "on"),
            ("True", "true"),
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
            assert_eq!(environment_text(written).as_deref(), Some(seen), "{written}");
        }
        for null in ["", "~", "null"] {
            assert_eq!(environment_text(null), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[-+.:0-9a-zTZ_]{0,24}") {
            environment_text(&text);
        }
    }
}

//! The type and the one spelling of a value that stands in clear.
//!
//! The MAC of a SOPS file is over values as sops understood them, so `0x1F` and `31` count the
//! same and `1.0` counts as `1`. Which plain YAML scalar is what is decided as `yaml.v3` does
//! it, the library that sops reads with: YAML 1.2, with octal numbers, underscores and dates of
//! YAML 1.1. Every number of JSON is a float to sops.

use std::borrow::Cow;

use envlint_model::{Date, Secret};
use envlint_parse::tree::{Node, Style};

use super::tree::ValueKind;

/// A value in its one spelling: decimal numbers without an exponent, `true`, RFC 3339.
#[derive(Clone)]
pub(super) struct Scalar {
    pub(super) kind: ValueKind,
    pub(super) text: Secret,
}

impl Scalar {
    pub(super) fn text(text: Secret) -> Self {
        Self { kind: ValueKind::Text, text }
    }

    /// What a scalar of YAML or JSON means to sops; `None` if the node is none.
    pub(super) fn of(node: Node<'_>) -> Option<Self> {
        let (style, written, text) = (node.style()?, node.expose()?, node.text()?);
        let (kind, spelling) = match style {
            _ if node.tag() == Some("!!str") => return Some(Self::text(text)),
            Style::Plain => plain(written),
            Style::Integer | Style::Float => typed(ValueKind::Float, float(written)),
            Style::Boolean => (ValueKind::Boolean, None),
            Style::Null => (ValueKind::Null, Some(String::new())),
            _ => return Some(Self::text(text)),
        };
        Some(Self { kind, text: spelling.map_or(text, Secret::made) })
    }
}

/// What counts for the MAC of a value.
pub(super) fn counted(kind: ValueKind, text: &str) -> Cow<'_, str> {
    match (kind, text) {
        (ValueKind::Null, _) => Cow::Borrowed(""),
        (ValueKind::Boolean, "true") => Cow::Borrowed("True"),
        (ValueKind::Boolean, _) => Cow::Borrowed("False"),
        _ => Cow::Borrowed(text),
    }
}

fn typed(kind: ValueKind, spelling: Option<String>) -> (ValueKind, Option<String>) {
    match spelling {
        Some(spelling) => (kind, Some(spelling)),
        None => (ValueKind::Text, None),
    }
}

/// The type of a plain YAML scalar, and its spelling where that is another one.
fn plain(text: &str) -> (ValueKind, Option<String>) {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return (ValueKind::Null, Some(String::new())),
        "true" | "True" | "TRUE" => return (ValueKind::Boolean, Some("true".to_owned())),
        "false" | "False" | "FALSE" => return (ValueKind::Boolean, Some("false".to_owned())),
        ".nan" | ".NaN" | ".NAN" => return (ValueKind::Float, Some("NaN".to_owned())),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return (ValueKind::Float, Some("+Inf".to_owned()));
        }
        "-.inf" | "-.Inf" | "-.INF" => return (ValueKind::Float, Some("-Inf".to_owned())),
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return (ValueKind::Text, None);
    }
    if let Some(time) = timestamp(text) {
        return (ValueKind::Time, Some(time));
    }
    let digits: String = text.chars().filter(|&digit| digit != '_').collect();
    if let Some(number) = based_integer(&digits) {
        return (ValueKind::Integer, Some(number));
    }
    match is_yaml_float(&digits) {
        true => typed(ValueKind::Float, float(&digits)),
        false => (ValueKind::Text, None),
    }
}

/// A whole number in decimal digits, as Go's `strconv.Atoi` reads it.
pub(super) fn integer(text: &str) -> Option<String> {
    text.parse::<i64>().ok().map(|number| number.to_string())
}

/// A whole number in any of Go's bases: `0x1F`, `0o17`, `017`, `0b11`.
fn based_integer(text: &str) -> Option<String> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let signed = format!("{sign}{digits}");
    let all_digits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
    all_digits.then(|| i64::from_str_radix(&signed, base).ok()).flatten().map(|n| n.to_string())
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_yaml_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.strip_prefix(['-', '+']).unwrap_or(exponent))
        }
        None => (text, "0"),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let has_digits = !whole.is_empty() || (!fraction.is_empty() && mantissa.starts_with('.'));
    has_digits && !exponent.is_empty() && digits(whole) && digits(fraction) && digits(exponent)
}

/// The shortest decimal digits that mean the same float, never with an exponent.
pub(super) fn float(text: &str) -> Option<String> {
    let number: f64 = text.parse().ok()?;
    Some(match number {
        _ if number.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        _ => number.to_string(),
    })
}

/// A date or time of YAML in RFC 3339: `2024-3-1`, `2024-03-01 12:30:00`, `2024-03-01T12:30:00Z`.
fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((&text[at..at + 1], &text[at + 1..]))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let (year, month, day) =
        (number(year, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let date = parts.next().is_none().then(|| Date::new(year, month as u8, day as u8)).flatten()?;
    let Some((separator, time)) = time else { return Some(format!("{date}T00:00:00Z")) };
    // A time without a zone stands after a space, one with a zone after a T.
    let (clock, zone) = match (separator, time.find(['Z', '+', '-'])) {
        (" ", None) => (time, "Z"),
        ("T" | "t", Some(at)) => (&time[..at], &time[at..]),
        _ => return None,
    };
    Some(format!("{date}T{}{}", spelled_clock(clock)?, spelled_zone(zone)?))
}

/// `4:5:6.700` as `04:05:06.7`.
fn spelled_clock(clock: &str) -> Option<String> {
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let in_range = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    let is_fraction = fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !in_range || !is_fraction {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{hour:02}:{minute:02}:{second:02}{point}{fraction}"))
}

fn spelled_zone(zone: &str) -> Option<&str> {
    let offset = |zone: &str| {
        let (hours, minutes) = zone.get(1..)?.split_once(':')?;
        let whole = hours.len() == 2 && minutes.len() == 2;
        (whole && number(hours, 2)? < 24 && number(minutes, 2)? < 60).then_some(())
    };
    match zone {
        "Z" | "+00:00" | "-00:00" => Some("Z"),
        _ => offset(zone).map(|()| zone),
    }
}

/// A number of one to `most` decimal digits.
fn number(text: &str, most: usize) -> Option<u16> {
    let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// Whether a text is a date and time as RFC 3339 has it.
pub(super) fn rfc3339(text: &str) -> bool {
    without_fraction(text).is_some()
}

/// A date and time of RFC 3339 with whole seconds, as sops writes `lastmodified`.
pub(super) fn without_fraction(text: &str) -> Option<String> {
    let (date, time) = text.split_once('T')?;
    date.parse::<Date>().ok()?;
    let zone_at = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone_at);
    let whole = clock.split('.').next()?;
    let spelled = spelled_clock(clock)?;
    let padded = whole.len() == 8 && spelled.starts_with(whole);
    (padded && spelled_zone(zone).is_some()).then(|| format!("{date}T{whole}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(text: &str, kind: ValueKind, spelling: &str) {
        let (found, spelled) = plain(text);
        assert_eq!((found, spelled.as_deref().unwrap_or(text)), (kind, spelling), "{text}");
    }

    /// What `yaml.v3` 3.0.1 makes of plain scalars.
    #[test]
    fn plain_scalars_are_what_yaml_v3_takes_them_for() {
        use ValueKind::{Boolean, Float, Integer, Null, Text, Time};
        for text in ["", "~", "null", "NULL"] {
            is(text, Null, "");
        }
        is("True", Boolean, "true");
        for text in ["yes", "on", "y", "nULL", "0x", "+", "-", ".", "1:30", "0xZ", "1e", "é1"] {
            is(text, Text, text);
        }
        is("1234567890123456789", Integer, "1234567890123456789");
        is("-17", Integer, "-17");
        is("0x1F", Integer, "31");
        is("0777", Integer, "511");
        is("0o17", Integer, "15");
        is("-0b11", Integer, "-3");
        is("1_000", Integer, "1000");
        is("08", Float, "8");
        is("3.0", Float, "3");
        is("1e-07", Float, "0.0000001");
        is("1e21", Float, "1000000000000000000000");
        is(".5", Float, "0.5");
        is("-.inf", Float, "-Inf");
        is("2024-03-01T12:30:00Z", Time, "2024-03-01T12:30:00Z");
        is("2024-3-1", Time, "2024-03-01T00:00:00Z");
        is("2024-03-01 4:05:06.70", Time, "2024-03-01T04:05:06.7Z");
        is("2024-03-01t12:30:00+02:00", Time, "2024-03-01T12:30:00+02:00");
        is("2024-13-01", Text, "2024-13-01");
        is("2024-03-01T12:30:00", Text, "2024-03-01T12:30:00");
    }

    #[test]
    fn last_modified_has_whole_seconds() {
        let whole = |text| without_fraction(text);
        assert_eq!(whole("2026-11-20T16:04:52Z").as_deref(), Some("2026-11-20T16:04:52Z"));
        assert_eq!(whole("2026-11-20T16:04:52.9Z").as_deref(), Some("2026-11-20T16:04:52Z"));
        assert_eq!(
            whole("2026-11-20T16:04:52+01:00").as_deref(),
            Some("2026-11-20T16:04:52+01:00")
        );
        for wrong in ["", "2026-11-20", "2026-11-20T16:04", "2026-11-20T6:04:52Z", "x"] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
    }
}

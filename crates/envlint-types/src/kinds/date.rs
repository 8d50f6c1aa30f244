//! Dates, and dates with a time of day and an offset, as RFC 3339 writes them.

use std::ops::RangeInclusive;

/// A regular expression (ECMA 262) for a date, the days of the month aside; without anchors.
pub const DATE: &str = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])";

/// A regular expression (ECMA 262) for what follows the date, leap seconds aside; without
/// anchors.
pub const TIME: &str = concat!(
    "[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?",
    "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
);

/// Why a text is no date, or no date with a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// Not four digits, two and two, with `-` between them.
    #[error("not a date such as 2030-01-31")]
    Form,
    /// The 30th of February.
    #[error("there is no such day")]
    NoSuchDay,
    /// What follows the date.
    #[error("not a time such as T23:59:59Z after the date")]
    Time,
    /// A time without `Z` or `+02:00`: it means another moment in each time zone.
    #[error("the time says neither Z nor an offset such as +02:00")]
    MissingOffset,
    /// Second 60 is the last of a day in universal time, or none.
    #[error("a leap second is only at 23:59:60 of universal time")]
    LeapSecond,
}

/// A day of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day {
    /// From 0 to 9999.
    pub year: u16,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
}

/// Reads a date: `full-date` of RFC 3339, section 5.6.
pub fn date(text: &str) -> Result<Day, DateError> {
    let (day, rest) = leading_date(text)?;
    if rest.is_empty() { Ok(day) } else { Err(DateError::Form) }
}

/// Checks a date with a time: `date-time` of the same section, `t` and `z` in either case.
pub fn date_time(text: &str) -> Result<(), DateError> {
    let (_, rest) = leading_date(text)?;
    let rest = rest.strip_prefix(['T', 't']).ok_or(DateError::Time)?;
    let (hour, rest) = two_digits(rest, 0..=23, ":").ok_or(DateError::Time)?;
    let (minute, rest) = two_digits(rest, 0..=59, ":").ok_or(DateError::Time)?;
    let (second, rest) = two_digits(rest, 0..=60, "").ok_or(DateError::Time)?;
    let rest = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if after.len() == fraction.len() {
                return Err(DateError::Time);
            }
            after
        }
    };
    let offset = offset_minutes(rest)?;
    let universal = (i32::from(hour) * 60 + i32::from(minute) - offset).rem_euclid(24 * 60);
    match second == 60 && universal != 24 * 60 - 1 {
        true => Err(DateError::LeapSecond),
        false => Ok(()),
    }
}

/// Minutes that local time is ahead of universal time.
fn offset_minutes(text: &str) -> Result<i32, DateError> {
    let (sign, rest) = match text.as_bytes().first() {
        None => return Err(DateError::MissingOffset),
        Some(b'Z' | b'z') if text.len() == 1 => return Ok(0),
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        Some(_) => return Err(DateError::Time),
    };
    let (hours, rest) = two_digits(rest, 0..=23, ":").ok_or(DateError::Time)?;
    match two_digits(rest, 0..=59, "") {
        Some((minutes, "")) => Ok(sign * (i32::from(hours) * 60 + i32::from(minutes))),
        _ => Err(DateError::Time),
    }
}

/// The date at the start, and what follows it.
fn leading_date(text: &str) -> Result<(Day, &str), DateError> {
    let read = || {
        let (century, rest) = two_digits(text, 0..=99, "")?;
        let (year, rest) = two_digits(rest, 0..=99, "-")?;
        let (month, rest) = two_digits(rest, 1..=12, "-")?;
        let (day, rest) = two_digits(rest, 1..=31, "")?;
        Some((Day { year: u16::from(century) * 100 + u16::from(year), month, day }, rest))
    };
    let (day, rest) = read().ok_or(DateError::Form)?;
    if day.day > days_of(day.year, day.month) {
        return Err(DateError::NoSuchDay);
    }
    Ok((day, rest))
}

fn days_of(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

/// A number of two digits and what must follow it; what follows both.
fn two_digits<'a>(text: &'a str, allowed: RangeInclusive<u8>, then: &str) -> Option<(u8, &'a str)> {
    let [tens, ones, ..] = *text.as_bytes() else { return None };
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    let number = (tens - b'0') * 10 + (ones - b'0');
    let rest = text[2..].strip_prefix(then)?;
    allowed.contains(&number).then_some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(date("2030-01-31"), Ok(Day { year: 2030, month: 1, day: 31 }));
        assert!(date("2028-02-29").is_ok() && date("2000-02-29").is_ok());
        for (text, error) in [
            ("2030-02-29", DateError::NoSuchDay),
            ("1900-02-29", DateError::NoSuchDay),
            ("2030-04-31", DateError::NoSuchDay),
            ("2030-13-01", DateError::Form),
            ("2030-00-01", DateError::Form),
            ("2030-1-1", DateError::Form),
            ("20300101", DateError::Form),
            ("2030-01-01T00:00:00Z", DateError::Form),
            ("01.01.2030", DateError::Form),
            ("２030-01-01", DateError::Form),
            ("", DateError::Form),
        ] {
            assert_eq!(date(text), Err(error), "{text}");
        }
    }

    #[test]
    fn moments_with_their_offset() {
        for good in [
            "2030-01-31T23:59:59Z",
            "2030-01-31t00:00:00.123456789z",
            "2030-01-31T00:00:00+02:00",
            "2030-01-31T00:00:00-00:00",
            "1990-12-31T23:59:60Z",
            "1990-12-31T15:59:60-08:00",
            "1991-01-01T05:29:60+05:30",
        ] {
            assert_eq!(date_time(good), Ok(()), "{good}");
        }
        for (text, error) in [
            ("2030-02-30T00:00:00Z", DateError::NoSuchDay),
            ("2030-01-31", DateError::Time),
            ("2030-01-31 00:00:00Z", DateError::Time),
            ("2030-01-31T24:00:00Z", DateError::Time),
            ("2030-01-31T00:00Z", DateError::Time),
            ("2030-01-31T00:00:00.Z", DateError::Time),
            ("2030-01-31T00:00:00+0200", DateError::Time),
            ("2030-01-31T00:00:00+24:00", DateError::Time),
            ("2030-01-31T00:00:00ZZ", DateError::Time),
            ("2030-01-31T00:00:00é", DateError::Time),
            ("2030-01-31T00:00:00", DateError::MissingOffset),
            ("2030-01-31T23:58:60Z", DateError::LeapSecond),
            ("2030-01-31T23:59:60+01:00", DateError::LeapSecond),
            ("", DateError::Form),
        ] {
            assert_eq!(date_time(text), Err(error), "{text}");
        }
    }
}

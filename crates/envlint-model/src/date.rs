use std::fmt;
use std::str::FromStr;

/// A calendar date in UTC, written `YYYY-MM-DD` (RFC 3339 full-date).
///
/// Rules that depend on time take today's date as data, so that a report can be repeated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is no date of the form `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a date is written YYYY-MM-DD, such as 2027-06-30")]
pub struct ParseDateError(());

impl Date {
    /// A date, if that day exists in the Gregorian calendar.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// The date of a number of days since 1970-01-01, as the Unix clock counts them.
    pub fn from_unix_days(days: i64) -> Option<Self> {
        // Years counted from March make the leap day the last one of its year, so that a date
        // is plain division; an era is 400 years or 146 097 days.
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }
}

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|b| b.is_ascii_digit()).then_some(part)?.parse::<u16>().ok()
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        dashes
            .then(|| Self::new(digits(0..4)?, digits(5..7)? as u8, digits(8..10)? as u8))
            .flatten()
            .ok_or(ParseDateError(()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn only_days_that_exist() {
        assert!("2028-02-29".parse::<Date>().is_ok());
        for wrong in ["2027-02-29", "2027-13-01", "2027-1-1", "20270-1-01", "2027-06-3é", ""] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn counts_from_the_unix_epoch() {
        for (days, date) in [(0, "1970-01-01"), (20_777, "2026-11-20"), (11_016, "2000-02-29")] {
            assert_eq!(Date::from_unix_days(days).map(|d| d.to_string()).as_deref(), Some(date));
        }
        assert_eq!(Date::from_unix_days(i64::MAX), None);
    }
}

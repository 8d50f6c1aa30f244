use std::time::{SystemTime, UNIX_EPOCH};

use envlint_model::Date;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// Today's date in UTC; `None` if the clock stands before 1970 or after the year 65535, so that
/// no rule judges an expiry by a date that is certainly wrong.
pub fn today() -> Option<Date> {
    date_of(SystemTime::now())
}

fn date_of(time: SystemTime) -> Option<Date> {
    let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Date::from_unix_days(i64::try_from(seconds / SECONDS_PER_DAY).ok()?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_day_lasts_until_its_last_second() {
        let at = |seconds| date_of(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap().to_string();
        assert_eq!(at(0), "1970-01-01");
        assert_eq!(at(SECONDS_PER_DAY - 1), "1970-01-01");
        assert_eq!(at(1_795_132_800), "2026-11-20");
    }

    #[test]
    fn a_clock_that_is_certainly_wrong_gives_no_date() {
        assert_eq!(date_of(UNIX_EPOCH - Duration::from_secs(1)), None);
        assert!(today().is_some());
    }
}

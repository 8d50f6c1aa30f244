//! Schedules, as crontab(5) writes them: five fields, or six with seconds first, as libraries
//! for schedules add them.
//!
//! Accepted is what crontab(5) and these libraries read alike, so not the wider grammars of
//! single ones: `5/15` (refused by croner 9 and by cron itself), `L`, `W`, `#` and `?`, a year,
//! `@every`. A range runs upwards, and a step is not larger than the field.

/// Why a text is no schedule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CronError {
    /// Not five fields and not six.
    #[error("a schedule has five fields, or six if it starts with seconds")]
    Fields,
    /// `@` and none of the known words.
    #[error("not one of @yearly, @monthly, @weekly, @daily, @hourly and @reboot")]
    Word,
    /// One field is not what it can be.
    #[error("{} of the schedule: not {}", field.name(), field.values())]
    Field {
        /// Which one.
        field: Field,
    },
}

/// A field of a schedule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// 0 to 59, only if there are six fields.
    Seconds,
    /// 0 to 59.
    Minutes,
    /// 0 to 23.
    Hours,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 12, or a name.
    Month,
    /// 0 to 7, where both ends are Sunday, or a name.
    DayOfWeek,
}

/// The words that stand for a whole schedule.
pub const WORDS: [&str; 8] =
    ["@annually", "@daily", "@hourly", "@midnight", "@monthly", "@reboot", "@weekly", "@yearly"];

struct Row {
    name: &'static str,
    values: &'static str,
    lowest: u8,
    highest: u8,
    /// How many different values there are, which is the largest step.
    count: u8,
    /// The values that have a name, from the lowest on.
    names: &'static [&'static str],
    /// A regular expression for the values.
    number: &'static str,
    /// A regular expression for the steps.
    step: &'static str,
}

/// In the order of a schedule.
const FIELDS: [Field; 6] = [
    Field::Seconds,
    Field::Minutes,
    Field::Hours,
    Field::DayOfMonth,
    Field::Month,
    Field::DayOfWeek,
];

const SIXTIETHS: Row = Row {
    name: "the minutes",
    values: "0 to 59, *, a range, a list or a step",
    lowest: 0,
    highest: 59,
    count: 60,
    names: &[],
    number: "[0-5]?[0-9]",
    step: "(?:0?[1-9]|[1-5][0-9]|60)",
};

static ROWS: [Row; 6] = [
    Row { name: "the seconds", ..SIXTIETHS },
    SIXTIETHS,
    Row {
        name: "the hours",
        values: "0 to 23, *, a range, a list or a step",
        highest: 23,
        count: 24,
        number: "(?:[01]?[0-9]|2[0-3])",
        step: "(?:0?[1-9]|1[0-9]|2[0-4])",
        ..SIXTIETHS
    },
    Row {
        name: "the day of the month",
        values: "1 to 31, *, a range, a list or a step",
        lowest: 1,
        highest: 31,
        count: 31,
        names: &[],
        number: "(?:0?[1-9]|[12][0-9]|3[01])",
        step: "(?:0?[1-9]|[12][0-9]|3[01])",
    },
    Row {
        name: "the month",
        values: "1 to 12, jan to dec, *, a range, a list or a step",
        lowest: 1,
        highest: 12,
        count: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
        number: "(?:0?[1-9]|1[0-2])",
        step: "(?:0?[1-9]|1[0-2])",
    },
    Row {
        name: "the day of the week",
        values: "0 to 7, sun to sat, *, a range, a list or a step",
        lowest: 0,
        highest: 7,
        count: 7,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
        number: "0?[0-7]",
        step: "0?[1-7]",
    },
];

impl Field {
    /// What it is called in a message.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What it can be, for a message.
    pub fn values(self) -> &'static str {
        self.row().values
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

/// A regular expression (ECMA 262) for the texts that [`check`] accepts, the direction of ranges
/// aside.
pub fn pattern() -> String {
    let fields: Vec<String> = ROWS.iter().map(field_pattern).collect();
    let words = WORDS.map(|word| &word[1..]).join("|");
    let gap = "[ \\t]+";
    format!("^(?:@(?:{words})|(?:{}{gap})?{})$", fields[0], fields[1..].join(gap))
}

fn field_pattern(row: &Row) -> String {
    let letter = |c: char| format!("[{}{c}]", c.to_ascii_uppercase());
    let names = row.names.iter().map(|name| name.chars().map(letter).collect::<String>());
    let value = std::iter::once(row.number.to_owned()).chain(names).collect::<Vec<_>>().join("|");
    let (value, step) = (format!("(?:{value})"), row.step);
    let item = format!("(?:\\*(?:/{step})?|{value}(?:-{value}(?:/{step})?)?)");
    format!("{item}(?:,{item})*")
}

/// Checks a schedule.
pub fn check(text: &str) -> Result<(), CronError> {
    if text.starts_with('@') {
        return if WORDS.contains(&text) { Ok(()) } else { Err(CronError::Word) };
    }
    if text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']) {
        return Err(CronError::Fields);
    }
    let fields = || text.split([' ', '\t']).filter(|field| !field.is_empty());
    let described = match fields().take(7).count() {
        5 => &FIELDS[1..],
        6 => &FIELDS[..],
        _ => return Err(CronError::Fields),
    };
    described.iter().zip(fields()).try_for_each(|(&field, text)| {
        let sound = text.split(',').all(|item| is_item(field.row(), item));
        if sound { Ok(()) } else { Err(CronError::Field { field }) }
    })
}

/// `*`, a value or a range; a step only after the first and the last.
fn is_item(row: &Row, item: &str) -> bool {
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (item, None),
    };
    let stepped =
        step.is_none_or(|step| number(step).is_some_and(|n| (1..=row.count).contains(&n)));
    match range.split_once('-') {
        _ if range == "*" => stepped,
        None => step.is_none() && value(row, range).is_some(),
        Some((from, to)) => match (value(row, from), value(row, to)) {
            (Some(from), Some(to)) => from <= to && stepped,
            _ => false,
        },
    }
}

fn value(row: &Row, text: &str) -> Option<u8> {
    let mut named = row.names.iter().zip(row.lowest..);
    match named.find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        Some((_, number)) => Some(number),
        None => number(text).filter(|number| (row.lowest..=row.highest).contains(number)),
    }
}

/// One digit or two.
fn number(text: &str) -> Option<u8> {
    let plain = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_and_what_is_mistaken_for_one() {
        for good in [
            "* * * * *",
            "*/5 * * * *",
            "0 3 * * 1-5",
            "0,30 8-18/2 1,15 jan-MAR,12 Mon-Fri",
            "30 0 3 * * *",
            "05 09  *\t* 7",
            "*/60 */24 */31 */12 */7",
            "@daily",
            "@reboot",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let field = |field| CronError::Field { field };
        for (text, error) in [
            ("", CronError::Fields),
            ("* * * *", CronError::Fields),
            ("* * * * * * *", CronError::Fields),
            (" * * * * *", CronError::Fields),
            ("@every 5m", CronError::Word),
            ("@Daily", CronError::Word),
            ("60 * * * *", field(Field::Minutes)),
            ("60 * * * * *", field(Field::Seconds)),
            ("*/61 * * * *", field(Field::Minutes)),
            ("*/0 * * * *", field(Field::Minutes)),
            ("5/15 * * * *", field(Field::Minutes)),
            ("005 * * * *", field(Field::Minutes)),
            ("1, * * * *", field(Field::Minutes)),
            ("0 18-8 * * *", field(Field::Hours)),
            ("0 24 * * *", field(Field::Hours)),
            ("0 0 0 * *", field(Field::DayOfMonth)),
            ("0 0 L * *", field(Field::DayOfMonth)),
            ("0 0 * 13 *", field(Field::Month)),
            ("0 0 * january *", field(Field::Month)),
            ("0 0 * * 8", field(Field::DayOfWeek)),
            ("0 0 * * fri-mon", field(Field::DayOfWeek)),
            ("0 0 * * mon#1", field(Field::DayOfWeek)),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
        let error = check("60 * * * *").unwrap_err().to_string();
        let expected = "the minutes of the schedule: not 0 to 59, *, a range, a list or a step";
        assert_eq!(error, expected);
    }
}

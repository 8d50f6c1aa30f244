//! Amounts with a unit: durations, sizes in bytes, percentages.
//!
//! Programs agree that `30s` is half a minute, and on little else. A bare `30` is seconds to
//! nginx and milliseconds to npm's `ms`; `10kb` is 10240 bytes to Express and to Docker and 10000
//! to others; and npm's `bytes` 3.1.2 reads `1g` as one byte without a word. So a bare number is a
//! duration only if a schema says what it counts, and the units that each measure knows are data,
//! with the factor that is taken for them.

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Measure {
    /// Time, in seconds: `250ms`, `1h30m`, `PT5M`.
    Duration,
    /// Storage, in bytes: `512`, `10kb`, `64MiB`.
    ByteSize,
    /// From 0 to 100: `50`, `12.5%`.
    Percentage,
}

/// A unit and what it is worth.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Unit {
    /// As it is written after a number.
    pub name: &'static str,
    /// Seconds, bytes or percent.
    pub factor: f64,
}

/// Why a text is no amount of what is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// No number at the beginning, or something between number and unit.
    #[error("not a number and a unit, without space between them")]
    Form,
    /// A bare number where it could count anything.
    #[error("the number has no unit")]
    MissingUnit,
    /// A unit that this measure does not know, or in another letter case.
    #[error("not a unit that is known here")]
    UnknownUnit,
    /// Above 100 percent, or than can be counted.
    #[error("too large")]
    TooLarge,
}

/// The units of Go's `time.ParseDuration` as its documentation lists them, and days and weeks of
/// 24 and 168 hours.
const DURATIONS: [Unit; 10] = [
    Unit { name: "ns", factor: 1e-9 },
    Unit { name: "us", factor: 1e-6 },
    Unit { name: "\u{b5}s", factor: 1e-6 },
    Unit { name: "\u{3bc}s", factor: 1e-6 },
    Unit { name: "ms", factor: 1e-3 },
    Unit { name: "s", factor: 1.0 },
    Unit { name: "m", factor: 60.0 },
    Unit { name: "h", factor: 3_600.0 },
    Unit { name: "d", factor: 86_400.0 },
    Unit { name: "w", factor: 604_800.0 },
];

/// Steps of 1024 with and without `i`, in any letter case: so read nginx (`k`, `m`, `g`), Docker
/// for memory (go-units `RAMInBytes`) and Express (npm's `bytes` 3.1.2: `kb` to `pb`).
const BYTE_SIZES: [Unit; 21] = [
    Unit { name: "b", factor: 1.0 },
    Unit { name: "k", factor: KIB },
    Unit { name: "kb", factor: KIB },
    Unit { name: "ki", factor: KIB },
    Unit { name: "kib", factor: KIB },
    Unit { name: "m", factor: MIB },
    Unit { name: "mb", factor: MIB },
    Unit { name: "mi", factor: MIB },
    Unit { name: "mib", factor: MIB },
    Unit { name: "g", factor: GIB },
    Unit { name: "gb", factor: GIB },
    Unit { name: "gi", factor: GIB },
    Unit { name: "gib", factor: GIB },
    Unit { name: "t", factor: TIB },
    Unit { name: "tb", factor: TIB },
    Unit { name: "ti", factor: TIB },
    Unit { name: "tib", factor: TIB },
    Unit { name: "p", factor: PIB },
    Unit { name: "pb", factor: PIB },
    Unit { name: "pi", factor: PIB },
    Unit { name: "pib", factor: PIB },
];

const PERCENT: [Unit; 1] = [Unit { name: "%", factor: 1.0 }];

const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * KIB;
const GIB: f64 = 1024.0 * MIB;
const TIB: f64 = 1024.0 * GIB;
const PIB: f64 = 1024.0 * TIB;

/// 2 to the power of 53: up to here, every whole number of seconds or bytes can be held.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// What a unit of ISO 8601 is worth, before and after the `T`, largest first. Years and months
/// are left out: how long one is depends on the calendar.
const ISO_DAYS: [(char, f64); 2] = [('W', 604_800.0), ('D', 86_400.0)];
const ISO_TIME: [(char, f64); 3] = [('H', 3_600.0), ('M', 60.0), ('S', 1.0)];

/// A number as it stands before a unit.
const NUMBER: &str = "[0-9]+(?:\\.[0-9]+)?";

impl Measure {
    /// Every measure, in the order of the documentation.
    pub const ALL: [Measure; 3] = [Measure::Duration, Measure::ByteSize, Measure::Percentage];

    /// The word in schemas.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Duration => "duration",
            Measure::ByteSize => "byte-size",
            Measure::Percentage => "percentage",
        }
    }

    /// What a text must be, to continue "must be".
    pub fn expected(self) -> &'static str {
        match self {
            Measure::Duration => "a duration such as 30s, 250ms or 1h30m",
            Measure::ByteSize => "a number of bytes such as 512, 10kb or 64MiB",
            Measure::Percentage => "a percentage from 0 to 100",
        }
    }

    /// The units that may follow a number; the letter case matters for durations alone.
    pub fn units(self) -> &'static [Unit] {
        match self {
            Measure::Duration => &DURATIONS,
            Measure::ByteSize => &BYTE_SIZES,
            Measure::Percentage => &PERCENT,
        }
    }

    /// The unit of that name.
    pub fn unit(self, name: &str) -> Option<Unit> {
        self.units().iter().copied().find(|unit| match self {
            Measure::Duration => unit.name == name,
            _ => unit.name.eq_ignore_ascii_case(name),
        })
    }

    /// The most that is allowed, in seconds, bytes or percent.
    fn largest(self) -> f64 {
        match self {
            Measure::Percentage => 100.0,
            _ => LARGEST,
        }
    }

    /// What a bare number counts, as far as that is settled by the measure.
    fn settled(self) -> Option<Unit> {
        match self {
            Measure::Duration => None,
            _ => Some(Unit { name: "", factor: 1.0 }),
        }
    }
}

/// Reads an amount in seconds, bytes or percent. A bare number counts `bare`; without it bytes or
/// percent, and for a duration only `0` may be bare, which is the same in every unit.
pub fn parse(text: &str, measure: Measure, bare: Option<Unit>) -> Result<f64, QuantityError> {
    let amount = match (measure, text.strip_prefix('P')) {
        (Measure::Duration, Some(rest)) => iso_8601(rest)?,
        _ => parts(text, measure, bare.or(measure.settled()))?,
    };
    if amount <= measure.largest() { Ok(amount) } else { Err(QuantityError::TooLarge) }
}

/// Numbers with their units; more than one only for durations.
fn parts(text: &str, measure: Measure, bare: Option<Unit>) -> Result<f64, QuantityError> {
    let mut amount = 0.0;
    let mut rest = text;
    loop {
        let (number, after) = number(rest)?;
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (name, next) = after.split_at(end);
        let is_bare = name.is_empty() && rest.len() == text.len();
        let unit = match is_bare {
            true if text == "0" => Some(Unit { name: "", factor: 1.0 }),
            true => Some(bare.ok_or(QuantityError::MissingUnit)?),
            false => measure.unit(name),
        };
        amount += number * unit.ok_or(unfit(name))?.factor;
        match next {
            "" => return Ok(amount),
            _ if measure == Measure::Duration && !is_bare => rest = next,
            _ => return Err(QuantityError::Form),
        }
    }
}

/// What to say of a unit that is none.
fn unfit(name: &str) -> QuantityError {
    let word = |c: char| c.is_alphabetic() || c == '%' || c == '\u{b5}';
    match name {
        "" => QuantityError::MissingUnit,
        _ if name.chars().all(word) => QuantityError::UnknownUnit,
        _ => QuantityError::Form,
    }
}

/// The number at the beginning, and what follows it.
fn number(text: &str) -> Result<(f64, &str), QuantityError> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let (fraction, end) = match text[whole..].strip_prefix('.').map(digits) {
        None => (None, whole),
        Some(fraction) => (Some(fraction), whole + 1 + fraction),
    };
    if whole == 0 || fraction == Some(0) {
        return Err(QuantityError::Form);
    }
    let number = text[..end].parse().map_err(|_| QuantityError::Form)?;
    Ok((number, &text[end..]))
}

/// A duration of ISO 8601 after its `P`: weeks, or days and a time of which only the seconds may
/// have a fraction.
fn iso_8601(text: &str) -> Result<f64, QuantityError> {
    let (days, time) = match text.split_once('T') {
        Some((days, time)) => (days, Some(time)),
        None => (text, None),
    };
    let alone = days.contains('W') && (time.is_some() || days.contains('D'));
    let empty = days.is_empty() && time.is_none() || time == Some("");
    if alone || empty {
        return Err(QuantityError::Form);
    }
    Ok(designated(days, &ISO_DAYS)? + designated(time.unwrap_or(""), &ISO_TIME)?)
}

/// Numbers with designators, each at most once and in order.
fn designated(text: &str, designators: &[(char, f64)]) -> Result<f64, QuantityError> {
    let mut amount = 0.0;
    let mut rest = text;
    for (designator, factor) in designators {
        if rest.is_empty() {
            break;
        }
        let (number, after) = number(rest)?;
        let Some(next) = after.strip_prefix(*designator) else { continue };
        let fraction = rest[..rest.len() - after.len()].contains('.');
        if fraction && *designator != 'S' {
            return Err(QuantityError::Form);
        }
        amount += number * factor;
        rest = next;
    }
    match rest {
        "" => Ok(amount),
        _ => Err(QuantityError::UnknownUnit),
    }
}

/// A regular expression (ECMA 262) for the texts that [`parse`] reads, `bare` if it is told what
/// a bare number counts. What is beyond it: that an amount can be too large to be counted, and that
/// 100 and a trifle is read as 100.
pub fn pattern(measure: Measure, bare: bool) -> String {
    match measure {
        Measure::Duration => {
            let units = DURATIONS.map(|unit| unit.name).join("|");
            let seconds = format!("{NUMBER}S");
            let time =
                format!("T(?:[0-9]+H(?:[0-9]+M)?(?:{seconds})?|[0-9]+M(?:{seconds})?|{seconds})");
            let bare = if bare { NUMBER } else { "0" };
            let iso = format!("P(?:[0-9]+W|[0-9]+D(?:{time})?|{time})");
            format!("^(?:{bare}|(?:{NUMBER}(?:{units}))+|{iso})$")
        }
        Measure::ByteSize => format!("^{NUMBER}(?:[KkMmGgTtPp][Ii]?)?[Bb]?$"),
        Measure::Percentage => "^(?:0*100(?:\\.0+)?|0*[0-9]{1,2}(?:\\.[0-9]+)?)%?$".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let seconds = Measure::Duration.unit("s");
        let read = |text: &str| parse(text, Measure::Duration, None);
        for (text, expected) in [
            ("250ms", 0.25),
            ("30s", 30.0),
            ("5m", 300.0),
            ("1h30m", 5400.0),
            ("1.5h", 5400.0),
            ("7d", 604_800.0),
            ("2w", 1_209_600.0),
            ("10\u{b5}s", 1e-5),
            ("0", 0.0),
            ("PT5M30S", 330.0),
            ("P1D", 86_400.0),
            ("P1DT1H", 90_000.0),
            ("PT0.5S", 0.5),
            ("P2W", 1_209_600.0),
        ] {
            let near = read(text).is_ok_and(|amount| (amount - expected).abs() < 1e-9);
            assert!(near, "{text}");
        }
        assert_eq!(parse("30", Measure::Duration, seconds), Ok(30.0));
        assert_eq!(parse("1500", Measure::Duration, Measure::Duration.unit("ms")), Ok(1.5));
        for (text, error) in [
            ("30", QuantityError::MissingUnit),
            ("1h30", QuantityError::MissingUnit),
            ("00", QuantityError::MissingUnit),
            ("5M", QuantityError::UnknownUnit),
            ("5min", QuantityError::UnknownUnit),
            ("5%", QuantityError::UnknownUnit),
            ("P1Y", QuantityError::UnknownUnit),
            ("P1M", QuantityError::UnknownUnit),
            ("PT1S1M", QuantityError::UnknownUnit),
            ("", QuantityError::Form),
            ("s", QuantityError::Form),
            ("-5s", QuantityError::Form),
            ("5 s", QuantityError::Form),
            (".5s", QuantityError::Form),
            ("5.s", QuantityError::Form),
            ("P", QuantityError::Form),
            ("P1DT", QuantityError::Form),
            ("P1WT1H", QuantityError::Form),
            ("P1W1D", QuantityError::Form),
            ("PT1.5M", QuantityError::Form),
            ("99999999999w", QuantityError::TooLarge),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
        let huge = "9".repeat(400) + "s";
        assert_eq!(read(&huge), Err(QuantityError::TooLarge));
    }

    #[test]
    fn sizes() {
        let read = |text: &str| parse(text, Measure::ByteSize, None);
        for (text, expected) in [
            ("512", 512.0),
            ("512B", 512.0),
            ("10kb", 10_240.0),
            ("10KB", 10_240.0),
            ("64MiB", 67_108_864.0),
            ("64Mi", 67_108_864.0),
            ("1g", 1_073_741_824.0),
            ("1.5k", 1536.0),
            ("0", 0.0),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        for (text, error) in [
            ("10 kb", QuantityError::Form),
            ("1k1k", QuantityError::Form),
            ("-1", QuantityError::Form),
            ("1,5k", QuantityError::Form),
            ("kb", QuantityError::Form),
            ("10x", QuantityError::UnknownUnit),
            ("10kbit", QuantityError::UnknownUnit),
            ("9p", QuantityError::TooLarge),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn percentages() {
        let read = |text: &str| parse(text, Measure::Percentage, None);
        for (text, expected) in [("50", 50.0), ("12.5%", 12.5), ("100%", 100.0), ("0", 0.0)] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        for (text, error) in [
            ("100.1", QuantityError::TooLarge),
            ("50 %", QuantityError::Form),
            ("50%%", QuantityError::UnknownUnit),
            ("-1%", QuantityError::Form),
            ("half", QuantityError::Form),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }
}

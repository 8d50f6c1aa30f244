use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use crate::kinds::quantity::{self, Measure, QuantityError};
use crate::text::text_value;

/// A span of time, such as `30s`, `1h30m` or `PT5M`; what a bare number counts is said by its
/// type, and nothing unless it says so.
pub struct Duration<B: Bare = NeedsUnit> {
    duration: time::Duration,
    bare: PhantomData<B>,
}

/// What a bare number counts in a [`Duration`].
pub trait Bare {
    /// The unit, by its name in [`Measure::Duration`].
    const UNIT: Option<&'static str>;
    /// What a duration of this kind is called in a JSON Schema.
    const NAME: &'static str;
}

/// A number without a unit is refused.
pub enum NeedsUnit {}

/// A bare number counts milliseconds, as in much of JavaScript.
pub enum Millis {}

/// A bare number counts seconds.
pub enum Seconds {}

/// A bare number counts minutes.
pub enum Minutes {}

/// A bare number counts days, as in settings of how long something is kept.
pub enum Days {}

macro_rules! bare {
    ($($name:ident $unit:expr, $schema:literal;)+) => {$(
        impl Bare for $name {
            const UNIT: Option<&'static str> = $unit;
            const NAME: &'static str = $schema;
        }
    )+};
}

bare! {
    NeedsUnit None, "Duration";
    Millis Some("ms"), "DurationMillis";
    Seconds Some("s"), "DurationSeconds";
    Minutes Some("m"), "DurationMinutes";
    Days Some("d"), "DurationDays";
}

impl<B: Bare> Duration<B> {
    /// A duration that is known when the program is written.
    pub const fn of(duration: time::Duration) -> Self {
        Self { duration, bare: PhantomData }
    }

    /// The span of time.
    pub fn get(self) -> time::Duration {
        self.duration
    }
}

/// Exact to the nanosecond up to a hundred days, and to one part in 10^15 beyond.
impl<B: Bare> FromStr for Duration<B> {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let bare = B::UNIT.and_then(|name| Measure::Duration.unit(name));
        let seconds = quantity::parse(text, Measure::Duration, bare)?;
        let duration = time::Duration::try_from_secs_f64(seconds);
        duration.map(Self::of).map_err(|_| QuantityError::TooLarge)
    }
}

/// In the largest unit that needs no fraction.
impl<B: Bare> fmt::Display for Duration<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NANOSECONDS: [(u128, &str); 7] = [
            (86_400_000_000_000, "d"),
            (3_600_000_000_000, "h"),
            (60_000_000_000, "m"),
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
            (1, "ns"),
        ];
        let all = self.duration.as_nanos();
        let fits = |(unit, _): &(u128, &str)| all > 0 && all.is_multiple_of(*unit);
        match NANOSECONDS.into_iter().find(fits) {
            Some((unit, name)) => write!(f, "{}{name}", all / unit),
            None => f.write_str("0s"),
        }
    }
}

text_value!(@serde [B: Bare] Duration<B>, "a duration such as 30s");

impl<B: Bare> JsonSchema for Duration<B> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        B::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let own = match B::UNIT {
            Some(unit) => schemars::json_schema!({ "type": "duration", "unit": unit }),
            None => schemars::json_schema!({ "type": "duration" }),
        };
        schemars::json_schema!({ "type": "string", "x-envlint": own })
    }
}

/// A number of bytes, such as `512`, `10kb` or `64MiB`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ByteSize(u64);

impl ByteSize {
    /// A size that is known when the program is written.
    pub const fn of(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes; part of a byte is dropped.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        // At most 2 to the power of 53, and so held exactly by both.
        quantity::parse(text, Measure::ByteSize, None).map(|bytes| Self(bytes as u64))
    }
}

/// In the largest unit that needs no fraction.
impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u32, &str); 5] =
            [(50, "PiB"), (40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
        let fits = |(shift, _): &(u32, &str)| self.0.trailing_zeros() >= *shift && self.0 > 0;
        match UNITS.into_iter().find(fits) {
            Some((shift, name)) => write!(f, "{}{name}", self.0 >> shift),
            None => write!(f, "{}", self.0),
        }
    }
}

text_value!([] ByteSize, "a number of bytes such as 64MiB", "ByteSize", {
    "type": "string",
    "x-envlint": { "type": "byte-size" },
});

/// A percentage from 0 to 100.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Percentage(f64);

impl Percentage {
    /// A percentage that is known when the program is compiled: `Percentage::of::<90>()`.
    pub const fn of<const PERCENT: u8>() -> Self {
        const { assert!(PERCENT <= 100) }
        Self(PERCENT as f64)
    }

    /// From 0 to 100.
    pub fn percent(self) -> f64 {
        self.0
    }

    /// From 0 to 1.
    pub fn fraction(self) -> f64 {
        self.0 / 100.0
    }
}

impl FromStr for Percentage {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        quantity::parse(text, Measure::Percentage, None).map(Self)
    }
}

impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

text_value!([] Percentage, "a percentage from 0 to 100", "Percentage", {
    "type": "string",
    "x-envlint": { "type": "percentage" },
});

/// As text, which is how a default stands in a schema.
macro_rules! serialize_as_text {
    ($([$($generics:tt)*] $type:ty),+) => {$(
        impl<$($generics)*> Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    )+};
}

serialize_as_text!([B: Bare] Duration<B>, [] ByteSize, [] Percentage);

// Derived, these would ask the same of the marker, which has no values.

impl<B: Bare> Clone for Duration<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B: Bare> Copy for Duration<B> {}

impl<B: Bare> PartialEq for Duration<B> {
    fn eq(&self, other: &Self) -> bool {
        self.duration == other.duration
    }
}

impl<B: Bare> Eq for Duration<B> {}

impl<B: Bare> PartialOrd for Duration<B> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<B: Bare> Ord for Duration<B> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.duration.cmp(&other.duration)
    }
}

impl<B: Bare> fmt::Debug for Duration<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Duration({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_their_units() {
        let duration = |text: &str| text.parse::<Duration>().map(|d| d.get().as_millis());
        assert_eq!(duration("1m30s"), Ok(90_000));
        assert_eq!(duration("30"), Err(QuantityError::MissingUnit));
        let millis = "1500".parse::<Duration<Millis>>().unwrap();
        assert_eq!(millis.get(), time::Duration::from_millis(1500));
        assert_eq!(serde_json::from_str::<Duration<Seconds>>("30").unwrap().to_string(), "30s");
        assert_eq!("64MiB".parse(), Ok(ByteSize::of(64 << 20)));
        assert_eq!("1.0009765625k".parse(), Ok(ByteSize::of(1025)));
        assert_eq!("90%".parse(), Ok(Percentage::of::<90>()));
        assert_eq!(Percentage::of::<90>().fraction(), 0.9);
    }

    #[test]
    fn amounts_are_written_as_they_can_be_read() {
        for text in ["0s", "1d", "36h", "90m", "61s", "250ms", "7us", "123456789ns"] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), text);
        }
        for text in ["0", "1023", "1KiB", "1025KiB", "3GiB", "7PiB"] {
            assert_eq!(text.parse::<ByteSize>().unwrap().to_string(), text);
        }
        assert_eq!(serde_json::to_string(&Percentage::of::<50>()).unwrap(), "\"50%\"");
    }

    #[test]
    fn a_schema_says_what_a_bare_number_counts() {
        let own = |schema: Schema| schema.as_value()["x-envlint"].to_string();
        assert_eq!(own(schemars::schema_for!(Duration)), r#"{"type":"duration"}"#);
        let seconds = own(schemars::schema_for!(Duration<Seconds>));
        assert_eq!(seconds, r#"{"type":"duration","unit":"s"}"#);
    }
}

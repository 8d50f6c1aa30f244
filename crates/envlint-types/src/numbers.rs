use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::kinds::number::{self, NumberError};
use crate::text::text_value;

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Integer<const MIN: i64, const MAX: i64>(i64);

/// A whole number from 0.
pub type NonNegative = Integer<0, { i64::MAX }>;

/// A whole number from 1.
pub type Positive = Integer<1, { i64::MAX }>;

impl<const MIN: i64, const MAX: i64> Integer<MIN, MAX> {
    /// A number that is known when the program is compiled, and checked then:
    /// `Positive::of::<50>()`.
    pub const fn of<const NUMBER: i64>() -> Self {
        const { assert!(MIN <= NUMBER && NUMBER <= MAX) }
        Self(NUMBER)
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> FromStr for Integer<MIN, MAX> {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let number = number::integer(text)?;
        number::within(number, Some(MIN), Some(MAX))?;
        Ok(Self(number))
    }
}

text_value!(@serde [const MIN: i64, const MAX: i64] Integer<MIN, MAX>, "a whole number");

impl<const MIN: i64, const MAX: i64> JsonSchema for Integer<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Integer_{MIN}_{MAX}").into()
    }

    /// A bound that is no more than what can be held is none.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = schemars::json_schema!({ "type": "integer" });
        if MIN > i64::MIN {
            schema.insert("minimum".into(), MIN.into());
        }
        if MAX < i64::MAX {
            schema.insert("maximum".into(), MAX.into());
        }
        schema
    }
}

/// A number from 0 to 1.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Serialize)]
pub struct Fraction(f64);

impl Fraction {
    /// A fraction that is known when the program is compiled: `Fraction::percent::<90>()`.
    pub const fn percent<const PERCENT: u8>() -> Self {
        const { assert!(PERCENT <= 100) }
        Self(PERCENT as f64 / 100.0)
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Fraction {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let number = number::number(text)?;
        number::within(number, Some(0.0), Some(1.0))?;
        Ok(Self(number))
    }
}

text_value!(inline Fraction, "a number from 0 to 1", "Fraction", {
    "type": "number",
    "minimum": 0,
    "maximum": 1,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold() {
        assert_eq!("50".parse(), Ok(Positive::of::<50>()));
        assert_eq!("0".parse::<Positive>(), Err(NumberError::TooSmall));
        assert_eq!("11".parse::<Integer<1, 10>>(), Err(NumberError::TooLarge));
        assert_eq!("0.90".parse(), Ok(Fraction::percent::<90>()));
        assert_eq!("1.1".parse::<Fraction>(), Err(NumberError::TooLarge));
    }

    #[test]
    fn numbers_come_from_text_and_from_numbers() {
        for json in ["50", "\"50\""] {
            assert_eq!(serde_json::from_str::<Positive>(json).unwrap().get(), 50);
        }
        assert_eq!(serde_json::from_str::<Fraction>("0.25").unwrap().get(), 0.25);
        assert!(serde_json::from_str::<Positive>("1.5").is_err());
    }
}

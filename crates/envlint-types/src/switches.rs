use std::convert::Infallible;
use std::str::FromStr;

use serde::Serialize;

use crate::kinds::boolean::Reading;
use crate::text::text_value;

/// A switch that accepts every text, and reads it as one [`Reading`] does.
macro_rules! switch {
    ($(#[doc = $doc:literal])+ $name:ident, $reading:expr) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
        pub struct $name(bool);

        impl $name {
            /// Whether it is on.
            pub fn is_on(self) -> bool {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self($reading.reads(text) == Some(true)))
            }
        }

        text_value!([] $name, "a switch", stringify!($name), {
            "type": "boolean",
            "x-envlint": { "type": "boolean", "reads": $reading.as_str() },
        });
    };
}

switch! {
    /// On for the text `true` and for nothing else.
    LiteralTrue, Reading::LiteralTrue
}

switch! {
    /// On for the text `1` and for nothing else.
    LiteralOne, Reading::LiteralOne
}

switch! {
    /// On for any text that is not empty, `false` included: how much JavaScript reads its
    /// environment.
    AnyText, Reading::AnyText
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_switch_reads_in_its_way() {
        let on = |text: &str| {
            let Ok(literal) = text.parse::<LiteralTrue>();
            let Ok(one) = text.parse::<LiteralOne>();
            let Ok(any) = text.parse::<AnyText>();
            (literal.is_on(), one.is_on(), any.is_on())
        };
        assert_eq!(on("true"), (true, false, true));
        assert_eq!(on("1"), (false, true, true));
        assert_eq!(on("false"), (false, false, true));
        assert_eq!(on(""), (false, false, false));
    }

    #[test]
    fn a_boolean_of_a_typed_source_is_its_text() {
        assert!(serde_json::from_str::<LiteralTrue>("true").unwrap().is_on());
    }
}

/// The answer to a question about values of which some are not known (Kleene's three values).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Truth {
    /// Certainly not.
    False,
    /// Depends on what is not known.
    Unknown,
    /// Certainly.
    True,
}

impl Truth {
    /// True only if both are; false as soon as one is.
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// True as soon as one is; false only if both are.
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::Unknown => Truth::Unknown,
            Truth::False => Truth::True,
        }
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Truth {
        if known { Truth::True } else { Truth::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};

    #[test]
    fn the_unknown_decides_only_where_the_known_does_not() {
        assert_eq!((False.and(Unknown), True.and(Unknown)), (False, Unknown));
        assert_eq!((True.or(Unknown), False.or(Unknown)), (True, Unknown));
        assert_eq!((!Unknown, !True), (Unknown, False));
    }
}

//! Time zones by their names in the IANA time zone database.
//!
//! Only the names are held, as of release 2025b, links among them: a linter needs no rules for
//! summer time.

/// Every name, one a line, sorted without regard to case.
const NAMES: &str = include_str!("time_zones.txt");

/// Why a text is no time zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimeZoneError {
    /// `+02:00`: an offset holds for a moment, not for a place.
    #[error("an offset is no time zone")]
    Offset,
    /// Not in the database.
    #[error("not a time zone of the IANA database")]
    Unknown,
}

/// Every name in the database.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines()
}

/// Finds a zone, letter case aside, as ECMA-402 does, and gives its name as the database writes
/// it.
pub fn find(text: &str) -> Result<&'static str, TimeZoneError> {
    let fitting = (!text.is_empty() && !text.contains('\n')).then(|| search(text)).flatten();
    match fitting {
        Some(name) => Ok(name),
        None if text.starts_with(['+', '-']) => Err(TimeZoneError::Offset),
        None => Err(TimeZoneError::Unknown),
    }
}

/// Binary search over the lines of [`NAMES`].
fn search(text: &str) -> Option<&'static str> {
    let lower = |text: &'static str| text.bytes().map(|b| b.to_ascii_lowercase());
    let (mut low, mut high) = (0, NAMES.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = NAMES[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = NAMES[start..].find('\n').map_or(NAMES.len(), |at| start + at);
        let name = &NAMES[start..end];
        match lower(name).cmp(text.bytes().map(|b| b.to_ascii_lowercase())) {
            std::cmp::Ordering::Equal => return Some(name),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_name_and_no_other() {
        for name in names() {
            assert_eq!(find(name), Ok(name));
            assert_eq!(find(&name.to_ascii_uppercase()), Ok(name));
        }
        for (text, error) in [
            ("Europe/Berlim", TimeZoneError::Unknown),
            ("Europe", TimeZoneError::Unknown),
            ("", TimeZoneError::Unknown),
            ("UTC\nUCT", TimeZoneError::Unknown),
            ("zzz", TimeZoneError::Unknown),
            ("+02:00", TimeZoneError::Offset),
        ] {
            assert_eq!(find(text), Err(error), "{text}");
        }
    }
}

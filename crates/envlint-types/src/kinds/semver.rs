//! Versions of software, as Semantic Versioning 2.0.0 (semver.org) writes them.

/// A regular expression (ECMA 262) for the texts that [`parse`] reads, the size of the three
/// numbers aside.
pub fn pattern() -> String {
    let number = "(?:0|[1-9][0-9]*)";
    let before_release = format!("(?:{number}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)");
    let build = "[0-9A-Za-z-]+";
    format!(
        "^{number}\\.{number}\\.{number}(?:-{before_release}(?:\\.{before_release})*)?\
         (?:\\+{build}(?:\\.{build})*)?$"
    )
}

/// Why a text is no version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SemVerError {
    /// `v1.2.3`: a name of a tag.
    #[error("a version starts with a number, not with v")]
    Prefix,
    /// `1.2` or `1.2.3.4`.
    #[error("a version has three numbers")]
    Numbers,
    /// `01.2.3`, or `1.2.3-01`.
    #[error("a number of a version starts with 0")]
    LeadingZero,
    /// A number above 18446744073709551615.
    #[error("a number of a version is too large")]
    TooLarge,
    /// Anything else.
    #[error("not a version such as 1.2.3")]
    Form,
}

/// A version and its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version<'a> {
    /// Raised by a change that breaks users.
    pub major: u64,
    /// Raised by an addition.
    pub minor: u64,
    /// Raised by a repair.
    pub patch: u64,
    /// What follows the `-`; empty for a release.
    pub pre_release: &'a str,
    /// What follows the `+`; may be empty.
    pub build: &'a str,
}

/// Reads a version.
pub fn parse(text: &str) -> Result<Version<'_>, SemVerError> {
    if text.starts_with(['v', 'V']) {
        return Err(SemVerError::Prefix);
    }
    let (rest, build) = cut(text, '+')?;
    let (numbers, pre_release) = cut(rest, '-')?;
    if !build.is_empty() && !build.split('.').all(is_identifier) {
        return Err(SemVerError::Form);
    }
    if !pre_release.is_empty() {
        pre_release.split('.').try_for_each(|part| match is_identifier(part) {
            true => no_leading_zero(part),
            false => Err(SemVerError::Form),
        })?;
    }
    let mut numbers = numbers.split('.').map(number);
    let mut next = || numbers.next().unwrap_or(Err(SemVerError::Numbers));
    let (major, minor, patch) = (next()?, next()?, next()?);
    match numbers.next() {
        None => Ok(Version { major, minor, patch, pre_release, build }),
        Some(Ok(_)) => Err(SemVerError::Numbers),
        Some(Err(error)) => Err(error),
    }
}

/// Divides at the first `mark`; something must follow it.
fn cut(text: &str, mark: char) -> Result<(&str, &str), SemVerError> {
    match text.split_once(mark) {
        Some((_, "")) => Err(SemVerError::Form),
        Some(parts) => Ok(parts),
        None => Ok((text, "")),
    }
}

fn number(text: &str) -> Result<u64, SemVerError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SemVerError::Form);
    }
    no_leading_zero(text)?;
    text.parse().map_err(|_| SemVerError::TooLarge)
}

fn no_leading_zero(text: &str) -> Result<(), SemVerError> {
    let zero = text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    if zero { Err(SemVerError::LeadingZero) } else { Ok(()) }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_what_is_mistaken_for_one() {
        let version = parse("1.20.3-rc.1+build.007").unwrap();
        assert_eq!((version.major, version.minor, version.patch), (1, 20, 3));
        assert_eq!((version.pre_release, version.build), ("rc.1", "build.007"));
        for good in ["0.0.0", "1.2.3--", "1.2.3-0a", "1.2.3-x-y.7", "1.2.3+a-b"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for (text, error) in [
            ("v1.2.3", SemVerError::Prefix),
            ("1", SemVerError::Numbers),
            ("1.2", SemVerError::Numbers),
            ("1.2.3.4", SemVerError::Numbers),
            ("01.2.3", SemVerError::LeadingZero),
            ("1.2.3-01", SemVerError::LeadingZero),
            ("1.2.99999999999999999999", SemVerError::TooLarge),
            ("", SemVerError::Form),
            ("1.2.x", SemVerError::Form),
            ("1.2.3-", SemVerError::Form),
            ("1.2.3+", SemVerError::Form),
            ("1.2.3-a..b", SemVerError::Form),
            ("1.2.3+a+b", SemVerError::Form),
            ("^1.2.3", SemVerError::Form),
            ("latest", SemVerError::Form),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}

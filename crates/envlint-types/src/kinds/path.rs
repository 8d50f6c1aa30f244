//! Paths of files and folders. Whether something is there is a question for the machine that the
//! service runs on, so only the text is looked at.

/// A regular expression (ECMA 262) for the texts that [`check`] accepts.
pub const PATTERN: &str = "^[^\\x00-\\x1f\\x7f]+$";

/// A regular expression (ECMA 262) for the texts that [`check_absolute`] accepts.
pub const ABSOLUTE: &str =
    "^(?:/|[A-Za-z]:[/\\\\]|\\\\\\\\[^\\x00-\\x1f\\x7f])[^\\x00-\\x1f\\x7f]*$";

/// Why a text is no path.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// There is no text.
    #[error("the path is empty")]
    Empty,
    /// A line break, a tab, a NUL or another control character.
    #[error("the path holds a control character")]
    Control,
    /// `~/x`: only a shell replaces the `~`.
    #[error("the path starts with ~, which no program but a shell replaces")]
    Tilde,
    /// A relative path where an absolute one is needed.
    #[error("the path is relative: what it means depends on where the service is started")]
    Relative,
}

/// Checks a path: any text without control characters, which POSIX allows and nobody means.
pub fn check(text: &str) -> Result<(), PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    match text.bytes().any(|b| b.is_ascii_control()) {
        true => Err(PathError::Control),
        false => Ok(()),
    }
}

/// Checks a path that starts at the root: of POSIX, of a drive (`C:\`) or of a share (`\\host`).
pub fn check_absolute(text: &str) -> Result<(), PathError> {
    check(text)?;
    match text.as_bytes() {
        [b'/', ..] | [b'\\', b'\\', _, ..] => Ok(()),
        [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic() => Ok(()),
        [b'~', ..] => Err(PathError::Tilde),
        _ => Err(PathError::Relative),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_absolute_and_relative() {
        for good in ["/var/lib/app", "/", "C:\\data", "d:/data", "\\\\host\\share"] {
            assert_eq!(check_absolute(good), Ok(()), "{good}");
        }
        for relative in ["./data", "data", "../x", "C:data", "\\x", "\\\\", "a:/../ä"] {
            assert_eq!(check(relative), Ok(()), "{relative}");
        }
        for (text, error) in [
            ("", PathError::Empty),
            ("/a\nb", PathError::Control),
            ("/a\0", PathError::Control),
            ("~/data", PathError::Tilde),
            ("data", PathError::Relative),
            ("C:data", PathError::Relative),
            ("\\\\", PathError::Relative),
        ] {
            assert_eq!(check_absolute(text), Err(error), "{text}");
        }
    }
}

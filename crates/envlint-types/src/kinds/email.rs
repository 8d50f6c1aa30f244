//! E-mail addresses, as sign-up forms accept them: not all of RFC 5322, but what mail providers
//! hand out, with a domain that has a dot.

use super::domain;

/// A regular expression (ECMA 262) for what stands before the `@`; without anchors.
pub const MAILBOX: &str = "(?:[A-Za-z0-9_'+-]+\\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]";

/// A regular expression (ECMA 262) for the texts that [`check`] accepts, length aside.
pub fn pattern() -> String {
    format!("^{MAILBOX}@{}$", domain::PATTERN)
}

/// Why a text is no e-mail address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmailError {
    /// No `@`, or more than one.
    #[error("an e-mail address has one @")]
    AtSign,
    /// What stands before the `@`.
    #[error("what stands before the @ is no mailbox name")]
    Mailbox,
    /// What stands after the `@`, such as a host without a dot.
    #[error("what stands after the @ is no domain with a dot")]
    Domain,
}

/// Checks an e-mail address. The rules for the part before the `@` are those that the npm
/// package zod applies in version 3: letters, digits and `_ ' + - .`, no dot at either end and
/// no two in a row, no `'` at the end.
pub fn check(text: &str) -> Result<(), EmailError> {
    let Some((mailbox, domain)) = text.split_once('@') else { return Err(EmailError::AtSign) };
    if domain.contains('@') {
        return Err(EmailError::AtSign);
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_'+-.".contains(&b);
    let sound = !mailbox.is_empty()
        && mailbox.bytes().all(allowed)
        && !mailbox.starts_with('.')
        && !mailbox.ends_with(['.', '\''])
        && !mailbox.contains("..");
    if !sound {
        return Err(EmailError::Mailbox);
    }
    domain::check(domain).map_err(|_| EmailError::Domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_can_receive_mail() {
        for good in ["ops@example.com", "o'neil+x@mail.example.co.uk", "a_b-c.d@example.org"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (text, error) in [
            ("", EmailError::AtSign),
            ("ops", EmailError::AtSign),
            ("a@b@example.com", EmailError::AtSign),
            ("@example.com", EmailError::Mailbox),
            (".a@example.com", EmailError::Mailbox),
            ("a..b@example.com", EmailError::Mailbox),
            ("a b@example.com", EmailError::Mailbox),
            ("administrator@local", EmailError::Domain),
            ("a@example.c", EmailError::Domain),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }
}

//! Domain names, as they follow the `@` of an e-mail address.

/// A regular expression (ECMA 262) for the texts that [`check`] accepts, whole length aside;
/// without anchors, to be a part of others.
pub const PATTERN: &str = concat!(
    "(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+",
    "[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
);

/// Why a text is no domain name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DomainError {
    /// A URL: only the host is wanted.
    #[error("a domain has no scheme, port or path")]
    Url,
    /// An e-mail address, or a domain with the `@` before it.
    #[error("a domain has no @")]
    AtSign,
    /// A `*` or a leading dot.
    #[error("a pattern is no domain")]
    Pattern,
    /// No dot, a label that is empty or too long, or a character that no domain has.
    #[error("not a domain name")]
    Form,
}

/// Checks a domain name of two or more labels (RFC 1035, section 2.3.4, for the lengths).
/// Names in other scripts are expected in their ASCII form, as registries and certificates
/// hold them.
pub fn check(text: &str) -> Result<(), DomainError> {
    if text.contains('@') {
        return Err(DomainError::AtSign);
    }
    if text.contains(['/', ':', '?', '#']) {
        return Err(DomainError::Url);
    }
    if text.contains('*') || text.starts_with('.') {
        return Err(DomainError::Pattern);
    }
    let labels = text.split('.').count();
    let top_is_a_name = text.rsplit('.').next().is_some_and(|top| {
        top.len() >= 2 && top.starts_with(|first: char| first.is_ascii_alphabetic())
    });
    match labels >= 2 && text.len() <= 253 && top_is_a_name && text.split('.').all(is_label) {
        true => Ok(()),
        false => Err(DomainError::Form),
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_what_is_mistaken_for_one() {
        for good in ["example.com", "a-b.example.co.uk", "xn--bcher-kva.example", "EXAMPLE.com"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (text, error) in [
            ("@example.com", DomainError::AtSign),
            ("https://example.com", DomainError::Url),
            ("example.com:443", DomainError::Url),
            ("*.example.com", DomainError::Pattern),
            (".example.com", DomainError::Pattern),
            ("localhost", DomainError::Form),
            ("10.0.0.1", DomainError::Form),
            ("a..b", DomainError::Form),
            ("-a.com", DomainError::Form),
            ("a com.de", DomainError::Form),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }
}

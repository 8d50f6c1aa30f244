//! Hosts, as settings such as `SMTP_HOST` hold them: a name or an address, and nothing around it.
//!
//! Names follow RFC 1123, section 2.1, and more: `_` is allowed, because Compose services may be
//! called `mail_relay` and Docker's resolver answers for them. Names in other scripts are
//! expected in their ASCII form (RFC 5890).

use super::address;

/// Why a text is no host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// A scheme, a path or user information.
    #[error("a host has no scheme, no path and no user name")]
    Url,
    /// `db:5432`.
    #[error("a host has no port")]
    Port,
    /// `[::1]`: brackets belong to URLs.
    #[error("an IPv6 address stands in brackets only within a URL")]
    Brackets,
    /// `10.0.1`, `1`: some programs take it for an address, and not for the same one.
    #[error("a host whose last part is a number must be a whole address")]
    Numeric,
    /// A character that no host has, or a part that is empty or too long.
    #[error("not a host name and not an address")]
    Form,
}

/// A regular expression (ECMA 262) for the texts that [`check`] accepts, lengths aside.
pub fn pattern() -> String {
    let label = "[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?";
    let tail = "[A-Za-z0-9_-]*[A-Za-z0-9_]";
    // A last part that is not all digits.
    let last = format!("(?:[0-9]*[A-Za-z_](?:{tail})?|[0-9]+-{tail})");
    format!("^(?:(?:{label}\\.)*{last}\\.?|{}|{})$", address::IPV4, address::ipv6_pattern())
}

/// Checks a host name of one or more labels, or an address without brackets. One dot at the end
/// is allowed: it keeps a resolver from trying search domains.
pub fn check(text: &str) -> Result<(), HostError> {
    if address::ip(text).is_ok() {
        return Ok(());
    }
    if text.contains(['/', '?', '#', '@']) {
        return Err(HostError::Url);
    }
    if text.starts_with('[') {
        return Err(HostError::Brackets);
    }
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    if name.len() < text.len() {
        let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        return Err(if digits && is_name(name) { HostError::Port } else { HostError::Form });
    }
    if !is_name(name) {
        return Err(HostError::Form);
    }
    let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or("");
    match last.bytes().all(|b| b.is_ascii_digit()) {
        true => Err(HostError::Numeric),
        false => Ok(()),
    }
}

fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_and_what_is_mistaken_for_one() {
        for good in [
            "localhost",
            "db",
            "mail_relay",
            "_dmarc.example.com",
            "db-1.internal.",
            "3com",
            "1-a",
            "7f3a",
            "0.0.0.0",
            "::",
            "fd00::1",
            "xn--bcher-kva.example",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (text, error) in [
            ("https://example.com", HostError::Url),
            ("user@example.com", HostError::Url),
            ("example.com/path", HostError::Url),
            ("db:5432", HostError::Port),
            ("10.0.0.1:80", HostError::Port),
            ("[::1]", HostError::Brackets),
            ("10.0.1", HostError::Numeric),
            ("010.0.0.1", HostError::Numeric),
            ("80", HostError::Numeric),
            ("fe80::1%eth0", HostError::Form),
            ("", HostError::Form),
            (".", HostError::Form),
            ("a..b", HostError::Form),
            ("-a", HostError::Form),
            ("a-", HostError::Form),
            ("a b", HostError::Form),
            ("bücher.example", HostError::Form),
            (":80", HostError::Form),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
        assert_eq!(check(&"a".repeat(64)), Err(HostError::Form));
        assert_eq!(check(&"a.".repeat(130)), Err(HostError::Form));
    }
}

//! User names and passwords that were put into a URL without encoding them.
//!
//! `postgresql://polyant:p@ss/w0rd@postgres/polyant` is a URL: its host is `ss`. So the fault
//! can not be found by parsing. It is found by what is left behind: an `@` where none belongs.
//! And where a password is interpolated into its place in a URL, that text alone is looked at.

use std::ops::Range;

/// Where a piece of text stands in a URL's user information.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// Before the first colon.
    User,
    /// After it.
    Password,
    /// All of it, with the colon that divides it if there is one.
    Both,
}

/// How user information was found to be unencoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// An `@`, `/`, `?` or `#` ends the part before it was meant to end.
    #[error("the URL's user name or password holds a reserved character that is not encoded")]
    Reserved,
    /// A `%` that starts no encoded byte.
    #[error("the URL's user name or password holds a % that encodes nothing")]
    BadPercent,
}

/// What follows the authority tells little for HTTP, where `@` is common in paths, and
/// everything for data stores, where it is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paths {
    /// `@` may begin a path segment (`/@scope/package`).
    Http,
    /// No `@` is expected in a path.
    Store,
}

/// Looks for signs that a URL's user information was not encoded. The range is that of the user
/// information as far as it can be told: from after `://` to the last `@`.
pub fn check(text: &str, paths: Paths) -> Result<(), (CredentialsError, Range<usize>)> {
    let Some(scheme) = super::scheme(text) else { return Ok(()) };
    let authority = super::authority(text, &scheme);
    let meant = || {
        let last = text.rfind('@').unwrap_or(authority.end);
        authority.start..last.max(authority.start)
    };
    let inside = &text[authority.clone()];
    if spills(inside, &text[authority.end..], paths) {
        return Err((CredentialsError::Reserved, meant()));
    }
    let Some((user_info, _)) = inside.rsplit_once('@') else { return Ok(()) };
    check_part(user_info, Place::Both).map_err(|error| (error, meant()))
}

/// Checks text that is interpolated into a URL's user information.
pub fn check_part(text: &str, place: Place) -> Result<(), CredentialsError> {
    if let (Place::Both, Some((user, password))) = (place, text.split_once(':')) {
        return check_part(user, Place::User).and(check_part(password, Place::Password));
    }
    let reserved = |c: char| match c {
        '@' | '/' | '?' | '#' | '[' | ']' | '\\' => true,
        ':' => place == Place::User,
        _ => c.is_whitespace(),
    };
    if text.contains(reserved) {
        return Err(CredentialsError::Reserved);
    }
    let encodes = |at: usize| {
        text.as_bytes().get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    match text.match_indices('%').all(|(at, _)| encodes(at)) {
        true => Ok(()),
        false => Err(CredentialsError::BadPercent),
    }
}

/// Whether user information runs over into the rest of the URL.
fn spills(authority: &str, rest: &str, paths: Paths) -> bool {
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    let stray = match paths {
        Paths::Store => path.contains('@') || (path.is_empty() && rest.contains('@')),
        Paths::Http => path.match_indices('@').any(|(at, _)| !path[..at].ends_with('/')),
    };
    match authority.matches('@').count() {
        0 => {
            let (_, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
            let cut_off = !authority.starts_with('[') && !port.bytes().all(|b| b.is_ascii_digit());
            match paths {
                Paths::Store => stray,
                Paths::Http => cut_off && rest.contains('@'),
            }
        }
        1 => stray,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_reserved_character_in_a_database_password() {
        for password in ["p@ss/w0rd", "a/b", "ab#c", "a?b", "p@ss", "1/2", "a[b", "100%", "%zz"] {
            let text = format!("postgresql://polyant:{password}@postgres:5432/polyant");
            let range = check(&text, Paths::Store).err().map(|(_, range)| range);
            assert_eq!(
                range.map(|range| text[range].to_owned()),
                Some(format!("polyant:{password}"))
            );
        }
    }

    #[test]
    fn leaves_sound_urls_alone() {
        for text in [
            "postgresql://polyant:p%40ss%2Fw0rd@postgres:5432/polyant",
            "postgresql://polyant:a:b!$&'()*+,;=~@postgres/polyant",
            "postgresql://postgres/polyant?application_name=a@b",
            "postgresql://u:p@h/db?options=a@b#c",
            "postgresql://[::1]:5432/polyant",
            "no url at all @ / #",
        ] {
            assert_eq!(check(text, Paths::Store), Ok(()), "{text}");
        }
        for text in [
            "https://registry.example/@scope/package",
            "https://u:p@registry.example/@scope/package",
            "http://localhost:3000/a@b",
            "https://[::1]/a",
        ] {
            let meets = check(text, Paths::Http);
            assert_eq!(meets, Ok(()), "{text}");
        }
    }

    #[test]
    fn finds_what_spills_into_the_path_of_an_http_url() {
        for text in ["https://u:p@ss/w0rd@host/", "https://u:a/b@host/", "https://u:a#b@host/"] {
            assert!(check(text, Paths::Http).is_err(), "{text}");
        }
    }

    #[test]
    fn a_colon_is_reserved_in_the_user_name_only() {
        assert_eq!(check_part("a:b", Place::Password), Ok(()));
        assert_eq!(check_part("a:b", Place::User), Err(CredentialsError::Reserved));
        assert_eq!(check_part("a:b:c", Place::Both), Ok(()));
        assert_eq!(check_part("a:b@c", Place::Both), Err(CredentialsError::Reserved));
        assert_eq!(check_part("a%4", Place::Password), Err(CredentialsError::BadPercent));
        assert_eq!(check_part("a%é0", Place::Password), Err(CredentialsError::BadPercent));
    }
}

//! What can be said of a secret by looking at it, in words that give nothing of it away.
//!
//! The judgements are public: a kind, never a part, a length or a position. They look only at
//! the part of a value that is secret: of a URL with a password in it, at the password.

mod default_credential;
mod guesses;
mod placeholder;
mod shape;
mod token_form;
mod value;
mod weakness;
mod web_token;
mod words;

pub use guesses::guess_bits;
use placeholder::is_outline;
pub use placeholder::{Placeholder, placeholder};
pub use token_form::{Exposure, TokenForm, token_form};
pub use value::{SecretPart, may_hold_password, token_form_of};
pub use weakness::{MIN_GUESS_BITS, Weakness, weakness};

/// The part of a value that somebody would have to guess: the password of a URL, otherwise the
/// text without white space around it. `None` for a URL without a password.
fn secret_part(text: &str) -> Option<&str> {
    let text = text.trim();
    match url(text) {
        Some(url) => url.password,
        None => Some(text),
    }
}

/// The parts of a URL that matter here.
struct Url<'a> {
    scheme: &'a str,
    password: Option<&'a str>,
}

/// Reads `scheme://user:password@...` (RFC 3986, section 3.2.1); `None` if it is no URL.
fn url(text: &str) -> Option<Url<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        || !scheme.bytes().all(in_scheme)
    {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let credentials = authority.rsplit_once('@').map(|(credentials, _)| credentials);
    let password = credentials.and_then(|both| both.split_once(':')).map(|(_, password)| password);
    Some(Url { scheme, password: password.filter(|password| !password.is_empty()) })
}

/// At least three times one character; separators between do not count.
fn is_one_character(text: &str) -> bool {
    let separator = |c: &char| matches!(c, '-' | '_' | ' ' | ':' | '.');
    let mut characters = text.chars().filter(|c| !separator(c));
    let Some(first) = characters.next() else { return text.len() >= 3 };
    let same = characters.clone().all(|c| c == first);
    same && characters.count() >= 2
}

#[cfg(test)]
mod tests {
    use super::secret_part;

    #[test]
    fn of_a_url_only_the_password_is_secret() {
        for (text, part) in [
            ("  CANARY ", Some("CANARY")),
            ("postgresql://app:CANARY@db:5432/app", Some("CANARY")),
            ("redis://:CANARY@cache", Some("CANARY")),
            ("https://u:a@b:CANARY@host", Some("a@b:CANARY")),
            ("https://user@host", None),
            ("https://host:8080/a@b:c", None),
            ("postgresql://app:@db", None),
            ("a b://x:y@z", Some("a b://x:y@z")),
        ] {
            assert_eq!(secret_part(text), part, "{text}");
        }
    }
}

//! Language tags of BCP 47 (RFC 5646), by their grammar: language, script, region, variants,
//! extensions, private use. Whether a language exists is not looked up.

/// A regular expression (ECMA 262) for the texts that [`check`] accepts.
pub const PATTERN: &str = concat!(
    "^(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{5,8})",
    "(?:-[A-Za-z]{4})?",
    "(?:-(?:[A-Za-z]{2}|[0-9]{3}))?",
    "(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*",
    "(?:-[A-WYZa-wyz0-9](?:-[A-Za-z0-9]{2,8})+)*",
    "(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?$"
);

/// Why a text is no language tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocaleError {
    /// `en_US`: POSIX writes `_`, BCP 47 writes `-`.
    #[error("a language tag is written with -, not with _")]
    Underscore,
    /// `en_US.UTF-8`, `C`, `POSIX`: a locale of the C library.
    #[error("a locale of the C library is no language tag")]
    Posix,
    /// Anything else.
    #[error("not a language tag")]
    Form,
}

/// Checks the grammar of `langtag` in RFC 5646, section 2.1.
pub fn check(text: &str) -> Result<(), LocaleError> {
    if text.contains('.') || matches!(text, "C" | "POSIX") {
        return Err(LocaleError::Posix);
    }
    if text.contains('_') {
        return Err(LocaleError::Underscore);
    }
    if well_formed(text) { Ok(()) } else { Err(LocaleError::Form) }
}

fn well_formed(text: &str) -> bool {
    let subtags: Vec<&str> = text.split('-').collect();
    if subtags.iter().any(|tag| !(1..=8).contains(&tag.len()) || !alphanumeric(tag)) {
        return false;
    }
    let mut rest = subtags.as_slice();
    let Some(language) = take(&mut rest, |tag| alphabetic(tag) && tag.len() != 4) else {
        return false;
    };
    if language.len() < 2 {
        return false;
    }
    if language.len() <= 3 {
        for _ in 0..3 {
            take(&mut rest, |tag| tag.len() == 3 && alphabetic(tag));
        }
    }
    take(&mut rest, |tag| tag.len() == 4 && alphabetic(tag));
    take(&mut rest, |tag| match tag.len() {
        2 => alphabetic(tag),
        3 => tag.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    });
    while take(&mut rest, is_variant).is_some() {}
    while let Some(singleton) = take(&mut rest, |tag| tag.len() == 1) {
        let private = singleton.eq_ignore_ascii_case("x");
        let shortest = if private { 1 } else { 2 };
        let mut values = 0;
        while take(&mut rest, |tag| tag.len() >= shortest).is_some() {
            values += 1;
        }
        if values == 0 {
            return false;
        }
    }
    rest.is_empty()
}

fn is_variant(tag: &str) -> bool {
    tag.len() >= 5 || tag.len() == 4 && tag.starts_with(|first: char| first.is_ascii_digit())
}

fn alphabetic(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_alphabetic())
}

fn alphanumeric(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Takes the first subtag if it fits.
fn take<'a>(rest: &mut &[&'a str], fits: impl Fn(&str) -> bool) -> Option<&'a str> {
    let (first, others) = rest.split_first()?;
    if !fits(first) {
        return None;
    }
    *rest = others;
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_rfc_5646_and_what_is_mistaken_for_one() {
        for good in [
            "en",
            "en-US",
            "zh-Hant-TW",
            "sr-Latn-RS",
            "es-419",
            "de-CH-1996",
            "sl-rozaj-biske",
            "zh-cmn-Hans-CN",
            "en-u-ca-buddhist",
            "de-x-private",
            "EN-us",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (text, error) in [
            ("en_US", LocaleError::Underscore),
            ("en_US.UTF-8", LocaleError::Posix),
            ("C", LocaleError::Posix),
            ("", LocaleError::Form),
            ("e", LocaleError::Form),
            ("english-language-x", LocaleError::Form),
            ("en-", LocaleError::Form),
            ("en-US-US", LocaleError::Form),
            ("en-u", LocaleError::Form),
            ("de-x", LocaleError::Form),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }
}

//! No text makes a kind panic, every range is one of the text, and the regular expressions that
//! stand for the kinds in JSON Schema accept what the functions accept.

use std::ops::Range;

use envlint_types::kinds::key::Encoding;
use envlint_types::kinds::number::NumberError;
use envlint_types::kinds::url::credentials::{self, Paths, Place};
use envlint_types::kinds::{
    boolean, domain, email, key, list, locale, number, origin, time_zone, token, trust_proxy, url,
};
use proptest::prelude::*;
use regex::Regex;

/// Text that looks like what the kinds take apart, and sometimes like nothing.
fn text() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        Just("://"),
        Just("http"),
        Just("postgresql"),
        Just("@"),
        Just(":"),
        Just("/"),
        Just("?"),
        Just("#"),
        Just("["),
        Just("]"),
        Just("%"),
        Just("%4"),
        Just("\\"),
        Just("*"),
        Just(","),
        Just(" "),
        Just("-"),
        Just("_"),
        Just("."),
        Just("+"),
        Just("0"),
        Just("65535"),
        Just("a"),
        Just("A"),
        Just("en"),
        Just("example.com"),
        Just("="),
        Just("\u{e4}"),
        Just("\u{2028}"),
    ];
    prop_oneof![
        3 => prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat()),
        1 => any::<String>(),
    ]
}

fn fits(range: &Range<usize>, text: &str) -> bool {
    text.get(range.clone()).is_some()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_panics_and_every_range_is_one_of_the_text(text in text()) {
        if let Ok(url) = url::parse(&text) {
            for range in [Some(&url.scheme), url.user_info.as_ref(), Some(&url.host),
                url.port.as_ref(), Some(&url.path), url.query.as_ref(), url.fragment.as_ref()]
                .into_iter().flatten()
            {
                prop_assert!(fits(range, &text));
            }
            prop_assert!(!origin::of(&url).is_empty());
        }
        for paths in [Paths::Http, Paths::Store] {
            if let Err((_, range)) = credentials::check(&text, paths) {
                prop_assert!(fits(&range, &text));
            }
        }
        for place in [Place::User, Place::Password, Place::Both] {
            let _ = credentials::check_part(&text, place);
        }
        prop_assert!(list::items(&text).all(|range| fits(&range, &text)));
        let _ = (origin::parse(&text), domain::check(&text), email::check(&text));
        let _ = (locale::check(&text), time_zone::find(&text), number::number(&text));
        let _ = (trust_proxy::parse(&text), boolean::meaning(&text), token::check(&text, 3));
        for encoding in [Encoding::Hex, Encoding::Base64] {
            let _ = key::decode(&text, encoding, 4);
        }
    }

    /// A well-formed URL whose parts were chosen is taken apart into these parts.
    #[test]
    fn a_url_has_the_parts_that_it_was_made_of(
        user in "[a-z]{1,5}", password in "[a-z0-9:!~]{0,8}", host in "[a-z][a-z0-9.-]{0,10}",
        port in 0u16.., path in "(/[a-z0-9@._-]{0,5}){0,3}",
    ) {
        let text = format!("https://{user}:{password}@{host}:{port}{path}?a=b#c");
        let url = url::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        prop_assert_eq!((url.host(), url.path()), (host.as_str(), path.as_str()));
        prop_assert_eq!(url.port_or_default(), Some(port));
        let user_info = url.user_info.as_ref().map(|range| url.part(range));
        prop_assert_eq!(user_info, Some(&*format!("{user}:{password}")));
    }
}

/// A kind's regular expression and whether a text is of the kind.
type Kind = (&'static str, Regex, fn(&str) -> bool);

fn kinds() -> Vec<Kind> {
    let regex = |pattern: &str| Regex::new(pattern).unwrap();
    let http = ["http", "https"];
    vec![
        ("integer", regex(number::INTEGER), |text| number::integer(text).is_ok()),
        ("not negative", regex(number::NOT_NEGATIVE), |text| {
            number::integer(text).is_ok_and(|number| number >= 0)
        }),
        ("positive", regex(number::POSITIVE), |text| number::integer(text).is_ok_and(|n| n > 0)),
        ("number", regex(number::NUMBER), |text| number::number(text).is_ok()),
        ("port", regex(number::PORT), |text| {
            number::integer(text).is_ok_and(|port| (1..=65535).contains(&port))
        }),
        ("trust", regex(trust_proxy::PATTERN), |text| trust_proxy::parse(text).is_ok()),
        ("domain", regex(&format!("^{}$", domain::PATTERN)), |text| domain::check(text).is_ok()),
        ("email", regex(&email::pattern()), |text| email::check(text).is_ok()),
        ("locale", regex(locale::PATTERN), |text| locale::check(text).is_ok()),
        ("hex key", regex(&key::pattern(Encoding::Hex, 2)), |text| {
            key::decode(text, Encoding::Hex, 2).is_ok()
        }),
        ("base64 key", regex(&key::pattern(Encoding::Base64, 2)), |text| {
            key::decode(text, Encoding::Base64, 2).is_ok()
        }),
        ("url", regex(&url::pattern(&http, false)), |text| {
            url::parse(text).is_ok_and(|url| url.has_scheme(&["http", "https"]))
        }),
        ("database", regex(&url::pattern(&["postgresql"], true)), |text| {
            url::parse(text).is_ok_and(|url| {
                url.has_scheme(&["postgresql"]) && url::check_database(&url).is_ok()
            })
        }),
    ]
}

/// Whether a text has the form of its kind and is a number too large to be held: no expression
/// can tell. `envlint_schema::EXPRESSED` says so of these kinds.
fn is_beyond(kind: &str, text: &str) -> bool {
    let only_digits = || text.trim_start_matches(['+', '-']).bytes().all(|b| b.is_ascii_digit());
    let integer = || number::integer(text).err().filter(|_| only_digits());
    match kind {
        "number" => number::number(text) == Err(NumberError::TooLarge),
        "integer" => matches!(integer(), Some(NumberError::TooLarge | NumberError::TooSmall)),
        "not negative" | "positive" => integer() == Some(NumberError::TooLarge),
        _ => false,
    }
}

#[test]
fn the_expressions_accept_what_the_functions_accept() {
    // One run over many texts for each expression: compiling them is the slow part.
    let kinds = kinds();
    let alphabets = [
        "[-+0-9.eE]{0,6}",
        "[0-9]{0,6}",
        "[+-]?[0-9]{17,20}",
        "-?[1-9][0-9]{0,2}e30[789]",
        "(?:true|false|[+-]?[0-9]{1,4})",
        "[a-zA-Z0-9.-]{0,14}",
        "[a-z.'+-]{0,5}@[a-z0-9.-]{0,10}",
        "[a-zA-Z0-9]{1,4}(?:-[a-z0-9]{1,5}){0,4}",
        "[0-9a-fA-F]{0,5}",
        "[A-Za-z0-9+/_-]{2,4}={0,2}",
        "(?:http|https|HTTP|ftp)(?:://|:/)[a-z@:0-9/?#.\\[\\]%]{0,12}",
        "postgresql://[a-z@:0-9/?#.\\[\\]]{0,14}",
    ];
    for alphabet in alphabets {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(1000));
        runner
            .run(&proptest::string::string_regex(alphabet).unwrap(), |text| {
                for (name, regex, accepts) in &kinds {
                    let accepted = accepts(&text) || is_beyond(name, &text);
                    prop_assert_eq!(regex.is_match(&text), accepted, "{} {:?}", name, text);
                }
                Ok(())
            })
            .unwrap();
    }
}

/// What is listed as not expressed is not: the difference is there, and it is this one.
#[test]
fn no_expression_tells_that_a_number_is_too_large_to_be_held() {
    const DIGITS: &str = "9223372036854775808";
    let beyond = [
        ("number", "1e310"),
        ("number", "-1e310"),
        ("integer", DIGITS),
        ("integer", "-9223372036854775809"),
        ("not negative", DIGITS),
        ("positive", DIGITS),
    ];
    let kinds = kinds();
    for (kind, text) in beyond {
        let (_, regex, accepts) = kinds.iter().find(|(name, ..)| *name == kind).unwrap();
        assert!(is_beyond(kind, text) && regex.is_match(text) && !accepts(text), "{kind} {text}");
    }
    let held = [("number", "1e308"), ("integer", "-9223372036854775808"), ("integer", "1e310")];
    assert!(held.iter().all(|(kind, text)| !is_beyond(kind, text)));
}

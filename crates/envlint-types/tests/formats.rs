//! The formats and measures against what is said of them: nothing panics, regular expressions
//! match what the functions accept, and where another program is at hand, it agrees.

use envlint_types::kinds::format::Format;
use envlint_types::kinds::quantity::{self, Measure};
use envlint_types::kinds::{json, regex as expressions};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use regex::Regex;

/// Texts that are nearly of a format, by what they are made of.
const ALPHABETS: [&str; 22] = [
    "[a-z0-9_.-]{0,12}",
    "[A-Za-z0-9]{1,3}(?:[.:-][A-Za-z0-9_-]{0,3}){0,4}",
    "(?:25[0-9]|[0-9]{1,3})(?:\\.(?:25[0-9]|[0-9]{1,3})){3}(?:/[0-9]{1,3})?",
    "(?:[0-9a-f]{1,4}:){0,8}(?:::?)?(?:[0-9A-F]{1,5}:?){0,4}(?:1\\.2\\.3\\.4)?(?:/[0-9]{1,3})?",
    "::(?:[0-9a-f]{1,4}:){0,7}(?:[0-9a-f]{1,4}|1\\.2\\.3\\.4)",
    "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-f]{11,13}",
    "[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}(?:-[0-9a-z.-]{0,5})?(?:\\+[0-9a-z.-]{0,5})?",
    "(?:[0-9*]{1,2}(?:[-/,][0-9]{1,2}){0,2} ){4,5}[0-9*](?:[-/,][0-9]){0,2}",
    "\\* 1[0-9] [0-4][0-9]? (?:[A-Fa-f][AaEe][BbNnRr](?:-[Dd]ec)?) [FfMm][Oor][Nni](?:-sat/2)?",
    "@[a-z]{5,7}",
    "(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]",
    "2030-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](?:\\.[0-9]?)?[Zz+]?",
    "2030-01-31T23:59:(?:59|60)(?:[Zz]|[+-][0-2][0-9]:[0-6][0-9])",
    "[A-Z]?[:/\\\\~.]{0,3}[a-z]{0,3}[\\x00-\\x20]?",
    "[\\[\\]{}:,\" 0-9a]{0,8}",
    "(?:\\{\"a\":|\\[){0,3}(?:-?[0-9.eE+]{1,4}|true|\"\\\\[nu][0-9a]{0,4}\")[\\]}]{0,3}",
    "[\\[\\]()?*+|\\\\^a:]{0,10}",
    "[A-Za-z0-9_-]{0,5}(?:\\.[A-Za-z0-9_-]{0,5}){0,3}",
    "age1(?:[qpz]{58}|[a-c.-]{0,3}1[qpz]{5,9})",
    "[a-z.'+-]{1,3}@[a-z0-9-]{1,3}\\.[a-z]{1,3}",
    "[a-zA-Z]{2,4}(?:-[A-Za-z0-9]{2,5}){0,2}",
    "(?:[0-9]{1,3}(?:\\.[0-9])?(?:ns|ms|[smhdwkKgbB%]|[kM][iI]?[bB])?){1,2}",
];

/// An example with a character left out, doubled, or put in the place of another.
fn nearly() -> impl Strategy<Value = String> {
    let formats = prop::sample::select(Format::ALL.to_vec());
    (formats, any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4u8).prop_map(
        |(format, at, other, how)| {
            let mut text: Vec<char> = format.example().chars().collect();
            let (at, other) = (at.index(text.len()), other.index(text.len()));
            match how {
                0 => drop(text.remove(at)),
                1 => text.insert(at, text[at]),
                2 => text[at] = text[other],
                _ => text.swap(at, other),
            }
            text.into_iter().collect()
        },
    )
}

/// Every format that has a regular expression, with it.
fn expressible() -> Vec<(Format, Regex)> {
    let compiled = |format: Format| Some((format, Regex::new(&format.pattern()?).unwrap()));
    Format::ALL.into_iter().filter_map(compiled).collect()
}

fn agree(formats: &[(Format, Regex)], text: &str) -> Result<(), TestCaseError> {
    for (format, regex) in formats {
        let (accepts, matches) = (format.accepts(text), regex.is_match(text));
        let name = format.name();
        prop_assert!(matches || !accepts, "{} is accepted, not matched: {:?}", name, text);
        if format.beyond_pattern().is_empty() {
            prop_assert_eq!(matches, accepts, "{} {:?}", name, text);
        }
    }
    Ok(())
}

#[test]
fn expressions_match_what_is_accepted() {
    let formats = expressible();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(1000));
    for alphabet in ALPHABETS {
        runner.run(&string_regex(alphabet).unwrap(), |text| agree(&formats, &text)).unwrap();
    }
    runner.run(&nearly(), |text| agree(&formats, &text)).unwrap();
    runner.run(&any::<String>(), |text| agree(&formats, &text)).unwrap();
}

/// What is said to be beyond an expression is: without it, the next test would prove nothing.
#[test]
fn what_is_beyond_an_expression_is_told() {
    let beyond = [
        (Format::Email, format!("a@{}com", "a.".repeat(130))),
        (Format::Domain, format!("{}com", "a.".repeat(130))),
        (Format::Host, "a".repeat(64)),
        (Format::SemVer, "1.2.99999999999999999999".to_owned()),
        (Format::Cron, "0 18-8 * * *".to_owned()),
        (Format::PemCertificate, "-----BEGIN CERTIFICATE-----".to_owned()),
        (Format::PemKey, "-----BEGIN PRIVATE KEY-----".to_owned()),
        (Format::Jwt, "e30.e30.Q0FO".to_owned()),
        (Format::AgeRecipient, Format::AgeRecipient.example().replace("5cu47z", "5cu47q")),
        (Format::Date, "2030-02-30".to_owned()),
        (Format::DateTime, "2030-02-30T00:00:00Z".to_owned()),
    ];
    for (format, regex) in expressible() {
        let case = beyond.iter().find(|(of, _)| *of == format);
        assert_eq!(case.is_none(), format.beyond_pattern().is_empty(), "{}", format.name());
        if let Some((_, text)) = case {
            assert!(regex.is_match(text) && !format.accepts(text), "{}", format.name());
        }
    }
}

/// The texts above decide something: every format accepts some and refuses others, but for those
/// that no chance brings about.
#[test]
fn the_texts_are_near_enough_to_tell() {
    let improbable = [
        Format::TimeZone,
        Format::PemCertificate,
        Format::PemKey,
        Format::Jwt,
        Format::AgeRecipient,
    ];
    let mut runner = TestRunner::deterministic();
    let mut texts = Vec::new();
    for alphabet in ALPHABETS {
        let strategy = string_regex(alphabet).unwrap();
        for _ in 0..200 {
            texts.push(strategy.new_tree(&mut runner).unwrap().current());
        }
    }
    for format in Format::ALL.into_iter().filter(|format| !improbable.contains(format)) {
        let accepted = texts.iter().filter(|text| format.accepts(text)).count();
        assert!(0 < accepted && accepted < texts.len(), "{} {accepted}", format.name());
    }
}

#[test]
fn measures_read_what_their_expressions_match() {
    let kinds: Vec<(Measure, bool, Regex)> = Measure::ALL
        .into_iter()
        .flat_map(|measure| [(measure, false), (measure, true)])
        .map(|(measure, bare)| {
            (measure, bare, Regex::new(&quantity::pattern(measure, bare)).unwrap())
        })
        .collect();
    let alphabets = [
        ALPHABETS[21],
        "[0-9.]{1,4}[a-zA-Z%\u{b5}\u{3bc}]{0,3}",
        "P(?:[0-9]{1,2}[WD]){0,2}(?:T(?:[0-9]{1,2}(?:\\.[0-9])?[HMS]){0,3})?",
        "0{0,2}1?[0-9]{2}(?:\\.0)?%?",
    ];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(2000));
    for alphabet in alphabets {
        let read = |text: String| {
            for (measure, bare, regex) in &kinds {
                let unit = measure.units().first().copied().filter(|_| *bare);
                let read = quantity::parse(&text, *measure, unit);
                let name = measure.name();
                prop_assert_eq!(regex.is_match(&text), read.is_ok(), "{} {:?}", name, text);
            }
            Ok(())
        };
        runner.run(&string_regex(alphabet).unwrap(), read).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn json_is_what_serde_json_reads(
        text in prop_oneof![string_regex(ALPHABETS[14]).unwrap(), string_regex(ALPHABETS[15]).unwrap()],
    ) {
        let read = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(json::check(&text).is_ok(), read);
    }

    #[test]
    fn what_one_engine_reads_is_an_expression(text in string_regex(ALPHABETS[16]).unwrap()) {
        prop_assert!(expressions::check(&text).is_ok() || Regex::new(&text).is_err());
    }
}

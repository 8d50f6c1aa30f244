//! Where all readers agree, envlint's agree too, and with the crate `dotenvy`, which runs here.

mod dotenv_support;

use std::collections::BTreeMap;

use dotenv_support::{Variables, read};
use envlint_model::Reader;
use proptest::prelude::*;

/// What the crate `dotenvy` makes of a text. It sets variables as it goes, and leaves alone what
/// is set already: the first of several assignments wins.
fn dotenvy(text: &str) -> Variables {
    let mut variables = BTreeMap::new();
    for item in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = item.ok()?;
        variables.entry(name).or_insert(value);
    }
    Some(variables)
}

/// A value in a spelling on which no two readers are known to differ.
fn spelling() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[A-Za-z0-9_%+,./:@!*?^{}-][A-Za-z0-9_%+,./@!*?^=éж名{}-]{0,20}",
        "'[ A-Za-z0-9_%+,./:@!*?^#&|;<>()\"`$é名-]{0,20}'",
        "\"[ A-Za-z0-9_%+,./:@!*?^#&|;<>()'é名\n-]{0,20}\"",
    ]
}

fn line() -> impl Strategy<Value = String> {
    let comment = "#[ A-Za-z0-9='-]{0,20}\n";
    let assignment =
        ("[A-Z_][A-Z0-9_]{0,8}", spelling()).prop_map(|(name, value)| format!("{name}={value}\n"));
    prop_oneof![1 => comment, 1 => Just("\n".to_owned()), 6 => assignment]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn portable_files_read_the_same_everywhere(
        lines in proptest::collection::vec(line(), 0..8),
    ) {
        // Readers differ on which of two assignments wins, so every name is used once.
        let number = |(at, line): (usize, &String)| line.replacen('=', &format!("_{at}="), 1);
        let text: String = lines.iter().enumerate().map(number).collect();
        let nothing = BTreeMap::new();
        let expected = dotenvy(&text);
        prop_assert!(expected.is_some(), "{:?}", text);
        for reader in Reader::DOTENV {
            prop_assert_eq!(&read(&text, reader, &nothing), &expected, "{} reads {:?}", reader, text);
        }
    }
}

/// The recording of `dotenvy` against the crate itself, so that the recording is known to be one.
#[test]
fn the_recording_of_dotenvy_is_what_the_crate_does() {
    let recording = dotenv_support::Recording::load();
    let mut compared = 0;
    for snippet in &recording.snippets {
        // The crate looks references up in the process environment, which is not the recorded
        // one.
        if !snippet.text.contains('$') && !snippet.text.starts_with('\u{feff}') {
            assert_eq!(
                dotenvy(&snippet.text),
                snippet.expected["dotenvy@0.15.7"],
                "{}",
                snippet.name
            );
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}

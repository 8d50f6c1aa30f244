//! Every reader against the recording of the program that it stands for.

mod dotenv_support;

use std::collections::BTreeMap;

use dotenv_support::{Recording, read};
use envlint_model::Reader;

const READERS: [(Reader, &str); 2] =
    [(Reader::Compose, "compose-go@2.13.0"), (Reader::Dotenv, "dotenv@17.4.2")];

#[test]
fn reads_every_recorded_file_as_the_program_does() {
    let recording = Recording::load();
    assert!(recording.snippets.len() > 300);
    for (reader, program) in READERS {
        let wrong: Vec<String> = recording
            .snippets
            .iter()
            .filter_map(|snippet| {
                let expected = snippet.expected.get(program).expect("recorded");
                let got = read(&snippet.text, reader, &recording.environment);
                (got != *expected)
                    .then(|| format!("{}: {got:?} instead of {expected:?}", snippet.name))
            })
            .collect();
        assert!(wrong.is_empty(), "{program}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_recording_tells_the_readers_apart() {
    let recording = Recording::load();
    let differ = |snippet: &&dotenv_support::Snippet| {
        let answers: BTreeMap<_, _> = snippet.expected.values().map(|a| (a, ())).collect();
        answers.len() > 1
    };
    assert!(recording.snippets.iter().filter(differ).count() > 100);
}

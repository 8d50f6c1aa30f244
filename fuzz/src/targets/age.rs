//! An encrypted file: header, armor and content.

use envlint_model::{FilePath, MemoryFiles, ProcessEnvironment};
use envlint_secrets::{AgeFile, Identities, decrypt, is_age};

const IDENTITY: &[u8] = include_bytes!("../../../fixtures/age/identity.txt");

/// In every value of the fixtures that can be decrypted.
const CANARY: &str = "CANARY";

/// An age file, and a file of identities that holds the same bytes.
pub(super) fn age(bytes: &[u8]) {
    let files = MemoryFiles::new().with("identity.txt", IDENTITY).with("input.txt", bytes);
    let environment = ProcessEnvironment::default();
    let root = FilePath::new("");
    let identities = Identities::new(&files, &environment)
        .file("the test", &root, "identity.txt")
        .file("the test", &root, "input.txt");

    if let Ok(file) = AgeFile::parse(bytes) {
        assert!(is_age(bytes));
        assert!(file.recipients().total() > 0, "a file for nobody");
    }
    if let Err(error) = decrypt(bytes, &identities) {
        let told = format!("{error} {error:?} {}", error.help());
        assert!(!told.contains(CANARY), "an error repeats what it could not read");
    }
    for note in identities.notes() {
        let told = format!("{note:?} {} {}", note.message(), note.help());
        assert!(!told.contains("AGE-SECRET-KEY-"), "an error repeats an identity");
    }
}

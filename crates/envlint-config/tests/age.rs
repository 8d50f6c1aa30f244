//! Encrypted files as sources. The fixture and its identity are those of the decryption tests.
#![cfg(feature = "age")]

use envlint_config::secrecy::ExposeSecret;
use envlint_config::{JsonSchema, Loader, MemoryFiles, Reader, SecretString};
use serde::Deserialize;

const FILE: &[u8] = include_bytes!("../../../fixtures/age/binary.age");
const IDENTITY: &str = include_str!("../../../fixtures/age/identity.txt");
const OTHER: &str = include_str!("../../../fixtures/age/other-identity.txt");

#[derive(Deserialize, JsonSchema, Debug)]
struct Vault {
    #[serde(rename = "NOT_IN_IT")]
    _missing: String,
}

fn told(identity: &str, file: &[u8]) -> Vec<String> {
    let files = MemoryFiles::new().with("vault.age", file).with("identity.txt", identity);
    let loader = Loader::new().files(files).identity_file("identity.txt");
    let error = loader.age_file("vault.age", Reader::Dotenv).load::<Vault>().unwrap_err();
    assert!(!format!("{error:?}").contains("CANARY"));
    error.errors().map(|mistake| mistake.message().to_owned()).collect()
}

#[test]
fn an_encrypted_file_is_a_source() {
    #[derive(Deserialize, JsonSchema)]
    struct Held {
        #[serde(rename = "AUTH_SECRET")]
        held: SecretString,
    }

    let files = MemoryFiles::new().with("vault.age", FILE).with("identity.txt", IDENTITY);
    let loader = Loader::new().files(files).identity_file("identity.txt");
    let held: Held = loader.age_file("vault.age", Reader::Dotenv).load().unwrap();
    assert!(held.held.expose_secret().contains("CANARY"));
}

#[test]
fn what_decrypts_is_known_to_lack_what_it_lacks() {
    assert_eq!(told(IDENTITY, FILE), ["NOT_IN_IT is not set, and is required"]);
}

#[test]
fn what_does_not_decrypt_is_the_only_mistake() {
    for (identity, file) in [(OTHER, FILE), (IDENTITY, b"CANARY=1"), (IDENTITY, &FILE[..90])] {
        let told = told(identity, file);
        assert!(matches!(&*told, [one] if one.starts_with("vault.age ")), "{told:?}");
    }
}

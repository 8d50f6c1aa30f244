//! The recorded files of sops, and the identities that they are encrypted for.
#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U32;
use aes_gcm::aead::generic_array::GenericArray;
use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::aes::Aes256;
use envlint_model::{FilePath, Form, MemoryFiles, ProcessEnvironment, SourceFile, Sources};
use envlint_secrets::Identities;
use sha2::Digest;

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sops").join(path)
}

/// A recorded file.
pub(crate) fn read(path: &str) -> Vec<u8> {
    fs::read(fixture(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names in a directory of recorded files, sorted.
pub(crate) fn names_in(path: &str) -> Vec<String> {
    let entries = fs::read_dir(fixture(path)).unwrap().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The bytes as a file of their own.
pub(crate) fn source(bytes: &[u8]) -> Arc<SourceFile> {
    let text: Box<str> = str::from_utf8(bytes).unwrap().into();
    Sources::default().add(FilePath::new("secrets.enc"), Form::Plain, text.into())
}

/// The identity files of one test, and no process around them.
#[derive(Default)]
pub(crate) struct Files {
    files: MemoryFiles,
    names: Vec<String>,
    environment: ProcessEnvironment,
}

impl Files {
    /// Adds one of `identities/`.
    pub(crate) fn with(self, name: &str) -> Self {
        self.and(name, &format!("identities/{name}"))
    }

    fn and(mut self, name: &str, path: &str) -> Self {
        self.files = self.files.with(name, read(path));
        self.names.push(name.to_owned());
        self
    }

    /// Every identity that a recorded file is for.
    pub(crate) fn with_all_identities() -> Self {
        ["alice.txt", "bob.txt", "ops.txt"]
            .into_iter()
            .fold(Self::default(), Self::with)
            .and("rops.txt", "third_party/rops/key.txt")
            .and("secretspec.txt", "third_party/secretspec/key.txt")
            .and("sops-nix.txt", "third_party/sops-nix/age-keys.txt")
    }

    pub(crate) fn identities(&self) -> Identities<'_> {
        let base = FilePath::new("");
        let start = Identities::new(&self.files, &self.environment);
        self.names.iter().fold(start, |identities, name| identities.file("the test", &base, name))
    }
}

/// Writes SOPS files with the data key of a recorded one, which alice may open. What sops itself
/// would never write can be tested only so.
pub(crate) struct Writer {
    cipher: AesGcm<Aes256, U32>,
    wrapped: String,
}

/// When every written file says that it was written.
const STAMP: &str = "2026-11-20T16:04:52Z";

impl Writer {
    pub(crate) fn new() -> Self {
        let recorded: serde_json::Value =
            serde_json::from_slice(&read("enc/secrets.enc.json")).unwrap();
        let wrapped = recorded["sops"]["age"][0]["enc"].as_str().unwrap().to_owned();
        let alice = Files::default().with("alice.txt");
        let key = envlint_secrets::decrypt(wrapped.as_bytes(), &alice.identities()).unwrap();
        Self { cipher: AesGcm::new_from_slice(&key).unwrap(), wrapped }
    }

    /// An encrypted value under names that each end with a colon.
    pub(crate) fn value(&self, names: &str, kind: &str, text: &[u8]) -> String {
        let mut data = text.to_vec();
        let iv = [7; 32];
        let tag = self
            .cipher
            .encrypt_in_place_detached(GenericArray::from_slice(&iv), names.as_bytes(), &mut data)
            .unwrap();
        let (data, iv, tag) = (base64(&data), base64(&iv), base64(&tag));
        format!("ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:{kind}]")
    }

    /// A JSON file of these members, whose MAC is over `counted`, and whose metadata has `more`.
    pub(crate) fn json(&self, members: &str, counted: &[u8], more: &str) -> Vec<u8> {
        let hash = sha2::Sha512::digest(counted);
        let hex: String = hash.iter().map(|byte| format!("{byte:02X}")).collect();
        let mac = self.value(STAMP, "str", hex.as_bytes());
        let wrapped = serde_json::Value::from(self.wrapped.as_str());
        format!(
            r#"{{{members}, "sops": {{"age": [{{"recipient": "age1alice", "enc": {wrapped}}}],
            "lastmodified": "{STAMP}", "mac": "{mac}"{more}}}}}"#
        )
        .into_bytes()
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |chunk: &[u8]| {
        let bits = (0..3)
            .fold(0_u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        let digit = |at: usize| char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63]);
        (0..4).map(|at| if at <= chunk.len() { digit(at) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

//! A file of SOPS in any format, and the rules of a `.sops.yaml`.

use envlint_model::{FilePath, MemoryFiles, ProcessEnvironment};
use envlint_parse::yaml;
use envlint_secrets::Identities;
use envlint_secrets::sops::{CreationRules, SopsFile, Store};

use super::{assert_within, source};

/// The identities of the recorded files.
const IDENTITIES: [&[u8]; 4] = [
    include_bytes!("../../../fixtures/sops/identities/alice.txt"),
    include_bytes!("../../../fixtures/sops/third_party/rops/key.txt"),
    include_bytes!("../../../fixtures/sops/third_party/secretspec/key.txt"),
    include_bytes!("../../../fixtures/sops/third_party/sops-nix/age-keys.txt"),
];

/// What decrypts has a place for each value, and as many values as can be seen without a key.
pub(super) fn sops(bytes: &[u8]) {
    let Some(source) = source(bytes) else { return };
    let (document, _) = yaml::parse(&source);
    let (rules, errors) = CreationRules::parse(&document);
    let places = rules.all().iter().map(|rule| rule.span);
    let recipients = rules.all().iter().flat_map(|rule| rule.recipients());
    let places = places.chain(recipients.map(|recipient| recipient.span));
    places.chain(errors.iter().map(|error| error.span)).for_each(|at| assert_within(&source, at));
    let _ = rules.for_path("secrets/production.yaml");

    let files = MemoryFiles::new().with("keys.txt", IDENTITIES.join(&b'\n'));
    let environment = ProcessEnvironment::default();
    let root = FilePath::new("");
    let identities = Identities::new(&files, &environment).file("the test", &root, "keys.txt");
    let file = match SopsFile::parse(&source) {
        Ok(file) => file,
        Err(error) => {
            error.span().into_iter().for_each(|at| assert_within(&source, at));
            return;
        }
    };
    assert_eq!(Some(file.store()), Store::detect(source.text()));
    file.metadata().recipients().for_each(|found| assert_within(&source, found.span));
    let Ok((outline, faults)) = file.outline() else { return };
    faults.iter().filter_map(|fault| fault.span()).for_each(|at| assert_within(&source, at));
    match file.decrypt(&identities) {
        Ok(tree) => {
            assert!(faults.is_empty(), "a value that is known to be wrong came out");
            let (leaves, outlined) = (tree.leaves(), outline.leaves());
            assert_eq!(leaves.len(), outlined.len());
            for ((names, at, leaf), (outlined, _, _)) in leaves.iter().zip(outlined) {
                assert_within(&source, *at);
                assert!(*names == outlined && !leaf.is_closed());
            }
        }
        Err(error) => {
            error.span().into_iter().for_each(|at| assert_within(&source, at));
            assert!(!error.to_string().is_empty() && !error.help().is_empty());
        }
    }
}

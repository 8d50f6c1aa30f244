//! A manifest, from TOML to a project.

use std::sync::Arc;

use envlint_model::MemoryFiles;
use envlint_parse::Documents;
use envlint_parse::de::{MAX_FIELD_ERRORS, from_node};
use envlint_project::{MANIFEST, Manifest, load};

/// Files that manifests name.
const SCHEMA: &[u8] = include_bytes!("../../../schemas/polyant/web.schema.json");

/// `envlint.toml`, beside a schema that it may name.
pub(super) fn manifest(bytes: &[u8]) {
    let files = MemoryFiles::new().with(MANIFEST, bytes).with("x.schema.json", SCHEMA);
    let documents = Documents::new(Arc::new(files));
    if let Ok(parsed) = documents.toml(&MANIFEST.into())
        && let Some(root) = parsed.document.root()
    {
        let (_, errors) = from_node::<Manifest>(root);
        assert!(errors.len() <= MAX_FIELD_ERRORS + 1, "more errors than anybody reads");
    }
    match load(&documents, "production") {
        Ok(project) => assert!(!project.environments.is_empty(), "nothing to check"),
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a word");
            for place in errors.iter().filter_map(|error| error.place) {
                assert!(documents.sources().get(place.file).is_some());
            }
        }
    }
}

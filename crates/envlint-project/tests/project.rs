//! What there is to check, with and without a manifest.

use std::sync::Arc;

use envlint_model::{
    FilePath, Files, MemoryFiles, Metadata, ReadError, ReadErrorKind, Walk, Zeroizing,
};
use envlint_parse::Documents;
use envlint_parse::de::MAX_FIELD_ERRORS;
use envlint_project::{MANIFEST, MAX_ENVIRONMENTS, ManifestError, Project, SourceKind, load};

fn project(files: impl Files + 'static) -> Result<Project, Vec<ManifestError>> {
    load(&Documents::new(Arc::new(files)), "production")
}

/// A directory in which `envlint.toml` can not be read.
struct Unreadable(ReadErrorKind);

impl Files for Unreadable {
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        let kind = if path.as_str() == MANIFEST { self.0 } else { ReadErrorKind::NotFound };
        Err(ReadError::new(path, kind))
    }

    fn metadata(&self, _: &FilePath) -> Option<Metadata> {
        None
    }

    fn list(&self, _: &FilePath) -> Result<Vec<FilePath>, ReadError> {
        Ok(vec![MANIFEST.into()])
    }

    fn walk(&self) -> Walk {
        Walk::default()
    }
}

#[test]
fn without_a_manifest_what_is_found_is_checked() {
    let files = MemoryFiles::new().with("compose.yaml", "").with(".env", "");
    let project = project(files).ok().unwrap();
    assert!(project.manifest.is_none());
    assert_eq!(project.environments[0].name.as_str(), "production");
    assert!(matches!(&project.sources[0].kind, SourceKind::Compose(files) if files.len() == 1));
}

/// Passing such a manifest by would check by other rules than somebody meant.
#[test]
fn a_manifest_that_can_not_be_read_is_no_missing_one() {
    assert!(project(Unreadable(ReadErrorKind::NotFound)).is_ok());
    for kind in [ReadErrorKind::LinkToNothing, ReadErrorKind::LinkLoop, ReadErrorKind::NotAFile] {
        let errors = project(Unreadable(kind)).err().unwrap();
        let told: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(told, [format!("envlint.toml {kind}")]);
    }
}

#[test]
fn what_is_declared_goes_before_what_is_found() {
    let manifest = "version = 1\nsources.compose.file = \"app.env\"\n\
                    services.web.sources = [\"compose\"]\nservices.engine.port = 80\n";
    let files = MemoryFiles::new().with("envlint.toml", manifest).with("compose.yaml", "");
    let project = project(files).ok().unwrap();
    let kind = |service: &str| {
        let service = project.services.iter().find(|other| &*other.name == service).unwrap();
        matches!(project.sources[service.sources[0]].kind, SourceKind::File { .. })
    };
    assert!(kind("web"), "web names the source that the manifest declares");
    assert!(!kind("engine"), "engine names none, and gets what was found");
}

#[test]
fn environments_are_bounded() {
    let manifest = |count: usize| {
        let tables: String = (0..count).map(|at| format!("[environments.e{at}]\n")).collect();
        project(MemoryFiles::new().with("envlint.toml", format!("version = 1\n{tables}")))
    };
    assert!(manifest(MAX_ENVIRONMENTS).is_ok());
    let errors = manifest(MAX_ENVIRONMENTS + 1).err().unwrap();
    let told: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(told, ["a manifest has at most 100 environments"]);
}

/// Guessing for each of them what was meant would take minutes.
#[test]
fn mistakes_are_bounded() {
    let manifest = |unknown: &str| {
        let members: String = (0..5_000).map(|at| format!("\"*.{unknown}{at}\",")).collect();
        let variables: String = (0..5_000).map(|at| format!("VARIABLE_{at}={{}}\n")).collect();
        let manifest = format!(
            "version = 1\n[services.web]\nsources = [\"nothing\"]\n\
             [services.web.variables]\n{variables}\
             [[relations]]\ndistinct-across-environments = [{members}]\n"
        );
        project(MemoryFiles::new().with(MANIFEST, manifest)).err().unwrap().len()
    };
    assert_eq!(manifest("QXZW"), 1);
    assert_eq!(manifest("VARIABEL_"), MAX_FIELD_ERRORS);
}

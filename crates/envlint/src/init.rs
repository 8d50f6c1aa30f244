//! A first manifest for files that have none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_author::{Draft, FilesSeen, Seen, Survey};
use envlint_model::{
    FilePath, Files, MAX_FILE_BYTES, Metadata, Name, ProcessEnvironment, ReadError, ReadErrorKind,
    Reader, Walk, Zeroizing,
};
use envlint_parse::Documents;
use envlint_project::MANIFEST;
use envlint_secrets::Identities;

use crate::CheckError;
use crate::check::ONLY_ENVIRONMENT;

/// A manifest of what is found below the root of `files`, as text: environments, sources and
/// services, with what led to each guess. A manifest that is there is not looked at. Values are
/// not looked at either: names of files and variables tell all that is guessed.
///
/// # Errors
///
/// When nothing is found that a manifest could speak of.
pub fn draft(files: Arc<dyn Files>) -> Result<Draft, CheckError> {
    let discovered = envlint_project::discover(&*files);
    let survey = Survey::of(&files.walk().files, &discovered.nginx);
    if survey.is_empty() {
        let problem = format!(
            "cannot write {MANIFEST}: no Compose file, environment file or nginx configuration is here"
        );
        let help = "name the directory that a deploy is made from: `envlint init PATH`";
        return Err(CheckError::told(problem, help));
    }
    let (seen, by_compose, documents) = look(&files, &envlint_author::skeleton(&survey))?;
    let names = discovered.dotenv.iter().map(|path| (path.clone(), names_in(&documents, path)));
    let files_seen = FilesSeen { by_compose, names: names.collect() };
    let draft = envlint_author::draft(&survey, &seen, &files_seen);
    // What a check would refuse is nothing to begin with.
    look(&files, &draft.manifest)?;
    Ok(draft)
}

/// The names that a dotenv file assigns; none if it can not be read.
fn names_in(documents: &Documents, path: &FilePath) -> BTreeSet<Name> {
    let parsed = documents.dotenv(path, Reader::Compose);
    let statements = parsed.iter().flat_map(|parsed| parsed.document.statements());
    statements.filter(|each| !each.torn).map(|each| each.name.clone()).collect()
}

/// What the processes of Compose see in any environment, the files that tell it, and all that
/// was read for it.
fn look(
    files: &Arc<dyn Files>,
    manifest: &str,
) -> Result<(Vec<Seen>, BTreeSet<FilePath>, Documents), CheckError> {
    let manifest = Zeroizing::new(manifest.as_bytes().to_vec());
    let documents = Documents::new(Arc::new(WithManifest { files: Arc::clone(files), manifest }));
    let refused = |errors| CheckError::manifest(errors, documents.sources());
    let project = envlint_project::load(&documents, ONLY_ENVIRONMENT).map_err(refused)?;
    let nobody = ProcessEnvironment::default();
    let mut seen: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    for environment in &project.environments {
        let identities = Identities::new(&**documents.files(), &nobody);
        let deployment = envlint_resolve::resolve(&documents, &project, environment, &identities)
            .map_err(refused)?;
        envlint_proxy::assemble(&documents, &project, &deployment).map_err(refused)?;
        for workload in deployment.workloads.iter().filter(|workload| workload.in_compose) {
            let variables = workload.run.iter().chain(workload.build.iter());
            let variables = variables.map(|(name, _)| name.clone());
            seen.entry(workload.name.clone()).or_default().extend(variables);
        }
    }
    let seen = seen.into_iter().map(|(name, variables)| Seen { name, variables }).collect();
    let read = documents.all_dotenv();
    let read = read.iter().map(|parsed| parsed.document.file().path().clone()).collect();
    Ok((seen, read, documents))
}

/// Files with another manifest than the one that may be there.
struct WithManifest {
    files: Arc<dyn Files>,
    manifest: Zeroizing<Vec<u8>>,
}

impl Files for WithManifest {
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        match path.as_str() == MANIFEST {
            true if self.manifest.len() as u64 > MAX_FILE_BYTES => {
                Err(ReadError::new(path, ReadErrorKind::TooLarge))
            }
            true => Ok(self.manifest.clone()),
            false => self.files.read(path),
        }
    }

    fn metadata(&self, path: &FilePath) -> Option<Metadata> {
        match path.as_str() == MANIFEST {
            true => {
                let bytes = self.manifest.len() as u64;
                Some(Metadata { bytes, directory: false, mode: None })
            }
            false => self.files.metadata(path),
        }
    }

    fn list(&self, directory: &FilePath) -> Result<Vec<FilePath>, ReadError> {
        self.files.list(directory)
    }

    fn walk(&self) -> Walk {
        self.files.walk()
    }
}

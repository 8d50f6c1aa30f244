//! What is written from a project's schemas. Nothing here resolves an environment, so no value
//! of one can come into it.

use std::collections::BTreeSet;
use std::sync::Arc;

use envlint_author::Services;
use envlint_model::{Files, Name};
use envlint_parse::Documents;
use envlint_project::{MANIFEST, Project};
use envlint_report::harmless;

use crate::check::ONLY_ENVIRONMENT;
use crate::error::CheckError;

/// The reference of all variables of a project's services, as Markdown; of all services, if none
/// is named.
///
/// # Errors
///
/// When there is no manifest or it can not be used, when it describes no service, or when there
/// is no service of a name.
///
/// ```
/// use std::sync::Arc;
/// use envlint::MemoryFiles;
///
/// let files = MemoryFiles::new().with("envlint.toml", r#"
/// version = 1
///
/// [services.api.variables]
/// PORT = { type = "port", default = "4000", docs = "Where the API listens." }
/// "#);
/// let page = envlint::docs(Arc::new(files), &[])?;
/// assert!(page.contains("| `PORT` | `4000` | Where the API listens. |"));
/// # Ok::<(), envlint::CheckError>(())
/// ```
pub fn docs(files: Arc<dyn Files>, services: &[String]) -> Result<String, CheckError> {
    with_services(files, services, envlint_author::reference)
}

/// A template of a project's environment files, `.env.example`: every variable of its services,
/// what is required empty, the rest in comments with its default. It holds no secret, and every
/// reader of dotenv files takes it for the same.
///
/// # Errors
///
/// As [`docs`].
pub fn example(files: Arc<dyn Files>, services: &[String]) -> Result<String, CheckError> {
    with_services(files, services, envlint_author::template)
}

/// Writes something about the services that are asked for. What schemas say is text of somebody
/// else: what would do something to a terminal is written as an escape.
fn with_services(
    files: Arc<dyn Files>,
    asked: &[String],
    write: impl FnOnce(&Services<'_>) -> String,
) -> Result<String, CheckError> {
    let project = project(files)?;
    let text = write(&described(&project, asked)?);
    Ok(text.lines().map(|line| format!("{}\n", harmless(line))).collect())
}

/// A project that has a manifest.
pub(crate) fn project(files: Arc<dyn Files>) -> Result<Project, CheckError> {
    let documents = Documents::new(files);
    let project = envlint_project::load(&documents, ONLY_ENVIRONMENT)
        .map_err(|errors| CheckError::manifest(errors, documents.sources()))?;
    match project.manifest {
        Some(_) => Ok(project),
        None => {
            let problem = format!("cannot tell what the services read: there is no {MANIFEST}");
            Err(CheckError::told(problem, "`envlint init` writes one from the files that it finds"))
        }
    }
}

/// The services that are asked for, at least one of them with a schema.
pub(crate) fn described<'p>(
    project: &'p Project,
    asked: &[String],
) -> Result<Services<'p>, CheckError> {
    let known = project.services.iter().map(|service| service.name.as_str());
    if let Some(wrong) = asked.iter().find(|name| !known.clone().any(|known| known == **name)) {
        return Err(CheckError::unknown("service", wrong, known));
    }
    let asked: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
    let is_asked = |name: &Name| asked.is_empty() || asked.contains(name.as_str());
    let services = Services::of(project, is_asked);
    if !services.described.is_empty() {
        return Ok(services);
    }
    let problem = match services.undescribed.as_slice() {
        [] => format!("cannot tell what the services read: {MANIFEST} names none"),
        [one] => format!("cannot tell what {one} reads: {MANIFEST} gives it no schema"),
        _ => format!("cannot tell what the services read: {MANIFEST} gives none of them a schema"),
    };
    let help = "write schema = \"./x.schema.json\" or one of those that `envlint schema` lists, or \
                declare single variables";
    Err(CheckError::told(problem, help))
}

//! Compose files, as compose-go reads them.
//!
//! Each file is interpolated by itself before it is laid over the ones before it, and only
//! values are interpolated, never names. What this version does not follow (`extends`,
//! `include`, profiles) is said to be unread wherever it stands, never passed over.

mod ports;
mod read;
mod scalar;

pub use read::MAX_SERVICES;

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{FilePath, Name, Origin, Span, SyntaxError, Value};
use envlint_parse::{Documents, Parsed};

use envlint_parse::template::{Expansion, Failure, Use};

use crate::deployment::{MAX_SHADOWS, Problem};
use crate::launch::Launch;
use crate::network::Publication;

/// What the Compose files of a project say together.
#[derive(Default)]
pub(crate) struct Compose {
    pub(crate) services: BTreeMap<Name, Definition>,
    /// Networks that other projects share.
    pub(crate) external: BTreeSet<Name>,
    /// Whether there are services in files that are not followed.
    pub(crate) partial: bool,
    /// Parts that are valid YAML and not what Compose expects there.
    pub(crate) shape: Vec<SyntaxError>,
    /// Parts that this version does not follow.
    pub(crate) unread: Vec<(Span, String)>,
    /// Files that could not be read.
    pub(crate) problems: Vec<Problem>,
}

/// A service of Compose.
pub(crate) struct Definition {
    pub(crate) place: Span,
    pub(crate) environment_place: Option<Span>,
    pub(crate) environment: BTreeMap<Name, Entry>,
    pub(crate) args: BTreeMap<Name, Entry>,
    pub(crate) env_files: Vec<EnvFile>,
    pub(crate) publications: Vec<Publication>,
    pub(crate) networks: BTreeSet<Name>,
    pub(crate) aliases: BTreeSet<Name>,
    pub(crate) on_host: bool,
    /// Whether it sees names that these files do not tell.
    pub(crate) partial: bool,
    pub(crate) mounted: Vec<FilePath>,
}

/// A variable that Compose sets.
pub(crate) struct Entry {
    pub(crate) name_span: Span,
    /// `None` for a null entry, which passes the launch environment's value on.
    pub(crate) value: Option<Value>,
    pub(crate) references: Vec<Use>,
    pub(crate) failures: Vec<Failure>,
    /// Values of earlier files.
    pub(crate) shadows: Vec<Origin>,
}

impl Entry {
    /// An entry without a value.
    fn null(name_span: Span) -> Self {
        let (references, failures, shadows) = (Vec::new(), Vec::new(), Vec::new());
        Self { name_span, value: None, references, failures, shadows }
    }

    fn new(name_span: Span, expansion: Expansion) -> Self {
        Self {
            name_span,
            value: Some(expansion.value),
            references: expansion.uses,
            failures: expansion.failures,
            shadows: Vec::new(),
        }
    }
}

/// A file of variables that Compose reads for a service.
pub(crate) struct EnvFile {
    pub(crate) path: FilePath,
    pub(crate) place: Span,
    pub(crate) required: bool,
    /// Read as `docker run` reads it, which this version does not do.
    pub(crate) raw: bool,
}

/// Reads the files of a project in order, each over the ones before it. A file that is not
/// `required` may be absent.
pub(crate) fn load(
    documents: &Documents,
    files: &[(FilePath, Option<Span>, bool)],
    launch: &mut Launch,
) -> Compose {
    let mut compose = Compose::default();
    let directory = files.first().map(|(path, ..)| path.parent()).unwrap_or("".into());
    // Compose refuses a project whose files say nothing at all.
    let (mut empty, mut says_something) = (None, false);
    for (path, place, required) in files {
        match documents.yaml(path) {
            Ok(parsed) if is_empty(&parsed) => {
                empty.get_or_insert(parsed.document.source().span(0..0));
            }
            Ok(parsed) => {
                says_something = true;
                read::file(&parsed.document, &directory, launch, &mut compose);
            }
            Err(error) if !required && error.kind == envlint_model::ReadErrorKind::NotFound => {}
            Err(error) => compose.problems.push(Problem {
                place: *place,
                path: path.clone(),
                kind: error.kind,
                named_by: "the project's Compose files".to_owned(),
            }),
        }
    }
    if let Some(place) = empty.filter(|_| !says_something) {
        compose.shape.push(SyntaxError::new(place, "this Compose file is empty"));
    }
    compose
}

/// Whether a file holds nothing but white space and comments.
fn is_empty(parsed: &Parsed) -> bool {
    parsed.errors.is_empty() && parsed.document.roots().all(|root| root.is_absent())
}

impl Definition {
    fn at(place: Span) -> Self {
        Self {
            place,
            environment_place: None,
            environment: BTreeMap::new(),
            args: BTreeMap::new(),
            env_files: Vec::new(),
            publications: Vec::new(),
            networks: BTreeSet::new(),
            aliases: BTreeSet::new(),
            on_host: false,
            partial: false,
            mounted: Vec::new(),
        }
    }
}

/// Sets an entry over an earlier file's.
fn set(entries: &mut BTreeMap<Name, Entry>, name: Name, mut entry: Entry) {
    if let Some(weaker) = entries.remove(&name) {
        entry.shadows.extend(weaker.value.map(|value| value.origin().clone()));
        entry.shadows.extend(weaker.shadows);
        entry.shadows.truncate(MAX_SHADOWS);
    }
    entries.insert(name, entry);
}

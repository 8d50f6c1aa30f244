//! Compose files, as compose-go reads them.
//!
//! Each file is interpolated by itself before it is laid over the ones before it, and only
//! values are interpolated, never names. A part that is tagged `!override` stands in the place
//! of what earlier files say, one that is tagged `!reset` takes it back (compose-go
//! `loader/reset.go`). What this version does not follow (`extends`, `include`, profiles) is said
//! to be unread wherever it stands, never passed over.

mod entries;
mod lists;
mod ports;
mod read;
mod scalar;
mod unique;
mod variables;

pub use read::MAX_SERVICES;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use envlint_model::{FilePath, Name, ReadErrorKind, Span, SyntaxError};
use envlint_parse::{Documents, Parsed};

pub(crate) use entries::{Entries, Entry};

use self::unique::Unique;
use crate::deployment::Problem;
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

/// A service of Compose, as far as its files were read.
pub(crate) struct Definition {
    pub(crate) place: Span,
    pub(crate) environment_place: Option<Span>,
    pub(crate) environment: Entries,
    pub(crate) args: Entries,
    /// By the path as it is written.
    pub(crate) env_files: Unique<String, EnvFile>,
    /// By the address and port of the host, and the container's port.
    pub(crate) publications: Unique<(IpAddr, Option<u16>, u16), Publication>,
    /// What of the host is seen, by the path in the container; `None` for a volume.
    pub(crate) mounted: Unique<FilePath, Option<FilePath>>,
    /// The networks that are named, each with the names that it has there.
    networks: BTreeMap<Name, BTreeSet<Name>>,
    network_mode: Option<String>,
    container_name: Option<Name>,
    /// Keys that are there and are not followed.
    unfollowed: BTreeMap<&'static str, Span>,
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
            Err(error) if !required && error.kind == ReadErrorKind::NotFound => {}
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
    // Told at the end: what a later file takes back has no effect.
    let definitions = compose.services.values();
    let unfollowed = definitions.flat_map(Definition::unfollowed);
    compose.unread.extend(unfollowed.map(|(place, note)| (place, note.to_owned())));
    compose.unread.sort_by_key(|(place, _)| *place);
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
            environment: Entries::default(),
            args: Entries::default(),
            env_files: Unique::default(),
            publications: Unique::default(),
            mounted: Unique::default(),
            networks: BTreeMap::new(),
            network_mode: None,
            container_name: None,
            unfollowed: BTreeMap::new(),
        }
    }

    /// Whether it shares the host's network.
    pub(crate) fn is_on_host(&self) -> bool {
        self.network_mode.as_deref() == Some("host")
    }

    /// The networks that it is attached to: the project's own if nothing is said.
    pub(crate) fn networks(&self) -> BTreeSet<Name> {
        if self.networks.is_empty() && self.network_mode.is_none() {
            return BTreeSet::from(["default".into()]);
        }
        self.networks.keys().cloned().collect()
    }

    /// Names that lead to it beside its own.
    pub(crate) fn aliases(&self) -> BTreeSet<Name> {
        self.networks.values().flatten().chain(&self.container_name).cloned().collect()
    }

    /// Whether it sees names that these files do not tell.
    pub(crate) fn is_partial(&self) -> bool {
        let beyond = read::BEYOND.iter().any(|key| self.unfollowed.contains_key(key));
        beyond || self.network_mode.as_ref().is_some_and(|mode| mode.contains(':'))
    }

    /// What of it is not followed, and has to be said.
    fn unfollowed(&self) -> impl Iterator<Item = (Span, &'static str)> {
        let notes = read::NOT_FOLLOWED.iter();
        notes.filter_map(|(key, note)| Some((*self.unfollowed.get(key)?, *note)))
    }
}

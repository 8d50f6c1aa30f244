//! What a manifest and discovery say together: environments, sources, services, relations.
//!
//! Names are resolved while a project is built, so that later stages never meet one that leads
//! nowhere; every name that does is an error with its place and what was probably meant.

use std::collections::BTreeSet;
use std::sync::Arc;

use envlint_model::{Date, FilePath, Name, ReadErrorKind, Reader, SourceFile, Span};
use envlint_parse::Documents;
use envlint_parse::de::{Located, from_node};
use envlint_schema::{Agreement, Schema};

use crate::build::Builder;
use crate::discover::{Discovered, MANIFEST, discover};
use crate::installations::Installations;
use crate::manifest::Manifest;
use crate::mistakes::ManifestError;

/// Everything that is known of a repository before any value is read.
pub struct Project {
    /// The manifest, if there is one.
    pub manifest: Option<Arc<SourceFile>>,
    /// The environments; without a manifest there is one, named by the caller.
    pub environments: Vec<Environment>,
    /// The places that set variables.
    pub sources: Vec<Source>,
    /// The services that the manifest names. Compose brings further ones.
    pub services: Vec<Service>,
    /// What must hold between variables of several services, by the services' names here.
    pub agreements: Vec<DeclaredAgreement>,
    /// Variables that must differ between environments.
    pub across_environments: Vec<AcrossEnvironments>,
    /// Proxies that no file describes.
    pub hops: Vec<DeclaredHop>,
    /// Findings that the manifest accepts.
    pub allowances: Vec<ManifestAllowance>,
    /// Files that were found.
    pub discovered: Discovered,
}

/// An environment.
#[derive(Clone)]
pub struct Environment {
    /// Its name.
    pub name: Name,
    /// The environment whose rules apply: itself, unless the manifest says otherwise.
    pub like: Name,
    /// Files with age identities, as the manifest writes them: `~` is not expanded.
    pub identities: Vec<String>,
}

impl Environment {
    /// An environment of which only the name is known.
    pub(crate) fn of(name: &str) -> Self {
        let name = Name::new(name);
        Self { like: name.clone(), name, identities: Vec::new() }
    }

    /// Whether what is meant for production applies here.
    pub fn is_production(&self) -> bool {
        &*self.like == "production"
    }
}

/// A place that sets variables.
pub struct Source {
    /// Its name in the manifest.
    pub name: Name,
    /// Where the manifest names it; `None` for a source that was discovered.
    pub place: Option<Span>,
    /// What it is.
    pub kind: SourceKind,
    /// The environments that it exists in; `None` for all.
    pub environments: Option<BTreeSet<Name>>,
}

impl Source {
    /// Whether it exists in an environment.
    pub fn is_in(&self, environment: &Name) -> bool {
        self.environments.as_ref().is_none_or(|names| names.contains(environment))
    }
}

/// The kinds of sources.
pub enum SourceKind {
    /// A Compose project.
    Compose(Vec<PathTemplate>),
    /// A file of variables, perhaps encrypted.
    File {
        /// The file.
        path: PathTemplate,
        /// Who reads it.
        reader: Reader,
        /// How nested names become names of variables, if the manifest says it.
        nested: Option<Nesting>,
        /// The path that the program opens instead, if another.
        stands_for: Option<FilePath>,
    },
    /// A list of names that are set elsewhere.
    Names(PathTemplate),
}

/// How nested names become names of variables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nesting {
    pub(crate) prefix: String,
    pub(crate) separator: String,
    pub(crate) upper: bool,
}

impl Nesting {
    /// The variable of a value, by the names that lead to it from the outside in.
    pub fn name<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> String {
        let names: Vec<&str> = names.into_iter().collect();
        let joined = names.join(&self.separator);
        match self.upper {
            true => format!("{}{}", self.prefix, joined.to_ascii_uppercase()),
            false => format!("{}{joined}", self.prefix),
        }
    }
}

/// A path that may differ between environments.
#[derive(Clone)]
pub struct PathTemplate {
    pub(crate) text: String,
    /// Where it is written, if a manifest says it.
    pub place: Option<Span>,
}

impl PathTemplate {
    /// The path in one environment.
    pub fn in_environment(&self, environment: &Name) -> FilePath {
        FilePath::new(&self.text.replace("{environment}", environment))
    }

    /// Whether the path differs between environments, so that it need not exist in each.
    pub fn is_templated(&self) -> bool {
        self.text.contains("{environment}")
    }
}

/// A service that the manifest names.
pub struct Service {
    /// Its name.
    pub name: Name,
    /// Where the manifest defines it.
    pub place: Span,
    /// The name of its bundled schema, if it has one.
    pub bundled: Option<Name>,
    /// What its variables must be; `None` when nothing was declared.
    pub schema: Option<Arc<Schema>>,
    /// Indices of its sources, weakest first.
    pub sources: Vec<usize>,
    /// What it is called in Compose.
    pub workload: Name,
    /// Where the manifest says what it is called in Compose.
    pub workload_place: Span,
}

/// Something that must hold between variables of several services.
pub struct DeclaredAgreement {
    /// What must hold. Members name services as the manifest does.
    pub agreement: Agreement,
    /// Where the manifest says so; `None` for one that a bundled system brings along.
    pub place: Option<Span>,
}

/// Variables that must hold another value in every environment.
pub struct AcrossEnvironments {
    /// The variables; without a service, that variable of any service.
    pub members: Vec<(Option<Name>, Name)>,
    /// What happens when it does not hold.
    pub because: Option<String>,
    /// Where the manifest says so.
    pub place: Span,
}

/// A proxy that no file describes.
pub struct DeclaredHop {
    /// What it is.
    pub kind: Located<String>,
    /// The proxy configuration or service behind it.
    pub before: Located<String>,
    /// The environments that it stands in; `None` for all.
    pub environments: Option<BTreeSet<Name>>,
    /// Where it is declared.
    pub place: Span,
}

/// A finding that the manifest accepts.
pub struct ManifestAllowance {
    /// The rule.
    pub rule: String,
    /// A file, a service, or `service.VARIABLE`.
    pub on: String,
    /// Why; empty if no reason is given.
    pub because: String,
    /// The last day.
    pub until: Option<Date>,
    /// Where it is written.
    pub place: Span,
}

/// Reads the manifest, if there is one, and looks at which files there are. `environment` names
/// the only environment of a repository without a manifest.
pub fn load(documents: &Documents, environment: &str) -> Result<Project, Vec<ManifestError>> {
    let discovered = discover(&**documents.files());
    let path = FilePath::new(MANIFEST);
    let parsed = match documents.toml(&path) {
        Ok(parsed) => parsed,
        Err(error) if error.kind == ReadErrorKind::NotFound => {
            return Ok(Project::without_manifest(discovered, environment));
        }
        // A link that leads nowhere is among these: whoever put it there wanted a manifest.
        Err(error) => {
            let message = error.to_string();
            return Err(vec![ManifestError { place: None, message, help: None }]);
        }
    };
    if !parsed.errors.is_empty() {
        let errors = parsed.errors.iter().cloned();
        let told = errors.map(|error| ManifestError {
            place: Some(error.span),
            message: error.message,
            help: error.help,
        });
        return Err(told.collect());
    }
    let Some(root) = parsed.document.root() else {
        return Ok(Project::without_manifest(discovered, environment));
    };
    match from_node::<Manifest>(root) {
        (Some(manifest), errors) if errors.is_empty() => {
            let source = Arc::clone(parsed.document.source());
            Builder::new(documents).build(manifest, source, discovered)
        }
        (_, errors) => {
            let told = errors.into_iter().map(|error| ManifestError {
                place: Some(error.span),
                message: error.message,
                help: error.help,
            });
            Err(told.collect())
        }
    }
}

impl Project {
    /// A project of nothing but files.
    pub(crate) fn with(manifest: Option<Arc<SourceFile>>, discovered: Discovered) -> Self {
        Self {
            manifest,
            environments: Vec::new(),
            sources: Vec::new(),
            services: Vec::new(),
            agreements: Vec::new(),
            across_environments: Vec::new(),
            hops: Vec::new(),
            allowances: Vec::new(),
            discovered,
        }
    }

    fn without_manifest(discovered: Discovered, environment: &str) -> Self {
        let mut project = Self::with(None, discovered);
        project.environments.push(Environment::of(environment));
        project.add_discovered_compose();
        project
    }

    /// What holds between services of a system that envlint knows, where all of them are here.
    pub(crate) fn add_bundled_agreements(&mut self) {
        let installations = Installations::new(&self.services);
        let declared = |agreement| DeclaredAgreement { agreement, place: None };
        let agreements = envlint_bundled::agreements();
        let bound = agreements.iter().flat_map(|each| installations.bind(each)).map(declared);
        self.agreements.extend(bound);
    }

    /// What `docker compose` would read by itself is a source unless the manifest names another
    /// Compose project.
    pub(crate) fn add_discovered_compose(&mut self) -> Option<usize> {
        let declared =
            self.sources.iter().position(|source| matches!(source.kind, SourceKind::Compose(_)));
        if declared.is_some() || self.discovered.compose.is_empty() {
            return declared;
        }
        let files = self.discovered.compose.iter();
        self.sources.push(Source {
            name: "compose".into(),
            place: None,
            kind: SourceKind::Compose(
                files
                    .map(|path| PathTemplate { text: path.as_str().to_owned(), place: None })
                    .collect(),
            ),
            environments: None,
        });
        Some(self.sources.len() - 1)
    }
}

//! What a manifest and discovery say together: environments, sources, services, relations.
//!
//! Names are resolved here, so that later stages never meet one that leads nowhere; every name
//! that does is an error with its place and what was probably meant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_model::{Date, FilePath, Name, ReadErrorKind, Reader, SourceFile, Span, did_you_mean};
use envlint_parse::Documents;
use envlint_parse::de::{Located, from_node};
use envlint_schema::{Agreement, AgreementKind, Holds, Member, Part, Relation, Schema, Short};

use crate::discover::{Discovered, MANIFEST, discover};
use crate::manifest::{
    AllowTable, HopTable, Manifest, NamesTable, ReaderName, RelationTable, ServiceTable,
    SourceTable,
};

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
        /// The path that the program opens instead, if another.
        stands_for: Option<FilePath>,
    },
    /// A list of names that are set elsewhere.
    Names(PathTemplate),
}

/// A path that may differ between environments.
#[derive(Clone)]
pub struct PathTemplate {
    text: String,
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

/// Something that is wrong in the manifest, so that no check can run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManifestError {
    /// Where.
    pub place: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl ManifestError {
    /// An error at a place.
    pub fn at(place: Span, message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into(), help: None }
    }

    /// Adds what to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
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
        Err(error) => {
            let message = error.to_string();
            return Err(vec![ManifestError { place: None, message, help: None }]);
        }
    };
    let mut errors: Vec<ManifestError> = parsed
        .errors
        .iter()
        .map(|error| ManifestError {
            place: Some(error.span),
            message: error.message.clone(),
            help: error.help.clone(),
        })
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let Some(root) = parsed.document.root() else {
        return Ok(Project::without_manifest(discovered, environment));
    };
    let (manifest, field_errors) = from_node::<Manifest>(root);
    errors.extend(field_errors.into_iter().map(|error| ManifestError {
        place: Some(error.span),
        message: error.message,
        help: error.help,
    }));
    let Some(manifest) = manifest.filter(|_| errors.is_empty()) else {
        return Err(errors);
    };
    let source = Arc::clone(parsed.document.source());
    Builder { documents, errors, environments: BTreeSet::new(), sources: BTreeMap::new() }
        .build(manifest, source, discovered)
}

impl Project {
    fn without_manifest(discovered: Discovered, environment: &str) -> Self {
        let name = Name::new(environment);
        let mut project = Self {
            manifest: None,
            environments: vec![Environment { like: name.clone(), name, identities: Vec::new() }],
            sources: Vec::new(),
            services: Vec::new(),
            agreements: Vec::new(),
            across_environments: Vec::new(),
            hops: Vec::new(),
            allowances: Vec::new(),
            discovered,
        };
        project.add_discovered_compose();
        project
    }

    /// What holds between services of a system that envlint knows, where both of them are here.
    fn add_bundled_agreements(&mut self) {
        let by_schema: BTreeMap<Name, Name> = self
            .services
            .iter()
            .filter_map(|service| Some((service.bundled.clone()?, service.name.clone())))
            .collect();
        for mut agreement in envlint_bundled::agreements() {
            let known = agreement.members.iter_mut().all(|member| {
                by_schema.get(&member.service).map(|name| member.service = name.clone()).is_some()
            });
            if known {
                self.agreements.push(DeclaredAgreement { agreement, place: None });
            }
        }
    }

    /// What `docker compose` would read by itself is a source unless the manifest names another
    /// Compose project.
    fn add_discovered_compose(&mut self) -> Option<usize> {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum RelationKind {
    Same,
    Distinct,
    Across,
    AnyOf,
    AllOrNone,
    Ordered,
}

/// Turns tables into a project and collects everything that is wrong with them.
struct Builder<'a> {
    documents: &'a Documents,
    errors: Vec<ManifestError>,
    environments: BTreeSet<String>,
    sources: BTreeMap<String, usize>,
}

impl Builder<'_> {
    fn build(
        mut self,
        manifest: Manifest,
        source: Arc<SourceFile>,
        discovered: Discovered,
    ) -> Result<Project, Vec<ManifestError>> {
        if manifest.version.value != 1 {
            let message = "this version of the manifest is not known";
            self.errors.push(
                ManifestError::at(manifest.version.span, message).with_help("write version = 1"),
            );
        }
        self.environments = manifest.environments.keys().map(|name| name.value.clone()).collect();
        let environments = manifest
            .environments
            .into_iter()
            .map(|(name, table)| Environment {
                like: Name::new(table.like.as_ref().map_or(&name.value, |like| &like.value)),
                name: Name::new(&name.value),
                identities: table.identities.into_iter().map(|path| path.value).collect(),
            })
            .collect();
        let sources = manifest
            .sources
            .into_iter()
            .filter_map(|(name, table)| self.source(name, table))
            .collect();
        let mut project = Project {
            manifest: Some(source),
            environments,
            sources,
            services: Vec::new(),
            agreements: Vec::new(),
            across_environments: Vec::new(),
            hops: Vec::new(),
            allowances: Vec::new(),
            discovered,
        };
        if project.environments.is_empty() {
            let name = Name::new("default");
            let like = name.clone();
            project.environments.push(Environment { name, like, identities: Vec::new() });
        }
        let compose = project.add_discovered_compose();
        self.sources = project
            .sources
            .iter()
            .enumerate()
            .map(|(at, source)| (source.name.to_string(), at))
            .collect();
        for (name, table) in manifest.services {
            let service = self.service(name, table, compose);
            project.services.push(service);
        }
        for table in manifest.relations {
            self.relation(table, &mut project);
        }
        project.add_bundled_agreements();
        for table in manifest.proxy.hops {
            project.hops.push(self.hop(table));
        }
        for table in manifest.allow {
            project.allowances.extend(self.allowance(table));
        }
        if self.errors.is_empty() { Ok(project) } else { Err(self.errors) }
    }

    fn source(&mut self, name: Located<String>, table: SourceTable) -> Option<Source> {
        let environments = self.limited_to(table.environments);
        let template =
            |path: Located<String>| PathTemplate { text: path.value, place: Some(path.span) };
        let reader = table.reader.map_or(Reader::Compose, |reader| match reader.value {
            ReaderName::Compose => Reader::Compose,
            ReaderName::Dotenv => Reader::Dotenv,
        });
        let kind = match (table.compose, table.file, table.names) {
            (Some(files), None, None) => {
                SourceKind::Compose(files.into_iter().map(template).collect())
            }
            (None, Some(file), None) => SourceKind::File {
                path: template(file),
                reader,
                stands_for: table.stands_for.map(|path| FilePath::new(&path.value)),
            },
            (None, None, Some(file)) => SourceKind::Names(template(file)),
            _ => {
                let message = format!(
                    "the source {} needs exactly one of compose, file and names",
                    name.value
                );
                self.errors.push(ManifestError::at(name.span, message));
                return None;
            }
        };
        Some(Source { name: Name::new(&name.value), place: Some(name.span), kind, environments })
    }

    fn limited_to(&mut self, names: Option<Vec<Located<String>>>) -> Option<BTreeSet<Name>> {
        let names = names?;
        for name in &names {
            let known = self.environments.iter().map(String::as_str);
            let error = unknown_name("environment", name, known);
            self.errors.extend(error);
        }
        Some(names.iter().map(|name| Name::new(&name.value)).collect())
    }

    fn service(
        &mut self,
        name: Located<String>,
        table: ServiceTable,
        compose: Option<usize>,
    ) -> Service {
        let mut sources = Vec::new();
        for source in &table.sources {
            match self.sources.get(&source.value) {
                Some(&at) => sources.push(at),
                None => {
                    let known = self.sources.keys().map(String::as_str);
                    let error = unknown_name("source", source, known);
                    self.errors.extend(error);
                }
            }
        }
        if table.sources.is_empty() {
            sources.extend(compose);
        }
        let (workload, workload_place) =
            table.workload.as_ref().map_or((&name.value, name.span), |w| (&w.value, w.span));
        let bundled = table
            .schema
            .as_ref()
            .filter(|schema| !is_path(&schema.value))
            .map(|schema| Name::new(&schema.value));
        let workload = Name::new(workload);
        let mut schema = table.schema.as_ref().and_then(|schema| self.schema(schema));
        if !table.variables.is_empty() || table.port.is_some() {
            let schema = schema.get_or_insert_with(|| Schema::new(&*name.value));
            self.refine(schema, table.variables);
            if let Some(port) = table.port {
                schema.service.port = Some(port.value);
                schema.service.port_variable = None;
            }
        }
        if let (Some(schema), Some(names)) = (&mut schema, &table.names) {
            rename(schema, names);
        }
        Service {
            name: Name::new(&name.value),
            place: name.span,
            bundled,
            schema: schema.map(Arc::new),
            sources,
            workload,
            workload_place,
        }
    }

    fn schema(&mut self, named: &Located<String>) -> Option<Schema> {
        if is_path(&named.value) {
            return self.own_schema(named);
        }
        let schema = envlint_bundled::schema(&named.value);
        if schema.is_none() {
            let error =
                unknown_name("bundled schema", named, envlint_bundled::names()).map(|error| {
                    match error.help {
                        Some(_) => error,
                        None => error.with_help("a schema of your own is a path: ./x.schema.json"),
                    }
                });
            self.errors.extend(error);
        }
        schema
    }

    fn own_schema(&mut self, named: &Located<String>) -> Option<Schema> {
        let path = FilePath::new(&named.value);
        let text = match self.documents.open(&path) {
            Ok(file) => file,
            Err(error) => {
                self.errors.push(ManifestError::at(named.span, error.to_string()));
                return None;
            }
        };
        let parsed = serde_json::from_str::<serde_json::Value>(text.text())
            .map_err(|error| (error.line(), "is not valid JSON".to_owned()))
            .and_then(|json| Schema::from_json(&json).map_err(|error| (0, error.to_string())));
        match parsed {
            Ok(schema) => Some(schema),
            Err((line, why)) => {
                let place = if line > 0 { format!(":{line}") } else { String::new() };
                self.errors.push(ManifestError::at(named.span, format!("{path}{place} {why}")));
                None
            }
        }
    }

    fn refine(&mut self, schema: &mut Schema, variables: BTreeMap<Located<String>, Short>) {
        for (name, short) in variables {
            if let Err(error) = schema.set_short(&name.value, &short) {
                self.errors.push(ManifestError::at(name.span, error.to_string()));
            }
        }
    }

    /// Relations within one service become part of its schema, those between services
    /// agreements of the project.
    fn relation(&mut self, table: Located<RelationTable>, project: &mut Project) {
        let place = table.span;
        let table = table.value;
        let kinds = [
            (RelationKind::Same, table.same),
            (RelationKind::Distinct, table.distinct),
            (RelationKind::Across, table.distinct_across_environments),
            (RelationKind::AnyOf, table.any_of),
            (RelationKind::AllOrNone, table.all_or_none),
            (RelationKind::Ordered, table.ordered),
        ];
        let mut given = kinds.into_iter().filter_map(|(kind, members)| Some((kind, members?)));
        let (Some((kind, members)), None) = (given.next(), given.next()) else {
            let message = "a relation says exactly one thing";
            let help = "write one of same, distinct, distinct-across-environments, any-of, \
                        all-or-none and ordered; each further one is a relation of its own";
            self.errors.push(ManifestError::at(place, message).with_help(help));
            return;
        };
        if kind == RelationKind::Across {
            return self.across(members, table.because, place, project);
        }
        let members: Vec<Member> =
            members.iter().filter_map(|member| self.member(member, project)).collect();
        let [first, _, ..] = members.as_slice() else {
            self.errors.push(ManifestError::at(place, "a relation needs at least two variables"));
            return;
        };
        let names = || members.iter().map(|member| member.variable.clone()).collect();
        let holds = match kind {
            RelationKind::Same | RelationKind::Distinct | RelationKind::Across => {
                let kind = match kind {
                    RelationKind::Distinct => AgreementKind::Distinct,
                    _ => AgreementKind::Same(Part::Whole),
                };
                let agreement = Agreement { kind, members, because: table.because };
                let place = Some(place);
                return project.agreements.push(DeclaredAgreement { agreement, place });
            }
            RelationKind::AnyOf => {
                Holds::AnyOf(members.iter().map(|member| vec![member.variable.clone()]).collect())
            }
            RelationKind::AllOrNone => Holds::AllOrNone(names()),
            RelationKind::Ordered => Holds::Ordered(names()),
        };
        if members.iter().any(|member| member.service != first.service) {
            let message = "any-of, all-or-none and ordered hold between variables of one service";
            self.errors.push(ManifestError::at(place, message));
            return;
        }
        let relation = Relation { holds, when: None, because: table.because };
        let service = project.services.iter_mut().find(|s| s.name == first.service);
        if let Some(schema) = service.and_then(|service| service.schema.as_mut()) {
            Arc::make_mut(schema).relations.push(relation);
        } else {
            let message =
                format!("{} has no schema that the relation could be part of", first.service);
            self.errors.push(ManifestError::at(place, message));
        }
    }

    fn across(
        &mut self,
        members: Vec<Located<String>>,
        because: Option<String>,
        place: Span,
        project: &mut Project,
    ) {
        let members = members.iter().filter_map(|written| {
            if let Some(variable) = written.value.strip_prefix("*.") {
                return Some((None, Name::new(variable)));
            }
            let member = self.member(written, project)?;
            Some((Some(member.service), member.variable))
        });
        let members = members.collect();
        project.across_environments.push(AcrossEnvironments { members, because, place });
    }

    fn member(&mut self, written: &Located<String>, project: &Project) -> Option<Member> {
        let Some(member) = Member::parse(&written.value) else {
            let message = format!("{} names no variable of a service", written.value);
            let error = ManifestError::at(written.span, message);
            self.errors.push(error.with_help("write service.VARIABLE, such as engine.AUTH_SECRET"));
            return None;
        };
        let located = Located { value: member.service.to_string(), span: written.span };
        let known = project.services.iter().map(|service| &*service.name);
        let error = unknown_name("service", &located, known);
        self.errors.extend(error);
        Some(member)
    }

    fn hop(&mut self, table: Located<HopTable>) -> DeclaredHop {
        DeclaredHop {
            environments: self.limited_to(table.value.environments),
            kind: table.value.kind,
            before: table.value.before,
            place: table.span,
        }
    }

    fn allowance(&mut self, table: Located<AllowTable>) -> Option<ManifestAllowance> {
        let place = table.value.rule.span;
        let table = table.value;
        let until = match table.until.map(|until| (until.value.parse::<Date>(), until.span)) {
            Some((Err(error), span)) => {
                self.errors.push(ManifestError::at(span, error.to_string()));
                return None;
            }
            Some((Ok(date), _)) => Some(date),
            None => None,
        };
        Some(ManifestAllowance {
            rule: table.rule.value,
            on: table.on.value,
            because: table.because,
            until,
            place,
        })
    }
}

/// Whether a schema is named by a path and not by a bundled name.
fn is_path(schema: &str) -> bool {
    schema.starts_with('.') || schema.starts_with('/') || schema.ends_with(".json")
}

/// Gives every variable of a schema the name that it has in the environment.
fn rename(schema: &mut Schema, names: &NamesTable) {
    schema.rename(|name| {
        let nested = match names.separator.as_str() {
            "" => name.to_owned(),
            separator => name.replace('.', separator),
        };
        format!("{}{nested}", names.prefix)
    });
}

/// An error for a name that is none of `known`.
fn unknown_name<'a>(
    what: &str,
    written: &Located<String>,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<ManifestError> {
    let known: Vec<&str> = known.into_iter().collect();
    if known.contains(&written.value.as_str()) {
        return None;
    }
    let error = ManifestError::at(written.span, format!("there is no {what} {}", written.value));
    Some(match did_you_mean(&written.value, known.iter().copied()) {
        Some(meant) => error.with_help(format!("did you mean {meant}?")),
        None if known.is_empty() => error,
        None => error.with_help(format!("there are: {}", known.join(", "))),
    })
}

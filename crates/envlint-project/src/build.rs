//! From the tables of a manifest to a project, with everything that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_model::{Date, FilePath, Name, Reader, SourceFile, Span};
use envlint_parse::Documents;
use envlint_parse::de::Located;
use envlint_schema::{Schema, Short};

use crate::discover::Discovered;
use crate::manifest::{
    AllowTable, Case, EnvironmentTable, HopTable, Manifest, NamesTable, ReaderName, ServiceTable,
    SourceTable,
};
use crate::mistakes::{ManifestError, Mistakes, there_are};
use crate::project::{
    DeclaredHop, Environment, ManifestAllowance, Nesting, PathTemplate, Project, Service, Source,
    SourceKind,
};

/// The version of the manifest that is read.
const VERSION: u32 = 1;

/// The most environments of a manifest: each is resolved by itself. Real ones have a handful.
pub const MAX_ENVIRONMENTS: usize = 100;

/// The one environment of a manifest that names none.
const UNNAMED: &str = "default";

/// The environment that others are like without its being declared.
const PRODUCTION: &str = "production";

/// Turns tables into a project. Everything that is named is looked up here, by what the tables
/// before it declared.
pub(crate) struct Builder<'a> {
    documents: &'a Documents,
    pub(crate) mistakes: Mistakes,
    environments: BTreeSet<String>,
    sources: BTreeMap<String, usize>,
    stand_ins: StandIns,
    /// Where in the project a service stands.
    pub(crate) services: BTreeMap<String, usize>,
    /// Services whose schema is a whole one, so that it has every variable.
    pub(crate) described: BTreeSet<Name>,
    /// Every variable of any schema, once somebody asks.
    pub(crate) variables: Option<BTreeSet<Name>>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(documents: &'a Documents) -> Self {
        Self {
            documents,
            mistakes: Mistakes::default(),
            environments: BTreeSet::new(),
            sources: BTreeMap::new(),
            stand_ins: StandIns::default(),
            services: BTreeMap::new(),
            described: BTreeSet::new(),
            variables: None,
        }
    }

    pub(crate) fn build(
        mut self,
        manifest: Manifest,
        source: Arc<SourceFile>,
        discovered: Discovered,
    ) -> Result<Project, Vec<ManifestError>> {
        if manifest.version.value != VERSION {
            let message = "this version of the manifest is not known";
            let help = format!("write version = {VERSION}");
            self.mistakes.add(ManifestError::at(manifest.version.span, message).with_help(help));
        }
        let mut project = Project::with(Some(source), discovered);
        project.environments = self.environments(manifest.environments);
        let sources = manifest.sources.into_iter();
        project.sources = sources.filter_map(|(name, table)| self.source(name, table)).collect();
        let compose = project.add_discovered_compose();
        for (at, source) in project.sources.iter().enumerate() {
            // What is declared goes before what was found.
            self.sources.entry(source.name.to_string()).or_insert(at);
        }
        for (name, table) in manifest.services {
            let service = self.service(name, table, compose);
            self.services.insert(service.name.to_string(), project.services.len());
            project.services.push(service);
        }
        for table in manifest.relations {
            self.relation(table, &mut project);
        }
        project.add_bundled_agreements();
        project.hops = manifest.proxy.hops.into_iter().map(|table| self.hop(table)).collect();
        let allowances = manifest.allow.into_iter();
        project.allowances = allowances.filter_map(|table| self.allowance(table)).collect();
        self.mistakes.none().map(|()| project)
    }

    fn environments(
        &mut self,
        tables: BTreeMap<Located<String>, EnvironmentTable>,
    ) -> Vec<Environment> {
        self.environments = tables.keys().map(|name| name.value.clone()).collect();
        if let Some(name) = tables.keys().nth(MAX_ENVIRONMENTS) {
            let message = format!("a manifest has at most {MAX_ENVIRONMENTS} environments");
            self.mistakes.tell(name.span, message);
            return Vec::new();
        }
        let mut environments: Vec<Environment> = Vec::with_capacity(tables.len().max(1));
        for (name, table) in tables {
            if !is_environment_name(&name.value) {
                let message = "this is no name for an environment";
                let help = "it has up to 64 letters, digits, `-`, `_` and `.`";
                self.mistakes.add(ManifestError::at(name.span, message).with_help(help));
            }
            if let Some(like) = &table.like {
                self.like(like);
            }
            table.identities.iter().for_each(|path| self.path(path));
            environments.push(Environment {
                like: Name::new(table.like.as_ref().map_or(&name.value, |like| &like.value)),
                name: Name::new(&name.value),
                identities: table.identities.into_iter().map(|path| path.value).collect(),
            });
        }
        if environments.is_empty() {
            environments.push(Environment::of(UNNAMED));
        }
        environments
    }

    /// An environment may be like one that only a schema speaks of, and `staging-a` like
    /// `staging`; one that is nearly called as a known one was misspelt, and its rules would not
    /// apply.
    fn like(&mut self, like: &Located<String>) {
        let like_name = like.value.as_str();
        let related = |name: &str| name.starts_with(like_name) || like_name.starts_with(name);
        let others = self.environments.iter().map(String::as_str).filter(|name| !related(name));
        let known = others.chain([PRODUCTION]);
        let is_known = self.environments.contains(like_name) || like_name == PRODUCTION;
        if !is_known && self.mistakes.meant(like_name, known.clone()).is_some() {
            self.mistakes.unknown("environment", like, known);
        }
    }

    fn path(&mut self, path: &Located<String>) {
        if path.value.is_empty() {
            self.mistakes.tell(path.span, "this path is empty");
        }
    }

    fn source(&mut self, name: Located<String>, table: SourceTable) -> Option<Source> {
        let environments = self.limited_to(table.environments);
        let paths = table.compose.iter().flatten().chain(&table.file).chain(&table.names);
        paths.chain(&table.stands_for).for_each(|path| self.path(path));
        let of_a_file = [
            ("reader", table.reader.as_ref().map(|reader| reader.span)),
            ("nested", table.nested.as_ref().map(|nested| nested.span)),
            ("stands-for", table.stands_for.as_ref().map(|path| path.span)),
        ];
        let strays = of_a_file.iter().filter(|_| table.file.is_none());
        for (field, span) in strays.filter_map(|(field, span)| Some((field, (*span)?))) {
            let message = format!("{field} says something about file, and there is none");
            self.mistakes.tell(span, message);
        }
        let template =
            |path: Located<String>| PathTemplate { text: path.value, place: Some(path.span) };
        let kind = match (table.compose, table.file, table.names) {
            (Some(files), None, None) => {
                if files.is_empty() {
                    let message = format!("the source {} names no Compose file", name.value);
                    self.mistakes.tell(name.span, message);
                }
                SourceKind::Compose(files.into_iter().map(template).collect())
            }
            (None, Some(file), None) => {
                let stands_for = table.stands_for.map(|path| {
                    let opened = FilePath::new(&path.value);
                    let place = (&opened, path.span);
                    self.stand_ins.add(place, environments.as_ref(), &mut self.mistakes);
                    opened
                });
                let reader = match table.reader.map(|reader| reader.value) {
                    Some(ReaderName::Dotenv) => Reader::Dotenv,
                    Some(ReaderName::Compose) | None => Reader::Compose,
                };
                let nested = table.nested.map(|nested| Nesting::of(&nested.value));
                SourceKind::File { path: template(file), reader, nested, stands_for }
            }
            (None, None, Some(file)) => SourceKind::Names(template(file)),
            _ => {
                let message = format!(
                    "the source {} needs exactly one of compose, file and names",
                    name.value
                );
                self.mistakes.tell(name.span, message);
                return None;
            }
        };
        Some(Source { name: Name::new(&name.value), place: Some(name.span), kind, environments })
    }

    fn limited_to(
        &mut self,
        names: Option<Located<Vec<Located<String>>>>,
    ) -> Option<BTreeSet<Name>> {
        let names = names?;
        self.once("environment", &names.value);
        if names.value.is_empty() {
            let help = "without `environments` it is in all of them";
            let message = "this is in no environment";
            self.mistakes.add(ManifestError::at(names.span, message).with_help(help));
        }
        let names = names.value;
        for name in names.iter().filter(|name| !self.environments.contains(&name.value)) {
            let known = self.environments.iter().map(String::as_str);
            self.mistakes.unknown("environment", name, known);
        }
        Some(names.iter().map(|name| Name::new(&name.value)).collect())
    }

    /// Tells of names that stand in a list a second time.
    pub(crate) fn once(&mut self, what: &str, names: &[Located<String>]) {
        let mut seen = BTreeSet::new();
        for name in names.iter().filter(|name| !seen.insert(&name.value)) {
            self.mistakes.tell(name.span, format!("the {what} {} is named twice", name.value));
        }
    }

    fn service(
        &mut self,
        name: Located<String>,
        table: ServiceTable,
        compose: Option<usize>,
    ) -> Service {
        let sources = self.sources_of(&table, compose);
        let (workload, workload_place) =
            table.workload.as_ref().map_or((&name.value, name.span), |w| (&w.value, w.span));
        let workload = Name::new(workload);
        let bundled = table
            .schema
            .as_ref()
            .filter(|schema| !is_path(&schema.value))
            .map(|schema| Name::new(&schema.value));
        let schema = self.schema_of(&name, table);
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

    fn sources_of(&mut self, table: &ServiceTable, compose: Option<usize>) -> Vec<usize> {
        self.once("source", &table.sources);
        let mut sources = Vec::with_capacity(table.sources.len());
        for source in &table.sources {
            match self.sources.get(&source.value) {
                Some(&at) => sources.push(at),
                None => {
                    let known = self.sources.keys().map(String::as_str);
                    self.mistakes.unknown("source", source, known);
                }
            }
        }
        if table.sources.is_empty() {
            sources.extend(compose);
        }
        sources
    }

    fn schema_of(&mut self, name: &Located<String>, table: ServiceTable) -> Option<Schema> {
        let mut schema = table.schema.as_ref().and_then(|schema| self.schema(schema));
        if table.schema.is_some() {
            self.described.insert(Name::new(&name.value));
        }
        if !table.variables.is_empty() || table.port.is_some() {
            let schema = schema.get_or_insert_with(|| Schema::new(&*name.value));
            self.refine(schema, table.variables);
            if let Some(port) = table.port {
                if port.value == 0 {
                    self.mistakes.tell(port.span, "a port is a number from 1 to 65535");
                }
                schema.service.port = Some(port.value);
                schema.service.port_variable = None;
            }
        }
        match (&mut schema, &table.names) {
            (Some(schema), Some(names)) => rename(schema, &names.value),
            (None, Some(names)) if table.schema.is_none() => {
                let message = format!("names are those of a schema, and {} has none", name.value);
                self.mistakes.tell(names.span, message);
            }
            _ => {}
        }
        schema
    }

    fn schema(&mut self, named: &Located<String>) -> Option<Schema> {
        if is_path(&named.value) {
            return self.own_schema(named);
        }
        let schema = envlint_bundled::schema(&named.value);
        if schema.is_none() {
            let known = envlint_bundled::names();
            let help = match self.mistakes.meant(&named.value, known.iter().copied()) {
                Some(meant) => format!("did you mean {meant}?"),
                None => {
                    let known = there_are(known.into_iter()).unwrap_or_default();
                    format!("{known}; one of your own is a path: ./x.schema.json")
                }
            };
            let message = format!("there is no bundled schema {}", named.value);
            self.mistakes.add(ManifestError::at(named.span, message).with_help(help));
        }
        schema
    }

    fn own_schema(&mut self, named: &Located<String>) -> Option<Schema> {
        let path = FilePath::new(&named.value);
        let text = match self.documents.open(&path) {
            Ok(file) => file,
            Err(error) => {
                self.mistakes.tell(named.span, error.to_string());
                return None;
            }
        };
        let parsed = serde_json::from_str::<serde_json::Value>(text.text())
            .map_err(|error| format!("{path}:{} is not valid JSON", error.line()))
            .and_then(|json| Schema::from_json(&json).map_err(|error| format!("{path}: {error}")));
        parsed.map_err(|message| self.mistakes.tell(named.span, message)).ok()
    }

    fn refine(&mut self, schema: &mut Schema, variables: BTreeMap<Located<String>, Short>) {
        for (name, short) in variables {
            if let Err(error) = schema.set_short(&name.value, &short) {
                self.mistakes.tell(name.span, error.to_string());
            }
        }
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
                self.mistakes.tell(span, error.to_string());
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

/// The files that others stand for, so that no two stand for one in one environment.
#[derive(Default)]
struct StandIns {
    anywhere: BTreeSet<FilePath>,
    everywhere: BTreeSet<FilePath>,
    in_environment: BTreeSet<(FilePath, Name)>,
}

impl StandIns {
    /// Takes a file that something stands for, in some environments or in all.
    fn add(
        &mut self,
        (file, place): (&FilePath, Span),
        environments: Option<&BTreeSet<Name>>,
        mistakes: &mut Mistakes,
    ) {
        let known_anywhere = !self.anywhere.insert(file.clone());
        let mut known = self.everywhere.contains(file);
        match environments {
            None => {
                known |= known_anywhere;
                self.everywhere.insert(file.clone());
            }
            Some(names) => {
                for name in names {
                    known |= !self.in_environment.insert((file.clone(), name.clone()));
                }
            }
        }
        if known {
            let message = format!("another source stands for {file} in the same environment");
            let help = "limit each to its own: environments = [...]";
            mistakes.add(ManifestError::at(place, message).with_help(help));
        }
    }
}

/// Whether a text can name an environment: it is part of paths and is typed after `--env`.
fn is_environment_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(letter)
}

/// Whether a schema is named by a path and not by a bundled name.
fn is_path(schema: &str) -> bool {
    schema.starts_with('.') || schema.starts_with('/') || schema.ends_with(".json")
}

/// Gives every variable of a schema the name that it has in the environment.
fn rename(schema: &mut Schema, names: &NamesTable) {
    let nesting = Nesting::of(names);
    schema.rename(|name| match names.separator.as_str() {
        "" => nesting.name([name]),
        _ => nesting.name(name.split('.')),
    });
}

impl Nesting {
    fn of(table: &NamesTable) -> Self {
        Self {
            prefix: table.prefix.clone(),
            separator: table.separator.clone(),
            upper: table.case == Case::Upper,
        }
    }
}

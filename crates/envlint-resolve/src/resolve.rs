//! From sources to what each process will see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_model::{
    FilePath, Form, Name, Origin, Phase, ReadError, Reader, Scope, SourceFile, Span, Unknown,
    Value, ViaKind, Zeroizing, did_you_mean,
};
use envlint_parse::de::MAX_FIELD_ERRORS;
use envlint_parse::{Documents, dotenv};
use envlint_project::{
    Environment, ManifestError, Project, Service, Source, SourceKind, there_are,
};
use envlint_secrets::sops::{SopsFile, Store, Tree};
use envlint_secrets::{Identities, decrypt_text, is_age};

use crate::compose::{self, Compose, Definition, Entries};
use crate::deployment::{
    Deployment, Problem, Setting, Variables, Vault, VaultError, VaultState, Workload,
};
use crate::launch::{Beyond, Launch};
use crate::names;
use crate::network::{Endpoint, Network};
use crate::sops;

/// The file that Compose reads its launch environment from, beside its first file.
const PROJECT_ENV: &str = ".env";

/// Variables by which the launch environment changes what Compose reads.
const STEERS_COMPOSE: [&str; 4] =
    ["COMPOSE_ENV_FILES", "COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROFILES"];

/// Resolves one environment of a project. An error is one of the manifest: a service that the
/// files do not know.
pub fn resolve(
    documents: &Documents,
    project: &Project,
    environment: &Environment,
    identities: &Identities<'_>,
) -> Result<Deployment, Vec<ManifestError>> {
    let mut resolver = Resolver {
        documents: documents.clone(),
        project,
        environment,
        closed: BTreeMap::new(),
        trees: BTreeMap::new(),
        told: BTreeSet::new(),
        deployment: Deployment::of(environment.clone()),
    };
    resolver.open_vaults(identities);
    let composes = resolver.composes();
    let errors = resolver.unknown_workloads(&composes);
    if !errors.is_empty() {
        return Err(errors);
    }
    for (at, service) in project.services.iter().enumerate() {
        let workload = resolver.declared(at, service, &composes);
        resolver.deployment.add(workload);
    }
    resolver.only_in_compose(&composes);
    resolver.deployment.network = network(&resolver.deployment, composes);
    resolver.deployment.identity_notes = identities.notes().to_vec();
    Ok(resolver.deployment)
}

struct Resolver<'a> {
    /// The files as this environment sees them: decrypted ones in the place of those that
    /// programs open.
    documents: Documents,
    project: &'a Project,
    environment: &'a Environment,
    /// Paths under which programs find an encrypted file that nobody could open here.
    closed: BTreeMap<FilePath, Closed>,
    /// SOPS files whose values are not read as text, decrypted or not.
    trees: BTreeMap<FilePath, Tree>,
    /// Which problems were told: where, of which file, and what names it.
    told: BTreeSet<(Option<Span>, FilePath, String)>,
    deployment: Deployment,
}

#[derive(Clone)]
struct Closed {
    file: FilePath,
    place: Option<Span>,
    why: fn(FilePath, Option<Name>) -> Unknown,
}

fn encrypted(file: FilePath, name: Option<Name>) -> Unknown {
    Unknown::Encrypted { file, name }
}

/// What becomes of a file that was not decrypted.
fn failed(error: VaultError) -> VaultState {
    match error.is_unverifiable() {
        true => VaultState::Closed(error),
        false => VaultState::Failed(error),
    }
}

fn unreadable(file: FilePath, name: Option<Name>) -> Unknown {
    Unknown::Unreadable { file, name }
}

impl<'a> Resolver<'a> {
    fn sources(&self) -> impl Iterator<Item = (usize, &'a Source)> {
        let name = &self.environment.name;
        let all = self.project.sources.iter().enumerate();
        all.filter(move |(_, source)| source.is_in(name))
    }

    /// Puts every file source of this environment in the place of the path that it stands for,
    /// decrypted if it is encrypted.
    fn open_vaults(&mut self, identities: &Identities<'_>) {
        for (_, source) in self.sources().collect::<Vec<_>>() {
            let SourceKind::File { path, stands_for, .. } = &source.kind else { continue };
            let place = path.place;
            let path = path.in_environment(&self.environment.name);
            let state = self.open_vault(&path, identities);
            // What stays encrypted is no text, and is not opened as one.
            let opened = match &state {
                Some(VaultState::Closed(_)) => Err(encrypted as fn(_, _) -> _),
                Some(VaultState::Failed(_)) => Err(unreadable as fn(_, _) -> _),
                Some(VaultState::Open) | None => self.documents.open(&path).map_err(|error| {
                    self.problem(error, place, format!("the source {}", source.name));
                    unreadable as fn(_, _) -> _
                }),
            };
            match opened {
                Err(why) => {
                    let closed = Closed { file: path.clone(), place, why };
                    self.closed.extend(stands_for.clone().map(|opened| (opened, closed.clone())));
                    self.closed.insert(path.clone(), closed);
                }
                Ok(file) => {
                    if let Some(stands_for) = stands_for {
                        self.stand_in(&path, stands_for, file, place);
                    }
                }
            }
            let vault = state.map(|state| Vault { path, place, state });
            self.deployment.vaults.extend(vault);
        }
    }

    /// Lets a file stand for the one that a program opens. What sops decrypts to another format
    /// than dotenv is nothing that a reader of dotenv can open.
    fn stand_in(
        &mut self,
        path: &FilePath,
        stands_for: &FilePath,
        file: Arc<SourceFile>,
        place: Option<Span>,
    ) {
        if !self.trees.contains_key(path) {
            return self.documents.substitute(stands_for.clone(), file);
        }
        let what =
            format!("what {path} decrypts to is not dotenv, so what reads it is not followed");
        self.deployment.unread.extend(place.map(|place| (place, what)));
        let closed = Closed { file: path.clone(), place, why: unreadable };
        self.closed.insert(stands_for.clone(), closed);
    }

    /// What becomes of a file if it is encrypted; `None` if it is not, or is not there.
    fn open_vault(&mut self, path: &FilePath, identities: &Identities<'_>) -> Option<VaultState> {
        let bytes = self.documents.files().read(path).ok()?;
        if !is_age(&bytes) && !path.as_str().ends_with(".age") {
            // A failure is kept there, and told when the file is opened.
            let file = self.documents.open_as(path, bytes).ok()?;
            Store::detect(file.text())?;
            let text = Zeroizing::new(Box::from(file.text()));
            let sealed = self.documents.sources().add(path.clone(), Form::Sealed, text);
            self.documents.substitute(path.clone(), Arc::clone(&sealed));
            return Some(self.open_sops(path, &sealed, identities));
        }
        Some(match decrypt_text(&bytes, identities) {
            Ok(text) => {
                let file = self.documents.sources().add(path.clone(), Form::Decrypted, text);
                self.documents.substitute(path.clone(), file);
                VaultState::Open
            }
            Err(error) => failed(VaultError::Age(error)),
        })
    }

    /// Decrypts a SOPS file. One of dotenv becomes the text that sops would write, which its
    /// reader then reads; what others hold is variables as it is.
    fn open_sops(
        &mut self,
        path: &FilePath,
        source: &Arc<SourceFile>,
        identities: &Identities<'_>,
    ) -> VaultState {
        let file = match SopsFile::parse(source) {
            Ok(file) => file,
            Err(error) => return VaultState::Failed(VaultError::Sops(error)),
        };
        match file.decrypt(identities) {
            Ok(tree) => {
                match file.dotenv_text(&tree) {
                    Some(text) => {
                        let sources = self.documents.sources();
                        let text = sources.add(path.clone(), Form::Decrypted, text);
                        self.documents.substitute(path.clone(), text);
                    }
                    None => drop(self.trees.insert(path.clone(), tree)),
                }
                VaultState::Open
            }
            Err(error) => {
                let outline = file.outline().ok().filter(|_| error.is_unverifiable());
                self.trees.extend(outline.map(|(tree, _)| (path.clone(), tree)));
                failed(VaultError::Sops(error))
            }
        }
    }

    /// The Compose projects among the sources, by the source's index.
    fn composes(&mut self) -> BTreeMap<usize, (Compose, Launch)> {
        let sources: Vec<_> = self.sources().collect();
        let mut composes = BTreeMap::new();
        for (at, source) in sources {
            let SourceKind::Compose(paths) = &source.kind else { continue };
            let files: Vec<_> = paths
                .iter()
                .map(|path| {
                    let required = !path.is_templated();
                    (path.in_environment(&self.environment.name), path.place, required)
                })
                .collect();
            let directory = files.first().map_or("".into(), |(path, ..)| path.parent());
            let mut launch = self.launch(&directory.join(PROJECT_ENV));
            let mut compose = compose::load(&self.documents, &files, &mut launch);
            self.deployment.problems.append(&mut compose.problems);
            self.deployment.shape.append(&mut compose.shape);
            self.deployment.unread.append(&mut compose.unread);
            composes.insert(at, (compose, launch));
        }
        composes
    }

    /// What Compose interpolates with. A project without `.env` is nothing unusual.
    fn launch(&mut self, path: &FilePath) -> Launch {
        if !self.is_there(path) {
            return Launch::default();
        }
        let named_by = "Compose, which interpolates with it";
        match self.read_dotenv(path, Reader::Compose, None, named_by, &|_| None) {
            Ok(settings) => {
                for (name, setting) in &settings {
                    if STEERS_COMPOSE.contains(&name.as_str()) {
                        let what = format!("{name} is not followed");
                        self.deployment.unread.push((setting.name_span, what));
                    }
                }
                let values = settings.iter().map(|(name, set)| (name.clone(), set.value.clone()));
                let launch = Launch::new(values.collect(), None);
                settings.into_iter().for_each(|(name, set)| self.deployment.launch.set(name, set));
                launch
            }
            Err(closed) => Launch::new(BTreeMap::new(), self.beyond(&closed)),
        }
    }

    /// Whether a program finds anything under a path.
    fn is_there(&self, path: &FilePath) -> bool {
        self.closed.contains_key(path) || self.documents.has(path)
    }

    fn beyond(&self, closed: &Closed) -> Option<Beyond> {
        let origin = self.origin_of(closed, Reader::Compose)?;
        Some(Beyond { why: closed.why, file: closed.file.clone(), origin })
    }

    /// A place to point at for a file that can not be looked into: where it is named.
    fn origin_of(&self, closed: &Closed, reader: Reader) -> Option<Origin> {
        let manifest = self.project.manifest.as_ref().map(|manifest| manifest.span(0..0));
        closed.place.or(manifest).map(|span| Origin::new(span, reader))
    }

    /// The variables of a dotenv file. A file that can not be read is noted as a problem; what
    /// it would have set is then beyond knowing.
    fn read_dotenv(
        &mut self,
        path: &FilePath,
        reader: Reader,
        place: Option<Span>,
        named_by: &str,
        lookup: &dyn Fn(&str) -> Option<Value>,
    ) -> Result<Vec<(Name, Setting)>, Closed> {
        if let Some(closed) = self.closed.get(path) {
            return Err(closed.clone());
        }
        match self.documents.dotenv(path, reader) {
            Ok(parsed) => Ok(settings(&parsed.document, lookup)),
            Err(error) => {
                self.problem(error, place, named_by.to_owned());
                Err(Closed { file: path.clone(), place, why: unreadable })
            }
        }
    }

    fn problem(&mut self, error: ReadError, place: Option<Span>, named_by: String) {
        if self.told.insert((place, error.path.clone(), named_by.clone())) {
            let problem = Problem { place, path: error.path, kind: error.kind, named_by };
            self.deployment.problems.push(problem);
        }
    }

    /// Services that the manifest expects in Compose and that Compose does not have.
    fn unknown_workloads(
        &self,
        composes: &BTreeMap<usize, (Compose, Launch)>,
    ) -> Vec<ManifestError> {
        let mut errors = Vec::new();
        for service in &self.project.services {
            let expected = || service.sources.iter().filter_map(|at| composes.get(at));
            let services = || expected().map(|(compose, _)| &compose.services);
            let has_any = services().any(|services| !services.is_empty());
            let has_it = services().any(|services| services.contains_key(&service.workload));
            if has_any && !has_it && errors.len() < MAX_FIELD_ERRORS {
                let names = services().flat_map(BTreeMap::keys).map(Name::as_str);
                let message = format!("the Compose files have no service {}", service.workload);
                let error = ManifestError::at(service.workload_place, message);
                let help = match did_you_mean(&service.workload, names.clone()) {
                    Some(meant) => {
                        Some(format!("did you mean {meant}? say so with workload = \"{meant}\""))
                    }
                    None => there_are(names),
                };
                errors.push(ManifestError { help, ..error });
            }
        }
        errors
    }

    fn declared(
        &mut self,
        at: usize,
        service: &Service,
        composes: &BTreeMap<usize, (Compose, Launch)>,
    ) -> Workload {
        let mut workload = self.workload(&service.name, &service.workload, service.place);
        workload.declared = Some(at);
        for source in &service.sources {
            let Some(source_of) = self.project.sources.get(*source) else { continue };
            if !source_of.is_in(&self.environment.name) {
                continue;
            }
            match &source_of.kind {
                SourceKind::Compose(_) => {
                    let found = composes.get(source).and_then(|(compose, launch)| {
                        Some((compose.services.get(&service.workload)?, launch))
                    });
                    if let Some((definition, launch)) = found {
                        self.read_compose(definition, launch, &mut workload);
                    }
                }
                SourceKind::File { path, reader, nested, .. } => {
                    let place = path.place;
                    let path = path.in_environment(&self.environment.name);
                    if let Some(tree) = self.trees.get(&path) {
                        let set = sops::settings(tree, &path, nested.as_ref());
                        self.deployment.unread.extend(set.unread);
                        set.settings
                            .into_iter()
                            .for_each(|(name, set)| workload.run.set(name, set));
                        continue;
                    }
                    let named_by = format!("the source {}", source_of.name);
                    let read = self.read_dotenv(&path, *reader, place, &named_by, &|_| None);
                    self.add(read, &mut workload);
                }
                SourceKind::Names(path) => {
                    let place = path.place;
                    let path = path.in_environment(&self.environment.name);
                    match names::read(&self.documents, &path) {
                        Ok((found, shape)) => {
                            self.deployment.shape.extend(shape);
                            found.into_iter().for_each(|(name, set)| workload.run.set(name, set));
                        }
                        Err(error) => {
                            self.problem(error, place, format!("the source {}", source_of.name));
                        }
                    }
                }
            }
        }
        workload
    }

    /// Services that Compose has and the manifest does not name: databases, caches, and
    /// everything in a repository without a manifest.
    fn only_in_compose(&mut self, composes: &BTreeMap<usize, (Compose, Launch)>) {
        let workloads = self.deployment.workloads.iter();
        let mut known: BTreeSet<Name> = workloads.map(|workload| workload.name.clone()).collect();
        for (compose, launch) in composes.values() {
            for (name, definition) in &compose.services {
                if !known.insert(name.clone()) {
                    continue;
                }
                let mut workload = self.workload(name, name, definition.place);
                self.read_compose(definition, launch, &mut workload);
                self.deployment.add(workload);
            }
        }
    }

    fn workload(&self, service: &Name, name: &Name, place: Span) -> Workload {
        Workload {
            service: service.clone(),
            name: name.clone(),
            scope: Scope {
                environment: self.environment.name.clone(),
                deployment: None,
                workload: service.clone(),
                phase: Phase::Run,
            },
            declared: None,
            place,
            environment_place: None,
            run: Variables::default(),
            build: Variables::default(),
            in_compose: false,
            mounted: Vec::new(),
            beyond: None,
        }
    }

    /// `env_file` first, `environment` over it, as Compose does.
    fn read_compose(&mut self, definition: &Definition, launch: &Launch, workload: &mut Workload) {
        workload.place = definition.place;
        workload.environment_place = definition.environment_place;
        workload.in_compose = true;
        workload.mounted.extend(definition.mounted.iter().flatten().cloned());
        for file in definition.env_files.iter() {
            if !file.required && !self.is_there(&file.path) {
                continue;
            }
            if file.raw {
                let what = "`format: raw` is not read".to_owned();
                self.deployment.unread.push((file.place, what));
                self.add(
                    Err(Closed { file: file.path.clone(), place: None, why: unreadable }),
                    workload,
                );
                continue;
            }
            // References in an `env_file` see the launch environment first, then what
            // `environment` sets, then the files before (measured with compose-go).
            let run = &workload.run;
            let lookup = |name: &str| {
                let set = definition.environment.get(name).and_then(|entry| entry.value.clone());
                launch.peek(name).or(set).or_else(|| run.get(name).map(|set| set.value.clone()))
            };
            let named_by = format!("env_file of {}", workload.service);
            let place = Some(file.place);
            let read = self.read_dotenv(&file.path, Reader::Compose, place, &named_by, &lookup);
            self.add(read, workload);
        }
        entries(&definition.environment, launch, &mut workload.run);
        entries(&definition.args, launch, &mut workload.build);
    }

    fn add(&mut self, read: Result<Vec<(Name, Setting)>, Closed>, workload: &mut Workload) {
        match read {
            Ok(settings) => {
                settings.into_iter().for_each(|(name, set)| workload.run.set(name, set));
            }
            // What weaker sources set may be set anew in there.
            Err(Closed { file, why, .. }) => {
                workload.run.overlay(|name| why(file.clone(), Some(name.clone())));
                workload.beyond = Some(why(file, None));
            }
        }
    }
}

/// Sets what Compose sets; a null entry passes the launch environment's value on, and removes
/// the variable if there is none.
fn entries(entries: &Entries, launch: &Launch, into: &mut Variables) {
    for (name, entry) in entries.iter() {
        let value = match &entry.value {
            Some(value) => Some(value.clone()),
            None => {
                launch.peek(name).map(|value| value.through(ViaKind::PassThrough, entry.name_span))
            }
        };
        match value {
            None => into.unset(name),
            Some(value) => into.set(
                name.clone(),
                Setting {
                    name_span: entry.name_span,
                    value,
                    references: entry.references.clone(),
                    failures: entry.failures.clone(),
                    shadows: entry.shadows.clone(),
                },
            ),
        }
    }
}

/// What a dotenv file sets, as its reader evaluates it. `lookup` is what the reader finds outside
/// of the file.
fn settings(
    document: &dotenv::Document,
    lookup: &dyn Fn(&str) -> Option<Value>,
) -> Vec<(Name, Setting)> {
    let statements = document.statements();
    let mut outside: BTreeMap<Name, Value> = BTreeMap::new();
    for statement in statements {
        match &statement.value {
            None => outside.extend(lookup(&statement.name).map(|v| (statement.name.clone(), v))),
            Some(value) => {
                for reference in value.text.references() {
                    outside.extend(lookup(&reference.name).map(|v| (reference.name.clone(), v)));
                }
            }
        }
    }
    let evaluation = dotenv::evaluate(document, &|name| outside.get(name));
    // References and failures come in the order of the file, and so do statements.
    let owner =
        |span: Span| statements.partition_point(|statement| statement.span().end < span.end);
    let mut references: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for reference in evaluation.uses {
        references.entry(owner(reference.span)).or_default().push(reference);
    }
    let mut failures: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for failure in evaluation.failures {
        failures.entry(owner(failure.span())).or_default().push(failure);
    }
    evaluation
        .variables
        .into_iter()
        .filter(|variable| !statements[variable.statement].torn)
        .map(|variable| {
            let setting = Setting {
                name_span: statements[variable.statement].name_span,
                value: variable.value,
                references: references.remove(&variable.statement).unwrap_or_default(),
                failures: failures.remove(&variable.statement).unwrap_or_default(),
                shadows: Vec::new(),
            };
            (variable.name, setting)
        })
        .collect()
}

fn network(deployment: &Deployment, composes: BTreeMap<usize, (Compose, Launch)>) -> Network {
    let mut network = Network::default();
    for (_, (compose, _)) in composes {
        for (name, definition) in compose.services {
            let networks = definition.networks();
            let external = !networks.is_disjoint(&compose.external);
            let endpoint = Endpoint {
                networks,
                aliases: definition.aliases(),
                on_host: definition.is_on_host(),
                partial: definition.is_partial() || compose.partial || external,
            };
            network.attach(&name, endpoint);
            definition.publications.into_iter().for_each(|open| network.publish(open));
        }
    }
    for workload in &deployment.workloads {
        if !network.has(&workload.name) {
            network.attach(&workload.name, Endpoint { on_host: true, ..Endpoint::default() });
        }
    }
    network
}

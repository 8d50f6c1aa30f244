//! Which services a template speaks to.
//!
//! A template lies where the file belongs that people make of it. Beside a Compose file, and at
//! the root, that file is for everybody; in the directory of one service it is for that one, and
//! so is one that has its name: `engine.env.example`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use envlint_model::{FilePath, Name, Reader};
use envlint_parse::template::{LocatedText, Template as Interpolated};
use envlint_parse::tree::{Format, Kind, Node};
use envlint_project::{Environment, Service, SourceKind};

use crate::Context;
use crate::images::builds_in;

/// Where services live, and what Compose asks of its launch environment.
pub(super) struct Places<'a> {
    context: &'a Context,
    /// The directories of Compose files.
    compose: BTreeSet<FilePath>,
    /// The directories that belong to services, by their places in the project.
    homes: BTreeMap<FilePath, BTreeSet<usize>>,
    /// Every name between `${` and `}` of a Compose file or an `.env`.
    interpolated: BTreeSet<Name>,
    /// Whether a service of which nothing is declared takes a whole file.
    open: bool,
    /// The services by their names here and in Compose.
    by_name: HashMap<&'a str, usize>,
}

/// Where a template lies, as far as it decides whom it speaks to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    directory: FilePath,
    /// The service that its name names.
    service: Option<usize>,
}

/// The services that templates at one spot speak to.
pub(super) struct Served<'a> {
    /// The services, by their places in the project.
    pub(super) services: Vec<(usize, &'a Service)>,
    /// Whether Compose reads the file that a person makes of such a template.
    pub(super) by_compose: bool,
    /// Whether one of them may read anything.
    pub(super) open: bool,
}

impl<'a> Places<'a> {
    pub(super) fn of(context: &'a Context) -> Self {
        let mut places = Self {
            context,
            compose: BTreeSet::new(),
            homes: BTreeMap::new(),
            interpolated: BTreeSet::new(),
            open: false,
            by_name: HashMap::new(),
        };
        for (at, service) in context.project.services.iter().enumerate() {
            places.by_name.entry(service.workload.as_str()).or_insert(at);
            places.by_name.insert(service.name.as_str(), at);
        }
        for environment in &context.project.environments {
            places.sources(environment);
        }
        places.settings();
        for parsed in context.documents.all_trees() {
            if parsed.document.format() == Format::Yaml {
                parsed.document.roots().for_each(|root| places.references(root));
            }
        }
        places
    }

    /// The directories of the files that the manifest names, and of images.
    fn sources(&mut self, environment: &Environment) {
        let name = &environment.name;
        let project = &self.context.project;
        let builds = builds_in(self.context, environment);
        for (at, service) in project.services.iter().enumerate() {
            if let Some(build) = builds.get(&service.workload) {
                self.home(build.context.clone(), at);
            }
            for source in service.sources.iter().filter_map(|at| project.sources.get(*at)) {
                if let SourceKind::File { path, stands_for, .. } = &source.kind {
                    let path = || path.in_environment(name);
                    self.home(stands_for.clone().unwrap_or_else(path).parent(), at);
                }
            }
        }
        for source in project.sources.iter().filter(|source| source.is_in(name)) {
            if let SourceKind::Compose(paths) = &source.kind {
                let first = paths.first().map(|path| path.in_environment(name).parent());
                self.compose.extend(first);
            }
        }
    }

    /// The directories of the files that values really come from.
    fn settings(&mut self) {
        let sources = self.context.documents.sources();
        for view in &self.context.views {
            for workload in &view.deployment.workloads {
                let settings = workload.run.iter().chain(workload.build.iter());
                let from_file = settings.filter(|(_, setting)| {
                    Reader::DOTENV.contains(&setting.value.origin().reader)
                        && setting.value.origin().via.is_empty()
                });
                let files: BTreeSet<_> = from_file.map(|(_, set)| set.name_span.file).collect();
                self.open |= workload.declared.is_none() && !files.is_empty();
                let Some(at) = workload.declared else { continue };
                for file in files.into_iter().filter_map(|id| sources.get(id)) {
                    self.home(file.path().parent(), at);
                }
            }
            let launch = view.deployment.launch.iter().flat_map(|(_, setting)| &setting.references);
            self.interpolated.extend(launch.map(|reference| reference.name.clone()));
        }
    }

    fn home(&mut self, directory: FilePath, service: usize) {
        self.homes.entry(directory).or_default().insert(service);
    }

    fn references(&mut self, node: Node<'_>) {
        match node.kind() {
            Kind::Mapping(entries) => entries.for_each(|entry| self.references(entry.value)),
            Kind::Sequence(items) => items.for_each(|item| self.references(item)),
            Kind::Scalar(_) => {
                let Some(text) = node.text() else { return };
                let text = LocatedText::decoded(node.document().source(), node.span(), text);
                let template = Interpolated::parse(text);
                let names = template.references().into_iter().map(|each| each.name.clone());
                self.interpolated.extend(names);
            }
            Kind::Alias(_) => {}
        }
    }

    /// Whether Compose asks its launch environment for a name, or itself goes by it.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        const OWN: [&str; 3] = ["BUILDKIT_", "COMPOSE_", "DOCKER_"];
        self.interpolated.contains(name) || OWN.iter().any(|own| name.starts_with(own))
    }

    /// The names that Compose asks for.
    pub(super) fn asked(&self) -> impl Iterator<Item = &str> {
        self.interpolated.iter().map(Name::as_str)
    }

    /// Where a template lies.
    pub(super) fn spot(&self, template: &FilePath) -> Spot {
        let named = template.file_name().split_once(".env.").map(|(name, _)| name);
        let service = named.and_then(|name| self.by_name.get(name)).copied();
        Spot { directory: template.parent(), service }
    }

    /// Whether templates there are for one service or a few, and this one is among them.
    pub(super) fn is_own(&self, spot: &Spot, service: usize) -> bool {
        !self.is_common(spot) && self.is_served(spot, service)
    }

    /// The services that templates there speak to; `None` if nobody can tell.
    pub(super) fn served(&self, spot: &Spot) -> Option<Served<'a>> {
        let services = self.context.project.services.iter().enumerate();
        let common = self.is_common(spot);
        let services: Vec<_> = services.filter(|(at, _)| self.is_served(spot, *at)).collect();
        if services.is_empty() {
            return None;
        }
        let undeclared = services.iter().any(|(_, service)| service.schema.is_none());
        let by_compose = self.compose.contains(&spot.directory);
        Some(Served { services, by_compose, open: undeclared || common && self.open })
    }

    /// Whether templates there are everybody's: at the root, and beside a Compose file.
    pub(super) fn is_common(&self, spot: &Spot) -> bool {
        let everywhere =
            spot.directory == FilePath::default() || self.compose.contains(&spot.directory);
        spot.service.is_none() && everywhere
    }

    /// Whether templates there are for a service: all are, or it is named, or it has files or its
    /// image in that directory, or the directory's name.
    fn is_served(&self, spot: &Spot, service: usize) -> bool {
        if let Some(named) = spot.service {
            return named == service;
        }
        self.is_common(spot) || self.lives_in(&spot.directory, service)
    }

    fn lives_in(&self, directory: &FilePath, service: usize) -> bool {
        let is_home = self.homes.get(directory).is_some_and(|living| living.contains(&service));
        is_home
            || self.context.project.services.get(service).is_some_and(|service| {
                [&service.name, &service.workload]
                    .map(Name::as_str)
                    .contains(&directory.file_name())
            })
    }
}

//! From a project's files to its topology: which configurations there are, where each of them
//! runs, and what its upstreams are.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{FilePath, Name, Span, Truth};
use envlint_parse::Documents;
use envlint_parse::nginx::Document;
use envlint_project::{ManifestError, Project};
use envlint_resolve::{Deployment, Network, Reached, Vantage, Workload};

use crate::nginx::{Config, Endpoint, Includes, matching_files};
use crate::topology::{DeclaredHop, Proxy, Surroundings, Target, Topology};
use crate::{Address, declared_hop};

/// The proxies of one environment.
pub struct Proxies {
    /// Every way from the internet to every service.
    pub topology: Topology,
    /// The configurations that were read, by file.
    pub configurations: Vec<Configuration>,
}

/// A proxy configuration that runs somewhere.
pub struct Configuration {
    /// The file that the program is started with.
    pub path: FilePath,
    /// The workload that has the file in its mounts; `None` for a proxy on the host itself.
    pub workload: Option<Name>,
    /// What it says.
    pub config: Config,
}

impl Configuration {
    /// What the proxy is called in chains: the workload, or the file.
    pub fn name(&self) -> Name {
        self.workload.clone().unwrap_or_else(|| Name::new(self.path.as_str()))
    }
}

/// Reads the proxy configurations of a project and joins them with the hops that its manifest
/// declares. An error is one of the manifest: a hop of no known kind, or before nothing.
pub fn assemble(
    documents: &Documents,
    project: &Project,
    deployment: &Deployment,
) -> Result<Proxies, Vec<ManifestError>> {
    let configurations = configurations(documents, project, deployment);
    let declared = declared(project, deployment, &configurations)?;
    let proxies: Vec<Proxy> = configurations
        .iter()
        .map(|each| Proxy::nginx(each.name(), &each.config, &Address::Unknown))
        .collect();
    let around = Around::new(deployment, &configurations);
    let topology = Topology::new(&proxies, &declared, &around);
    Ok(Proxies { topology, configurations })
}

/// Every nginx file that was found and that no other one includes.
fn configurations(
    documents: &Documents,
    project: &Project,
    deployment: &Deployment,
) -> Vec<Configuration> {
    let mut included: BTreeSet<FilePath> = BTreeSet::new();
    let mut read = Vec::new();
    for path in &project.discovered.nginx {
        let Ok(parsed) = documents.nginx(path) else { continue };
        let finder = Finder { documents, root: path.parent() };
        included.extend(finder.included(path, &parsed.document));
        let config = Config::read(&parsed.document, &finder);
        let workload = deployment.workloads.iter().find(|workload| workload.mounts(path));
        let workload = workload.map(|workload| workload.name.clone());
        read.push(Configuration { path: path.clone(), workload, config });
    }
    read.retain(|configuration| !included.contains(&configuration.path));
    read
}

/// Finds included files beside the file that nginx is started with. A path below `/etc/nginx`
/// is looked for there too: that is where the directory is mounted or copied to.
struct Finder<'a> {
    documents: &'a Documents,
    root: FilePath,
}

impl Finder<'_> {
    fn paths(&self, pattern: &str) -> Vec<FilePath> {
        let relative = pattern.strip_prefix("/etc/nginx/").unwrap_or(pattern);
        matching_files(&**self.documents.files(), &self.root.join(relative))
    }

    /// The files that a document includes itself; theirs are found when it is their turn.
    fn included(&self, path: &FilePath, document: &Document) -> Vec<FilePath> {
        let includes = document.walk().filter(|directive| directive.is("include"));
        let found = includes.filter_map(|directive| directive.arg(0)).flat_map(|p| self.paths(p));
        found.filter(|file| file != path).collect()
    }
}

impl Includes for Finder<'_> {
    fn find(&self, _: &FilePath, pattern: &str) -> Option<Vec<Document>> {
        let paths = self.paths(pattern);
        let read = paths.iter().filter_map(|path| self.documents.nginx(path).ok());
        let documents: Vec<Document> = read.map(|parsed| parsed.document.clone()).collect();
        (!documents.is_empty()).then_some(documents)
    }
}

fn declared(
    project: &Project,
    deployment: &Deployment,
    configurations: &[Configuration],
) -> Result<Vec<DeclaredHop>, Vec<ManifestError>> {
    let mut hops = Vec::new();
    let mut errors = Vec::new();
    let environment = &deployment.environment.name;
    for hop in &project.hops {
        if hop.environments.as_ref().is_some_and(|names| !names.contains(environment)) {
            continue;
        }
        let kind = crate::HopKind::declared(&hop.kind.value);
        let before = before(&hop.before.value, deployment, configurations);
        match (kind, before) {
            (Some(kind), Some(before)) => {
                hops.push(DeclaredHop {
                    hop: declared_hop(kind, Address::Unknown),
                    before,
                    span: hop.place,
                });
            }
            (None, _) => {
                let kinds = crate::HopKind::DECLARED.map(crate::HopKind::as_str);
                let message = format!("there is no kind of proxy {}", hop.kind.value);
                let help = format!("there are: {}", kinds.join(", "));
                errors.push(ManifestError::at(hop.kind.span, message).with_help(help));
            }
            (_, None) => {
                let message =
                    format!("{} is neither a proxy configuration nor a service", hop.before.value);
                let found = configurations.iter().map(|each| each.path.to_string());
                let help =
                    format!("proxy configurations: {}", found.collect::<Vec<_>>().join(", "));
                errors.push(ManifestError::at(hop.before.span, message).with_help(help));
            }
        }
    }
    if errors.is_empty() { Ok(hops) } else { Err(errors) }
}

/// What a declared hop stands before, by the name that it has in chains.
fn before(named: &str, deployment: &Deployment, configurations: &[Configuration]) -> Option<Name> {
    let path = FilePath::new(named);
    let configuration = configurations.iter().find(|each| each.path == path);
    let workload = || deployment.workload(named).map(|workload| workload.name.clone());
    configuration.map(Configuration::name).or_else(workload)
}

/// What the network knows, as chains ask for it, once for each of thousands of routes.
struct Around<'a> {
    network: &'a Network,
    /// The proxies on the host itself.
    on_host: BTreeMap<Name, Ports>,
    /// Which of them listens on a port; the first, if several do.
    by_port: BTreeMap<u16, Name>,
    /// The workloads, each with whether it is a proxy.
    workloads: BTreeMap<&'a Name, (&'a Workload, bool)>,
}

/// What a proxy listens on.
#[derive(Default)]
struct Ports {
    /// For each port, whether only the host itself reaches it.
    loopback: BTreeMap<u16, bool>,
    /// Whether that holds of all that it listens on; not, if it listens on nothing.
    all_loopback: bool,
}

impl Ports {
    fn of(config: &Config) -> Self {
        let listens = || config.servers.iter().flat_map(|server| server.listens.iter());
        let mut loopback = BTreeMap::new();
        for listen in listens() {
            if let Some(port) = listen.port {
                *loopback.entry(port).or_insert(true) &= listen.address.is_loopback();
            }
        }
        let any = listens().next().is_some();
        let all_loopback = any && listens().all(|listen| listen.address.is_loopback());
        Self { loopback, all_loopback }
    }

    /// Whether only the host itself reaches a port, or all of them.
    fn is_loopback(&self, port: Option<u16>) -> bool {
        match port {
            Some(port) => self.loopback.get(&port).copied().unwrap_or(false),
            None => self.all_loopback,
        }
    }
}

impl<'a> Around<'a> {
    fn new(deployment: &'a Deployment, configurations: &[Configuration]) -> Self {
        let proxies: BTreeSet<&Name> =
            configurations.iter().filter_map(|each| each.workload.as_ref()).collect();
        let workloads = deployment.workloads.iter();
        let workloads = workloads
            .map(|workload| (&workload.name, (workload, proxies.contains(&workload.name))))
            .collect();
        let (mut on_host, mut by_port) = (BTreeMap::new(), BTreeMap::new());
        for configuration in configurations.iter().filter(|each| each.workload.is_none()) {
            let ports = Ports::of(&configuration.config);
            for port in ports.loopback.keys() {
                by_port.entry(*port).or_insert_with(|| configuration.name());
            }
            on_host.insert(configuration.name(), ports);
        }
        Self { network: &deployment.network, on_host, by_port, workloads }
    }

    fn is_proxy(&self, name: &Name) -> bool {
        self.on_host.contains_key(name) || self.workloads.get(name).is_some_and(|(_, proxy)| *proxy)
    }
}

impl Surroundings for Around<'_> {
    fn lookup(&self, from: &Name, endpoint: &Endpoint) -> Target {
        let vantage = match self.on_host.contains_key(from) {
            true => Vantage::Host,
            false => Vantage::Workload(from),
        };
        match self.network.lookup(vantage, &endpoint.host, endpoint.port) {
            Reached::Workload { name, port } if self.is_proxy(&name) => {
                Target::Proxy { name, port }
            }
            Reached::Workload { name, .. } => Target::Service(name),
            Reached::HostProcess => {
                let next = self.by_port.get(&endpoint.port).cloned();
                let port = endpoint.port;
                next.map_or(Target::Elsewhere, |name| Target::Proxy { name, port })
            }
            Reached::Itself | Reached::NoSuchName | Reached::External => Target::Elsewhere,
        }
    }

    fn published(&self, workload: &Name, port: Option<u16>) -> (Truth, Option<Span>) {
        if let Some(ports) = self.on_host.get(workload) {
            // One that listens on loopback alone is there for another one on the same host.
            return ((!ports.is_loopback(port)).into(), None);
        }
        let mut open = self.network.publications(workload).filter(|open| open.is_open());
        match open.find(|open| port.is_none_or(|port| open.port == port)) {
            Some(open) => (Truth::True, Some(open.place)),
            // Where something other than Compose runs it, its ports are not described.
            None => match self.workloads.get(workload) {
                Some((Workload { in_compose: true, .. }, _)) => (Truth::False, None),
                _ => (Truth::Unknown, None),
            },
        }
    }

    fn services(&self) -> Vec<Name> {
        let services = self.workloads.iter().filter(|(name, _)| !self.is_proxy(name));
        services.map(|(name, _)| (*name).clone()).collect()
    }
}

//! From a project's files to its topology: which configurations there are, where each of them
//! runs, and what its upstreams are.

use std::collections::BTreeSet;
use std::sync::Arc;

use envlint_model::{FilePath, Name, Span, Truth};
use envlint_parse::Documents;
use envlint_parse::nginx::Document;
use envlint_project::{ManifestError, Project};
use envlint_resolve::{Deployment, Network, Reached, Vantage, Workload};

use crate::nginx::{Config, Endpoint, Includes, Listen, matching_files};
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

    /// What it listens on, with one port or with any.
    fn listens(&self, port: Option<u16>) -> impl Iterator<Item = &Listen> {
        let all = self.config.servers.iter().flat_map(|server| &server.listens);
        all.filter(move |listen| port.is_none() || listen.port == port)
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
    let around =
        Around { network: &deployment.network, deployment, configurations: &configurations };
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
    fn find(&self, _: &FilePath, pattern: &str) -> Option<Vec<Arc<Document>>> {
        let documents: Vec<Arc<Document>> = self
            .paths(pattern)
            .iter()
            .filter_map(|path| self.documents.nginx(path).ok())
            .map(|parsed| Arc::new(parsed.document.clone()))
            .collect();
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

/// What the network knows, as chains ask for it.
struct Around<'a> {
    network: &'a Network,
    deployment: &'a Deployment,
    configurations: &'a [Configuration],
}

impl Around<'_> {
    /// The configuration of a proxy that runs on the host itself.
    fn on_host(&self, name: &Name) -> Option<&Configuration> {
        self.configurations.iter().find(|each| each.workload.is_none() && each.name() == *name)
    }

    fn workload(&self, name: &Name) -> Option<&Workload> {
        self.deployment.workloads.iter().find(|workload| workload.name == *name)
    }
}

impl Surroundings for Around<'_> {
    fn lookup(&self, from: &Name, endpoint: &Endpoint) -> Target {
        let vantage = self.on_host(from).map_or(Vantage::Workload(from), |_| Vantage::Host);
        match self.network.lookup(vantage, &endpoint.host, endpoint.port) {
            Reached::Workload { name, port } => {
                match self.configurations.iter().any(|each| each.workload.as_ref() == Some(&name)) {
                    true => Target::Proxy { name, port },
                    false => Target::Service(name),
                }
            }
            Reached::HostProcess => {
                let listens = |each: &&Configuration| {
                    each.workload.is_none() && each.listens(Some(endpoint.port)).next().is_some()
                };
                let next = self.configurations.iter().find(listens);
                let port = endpoint.port;
                next.map_or(Target::Elsewhere, |next| Target::Proxy { name: next.name(), port })
            }
            Reached::Itself | Reached::NoSuchName | Reached::External => Target::Elsewhere,
        }
    }

    fn published(&self, workload: &Name, port: Option<u16>) -> (Truth, Option<Span>) {
        if let Some(proxy) = self.on_host(workload) {
            // One that listens on loopback alone is there for another one on the same host.
            let mut listens = proxy.listens(port).peekable();
            let inner =
                listens.peek().is_some() && listens.all(|listen| listen.address.is_loopback());
            return ((!inner).into(), None);
        }
        let mut open = self.network.publications(workload).filter(|open| open.is_open());
        match open.find(|open| port.is_none_or(|port| open.port == port)) {
            Some(open) => (Truth::True, Some(open.place)),
            // Where something other than Compose runs it, its ports are not described.
            None => match self.workload(workload).is_some_and(|workload| workload.in_compose) {
                true => (Truth::False, None),
                false => (Truth::Unknown, None),
            },
        }
    }

    fn services(&self) -> Vec<Name> {
        let proxies: Vec<Name> = self.configurations.iter().map(Configuration::name).collect();
        let workloads = self.deployment.workloads.iter().map(|workload| workload.name.clone());
        workloads.filter(|name| !proxies.contains(name)).collect()
    }
}

//! One Compose file laid over what earlier ones said.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

use envlint_model::{FilePath, Name, Origin, Reader, Secret, SourceFile, Span, SyntaxError, Via};
use envlint_parse::template::LocatedText;
use envlint_parse::tree::{Document, Field, Kind, Node, Style};

use super::{Compose, Definition, Entry, EnvFile, ports, scalar, set};
use crate::launch::Launch;
use crate::network::{ANY_ADDRESS, Publication};

/// The most services of a project. What follows looks at each of them for each of them; real
/// projects have a dozen.
pub const MAX_SERVICES: usize = 5000;

/// Keys of a service that change its environment or its network and are not followed.
const NOT_FOLLOWED: [(&str, &str); 2] = [
    ("extends", "`extends` is not followed"),
    ("profiles", "`profiles` are not chosen: the service is taken as running"),
];

/// Keys of a service that give it names for what no file here tells.
const BEYOND: [&str; 3] = ["external_links", "extra_hosts", "links"];

pub(super) fn file(
    document: &Document,
    directory: &FilePath,
    launch: &mut Launch,
    into: &mut Compose,
) {
    let mut reader = Reading { source: document.source(), directory, launch, into };
    for root in document.roots() {
        reader.root(root);
    }
}

struct Reading<'a> {
    source: &'a Arc<SourceFile>,
    directory: &'a FilePath,
    launch: &'a mut Launch,
    into: &'a mut Compose,
}

impl Reading<'_> {
    fn root(&mut self, root: Node<'_>) {
        if root.is_absent() {
            return;
        }
        if !matches!(root.kind(), Kind::Mapping(_)) {
            return self.shape(root, "a Compose file is a mapping with `services`");
        }
        if let Some(include) = root.get("include") {
            self.unread(include.key.span(), "`include` is not followed");
            self.into.partial = true;
        }
        let networks = root.get("networks").into_iter().flat_map(|field| field.value.fields());
        for network in networks {
            let external = network.value.get("external").map(|field| field.value.expose());
            if external.is_some_and(|external| external != Some("false")) {
                self.into.external.extend(network.name().map(Name::new));
            }
        }
        let Some(services) = root.get("services") else { return };
        if !matches!(services.value.kind(), Kind::Mapping(_)) {
            return self.shape(services.value, "`services` is a mapping of names to services");
        }
        for service in services.value.fields() {
            let is_known = service.name().is_some_and(|name| self.into.services.contains_key(name));
            if self.into.services.len() >= MAX_SERVICES && !is_known {
                let message = "a project has at most 5000 services; the rest is not read";
                return self.shape(service.key, message);
            }
            self.service(&service);
        }
    }

    fn service(&mut self, service: &Field<'_>) {
        let Some(name) = service.name().map(Name::new) else { return };
        if !matches!(service.value.kind(), Kind::Mapping(_)) {
            return self.shape(service.value, "a service is a mapping");
        }
        let known = self.into.services.remove(&name);
        let mut definition = known.unwrap_or_else(|| Definition::at(service.key.span()));
        for (key, note) in NOT_FOLLOWED {
            if let Some(field) = service.value.get(key) {
                self.unread(field.key.span(), note);
                definition.partial |= key == "extends";
            }
        }
        if let Some(field) = service.value.get("environment") {
            definition.environment_place = Some(field.key.span());
            self.variables(&field, &mut definition.environment);
        }
        if let Some(args) = service.value.get("build").and_then(|build| build.value.get("args")) {
            self.variables(&args, &mut definition.args);
        }
        if let Some(field) = service.value.get("env_file") {
            definition.env_files.extend(self.env_files(field.value));
        }
        if let Some(field) = service.value.get("ports") {
            let found = self.ports(&name, field.value);
            definition.publications.extend(found);
        }
        if let Some(field) = service.value.get("volumes") {
            definition.mounted.extend(self.mounts(field.value));
        }
        self.networks(service.value, &mut definition);
        self.into.services.insert(name, definition);
    }

    /// `environment` and `args`: a mapping, or a list of `NAME=value`.
    fn variables(&mut self, field: &Field<'_>, into: &mut BTreeMap<Name, Entry>) {
        if let Some(tag) = field.value.tag().filter(|tag| matches!(*tag, "!reset" | "!override")) {
            into.clear();
            if tag == "!reset" {
                return;
            }
        }
        match field.value.kind() {
            Kind::Mapping(_) => {
                for entry in field.value.fields() {
                    let Some(name) = entry.name().map(Name::new) else { continue };
                    let entry = self.mapped(&entry, &field.via);
                    set(into, name, entry);
                }
            }
            Kind::Sequence(items) => {
                for item in items {
                    self.listed(item.resolve().node, into);
                }
            }
            _ if field.value.is_absent() => {}
            _ => self.shape(field.value, "variables are a mapping, or a list of NAME=value"),
        }
    }

    fn mapped(&mut self, entry: &Field<'_>, outer: &[Via]) -> Entry {
        let name_span = entry.key.text_span().unwrap_or(entry.key.span());
        let node = entry.value;
        let (Some(style), Some(text)) = (node.style(), node.text()) else {
            self.shape(node, "a variable's value is text, a number, true, false or null");
            return Entry::null(name_span);
        };
        let text = match style {
            Style::Plain => match scalar::environment_text(text.expose()) {
                None => return Entry::null(name_span),
                Some(Cow::Borrowed(_)) => text,
                Some(Cow::Owned(printed)) => Secret::made(printed),
            },
            _ => text,
        };
        let span = value_span(node);
        let mut origin = Origin::new(span, Reader::ComposeFile);
        origin.via = entry.via.iter().chain(outer).copied().collect();
        let text = LocatedText::decoded(self.source, span, text);
        Entry::new(name_span, self.launch.interpolate(text, &origin))
    }

    fn listed(&mut self, item: Node<'_>, into: &mut BTreeMap<Name, Entry>) {
        let Some(text) = item.text() else {
            return self.shape(item, "an item of this list is NAME=value");
        };
        let written = text.expose();
        let (name, value) = match written.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (written, None),
        };
        if name.contains('$') {
            return self.unread(item.span(), "a name that is interpolated is not followed");
        }
        let within = |range: Range<usize>| match item.text_span() {
            Some(span) => {
                let start = span.start as usize;
                self.source.span(start + range.start..start + range.end)
            }
            None => item.span(),
        };
        let name_span = within(0..name.len());
        let entry = match value {
            None => Entry::null(name_span),
            Some(value) => {
                let span = within(name.len() + 1..written.len());
                let text = Secret::made(value.to_owned());
                let text = LocatedText::decoded(self.source, span, text);
                let origin = Origin::new(span, Reader::ComposeFile);
                Entry::new(name_span, self.launch.interpolate(text, &origin))
            }
        };
        set(into, Name::new(name), entry);
    }

    fn env_files(&mut self, node: Node<'_>) -> Vec<EnvFile> {
        let entries: Vec<Node<'_>> = match node.kind() {
            Kind::Sequence(_) => node.elements().map(|element| element.node).collect(),
            _ => vec![node],
        };
        entries.into_iter().filter_map(|entry| self.env_file(entry)).collect()
    }

    fn env_file(&mut self, entry: Node<'_>) -> Option<EnvFile> {
        let (path, required, raw) = match entry.kind() {
            Kind::Mapping(_) => {
                let is = |key, text| {
                    entry.get(key).is_some_and(|field| field.value.expose() == Some(text))
                };
                (entry.get("path")?.value, !is("required", "false"), is("format", "raw"))
            }
            _ => (entry, true, false),
        };
        let Some(text) = self.known_text(path) else {
            self.unread(path.span(), "the path depends on a value that is not known");
            return None;
        };
        let path_text = text.as_str();
        Some(EnvFile { path: self.directory.join(path_text), place: path.span(), required, raw })
    }

    fn ports(&mut self, workload: &Name, node: Node<'_>) -> Vec<Publication> {
        let mut found = Vec::new();
        for item in node.elements() {
            let node = item.node;
            let ports = match node.kind() {
                Kind::Mapping(_) => self.long_port(node).map(|port| vec![port]),
                _ => self.known_text(node).and_then(|text| ports::parse(&text)),
            };
            match ports {
                None => self.unread(node.span(), "this port could not be read"),
                Some(ports) => found.extend(ports.into_iter().map(|port| Publication {
                    workload: workload.clone(),
                    address: port.address,
                    host_port: port.host,
                    port: port.container,
                    place: node.span(),
                })),
            }
        }
        found
    }

    fn long_port(&mut self, node: Node<'_>) -> Option<ports::Port> {
        let mut text = |key| node.get(key).map(|field| self.known_text(field.value));
        let target = text("target")??.parse().ok()?;
        let host = match text("published") {
            Some(published) => Some(published?.parse().ok()?),
            None => None,
        };
        let address: IpAddr = match text("host_ip") {
            Some(address) => address?.parse().ok()?,
            None => ANY_ADDRESS,
        };
        Some(ports::Port { address, host, container: target })
    }

    /// What of the host a service sees. Named volumes hold nothing of the repository.
    fn mounts(&mut self, node: Node<'_>) -> Vec<FilePath> {
        let mut found = Vec::new();
        for item in node.elements() {
            let source = match item.node.kind() {
                Kind::Mapping(_) => {
                    item.node.get("source").and_then(|field| self.known_text(field.value))
                }
                _ => self
                    .known_text(item.node)
                    .and_then(|text| Some(text.split_once(':')?.0.to_owned())),
            };
            let path = source.filter(|source| source.starts_with(['.', '/']));
            found.extend(path.map(|path| self.directory.join(&path)));
        }
        found
    }

    fn networks(&mut self, service: Node<'_>, definition: &mut Definition) {
        let mode = service.get("network_mode").and_then(|mode| mode.value.expose());
        definition.on_host |= mode == Some("host");
        definition.partial |= mode.is_some_and(|mode| mode.contains(':'))
            || BEYOND.iter().any(|key| service.get(key).is_some());
        let own = service.get("container_name").and_then(|name| name.value.expose());
        definition.aliases.extend(own.map(Name::new));
        let Some(networks) = service.get("networks").map(|field| field.value) else {
            if definition.networks.is_empty() && mode.is_none() {
                definition.networks.insert("default".into());
            }
            return;
        };
        definition.networks.remove("default");
        match networks.kind() {
            Kind::Mapping(_) => {
                for network in networks.fields() {
                    definition.networks.extend(network.name().map(Name::new));
                    let aliases = network.value.get("aliases").map(|field| field.value);
                    let names = aliases.into_iter().flat_map(Node::items);
                    definition.aliases.extend(names.filter_map(|n| n.expose().map(Name::new)));
                }
            }
            _ => definition
                .networks
                .extend(networks.items().filter_map(|item| item.expose().map(Name::new))),
        }
    }

    /// The text of a scalar that is no variable's value, interpolated; `None` if it is no scalar
    /// or not wholly known.
    fn known_text(&mut self, node: Node<'_>) -> Option<String> {
        let span = value_span(node);
        let text = LocatedText::decoded(self.source, span, node.text()?);
        let expansion = self.launch.interpolate(text, &Origin::new(span, Reader::ComposeFile));
        expansion.value.known().map(|text| text.as_str().to_owned())
    }

    fn shape(&mut self, node: Node<'_>, message: &str) {
        self.into.shape.push(SyntaxError::new(node.span(), message));
    }

    fn unread(&mut self, span: Span, what: &str) {
        self.into.unread.push((span, what.to_owned()));
    }
}

fn value_span(node: Node<'_>) -> Span {
    node.text_span().unwrap_or(node.span())
}

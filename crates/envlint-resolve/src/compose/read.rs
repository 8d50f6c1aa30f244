//! One Compose file laid over what earlier ones said.

use std::sync::Arc;

use envlint_model::{FilePath, Name, Origin, Reader, SourceFile, Span, SyntaxError, Via};
use envlint_parse::template::LocatedText;
use envlint_parse::tree::{Document, Field, Kind, Node, Resolved};

use super::scalar::is_name;
use super::{Compose, Definition};
use crate::launch::Launch;

/// The most services of a project. Real ones have a dozen, generated ones thousands; resolving
/// takes time linear in their number.
pub const MAX_SERVICES: usize = 20_000;

/// Keys of a service that change its environment or its network and are not followed.
pub(super) const NOT_FOLLOWED: [(&str, &str); 2] = [
    ("extends", "`extends` is not followed"),
    ("profiles", "`profiles` are not chosen: the service is taken as running"),
];

/// Keys of a service that give it names for what no file here tells.
pub(super) const BEYOND: [&str; 4] = ["extends", "external_links", "extra_hosts", "links"];

/// A key of a service: how it is read, and how what earlier files say is forgotten.
struct Key {
    name: &'static str,
    read: fn(&mut Reading<'_>, &Under<'_>, &mut Definition),
    forget: fn(&mut Definition),
}

const KEYS: [Key; 8] = [
    Key {
        name: "environment",
        read: |reading, under, service| {
            service.environment_place = Some(under.field.key.span());
            reading.variables(under, &mut service.environment);
        },
        forget: |service| {
            service.environment_place = None;
            service.environment.clear();
        },
    },
    Key {
        name: "build",
        read: |reading, under, service| reading.build(under, service),
        forget: |service| service.args.clear(),
    },
    Key {
        name: "env_file",
        read: |reading, under, service| reading.env_files(under, service),
        forget: |service| service.env_files.clear(),
    },
    Key {
        name: "ports",
        read: |reading, under, service| reading.ports(under, service),
        forget: |service| service.publications.clear(),
    },
    Key {
        name: "volumes",
        read: |reading, under, service| reading.mounts(under, service),
        forget: |service| service.mounted.clear(),
    },
    Key {
        name: "networks",
        read: |reading, under, service| reading.networks(under, service),
        forget: |service| service.networks.clear(),
    },
    Key {
        name: "network_mode",
        read: |reading, under, service| {
            service.network_mode = reading.known_text(under.field.value);
        },
        forget: |service| service.network_mode = None,
    },
    Key {
        name: "container_name",
        read: |reading, under, service| {
            let name = reading.known_text(under.field.value);
            service.container_name = name.as_deref().map(Name::new);
        },
        forget: |service| service.container_name = None,
    },
];

/// A field of a service, and the steps between where it is written and the service.
pub(super) struct Under<'a> {
    pub(super) service: &'a Name,
    pub(super) field: &'a Field<'a>,
    pub(super) via: Vec<Via>,
}

/// How a part of a file is laid over the same part of earlier files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Laid {
    /// Added to it.
    Over,
    /// `!override`: in its place.
    InItsPlace,
    /// `!reset`: it is gone, and so is what the tag stands before.
    Gone,
}

impl Laid {
    pub(super) fn of(node: Node<'_>) -> Self {
        match node.tag() {
            Some("!reset") => Laid::Gone,
            Some("!override") => Laid::InItsPlace,
            _ => Laid::Over,
        }
    }
}

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

/// The reading of one file.
pub(super) struct Reading<'a> {
    pub(super) source: &'a Arc<SourceFile>,
    pub(super) directory: &'a FilePath,
    pub(super) launch: &'a mut Launch,
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
        if let Some(include) = root.get("include").filter(|it| Laid::of(it.value) != Laid::Gone) {
            self.unread(include.key.span(), "`include` is not followed");
            self.into.partial = true;
        }
        if let Some(networks) = root.get("networks") {
            self.shared_networks(networks.value);
        }
        if let Some(services) = root.get("services") {
            self.services(&services);
        }
    }

    /// Networks that live outside of the project.
    fn shared_networks(&mut self, networks: Node<'_>) {
        if Laid::of(networks) != Laid::Over {
            self.into.external.clear();
        }
        for network in networks.fields() {
            let Some(name) = network.name() else { continue };
            if Laid::of(network.value) != Laid::Over {
                self.into.external.remove(name);
            }
            let Some(external) = network.value.get("external").map(|field| field.value) else {
                continue;
            };
            let is_own = |text: &str| text.eq_ignore_ascii_case("false");
            if Laid::of(external) == Laid::Gone || external.expose().is_some_and(is_own) {
                self.into.external.remove(name);
            } else {
                self.into.external.insert(Name::new(name));
            }
        }
    }

    fn services(&mut self, services: &Field<'_>) {
        let laid = Laid::of(services.value);
        if laid != Laid::Over {
            self.into.services.clear();
        }
        if laid == Laid::Gone {
            return;
        }
        if !matches!(services.value.kind(), Kind::Mapping(_)) {
            return self.shape(services.value, "`services` is a mapping of names to services");
        }
        for service in services.value.fields() {
            let is_known = service.name().is_some_and(|name| self.into.services.contains_key(name));
            if self.into.services.len() >= MAX_SERVICES && !is_known {
                let message =
                    format!("a project has at most {MAX_SERVICES} services; the rest is not read");
                return self.shape(service.key, &message);
            }
            self.service(&service, &services.via);
        }
    }

    fn service(&mut self, service: &Field<'_>, outer: &[Via]) {
        let Some(name) = self.name(service) else { return };
        let laid = Laid::of(service.value);
        if laid != Laid::Over {
            self.into.services.remove(&name);
        }
        let known = self.into.services.contains_key(&name);
        if laid == Laid::Gone || service.value.is_absent() && known {
            return;
        }
        if !matches!(service.value.kind(), Kind::Mapping(_)) {
            return self.shape(service.value, "a service is a mapping");
        }
        let known = self.into.services.remove(&name);
        let mut definition = known.unwrap_or_else(|| Definition::at(service.key.span()));
        for field in service.value.fields() {
            let via = [&field.via, &service.via, outer].concat();
            self.field(&Under { service: &name, field: &field, via }, &mut definition);
        }
        self.into.services.insert(name, definition);
    }

    fn field(&mut self, under: &Under<'_>, definition: &mut Definition) {
        let laid = Laid::of(under.field.value);
        let is = |key: &str| under.field.name() == Some(key);
        let unfollowed = NOT_FOLLOWED.iter().map(|(key, _)| *key).chain(BEYOND);
        for key in unfollowed.filter(|key| is(key)) {
            match laid {
                Laid::Gone => drop(definition.unfollowed.remove(key)),
                _ => drop(definition.unfollowed.insert(key, under.field.key.span())),
            }
        }
        if let Some(key) = KEYS.iter().find(|key| is(key.name)) {
            if laid != Laid::Over {
                (key.forget)(definition);
            }
            if laid != Laid::Gone {
                (key.read)(self, under, definition);
            }
        }
    }

    /// The name of a service or a variable.
    pub(super) fn name(&mut self, field: &Field<'_>) -> Option<Name> {
        let (name, style) = (field.name()?, field.key.style()?);
        if !is_name(name, style, field.key.tag()) {
            self.into.shape.push(
                SyntaxError::new(
                    field.key.span(),
                    "compose refuses a name that YAML reads as a number, true, false or null",
                )
                .with_help("put the name in quotes"),
            );
        }
        Some(Name::new(name))
    }

    fn networks(&mut self, under: &Under<'_>, definition: &mut Definition) {
        let node = under.field.value;
        if !matches!(node.kind(), Kind::Mapping(_)) {
            for name in items(node).filter_map(|item| item.node.expose()) {
                definition.networks.entry(Name::new(name)).or_default();
            }
            return;
        }
        for network in node.fields() {
            let Some(name) = network.name() else { continue };
            let laid = Laid::of(network.value);
            if laid != Laid::Over {
                definition.networks.remove(name);
            }
            if laid != Laid::Gone {
                let aliases = network.value.get("aliases").map(|field| field.value);
                let aliases = aliases.into_iter().flat_map(items);
                let names = aliases.filter_map(|alias| alias.node.expose().map(Name::new));
                definition.networks.entry(Name::new(name)).or_default().extend(names);
            }
        }
    }

    /// The text of a scalar that is no variable's value, interpolated; `None` if it is no scalar
    /// or not wholly known.
    pub(super) fn known_text(&mut self, node: Node<'_>) -> Option<String> {
        let span = value_span(node);
        let text = LocatedText::decoded(self.source, span, node.text()?);
        let expansion = self.launch.interpolate(text, &Origin::new(span, Reader::ComposeFile));
        expansion.value.known().map(|text| text.as_str().to_owned())
    }

    pub(super) fn shape(&mut self, node: Node<'_>, message: &str) {
        // Of an alias that leads nowhere, or to too much, the parser has told.
        if matches!(node.kind(), Kind::Alias(None)) {
            return;
        }
        self.into.shape.push(SyntaxError::new(node.span(), message));
    }

    pub(super) fn unread(&mut self, span: Span, what: &str) {
        self.into.unread.push((span, what.to_owned()));
    }
}

pub(super) fn value_span(node: Node<'_>) -> Span {
    node.text_span().unwrap_or(node.span())
}

/// The items of a list that are not taken back, aliases followed.
pub(super) fn items(list: Node<'_>) -> impl Iterator<Item = Resolved<'_>> {
    list.elements().filter(|item| Laid::of(item.node) != Laid::Gone)
}

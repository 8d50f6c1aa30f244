//! The lists of a service: files of variables, ports, and what of the host it sees.

use std::net::IpAddr;

use envlint_model::FilePath;
use envlint_parse::tree::{Kind, Node};

use super::read::{Reading, Under, items};
use super::{Definition, EnvFile, ports};
use crate::network::{ANY_ADDRESS, Publication};

impl Reading<'_> {
    pub(super) fn env_files(&mut self, under: &Under<'_>, definition: &mut Definition) {
        let node = under.field.value;
        let entries: Vec<Node<'_>> = match node.kind() {
            Kind::Sequence(_) => items(node).map(|item| item.node).collect(),
            _ if node.is_absent() => Vec::new(),
            _ => vec![node],
        };
        for entry in entries {
            if let Some((path, file)) = self.env_file(entry) {
                definition.env_files.put(path, file);
            }
        }
    }

    fn env_file(&mut self, entry: Node<'_>) -> Option<(String, EnvFile)> {
        let (path, required, raw) = match entry.kind() {
            Kind::Mapping(_) => {
                let Some(path) = entry.get("path") else {
                    self.shape(entry, "an entry of `env_file` has a `path`");
                    return None;
                };
                let mut text = |key| self.known_text(entry.get(key)?.value);
                (path.value, !text("required").is_some_and(|text| is_false(&text)), text("format"))
            }
            _ => (entry, true, None),
        };
        let Some(text) = self.known_text(path) else {
            self.unread(path.span(), "the path depends on a value that is not known");
            return None;
        };
        let raw = raw.is_some_and(|format| format == "raw");
        let file = EnvFile { path: self.directory.join(&text), place: path.span(), required, raw };
        Some((text, file))
    }

    pub(super) fn ports(&mut self, under: &Under<'_>, definition: &mut Definition) {
        for item in items(under.field.value) {
            let node = item.node;
            let ports = match node.kind() {
                Kind::Mapping(_) => self.long_port(node),
                _ => self.known_text(node).and_then(|text| ports::parse(&text)),
            };
            let Some(ports) = ports else {
                self.unread(node.span(), "this port could not be read");
                continue;
            };
            for port in ports {
                let publication = Publication {
                    workload: under.service.clone(),
                    address: port.address,
                    host_port: port.host,
                    port: port.container,
                    place: node.span(),
                };
                let key = (port.address, port.host, port.container);
                definition.publications.put(key, publication);
            }
        }
    }

    fn long_port(&mut self, node: Node<'_>) -> Option<Vec<ports::Port>> {
        let mut text = |key| node.get(key).map(|field| self.known_text(field.value));
        if text("protocol").is_some_and(|protocol| protocol.is_some_and(|name| name != "tcp")) {
            return Some(Vec::new());
        }
        let target = text("target")??.parse().ok()?;
        let host = match text("published") {
            Some(published) => Some(published?.parse().ok()?),
            None => None,
        };
        let address: IpAddr = match text("host_ip") {
            Some(address) => address?.parse().ok()?,
            None => ANY_ADDRESS,
        };
        Some(vec![ports::Port { address, host, container: target }])
    }

    /// What of the host a service sees. Named volumes hold nothing of the repository.
    pub(super) fn mounts(&mut self, under: &Under<'_>, definition: &mut Definition) {
        for item in items(under.field.value) {
            let Some((source, target)) = self.mount(item.node) else { continue };
            let path = Some(source).filter(|source| source.starts_with(['.', '/']));
            let path = path.map(|path| self.directory.join(&path));
            definition.mounted.put(FilePath::new(&target), path);
        }
    }

    fn mount(&mut self, node: Node<'_>) -> Option<(String, String)> {
        if matches!(node.kind(), Kind::Mapping(_)) {
            let mut text = |key| self.known_text(node.get(key)?.value);
            return Some((text("source").unwrap_or_default(), text("target")?));
        }
        let text = self.known_text(node)?;
        let mut parts = text.split(':');
        let (source, target) = (parts.next()?, parts.next());
        Some(match target {
            Some(target) => (source.to_owned(), target.to_owned()),
            None => (String::new(), text),
        })
    }
}

/// What compose-go takes for false where a truth value is written as text.
fn is_false(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "false" | "f" | "n" | "no" | "off" | "0")
}

//! Which files of the host Compose mounts into containers as secrets: `secrets:` of its files.
//!
//! One whose path depends on the launch environment is left out: there is no file to look at.

use std::collections::BTreeMap;

use envlint_model::{FilePath, Name, Span};

use crate::tree::{Document, Node};

/// A file that Compose mounts as a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecretMount {
    /// The file.
    pub file: FilePath,
    /// Where Compose names it.
    pub place: Span,
}

/// The secrets of a project's Compose files, the later ones over the earlier ones, by name. Paths
/// start at `directory`, where the first file lies.
pub fn secret_mounts<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
    directory: &FilePath,
) -> BTreeMap<Name, SecretMount> {
    let mut found = BTreeMap::new();
    for root in documents.into_iter().flat_map(Document::roots) {
        let secrets = root.get("secrets").map(|secrets| secrets.value.fields());
        for secret in secrets.into_iter().flatten() {
            let Some(name) = secret.name().map(Name::new) else { continue };
            match mount(secret.value, directory) {
                Some(mount) => drop(found.insert(name, mount)),
                None => drop(found.remove(&name)),
            }
        }
    }
    found
}

fn mount(secret: Node<'_>, directory: &FilePath) -> Option<SecretMount> {
    let node = secret.get("file")?.value.resolve().node;
    let path = node.expose().filter(|path| !path.is_empty() && !path.contains(['$', '~']))?;
    let place = node.text_span().unwrap_or(node.span());
    Some(SecretMount { file: directory.join(path), place })
}

#[cfg(test)]
mod tests {
    use envlint_model::{Form, Sources};

    use super::*;
    use crate::yaml;

    fn found(files: &[&str]) -> Vec<(String, String)> {
        let sources = Sources::default();
        let parsed: Vec<_> = files
            .iter()
            .map(|text| {
                let text = (*text).to_owned().into_boxed_str().into();
                yaml::parse(&sources.add("deploy/compose.yaml".into(), Form::Plain, text)).0
            })
            .collect();
        let mounts = secret_mounts(&parsed, &"deploy".into()).into_iter();
        mounts.map(|(name, mount)| (name.to_string(), mount.file.to_string())).collect()
    }

    #[test]
    fn secrets_are_files_of_the_host() {
        let text = "secrets:\n  db: {file: ./db.txt}\n  key:\n    file: ../key\n  other: {external: true}\n  variable: {environment: TOKEN}\n  depends: {file: '${DIR}/x'}\n  home: {file: ~/x}\n";
        let expected = [("db", "deploy/db.txt"), ("key", "key")];
        assert_eq!(found(&[text]), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(found(&["secrets: 1\n", "services: {}\n", "[]"]).is_empty());
    }

    #[test]
    fn a_later_file_lies_over_an_earlier_one() {
        let (base, over) = (
            "secrets: {a: {file: a}, b: {file: b}}",
            "secrets: {a: {file: c}, b: {external: true}}",
        );
        assert_eq!(found(&[base, over]), [("a".to_owned(), "deploy/c".to_owned())]);
    }
}

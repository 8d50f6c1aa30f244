//! How Compose files say that images are built: from which directory, by which Dockerfile, up to
//! which stage.
//!
//! What depends on the launch environment, lies elsewhere than below the checked directory or
//! stands in the Compose file itself is left out: there is no file to look at.

use std::collections::BTreeMap;

use envlint_model::{FilePath, Name};

use crate::tree::{Document, Node};

/// How the image of a service is built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Build {
    /// The directory that is sent to the builder.
    pub context: FilePath,
    /// The Dockerfile.
    pub dockerfile: FilePath,
    /// The stage to build; the last one if none is said.
    pub target: Option<Name>,
}

/// What one file, or several one over the other, say of one service.
#[derive(Default)]
struct Said {
    context: Option<String>,
    dockerfile: Option<String>,
    target: Option<String>,
    /// Whether the Dockerfile stands in the Compose file.
    inline: bool,
}

/// The builds of a project's Compose files, the later ones over the earlier ones, by the name of
/// the service. Paths start at `directory`, where the first file lies.
pub fn builds<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
    directory: &FilePath,
) -> BTreeMap<Name, Build> {
    let mut said: BTreeMap<Name, Said> = BTreeMap::new();
    for root in documents.into_iter().flat_map(Document::roots) {
        let services = root.get("services").map(|services| services.value.fields());
        for service in services.into_iter().flatten() {
            let Some(name) = service.name() else { continue };
            if service.value.tag().is_some() {
                said.remove(name);
            }
            let Some(build) = service.value.get("build") else { continue };
            said.entry(Name::new(name)).or_default().lay(build.value);
        }
    }
    let built = said.into_iter().filter_map(|(name, said)| Some((name, said.at(directory)?)));
    built.collect()
}

impl Said {
    fn lay(&mut self, build: Node<'_>) {
        if build.tag().is_some() {
            *self = Self::default();
        }
        if let Some(context) = text(build) {
            self.context = Some(context);
            return;
        }
        let field = |name: &str| build.get(name).and_then(|field| text(field.value));
        self.context = field("context").or(self.context.take());
        self.dockerfile = field("dockerfile").or(self.dockerfile.take());
        self.target = field("target").or(self.target.take());
        self.inline |= build.get("dockerfile_inline").is_some();
    }

    fn at(self, directory: &FilePath) -> Option<Build> {
        let context = self.context.unwrap_or_else(|| ".".to_owned());
        let dockerfile = self.dockerfile.unwrap_or_else(|| "Dockerfile".to_owned());
        let is_remote = context.contains("://") || context.starts_with("git@");
        let depends = [&context, &dockerfile].into_iter().chain(&self.target);
        if self.inline || is_remote || depends.into_iter().any(|text| text.contains('$')) {
            return None;
        }
        let context = directory.join(&context);
        let dockerfile = context.join(&dockerfile);
        let root = FilePath::default();
        let inside = |path: &FilePath| *path == root || path.is_below(&root);
        let target = self.target.as_deref().filter(|target| !target.is_empty()).map(Name::new);
        (inside(&context) && inside(&dockerfile)).then_some(Build { context, dockerfile, target })
    }
}

/// The text of a scalar, aliases followed.
fn text(node: Node<'_>) -> Option<String> {
    node.resolve().node.expose().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use envlint_model::{Form, Sources};

    use super::*;
    use crate::yaml;

    fn found(files: &[&str]) -> Vec<(String, String, String, String)> {
        let sources = Sources::default();
        let parsed: Vec<_> = files
            .iter()
            .map(|text| {
                let text = (*text).to_owned().into_boxed_str().into();
                yaml::parse(&sources.add("deploy/compose.yaml".into(), Form::Plain, text)).0
            })
            .collect();
        builds(&parsed, &"deploy".into())
            .into_iter()
            .map(|(name, build)| {
                let target = build.target.map(|target| target.to_string()).unwrap_or_default();
                (name.to_string(), build.context.to_string(), build.dockerfile.to_string(), target)
            })
            .collect()
    }

    fn row(
        name: &str,
        context: &str,
        dockerfile: &str,
        target: &str,
    ) -> (String, String, String, String) {
        (name.to_owned(), context.to_owned(), dockerfile.to_owned(), target.to_owned())
    }

    #[test]
    fn a_build_is_a_directory_and_a_file() {
        let text = "services:\n  a:\n    build: ..\n  b:\n    build: {context: ../web, dockerfile: docker/Dockerfile, target: run}\n  c:\n    build: {dockerfile: x}\n  d:\n    image: x\n";
        let expected = [
            row("a", ".", "Dockerfile", ""),
            row("b", "web", "web/docker/Dockerfile", "run"),
            row("c", "deploy", "deploy/x", ""),
        ];
        assert_eq!(found(&[text]), expected);
    }

    #[test]
    fn a_later_file_lies_over_an_earlier_one() {
        let base = "services:\n  a:\n    build: {context: ../a, target: dev}\n  b:\n    build: {context: b, target: dev}\n";
        let over =
            "services:\n  a:\n    build: {target: run}\n  b:\n    build: !override {context: c}\n";
        assert_eq!(
            found(&[base, over]),
            [row("a", "a", "a/Dockerfile", "run"), row("b", "deploy/c", "deploy/c/Dockerfile", "")]
        );
    }

    #[test]
    fn what_lies_elsewhere_is_left_out() {
        for build in [
            "https://example.com/app.git",
            "git@example.com:app.git",
            "${DIR}/web",
            "../../other",
            "/srv/app",
            "{context: ., dockerfile_inline: FROM x}",
            "{context: ., target: $STAGE}",
            "[]",
            "1",
        ] {
            let found = found(&[&format!("services:\n  a:\n    build: {build}\n")]);
            assert!(found.iter().all(|row| row.1 == "deploy" || row.1 == "deploy/1"), "{found:?}");
            assert_eq!(found.is_empty(), !matches!(build, "[]" | "1"), "{build}");
        }
    }
}

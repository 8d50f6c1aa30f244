//! What the images of services say: the Dockerfiles that Compose builds them by.

use std::collections::BTreeMap;
use std::sync::Arc;

use envlint_model::{FilePath, Name, Origin, Reader, Span, Value};
use envlint_parse::builds::{Build, builds};
use envlint_parse::dockerfile::{Assigned, Document, Instruction, Port, Refers, Stage, Text};
use envlint_parse::dockerignore::{self, DockerIgnore};
use envlint_parse::{Documents, Parsed};
use envlint_project::{Environment, SourceKind};
use envlint_resolve::Workload;

use crate::Context;

/// An image that is built here.
pub(crate) struct Image {
    /// What Compose says of it.
    pub(crate) build: Build,
    parsed: Arc<Parsed<Document>>,
}

/// A variable that an image sets.
pub(crate) struct Given {
    /// Where its name stands.
    pub(crate) name_span: Span,
    /// Its value, if the Dockerfile alone decides it.
    pub(crate) value: Option<Value>,
}

/// How Compose builds images in one environment, by the names that the services have there.
pub(crate) fn builds_in(context: &Context, environment: &Environment) -> BTreeMap<Name, Build> {
    let mut found = BTreeMap::new();
    for (directory, files) in compose_files(context, environment) {
        found.extend(builds(files.iter().map(|each| &each.document), &directory));
    }
    found
}

/// The files of each Compose project of an environment as far as they are there, the later ones
/// over the earlier ones, and the directory that paths in them start at.
pub(crate) fn compose_files(
    context: &Context,
    environment: &Environment,
) -> Vec<(FilePath, Vec<Arc<Parsed>>)> {
    let documents = &context.documents;
    let mut found = Vec::new();
    for source in context.project.sources.iter().filter(|each| each.is_in(&environment.name)) {
        let SourceKind::Compose(paths) = &source.kind else { continue };
        let paths: Vec<_> =
            paths.iter().map(|path| path.in_environment(&environment.name)).collect();
        let Some(first) = paths.first() else { continue };
        let files = paths.iter().filter(|path| documents.has(path));
        let parsed = files.filter_map(|path| documents.yaml(path).ok()).collect();
        found.push((first.parent(), parsed));
    }
    found
}

/// The images whose Dockerfiles are there, in one environment, by the names of the services in
/// Compose.
pub(crate) fn images(context: &Context, environment: &Environment) -> BTreeMap<Name, Image> {
    let read = |build: &Build| dockerfile(&context.documents, build);
    let builds = builds_in(context, environment).into_iter();
    builds
        .filter_map(|(name, build)| Some((name, Image { parsed: read(&build)?, build })))
        .collect()
}

/// Every Dockerfile that an image is built by.
pub(crate) fn dockerfiles(context: &Context) -> Vec<Arc<Parsed<Document>>> {
    let mut found: BTreeMap<_, _> = BTreeMap::new();
    for view in &context.views {
        for image in images(context, &view.deployment.environment).into_values() {
            found.insert(image.parsed.document.file().id(), image.parsed);
        }
    }
    found.into_values().collect()
}

/// A Dockerfile, if it is there: what Compose misses is for Compose to tell.
fn dockerfile(documents: &Documents, build: &Build) -> Option<Arc<Parsed<Document>>> {
    let there = documents.has(&build.dockerfile);
    there.then(|| documents.dockerfile(&build.dockerfile).ok()).flatten()
}

/// What keeps files from a build, and the file that says so or could.
pub(crate) fn docker_ignore(documents: &Documents, build: &Build) -> (FilePath, DockerIgnore) {
    let own = FilePath::new(&format!("{}.dockerignore", build.dockerfile));
    let path = match documents.has(&own) {
        true => own,
        false => build.context.join(".dockerignore"),
    };
    let there = documents.has(&path).then(|| documents.open(&path).ok()).flatten();
    let ignore = there.map_or_else(DockerIgnore::default, |file| dockerignore::parse(&file));
    (path, ignore)
}

/// How a file of the context gets into a build.
pub(crate) struct Taken {
    /// What takes it.
    pub(crate) place: Span,
    /// Whether the image is made of that stage, and not only with its help.
    pub(crate) in_image: bool,
}

impl Image {
    /// How a file gets into the build, whose path starts at the context; preferably into the
    /// image itself.
    pub(crate) fn takes(&self, path: &str) -> Option<Taken> {
        let target = self.build.target.as_deref();
        let document = &self.parsed.document;
        let taken = |stages: Vec<&Stage>| {
            stages.into_iter().flat_map(|stage| &stage.instructions).find_map(|each| match each {
                Instruction::Copy(copied) => copied.takes(path),
                _ => None,
            })
        };
        let shipped = taken(document.upon(target)).map(|place| Taken { place, in_image: true });
        let helping = || taken(document.needed(target));
        shipped.or_else(|| helping().map(|place| Taken { place, in_image: false }))
    }

    fn instructions(&self) -> impl Iterator<Item = &Instruction> {
        let target = self.build.target.as_deref();
        let stages = self.parsed.document.upon(target);
        stages.into_iter().flat_map(|stage| &stage.instructions)
    }

    /// The ports that it exposes.
    pub(crate) fn exposed(&self) -> Vec<Port> {
        let ports = self.instructions().filter_map(|instruction| match instruction {
            Instruction::Expose(ports) => Some(ports.iter().copied()),
            Instruction::Arg(_) | Instruction::Env(_) | Instruction::Copy(_) => None,
        });
        ports.flatten().collect()
    }

    /// The variables that its processes find set, by name.
    pub(crate) fn environment(&self, workload: &Workload) -> BTreeMap<Name, Given> {
        let mut given: BTreeMap<Name, Given> = BTreeMap::new();
        let mut arguments: BTreeMap<&Name, Option<Value>> = BTreeMap::new();
        for instruction in self.instructions() {
            match instruction {
                Instruction::Expose(_) | Instruction::Copy(_) => {}
                Instruction::Arg(all) => {
                    for one in all {
                        arguments.insert(&one.name, self.default(one, workload));
                    }
                }
                Instruction::Env(all) => {
                    // What stands beside it on the line is not seen yet.
                    let set: Vec<_> = all
                        .iter()
                        .map(|one| {
                            let value = one.value.as_ref().and_then(|text| match &text.refers {
                                Refers::Nothing => Some(literal(text)),
                                Refers::To(name) => match given.get(name) {
                                    Some(before) => before.value.clone(),
                                    None => arguments.get(name).cloned().flatten(),
                                },
                                Refers::Mixed => None,
                            });
                            (one.name.clone(), Given { name_span: one.name_span, value })
                        })
                        .collect();
                    given.extend(set);
                }
            }
        }
        given
    }

    /// The arguments of its build that have a default, and the defaults as far as they stand for
    /// themselves. One that Compose sets has none.
    pub(crate) fn defaults(&self, workload: &Workload) -> BTreeMap<Name, Given> {
        let mut defaults = BTreeMap::new();
        for instruction in self.instructions() {
            let Instruction::Arg(all) = instruction else { continue };
            for one in all {
                let value = self.default(one, workload);
                if value.is_some() {
                    defaults.insert(one.name.clone(), Given { name_span: one.name_span, value });
                }
            }
        }
        defaults
    }

    fn default(&self, argument: &Assigned, workload: &Workload) -> Option<Value> {
        let text = argument.value.as_ref().filter(|text| text.refers == Refers::Nothing)?;
        workload.build.get(&argument.name).is_none().then(|| literal(text))
    }
}

/// A text that stands for itself. No dotenv reader made it, so it counts as Compose's.
fn literal(text: &Text) -> Value {
    Value::literal(text.text.clone(), Origin::new(text.span, Reader::ComposeFile))
}

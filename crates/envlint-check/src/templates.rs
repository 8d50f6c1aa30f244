//! Templates of environment files: `.env.example` and its kin.
//!
//! A template is read by people. They copy it, fill it in, and learn from it what there is to be
//! set; no program opens it. So what stands in a comment counts as much as what is assigned, and
//! what a template says is held against schemas and real environments, never taken for one.

use std::collections::BTreeSet;

use envlint_model::{FileId, FilePath, Name, Origin, Span, Value};
use envlint_parse::dotenv::{Commented, Document, Statement};

use crate::Context;

/// What the name of a template has between its dots: `.env.example`, `.env.production.dist`.
const MARKS: [&str; 5] = ["dist", "example", "sample", "template", "tmpl"];

/// A template.
pub(crate) struct Template {
    /// The file.
    pub(crate) path: FilePath,
    /// Where it begins.
    pub(crate) start: Span,
    /// What it names, in order.
    pub(crate) entries: Vec<Entry>,
    /// Whether a process gets variables from it all the same.
    pub(crate) is_read: bool,
}

/// A variable that a template names.
pub(crate) struct Entry {
    /// The variable.
    pub(crate) name: Name,
    /// Where its name stands.
    pub(crate) name_span: Span,
    /// The value that is shown; empty if there is none.
    pub(crate) value: Value,
    /// The value with its quotes.
    pub(crate) written: Span,
    /// Whether it stands in a comment.
    pub(crate) commented: bool,
}

/// The templates that were found, by path.
pub(crate) fn templates(context: &Context) -> Vec<Template> {
    let parsed = context.documents.all_dotenv();
    let read = read_files(context);
    let paths = context.project.discovered.dotenv.iter().filter(|path| is_template(path));
    paths
        .filter_map(|path| {
            let document =
                &parsed.iter().find(|each| each.document.file().path() == path)?.document;
            let file = document.file();
            Some(Template {
                path: path.clone(),
                start: file.span(0..0),
                entries: entries(document),
                is_read: read.contains(&file.id()),
            })
        })
        .collect()
}

/// Whether a file is a template, by its name.
pub(crate) fn is_template(path: &FilePath) -> bool {
    path.file_name().split('.').any(|part| MARKS.contains(&part))
}

/// The files that processes get variables from, those that others win over included.
pub(crate) fn read_files(context: &Context) -> BTreeSet<FileId> {
    let workloads = context.views.iter().flat_map(|view| &view.deployment.workloads);
    let settings = workloads.flat_map(|workload| workload.run.iter().chain(workload.build.iter()));
    let launch = context.views.iter().flat_map(|view| view.deployment.launch.iter());
    let files = settings.chain(launch).flat_map(|(_, setting)| {
        let shadows = setting.shadows.iter().map(|origin| origin.span.file);
        shadows.chain([setting.name_span.file])
    });
    files.collect()
}

fn entries(document: &Document) -> Vec<Entry> {
    let assigned = document.statements().iter().filter_map(|each| Entry::assigned(document, each));
    let mut entries: Vec<Entry> = assigned.chain(document.commented().map(Entry::of)).collect();
    entries.sort_by_key(|entry| entry.name_span.start);
    entries
}

impl Entry {
    fn assigned(document: &Document, statement: &Statement) -> Option<Self> {
        let assigned = statement.value.as_ref().filter(|_| !statement.torn)?;
        let text = assigned.text.text();
        let origin = Origin::new(text.span(), document.reader());
        Some(Self {
            name: statement.name.clone(),
            name_span: statement.name_span,
            value: Value::literal(text.secret(0..text.as_str().len()), origin),
            written: assigned.span,
            commented: false,
        })
    }

    fn of(commented: Commented) -> Self {
        let written = commented.value.origin().span;
        let Commented { name, name_span, value } = commented;
        Self { name, name_span, value, written, commented: true }
    }
}

#[cfg(test)]
mod tests {
    use super::is_template;

    #[test]
    fn a_template_is_told_by_its_name() {
        for name in [".env.example", "web/.env.production.sample", "example.env", ".env.dist"] {
            assert!(is_template(&name.into()), "{name}");
        }
        for name in [".env", ".env.production", "examples/.env", "templates.env"] {
            assert!(!is_template(&name.into()), "{name}");
        }
    }
}

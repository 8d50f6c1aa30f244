//! `include`: files in the place of a directive.

use std::sync::Arc;

use envlint_model::{FilePath, Files};
use envlint_parse::nginx::{Directive, Document};

use super::{Problem, ProblemKind};

/// How deep files may include files.
pub const MAX_INCLUDE_DEPTH: usize = 16;

/// How many files one configuration may include, counted each time.
pub const MAX_INCLUDED_FILES: usize = 1000;

/// Finds the files that an `include` names. Where they lie is the caller's knowledge: nginx
/// resolves paths in its own file system, which may be that of a container.
pub trait Includes {
    /// The files for the argument of an `include` that stands in `from`, in nginx's order
    /// (sorted by name); `None` if there is none, or if it can not be told.
    fn find(&self, from: &FilePath, pattern: &str) -> Option<Vec<Arc<Document>>>;
}

/// Finds nothing.
pub struct NoIncludes;

impl Includes for NoIncludes {
    fn find(&self, _: &FilePath, _: &str) -> Option<Vec<Arc<Document>>> {
        None
    }
}

/// The files that a path with `*` and `?` in its last part names, sorted.
pub fn matching_files(files: &dyn Files, pattern: &FilePath) -> Vec<FilePath> {
    let name = pattern.file_name();
    if !name.contains(['*', '?']) {
        let is_file = files.metadata(pattern).is_some_and(|metadata| !metadata.directory);
        return if is_file { vec![pattern.clone()] } else { Vec::new() };
    }
    let mut found = files.list(&pattern.parent()).unwrap_or_default();
    // As in a shell, a leading dot is matched by a dot only.
    found.retain(|file| {
        let candidate = file.file_name();
        (name.starts_with('.') || !candidate.starts_with('.')) && matches(name, candidate)
    });
    found
}

/// Whether a name fits a pattern of `*` and `?`. Linear in the product of the lengths at worst.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, n + 1));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    p = star;
                    n = from;
                    retry = Some((star, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

/// Puts the directives of included files in the place of each `include`.
pub(super) struct Expander<'a> {
    pub(super) includes: &'a dyn Includes,
    pub(super) problems: Vec<Problem>,
    reading: Vec<FilePath>,
    included: usize,
}

impl<'a> Expander<'a> {
    pub(super) fn new(includes: &'a dyn Includes) -> Self {
        Self { includes, problems: Vec::new(), reading: Vec::new(), included: 0 }
    }

    pub(super) fn expand(&mut self, document: &Document) -> Vec<Directive> {
        let path = document.source().path().clone();
        self.reading.push(path.clone());
        let directives = self.expand_all(document.directives(), &path);
        self.reading.pop();
        directives
    }

    fn expand_all(&mut self, directives: &[Directive], from: &FilePath) -> Vec<Directive> {
        let mut expanded = Vec::with_capacity(directives.len());
        for directive in directives {
            if directive.is("include") {
                self.include(directive, from, &mut expanded);
                continue;
            }
            let mut directive = directive.clone();
            if let Some(block) = &mut directive.block {
                let inner = std::mem::take(&mut block.directives);
                block.directives = self.expand_all(&inner, from);
            }
            expanded.push(directive);
        }
        expanded
    }

    fn include(&mut self, directive: &Directive, from: &FilePath, expanded: &mut Vec<Directive>) {
        let Some(pattern) = directive.arg(0) else { return };
        let found = self.includes.find(from, pattern);
        let Some(documents) = found else {
            // A pattern that fits nothing is no mistake for nginx, a missing file is.
            if !pattern.contains(['*', '?', '[']) {
                self.problem(directive, ProblemKind::IncludeNotFound);
            }
            return;
        };
        for document in documents {
            self.included += 1;
            if self.reading.contains(document.source().path()) {
                self.problem(directive, ProblemKind::IncludeCycle);
            } else if self.reading.len() > MAX_INCLUDE_DEPTH || self.included > MAX_INCLUDED_FILES {
                self.problem(directive, ProblemKind::TooManyIncludes);
            } else {
                expanded.extend(self.expand(&document));
            }
        }
    }

    fn problem(&mut self, directive: &Directive, kind: ProblemKind) {
        let problem = Problem { span: directive.head(), kind };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use envlint_model::MemoryFiles;

    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        let files = MemoryFiles::new()
            .with("conf.d/a.conf", "")
            .with("conf.d/b.conf", "")
            .with("conf.d/b.conf.bak", "")
            .with("conf.d/.hidden.conf", "")
            .with("conf.d/deep/c.conf", "");
        for (pattern, expected) in [
            ("conf.d/*.conf", vec!["conf.d/a.conf", "conf.d/b.conf"]),
            ("conf.d/?.conf", vec!["conf.d/a.conf", "conf.d/b.conf"]),
            ("conf.d/*b*", vec!["conf.d/b.conf", "conf.d/b.conf.bak"]),
            ("conf.d/.*", vec!["conf.d/.hidden.conf"]),
            ("conf.d/a.conf", vec!["conf.d/a.conf"]),
            ("conf.d", vec![]),
            ("missing/*", vec![]),
        ] {
            let found = matching_files(&files, &pattern.into());
            let found: Vec<&str> = found.iter().map(FilePath::as_str).collect();
            assert_eq!(found, expected, "{pattern}");
        }
    }
}

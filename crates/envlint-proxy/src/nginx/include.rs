//! `include`: files in the place of a directive.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use envlint_model::{FilePath, Files, Span};
use envlint_parse::nginx::{Directive, Document, MAX_DEPTH};

use super::{Problem, ProblemKind};

/// How deep files may include files.
pub const MAX_INCLUDE_DEPTH: usize = 16;

/// How many files one configuration may include, counted each time.
pub const MAX_INCLUDED_FILES: usize = 1000;

/// How many directives one configuration may have, those of included files counted each time.
/// A file alone can not have as many.
pub const MAX_DIRECTIVES: usize = 200_000;

/// Finds the files that an `include` names. Where they lie is the caller's knowledge: nginx
/// resolves paths in its own file system, which may be that of a container.
pub trait Includes {
    /// The files for the argument of an `include` that stands in `from`, in nginx's order
    /// (sorted by name); `None` if there is none, or if it can not be told.
    fn find(&self, from: &FilePath, pattern: &str) -> Option<Vec<Document>>;
}

/// Finds nothing.
pub struct NoIncludes;

impl Includes for NoIncludes {
    fn find(&self, _: &FilePath, _: &str) -> Option<Vec<Document>> {
        None
    }
}

/// Whether the argument of an `include` may name several files, or none.
pub(super) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
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

/// The files that a configuration includes, each found and read once however often it is
/// included.
pub(super) struct Included {
    /// By the file and the place of the `include`.
    found: BTreeMap<(FilePath, Span), Option<Vec<Document>>>,
}

impl Included {
    pub(super) fn by(document: &Document, includes: &dyn Includes) -> Self {
        let mut found = BTreeMap::new();
        let mut known = BTreeSet::from([document.source().path().clone()]);
        let mut pending = vec![document.clone()];
        while let Some(document) = pending.pop() {
            let from = document.source().path();
            for include in document.walk().filter(|directive| directive.is("include")) {
                let Some(pattern) = include.arg(0) else { continue };
                // What is found beyond the bound is not read; one more shows that there is some.
                if known.len() > MAX_INCLUDED_FILES + 1 {
                    return Self { found };
                }
                let documents = includes.find(from, pattern);
                let new = documents.iter().flatten();
                pending
                    .extend(new.filter(|new| known.insert(new.source().path().clone())).cloned());
                found.insert((from.clone(), include.head()), documents);
            }
        }
        Self { found }
    }
}

/// A directive, with the files that are included in its block in their places.
pub(super) struct Node<'a> {
    directive: &'a Directive,
    children: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    /// What stands in its block, that of included files among it.
    pub(super) fn children(&self) -> &[Node<'a>] {
        &self.children
    }
}

impl Deref for Node<'_> {
    type Target = Directive;

    fn deref(&self) -> &Directive {
        self.directive
    }
}

/// Puts the directives of included files in the place of each `include`. One whose files are
/// not found stays where it is.
pub(super) struct Expander<'a> {
    included: &'a Included,
    problems: BTreeSet<Problem>,
    reading: Vec<&'a FilePath>,
    files: usize,
    directives: usize,
}

impl<'a> Expander<'a> {
    /// All directives, and what was left out.
    pub(super) fn expand(
        document: &'a Document,
        included: &'a Included,
    ) -> (Vec<Node<'a>>, Vec<Problem>) {
        let mut expander = Expander {
            included,
            problems: BTreeSet::new(),
            reading: Vec::new(),
            files: 0,
            directives: 0,
        };
        let nodes = expander.document(document, 0);
        (nodes, expander.problems.into_iter().collect())
    }

    fn document(&mut self, document: &'a Document, depth: usize) -> Vec<Node<'a>> {
        self.reading.push(document.source().path());
        let nodes = self.block(document.directives(), depth);
        self.reading.pop();
        nodes
    }

    fn block(&mut self, directives: &'a [Directive], depth: usize) -> Vec<Node<'a>> {
        let mut nodes = Vec::with_capacity(directives.len());
        for directive in directives {
            self.directives += 1;
            if self.directives > MAX_DIRECTIVES {
                // Told once, and not again for every block around it.
                if self.directives == MAX_DIRECTIVES + 1 {
                    self.problem(directive, ProblemKind::TooManyIncludes);
                }
                break;
            }
            if directive.is("include") && self.include(directive, depth, &mut nodes) {
                continue;
            }
            let children = self.block(directive.children(), depth + 1);
            nodes.push(Node { directive, children });
        }
        nodes
    }

    /// Whether something stands in the place of the directive now.
    fn include(
        &mut self,
        directive: &'a Directive,
        depth: usize,
        nodes: &mut Vec<Node<'a>>,
    ) -> bool {
        let (Some(pattern), Some(from)) = (directive.arg(0), self.reading.last()) else {
            return false;
        };
        let found = match self.included.found.get(&((*from).clone(), directive.head())) {
            Some(Some(found)) => found,
            Some(None) => {
                // A pattern that fits nothing is no mistake for nginx, a missing file is.
                if !is_pattern(pattern) {
                    self.problem(directive, ProblemKind::IncludeNotFound);
                }
                return false;
            }
            None => {
                self.problem(directive, ProblemKind::TooManyIncludes);
                return false;
            }
        };
        for document in found {
            self.files += 1;
            let too_deep = self.reading.len() > MAX_INCLUDE_DEPTH || depth > MAX_DEPTH;
            if self.reading.contains(&document.source().path()) {
                self.problem(directive, ProblemKind::IncludeCycle);
            } else if too_deep || self.files > MAX_INCLUDED_FILES {
                self.problem(directive, ProblemKind::TooManyIncludes);
            } else {
                nodes.extend(self.document(document, depth));
            }
        }
        true
    }

    fn problem(&mut self, directive: &Directive, kind: ProblemKind) {
        self.problems.insert(Problem { span: directive.head(), kind });
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

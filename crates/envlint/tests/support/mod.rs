//! One rule by itself, on files in memory.

use std::sync::Arc;

use envlint::report::{Fixed, Report};
use envlint::{CheckError, Date, FixSafety, MemoryFiles, Options, ProcessEnvironment};
use envlint_model::{ExampleFile, Kept};

/// A file: of an example, or a path and a text.
pub(crate) struct File<'a>(&'a str, &'a str, Kept);

impl<'a> From<(&'a str, &'a str)> for File<'a> {
    fn from((path, text): (&'a str, &'a str)) -> Self {
        File(path, text, Kept::UNKNOWN)
    }
}

impl From<&ExampleFile> for File<'static> {
    fn from(file: &ExampleFile) -> Self {
        File(file.path, file.text, file.kept)
    }
}

/// What a rule finds when it runs alone, and the files with all its fixes made, the unsafe ones
/// included.
pub(crate) fn check<'a>(
    rule: &str,
    files: impl IntoIterator<Item = impl Into<File<'a>>>,
) -> Result<(Report, Fixed), CheckError> {
    let mut memory = MemoryFiles::new();
    for File(path, text, kept) in files.into_iter().map(Into::into) {
        memory.insert(path, text);
        memory.keep(path, kept);
    }
    let date = Date::new(2027, 1, 1).expect("the first of January exists");
    let options = Options { select: vec![rule.to_owned()], ..Options::new(date) };
    let process = ProcessEnvironment::default();
    envlint::fix(Arc::new(memory), &process, &options, FixSafety::Unsafe)
}

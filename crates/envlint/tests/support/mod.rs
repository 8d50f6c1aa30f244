//! One rule by itself, on files in memory.

use std::sync::Arc;

use envlint::report::{Fixed, Report};
use envlint::{CheckError, Date, FixSafety, MemoryFiles, Options, ProcessEnvironment};

/// What a rule finds when it runs alone, and the files with all its fixes made, the unsafe ones
/// included. Files are paths with their texts.
pub(crate) fn check<'a>(
    rule: &str,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(Report, Fixed), CheckError> {
    let mut memory = MemoryFiles::new();
    files.into_iter().for_each(|(path, text)| memory.insert(path, text));
    let date = Date::new(2027, 1, 1).expect("the first of January exists");
    let options = Options { select: vec![rule.to_owned()], ..Options::new(date) };
    let process = ProcessEnvironment::default();
    envlint::fix(Arc::new(memory), &process, &options, FixSafety::Unsafe)
}

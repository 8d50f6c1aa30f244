use std::fmt;

/// Where a value came from, as far as it may be told: names and lines, never a part of a value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Place {
    /// A line of a file; of the decrypted text, if the file is encrypted.
    Line {
        /// The path under which the file was read.
        file: String,
        /// The line, counted from 1.
        line: u32,
    },
    /// A file as a whole.
    File(String),
    /// The environment of the process.
    Process,
    /// The pairs that the program gave itself.
    Program,
    /// The file whose path this variable holds. The path is a value, and so it is not shown.
    NamedBy(String),
    /// A provider of figment, by its own name.
    Provider(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line { file, line } => write!(f, "{file}:{line}"),
            Place::File(file) => f.write_str(file),
            Place::Process => f.write_str("the process environment"),
            Place::Program => f.write_str("given by the program"),
            Place::NamedBy(variable) => write!(f, "the file that {variable} names"),
            Place::Provider(name) => f.write_str(name),
        }
    }
}

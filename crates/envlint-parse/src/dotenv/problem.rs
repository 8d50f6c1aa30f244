//! What can be wrong with a dotenv file, in words. The texts speak of syntax only: a line that
//! can not be read may be a secret.

/// A mistake that a reader skips over or refuses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Problem {
    /// A character that can not be part of a name.
    NameCharacter,
    /// A space between two words where one name should be.
    NameSpace,
    /// A name at the very end of the file, without a line break.
    NameAtEnd,
    /// `export` with nothing behind it on its line.
    ExportAlone,
    /// The same at the end of the file.
    NothingToExport,
    /// A quote that opens a value and is never closed.
    UnclosedQuote,
    /// The same, where the reader takes the quote for a part of the value instead.
    QuoteTakenLiterally,
    /// A line that is skipped because it is no assignment.
    SkippedLine,
    /// A key over several lines without quotes.
    TornKey,
    /// More than is read from one file.
    TooManyStatements,
    /// The reader opens no dotenv files.
    NoDotenvReader,
}

impl Problem {
    /// What is wrong.
    pub(super) fn message(self) -> &'static str {
        match self {
            Problem::NameCharacter => "a name can not hold this character",
            Problem::NameSpace => "a name can not hold a space",
            Problem::NameAtEnd => {
                "the last line is a name without `=` and without a line break: compose reads it \
                 as the value of a variable without a name"
            }
            Problem::ExportAlone | Problem::NothingToExport => "`export` has no name behind it",
            Problem::UnclosedQuote => "the quote that opens here is never closed",
            Problem::QuoteTakenLiterally => {
                "the quote that opens here does not close: it becomes a part of the value"
            }
            Problem::SkippedLine => "this is no assignment, and is skipped without a word",
            Problem::TornKey => "a key over several lines is cut off at its first line",
            Problem::TooManyStatements => {
                "there are more than 100000 statements, comments or unreadable lines before this: \
                 the rest was not read"
            }
            Problem::NoDotenvReader => "the reader of this file opens no dotenv files",
        }
    }

    /// What to write instead.
    pub(super) fn help(self) -> &'static str {
        match self {
            Problem::NameCharacter => {
                "write NAME=value with letters, digits and `_` in the name; text that runs over \
                 several lines needs quotes around it"
            }
            Problem::NameSpace => "write NAME=value; a comment begins with `#`",
            Problem::NameAtEnd => "end the line with a line break, or write NAME=value",
            Problem::ExportAlone | Problem::NothingToExport => {
                "write export NAME=value, or remove the line"
            }
            Problem::UnclosedQuote => "close it with the same quote",
            Problem::QuoteTakenLiterally => {
                "close it with the same quote, with nothing but a comment after it"
            }
            Problem::SkippedLine => "write NAME=value, or begin the line with `#`",
            Problem::TornKey => "put quotes around all of its lines",
            Problem::TooManyStatements => "split the file",
            Problem::NoDotenvReader => "name a dotenv reader: compose or dotenv",
        }
    }

    /// Whether only the reader's own strictness makes this a mistake that stops it. The others
    /// are read, to no good end.
    pub(super) fn is_refused(self) -> bool {
        !matches!(
            self,
            Problem::NameAtEnd
                | Problem::ExportAlone
                | Problem::QuoteTakenLiterally
                | Problem::TornKey
        )
    }
}

use crate::Span;

/// A part of a file that could not be read. The rest of the file was read all the same.
///
/// The message speaks of syntax only and never repeats text of the file: what could not be
/// parsed may be a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// What could not be read.
    pub span: Span,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

impl SyntaxError {
    /// An error without advice.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    /// Adds what to write instead.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

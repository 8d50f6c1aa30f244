//! What the errors of the YAML parser mean to a person, without a character of the file.

use granit_parser::ErrorKind;

/// What is wrong, and what to write instead where that is known.
pub(super) fn explain(kind: &ErrorKind) -> (&'static str, Option<&'static str>) {
    use ErrorKind as K;
    match kind {
        K::UnclosedFlowCollection { open: '{' }
        | K::UnexpectedEofFlowMapping
        | K::UnexpectedEofImplicitFlowMapping => {
            ("a `{` is never closed", Some("close it with `}`"))
        }
        K::UnclosedFlowCollection { .. } | K::UnexpectedEofFlowSequence => {
            ("a `[` is never closed", Some("close it with `]`"))
        }
        K::MismatchedFlowCollectionEnd { open: '[', .. } => ("a `[` is closed by `}`", None),
        K::MismatchedFlowCollectionEnd { .. } => ("a `{` is closed by `]`", None),
        K::MisplacedFlowCollectionEnd => ("this bracket was never opened", None),
        K::ExpectedFlowMappingSeparator | K::ExpectedFlowSequenceSeparator => {
            ("a comma or a closing bracket is missing before this", None)
        }
        K::UnclosedQuotedScalar | K::InvalidQuotedScalarIndent => (
            "a quote is opened here and not closed",
            Some("close it; lines that go on with the text are indented"),
        ),
        K::DocumentIndicatorInQuotedScalar => {
            ("the document ends inside of quotes", Some("close the quote"))
        }
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => (
            "text follows a closing quote",
            Some("quote the whole value; inside of single quotes, write a quote twice"),
        ),
        K::UnknownQuotedScalarEscape => (
            "YAML knows no such escape in double quotes",
            Some("write `\\\\` for a backslash, or use single quotes"),
        ),
        K::InvalidQuotedScalarHexEscape
        | K::InvalidLowSurrogateHexEscape
        | K::InvalidLowSurrogate
        | K::MissingLowSurrogate
        | K::UnpairedLowSurrogate
        | K::InvalidUnicodeEscape => ("this escape is no character", None),
        K::TabNotAllowed | K::TabInBlockIndentation | K::TabInIndentation => {
            ("a tab indents this line", Some("indent with spaces"))
        }
        K::TabAtBlockScalarStart => ("a tab starts this block of text", Some("indent with spaces")),
        K::TabInPlainScalar => ("a tab stands where it can not", Some("quote the value")),
        K::MappingValueNotAllowed | K::InvalidColonPlacement => (
            "a `:` stands where it can not",
            Some("quote a value that holds `: `, and put one entry on a line"),
        ),
        K::InvalidMappingValueWhitespace => {
            ("a space is missing after `:`", Some("write `name: value`"))
        }
        K::SimpleKeyExpected | K::InvalidSimpleKey => {
            ("this line is no `name: value`", Some("write a `:` and a space after the name"))
        }
        K::MappingKeyNotAllowed
        | K::ExpectedBlockMappingKey
        | K::ExpectedBlockSequenceEntry
        | K::BlockSequenceEntryNotAllowed
        | K::InvalidIndentation
        | K::InvalidFlowScalarIndent
        | K::InvalidBlockScalarIndent => (
            "the indentation of this line fits none of those above",
            Some("entries of one list or mapping start in the same column"),
        ),
        K::InvalidBlockEntryWhitespace => ("a space is missing after `-`", None),
        K::BlockEntryInFlowCollection | K::PlainScalarStartsWithDashFlowIndicator => {
            ("a `-` can not stand inside of brackets", Some("quote it, or leave it out"))
        }
        K::ZeroBlockScalarIndent | K::InvalidBlockScalarHeader => {
            ("after `|` or `>` only `+`, `-` and a digit from 1 to 9 can stand", None)
        }
        K::UnexpectedCharacter { .. } => (
            "a value can not start with this character",
            Some("quote the value: `@`, `` ` ``, `%` and others have a meaning of their own"),
        ),
        K::CommentNotSeparated => {
            ("a space is missing before `#`", Some("quote the value if the `#` belongs to it"))
        }
        K::CommentInterceptedScalar => ("a comment stands inside of a value", None),
        K::MissingAnchorOrAliasName => (
            "a name is missing after `&` or `*`",
            Some("quote a value that starts with `&` or `*`"),
        ),
        K::UnknownAnchor => ("no anchor has this name", None),
        K::UndeclaredTagHandle
        | K::ExpectedTagBang
        | K::InvalidGlobalTagCharacter
        | K::InvalidTagTerminator
        | K::MissingTagUri
        | K::UnclosedVerbatimTag
        | K::InvalidTagEscape
        | K::InvalidTagUtf8LeadingByte
        | K::InvalidTagUtf8TrailingByte
        | K::InvalidTagUtf8 => ("this is no tag", Some("quote a value that starts with `!`")),
        K::RecursionLimitExceeded => ("this nests too deep", None),
        K::TooManyComments => ("too many comment lines in a row", None),
        K::BomInsideDocument => ("a byte order mark stands inside of the file", None),
        K::InvalidDocumentEnd | K::ExpectedDocumentStart | K::MissingDocumentEndBeforeDirective => {
            ("a document ends here, but text follows", Some("write `---` between documents"))
        }
        _ => ("this is not YAML", None),
    }
}

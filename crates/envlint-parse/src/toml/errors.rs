//! What the errors of the TOML parser mean to a person. Its texts are matched, never shown: a
//! text that a later version words differently gets the general message, not a wrong one.

/// What the parser says where it reads no deeper. It counts what nests in one line only, so the
/// builder, which counts the tables around as well, has always said it before.
pub(super) const TOO_DEEP: &str = "cannot recurse further; max recursion depth met";

/// What is wrong, and what to write instead where that is known; `nothing` if nothing stands
/// where the error is.
pub(super) fn explain(description: &str, nothing: bool) -> (&'static str, Option<&'static str>) {
    // An absent value is decoded like a wrong one.
    let description = match description {
        "string values must be quoted" | "invalid value" if nothing => "missing value",
        other => other,
    };
    EXPLAINED
        .iter()
        .find(|(texts, ..)| texts.contains(&description))
        .map_or(("this is not TOML", None), |&(_, message, help)| (message, help))
}

type Explained = (&'static [&'static str], &'static str, Option<&'static str>);

/// The texts of `toml_parser` 1.1.5.
const EXPLAINED: &[Explained] = &[
    (
        &["string values must be quoted", "invalid value"],
        "this is no value of TOML",
        Some("text is written in double quotes"),
    ),
    (&["missing value", "missing value for key"], "a value is missing here", None),
    (
        &["key with no value", "missing assignment between key-value pairs"],
        "a `=` and a value are missing here",
        Some("write `name = value`"),
    ),
    (
        &["extra `=`", "extra assignment between key-value pairs", "unexpected `=` in array"],
        "this `=` is one too many",
        Some("quote a value or a name that holds `=`"),
    ),
    (
        &["invalid unquoted key", "unquoted keys cannot be empty"],
        "a name without quotes holds only letters, digits, `-` and `_`",
        Some("write the name in double quotes"),
    ),
    (
        &["missing key for inline table element", "invalid key-value pair"],
        "a name is missing here",
        Some("write `name = value`"),
    ),
    (
        &["keys cannot be multi-line literal strings", "keys cannot be multi-line basic strings"],
        "a name can not go over several lines",
        None,
    ),
    (&["unclosed array"], "a `[` is never closed", Some("close it with `]`")),
    (&["unclosed inline table"], "a `{` is never closed", Some("close it with `}`")),
    (&["unclosed table"], "this header is never closed", Some("close it with `]`")),
    (&["unclosed array table"], "this header is never closed", Some("close it with `]]`")),
    (
        &["missing comma between array elements", "missing comma between key-value pairs"],
        "a comma is missing before this",
        None,
    ),
    (
        &["extra comma in array", "extra comma in inline table"],
        "this comma is one too many",
        Some("remove it"),
    ),
    (
        &["invalid basic string", "invalid literal string"],
        "this text is never closed, or holds a control character",
        Some("close it with the quote that opens it; a line break in it is `\\n`"),
    ),
    (
        &["invalid multi-line basic string", "invalid multi-line literal string"],
        "this text is never closed, or holds a control character",
        Some("close it with the three quotes that open it"),
    ),
    (
        &[
            "missing escaped value",
            "too few unicode value digits",
            "invalid escape sequence",
            "invalid value for unicode escape",
        ],
        "TOML knows no such escape",
        Some("write `\\\\` for a backslash, or use single quotes"),
    ),
    (
        &[
            "unexpected leading zero",
            "redundant numeric sign",
            "unexpected sign",
            "integers with a radix cannot be signed",
            "radix must be lowercase",
            "redundant integer number prefix",
            "`_` may only go between digits",
            "invalid integer number",
            "invalid floating-point number",
            "invalid hexadecimal number",
            "invalid octal number",
            "invalid binary number",
            "invalid decimal number",
        ],
        "this is no number of TOML",
        Some("text is written in double quotes"),
    ),
    (&["invalid date-time"], "this is no date of TOML", Some("a date is written YYYY-MM-DD")),
    (
        &["unexpected content", "unexpected key or value"],
        "this stands behind the end of the value",
        Some("put each `name = value` on a line of its own"),
    ),
    (
        &["carriage return must be followed by newline"],
        "a carriage return stands alone",
        Some("end lines with a line feed"),
    ),
    (&["invalid comment character"], "a control character stands in this comment", None),
];

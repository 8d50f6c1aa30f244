//! The repository as text: its files, what of Rust can be told without a compiler, and the
//! tables of its documents.

use std::fs;
use std::path::{Path, PathBuf};

/// Not part of the repository, or not written by hand.
const SKIPPED: [&str; 6] = [".git", "target", "artifacts", "coverage", "node_modules", "corpus"];

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the repository by its path from the root; the test fails if there is none.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a directory, as paths from the root with `/`, sorted.
pub(crate) fn files(below: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join(below), &mut found);
    let mut paths: Vec<String> = found
        .iter()
        .filter_map(|path| path.strip_prefix(root()).ok()?.to_str())
        .map(|path| path.replace('\\', "/"))
        .collect();
    paths.sort();
    paths
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !SKIPPED.contains(&name) {
            collect(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// The folders below `crates/`, sorted.
pub(crate) fn crates() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates")).expect("crates/ exists").flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// A Rust file, taken apart as far as a test of its style needs it.
pub(crate) struct RustFile {
    /// From the root of the repository.
    pub(crate) path: String,
    /// What the compiler sees before the unit tests: comments and the insides of string
    /// literals are blanks.
    pub(crate) code: String,
    /// The string literals before the unit tests, with the line that they start in, from 1.
    pub(crate) strings: Vec<(usize, String)>,
    /// The modules that this file declares in files of their own: `mod name;`.
    pub(crate) modules: Vec<String>,
}

impl RustFile {
    /// Reads and takes apart one file.
    pub(crate) fn read(path: &str) -> Self {
        let (code, mut strings) = take_apart(&text(path));
        let modules = code.lines().filter_map(declared_module).map(str::to_owned).collect();
        // Unit tests stand at the end of a file: they are not what is shipped.
        let shipped: Vec<&str> = code.lines().take_while(|line| *line != "#[cfg(test)]").collect();
        strings.retain(|(line, _)| *line <= shipped.len());
        Self { path: path.to_owned(), code: shipped.join("\n"), strings, modules }
    }
}

fn declared_module(line: &str) -> Option<&str> {
    let (visibility, name) = line.trim().strip_suffix(';')?.split_once("mod ")?;
    let declares = visibility.is_empty() || visibility.starts_with("pub");
    (declares && !name.contains(' ')).then_some(name)
}

/// All Rust files of the repository.
pub(crate) fn rust_files() -> Vec<String> {
    files("").into_iter().filter(|path| path.ends_with(".rs")).collect()
}

/// Separates what the compiler reads from comments and literals.
fn take_apart(text: &str) -> (String, Vec<(usize, String)>) {
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let after_word = code.ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let length = if rest.starts_with("//") {
            blank(&mut code, rest, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            blank(&mut code, rest, rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if let Some((start, end, length)) = string_literal(rest).filter(|_| !after_word) {
            strings.push((line, rest[start..end].to_owned()));
            blank(&mut code, rest, length)
        } else if let Some(length) = character_literal(rest) {
            blank(&mut code, rest, length)
        } else {
            code.push(c);
            c.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        at += length;
    }
    (code, strings)
}

fn blank(code: &mut String, rest: &str, length: usize) -> usize {
    code.extend(rest[..length].chars().map(|c| if c == '\n' { c } else { ' ' }));
    length
}

/// The inside of the string literal at the start of `rest`, and the length of the whole.
fn string_literal(rest: &str) -> Option<(usize, usize, usize)> {
    let prefix =
        rest.find(|c: char| !matches!(c, 'b' | 'c' | 'r')).filter(|length| *length <= 2)?;
    let raw = rest[..prefix].ends_with('r');
    let hashes = rest[prefix..].len() - rest[prefix..].trim_start_matches('#').len();
    let start = prefix + hashes + 1;
    if !rest[prefix + hashes..].starts_with('"') || hashes > 0 && !raw {
        return None;
    }
    if raw {
        let closing = format!("\"{}", "#".repeat(hashes));
        let end = start + rest[start..].find(&closing)?;
        return Some((start, end, end + closing.len()));
    }
    let mut escaped = false;
    for (offset, c) in rest[start..].char_indices() {
        match c {
            '"' if !escaped => return Some((start, start + offset, start + offset + 1)),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}

/// The length of a character literal; a lifetime is none.
fn character_literal(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    let c = inside.chars().next()?;
    inside[c.len_utf8()..].starts_with('\'').then(|| c.len_utf8() + 2)
}

/// The names in a section of a `Cargo.toml` as it is formatted here, one a line. A target's
/// dependencies count as dependencies.
pub(crate) fn names_in(manifest: &str, section: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            let of_a_target = line.starts_with("[target.") && line.ends_with(".dependencies]");
            inside = line == section || of_a_target && section == "[dependencies]";
        } else if let Some((name, _)) = line.split_once(['.', ' ', '='])
            && inside
            && !name.starts_with('#')
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// The rows of the table of a Markdown text whose first column has this head. Backquotes are
/// taken off.
pub(crate) fn table(markdown: &str, head: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim().trim_matches('|');
        inner.split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    let mut lines = markdown.lines().skip_while(|line| {
        !line.starts_with('|') || cells(line).first().is_none_or(|first| first != head)
    });
    assert!(lines.next().is_some(), "there is a table with the column {head:?}");
    lines.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect()
}

#[test]
fn rust_is_taken_apart() {
    let (code, strings) = take_apart(
        "// \"no\"\nlet a = \"x \\\" y\"; /* ' */ let b = r#\"q\"q\"#; f::<'a>('\"', b\"z\", '\\'');",
    );
    assert_eq!(strings, [(2, "x \\\" y".into()), (2, "q\"q".into()), (2, "z".into())]);
    assert!(code.contains("let b =") && code.contains("f::<'a>(") && !code.contains('"'));
    assert_eq!(code.lines().count(), 2);
}

//! Which names the files of a service mention.
//!
//! Whether code reads a variable takes a parser for each language, and a guess for everything
//! that is put together at run time. That no file mentions its name at all takes neither: the
//! question here is the weaker one, and its answer is sure. To keep it sure, a name counts as
//! mentioned in every spelling that a library may make of it, `database_url`, `databaseUrl` and
//! `database.url` for `DATABASE_URL`, and if not every file could be looked at there is no answer.
//!
//! The files are searched as bytes and never kept; nothing of them leaves this module.

use std::collections::{HashMap, HashSet};

use envlint_model::{FilePath, Files};

/// The most files of one directory that are searched; beyond it there is no answer.
pub const MAX_SEARCHED_FILES: usize = 5_000;

/// The most bytes of one directory that are searched.
pub const MAX_SEARCHED_BYTES: u64 = 32 * 1024 * 1024;

/// Suffixes of files with code.
const CODE: [&str; 38] = [
    "astro", "c", "cc", "cjs", "clj", "cpp", "cs", "cts", "dart", "erl", "ex", "exs", "fs", "go",
    "groovy", "java", "jl", "js", "jsx", "kt", "kts", "lua", "mjs", "mts", "php", "pl", "py", "r",
    "rb", "rs", "scala", "svelte", "swift", "ts", "tsx", "vb", "vue", "zig",
];

/// Suffixes of files that may read a variable beside code: scripts, templates, settings.
#[rustfmt::skip]
const BESIDE: [&str; 27] = [
    "bash", "bat", "cfg", "conf", "cshtml", "ejs", "erb", "gradle", "h", "hpp", "html", "ini",
    "j2", "json", "prisma", "properties", "ps1", "sh", "sql", "template", "tf", "tmpl", "toml",
    "xml", "yaml", "yml", "zsh",
];

/// The longest name that is looked for in parts: `database.pool.max.size`.
const MAX_PARTS: usize = 6;

/// Looks for names in the files of `directory` that may read variables. `left_out` are files that
/// mention names for another reason, such as the schema itself.
///
/// Answers with the names that no file mentions; `None` if that is not known: there is no code
/// below the directory, a file could not be read, or there are more than
/// [`MAX_SEARCHED_FILES`] or [`MAX_SEARCHED_BYTES`].
pub fn unmentioned<'n>(
    files: &dyn Files,
    directory: &FilePath,
    names: impl IntoIterator<Item = (&'n str, Vec<String>)>,
    left_out: &HashSet<FilePath>,
) -> Option<HashSet<&'n str>> {
    let walk = files.walk();
    if !walk.problems.is_empty() {
        return None;
    }
    let below = |path: &&FilePath| path.is_below(directory) && !left_out.contains(*path);
    let found: Vec<&FilePath> =
        walk.files.iter().filter(below).filter(|path| may_read(path)).collect();
    let bytes: u64 = found.iter().filter_map(|path| Some(files.metadata(path)?.bytes)).sum();
    let some_code = found.iter().any(|path| has_suffix(path, &CODE));
    if !some_code || found.len() > MAX_SEARCHED_FILES || bytes > MAX_SEARCHED_BYTES {
        return None;
    }
    let mut sought = Sought::new(names);
    for path in found {
        if sought.left.is_empty() {
            break;
        }
        sought.search(&files.read(path).ok()?);
    }
    Some(sought.left)
}

fn may_read(path: &FilePath) -> bool {
    let name = path.file_name();
    let is_schema = name.ends_with(".schema.json");
    let is_lock = name.contains("lock") && !has_suffix(path, &CODE);
    let plain = matches!(name, "Dockerfile" | "Makefile" | "Procfile" | "justfile");
    let suffixed = [&CODE[..], &BESIDE].iter().any(|list| has_suffix(path, list));
    (plain || suffixed) && !is_schema && !is_lock && !name.starts_with(".env")
}

fn has_suffix(path: &FilePath, list: &[&str]) -> bool {
    let suffix = path.file_name().rsplit_once('.').map(|(_, suffix)| suffix);
    suffix.is_some_and(|suffix| list.contains(&suffix))
}

/// Names that were not met yet, by every form that is looked for.
struct Sought<'n> {
    by_form: HashMap<Vec<u8>, Vec<&'n str>>,
    left: HashSet<&'n str>,
    /// The length of the longest form, in bytes.
    longest: usize,
}

impl<'n> Sought<'n> {
    fn new(names: impl IntoIterator<Item = (&'n str, Vec<String>)>) -> Self {
        let mut sought = Self { by_form: HashMap::new(), left: HashSet::new(), longest: 0 };
        for (name, others) in names {
            sought.left.insert(name);
            for written in others.iter().map(String::as_str).chain([name]) {
                let form = plain(written.as_bytes());
                sought.longest = sought.longest.max(form.len());
                sought.by_form.entry(form).or_default().push(name);
            }
        }
        sought
    }

    fn search(&mut self, bytes: &[u8]) {
        let mut words: Vec<&[u8]> = Vec::new();
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let mut rest = bytes;
        while let Some(start) = rest.iter().position(is_letter) {
            let (between, from) = rest.split_at(start);
            let length = from.iter().position(|byte| !is_letter(byte)).unwrap_or(from.len());
            let (word, after) = from.split_at(length);
            rest = after;
            // Words that a point or a dash joins are one name to some libraries.
            if !matches!(between, b"." | b"-") {
                words.clear();
            }
            if words.len() >= MAX_PARTS {
                words.remove(0);
            }
            words.push(word);
            self.meet(&words);
        }
    }

    /// Strikes out the names that the last words make, one, two or more of them.
    fn meet(&mut self, words: &[&[u8]]) {
        let mut form: Vec<u8> = Vec::new();
        for word in words.iter().rev() {
            if form.len() + word.len() > 2 * self.longest {
                return;
            }
            form = [plain(word), form].concat();
            for name in self.by_form.get(&form).into_iter().flatten() {
                self.left.remove(name);
            }
        }
    }
}

/// A name without what its spellings differ in.
fn plain(name: &[u8]) -> Vec<u8> {
    let letters = name.iter().filter(|byte| !matches!(byte, b'_' | b'-' | b'.'));
    letters.map(u8::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use envlint_model::{MAX_FILE_BYTES, MemoryFiles};
    use proptest::prelude::*;

    use super::*;

    fn unmentioned_in(files: MemoryFiles, names: &[&'static str]) -> Option<Vec<&'static str>> {
        let names = names.iter().map(|name| (*name, Vec::new()));
        let left =
            unmentioned(&files, &"api".into(), names, &HashSet::from(["api/own.toml".into()]))?;
        let mut left: Vec<&str> = left.into_iter().collect();
        left.sort_unstable();
        Some(left)
    }

    #[test]
    fn a_name_is_met_in_every_spelling() {
        for text in [
            "process.env.DATABASE_URL",
            "os.environ[\"DATABASE_URL\"]",
            "database_url: str",
            "databaseUrl",
            "@Value(\"${database.url}\")",
            "database-url",
            "x.DatabaseUrl",
        ] {
            let files = MemoryFiles::new().with("api/src/main.py", text);
            assert_eq!(unmentioned_in(files, &["DATABASE_URL"]), Some(Vec::new()), "{text}");
        }
        for text in ["MY_DATABASE_URL", "database url", "DATABASE_URLS", "DATABASE_, URL", "é"] {
            let files = MemoryFiles::new().with("api/src/main.py", text);
            assert_eq!(unmentioned_in(files, &["DATABASE_URL"]).unwrap().len(), 1, "{text}");
        }
    }

    #[test]
    fn only_files_that_may_read_are_searched() {
        let files = MemoryFiles::new()
            .with("api/main.rs", "fn main() {}")
            .with("api/README.md", "A")
            .with("api/.env.example", "A=1")
            .with("api/api.schema.json", "\"A\"")
            .with("api/package-lock.json", "\"A\"")
            .with("api/own.toml", "A = 1")
            .with("web/main.ts", "process.env.A")
            .with("api/settings.yaml", "b: ${B}")
            .with("api/Dockerfile", "ENV C=1");
        assert_eq!(unmentioned_in(files, &["A", "B", "C"]), Some(vec!["A"]));
    }

    #[test]
    fn without_all_files_there_is_no_answer() {
        let no_code = MemoryFiles::new().with("api/settings.json", "{}");
        assert_eq!(unmentioned_in(no_code, &["A"]), None);
        let mut large = MemoryFiles::new().with("api/main.go", "package main");
        large.insert("api/data.json", vec![b' '; MAX_FILE_BYTES as usize + 1]);
        assert_eq!(unmentioned_in(large, &["A"]), None);
        let mut many = MemoryFiles::new();
        for at in 0..=MAX_SEARCHED_FILES {
            many.insert(&format!("api/{at}.go"), "package main");
        }
        assert_eq!(unmentioned_in(many, &["A"]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_bytes_are_searched(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let files = MemoryFiles::new().with("api/main.rs", bytes);
            unmentioned_in(files, &["A", "B_C"]);
        }
    }
}

//! Writes what fuzzing starts from into `corpus/`: the fixtures, and the examples of all rules.
//!
//! `cargo fuzz cmin` then keeps what reaches something that the rest does not.

#![allow(clippy::disallowed_methods, reason = "a tool of the developers, which writes seeds")]

use std::path::{Path, PathBuf};
use std::{fs, io};

use envlint_fuzz::{FILE, names};

/// The longest seed: what is longer slows fuzzing down and says nothing new.
const MAX_BYTES: usize = 8 * 1024;

/// Which targets read a file, by the end of its name.
const READERS: [(&str, &[&str]); 8] = [
    (".age", &["age"]),
    (".conf", &["nginx"]),
    (".env", &["dotenv"]),
    (".json", &["json", "yaml"]),
    (".toml", &["toml", "manifest"]),
    (".yaml", &["yaml"]),
    (".yml", &["yaml"]),
    ("identity.txt", &["age"]),
];

fn main() -> io::Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = fuzz.join("corpus");
    for target in names() {
        fs::create_dir_all(corpus.join(target))?;
    }
    let mut seeds = Seeds { corpus, written: 0 };

    let fixtures = fuzz.join("../fixtures");
    for file in files_below(&fixtures)? {
        seeds.file(&file.to_string_lossy(), &fs::read(&file)?)?;
    }
    for project in ["broken", "hardened"] {
        let root = fixtures.join("polyant").join(project);
        let files = files_below(&root)?.into_iter().filter_map(|path| {
            let text = fs::read_to_string(&path).ok()?;
            Some((path.strip_prefix(&root).ok()?.to_string_lossy().into_owned(), text))
        });
        seeds.project(&files.collect::<Vec<_>>())?;
    }
    for example in envlint_check::all_rules().flat_map(|rule| rule.examples) {
        let files = example.files.iter().map(|file| (file.path.to_owned(), file.text.to_owned()));
        seeds.project(&files.collect::<Vec<_>>())?;
    }
    seeds.templates(&fixtures.join("dialects/recorded.json"))
}

struct Seeds {
    corpus: PathBuf,
    written: usize,
}

impl Seeds {
    fn write(&mut self, target: &str, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() > MAX_BYTES {
            return Ok(());
        }
        self.written += 1;
        fs::write(self.corpus.join(target).join(format!("seed-{}", self.written)), bytes)
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        for (end, targets) in READERS {
            for target in targets.iter().filter(|_| name.ends_with(end)) {
                self.write(target, bytes)?;
            }
        }
        Ok(())
    }

    /// A project as one input, and each of its files as one.
    fn project(&mut self, files: &[(String, String)]) -> io::Result<()> {
        let mut input = String::new();
        for (path, text) in files {
            self.file(path, text.as_bytes())?;
            if path == envlint::MANIFEST {
                let rest = text.lines().filter(|line| !line.starts_with("version"));
                let rest: String = rest.map(|line| format!("{line}\n")).collect();
                input.insert_str(0, &rest);
            } else {
                input.push_str(&format!("{FILE}{path}\n{text}"));
            }
        }
        self.write("check", input.as_bytes())
    }

    /// Every recorded dotenv file, and each of its lines as a template.
    fn templates(&mut self, recording: &Path) -> io::Result<()> {
        let recording: serde_json::Value = serde_json::from_slice(&fs::read(recording)?)?;
        let snippets = recording["snippets"].as_array().into_iter().flatten();
        for text in snippets.filter_map(|snippet| snippet["text"].as_str()) {
            self.write("dotenv", text.as_bytes())?;
            for line in text.lines().filter(|line| line.contains('$')) {
                self.write("template", line.as_bytes())?;
            }
        }
        Ok(())
    }
}

fn files_below(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![root.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(&directory)? {
            let path = entry?.path();
            match path.is_dir() {
                true => pending.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

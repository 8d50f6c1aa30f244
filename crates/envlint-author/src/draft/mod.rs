//! A first manifest, from what is found.
//!
//! A manifest says what files can not, so a machine can only guess at it. What is certain is not
//! written: envlint finds a Compose file at the root by itself. What is guessed is written with
//! what led to it, in the line above, so that a person can agree or not. What could be guessed
//! but would be wrong half of the time is a comment.
//!
//! It is done in two steps. The names of files tell environments and sources ([`Survey`]); those
//! make a manifest without services, with which the project is resolved; what its processes then
//! see tells what they are.

mod known;
mod survey;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use envlint_model::{FilePath, Name};

use crate::prose::{plain, series};
use known::{Known, Taken};

pub use survey::{ComposeFiles, Pattern, Survey};

/// Where the manifest's JSON Schema is found by whoever has no copy of it.
const SCHEMA: &str =
    "https://raw.githubusercontent.com/envlint/envlint/main/schemas/envlint.schema.json";

/// A process that was found, and the names of what it sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// What Compose calls it.
    pub name: Name,
    /// The names of its variables.
    pub variables: BTreeSet<Name>,
}

/// What was found out about the files of variables.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FilesSeen {
    /// Those that Compose reads.
    pub by_compose: BTreeSet<FilePath>,
    /// The names that each assigns.
    pub names: BTreeMap<FilePath, BTreeSet<Name>>,
}

impl FilesSeen {
    /// The names in the files of a pattern.
    fn names_in(&self, pattern: &Pattern) -> BTreeSet<Name> {
        let paths = pattern.environments.iter().map(|name| pattern.in_environment(name));
        let all = paths.chain([FilePath::new(&pattern.path)]);
        all.filter_map(|path| self.names.get(&path)).flatten().cloned().collect()
    }

    /// Whether Compose reads a file of a pattern.
    fn are_read(&self, pattern: &Pattern) -> bool {
        let mut paths = pattern.environments.iter().map(|name| pattern.in_environment(name));
        paths.any(|path| self.by_compose.contains(&path))
            || self.by_compose.contains(&FilePath::new(&pattern.path))
    }
}

/// A manifest, and what a person should know about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The text of `envlint.toml`.
    pub manifest: String,
    /// What was guessed, a sentence each, without a stop.
    pub guesses: Vec<String>,
    /// What is left to do, likewise.
    pub next: Vec<String>,
}

/// The manifest without services: what the names of files tell.
pub fn skeleton(survey: &Survey) -> String {
    let mut draft = Writer::default();
    draft.head(survey);
    draft.compose(survey);
    draft.text
}

/// The whole manifest. `seen` are the processes of Compose.
pub fn draft(survey: &Survey, seen: &[Seen], files: &FilesSeen) -> Draft {
    let mut draft = Writer::default();
    let known = Known::new();
    draft.head(survey);
    draft.compose(survey);
    draft.vaults(survey);
    let processes = draft.files(survey, seen, files);
    let taken = draft.services(seen, &known);
    draft.processes(&processes, &known);
    draft.launch(survey, files, &taken, &known);
    draft.hops(survey);
    draft.next(survey, seen);
    Draft { manifest: draft.text, guesses: draft.guesses, next: draft.next }
}

/// A process that reads files of its own.
#[derive(Default)]
struct Process {
    sources: Vec<String>,
    variables: BTreeSet<Name>,
}

/// Who reads a file: what it is called after, or the directory that it stands in.
fn owner(file: &Pattern) -> String {
    let path = FilePath::new(&file.path);
    let stem = path.file_name().trim_end_matches(".env");
    match (path.parent().file_name(), stem) {
        (_, stem) if !stem.is_empty() && !stem.starts_with('.') && !stem.contains('{') => {
            stem.to_owned()
        }
        ("", _) => "app".to_owned(),
        (directory, _) => directory.to_owned(),
    }
}

#[derive(Default)]
struct Writer {
    text: String,
    guesses: Vec<String>,
    next: Vec<String>,
    /// Names of sources that are taken.
    sources: BTreeSet<String>,
    services: usize,
    /// Whether there is a service without a schema.
    undescribed: bool,
}

impl Writer {
    fn line(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.text, "{}", line.as_ref());
    }

    /// A guess, in the manifest and for the terminal.
    fn guess(&mut self, guess: String) {
        self.line(format!("# {guess}"));
        self.guesses.push(guess);
    }

    fn head(&mut self, survey: &Survey) {
        self.line(format!("#:schema {SCHEMA}\nversion = 1\n"));
        if survey.environments.is_empty() {
            self.guess("no file names an environment: production is a guess".to_owned());
            return self.line("[environments]\nproduction = {}");
        }
        let named: Vec<String> = survey
            .environments
            .iter()
            .map(|(name, file)| format!("{name} ({})", plain(file.as_str())))
            .collect();
        self.guess(format!("the environments, by names of files: {}", series(&named, "and")));
        self.line("[environments]");
        let widest = survey.environments.keys().map(String::len).max().unwrap_or(0);
        for name in survey.environments.keys() {
            let table = match survey::is_like_production(name) {
                true => "{ like = \"production\" }",
                false => "{}",
            };
            self.line(format!("{name:widest$} = {table}"));
        }
    }

    fn compose(&mut self, survey: &Survey) {
        let Some(compose) = &survey.compose else { return };
        let at_root = !compose.base.as_str().contains('/');
        if at_root && compose.over.is_none() {
            // Found by itself, with the file that Compose adds to it by itself.
            return;
        }
        let over = compose.over.iter().map(|over| over.path.as_str());
        let files: Vec<String> =
            std::iter::once(compose.base.as_str()).chain(over).map(text).collect();
        self.line("");
        self.source("compose");
        self.line(format!("compose = [{}]", files.join(", ")));
        if !survey.other_compose.is_empty() {
            let others: Vec<String> =
                survey.other_compose.iter().map(|file| plain(file.as_str())).collect();
            self.guess(format!(
                "{} is what is deployed, and not {}",
                plain(compose.base.as_str()),
                series(&others, "or")
            ));
        }
    }

    /// The heading of a source, under a name that is free.
    fn source(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.sources.insert(name.clone()) {
            name = format!("{wanted}-{number}");
            number += 1;
        }
        self.line(format!("[sources.{}]", key(&name)));
        name
    }

    fn vaults(&mut self, survey: &Survey) {
        let directory = survey.compose.as_ref().map(|compose| compose.base.parent());
        let opened = directory.map(|directory| directory.join(".env"));
        let is_there =
            |path: &FilePath| survey.dotenv.iter().any(|file| file.path == path.as_str());
        for vault in &survey.vaults {
            self.line("");
            self.source("vault");
            self.line(format!("file = {}", text(&vault.path)));
            self.only_in(survey, vault);
            match opened.as_ref().filter(|_| survey.vaults.len() == 1) {
                Some(opened) if !is_there(opened) => {
                    self.guess(format!(
                        "the deploy puts {} in the place of {opened}, which is not here",
                        plain(&vault.path)
                    ));
                    self.line(format!("stands-for = {}", text(opened.as_str())));
                }
                _ => self.line("# stands-for = \"...\"  # the file that the program opens, once it is decrypted"),
            }
        }
    }

    /// The environments of a file, where it is not there in all of them.
    fn only_in(&mut self, survey: &Survey, pattern: &Pattern) {
        if pattern.environments.is_empty()
            || pattern.environments.len() == survey.environments.len()
        {
            return;
        }
        let names: Vec<String> = pattern.environments.iter().map(|name| text(name)).collect();
        self.line(format!("environments = [{}]", names.join(", ")));
    }

    /// Files of variables that Compose does not read, each as a source; gives the processes
    /// that they are for, by name.
    fn files(
        &mut self,
        survey: &Survey,
        seen: &[Seen],
        files: &FilesSeen,
    ) -> BTreeMap<String, Process> {
        let mut processes: BTreeMap<String, Process> = BTreeMap::new();
        let mut beside: Vec<String> = Vec::new();
        let run_by_compose: BTreeSet<&str> = seen.iter().map(|each| each.name.as_str()).collect();
        for file in survey.dotenv.iter().filter(|file| !files.are_read(file)) {
            if survey.is_launch(file) {
                continue;
            }
            let owner = owner(file);
            if run_by_compose.contains(owner.as_str()) {
                beside.push(format!("{} ({owner})", plain(&file.path)));
                continue;
            }
            self.line("");
            let source = self.source(&format!("{owner}-env"));
            self.line(format!("file = {}", text(&file.path)));
            if survey.is_node(file) {
                self.line("reader = \"dotenv\"");
            }
            self.only_in(survey, file);
            let variables = files.names_in(file);
            let process = processes.entry(owner).or_default();
            process.sources.push(source);
            process.variables.extend(variables);
        }
        if !beside.is_empty() {
            self.line("");
            self.guess(format!(
                "not read by what Compose runs, so no source of it: {}",
                series(&beside, "and")
            ));
        }
        processes
    }

    /// What Compose runs; gives the schemas that were recognised.
    fn services(&mut self, seen: &[Seen], known: &Known) -> BTreeSet<&'static str> {
        let mut taken_for = BTreeSet::new();
        let mut unknown: Vec<&Name> = Vec::new();
        for process in seen {
            let Some(taken) = known.fitting(&process.name, &process.variables) else {
                unknown.push(&process.name);
                continue;
            };
            self.line("");
            self.taken(&process.name, &taken, process.variables.len());
            self.line(format!("[services.{}]", key(&process.name)));
            self.line(format!("schema = {}", text(taken.schema)));
            self.services += 1;
            taken_for.insert(taken.schema);
        }
        if let Some(example) = unknown.first() {
            self.undescribed = true;
            let names: Vec<String> = unknown.iter().map(|name| plain(name)).collect();
            self.line("");
            self.guess(format!("nothing is known of what these read: {}", series(&names, "and")));
            self.line(format!("# [services.{}.variables]", key(example)));
            let variable = "{ type = \"key\", bytes = 32, encoding = \"hex\", required = true }";
            self.line(format!("# SESSION_KEY = {variable}"));
        }
        taken_for
    }

    fn taken(&mut self, name: &str, taken: &Taken, variables: usize) {
        let (name, schema, of) = (plain(name), taken.schema, taken.of);
        self.guess(format!("{name} is {schema}, by {of} of its {variables} variables"));
    }

    /// What reads files that are not Compose's.
    fn processes(&mut self, processes: &BTreeMap<String, Process>, known: &Known) {
        for (name, Process { sources, variables }) in processes {
            let quoted: Vec<String> = sources.iter().map(|source| text(source)).collect();
            let taken = known.fitting(name, variables);
            self.line("");
            match &taken {
                Some(taken) => self.taken(name, taken, variables.len()),
                None => {
                    self.undescribed = true;
                    self.guess(format!("something called {} reads this file", plain(name)));
                }
            }
            self.line(format!("[services.{}]", key(name)));
            if let Some(taken) = taken {
                self.line(format!("schema = {}", text(taken.schema)));
            }
            self.line(format!("sources = [{}]", quoted.join(", ")));
            self.services += 1;
        }
    }

    /// What Compose interpolates with may be the environment of processes beside it.
    fn launch(
        &mut self,
        survey: &Survey,
        files: &FilesSeen,
        taken: &BTreeSet<&'static str>,
        known: &Known,
    ) {
        let Some(file) = survey.dotenv.iter().find(|file| survey.is_launch(file)) else { return };
        let nearest = known.nearest(&files.names_in(file));
        let Some(found) = nearest.filter(|found| !taken.contains(found.schema)) else { return };
        let service = found.schema.rsplit('/').next().unwrap_or(found.schema);
        self.line("");
        self.guess(format!(
            "{} has {} variables of {}: if a process reads it itself, say so",
            plain(&file.path),
            found.of,
            found.schema
        ));
        self.line(format!("# [sources.env]\n# file = {}", text(&file.path)));
        self.line(format!("# [services.{service}]\n# schema = {}", text(found.schema)));
        self.line("# sources = [\"env\"]");
    }

    fn hops(&mut self, survey: &Survey) {
        let Some(behind) = survey.nginx.first() else { return };
        self.line("");
        self.line(format!(
            "# If a proxy that no file describes stands before {}:",
            plain(behind.as_str())
        ));
        self.line("# [[proxy.hops]]\n# kind   = \"cloudflare\"");
        self.line(format!("# before = {}", text(behind.as_str())));
    }

    fn next(&mut self, survey: &Survey, seen: &[Seen]) {
        self.next.push("read the comments of envlint.toml, and correct what is wrong".to_owned());
        if self.undescribed || seen.is_empty() && self.services == 0 {
            self.next.push(
                "say what your services read: schema = \"./x.schema.json\", or [services.x.variables]"
                    .to_owned(),
            );
        }
        if !survey.vaults.is_empty() {
            self.next.push(
                "name the identity that decrypts: identities = [\"~/...\"] of an environment"
                    .to_owned(),
            );
        }
        self.next.push("run `envlint check`".to_owned());
    }
}

/// A text of TOML (TOML 1.0, basic strings).
fn text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A key of TOML, bare where it can be.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { text(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafted(files: &[&str], seen: &[Seen]) -> Draft {
        let mut files: Vec<FilePath> = files.iter().map(|file| FilePath::new(file)).collect();
        files.sort();
        draft(&Survey::of(&files, &[]), seen, &FilesSeen::default())
    }

    fn process(name: &str, variables: &[&str]) -> Seen {
        let variables = variables.iter().map(|name| Name::new(name)).collect();
        Seen { name: Name::new(name), variables }
    }

    #[test]
    fn what_is_certain_is_not_written() {
        let draft = drafted(&["compose.yaml", "compose.override.yaml"], &[process("db", &[])]);
        assert!(!draft.manifest.contains("[sources"), "{}", draft.manifest);
        assert!(draft.manifest.contains("production = {}"), "{}", draft.manifest);
    }

    #[test]
    fn a_file_of_its_own_makes_a_service_and_a_source() {
        let files = ["api/.env", "api/package.json", "b c/.env.production", "b c/.env.staging"];
        let draft = drafted(&files, &[]);
        for line in [
            "production = {}\nstaging    = { like = \"production\" }\n",
            "[sources.api-env]\nfile = \"api/.env\"\nreader = \"dotenv\"\n",
            "[sources.\"b c-env\"]\nfile = \"b c/.env.{environment}\"\n",
            "[services.\"b c\"]\nsources = [\"b c-env\"]\n",
        ] {
            assert!(draft.manifest.contains(line), "{}", draft.manifest);
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(text("a\"b\\c\n"), r#""a\"b\\c\u000A""#);
        assert_eq!(
            (key("a-1"), key("a.b"), key("")),
            ("a-1".into(), "\"a.b\"".into(), "\"\"".into())
        );
    }
}

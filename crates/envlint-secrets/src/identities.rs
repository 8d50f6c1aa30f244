use std::collections::BTreeSet;
use std::sync::OnceLock;

use age::x25519;
use envlint_model::{FilePath, Files, ProcessEnvironment, ReadErrorKind};

use crate::identity_note::{IdentityNote, IdentityPlace, IdentityProblem};
use crate::identity_text::{self, MAX_IDENTITIES};

/// The identities that may decrypt files, from every place that people keep them in.
///
/// In this order: the files named by [`Identities::file`], `ENVLINT_AGE_IDENTITY` (identities
/// themselves, separated by white space), `ENVLINT_AGE_IDENTITY_FILE`, sops's own
/// `SOPS_AGE_KEY` and `SOPS_AGE_KEY_FILE`, and the file where sops looks by default
/// (`sops/age/keys.txt` below `$XDG_CONFIG_HOME` or `~/.config`; on macOS below
/// `~/Library/Application Support`). All are merged, and none that is broken blocks the others:
/// what could not be used is told by [`Identities::notes`].
///
/// Nothing is read until the first file has to be decrypted.
pub struct Identities<'a> {
    files: &'a dyn Files,
    environment: &'a ProcessEnvironment,
    directory: FilePath,
    named: Vec<Named>,
    loaded: OnceLock<Loaded>,
}

/// A file that a manifest or an option names.
struct Named {
    by: String,
    base: FilePath,
    path: String,
}

#[derive(Default)]
struct Loaded {
    /// The files that were looked at: one that two places name is read once.
    seen: BTreeSet<FilePath>,
    keys: Vec<x25519::Identity>,
    /// How many identities each place gave, in the order of trying.
    tried: Vec<(IdentityPlace, usize)>,
    notes: Vec<IdentityNote>,
}

impl<'a> Identities<'a> {
    /// The identities that the process environment names. Empty variables count as unset.
    pub fn new(files: &'a dyn Files, environment: &'a ProcessEnvironment) -> Self {
        Self {
            files,
            environment,
            directory: FilePath::new(""),
            named: Vec::new(),
            loaded: OnceLock::new(),
        }
    }

    /// Where the paths in variables start: the directory in which the process runs, as seen
    /// from the checked one. Without this, the checked directory itself.
    pub fn in_directory(mut self, directory: FilePath) -> Self {
        self.directory = directory;
        self
    }

    /// Adds an identity file that something else than a variable names. `by` says what
    /// (`--identity`, "`identities` of production in envlint.toml"), and `path` starts at
    /// `base`, or at the home directory if it starts with `~/`.
    pub fn file(mut self, by: impl Into<String>, base: &FilePath, path: &str) -> Self {
        self.named.push(Named { by: by.into(), base: base.clone(), path: path.to_owned() });
        self
    }

    /// Whether anything names an identity. One that merely lies in sops's default place does
    /// not count: it may belong to another project. Reads no file.
    pub fn were_given(&self) -> bool {
        !self.named.is_empty() || VARIABLES.iter().any(|(name, _)| self.environment.is_set(name))
    }

    /// What could not be used, and why. Empty until a file had to be decrypted.
    pub fn notes(&self) -> &[IdentityNote] {
        self.loaded.get().map_or(&[], |loaded| &loaded.notes)
    }

    pub(crate) fn keys(&self) -> &[x25519::Identity] {
        &self.loaded().keys
    }

    /// The places that gave identities, for a message: `1 of ENVLINT_AGE_IDENTITY, 2 of k.txt`.
    pub(crate) fn tried(&self) -> String {
        let places = self.loaded().tried.iter();
        let parts: Vec<String> =
            places.map(|(place, count)| format!("{count} of {place}")).collect();
        parts.join(", ")
    }

    fn loaded(&self) -> &Loaded {
        self.loaded.get_or_init(|| self.load())
    }
}

/// What a variable holds.
#[derive(Clone, Copy)]
enum Holds {
    Identities,
    Path,
}

/// The variables that give identities, in the order of trying.
const VARIABLES: &[(&str, Holds)] = &[
    ("ENVLINT_AGE_IDENTITY", Holds::Identities),
    ("ENVLINT_AGE_IDENTITY_FILE", Holds::Path),
    ("SOPS_AGE_KEY", Holds::Identities),
    ("SOPS_AGE_KEY_FILE", Holds::Path),
];

/// Where sops looks without being told: a variable that holds a directory, and what follows.
const DEFAULT_PLACES: &[(&str, &str)] = &[
    ("XDG_CONFIG_HOME", "sops/age/keys.txt"),
    ("HOME", ".config/sops/age/keys.txt"),
    ("HOME", "Library/Application Support/sops/age/keys.txt"),
];

/// The longest path that is taken for one, in bytes (`PATH_MAX` of Linux).
const MAX_PATH_BYTES: usize = 4096;

impl Identities<'_> {
    fn load(&self) -> Loaded {
        let mut loaded = Loaded::default();
        for Named { by, base, path } in &self.named {
            self.load_named(&mut loaded, by, base, path);
        }
        for (name, holds) in VARIABLES {
            let Some(text) = self.environment.get(name).filter(|text| !text.is_empty()) else {
                continue;
            };
            match holds {
                Holds::Path => {
                    self.load_named(&mut loaded, name, &self.directory, text.expose());
                }
                Holds::Identities => {
                    let place = IdentityPlace { named_by: (*name).to_owned(), file: None };
                    loaded.take(place, text.expose().as_bytes());
                }
            }
        }
        if let Some(path) = self.default_file() {
            self.load_file(&mut loaded, path.to_string(), path.clone(), path);
        }
        loaded
    }

    fn load_named(&self, loaded: &mut Loaded, by: &str, base: &FilePath, path: &str) {
        match self.resolve(base, path) {
            Ok(found) => self.load_file(loaded, by.to_owned(), FilePath::new(path), found),
            Err(problem) => {
                let place = IdentityPlace { named_by: by.to_owned(), file: None };
                loaded.note(place, None, problem);
            }
        }
    }

    /// The file that a person meant. A text that may hold a key is not turned into a path:
    /// paths are shown.
    fn resolve(&self, base: &FilePath, path: &str) -> Result<FilePath, IdentityProblem> {
        if identity_text::holds_identity(path) {
            return Err(IdentityProblem::IdentityForPath);
        }
        if path.len() > MAX_PATH_BYTES || path.contains(char::is_control) {
            return Err(IdentityProblem::NotAPath);
        }
        match path.strip_prefix("~/") {
            None => Ok(base.join(path)),
            Some(rest) => {
                let home = self.variable("HOME").ok_or(IdentityProblem::NoHome)?;
                Ok(base.join(home).join(rest))
            }
        }
    }

    /// Reads the file at `path`, which people call `name`.
    fn load_file(&self, loaded: &mut Loaded, named_by: String, name: FilePath, path: FilePath) {
        if !loaded.seen.insert(path.clone()) {
            return;
        }
        let place = IdentityPlace { named_by, file: Some(name) };
        match self.files.read(&path) {
            Ok(bytes) => loaded.take(place, &bytes),
            Err(error) => {
                let problem = match error.kind {
                    ReadErrorKind::TooLarge => IdentityProblem::TooLarge,
                    kind => IdentityProblem::Unreadable(kind),
                };
                loaded.note(place, None, problem);
            }
        }
    }

    fn default_file(&self) -> Option<FilePath> {
        let mut places = DEFAULT_PLACES.iter().filter_map(|(variable, rest)| {
            Some(FilePath::new(self.variable(variable)?).join(rest))
        });
        places.find(|path| self.files.metadata(path).is_some_and(|found| !found.directory))
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(|value| value.expose()).filter(|value| !value.is_empty())
    }
}

impl Loaded {
    fn take(&mut self, place: IdentityPlace, text: &[u8]) {
        let parsed = identity_text::parse(text, MAX_IDENTITIES - self.keys.len());
        if parsed.identities.is_empty() && parsed.problems.is_empty() {
            self.note(place.clone(), None, IdentityProblem::Empty);
        }
        for found in parsed.problems {
            // In a variable, or about the whole, a line number tells nothing.
            let line =
                (place.file.is_some() && found.problem.is_about_a_line()).then_some(found.line);
            self.notes.push(IdentityNote {
                place: place.clone(),
                line,
                more: found.more,
                problem: found.problem,
            });
        }
        if !parsed.identities.is_empty() {
            self.tried.push((place, parsed.identities.len()));
            self.keys.extend(parsed.identities);
        }
    }

    fn note(&mut self, place: IdentityPlace, line: Option<u32>, problem: IdentityProblem) {
        self.notes.push(IdentityNote { place, line, more: 0, problem });
    }
}

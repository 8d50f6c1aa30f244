//! Where values come from, and what was found there.

use std::collections::BTreeMap;

use envlint_model::{
    FileId, FilePath, Files, Form, Name, Origin, ProcessEnvironment, ReadErrorKind, Reader, Secret,
    SourceFile, Sources, Unknown, Value,
};
use envlint_parse::dotenv;
use envlint_schema::{Schema, Values, Variable};
use zeroize::Zeroizing;

use crate::words::Words;
use crate::{Mistake, Place};

/// A place that values come from.
#[derive(Clone)]
pub(crate) enum Source {
    Dotenv {
        path: FilePath,
        reader: Reader,
        /// Whether it may be missing.
        optional: bool,
    },
    #[cfg(feature = "age")]
    Age {
        path: FilePath,
        reader: Reader,
    },
    Process,
    Pairs(Vec<(Name, Secret)>),
    #[cfg(feature = "figment")]
    Figment(Box<figment::Figment>),
}

/// What the sources are read with.
pub(crate) struct Reading<'a> {
    pub(crate) files: &'a dyn Files,
    /// The environment of the process, if it is a source.
    pub(crate) process: Option<&'a ProcessEnvironment>,
    /// The variables, with the names of their fields: who has no names of its own is asked for these.
    #[cfg_attr(not(feature = "figment"), expect(dead_code, reason = "figment asks for it"))]
    pub(crate) names: &'a [(Name, String)],
    #[cfg(feature = "age")]
    pub(crate) identities: &'a envlint_secrets::Identities<'a>,
}

/// Everything that is set, weaker values shadowed by stronger ones.
#[derive(Default)]
pub(crate) struct Gathered {
    values: BTreeMap<Name, Value>,
    /// Names that may be a part of a secret, and so are not shown.
    torn: Vec<Name>,
    sources: Sources,
    /// What stands for a source that is no file.
    spots: BTreeMap<FileId, Place>,
    /// A source that could not be read: what is not set here may be set there.
    beyond: Option<Unknown>,
    pub(crate) mistakes: Vec<Mistake>,
}

impl Values for Gathered {
    fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// None: what else is set belongs to others, such as the services that share a file.
    fn names(&self) -> Box<dyn Iterator<Item = &Name> + '_> {
        Box::new(std::iter::empty())
    }

    fn beyond(&self) -> Option<&Unknown> {
        self.beyond.as_ref()
    }
}

impl Gathered {
    /// Reads the sources, weakest first.
    pub(crate) fn of(sources: &[Source], reading: &Reading<'_>) -> Self {
        let mut gathered = Self::default();
        for source in sources {
            gathered.add(source, reading);
        }
        gathered
    }

    fn add(&mut self, source: &Source, reading: &Reading<'_>) {
        match source {
            Source::Dotenv { path, reader, optional } => match reading.files.read(path) {
                Err(error) if *optional && error.kind == ReadErrorKind::NotFound => {}
                Err(error) => self.unreadable(path, Words::new(error.to_string()), None),
                Ok(bytes) => match std::str::from_utf8(&bytes) {
                    Ok(text) => self.dotenv(path, Form::Plain, text, *reader, reading),
                    Err(error) => {
                        let offset = error.valid_up_to() as u64;
                        let kind = ReadErrorKind::NotUtf8 { offset };
                        self.unreadable(path, Words::new(format!("{path} {kind}")), None);
                    }
                },
            },
            #[cfg(feature = "age")]
            Source::Age { path, reader } => self.age(path, *reader, reading),
            Source::Process => {
                let Some(process) = reading.process else { return };
                let spot = self.spot(Place::Process);
                for name in process.names() {
                    if let Some(text) = process.get(name) {
                        self.set(Name::new(name), text.clone(), &spot);
                    }
                }
            }
            Source::Pairs(pairs) => {
                let spot = self.spot(Place::Program);
                for (name, text) in pairs {
                    self.set(name.clone(), text.clone(), &spot);
                }
            }
            #[cfg(feature = "figment")]
            Source::Figment(figment) => self.figment(figment, reading.names),
        }
    }

    #[cfg(feature = "age")]
    fn age(&mut self, path: &FilePath, reader: Reader, reading: &Reading<'_>) {
        let bytes = match reading.files.read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.unreadable(path, Words::new(error.to_string()), None),
        };
        match envlint_secrets::decrypt_text(&bytes, reading.identities) {
            Ok(text) => self.dotenv(path, Form::Decrypted, &text, reader, reading),
            Err(error) => {
                let words = Words::new(format!("{path} {error}")).write(error.help());
                self.unreadable(path, words, Some("decryption-failed"));
            }
        }
    }

    #[cfg(feature = "figment")]
    fn figment(&mut self, figment: &figment::Figment, paths: &[(Name, String)]) {
        match crate::figment::texts(figment, paths) {
            Ok(found) => {
                for (name, text, provider) in found {
                    let spot = self.spot(Place::Provider(provider));
                    self.set(name, text, &spot);
                }
            }
            Err(words) => {
                let path = FilePath::new("figment");
                self.beyond = Some(Unknown::Unreadable { file: path, name: None });
                self.mistakes.push(Mistake::new(words));
            }
        }
    }

    /// Plays the reader of a file. A reader that refuses the file takes nothing of it.
    fn dotenv(
        &mut self,
        path: &FilePath,
        form: Form,
        text: &str,
        reader: Reader,
        by: &Reading<'_>,
    ) {
        let file = self.sources.add(path.clone(), form, Zeroizing::new(text.into()));
        let (document, _) = dotenv::parse(&file, reader);
        let launched = by.process.map(|process| self.launched(process)).unwrap_or_default();
        let before = |name: &str| launched.get(name).or_else(|| self.values.get(name));
        let evaluation = dotenv::evaluate(&document, &before);
        if let Some(refusal) = evaluation.refusal {
            let place = line_of(&file, refusal.span.start);
            let message = format!("{reader} does not read {path}: {}", refusal.reason);
            self.beyond = Some(Unknown::Unreadable { file: path.clone(), name: None });
            let mistake = Mistake::new(Words::new(message)).rule("syntax-error");
            return self.mistakes.push(mistake.at(Some(place)));
        }
        for variable in evaluation.variables {
            let statement = document.statements().get(variable.statement);
            if statement.is_some_and(|statement| statement.torn) {
                self.torn.push(variable.name.clone());
            }
            self.values.insert(variable.name, variable.value);
        }
    }

    /// What a reader expands references with: a program sees its own environment first.
    fn launched(&self, process: &ProcessEnvironment) -> BTreeMap<Name, Value> {
        let spot = Origin::new(
            self.sources.add(FilePath::default(), Form::Plain, no_text()).span(0..0),
            NOBODY,
        );
        let value = |name: &str| Some(Value::literal(process.get(name)?.clone(), spot.clone()));
        process.names().filter_map(|name| Some((Name::new(name), value(name)?))).collect()
    }

    fn unreadable(&mut self, path: &FilePath, words: Words, rule: Option<&'static str>) {
        self.beyond = Some(Unknown::Unreadable { file: path.clone(), name: None });
        let mistake = Mistake::new(words).at(Some(Place::File(path.to_string())));
        self.mistakes.push(match rule {
            Some(rule) => mistake.rule(rule),
            None => mistake,
        });
    }

    /// A place for values that stand in no file.
    fn spot(&mut self, place: Place) -> Origin {
        let file = self.sources.add(FilePath::default(), Form::Plain, no_text());
        self.spots.insert(file.id(), place);
        Origin::new(file.span(0..0), NOBODY)
    }

    fn set(&mut self, name: Name, text: Secret, origin: &Origin) {
        self.values.insert(name, Value::literal(text, origin.clone()));
    }

    /// Reads the files that stand for variables: `NAME_FILE` for `NAME`.
    pub(crate) fn read_files(&mut self, schema: &Schema, files: &dyn Files) {
        for variable in schema.variables() {
            let Some(by) = variable.file_variant() else { continue };
            if self.values.contains_key(&variable.name) {
                continue;
            }
            let Some(path) = self.values.get(by.as_str()).and_then(Value::known) else { continue };
            if path.as_str().is_empty() {
                continue;
            }
            match read_text(files, path.as_str()) {
                Ok(text) => {
                    drop(path);
                    let spot = self.spot(Place::NamedBy(by));
                    self.set(variable.name.clone(), text, &spot);
                }
                Err(kind) => {
                    drop(path);
                    let place = self.place(&by);
                    let words = Words::new(format!("the file that {by} names {kind}"))
                        .write(format!(
                            "{by}=... with the path of a file that holds {}",
                            variable.kind
                        ))
                        .happens(variable.happens.clone());
                    self.mistakes.push(Mistake::new(words).about(&by, place));
                }
            }
        }
    }

    /// Where the value of a name came from.
    pub(crate) fn place(&self, name: &str) -> Option<Place> {
        let span = self.values.get(name)?.origin().span;
        if let Some(place) = self.spots.get(&span.file) {
            return Some(place.clone());
        }
        Some(line_of(&*self.sources.get(span.file)?, span.start))
    }

    /// The name that a variable is set by: its own, or the first former one.
    pub(crate) fn name_of<'s>(&self, variable: &'s Variable) -> Option<&'s Name> {
        let mut names = std::iter::once(&variable.name).chain(&variable.formerly);
        names.find(|name| self.values.contains_key(name.as_str()))
    }

    /// Everything that is set.
    #[cfg(feature = "figment")]
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&Name, envlint_model::KnownText<'_>)> {
        self.values.iter().filter_map(|(name, value)| Some((name, value.known()?)))
    }

    /// A name that is set and that nobody reads, and that looks like this one.
    pub(crate) fn meant<'a>(&'a self, name: &str, schema: &Schema) -> Option<&'a str> {
        let unread =
            self.values.keys().filter(|name| !schema.knows(name) && !self.torn.contains(name));
        envlint_model::did_you_mean(name, unread.map(Name::as_str))
    }
}

/// Nobody reads what stands in no file; the model wants a reader all the same.
const NOBODY: Reader = Reader::Names;

fn no_text() -> Zeroizing<Box<str>> {
    Zeroizing::new(Box::default())
}

fn line_of(file: &SourceFile, offset: u32) -> Place {
    Place::Line { file: file.path().to_string(), line: file.position(offset).line }
}

/// The text of a file, without the line break that editors put at its end.
fn read_text(files: &dyn Files, path: &str) -> Result<Secret, ReadErrorKind> {
    let bytes = files.read(&FilePath::new(path)).map_err(|error| error.kind)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| ReadErrorKind::NotUtf8 { offset: error.valid_up_to() as u64 })?;
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    Ok(Secret::made(text.to_owned()))
}

use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "age")]
use envlint_model::FilePath;
use envlint_model::{Files, KnownText, Name, Reader, Secret, Truth, Value};
use envlint_schema::{
    About, Context, Empty, Schema, Unverified, Variable, ViolationKind, evaluate,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::de;
use crate::plan::{Names, Plan};
use crate::source::{Gathered, Reading, Source};
use crate::words;
use crate::{LoadError, Mistake};

/// Loads a configuration from sources that are named one by one, weakest first: a value of a later
/// source wins over the same variable of an earlier one.
///
/// Nothing is read that is not named here, and nothing before [`load`](Self::load).
#[derive(Clone)]
pub struct Loader {
    sources: Vec<Source>,
    files: Option<Arc<dyn Files>>,
    names: Names,
    context: Context,
    environment_from: Option<Name>,
    #[cfg(feature = "age")]
    identity_files: Vec<String>,
}

/// A configuration, and what should be changed although it could be loaded.
pub struct Loaded<T> {
    /// The configuration.
    pub config: T,
    /// Former names, retired variables, misleading spellings, what is recommended and not set.
    pub notes: Vec<Mistake>,
}

impl Default for Loader {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            files: None,
            names: Names::default(),
            context: Context::production(),
            environment_from: None,
            #[cfg(feature = "age")]
            identity_files: Vec::new(),
        }
    }
}

impl Loader {
    /// A loader without sources.
    pub fn new() -> Self {
        Self::default()
    }

    /// A dotenv file, read as `reader` reads it: readers disagree about quotes, comments and `$`.
    /// It has to be there. A relative path starts at the directory in which the process runs.
    pub fn dotenv(self, path: &str, reader: Reader) -> Self {
        self.source(Source::Dotenv { path: path.into(), reader, optional: false })
    }

    /// A dotenv file that may be missing, such as the one of a developer's machine.
    pub fn dotenv_if_there(self, path: &str, reader: Reader) -> Self {
        self.source(Source::Dotenv { path: path.into(), reader, optional: true })
    }

    /// A dotenv file that age encrypted. It is decrypted in memory, with the identities that
    /// `ENVLINT_AGE_IDENTITY` holds or `ENVLINT_AGE_IDENTITY_FILE` names, with those of
    /// [`identity_file`](Self::identity_file), or where sops looks for them.
    #[cfg(feature = "age")]
    pub fn age_file(self, path: &str, reader: Reader) -> Self {
        self.source(Source::Age { path: path.into(), reader })
    }

    /// A file with age identities.
    #[cfg(feature = "age")]
    pub fn identity_file(mut self, path: &str) -> Self {
        self.identity_files.push(path.to_owned());
        self
    }

    /// The environment of the process, as it is when the configuration is loaded. Variables that
    /// are no Unicode text count as not set.
    pub fn process_environment(self) -> Self {
        self.source(Source::Process)
    }

    /// Names and values that the program has already, such as those of a test.
    pub fn pairs<N: AsRef<str>, V: Into<String>>(
        self,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let secret = |text: V| Secret::made(Zeroizing::new(text.into()));
        let pairs = pairs.into_iter().map(|(name, text)| (Name::new(name.as_ref()), secret(text)));
        self.source(Source::Pairs(pairs.collect()))
    }

    /// What a figment holds. Its keys are the names of the struct's fields, as figment has them.
    #[cfg(feature = "figment")]
    pub fn figment(self, figment: &figment::Figment) -> Self {
        self.source(Source::Figment(Box::new(figment.clone())))
    }

    /// What stands before every name in the environment: with `APP_`, the field `PORT` is
    /// `APP_PORT`.
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.names.prefix = prefix.to_owned();
        self
    }

    /// What stands in the environment between the name of a struct and that of its field; `__`
    /// unless it is said otherwise.
    pub fn separator(mut self, separator: &str) -> Self {
        self.names.separator = separator.to_owned();
        self
    }

    /// Names are in upper case in the environment, and not in the struct: the field `port` is
    /// `PORT`.
    pub fn upper_case(mut self) -> Self {
        self.names.upper_case = true;
        self
    }

    /// The environment that the process runs in: what the schema asks for in some environments
    /// only depends on it. Without it this is production, where most is asked for.
    pub fn environment(mut self, name: &str) -> Self {
        self.context.like_production = name == "production";
        self.context.environment = Name::new(name);
        self
    }

    /// The variable that holds the environment's name, such as `APP_ENV`. If it is not set, this
    /// is what [`environment`](Self::environment) says.
    pub fn environment_from(mut self, variable: &str) -> Self {
        self.environment_from = Some(Name::new(variable));
        self
    }

    /// Whether the environment counts as production, whatever its name.
    pub fn like_production(mut self, like_production: bool) -> Self {
        self.context.like_production = like_production;
        self
    }

    /// Whether a reverse proxy stands before the process. What depends on it is not asked for as
    /// long as nobody says.
    pub fn behind_proxy(mut self, behind_proxy: bool) -> Self {
        self.context.behind_proxy = Truth::from(behind_proxy);
        self
    }

    /// The platform that the process runs on.
    pub fn platform(mut self, name: &str) -> Self {
        self.context.platform = Some(Name::new(name));
        self
    }

    /// Reads files from elsewhere than the disk.
    pub fn files(mut self, files: impl Files + 'static) -> Self {
        self.files = Some(Arc::new(files));
        self
    }

    /// Reads the sources and makes the configuration of them, or tells everything that is in the
    /// way.
    pub fn load<T: DeserializeOwned + JsonSchema>(&self) -> Result<T, LoadError> {
        self.load_with_notes().map(|loaded| loaded.config)
    }

    /// The same with notes about what works and should be changed all the same.
    pub fn load_with_notes<T: DeserializeOwned + JsonSchema>(
        &self,
    ) -> Result<Loaded<T>, LoadError> {
        let plan = Plan::of::<T>(&self.names).map_err(|problem| {
            let words = words::Words::new(format!("the schema of the type {problem}"));
            LoadError::new(&T::schema_name(), vec![Mistake::new(words)])
        })?;
        let gathered = self.gather(&plan.names).and_then(|mut gathered| {
            gathered.read_files(&plan.schema, &*self.open_files()?);
            Ok(gathered)
        });
        let gathered = gathered
            .map_err(|words| LoadError::new(&plan.schema.title, vec![Mistake::new(words)]))?;
        let mut judged = Judged::of(&plan.schema, &gathered, &self.context_of(&gathered));
        let loaded = de::deserialize(&plan, &texts(&plan.schema, &gathered), &judged.wrong);
        match loaded {
            Ok(config) if judged.mistakes.is_empty() && gathered.mistakes.is_empty() => {
                Ok(Loaded { config, notes: judged.notes })
            }
            Ok(_) => Err(self.error(&plan, gathered, judged)),
            Err(refused) => {
                for refused in refused {
                    judged.refused(&refused, &plan.schema, &gathered);
                }
                Err(self.error(&plan, gathered, judged))
            }
        }
    }

    fn source(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// Reads the sources. `names` are those of variables, with their fields.
    fn gather(&self, names: &[(Name, String)]) -> Result<Gathered, words::Words> {
        let is_source = self.sources.iter().any(|source| matches!(source, Source::Process));
        let needed = is_source || cfg!(feature = "age");
        let process = needed.then(envlint_os::process_environment).unwrap_or_default();
        let files = self.open_files()?;
        #[cfg(feature = "age")]
        let identities = self
            .identity_files
            .iter()
            .fold(envlint_secrets::Identities::new(&*files, &process), |identities, path| {
                identities.file("identity_file", &FilePath::default(), path)
            });
        let reading = Reading {
            files: &*files,
            process: is_source.then_some(&process),
            names,
            #[cfg(feature = "age")]
            identities: &identities,
        };
        Ok(Gathered::of(&self.sources, &reading))
    }

    fn open_files(&self) -> Result<Arc<dyn Files>, words::Words> {
        if let Some(files) = &self.files {
            return Ok(Arc::clone(files));
        }
        match envlint_os::Disk::open(Path::new(".")) {
            Ok(disk) => Ok(Arc::new(disk)),
            Err(kind) => {
                Err(words::Words::new(format!("the directory in which the process runs {kind}")))
            }
        }
    }

    /// What one source holds.
    #[cfg(feature = "figment")]
    pub(crate) fn read(source: &Source) -> Result<Gathered, words::Words> {
        Self::new().source(source.clone()).gather(&[])
    }

    fn context_of(&self, gathered: &Gathered) -> Context {
        use envlint_schema::Values;

        let named = self.environment_from.as_ref().and_then(|variable| gathered.get(variable));
        let named = named.and_then(Value::known);
        match named.as_ref().map(KnownText::as_str).filter(|name| !name.is_empty()) {
            Some(name) => self.clone().environment(name).context,
            None => self.context.clone(),
        }
    }

    fn error(&self, plan: &Plan, gathered: Gathered, judged: Judged) -> LoadError {
        let mut mistakes = gathered.mistakes;
        let mut judged = judged.mistakes;
        judged.sort_by_key(|(order, _)| *order);
        mistakes.extend(judged.into_iter().map(|(_, mistake)| mistake));
        if mistakes.is_empty() {
            mistakes.push(Mistake::new(words::of_struct(&[])));
        }
        LoadError::new(&plan.schema.title, mistakes)
    }
}

/// What the program reads of each variable: nothing where it is not set, or no longer read.
fn texts<'a>(schema: &'a Schema, gathered: &'a Gathered) -> Vec<Option<KnownText<'a>>> {
    use envlint_schema::Values;

    let text = |variable: &'a Variable| {
        if variable.retired.is_some() {
            return None;
        }
        let text = gathered.get(gathered.name_of(variable)?)?.known()?;
        match (&variable.empty, text.as_str().is_empty()) {
            (Empty::Unset, true) => None,
            (Empty::Reads(reads), true) => Some(KnownText::Borrowed(reads)),
            _ => Some(text),
        }
    };
    schema.variables().iter().map(text).collect()
}

/// What the schema says of the values.
struct Judged {
    /// Mistakes, by the place of their variable in the schema; those of several come last.
    mistakes: Vec<(usize, Mistake)>,
    notes: Vec<Mistake>,
    /// The variables that need not be read any more.
    wrong: Vec<usize>,
}

impl Judged {
    fn of(schema: &Schema, gathered: &Gathered, context: &Context) -> Self {
        let mut judged = Self { mistakes: Vec::new(), notes: Vec::new(), wrong: Vec::new() };
        for violation in evaluate(schema, gathered, context) {
            let order = order_of(&violation.about, schema);
            let meant = match (&violation.kind, &violation.about) {
                (ViolationKind::MissingRequired { .. }, About::Variable(variable)) => {
                    gathered.meant(&variable.name, schema)
                }
                _ => None,
            };
            if may_be_set(&violation.kind) {
                judged.wrong.extend((order < schema.variables().len()).then_some(order));
            }
            let Some(words) = words::of_violation(&violation, meant) else { continue };
            let mistake = Mistake::new(words).rule(violation.kind.check().rule());
            let mistake = match &violation.about {
                About::Variable(variable) => {
                    let name = meant.or(gathered.name_of(variable).map(Name::as_str));
                    mistake.about(&variable.name, name.and_then(|name| gathered.place(name)))
                }
                About::Relation(relation) => relation
                    .variables()
                    .iter()
                    .fold(mistake, |mistake, name| mistake.about(name, gathered.place(name))),
                About::Unknown(_) => mistake,
            };
            if is_note(&violation.kind, &violation.about) {
                judged.notes.push(mistake);
            } else {
                judged.wrong.extend((order < schema.variables().len()).then_some(order));
                judged.mistakes.push((order, mistake));
            }
        }
        judged
    }

    fn refused(&mut self, refused: &de::Refused, schema: &Schema, gathered: &Gathered) {
        let variables = refused.variables.iter().filter_map(|&at| schema.variables().get(at));
        let variables: Vec<&Variable> = variables.collect();
        let words = match variables.as_slice() {
            [one] => words::of_refusal(one, &refused.why),
            several => {
                let set = several.iter().filter(|one| gathered.name_of(one).is_some());
                words::of_struct(&set.map(|one| one.name.as_str()).collect::<Vec<_>>())
            }
        };
        let place = |one: &Variable| gathered.name_of(one).and_then(|name| gathered.place(name));
        let mistake = variables
            .iter()
            .fold(Mistake::new(words), |mistake, one| mistake.about(&one.name, place(one)));
        let rule = match refused.why {
            de::Why::Missing(_) => "missing-required",
            _ => "type-mismatch",
        };
        let order = match refused.variables.as_slice() {
            [one] => *one,
            _ => usize::MAX,
        };
        self.mistakes.push((order, mistake.rule(rule)));
    }
}

/// Whether a variable may be set in a place that could not be read, which is a mistake of its own.
fn may_be_set(kind: &ViolationKind) -> bool {
    let why = match kind {
        ViolationKind::Unverifiable { why, .. } => why,
        _ => return false,
    };
    matches!(why, Unverified::InFile | Unverified::Beyond(_))
}

fn order_of(about: &About<'_>, schema: &Schema) -> usize {
    let of = |variable: &Variable| {
        schema.variables().iter().position(|other| other.name == variable.name)
    };
    match about {
        About::Variable(variable) => of(variable).unwrap_or(usize::MAX),
        _ => usize::MAX,
    }
}

/// What does not keep a program from running as it was meant to.
fn is_note(kind: &ViolationKind, about: &About<'_>) -> bool {
    match kind {
        ViolationKind::MissingRecommended { .. }
        | ViolationKind::RetiredVariable
        | ViolationKind::FormerName(_)
        | ViolationKind::BooleanSpelling { .. } => true,
        // The schema says what the program makes of it, and so it does.
        ViolationKind::EmptyValue { .. } => {
            matches!(about, About::Variable(Variable { empty: Empty::Reads(_), .. }))
        }
        _ => false,
    }
}

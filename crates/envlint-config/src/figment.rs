//! For programs that use figment: [`extract`] tells all mistakes at once and no value,
//! where figment's own stops at the first and quotes it; and [`File`] is a provider of dotenv and
//! age files, read as their real readers read them.
//!
//! ```
//! use envlint_config::figment::{File, extract};
//! use envlint_config::{JsonSchema, Reader, SecretString};
//! use figment::Figment;
//!
//! #[derive(serde::Deserialize, JsonSchema, Debug)]
//! struct Api {
//!     port: u16,
//!     token: SecretString,
//! }
//!
//! let figment = Figment::from(("port", "none")).join(("token", 7));
//! let error = extract::<Api>(&figment).unwrap_err();
//! assert_eq!(error.errors().map(|mistake| mistake.variable()).collect::<Vec<_>>(), [Some("port")]);
//!
//! // Values of a file win over those before it.
//! let figment = figment.merge(File::dotenv(".env", Reader::Dotenv));
//! # let _ = figment;
//! ```
//!
//! figment keeps values in memory that is not wiped, and its provider of variables takes `007` for
//! a number: what has to stay as it is written is better read by a [`Loader`].

use ::figment::value::{Dict, Map, Num, Value};
use ::figment::{Error, Figment, Metadata, Profile, Provider};
use envlint_model::{Name, Reader, Secret};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::source::Source;
use crate::words::Words;
use crate::{LoadError, Loader};

/// Makes a configuration of what a figment holds, or tells everything that is in the way. Names in
/// it are figment's: `pool.size`.
pub fn extract<T: DeserializeOwned + JsonSchema>(figment: &Figment) -> Result<T, LoadError> {
    Loader::new().separator(".").figment(figment).load()
}

/// A file as a provider. As figment's own provider of variables does, it emits names in lower
/// case; `__` in a name stands between a struct and its field.
#[derive(Clone)]
pub struct File {
    source: Source,
    name: String,
    prefix: String,
    lower_case: bool,
}

impl File {
    /// A dotenv file, as `reader` reads it. It has to be there.
    pub fn dotenv(path: &str, reader: Reader) -> Self {
        Self::new(Source::Dotenv { path: path.into(), reader, optional: false }, path)
    }

    /// A dotenv file that may be missing.
    pub fn dotenv_if_there(path: &str, reader: Reader) -> Self {
        Self::new(Source::Dotenv { path: path.into(), reader, optional: true }, path)
    }

    /// A dotenv file that age encrypted, decrypted in memory; see
    /// [`Loader::age_file`](crate::Loader::age_file).
    #[cfg(feature = "age")]
    pub fn age(path: &str, reader: Reader) -> Self {
        Self::new(Source::Age { path: path.into(), reader }, path)
    }

    /// Takes only names that begin so, without their beginning.
    pub fn prefixed(self, prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..self }
    }

    /// Emits names in the letter case that they have.
    pub fn keep_case(self) -> Self {
        Self { lower_case: false, ..self }
    }

    fn new(source: Source, path: &str) -> Self {
        Self { source, name: path.to_owned(), prefix: String::new(), lower_case: true }
    }

    /// The fields that a name leads to.
    fn path(&self, name: &str) -> Option<Vec<String>> {
        let name = name.strip_prefix(&self.prefix)?;
        let name = if self.lower_case { name.to_ascii_lowercase() } else { name.to_owned() };
        Some(name.split("__").map(str::to_owned).collect())
    }
}

impl Provider for File {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let gathered = Loader::read(&self.source).map_err(|words| Error::from(words.message))?;
        if let Some(mistake) = gathered.mistakes.first() {
            return Err(Error::from(mistake.message().to_owned()));
        }
        let mut all = Dict::new();
        for (name, text) in gathered.texts() {
            if let Some(path) = self.path(name) {
                insert(&mut all, &path, Value::from(text.as_str()));
            }
        }
        Ok(Profile::Default.collect(all))
    }
}

fn insert(into: &mut Dict, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            into.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let inner = into.entry(name.clone()).or_insert_with(|| Dict::new().into());
            if !matches!(inner, Value::Dict(..)) {
                *inner = Dict::new().into();
            }
            if let Value::Dict(_, inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// The text of each variable that a figment has, with the name of its provider.
pub(crate) fn texts(
    figment: &Figment,
    paths: &[(Name, String)],
) -> Result<Vec<(Name, Secret, String)>, Words> {
    let all = figment.find_value("").map_err(|error| {
        // Its own text may hold anything.
        let words = Words::new("a source of the figment can not be read");
        match error.metadata {
            Some(metadata) => words.detail(told(&metadata)),
            None => words,
        }
    })?;
    let mut found = Vec::new();
    for (name, path) in paths {
        let Some(value) = all.find_ref(path) else { continue };
        let Some(text) = text(value) else { continue };
        let metadata = figment.get_metadata(value.tag());
        let provider = metadata.map_or_else(|| "the figment".to_owned(), told);
        found.push((name.clone(), Secret::made(text), provider));
    }
    Ok(found)
}

/// Who provides a value: a name, and a file if it is one. Other sources may be anything.
fn told(metadata: &Metadata) -> String {
    match metadata.source.as_ref().and_then(|source| source.file_path()) {
        Some(path) => format!("{} {}", metadata.name, path.display()),
        None => metadata.name.to_string(),
    }
}

/// What a value would be in an environment.
fn text(value: &Value) -> Option<Zeroizing<String>> {
    let text = match value {
        Value::String(_, text) => text.clone(),
        Value::Char(_, letter) => letter.to_string(),
        Value::Bool(_, on) => on.to_string(),
        Value::Num(_, number) => number_text(*number),
        Value::Empty(..) => return None,
        Value::Dict(..) | Value::Array(..) => serde_json::to_string(value).ok()?,
    };
    Some(Zeroizing::new(text))
}

fn number_text(number: Num) -> String {
    match number {
        Num::F32(number) => number.to_string(),
        Num::F64(number) => number.to_string(),
        whole => match (whole.to_u128(), whole.to_i128()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(whole)) => whole.to_string(),
            (None, None) => String::new(),
        },
    }
}

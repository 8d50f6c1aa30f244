//! Every file of a run, read once and parsed once.
//!
//! A check meets the same file on many ways: a `.env` is named by Compose, by the manifest and by
//! discovery, a schema by ten services. What was read and parsed is kept here, beside the
//! [`Files`] that it came from, and shared by threads. No lock is held while a file is read or
//! parsed, and two threads that want one file wait for one reading of it.
//!
//! What a program opens is not always what lies on the disk: a decrypted vault stands for the
//! `.env` that Compose opens, and for another one in each environment. So a [`Documents`] is a
//! cheap handle, and [`Documents::substitute`] changes what this one handle (and those cloned from
//! it later) sees, while all share what was read.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use envlint_model::{
    FileId, FilePath, Files, Form, ReadError, ReadErrorKind, Reader, SourceFile, Sources,
    SyntaxError,
};
use zeroize::Zeroizing;

use crate::tree::Document;
use crate::{dockerfile, dotenv, json, nginx, toml, yaml};

/// The files of a run as one environment sees them, with what was parsed of them.
#[derive(Clone)]
pub struct Documents {
    shared: Arc<Shared>,
    substitutes: HashMap<FilePath, Arc<SourceFile>>,
}

/// What a parser made of a file: as much as could be read, and what could not.
pub struct Parsed<D = Document> {
    /// The document.
    pub document: D,
    /// What could not be read, in the order of the file.
    pub errors: Vec<SyntaxError>,
}

struct Shared {
    files: Arc<dyn Files>,
    sources: Sources,
    opened: Memo<FilePath, Result<Arc<SourceFile>, ReadError>>,
    failures: Mutex<Vec<ReadError>>,
    yaml: Memo<FileId, Arc<Parsed>>,
    json: Memo<FileId, Arc<Parsed>>,
    json_with_comments: Memo<FileId, Arc<Parsed>>,
    toml: Memo<FileId, Arc<Parsed>>,
    nginx: Memo<FileId, Arc<Parsed<nginx::Document>>>,
    dockerfile: Memo<FileId, Arc<Parsed<dockerfile::Document>>>,
    dotenv: Memo<(FileId, Reader), Arc<Parsed<dotenv::Document>>>,
}

impl Documents {
    /// Nothing read yet.
    pub fn new(files: Arc<dyn Files>) -> Self {
        let shared = Shared {
            files,
            sources: Sources::default(),
            opened: Memo::default(),
            failures: Mutex::default(),
            yaml: Memo::default(),
            json: Memo::default(),
            json_with_comments: Memo::default(),
            toml: Memo::default(),
            nginx: Memo::default(),
            dockerfile: Memo::default(),
            dotenv: Memo::default(),
        };
        Self { shared: Arc::new(shared), substitutes: HashMap::new() }
    }

    /// What is read from.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.shared.files
    }

    /// Every text of the run by its identity, in the order of reading: the files that were read,
    /// and what was added to them, such as decrypted texts.
    pub fn sources(&self) -> &Sources {
        &self.shared.sources
    }

    /// Every file that could not be read, once each, in the order of trying.
    pub fn failures(&self) -> Vec<ReadError> {
        self.shared.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets `file` stand for whatever lies at `path`, for this handle and its later clones.
    pub fn substitute(&mut self, path: FilePath, file: Arc<SourceFile>) {
        self.substitutes.insert(path, file);
    }

    /// The text of a file. It must be UTF-8; an empty file is a text without characters.
    pub fn open(&self, path: &FilePath) -> Result<Arc<SourceFile>, ReadError> {
        self.open_with(path, || self.shared.files.read(path))
    }

    /// The same for a file that was read already: it is not read again.
    pub fn open_as(
        &self,
        path: &FilePath,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<Arc<SourceFile>, ReadError> {
        self.open_with(path, || Ok(bytes))
    }

    fn open_with(
        &self,
        path: &FilePath,
        read: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, ReadError>,
    ) -> Result<Arc<SourceFile>, ReadError> {
        if let Some(file) = self.substitutes.get(path) {
            return Ok(Arc::clone(file));
        }
        let shared = &*self.shared;
        shared.opened.get_or_make(path, || {
            let file = read().and_then(|bytes| shared.add(path, bytes));
            if let Err(error) = &file {
                let mut failures = shared.failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.push(error.clone());
            }
            file
        })
    }

    /// A YAML file.
    pub fn yaml(&self, path: &FilePath) -> Result<Arc<Parsed>, ReadError> {
        self.parsed(path, &self.shared.yaml, yaml::parse)
    }

    /// A JSON file (RFC 8259).
    pub fn json(&self, path: &FilePath) -> Result<Arc<Parsed>, ReadError> {
        self.parsed(path, &self.shared.json, json::parse)
    }

    /// A JSON file that may have comments and commas after the last item.
    pub fn json_with_comments(&self, path: &FilePath) -> Result<Arc<Parsed>, ReadError> {
        self.parsed(path, &self.shared.json_with_comments, json::parse_with_comments)
    }

    /// A TOML file.
    pub fn toml(&self, path: &FilePath) -> Result<Arc<Parsed>, ReadError> {
        self.parsed(path, &self.shared.toml, toml::parse)
    }

    /// An nginx configuration, without the files that it includes.
    pub fn nginx(&self, path: &FilePath) -> Result<Arc<Parsed<nginx::Document>>, ReadError> {
        self.parsed(path, &self.shared.nginx, nginx::parse)
    }

    /// A Dockerfile.
    pub fn dockerfile(
        &self,
        path: &FilePath,
    ) -> Result<Arc<Parsed<dockerfile::Document>>, ReadError> {
        self.parsed(path, &self.shared.dockerfile, dockerfile::parse)
    }

    /// A dotenv file, as one reader reads it.
    pub fn dotenv(
        &self,
        path: &FilePath,
        reader: Reader,
    ) -> Result<Arc<Parsed<dotenv::Document>>, ReadError> {
        let file = self.open(path)?;
        Ok(self.shared.dotenv.get_or_make(&(file.id(), reader), || {
            let (document, errors) = dotenv::parse(&file, reader);
            Arc::new(Parsed { document, errors })
        }))
    }

    /// Every dotenv file that was parsed, by file and reader.
    pub fn all_dotenv(&self) -> Vec<Arc<Parsed<dotenv::Document>>> {
        self.shared.dotenv.values()
    }

    /// Every nginx configuration that was parsed.
    pub fn all_nginx(&self) -> Vec<Arc<Parsed<nginx::Document>>> {
        self.shared.nginx.values()
    }

    /// Every YAML, JSON and TOML file that was parsed.
    pub fn all_trees(&self) -> Vec<Arc<Parsed>> {
        let shared = &self.shared;
        [&shared.yaml, &shared.json, &shared.json_with_comments, &shared.toml]
            .into_iter()
            .flat_map(Memo::values)
            .collect()
    }

    /// Whether anything lies at a path, as this handle sees it.
    pub fn has(&self, path: &FilePath) -> bool {
        self.substitutes.contains_key(path) || self.shared.files.metadata(path).is_some()
    }

    fn parsed<D>(
        &self,
        path: &FilePath,
        memo: &Memo<FileId, Arc<Parsed<D>>>,
        parse: fn(&Arc<SourceFile>) -> (D, Vec<SyntaxError>),
    ) -> Result<Arc<Parsed<D>>, ReadError> {
        let file = self.open(path)?;
        Ok(memo.get_or_make(&file.id(), || {
            let (document, errors) = parse(&file);
            Arc::new(Parsed { document, errors })
        }))
    }
}

impl Shared {
    fn add(
        &self,
        path: &FilePath,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<Arc<SourceFile>, ReadError> {
        let text = into_text(bytes)
            .map_err(|offset| ReadError::new(path, ReadErrorKind::NotUtf8 { offset }))?;
        Ok(self.sources.add(path.clone(), Form::Plain, text))
    }
}

/// The bytes as text, without leaving a copy behind that nobody wipes. Fails with the offset of
/// the first byte that is not UTF-8.
fn into_text(mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Box<str>>, u64> {
    let text = match String::from_utf8(mem::take(&mut *bytes)) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to() as u64;
            drop(Zeroizing::new(error.into_bytes()));
            return Err(offset);
        }
    };
    Ok(Zeroizing::new(into_box(text)))
}

/// A string with spare room would be copied when it is boxed, and the first copy freed unwiped:
/// then it is copied here, and wiped.
fn into_box(mut text: Zeroizing<String>) -> Box<str> {
    match text.capacity() == text.len() {
        true => mem::take(&mut *text).into_boxed_str(),
        false => Box::from(text.as_str()),
    }
}

/// Values that are made once for each key, by whichever thread comes first.
struct Memo<K, V> {
    made: Mutex<HashMap<K, Arc<OnceLock<V>>>>,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { made: Mutex::default() }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Memo<K, V> {
    fn get_or_make(&self, key: &K, make: impl FnOnce() -> V) -> V {
        let cell = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(made.entry(key.clone()).or_default())
        };
        cell.get_or_init(make).clone()
    }
}

impl<K: Clone + Ord, V: Clone> Memo<K, V> {
    /// Everything that was made, by key.
    fn values(&self) -> Vec<V> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let mut made: Vec<_> =
            made.iter().filter_map(|(key, cell)| Some((key, cell.get()?.clone()))).collect();
        made.sort_by_key(|(key, _)| *key);
        made.into_iter().map(|(_, value)| value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_buffer_or_is_copied_and_wiped() {
        let exact = Zeroizing::new(b"CANARY".to_vec().into_boxed_slice().into_vec());
        let address = exact.as_ptr();
        let text = into_text(exact).unwrap();
        assert_eq!((text.as_ptr(), &**text), (address, "CANARY"));

        let mut roomy = Zeroizing::new(Vec::with_capacity(64));
        roomy.extend_from_slice(b"CANARY");
        assert_eq!(&**into_text(roomy).unwrap(), "CANARY");
    }

    #[test]
    fn says_where_text_is_no_text() {
        assert_eq!(into_text(Zeroizing::new(b"ab\xff".to_vec())).err(), Some(2));
        assert_eq!(into_text(Zeroizing::new(b"\xff\xfea\0".to_vec())).err(), Some(0));
    }

    #[test]
    fn makes_each_value_once() {
        let memo = Memo::default();
        let made = Mutex::new(0);
        let make = || {
            *made.lock().unwrap() += 1;
            7
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(memo.get_or_make(&'k', make), 7));
            }
        });
        assert_eq!(*made.lock().unwrap(), 1);
    }
}

//! Reading each file once, whatever it holds and whoever asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use envlint_model::{
    FilePath, Files, Form, MAX_FILE_BYTES, MemoryFiles, Metadata, ReadError, ReadErrorKind, Walk,
};
use envlint_parse::documents::Documents;
use zeroize::Zeroizing;

/// Counts how often anything is read.
struct Counting {
    files: MemoryFiles,
    reads: AtomicUsize,
}

impl Files for Counting {
    fn read(&self, path: &FilePath) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.files.read(path)
    }

    fn metadata(&self, path: &FilePath) -> Option<Metadata> {
        self.files.metadata(path)
    }

    fn list(&self, directory: &FilePath) -> Result<Vec<FilePath>, ReadError> {
        self.files.list(directory)
    }

    fn walk(&self) -> Walk {
        self.files.walk()
    }
}

fn documents(files: MemoryFiles) -> (Documents, Arc<Counting>) {
    let files = Arc::new(Counting { files, reads: AtomicUsize::new(0) });
    (Documents::new(files.clone()), files)
}

#[test]
fn a_file_is_read_and_parsed_once_for_all_threads() {
    let (documents, files) =
        documents(MemoryFiles::new().with("a.yaml", "a: 1").with("b.json", "{}"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| documents.yaml(&"a.yaml".into()).is_ok());
        }
    });
    let first = documents.yaml(&"a.yaml".into()).ok().unwrap();
    let second = documents.clone().yaml(&"./a.yaml".into()).ok().unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert!(documents.json(&"b.json".into()).is_ok_and(|parsed| parsed.errors.is_empty()));
    assert!(documents.toml(&"b.json".into()).is_ok_and(|parsed| !parsed.errors.is_empty()));
    assert_eq!(files.reads.load(Ordering::Relaxed), 2);
    let read: Vec<_> = documents.sources().all().iter().map(|file| file.path().clone()).collect();
    assert_eq!(read, ["a.yaml".into(), "b.json".into()]);
}

#[test]
fn what_can_not_be_read_is_told_once() {
    let huge = vec![b'#'; MAX_FILE_BYTES as usize + 1];
    let files = MemoryFiles::new()
        .with("dir/file", "")
        .with("huge.yaml", huge)
        .with("utf16.yaml", b"\xff\xfea\0:\0".as_slice())
        .with("latin.yaml", b"a: M\xfcnchen".as_slice());
    let (documents, _) = documents(files);
    let expected = [
        ("none.yaml", ReadErrorKind::NotFound),
        ("dir", ReadErrorKind::NotAFile),
        ("huge.yaml", ReadErrorKind::TooLarge),
        ("utf16.yaml", ReadErrorKind::NotUtf8 { offset: 0 }),
        ("latin.yaml", ReadErrorKind::NotUtf8 { offset: 4 }),
    ];
    for (path, kind) in expected {
        for _ in 0..2 {
            let error = documents.yaml(&path.into()).err().unwrap();
            assert_eq!((error.path, error.kind), (path.into(), kind));
        }
    }
    let kinds: Vec<_> = documents.failures().iter().map(|error| error.kind).collect();
    assert_eq!(kinds, expected.map(|(_, kind)| kind));
    assert!(documents.sources().all().is_empty());
}

#[test]
fn an_empty_file_is_an_empty_document() {
    let (documents, _) = documents(MemoryFiles::new().with("empty", ""));
    let path = "empty".into();
    assert!(documents.open(&path).is_ok_and(|file| file.text().is_empty()));
    assert!(documents.yaml(&path).is_ok_and(|yaml| yaml.document.root().is_none()));
    assert!(documents.toml(&path).is_ok_and(|toml| toml.document.root().is_some()));
    let json = documents.json(&path).ok().unwrap();
    assert!(json.document.root().is_none() && json.errors.len() == 1);
}

#[test]
fn a_substitute_stands_for_a_path_in_one_handle_only() {
    let (documents, files) = documents(MemoryFiles::new().with(".env", "A: disk"));
    let vault = Zeroizing::new("A: CANARY".to_owned().into_boxed_str());
    let vault = documents.sources().add("secrets/production.age".into(), Form::Decrypted, vault);
    let mut production = documents.clone();
    production.substitute(".env".into(), vault);

    let value = |documents: &Documents| {
        let parsed = documents.yaml(&".env".into()).ok().unwrap();
        let field = parsed.document.root().unwrap().get("A").unwrap();
        field.value.text().unwrap().expose().to_owned()
    };
    assert_eq!((value(&production), value(&documents)), ("CANARY".to_owned(), "disk".to_owned()));
    let file = production.open(&".env".into()).ok().unwrap();
    assert_eq!((file.path().as_str(), file.form()), ("secrets/production.age", Form::Decrypted));
    assert_eq!(files.reads.load(Ordering::Relaxed), 1);

    let mut missing = documents.clone();
    missing.substitute("not-there".into(), file);
    assert!(missing.open(&"not-there".into()).is_ok() && documents.failures().is_empty());
}

#[test]
fn what_is_at_hand_is_not_read_again() {
    let (documents, files) = documents(MemoryFiles::new().with(".env", "A=1").with("b", "\u{e9}"));
    for (path, bytes, is_text) in [(".env", &b"A=1"[..], true), ("b", b"\xe9", false)] {
        let opened = documents.open_as(&path.into(), Zeroizing::new(bytes.to_vec()));
        assert_eq!((opened.is_ok(), documents.open(&path.into()).is_ok()), (is_text, is_text));
    }
    assert_eq!((files.reads.load(Ordering::Relaxed), documents.failures().len()), (0, 1));
}

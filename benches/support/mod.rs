//! What the benchmarks are run on: the fixtures, and projects of any size.
#![allow(dead_code, reason = "each benchmark uses its part")]
#![allow(
    clippy::disallowed_methods,
    reason = "benchmarks read the fixtures once, before anything is measured"
)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use envlint::{Date, FilePath, Files, MemoryFiles, Options, ProcessEnvironment, Report, Secret};
use envlint_check::{Context, View};
use envlint_parse::Documents;
use envlint_project::{Environment, Project};
use envlint_resolve::Deployment;
use envlint_secrets::Identities;

/// The two Polyant projects of the fixtures.
pub(crate) const FIXTURES: [&str; 2] = ["broken", "hardened"];

const IDENTITY: &str = "identity.txt";

/// A project in memory, with the key to its vault.
#[derive(Clone)]
pub(crate) struct Input {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) process: ProcessEnvironment,
    pub(crate) options: Options,
}

impl Input {
    fn new(files: MemoryFiles) -> Self {
        let identity = Secret::made(IDENTITY.to_owned());
        let process = [("ENVLINT_AGE_IDENTITY_FILE".to_owned(), identity)];
        let day = Date::new(2027, 6, 30).expect("a day of the calendar");
        let options = Options { environments: vec!["production".into()], ..Options::new(day) };
        Self { files: Arc::new(files), process: process.into_iter().collect(), options }
    }

    /// A project of `fixtures/polyant`.
    pub(crate) fn polyant(project: &str) -> Self {
        let polyant = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/polyant");
        let mut files = MemoryFiles::new();
        add(&mut files, &polyant.join(project), "");
        files.insert(IDENTITY, fs::read(polyant.join(IDENTITY)).expect("the fixture is there"));
        Self::new(files)
    }

    /// A made-up project with this many services, each with a schema, an `env_file`, variables
    /// that are interpolated, a server of nginx before it, and the address of the next one. Two
    /// variables of each are wrong. Five thousand services are within the bounds.
    pub(crate) fn generated(services: usize) -> Self {
        let mut files = MemoryFiles::new();
        let mut compose = "services:\n".to_owned();
        let mut manifest = "version = 1\n[environments]\nproduction = {}\n".to_owned();
        let mut nginx = String::new();
        let mut launch = String::new();
        for at in 0..services {
            let (port, next) = (10_000 + at, (at + 1) % services);
            let next_port = 10_000 + next;
            write!(
                compose,
                "  s{at}:
    image: app
    env_file: s{at}.env
    environment:
      PORT: {port}
      NEXT_URL: http://s{next}:{next_port}
      TOKEN: ${{TOKEN_{at}:?set it in .env}}
    ports: [\"127.0.0.1:{port}:{port}\"]
"
            )
            .and_then(|()| {
                write!(
                    manifest,
                    "[services.s{at}.variables]
PORT.type = \"port\"
NEXT_URL.role.internal-url.service = \"s{next}\"
TOKEN = {{ type = \"key\", bytes = 32 }}
CORS_ORIGINS.type = \"origin-list\"
LOG_LEVEL.type = \"string\"
"
                )
            })
            .and_then(|()| {
                write!(
                    nginx,
                    "server {{
  listen 443 ssl;
  server_name s{at}.example.com;
  location / {{
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_pass http://127.0.0.1:{port};
  }}
}}
"
                )
            })
            .and_then(|()| writeln!(launch, "TOKEN_{at}={}", token(at)))
            .expect("writing to a text can not fail");
            let dotenv =
                format!("CORS_ORIGINS=https://s{at}.example.com\nLOG_LEVEL=info\nEXTRA_{at}=x\n");
            files.insert(&format!("s{at}.env"), dotenv);
        }
        files.insert("compose.yaml", compose);
        files.insert("envlint.toml", manifest);
        files.insert("nginx/site.conf", nginx);
        files.insert(".env", launch);
        Self::new(files)
    }

    /// The text of one of the files.
    pub(crate) fn text(&self, path: &str) -> String {
        let bytes = self.files.read(&path.into()).expect("the file is there");
        String::from_utf8(bytes.to_vec()).expect("the file is text")
    }

    /// The whole check.
    pub(crate) fn check(&self) -> Report {
        envlint::check(Arc::clone(&self.files), &self.process, &self.options)
            .expect("the manifest is right")
    }

    /// Nothing read yet.
    pub(crate) fn documents(&self) -> Documents {
        Documents::new(Arc::clone(&self.files))
    }

    /// The manifest read.
    pub(crate) fn loaded(&self) -> Loaded<'_> {
        let documents = self.documents();
        let project =
            envlint_project::load(&documents, "production").expect("the manifest is right");
        Loaded { input: self, documents, project }
    }
}

/// A key of 32 bytes in hexadecimal digits that looks as if it was drawn, another for each number.
fn token(number: usize) -> String {
    let mut state = number as u64;
    let mut next = || {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    };
    (0..4).map(|_| format!("{:016x}", next())).collect()
}

/// A project whose manifest is read.
pub(crate) struct Loaded<'a> {
    input: &'a Input,
    pub(crate) documents: Documents,
    pub(crate) project: Project,
}

impl Loaded<'_> {
    pub(crate) fn environment(&self) -> &Environment {
        &self.project.environments[0]
    }

    /// What the services see. The vault is decrypted.
    pub(crate) fn resolve(&self) -> Deployment {
        let identities = Identities::new(&*self.input.files, &self.input.process);
        envlint_resolve::resolve(&self.documents, &self.project, self.environment(), &identities)
            .expect("the manifest fits the files")
    }

    /// Everything that the rules look at.
    pub(crate) fn context(self) -> Context {
        let deployment = self.resolve();
        let proxies = envlint_proxy::assemble(&self.documents, &self.project, &deployment)
            .expect("the manifest fits the files");
        let views = vec![View { deployment, proxies }];
        let day = self.input.options.as_of;
        Context::new(self.documents, self.project, views, Vec::new(), Vec::new(), day)
    }
}

fn add(files: &mut MemoryFiles, directory: &Path, prefix: &str) {
    let entries = fs::read_dir(directory).expect("the fixture is there");
    for entry in entries.map(|entry| entry.expect("the fixture is readable").path()) {
        let name = entry.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
        let path = FilePath::new(prefix).join(name);
        match entry.is_dir() {
            true => add(files, &entry, path.as_str()),
            false => {
                files.insert(path.as_str(), fs::read(&entry).expect("the fixture is readable"))
            }
        }
    }
}

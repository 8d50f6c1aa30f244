//! What the processes of one environment will see.

use std::collections::BTreeMap;

use envlint_model::{
    FilePath, Name, Origin, Phase, ReadErrorKind, Scope, Span, SyntaxError, Unknown, Value,
};
use envlint_parse::template::{Failure, Use};
use envlint_project::Environment;
use envlint_secrets::sops::{SopsError, SopsErrorKind};
use envlint_secrets::{DecryptError, DecryptErrorKind, IdentityNote};

use crate::network::Network;

/// The most values of which one remembers that it wins over them. A variable is set in a handful
/// of files; a file that sets one a million times is told of by a rule.
pub const MAX_SHADOWS: usize = 16;

/// One environment, resolved: its workloads with their effective environments, the network
/// between them, and everything that stood in the way of knowing more.
pub struct Deployment {
    /// The environment.
    pub environment: Environment,
    /// Services of the manifest and of Compose, by name.
    pub workloads: Vec<Workload>,
    /// What Compose interpolates with; no process sees it as such.
    pub launch: Variables,
    /// Who reaches whom.
    pub network: Network,
    /// Encrypted files, and what became of them.
    pub vaults: Vec<Vault>,
    /// Files that are named and could not be used.
    pub problems: Vec<Problem>,
    /// Parts of files that are valid in themselves and not what their reader expects there.
    pub shape: Vec<SyntaxError>,
    /// Identities that were given and could not be used.
    pub identity_notes: Vec<IdentityNote>,
    /// Parts of files that this version does not follow, by place, each with what it is.
    pub unread: Vec<(Span, String)>,
    /// Where in `workloads` a service stands.
    by_service: BTreeMap<Name, usize>,
}

impl Deployment {
    pub(crate) fn of(environment: Environment) -> Self {
        Self {
            environment,
            workloads: Vec::new(),
            launch: Variables::default(),
            network: Network::default(),
            vaults: Vec::new(),
            problems: Vec::new(),
            shape: Vec::new(),
            unread: Vec::new(),
            identity_notes: Vec::new(),
            by_service: BTreeMap::new(),
        }
    }

    /// The workload of a service, by the service's name.
    pub fn workload(&self, service: &str) -> Option<&Workload> {
        self.by_service.get(service).and_then(|&at| self.workloads.get(at))
    }

    pub(crate) fn add(&mut self, workload: Workload) {
        self.by_service.entry(workload.service.clone()).or_insert(self.workloads.len());
        self.workloads.push(workload);
    }
}

/// A process that reads an environment.
pub struct Workload {
    /// The service, by the manifest's name, or Compose's where the manifest names none.
    pub service: Name,
    /// The name that it answers to in the network.
    pub name: Name,
    /// Where it holds.
    pub scope: Scope,
    /// Which of the manifest's services it is; `None` for one that only Compose knows.
    pub declared: Option<usize>,
    /// Where it is defined: in Compose, else in the manifest.
    pub place: Span,
    /// Where Compose would list its environment, for inserting a line.
    pub environment_place: Option<Span>,
    /// What the running process sees.
    pub run: Variables,
    /// What its image is built with, by Compose. A process that something else starts has no
    /// image here; see [`Workload::variables`].
    pub build: Variables,
    /// Whether Compose runs it, so that its ports are known.
    pub in_compose: bool,
    /// Files and directories of the host that it sees, as Compose mounts them.
    pub mounted: Vec<FilePath>,
    /// A source that may set anything: an encrypted file that nobody could open. What is not
    /// set elsewhere may be set there.
    pub beyond: Option<Unknown>,
}

impl Workload {
    /// What is set in a phase. A plain process is built and run from the same sources: nothing
    /// says that its bundler sees less of them than itself.
    pub fn variables(&self, phase: Phase) -> &Variables {
        match phase {
            Phase::Build if self.in_compose => &self.build,
            Phase::Build | Phase::Run => &self.run,
        }
    }

    /// A source that may set anything in a phase. What an encrypted file holds is for the running
    /// process; arguments of an image stand in Compose files.
    pub fn beyond(&self, phase: Phase) -> Option<&Unknown> {
        self.beyond.as_ref().filter(|_| phase == Phase::Run || !self.in_compose)
    }

    /// The phases whose variables differ: an image has two, a plain process one.
    pub fn phases(&self) -> &'static [Phase] {
        if self.in_compose { &[Phase::Run, Phase::Build] } else { &[Phase::Run] }
    }

    /// Whether it sees a file of the host.
    pub fn mounts(&self, file: &FilePath) -> bool {
        self.mounted.iter().any(|mounted| mounted == file || file.is_below(mounted))
    }
}

/// Variables by name.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<Name, Setting>);

/// A variable that is set, and how it came to be.
#[derive(Clone)]
pub struct Setting {
    /// Where its name is written.
    pub name_span: Span,
    /// Its effective value.
    pub value: Value,
    /// The references that led to the value, in the order of writing.
    pub references: Vec<Use>,
    /// Why Compose refuses the value.
    pub failures: Vec<Failure>,
    /// Values of the same variable that this one wins over, the strongest first; at most
    /// [`MAX_SHADOWS`].
    pub shadows: Vec<Origin>,
}

impl Variables {
    /// The setting of a variable.
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.0.get(name)
    }

    /// All settings, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Setting)> {
        self.0.iter()
    }

    /// How many are set.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a variable over whatever was set before; what it wins over is remembered.
    pub fn set(&mut self, name: Name, mut setting: Setting) {
        if let Some(weaker) = self.0.remove(&name) {
            setting.shadows.push(weaker.value.origin().clone());
            setting.shadows.extend(weaker.shadows);
            setting.shadows.truncate(MAX_SHADOWS);
        }
        self.0.insert(name, setting);
    }

    /// Lays a source over all that is set, of which nobody can say what it sets: each variable
    /// stays set, to its text or to another one.
    pub(crate) fn overlay(&mut self, unseen: impl Fn(&Name) -> Unknown) {
        for (name, setting) in &mut self.0 {
            let why = Unknown::Undecided(Box::new(unseen(name)));
            setting.value = Value::unknown(why, setting.value.origin().clone());
        }
    }

    /// Removes a variable, as Compose does for a null entry that resolves to nothing.
    pub fn unset(&mut self, name: &str) {
        self.0.remove(name);
    }
}

/// An encrypted file.
pub struct Vault {
    /// The file.
    pub path: FilePath,
    /// Where the manifest names it.
    pub place: Option<Span>,
    /// What became of it.
    pub state: VaultState,
}

/// What became of an encrypted file.
pub enum VaultState {
    /// Decrypted in memory.
    Open,
    /// Nothing is known to be wrong, but reading it takes something that was not given.
    Closed(VaultError),
    /// It could not be decrypted with what was given, or is damaged.
    Failed(VaultError),
}

/// Why an encrypted file was not read, by the format that it is in. The text continues
/// "`secrets/production.env.age` ...".
#[derive(Clone, Debug, thiserror::Error)]
pub enum VaultError {
    /// Of an age file.
    #[error(transparent)]
    Age(DecryptError),
    /// Of a SOPS file.
    #[error(transparent)]
    Sops(SopsError),
}

impl VaultError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            VaultError::Age(error) => error.help(),
            VaultError::Sops(error) => error.help(),
        }
    }

    /// Whether nothing is known to be wrong with the file.
    pub fn is_unverifiable(&self) -> bool {
        match self {
            VaultError::Age(error) => error.is_unverifiable(),
            VaultError::Sops(error) => error.is_unverifiable(),
        }
    }

    /// Where in the file it shows, for formats whose lines can be read.
    pub fn span(&self) -> Option<Span> {
        match self {
            VaultError::Age(_) => None,
            VaultError::Sops(error) => error.span(),
        }
    }

    /// Whether somebody changed the file by other means than those that it was written by.
    pub fn is_tampering(&self) -> bool {
        match self {
            VaultError::Age(error) => {
                use DecryptErrorKind::{DamagedContent, WrongMac};
                matches!(error.kind(), DamagedContent | WrongMac)
            }
            VaultError::Sops(error) => error.is_tampering(),
        }
    }

    /// Whether it is the identities that do not serve.
    pub fn is_about_identities(&self) -> bool {
        let kind = match self {
            VaultError::Age(error) => error.kind(),
            VaultError::Sops(error) => match error.kind() {
                SopsErrorKind::Identity(kind) => kind,
                kind => return kind == SopsErrorKind::TooFewGroups,
            },
        };
        matches!(kind, DecryptErrorKind::NoIdentityFits | DecryptErrorKind::NoUsableIdentity)
    }
}

/// A file that is named and could not be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where it is named.
    pub place: Option<Span>,
    /// The file.
    pub path: FilePath,
    /// Why not.
    pub kind: ReadErrorKind,
    /// What names it: `env_file of engine`.
    pub named_by: String,
}

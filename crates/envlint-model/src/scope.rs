use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A name that a person gave: of a service, a variable, an environment. Cheap to clone, and
/// public: names are shown, values are not.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// Wraps a name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// When a variable is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// While an image or a bundle is built: `ARG`, `build.args`, what a bundler inlines.
    Build,
    /// When the process starts and runs.
    Run,
}

impl Phase {
    /// `build` or `run`, as the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Build => "build",
            Phase::Run => "run",
        }
    }
}

/// Where something holds: one workload of one deployment in one environment, at build or at run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Scope {
    /// The environment: `production`, `staging`.
    pub environment: Name,
    /// The deployment, where an environment has several (two platforms, blue and green).
    pub deployment: Option<Name>,
    /// The container or process.
    pub workload: Name,
    /// Build or run.
    pub phase: Phase,
}

use std::collections::BTreeMap;

use envlint_model::{Name, Phase, Truth, Unknown, Value};

/// Where a schema is held against values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Context {
    /// The environment's name.
    pub environment: Name,
    /// Whether it counts as production; the manifest says so, not the name.
    pub like_production: bool,
    /// Whether a reverse proxy stands before the service.
    pub behind_proxy: Truth,
    /// The platform that it is deployed to, if it is known.
    pub platform: Option<Name>,
    /// Build or run.
    pub phase: Phase,
}

impl Context {
    /// The running service in a production of which nothing else is known.
    pub fn production() -> Self {
        Self {
            environment: Name::new("production"),
            like_production: true,
            behind_proxy: Truth::Unknown,
            platform: None,
            phase: Phase::Run,
        }
    }
}

/// The variables that are set for a service.
pub trait Values {
    /// The value of a variable; `None` if it is not set, as far as is known.
    fn get(&self, name: &str) -> Option<&Value>;

    /// The variables that were set for this service on purpose, in a stable order. What an
    /// image or the operating system brings along is not among them.
    fn names(&self) -> Box<dyn Iterator<Item = &Name> + '_>;

    /// Why a variable that [`get`](Self::get) does not find may be set all the same: a source
    /// that can not be read, and whose names are not known.
    fn beyond(&self) -> Option<&Unknown> {
        None
    }

    /// The same for one variable, where not all of them come from the same sources.
    fn beyond_of(&self, _name: &str) -> Option<&Unknown> {
        self.beyond()
    }
}

impl Values for BTreeMap<Name, Value> {
    fn get(&self, name: &str) -> Option<&Value> {
        BTreeMap::get(self, name)
    }

    fn names(&self) -> Box<dyn Iterator<Item = &Name> + '_> {
        Box::new(self.keys())
    }
}

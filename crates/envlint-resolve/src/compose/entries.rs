//! The variables that Compose files set for a service, or for its build.

use std::collections::BTreeMap;

use envlint_model::{Name, Origin, Span, Value};
use envlint_parse::template::{Expansion, Failure, Use};

use crate::deployment::MAX_SHADOWS;

/// Variables by name.
#[derive(Default)]
pub(crate) struct Entries {
    by_name: BTreeMap<Name, Entry>,
    form: Form,
}

/// How compose-go holds variables between two files.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Form {
    #[default]
    Absent,
    /// As the one file that spoke of them: by name.
    Mapping,
    /// As a list of `NAME=value`, where one file writes a list or several were merged.
    List,
}

/// A variable that Compose sets.
pub(crate) struct Entry {
    pub(crate) name_span: Span,
    /// `None` for a null entry, which passes the launch environment's value on.
    pub(crate) value: Option<Value>,
    pub(crate) references: Vec<Use>,
    pub(crate) failures: Vec<Failure>,
    /// Values of earlier files.
    pub(crate) shadows: Vec<Origin>,
}

impl Entry {
    /// An entry without a value.
    pub(super) fn null(name_span: Span) -> Self {
        let (references, failures, shadows) = (Vec::new(), Vec::new(), Vec::new());
        Self { name_span, value: None, references, failures, shadows }
    }

    pub(super) fn new(name_span: Span, expansion: Expansion) -> Self {
        Self {
            name_span,
            value: Some(expansion.value),
            references: expansion.uses,
            failures: expansion.failures,
            shadows: Vec::new(),
        }
    }
}

impl Entries {
    /// A variable.
    pub(crate) fn get(&self, name: &str) -> Option<&Entry> {
        self.by_name.get(name)
    }

    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Name, &Entry)> {
        self.by_name.iter()
    }

    /// Forgets all of them, as `!reset` and `!override` do.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Lays what one file says over what earlier ones say: first the variables that it takes back
    /// by `!reset`, then those that it sets. compose-go finds the former by their path, and there
    /// is none that leads into a list.
    pub(super) fn lay(&mut self, is_list: bool, removed: &[Name], set: Vec<(Name, Entry)>) {
        if self.form == Form::Mapping {
            removed.iter().for_each(|name| drop(self.by_name.remove(name)));
        }
        self.form = match self.form {
            Form::Absent if !is_list => Form::Mapping,
            _ => Form::List,
        };
        set.into_iter().for_each(|(name, entry)| self.set(name, entry));
    }

    fn set(&mut self, name: Name, mut entry: Entry) {
        if let Some(weaker) = self.by_name.remove(&name) {
            entry.shadows.extend(weaker.value.map(|value| value.origin().clone()));
            entry.shadows.extend(weaker.shadows);
            entry.shadows.truncate(MAX_SHADOWS);
        }
        self.by_name.insert(name, entry);
    }
}

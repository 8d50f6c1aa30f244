//! What Compose interpolates with.
//!
//! `${NAME}` in a Compose file is looked up in the project's `.env`, which is not the
//! environment of any container. When that file is decrypted on deploy and nobody can open it
//! here, every name may be set in it: each is then a value that is not known, so that what
//! stands around it is still checked.
//!
//! Compose prefers the variables of the shell that it is started from to those of `.env`. That
//! shell is the deploying one, which is not the one that checks, and may be another one each
//! time: taking the checking one's variables would make a check on a laptop and one on a build
//! machine differ, and neither right. So nothing is taken from a shell. A name that only a shell
//! has is told of as one that is set nowhere, and a manifest can allow that with a reason.

use std::collections::BTreeMap;

use envlint_model::{FilePath, Name, Origin, Unknown, Value};
use envlint_parse::template::{Expansion, LocatedText, Template};

/// The variables that Compose starts with.
#[derive(Default)]
pub(crate) struct Launch {
    variables: BTreeMap<Name, Value>,
    beyond: Option<Beyond>,
}

/// A file that may set anything.
pub(crate) struct Beyond {
    /// Why it is not known, of any of its variables.
    pub(crate) why: fn(FilePath, Option<Name>) -> Unknown,
    /// The file.
    pub(crate) file: FilePath,
    /// What stands for a place in it.
    pub(crate) origin: Origin,
}

impl Beyond {
    fn value(&self, name: &str) -> Value {
        let why = (self.why)(self.file.clone(), Some(Name::new(name)));
        Value::unknown(why, self.origin.clone())
    }
}

impl Launch {
    /// Variables that are known by name, and perhaps a file that holds more.
    pub(crate) fn new(variables: BTreeMap<Name, Value>, beyond: Option<Beyond>) -> Self {
        Self { variables, beyond }
    }

    /// The value of a variable, if it is set or may be, as a copy.
    pub(crate) fn peek(&self, name: &str) -> Option<Value> {
        match (self.variables.get(name), &self.beyond) {
            (Some(value), _) => Some(value.clone()),
            (None, Some(beyond)) => Some(beyond.value(name)),
            (None, None) => None,
        }
    }

    /// Expands the references in a text of a Compose file.
    pub(crate) fn interpolate(&mut self, text: LocatedText, origin: &Origin) -> Expansion {
        let template = Template::parse(text);
        if let Some(beyond) = &self.beyond {
            for reference in template.references() {
                let name = reference.name.clone();
                self.variables.entry(name).or_insert_with(|| beyond.value(&reference.name));
            }
        }
        template.expand(origin, &|name| self.variables.get(name))
    }
}

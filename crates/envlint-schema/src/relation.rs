use envlint_model::Name;

use crate::{Condition, Part};

/// What must hold between several variables of one service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Relation {
    /// What must hold.
    pub holds: Holds,
    /// Where it must; everywhere if it is not said.
    pub when: Option<Condition>,
    /// What happens otherwise, as it follows "happens: ".
    pub because: Option<String>,
}

/// The kinds of relations within a service.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Holds {
    /// At least one of these groups is set as a whole.
    AnyOf(Vec<Vec<Name>>),
    /// All of these are set, or none is.
    AllOrNone(Vec<Name>),
    /// Each number is at most the next one; defaults count.
    Ordered(Vec<Name>),
}

impl Relation {
    /// Gives the variables that it speaks of other names.
    pub(crate) fn rename(&mut self, renamed: &dyn Fn(&Name) -> Name) {
        let all = |names: &mut Vec<Name>| names.iter_mut().for_each(|name| *name = renamed(name));
        match &mut self.holds {
            Holds::AnyOf(groups) => groups.iter_mut().for_each(all),
            Holds::AllOrNone(names) | Holds::Ordered(names) => all(names),
        }
        if let Some(when) = &mut self.when {
            when.rename(renamed);
        }
    }
}

/// What must hold between variables of several services.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Agreement {
    /// What must hold.
    pub kind: AgreementKind,
    /// The variables.
    pub members: Vec<Member>,
    /// What happens otherwise, as it follows "happens: ".
    pub because: Option<String>,
}

/// The kinds of agreements between services.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum AgreementKind {
    /// This part of all of them is the same.
    Same(Part),
    /// No two of them are the same.
    Distinct,
    /// It is a list that holds the public origins of these services, named as members are.
    Allows(Vec<Name>),
}

/// A variable of a service.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Member {
    /// The service as the manifest names it, or its schema (`polyant/engine`).
    pub service: Name,
    /// The variable.
    pub variable: Name,
}

impl Member {
    /// Reads `service.VARIABLE`; variables have no dot, services may.
    pub fn parse(text: &str) -> Option<Self> {
        let (service, variable) = text.rsplit_once('.')?;
        let whole = !service.is_empty() && !variable.is_empty();
        whole.then(|| Self { service: Name::new(service), variable: Name::new(variable) })
    }
}

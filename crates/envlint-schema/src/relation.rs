use envlint_model::Name;

use crate::{Condition, Foreign, Part, PartOf};

/// What must hold between several variables of one service.
#[derive(Clone, PartialEq, Debug)]
pub struct Relation {
    /// What must hold.
    pub holds: Holds,
    /// Where it must; everywhere if it is not said.
    pub when: Option<Condition>,
    /// What happens otherwise, as it follows "happens: ".
    pub because: Option<String>,
}

/// The kinds of relations within a service.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Holds {
    /// At least one of these groups is set as a whole.
    AnyOf(Vec<Vec<Name>>),
    /// Exactly one of these groups is set as a whole, and nothing of the others.
    ExactlyOne(Vec<Vec<Name>>),
    /// All of these are set, or none is.
    AllOrNone(Vec<Name>),
    /// All of the first are set once one of the others is: what belongs to an object that may be
    /// left out as a whole.
    OnceBegun {
        /// What is then needed.
        all: Vec<Name>,
        /// What begins it.
        by: Vec<Name>,
    },
    /// Each number is at most the next one; defaults count.
    Ordered(Vec<Name>),
    /// Two ways to say the same: where both of a pair are set, they are equal.
    Alternatives(Vec<[PartOf; 2]>),
    /// All of these are equal where there is a value; defaults count.
    Derived(Vec<PartOf>),
    /// What a schema by others says of all variables at once.
    Foreign(Foreign),
}

impl Relation {
    /// The variables that it is about, in the order in which it names them.
    pub fn variables(&self) -> Vec<&Name> {
        match &self.holds {
            Holds::AnyOf(groups) | Holds::ExactlyOne(groups) => groups.iter().flatten().collect(),
            Holds::AllOrNone(names) | Holds::Ordered(names) => names.iter().collect(),
            Holds::OnceBegun { all, by } => all.iter().chain(by).collect(),
            Holds::Alternatives(pairs) => pairs.iter().flatten().map(|p| &p.variable).collect(),
            Holds::Derived(parts) => parts.iter().map(|part| &part.variable).collect(),
            Holds::Foreign(_) => Vec::new(),
        }
    }

    /// Gives the variables that it speaks of other names.
    pub(crate) fn rename(&mut self, renamed: &dyn Fn(&Name) -> Name) {
        let all = |names: &mut Vec<Name>| names.iter_mut().for_each(|name| *name = renamed(name));
        let part = |part: &mut PartOf| part.variable = renamed(&part.variable);
        match &mut self.holds {
            Holds::AnyOf(groups) | Holds::ExactlyOne(groups) => groups.iter_mut().for_each(all),
            Holds::AllOrNone(names) | Holds::Ordered(names) => all(names),
            Holds::OnceBegun { all: needed, by } => [needed, by].into_iter().for_each(all),
            Holds::Alternatives(pairs) => pairs.iter_mut().flatten().for_each(part),
            Holds::Derived(parts) => parts.iter_mut().for_each(part),
            // Its names are those of the program, which the environment's are turned into.
            Holds::Foreign(_) => {}
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
    /// All of them are the same, each as far as the part of it goes that is named.
    Same,
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
    /// Which part of its value.
    pub part: Part,
}

impl Agreement {
    /// The part of every member that it is about, if that is the same part of all.
    pub fn part(&self) -> Option<Part> {
        let first = self.members.first()?.part;
        self.members.iter().all(|member| member.part == first).then_some(first)
    }
}

impl Member {
    /// Reads `service.VARIABLE` or `service.VARIABLE#part`; variables have no dot, services may.
    pub fn parse(text: &str) -> Option<Self> {
        let (service, variable) = text.rsplit_once('.')?;
        let PartOf { variable, part } = variable.parse().ok()?;
        let whole = !service.is_empty() && !variable.as_str().is_empty();
        whole.then(|| Self { service: Name::new(service), variable, part })
    }
}

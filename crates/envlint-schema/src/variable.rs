use envlint_model::{Name, Phase};

use crate::{Condition, Kind, Role};

/// What a service says about one variable that it reads.
#[derive(Clone, PartialEq, Debug)]
pub struct Variable {
    /// Its name in the environment.
    pub name: Name,
    /// What its text must be.
    pub kind: Kind,
    /// When it must be set.
    pub requirement: Requirement,
    /// When it should be set.
    pub recommended: Option<Condition>,
    /// The text that stands in for it when it is not set. A secret has none.
    pub default: Option<String>,
    /// Whether its text must not be shown.
    pub secret: bool,
    /// When it is read.
    pub phases: Phases,
    /// What the service makes of the empty text.
    pub empty: Empty,
    /// What it decides, for the rules that look beyond its text.
    pub role: Option<Role>,
    /// Why it is unsafe to leave it out.
    pub unsafe_default: Option<UnsafeDefault>,
    /// What it must not be, and where.
    pub forbidden: Option<Forbidden>,
    /// What it is for; Markdown.
    pub docs: String,
    /// What happens when it is missing or wrong, as it follows "happens: ".
    pub happens: Option<String>,
    /// A text that could stand in a template; never a secret's.
    pub example: Option<String>,
    /// A command that makes a value, where the kind's own is not the right one.
    pub generate: Option<String>,
}

impl Variable {
    /// A public, optional variable of some kind, read at run time, about which nothing else is
    /// said.
    pub fn new(name: impl Into<Name>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            requirement: Requirement::Never,
            recommended: None,
            default: None,
            secret: false,
            phases: Phases::Run,
            empty: Empty::Value,
            role: None,
            unsafe_default: None,
            forbidden: None,
            docs: String::new(),
            happens: None,
            example: None,
            generate: None,
        }
    }

    /// A command that makes a value for it.
    pub fn command(&self) -> Option<String> {
        self.generate.clone().or_else(|| self.kind.command())
    }
}

/// When a variable must be set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Requirement {
    /// It may always be left out.
    Never,
    /// It must be set in every environment.
    Always,
    /// It must be set where this holds.
    When(Condition),
}

/// When a variable is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phases {
    /// While an image or a bundle is built; what is set later has no effect.
    Build,
    /// By the running process.
    Run,
    /// By both.
    Both,
}

impl Phases {
    /// Whether the variable is read in `phase`.
    pub fn contains(self, phase: Phase) -> bool {
        match self {
            Phases::Build => phase == Phase::Build,
            Phases::Run => phase == Phase::Run,
            Phases::Both => true,
        }
    }
}

/// What a service makes of a variable that is set to the empty text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Empty {
    /// As if it were not set.
    Unset,
    /// A text like any other, without characters.
    Value,
    /// This text: JavaScript reads an empty number as `0`.
    Reads(String),
    /// The service refuses it.
    Refused,
}

/// What a service does when a variable is left out, and where that is unsafe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsafeDefault {
    /// Where it is unsafe.
    pub when: Condition,
    /// What the service then does, as it follows "happens: ".
    pub then: String,
}

/// What a variable must not be, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forbidden {
    /// Where it is forbidden.
    pub when: Condition,
    /// The texts that are forbidden; any text if there are none.
    pub values: Vec<String>,
    /// Why, as it follows "happens: ".
    pub because: String,
}

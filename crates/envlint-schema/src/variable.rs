use std::borrow::Cow;
use std::fmt;

use envlint_model::{Name, Phase};
use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Condition, Foreign, Kind, Role};

/// What a service says about one variable that it reads.
#[derive(Clone, PartialEq, Debug)]
pub struct Variable {
    /// Its name in the environment.
    pub name: Name,
    /// What its text must be.
    pub kind: Kind,
    /// What else its text must be, in keywords for which there is no kind.
    pub foreign: Option<Foreign>,
    /// When it must be set.
    pub requirement: Requirement,
    /// When it should be set.
    pub recommended: Option<Condition>,
    /// The text that stands in for it when it is not set. A secret has none.
    pub default: Option<String>,
    /// Whether its text may be shown.
    pub secrecy: Secrecy,
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
    /// That it is no longer read, and what took its place.
    pub retired: Option<Retired>,
    /// Names under which it is still read, and which it should no longer be set under.
    pub formerly: Vec<Name>,
    /// Whether a variable of its name with `_FILE` at the end may hold the path of a file with
    /// its text instead, as images of Docker's library read their secrets.
    pub or_file: bool,
    /// How old it may become before it has to be replaced.
    pub max_age: Option<Days>,
    /// What it is for; Markdown.
    pub docs: String,
    /// What happens when it is missing or wrong, as it follows "happens: ".
    pub happens: Option<String>,
    /// A text that shows the form; it is public, also that of a secret.
    pub example: Option<String>,
    /// A command that makes a value, where the kind's own is not the right one.
    pub generate: Option<String>,
}

impl Variable {
    /// An optional variable of some kind, read at run time, about which nothing else is said.
    pub fn new(name: impl Into<Name>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            secrecy: kind.secrecy(),
            kind,
            foreign: None,
            requirement: Requirement::Never,
            recommended: None,
            default: None,
            phases: Phases::Run,
            empty: Empty::Value,
            role: None,
            unsafe_default: None,
            forbidden: None,
            retired: None,
            formerly: Vec::new(),
            or_file: false,
            max_age: None,
            docs: String::new(),
            happens: None,
            example: None,
            generate: None,
        }
    }

    /// Whether its schema says that it is a secret.
    pub fn is_secret(&self) -> bool {
        self.secrecy == Secrecy::Secret
    }

    /// Whether its text may be shown: its schema or its kind says that it is public.
    pub fn is_public(&self) -> bool {
        self.secrecy == Secrecy::Public
    }

    /// Every condition that it speaks of.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let required = match &self.requirement {
            Requirement::When(condition) => Some(condition),
            Requirement::Never | Requirement::Always => None,
        };
        let unsafe_default = self.unsafe_default.as_ref().map(|default| &default.when);
        let forbidden = self.forbidden.as_ref().map(|forbidden| &forbidden.when);
        [required, self.recommended.as_ref(), unsafe_default, forbidden].into_iter().flatten()
    }

    /// The same, to be changed.
    pub(crate) fn conditions_mut(&mut self) -> impl Iterator<Item = &mut Condition> {
        let required = match &mut self.requirement {
            Requirement::When(condition) => Some(condition),
            Requirement::Never | Requirement::Always => None,
        };
        let unsafe_default = self.unsafe_default.as_mut().map(|default| &mut default.when);
        let forbidden = self.forbidden.as_mut().map(|forbidden| &mut forbidden.when);
        [required, self.recommended.as_mut(), unsafe_default, forbidden].into_iter().flatten()
    }

    /// The variable that holds the path of a file with its text, if it is read.
    pub fn file_variant(&self) -> Option<String> {
        self.or_file.then(|| format!("{}{FILE_SUFFIX}", self.name))
    }

    /// A command that makes a value for it. There is none for what somebody else issues.
    pub fn command(&self) -> Option<String> {
        let own = || self.kind.command().filter(|_| self.issuer().is_none());
        self.generate.clone().or_else(own)
    }

    /// The same for who has envlint, which knows the schema of the service: the command that the
    /// schema states, or `envlint generate`.
    pub fn command_for(&self, service: &str) -> Option<String> {
        let own = |_| format!("envlint generate {} --service {service}", self.name);
        self.generate.clone().or_else(|| self.command().map(own))
    }

    /// Where a value for it comes from, as it follows the line to write: "made by `openssl rand
    /// -hex 32`", "issued by SendGrid".
    pub fn source(&self) -> Option<String> {
        self.from(self.command())
    }

    /// The same for who has envlint: "made by `envlint generate AUTH_SECRET --service web`".
    pub fn source_for(&self, service: &str) -> Option<String> {
        self.from(self.command_for(service))
    }

    fn from(&self, command: Option<String>) -> Option<String> {
        let issued = || self.issuer().filter(|_| self.is_secret());
        match command {
            Some(command) => Some(format!("made by `{command}`")),
            None => issued().map(|issuer| format!("issued by {issuer}")),
        }
    }
}

/// What the name of a variable ends with that holds the path of a file with the text of another.
pub(crate) const FILE_SUFFIX: &str = "_FILE";

/// Whether the text of a variable may be shown. What is not stated is not shown either, but
/// rules about the keeping of secrets leave it alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secrecy {
    /// It must be kept.
    Secret,
    /// Nobody said.
    Unstated,
    /// It may be shown.
    Public,
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
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

    /// The phase in which the variable is read, which is `phase` if it is read in both.
    pub fn nearest(self, phase: Phase) -> Phase {
        match self {
            Phases::Build => Phase::Build,
            Phases::Run => Phase::Run,
            Phases::Both => phase,
        }
    }
}

/// What a service makes of a variable that is set to the empty text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Empty {
    /// As if it were not set.
    Unset,
    /// A text like any other, without characters.
    Value,
    /// This text: JavaScript reads an empty number as `0`.
    Reads(String),
    /// A mistake: the service refuses it.
    Error,
}

/// What a service does when a variable is left out, and where that is unsafe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UnsafeDefault {
    /// Where it is unsafe.
    pub when: Condition,
    /// What the service then does, as it follows "happens: ".
    pub then: String,
}

/// What a variable must not be, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Forbidden {
    /// Where it is forbidden.
    pub when: Condition,
    /// The texts that are forbidden; any text if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Why, as it follows "happens: ".
    pub because: String,
}

/// That a variable is no longer read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Retired {
    /// The version of the service that no longer reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The variable that took its place, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// What happens to who still sets it, as it follows "happens: ".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
}

/// A number of days, written `90d`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Days(pub u32);

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

impl Serialize for Days {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
        days.map(Days).ok_or_else(|| D::Error::custom("an age is a number of days such as 90d"))
    }
}

impl JsonSchema for Days {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Days".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+d$" })
    }
}

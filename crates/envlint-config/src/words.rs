//! How mistakes are told. Everything is made of names, of what the schema says, and of words of
//! our own; a violation holds nothing else.

use envlint_model::Name;
use envlint_schema::{
    About, Condition, Empty, Encoding, Holds, Kind, Limit, Part, PartOf, Relation, Retired, Side,
    Variable, Violation, ViolationKind,
};
use envlint_types::kinds::key::KeyError;

use crate::de::Why;

/// What is said of a mistake.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Words {
    /// What is wrong.
    pub(crate) message: String,
    /// What shows it, or what is expected.
    pub(crate) detail: Option<String>,
    /// What happens.
    pub(crate) happens: Option<String>,
    /// What to write instead.
    pub(crate) write: Option<String>,
}

impl Words {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    pub(crate) fn happens(self, happens: Option<String>) -> Self {
        Self { happens: happens.or(self.happens), ..self }
    }

    pub(crate) fn write(self, write: impl Into<String>) -> Self {
        Self { write: Some(write.into()), ..self }
    }
}

/// What is said of a violation; nothing of what could not be decided.
pub(crate) fn of_violation(violation: &Violation<'_>, meant: Option<&str>) -> Option<Words> {
    match &violation.about {
        About::Variable(variable) => of_variable(variable, &violation.kind, meant)
            .map(|words| Words { happens: words.happens.or(variable.happens.clone()), ..words }),
        About::Relation(relation) => of_relation(relation, &violation.kind)
            .map(|words| words.happens(relation.because.clone())),
        About::Unknown(_) => None,
    }
}

/// What is said of a type that refuses a text which its schema accepts.
pub(crate) fn of_refusal(variable: &Variable, why: &Why) -> Words {
    let name = &variable.name;
    let words = match why {
        Why::Missing(_) => return missing(variable, None, None),
        Why::Refused => Words::new(format!("{name} is not what the program takes for it"))
            .detail(format!("must be {}, of a form that the program checks itself", variable.kind)),
        Why::Choice(choices) => Words::new(format!("{name} is none of its choices"))
            .detail(format!("must be one of {}", series(choices, "or"))),
    };
    words.happens(variable.happens.clone()).write(right(variable))
}

/// What is said of a struct that refuses variables which are right one by one.
pub(crate) fn of_struct(variables: &[&str]) -> Words {
    match variables {
        [] => Words::new("the type of the configuration refuses what is set"),
        names => Words::new(format!("the program does not take {} together", series(names, "and")))
            .detail("each is right by itself; a type of the program refuses the whole"),
    }
}

fn of_variable(variable: &Variable, kind: &ViolationKind, meant: Option<&str>) -> Option<Words> {
    let (name, expected) = (&variable.name, &variable.kind);
    let words = match kind {
        ViolationKind::MissingRequired { when } => missing(variable, when.as_ref(), meant),
        ViolationKind::MissingRecommended { when } => {
            Words::new(format!("{name} is not set, and should be {when}")).write(right(variable))
        }
        ViolationKind::UnsafeDefault => {
            let what = variable.unsafe_default.as_ref()?;
            Words::new(format!("{name} is not set, which is unsafe {}", what.when))
                .happens(Some(what.then.clone()))
                .write(right(variable))
        }
        ViolationKind::TypeMismatch { did_you_mean } => {
            let words = Words::new(format!("{name} is not {expected}"));
            match did_you_mean {
                Some(meant) => words.write(format!("{name}={meant}, if that is meant")),
                None => words.write(right(variable)),
            }
        }
        ViolationKind::ConstraintViolated(limit) => constraint(variable, limit),
        ViolationKind::InvalidKey(error) => key(variable, error),
        ViolationKind::UrlScheme(error) => Words::new(format!("{name} is not {expected}"))
            .detail(error.to_string())
            .write(right(variable)),
        ViolationKind::UrlCredentialsUnencoded { .. } => {
            Words::new(format!("the password in {name} breaks the URL"))
                .detail("a reserved character that is not encoded")
                .write("a password of letters and digits, or the same one percent-encoded")
        }
        ViolationKind::OriginForm { fault, item } => {
            Words::new(format!("{} matches no browser's origin", item_of(name, *item)))
                .detail(fault.to_string())
                .write("scheme and host alone, in lower case: https://app.example.com")
        }
        ViolationKind::CorsWildcard { fault, .. } => {
            Words::new(format!("{name} allows origins that it does not list"))
                .detail(fault.to_string())
                .write(format!("{name}=https://app.example.com with the front ends by name"))
        }
        ViolationKind::ListItemInvalid { item, fault } => {
            Words::new(format!("{} is not valid", item_of(name, Some(*item))))
                .detail(fault.to_string())
                .write(right(variable))
        }
        ViolationKind::BooleanSpelling { meant, read } => {
            let on = |on: bool| if on { "yes" } else { "no" };
            Words::new(format!("{name} says {}, and is read as {}", on(*meant), on(*read)))
                .detail(format!("expected is {expected}"))
        }
        ViolationKind::EmptyValue { reads } => empty(variable, reads.as_deref()),
        ViolationKind::RetiredVariable => retired(variable, variable.retired.as_ref()?),
        ViolationKind::FormerName(former) => Words::new(format!("{former} is called {name} now"))
            .write(format!("{name}=... with the same value, and no {former}")),
        ViolationKind::ForbiddenInEnvironment => {
            let forbidden = variable.forbidden.as_ref()?;
            Words::new(format!("{name} must not be set like this {}", forbidden.when))
                .happens(Some(forbidden.because.clone()))
        }
        _ => return None,
    };
    Some(words)
}

fn missing(variable: &Variable, when: Option<&Condition>, meant: Option<&str>) -> Words {
    let when = when.map(|when| format!(" {when}")).unwrap_or_default();
    let words = Words::new(format!("{} is not set, and is required{when}", variable.name));
    let words = match meant {
        Some(meant) => words.detail(format!("{meant} is set, and nobody reads it: is it meant?")),
        None => words,
    };
    words.happens(variable.happens.clone()).write(right(variable))
}

fn empty(variable: &Variable, reads: Option<&str>) -> Words {
    let name = &variable.name;
    let words = match (&variable.empty, reads) {
        (Empty::Reads(reads), _) => Words::new(format!("{name} is empty, and is read as {reads}")),
        _ => Words::new(format!("{name} is set to the empty text"))
            .detail(format!("must be {}", variable.kind)),
    };
    match &variable.default {
        Some(default) => {
            words.write(format!("no line at all for the default, {default}, or a value"))
        }
        None => words.write("no line at all, or a value"),
    }
}

fn retired(variable: &Variable, retired: &Retired) -> Words {
    let name = &variable.name;
    let since = retired.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
    let words = Words::new(format!("{name} is no longer read{since}"));
    let words = words.happens(retired.then.clone());
    match &retired.replacement {
        Some(replacement) => words.write(format!("{replacement}=..., and no {name}")),
        None => words.write(format!("no line for {name}")),
    }
}

fn constraint(variable: &Variable, limit: &Limit) -> Words {
    let (what, detail) = match limit {
        Limit::Minimum(least) => ("is too small", format!("{least} or more is allowed")),
        Limit::Maximum(most) => ("is too large", format!("up to {most} is allowed")),
        Limit::MinLength(least) => {
            ("is too short", format!("{least} or more characters are needed"))
        }
        Limit::MaxLength(most) => ("is too long", format!("up to {most} characters are allowed")),
        Limit::Pattern(pattern) => ("has the wrong form", format!("must match {pattern}")),
        Limit::Keyword(keyword) => {
            ("is not what its schema asks for", format!("refused by `{keyword}` of the schema"))
        }
        _ => ("is beyond its limits", format!("must be {}", variable.kind)),
    };
    Words::new(format!("{} {what}", variable.name)).detail(detail).write(right(variable))
}

fn key(variable: &Variable, error: &KeyError) -> Words {
    let hex = matches!(variable.kind, Kind::Key { encoding: Encoding::Hex, .. });
    let what = match error {
        KeyError::WrongLength { bytes, needed, .. } => {
            format!("is {bytes} bytes, {needed} are needed")
        }
        KeyError::OddDigits { digits, needed } if hex => {
            format!("has {digits} hexadecimal digits, {} are needed", needed * 2)
        }
        KeyError::OtherEncoding { found, needed } => {
            format!("is written in {}, {} is needed", found.as_str(), needed.as_str())
        }
        error => format!("is no key: {error}"),
    };
    let new = match variable.command() {
        Some(command) => format!("a new one, `{command}`"),
        None => "a new one".to_owned(),
    };
    Words::new(format!("{} {what}", variable.name))
        .detail(format!("must be {}", variable.kind))
        .write(format!("{new}; if data is already encrypted with the old key, restore that one"))
}

fn of_relation(relation: &Relation, kind: &ViolationKind) -> Option<Words> {
    let words = match kind {
        ViolationKind::AnyOfUnsatisfied { missing } => {
            let (Holds::AnyOf(groups) | Holds::ExactlyOne(groups)) = &relation.holds else {
                return None;
            };
            let groups = groups.iter().map(|group| joined(group, " with "));
            let choices: Vec<String> = groups.collect();
            Words::new(format!("none of {} is set, and one is needed", series(&choices, "or")))
                .write(lines(missing))
        }
        ViolationKind::AllOrNonePartial { set, missing } => {
            let are = |names: &[Name]| if names.len() == 1 { "is" } else { "are" };
            let message = format!(
                "{} {} set, and {} {} not",
                series(set, "and"),
                are(set),
                series(missing, "and"),
                are(missing)
            );
            Words::new(message).write(format!(
                "{}, or no line for {}",
                lines(missing),
                series(set, "and")
            ))
        }
        ViolationKind::AlternativesConflict { sides: [a, b] } => {
            Words::new(format!("{} and {} do not say the same", part(a), part(b)))
                .write(format!("{} or {}, or both with the same", a.variable, b.variable))
        }
        ViolationKind::TooManyWays { set } => {
            Words::new(format!("{} are set, and only one may be", series(set, "and")))
                .write(format!("one of them: {}", series(set, "or")))
        }
        ViolationKind::DerivedValueMismatch { sides: [source, other] } => Words::new(format!(
            "{} is not {}",
            part(other),
            part(source)
        ))
        .write(format!("{}=... that is {}", other.variable, part(source))),
        ViolationKind::OrderViolated { lesser, greater } => {
            Words::new(format!("{} is more than {}", told(lesser), told(greater)))
                .write(format!("a smaller {}, or a larger {}", lesser.variable, greater.variable))
        }
        ViolationKind::ConstraintViolated(Limit::Keyword(keyword)) => {
            Words::new("the variables are not what their schema asks for together")
                .detail(format!("refused by `{keyword}` of the schema"))
        }
        _ => return None,
    };
    Some(words)
}

/// What to write for a variable.
fn right(variable: &Variable) -> String {
    let name = &variable.name;
    match (variable.source(), &variable.example, &variable.kind) {
        (Some(source), ..) => format!("{name}=..., {source}"),
        (None, Some(example), _) => format!("{name}=... such as {example}"),
        (None, None, Kind::Text(rules)) if *rules == Default::default() => format!("{name}=..."),
        (None, None, kind) => format!("{name}=... with {kind}"),
    }
}

fn item_of(name: &Name, item: Option<usize>) -> String {
    item.map_or_else(|| name.to_string(), |item| format!("item {} of {name}", item + 1))
}

/// `A=... and B=...`.
fn lines(names: &[Name]) -> String {
    let lines: Vec<String> = names.iter().map(|name| format!("{name}=...")).collect();
    series(&lines, "and")
}

/// `BASE_URL`, `the host of BASE_URL`.
fn part(of: &PartOf) -> String {
    match of.part {
        Part::Whole => of.variable.to_string(),
        Part::Database => format!("host, port and name of the database of {}", of.variable),
        part => format!("the {} of {}", part.name().unwrap_or("text"), of.variable),
    }
}

/// `DEBOUNCE_MS (2000 by default)`.
fn told(side: &Side) -> String {
    match (&side.number, side.default) {
        (Some(number), true) => format!("{} ({number} by default)", side.variable),
        (Some(number), false) => format!("{} ({number})", side.variable),
        (None, _) => side.variable.to_string(),
    }
}

fn joined(names: &[Name], glue: &str) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(glue)
}

/// `a`, `a and b`, `a, b and c`.
fn series<T: std::fmt::Display>(items: &[T], last: &str) -> String {
    let items: Vec<String> = items.iter().map(T::to_string).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

use std::collections::BTreeMap;
use std::fmt;

use envlint_model::{Name, Truth};

use crate::effective::Effective;
use crate::{Context, Schema, Values};

mod form;

/// When something is asked for, as far as a schema can say it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Condition {
    /// In environments that count as production.
    Production,
    /// In the environment of this name.
    Environment(Name),
    /// Behind a reverse proxy.
    BehindProxy,
    /// On this platform.
    Platform(Name),
    /// Where the service does this; see [`Service::features`](crate::Service::features).
    Feature(Name),
    /// Where this variable has a value; a default is one.
    Set(Name),
    /// Where this variable's effective value, default included, is one of these texts.
    Equals {
        /// The variable.
        variable: Name,
        /// The texts.
        values: Vec<String>,
    },
    /// Where all of these hold.
    All(Vec<Condition>),
    /// Where one of these holds.
    Any(Vec<Condition>),
    /// Where this does not hold.
    Not(Box<Condition>),
}

impl Condition {
    /// Whether it holds, as far as that is known.
    pub fn holds(&self, schema: &Schema, values: &dyn Values, context: &Context) -> Truth {
        let holds = |condition: &Condition| condition.holds(schema, values, context);
        match self {
            Condition::Production => context.like_production.into(),
            Condition::Environment(name) => (*name == context.environment).into(),
            Condition::BehindProxy => context.behind_proxy,
            Condition::Platform(name) => match &context.platform {
                Some(platform) => (platform == name).into(),
                None => Truth::Unknown,
            },
            Condition::Feature(name) => {
                schema.service.features.get(name).map_or(Truth::Unknown, holds)
            }
            Condition::Set(name) => Effective::of(name, schema, values).is_set(),
            Condition::Equals { variable, values: texts } => {
                Effective::of(variable, schema, values).is_one_of(texts)
            }
            Condition::All(all) => all.iter().map(holds).fold(Truth::True, Truth::and),
            Condition::Any(any) => any.iter().map(holds).fold(Truth::False, Truth::or),
            Condition::Not(not) => !holds(not),
        }
    }
}

impl Condition {
    /// Gives the variables that it speaks of other names.
    pub(crate) fn rename(&mut self, renamed: &dyn Fn(&Name) -> Name) {
        match self {
            Condition::Set(name) | Condition::Equals { variable: name, .. } => {
                *name = renamed(name)
            }
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter_mut().for_each(|part| part.rename(renamed));
            }
            Condition::Not(not) => not.rename(renamed),
            Condition::Production
            | Condition::Environment(_)
            | Condition::BehindProxy
            | Condition::Platform(_)
            | Condition::Feature(_) => {}
        }
    }

    /// A feature that it speaks of and that is none of these.
    pub(crate) fn unknown_feature(&self, known: &BTreeMap<Name, Condition>) -> Option<&Name> {
        match self {
            Condition::Feature(name) => (!known.contains_key(name)).then_some(name),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().find_map(|part| part.unknown_feature(known))
            }
            Condition::Not(not) => not.unknown_feature(known),
            _ => None,
        }
    }
}

impl fmt::Display for Condition {
    /// Continues "is required ...": `in production`, `where MAIL_DRIVER is smtp`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str| {
            parts.iter().enumerate().try_for_each(|(at, part)| {
                let glue = if at == 0 { "" } else { word };
                write!(f, "{glue}{part}")
            })
        };
        match self {
            Condition::Production => f.write_str("in production"),
            Condition::Environment(name) => write!(f, "in {name}"),
            Condition::BehindProxy => f.write_str("behind a proxy"),
            Condition::Platform(name) => write!(f, "on {name}"),
            Condition::Feature(name) => write!(f, "with {name}"),
            Condition::Set(name) => write!(f, "where {name} is set"),
            Condition::Equals { variable, values } => {
                write!(f, "where {variable} is {}", values.join(" or "))
            }
            Condition::All(all) => join(f, all, " and "),
            Condition::Any(any) => join(f, any, " or "),
            Condition::Not(not) => match &**not {
                Condition::Set(name) => write!(f, "where {name} is not set"),
                Condition::Equals { variable, values } => {
                    write!(f, "where {variable} is not {}", values.join(" or "))
                }
                other => write!(f, "not {other}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_the_end_of_a_sentence() {
        let unset = Condition::Not(Box::new(Condition::Set("POSTGRES_PASSWORD".into())));
        let both = Condition::All(vec![Condition::Production, unset]);
        assert_eq!(both.to_string(), "in production and where POSTGRES_PASSWORD is not set");
    }
}

//! Which of the services that envlint knows a service is, by the names of its variables.
//!
//! Nearly every service has a `PORT` and a `DATABASE_URL`. What tells one is names that no other
//! system has, several of them, and that it has few which the schema does not know.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use envlint_model::Name;
use envlint_schema::Schema;

/// Names of its own system that a service must have at least.
const LEAST_OWN: usize = 2;

/// The services that envlint knows.
pub(crate) struct Known {
    schemas: Vec<(&'static str, Schema)>,
    /// The systems in which a variable of a name occurs.
    systems: BTreeMap<Name, BTreeSet<&'static str>>,
}

/// What a service was taken for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Taken {
    /// The schema's name.
    pub(crate) schema: &'static str,
    /// How many variables of the service are its.
    pub(crate) of: usize,
}

impl Known {
    pub(crate) fn new() -> Self {
        let names = envlint_bundled::names().into_iter();
        let schemas: Vec<(&'static str, Schema)> =
            names.filter_map(|name| Some((name, envlint_bundled::schema(name)?))).collect();
        let mut systems: BTreeMap<Name, BTreeSet<&'static str>> = BTreeMap::new();
        for (name, schema) in &schemas {
            for variable in schema.variables() {
                systems.entry(variable.name.clone()).or_default().insert(system(name));
            }
        }
        Self { schemas, systems }
    }

    /// The schema that has most of the variables of a file, which others may read as well.
    pub(crate) fn nearest(&self, variables: &BTreeSet<Name>) -> Option<Taken> {
        let taken = self.schemas.iter().filter_map(|(name, schema)| {
            let has = || variables.iter().filter(|each| schema.variable(each).is_some());
            let own = has().filter(|each| self.systems.get(*each).is_some_and(|s| s.len() == 1));
            (own.count() >= LEAST_OWN).then(|| Taken { schema: name, of: has().count() })
        });
        // The first of several that are as near, as the list of schemas has them.
        taken.reduce(|best, next| if next.of > best.of { next } else { best })
    }

    /// The schema that surely fits a service, if one does.
    pub(crate) fn fitting(&self, service: &str, variables: &BTreeSet<Name>) -> Option<Taken> {
        let mut candidates: Vec<(i64, bool, Taken)> = self
            .schemas
            .iter()
            .filter_map(|(name, schema)| {
                let has: Vec<&Name> =
                    variables.iter().filter(|each| schema.variable(each).is_some()).collect();
                let own = has
                    .iter()
                    .filter(|each| self.systems.get(**each).is_some_and(|s| s.len() == 1));
                let strange = variables.iter().filter(|each| !schema.knows(each)).count();
                let called = name.ends_with(&format!("/{service}"));
                // One that is called otherwise may just have been given too much.
                let most_strange = if called { has.len() / 2 } else { has.len() / 4 };
                let fits = own.count() >= LEAST_OWN && strange <= most_strange;
                let score = 2 * has.len() as i64 - strange as i64;
                fits.then_some((score, called, Taken { schema: name, of: has.len() }))
            })
            .collect();
        candidates.sort_by_key(|(score, called, _)| Reverse((*score, *called)));
        match candidates.as_slice() {
            [first, second, ..] if (first.0, first.1) == (second.0, second.1) => None,
            // One that is called so, and is nearly as good, was meant.
            [first, second, ..] if !first.1 && second.1 && first.0 - second.0 <= 2 => {
                Some(second.2.clone())
            }
            [first, ..] => Some(first.2.clone()),
            [] => None,
        }
    }
}

fn system(name: &'static str) -> &'static str {
    name.split_once('/').map_or(name, |(system, _)| system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_service_has_tells_nothing() {
        let known = Known::new();
        let fitting = |service: &str, names: &[&str]| {
            let variables = names.iter().map(|name| Name::new(name)).collect();
            known.fitting(service, &variables).map(|taken| taken.schema)
        };
        assert_eq!(fitting("engine", &["PORT", "DATABASE_URL", "NODE_ENV", "JWT_SECRET"]), None);
        let engine = ["ENCRYPTION_KEY", "AUTH_INTERNAL_SECRET", "INITIAL_ADMIN_EMAIL", "API_PORT"];
        assert_eq!(fitting("anything", &engine), Some("polyant/engine"));
        let strange = ["A", "B", "C"];
        assert_eq!(fitting("engine", &[&engine[..], &strange].concat()), None);
    }

    #[test]
    fn every_known_service_is_known_by_all_its_variables() {
        let known = Known::new();
        for (name, schema) in &known.schemas {
            let service = name.rsplit('/').next().unwrap();
            let variables: BTreeSet<Name> =
                schema.variables().iter().map(|variable| variable.name.clone()).collect();
            let taken = known.fitting(service, &variables).map(|taken| taken.schema);
            assert!(taken == Some(*name) || variables.len() < 4, "{name} is taken for {taken:?}");
        }
    }
}

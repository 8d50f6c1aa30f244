//! Which services an agreement of a bundled system is about.
//!
//! A bundled agreement names schemas, and a manifest may have several services with one schema:
//! two front ends that take turns, or whole installations beside each other. Where one schema
//! alone has several services, they all belong to the one service of each other schema. Where
//! several do, those belong together that share a source, such as a Compose project; which of
//! the others do nobody can say, and a manifest has to.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::Name;
use envlint_schema::{Agreement, AgreementKind, Member};

use crate::project::Service;

/// The services of bundled systems, by schema and by what they share.
pub(crate) struct Installations<'a> {
    by_schema: BTreeMap<&'a Name, Vec<&'a Service>>,
    /// For each source the first source that it is joined with, by services that have both.
    joined: BTreeMap<usize, usize>,
}

impl<'a> Installations<'a> {
    pub(crate) fn new(services: &'a [Service]) -> Self {
        let mut by_schema: BTreeMap<&Name, Vec<&Service>> = BTreeMap::new();
        let mut joined = BTreeMap::new();
        for service in services {
            let Some(schema) = &service.bundled else { continue };
            by_schema.entry(schema).or_default().push(service);
            for two in service.sources.windows(2) {
                let [a, b] = [two[0], two[1]].map(|source| first(&joined, source));
                joined.insert(a.max(b), a.min(b));
            }
        }
        Self { by_schema, joined }
    }

    /// The agreement, once for each group of services that it binds; not at all where a schema
    /// that it names has no service.
    pub(crate) fn bind(&self, agreement: &Agreement) -> Vec<Agreement> {
        let schemas: BTreeSet<&Name> =
            agreement.members.iter().map(|member| &member.service).collect();
        let Some(all) = self.of(&schemas) else { return Vec::new() };
        let several = all.values().filter(|services| services.len() > 1).count();
        let groups = match (several, agreement.kind == AgreementKind::Distinct) {
            // What must differ within a service may be the same in its twin.
            (1, true) if schemas.len() == 1 => each_alone(&all),
            (0 | 1, _) => vec![all],
            _ => self.apart(&all),
        };
        groups.iter().map(|group| bound(agreement, group)).collect()
    }

    fn of(&self, schemas: &BTreeSet<&'a Name>) -> Option<Group<'a>> {
        schemas.iter().map(|schema| Some((*schema, self.by_schema.get(schema)?.clone()))).collect()
    }

    /// The services by the sources that they share, where each schema has one among them.
    fn apart(&self, all: &Group<'a>) -> Vec<Group<'a>> {
        let mut apart: BTreeMap<usize, Group<'a>> = BTreeMap::new();
        for (schema, services) in all {
            for service in services {
                let Some(source) = service.sources.first() else { continue };
                let group = apart.entry(first(&self.joined, *source)).or_default();
                group.entry(schema).or_default().push(service);
            }
        }
        apart.into_values().filter(|group| group.len() == all.len()).collect()
    }
}

/// Services that an agreement binds, by their schemas.
type Group<'a> = BTreeMap<&'a Name, Vec<&'a Service>>;

fn first(joined: &BTreeMap<usize, usize>, source: usize) -> usize {
    let mut at = source;
    while let Some(&next) = joined.get(&at).filter(|next| **next < at) {
        at = next;
    }
    at
}

fn each_alone<'a>(all: &Group<'a>) -> Vec<Group<'a>> {
    let services = all.iter().flat_map(|(schema, services)| {
        services.iter().map(|service| Group::from([(*schema, vec![*service])]))
    });
    services.collect()
}

/// The agreement between the services of a group, in the order of its members.
fn bound(agreement: &Agreement, group: &Group<'_>) -> Agreement {
    let of = |member: &Member| -> Vec<Member> {
        let services = group.get(&member.service).into_iter().flatten();
        let named = |service: &&Service| Member { service: service.name.clone(), ..member.clone() };
        services.map(named).collect()
    };
    Agreement {
        kind: agreement.kind.clone(),
        members: agreement.members.iter().flat_map(of).collect(),
        because: agreement.because.clone(),
    }
}

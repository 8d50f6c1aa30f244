//! What a manifest says that must hold between variables.

use std::sync::Arc;

use envlint_model::{Name, Span};
use envlint_parse::de::Located;
use envlint_schema::{Agreement, AgreementKind, Holds, Member, PartOf, Relation};

use crate::build::Builder;
use crate::manifest::{AllowsTable, RelationTable};
use crate::mistakes::ManifestError;
use crate::project::{AcrossEnvironments, DeclaredAgreement, Project, Service};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Same,
    Distinct,
    Across,
    AnyOf,
    ExactlyOne,
    AllOrNone,
    Ordered,
    Alternatives,
    Derived,
}

impl Kind {
    /// Whether it can hold between services; a relation within one is part of its schema.
    fn agreement(self) -> Option<AgreementKind> {
        match self {
            Kind::Same => Some(AgreementKind::Same),
            Kind::Distinct => Some(AgreementKind::Distinct),
            _ => None,
        }
    }
}

impl Builder<'_> {
    /// Relations within one service become part of its schema, those between services
    /// agreements of the project.
    pub(crate) fn relation(&mut self, table: Located<RelationTable>, project: &mut Project) {
        let place = table.span;
        let table = table.value;
        let pairs = table.alternatives.map(|pairs| pairs.into_iter().flatten().collect());
        let kinds = [
            (Kind::Same, table.same),
            (Kind::Distinct, table.distinct),
            (Kind::Across, table.distinct_across_environments),
            (Kind::AnyOf, table.any_of),
            (Kind::AllOrNone, table.all_or_none),
            (Kind::Ordered, table.ordered),
            (Kind::ExactlyOne, table.exactly_one),
            (Kind::Derived, table.derived),
            (Kind::Alternatives, pairs),
        ];
        let mut given = kinds.into_iter().filter_map(|(kind, members)| Some((kind, members?)));
        let (kind, written) = match (given.next(), given.next(), table.allows) {
            (Some(only), None, None) => only,
            (None, None, Some(allows)) => {
                return self.allows(allows.value, table.because, place, project);
            }
            _ => {
                let message = "a relation says exactly one thing";
                let help = "write one of same, distinct, distinct-across-environments, any-of, \
                            exactly-one, all-or-none, ordered, alternatives, derived and allows; \
                            each further one is a relation of its own";
                return self.mistakes.add(ManifestError::at(place, message).with_help(help));
            }
        };
        let (fewest, message) = match kind {
            Kind::Across => (1, "a relation needs at least one variable"),
            _ => (2, "a relation needs at least two variables"),
        };
        if written.len() < fewest {
            return self.mistakes.tell(place, message);
        }
        if kind != Kind::Alternatives {
            self.once("variable", &written);
        }
        if kind == Kind::Across {
            return self.across(&written, table.because, place, project);
        }
        let members: Vec<Member> =
            written.iter().filter_map(|member| self.member(member, project)).collect();
        if members.len() < written.len() {
            return;
        }
        match kind.agreement() {
            Some(kind) => {
                let agreement = Agreement { kind, members, because: table.because };
                let place = Some(place);
                project.agreements.push(DeclaredAgreement { agreement, place });
            }
            None => self.within(kind, &members, table.because, place, project),
        }
    }

    fn within(
        &mut self,
        kind: Kind,
        members: &[Member],
        because: Option<String>,
        place: Span,
        project: &mut Project,
    ) {
        let Some((first, others)) = members.split_first() else { return };
        if others.iter().any(|member| member.service != first.service) {
            let message = "this holds between variables of one service only";
            let help =
                "between services hold same, distinct, distinct-across-environments and allows";
            return self.mistakes.add(ManifestError::at(place, message).with_help(help));
        }
        let names = || members.iter().map(|member| member.variable.clone());
        let groups = || names().map(|name| vec![name]).collect();
        let part =
            |member: &Member| PartOf { variable: member.variable.clone(), part: member.part };
        let holds = match kind {
            Kind::AnyOf => Holds::AnyOf(groups()),
            Kind::ExactlyOne => Holds::ExactlyOne(groups()),
            Kind::AllOrNone => Holds::AllOrNone(names().collect()),
            Kind::Derived => Holds::Derived(members.iter().map(part).collect()),
            Kind::Alternatives => {
                let pairs = members.chunks_exact(2).map(|two| [part(&two[0]), part(&two[1])]);
                Holds::Alternatives(pairs.collect())
            }
            _ => Holds::Ordered(names().collect()),
        };
        let at = self.services.get(first.service.as_str());
        let service = at.and_then(|&at| project.services.get_mut(at));
        match service.and_then(|service| service.schema.as_mut()) {
            Some(schema) => {
                let relation = Relation { holds, when: None, because };
                Arc::make_mut(schema).relations.push(relation);
            }
            None => {
                let message =
                    format!("{} has no schema that the relation could be part of", first.service);
                let help = format!("declare the variables: [services.{}.variables]", first.service);
                self.mistakes.add(ManifestError::at(place, message).with_help(help));
            }
        }
    }

    /// A list of origins that has to hold those of front ends.
    fn allows(
        &mut self,
        table: AllowsTable,
        because: Option<String>,
        place: Span,
        project: &mut Project,
    ) {
        self.once("service", &table.origins_of);
        if table.origins_of.is_empty() {
            self.mistakes.tell(place, "a list of origins needs at least one front end");
        }
        for front in table.origins_of.iter().filter(|f| !self.services.contains_key(&f.value)) {
            let known = self.services.keys().map(String::as_str);
            self.mistakes.unknown("service", front, known);
        }
        let Some(list) = self.member(&table.list, project) else { return };
        let fronts = table.origins_of.iter().map(|front| Name::new(&front.value)).collect();
        let kind = AgreementKind::Allows(fronts);
        let agreement = Agreement { kind, members: vec![list], because };
        project.agreements.push(DeclaredAgreement { agreement, place: Some(place) });
    }

    fn across(
        &mut self,
        written: &[Located<String>],
        because: Option<String>,
        place: Span,
        project: &mut Project,
    ) {
        let members = written.iter().filter_map(|written| {
            if let Some(variable) = written.value.strip_prefix("*.") {
                self.variable_of_any(variable, written.span, project);
                return Some((None, Name::new(variable)));
            }
            let member = self.member(written, project)?;
            Some((Some(member.service), member.variable))
        });
        let members = members.collect();
        project.across_environments.push(AcrossEnvironments { members, because, place });
    }

    /// A variable of any service may be one that no schema speaks of, but not one that is nearly
    /// called as theirs are.
    fn variable_of_any(&mut self, variable: &str, place: Span, project: &Project) {
        let schemas = || project.services.iter().filter_map(|service| service.schema.as_ref());
        let variables = self.variables.get_or_insert_with(|| {
            let variables = schemas().flat_map(|schema| schema.variables());
            variables.map(|variable| variable.name.clone()).collect()
        });
        if variables.contains(variable) {
            return;
        }
        let known = variables.iter().map(Name::as_str);
        if let Some(meant) = self.mistakes.meant(variable, known)
            && !schemas().any(|schema| schema.knows(variable))
        {
            let help = format!("did you mean *.{meant}?");
            let message = format!("no schema has a variable {variable}");
            self.mistakes.add(ManifestError::at(place, message).with_help(help));
        }
    }

    fn member(&mut self, written: &Located<String>, project: &Project) -> Option<Member> {
        let Some(member) = Member::parse(&written.value) else {
            let message = format!("{} names no variable of a service", written.value);
            let help = "write service.VARIABLE, such as engine.AUTH_SECRET";
            self.mistakes.add(ManifestError::at(written.span, message).with_help(help));
            return None;
        };
        match self.services.get(member.service.as_str()) {
            Some(&at) => self.known_variable(&member, written.span, &project.services[at]),
            None => {
                let named = Located { value: member.service.to_string(), span: written.span };
                let known = self.services.keys().map(String::as_str);
                self.mistakes.unknown("service", &named, known);
            }
        }
        Some(member)
    }

    /// A variable that the schema does not have is set by nobody, and the relation would hold or
    /// fail for ever. Where only some variables are declared, others may well exist: then only a
    /// name that is nearly a declared one is told of.
    fn known_variable(&mut self, member: &Member, place: Span, service: &Service) {
        let Some(schema) = service.schema.as_ref().filter(|s| !s.knows(&member.variable)) else {
            return;
        };
        let names = schema.variables().iter().map(|variable| variable.name.as_str());
        let help = match self.mistakes.meant(&member.variable, names) {
            Some(meant) => format!("did you mean {}.{meant}?", member.service),
            None if self.described.contains(&member.service) => {
                format!("declare it: [services.{}.variables]", member.service)
            }
            None => return,
        };
        let Member { service, variable, .. } = member;
        let message = format!("the schema of {service} has no variable {variable}");
        self.mistakes.add(ManifestError::at(place, message).with_help(help));
    }
}

//! Values, and everybody who gets them.
//!
//! A line of a shared `.env` reaches several services, as it is or inside of something else: a
//! password is a variable of the database and a part of the URLs of everybody who connects. A
//! mistake on that line is one mistake. So rules judge each value as its reader gets it, and
//! [`together`] joins the readers who have one mistake at one place in common.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    Finding, Name, Phase, Reader, Rule, Scope, Span, Subject, SubjectKind, Unknown, Unverifiable,
    ViaKind,
};
use envlint_resolve::{Setting, Workload};
use envlint_schema::{Schema, Variable};

use crate::Context;
use crate::cases::{of, place_of, steps};
use crate::context::View;
use crate::words::Services;

/// A variable that is set for a process, in one phase of one environment.
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    /// The environment.
    pub(crate) view: &'a View,
    /// The process.
    pub(crate) workload: &'a Workload,
    /// Build or run.
    pub(crate) phase: Phase,
    /// The variable's name.
    pub(crate) name: &'a Name,
    /// How it is set.
    pub(crate) setting: &'a Setting,
    /// What is declared of the service, if anything is.
    pub(crate) schema: Option<&'a Schema>,
}

/// Every variable that is set for any service, in every environment.
pub(crate) fn held(context: &Context) -> impl Iterator<Item = Held<'_>> {
    context.views.iter().flat_map(|view| held_in(context, view))
}

/// Every variable that is set for any service of one environment.
pub(crate) fn held_in<'a>(context: &'a Context, view: &'a View) -> impl Iterator<Item = Held<'a>> {
    view.deployment.workloads.iter().flat_map(move |workload| {
        let schema = context.schema(workload);
        workload.phases().iter().flat_map(move |&phase| {
            let settings = workload.variables(phase).iter();
            settings.map(move |(name, setting)| Held {
                view,
                workload,
                phase,
                name,
                setting,
                schema,
            })
        })
    })
}

impl<'a> Held<'a> {
    /// What is declared of the variable.
    pub(crate) fn variable(&self) -> Option<&'a Variable> {
        self.schema?.variable(self.name)
    }

    /// Whether the variable is declared, and read in the phase in which it is set.
    pub(crate) fn is_read(&self) -> bool {
        let both = !self.workload.in_compose;
        self.variable().is_some_and(|variable| both || variable.phases.contains(self.phase))
    }

    /// `AUTH_SECRET of engine`.
    pub(crate) fn title(&self) -> String {
        of(&self.workload.service, self.name)
    }

    /// Where it holds.
    pub(crate) fn scope(&self) -> Scope {
        Scope { phase: self.phase, ..self.workload.scope.clone() }
    }

    /// Where one piece of the value stands, or all of it.
    pub(crate) fn place(&self, piece: Option<usize>) -> Span {
        match piece.and_then(|piece| self.setting.value.pieces().get(piece)) {
            Some(piece) => piece.origin.span,
            None => place_of(self.setting, None),
        }
    }

    /// How to write another value in the place of this one, as its file is written.
    pub(crate) fn line(&self, value: &str) -> String {
        let value_of = &self.setting.value;
        let origin = match value_of.pieces() {
            [only] => &only.origin,
            _ => value_of.origin(),
        };
        let through = origin.via.iter().rfind(|via| via.kind == ViaKind::Interpolation);
        let name = through
            .and_then(|via| self.setting.references.iter().find(|each| each.span == via.span))
            .map_or(self.name, |reference| &reference.name);
        // In a YAML mapping a colon and a space stand between the two.
        let (key, text) = (self.setting.name_span, value_of.origin().span);
        let adjacent = key.file == text.file && text.start == key.end + 1;
        match origin.reader {
            Reader::ComposeFile if !adjacent => format!("{name}: {value}"),
            _ => format!("{name}={value}"),
        }
    }

    /// That the value can not be judged.
    pub(crate) fn unverifiable(&self, rule: &Rule<Context>, why: &Unknown) -> Unverifiable {
        self.unverifiable_because(rule, why.to_string())
    }

    /// That the value can not be judged, for a reason that continues "not verified: NAME of
    /// SERVICE (...)".
    pub(crate) fn unverifiable_because(
        &self,
        rule: &Rule<Context>,
        reason: String,
    ) -> Unverifiable {
        Unverifiable {
            rule: rule.name,
            subject: Subject::variable(&self.workload.service, self.name),
            reason,
            span: Some(self.setting.name_span),
            scopes: vec![self.scope()],
        }
    }
}

/// Variables, at least one, that have something in common: one mistake on one line.
pub(crate) struct Shared<'a> {
    /// The variables; those that are nothing but the text in question come first.
    pub(crate) all: Vec<Held<'a>>,
    place: Span,
}

/// Joins what was found at one place of one environment, by what was found.
pub(crate) fn together<'a, K: Ord>(
    found: impl IntoIterator<Item = (Span, K, Held<'a>)>,
) -> impl Iterator<Item = (K, Shared<'a>)> {
    let mut joined: BTreeMap<(&Name, Span, K), Vec<Held<'a>>> = BTreeMap::new();
    for (place, what, held) in found {
        let environment = &held.view.deployment.environment.name;
        joined.entry((environment, place, what)).or_default().push(held);
    }
    joined.into_iter().map(|((_, place, what), mut all)| {
        all.sort_by_key(|held| held.setting.value.pieces().len());
        (what, Shared { all, place })
    })
}

impl<'a> Shared<'a> {
    /// The first of them, which gives the others their name.
    pub(crate) fn first(&self) -> Held<'a> {
        self.all[0]
    }

    fn namesakes(&self) -> impl Iterator<Item = &Held<'a>> {
        self.all.iter().filter(|held| held.name == self.first().name)
    }

    /// The services that have it under the first one's name: `engine and web`.
    pub(crate) fn services(&self) -> Services<'a> {
        let services: BTreeSet<&str> =
            self.namesakes().map(|held| held.workload.service.as_str()).collect();
        Services::new(services)
    }

    /// `AUTH_SECRET of engine and web`.
    pub(crate) fn title(&self) -> String {
        format!("{} of {}", self.first().name, self.services())
    }

    /// What the finding is about: of a service, if only one has it.
    fn subject(&self) -> Subject {
        let subject = Subject::new(SubjectKind::Variable, self.first().name.as_str());
        let service = &self.first().workload.service;
        match self.all.iter().all(|held| held.workload.service == *service) {
            true => subject.of(service),
            false => subject,
        }
    }

    /// A finding about what they have in common: first where it stands, then where each service
    /// takes it from there.
    pub(crate) fn finding(
        &self,
        rule: &Rule<Context>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Finding {
        let mut finding = rule.finding(self.subject(), message).at(self.place, label);
        for held in &self.all {
            let value = &held.setting.value;
            let piece = value.pieces().iter().position(|piece| piece.origin.span == self.place);
            for span in steps(held.setting, piece) {
                if finding.labels.iter().any(|label| label.span == span) {
                    continue;
                }
                let reader = match held.name == self.first().name {
                    true => held.workload.service.to_string(),
                    false => held.title(),
                };
                finding = finding.at(span, format!("{reader} takes it from there"));
            }
        }
        finding.scopes(self.all.iter().map(Held::scope))
    }
}

//! What the schema rules share: each distinct mistake once, with every service that has it.
//!
//! One line of a shared `.env` is read by several services. A mistake on it is one finding that
//! names them all, so judgements are grouped by variable, kind of mistake and place before any
//! rule words them.

use std::collections::BTreeMap;

use envlint_model::{
    Finding, Name, Outcomes, Phase, Rule, Scope, Span, Subject, SubjectKind, Unverifiable,
};
use envlint_resolve::{Setting, Workload};
use envlint_schema::{At, Check, Relation, Unverified, Variable, ViolationKind};

use crate::Context;
use crate::context::{Judged, Judgement, View};
use crate::words::{self, Services};

/// A mistake about one variable or relation, and the services that have it.
pub(crate) struct Case<'a> {
    /// The environment.
    pub(crate) view: &'a View,
    /// The processes, at least one.
    pub(crate) workloads: Vec<&'a Workload>,
    /// Build or run, of the first process.
    pub(crate) phase: Phase,
    /// What is wrong.
    pub(crate) kind: &'a ViolationKind,
    /// The part of the value that shows it.
    pub(crate) at: Option<&'a At>,
    about: &'a Judged,
    scopes: Vec<Scope>,
    context: &'a Context,
}

/// Calls `word` for every case of a check, and tells what could not be decided.
pub(crate) fn each(
    context: &Context,
    rule: &Rule<Context>,
    check: Check,
    outcomes: &mut Outcomes,
    word: impl Fn(&Case<'_>) -> Option<Finding>,
) {
    let judgements = context.judgements(check);
    for case in cases(context, judgements) {
        if let ViolationKind::Unverifiable { why, .. } = case.kind {
            outcomes.unverifiable(Unverifiable {
                rule: rule.name,
                subject: case.subject(),
                reason: reason(why),
                span: case.setting().map(|setting| setting.name_span),
                scopes: case.scopes(),
            });
        } else if let Some(finding) = word(&case) {
            outcomes.finding(finding.scopes(case.scopes()));
        }
    }
    let looked_at: usize = context.uses().map(|each| each.schema.variables().len()).sum();
    (judgements.len()..looked_at).for_each(|_| outcomes.pass());
}

fn cases<'a>(context: &'a Context, judgements: &'a [Judgement]) -> Vec<Case<'a>> {
    let mut at: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let mut cases: Vec<Case<'a>> = Vec::new();
    for judgement in judgements {
        let view = &context.views[judgement.view];
        let workload = &view.deployment.workloads[judgement.workload];
        let case = Case {
            view,
            workloads: vec![workload],
            phase: judgement.phase,
            kind: &judgement.kind,
            at: judgement.at.as_ref(),
            about: &judgement.about,
            scopes: vec![Scope { phase: judgement.phase, ..workload.scope.clone() }],
            context,
        };
        // Without a place in common, two services have two mistakes.
        let place = match case.place() {
            Some(span) => format!("{span:?}"),
            None => workload.service.to_string(),
        };
        let key = format!("{}\0{place}\0{:?}", case.name(), judgement.kind);
        match at.get(&(judgement.view, key.clone())) {
            Some(&known) => cases[known].join(case),
            None => {
                at.insert((judgement.view, key), cases.len());
                cases.push(case);
            }
        }
    }
    cases
}

fn reason(why: &Unverified) -> String {
    match why {
        Unverified::Value(unknown) => unknown.to_string(),
        Unverified::Beyond(unknown) => format!("may be set {unknown}"),
        Unverified::Condition(condition) => format!("it is not known whether it is {condition}"),
        Unverified::Pattern => "the schema's pattern is too large to be run".to_owned(),
        Unverified::InFile => "its text is in a file that another variable names".to_owned(),
    }
}

impl<'a> Case<'a> {
    /// Takes in the same mistake of another process, or of the same one in its other phase.
    /// Processes come one after the other.
    fn join(&mut self, other: Case<'a>) {
        let known = self.workloads.last().is_some_and(|last| std::ptr::eq(*last, other.first()));
        self.workloads.extend(other.workloads.into_iter().filter(|_| !known));
        self.scopes.extend(other.scopes);
    }

    /// The variable's name, or a name for the relation.
    pub(crate) fn name(&self) -> String {
        match self.about {
            Judged::Variable(name) | Judged::Unknown(name) => name.to_string(),
            Judged::Relation(relation) => words::relation(relation),
        }
    }

    /// The variable, if the schema has it.
    pub(crate) fn variable(&self) -> Option<&'a Variable> {
        match self.about {
            Judged::Variable(name) => self.context.schema(self.first())?.variable(name),
            Judged::Unknown(_) | Judged::Relation(_) => None,
        }
    }

    /// The relation, if it is about one.
    pub(crate) fn relation(&self) -> Option<&'a Relation> {
        match self.about {
            Judged::Relation(relation) => Some(relation),
            Judged::Variable(_) | Judged::Unknown(_) => None,
        }
    }

    /// The first process that has the mistake.
    pub(crate) fn first(&self) -> &'a Workload {
        self.workloads[0]
    }

    /// How a variable is set in the first process: in the phase that is judged, or where it is
    /// read instead.
    pub(crate) fn setting_of(&self, name: &str) -> Option<&'a Setting> {
        let variable = self.context.schema(self.first()).and_then(|schema| schema.variable(name));
        let phase = variable.map_or(self.phase, |variable| variable.phases.nearest(self.phase));
        self.first().variables(phase).get(name)
    }

    /// How the variable is set.
    pub(crate) fn setting(&self) -> Option<&'a Setting> {
        match self.about {
            Judged::Variable(name) | Judged::Unknown(name) => self.setting_of(name),
            Judged::Relation(_) => None,
        }
    }

    /// `engine`, `engine and web`.
    pub(crate) fn services(&self) -> Services<'a> {
        Services::new(self.workloads.iter().map(|workload| workload.service.as_str()))
    }

    /// What the finding is about: of a service, if only one has it.
    pub(crate) fn subject(&self) -> Subject {
        let kind = match self.about {
            Judged::Relation(_) => SubjectKind::Relation,
            Judged::Variable(_) | Judged::Unknown(_) => SubjectKind::Variable,
        };
        let subject = Subject::new(kind, self.name());
        match self.workloads.as_slice() {
            [only] => subject.of(&only.service),
            _ => subject,
        }
    }

    /// Where it holds.
    pub(crate) fn scopes(&self) -> Vec<Scope> {
        self.scopes.clone()
    }

    /// A finding about this case at its value: first where the text stands, then where each
    /// service takes it from there.
    pub(crate) fn finding(
        &self,
        rule: &Rule<Context>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Finding {
        let mut finding = rule.finding(self.subject(), message);
        match self.place() {
            Some(span) => finding = finding.at(span, label),
            None => finding = finding.at(self.first().place, label),
        }
        for workload in &self.workloads {
            let variables = workload.variables(self.phase);
            let Some(setting) = variables.get(&self.name()) else { continue };
            let service = &workload.service;
            for span in steps(setting, self.at.map(|at| at.piece)) {
                if finding.labels.iter().all(|label| label.span != span) {
                    finding = finding.at(span, format!("{service} takes it from there"));
                }
            }
        }
        match self.variable().and_then(|variable| variable.happens.clone()) {
            Some(happens) => finding.happens(happens),
            None => finding,
        }
    }

    /// The text that is wrong.
    fn place(&self) -> Option<Span> {
        self.setting().map(|setting| place_of(setting, self.at))
    }
}

/// Where the text of a value stands that a finding should point at: the part in question, or
/// the one piece that it consists of, or all of it.
pub(crate) fn place_of(setting: &Setting, at: Option<&At>) -> Span {
    if let Some(span) = at.and_then(|at| at.span(&setting.value)) {
        return span;
    }
    let whole = setting.value.origin().span;
    match (at.and_then(|at| setting.value.pieces().get(at.piece)), setting.value.pieces()) {
        (Some(piece), _) => piece.origin.span,
        (None, [only]) => only.origin.span,
        (None, _) if whole.is_empty() => setting.name_span.to(whole),
        (None, _) => whole,
    }
}

/// The steps between a piece's text, or the only piece's, and the environment.
pub(crate) fn steps(setting: &Setting, piece: Option<usize>) -> Vec<Span> {
    let pieces = setting.value.pieces();
    let piece = match piece {
        Some(piece) => pieces.get(piece),
        None if pieces.len() == 1 => pieces.first(),
        None => None,
    };
    piece.map(|piece| piece.origin.via.iter().map(|via| via.span).collect()).unwrap_or_default()
}

/// What a service is called in a sentence that is about one of its variables.
pub(crate) fn of(name: &Name, variable: &str) -> String {
    format!("{variable} of {name}")
}

//! Variables that one place sets and another one leaves out.
//!
//! The same service runs in several environments and on several platforms. That they set
//! different variables is often meant: a default is good enough on a laptop, a feature is
//! switched on where it is paid for. What is left after all that the schema explains is what
//! somebody set on purpose in one place and forgot in the other.

use envlint_model::{Phase, Unverifiable};
use envlint_resolve::Setting;
use envlint_schema::{Condition, Empty, Holds, Requirement, Schema, Variable};

use crate::context::Use;

/// A variable that matters, set in some places and not in others.
pub(crate) struct Gap<'a> {
    /// The variable.
    pub(crate) variable: &'a Variable,
    /// Where it is set, at least one place.
    pub(crate) set: Vec<(Use<'a>, &'a Setting)>,
    /// Where it is not.
    pub(crate) absent: Vec<Use<'a>>,
    /// Where nobody can say, since it may be set in a file that could not be opened. There is at
    /// least one place of this kind or of the one before.
    pub(crate) open: Vec<Use<'a>>,
}

impl<'a> Gap<'a> {
    /// What could not be decided, one for each place, for the rule of this name.
    pub(crate) fn unverifiable(&self, rule: &'static str) -> impl Iterator<Item = Unverifiable> {
        self.open.iter().filter_map(move |place| {
            let phase = self.variable.phases.nearest(Phase::Run);
            let why = place.workload.beyond(phase)?;
            Some(Unverifiable {
                rule,
                subject: place.subject(&self.variable.name),
                reason: format!("may be set {why}"),
                span: Some(place.workload.place),
                scopes: vec![place.workload.scope.clone()],
            })
        })
    }
}

/// The gaps between places that run one service.
pub(crate) fn gaps<'a>(places: &[Use<'a>]) -> Vec<Gap<'a>> {
    let Some(first) = places.first() else { return Vec::new() };
    let variables = first.schema.variables().iter();
    let gap = |variable: &'a Variable| {
        let mut gap = Gap { variable, set: Vec::new(), absent: Vec::new(), open: Vec::new() };
        for place in places {
            match state(place, variable) {
                State::Set(setting) => gap.set.push((*place, setting)),
                State::Absent => gap.absent.push(*place),
                State::Unknown => gap.open.push(*place),
            }
        }
        let lacks = !gap.absent.is_empty() || !gap.open.is_empty();
        (!gap.set.is_empty() && lacks).then_some(gap)
    };
    variables.filter(|variable| matters(first.schema, variable)).filter_map(gap).collect()
}

enum State<'a> {
    Set(&'a Setting),
    Absent,
    Unknown,
}

/// Whether a variable is set, under whichever of its names.
fn state<'a>(place: &Use<'a>, variable: &Variable) -> State<'a> {
    let phase = variable.phases.nearest(Phase::Run);
    let variables = place.variables(phase);
    let own = variables
        .get(&variable.name)
        .filter(|setting| !setting.value.is_empty() || !matches!(variable.empty, Empty::Unset));
    let file = || variables.get(&variable.file_variant()?);
    let former = || variable.formerly.iter().find_map(|name| variables.get(name));
    match own.or_else(file).or_else(former) {
        Some(setting) => State::Set(setting),
        None if place.workload.beyond(phase).is_some() => State::Unknown,
        None => State::Absent,
    }
}

/// Whether it needs a reason to leave a variable out. Not, if a default stands in, if the schema
/// says itself where it belongs, or if another variable can take its place.
fn matters(schema: &Schema, variable: &Variable) -> bool {
    let everywhere = |condition: &Condition| *condition == Condition::All(Vec::new());
    let conditional = matches!(variable.requirement, Requirement::When(_))
        || variable.recommended.as_ref().is_some_and(|when| !everywhere(when))
        || variable.forbidden.is_some()
        || variable.retired.is_some();
    variable.default.is_none() && !conditional && !has_alternative(schema, variable)
}

fn has_alternative(schema: &Schema, variable: &Variable) -> bool {
    schema.relations.iter().any(|relation| match &relation.holds {
        Holds::AnyOf(groups) | Holds::ExactlyOne(groups) => {
            groups.iter().flatten().any(|name| *name == variable.name)
        }
        Holds::Alternatives(pairs) => {
            pairs.iter().flatten().any(|part| part.variable == variable.name)
        }
        _ => false,
    })
}

use envlint_model::{Name, Phase, Truth, Unknown, Value, did_you_mean};

use crate::effective::{Given, is_one_of};
use crate::{
    About, At, Check, Condition, Context, Empty, Phases, Relation, Requirement, Schema, Unverified,
    Values, Variable, Violation, ViolationKind,
};

pub(crate) mod joined;
mod list;
mod relations;
mod text;
mod url;

pub(crate) use text::accepts_empty;

/// For how many unknown variables the one that was meant is looked for. Looking compares with
/// every variable of the schema; beyond this many the names are no typing mistakes.
const MAX_SUGGESTIONS: usize = 64;

/// Holds a schema against values: everything that does not hold, variable by variable in the
/// schema's order, then unknown variables in the order of their source, then relations.
///
/// Variables that are not read in the context's phase are passed over; what a build is given
/// beyond them belongs to its Dockerfile, so unknown variables are looked for in the running
/// service only. A relation is judged in the build if all of its variables are read there alone,
/// else in the running service. The time taken grows with the number of variables and the length
/// of the values, and with nothing else.
pub fn evaluate<'s>(
    schema: &'s Schema,
    values: &dyn Values,
    context: &Context,
) -> Vec<Violation<'s>> {
    let mut found = Vec::new();
    let read = schema.variables().iter().filter(|v| v.phases.contains(context.phase));
    for variable in read {
        let sink = Sink { about: About::Variable(variable), found: &mut found };
        Subject { schema, values, context, variable }.check(sink);
    }
    if context.phase == Phase::Run {
        unknown_variables(schema, values, &mut found);
    }
    for relation in schema.relations.iter().filter(|r| phase_of(r, schema) == context.phase) {
        let sink = Sink { about: About::Relation(relation), found: &mut found };
        relations::check(relation, schema, values, context, sink);
    }
    found
}

/// Where a relation is judged.
fn phase_of(relation: &Relation, schema: &Schema) -> Phase {
    let built_in = |name: &&Name| {
        schema.variable(name).is_some_and(|variable| variable.phases == Phases::Build)
    };
    let variables = relation.variables();
    match !variables.is_empty() && variables.iter().all(built_in) {
        true => Phase::Build,
        false => Phase::Run,
    }
}

/// Where violations about one thing go.
struct Sink<'s, 'v> {
    about: About<'s>,
    found: &'v mut Vec<Violation<'s>>,
}

impl Sink<'_, '_> {
    fn report(&mut self, kind: ViolationKind) {
        self.report_at(kind, None);
    }

    fn report_at(&mut self, kind: ViolationKind, at: Option<At>) {
        self.found.push(Violation { about: self.about.clone(), kind, at });
    }

    fn open(&mut self, check: Check, why: Unverified) {
        self.report(ViolationKind::Unverifiable { check, why });
    }

    fn unknown(&mut self, check: Check, why: &Unknown) {
        self.open(check, Unverified::Value(why.clone()));
    }
}

/// One variable, and everything that its state depends on.
struct Subject<'s, 'v> {
    schema: &'s Schema,
    values: &'v dyn Values,
    context: &'v Context,
    variable: &'s Variable,
}

impl<'s> Subject<'s, '_> {
    fn check(&self, mut sink: Sink<'s, '_>) {
        if self.variable.retired.is_some() {
            if self.values.get(&self.variable.name).is_some() {
                sink.report(ViolationKind::RetiredVariable);
            }
            return;
        }
        match Given::of(self.variable, self.values) {
            Given::Nothing => self.absent(&mut sink),
            Given::File => sink.open(Check::TypeMismatch, Unverified::InFile),
            Given::Value(value, former) => {
                if let Some(former) = former {
                    sink.report(ViolationKind::FormerName(former.clone()));
                }
                if value.is_empty() {
                    return self.empty(&mut sink);
                }
                text::check(self.variable, value, &mut sink);
                self.forbidden(value, &mut sink);
            }
        }
    }

    /// Not set. A required variable is reported as that alone.
    fn absent(&self, sink: &mut Sink<'s, '_>) {
        let when = match &self.variable.requirement {
            Requirement::Never => None,
            Requirement::Always => Some(None),
            Requirement::When(condition) => Some(Some(condition)),
        };
        if let Some(when) = when {
            let kind = ViolationKind::MissingRequired { when: when.cloned() };
            if self.absence(kind, when, sink) != Truth::False {
                return;
            }
        }
        if let Some(unsafe_default) = &self.variable.unsafe_default
            && self.absence(ViolationKind::UnsafeDefault, Some(&unsafe_default.when), sink)
                != Truth::False
        {
            return;
        }
        if let Some(when) = &self.variable.recommended {
            let kind = ViolationKind::MissingRecommended { when: when.clone() };
            self.absence(kind, Some(when), sink);
        }
    }

    /// Reports what the absence of the variable means where a condition holds.
    fn absence(
        &self,
        kind: ViolationKind,
        when: Option<&Condition>,
        sink: &mut Sink<'s, '_>,
    ) -> Truth {
        let holds = when.map_or(Truth::True, |condition| self.holds(condition));
        let check = kind.check();
        match (holds, when, self.values.beyond_of(&self.variable.name)) {
            (Truth::False, ..) => {}
            (_, _, Some(why)) => sink.open(check, Unverified::Beyond(why.clone())),
            (Truth::Unknown, Some(condition), None) => {
                sink.open(check, Unverified::Condition(condition.clone()));
            }
            (Truth::True, ..) | (Truth::Unknown, None, None) => sink.report(kind),
        }
        holds
    }

    /// Set to the empty text.
    fn empty(&self, sink: &mut Sink<'s, '_>) {
        let reads = match &self.variable.empty {
            Empty::Unset => return self.absent(sink),
            Empty::Value if text::accepts_empty(&self.variable.kind) => return,
            Empty::Value => Some(String::new()),
            Empty::Reads(text) => Some(text.clone()),
            Empty::Error => None,
        };
        sink.report(ViolationKind::EmptyValue { reads });
    }

    fn forbidden(&self, value: &Value, sink: &mut Sink<'s, '_>) {
        let Some(forbidden) = &self.variable.forbidden else { return };
        let holds = self.holds(&forbidden.when);
        let is_one = match forbidden.values.is_empty() {
            true => Truth::True,
            false => is_one_of(value, &forbidden.values),
        };
        match holds.and(is_one) {
            Truth::True => sink.report(ViolationKind::ForbiddenInEnvironment),
            Truth::False => {}
            Truth::Unknown => sink.open(
                Check::ForbiddenInEnvironment,
                match value.first_unknown() {
                    Some(why) if is_one == Truth::Unknown => Unverified::Value(why.clone()),
                    _ => Unverified::Condition(forbidden.when.clone()),
                },
            ),
        }
    }

    fn holds(&self, condition: &Condition) -> Truth {
        condition.holds(self.schema, self.values, self.context)
    }
}

fn unknown_variables<'s>(schema: &'s Schema, values: &dyn Values, found: &mut Vec<Violation<'s>>) {
    let unknown = values.names().filter(|name| !schema.knows(name));
    // Most likely a variable that is missing was meant; else one that should be overridden.
    let all = || schema.variables().iter().map(|variable| variable.name.as_str());
    let unset = || all().filter(|name| values.get(name).is_none());
    for (nth, name) in unknown.enumerate() {
        let meant = match nth < MAX_SUGGESTIONS {
            true => did_you_mean(name, unset()).or_else(|| did_you_mean(name, all())),
            false => None,
        };
        found.push(Violation {
            about: About::Unknown(name.clone()),
            kind: ViolationKind::UnknownVariable { did_you_mean: meant.map(Name::new) },
            at: None,
        });
    }
}

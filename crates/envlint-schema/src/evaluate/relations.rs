//! Relations between the variables of one service.

use envlint_model::{Name, Truth};
use envlint_types::kinds::number;

use super::Sink;
use crate::effective::{Effective, is_set};
use crate::{
    Check, Condition, Context, Holds, Relation, Schema, Side, Unverified, Values, Variable,
    ViolationKind,
};

pub(super) fn check(
    relation: &Relation,
    schema: &Schema,
    values: &dyn Values,
    context: &Context,
    mut sink: Sink<'_, '_>,
) {
    let everywhere = Condition::All(Vec::new());
    let when = relation.when.as_ref().unwrap_or(&everywhere);
    let holds = when.holds(schema, values, context);
    if holds == Truth::False {
        return;
    }
    let state = State { schema, values };
    let verdicts = match &relation.holds {
        Holds::AnyOf(groups) => vec![state.any_of(groups)],
        Holds::AllOrNone(names) => vec![state.all_or_none(names)],
        Holds::Ordered(names) => names.windows(2).map(|two| state.ordered(two)).collect(),
    };
    for verdict in verdicts {
        match verdict {
            Verdict::Holds => {}
            Verdict::Open(check, why) => sink.open(check, why),
            Verdict::Fails(kind) if holds == Truth::True => sink.report(kind),
            Verdict::Fails(kind) => sink.open(kind.check(), Unverified::Condition(when.clone())),
        }
    }
}

enum Verdict {
    Holds,
    Fails(ViolationKind),
    Open(Check, Unverified),
}

struct State<'a> {
    schema: &'a Schema,
    values: &'a dyn Values,
}

impl State<'_> {
    fn is_set(&self, name: &Name) -> Truth {
        match self.schema.variable(name) {
            Some(variable) => is_set(variable, self.values),
            None => self.values.get(name).is_some().into(),
        }
    }

    fn are(&self, names: &[Name], state: Truth) -> Vec<Name> {
        names.iter().filter(|name| self.is_set(name) == state).cloned().collect()
    }

    fn any_of(&self, groups: &[Vec<Name>]) -> Verdict {
        let whole = |group: &Vec<Name>| {
            group.iter().map(|name| self.is_set(name)).fold(Truth::True, Truth::and)
        };
        match groups.iter().map(whole).fold(Truth::False, Truth::or) {
            Truth::True => Verdict::Holds,
            Truth::Unknown => self.beyond(Check::AnyOfUnsatisfied),
            Truth::False => {
                let missing = groups.iter().map(|group| self.are(group, Truth::False));
                let nearest = missing.min_by_key(Vec::len).unwrap_or_default();
                Verdict::Fails(ViolationKind::AnyOfUnsatisfied { missing: nearest })
            }
        }
    }

    fn all_or_none(&self, names: &[Name]) -> Verdict {
        let (set, missing) = (self.are(names, Truth::True), self.are(names, Truth::False));
        if set.is_empty() || set.len() == names.len() {
            Verdict::Holds
        } else if missing.is_empty() {
            self.beyond(Check::AllOrNonePartial)
        } else {
            Verdict::Fails(ViolationKind::AllOrNonePartial { set, missing })
        }
    }

    /// The first of two numbers is at most the second. What is no number is left to the check of
    /// its kind, and two defaults are the schema's own business.
    fn ordered(&self, two: &[Name]) -> Verdict {
        let [lesser, greater] = two else { return Verdict::Holds };
        let (a, b) = (self.number(lesser), self.number(greater));
        match (a, b) {
            (Number::Known(_, a), Number::Known(_, b)) if a.default && b.default => Verdict::Holds,
            (Number::Known(x, lesser), Number::Known(y, greater)) if x > y => {
                Verdict::Fails(ViolationKind::OrderViolated { lesser, greater })
            }
            (Number::Open(why), Number::Known(..) | Number::Open(_))
            | (Number::Known(..), Number::Open(why)) => Verdict::Open(Check::OrderViolated, why),
            _ => Verdict::Holds,
        }
    }

    fn number(&self, name: &Name) -> Number {
        let variable = self.schema.variable(name);
        let side = |text: &str, default| {
            number::number(text).map_or(Number::None, |number| {
                let shown = variable.is_some_and(Variable::is_public);
                let number_text = shown.then(|| text.to_owned());
                Number::Known(number, Side { variable: name.clone(), number: number_text, default })
            })
        };
        match Effective::of(name, self.schema, self.values) {
            _ if self.values.get(name).is_some_and(|value| value.is_empty()) => Number::None,
            Effective::Text(text) => side(text, true),
            Effective::Nothing => Number::None,
            Effective::Perhaps(why) => Number::Open(Unverified::Beyond(why.clone())),
            Effective::Value(value) => match (value.known(), value.first_unknown()) {
                (Some(text), _) => side(text.as_str(), false),
                (None, Some(why)) => Number::Open(Unverified::Value(why.clone())),
                (None, None) => Number::None,
            },
        }
    }

    /// Only what is not seen makes it unknown whether a variable is set.
    fn beyond(&self, check: Check) -> Verdict {
        match self.values.beyond() {
            Some(why) => Verdict::Open(check, Unverified::Beyond(why.clone())),
            None => Verdict::Holds,
        }
    }
}

enum Number {
    None,
    Known(f64, Side),
    Open(Unverified),
}

//! Relations between the variables of one service.

use envlint_model::{Equality, Name, Truth, Value};
use envlint_types::kinds::{number, quantity};
use serde_json::{Map, Value as Json};
use zeroize::Zeroizing;

use super::Sink;
use crate::effective::{Effective, Given, is_set};
use crate::foreign::{self, Foreign};
use crate::{
    Check, Condition, Context, Holds, Kind, Limit, PartOf, Relation, Schema, Side, Unverified,
    Values, Variable, ViolationKind,
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
        Holds::ExactlyOne(groups) => vec![state.any_of(groups), state.at_most_one(groups)],
        Holds::AllOrNone(names) => vec![state.all_or_none(names)],
        Holds::OnceBegun { all, by } => vec![state.once_begun(all, by)],
        Holds::Ordered(names) => names.windows(2).map(|two| state.ordered(two)).collect(),
        Holds::Alternatives(pairs) => pairs.iter().map(|pair| state.agree(pair)).collect(),
        Holds::Derived(parts) => state.derived(parts),
        Holds::Foreign(foreign) => vec![state.foreign(foreign)],
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
                let missing = groups.iter().map(|group| (group, self.are(group, Truth::False)));
                // Of two that lack as much, the one that somebody began is meant.
                let nearest = missing
                    .min_by_key(|(group, missing)| (missing.len(), group.len() == missing.len()));
                let nearest = nearest.map(|(_, missing)| missing).unwrap_or_default();
                Verdict::Fails(ViolationKind::AnyOfUnsatisfied { missing: nearest })
            }
        }
    }

    /// A group that is begun counts: what excludes another must not be there in part.
    fn at_most_one(&self, groups: &[Vec<Name>]) -> Verdict {
        let begun = |state: Truth| {
            groups.iter().filter_map(move |group| {
                group.iter().find(|name| self.is_set(name) == state).cloned()
            })
        };
        let set: Vec<Name> = begun(Truth::True).collect();
        match (set.len(), begun(Truth::Unknown).next()) {
            (2.., _) => Verdict::Fails(ViolationKind::TooManyWays { set }),
            (1, Some(_)) => self.beyond(Check::AlternativesConflict),
            _ => Verdict::Holds,
        }
    }

    /// Where both are set, they are the same. A default is not a second way to say something.
    fn agree(&self, pair: &[PartOf; 2]) -> Verdict {
        let [a, b] = pair;
        let set = |part: &PartOf| self.given(&part.variable).filter(|value| !value.is_empty());
        let (Some(x), Some(y)) = (set(a), set(b)) else { return Verdict::Holds };
        match a.part.compare_with(x, b.part, y) {
            Equality::Same => Verdict::Holds,
            Equality::Different => {
                Verdict::Fails(ViolationKind::AlternativesConflict { sides: pair.clone() })
            }
            Equality::Unknown => open_pair(Check::AlternativesConflict, x, y),
        }
    }

    /// All are what the first one is.
    fn derived(&self, parts: &[PartOf]) -> Vec<Verdict> {
        let [first, others @ ..] = parts else { return Vec::new() };
        others.iter().map(|other| self.follows(first, other)).collect()
    }

    fn follows(&self, first: &PartOf, other: &PartOf) -> Verdict {
        let (a, b) = (self.text(first), self.text(other));
        let check = Check::DerivedValueMismatch;
        match (a, b) {
            (Text::None, _) | (_, Text::None) => Verdict::Holds,
            (Text::Open(why), _) | (_, Text::Open(why)) => Verdict::Open(check, why),
            // Two defaults are the schema's own business.
            (Text::Default(_), Text::Default(_)) => Verdict::Holds,
            (Text::Known(a) | Text::Default(a), Text::Known(b) | Text::Default(b)) => {
                match crate::part::same(first.part, &a, other.part, &b) {
                    true => Verdict::Holds,
                    false => Verdict::Fails(ViolationKind::DerivedValueMismatch {
                        sides: [first.clone(), other.clone()],
                    }),
                }
            }
        }
    }

    /// The text of a part, as the service sees it. A value without that part is left to the
    /// check of its kind.
    fn text(&self, of: &PartOf) -> Text {
        match Effective::of(&of.variable, self.schema, self.values) {
            Effective::Nothing => Text::None,
            Effective::InFile => Text::Open(Unverified::InFile),
            Effective::Perhaps(why) => Text::Open(Unverified::Beyond(why.clone())),
            Effective::Text(default) => of.part.of_text(default).map_or(Text::None, Text::Default),
            Effective::Value(value) if value.is_empty() => Text::None,
            Effective::Value(value) => match (of.part.text(value), value.first_unknown()) {
                (Some(text), _) => Text::Known(text),
                (None, Some(why)) => Text::Open(Unverified::Value(why.clone())),
                (None, None) => Text::None,
            },
        }
    }

    /// What a schema by others says of all variables at once, if all of them are known.
    fn foreign(&self, foreign: &Foreign) -> Verdict {
        let check = Check::ConstraintViolated;
        let mut object = Map::new();
        for variable in self.schema.variables() {
            match Effective::of(&variable.name, self.schema, self.values) {
                // A default is the program's own business.
                Effective::Text(_) | Effective::Nothing => {}
                Effective::InFile => return Verdict::Open(check, Unverified::InFile),
                Effective::Perhaps(why) => {
                    return Verdict::Open(check, Unverified::Beyond(why.clone()));
                }
                Effective::Value(value) => match (value.known(), value.first_unknown()) {
                    (Some(text), _) => insert(&mut object, variable, text.as_str()),
                    (None, Some(why)) => {
                        return Verdict::Open(check, Unverified::Value(why.clone()));
                    }
                    (None, None) => {}
                },
            }
        }
        match foreign.judge_value(&Json::Object(object)) {
            foreign::Verdict::Accepted => Verdict::Holds,
            foreign::Verdict::GivenUp => Verdict::Open(check, Unverified::Pattern),
            foreign::Verdict::Refused(keyword) => {
                Verdict::Fails(ViolationKind::ConstraintViolated(Limit::Keyword(keyword)))
            }
        }
    }

    /// The value that was set for a variable, under whichever name.
    fn given(&self, name: &Name) -> Option<&Value> {
        match self.schema.variable(name).map(|variable| Given::of(variable, self.values)) {
            Some(Given::Value(value, _)) => Some(value),
            Some(Given::File | Given::Nothing) => None,
            None => self.values.get(name),
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

    fn once_begun(&self, all: &[Name], by: &[Name]) -> Verdict {
        let begun: Vec<Name> = self.are(by, Truth::True);
        let missing = self.are(all, Truth::False);
        match (begun.is_empty(), missing.is_empty()) {
            (true, _) if self.are(by, Truth::Unknown).is_empty() => Verdict::Holds,
            (false, false) => {
                Verdict::Fails(ViolationKind::AllOrNonePartial { set: begun, missing })
            }
            (false, true) if self.are(all, Truth::Unknown).is_empty() => Verdict::Holds,
            _ => self.beyond(Check::AllOrNonePartial),
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
        let amount = |text: &str| match variable.map(|variable| &variable.kind) {
            Some(Kind::Quantity { measure, bare, .. }) => {
                quantity::parse(text, *measure, *bare).ok()
            }
            _ => number::number(text).ok(),
        };
        let side = |text: &str, default| {
            amount(text).map_or(Number::None, |number| {
                let shown = variable.is_some_and(Variable::is_public);
                let number_text = shown.then(|| text.to_owned());
                Number::Known(number, Side { variable: name.clone(), number: number_text, default })
            })
        };
        match Effective::of(name, self.schema, self.values) {
            _ if self.values.get(name).is_some_and(|value| value.is_empty()) => Number::None,
            Effective::Text(text) => side(text, true),
            Effective::Nothing => Number::None,
            Effective::InFile => Number::Open(Unverified::InFile),
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

/// Puts a text into the object that a program makes of its environment: dots are nesting, and the
/// text is what its kind says.
fn insert(object: &mut Map<String, Json>, variable: &Variable, text: &str) {
    let path = variable.name.as_str();
    let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut at = object;
    for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
        let inner = at.entry(parent).or_insert_with(|| Json::Object(Map::new()));
        let Json::Object(inner) = inner else { return };
        at = inner;
    }
    at.insert(name.to_owned(), foreign::typed(&variable.kind, text));
}

/// What could decide between two values and is not known. A value that merely lacks the part is
/// left to the check of its kind.
fn open_pair(check: Check, a: &Value, b: &Value) -> Verdict {
    match a.first_unknown().or(b.first_unknown()) {
        Some(why) => Verdict::Open(check, Unverified::Value(why.clone())),
        None => Verdict::Holds,
    }
}

enum Text {
    None,
    Default(Zeroizing<String>),
    Known(Zeroizing<String>),
    Open(Unverified),
}

enum Number {
    None,
    Known(f64, Side),
    Open(Unverified),
}

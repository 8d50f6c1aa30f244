//! Relations as they are written.

use envlint_model::Name;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Condition, Holds, PartOf, Relation};

/// What must hold between variables of one service: exactly one of `any-of`, `exactly-one`,
/// `all-or-none`, `once-begun`, `ordered`, `alternatives` and `derived`.
///
/// In the last two, `DATABASE_URL#host` is a part of a value: `scheme`, `user`, `password`,
/// `host`, `port`, `path`, `origin`, or `database` for host, port and path.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(transform = exactly_one)]
pub struct RelationForm {
    /// At least one of these groups is set as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<Vec<Vec<String>>>,
    /// Exactly one of these groups is set as a whole, and nothing of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exactly_one: Option<Vec<Vec<String>>>,
    /// All of these are set, or none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_or_none: Option<Vec<String>>,
    /// Once one thing is set, others have to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_begun: Option<OnceBegun>,
    /// Each number is at most the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<Vec<String>>,
    /// Pairs that say the same in two ways: where both are set, they are equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Vec<[String; 2]>>,
    /// All of these are equal where there is a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derived: Option<Vec<String>>,
    /// Where it must hold; everywhere if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What happens otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What has to be set once something else is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnceBegun {
    /// All of these are then set.
    pub all: Vec<String>,
    /// One of these begins it.
    pub by: Vec<String>,
}

/// Why a written relation is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum RelationProblem {
    #[error(
        "a relation is exactly one of any-of, exactly-one, all-or-none, once-begun, ordered, \
         alternatives and derived"
    )]
    NotOne,
    #[error(transparent)]
    Part(#[from] crate::part::UnknownPart),
}

/// Fields that say something about a relation; each other one is a relation.
const ABOUT: [&str; 2] = ["when", "because"];

/// Adds to the schema that one of the relations is there, and no second one.
fn exactly_one(schema: &mut Schema) {
    let properties = schema.get("properties").and_then(serde_json::Value::as_object);
    let names = properties.into_iter().flat_map(|properties| properties.keys());
    let one: Vec<_> = names
        .filter(|name| !ABOUT.contains(&name.as_str()))
        .map(|name| json!({ "required": [name] }))
        .collect();
    schema.insert("oneOf".to_owned(), json!(one));
}

impl RelationForm {
    pub(super) fn relation(self) -> Result<Relation, RelationProblem> {
        let mut holds = Vec::new();
        holds.extend(self.any_of.map(|groups| Holds::AnyOf(groups_of(&groups))));
        holds.extend(self.exactly_one.map(|groups| Holds::ExactlyOne(groups_of(&groups))));
        holds.extend(self.all_or_none.map(|group| Holds::AllOrNone(names(&group))));
        holds.extend(
            self.once_begun
                .map(|once| Holds::OnceBegun { all: names(&once.all), by: names(&once.by) }),
        );
        holds.extend(self.ordered.map(|ordered| Holds::Ordered(names(&ordered))));
        if let Some(pairs) = &self.alternatives {
            let pair = |[a, b]: &[String; 2]| Ok([a.parse()?, b.parse()?]);
            let pairs: Result<_, RelationProblem> = pairs.iter().map(pair).collect();
            holds.push(Holds::Alternatives(pairs?));
        }
        if let Some(parts) = &self.derived {
            let parts: Result<_, _> = parts.iter().map(|part| part.parse()).collect();
            holds.push(Holds::Derived(parts?));
        }
        match (holds.pop(), holds.is_empty()) {
            (Some(holds), true) => Ok(Relation { holds, when: self.when, because: self.because }),
            _ => Err(RelationProblem::NotOne),
        }
    }
}

impl RelationForm {
    /// The relation as it is written; `None` for what stands in the standard keywords.
    pub(super) fn of(relation: &Relation) -> Option<Self> {
        let written =
            |names: &[Name]| -> Vec<String> { names.iter().map(Name::to_string).collect() };
        let groups = |groups: &[Vec<Name>]| groups.iter().map(|group| written(group)).collect();
        let parts = |parts: &[PartOf]| parts.iter().map(PartOf::to_string).collect();
        let pair = |[a, b]: &[PartOf; 2]| [a.to_string(), b.to_string()];
        let form = Self {
            when: relation.when.clone(),
            because: relation.because.clone(),
            ..Self::default()
        };
        Some(match &relation.holds {
            Holds::AnyOf(all) => Self { any_of: Some(groups(all)), ..form },
            Holds::ExactlyOne(all) => Self { exactly_one: Some(groups(all)), ..form },
            Holds::AllOrNone(names) => Self { all_or_none: Some(written(names)), ..form },
            Holds::OnceBegun { all, by } => {
                let once = OnceBegun { all: written(all), by: written(by) };
                Self { once_begun: Some(once), ..form }
            }
            Holds::Ordered(names) => Self { ordered: Some(written(names)), ..form },
            Holds::Alternatives(pairs) => {
                Self { alternatives: Some(pairs.iter().map(pair).collect()), ..form }
            }
            Holds::Derived(all) => Self { derived: Some(parts(all)), ..form },
            Holds::Foreign(_) => return None,
        })
    }
}

fn names(names: &[String]) -> Vec<Name> {
    names.iter().map(|name| Name::new(name)).collect()
}

fn groups_of(groups: &[Vec<String>]) -> Vec<Vec<Name>> {
    groups.iter().map(|group| names(group)).collect()
}

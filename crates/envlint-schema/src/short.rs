use envlint_model::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Days, Empty, Forbidden, Kind, Pattern, Phases, Retired, Role, Secrecy, TextRules,
    UnsafeDefault, Variable,
};

mod kind;
mod meta;
mod scalar;

use kind::fields_of;
pub use kind::{EncodingName, KindName, ReadingName};
pub use scalar::{Scalar, When};

/// A variable in the short form: the entries of `[services.NAME.variables]` in the manifest, and
/// the `x-envlint` object of a property in a JSON Schema.
///
/// What is left out stays as the schema below it says, or as the kind has it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(transform = meta::constrain)]
pub struct Short {
    /// What its text must be; any text if nothing is said.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "string"))]
    pub kind: Option<KindName>,
    /// How many bytes a key decodes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_KEY_BYTES))]
    pub bytes: Option<usize>,
    /// How a key is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "hex"))]
    pub encoding: Option<EncodingName>,
    /// The schemes that a URL may have, without `://`; any if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schemes: Option<Vec<String>>,
    /// What the items of a `list` are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "meta::items")]
    pub items: Option<KindName>,
    /// What a bare number counts in: `ms`, `KiB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The texts that an `enum` may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// How the program reads a `boolean`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "strict"))]
    pub reads: Option<ReadingName>,
    /// The smallest number allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// The largest number allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// The fewest characters of a text or token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<usize>,
    /// The most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// A regular expression that must be found in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Whether it must be set: always, or where a condition holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub required: Option<When>,
    /// Whether it should be set: always, or where a condition holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub recommended: Option<When>,
    /// What stands in for it when it is not set. A secret has no default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Scalar>,
    /// Whether its text is a secret; `false` says that it may be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<bool>,
    /// When it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "run"))]
    pub phase: Option<Phases>,
    /// What the service makes of an empty text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "value"))]
    pub empty: Option<Empty>,
    /// What it decides, for the rules that look beyond its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Why it is unsafe to leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsafe_default: Option<UnsafeDefault>,
    /// What it must not be, and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forbidden: Option<Forbidden>,
    /// That it is no longer read, and what took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired: Option<Retired>,
    /// Names under which it is still read, and which it should no longer be set under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formerly: Option<Vec<String>>,
    /// Whether a variable of its name with `_FILE` at the end may hold the path of a file with
    /// its text instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub or_file: Option<bool>,
    /// How old it may become before it has to be replaced: `90d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Days>,
    /// What it is for, in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// What happens when it is missing or wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub happens: Option<String>,
    /// A text that could stand in a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Scalar>,
    /// A command that makes a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate: Option<String>,
}

/// What a short form says can not be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ShortError(Problem);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
enum Problem {
    #[error("{field} does not belong to the type {kind}")]
    Misplaced { field: &'static str, kind: &'static str },
    #[error("the type {kind} needs {field}")]
    Missing { field: &'static str, kind: &'static str },
    #[error("{field} is a whole number")]
    NotWhole { field: &'static str },
    #[error("a key has 1 to {} bytes", MAX_KEY_BYTES)]
    Bytes,
    #[error("pattern is no regular expression that can be used here; look-around is not known")]
    Pattern,
    #[error("{low} is above {high}, so that nothing can be right")]
    Order { low: &'static str, high: &'static str },
    #[error("unit is one of {units}")]
    Unit { units: String },
    #[error("there are no lists of the type {kind}")]
    Items { kind: &'static str },
    #[error("a condition speaks of the feature {name}, which is none of the service's")]
    Feature { name: Name },
    #[error("a secret has no default: a value that is published is none")]
    SecretDefault,
}

/// The longest key that a schema may ask for; RSA and its like are not written in one variable.
const MAX_KEY_BYTES: usize = 4096;

impl Short {
    /// The variable that this describes.
    pub fn variable(&self, name: &str) -> Result<Variable, ShortError> {
        self.refine(Variable::new(name, Kind::Text(TextRules::default())))
    }

    /// A variable of another schema, with everything changed that is said here.
    pub fn refine(&self, base: Variable) -> Result<Variable, ShortError> {
        let kind = self.kind(&base.kind)?;
        let secrecy = match self.secret {
            Some(true) => Secrecy::Secret,
            Some(false) => Secrecy::Public,
            None if self.kind.is_some() => kind.secrecy(),
            None => base.secrecy,
        };
        let text = |scalar: &Option<Scalar>| scalar.as_ref().map(|scalar| scalar.0.clone());
        let default = text(&self.default).or(base.default);
        if secrecy == Secrecy::Secret && default.is_some() {
            return Err(ShortError(Problem::SecretDefault));
        }
        Ok(Variable {
            name: base.name,
            kind,
            foreign: base.foreign,
            secrecy,
            default,
            requirement: self.required.as_ref().map_or(base.requirement, When::requirement),
            recommended: match &self.recommended {
                Some(when) => when.condition(),
                None => base.recommended,
            },
            phases: self.phase.unwrap_or(base.phases),
            empty: self.empty.clone().unwrap_or(base.empty),
            role: self.role.clone().or(base.role),
            unsafe_default: self.unsafe_default.clone().or(base.unsafe_default),
            forbidden: self.forbidden.clone().or(base.forbidden),
            retired: self.retired.clone().or(base.retired),
            formerly: match &self.formerly {
                Some(names) => names.iter().map(|name| Name::new(name)).collect(),
                None => base.formerly,
            },
            or_file: self.or_file.unwrap_or(base.or_file),
            max_age: self.max_age.or(base.max_age),
            docs: self.docs.clone().unwrap_or(base.docs),
            happens: self.happens.clone().or(base.happens),
            example: text(&self.example).or(base.example),
            generate: self.generate.clone().or(base.generate),
        })
    }

    /// The same without what it says about the kind.
    pub(crate) fn without_kind(self) -> Self {
        Self {
            kind: None,
            bytes: None,
            encoding: None,
            schemes: None,
            items: None,
            unit: None,
            values: None,
            reads: None,
            minimum: None,
            maximum: None,
            min_length: None,
            max_length: None,
            pattern: None,
            ..self
        }
    }

    /// Whether it says anything about the limits of a kind.
    pub(crate) fn limits(&self) -> bool {
        self.fields().iter().any(|(_, given)| *given)
    }

    /// The kind that the type names, or the one below, with the limits that are said here.
    fn kind(&self, base: &Kind) -> Result<Kind, ShortError> {
        let mut kind = match (self.kind, self.items) {
            (Some(KindName::List), None) => return Err(missing("items", "list")),
            (Some(KindName::List), Some(items)) => list(items)?,
            (None, Some(items)) if matches!(base, Kind::List(_)) => list(items)?,
            (Some(name), _) => name.plain(),
            (None, _) => base.clone(),
        };
        match &mut kind {
            Kind::Text(rules) => {
                rules.min_length = self.min_length.or(rules.min_length);
                rules.max_length = self.max_length.or(rules.max_length);
                if let Some(pattern) = &self.pattern {
                    let pattern =
                        Pattern::new(pattern).map_err(|_| ShortError(Problem::Pattern))?;
                    rules.pattern = Some(pattern);
                }
            }
            Kind::Token { min_length } => *min_length = self.min_length.unwrap_or(*min_length),
            Kind::Integer(bounds) => {
                bounds.minimum = whole("minimum", self.minimum)?.or(bounds.minimum);
                bounds.maximum = whole("maximum", self.maximum)?.or(bounds.maximum);
            }
            Kind::Number(bounds) => {
                bounds.minimum = self.minimum.or(bounds.minimum);
                bounds.maximum = self.maximum.or(bounds.maximum);
            }
            Kind::Boolean(reading) => *reading = self.reads.map_or(*reading, ReadingName::reading),
            Kind::Choice(values) => *values = self.values.clone().unwrap_or_else(|| values.clone()),
            Kind::Key { bytes, encoding } => {
                *bytes = self.bytes.unwrap_or(*bytes);
                *encoding = self.encoding.map_or(*encoding, EncodingName::encoding);
            }
            Kind::Url { schemes } | Kind::Connection { schemes, .. } => {
                let lower = |given: &Vec<String>| given.iter().map(|s| s.to_lowercase()).collect();
                *schemes = self.schemes.as_ref().map_or_else(|| schemes.clone(), lower);
            }
            Kind::Quantity { measure, bare, bounds } => {
                bounds.minimum = self.minimum.or(bounds.minimum);
                bounds.maximum = self.maximum.or(bounds.maximum);
                if let Some(name) = &self.unit {
                    *bare = Some(measure.unit(name).ok_or_else(|| {
                        let names: Vec<&str> = measure.units().iter().map(|u| u.name).collect();
                        ShortError(Problem::Unit { units: names.join(", ") })
                    })?);
                }
            }
            _ => {}
        }
        self.check_fields(&kind)?;
        Ok(kind)
    }

    /// The fields that belong to some kinds only, and whether they are given.
    fn fields(&self) -> [(&'static str, bool); 12] {
        [
            ("items", self.items.is_some()),
            ("unit", self.unit.is_some()),
            ("bytes", self.bytes.is_some()),
            ("encoding", self.encoding.is_some()),
            ("schemes", self.schemes.is_some()),
            ("values", self.values.is_some()),
            ("reads", self.reads.is_some()),
            ("minimum", self.minimum.is_some()),
            ("maximum", self.maximum.is_some()),
            ("min-length", self.min_length.is_some()),
            ("max-length", self.max_length.is_some()),
            ("pattern", self.pattern.is_some()),
        ]
    }

    /// Every field belongs to the kind, none that it needs is missing, and its limits leave
    /// something between them.
    fn check_fields(&self, kind: &Kind) -> Result<(), ShortError> {
        let fields = self.kind.map_or(fields_of(kind), KindName::fields);
        let misplaced =
            self.fields().into_iter().find(|(field, given)| *given && !fields.contains(field));
        if let Some((field, _)) = misplaced {
            return Err(ShortError(Problem::Misplaced { field, kind: kind.name() }));
        }
        match kind {
            Kind::Key { bytes: 0, .. } if self.bytes.is_none() => Err(missing("bytes", "key")),
            Kind::Key { bytes, .. } if !(1..=MAX_KEY_BYTES).contains(bytes) => {
                Err(ShortError(Problem::Bytes))
            }
            Kind::Choice(values) if values.is_empty() => Err(missing("values", "enum")),
            Kind::Text(rules) => in_order(MIN_MAX_LENGTH, rules.min_length, rules.max_length),
            Kind::Integer(bounds) => in_order(MIN_MAX, bounds.minimum, bounds.maximum),
            Kind::Number(bounds) | Kind::Quantity { bounds, .. } => {
                in_order(MIN_MAX, bounds.minimum, bounds.maximum)
            }
            _ => Ok(()),
        }
    }
}

const MIN_MAX: [&str; 2] = ["minimum", "maximum"];
const MIN_MAX_LENGTH: [&str; 2] = ["min-length", "max-length"];

/// A lower limit is not above the upper one: nothing could be right.
fn in_order<T: PartialOrd>(
    [low, high]: [&'static str; 2],
    from: Option<T>,
    to: Option<T>,
) -> Result<(), ShortError> {
    match (from, to) {
        (Some(from), Some(to)) if from > to => Err(ShortError(Problem::Order { low, high })),
        _ => Ok(()),
    }
}

/// A list whose items are of a kind.
fn list(items: KindName) -> Result<Kind, ShortError> {
    let no_item = || ShortError(Problem::Items { kind: items.plain().name() });
    items.item().map(Kind::List).ok_or_else(no_item)
}

fn missing(field: &'static str, kind: &'static str) -> ShortError {
    ShortError(Problem::Missing { field, kind })
}

fn whole(field: &'static str, number: Option<f64>) -> Result<Option<i64>, ShortError> {
    // Beyond 2^53 a float no longer tells neighbouring whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number {
        Some(number) if number.fract() != 0.0 || number.abs() > EXACT => {
            Err(ShortError(Problem::NotWhole { field }))
        }
        number => Ok(number.map(|number| number as i64)),
    }
}

/// The short form of a variable: everything that is not as a text about which nothing is said
/// would have it. Read back, it is the same variable.
impl From<&Variable> for Short {
    fn from(variable: &Variable) -> Self {
        let text = |text: &Option<String>| text.clone().map(Scalar);
        let names = |names: &[Name]| names.iter().map(Name::to_string).collect();
        let secrecy = Some(variable.secrecy).filter(|own| *own != variable.kind.secrecy());
        Self {
            required: When::of(&variable.requirement),
            recommended: variable.recommended.as_ref().map(When::of_condition),
            default: text(&variable.default),
            secret: secrecy.map(|secrecy| secrecy == Secrecy::Secret),
            phase: Some(variable.phases).filter(|phases| *phases != Phases::Run),
            empty: Some(variable.empty.clone()).filter(|empty| *empty != Empty::Value),
            role: variable.role.clone(),
            unsafe_default: variable.unsafe_default.clone(),
            forbidden: variable.forbidden.clone(),
            retired: variable.retired.clone(),
            formerly: Some(names(&variable.formerly)).filter(|names: &Vec<_>| !names.is_empty()),
            or_file: Some(variable.or_file).filter(|or_file| *or_file),
            max_age: variable.max_age,
            docs: Some(variable.docs.clone()).filter(|docs| !docs.is_empty()),
            happens: variable.happens.clone(),
            example: text(&variable.example),
            generate: variable.generate.clone(),
            ..Self::from(&variable.kind)
        }
    }
}

/// A kind with its limits; of a text without limits, nothing.
impl From<&Kind> for Short {
    fn from(kind: &Kind) -> Self {
        let (name, items) = KindName::of(kind);
        let short = Self {
            kind: Some(name).filter(|name| *name != KindName::String),
            items,
            ..Self::default()
        };
        match kind {
            Kind::Text(rules) => Self {
                min_length: rules.min_length,
                max_length: rules.max_length,
                pattern: rules.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
                ..short
            },
            Kind::Integer(bounds) => Self {
                minimum: bounds.minimum.map(|bound| bound as f64),
                maximum: bounds.maximum.map(|bound| bound as f64),
                ..short
            },
            Kind::Number(bounds) => {
                Self { minimum: bounds.minimum, maximum: bounds.maximum, ..short }
            }
            Kind::Quantity { bare, bounds, .. } => Self {
                unit: bare.map(|unit| unit.name.to_owned()),
                minimum: bounds.minimum,
                maximum: bounds.maximum,
                ..short
            },
            Kind::Boolean(reading) => Self { reads: ReadingName::of(*reading), ..short },
            Kind::Choice(values) => Self { values: Some(values.clone()), ..short },
            Kind::Key { bytes, encoding } => {
                Self { bytes: Some(*bytes), encoding: EncodingName::of(*encoding), ..short }
            }
            Kind::Token { min_length } => Self { min_length: Some(*min_length), ..short },
            Kind::Url { schemes } | Kind::Connection { schemes, .. } => Self {
                schemes: Some(schemes.clone()).filter(|schemes| !schemes.is_empty()),
                ..short
            },
            Kind::Port | Kind::Origin | Kind::List(_) | Kind::TrustProxy | Kind::Format(_) => short,
        }
    }
}

impl crate::Schema {
    /// Says more about a variable, or adds it: what is said here wins over what the schema says.
    pub fn set_short(&mut self, name: &str, short: &Short) -> Result<(), ShortError> {
        let variable = match self.variable(name) {
            Some(base) => short.refine(base.clone())?,
            None => short.variable(name)?,
        };
        let features = &self.service.features;
        let unknown = variable.conditions().find_map(|when| when.unknown_feature(features));
        if let Some(name) = unknown {
            return Err(ShortError(Problem::Feature { name: name.clone() }));
        }
        self.insert(variable);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Bounds, Condition, Encoding, Requirement};

    fn short(json: serde_json::Value) -> Short {
        Short::deserialize(&json).unwrap()
    }

    fn variable(json: serde_json::Value) -> Result<Variable, String> {
        short(json).variable("A").map_err(|error| error.to_string())
    }

    #[test]
    fn the_manifests_own_examples() {
        let key = json!({ "type": "key", "bytes": 32, "encoding": "hex" });
        let key = variable(key).unwrap();
        assert_eq!(key.kind, Kind::Key { bytes: 32, encoding: Encoding::Hex });
        assert!(key.is_secret());
        let url = variable(json!({
            "type": "url",
            "schemes": ["smtps"],
            "required": { "environment": "production", "MAIL_DRIVER": "smtp" },
        }))
        .unwrap();
        let driver =
            Condition::Equals { variable: "MAIL_DRIVER".into(), values: vec!["smtp".into()] };
        let both = Condition::All(vec![Condition::Production, driver]);
        assert_eq!(url.requirement, Requirement::When(both));
    }

    #[test]
    fn says_what_can_not_be() {
        for (json, problem) in [
            (json!({ "type": "port", "bytes": 32 }), "bytes does not belong to the type port"),
            (json!({ "minimum": 1 }), "minimum does not belong to the type string"),
            (json!({ "type": "key" }), "the type key needs bytes"),
            (json!({ "type": "key", "bytes": 0 }), "a key has 1 to 4096 bytes"),
            (json!({ "type": "enum" }), "the type enum needs values"),
            (json!({ "type": "integer", "minimum": 0.5 }), "minimum is a whole number"),
            (
                json!({ "type": "integer", "minimum": 2, "maximum": 1 }),
                "minimum is above maximum, so that nothing can be right",
            ),
            (
                json!({ "type": "duration", "minimum": 60, "maximum": 1 }),
                "minimum is above maximum, so that nothing can be right",
            ),
            (
                json!({ "min-length": 9, "max-length": 8 }),
                "min-length is above max-length, so that nothing can be right",
            ),
            (
                json!({ "type": "origin-list", "items": "cidr" }),
                "items does not belong to the type origin-list",
            ),
            (
                json!({ "pattern": "(?=a)" }),
                "pattern is no regular expression that can be used here; look-around is not known",
            ),
            (
                json!({ "secret": true, "default": "CANARY" }),
                "a secret has no default: a value that is published is none",
            ),
        ] {
            assert_eq!(variable(json).err().as_deref(), Some(problem));
        }
        assert!(Short::deserialize(&json!({ "requird": true })).is_err());
    }

    #[test]
    fn refines_what_a_schema_says() {
        let mut schema = crate::Schema::new("x");
        let bounds = json!({ "type": "integer", "minimum": 1, "default": 50 });
        schema.set_short("A", &short(bounds)).unwrap();
        schema.set_short("A", &short(json!({ "maximum": 100, "required": true }))).unwrap();
        let variable = schema.variable("A").unwrap();
        let bounds = Bounds { minimum: Some(1), maximum: Some(100) };
        assert_eq!(variable.kind, Kind::Integer(bounds));
        assert_eq!(variable.default.as_deref(), Some("50"));
        assert_eq!(variable.requirement, Requirement::Always);
    }

    #[test]
    fn a_prefix_reaches_every_mention() {
        let mut schema = crate::Schema::new("x");
        schema.set_short("A", &short(json!({ "required": { "B": false } }))).unwrap();
        schema.rename(|name| format!("MAILER_{name}"));
        let variable = schema.variable("MAILER_A").unwrap();
        let Requirement::When(condition) = &variable.requirement else { panic!() };
        assert_eq!(condition.to_string(), "where MAILER_B is not set");
    }
}

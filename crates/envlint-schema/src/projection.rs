//! A schema as plain JSON Schema, so that a validator that knows nothing of us can judge.
//!
//! Not everything can be said there. [`EXPRESSED`] is the list of what is, and tests hold it:
//! for each line of it, generated environments get the same verdict from [`evaluate`] and from
//! the `jsonschema` crate.
//!
//! [`evaluate`]: crate::evaluate

use envlint_model::Truth;
use envlint_types::kinds::{key, list, number, origin, quantity, time_zone, trust_proxy, url};
use serde_json::{Map, Value, json};

use crate::{
    Bounds, Check, Condition, Context, Empty, Format, Holds, Item, Kind, Reading, Relation,
    Requirement, Schema, Store, Variable,
};

mod condition;

use condition::Seen;

/// What a value is in a projection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Projection {
    /// What it means: a number is a number. For files that have types, and for editors.
    Typed,
    /// Text, as in an environment.
    Text,
}

/// Which checks the text projection expresses for the kinds that have limits or checks of their
/// own, and what it leaves out. Of the kinds that are a [`Format`], it expresses `type-mismatch` as
/// far as the form's pattern goes.
pub const EXPRESSED: [(&str, &[Check], &str); 22] = [
    ("string", &[Check::ConstraintViolated], ""),
    (
        "integer",
        &[Check::TypeMismatch, Check::ConstraintViolated],
        "only the bounds 0 and 1 below, none above; no number too long to be held",
    ),
    ("number", &[Check::TypeMismatch], "no bounds; no number too large to be held"),
    ("port", &[Check::TypeMismatch, Check::ConstraintViolated], ""),
    (
        "boolean",
        &[Check::TypeMismatch],
        "strict and words; what other readings misread is no error of theirs",
    ),
    ("enum", &[Check::TypeMismatch], ""),
    ("key", &[Check::InvalidKey], ""),
    ("token", &[Check::ConstraintViolated], ""),
    ("url", &[Check::UrlScheme], "no user information"),
    ("database-url", &[Check::UrlScheme], "no user information"),
    ("redis-url", &[Check::UrlScheme], "no user information"),
    ("amqp-url", &[Check::UrlScheme], "no user information"),
    ("smtp-url", &[Check::UrlScheme], "no user information"),
    ("s3-url", &[Check::UrlScheme], "no user information"),
    ("origin", &[Check::UrlScheme, Check::OriginForm], ""),
    ("origin-list", &[Check::CorsWildcard, Check::OriginForm, Check::ListItemInvalid], ""),
    ("domain-list", &[Check::ListItemInvalid], "no limit of the whole length"),
    ("list", &[Check::ListItemInvalid], "as far as the pattern of the items goes"),
    ("duration", &[Check::TypeMismatch], "no bounds"),
    ("byte-size", &[Check::TypeMismatch], "no bounds"),
    ("percentage", &[Check::TypeMismatch], "no bounds"),
    (
        "trust-proxy",
        &[Check::TypeMismatch, Check::ConstraintViolated],
        "no number of more than nine digits",
    ),
];

/// How much of a kind a projection says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expressed {
    /// Everything: what a validator takes, envlint takes, and the other way round.
    Whole,
    /// A validator refuses nothing that envlint takes, and takes more: what is left out.
    InPart(&'static str),
    /// Any text is taken.
    No,
}

/// The formats of which an expression tells how a text begins or what it is made of, and not that
/// it decodes: the projection refuses what is none at first sight, and expresses no check.
const PARTLY: [Format; 4] =
    [Format::PemCertificate, Format::PemKey, Format::Jwt, Format::AgeRecipient];

/// Which checks the text projection expresses whatever the kind. `order-violated` is not among
/// them: JSON Schema does not compare two values.
pub const EXPRESSED_ALWAYS: [Check; 7] = [
    Check::MissingRequired,
    Check::UnsafeDefault,
    Check::EmptyValue,
    Check::ForbiddenInEnvironment,
    Check::UnknownVariable,
    Check::AllOrNonePartial,
    Check::AnyOfUnsatisfied,
];

impl Kind {
    /// The standard keywords of JSON Schema that say what this kind is, as far as they can.
    pub fn keywords(&self, projection: Projection) -> Map<String, Value> {
        let keywords = match projection {
            Projection::Typed => self.typed(),
            Projection::Text => self.text(),
        };
        let Value::Object(keywords) = keywords else { return Map::new() };
        keywords.into_iter().filter(|(_, value)| !value.is_null()).collect()
    }

    /// How much of this kind a projection says.
    pub fn expressed(&self, projection: Projection) -> Expressed {
        let of_format = |format: Format| match (format.pattern(), format.beyond_pattern()) {
            (None, _) if format == Format::TimeZone && projection == Projection::Text => {
                Expressed::Whole
            }
            (None, _) => Expressed::No,
            (Some(_), "") => Expressed::Whole,
            (Some(_), beyond) => Expressed::InPart(beyond),
        };
        match (self, projection) {
            (
                Kind::Integer(_) | Kind::Number(_) | Kind::Port | Kind::Boolean(_),
                Projection::Typed,
            )
            | (Kind::List(Item::Text), _) => Expressed::Whole,
            (Kind::Boolean(Reading::Strict | Reading::Words), Projection::Text) => Expressed::Whole,
            (Kind::Boolean(_), Projection::Text) => Expressed::No,
            (Kind::Format(format), _) => of_format(*format),
            (Kind::List(Item::Format(Format::TimeZone)), _) => Expressed::No,
            (Kind::List(Item::Format(format)), _) => of_format(*format),
            _ => {
                let note = EXPRESSED.iter().find(|(name, ..)| *name == self.name());
                match note.map_or("", |(.., note)| *note) {
                    "" => Expressed::Whole,
                    note => Expressed::InPart(note),
                }
            }
        }
    }

    /// Whether the text projection rejects every value that a check of this kind rejects.
    pub fn expresses(&self, check: Check) -> bool {
        let listed = || {
            let mut rows = EXPRESSED.iter();
            rows.any(|(kind, checks, _)| *kind == self.name() && checks.contains(&check))
        };
        let has_pattern = |format: &Format| format.pattern().is_some() && !PARTLY.contains(format);
        if let Kind::Format(format) = self {
            let told = *format == Format::TimeZone || has_pattern(format);
            return check == Check::TypeMismatch && told;
        }
        listed()
            && match self {
                Kind::List(Item::Format(format)) => has_pattern(format),
                Kind::Integer(bounds) => integer_pattern(bounds).is_some(),
                Kind::Boolean(reading) => matches!(reading, Reading::Strict | Reading::Words),
                _ => true,
            }
    }

    fn typed(&self) -> Value {
        match self {
            Kind::Integer(bounds) => json!({
                "type": "integer", "minimum": bounds.minimum, "maximum": bounds.maximum,
            }),
            Kind::Number(bounds) => json!({
                "type": "number", "minimum": bounds.minimum, "maximum": bounds.maximum,
            }),
            Kind::Port => json!({ "type": "integer", "minimum": 1, "maximum": 65535 }),
            Kind::Boolean(_) => json!({ "type": "boolean" }),
            Kind::Url { .. } | Kind::Connection { .. } | Kind::Origin => {
                let mut url = self.text();
                url["format"] = json!("uri");
                url
            }
            // Some five hundred names: who has types has an editor, and would read them all.
            Kind::Format(Format::TimeZone) => json!({ "type": "string" }),
            Kind::Format(format) => json!({
                "type": "string", "format": name_of(*format), "pattern": format.pattern(),
            }),
            _ => self.text(),
        }
    }

    fn text(&self) -> Value {
        let pattern = match self {
            Kind::Text(rules) => {
                return json!({
                    "type": "string",
                    "minLength": rules.min_length,
                    "maxLength": rules.max_length,
                    "pattern": rules.pattern.as_ref().map(|pattern| pattern.as_str()),
                });
            }
            Kind::Token { min_length } => {
                return json!({ "type": "string", "minLength": min_length });
            }
            Kind::Choice(choices) => return json!({ "type": "string", "enum": choices }),
            Kind::Format(Format::TimeZone) => {
                return json!({ "type": "string", "enum": time_zone::names().collect::<Vec<_>>() });
            }
            Kind::Format(format) => return json!({ "type": "string", "pattern": format.pattern() }),
            Kind::Integer(bounds) => integer_pattern(bounds).unwrap_or(number::INTEGER).to_owned(),
            Kind::Number(_) => number::NUMBER.to_owned(),
            Kind::Port => number::PORT.to_owned(),
            Kind::Boolean(reading) => match reading {
                Reading::Strict => "^(?:true|false)$".to_owned(),
                Reading::Words => words(),
                _ => return json!({ "type": "string" }),
            },
            Kind::Key { bytes, encoding } => key::pattern(*encoding, *bytes),
            Kind::Url { schemes } => url::pattern(schemes, false),
            Kind::Connection { to, schemes } => url::pattern(schemes, *to == Store::Database),
            Kind::Origin => format!("^{}$", origin::pattern()),
            Kind::List(item) => match item_pattern(*item) {
                Some(pattern) => list::pattern(unanchored(&pattern)),
                None => return json!({ "type": "string" }),
            },
            Kind::Quantity { measure, bare, .. } => quantity::pattern(*measure, bare.is_some()),
            Kind::TrustProxy => trust_proxy::PATTERN.to_owned(),
        };
        json!({ "type": "string", "pattern": pattern })
    }
}

/// The expression for an item of a list, where one tells anything.
fn item_pattern(item: Item) -> Option<String> {
    match item {
        Item::Origin => Some(origin::pattern()),
        Item::Text => None,
        Item::Integer => Some(number::INTEGER.to_owned()),
        Item::Number => Some(number::NUMBER.to_owned()),
        Item::Port => Some(number::PORT.to_owned()),
        Item::Format(format) => format.pattern(),
    }
}

/// The name that JSON Schema (2020-12, section 7.3) has for a form, if it has the same one.
fn name_of(format: Format) -> Option<&'static str> {
    match format {
        Format::Email => Some("email"),
        Format::Ipv4 => Some("ipv4"),
        Format::Ipv6 => Some("ipv6"),
        Format::Uuid => Some("uuid"),
        Format::Date => Some("date"),
        Format::DateTime => Some("date-time"),
        _ => None,
    }
}

/// An expression for a whole text as one for a part of it.
fn unanchored(pattern: &str) -> &str {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    inner.strip_suffix('$').unwrap_or(inner)
}

/// The expression for a whole number within bounds, for the bounds that digits alone can tell.
fn integer_pattern(bounds: &Bounds<i64>) -> Option<&'static str> {
    match (bounds.minimum, bounds.maximum) {
        (None, None) => Some(number::INTEGER),
        (Some(0), None) => Some(number::NOT_NEGATIVE),
        (Some(1), None) => Some(number::POSITIVE),
        _ => None,
    }
}

/// The usual words for on and off, in any letter case.
fn words() -> String {
    let any_case = |word: &str| -> String {
        let both = |c: char| format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase());
        word.chars().map(both).collect()
    };
    let known = envlint_types::kinds::boolean::words().map(any_case);
    format!("^(?:{})$", known.collect::<Vec<_>>().join("|"))
}

impl Schema {
    /// The schema for a running service in a context, every value a text: what is required, what
    /// is forbidden and which names are known, as plain JSON Schema 2020-12.
    ///
    /// Of what the context leaves unknown nothing is asked.
    pub fn text_projection(&self, context: &Context) -> Value {
        self.projection(Seen { schema: self, context, projection: Projection::Text })
    }

    /// The same with values that have types, for files that have them and for who edits those:
    /// numbers are numbers, and every variable comes with its description, its default and an
    /// example. What an empty text stands for is left out: who has types leaves a key out.
    pub fn typed_projection(&self, context: &Context) -> Value {
        self.projection(Seen { schema: self, context, projection: Projection::Typed })
    }

    fn projection(&self, seen: Seen<'_>) -> Value {
        let in_phase = |v: &&Variable| v.phases.contains(seen.context.phase);
        let mut all_of: Vec<Value> = Vec::new();
        let mut required: Vec<&str> = Vec::new();
        let mut properties = Map::new();
        for variable in self.variables().iter().filter(in_phase) {
            let mut property = property(variable, seen.projection);
            if !seen.narrows(variable, &mut property) {
                all_of.extend(seen.forbidden(variable));
            }
            properties.insert(variable.name.to_string(), property);
            for demand in seen.demands(variable) {
                match demand {
                    // The keyword that editors know best says it, where it says all.
                    Demand::Always if seen.projection == Projection::Typed => {
                        required.push(variable.name.as_str());
                    }
                    demand => all_of.extend(demand.schema(variable)),
                }
            }
        }
        for variable in self.variables().iter().filter(|variable| !in_phase(variable)) {
            properties.insert(variable.name.to_string(), json!(true));
        }
        all_of.extend(self.relations.iter().filter_map(|relation| seen.relation(relation)));
        let mut projection = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "patternProperties": self.also_known().collect::<Map<_, _>>(),
            "additionalProperties": false,
        });
        if !required.is_empty() {
            required.dedup();
            projection["required"] = json!(required);
        }
        if !all_of.is_empty() {
            projection["allOf"] = Value::Array(all_of);
        }
        projection
    }
}

/// Where a variable has to be there.
enum Demand {
    /// In every environment that the projection is for.
    Always,
    /// Where this schema accepts the others.
    Where(Value),
}

impl Demand {
    fn schema(self, variable: &Variable) -> Option<Value> {
        let present = condition::is_present(variable, true);
        match self {
            Demand::Always => Some(json!({ "if": true, "then": present })),
            Demand::Where(when) => Some(json!({ "if": when, "then": present })),
        }
    }
}

impl Seen<'_> {
    /// Where a variable has to be there; nowhere is left out of the typed projection.
    fn demands(&self, variable: &Variable) -> Vec<Demand> {
        let always = Condition::All(Vec::new());
        let required = match &variable.requirement {
            Requirement::Never => None,
            Requirement::Always => Some(&always),
            Requirement::When(condition) => Some(condition),
        };
        let unsafe_default = variable.unsafe_default.as_ref().map(|default| &default.when);
        let demand = |when: &Condition| match self.holds(when) {
            Value::Bool(true) => Some(Demand::Always),
            Value::Bool(false) if self.projection == Projection::Typed => None,
            when => Some(Demand::Where(when)),
        };
        [required, unsafe_default].into_iter().flatten().filter_map(demand).collect()
    }

    /// Takes words that are forbidden in every environment of the projection out of a choice, so
    /// that they are not offered in the first place; whether that is all there is to say.
    fn narrows(&self, variable: &Variable, property: &mut Value) -> bool {
        let Some(forbidden) = &variable.forbidden else { return false };
        let everywhere = self.holds(&forbidden.when) == Value::Bool(true);
        let is_choice = matches!(variable.kind, Kind::Choice(_)) && !forbidden.values.is_empty();
        match property.get_mut("enum").and_then(Value::as_array_mut) {
            Some(words) if self.projection == Projection::Typed && everywhere && is_choice => {
                words.retain(|word| !forbidden.values.iter().any(|text| *word == json!(text)));
                true
            }
            _ => false,
        }
    }

    /// Where a variable is forbidden.
    fn forbidden(&self, variable: &Variable) -> Option<Value> {
        let forbidden = variable.forbidden.as_ref()?;
        let texts = match forbidden.values.as_slice() {
            [] => json!({ "minLength": 1 }),
            texts => {
                let kind = Some(&variable.kind);
                let typed = texts.iter().map(|text| literal(self.projection, kind, text));
                json!({ "enum": typed.collect::<Vec<_>>() })
            }
        };
        let not = json!({ "properties": { variable.name.as_str(): { "not": texts } } });
        Some(self.where_(&forbidden.when, not))
    }

    fn relation(&self, relation: &Relation) -> Option<Value> {
        let holds = match &relation.holds {
            Holds::AnyOf(groups) => {
                let whole = groups.iter().map(|group| self.all_set(group, true));
                json!({ "anyOf": whole.collect::<Vec<_>>() })
            }
            Holds::ExactlyOne(groups) => {
                let one = groups.iter().enumerate().map(|(at, group)| {
                    let others = groups.iter().enumerate().filter(|(nth, _)| *nth != at);
                    let none = others.map(|(_, other)| self.all_set(other, false));
                    let all = std::iter::once(self.all_set(group, true)).chain(none);
                    json!({ "allOf": all.collect::<Vec<_>>() })
                });
                json!({ "anyOf": one.collect::<Vec<_>>() })
            }
            Holds::OnceBegun { all, by } => {
                json!({ "anyOf": [self.all_set(all, true), self.all_set(by, false)] })
            }
            Holds::AllOrNone(group) => {
                json!({ "anyOf": [self.all_set(group, true), self.all_set(group, false)] })
            }
            Holds::Ordered(_) | Holds::Alternatives(_) | Holds::Derived(_) | Holds::Foreign(_) => {
                return None;
            }
        };
        let everywhere = Condition::All(Vec::new());
        Some(self.where_(relation.when.as_ref().unwrap_or(&everywhere), holds))
    }

    /// A schema that accepts where a condition certainly holds.
    fn holds(&self, when: &Condition) -> Value {
        condition::schema(when, *self, Truth::False)
    }

    /// `then`, where a condition certainly holds.
    fn where_(&self, when: &Condition, then: Value) -> Value {
        json!({ "if": self.holds(when), "then": then })
    }

    fn all_set(&self, names: &[envlint_model::Name], set: bool) -> Value {
        let each = names.iter().map(|name| match self.schema.variable(name) {
            Some(variable) => condition::is_present(variable, set),
            None if set => json!({ "required": [name.as_str()] }),
            None => json!({ "not": { "required": [name.as_str()] } }),
        });
        let each: Vec<Value> = std::iter::once(json!(true)).chain(each).collect();
        json!({ "allOf": each })
    }
}

/// A text that a schema speaks of, as a value of the projection.
fn literal(projection: Projection, kind: Option<&Kind>, text: &str) -> Value {
    match (projection, kind) {
        (Projection::Typed, Some(kind)) => crate::foreign::typed(kind, text),
        _ => json!(text),
    }
}

/// What the text of a variable must be. The empty text is not a text of its kind, but what the
/// service makes of it.
fn property(variable: &Variable, projection: Projection) -> Value {
    if projection == Projection::Typed {
        return described(variable);
    }
    let accepts_empty = match &variable.empty {
        Empty::Unset => true,
        Empty::Value => crate::evaluate::accepts_empty(&variable.kind),
        Empty::Reads(_) | Empty::Error => false,
    };
    let kind = Value::Object(variable.kind.keywords(Projection::Text));
    match accepts_empty {
        true => json!({ "anyOf": [{ "const": "" }, kind] }),
        false => json!({ "allOf": [{ "minLength": 1 }, kind] }),
    }
}

/// The typed keywords of a variable, with everything that an editor shows.
fn described(variable: &Variable) -> Value {
    let mut property = Map::new();
    if !variable.docs.is_empty() {
        property.insert("description".into(), json!(variable.docs));
    }
    property.extend(variable.kind.keywords(Projection::Typed));
    // An editor that knows the format as well would tell one mistake twice, and one that knows no
    // better would show the expression; the keyword is that of Visual Studio Code's servers.
    if property.contains_key("pattern") {
        property.remove("format");
        let message = format!("must be {}", variable.kind);
        property.insert("patternErrorMessage".into(), json!(message));
    }
    let value = |text: &String| literal(Projection::Typed, Some(&variable.kind), text);
    if let Some(default) = &variable.default {
        property.insert("default".into(), value(default));
    }
    if let Some(example) = &variable.example {
        property.insert("examples".into(), json!([value(example)]));
    }
    if variable.is_secret() {
        property.insert("writeOnly".into(), json!(true));
    }
    if variable.retired.is_some() {
        property.insert("deprecated".into(), json!(true));
    }
    Value::Object(property)
}

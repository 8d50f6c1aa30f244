//! For every kind and every keyword that the text projection expresses, envlint and the
//! `jsonschema` crate give the same verdict on generated environments: at least 100 that both
//! accept and 100 that both refuse.
//!
//! Texts are drawn from the kind's own expression, which gives right ones, and then bent: a
//! character more, less or another, which gives nearly right ones. All draws are the same in
//! every run.

use std::collections::BTreeMap;

use envlint_model::{Content, Form, Name, Origin, Reader, Secret, Sources, Value as Text};
use envlint_schema::{
    Bounds, Check, Context, EXPRESSED, Encoding, Expressed, Format, Item, Kind, Measure, Pattern,
    Projection, Reading, Schema, Store, TextRules, Variable, evaluate,
};
use envlint_types::kinds::quantity::{self, QuantityError};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// How many texts of each verdict there must be at least.
const ENOUGH: usize = 100;

/// How often texts are bent at most, for kinds that take nearly everything.
const ROUNDS: usize = 20;

/// What an expression leaves out: texts that it accepts although envlint, which sees more, refuses
/// them. Each belongs to a note in [`EXPRESSED`] or in the list of formats.
fn is_beyond(kind: &Kind, text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match kind {
        Kind::Integer(_)
        | Kind::Number(_)
        | Kind::List(Item::Integer | Item::Number | Item::Port) => digits > 18,
        Kind::TrustProxy => digits > 9,
        Kind::Url { .. } | Kind::Connection { .. } => text.contains('@'),
        Kind::Format(format) | Kind::List(Item::Format(format)) => {
            !format.beyond_pattern().is_empty()
        }
        Kind::Quantity { measure, bare, .. } => {
            quantity::parse(text, *measure, *bare) == Err(QuantityError::TooLarge)
        }
        _ => false,
    }
}

fn kinds() -> Vec<Kind> {
    let text = |min_length, max_length, pattern: Option<&str>| {
        let pattern = pattern.map(|pattern| Pattern::new(pattern).unwrap());
        Kind::Text(TextRules { min_length, max_length, pattern })
    };
    let from = |minimum| Kind::Integer(Bounds { minimum: Some(minimum), maximum: None });
    let mut kinds = vec![
        text(Some(4), None, None),
        text(None, Some(4), None),
        text(None, None, Some("^[a-c]{2,5}$")),
        Kind::Integer(Bounds::default()),
        from(0),
        from(1),
        Kind::Number(Bounds::default()),
        Kind::Port,
        Kind::Boolean(Reading::Strict),
        Kind::Boolean(Reading::Words),
        Kind::Choice(["local", "minio", "s3"].map(String::from).to_vec()),
        Kind::Key { bytes: 4, encoding: Encoding::Hex },
        Kind::Key { bytes: 4, encoding: Encoding::Base64 },
        Kind::Token { min_length: 6 },
        Kind::Url { schemes: Vec::new() },
        Kind::Url { schemes: vec!["https".into()] },
        Kind::Connection { to: Store::Database, schemes: vec!["postgresql".into()] },
        Kind::connection(Store::Redis),
        Kind::connection(Store::Amqp),
        Kind::connection(Store::Smtp),
        Kind::connection(Store::S3),
        Kind::Origin,
        Kind::List(Item::Origin),
        Kind::List(Item::Format(Format::Domain)),
        Kind::List(Item::Format(Format::Ip)),
        Kind::List(Item::Integer),
        Kind::List(Item::Number),
        Kind::List(Item::Port),
        Kind::TrustProxy,
    ];
    kinds.extend(Measure::ALL.map(Kind::quantity));
    let bare = Measure::Duration.unit("ms");
    kinds.push(Kind::Quantity { measure: Measure::Duration, bare, bounds: Bounds::default() });
    let formats = Format::ALL.into_iter().map(Kind::Format);
    kinds.extend(formats.filter(|kind| kind.expresses(Check::TypeMismatch)));
    kinds
}

/// Draws of strategies, the same in every run.
struct Draw(TestRunner);

impl Draw {
    fn new() -> Self {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        Self(TestRunner::new_with_rng(Config::default(), rng))
    }

    fn one<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        strategy.new_tree(&mut self.0).expect("nothing is filtered").current()
    }
}

/// Origins, and nearly origins.
const ORIGIN: &str = r"^https?://[a-z]{1,9}(\.[a-z0-9]{2,4}){0,2}(:[1-9][0-9]{1,4})?$";

/// The same in a list.
const ORIGINS: &str = r"^https?://[a-z]{1,9}(:[1-9][0-9]{2})?( ?, ?https?://[a-z.]{1,9}){0,2},?$";

/// Texts that a kind's own keywords describe.
fn right(kind: &Kind, draw: &mut Draw) -> Vec<String> {
    let keywords = kind.keywords(Projection::Text);
    if let Some(texts) = keywords.get("enum").and_then(|texts| texts.as_array()) {
        let texts = texts.iter().filter_map(|text| text.as_str()).map(String::from);
        return texts.cycle().take(3 * ENOUGH).collect();
    }
    let pattern = keywords.get("pattern").and_then(|pattern| pattern.as_str());
    let pattern = match kind {
        // Their own expressions look ahead, which no generator does.
        Kind::Origin => ORIGIN.to_owned(),
        Kind::List(Item::Origin) => ORIGINS.to_owned(),
        // White space of all kinds would be most of a list.
        Kind::List(item) => {
            let item = match item {
                Item::Format(format) => format.pattern(),
                Item::Integer => Some("[+-]?[0-9]{1,6}".to_owned()),
                Item::Number => Some("[+-]?[0-9]{1,3}[.][0-9]{0,3}".to_owned()),
                _ => Some("[1-9][0-9]{0,3}".to_owned()),
            };
            let item = item.expect("only what is expressed is drawn");
            let item = item.trim_start_matches('^').trim_end_matches('$');
            format!("^(?:{item})(?: ?, ?(?:{item})){{0,2}},?$")
        }
        _ => pattern.unwrap_or("^[ -~]{1,12}$").to_owned(),
    };
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let strategy = proptest::string::string_regex(inner).expect(&pattern);
    (0..3 * ENOUGH).map(|_| draw.one(&strategy)).collect()
}

/// The same text with one character more, less or another.
fn bent(text: &str, draw: &mut Draw) -> String {
    const OTHERS: [char; 20] = [
        '0', '9', 'a', 'Z', '-', '_', '.', ',', ':', '/', '@', '#', '?', ' ', '*', '+', '[', '%',
        'é', '\0',
    ];
    let mut characters: Vec<char> = text.chars().collect();
    let at = draw.one(&(0..=characters.len()));
    let other = OTHERS[draw.one(&(0..OTHERS.len()))];
    match draw.one(&(0..3)) {
        0 => characters.insert(at, other),
        1 if at < characters.len() => drop(characters.remove(at)),
        _ if at < characters.len() => characters[at] = other,
        _ => characters.push(other),
    }
    characters.into_iter().collect()
}

fn value(text: &str) -> Text {
    let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
    let origin = Origin::new(file.span(0..0), Reader::Dotenv);
    let mut value = Text::empty(origin.clone());
    value.push(Content::Known(Secret::made(text.to_owned())), origin);
    value
}

#[test]
fn the_two_agree_on_every_kind() {
    let context = Context::production();
    for kind in kinds() {
        let mut draw = Draw::new();
        let mut schema = Schema::new("one");
        schema.insert(Variable::new("A", kind.clone()));
        let validator = jsonschema::validator_for(&schema.text_projection(&context)).unwrap();
        let (mut accepted, mut refused) = (0, 0);
        // Each round bends the texts of the one before, so that they go astray further and further.
        let mut texts = right(&kind, &mut draw);
        for round in 0..ROUNDS {
            if accepted >= ENOUGH && refused >= ENOUGH && round > 2 {
                break;
            }
            if round > 0 {
                texts = texts.iter().map(|text| bent(text, &mut draw)).collect();
            }
            for text in texts.iter().filter(|text| !text.is_empty()) {
                let values = BTreeMap::from([(Name::new("A"), value(text))]);
                let found = evaluate(&schema, &values, &context);
                let certain = || found.iter().filter(|each| each.kind.is_certain());
                let wrong = certain().any(|each| kind.expresses(each.kind.check()));
                let fits = validator.is_valid(&json!({ "A": text }));
                if fits && wrong && is_beyond(&kind, text) {
                    let all = kind.expressed(Projection::Text) == Expressed::Whole;
                    assert!(!all, "{} leaves out {text:?}", kind.name());
                    continue;
                }
                // Names of zones are listed in the letter case of the database.
                if !fits && kind == Kind::Format(Format::TimeZone) && certain().next().is_none() {
                    continue;
                }
                // What is refused for more than one reason is told of once.
                let agree = if fits { !wrong } else { certain().next().is_some() };
                assert!(agree, "{} {text:?} fits: {fits}, {found:?}", kind.name());
                if fits { accepted += 1 } else { refused += 1 }
            }
        }
        let enough = accepted >= ENOUGH && refused >= ENOUGH;
        assert!(enough, "{kind:?}: {accepted} accepted, {refused} refused");
    }
}

/// Values with types, of the kinds that are more than text in a file that has types.
fn typed(kind: &Kind, draw: &mut Draw) -> Value {
    let edge = [0, 1, 100, 65535][draw.one(&(0usize..4))];
    let number = edge + draw.one(&(-3i64..4));
    match draw.one(&(0..6)) {
        0 => json!(draw.one(&(0..2)) == 0),
        1 if matches!(kind, Kind::Number(_)) => json!(number as f64 / 4.0),
        2 => json!(["x", "", "1 0", "tru"][draw.one(&(0usize..4))]),
        3 if matches!(kind, Kind::Boolean(_)) => json!(draw.one(&(0..2)) == 0),
        4 if matches!(kind, Kind::Boolean(_)) => json!(draw.one(&(0..2)) == 0),
        _ => json!(number),
    }
}

/// The typed projection says all of these, bounds included.
#[test]
fn the_two_agree_on_typed_values() {
    let context = Context::production();
    for kind in [
        Kind::Integer(Bounds { minimum: Some(1), maximum: Some(100) }),
        Kind::Integer(Bounds { minimum: Some(-2), maximum: None }),
        Kind::Number(Bounds { minimum: Some(-0.5), maximum: Some(100.0) }),
        Kind::Port,
        Kind::Boolean(Reading::Strict),
    ] {
        let mut schema = Schema::new("one");
        schema.insert(Variable::new("A", kind.clone()));
        assert_eq!(kind.expressed(Projection::Typed), Expressed::Whole);
        let validator = jsonschema::validator_for(&schema.typed_projection(&context)).unwrap();
        let mut draw = Draw::new();
        let (mut accepted, mut refused) = (0, 0);
        for _ in 0..10 * ENOUGH {
            let given = typed(&kind, &mut draw);
            let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
            let values = BTreeMap::from([(Name::new("A"), value(&text))]);
            let right = evaluate(&schema, &values, &context).is_empty();
            let fits = validator.is_valid(&json!({ "A": given }));
            assert_eq!(fits, right, "{} {given}", kind.name());
            if fits { accepted += 1 } else { refused += 1 }
        }
        let enough = accepted >= ENOUGH && refused >= ENOUGH;
        assert!(enough, "{kind:?}: {accepted} accepted, {refused} refused");
    }
}

#[test]
fn every_expressed_kind_is_drawn() {
    let kinds = kinds();
    for (name, ..) in EXPRESSED {
        assert!(kinds.iter().any(|kind| kind.name() == name), "{name}");
    }
}

//! envlint and the `jsonschema` crate judge the same environments alike.
//!
//! The text projection of a schema is plain JSON Schema, so a validator that knows nothing of us
//! can say whether an environment fits. What it expresses is listed in `envlint_schema::EXPRESSED`
//! and `EXPRESSED_ALWAYS`: an environment is right for it exactly if no check of that list fails.

mod support;

use std::collections::BTreeSet;

use envlint_model::{Phase, Truth};
use envlint_schema::{
    About, Context, EXPRESSED_ALWAYS, Empty, Format, Kind, Phases, Schema, Variable, Violation,
    evaluate,
};
use support::{ENGINE, Environment, KEY, TOKEN, WEB, environment, values};

/// How many environments of each verdict there must be at least, for each schema.
const ENOUGH: usize = 200;

/// Numbers that look drawn and are the same in every run (SplitMix64).
struct Draw(u64);

impl Draw {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }

    fn one<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.number(texts.len())]
    }
}

/// Texts that a kind accepts, as far as a list can be representative.
fn right(kind: &Kind) -> Vec<&str> {
    match kind {
        Kind::Text(_) => vec!["x", "some text", "ä"],
        Kind::Integer(_) => vec!["1", "7", "0099", "+3", "1500", "4000000000"],
        Kind::Number(_) => vec!["0", "1", "0.5", ".5", "5e-1", "1."],
        Kind::Port => vec!["1", "80", "4000", "65535", "0443"],
        Kind::Boolean(_) => vec!["true", "false"],
        Kind::Choice(choices) => choices.iter().map(String::as_str).collect(),
        Kind::Key { .. } => {
            vec![KEY, "00000000000000000000000000000000000000000000000000000000000000Ff"]
        }
        Kind::Token { .. } => vec![TOKEN, "CANARY CANARY CANARY CANARY CANARY ä"],
        Kind::Url { .. } => {
            vec!["http://a", "https://u:p@a:80/x?y#z", "HTTP://a", "https://[::1]:1"]
        }
        Kind::Connection { .. } => vec![
            "postgresql://u:p@h:5432/db",
            "postgres://h/db",
            "POSTGRES://u@[::1]/db?ssl=on",
            "postgresql://u:p@h//db",
            "postgresql://u:p@h:/db",
        ],
        Kind::Origin => {
            vec!["http://a", "https://a.example:8443", "http://[::1]:3000", "https://a:80"]
        }
        Kind::List(envlint_schema::Item::Origin) => {
            vec!["https://a", "https://a , http://b:1,", " http://[::1]:3 "]
        }
        Kind::List(envlint_schema::Item::Format(Format::Domain)) => {
            vec!["a.example", "a.example,b-c.example.org ,"]
        }
        Kind::Format(Format::Email) => vec!["a@b.example", "a.b+c@d.example.org", "o'x@b.co"],
        Kind::Format(Format::TimeZone) => {
            vec!["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires"]
        }
        Kind::Format(Format::Locale) => {
            vec!["en", "en-US", "zh-Hant-TW", "de-CH-1996", "de-u-co-phonebk", "de-x-a"]
        }
        Kind::TrustProxy => vec!["0", "1", "2", "+2", "true", "false"],
        _ => vec!["x"],
    }
}

/// Texts of every kind, right for few and wrong for most.
const ANY: [&str; 60] = [
    "",
    " ",
    "*",
    "null",
    "0",
    "1",
    "-1",
    "-0",
    "+1",
    "007",
    "1.5",
    "1e3",
    "1_000",
    "0x10",
    "65535",
    "65536",
    "99999",
    "true",
    "false",
    "TRUE",
    "yes",
    "on",
    "1 ",
    "x",
    "CANARY",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
    "https://",
    "https:///x",
    "http://a b",
    "http://a:x",
    "http://a:65536",
    "http://a/",
    "http://a/x",
    "http://a?x",
    "http://a#x",
    "http://A",
    "http://a:80",
    "https://a:443",
    "https://a:0443",
    "http://a:",
    "https://u:p@a",
    "ftp://a",
    "//a",
    "a:80",
    "http://[::1",
    "http://[::g]",
    "http://a{b}",
    "https://*.example",
    "https://a,https://b/",
    "https://a,,https://b",
    "postgresql://h",
    "postgresql://h/",
    "postgresql://h/?x",
    "postgresql://h:5x/db",
    "mysql://h/db",
    "@a.example",
    "a..b",
    "en_US",
    "e",
    "Europe/Pariss",
];

/// An environment of the schema's own variables, mostly right.
fn draw(draw: &mut Draw, schema: &Schema, base: &[(&str, &str)]) -> Environment {
    let mut drawn = environment(base);
    for variable in schema.variables() {
        match draw.number(60) {
            0 => {
                drawn.remove(variable.name.as_str());
            }
            1..10 => {
                let text = draw.one(&right(&variable.kind)).to_owned();
                drawn.insert(variable.name.to_string(), text);
            }
            _ => {}
        }
    }
    // Often no wrong text, and rarely two: with more, everything would be wrong for some reason.
    let variables = schema.variables();
    for _ in 0..draw.number(4).saturating_sub(1) {
        let name = variables[draw.number(variables.len())].name.to_string();
        drawn.insert(name, draw.one(&ANY).to_owned());
    }
    if draw.number(20) == 0 {
        drawn.insert(
            draw.one(&["NODE_OPTIONS", "AUTH_SECERT", "TZ", "PORT_"]).to_owned(),
            "x".into(),
        );
    }
    drawn
}

/// Whether the projection is able to say what a violation says.
fn expressed(violation: &Violation<'_>) -> bool {
    let check = violation.kind.check();
    let of_kind = violation.variable().is_some_and(|variable| variable.kind.expresses(check));
    violation.kind.is_certain() && (of_kind || EXPRESSED_ALWAYS.contains(&check))
}

fn contexts() -> Vec<Context> {
    let mut contexts = Vec::new();
    for like_production in [true, false] {
        for behind_proxy in [Truth::True, Truth::False, Truth::Unknown] {
            for phase in [Phase::Run, Phase::Build] {
                let base = Context::production();
                contexts.push(Context { like_production, behind_proxy, phase, ..base });
            }
        }
    }
    contexts
}

#[test]
fn the_validator_and_envlint_agree_on_generated_environments() {
    for (name, base) in [("polyant/engine", ENGINE), ("polyant/web", WEB)] {
        let schema = envlint_bundled::schema(name).unwrap();
        let mut drawing = Draw(0x5eed);
        let (mut accepted, mut rejected) = (0, 0);
        let run = contexts().into_iter().filter(|context| context.phase == Phase::Run);
        for context in run {
            let projection = schema.text_projection(&context);
            let validator = jsonschema::validator_for(&projection).unwrap();
            for _ in 0..300 {
                let environment = draw(&mut drawing, &schema, base);
                let values = values(&environment);
                let violations = evaluate(&schema, &values, &context);
                let found: Vec<_> = violations.iter().filter(|found| expressed(found)).collect();
                let json = serde_json::to_value(&environment).unwrap();
                let fits = validator.is_valid(&json);
                assert_eq!(fits, found.is_empty(), "{name} {environment:?} {found:?}");
                *if fits { &mut accepted } else { &mut rejected } += 1;
            }
        }
        assert!(accepted >= ENOUGH && rejected >= ENOUGH, "{name}: {accepted} and {rejected}");
    }
}

/// Each text on its own against each kind in the schemas: what the environments above leave to
/// chance.
#[test]
fn the_validator_and_envlint_agree_on_every_text() {
    let mut kinds = BTreeSet::new();
    for name in envlint_bundled::names() {
        for variable in envlint_bundled::schema(name).unwrap().variables() {
            let variable = Variable {
                empty: Empty::Value,
                phases: Phases::Run,
                ..Variable::new("A", variable.kind.clone())
            };
            kinds.insert(variable.kind.name());
            let mut schema = Schema::new("one");
            schema.insert(variable.clone());
            let context = Context::production();
            let validator = jsonschema::validator_for(&schema.text_projection(&context)).unwrap();
            for text in ANY.into_iter().chain(right(&variable.kind)) {
                let environment = environment(&[("A", text)]);
                let values = values(&environment);
                let violations = evaluate(&schema, &values, &context);
                let wrong = violations.iter().any(expressed);
                let fits = validator.is_valid(&serde_json::to_value(&environment).unwrap());
                // A format of which only a part is expressed is refused for that part.
                let certain = violations.iter().any(|violation| violation.kind.is_certain());
                let wrong = wrong || !fits && certain;
                assert_eq!(fits, !wrong, "{} {text:?} {violations:?}", variable.kind.name());
            }
        }
    }
}

#[test]
fn a_build_is_asked_for_what_it_needs_and_nothing_else() {
    let schema = envlint_bundled::schema("polyant/web").unwrap();
    for context in contexts().into_iter().filter(|context| context.phase == Phase::Build) {
        for pairs in [&[][..], &[("NEXT_PUBLIC_API_URL", "https://engine.example.com")]] {
            let values = values(&environment(pairs));
            let asked = evaluate(&schema, &values, &context);
            let names = asked.iter().map(|violation| match &violation.about {
                About::Variable(variable) => variable.name.as_str(),
                other => panic!("{other:?}"),
            });
            let missing = context.like_production && pairs.is_empty();
            let expected = if missing { vec!["NEXT_PUBLIC_API_URL"] } else { vec![] };
            assert_eq!(names.collect::<Vec<_>>(), expected);
        }
    }
}

//! Whatever is set, known or not: nothing panics, and no violation holds a part of a value.

use std::collections::BTreeMap;

use envlint_model::{
    Content, Form, Name, Origin, Reader, Secret, Sources, Unknown, Value, Via, ViaKind,
};
use envlint_schema::{
    Bounds, Context, Empty, Encoding, Format, Holds, Item, Kind, Measure, Part, PartOf, Pattern,
    Reading, Relation, Requirement, Schema, Secrecy, Store, TextRules, Variable, evaluate,
};
use proptest::prelude::*;
use zeroize::Zeroizing;

/// A piece of a value: text with the marker that must not come out, and how it got there.
#[derive(Clone, Debug)]
struct Made {
    text: Option<String>,
    interpolated: bool,
}

fn piece() -> impl Strategy<Value = Made> {
    let parts = prop_oneof![
        Just("CANARY"),
        Just("https://"),
        Just("postgresql://"),
        Just("u:"),
        Just("@"),
        Just("/"),
        Just("?"),
        Just("#"),
        Just(","),
        Just("*"),
        Just("0"),
        Just(" "),
        Just("%"),
        Just("\u{e4}"),
        Just("CANARY.example"),
        Just("true"),
        Just("_"),
        Just("["),
    ];
    let text = prop::collection::vec(parts, 0..5).prop_map(|parts| parts.concat());
    (prop::option::weighted(0.8, text), any::<bool>())
        .prop_map(|(text, interpolated)| Made { text, interpolated })
}

fn value(pieces: &[Made]) -> Value {
    let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
    let origin = Origin::new(file.span(0..0), Reader::Compose);
    let mut value = Value::empty(origin.clone());
    for piece in pieces {
        let mut origin = origin.clone();
        if piece.interpolated {
            origin.via.push(Via { kind: ViaKind::Interpolation, span: file.span(0..0) });
        }
        let content = match &piece.text {
            Some(text) => Content::Known(Secret::made(text.clone())),
            None => Content::Unknown(Unknown::Encrypted { file: "v.age".into(), name: None }),
        };
        value.push(content, origin);
    }
    value
}

fn kinds() -> Vec<Kind> {
    let http = vec!["https".to_owned()];
    let pattern = Pattern::new("^[a-z]+$").ok();
    let mut kinds = vec![
        Kind::Text(TextRules { min_length: Some(3), max_length: Some(9), pattern }),
        Kind::Integer(Bounds { minimum: Some(1), maximum: Some(9) }),
        Kind::Number(Bounds::default()),
        Kind::Port,
        Kind::Boolean(Reading::LiteralTrue),
        Kind::Boolean(Reading::Words),
        Kind::Choice(vec!["canary".into(), "one".into()]),
        Kind::Key { bytes: 3, encoding: Encoding::Hex },
        Kind::Key { bytes: 3, encoding: Encoding::Base64 },
        Kind::Token { min_length: 8 },
        Kind::Url { schemes: http },
        Kind::Connection { to: Store::Database, schemes: vec!["postgresql".into()] },
        Kind::connection(Store::Redis),
        Kind::Origin,
        Kind::List(Item::Origin),
        Kind::TrustProxy,
    ];
    let formats = Format::ALL.into_iter();
    kinds.extend(Measure::ALL.map(Kind::quantity));
    kinds.extend(formats.clone().map(Kind::Format));
    kinds.extend(formats.map(|format| Kind::List(Item::Format(format))));
    kinds
}

fn schema() -> Schema {
    let mut schema = Schema::new("test");
    for (nth, kind) in kinds().into_iter().enumerate() {
        let name = format!("V{nth}");
        schema.insert(Variable {
            secrecy: Secrecy::Secret,
            empty: Empty::Error,
            requirement: Requirement::Always,
            ..Variable::new(name.as_str(), kind)
        });
    }
    let names: Vec<Name> = schema.variables().iter().map(|v| v.name.clone()).collect();
    let parts = || names.iter().cloned().map(PartOf::from);
    let hosts = parts().map(|part| PartOf { part: Part::Host, ..part });
    for holds in [
        Holds::Ordered(names.clone()),
        Holds::AllOrNone(names.clone()),
        Holds::ExactlyOne(names.iter().map(|name| vec![name.clone()]).collect()),
        Holds::Derived(parts().collect()),
        Holds::Alternatives(hosts.zip(parts().skip(1)).map(|(a, b)| [a, b]).collect()),
    ] {
        schema.relations.push(Relation { holds, when: None, because: None });
    }
    schema
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_violation_holds_a_part_of_a_value(
        pieces in prop::collection::vec(prop::collection::vec(piece(), 0..4), kinds().len()),
    ) {
        let schema = schema();
        let values: BTreeMap<Name, Value> = schema
            .variables()
            .iter()
            .zip(&pieces)
            .map(|(variable, pieces)| (variable.name.clone(), value(pieces)))
            .collect();
        let found = evaluate(&schema, &values, &Context::production());
        for violation in &found {
            // The schema's own words are public, the rest must not come from a value.
            let told = format!("{:?} {:?}", violation.kind, violation.at);
            prop_assert!(!told.contains("CANARY"), "{told}");
            if let (Some(at), Some(variable)) = (&violation.at, violation.variable()) {
                let piece = &values[&variable.name].pieces()[at.piece];
                let text = piece.text().expect("only known pieces are pointed at");
                prop_assert!(text.get(at.range.clone()).is_some());
            }
        }
    }
}

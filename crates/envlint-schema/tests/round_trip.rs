//! A schema is one model, however it is written: as JSON Schema, or in the short form.

use std::sync::LazyLock;

use envlint_schema::{
    Bounds, Condition, Context, Days, Empty, Encoding, Forbidden, Format, Framework, Holds, Item,
    Kind, Measure, Part, PartOf, Pattern, Phases, Reading, Relation, Requirement, Retired, Role,
    Schema, Secrecy, Short, Store, TextRules, UnsafeDefault, Variable,
};
use jsonschema::Validator;
use proptest::prelude::*;

/// The meta-schema of what is written.
static DIALECT: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::validator_for(&envlint_schema::dialect()).unwrap());

/// A lower and an upper limit, which leave something between them.
fn limits<T: PartialOrd + std::fmt::Debug + Clone>(
    limit: impl Strategy<Value = Option<T>> + Clone,
) -> impl Strategy<Value = (Option<T>, Option<T>)> {
    (limit.clone(), limit).prop_map(|limits| match limits {
        (Some(a), Some(b)) if a > b => (Some(b), Some(a)),
        limits => limits,
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    let limit = || prop::option::of(0usize..100);
    let whole = || prop::option::of(-1000i64..1000);
    let real = || prop::option::of(-1000.0f64..1000.0);
    let schemes = || prop::collection::vec("[a-z][a-z0-9+]{0,5}", 0..3);
    let format = || prop::sample::select(Format::ALL.to_vec());
    let pattern = prop::option::of("\\^[a-z]{1,4}\\$".prop_map(|p| Pattern::new(&p).unwrap()));
    prop_oneof![
        (limits(limit()), pattern).prop_map(|((min_length, max_length), pattern)| {
            Kind::Text(TextRules { min_length, max_length, pattern })
        }),
        limits(whole()).prop_map(|(minimum, maximum)| Kind::Integer(Bounds { minimum, maximum })),
        limits(real()).prop_map(|(minimum, maximum)| Kind::Number(Bounds { minimum, maximum })),
        Just(Kind::Port),
        prop::sample::select(Reading::ALL.to_vec()).prop_map(Kind::Boolean),
        prop::collection::vec("[a-z0-9]{1,5}", 1..4).prop_map(Kind::Choice),
        (1usize..64, any::<bool>()).prop_map(|(bytes, hex)| Kind::Key {
            bytes,
            encoding: if hex { Encoding::Hex } else { Encoding::Base64 },
        }),
        (0usize..64).prop_map(|min_length| Kind::Token { min_length }),
        schemes().prop_map(|schemes| Kind::Url { schemes }),
        schemes().prop_map(|schemes| Kind::Connection { to: Store::Database, schemes }),
        prop::sample::select(vec![Store::Redis, Store::Amqp, Store::Smtp, Store::S3])
            .prop_map(Kind::connection),
        Just(Kind::Origin),
        Just(Kind::List(Item::Origin)),
        format().prop_map(|format| Kind::List(Item::Format(format))),
        format().prop_map(Kind::Format),
        Just(Kind::TrustProxy),
        quantity(),
    ]
}

fn quantity() -> impl Strategy<Value = Kind> {
    let measures = Measure::ALL.to_vec();
    let bound = || prop::option::of(0.0f64..1000.0);
    (prop::sample::select(measures), any::<prop::sample::Index>(), limits(bound())).prop_map(
        |(measure, unit, (minimum, maximum))| {
            let bare = Some(measure.units()[unit.index(measure.units().len())]);
            Kind::Quantity { measure, bare, bounds: Bounds { minimum, maximum } }
        },
    )
}

fn condition() -> impl Strategy<Value = Condition> {
    let variable = || prop::sample::select(vec!["A", "B", "C_1"]);
    let leaf = prop_oneof![
        Just(Condition::Production),
        Just(Condition::BehindProxy),
        "[a-z]{1,6}".prop_map(|name| Condition::Platform(name.as_str().into())),
        Just(Condition::Feature("mail".into())),
        variable().prop_map(|name| Condition::Set(name.into())),
        (variable(), prop::collection::vec("[a-z]{1,3}", 1..3)).prop_map(|(variable, values)| {
            Condition::Equals { variable: variable.into(), values }
        }),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Any),
            inner.prop_map(|condition| match condition {
                Condition::Not(_) => condition,
                other => Condition::Not(Box::new(other)),
            }),
        ]
    })
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![
        Just(Role::CorsOrigins),
        Just(Role::ListenPort),
        Just(Role::Datastore),
        Just(Role::PublicUrl { service: None }),
        Just(Role::InternalUrl { service: "polyant/engine".to_owned() }),
    ]
}

prop_compose! {
    fn described()(
        kind in kind(),
        requirement in prop_oneof![
            Just(Requirement::Never),
            Just(Requirement::Always),
            condition().prop_map(Requirement::When),
        ],
        recommended in prop::option::of(condition()),
        default in prop::option::of("[a-z0-9.]{1,6}"),
        secret in prop::option::of(any::<bool>()),
        empty in prop_oneof![
            Just(Empty::Value), Just(Empty::Unset), Just(Empty::Error),
            Just(Empty::Reads("0".to_owned())),
        ],
        phases in prop_oneof![Just(Phases::Run), Just(Phases::Build), Just(Phases::Both)],
        role in prop::option::of(role()),
    ) -> Variable {
        let base = Variable::new("V", kind);
        let secrecy = match secret {
            Some(true) => Secrecy::Secret,
            Some(false) => Secrecy::Public,
            None => base.secrecy,
        };
        let default = default.filter(|_| secrecy != Secrecy::Secret);
        Variable { requirement, recommended, default, secrecy, empty, phases, role, ..base }
    }
}

prop_compose! {
    fn variable()(
        base in described(),
        docs in prop_oneof![Just(String::new()), Just("What it is for.".to_owned())],
        happens in prop::option::of(Just("it fails".to_owned())),
        retired in any::<bool>(),
        or_file in any::<bool>(),
        max_age in prop::option::of((1u32..400).prop_map(Days)),
        when in condition(),
        forbidden in any::<bool>(),
        dangerous in any::<bool>(),
        example in prop::option::of("[a-z]{1,5}"),
    ) -> Variable {
        let retired = retired.then(|| Retired {
            since: Some("1.1.0".to_owned()),
            ..Retired::default()
        });
        let forbidden = forbidden.then(|| Forbidden {
            when: when.clone(),
            values: vec!["1".to_owned()],
            because: "it shows all".to_owned(),
        });
        let unsafe_default = dangerous.then(|| UnsafeDefault { when, then: "it is open".into() });
        let formerly = vec!["OLD".into()];
        Variable {
            docs, happens, retired, or_file, max_age, forbidden, unsafe_default, example, formerly,
            ..base
        }
    }
}

fn relation() -> impl Strategy<Value = Relation> {
    let names = || vec!["A".into(), "B".into()];
    let part = |variable: &str, part| PartOf { variable: variable.into(), part };
    let holds = prop_oneof![
        Just(Holds::AnyOf(vec![names(), vec!["C_1".into()]])),
        Just(Holds::ExactlyOne(vec![names(), vec!["C_1".into()]])),
        Just(Holds::AllOrNone(names())),
        Just(Holds::OnceBegun { all: names(), by: vec!["C_1".into()] }),
        Just(Holds::Ordered(names())),
        Just(Holds::Alternatives(vec![[part("A", Part::Host), part("B", Part::Whole)]])),
        Just(Holds::Derived(vec![part("A", Part::Origin), part("B", Part::Origin)])),
    ];
    (holds, prop::option::of(condition())).prop_map(|(holds, when)| Relation {
        holds,
        when,
        because: Some("it breaks".to_owned()),
    })
}

prop_compose! {
    fn schema()(
        variables in prop::collection::vec(variable(), 1..5),
        relations in prop::collection::vec(relation(), 0..3),
        port in prop::option::of(any::<u16>()),
    ) -> Schema {
        let mut schema = Schema::new("system/service");
        schema.title = "Service".to_owned();
        schema.docs = "What it does.".to_owned();
        schema.service.port = port;
        schema.service.framework = Some(Framework::Express);
        schema.service.streams = vec!["/events".to_owned()];
        schema.service.features = [("mail".into(), Condition::Set("A".into()))].into();
        schema.also = vec!["NODE_*".to_owned()];
        schema.relations = relations;
        for (nth, variable) in variables.into_iter().enumerate() {
            let name = |name: &str| format!("{name}_{nth}").as_str().into();
            schema.insert(Variable { name: name("V"), formerly: vec![name("OLD")], ..variable });
        }
        schema
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_schema_is_read_as_it_was_written(schema in schema()) {
        let json = schema.to_json();
        prop_assert_eq!(Schema::from_json(&json).map_err(|e| e.to_string()), Ok(schema));
    }

    #[test]
    fn a_written_schema_is_one_for_every_validator(schema in schema()) {
        prop_assert!(DIALECT.is_valid(&schema.to_json()));
        prop_assert!(jsonschema::meta::is_valid(&schema.to_json()));
        prop_assert!(jsonschema::validator_for(&schema.text_projection(&Context::production())).is_ok());
    }

    #[test]
    fn a_variable_is_read_as_its_short_form(variable in variable()) {
        let short = serde_json::to_value(Short::from(&variable)).unwrap();
        let read: Short = serde_json::from_value(short).unwrap();
        prop_assert_eq!(read.variable("V").map_err(|e| e.to_string()), Ok(variable));
    }
}

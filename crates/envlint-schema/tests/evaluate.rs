//! What is flagged and what is not, kind by kind, also where values are known in part only.

use std::collections::BTreeMap;

use envlint_model::{
    Content, FilePath, Form, Name, Origin, Phase, Reader, Secret, Sources, Truth, Unknown, Value,
    Via, ViaKind,
};
use envlint_schema::{
    About, Bounds, Check, Condition, Context, Empty, Encoding, Forbidden, Format, Holds, Item,
    Kind, Phases, Reading, Relation, Requirement, Schema, Secrecy, Store, TextRules, UnsafeDefault,
    Unverified, Values, Variable, ViolationKind, evaluate,
};

/// A part of a test value: text, text that was interpolated, or something that is not known.
enum Part {
    Text(&'static str),
    Interpolated(&'static str),
    Vault,
}
use Part::{Interpolated, Text, Vault};

fn value(parts: &[Part]) -> Value {
    let sources = Sources::default();
    let whole: String =
        parts.iter().map(|part| if let Text(text) = part { text } else { "" }).collect();
    let file =
        sources.add(FilePath::new(".env"), Form::Plain, zeroize::Zeroizing::new(whole.into()));
    let mut at = 0;
    let mut value = Value::empty(Origin::new(file.span(0..0), Reader::Compose));
    for part in parts {
        let start = at;
        at += if let Text(text) = part { text.len() } else { 0 };
        let mut origin = Origin::new(file.span(start..at), Reader::Compose);
        let via = Via { kind: ViaKind::Interpolation, span: file.span(start..at) };
        let content = match part {
            Text(text) => Content::Known(Secret::made((*text).to_owned())),
            Interpolated(text) => Content::Known(Secret::made((*text).to_owned())),
            Vault => Content::Unknown(vault()),
        };
        if !matches!(part, Text(_)) {
            origin.via.push(via);
        }
        value.push(content, origin);
    }
    value
}

fn vault() -> Unknown {
    Unknown::Encrypted { file: "vault.age".into(), name: None }
}

fn set(pairs: &[(&str, &'static str)]) -> BTreeMap<Name, Value> {
    pairs.iter().map(|(name, text)| (Name::new(name), value(&[Text(text)]))).collect()
}

fn schema(variables: impl IntoIterator<Item = Variable>) -> Schema {
    let mut schema = Schema::new("test");
    variables.into_iter().for_each(|variable| schema.insert(variable));
    schema
}

fn kinds(schema: &Schema, values: &dyn Values, context: &Context) -> Vec<ViolationKind> {
    evaluate(schema, values, context).into_iter().map(|violation| violation.kind).collect()
}

type Verdicts = Vec<(Check, bool)>;

/// The checks that fail or stay open for one variable of a kind, with whether they are certain.
fn verdict(kind: Kind, parts: &[Part]) -> Verdicts {
    let schema = schema([Variable::new("A", kind)]);
    let values = BTreeMap::from([(Name::new("A"), value(parts))]);
    let found = kinds(&schema, &values, &Context::production());
    found.iter().map(|kind| (kind.check(), kind.is_certain())).collect()
}

fn database() -> Kind {
    Kind::Connection { to: Store::Database, schemes: vec!["postgresql".into(), "postgres".into()] }
}

fn http() -> Kind {
    Kind::Url { schemes: vec!["http".into(), "https".into()] }
}

const KEY: Kind = Kind::Key { bytes: 4, encoding: Encoding::Hex };
const PORT_LIKE: Kind = Kind::Integer(Bounds { minimum: Some(1), maximum: Some(10) });

#[test]
fn known_text_is_held_against_its_kind() {
    let choice = || Kind::Choice(vec!["development".into(), "production".into()]);
    let rules = || Kind::Text(TextRules { min_length: Some(2), ..TextRules::default() });
    let cases: Vec<(Kind, &'static str, Option<Check>)> = vec![
        (rules(), "ab", None),
        (rules(), "a", Some(Check::ConstraintViolated)),
        (PORT_LIKE, "10", None),
        (PORT_LIKE, "11", Some(Check::ConstraintViolated)),
        (PORT_LIKE, "0", Some(Check::ConstraintViolated)),
        (PORT_LIKE, "1.5", Some(Check::TypeMismatch)),
        (Kind::Port, "0", Some(Check::ConstraintViolated)),
        (Kind::Number(Bounds { minimum: Some(0.0), maximum: Some(1.0) }), "0.9", None),
        (
            Kind::Number(Bounds { minimum: Some(0.0), maximum: Some(1.0) }),
            "90",
            Some(Check::ConstraintViolated),
        ),
        (choice(), "production", None),
        (choice(), "prod", Some(Check::TypeMismatch)),
        (KEY, "00ff00FF", None),
        (KEY, "00ff00", Some(Check::InvalidKey)),
        (Kind::Token { min_length: 6 }, "CANARY", None),
        (Kind::Token { min_length: 7 }, "CANARY", Some(Check::ConstraintViolated)),
        (Kind::Boolean(Reading::LiteralTrue), "no", None),
        (Kind::Boolean(Reading::LiteralTrue), "TRUE", Some(Check::BooleanSpelling)),
        (Kind::Boolean(Reading::LiteralTrue), "maybe", Some(Check::TypeMismatch)),
        (Kind::Boolean(Reading::AnyText), "false", Some(Check::BooleanSpelling)),
        (Kind::Boolean(Reading::AnyText), "app:*", None),
        (Kind::Boolean(Reading::Strict), "yes", Some(Check::TypeMismatch)),
        (Kind::Format(Format::Email), "a@local", Some(Check::TypeMismatch)),
        (Kind::Format(Format::TimeZone), "europe/berlin", None),
        (Kind::Format(Format::Locale), "en_US", Some(Check::TypeMismatch)),
        (Kind::TrustProxy, "-1", Some(Check::ConstraintViolated)),
        (Kind::TrustProxy, "yes", Some(Check::TypeMismatch)),
        (Kind::Origin, "https://a.example", None),
        (Kind::Origin, "https://a.example/", Some(Check::OriginForm)),
        (Kind::Origin, "ftp://a.example", Some(Check::UrlScheme)),
        (http(), "https://a.example/x?y", None),
        (http(), "localhost:4000", Some(Check::UrlScheme)),
        (database(), "postgresql://u:p%40@h/db", None),
        (database(), "postgresql://u:p@h", Some(Check::UrlScheme)),
        (database(), "mysql://u:p@h/db", Some(Check::UrlScheme)),
        (database(), "postgresql://u:p@ss/w0rd@h/db", Some(Check::UrlCredentialsUnencoded)),
        (Kind::List(Item::Format(Format::Domain)), "a.example, b.example,", None),
        (
            Kind::List(Item::Format(Format::Domain)),
            "a.example,@b.example",
            Some(Check::ListItemInvalid),
        ),
    ];
    for (kind, text, expected) in cases {
        let found = verdict(kind.clone(), &[Text(text)]);
        let expected: Vec<_> = expected.into_iter().map(|check| (check, true)).collect();
        assert_eq!(found, expected, "{kind:?} {text}");
    }
}

#[test]
fn what_was_most_likely_meant_is_said_of_public_variables_only() {
    let meant = Some("production".to_owned());
    for (secrecy, expected) in [(Secrecy::Public, meant), (Secrecy::Unstated, None)] {
        let kind = Kind::Choice(vec!["development".into(), "production".into()]);
        let schema = schema([Variable { secrecy, ..Variable::new("NODE_ENV", kind) }]);
        let values = set(&[("NODE_ENV", "prodution")]);
        let mismatch = ViolationKind::TypeMismatch { did_you_mean: expected };
        assert_eq!(kinds(&schema, &values, &Context::production()), [mismatch]);
    }
}

#[test]
fn the_known_part_of_a_value_is_still_checked() {
    use Check::*;
    let origins = || Kind::List(Item::Origin);
    let cases: Vec<(Kind, Vec<Part>, Verdicts)> = vec![
        // A wrong scheme, a wildcard or a path stay wrong, whatever the vault holds.
        (
            Kind::Url { schemes: vec!["https".into()] },
            vec![Text("http://"), Vault],
            vec![(UrlScheme, true)],
        ),
        (http(), vec![Text("engine:4000/"), Vault], vec![(UrlScheme, true)]),
        (
            origins(),
            vec![Text("https://a.example,*,"), Vault],
            vec![(CorsWildcard, true), (ListItemInvalid, false)],
        ),
        (
            origins(),
            vec![Vault, Text(",https://a.example/x")],
            vec![(OriginForm, true), (ListItemInvalid, false)],
        ),
        (Kind::Origin, vec![Text("https://"), Vault, Text("/api")], vec![(OriginForm, true)]),
        (KEY, vec![Text("xyz"), Vault], vec![(InvalidKey, true)]),
        (PORT_LIKE, vec![Vault, Text("ms")], vec![(TypeMismatch, true)]),
        (Kind::Choice(vec!["red".into()]), vec![Text("b"), Vault], vec![(TypeMismatch, true)]),
        (Kind::Token { min_length: 4 }, vec![Text("CANARY"), Vault], vec![]),
        (
            database(),
            vec![Text("mysql://u:"), Vault, Text("@h/db")],
            vec![(UrlCredentialsUnencoded, false), (UrlScheme, true)],
        ),
        // What is left to the vault is left open, and nothing else is.
        (
            database(),
            vec![Text("postgresql://u:"), Vault, Text("@h:5432/db")],
            vec![(UrlCredentialsUnencoded, false)],
        ),
        (database(), vec![Vault], vec![(UrlCredentialsUnencoded, false), (UrlScheme, false)]),
        (http(), vec![Text("http://"), Vault, Text(":4000")], vec![(UrlScheme, false)]),
        (http(), vec![Text("http://engine:"), Vault], vec![(UrlScheme, false)]),
        (http(), vec![Text("http"), Vault], vec![(UrlScheme, false)]),
        (http(), vec![Text("http://engine:4000/"), Vault], vec![]),
        (KEY, vec![Vault], vec![(InvalidKey, false)]),
        (
            Kind::Token { min_length: 7 },
            vec![Text("CANARY"), Vault],
            vec![(ConstraintViolated, false)],
        ),
        (Kind::Boolean(Reading::AnyText), vec![Vault], vec![(BooleanSpelling, false)]),
        (Kind::Text(TextRules::default()), vec![Vault], vec![]),
        (
            origins(),
            vec![Text("https://"), Vault, Text(".example")],
            vec![(ListItemInvalid, false)],
        ),
    ];
    for (nth, (kind, parts, expected)) in cases.into_iter().enumerate() {
        assert_eq!(verdict(kind.clone(), &parts), expected, "case {nth}, {kind:?}");
    }
}

#[test]
fn interpolated_credentials_are_judged_by_their_place() {
    let url = |password| [Text("postgresql://u:"), Interpolated(password), Text("@h:5432/db")];
    for password in ["p@ss/w0rd", "a#b", "100%", "a?b"] {
        let schema = schema([Variable::new("A", database())]);
        let values = BTreeMap::from([(Name::new("A"), value(&url(password)))]);
        let found = evaluate(&schema, &values, &Context::production());
        assert_eq!(found.len(), 1, "{password}");
        let ViolationKind::UrlCredentialsUnencoded { interpolated: true, .. } = found[0].kind
        else {
            panic!("{:?}", found[0].kind);
        };
        assert_eq!(
            found[0].at.as_ref().map(|at| (at.piece, at.range.len())),
            Some((1, password.len()))
        );
    }
    assert_eq!(verdict(database(), &url("CANARY:p%40ss")), []);
    // A whole URL that is passed on is the author's own text, not an insertion into one.
    assert_eq!(verdict(database(), &[Interpolated("postgresql://u:p@h/db")]), []);
    let spilt = [Interpolated("postgresql://u:p@ss/w0rd@h/db")];
    assert_eq!(verdict(database(), &spilt), [(Check::UrlCredentialsUnencoded, true)]);
    let both = |text| [Text("postgresql://"), Interpolated(text), Text("@h/db")];
    assert_eq!(verdict(database(), &both("u:CANARY")), []);
    let reserved = [(Check::UrlCredentialsUnencoded, true)];
    assert_eq!(verdict(database(), &both("u:CAN@RY")), reserved);
    // A colon in a user name moves the rest of it into the password.
    let user = [Text("postgresql://"), Interpolated("a:b"), Text(":pw@h/db")];
    assert_eq!(verdict(database(), &user), [(Check::UrlCredentialsUnencoded, true)]);
}

#[test]
fn an_item_of_a_list_is_pointed_at() {
    let schema = schema([Variable::new("CORS_ORIGINS", Kind::List(Item::Origin))]);
    let values = set(&[("CORS_ORIGINS", "https://a.example, https://b.example/")]);
    let found = evaluate(&schema, &values, &Context::production());
    let at = found[0].at.as_ref().unwrap();
    assert_eq!((at.piece, at.range.clone()), (0, 19..37));
    let span = at.span(&values["CORS_ORIGINS"]).unwrap();
    assert_eq!((span.start, span.end), (19, 37));
}

#[test]
fn absent_variables_are_reported_where_they_are_required() {
    let in_production = || Requirement::When(Condition::Production);
    let text = || Kind::Text(TextRules::default());
    let schema = schema([
        Variable { requirement: Requirement::Always, ..Variable::new("ALWAYS", text()) },
        Variable { requirement: in_production(), ..Variable::new("PRODUCTION", text()) },
        Variable {
            requirement: Requirement::When(Condition::BehindProxy),
            ..Variable::new("PROXY", text())
        },
        Variable {
            unsafe_default: Some(UnsafeDefault { when: Condition::Production, then: "x".into() }),
            ..Variable::new("UNSAFE", text())
        },
        Variable {
            phases: Phases::Build,
            requirement: in_production(),
            ..Variable::new("BUILT", text())
        },
    ]);
    let checks = |context: &Context| -> Vec<_> {
        let found = kinds(&schema, &set(&[]), context);
        found.iter().map(|kind| (kind.check(), kind.is_certain())).collect()
    };
    let (missing, open) = ((Check::MissingRequired, true), (Check::MissingRequired, false));
    let mut context = Context::production();
    assert_eq!(checks(&context), [missing, missing, open, (Check::UnsafeDefault, true)]);
    context.behind_proxy = Truth::False;
    context.like_production = false;
    assert_eq!(checks(&context), [missing]);
    let build = Context { phase: Phase::Build, ..Context::production() };
    assert_eq!(checks(&build), [missing]);
}

#[test]
fn a_condition_sees_effective_values() {
    let text = || Kind::Text(TextRules::default());
    let driver = Condition::Equals { variable: "MAIL_DRIVER".into(), values: vec!["smtp".into()] };
    let schema = schema([
        Variable {
            default: Some("smtp".into()),
            empty: Empty::Unset,
            ..Variable::new("MAIL_DRIVER", text())
        },
        Variable { requirement: Requirement::When(driver), ..Variable::new("SMTP_URL", text()) },
    ]);
    for (pairs, missing) in [
        (&[][..], true),
        (&[("MAIL_DRIVER", "")][..], true),
        (&[("MAIL_DRIVER", "log")][..], false),
    ] {
        let found = kinds(&schema, &set(pairs), &Context::production());
        assert_eq!(!found.is_empty(), missing, "{pairs:?}");
    }
    let values = BTreeMap::from([(Name::new("MAIL_DRIVER"), value(&[Text("s"), Vault]))]);
    assert!(!kinds(&schema, &values, &Context::production())[0].is_certain());
}

struct Opaque(BTreeMap<Name, Value>, Unknown);

impl Values for Opaque {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
    fn names(&self) -> Box<dyn Iterator<Item = &Name> + '_> {
        Box::new(self.0.keys())
    }
    fn beyond(&self) -> Option<&Unknown> {
        Some(&self.1)
    }
}

#[test]
fn what_may_be_set_out_of_sight_is_not_missing() {
    let kind = Kind::Text(TextRules::default());
    let mut schema = schema([
        Variable { requirement: Requirement::Always, ..Variable::new("A", kind.clone()) },
        Variable::new("B", kind),
    ]);
    let group = ["A", "B"].map(Name::new).to_vec();
    schema.relations.push(Relation { holds: Holds::AllOrNone(group), when: None, because: None });
    let found = kinds(&schema, &Opaque(set(&[("B", "x")]), vault()), &Context::production());
    let open = |check| ViolationKind::Unverifiable { check, why: Unverified::Beyond(vault()) };
    assert_eq!(found, [open(Check::MissingRequired), open(Check::AllOrNonePartial)]);
}

#[test]
fn the_empty_text_means_what_the_service_makes_of_it() {
    let reads = |text: &str| Empty::Reads(text.into());
    for (empty, kind, expected) in [
        (Empty::Unset, PORT_LIKE, Some(ViolationKind::MissingRequired { when: None })),
        (Empty::Error, PORT_LIKE, Some(ViolationKind::EmptyValue { reads: None })),
        (reads("0"), PORT_LIKE, Some(ViolationKind::EmptyValue { reads: Some("0".into()) })),
        (Empty::Value, PORT_LIKE, Some(ViolationKind::EmptyValue { reads: Some(String::new()) })),
        (Empty::Value, Kind::Text(TextRules::default()), None),
        (Empty::Value, Kind::Boolean(Reading::LiteralTrue), None),
    ] {
        let schema = schema([Variable {
            requirement: Requirement::Always,
            empty: empty.clone(),
            ..Variable::new("A", kind)
        }]);
        let found = kinds(&schema, &set(&[("A", "")]), &Context::production());
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{empty:?}");
    }
}

#[test]
fn forbidden_values_are_forbidden_where_the_schema_says() {
    let forbidden = Forbidden {
        when: Condition::Production,
        values: vec!["1".into()],
        because: "prompts are logged".into(),
    };
    let schema = schema([Variable {
        forbidden: Some(forbidden),
        ..Variable::new("DEBUG", Kind::Boolean(Reading::LiteralOne))
    }]);
    let staging = Context { like_production: false, ..Context::production() };
    for (text, context, found) in [
        ("1", Context::production(), true),
        ("0", Context::production(), false),
        ("1", staging, false),
    ] {
        let expected = if found { vec![ViolationKind::ForbiddenInEnvironment] } else { vec![] };
        assert_eq!(kinds(&schema, &set(&[("DEBUG", text)]), &context), expected);
    }
}

#[test]
fn unknown_variables_are_named_with_what_was_meant() {
    let schema = schema([Variable::new("AUTH_SECRET", Kind::Token { min_length: 1 })]);
    let values = set(&[("AUTH_SECERT", "CANARY"), ("ZZZ", "x"), ("TZ", "UTC")]);
    let found = evaluate(&schema, &values, &Context::production());
    let names: Vec<_> = found
        .iter()
        .map(|violation| match (&violation.about, &violation.kind) {
            (About::Unknown(name), ViolationKind::UnknownVariable { did_you_mean }) => {
                (name.as_str(), did_you_mean.as_deref())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, [("AUTH_SECERT", Some("AUTH_SECRET")), ("ZZZ", None)]);
}

fn related(holds: Holds) -> Schema {
    let integer = Kind::Integer(Bounds::default());
    let default = |name: &str, text: &str| Variable {
        default: Some(text.into()),
        empty: Empty::Unset,
        ..Variable::new(name, integer.clone())
    };
    let mut schema = schema([
        default("LOW", "5"),
        default("HIGH", "50"),
        Variable { empty: Empty::Unset, ..Variable::new("X", Kind::Text(TextRules::default())) },
        Variable::new("Y", Kind::Text(TextRules::default())),
    ]);
    schema.relations.push(Relation { holds, when: None, because: None });
    schema
}

#[test]
fn an_order_counts_defaults_and_shows_public_numbers() {
    let schema = related(Holds::Ordered(["LOW", "HIGH"].map(Name::new).to_vec()));
    for (pairs, fails) in [
        (&[][..], false),
        (&[("LOW", "51")][..], true),
        (&[("LOW", "50")][..], false),
        (&[("HIGH", "4")][..], true),
        (&[("LOW", "x"), ("HIGH", "1")][..], false),
        (&[("LOW", "60"), ("HIGH", "70")][..], false),
    ] {
        let found = kinds(&schema, &set(pairs), &Context::production());
        let violated = found.iter().any(|kind| kind.check() == Check::OrderViolated);
        assert_eq!(violated, fails, "{pairs:?}");
    }
    let found = kinds(&schema, &set(&[("LOW", "51")]), &Context::production());
    let ViolationKind::OrderViolated { lesser, greater } = &found[0] else { panic!() };
    assert_eq!((lesser.number.as_deref(), lesser.default), (Some("51"), false));
    assert_eq!((greater.number.as_deref(), greater.default), (Some("50"), true));
}

#[test]
fn groups_are_whole_or_absent() {
    let schema = related(Holds::AllOrNone(["X", "Y"].map(Name::new).to_vec()));
    for (pairs, fails) in [
        (&[][..], false),
        (&[("X", "a")][..], true),
        (&[("X", "a"), ("Y", "b")][..], false),
        // X takes the empty text for nothing, Y for a value.
        (&[("X", "")][..], false),
        (&[("X", "a"), ("Y", "")][..], false),
    ] {
        let found = kinds(&schema, &set(pairs), &Context::production());
        assert_eq!(!found.is_empty(), fails, "{pairs:?}");
    }
    let vault = BTreeMap::from([(Name::new("X"), value(&[Vault]))]);
    let missing = kinds(&schema, &vault, &Context::production());
    let [ViolationKind::AllOrNonePartial { missing, .. }] = missing.as_slice() else { panic!() };
    assert_eq!(missing, &[Name::new("Y")]);
}

#[test]
fn a_relation_of_build_variables_is_judged_in_the_build_alone() {
    let mut both = related(Holds::AllOrNone(vec!["X".into(), "Y".into()]));
    let built =
        |name: &str| Variable { phases: Phases::Build, ..both.variable(name).unwrap().clone() };
    let (x, y) = (built("X"), built("Y"));
    both.insert(x);
    let run = Context::production();
    let build = Context { phase: Phase::Build, ..Context::production() };
    let partial =
        |schema: &Schema, context: &Context| kinds(schema, &set(&[("X", "a")]), context).len();
    assert_eq!([partial(&both, &run), partial(&both, &build)], [1, 0]);
    both.insert(y);
    assert_eq!([partial(&both, &run), partial(&both, &build)], [0, 1]);
}

#[test]
fn one_whole_alternative_is_enough() {
    let groups = vec![vec!["X".into()], vec!["Y".into(), "LOW".into()]];
    let schema = related(Holds::AnyOf(groups));
    for (pairs, missing) in [
        (&[("X", "a")][..], None),
        (&[("Y", "a"), ("LOW", "1")][..], None),
        (&[][..], Some("X")),
        // Both lack one variable, and one of them is begun.
        (&[("Y", "a")][..], Some("LOW")),
    ] {
        let found = kinds(&schema, &set(pairs), &Context::production());
        let named = found.first().map(|kind| match kind {
            ViolationKind::AnyOfUnsatisfied { missing } => missing[0].to_string(),
            other => panic!("{other:?}"),
        });
        assert_eq!(named.as_deref(), missing);
    }
}

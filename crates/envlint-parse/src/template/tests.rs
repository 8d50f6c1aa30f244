use std::collections::BTreeMap;
use std::sync::Arc;

use envlint_model::{
    Content, FilePath, Form, Name, Origin, Reader, Secret, SourceFile, Sources, Unknown, Value,
    ViaKind,
};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;

fn file(text: &str) -> Arc<SourceFile> {
    let text = Zeroizing::new(text.to_owned().into_boxed_str());
    Sources::default().add(FilePath::new("compose.yaml"), Form::Plain, text)
}

fn template(text: &str) -> Template {
    let file = file(text);
    Template::parse(LocatedText::verbatim(&file, file.span(0..text.len())))
}

fn origin(template: &Template) -> Origin {
    Origin::new(template.text().span(), Reader::ComposeFile)
}

fn known(text: &str) -> Value {
    let file = file(text);
    Value::literal(
        Secret::slice(&file, file.span(0..text.len())),
        Origin::new(file.span(0..text.len()), Reader::Compose),
    )
}

fn vault(name: &str) -> Value {
    let why = Unknown::Encrypted { file: "vault.age".into(), name: Some(Name::new(name)) };
    Value::unknown(why, Origin::new(file("").span(0..0), Reader::Compose))
}

/// `SET` is `set`, `EMPTY` is empty, `VAULT` is not known, everything else is unset.
fn environment() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([("SET", known("set")), ("EMPTY", known("")), ("VAULT", vault("VAULT"))])
}

fn expand(template: &Template) -> Expansion {
    let environment = environment();
    template.expand(&origin(template), &|name| environment.get(name))
}

/// The text, or the first failure in a word.
fn text(written: &str) -> Result<String, &'static str> {
    let expansion = expand(&template(written));
    match expansion.failures.first() {
        None => Ok(expansion.value.known().expect("known").as_str().to_owned()),
        Some(Failure::Invalid { .. }) => Err("invalid"),
        Some(Failure::Guard { .. }) => Err("guard"),
        Some(Failure::TooLarge { .. }) => Err("too large"),
    }
}

#[test]
fn expands_as_compose_does() {
    for (written, expected) in [
        ("a$$b", Ok("a$b")),
        ("$SET-${SET}.$SETS", Ok("set-set.")),
        ("$5 $ $( 5$", Ok("$5 $ $( 5$")),
        ("$$SET $${SET}", Ok("$SET ${SET}")),
        ("${SET:-d}${EMPTY:-d}${UNSET:-d}", Ok("setdd")),
        ("${SET-d}${EMPTY-d}${UNSET-d}", Ok("setd")),
        ("${SET:+d}${EMPTY:+d}${UNSET:+d}", Ok("d")),
        ("${SET+d}${EMPTY+d}${UNSET+d}", Ok("dd")),
        ("${SET:?no}${SET?no}${EMPTY?no}", Ok("setset")),
        ("${EMPTY:?no}", Err("guard")),
        ("${UNSET?no}", Err("guard")),
        ("${UNSET:-${EMPTY:-${SET}}}", Ok("set")),
        ("${UNSET:-a:?b}", Ok("a:?b")),
        ("${UNSET:-$$SET}", Ok("$SET")),
        ("${}", Err("invalid")),
        ("${1}", Err("invalid")),
        ("${SET", Err("invalid")),
        ("${SET/e/a}", Err("invalid")),
        ("${SET:=x}", Err("invalid")),
        ("${SET:0:2}", Err("invalid")),
        // An alternative can not span lines.
        ("${UNSET:-a\nb}", Err("invalid")),
        // Only what is taken must be readable.
        ("${SET:-${}}", Ok("set")),
        ("${UNSET:-${}}", Err("invalid")),
        // Every brace counts, but not the character after one that opens.
        ("${UNSET:-{a}}", Ok("{a}")),
        ("${UNSET:-{}}x}", Ok("{}}x")),
        ("${UNSET:-{}}", Ok("{}")),
        ("${UNSET:-{{}}", Ok("{{}")),
        ("${UNSET:-a}b}", Ok("ab}")),
        // Unicode folds these two to `s` and `k`.
        ("${\u{17f}}$\u{212a}", Ok("")),
        ("$é", Ok("$é")),
    ] {
        assert_eq!(text(written).as_deref(), expected.as_deref(), "{written}");
    }
}

#[test]
fn knows_where_everything_stands() {
    let template = template("é ${SET:-a$B} $$");
    let file = template.text().file();
    let spans: Vec<&str> =
        template.parts().iter().map(|part| file.slice(part.stretch().span)).collect();
    assert_eq!(spans, ["é ", "${SET:-a$B}", " ", "$$"]);
    let [outer, inner] = template.references()[..] else { panic!("two references") };
    assert_eq!(
        (file.slice(outer.name_span), outer.operator.map(Operator::as_str)),
        ("SET", Some(":-"))
    );
    assert_eq!((file.slice(inner.whole.span), inner.braced), ("$B", false));
}

#[test]
fn pieces_keep_their_origin_and_the_way_they_came() {
    let template = template("a-$SET");
    let value = expand(&template).value;
    let [literal, set] = value.pieces() else { panic!("two pieces") };
    assert_eq!(template.text().file().slice(literal.origin.span), "a-");
    assert_eq!(set.origin.reader, Reader::Compose);
    let [via] = set.origin.via[..] else { panic!("one step") };
    assert_eq!((via.kind, via.span.start), (ViaKind::Interpolation, 2));
}

#[test]
fn tells_what_became_of_each_reference() {
    use Found::{Empty, Text, Unknown, Unset};
    use Taken::{Alternative, Nothing, Refused, Undecided, Value};
    let template = template(
        "$SET $UNSET ${UNSET:-$EMPTY} ${EMPTY:?m} ${SET:+$SET} ${SET:-$NOT} ${VAULT:+x} ${VAULT:-x}",
    );
    let expansion = expand(&template);
    let seen: Vec<_> = expansion.uses.iter().map(|u| (&*u.name, u.found, u.taken)).collect();
    assert_eq!(
        seen,
        [
            ("SET", Text, Value),
            ("UNSET", Unset, Nothing),
            ("UNSET", Unset, Alternative),
            ("EMPTY", Empty, Value),
            ("EMPTY", Empty, Refused),
            ("SET", Text, Alternative),
            ("SET", Text, Value),
            ("SET", Text, Value),
            ("VAULT", Unknown, Undecided),
            ("VAULT", Unknown, Value),
        ]
    );
    let [Failure::Guard { name, message, .. }] = &expansion.failures[..] else {
        panic!("one failure")
    };
    assert_eq!(&**name, "EMPTY");
    assert_eq!(message.known().expect("known").as_str(), "m");
}

#[test]
fn the_unknown_stays_unknown_and_is_no_copy_where_it_decides() {
    let unknowns = |written: &str| -> Vec<bool> {
        let expansion = expand(&template(written));
        assert!(expansion.failures.is_empty(), "{written}");
        let is_copy = |piece: &envlint_model::Piece| match &piece.content {
            Content::Unknown(why) => Some(why.identity().is_some()),
            Content::Known(_) => None,
        };
        expansion.value.pieces().iter().filter_map(is_copy).collect()
    };
    for written in ["$VAULT", "${VAULT:-d}", "${VAULT-d}", "${VAULT:?m}", "${VAULT?m}"] {
        assert_eq!(unknowns(written), [true], "{written}");
    }
    assert_eq!(unknowns("${VAULT:+d}"), [false]);
    // It is set: that much is known.
    assert_eq!(text("${VAULT+d}"), Ok("d".to_owned()));
}

#[test]
fn a_value_known_in_part_is_not_empty() {
    let half = {
        let template = template("x$VAULT");
        expand(&template).value
    };
    let template = template("${HALF:+yes}");
    let expansion = template.expand(&origin(&template), &|_| Some(&half));
    assert_eq!(expansion.value.known().expect("known").as_str(), "yes");
}

#[test]
fn decoded_text_leads_back_to_its_scalar() {
    let file = file(r#""a\n${SET:-b}""#);
    let span = file.span(0..file.text().len());
    let decoded = LocatedText::decoded(&file, span, Secret::made("a\n${SET:-b}".to_owned()));
    let template = Template::parse(decoded);
    assert_eq!(template.references()[0].name_span, span);
    let same = LocatedText::decoded(&file, file.span(4..13), Secret::made("${SET:-b}".to_owned()));
    let template = Template::parse(same);
    assert_eq!(file.slice(template.references()[0].name_span), "SET");
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}x{}", "${UNSET:-".repeat(depth), "}".repeat(depth));
    assert_eq!(text(&nested(MAX_DEPTH)), Ok("x".to_owned()));
    assert_eq!(text(&nested(MAX_DEPTH + 1)), Err("invalid"));
}

#[test]
fn the_number_of_parts_is_bounded() {
    let template = template(&"$A".repeat(MAX_PARTS));
    assert!(template.parts().len() <= MAX_PARTS);
    assert_eq!(template.errors().len(), 1);
    assert_eq!(template.parts().last().expect("parts").stretch().range().end, 2 * MAX_PARTS);
}

#[test]
fn doubling_values_run_into_the_bound() {
    let mut value = known("CANARY");
    let template = template("$A$A");
    let mut failed = false;
    for _ in 0..40 {
        let expansion = template.expand(&origin(&template), &|_| Some(&value));
        failed |= !expansion.failures.is_empty();
        value = expansion.value;
    }
    assert!(failed);
    assert!(value.pieces().iter().all(|piece| piece.origin.via.len() <= 16));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn parts_are_the_text(
        written in proptest::collection::vec(
            prop::sample::select(vec![
                "$", "{", "}", "${", "A", "SET", "EMPTY", "VAULT", ":-", ":+", ":?", "-", "?", "$$",
                "\n", " ", "é", "${A:-", "${SET+", "x",
            ]),
            0..24,
        ).prop_map(|atoms| atoms.concat()),
    ) {
        let template = template(&written);
        let mut printed = String::new();
        for part in template.parts() {
            let stretch = part.stretch();
            prop_assert_eq!(stretch.range().start, printed.len());
            printed.push_str(template.text().file().slice(stretch.span));
        }
        prop_assert_eq!(&printed, &written);
        for reference in template.references() {
            prop_assert!(reference.whole.span.contains(reference.name_span));
            for part in &reference.alternative {
                prop_assert!(reference.whole.span.contains(part.stretch().span));
            }
        }
        // Where everything can be read, only guards fail; where something can not, that may
        // stand in an alternative which is not taken.
        let failures = expand(&template).failures;
        let is_guard = |failure: &Failure| matches!(failure, Failure::Guard { .. });
        prop_assert!(!template.errors().is_empty() || failures.iter().all(is_guard));
    }
}

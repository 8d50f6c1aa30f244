//! What holds for every text, whoever reads it.

mod dotenv_support;

use std::time::{Duration, Instant};

use dotenv_support::{file, known};
use envlint_model::{Name, Origin, Reader, Unknown, Value};
use envlint_parse::dotenv::{Document, evaluate, parse};
use proptest::prelude::*;

/// Pieces of which real and broken files are made.
const ATOMS: &[&str] = &[
    "A",
    "B",
    "KEY",
    "x",
    "0",
    "export ",
    "=",
    "=",
    "= ",
    ": ",
    ":",
    "\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\"",
    "\"",
    "'",
    "'",
    "`",
    "\\",
    "\\n",
    "\\\"",
    "\\'",
    "\\$",
    "\\0123",
    "$",
    "${",
    "}",
    "$A",
    "${A:-",
    "${B+",
    "${C:?",
    "#",
    " #",
    "\u{a0}",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{3000}",
    "\u{200b}",
    "é",
    "😀",
    "\0",
    "-----BEGIN X",
    "-----END X",
    "__proto__",
];

fn holds(text: &str) -> Result<(), TestCaseError> {
    let file = file(text);
    for reader in Reader::DOTENV {
        let (document, errors) = parse(&file, reader);
        prints_back(&document)?;
        for error in &errors {
            prop_assert!(error.span.end as usize <= text.len());
        }
        for (at, statement) in document.statements().iter().enumerate() {
            let whole = statement.span();
            prop_assert!(whole.end as usize <= text.len());
            prop_assert_eq!(file.slice(statement.name_span), &*statement.name);
            if let Some(value) = &statement.value {
                prop_assert!(value.span.contains(value.text.text().span()));
                for stray in &value.strays {
                    prop_assert!(value.span.contains(stray.span));
                }
            }
            if let Some(next) = document.statements().get(at + 1) {
                prop_assert!(whole.end <= next.name_span.start);
            }
        }
        prop_assert!(document.refusal().is_none() || !errors.is_empty());
        evaluates(&document)?;
    }
    Ok(())
}

fn prints_back(document: &Document) -> Result<(), TestCaseError> {
    let mut end = 0;
    for token in document.tokens() {
        prop_assert_eq!(token.span.start, end);
        prop_assert!(!token.span.is_empty());
        end = token.span.end;
    }
    prop_assert_eq!(end as usize, document.file().text().len());
    Ok(())
}

/// Evaluates where nothing is set, where something is, and where something is not known.
fn evaluates(document: &Document) -> Result<(), TestCaseError> {
    let why = Unknown::NamesOnly { file: "names.json".into(), name: Name::new("B") };
    let origin = Origin::new(document.file().span(0..0), Reader::Names);
    let (a, b) = (known(document.file(), "CANARY"), Value::unknown(why, origin));
    let nothing = evaluate(document, &|_| None);
    let something = evaluate(document, &|name| match name {
        "A" => Some(&a),
        "B" => Some(&b),
        _ => None,
    });
    for variable in &nothing.variables {
        prop_assert!(variable.value.known().is_some());
    }
    prop_assert!(document.refusal().is_none() || something.refusal.is_some());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text(text in any::<String>()) {
        holds(&text)?;
    }

    #[test]
    fn anything_like_a_dotenv_file(
        text in proptest::collection::vec(prop::sample::select(ATOMS), 0..40)
            .prop_map(|atoms| atoms.concat()),
    ) {
        holds(&text)?;
    }
}

/// Texts on which a careless reader takes quadratic time or worse. At this size that would be
/// minutes.
#[test]
#[expect(clippy::disallowed_methods, reason = "this test is about how long it takes")]
fn hostile_files_take_linear_time() {
    const BYTES: usize = 96 * 1024;
    let fill = |unit: &str| unit.repeat(BYTES / unit.len());
    let nested = format!("A={}{}", "${U:-".repeat(60), fill("x"));
    let lines = [
        "\n",
        " ",
        "#\n",
        "A=$A\n",
        "A='",
        "A='\n",
        "A='\nB=\"\nC=`\n",
        "export ",
        "a b\n",
        "A:\n",
    ];
    let values = [
        "$",
        "$a",
        "${A:-",
        "${A:-}",
        "${A:-{",
        "'\u{2028}",
        "'x\u{2028}\"y\u{2028}",
        "\u{200b}a",
        " #",
    ];
    let quoted = ["\\n", "\\\"", "\\\"  \n", "\r", "${A:-\n", "\\"];
    let texts = (lines.iter().map(|unit| fill(unit)))
        .chain(values.iter().map(|unit| format!("A={}", fill(unit))))
        .chain(
            quoted
                .iter()
                .flat_map(|unit| [format!("A=\"{}", fill(unit)), format!("A=\"{}\"", fill(unit))]),
        )
        .chain([format!("{nested}{}", "}".repeat(60)), format!("{nested}}}")])
        .chain([doubling()]);
    for text in texts {
        let file = file(&text);
        for reader in Reader::DOTENV {
            let start = Instant::now();
            let (document, _) = parse(&file, reader);
            evaluate(&document, &|_| None);
            let took = start.elapsed();
            assert!(took < Duration::from_secs(5), "{took:?} for {:?}", &text[..12]);
        }
    }
}

/// Every line twice the one before.
fn doubling() -> String {
    let line = |at: usize| format!("A{at}=$A{}$A{}\n", at - 1, at - 1);
    std::iter::once("A0=x\n".to_owned()).chain((1..4_000).map(line)).collect()
}

//! Dotenv files and the templates in them.

use std::sync::Arc;

use envlint_model::{Name, Origin, Reader, Secret, SourceFile, Unknown, Value};
use envlint_parse::dotenv::{self, Document};
use envlint_parse::template::{LocatedText, MAX_EXPANDED_BYTES, Template};

use super::{assert_within, source};

/// A dotenv file, as each reader reads it.
pub(super) fn dotenv(bytes: &[u8]) {
    let Some(file) = source(bytes) else { return };
    for reader in Reader::DOTENV {
        let (document, errors) = dotenv::parse(&file, reader);
        errors.iter().for_each(|error| assert_within(&file, error.span));
        document.comments().iter().for_each(|comment| assert_within(&file, *comment));
        assert!(document.refusal().is_none() || !errors.is_empty(), "refused without a word");
        prints_back(&document);
        statements_lie_in_order(&document);
        evaluates(&document);
    }
}

/// The tokens of a document, one after the other, are its file.
fn prints_back(document: &Document) {
    let mut end = 0;
    for token in document.tokens() {
        assert_eq!(token.span.start, end, "bytes are lost or told twice");
        assert!(!token.span.is_empty());
        end = token.span.end;
    }
    assert_eq!(end as usize, document.file().text().len());
}

fn statements_lie_in_order(document: &Document) {
    let file = document.file();
    for statement in document.statements() {
        assert_within(file, statement.span());
        assert_eq!(file.slice(statement.name_span), &*statement.name);
        if let Some(value) = &statement.value {
            assert!(value.span.contains(value.text.text().span()));
            assert!(value.strays.iter().all(|stray| value.span.contains(stray.span)));
        }
    }
    let ordered = document.statements().is_sorted_by(|a, b| a.span().end <= b.name_span.start);
    assert!(ordered, "statements overlap");
}

fn evaluates(document: &Document) {
    let around = Around::new(document.file());
    for lookup in [&(|_: &str| None) as &dyn Fn(&str) -> _, &|name| around.find(name)] {
        let evaluation = dotenv::evaluate(document, lookup);
        let of_statement = |at: usize| document.statements().get(at).is_some();
        assert!(evaluation.variables.iter().all(|variable| of_statement(variable.statement)));
    }
}

/// A template of Compose's grammar.
pub(super) fn template(bytes: &[u8]) {
    let Some(file) = source(bytes) else { return };
    let whole = file.span(0..file.text().len());
    let template = Template::parse(LocatedText::verbatim(&file, whole));
    let mut end = 0;
    for part in template.parts() {
        let stretch = part.stretch();
        assert_eq!(stretch.range().start, end, "parts leave something out");
        assert_within(&file, stretch.span);
        end = stretch.range().end;
    }
    assert_eq!(end, file.text().len());
    template.errors().iter().for_each(|error| assert_within(&file, error.span));

    let around = Around::new(&file);
    let origin = Origin::new(whole, Reader::Compose);
    let expansion = template.expand(&origin, &|name| around.find(name));
    let known = expansion.value.known();
    let length = known.map_or(0, |text| text.as_str().len());
    assert!(length <= MAX_EXPANDED_BYTES.max(file.text().len()), "an expansion without bound");
    for used in &expansion.uses {
        assert!(used.span.contains(used.name_span));
    }
    let told = expansion.failures.iter();
    told.for_each(|failure| assert_within(&file, failure.to_error().span));
}

/// An environment in which one variable is set, one is empty, and one is not known.
struct Around([(&'static str, Value); 3]);

impl Around {
    fn new(file: &Arc<SourceFile>) -> Self {
        let origin = Origin::new(file.span(0..0), Reader::Names);
        let why = Unknown::NamesOnly { file: "names.json".into(), name: Name::new("C") };
        Self([
            ("A", Value::literal(Secret::made("CANARY".to_owned()), origin.clone())),
            ("B", Value::empty(origin.clone())),
            ("C", Value::unknown(why, origin)),
        ])
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

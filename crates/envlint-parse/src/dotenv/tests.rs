use std::sync::Arc;

use envlint_model::{
    Content, FilePath, Form, Name, Origin, Secret, SourceFile, Sources, Unknown, Value, ViaKind,
};
use zeroize::Zeroizing;

use super::*;
use crate::template::{Found, Taken};

fn file(text: &str) -> Arc<SourceFile> {
    let text = Zeroizing::new(text.to_owned().into_boxed_str());
    Sources::default().add(FilePath::new(".env"), Form::Plain, text)
}

fn read(text: &str, reader: Reader) -> (Document, Vec<SyntaxError>) {
    parse(&file(text), reader)
}

fn messages(errors: &[SyntaxError]) -> Vec<&str> {
    errors.iter().map(|error| error.message.as_str()).collect()
}

fn names(document: &Document) -> Vec<&str> {
    document.statements().iter().map(|statement| &*statement.name).collect()
}

/// The variables that a document yields where nothing else is set.
fn variables(document: &Document) -> Vec<(String, String)> {
    let evaluation = evaluate(document, &|_| None);
    let text = |value: &Value| value.known().expect("known").as_str().to_owned();
    evaluation.variables.iter().map(|v| (v.name.to_string(), text(&v.value))).collect()
}

fn strays(text: &str, reader: Reader) -> Vec<(StrayKind, String)> {
    let (document, _) = read(text, reader);
    let statement = document.statements().first().expect("a statement");
    let value = statement.value.as_ref().expect("a value");
    let slice = |stray: &Stray| (stray.kind, document.file().slice(stray.span).to_owned());
    value.strays.iter().map(slice).collect()
}

#[test]
fn everything_has_a_place() {
    let text = "\u{feff}# head\nexport A = \"x$B\" # note\r\nC\nD='1'E=2\n";
    let (document, errors) = read(text, Reader::Compose);
    assert_eq!(errors, []);
    let tokens: Vec<_> = document
        .tokens()
        .iter()
        .filter(|token| token.kind != TokenKind::Space)
        .map(|token| (token.kind, document.file().slice(token.span)))
        .collect();
    use TokenKind::{Comment, Export, Name, Separator};
    assert_eq!(
        tokens,
        [
            (Comment, "# head"),
            (Export, "export"),
            (Name, "A"),
            (Separator, "="),
            (TokenKind::Value, "\"x$B\""),
            (Comment, "# note"),
            (Name, "C"),
            (Name, "D"),
            (Separator, "="),
            (TokenKind::Value, "'1'"),
            (Name, "E"),
            (Separator, "="),
            (TokenKind::Value, "2"),
        ]
    );
    let [a, c, d, e] = document.statements() else { panic!("four statements") };
    assert!(a.export && !d.export);
    assert_eq!(a.comment.map(|span| document.file().slice(span)), Some("# note"));
    assert_eq!((c.value.is_none(), d.comment, e.comment), (true, None, None));
    let quotes = |statement: &Statement| statement.value.as_ref().expect("a value").quotes;
    assert_eq!([quotes(a), quotes(d), quotes(e)], [Quotes::Double, Quotes::Single, Quotes::None]);
    assert_eq!(document.comments().len(), 2);
}

#[test]
fn an_empty_value_stands_after_its_separator() {
    for reader in Reader::DOTENV {
        let (document, _) = read("A=   \nB=2\n", reader);
        let value = document.statements()[0].value.as_ref().expect("a value");
        assert_eq!((value.span.start, value.span.end), (2, 2), "{reader}");
    }
}

#[test]
fn compose_refuses_at_the_first_mistake_and_reading_goes_on() {
    let text = "A=1\nB C=2\nD/E=3\nF=4\nG=\"open\nH=5\n";
    let (document, errors) = read(text, Reader::Compose);
    assert_eq!(
        messages(&errors),
        [
            "a name can not hold a space",
            "a name can not hold this character",
            "the quote that opens here is never closed",
        ]
    );
    let places: Vec<&str> = errors.iter().map(|e| document.file().slice(e.span)).collect();
    assert_eq!(places, ["B C", "/", "\""]);
    assert_eq!(names(&document), ["A", "F", "H"]);
    assert_eq!(document.refusal().expect("refused").span, errors[0].span);
}

#[test]
fn npm_skips_what_it_can_not_read_and_neighbours_are_told_once() {
    let (document, errors) = read("A=1\nnot a pair\n\n***\nB=2\nC\n", Reader::Dotenv);
    assert_eq!(messages(&errors), ["this is no assignment, and is skipped without a word"]);
    assert_eq!(document.file().slice(errors[0].span), "not a pair\n\n***");
    assert_eq!(names(&document), ["A", "B", "C"]);
    assert_eq!(document.refusal(), None);
    assert_eq!(variables(&document).len(), 2);
}

#[test]
fn a_template_that_can_not_be_read_refuses_the_file_only_where_it_is_taken() {
    let (document, errors) = read("A=${}\n", Reader::Compose);
    assert_eq!(errors.len(), 1);
    assert!(document.refusal().is_some());
    let (document, errors) = read("A=1\nB=${A:-${}}\nC=${D:-${}}\n", Reader::Compose);
    assert_eq!((errors.len(), document.refusal()), (2, None));
    let refusal = evaluate(&document, &|_| None).refusal.expect("refused");
    assert_eq!(refusal.span, errors[1].span);
}

#[test]
fn a_guard_refuses_the_file() {
    let (document, errors) = read("A=${B:?CANARY}\n", Reader::Compose);
    assert_eq!(errors, []);
    let evaluation = evaluate(&document, &|_| None);
    let refusal = evaluation.refusal.expect("refused");
    assert_eq!(refusal.reason, "B is required here and has no value");
    let [taken] = &evaluation.uses[..] else { panic!("one use") };
    assert_eq!((taken.found, taken.taken), (Found::Unset, Taken::Refused));
}

#[test]
fn the_environment_comes_before_earlier_lines_and_names_alone_pass_it_on() {
    let (document, _) = read("A=file\nB=$A\nA\nC\n", Reader::Compose);
    let host = Value::literal(
        Secret::made("host".to_owned()),
        Origin::new(document.file().span(0..0), Reader::Names),
    );
    let evaluation = evaluate(&document, &|name| (name == "A").then_some(&host));
    let [a, b] = &evaluation.variables[..] else { panic!("two variables") };
    assert_eq!((&*a.name, a.statement), ("A", 2));
    assert_eq!(a.value.known().expect("known").as_str(), "host");
    assert_eq!(a.value.origin().via[0].kind, ViaKind::PassThrough);
    assert_eq!(b.value.known().expect("known").as_str(), "host");
}

#[test]
fn what_is_unknown_stays_unknown_in_what_refers_to_it() {
    let (document, _) = read("URL=postgres://app:$PASSWORD@db/app\n", Reader::Compose);
    let why = Unknown::Encrypted { file: "vault.age".into(), name: Some(Name::new("PASSWORD")) };
    let vault = Value::unknown(why, Origin::new(document.file().span(0..0), Reader::Names));
    let evaluation = evaluate(&document, &|_| Some(&vault));
    let value = &evaluation.variables[0].value;
    assert_eq!(value.pieces().len(), 3);
    assert_eq!(value.known_prefix().as_str(), "postgres://app:");
    assert_eq!(value.known_suffix().as_str(), "@db/app");
}

#[test]
fn text_as_it_stands_is_not_copied_and_escapes_keep_their_place() {
    let (document, _) = read("A='x'\nB=\"x\\ny\\$z\"\n", Reader::Compose);
    let evaluation = evaluate(&document, &|_| None);
    let places = |at: usize| -> Vec<&str> {
        let pieces = evaluation.variables[at].value.pieces();
        pieces.iter().map(|piece| document.file().slice(piece.origin.span)).collect()
    };
    assert_eq!(places(0), ["x"]);
    assert_eq!(places(1), ["x\\ny", "\\$", "z"]);
    let Content::Known(text) = &evaluation.variables[0].value.pieces()[0].content else {
        panic!("known")
    };
    let written = document.file().text().as_ptr() as usize;
    assert_eq!(text.expose().as_ptr() as usize, written + 3);
}

#[test]
fn tells_what_ends_up_in_a_value_unmeant() {
    use StrayKind::{ByteOrderMark, CarriageReturn, NoBreakSpace, Quote, TrailingSpace, ZeroWidth};
    let one = |kind, text: &str| vec![(kind, text.to_owned())];
    for (text, reader, expected) in [
        ("A=1\rB=2\n", Reader::Compose, one(CarriageReturn, "\r")),
        ("A=\"1\r\n2\"\n", Reader::Compose, one(CarriageReturn, "\r")),
        ("A=\"1\r\n2\"\n", Reader::Dotenv, vec![]),
        ("A=\"1\\r2\"\n", Reader::Compose, vec![]),
        ("A=a\u{a0}b\u{a0}\n", Reader::Compose, one(NoBreakSpace, "\u{a0}")),
        ("A=a\u{200b}\u{200b}\n", Reader::Dotenv, one(ZeroWidth, "\u{200b}\u{200b}")),
        ("A=👩\u{200d}💻\n", Reader::Dotenv, vec![]),
        ("A='\u{feff}x'\n", Reader::Dotenv, one(ByteOrderMark, "\u{feff}")),
        ("A='x  '\n", Reader::Compose, one(TrailingSpace, "  ")),
        ("A=x  \n", Reader::Compose, vec![]),
        ("A=`x`\n", Reader::Compose, vec![(Quote, "`".into()), (Quote, "`".into())]),
        ("A=`x`\n", Reader::Dotenv, vec![]),
        ("A=“x”\n", Reader::Dotenv, vec![(Quote, "“".into()), (Quote, "”".into())]),
        ("A=x\"\n", Reader::Dotenv, one(Quote, "\"")),
        ("A=say \"x\"\n", Reader::Dotenv, vec![]),
        ("A=the dogs'\n", Reader::Dotenv, vec![]),
        ("A=\"{\\\"a\\\":1}\"\n", Reader::Compose, vec![]),
    ] {
        assert_eq!(strays(text, reader), expected, "{text:?} as {reader}");
    }
}

#[test]
fn a_key_torn_over_lines_is_told_once_and_its_lines_are_marked() {
    let text =
        "A=1\nK=-----BEGIN PRIVATE KEY-----\nCANARYa+b\nCANARY\n-----END PRIVATE KEY-----\nB=2\n";
    for reader in Reader::DOTENV {
        let (document, errors) = read(text, reader);
        assert_eq!(messages(&errors), ["a key over several lines is cut off at its first line"]);
        for statement in document.statements() {
            assert_eq!(statement.torn, statement.name.contains("CANARY"), "{reader}");
        }
    }
}

#[test]
fn a_name_at_the_end_of_the_file_is_told() {
    let (document, errors) = read("A=1\nB", Reader::Compose);
    assert_eq!(errors.len(), 1);
    assert_eq!(document.refusal(), None);
    assert_eq!(variables(&document)[1], (String::new(), "B".to_owned()));
}

#[test]
fn errors_never_repeat_the_file() {
    let text = "CANARY CANARY\nCANARY;=CANARY\nA=\"CANARY\nB='CANARY' CANARY\nC=${CANARY/}\n";
    for reader in Reader::DOTENV {
        let (document, errors) = read(text, reader);
        assert!(!errors.is_empty());
        let refusal = evaluate(&document, &|_| None).refusal;
        assert!(!format!("{errors:?}{refusal:?}").contains("CANARY"), "{reader}");
    }
}

#[test]
fn other_readers_open_no_dotenv_files() {
    let (document, errors) = read("A=1\n", Reader::ComposeFile);
    assert_eq!((document.statements().len(), errors.len()), (0, 1));
    assert!(document.refusal().is_some());
}

#[test]
fn the_number_of_statements_and_mistakes_is_bounded() {
    for (line, reader) in
        [("A\n", Reader::Compose), ("#\n", Reader::Dotenv), ("a/\n", Reader::Compose)]
    {
        let (document, errors) = read(&line.repeat(MAX_STATEMENTS + 9), reader);
        assert!(document.statements().len() <= MAX_STATEMENTS);
        assert!(document.comments().len() <= MAX_STATEMENTS);
        assert!((1..=MAX_ERRORS).contains(&errors.len()), "{line:?}");
        let end = document.tokens().last().expect("tokens").span.end;
        assert_eq!(end as usize, document.file().text().len());
    }
}

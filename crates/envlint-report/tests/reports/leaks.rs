//! Whatever the file, whatever is marked, whatever is public: nothing else is shown.

use std::sync::Arc;

use envlint_model::{
    Confidence, FilePath, Finding, Form, Severity, SourceFile, Sources, Span, Subject, SubjectKind,
};
use envlint_report::{Layout, Report, github, json, locate, sarif, write_text};
use proptest::prelude::*;
use zeroize::Zeroizing;

/// A character that nothing else in a report uses, so that a single one that is shown is a leak.
const SECRET: char = 'Ω';

fn file(text: &str) -> (Sources, Arc<SourceFile>) {
    let sources = Sources::default();
    let file = sources.add(".env".into(), Form::Plain, Zeroizing::new(Box::from(text)));
    (sources, file)
}

fn everything_shown(report: &Report) -> String {
    let mut shown = String::new();
    for narrated in [false, true] {
        let layout = Layout { narrated, width: 40, ..Layout::default() };
        write_text(report, layout, &mut shown).unwrap();
    }
    shown + &json(report) + &sarif(report, &[], &FilePath::new("")) + &github(report, &"".into())
}

fn report(text: &str, marked: (usize, usize), public: &[(usize, usize)]) -> Report {
    let (sources, file) = file(text);
    let subject = Subject::new(SubjectKind::Variable, "NAME");
    let finding = Finding::new("rule", Severity::Error, Confidence::High, subject, "wrong")
        .at(raw(&file, marked), "here");
    let visible = |file: &SourceFile, _: Span| public.iter().map(|p| raw(file, *p)).collect();
    Report { findings: locate(vec![finding], &sources, &visible), ..Report::default() }
}

/// A span as it comes, in order or not, within the text or not.
fn raw(file: &SourceFile, (start, end): (usize, usize)) -> Span {
    Span { start: start as u32, end: end as u32, ..file.span(0..0) }
}

proptest! {
    #[test]
    fn only_public_spans_are_shown(
        text in "[a-c =\t\n\u{1b}é日Ω]{0,80}",
        marked in (0usize..90, 0usize..90),
        public in prop::collection::vec((0usize..90, 0usize..90), 0..5),
    ) {
        // Public is what is named and has no secret character.
        let public: Vec<_> = public
            .into_iter()
            .filter(|(start, end)| text.get(*start..*end).is_none_or(|t| !t.contains(SECRET)))
            .collect();
        let shown = everything_shown(&report(&text, marked, &public));
        prop_assert!(!shown.contains(SECRET));
        prop_assert!(!shown.contains('\x1b'));
    }

    #[test]
    fn nothing_tells_how_long_a_secret_is(
        before in "( ){0,3}[ab]{1,5}=",
        (one, other) in ("[x-z#]{1,40}", "[x-z#]{1,400}"),
        (start, end) in (0usize..12, 0usize..4),
    ) {
        // The mark starts before, in or right behind the secret and ends somewhere after it.
        let shown = [one, other].map(|value| {
            let text = format!("{before}{value}\nc={value}\n");
            let until = before.len() + value.len();
            let from = if start > before.len() { until } else { start };
            let name = before.len();
            let public = [(0, name), (until, until + 3)];
            everything_shown(&report(&text, (from, until + end), &public))
        });
        prop_assert_eq!(&shown[0], &shown[1]);
    }

    #[test]
    fn the_caret_lies_within_or_right_behind_what_is_shown(
        text in "[a-z =\t日]{0,300}",
        marked in (0usize..320, 0usize..320),
        public in prop::collection::vec((0usize..320, 0usize..320), 1..4),
    ) {
        let report = report(&text, marked, &public);
        for place in &report.findings[0].places {
            let Some(excerpt) = &place.excerpt else { continue };
            let wide = excerpt.text().matches('日').count();
            let columns = excerpt.text().chars().count() + wide;
            prop_assert!(excerpt.caret().start < excerpt.caret().end);
            prop_assert!(excerpt.caret().end <= columns + 1);
            prop_assert!(columns <= 96);
        }
    }
}

/// Line and column of both ends of what is marked in the file.
fn ends(text: &str, marked: (usize, usize), public: &[(usize, usize)]) -> [(u32, u32); 2] {
    let report = report(text, marked, public);
    let place = &report.findings[0].places[0];
    [place.start, place.end].map(|position| (position.line, position.column))
}

#[test]
fn columns_are_counted_up_to_what_is_hidden() {
    let text = "  A=CANARY # 日\nB=1\n\nC=2\n";
    let names = [(0, 4), (17, 21), (22, 26)];
    assert_eq!(ends(text, (2, 3), &names), [(1, 3), (1, 4)]);
    assert_eq!(ends(text, (4, 10), &names), [(1, 5), (1, 5)]);
    assert_eq!(ends(text, (2, 10), &names), [(1, 3), (1, 5)]);
    assert_eq!(ends(text, (11, 16), &names), [(1, 5), (1, 5)]);
    assert_eq!(ends(text, (2, 18), &names), [(1, 3), (1, 5)]);
    assert_eq!(ends(text, (17, 25), &names), [(2, 1), (4, 4)]);
    assert_eq!(ends("  listen  CANARY;", (2, 16), &[]), [(1, 3), (1, 3)]);
    assert_eq!(ends("日=本;", (3, 8), &[(0, 8)]), [(1, 2), (1, 5)]);
}

fn excerpt(text: &str, marked: &str, public: &[&str]) -> Option<(String, String)> {
    let range = |part: &str| {
        let start = text.find(part).unwrap();
        (start, start + part.len())
    };
    let public: Vec<_> = public.iter().map(|part| range(part)).collect();
    let report = report(text, range(marked), &public);
    let excerpt = report.findings[0].places[0].excerpt.clone()?;
    let caret = excerpt.caret();
    let marks = " ".repeat(caret.start) + &"^".repeat(caret.len());
    Some((excerpt.text().to_owned(), marks))
}

fn some(text: &str, marks: &str) -> Option<(String, String)> {
    Some((text.to_owned(), marks.to_owned()))
}

#[test]
fn what_is_not_public_is_masked_and_marked_by_its_mask() {
    let line = "A=CANARY # CANARY\n";
    assert_eq!(excerpt(line, "CANARY", &["A="]), some("A=***", "  ^^^"));
    assert_eq!(excerpt(line, "A", &["A="]), some("A=***", "^"));
    assert_eq!(excerpt(line, "A=CANARY", &["A="]), some("A=***", "^^^^^"));
    assert_eq!(excerpt(line, "CANARY", &[]), None);
    assert_eq!(excerpt("A=CANARY;B=2", "B=2", &["A=", ";B=2"]), some("A=***;B=2", "      ^^^"));
}

#[test]
fn blanks_are_layout() {
    assert_eq!(excerpt("\t A:   1  \n", "1", &["A:", "1"]), some("     A: 1", "        ^"));
    assert_eq!(excerpt("A=1  \n", "  ", &["A=1"]), some("A=1 ", "   ^"));
    assert_eq!(excerpt("A=\r\n", "\r", &["A="]), some("A=", "  ^"));
}

#[test]
fn what_is_public_does_nothing_to_the_terminal() {
    let line = "A=\u{1b}[31m\u{202e}x";
    assert_eq!(
        excerpt(line, "x", &[line]),
        some(r"A=\u{1b}[31m\u{202e}x", "                    ^")
    );
    assert_eq!(excerpt("日=本", "本", &["日=本"]), some("日=本", "   ^^"));
}

#[test]
fn long_lines_are_cut_around_what_is_marked() {
    let text = format!("{}X{}", "a".repeat(5000), "b".repeat(5000));
    let report = report(&text, (5000, 5001), &[(0, 10_001)]);
    let excerpt = report.findings[0].places[0].excerpt.clone().unwrap();
    assert_eq!(excerpt.text().find('X'), Some(excerpt.caret().start));
    assert_eq!((excerpt.text().len(), excerpt.caret().len()), (96, 1));
    assert!(excerpt.is_cut_before() && excerpt.is_cut_after());
    let mut shown = String::new();
    write_text(&report, Layout { unicode: false, ..Layout::default() }, &mut shown).unwrap();
    assert!(shown.contains(" ...a") && shown.contains("b...\n"), "{shown}");
}

/// Thousands of findings on one line of megabytes: each looks at its surroundings only.
#[test]
fn a_file_of_a_single_line_is_located_in_one_walk() {
    let text = "x".repeat(4 << 20);
    let (sources, file) = file(&text);
    let subject = Subject::new(SubjectKind::Variable, "NAME");
    let finding = |at: usize| {
        Finding::new("rule", Severity::Error, Confidence::High, subject.clone(), "wrong")
            .at(file.span(at..at + 1), "")
    };
    let findings = (0..4000).map(|n| finding(n * 1000)).collect();
    let located = locate(findings, &sources, &|_, window| vec![window]);
    assert_eq!(located[3999].places[0].start.line, 1);
}

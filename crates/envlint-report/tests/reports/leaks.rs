//! Whatever the file, whatever is marked, whatever is public: nothing else is shown.

use std::sync::Arc;

use envlint_model::{
    Confidence, FilePath, Finding, Form, Severity, SourceFile, Sources, Span, Subject, SubjectKind,
};
use envlint_report::{Layout, Report, github, json, locate, sarif, write_text};
use proptest::prelude::*;
use zeroize::Zeroizing;

/// A file whose secret characters all come from a set that nothing else in a report uses, so
/// that a single one of them that is shown is a leak.
const SECRET: std::ops::RangeInclusive<char> = 'Ω'..='Ω';

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
            .filter(|(start, end)| text.get(*start..*end).is_none_or(|t| !t.contains(*SECRET.start())))
            .collect();
        let shown = everything_shown(&report(&text, marked, &public));
        prop_assert!(!shown.contains(*SECRET.start()));
        prop_assert!(!shown.contains('\x1b'));
    }

    #[test]
    fn a_mask_says_nothing_about_the_length(
        before in "[ab]{0,5}=",
        (one, other) in ("[x-z]{1,40}", "[x-z]{1,40}"),
    ) {
        let lines = [one, other].map(|value| {
            let text = format!("{before}{value}\n");
            let end = before.len() + value.len();
            let report = report(&text, (before.len(), end), &[(0, before.len())]);
            let excerpt = report.findings[0].places[0].excerpt.clone().unwrap();
            (excerpt.text().to_owned(), excerpt.caret())
        });
        prop_assert_eq!(&lines[0], &lines[1]);
        prop_assert_eq!(&lines[0].0, &format!("{before}***"));
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
            let columns = excerpt.text().chars().map(|c| if c == '日' { 2 } else { 1 }).sum::<usize>();
            prop_assert!(excerpt.caret().start < excerpt.caret().end);
            prop_assert!(excerpt.caret().end <= columns + 1);
            prop_assert!(columns <= 96);
        }
    }
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
    assert_eq!(located[3999].places[0].start.column, 3_999_001);
}

//! Text, as people read it.

use envlint_report::{Layout, Report, entries, write_text};

use crate::compare;
use crate::sample::{Sample, environment};

fn text(report: &Report, layout: Layout) -> String {
    let mut text = String::new();
    write_text(report, layout, &mut text).unwrap();
    text
}

#[test]
fn findings_are_told_with_place_consequence_and_remedy() {
    let report = Sample::new().report();
    compare("tests/reports/expected/findings.txt", &text(&report, Layout::default()));
}

#[test]
fn a_narrow_terminal_wraps_sentences_and_not_code() {
    let layout = Layout { width: 60, ..Layout::default() };
    compare("tests/reports/expected/narrow.txt", &text(&Sample::new().report(), layout));
}

#[test]
fn screen_readers_get_sentences() {
    let layout = Layout { narrated: true, ..Layout::default() };
    let text = text(&Sample::new().report(), layout);
    assert!(!text.contains('^') && !text.contains(" | "));
    compare("tests/reports/expected/narrated.txt", &text);
}

#[test]
fn colours_change_nothing_but_the_colour() {
    let report = Sample::new().report();
    let coloured = text(&report, Layout { colour: true, ..Layout::default() });
    assert!(coloured.starts_with("\x1b[1;31merror["));
    let mut plain = String::new();
    for (at, part) in coloured.split('\x1b').enumerate() {
        plain.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, text(&report, Layout::default()));
}

#[test]
fn an_empty_result_says_what_was_looked_at() {
    let report = Sample::new().clean();
    assert_eq!(
        text(&report, Layout::default()),
        "production: 2 services, 31 variables, 4 routes through 2 proxies, 9 files. No mistakes.\n\
         2 more with `--pedantic`.\n\
         Not verified: DATABASE_URL and SESSION_SECRET of web (a Key Vault reference).\n"
    );
    let nothing = text(&Report::default(), Layout::default());
    assert_eq!(nothing, "No environment was looked at.\n");
}

#[test]
fn several_environments_are_counted_apart_and_together() {
    let mut report = Sample::new().report();
    report.environments.push(environment("staging", 0));
    let text = text(&report, Layout::default());
    let summary: Vec<&str> = text.lines().rev().take(5).collect();
    assert_eq!(
        summary,
        [
            "Not verified: DATABASE_URL and SESSION_SECRET of web in production (a Key Vault \
             reference).",
            "2 more with `--pedantic`.",
            "All together: 8 errors, 2 warnings, 1 info.",
            "staging: 2 services, 31 variables, no proxies, 9 files. 5 errors, 1 info.",
            "production: 2 services, 31 variables, 4 routes through 2 proxies, 9 files. 8 errors, \
             2 warnings, 1 info.",
        ]
    );
}

#[test]
fn findings_of_one_headline_and_place_are_one_entry() {
    let report = Sample::new().report();
    let entries = entries(&report.findings);
    let missing = entries.iter().find(|entry| entry.findings().len() == 3).unwrap();
    assert_eq!(missing.headline(), "3 required variables of engine are not set");
    assert_eq!(entries.len(), report.findings.len() - 2);
    let shown = missing.display(Layout::default()).to_string();
    assert!(shown.starts_with("error[missing-required]: 3 required variables"));
}

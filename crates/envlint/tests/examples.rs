//! Every example of every rule does what it shows, the rule running alone: documentation that
//! can not lie, and the one place where each rule is tested apart from all others.

mod support;

use std::collections::BTreeMap;

use envlint::CheckError;
use envlint::report::{Layout, Report, write_text};
use envlint_check::all_rules;
use envlint_model::{Example, ExampleFile, ExampleKind};
use support::check;

/// The files of an example by path.
type Texts<'a> = BTreeMap<&'a str, &'a str>;

#[test]
fn every_example_does_what_it_shows() {
    let mut faults = Vec::new();
    let mut examples = 0;
    for rule in all_rules() {
        for example in rule.examples {
            examples += 1;
            if let Err(fault) = hold(rule.name, example) {
                let title = example.title;
                faults.push(format!("{}, {:?} \"{title}\": {fault}", rule.name, example.kind));
            }
        }
    }
    let count = faults.len();
    assert!(faults.is_empty(), "{count} of {examples} examples:\n\n{}\n", faults.join("\n\n"));
}

#[test]
fn every_rule_shows_what_fails_and_what_passes() {
    for rule in all_rules() {
        for kind in [ExampleKind::Fails, ExampleKind::Passes] {
            let shown = rule.examples.iter().any(|example| example.kind == kind);
            assert!(shown, "{} has no example that {kind:?}", rule.name);
        }
    }
}

/// Checks an example with its rule alone; what is not as it shows is an error for a person.
fn hold(rule: &str, example: &Example) -> Result<(), String> {
    let could_not = |error: CheckError| format!("could not be checked: {error}");
    let (report, fixed) = check(rule, example.files).map_err(could_not)?;
    let wanted = match example.kind {
        ExampleKind::Fails => 1,
        ExampleKind::Passes => 0,
    };
    if report.findings.len() != wanted {
        let found = report.findings.len();
        return Err(format!("{found} findings instead of {wanted}\n{}", shown(&report)));
    }
    let after: Texts<'_> =
        fixed.files.iter().map(|file| (file.file.path().as_str(), file.text.as_str())).collect();
    if after != texts(example.fixed) {
        let made = format!("the fixes make {after:#?}");
        return Err(match example.fixed {
            [] => format!("{made}, and the example does not show it"),
            shown => format!("{made} instead of {:#?}", texts(shown)),
        });
    }
    if after.is_empty() {
        return Ok(());
    }
    let unchanged = example.files.iter().filter(|file| !after.contains_key(file.path));
    let (again, _) = check(rule, unchanged.chain(example.fixed)).map_err(could_not)?;
    match again.findings.is_empty() {
        true => Ok(()),
        false => Err(format!("the fixed files are not clean\n{}", shown(&again))),
    }
}

fn texts(files: &[ExampleFile]) -> Texts<'static> {
    files.iter().map(|file| (file.path, file.text)).collect()
}

/// A report as a person sees it.
fn shown(report: &Report) -> String {
    let mut text = String::new();
    write_text(report, Layout::default(), &mut text).expect("a text takes everything");
    text
}

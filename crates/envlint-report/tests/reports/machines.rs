//! JSON, SARIF and workflow annotations, as programs read them.

use std::collections::BTreeSet;

use envlint_model::FilePath;
use envlint_report::{RENDERED_PER_LEVEL, github, json, json_schema, sarif};
use serde_json::Value;

use crate::compare;
use crate::sample::{Sample, rules};

fn root() -> FilePath {
    "".into()
}

#[test]
fn the_json_is_what_it_was() {
    compare("tests/reports/expected/report.json", &json(&Sample::new().report()));
}

#[test]
fn the_schema_is_the_one_of_the_structs() {
    compare("../../schemas/report.schema.json", &json_schema());
}

/// `validate-sarif.sh` runs the validators over the same file.
#[test]
fn the_sarif_is_what_the_validators_accepted() {
    let sarif = sarif(&Sample::new().report(), &rules(), &root());
    compare("tests/reports/expected/report.sarif", &sarif);
}

#[test]
fn a_clean_sarif_still_names_the_rules_and_what_is_open() {
    let sarif = sarif(&Sample::new().clean(), &rules(), &root());
    compare("tests/reports/expected/clean.sarif", &sarif);
}

#[test]
fn sarif_results_can_be_told_apart_and_located() {
    let base = FilePath::new("deploy");
    let log: Value =
        serde_json::from_str(&sarif(&Sample::new().report(), &rules(), &base)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let mut fingerprints = BTreeSet::new();
    for result in results {
        let rule = &log["runs"][0]["tool"]["driver"]["rules"]
            [result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let [location] = result["locations"].as_array().unwrap().as_slice() else { panic!() };
        let address = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(address.starts_with("deploy/"), "{address}");
        assert_eq!(location["physicalLocation"]["region"].as_object().unwrap().len(), 4);
        assert!(
            fingerprints
                .insert(result["partialFingerprints"]["primaryLocationLineHash"].to_string())
        );
    }
    assert!(!log.to_string().contains("snippet"));
}

#[test]
fn fingerprints_do_not_change_with_what_stands_around_the_finding() {
    let (mut first, second) = (Sample::new().report(), Sample::new().report());
    let sorted = |report: &envlint_report::Report| -> Vec<String> {
        report.findings.iter().map(|finding| finding.fingerprint.to_string()).collect()
    };
    assert_eq!(sorted(&first), sorted(&second));
    first.findings.dedup_by_key(|finding| finding.fingerprint);
    assert_eq!(first.findings.len(), second.findings.len());
}

#[test]
fn annotations_are_what_they_were() {
    compare("tests/reports/expected/github.txt", &github(&Sample::new().report(), &root()));
    compare("tests/reports/expected/github-clean.txt", &github(&Sample::new().clean(), &root()));
}

#[test]
fn annotations_that_are_not_rendered_are_counted() {
    let mut report = Sample::new().report();
    let error = report.findings[0].clone();
    report.findings.extend(std::iter::repeat_n(error, RENDERED_PER_LEVEL));
    let commands = github(&report, &root());
    let levels: Vec<&str> =
        commands.lines().filter_map(|line| line.split([' ', ':']).nth(2)).collect();
    let mut sorted = levels.clone();
    sorted.sort_by_key(|level| ["error", "warning", "notice"].iter().position(|l| l == level));
    assert_eq!(levels, sorted);
    let notice =
        commands.lines().find(|line| line.starts_with("::notice title=envlint::")).unwrap();
    assert!(notice.ends_with("8 more are in the log of this step."), "{notice}");
}

#[test]
fn no_property_of_a_command_can_end_it() {
    for command in github(&Sample::new().report(), &root()).lines() {
        let (properties, message) = command[2..].split_once("::").unwrap();
        assert!(command.starts_with("::") && !message.is_empty());
        let (_, properties) = properties.split_once(' ').unwrap();
        assert!(properties.split(',').all(|property| property.matches('=').count() == 1));
        assert!(!properties.contains([':', '\r', '\x1b', '\u{202e}']));
    }
}

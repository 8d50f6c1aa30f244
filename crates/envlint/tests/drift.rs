//! Variables that one environment sets and another one leaves out.

mod support;

use envlint::{Date, MemoryFiles, Options, ProcessEnvironment, Report};
use support::check;

fn report(rule: &str, files: &[(&str, &str)]) -> Report {
    check(rule, files.iter().copied()).expect("the files can be checked").0
}

fn told(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    report(rule, files).findings.into_iter().map(|finding| finding.message).collect()
}

/// Two environments of two services that read one file each environment.
fn manifest(variable: &str) -> String {
    format!(
        "version = 1\n\n[environments]\nproduction = {{}}\nstaging = {{ like = \"production\" }}\n\n\
         [sources.env]\nfile = \"{{environment}}.env\"\n\n\
         [services.api]\nsources = [\"env\"]\n\n[services.api.variables]\n\
         LOG_LEVEL = {{ type = \"string\", default = \"info\" }}\nX = {variable}\n\
         Y = {{ type = \"string\" }}\n\n\
         [services.worker]\nsources = [\"env\"]\n\n[services.worker.variables]\n\
         LOG_LEVEL = {{ type = \"string\", default = \"info\" }}\nX = {variable}\n"
    )
}

#[test]
fn a_line_that_two_services_miss_is_one_finding() {
    let manifest = manifest("{ type = \"string\" }");
    let files = [
        ("envlint.toml", &*manifest),
        ("production.env", "X=1\nLOG_LEVEL=warn\n"),
        ("staging.env", "LOG_LEVEL=debug\n"),
    ];
    let found = told("key-set-drift", &files);
    assert_eq!(found, ["X of api and worker is set in production, and not in staging"]);
}

#[test]
fn what_the_schema_explains_is_no_drift() {
    for (variable, found) in [
        ("{ type = \"string\" }", 1),
        ("{ type = \"string\", default = \"1\" }", 0),
        ("{ type = \"string\", required = { environment = \"production\" } }", 0),
        ("{ type = \"string\", required = { Y = true } }", 0),
        ("{ type = \"string\", formerly = [\"OLD_X\"] }", 0),
    ] {
        let manifest = manifest(variable);
        let files = [
            ("envlint.toml", &*manifest),
            ("production.env", "X=1\nLOG_LEVEL=warn\n"),
            ("staging.env", "OLD_X=1\nLOG_LEVEL=debug\n"),
        ];
        let found_now = told("key-set-drift", &files);
        assert_eq!(found_now.len(), found, "{variable}: {found_now:?}");
    }
}

#[test]
fn an_environment_without_the_service_lacks_nothing() {
    let manifest = manifest("{ type = \"string\" }");
    let files = [("envlint.toml", &*manifest), ("production.env", "X=1\n"), ("staging.env", "")];
    assert_eq!(told("key-set-drift", &files), [""; 0]);
}

/// What is required is told as missing where it is missing, and as nothing else.
#[test]
fn what_is_missing_is_not_told_twice() {
    let manifest = manifest("{ type = \"string\", required = true }");
    let files = MemoryFiles::new()
        .with("envlint.toml", &*manifest)
        .with("production.env", "X=1\nY=1\n")
        .with("staging.env", "Y=1\n");
    let rules = ["key-set-drift", "missing-required"].map(str::to_owned).to_vec();
    let day = Date::new(2027, 1, 1).unwrap();
    let options = Options { select: rules, ..Options::new(day) };
    let process = ProcessEnvironment::default();
    let report = envlint::check(std::sync::Arc::new(files), &process, &options).unwrap();
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule).collect();
    // Once for each of the two services.
    assert_eq!(found, ["missing-required", "missing-required"]);
}

#[test]
fn what_a_closed_vault_may_set_is_no_drift() {
    let manifest = manifest("{ type = \"string\" }").replace(
        "[sources.env]",
        "[sources.vault]\nfile = \"staging.env.age\"\nenvironments = [\"staging\"]\n\n[sources.env]",
    );
    let manifest = manifest.replace("sources = [\"env\"]", "sources = [\"env\", \"vault\"]");
    let vault = include_str!("../../../fixtures/age/armored.age");
    let files = [
        ("envlint.toml", &*manifest),
        ("production.env", "X=1\n"),
        ("staging.env", "LOG_LEVEL=debug\n"),
        ("staging.env.age", vault),
    ];
    let report = report("key-set-drift", &files);
    assert!(report.findings.is_empty());
    let open: Vec<String> = report.unverified.iter().map(|each| each.subject.to_string()).collect();
    assert!(open.contains(&"X of api".to_owned()), "{open:?}");
    assert!(!open.contains(&"LOG_LEVEL of api".to_owned()), "{open:?}");
}

/// A list of names on a platform, beside two services of one Compose project.
const THREE_WAYS: &str = "version = 1\n\n[sources.stack]\ncompose = [\"compose.yaml\"]\n\n\
    [sources.fly]\nnames = \"fly.json\"\n\n\
    [services.blue]\nschema = \"./api.json\"\nsources = [\"stack\"]\n\n\
    [services.green]\nschema = \"./api.json\"\nsources = [\"stack\"]\n\n\
    [services.fly]\nschema = \"./api.json\"\nsources = [\"fly\"]\n";

const SCHEMA: &str = r#"{ "type": "object", "properties": { "A": { "type": "string" }, "B": { "type": "string" } } }"#;

#[test]
fn two_services_of_one_project_are_one_recipe() {
    let compose = "services:\n  blue:\n    environment:\n      A: 1\n      B: 1\n  green:\n    \
                   environment:\n      A: 1\n";
    let files = |names| {
        [
            ("envlint.toml", THREE_WAYS),
            ("api.json", SCHEMA),
            ("compose.yaml", compose),
            ("fly.json", names),
        ]
    };
    assert_eq!(told("recipe-incomplete", &files("[\"A\", \"B\"]")), [""; 0]);
    assert_eq!(told("recipe-incomplete", &files("[\"A\"]")), ["fly lacks B, which blue has"]);
    assert_eq!(
        told("recipe-incomplete", &files("[\"B\"]")),
        ["fly lacks A, which blue and green have"]
    );
}

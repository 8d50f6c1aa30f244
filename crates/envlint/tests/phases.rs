//! What is read while an image is built, and what when it runs: rules judge each variable, and
//! each relation between variables, where it is read.

mod support;

use support::check;

/// The messages of what a rule finds.
fn told(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let (report, _) = check(rule, files.iter().copied()).expect("the files can be checked");
    report.findings.into_iter().map(|finding| finding.message).collect()
}

/// A front end in Compose with these variables and this relation.
fn front_end(relation: &str) -> String {
    format!(
        "version = 1\n\n[services.web.variables]\n\
         VITE_MAP_ID = {{ type = \"string\", phase = \"build\" }}\n\
         VITE_MAP_KEY = {{ type = \"string\", phase = \"build\" }}\n\
         MAP_SECRET = {{ type = \"string\" }}\n\n[[relations]]\n{relation}\n"
    )
}

const BUILT_WITH_AN_ID: &str = "services:\n  web:\n    build:\n      context: .\n      \
                                args:\n        VITE_MAP_ID: canary\n";

#[test]
fn a_relation_of_build_variables_is_judged_in_the_build() {
    let partial = front_end(r#"all-or-none = ["web.VITE_MAP_ID", "web.VITE_MAP_KEY"]"#);
    let files = [("envlint.toml", partial.as_str()), ("compose.yaml", BUILT_WITH_AN_ID)];
    let found = told("all-or-none-partial", &files);
    assert_eq!(found, ["VITE_MAP_ID of web is set, and VITE_MAP_KEY is not"]);

    let either = front_end(r#"any-of = ["web.VITE_MAP_ID", "web.VITE_MAP_KEY"]"#);
    let files = [("envlint.toml", either.as_str()), ("compose.yaml", BUILT_WITH_AN_ID)];
    assert_eq!(told("any-of-unsatisfied", &files), [""; 0]);
}

#[test]
fn a_relation_across_phases_sees_each_variable_where_it_is_read() {
    let mixed = front_end(r#"all-or-none = ["web.VITE_MAP_ID", "web.MAP_SECRET"]"#);
    let files = [("envlint.toml", mixed.as_str()), ("compose.yaml", BUILT_WITH_AN_ID)];
    let found = told("all-or-none-partial", &files);
    assert_eq!(found, ["VITE_MAP_ID of web is set, and MAP_SECRET is not"]);

    let either = front_end(r#"any-of = ["web.VITE_MAP_ID", "web.MAP_SECRET"]"#);
    let files = [("envlint.toml", either.as_str()), ("compose.yaml", BUILT_WITH_AN_ID)];
    assert_eq!(told("any-of-unsatisfied", &files), [""; 0]);
}

/// A service that no Compose file runs, and what its one file has to hold.
const PROCESS: &str = "version = 1\n\n[sources.env]\nfile = \".env\"\n\n[services.web]\n\
    sources = [\"env\"]\n\n[services.web.variables]\n\
    VITE_API_URL = { type = \"origin\", phase = \"build\", required = true, role = { public-url = {} } }\n\
    API_TOKEN = { type = \"token\", phase = \"both\", required = true }\n";

#[test]
fn a_plain_process_is_built_from_what_it_runs_with() {
    let env = "VITE_API_URL=https://api.polyant.dev\nAPI_TOKEN=CANARY-8Kd02mXq7ZtR5vLw\n";
    let files = [("envlint.toml", PROCESS), (".env", env)];
    assert_eq!(told("missing-required", &files), [""; 0]);
}

#[test]
fn a_mistake_of_a_plain_process_is_told_once() {
    let files = [("envlint.toml", PROCESS), (".env", "VITE_API_URL=http://localhost:3000\n")];
    let found = told("missing-required", &files);
    assert_eq!(found, ["API_TOKEN of web is not set, and is required"]);
    let files = [("envlint.toml", PROCESS), (".env", "VITE_API_URL=api.polyant.dev/x\n")];
    assert_eq!(told("url-scheme", &files).len() + told("origin-form", &files).len(), 1);
}

#[test]
fn a_plain_process_has_no_arguments_of_a_build() {
    let env = "VITE_API_URL=https://api.polyant.dev\nAPI_TOKEN=CANARY-8Kd02mXq7ZtR5vLw\n";
    let files = [("envlint.toml", PROCESS), (".env", env)];
    assert_eq!(told("secret-build-arg", &files), [""; 0]);
}

#[test]
fn an_address_that_is_built_in_is_judged_in_a_plain_process() {
    let manifest = format!("{PROCESS}\n[environments]\nproduction = {{}}\n");
    let env = "VITE_API_URL=http://localhost:3000\nAPI_TOKEN=CANARY-8Kd02mXq7ZtR5vLw\n";
    let files = [("envlint.toml", manifest.as_str()), (".env", env)];
    let found = told("dev-value-in-production", &files);
    assert_eq!(found, ["VITE_API_URL of web names a developer's machine"]);
}

/// A variable of the build that depends on one of the running service, of which a vault that
/// nobody opened may hold either.
#[test]
fn a_vault_holds_what_runs_and_not_what_is_built() {
    let manifest = "version = 1\n\n[environments]\nproduction = {}\n\n\
        [sources.vault]\nfile = \"vault.age\"\nstands-for = \"web.env\"\n\n[services.web.variables]\n\
        AUTH_MODE = { type = \"string\" }\n\
        VITE_FORM = { type = \"string\", phase = \"build\", required = { AUTH_MODE = false } }\n\
        VITE_API_URL = { type = \"url\", phase = \"build\", required = true }\n";
    let compose = "services:\n  web:\n    build: .\n    env_file: web.env\n";
    let vault = include_str!("../../../fixtures/age/armored.age");
    let files = [("envlint.toml", manifest), ("compose.yaml", compose), ("vault.age", vault)];
    assert_eq!(
        told("missing-required", &files),
        ["VITE_API_URL of web is not set, and is required"]
    );
}

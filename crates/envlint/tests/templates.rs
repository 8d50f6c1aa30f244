//! Templates and images beside services that share them, as repositories lay them out.

mod support;

use support::check;

/// Two services in directories of their own, and a Compose file at the root.
const MANIFEST: &str = r#"
version = 1

[environments]
production = {}

[sources.compose]
compose = ["compose.yaml"]

[services.api]
sources = ["compose"]

[services.api.variables]
DATABASE_URL = { type = "database-url", required = true }
AUTH_SECRET  = { type = "token", required = true }
LOG_LEVEL    = { type = "string", secret = false, default = "info" }
PORT         = { type = "port", default = "4000", role = "listen-port" }

[services.web]
sources = ["compose"]

[services.web.variables]
AUTH_SECRET = { type = "token", required = true }
TITLE       = { type = "string", secret = false, required = true }
"#;

const COMPOSE: &str = "
services:
  api:
    build: api
    env_file: api/.env
    environment:
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@db/app
  web:
    build: packages/web
    environment:
      AUTH_SECRET: ${AUTH_SECRET:?}
      TITLE: Canary
";

/// The messages of a rule about these files, beside the two above.
fn told(rule: &str, files: &[(&'static str, &'static str)]) -> Vec<String> {
    let project =
        [("envlint.toml", MANIFEST), ("compose.yaml", COMPOSE), ("api/.env", "LOG_LEVEL=info\n")];
    let (report, _) = check(rule, project.into_iter().chain(files.iter().copied()))
        .unwrap_or_else(|error| panic!("{error}"));
    report.findings.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn a_template_at_the_root_is_for_everybody() {
    let all = [(".env.example", "AUTH_SECRET=\n# DB_PASSWORD=\n# LOG_LEVEL=info\n")];
    assert_eq!(told("template-drift", &all), [""; 0]);
    // What Compose sets needs no line, and what both lack is told once.
    let none = [(".env.example", "# Nothing yet: see A=B in the guide\n")];
    let lacking = "AUTH_SECRET, which api and web can not do without, is not in .env.example";
    assert_eq!(told("template-drift", &none), [lacking]);
}

#[test]
fn a_template_beside_a_service_is_for_that_service() {
    let own = [("api/.env.example", "AUTH_SECRET=\nTITLE=\n"), (".env.example", "AUTH_SECRET=\n")];
    assert_eq!(
        told("template-drift", &own),
        ["TITLE in api/.env.example is read by another service"]
    );
    // What the common one names need not be said again.
    let both = [("packages/web/.env.example", "# TITLE=\n"), (".env.example", "AUTH_SECRET=\n")];
    assert_eq!(told("template-drift", &both), [""; 0]);
    let named = [("api.env.example", "AUTH_SECRET=\nTITLE=\n"), (".env.example", "AUTH_SECRET=\n")];
    assert_eq!(
        told("template-drift", &named),
        ["TITLE in api.env.example is read by another service"]
    );
    let lacking = [("api/.env.example", "LOG_LEVEL=info\n")];
    assert_eq!(
        told("template-drift", &lacking),
        ["AUTH_SECRET, which api can not do without, is not in api/.env.example"]
    );
}

#[test]
fn a_template_of_nobody_is_left_alone() {
    let tools = [("tools/.env.example", "GITHUB_USER=\n"), ("docs/.env.sample", "A=1\n")];
    assert_eq!(told("template-drift", &tools), [""; 0]);
    let secret = [("tools/.env.example", "TOKEN=ghp_CANARY7Kq2Zx9Lw4Vt1Rm8Nb3Yp6Hd5Jc0Fs\n")];
    assert_eq!(
        told("template-holds-secret", &secret),
        ["TOKEN in tools/.env.example is a real secret"]
    );
}

#[test]
fn a_value_in_use_is_found_under_any_name() {
    let files = [
        ("api/.env", "AUTH_SECRET=orbit-velvet-cactus-ladder-canary\n"),
        ("api/.env.example", "# OTHER=orbit-velvet-cactus-ladder-canary\n"),
    ];
    let (report, _) = check(
        "template-holds-secret",
        [("envlint.toml", MANIFEST), ("compose.yaml", COMPOSE)].into_iter().chain(files),
    )
    .unwrap_or_else(|error| panic!("{error}"));
    let labels: Vec<&str> =
        report.findings.iter().flat_map(|each| &each.places).map(|place| &*place.text).collect();
    assert_eq!(labels, ["the same text as AUTH_SECRET of api in production"]);
}

#[test]
fn ports_are_compared_through_stages_and_references() {
    for (dockerfile, expected) in [
        ("FROM node AS base\nENV PORT=4000\nFROM base\nEXPOSE 4000\n", &[][..]),
        ("ARG P=1\nFROM node\nARG P=5000\nENV PORT=${P}\nEXPOSE 5000\n", &["PORT"]),
        ("FROM node\nENV PORT=$P\nEXPOSE 5000\n", &[]),
        ("FROM node AS other\nEXPOSE 1\nFROM node\n", &[]),
        ("FROM node\nEXPOSE 9229 4000\n", &[]),
        ("FROM node\nEXPOSE 9229\n", &["exposes"]),
    ] {
        let messages = told("contract-drift", &[("api/Dockerfile", dockerfile)]);
        assert_eq!(messages.len(), expected.len(), "{dockerfile}{messages:?}");
        assert!(messages.iter().zip(expected).all(|(told, word)| told.contains(word)));
    }
}

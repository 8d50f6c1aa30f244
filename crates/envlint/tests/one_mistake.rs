//! One mistake is one finding: a line that several services read is told once, with all of them.

mod support;

use envlint::Report;
use support::check;

fn report(rule: &str, files: &[(&str, &str)]) -> Report {
    check(rule, files.iter().copied()).expect("the files can be checked").0
}

/// What is found, each with its places and how many scopes it has.
fn told(rule: &str, files: &[(&str, &str)]) -> Vec<(String, Vec<String>, usize)> {
    let findings = report(rule, files).findings.into_iter();
    let found = findings.map(|finding| {
        let places = finding.places.iter();
        let places = places.map(|at| format!("{}:{} {}", at.path, at.start.line, at.text));
        (finding.message, places.collect(), finding.scopes.len())
    });
    found.collect()
}

/// Two services in two environments, which read the same files.
const TWO_SERVICES: &str = "version = 1\n\n[environments]\nproduction = {}\nstaging = {}\n\n\
    [sources.env]\nfile = \"{environment}.env\"\n\n\
    [services.api]\nsources = [\"env\"]\n\n[services.api.variables]\n\
    DATABASE_URL = { type = \"database-url\", role = \"datastore\" }\n\n\
    [services.worker]\nsources = [\"env\"]\n\n[services.worker.variables]\n\
    DATABASE_URL = { type = \"database-url\", role = \"datastore\" }\n\n\
    [[relations]]\ndistinct-across-environments = [\"*.AUTH_SECRET\"]\n";

#[test]
fn a_secret_that_environments_share_is_one_line() {
    let env = "AUTH_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\n";
    let files = [("envlint.toml", TWO_SERVICES), ("production.env", env), ("staging.env", env)];
    let found = told("secret-reused-across-environments", &files);
    assert_eq!(
        found,
        [(
            "AUTH_SECRET of api and worker is the same in production and in staging".to_owned(),
            vec![
                "production.env:1 production has it from here".to_owned(),
                "staging.env:1 staging has the same text".to_owned()
            ],
            2
        )]
    );
}

#[test]
fn a_database_that_environments_share_is_one_line() {
    let env = "DATABASE_URL=postgresql://app:CANARY8Kd02mXq7@db.polyant.dev/app\n";
    let files = [("envlint.toml", TWO_SERVICES), ("production.env", env), ("staging.env", env)];
    let found = told("datastore-shared-across-environments", &files);
    assert_eq!(
        found,
        [(
            "DATABASE_URL of api and worker leads to one database in production and in staging"
                .to_owned(),
            vec![
                "production.env:1 production reads it here".to_owned(),
                "staging.env:1 staging reads it here".to_owned()
            ],
            4
        )]
    );
}

#[test]
fn a_secret_that_refers_to_another_one_has_one_line() {
    let manifest = "version = 1\n\n[services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n\
                    CALL_SECRET = { type = \"token\" }\n\n[[relations]]\n\
                    distinct = [\"api.AUTH_SECRET\", \"api.CALL_SECRET\"]\n";
    let compose = "services:\n  api:\n    environment:\n      AUTH_SECRET: ${AUTH_SECRET}\n      \
                   CALL_SECRET: ${AUTH_SECRET}\n";
    let env = "AUTH_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\n";
    let files = [("envlint.toml", manifest), ("compose.yaml", compose), (".env", env)];
    let found = told("secret-reused", &files);
    assert_eq!(
        found,
        [(
            "AUTH_SECRET of api and CALL_SECRET of api are the same".to_owned(),
            vec![
                ".env:1 AUTH_SECRET of api and CALL_SECRET of api read it here".to_owned(),
                "compose.yaml:4 AUTH_SECRET of api takes it from there".to_owned(),
                "compose.yaml:5 CALL_SECRET of api takes it from there".to_owned()
            ],
            1
        )]
    );
}

/// What is suggested must not be flagged in its turn.
#[test]
fn no_plain_address_is_suggested_where_a_plain_one_is_the_mistake() {
    let manifest = "version = 1\n\n[environments]\nproduction = {}\n\n[services.api]\n\n\
                    [services.api.variables]\nBASE_URL = { type = \"origin\", role = { public-url = {} } }\n";
    let nginx = "events {}\nhttp {\n  server {\n    listen 80;\n    server_name api.polyant.dev;\n    \
                 location / { proxy_pass http://127.0.0.1:4000; }\n  }\n}\n";
    let compose = "services:\n  api:\n    environment:\n      BASE_URL: http://api.polyant.dev\n    \
                   ports: [\"127.0.0.1:4000:4000\"]\n";
    let files = [("envlint.toml", manifest), ("compose.yaml", compose), ("nginx/app.conf", nginx)];
    let report = report("dev-value-in-production", &files);
    let write = report.findings[0].write.as_deref();
    assert_eq!(write, Some("BASE_URL: https://api.polyant.dev, once its proxy speaks TLS"));
}

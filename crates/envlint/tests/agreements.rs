//! What must hold between services: which services an agreement is about, and what counts as
//! their values.

mod support;

use support::check;

/// The messages of what a rule finds.
fn told(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let (report, _) = check(rule, files.iter().copied()).expect("the files can be checked");
    report.findings.into_iter().map(|finding| finding.message).collect()
}

/// Two front ends of one engine, as while one takes over from the other.
const TWO_FRONT_ENDS: &str = "version = 1\n\n[services.engine]\nschema = \"polyant/engine\"\n\n\
    [services.blue]\nschema = \"polyant/web\"\n\n[services.green]\nschema = \"polyant/web\"\n";

#[test]
fn every_service_with_a_schema_is_bound_by_its_agreements() {
    for (blue, green) in
        [("CANARY-kT9vLx2m", "CANARY-8Kd02mXq"), ("CANARY-8Kd02mXq", "CANARY-kT9vLx2m")]
    {
        let compose = format!(
            "services:\n  engine:\n    environment:\n      AUTH_SECRET: CANARY-8Kd02mXq\n  blue:\n    \
             environment:\n      AUTH_SECRET: {blue}\n  green:\n    environment:\n      \
             AUTH_SECRET: {green}\n"
        );
        let found = told(
            "shared-value-mismatch",
            &[("envlint.toml", TWO_FRONT_ENDS), ("compose.yaml", &compose)],
        );
        let other = if blue.ends_with("2m") { "blue" } else { "green" };
        assert_eq!(found, [format!("AUTH_SECRET differs between engine and {other}")]);
    }
}

#[test]
fn every_front_end_with_a_schema_may_call() {
    let compose = "services:\n  engine:\n    environment:\n      CORS_ORIGINS: https://blue.polyant.dev\n  \
                   blue:\n    ports: [\"127.0.0.1:3000:3000\"]\n  green:\n    ports: [\"127.0.0.1:3001:3000\"]\n";
    let nginx = "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    server_name blue.polyant.dev;\n    \
                 location / { proxy_pass http://127.0.0.1:3000; }\n  }\n  server {\n    listen 443 ssl;\n    \
                 server_name green.polyant.dev;\n    location / { proxy_pass http://127.0.0.1:3001; }\n  }\n}\n";
    let manifest = format!("{TWO_FRONT_ENDS}\n[environments]\nproduction = {{}}\n");
    let files =
        [("envlint.toml", &*manifest), ("compose.yaml", compose), ("nginx/app.conf", nginx)];
    let found = told("cors-origin-missing", &files);
    assert_eq!(
        found,
        ["CORS_ORIGINS of engine leaves out https://green.polyant.dev, where green answers"]
    );
}

/// A configuration lies beside the settings of every environment. That staging is like production
/// does not make production's servers its own.
#[test]
fn the_servers_of_production_are_no_front_ends_of_staging() {
    let manifest = "version = 1\n\n[environments]\nproduction = {}\n\
        staging = { like = \"production\" }\n\n[sources.stack]\n\
        compose = [\"compose.yaml\", \"{environment}.yaml\"]\n\n\
        [services.engine]\nschema = \"polyant/engine\"\n\n[services.web]\nschema = \"polyant/web\"\n";
    let origins = |origin: &str| {
        format!("services:\n  engine:\n    environment:\n      CORS_ORIGINS: {origin}\n")
    };
    let nginx = "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    server_name app.polyant.dev;\n    \
                 location / { proxy_pass http://127.0.0.1:3000; }\n  }\n}\n";
    let files = [
        ("envlint.toml", manifest),
        ("compose.yaml", "services:\n  web:\n    ports: [\"127.0.0.1:3000:3000\"]\n"),
        ("production.yaml", &*origins("https://app.polyant.dev")),
        ("staging.yaml", &*origins("https://app.staging.polyant.dev")),
        ("nginx/app.conf", nginx),
    ];
    assert_eq!(told("cors-origin-missing", &files), [""; 0]);
}

/// Two installations of one system: which engine belongs to which front end is told by the
/// projects that they are part of.
#[test]
fn installations_of_one_system_are_told_apart_by_their_sources() {
    let manifest = "version = 1\n\n[sources.eu]\ncompose = [\"eu/compose.yaml\"]\n\n[sources.us]\n\
        compose = [\"us/compose.yaml\"]\n\n\
        [services.eu-engine]\nschema = \"polyant/engine\"\nsources = [\"eu\"]\nworkload = \"engine\"\n\n\
        [services.eu-web]\nschema = \"polyant/web\"\nsources = [\"eu\"]\nworkload = \"web\"\n\n\
        [services.us-engine]\nschema = \"polyant/engine\"\nsources = [\"us\"]\n\n\
        [services.us-web]\nschema = \"polyant/web\"\nsources = [\"us\"]\n";
    let compose = |prefix: &str, engine: &str, web: &str| {
        format!(
            "services:\n  {prefix}engine:\n    environment:\n      AUTH_SECRET: {engine}\n  \
             {prefix}web:\n    environment:\n      AUTH_SECRET: {web}\n"
        )
    };
    let eu = compose("", "CANARY-8Kd02mXq", "CANARY-8Kd02mXq");
    let us = compose("us-", "CANARY-kT9vLx2m", "CANARY-5Wn3Qx8L");
    let files = [("envlint.toml", manifest), ("eu/compose.yaml", &eu), ("us/compose.yaml", &us)];
    let found = told("shared-value-mismatch", &files);
    assert_eq!(found, ["AUTH_SECRET differs between us-engine and us-web"]);
}

#[test]
fn one_purpose_of_a_secret_may_have_several_copies() {
    let manifest = "version = 1\n\n[services.blue]\nschema = \"prodgy/agentic\"\n\n\
                    [services.green]\nschema = \"prodgy/agentic\"\n";
    let of = |api: &str, agentic: &str| {
        format!(
            "    environment:\n      PRODGY_API_TOKEN: {api}\n      PRODGY_AGENTIC_TOKEN: {agentic}\n"
        )
    };
    let apart = of("CANARY-8Kd02mXq", "CANARY-kT9vLx2m");
    let reused = of("CANARY-8Kd02mXq", "CANARY-8Kd02mXq");
    let compose = format!("services:\n  blue:\n{apart}  green:\n{apart}");
    let files = [("envlint.toml", manifest), ("compose.yaml", &compose)];
    assert_eq!(told("secret-reused", &files), [""; 0]);
    let compose = format!("services:\n  blue:\n{reused}  green:\n{apart}");
    let files = [("envlint.toml", manifest), ("compose.yaml", &compose)];
    let found = told("secret-reused", &files);
    assert_eq!(found, ["PRODGY_API_TOKEN of blue and PRODGY_AGENTIC_TOKEN of blue are the same"]);
}

/// A value that must be the same in two services, with a default in one of them.
const WITH_DEFAULT: &str = "version = 1\n\n[services.api.variables]\n\
    BUCKET = { type = \"string\", default = \"files\", secret = false }\n\n\
    [services.worker.variables]\nBUCKET = { type = \"string\", secret = false }\n\n\
    [[relations]]\nsame = [\"api.BUCKET\", \"worker.BUCKET\"]\n";

#[test]
fn a_default_is_what_a_service_has() {
    let compose = |worker: &str| {
        format!(
            "services:\n  api:\n    image: api\n  worker:\n    environment:\n      BUCKET: {worker}\n"
        )
    };
    for (worker, wanted) in
        [("files", vec![]), ("archive", vec!["BUCKET differs between worker and api"])]
    {
        let compose = compose(worker);
        let files = [("envlint.toml", WITH_DEFAULT), ("compose.yaml", &compose)];
        assert_eq!(told("shared-value-mismatch", &files), wanted);
    }
    // The reverse: the one with the default is set, and the other one has nothing.
    let compose = "services:\n  api:\n    environment:\n      BUCKET: archive\n  worker:\n    image: worker\n";
    let files = [("envlint.toml", WITH_DEFAULT), ("compose.yaml", compose)];
    assert_eq!(told("shared-value-mismatch", &files), ["worker lacks BUCKET, which api has"]);
}

#[test]
fn two_defaults_are_the_business_of_their_schemas() {
    let manifest = WITH_DEFAULT.replace(
        "BUCKET = { type = \"string\", secret = false }",
        "BUCKET = { type = \"string\", default = \"archive\", secret = false }",
    );
    let compose = "services:\n  api:\n    image: api\n  worker:\n    image: worker\n";
    let files = [("envlint.toml", &*manifest), ("compose.yaml", compose)];
    assert_eq!(told("shared-value-mismatch", &files), [""; 0]);
    let compose = "services:\n  api:\n    environment:\n      BUCKET: archive\n  worker:\n    image: worker\n";
    let files = [("envlint.toml", &*manifest), ("compose.yaml", compose)];
    assert_eq!(told("shared-value-mismatch", &files), [""; 0]);
}

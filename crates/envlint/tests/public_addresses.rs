//! Addresses that the world sees, held against the proxies that serve them.

mod support;

use envlint::Report;
use support::check;

const RULE: &str = "public-url-mismatch";

fn report(rule: &str, files: &[(&str, &str)]) -> Report {
    check(rule, files.iter().copied()).expect("the files can be checked").0
}

/// The messages of what a rule finds, each with the first label.
fn told(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let findings = report(rule, files).findings.into_iter();
    findings.map(|finding| format!("{}: {}", finding.message, finding.places[0].text)).collect()
}

/// What is left open, each with the reason.
fn open(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let open = report(rule, files).unverified.into_iter();
    open.map(|each| format!("{}: {}", each.subject.name, each.reason)).collect()
}

/// A service that knows its own address, in an environment.
fn manifest(environment: &str, more: &str) -> String {
    format!(
        "version = 1\n\n[environments]\n{environment} = {{}}\n\n[services.api.variables]\n\
         BASE_URL = {{ type = \"origin\", role = {{ public-url = {{}} }} }}\n{more}"
    )
}

fn compose(address: &str) -> String {
    format!(
        "services:\n  api:\n    environment:\n      BASE_URL: {address}\n    \
         ports: [\"127.0.0.1:4000:4000\"]\n"
    )
}

const NGINX: &str = "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    \
    server_name api.polyant.dev;\n    location / { proxy_pass http://127.0.0.1:4000; }\n  }\n  \
    server {\n    listen 443 ssl;\n    server_name www.polyant.dev;\n    location / { return 204; }\n  \
    }\n}\n";

#[test]
fn a_host_is_served_by_the_server_that_nginx_picks() {
    let manifest = manifest("production", "");
    for (address, found) in [
        ("https://api.polyant.dev", None),
        ("https://API.polyant.dev", None),
        (
            "https://www.polyant.dev",
            Some("names a host under which no proxy serves it: another server has this name"),
        ),
        (
            "https://engine.polyant.dev",
            Some("names a host under which no proxy serves it: no server has this name"),
        ),
        (
            "https://api.polyant.dev:8443",
            Some("names a port at which no proxy serves it: api is served at port 443 with https"),
        ),
        (
            "http://api.polyant.dev",
            Some("names a port at which no proxy serves it: api is served at port 443 with https"),
        ),
        (
            "http://api.polyant.dev:443",
            Some(
                "has a scheme with which no proxy serves it: api is served at port 443 with https",
            ),
        ),
    ] {
        let compose = compose(address);
        let files =
            [("envlint.toml", &*manifest), ("compose.yaml", &compose), ("nginx/app.conf", NGINX)];
        let wanted: Vec<String> =
            found.iter().map(|how| format!("BASE_URL of api {how}")).collect();
        assert_eq!(told(RULE, &files), wanted, "{address}");
    }
}

#[test]
fn a_proxy_in_a_container_is_reached_by_what_it_publishes() {
    let manifest = manifest("production", "");
    let nginx = NGINX.replace("443", "8443").replace("127.0.0.1", "api");
    for (address, found) in [("https://api.polyant.dev", 0), ("https://api.polyant.dev:8443", 1)] {
        let compose = format!(
            "{}  proxy:\n    image: nginx\n    ports: [\"443:8443\"]\n    \
             volumes: [\"./nginx/app.conf:/etc/nginx/nginx.conf\"]\n",
            compose(address)
        );
        let files =
            [("envlint.toml", &*manifest), ("compose.yaml", &compose), ("nginx/app.conf", &nginx)];
        let found_now = told(RULE, &files);
        assert_eq!(found_now.len(), found, "{address}: {found_now:?}");
        assert!(found_now.iter().all(|told| told.ends_with("at port 443 with https")));
    }
}

#[test]
fn a_declared_proxy_hides_ports_and_may_hide_hosts() {
    let hop =
        |kind: &str| format!("\n[[proxy.hops]]\nkind = \"{kind}\"\nbefore = \"nginx/app.conf\"\n");
    for (kind, address, found, left_open) in [
        ("cloudflare", "https://api.polyant.dev:8443", 0, 0),
        ("cloudflare", "https://engine.polyant.dev", 1, 0),
        ("vercel", "https://engine.polyant.dev", 0, 1),
    ] {
        let manifest = manifest("production", &hop(kind));
        let compose = compose(address);
        let files =
            [("envlint.toml", &*manifest), ("compose.yaml", &compose), ("nginx/app.conf", NGINX)];
        assert_eq!(told(RULE, &files).len(), found, "{kind} {address}");
        assert_eq!(open(RULE, &files).len(), left_open, "{kind} {address}");
    }
}

#[test]
fn what_only_the_manifest_declares_is_not_verified() {
    let manifest =
        manifest("production", "\n[[proxy.hops]]\nkind = \"cloudflare\"\nbefore = \"api\"\n");
    let compose = compose("https://api.polyant.dev");
    let files = [("envlint.toml", &*manifest), ("compose.yaml", &compose)];
    assert_eq!(open(RULE, &files), ["BASE_URL: no file says which hosts Cloudflare serves"]);
}

#[test]
fn a_configuration_of_production_says_nothing_of_staging() {
    let manifest = manifest("staging", "");
    let compose = compose("https://api.staging.polyant.dev");
    let files =
        [("envlint.toml", &*manifest), ("compose.yaml", &compose), ("nginx/app.conf", NGINX)];
    assert_eq!(told(RULE, &files), [""; 0]);
}

#[test]
fn of_several_environments_like_production_the_proxies_speak_of_those_that_they_serve() {
    let manifest = "version = 1\n\n[environments]\nproduction = {}\n\
        staging = { like = \"production\" }\n\n[sources.stack]\n\
        compose = [\"compose.yaml\", \"{environment}.yaml\"]\n\n[services.api.variables]\n\
        BASE_URL = { type = \"origin\", role = { public-url = {} } }\n\
        AUTH_URL = { type = \"origin\", role = { public-url = {} } }\n";
    let two = |base: &str, auth: &str| {
        format!(
            "services:\n  api:\n    environment:\n      BASE_URL: {base}\n      AUTH_URL: {auth}\n"
        )
    };
    let (api, staging) = ("https://api.polyant.dev", "https://api.staging.polyant.dev");
    for (production, found) in
        [(two(api, api), 0), (two(api, staging), 1), (two(staging, staging), 2)]
    {
        let files = [
            ("envlint.toml", manifest),
            ("compose.yaml", "services:\n  api:\n    ports: [\"127.0.0.1:4000:4000\"]\n"),
            ("production.yaml", &*production),
            ("staging.yaml", &two(staging, staging)),
            ("nginx/app.conf", NGINX),
        ];
        assert_eq!(told(RULE, &files).len(), found, "{production}");
    }
}

const TWO: &str = "\n[services.web.variables]\n\
    API_URL = { type = \"origin\", role = { public-url = { service = \"api\" } } }\n";

#[test]
fn without_a_proxy_all_addresses_of_a_service_are_one() {
    let two = |address: &str| {
        format!(
            "{}  web:\n    environment:\n      API_URL: {address}\n",
            compose("https://api.polyant.dev")
        )
    };
    let manifest = manifest("staging", TWO);
    for (address, found) in [
        ("https://api.polyant.dev/", 0),
        ("https://api.polyant.dev:443", 0),
        ("http://localhost:4000", 0),
        ("https://polyant.dev", 1),
        ("http://api.polyant.dev", 1),
    ] {
        let compose = two(address);
        let files = [("envlint.toml", &*manifest), ("compose.yaml", &compose)];
        assert_eq!(told(RULE, &files).len(), found, "{address}");
    }
}

/// What must agree is told by the rule that is about agreements, and once.
#[test]
fn an_agreement_that_does_not_hold_is_told_as_that() {
    let relation = "\n[[relations]]\nsame = [\"api.BASE_URL\", \"web.API_URL\"]\n";
    for environment in ["production", "staging"] {
        let manifest = manifest(environment, &format!("{TWO}{relation}"));
        let compose = format!(
            "{}  web:\n    environment:\n      API_URL: https://engine.polyant.dev\n",
            compose("https://api.polyant.dev")
        );
        let files =
            [("envlint.toml", &*manifest), ("compose.yaml", &compose), ("nginx/app.conf", NGINX)];
        assert_eq!(told(RULE, &files), [""; 0], "{environment}");
        assert_eq!(told("shared-value-mismatch", &files).len(), 1, "{environment}");
    }
}

#[test]
fn an_address_that_is_not_known_is_not_verified() {
    let manifest = manifest("production", "").replace(
        "[services.api.variables]",
        "[sources.stack]\ncompose = [\"compose.yaml\"]\n\n[sources.names]\nnames = \"names.json\"\n\n\
         [services.api]\nsources = [\"stack\", \"names\"]\n\n[services.api.variables]",
    );
    let compose = "services:\n  api:\n    ports: [\"127.0.0.1:4000:4000\"]\n";
    let files = [
        ("envlint.toml", &*manifest),
        ("compose.yaml", compose),
        ("names.json", "[\"BASE_URL\"]"),
        ("nginx/app.conf", NGINX),
    ];
    assert_eq!(told(RULE, &files), [""; 0]);
    assert_eq!(open(RULE, &files), ["BASE_URL: set elsewhere, names.json holds names only"]);
}

/// A variable that is read twice is one address all the same.
#[test]
fn what_is_built_in_is_what_runs() {
    let manifest = "version = 1\n\n[environments]\nstaging = {}\n\n[services.web.variables]\n\
        BASE_URL = { type = \"origin\", phase = \"both\", role = { public-url = {} } }\n";
    let compose = "services:\n  web:\n    build:\n      context: .\n      args:\n        \
                   BASE_URL: https://a.polyant.dev\n    environment:\n      BASE_URL: https://b.polyant.dev\n";
    let files = [("envlint.toml", manifest), ("compose.yaml", compose)];
    let found = told(RULE, &files);
    assert_eq!(
        found,
        ["BASE_URL of web is another address in the build than when it runs: web reads it here"]
    );
}

const CALLS: &str = "\n[services.web.variables]\n\
    API_URL = { type = \"url\", secret = false, role = { internal-url = { service = \"api\" } } }\n";

/// A caller in Compose, with these further lines.
fn caller(lines: &str) -> String {
    format!(
        "{}  web:\n    environment:\n      API_URL: https://api.polyant.dev/v1\n{lines}",
        compose("https://api.polyant.dev")
    )
}

#[test]
fn the_internal_address_is_right_from_where_the_caller_runs() {
    let manifest = manifest("production", CALLS);
    for (lines, write) in [
        ("", Some("http://api:4000 in the place of scheme, host and port")),
        (
            "    network_mode: host\n",
            Some("http://127.0.0.1:4000 in the place of scheme, host and port"),
        ),
        // Nothing in common: the public way is the only one.
        ("    networks: [other]\nnetworks:\n  other: {}\n", None),
    ] {
        let compose = caller(lines);
        let files =
            [("envlint.toml", &*manifest), ("compose.yaml", &compose), ("nginx/app.conf", NGINX)];
        let report = report("internal-call-via-public", &files);
        let written: Vec<&str> =
            report.findings.iter().filter_map(|each| each.write.as_deref()).collect();
        assert_eq!(written, Vec::from_iter(write), "{lines}");
    }
}

/// A line that is also read as a public address must stay one.
#[test]
fn no_fix_changes_a_line_that_others_read() {
    let manifest = manifest("production", CALLS);
    let compose = "services:\n  api:\n    environment:\n      BASE_URL: ${API_URL}\n    \
                   ports: [\"127.0.0.1:4000:4000\"]\n  web:\n    environment:\n      API_URL: ${API_URL}\n";
    let files = [
        ("envlint.toml", &*manifest),
        ("compose.yaml", compose),
        (".env", "API_URL=https://api.polyant.dev\n"),
        ("nginx/app.conf", NGINX),
    ];
    let report = report("internal-call-via-public", &files);
    assert_eq!(report.findings.len(), 1);
    assert!(report.findings[0].fixes.is_empty());
}

/// Two installations of one system on one host: each caller is told its own.
#[test]
fn of_several_with_one_schema_the_one_that_the_host_leads_to_is_named() {
    let manifest = "version = 1\n\n[environments]\nproduction = {}\n\n\
        [services.eu]\nschema = \"polyant/engine\"\n\n[services.us]\nschema = \"polyant/engine\"\n\n\
        [services.web]\nschema = \"polyant/web\"\n";
    let compose = "services:\n  eu:\n    ports: [\"127.0.0.1:4000:4000\"]\n  us:\n    \
                   ports: [\"127.0.0.1:4001:4000\"]\n  web:\n    environment:\n      \
                   INTERNAL_ENGINE_URL: https://us.polyant.dev\n";
    let nginx = "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    server_name eu.polyant.dev;\n    \
                 location / { proxy_pass http://127.0.0.1:4000; }\n  }\n  server {\n    listen 443 ssl;\n    \
                 server_name us.polyant.dev;\n    location / { proxy_pass http://127.0.0.1:4001; }\n  }\n}\n";
    let files = [("envlint.toml", manifest), ("compose.yaml", compose), ("nginx/app.conf", nginx)];
    let found = told("internal-call-via-public", &files);
    assert_eq!(
        found,
        ["INTERNAL_ENGINE_URL of web calls us by its public address: web reaches us as us:4000"]
    );
}

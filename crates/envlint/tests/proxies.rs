//! Which of the proxy rules speaks: one mistake, one finding, and none where nothing is wrong.

use std::sync::Arc;

use envlint::report::Report;
use envlint::{Date, MemoryFiles, Options, ProcessEnvironment};

const RULES: [&str; 8] = [
    "forwarded-header-missing",
    "forwarded-header-spoofable",
    "header-inheritance-lost",
    "proxied-but-untrusted",
    "trust-all-proxies",
    "trust-hops-mismatch",
    "trust-setting-misread",
    "trusted-but-directly-reachable",
];

/// Every header that a service asks for, appended or overwritten as an edge should.
const HEADERS: &str = "proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme; \
    proxy_set_header X-Forwarded-Host $host; \
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";

const CLOUDFLARE: &str = "[[proxy.hops]]\nkind = \"cloudflare\"\nbefore = \"nginx.conf\"\n";

/// A service behind proxies.
struct Stack<'a> {
    /// The role of the variable TRUST.
    role: &'a str,
    /// What Compose sets: entries of a mapping, or a whole list.
    variables: &'a str,
    /// The published port.
    port: &'a str,
    /// More of the manifest.
    manifest: &'a str,
    /// nginx on the host.
    nginx: &'a str,
}

const EXPRESS: &str = "trust-proxy = { framework = \"express\", reads = \"number-or-boolean\" }";
const RAW: &str = "trust-proxy = { framework = \"express\", reads = \"raw-text\" }";
const AUTH_JS: &str = "trust-host = { framework = \"auth-js\", reads = \"any-text\" }";

impl Default for Stack<'_> {
    fn default() -> Self {
        Self {
            role: EXPRESS,
            variables: "TRUST: \"1\"",
            port: "127.0.0.1:4000:4000",
            manifest: "",
            nginx: "",
        }
    }
}

impl Stack<'_> {
    fn check(&self) -> Report {
        let manifest = format!(
            "version = 1\n[environments]\nproduction = {{}}\n\
             [sources.compose]\ncompose = [\"compose.yaml\"]\n\
             [services.api]\nsources = [\"compose\"]\n[services.api.variables]\n\
             TRUST = {{ type = \"string\", secret = false, role = {{ {} }} }}\n\
             AUTH_URL = {{ type = \"string\", secret = false }}\n{}",
            self.role, self.manifest
        );
        let environment = match self.variables.starts_with('[') {
            true => self.variables.to_owned(),
            false => format!("{{ {} }}", self.variables),
        };
        let compose = format!(
            "services:\n  api:\n    environment: {environment}\n    ports: [\"{}\"]\n",
            self.port
        );
        let mut files =
            MemoryFiles::new().with("envlint.toml", manifest).with("compose.yaml", compose);
        if !self.nginx.is_empty() {
            files.insert("nginx.conf", self.nginx);
        }
        let date = Date::new(2027, 1, 1).expect("a date");
        let select = RULES.map(str::to_owned).to_vec();
        let options = Options { select, ..Options::new(date) };
        envlint::check(Arc::new(files), &ProcessEnvironment::default(), &options)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The rules that speak, and what could not be verified.
    fn says(&self) -> (Vec<&'static str>, Vec<String>) {
        let report = self.check();
        let open = report.unverified.iter().map(|open| open.reason.clone()).collect();
        (report.findings.iter().map(|finding| finding.rule).collect(), open)
    }

    fn assert(&self, rules: &[&str]) {
        let (spoken, open) = self.says();
        assert_eq!((spoken.as_slice(), open.len()), (rules, 0), "{:?} {open:?}", self.nginx);
    }

    /// The one finding, as a person reads it.
    fn told(&self) -> String {
        let report = self.check();
        let [finding] = report.findings.as_slice() else {
            panic!("{} findings", report.findings.len())
        };
        let write = finding.write.as_deref().unwrap_or_default();
        format!("{}\n{write}", finding.message)
    }
}

fn server(inside: &str) -> String {
    format!("server {{ listen 443 ssl; server_name api.example.org; {inside} }}")
}

fn to_api(headers: &str) -> String {
    server(&format!("location / {{ proxy_pass http://127.0.0.1:4000; {headers} }}"))
}

#[test]
fn one_proxy_that_appends() {
    let nginx = &*to_api(HEADERS);
    let stack = |variables| Stack { variables, nginx, ..Stack::default() };
    stack("TRUST: \"1\"").assert(&[]);
    stack("TRUST: \"2\"").assert(&["trust-hops-mismatch"]);
    stack("TRUST: \"true\"").assert(&["trust-all-proxies"]);
    stack("TRUST: \"0\"").assert(&["proxied-but-untrusted"]);
    stack("OTHER: x").assert(&["proxied-but-untrusted"]);
    let told = stack("TRUST: \"2\"").told();
    assert_eq!(told, "api trusts 2 proxies, but 1 stands before it\nTRUST: \"1\"");
    let told = stack("[TRUST=2]").told();
    assert_eq!(told, "api trusts 2 proxies, but 1 stands before it\n- TRUST=1");
}

#[test]
fn a_cdn_before_it_counts_and_can_be_passed_by() {
    let nginx = &*to_api(HEADERS);
    let stack =
        |variables, nginx| Stack { variables, manifest: CLOUDFLARE, nginx, ..Stack::default() };
    stack("TRUST: \"1\"", nginx).assert(&["trust-hops-mismatch"]);
    stack("TRUST: \"2\"", nginx).assert(&["trusted-but-directly-reachable"]);
    let guarded = nginx.replace("listen", "allow 192.0.2.0/24; deny all; listen");
    stack("TRUST: \"2\"", &guarded).assert(&[]);
}

#[test]
fn a_cdn_stands_before_the_outer_of_two_layers() {
    let front = server(
        "allow 192.0.2.0/24; deny all; location / { HEADERS proxy_pass http://127.0.0.1:8081; }",
    );
    let inner = "server { listen 127.0.0.1:8081; location / { HEADERS proxy_pass http://127.0.0.1:4000; } }";
    let nginx =
        format!("{front} {inner}").replace("HEADERS", &HEADERS.replacen("$scheme", "https", 1));
    let stack =
        |variables| Stack { variables, manifest: CLOUDFLARE, nginx: &nginx, ..Stack::default() };
    stack("TRUST: \"3\"").assert(&[]);
    let told = stack("TRUST: \"2\"").told();
    assert_eq!(told, "api trusts 2 proxies, but 3 stand before it\nTRUST: \"3\"");
}

#[test]
fn a_header_that_is_not_set_is_told_once() {
    let check = |headers: &str, rules: &[&str]| {
        Stack { nginx: &to_api(headers), ..Stack::default() }.assert(rules);
    };
    check("", &["forwarded-header-missing"]);
    for line in HEADERS.split_inclusive(';').map(str::trim) {
        let others = HEADERS.replace(line, "");
        let rule = match line.contains("Host $host") && !line.contains("X-") {
            // X-Forwarded-Host says the same.
            true => None,
            false if line.contains("Proto") => Some("forwarded-header-missing"),
            false => Some("forwarded-header-spoofable"),
        };
        check(&others, rule.as_slice());
    }
    check("proxy_set_header X-Forwarded-For $remote_addr;", &["forwarded-header-missing"]);
}

#[test]
fn a_lost_header_is_told_as_that_alone() {
    let lost =
        "location /events { proxy_pass http://127.0.0.1:4000; proxy_set_header Connection \"\"; }";
    let nginx =
        server(&format!("{HEADERS} location / {{ proxy_pass http://127.0.0.1:4000; }} {lost}"));
    Stack { nginx: &nginx, ..Stack::default() }.assert(&["header-inheritance-lost"]);
    let stack = Stack { nginx: &nginx, variables: "TRUST: \"2\"", ..Stack::default() };
    stack.assert(&["trust-hops-mismatch", "header-inheritance-lost"]);
}

#[test]
fn of_many_lost_headers_some_are_listed() {
    let lines = |count: usize| -> String {
        (10..10 + count).map(|at| format!("proxy_set_header X-Forwarded-{at} $host;")).collect()
    };
    let lost = "location / { proxy_pass http://127.0.0.1:4000; proxy_set_header A \"\"; }";
    let finding = |count| {
        let nginx = server(&format!("{} {lost}", lines(count)));
        let stack = Stack { variables: "OTHER: x", nginx: &nginx, ..Stack::default() };
        let mut findings = stack.check().findings;
        findings.retain(|finding| finding.rule == "header-inheritance-lost");
        assert_eq!(findings.len(), 1);
        findings.remove(0)
    };
    let write = |count| finding(count).write.unwrap_or_default();
    assert!(finding(20).message.contains("X-Forwarded-28 and X-Forwarded-29 by"));
    assert!(write(20).ends_with("$host;\nonce more, in the block"));
    assert!(finding(21).message.contains("X-Forwarded-29 and others by"));
    assert!(write(21).ends_with("once more, in the block, and the others"));
}

#[test]
fn what_of_a_configuration_is_not_read_is_told() {
    let nginx = to_api(&format!("{HEADERS} include nginx.conf;"));
    let (rules, open) = Stack { nginx: &nginx, ..Stack::default() }.says();
    assert_eq!((rules, open), (vec![], vec!["it includes a file that includes it".to_owned()]));
}

#[test]
fn ways_of_different_length_have_no_number_in_common() {
    let inner = format!(
        "server {{ listen 127.0.0.1:8081; location / {{ proxy_pass http://127.0.0.1:4000; {HEADERS} }} }}"
    );
    let long = format!("location /long {{ proxy_pass http://127.0.0.1:8081; {HEADERS} }}");
    let short = format!("location /short {{ proxy_pass http://127.0.0.1:4000; {HEADERS} }}");
    let both = format!("{} {inner}", server(&format!("{long} {short}")));
    for number in ["1", "2"] {
        let variables = &*format!("TRUST: \"{number}\"");
        let told = Stack { nginx: &both, variables, ..Stack::default() }.check().findings;
        let told: Vec<_> =
            told.iter().filter(|finding| finding.rule == "trust-hops-mismatch").collect();
        let [finding] = told.as_slice() else { panic!("{} findings", told.len()) };
        assert!(finding.message.contains("no number is right"), "{}", finding.message);
    }
}

#[test]
fn a_proxy_that_loses_the_client_is_named() {
    let nginx = to_api(&HEADERS.replace("$proxy_add_x_forwarded_for", "$remote_addr"));
    let stack =
        |variables| Stack { variables, manifest: CLOUDFLARE, nginx: &nginx, ..Stack::default() };
    let told = stack("TRUST: \"2\"").told();
    assert_eq!(
        told,
        "api trusts 2 proxies, and no number is right for what stands before it\n\
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; at hop 2, nginx, and then \
         TRUST: \"2\""
    );
}

#[test]
fn whoever_is_asked_for_the_client_must_be_trusted_itself() {
    let asked = "set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For; real_ip_recursive on;";
    let headers = HEADERS.replace("$proxy_add_x_forwarded_for", "$remote_addr");
    let nginx =
        server(&format!("{asked} location / {{ proxy_pass http://127.0.0.1:4000; {headers} }}"));
    let told = Stack { nginx: &nginx, ..Stack::default() }.told();
    assert!(
        told.starts_with("api believes X-Forwarded-For as a client sends it\nset_real_ip_from")
    );
}

#[test]
fn a_published_port_is_told_whatever_stands_before_it() {
    let nginx = &*to_api(HEADERS);
    let port = "4000:4000";
    let rules = &["trusted-but-directly-reachable"];
    Stack { nginx, port, ..Stack::default() }.assert(rules);
    let auth = |variables| Stack { role: AUTH_JS, variables, nginx, port, ..Stack::default() };
    auth("AUTH_TRUST_HOST: x, TRUST: \"true\"").assert(rules);
    // Nothing is taken from requests where the address is given.
    auth("TRUST: \"true\", AUTH_URL: \"https://api.example.org\"").assert(&[]);
}

#[test]
fn what_is_not_known_is_listed() {
    let no_proxy = "no proxy before api is known: declare it under [[proxy.hops]]";
    assert_eq!(Stack::default().says(), (vec![], vec![no_proxy.to_owned()]));
    let render = "[[proxy.hops]]\nkind = \"render\"\nbefore = \"api\"\n";
    let (rules, open) = Stack { manifest: render, ..Stack::default() }.says();
    assert!(rules.is_empty());
    assert!(open.iter().any(|why| why.starts_with("behind Render: Render does not")), "{open:?}");
    Stack { variables: "TRUST: \"0\"", ..Stack::default() }.assert(&[]);
    let (rules, open) = Stack { nginx: &to_api("include proxy.conf;"), ..Stack::default() }.says();
    assert!(rules.is_empty(), "{rules:?}");
    let not_seen = "is not known: a file that is included there is not seen";
    assert!(open.iter().any(|why| why.ends_with(not_seen)), "{open:?}");
}

#[test]
fn a_setting_that_is_misread_is_told_as_that_alone() {
    let nginx = &*to_api("");
    for (role, variables) in [
        (RAW, "TRUST: \"1\""),
        (RAW, "TRUST: \"true\""),
        (EXPRESS, "TRUST: \"yes\""),
        (EXPRESS, "TRUST: \"1.5\""),
        (AUTH_JS, "TRUST: \"false\""),
        (AUTH_JS, "TRUST: \"true\", AUTH_URL: \"\""),
        (AUTH_JS, "TRUST: \"\", VERCEL: \"1\""),
    ] {
        Stack { role, variables, nginx, port: "4000:4000", ..Stack::default() }
            .assert(&["trust-setting-misread"]);
    }
    let untrusted = Stack { role: RAW, variables: "TRUST: \"0\"", nginx, ..Stack::default() };
    untrusted.assert(&["proxied-but-untrusted"]);
}

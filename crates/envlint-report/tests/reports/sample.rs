//! A check of a made-up stack, its findings written as rules would.

use std::sync::Arc;

use envlint_model::{
    Confidence, Finding, Fix, FixSafety, Form, Name, Phase, Scope, Severity, SourceFile, Sources,
    Span, Subject, SubjectKind, Unverifiable,
};
use envlint_report::{EnvironmentSummary, Report, RuleDoc, locate, not_verified};
use zeroize::Zeroizing;

const ENV: &str = "\
# production, CANARY of last year\n\
\n\
PUBLIC_URL=https://app.example.org\n\
\n\
POSTGRES_PASSWORD=CANARY-database\n\
\n\
ENCRYPTION_KEY=CANARY00112233445566778899aabbccddeeff # was CANARYff\n\
\n\
AUTH_SECRET=CANARY-engine\n\
\n\
\n\
SMTP_PASSWORD=CANARY#mail\n";

const WEB_ENV: &str = "# web\n\nAUTH_SECRET=CANARY-web\n";

const ADMIN_ENV: &str = "\n\n\nAUTH_TRUST_HOST=false\n";

const COMPOSE: &str = "\
services:\n\
\x20 engine:\n\
\x20   environment:\n\
\x20     ADMIN_TOKEN: CANARY-inline\n\
\x20     TRUST_PROXY: \"1\"\n\
\x20 web:\n\
\x20   environment:\n\
\x20     AUTH_SECRET: ${AUTH_SECRET}\n";

const NGINX: &str = "\
server {\n\
\x20   location / {\n\
\x20       proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
\x20       proxy_pass http://inner;\n\
\x20   }\n\
}\n";

const VAULT: &str = "DATABASE_URL=postgres://app:CANARY@db/app\nSESSION_TTL=0\n";

/// A path and a name as an attacker would write them.
const HOSTILE_PATH: &str = "evil\x1b[2K\n\u{202e}vne.:7,1%.env";
const HOSTILE: &str = "A\x1b]0;x\x07\u{2066}B=CANARY\n";

/// The names whose values the made-up schema calls public.
const PUBLIC: [&str; 4] = ["AUTH_TRUST_HOST", "PUBLIC_URL", "SESSION_TTL", "TRUST_PROXY"];

pub(crate) struct Sample {
    sources: Sources,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let sources = Sources::default();
        for (path, form, text) in [
            (".env.production", Form::Plain, ENV),
            ("web/.env.production", Form::Plain, WEB_ENV),
            ("admin/.env.production", Form::Plain, ADMIN_ENV),
            ("docker-compose.yml", Form::Plain, COMPOSE),
            ("edge/nginx.conf", Form::Plain, NGINX),
            ("inner/nginx.conf", Form::Plain, NGINX),
            ("secrets/production.env.age", Form::Decrypted, VAULT),
            (HOSTILE_PATH, Form::Plain, HOSTILE),
        ] {
            sources.add(path.into(), form, Zeroizing::new(Box::from(text)));
        }
        Self { sources }
    }

    fn file(&self, path: &str) -> Arc<SourceFile> {
        let files = self.sources.all();
        files.into_iter().find(|file| file.path().as_str() == path).unwrap()
    }

    /// The first place of `text` in a file.
    fn span(&self, path: &str, text: &str) -> Span {
        let file = self.file(path);
        let start = file.text().find(text).unwrap();
        file.span(start..start + text.len())
    }

    /// The report of everything that is wrong.
    pub(crate) fn report(&self) -> Report {
        Report {
            version: "0.1.0".to_owned(),
            environments: vec![environment("production", 2)],
            findings: locate(self.findings(), &self.sources, &visible),
            unverified: not_verified(self.unverifiable(), &self.sources, &visible),
            hidden: 2,
            passed: 120,
            anchor: Some("envlint.toml".into()),
        }
    }

    /// The report when all is well.
    pub(crate) fn clean(&self) -> Report {
        let unverified = not_verified(self.unverifiable(), &self.sources, &visible);
        Report { findings: Vec::new(), unverified, ..self.report() }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = self.about_values();
        findings.extend(self.about_proxies());
        findings.extend(self.missing());
        findings
    }

    fn about_values(&self) -> Vec<Finding> {
        let env = ".env.production";
        let quote =
            Fix { title: "quote the value".to_owned(), safety: FixSafety::Safe, edits: Vec::new() };
        vec![
            error(
                "invalid-key",
                variable("engine", "ENCRYPTION_KEY"),
                "ENCRYPTION_KEY of engine is 31 bytes, 32 are needed",
            )
            .at(
                self.span(env, "CANARY00112233445566778899aabbccddeeff"),
                "62 hexadecimal digits decode to 31 bytes",
            )
            .happens("engine refuses to start: its schema asks for a 32-byte hex key (AES-256)")
            .write(
                "a new one, 64 hexadecimal digits from `openssl rand -hex 32`; if data is \
                     already encrypted with the old key, restore that key instead",
            ),
            error(
                "shared-value-mismatch",
                Subject::new(SubjectKind::Relation, "AUTH_SECRET"),
                "AUTH_SECRET differs between engine and web",
            )
            .at(self.span(env, "AUTH_SECRET"), "engine reads it here")
            .at(
                self.span("web/.env.production", "AUTH_SECRET"),
                "web reads it here, shadowing docker-compose.yml:8",
            )
            .happens("web signs sessions that engine rejects: nobody can sign in")
            .write("one source for both, such as a line in the common env_file"),
            warning(
                "reader-divergence",
                variable("engine", "SMTP_PASSWORD"),
                "SMTP_PASSWORD is not the same text for compose and for node",
            )
            .at(self.span(env, "CANARY#mail"), "node stops at the `#`; compose keeps what follows")
            .write("SMTP_PASSWORD='***'   (single quotes: the same in both)")
            .fix(quote),
            warning(
                "constraint-violated",
                variable("web", "SESSION_TTL"),
                "SESSION_TTL of web is below 60",
            )
            .at(self.span("secrets/production.env.age", "SESSION_TTL=0"), "seconds"),
            error(
                "syntax-error",
                Subject::new(SubjectKind::File, HOSTILE_PATH),
                "a name holds \x1b[31mcontrol characters\u{202e}",
            )
            .at(self.span(HOSTILE_PATH, HOSTILE.trim_end()), "on line 1\n::error::no"),
        ]
        .into_iter()
        .map(|finding| finding.scopes([scope()]))
        .collect()
    }

    fn about_proxies(&self) -> Vec<Finding> {
        vec![
            error(
                "trust-hops-mismatch",
                variable("engine", "TRUST_PROXY"),
                "engine trusts 1 proxy, but 2 stand before it",
            )
            .at(
                self.span("docker-compose.yml", "\"1\""),
                "Express takes the address one hop back: that is the inner nginx",
            )
            .at(
                self.span("edge/nginx.conf", "proxy_set_header"),
                "hop 1 appends the client to X-Forwarded-For",
            )
            .at(self.span("inner/nginx.conf", "proxy_set_header"), "hop 2 appends hop 1")
            .happens(
                "every client has the address of hop 1: one rate-limit bucket for all, and \
                     logs that say nothing",
            )
            .write("TRUST_PROXY: \"2\"")
            .see("envlint explain trust-hops-mismatch"),
            error(
                "trust-setting-misread",
                variable("admin", "AUTH_TRUST_HOST"),
                "AUTH_TRUST_HOST=false turns host trust on",
            )
            .at(
                self.span("admin/.env.production", "AUTH_TRUST_HOST=false"),
                "Auth.js takes any non-empty text for yes",
            )
            .happens("a request with a forged Host header can steer sign-in redirects")
            .write(
                "`AUTH_TRUST_HOST=true` once edge/nginx.conf overwrites X-Forwarded-Host (it \
                     passes the client's: line 3); without a proxy, remove the line",
            ),
            Finding::new(
                "start-order-unguarded",
                Severity::Info,
                Confidence::Medium,
                Subject::new(SubjectKind::Service, "web"),
                "web may start before engine answers",
            ),
        ]
    }

    fn missing(&self) -> Vec<Finding> {
        let place = self.span("docker-compose.yml", "engine");
        [
            ("DATABASE_URL", "a PostgreSQL URL", None),
            ("CORS_ORIGINS", "the origins of the front ends", Some("CORS_ORIGINS=https://...")),
            ("REDIS_URL", "a Redis URL", None),
        ]
        .into_iter()
        .map(|(name, item, write)| {
            let finding = error(
                "missing-required",
                variable("engine", name),
                &format!("{name} of engine is not set"),
            )
            .at(place, "engine is defined here")
            .happens("engine refuses to start")
            .grouped("required variables of engine are not set", item);
            match write {
                Some(write) => finding.write(write),
                None => finding,
            }
        })
        .collect()
    }

    fn unverifiable(&self) -> Vec<Unverifiable> {
        let open = |rule, name: &str| Unverifiable {
            rule,
            subject: variable("web", name),
            reason: "a Key Vault reference".to_owned(),
            span: Some(self.span("docker-compose.yml", "AUTH_SECRET")),
            scopes: vec![scope()],
        };
        vec![
            open("url-scheme", "DATABASE_URL"),
            open("weak-secret", "SESSION_SECRET"),
            open("constraint-violated", "DATABASE_URL"),
        ]
    }
}

/// What a schema would let through: names with their separators, and the values of [`PUBLIC`].
pub(crate) fn visible(file: &SourceFile, line: Span) -> Vec<Span> {
    let text = file.slice(line);
    let start = line.start as usize;
    let Some(at) = text.find(['=', ':']) else {
        let name = text.len() - text.trim_start().len();
        return vec![file.span(start..start + name)];
    };
    let blank = text[at + 1..].len() - text[at + 1..].trim_start().len();
    let value = at + 1 + blank;
    let end = if PUBLIC.contains(&text[..at].trim()) { text.len() } else { value };
    vec![file.span(start..start + end)]
}

fn error(rule: &'static str, subject: Subject, message: &str) -> Finding {
    Finding::new(rule, Severity::Error, Confidence::High, subject, message)
}

fn warning(rule: &'static str, subject: Subject, message: &str) -> Finding {
    Finding::new(rule, Severity::Warning, Confidence::Medium, subject, message)
}

fn variable(service: &str, name: &str) -> Subject {
    Subject::variable(&Name::new(service), name)
}

fn scope() -> Scope {
    Scope {
        environment: "production".into(),
        deployment: None,
        workload: "engine".into(),
        phase: Phase::Run,
    }
}

pub(crate) fn environment(name: &str, proxies: usize) -> EnvironmentSummary {
    let name = name.into();
    let routes = 2 * proxies;
    EnvironmentSummary { name, services: 2, variables: 31, routes, proxies, files: 9 }
}

/// Documentation of the rules that the sample uses.
pub(crate) fn rules() -> Vec<RuleDoc> {
    [
        ("constraint-violated", "schema", Severity::Error),
        ("invalid-key", "schema", Severity::Error),
        ("missing-required", "schema", Severity::Error),
        ("reader-divergence", "syntax", Severity::Warning),
        ("shared-value-mismatch", "relation", Severity::Error),
        ("start-order-unguarded", "platform", Severity::Info),
        ("syntax-error", "syntax", Severity::Error),
        ("trust-hops-mismatch", "proxy", Severity::Error),
        ("trust-setting-misread", "proxy", Severity::Error),
        ("url-scheme", "schema", Severity::Error),
        ("weak-secret", "secret", Severity::Error),
    ]
    .into_iter()
    .map(|(name, group, severity)| RuleDoc {
        name,
        group,
        summary: "something is not as it must be",
        markdown: "something is not as it must be\n\nWhat it leads to, told in a\nparagraph.\n"
            .to_owned(),
        severity,
        confidence: Confidence::High,
        since: "0.1.0",
    })
    .collect()
}

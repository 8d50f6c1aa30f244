//! Every fact about PROTEA's configuration that a schema can carry: for each one environment that
//! it accepts and one that it rejects. The numbers are those of the list of facts.

mod support;

#[path = "support/facts.rs"]
mod facts;

use envlint_schema::{AgreementKind, Check, Part, Phases, Role};
use facts::{Changes, NOTHING, agree, build, default, found, local, production, role, schema};
use support::TOKEN;

/// The least that the API runs with in production.
const API: &[(&str, &str)] = &[
    ("PROTEA_DB_URL", "postgresql+psycopg://protea:CANARY@localhost:5432/protea"),
    ("PROTEA_AMQP_URL", "amqp://protea:CANARY@localhost:5672/"),
    ("PROTEA_JWT_SECRET", TOKEN),
    ("PROTEA_ADMIN_TOKEN", TOKEN),
    ("PROTEA_ALLOWED_ORIGINS", "https://protea.dev"),
];

/// The least that workers run with in production.
const WORKERS: &[(&str, &str)] = &[
    ("PROTEA_DB_URL", "postgresql+psycopg://protea:CANARY@localhost:5432/protea"),
    ("PROTEA_AMQP_URL", "amqp://protea:CANARY@localhost:5672/"),
    ("PROTEA_ANC2VEC_PATH", "/srv/protea/anc2vec_2020-10.npz"),
];

fn api(changes: Changes) -> Vec<Check> {
    found("protea/api", API, changes, &production())
}

fn workers(changes: Changes) -> Vec<Check> {
    found("protea/workers", WORKERS, changes, &production())
}

fn web(changes: Changes) -> Vec<Check> {
    found("protea/web", &[], changes, &production())
}

/// Both services that are made of the Python package.
fn both(changes: Changes) -> Vec<Check> {
    let found = api(changes);
    assert_eq!(found, workers(changes), "{changes:?}");
    found
}

#[test]
fn the_least_that_runs_is_accepted() {
    assert_eq!(both(&[]), NOTHING);
    assert_eq!(web(&[]), NOTHING);
}

#[test]
fn one_file_serves_all_three() {
    let web = &[("NEXT_PUBLIC_API_URL", Some("/api-proxy")), ("PROTEA_API_URL", Some("http://a"))];
    assert_eq!(both(web), NOTHING);
    let everything = [API, WORKERS].concat();
    for service in ["protea/api", "protea/workers", "protea/web"] {
        assert_eq!(found(service, &everything, &[], &production()), NOTHING, "{service}");
    }
}

#[test]
fn s004_04_the_api_listens_on_8000_and_answers_health_checks() {
    let service = schema("protea/api").service;
    assert_eq!((service.port, service.health.as_deref()), (Some(8000), Some("/health")));
    assert_eq!(schema("protea/workers").service.port, None);
}

#[test]
fn s004_06_web_listens_on_3000() {
    let service = schema("protea/web").service;
    assert_eq!(service.port, Some(3000));
    assert_eq!(service.port_variable.as_deref(), Some("PORT"));
    assert_eq!(role("protea/web", "PORT"), Some(Role::ListenPort));
    assert_eq!(web(&[("PORT", Some("3OOO"))]), [Check::TypeMismatch]);
}

#[test]
fn s004_09_where_web_passes_calls_on_to_is_built_in() {
    let schema = schema("protea/web");
    for name in ["PROTEA_API_URL", "NEXT_PUBLIC_API_URL", "NEXT_PUBLIC_ENABLE_DB_RESET"] {
        assert_eq!(schema.variable(name).unwrap().phases, Phases::Build, "{name}");
    }
    let service = "protea/api".to_owned();
    assert_eq!(role("protea/web", "PROTEA_API_URL"), Some(Role::InternalUrl { service }));
    assert_eq!(default("protea/web", "PROTEA_API_URL").as_deref(), Some("http://localhost:8000"));
    let built = |changes: Changes| found("protea/web", &[], changes, &build());
    for text in ["/api-proxy", "http://127.0.0.1:8000", "https://api.protea.dev"] {
        assert_eq!(built(&[("NEXT_PUBLIC_API_URL", Some(text))]), NOTHING, "{text}");
    }
    for text in ["api-proxy", "//api.protea.dev", "https://"] {
        let found = built(&[("NEXT_PUBLIC_API_URL", Some(text))]);
        assert_eq!(found, [Check::ConstraintViolated], "{text}");
    }
    let reset = |text| built(&[("NEXT_PUBLIC_ENABLE_DB_RESET", Some(text))]);
    assert_eq!(reset("false"), NOTHING);
    assert_eq!(reset("true"), [Check::ForbiddenInEnvironment]);
}

#[test]
fn s004_13_callers_have_to_prove_who_they_are_unless_that_is_switched_off() {
    assert_eq!(default("protea/api", "PROTEA_AUTHN_REQUIRED").as_deref(), Some("true"));
    assert_eq!(api(&[("PROTEA_AUTHN_REQUIRED", Some("yes"))]), NOTHING);
    let off = [("PROTEA_AUTHN_REQUIRED", Some("false"))];
    assert_eq!(api(&off), [Check::ForbiddenInEnvironment]);
    assert_eq!(found("protea/api", API, &off, &local()), NOTHING);
    // The empty text is none of the words that switch it on.
    assert_eq!(api(&[("PROTEA_AUTHN_REQUIRED", Some(""))]), [Check::EmptyValue]);
    // The runbook's name, which nothing reads.
    assert_eq!(api(&[("AUTHN_REQUIRED", Some("false"))]), [Check::RetiredVariable]);
}

#[test]
fn s004_14_with_authentication_the_api_needs_a_secret_to_sign_with() {
    // Authentication is on by default.
    assert_eq!(api(&[("PROTEA_JWT_SECRET", None)]), [Check::MissingRequired]);
    assert_eq!(api(&[("PROTEA_JWT_SECRET", Some(""))]), [Check::MissingRequired]);
    assert_eq!(api(&[("PROTEA_JWT_SECRET", Some(&TOKEN[..31]))]), [Check::ConstraintViolated]);
    let without = ("PROTEA_JWT_SECRET", None);
    let off = [("PROTEA_AUTHN_REQUIRED", Some("false")), without];
    assert_eq!(found("protea/api", API, &off, &local()), NOTHING);
    let on = [("PROTEA_AUTHN_REQUIRED", Some("1")), without];
    assert_eq!(found("protea/api", API, &on, &local()), [Check::MissingRequired]);
    // The runbook's name, which nothing reads.
    let runbook = [without, ("JWT_SECRET", Some(TOKEN))];
    assert_eq!(api(&runbook), [Check::MissingRequired, Check::RetiredVariable]);
    assert_eq!(workers(&[without]), NOTHING);
}

#[test]
fn s004_16_the_variables_of_the_runbook_are_known() {
    let url = |text| both(&[("PROTEA_DB_URL", Some(text))]);
    assert_eq!(url("postgresql+psycopg://protea:p%40ss@db/protea"), NOTHING);
    assert_eq!(url("postgresql://protea:CANARY@db/protea"), [Check::UrlScheme]);
    let queue = |text| both(&[("PROTEA_AMQP_URL", Some(text))]);
    assert_eq!(queue("amqps://protea:CANARY@queue/jobs"), NOTHING);
    assert_eq!(queue("http://queue:15672"), [Check::UrlScheme]);
    for name in ["PROTEA_DB_URL", "PROTEA_AMQP_URL"] {
        assert_eq!(both(&[(name, None)]), [Check::UnsafeDefault], "{name}");
        assert_eq!(both(&[(name, Some(""))]), [Check::UnsafeDefault], "{name}");
        assert_eq!(found("protea/api", API, &[(name, None)], &local()), NOTHING, "{name}");
    }
    assert_eq!(both(&[("PROTEA_STORAGE_BACKEND", Some("s3"))]), [Check::TypeMismatch]);
    assert_eq!(default("protea/api", "PROTEA_STORAGE_BACKEND").as_deref(), Some("local"));
    assert_eq!(workers(&[("PROTEA_ANC2VEC_PATH", None)]), [Check::MissingRecommended]);
    let relative = [("PROTEA_ANC2VEC_PATH", Some("artifacts/anc2vec_2020-10.npz"))];
    assert_eq!(workers(&relative), [Check::TypeMismatch]);
    let telemetry = ("PROTEA_OTEL_ENABLED", Some("on"));
    let endpoint = |text| ("PROTEA_OTEL_ENDPOINT", Some(text));
    assert_eq!(both(&[telemetry, endpoint("http://collector:4318")]), NOTHING);
    assert_eq!(both(&[telemetry]), [Check::MissingRecommended]);
    let path = [telemetry, endpoint("http://collector:4318/v1/traces")];
    assert_eq!(both(&path), [Check::OriginForm]);
    let other_name = [("PROTEA_OTLP_ENDPOINT", Some("http://collector:4318"))];
    assert_eq!(both(&other_name), [Check::UnknownVariable]);
    let ratio = [("PROTEA_OTEL_SAMPLE_RATIO", Some("10"))];
    assert_eq!(both(&ratio), [Check::ConstraintViolated]);
}

#[test]
fn s004_17_minio_is_needed_where_artefacts_are_kept_there() {
    let minio = [
        ("PROTEA_STORAGE_BACKEND", Some("minio")),
        ("PROTEA_MINIO_ENDPOINT", Some("localhost:9000")),
        ("PROTEA_MINIO_BUCKET", Some("protea")),
        ("PROTEA_MINIO_ACCESS_KEY", Some("CANARY")),
        ("PROTEA_MINIO_SECRET_KEY", Some(TOKEN)),
    ];
    assert_eq!(both(&minio), NOTHING);
    for left_out in 1..minio.len() {
        let mut partly = minio;
        partly[left_out].1 = None;
        assert_eq!(both(&partly), [Check::MissingRequired], "{}", minio[left_out].0);
    }
    assert_eq!(both(&minio[1..]), NOTHING);
    let endpoint = [("PROTEA_MINIO_ENDPOINT", Some("http://localhost:9000"))];
    assert_eq!(both(&endpoint), [Check::ConstraintViolated]);
}

#[test]
fn s004_33_one_set_of_variables_serves_every_way_to_deploy() {
    let same = |variable, part| {
        let members = [format!("protea/api.{variable}"), format!("protea/workers.{variable}")];
        agree(AgreementKind::Same, part, &members.each_ref().map(String::as_str))
    };
    assert!(same("PROTEA_DB_URL", Part::Database));
    assert!(same("PROTEA_AMQP_URL", Part::Host) && same("PROTEA_AMQP_URL", Part::Path));
    assert!(same("PROTEA_STORAGE_BACKEND", Part::Whole));
    assert!(same("PROTEA_MINIO_BUCKET", Part::Whole));
    // A Swarm mounts these as files.
    for name in ["PROTEA_DB_URL", "PROTEA_AMQP_URL", "PROTEA_ADMIN_TOKEN"] {
        let file = format!("{name}_FILE");
        assert_eq!(api(&[(name, None), (&file, Some("/run/secrets/x"))])[..], NOTHING, "{name}");
    }
    assert_eq!(api(&[("PROTEA_ADMIN_TOKEN", None)]), [Check::UnsafeDefault]);
    assert_eq!(api(&[("PROTEA_ALLOWED_ORIGINS", None)]), [Check::UnsafeDefault]);
    assert_eq!(api(&[("PROTEA_ALLOWED_ORIGINS", Some("*"))]), [Check::CorsWildcard]);
    assert!(agree(
        AgreementKind::Allows(vec!["protea/web".into()]),
        Part::Whole,
        &["protea/api.PROTEA_ALLOWED_ORIGINS"]
    ));
}

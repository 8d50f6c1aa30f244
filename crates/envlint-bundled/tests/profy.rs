//! Every fact about Profy's configuration that a schema can carry: for each one environment that
//! it accepts and one that it rejects. The numbers are those of the list of facts.

mod support;

#[path = "support/facts.rs"]
mod facts;

use envlint_schema::{Check, Phases, Role};
use facts::{Changes, NOTHING, build, default, found, local, production, role, schema};
use support::TOKEN;

/// The least that core runs with in production.
const CORE: &[(&str, &str)] = &[
    ("DATABASE_URL", "mysql://profy:CANARY@mysql:3306/profy"),
    ("REDIS_URL", "redis://redis:6379"),
    ("JWT_SECRET", TOKEN),
    ("MINIO_ENDPOINT", "http://minio:9000"),
    ("MINIO_ACCESS_KEY", "CANARY-core"),
    ("MINIO_SECRET_KEY", TOKEN),
    ("AGENT_INVOKE_URL", "http://agent-runtime:8000"),
];

/// The least that web runs with in production, so that everything works.
const WEB: &[(&str, &str)] =
    &[("BACKEND_URL", "http://agent-runtime:8000"), ("CORE_API_URL", "http://core:8080")];

fn core(changes: Changes) -> Vec<Check> {
    found("profy/core", CORE, changes, &production())
}

fn web(changes: Changes) -> Vec<Check> {
    found("profy/web", WEB, changes, &production())
}

fn runtime(changes: Changes) -> Vec<Check> {
    found("profy/agent-runtime", &[], changes, &production())
}

/// A variable without which core does not run, and that may not be empty.
fn required(name: &str) {
    assert_eq!(core(&[(name, None)]), [Check::MissingRequired], "{name}");
    assert_eq!(core(&[(name, Some(""))]), [Check::EmptyValue], "{name}");
}

#[test]
fn the_least_that_runs_is_accepted() {
    assert_eq!(core(&[]), NOTHING);
    assert_eq!(web(&[]), NOTHING);
    assert_eq!(runtime(&[]), NOTHING);
}

#[test]
fn s000_06_core_listens_on_8080() {
    assert_eq!(schema("profy/core").service.port, Some(8080));
}

#[test]
fn s000_07_web_listens_on_3000() {
    let service = schema("profy/web").service;
    assert_eq!(service.port, Some(3000));
    assert_eq!(service.port_variable.as_deref(), Some("PORT"));
    assert_eq!(role("profy/web", "PORT"), Some(Role::ListenPort));
    assert_eq!(web(&[("PORT", Some("3001"))]), NOTHING);
    assert_eq!(web(&[("PORT", Some("http"))]), [Check::TypeMismatch]);
}

#[test]
fn s000_08_the_agent_runtime_listens_on_8000() {
    assert_eq!(schema("profy/agent-runtime").service.port, Some(8000));
}

#[test]
fn s000_09_redis_holds_sessions_and_is_found_by_its_url() {
    assert_eq!(role("profy/core", "REDIS_URL"), Some(Role::Datastore));
    assert_eq!(core(&[("REDIS_URL", Some("redis:6379"))]), [Check::UrlScheme]);
}

#[test]
fn s000_13_core_answers_health_checks() {
    assert_eq!(schema("profy/core").service.health.as_deref(), Some("/health"));
    assert_eq!(schema("profy/web").service.health, None);
}

#[test]
fn s000_19_web_streams_under_five_paths() {
    let streams = ["agent", "sessions", "tools", "skills", "credits"].map(|p| format!("/api/{p}"));
    assert_eq!(schema("profy/web").service.streams, streams);
    assert!(schema("profy/core").service.streams.is_empty());
}

#[test]
fn s000_25_core_needs_a_mysql_url() {
    required("DATABASE_URL");
    let url = |text| core(&[("DATABASE_URL", Some(text))]);
    assert_eq!(url("mysql://profy:p%40ss@db/profy"), NOTHING);
    assert_eq!(url("postgresql://profy:CANARY@db/profy"), [Check::UrlScheme]);
    assert_eq!(url("mysql://profy:CANARY@db"), [Check::UrlScheme]);
    assert_eq!(url("mysql://profy:p@ss/CANARY@db/profy"), [Check::UrlCredentialsUnencoded]);
}

#[test]
fn s000_26_core_needs_a_redis_url() {
    required("REDIS_URL");
    assert_eq!(core(&[("REDIS_URL", Some("rediss://:CANARY@cache.profy.dev/1"))]), NOTHING);
    assert_eq!(core(&[("REDIS_URL", Some("http://redis:6379"))]), [Check::UrlScheme]);
}

#[test]
fn s000_27_core_needs_a_secret_to_sign_with() {
    required("JWT_SECRET");
    assert!(schema("profy/core").variable("JWT_SECRET").unwrap().is_secret());
    assert_eq!(role("profy/core", "JWT_SECRET"), Some(Role::SharedToken));
}

#[test]
fn s000_28_core_needs_minio_with_both_halves_of_its_key() {
    for name in ["MINIO_ENDPOINT", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"] {
        required(name);
    }
    assert_eq!(core(&[("MINIO_ENDPOINT", Some("minio:9000"))]), [Check::UrlScheme]);
    assert_eq!(core(&[("MINIO_SECRET_KEY", Some("CANARY"))]), [Check::ConstraintViolated]);
    assert!(schema("profy/core").variable("MINIO_SECRET_KEY").unwrap().is_secret());
}

#[test]
fn s000_29_payments_need_application_and_merchant() {
    let (app, merchant) =
        (("WECHAT_PAY_APP_ID", Some("wx0123")), ("WECHAT_PAY_MCH_ID", Some("1230000109")));
    assert_eq!(core(&[app, merchant]), NOTHING);
    assert_eq!(core(&[app]), [Check::MissingRequired]);
    assert_eq!(core(&[merchant]), [Check::MissingRequired]);
    assert_eq!(core(&[app, ("WECHAT_PAY_MCH_ID", Some(""))]), [Check::MissingRequired]);
}

#[test]
fn s000_30_without_an_address_for_tasks_their_results_are_invented() {
    assert_eq!(core(&[("AGENT_INVOKE_URL", None)]), [Check::UnsafeDefault]);
    assert_eq!(core(&[("AGENT_INVOKE_URL", Some(""))]), [Check::UnsafeDefault]);
    assert_eq!(found("profy/core", CORE, &[("AGENT_INVOKE_URL", None)], &local()), NOTHING);
    assert_eq!(core(&[("AGENT_INVOKE_URL", Some("agent-runtime:8000"))]), [Check::UrlScheme]);
}

#[test]
fn s000_31_text_messages_need_the_other_half_of_their_key() {
    let id = ("ALIYUN_SMS_ACCESS_KEY_ID", Some("CANARY-id"));
    assert_eq!(core(&[id, ("ALIYUN_SMS_ACCESS_KEY_SECRET", Some("CANARY"))]), NOTHING);
    assert_eq!(core(&[id]), [Check::MissingRecommended]);
}

#[test]
fn s000_32_cores_public_address_is_built_into_web() {
    let built = |changes: Changes| found("profy/web", &[], changes, &build());
    assert_eq!(built(&[("NEXT_PUBLIC_API_URL", Some("https://profy.dev"))]), NOTHING);
    assert_eq!(built(&[]), [Check::MissingRequired]);
    assert_eq!(built(&[("NEXT_PUBLIC_API_URL", Some("profy.dev"))]), [Check::UrlScheme]);
    let schema = schema("profy/web");
    assert_eq!(schema.variable("NEXT_PUBLIC_API_URL").unwrap().phases, Phases::Build);
    let service = Some("profy/core".to_owned());
    assert_eq!(role("profy/web", "NEXT_PUBLIC_API_URL"), Some(Role::PublicUrl { service }));
}

#[test]
fn s000_33_the_chat_needs_the_agent_runtimes_address() {
    assert_eq!(web(&[("BACKEND_URL", None)]), [Check::MissingRecommended]);
    assert_eq!(web(&[("BACKEND_URL", Some("agent-runtime:8000"))]), [Check::UrlScheme]);
    let service = "profy/agent-runtime".to_owned();
    assert_eq!(role("profy/web", "BACKEND_URL"), Some(Role::InternalUrl { service }));
}

#[test]
fn s000_34_in_compose_web_needs_cores_address() {
    assert_eq!(web(&[("CORE_API_URL", None)]), [Check::MissingRequired]);
    let elsewhere = envlint_schema::Context { platform: Some("node".into()), ..production() };
    assert_eq!(found("profy/web", WEB, &[("CORE_API_URL", None)], &elsewhere), NOTHING);
    let service = "profy/core".to_owned();
    assert_eq!(role("profy/web", "CORE_API_URL"), Some(Role::InternalUrl { service }));
}

#[test]
fn s000_35_core_chooses_the_sandboxes_template() {
    assert_eq!(default("profy/core", "SANDBOX_E2B_TEMPLATE_ID").as_deref(), Some("profy-sandbox"));
    assert_eq!(core(&[("SANDBOX_E2B_TEMPLATE_ID", Some("CANARY"))]), NOTHING);
    assert_eq!(core(&[("SANDBOX_E2B_TEMPLATE", Some("CANARY"))]), [Check::UnknownVariable]);
}

#[test]
fn s000_36_the_agent_runtime_chooses_the_provider_alone() {
    assert_eq!(runtime(&[("SANDBOX_PROVIDER", Some("docker"))]), NOTHING);
    assert_eq!(runtime(&[("SANDBOX_PROVIDER", Some("E2B"))]), [Check::TypeMismatch]);
    let e2b = ("SANDBOX_PROVIDER", Some("e2b"));
    assert_eq!(runtime(&[e2b, ("E2B_API_KEY", Some("CANARY"))]), NOTHING);
    assert_eq!(runtime(&[e2b]), [Check::MissingRecommended]);
    assert_eq!(runtime(&[("SANDBOX_E2B_TEMPLATE_ID", Some("x"))]), [Check::UnknownVariable]);
    assert_eq!(core(&[("SANDBOX_PROVIDER", Some("docker"))]), [Check::UnknownVariable]);
}

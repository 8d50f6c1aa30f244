//! Every fact about Polyant's configuration that a schema can carry: for each one environment
//! that it accepts and one that it rejects. The numbers are those of the list of facts.

mod support;

use envlint_model::{Phase, Truth};
use envlint_schema::{
    AgreementKind, Check, Context, HostReading, Part, Requirement, Role, Schema, TrustReading,
    evaluate,
};
use support::{ENGINE, KEY, TOKEN, WEB, environment, values};

/// What is set, or taken away (`None`), on top of an environment that is in order.
type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

fn schema(name: &str) -> Schema {
    envlint_bundled::schema(name).unwrap()
}

fn behind_proxy() -> Context {
    Context { behind_proxy: Truth::True, ..Context::production() }
}

fn found(service: &str, base: &[(&str, &str)], changes: Changes, context: &Context) -> Vec<Check> {
    let mut environment = environment(base);
    for (name, text) in changes {
        match text {
            Some(text) => environment.insert((*name).to_owned(), (*text).to_owned()),
            None => environment.remove(*name),
        };
    }
    let schema = schema(service);
    let violations = evaluate(&schema, &values(&environment), context);
    violations.iter().map(|violation| violation.kind.check()).collect()
}

fn engine(changes: Changes) -> Vec<Check> {
    found("polyant/engine", ENGINE, changes, &behind_proxy())
}

fn web(changes: Changes) -> Vec<Check> {
    found("polyant/web", WEB, changes, &behind_proxy())
}

const NOTHING: [Check; 0] = [];

/// The role that a service's variable plays.
fn role(service: &str, variable: &str) -> Option<Role> {
    schema(service).variable(variable).unwrap().role.clone()
}

/// Whether some agreement of a kind is about exactly these variables.
fn agree(kind: AgreementKind, part: Part, members: &[&str]) -> bool {
    envlint_bundled::agreements().iter().any(|agreement| {
        let named = agreement.members.iter().map(|m| format!("{}.{}", m.service, m.variable));
        agreement.kind == kind
            && agreement.part() == Some(part)
            && named.collect::<Vec<_>>() == members
    })
}

#[test]
fn the_least_that_runs_is_accepted() {
    assert_eq!(engine(&[]), NOTHING);
    assert_eq!(web(&[]), NOTHING);
}

#[test]
fn s003_01_the_services_listen_on_4000_and_3000() {
    for (name, port, variable) in
        [("polyant/engine", 4000, "API_PORT"), ("polyant/web", 3000, "PORT")]
    {
        let service = schema(name).service;
        assert_eq!(service.port, Some(port));
        assert_eq!(service.port_variable.as_deref(), Some(variable));
        assert_eq!(role(name, variable), Some(Role::ListenPort));
    }
    assert_eq!(engine(&[("API_PORT", Some("4001"))]), NOTHING);
    assert_eq!(engine(&[("API_PORT", Some("http"))]), [Check::TypeMismatch]);
}

#[test]
fn s003_04_the_engine_needs_a_postgresql_url() {
    assert_eq!(engine(&[("DATABASE_URL", Some("postgres://u:p%40ss@db/polyant"))]), NOTHING);
    assert_eq!(engine(&[("DATABASE_URL", None)]), [Check::MissingRequired]);
    assert_eq!(engine(&[("DATABASE_URL", Some("mysql://u:p@db/polyant"))]), [Check::UrlScheme]);
    let unencoded = Some("postgresql://polyant:p@ss/w0rd@postgres/polyant");
    assert_eq!(engine(&[("DATABASE_URL", unencoded)]), [Check::UrlCredentialsUnencoded]);
    // The engine puts the URL together itself where it has a password.
    assert_eq!(engine(&[("DATABASE_URL", None), ("POSTGRES_PASSWORD", Some("CANARY"))]), NOTHING);
}

#[test]
fn s003_05_encryption_key_is_32_bytes_hex() {
    assert_eq!(engine(&[("ENCRYPTION_KEY", Some(&KEY.to_uppercase()))]), NOTHING);
    assert_eq!(engine(&[("ENCRYPTION_KEY", Some(&KEY[2..]))]), [Check::InvalidKey]);
    assert_eq!(engine(&[("ENCRYPTION_KEY", Some(""))]), [Check::EmptyValue]);
    assert_eq!(engine(&[("ENCRYPTION_KEY", None)]), [Check::MissingRequired]);
}

#[test]
fn s003_06_auth_secret_has_32_characters_and_is_webs() {
    assert_eq!(engine(&[("AUTH_SECRET", Some(&TOKEN[..32]))]), NOTHING);
    assert_eq!(engine(&[("AUTH_SECRET", Some(&TOKEN[..31]))]), [Check::ConstraintViolated]);
    assert_eq!(engine(&[("AUTH_SECRET", None)]), [Check::MissingRequired]);
    let both = ["polyant/engine.AUTH_SECRET", "polyant/web.AUTH_SECRET"];
    assert!(agree(AgreementKind::Same, Part::Whole, &both));
}

#[test]
fn s003_07_auth_internal_secret_has_16_characters_and_is_webs() {
    assert_eq!(engine(&[("AUTH_INTERNAL_SECRET", Some(&TOKEN[..16]))]), NOTHING);
    assert_eq!(
        engine(&[("AUTH_INTERNAL_SECRET", Some(&TOKEN[..15]))]),
        [Check::ConstraintViolated]
    );
    // The template ships it empty, and with an empty one the engine does not start.
    assert_eq!(engine(&[("AUTH_INTERNAL_SECRET", Some(""))]), [Check::EmptyValue]);
    let both = ["polyant/engine.AUTH_INTERNAL_SECRET", "polyant/web.AUTH_INTERNAL_SECRET"];
    assert!(agree(AgreementKind::Same, Part::Whole, &both));
}

#[test]
fn s003_08_cors_origins_are_listed_in_production() {
    let list = Some("https://app.example.com, https://admin.example.com");
    assert_eq!(engine(&[("CORS_ORIGINS", list)]), NOTHING);
    assert_eq!(engine(&[("CORS_ORIGINS", None)]), [Check::MissingRequired]);
    assert_eq!(engine(&[("CORS_ORIGINS", Some(""))]), [Check::MissingRequired]);
    assert_eq!(
        engine(&[("CORS_ORIGINS", Some("https://app.example.com,*"))]),
        [Check::CorsWildcard]
    );
    assert_eq!(engine(&[("CORS_ORIGINS", Some("https://app.example.com/"))]), [Check::OriginForm]);
    assert_eq!(engine(&[("CORS_ORIGINS", Some("https://:3000"))]), [Check::ListItemInvalid]);
    assert!(agree(
        AgreementKind::Allows(vec!["polyant/web".into()]),
        Part::Whole,
        &["polyant/engine.CORS_ORIGINS"]
    ));
    let local = Context { like_production: false, ..behind_proxy() };
    assert_eq!(found("polyant/engine", ENGINE, &[("CORS_ORIGINS", None)], &local), NOTHING);
}

#[test]
fn s003_09_trust_proxy_is_a_number_of_hops_behind_a_proxy() {
    for text in ["0", "2", "true", "false"] {
        assert_eq!(engine(&[("TRUST_PROXY", Some(text))]), NOTHING);
    }
    assert_eq!(engine(&[("TRUST_PROXY", None)]), [Check::MissingRequired]);
    assert_eq!(engine(&[("TRUST_PROXY", Some("10.0.0.0/8"))]), [Check::TypeMismatch]);
    assert_eq!(engine(&[("TRUST_PROXY", Some("-1"))]), [Check::ConstraintViolated]);
    let direct = Context { behind_proxy: Truth::False, ..behind_proxy() };
    assert_eq!(found("polyant/engine", ENGINE, &[("TRUST_PROXY", None)], &direct), NOTHING);
    let Some(Role::TrustProxy { reads, .. }) = role("polyant/engine", "TRUST_PROXY") else {
        panic!()
    };
    assert_eq!(reads, TrustReading::NumberOrBoolean);
}

#[test]
fn s003_10_base_url_is_the_engines_public_origin() {
    assert_eq!(engine(&[("BASE_URL", Some("https://engine.example.com"))]), NOTHING);
    assert_eq!(engine(&[("BASE_URL", Some("https://engine.example.com/"))]), [Check::OriginForm]);
    assert_eq!(engine(&[("BASE_URL", Some("engine.example.com"))]), [Check::OriginForm]);
    assert_eq!(role("polyant/engine", "BASE_URL"), Some(Role::PublicUrl { service: None }));
    assert_eq!(engine(&[("BASE_URL", None)]), [Check::MissingRecommended]);
}

#[test]
fn s003_11_an_empty_administrators_address_is_refused() {
    assert_eq!(engine(&[("INITIAL_ADMIN_EMAIL", Some("ops@example.com"))]), NOTHING);
    assert_eq!(engine(&[("INITIAL_ADMIN_EMAIL", Some(""))]), [Check::EmptyValue]);
    assert_eq!(engine(&[("INITIAL_ADMIN_EMAIL", Some("ops"))]), [Check::TypeMismatch]);
    let schema = schema("polyant/engine");
    let default = schema.variable("INITIAL_ADMIN_EMAIL").unwrap().default.as_deref();
    assert_eq!(default, Some("administrator@local"));
}

#[test]
fn s003_12_without_an_administrators_password_one_is_printed() {
    assert_eq!(engine(&[("INITIAL_ADMIN_PASSWORD", Some("CANARY"))]), NOTHING);
    assert_eq!(engine(&[("INITIAL_ADMIN_PASSWORD", None)]), [Check::UnsafeDefault]);
    assert_eq!(engine(&[("INITIAL_ADMIN_PASSWORD", Some(""))]), [Check::UnsafeDefault]);
}

#[test]
fn s003_13_the_s3_settings_are_all_or_none() {
    let all = ["BUCKET", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"]
        .map(|n| format!("PLATFORM_S3_{n}"));
    let set = |text| all.iter().map(move |name| (name.as_str(), Some(text))).collect::<Vec<_>>();
    assert_eq!(engine(&set("CANARY")), NOTHING);
    assert_eq!(engine(&set("CANARY")[..3]), [Check::AllOrNonePartial]);
    // As the template ships them.
    assert_eq!(engine(&set("")), NOTHING);
}

#[test]
fn s003_14_node_env_is_production_in_production() {
    assert_eq!(engine(&[("NODE_ENV", Some("production"))]), NOTHING);
    assert_eq!(engine(&[("NODE_ENV", Some("development"))]), [Check::ForbiddenInEnvironment]);
    assert_eq!(engine(&[("NODE_ENV", Some("prod"))]), [Check::TypeMismatch]);
    assert_eq!(engine(&[("DEBUG_LLM_PAYLOAD", Some("0"))]), NOTHING);
    assert_eq!(engine(&[("DEBUG_LLM_PAYLOAD", Some("1"))]), [Check::ForbiddenInEnvironment]);
    assert_eq!(engine(&[("NODE_ENV", None)]), [Check::MissingRecommended]);
}

#[test]
fn s003_15_the_debounce_is_a_number_of_milliseconds() {
    assert_eq!(engine(&[("MESSAGE_SOFT_DEBOUNCE_MS", Some("2500"))]), NOTHING);
    for (text, check) in
        [("2s", Check::TypeMismatch), ("-1", Check::ConstraintViolated), ("", Check::EmptyValue)]
    {
        let typing = ("MESSAGE_TYPING_DELAY_MS", Some("0"));
        assert_eq!(engine(&[("MESSAGE_SOFT_DEBOUNCE_MS", Some(text)), typing])[0], check, "{text}");
    }
}

#[test]
fn s003_16_typing_starts_within_the_debounce() {
    assert_eq!(engine(&[("MESSAGE_TYPING_DELAY_MS", Some("2000"))]), NOTHING);
    assert_eq!(engine(&[("MESSAGE_TYPING_DELAY_MS", Some("2001"))]), [Check::OrderViolated]);
    assert_eq!(engine(&[("MESSAGE_SOFT_DEBOUNCE_MS", Some("1000"))]), [Check::OrderViolated]);
}

#[test]
fn s003_17_restarts_may_be_none() {
    assert_eq!(engine(&[("MESSAGE_MAX_RESTARTS", Some("0"))]), NOTHING);
    assert_eq!(engine(&[("MESSAGE_MAX_RESTARTS", Some("-3"))]), [Check::ConstraintViolated]);
}

/// A variable of the engine that takes positive numbers only, and refuses an empty text.
fn positive(name: &str, default: &str) {
    assert_eq!(engine(&[(name, Some(default))]), NOTHING);
    assert_eq!(engine(&[(name, Some("0"))])[0], Check::ConstraintViolated);
    assert_eq!(engine(&[(name, Some(""))]), [Check::EmptyValue]);
    let schema = schema("polyant/engine");
    assert_eq!(schema.variable(name).unwrap().default.as_deref(), Some(default));
}

#[test]
fn s003_18_the_call_timeout_is_positive() {
    positive("AGENT_CALL_TIMEOUT_MS", "60000");
}

#[test]
fn s003_19_one_user_has_no_more_streams_than_all() {
    positive("SSE_MAX_CONNECTIONS", "50");
    positive("SSE_MAX_CONNECTIONS_PER_USER", "5");
    assert_eq!(engine(&[("SSE_MAX_CONNECTIONS_PER_USER", Some("51"))]), [Check::OrderViolated]);
    assert_eq!(engine(&[("SSE_MAX_CONNECTIONS", Some("4"))]), [Check::OrderViolated]);
}

#[test]
fn s003_20_retention_is_positive() {
    positive("ANALYTICS_RETENTION_DAYS", "90");
}

#[test]
fn s003_21_the_number_of_documents_is_positive() {
    positive("KNOWLEDGE_MAX_DOCS_PER_INSTANCE", "500");
}

#[test]
fn s003_22_the_similarity_is_between_0_and_1() {
    for text in ["0", "0.90", "1"] {
        assert_eq!(engine(&[("DEDUP_SIMILARITY_THRESHOLD", Some(text))]), NOTHING);
    }
    assert_eq!(engine(&[("DEDUP_SIMILARITY_THRESHOLD", Some("90"))]), [Check::ConstraintViolated]);
    assert_eq!(engine(&[("DEDUP_SIMILARITY_THRESHOLD", Some("0,9"))]), [Check::TypeMismatch]);
    // An empty text is read as 0: everything is a duplicate.
    assert_eq!(engine(&[("DEDUP_SIMILARITY_THRESHOLD", Some(""))]), [Check::EmptyValue]);
    let schema = schema("polyant/engine");
    assert_eq!(
        schema.variable("DEDUP_SIMILARITY_THRESHOLD").unwrap().default.as_deref(),
        Some("0.9")
    );
}

#[test]
fn s003_23_time_zone_and_locale_exist() {
    assert_eq!(
        engine(&[("DATETIME_TIMEZONE", Some("Europe/Paris")), ("DATETIME_LOCALE", Some("fr-FR"))]),
        NOTHING
    );
    assert_eq!(engine(&[("DATETIME_TIMEZONE", Some("Europe/Pari"))]), [Check::TypeMismatch]);
    assert_eq!(engine(&[("DATETIME_LOCALE", Some("fr_FR"))]), [Check::TypeMismatch]);
}

#[test]
fn s003_24_web_needs_the_same_auth_secret() {
    assert_eq!(web(&[("AUTH_SECRET", Some(&TOKEN[..32]))]), NOTHING);
    assert_eq!(web(&[("AUTH_SECRET", None)]), [Check::MissingRequired]);
    assert_eq!(web(&[("AUTH_SECRET", Some(&TOKEN[..31]))]), [Check::ConstraintViolated]);
}

#[test]
fn s003_25_web_needs_the_internal_secret_unless_google_signs_in() {
    assert_eq!(web(&[("AUTH_INTERNAL_SECRET", None)]), [Check::MissingRequired]);
    let google = [("GOOGLE_CLIENT_ID", Some("x")), ("GOOGLE_CLIENT_SECRET", Some("CANARY"))];
    let without = [("AUTH_INTERNAL_SECRET", None), google[0], google[1]];
    let domains = ("AUTH_ALLOWED_DOMAINS", Some("example.com"));
    assert_eq!(web(&[&without[..], &[domains]].concat()), [Check::MissingRecommended]);
}

#[test]
fn s003_26_auth_trust_host_is_the_text_true_behind_a_proxy() {
    assert_eq!(web(&[("AUTH_TRUST_HOST", Some("false"))]), NOTHING);
    assert_eq!(web(&[("AUTH_TRUST_HOST", None)]), [Check::MissingRequired]);
    for text in ["1", "TRUE", "yes"] {
        assert_eq!(web(&[("AUTH_TRUST_HOST", Some(text))]), [Check::BooleanSpelling], "{text}");
    }
    let Some(Role::TrustHost { reads, .. }) = role("polyant/web", "AUTH_TRUST_HOST") else {
        panic!()
    };
    assert_eq!(reads, HostReading::LiteralTrue);
}

#[test]
fn s003_27_web_uses_the_engines_database() {
    assert_eq!(web(&[("DATABASE_URL", None)]), [Check::MissingRequired]);
    let both = ["polyant/engine.DATABASE_URL", "polyant/web.DATABASE_URL"];
    assert!(agree(AgreementKind::Same, Part::Database, &both));
}

#[test]
fn s003_28_the_engines_public_origin_is_built_into_web() {
    let build = Context { phase: Phase::Build, ..behind_proxy() };
    let built = |changes: Changes| found("polyant/web", &[], changes, &build);
    assert_eq!(built(&[("NEXT_PUBLIC_API_URL", Some("https://engine.example.com"))]), NOTHING);
    assert_eq!(built(&[]), [Check::MissingRequired]);
    assert_eq!(
        built(&[("NEXT_PUBLIC_API_URL", Some("https://engine.example.com/"))]),
        [Check::OriginForm]
    );
    let both = ["polyant/web.NEXT_PUBLIC_API_URL", "polyant/engine.BASE_URL"];
    assert!(agree(AgreementKind::Same, Part::Origin, &both));
}

#[test]
fn s003_29_internal_engine_url_is_set_in_production() {
    assert_eq!(web(&[("INTERNAL_ENGINE_URL", Some("http://10.0.0.5:4000"))]), NOTHING);
    assert_eq!(web(&[("INTERNAL_ENGINE_URL", None)]), [Check::UnsafeDefault]);
    assert_eq!(web(&[("INTERNAL_ENGINE_URL", Some(""))]), [Check::EmptyValue]);
    assert_eq!(web(&[("INTERNAL_ENGINE_URL", Some("engine:4000"))]), [Check::OriginForm]);
    let service = "polyant/engine".to_owned();
    assert_eq!(role("polyant/web", "INTERNAL_ENGINE_URL"), Some(Role::InternalUrl { service }));
}

#[test]
fn s003_30_google_needs_both_halves() {
    let (id, secret) = (("GOOGLE_CLIENT_ID", Some("x")), ("GOOGLE_CLIENT_SECRET", Some("CANARY")));
    let domains = ("AUTH_ALLOWED_DOMAINS", Some("example.com"));
    assert_eq!(web(&[id, secret, domains]), NOTHING);
    assert_eq!(web(&[id, domains]), [Check::AllOrNonePartial]);
    // Interpolated from nothing, they are empty, and that counts as not set.
    assert_eq!(web(&[("GOOGLE_CLIENT_ID", Some("")), ("GOOGLE_CLIENT_SECRET", Some(""))]), NOTHING);
}

#[test]
fn s003_31_allowed_domains_are_domains() {
    assert_eq!(web(&[("AUTH_ALLOWED_DOMAINS", Some("example.com,example.org"))]), NOTHING);
    assert_eq!(web(&[("AUTH_ALLOWED_DOMAINS", Some("@example.com"))]), [Check::ListItemInvalid]);
    assert_eq!(
        web(&[("AUTH_ALLOWED_DOMAINS", Some("https://example.com"))]),
        [Check::ListItemInvalid]
    );
    let google = [("GOOGLE_CLIENT_ID", Some("x")), ("GOOGLE_CLIENT_SECRET", Some("CANARY"))];
    assert_eq!(web(&google), [Check::MissingRecommended]);
}

#[test]
fn s003_32_without_a_proxy_both_trust_settings_may_be_left_out() {
    let direct = Context { behind_proxy: Truth::False, ..Context::production() };
    assert_eq!(found("polyant/engine", ENGINE, &[("TRUST_PROXY", None)], &direct), NOTHING);
    assert_eq!(found("polyant/web", WEB, &[("AUTH_TRUST_HOST", None)], &direct), NOTHING);
    assert_eq!(web(&[("AUTH_TRUST_HOST", None)]), [Check::MissingRequired]);
}

#[test]
fn s003_36_auth_secret_is_no_build_argument() {
    let schema = schema("polyant/web");
    let built = schema.variables().iter().filter(|v| v.phases.contains(Phase::Build));
    assert_eq!(built.map(|v| v.name.as_str()).collect::<Vec<_>>(), ["NEXT_PUBLIC_API_URL"]);
    assert!(schema.variable("AUTH_SECRET").unwrap().is_secret());
}

#[test]
fn s003_37_every_variable_of_the_guide_is_known() {
    let unknown = Some("CANARY");
    assert_eq!(engine(&[("ENCRYPTION_KEYS", unknown)]), [Check::UnknownVariable]);
    assert_eq!(web(&[("ENCRYPTION_KEY", unknown)]), [Check::UnknownVariable]);
    let required = |schema: &Schema| {
        let always = schema.variables().iter().filter(|v| v.requirement == Requirement::Always);
        always.map(|v| v.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(required(&schema("polyant/engine")), ["ENCRYPTION_KEY", "AUTH_SECRET"]);
    assert_eq!(required(&schema("polyant/web")), ["AUTH_SECRET"]);
}

#[test]
fn s003_44_the_engine_answers_health_checks() {
    assert_eq!(schema("polyant/engine").service.health.as_deref(), Some("/health"));
    assert_eq!(schema("polyant/web").service.health, None);
}

#[test]
fn s003_45_the_encryption_key_is_what_must_be_backed_up() {
    assert_eq!(role("polyant/engine", "ENCRYPTION_KEY"), Some(Role::EncryptionKey));
    assert_eq!(role("polyant/engine", "AUTH_SECRET"), Some(Role::SharedToken));
}

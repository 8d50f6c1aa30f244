//! Every fact about Prodgy's configuration that a schema can carry: for each one environment that
//! it accepts and one that it rejects. The numbers are those of `docs/facts.md`, where the facts
//! stand that a schema can not carry.

mod support;

#[path = "support/facts.rs"]
mod facts;

use std::collections::BTreeSet;

use envlint_schema::{AgreementKind, Check, Context, Part, Phases, Role};
use facts::{Changes, NOTHING, agree, build, default, found, local, production, role, schema};
use support::TOKEN;

/// An environment that is in order.
type Base = &'static [(&'static str, &'static str)];

/// Another token than [`TOKEN`].
const OTHER: &str = "CANARY-canary-CANARY-canary-CANARY";

/// The least that the API runs with in production.
const API: Base = &[
    ("SUPABASE_URL", "https://canary.supabase.co"),
    ("SUPABASE_ANON_KEY", "sb_publishable_CANARY"),
    ("SUPABASE_SERVICE_ROLE_KEY", TOKEN),
    ("CORS_ORIGINS", "https://app.prodgy.dev,https://studio.prodgy.dev"),
    ("ENCRYPTION_KEY", TOKEN),
    ("PRODGY_API_TOKEN", TOKEN),
    ("REDIS_URL", "redis://redis:6379"),
    ("SENDGRID_API_KEY", "CANARY"),
];

/// The least that service runs with.
const SERVICE: Base = &[
    ("REDIS_URL", "redis://redis:6379"),
    ("PRODGY_ENGINE_URL", "http://engine:8001"),
    ("PRODGY_ENGINE_TOKEN", TOKEN),
];

/// The least that the engine runs with.
const ENGINE: Base = &[
    ("SUPABASE_URL", "https://canary.supabase.co"),
    ("SUPABASE_SERVICE_ROLE_KEY", TOKEN),
    ("PRODGY_API_URL", "http://api:4000"),
    ("PRODGY_API_TOKEN", TOKEN),
    ("PRODGY_ENGINE_TOKEN", OTHER),
    ("OPENAI_API_KEY", "CANARY"),
];

/// The least that the gateway runs with.
const GATEWAY: Base = &[("PRODGY_API_URL", "http://api:4000"), ("PRODGY_API_TOKEN", TOKEN)];

/// The least that agentic runs with.
const AGENTIC: Base = &[
    ("PRODGY_API_URL", "http://api:4000"),
    ("PRODGY_API_TOKEN", TOKEN),
    ("PRODGY_AGENTIC_TOKEN", OTHER),
];

/// The least that the pages are built with in production.
const PAGES: Base = &[("VITE_API_URL", "https://api.prodgy.dev")];

/// The least that the assistant works with.
const ASSISTANT: Base = &[
    ("AzureAd__TenantId", "canary.onmicrosoft.com"),
    ("AzureAd__ClientId", "00000000-0000-4000-8000-00000000ca4a"),
    ("AzureAd__ClientSecret", "CANARY"),
    ("MicrosoftAppId", "00000000-0000-4000-8000-00000000ca4b"),
    ("MicrosoftAppPassword", "CANARY"),
    ("Kestrel__Certificates__Default__Path", "C:\\certificates\\teams.pfx"),
    ("ConnectionStrings__Redis", "redis:6379,password=CANARY"),
];

/// Every service with what it needs, the pages as they are built.
fn all() -> [(&'static str, Base, Context); 9] {
    [
        ("prodgy/api", API, production()),
        ("prodgy/web", PAGES, build()),
        ("prodgy/service", SERVICE, production()),
        ("prodgy/engine", ENGINE, production()),
        ("prodgy/studio", PAGES, build()),
        ("prodgy/gateway", GATEWAY, production()),
        ("prodgy/agentic", AGENTIC, production()),
        ("prodgy/assistant", ASSISTANT, production()),
        ("prodgy/docs", &[], production()),
    ]
}

/// What is wrong with a service whose environment was in order before these changes.
fn with(service: &str, changes: Changes) -> Vec<Check> {
    let name = format!("prodgy/{service}");
    let all = all();
    let (name, base, context) = all.iter().find(|each| each.0 == name).unwrap();
    found(name, base, changes, context)
}

/// Variables without which a service does not run.
fn required(service: &str, names: &[&str]) {
    for name in names {
        assert_eq!(with(service, &[(name, None)]), [Check::MissingRequired], "{service} {name}");
    }
}

fn internal(service: &str, variable: &str, to: &str) {
    let to = Role::InternalUrl { service: format!("prodgy/{to}") };
    assert_eq!(role(&format!("prodgy/{service}"), variable), Some(to), "{service} {variable}");
}

fn public(service: &str, variable: &str, of: &str) {
    let of = Role::PublicUrl { service: Some(format!("prodgy/{of}")) };
    assert_eq!(role(&format!("prodgy/{service}"), variable), Some(of), "{service} {variable}");
}

#[test]
fn the_least_that_runs_is_accepted() {
    for (service, base, context) in all() {
        assert_eq!(found(service, base, &[], &context), NOTHING, "{service}");
    }
}

#[test]
fn s001_02_pages_are_built_with_their_variables() {
    for service in ["prodgy/web", "prodgy/studio"] {
        let schema = schema(service);
        for variable in schema.variables() {
            assert_eq!(variable.phases, Phases::Build, "{service} {}", variable.name);
        }
        assert_eq!(found(service, &[], &[], &build()), [Check::MissingRequired]);
        // Nothing is asked of the container that serves them.
        assert_eq!(found(service, &[], &[], &production()), NOTHING);
    }
}

#[test]
fn s001_13_what_production_needs_is_not_asked_of_a_developers_machine() {
    let without: Changes = &[("CORS_ORIGINS", None)];
    assert_eq!(found("prodgy/api", API, without, &production()), [Check::MissingRequired]);
    assert_eq!(found("prodgy/api", API, without, &local()), NOTHING);
}

#[test]
fn s001_15_supabase_and_redis_are_found_by_their_urls() {
    let names = ["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"];
    required("api", &names);
    required("engine", &names);
    required("service", &["REDIS_URL"]);
    for service in ["api", "service"] {
        let redis = |text| with(service, &[("REDIS_URL", Some(text))]);
        assert_eq!(redis("rediss://:CANARY@cache.prodgy.dev:6380/1"), NOTHING);
        assert_eq!(redis("redis:6379"), [Check::UrlScheme]);
        assert_eq!(redis("https://cache.prodgy.dev"), [Check::UrlScheme]);
        assert_eq!(redis("redis://:CAN@ARY@redis"), [Check::UrlCredentialsUnencoded]);
    }
    for service in ["api", "engine"] {
        let supabase = with(service, &[("SUPABASE_URL", Some("canary.supabase.co"))]);
        assert_eq!(supabase, [Check::UrlScheme]);
    }
    assert_eq!(with("api", &[("REDIS_URL", None)]), [Check::MissingRecommended]);
}

#[test]
fn s001_17_the_api_lets_in_the_pages_of_web_studio_and_docs() {
    let cors = |text| with("api", &[("CORS_ORIGINS", text)]);
    assert_eq!(cors(Some("https://app.prodgy.dev, https://docs.prodgy.dev")), NOTHING);
    assert_eq!(cors(None), [Check::MissingRequired]);
    assert_eq!(cors(Some("*")), [Check::CorsWildcard]);
    assert_eq!(cors(Some("https://app.prodgy.dev/")), [Check::OriginForm]);
    assert_eq!(cors(Some("https://:3000")), [Check::ListItemInvalid]);
    assert_eq!(role("prodgy/api", "CORS_ORIGINS"), Some(Role::CorsOrigins));
    let pages = ["prodgy/web", "prodgy/studio", "prodgy/docs"].map(|name| name.into()).to_vec();
    assert!(agree(AgreementKind::Allows(pages), Part::Whole, &["prodgy/api.CORS_ORIGINS"]));
}

#[test]
fn s001_18_five_services_answer_health_checks() {
    for (service, ..) in all() {
        let answers = ["api", "engine", "service", "gateway", "agentic"];
        let health = answers.iter().any(|name| service.ends_with(name)).then_some("/health");
        assert_eq!(schema(service).service.health.as_deref(), health, "{service}");
    }
}

#[test]
fn s002_01_every_service_has_its_port() {
    for (service, port, variable) in [
        ("api", 4000, Some("PRODGY_API_PORT")),
        ("web", 3000, None),
        ("service", 5000, Some("PRODGY_SERVICE_PORT")),
        ("engine", 8001, Some("PRODGY_ENGINE_PORT")),
        ("studio", 5173, None),
        ("gateway", 3100, Some("PRODGY_GATEWAY_PORT")),
        ("agentic", 3200, Some("PRODGY_AGENTIC_PORT")),
        ("docs", 4321, Some("PORT")),
    ] {
        let name = format!("prodgy/{service}");
        let known = schema(&name).service;
        assert_eq!(known.port, Some(port), "{service}");
        assert_eq!(known.port_variable.as_deref(), variable, "{service}");
        let Some(variable) = variable else { continue };
        assert_eq!(role(&name, variable), Some(Role::ListenPort));
        assert_eq!(default(&name, variable), Some(port.to_string()));
    }
    // A schema has one port, and the assistant listens on two.
    assert_eq!(schema("prodgy/assistant").service.port, None);
}

#[test]
fn s002_02_services_that_call_each_other_share_a_token() {
    let callers: [&[&str]; 3] = [
        &["API", "api", "engine", "gateway", "agentic"],
        &["AGENTIC", "agentic", "api"],
        &["ENGINE", "engine", "api", "service"],
    ];
    for services in callers {
        let [called, services @ ..] = services else { panic!() };
        let members: Vec<_> =
            services.iter().map(|name| format!("prodgy/{name}.PRODGY_{called}_TOKEN")).collect();
        let members: Vec<_> = members.iter().map(String::as_str).collect();
        assert!(agree(AgreementKind::Same, Part::Whole, &members), "{members:?}");
        for service in services {
            let role = role(&format!("prodgy/{service}"), &format!("PRODGY_{called}_TOKEN"));
            assert_eq!(role, Some(Role::SharedToken), "{service} {called}");
        }
    }
}

#[test]
fn s002_05_databases_are_known_as_such() {
    for (service, variable) in [
        ("api", "SUPABASE_URL"),
        ("engine", "SUPABASE_URL"),
        ("api", "REDIS_URL"),
        ("service", "REDIS_URL"),
    ] {
        let role = role(&format!("prodgy/{service}"), variable);
        assert_eq!(role, Some(Role::Datastore), "{service} {variable}");
    }
}

#[test]
fn s002_06_the_engine_needs_one_provider_of_models() {
    let none = ("OPENAI_API_KEY", None);
    for provider in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"] {
        assert_eq!(with("engine", &[none, (provider, Some("CANARY"))]), NOTHING, "{provider}");
        let empty = with("engine", &[none, (provider, Some(""))]);
        assert_eq!(empty, [Check::AnyOfUnsatisfied], "{provider}");
        assert!(schema("prodgy/engine").variable(provider).unwrap().is_secret());
    }
}

/// The ways to send e-mail, each with everything that it needs.
const EMAIL: [&[&str]; 5] = [
    &["SENDGRID_API_KEY"],
    &["RESEND_API_KEY"],
    &["SMTP_HOST", "SMTP_USER", "SMTP_PASSWORD"],
    &["MICROSOFT_GRAPH_TENANT_ID", "MICROSOFT_GRAPH_CLIENT_ID", "MICROSOFT_GRAPH_CLIENT_SECRET"],
    &["GOOGLE_WORKSPACE_CLIENT_EMAIL", "GOOGLE_WORKSPACE_PRIVATE_KEY"],
];

/// A text that a variable of the API takes.
fn fitting(name: &str) -> &'static str {
    match name {
        "SMTP_HOST" => "mail.prodgy.dev",
        "MICROSOFT_GRAPH_CLIENT_ID" => "00000000-0000-4000-8000-00000000ca4a",
        "GOOGLE_WORKSPACE_CLIENT_EMAIL" => "canary@prodgy.dev",
        "GOOGLE_WORKSPACE_PRIVATE_KEY" => {
            "-----BEGIN PRIVATE KEY-----\\nMBsMGUNBTkFSWTogbm90IGEgcHJpdmF0ZSBrZXk=\\n\
             -----END PRIVATE KEY-----"
        }
        "S3_ENDPOINT" => "https://s3.prodgy.dev",
        _ => "CANARY",
    }
}

#[test]
fn s002_07_the_api_needs_one_whole_way_to_send_email() {
    for way in EMAIL {
        let set = || way.iter().map(|name| (*name, Some(fitting(name))));
        let only: Vec<_> = [("SENDGRID_API_KEY", None)].into_iter().chain(set()).collect();
        assert_eq!(with("api", &only), NOTHING, "{way:?}");
        for lacking in way {
            let others = set().filter(|(name, _)| name != lacking);
            let beside: Vec<_> = others.clone().collect();
            let alone: Vec<_> = [("SENDGRID_API_KEY", None)].into_iter().chain(others).collect();
            let partial = way.len() > 1;
            // Half of a way is a mistake beside a whole one, and no way at all by itself.
            let beside_whole = if partial { vec![Check::AllOrNonePartial] } else { vec![] };
            assert_eq!(with("api", &beside), beside_whole, "{lacking}");
            let found = with("api", &alone);
            assert!(found.contains(&Check::AnyOfUnsatisfied), "{lacking} {found:?}");
        }
    }
}

#[test]
fn s002_08_teams_needs_directory_bot_and_certificate() {
    for name in [
        "AzureAd__ClientId",
        "AzureAd__ClientSecret",
        "MicrosoftAppId",
        "MicrosoftAppPassword",
        "Kestrel__Certificates__Default__Path",
    ] {
        assert_eq!(with("assistant", &[(name, None)]), [Check::AllOrNonePartial], "{name}");
    }
    let none: Vec<_> = ASSISTANT.iter().map(|(name, _)| (*name, None)).collect();
    assert_eq!(with("assistant", &none), [Check::MissingRecommended; 2]);
}

#[test]
fn s002_09_another_object_store_than_supabases_needs_all_its_settings() {
    let names = ["S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];
    let all = names.map(|name| (name, Some(fitting(name))));
    assert_eq!(with("api", &all), NOTHING);
    assert_eq!(with("api", &all[..3]), [Check::AllOrNonePartial]);
}

#[test]
fn s002_12_what_the_root_shares_is_the_same_everywhere() {
    let both = |variable: &str| ["api", "engine"].map(|name| format!("prodgy/{name}.{variable}"));
    let same = |part, members: [String; 2]| {
        agree(AgreementKind::Same, part, &members.each_ref().map(String::as_str))
    };
    assert!(same(Part::Whole, both("SUPABASE_SERVICE_ROLE_KEY")));
    assert!(same(Part::Origin, both("SUPABASE_URL")));
    let redis = ["service", "api"].map(|name| format!("prodgy/{name}.REDIS_URL"));
    assert!(same(Part::Database, redis));
    let pages = ["web", "studio"].map(|name| format!("prodgy/{name}.VITE_API_URL"));
    assert!(same(Part::Origin, pages));
    // One of Supabase's two keys is made for browsers.
    let api = schema("prodgy/api");
    assert!(api.variable("SUPABASE_ANON_KEY").unwrap().is_public());
    assert!(api.variable("SUPABASE_SERVICE_ROLE_KEY").unwrap().is_secret());
}

#[test]
fn s002_13_the_apis_encryption_key_has_32_characters() {
    required("api", &["SUPABASE_ANON_KEY", "ENCRYPTION_KEY"]);
    let key = |text| with("api", &[("ENCRYPTION_KEY", Some(text))]);
    assert_eq!(key(&TOKEN[..32]), NOTHING);
    assert_eq!(key(&TOKEN[..31]), [Check::ConstraintViolated]);
    assert_eq!(key(""), [Check::EmptyValue]);
    assert_eq!(role("prodgy/api", "ENCRYPTION_KEY"), Some(Role::EncryptionKey));
}

#[test]
fn s002_14_webs_variables_are_public() {
    public("web", "VITE_API_URL", "api");
    public("web", "VITE_STUDIO_URL", "studio");
    public("web", "VITE_DOCS_URL", "docs");
    assert_eq!(with("web", &[("VITE_GTM_ID", Some("GTM-CANARY1"))]), NOTHING);
    assert_eq!(with("web", &[("VITE_GTM_ID", Some("G-CANARY1"))]), [Check::ConstraintViolated]);
    assert_eq!(with("web", &[("VITE_GOOGLE_CLIENT_ID", Some("4711-canary"))]), NOTHING);
    let supabase = with("web", &[("VITE_SUPABASE_URL", Some("https://canary.supabase.co"))]);
    assert_eq!(supabase, [Check::MissingRequired]);
    let key = with("web", &[("VITE_SUPABASE_ANON_KEY", Some("sb_publishable_CANARY"))]);
    assert_eq!(key, [Check::MissingRequired]);
}

#[test]
fn s002_15_service_works_a_queue_and_calls_the_engine() {
    required("service", &["REDIS_URL", "PRODGY_ENGINE_URL", "PRODGY_ENGINE_TOKEN"]);
    internal("service", "PRODGY_ENGINE_URL", "engine");
    for (name, least, less) in [("QUEUE_CONCURRENCY", "1", "0"), ("QUEUE_MAX_RETRIES", "0", "-1")] {
        assert_eq!(with("service", &[(name, Some(least))]), NOTHING);
        assert_eq!(with("service", &[(name, Some(less))]), [Check::ConstraintViolated], "{name}");
        assert_eq!(with("service", &[(name, Some("many"))]), [Check::TypeMismatch], "{name}");
    }
}

#[test]
fn s002_16_the_engine_needs_supabase_and_the_api() {
    required("engine", &["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"]);
    required("engine", &["PRODGY_API_URL", "PRODGY_API_TOKEN", "PRODGY_ENGINE_TOKEN"]);
    internal("engine", "PRODGY_API_URL", "api");
}

#[test]
fn s002_17_the_gateway_needs_the_api() {
    required("gateway", &["PRODGY_API_URL", "PRODGY_API_TOKEN"]);
    internal("gateway", "PRODGY_API_URL", "api");
}

#[test]
fn s002_18_agentic_needs_the_api_and_its_own_token() {
    required("agentic", &["PRODGY_API_URL", "PRODGY_API_TOKEN", "PRODGY_AGENTIC_TOKEN"]);
    internal("agentic", "PRODGY_API_URL", "api");
    internal("api", "PRODGY_AGENTIC_URL", "agentic");
    internal("api", "PRODGY_ENGINE_URL", "engine");
    // Whoever knows where agentic is has to know its token as well.
    let url = ("PRODGY_AGENTIC_URL", Some("http://agentic:3200"));
    assert_eq!(with("api", &[url]), [Check::AllOrNonePartial]);
    assert_eq!(with("api", &[url, ("PRODGY_AGENTIC_TOKEN", Some(OTHER))]), NOTHING);
}

#[test]
fn s002_19_studios_variables_are_public() {
    public("studio", "VITE_API_URL", "api");
    public("studio", "VITE_WEB_URL", "web");
    for name in ["VITE_ANALYTICS_ID", "VITE_GOOGLE_CLIENT_ID", "VITE_MICROSOFT_CLIENT_ID"] {
        assert_eq!(with("studio", &[(name, Some("canary"))]), NOTHING, "{name}");
    }
}

#[test]
fn s002_20_the_assistant_has_directory_bot_and_redis() {
    assert_eq!(
        with("assistant", &[("ConnectionStrings__Redis", None)]),
        [Check::MissingRecommended]
    );
    assert_eq!(with("assistant", &[("MicrosoftAppId", Some("canary"))]), [Check::TypeMismatch]);
    // Any other would make it read another file than appsettings.Production.json.
    let environment = |text| with("assistant", &[("ASPNETCORE_ENVIRONMENT", Some(text))]);
    assert_eq!(environment("Production"), NOTHING);
    assert_eq!(environment("Development"), [Check::ForbiddenInEnvironment]);
    for name in ["AzureAd__ClientSecret", "MicrosoftAppPassword", "ConnectionStrings__Redis"] {
        assert!(schema("prodgy/assistant").variable(name).unwrap().is_secret(), "{name}");
    }
}

#[test]
fn s002_23_tokens_have_32_characters() {
    for (service, base, context) in all() {
        for (name, _) in base.iter().filter(|(name, _)| name.ends_with("_TOKEN")) {
            let long = found(service, base, &[(name, Some(&TOKEN[..32]))], &context);
            assert_eq!(long, NOTHING, "{service} {name}");
            let short = found(service, base, &[(name, Some(&TOKEN[..31]))], &context);
            assert_eq!(short, [Check::ConstraintViolated], "{service} {name}");
        }
    }
}

#[test]
fn s002_26_what_vite_copies_is_no_secret_and_read_by_the_build() {
    for (service, ..) in all() {
        for variable in schema(service).variables() {
            let copied = variable.name.starts_with("VITE_");
            assert_eq!(copied, variable.phases == Phases::Build, "{service} {}", variable.name);
            assert!(!copied || variable.is_public(), "{service} {}", variable.name);
        }
    }
}

#[test]
fn s002_30_gateway_and_agentic_are_moved_by_their_ports() {
    for (service, name) in [("gateway", "PRODGY_GATEWAY_PORT"), ("agentic", "PRODGY_AGENTIC_PORT")]
    {
        assert_eq!(with(service, &[(name, Some("8080"))]), NOTHING);
        assert_eq!(with(service, &[(name, Some("http"))]), [Check::TypeMismatch]);
        assert_eq!(with(service, &[(name, Some("65536"))]), [Check::ConstraintViolated]);
    }
}

#[test]
fn s002_31_the_gateway_calls_the_api_with_the_apis_token() {
    required("gateway", &["PRODGY_API_TOKEN"]);
    let docs = schema("prodgy/gateway").docs;
    assert!(docs.contains("`prodgy_...`") && docs.contains("`Authorization`"), "{docs}");
}

#[test]
fn s002_32_agentics_two_tokens_differ() {
    let both = ["prodgy/agentic.PRODGY_API_TOKEN", "prodgy/agentic.PRODGY_AGENTIC_TOKEN"];
    assert!(agree(AgreementKind::Distinct, Part::Whole, &both));
}

#[test]
fn s002_33_agentic_reads_no_key_of_a_provider() {
    for name in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"] {
        assert_eq!(with("agentic", &[(name, Some("CANARY"))]), [Check::UnknownVariable], "{name}");
    }
    assert!(schema("prodgy/agentic").docs.contains("must hold no key"));
}

#[test]
fn s002_34_the_gateway_reads_no_credentials_of_a_database() {
    for name in ["REDIS_URL", "SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY", "S3_SECRET_ACCESS_KEY"] {
        assert_eq!(with("gateway", &[(name, Some("CANARY"))]), [Check::UnknownVariable], "{name}");
    }
    assert!(schema("prodgy/gateway").docs.contains("must hold neither"));
}

#[test]
fn s002_35_gateway_and_agentic_answer_under_health() {
    for service in ["prodgy/gateway", "prodgy/agentic"] {
        assert_eq!(schema(service).service.health.as_deref(), Some("/health"));
    }
}

#[test]
fn s002_36_the_gateways_public_address_is_known_as_such() {
    let own = Role::PublicUrl { service: None };
    assert_eq!(role("prodgy/gateway", "PRODGY_GATEWAY_URL"), Some(own));
}

#[test]
fn the_names_that_are_assumed_are_listed() {
    let facts = include_str!("../../../docs/facts.md");
    let section = facts.split("\n## ").find(|section| section.starts_with("S001")).unwrap();
    let lists = section.lines().filter(|line| line.starts_with("- "));
    let listed = lists.flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned));
    let assumed = all().into_iter().flat_map(|(service, ..)| {
        let variables = schema(service).variables().to_vec().into_iter();
        variables.filter(|v| v.docs.ends_with("assumed.")).map(|v| v.name.to_string())
    });
    assert_eq!(listed.collect::<BTreeSet<_>>(), assumed.collect::<BTreeSet<_>>());
}

//! SOPS files as sources: with an identity their values, without one their names.

use envlint_model::{Content, MemoryFiles, Reader, Secret, Unknown};
use envlint_resolve::VaultState;

use crate::support::Stack;

const YAML: &str = include_str!("../../../../fixtures/sops/enc/secrets.enc.yaml");
const DOTENV: &str = include_str!("../../../../fixtures/sops/enc/app.enc.env");
const SWAPPED: &str = include_str!("../../../../fixtures/sops/bad/swapped_values.enc.yaml");
const IDENTITY: &str = include_str!("../../../../fixtures/sops/identities/alice.txt");

const NESTED: &str = r#", nested = { prefix = "APP_", separator = "_", case = "upper" }"#;

/// A service whose only source is a SOPS file. `more` follows in the source's table.
fn with_file(name: &str, file: &str, more: &str, identity: Option<&str>) -> Stack {
    let manifest = format!(
        "version = 1\nenvironments.production = {{}}\n\
         sources.stack.compose = [\"compose.yaml\"]\n\
         sources.vault = {{ file = \"{name}\"{more} }}\n\
         services.app.sources = [\"stack\", \"vault\"]\n"
    );
    let files = MemoryFiles::new()
        .with("envlint.toml", manifest)
        .with("compose.yaml", "services: { app: { env_file: app.env } }")
        .with("app.env", "LOCAL=1\n")
        .with(name, file);
    let process =
        identity.map(|text| ("ENVLINT_AGE_IDENTITY".to_owned(), Secret::made(text.to_owned())));
    Stack::resolve(files, &process.into_iter().collect())
}

fn known(stack: &Stack, name: &str) -> String {
    stack.setting(name).value.known().expect("a known value").as_str().to_owned()
}

#[test]
fn nested_values_set_variables_by_the_rule_of_the_source() {
    let stack = with_file("prod.enc.yaml", YAML, NESTED, Some(IDENTITY));
    assert!(matches!(stack.deployment.vaults[0].state, VaultState::Open));
    assert_eq!(known(&stack, "APP_DATABASE_PORT"), "5432");
    assert_eq!(known(&stack, "APP_DATABASE_TLS"), "true");
    assert_eq!(known(&stack, "APP_LIST_2_K"), "v");
    assert_eq!(known(&stack, "APP_MULTI"), "line1\nline2 \"quoted\"\n");
    assert_eq!(known(&stack, "APP_DATABASE_EMPTY"), "");
    let app = stack.deployment.workload("app").unwrap();
    assert!(app.run.get("APP_DATABASE_NOTHING").is_none(), "null sets nothing");
    assert!(app.run.get("LOCAL").is_some() && app.beyond.is_none());

    let port = stack.setting("APP_DATABASE_PORT");
    assert_eq!(port.value.origin().reader, Reader::Sops);
    assert_eq!(stack.place(port.value.origin().span), "prod.enc.yaml:4:11");
    assert_eq!(stack.slice(port.name_span), "port");
    // A name is shown, a value is not: an item of a list goes by the name of the list.
    assert_eq!(stack.slice(stack.setting("APP_LIST_0").name_span), "list");
}

#[test]
fn without_a_rule_only_top_values_set_variables() {
    let stack = with_file("prod.enc.yaml", YAML, "", Some(IDENTITY));
    assert_eq!(known(&stack, "neg"), "-17");
    assert_eq!(
        stack.remarks(),
        [
            "prod.enc.yaml:2:1: nested values set no variable: the source says nothing of `nested`",
            "prod.enc.yaml:18:1: nested values set no variable: the source says nothing of `nested`",
        ]
    );
}

#[test]
fn without_an_identity_names_are_known_and_what_stands_in_clear() {
    let stack = with_file("prod.enc.yaml", YAML, NESTED, None);
    assert!(matches!(stack.deployment.vaults[0].state, VaultState::Closed(_)));
    let password = &stack.setting("APP_DATABASE_PASSWORD").value;
    assert!(matches!(
        &password.pieces()[0].content,
        Content::Unknown(Unknown::Encrypted { name: Some(name), .. })
            if name.as_str() == "APP_DATABASE_PASSWORD"
    ));
    assert_eq!(known(&stack, "APP_DATABASE_HOSTS_UNENCRYPTED_0"), "a.example.com");
    assert!(stack.deployment.workload("app").unwrap().beyond.is_none());
}

#[test]
fn a_dotenv_file_is_read_by_the_reader_of_what_it_decrypts_to() {
    let stack = with_file("prod.env", DOTENV, "", Some(IDENTITY));
    assert_eq!(known(&stack, "API_KEY"), "quoted-value");
    assert_eq!(known(&stack, "WITH_EQ"), "a=b=c");
    assert_eq!(stack.pieces("PORT"), ["8080 at prod.env:6:6"]);

    let opened = with_file("prod.env", DOTENV, ", stands-for = \"app.env\"", Some(IDENTITY));
    assert_eq!(known(&opened, "API_KEY"), "quoted-value");
    assert!(opened.deployment.workload("app").unwrap().run.get("LOCAL").is_none());

    let closed = with_file("prod.env", DOTENV, "", None);
    assert_eq!(known(&closed, "PUBLIC_unencrypted"), "visible");
    assert!(closed.setting("PORT").value.first_unknown().is_some());
}

#[test]
fn what_is_no_dotenv_can_not_stand_for_one() {
    let more = format!("{NESTED}, stands-for = \"app.env\"");
    let stack = with_file("prod.enc.yaml", YAML, &more, Some(IDENTITY));
    assert_eq!(known(&stack, "APP_DATABASE_USER"), "app");
    assert!(stack.deployment.workload("app").unwrap().beyond.is_some());
    assert_eq!(
        stack.remarks(),
        ["envlint.toml:4:26: what prod.enc.yaml decrypts to is not dotenv, so what reads it is \
          not followed"]
    );
}

#[test]
fn of_a_changed_file_nothing_is_used() {
    let stack = with_file("prod.enc.yaml", SWAPPED, NESTED, Some(IDENTITY));
    let VaultState::Failed(error) = &stack.deployment.vaults[0].state else { panic!() };
    assert!(error.is_tampering());
    let app = stack.deployment.workload("app").unwrap();
    assert!(app.run.get("APP_DATABASE_PORT").is_none());
    assert!(matches!(app.beyond, Some(Unknown::Unreadable { name: None, .. })));
}

//! Several sources of one service: which one wins, and what it wins over.

use envlint_model::{MemoryFiles, Secret, Unknown};
use envlint_resolve::{MAX_SHADOWS, VaultState};

use crate::support::{Stack, hold};

const VAULT: &[u8] = include_bytes!("../../../../fixtures/age/armored.age");
const IDENTITY: &str = include_str!("../../../../fixtures/age/identity.txt");

#[test]
fn order() {
    const COMPOSE: &str =
        "services: { app: { env_file: app.env, environment: { A: environment, L: '${L}' } } }";
    let files = [
        ("compose.yaml", COMPOSE),
        (".env", "A=project\nL=project\nP=project\n"),
        ("app.env", "A=env_file\nB=env_file\nC=env_file\n"),
        ("extra.env", "B=extra\nD=extra\n"),
        ("names.json", "[\"C\", \"E\"]"),
    ];
    let manifest = |sources: &str| {
        format!(
            "version = 1\nenvironments.production = {{}}\n\
             sources.stack.compose = [\"compose.yaml\"]\n\
             sources.extra.file = \"extra.env\"\n\
             sources.names.names = \"names.json\"\n\
             services.app.sources = [{sources}]\n"
        )
    };
    for (what, sources, seen) in [
        (
            "the project's `.env` is seen by Compose, not by the process",
            "\"stack\"",
            "A=environment B=env_file C=env_file L=project",
        ),
        (
            "a later source wins over an earlier one",
            "\"stack\", \"extra\"",
            "A=environment B=extra C=env_file D=extra L=project",
        ),
        (
            "whatever kind it is",
            "\"extra\", \"stack\"",
            "A=environment B=env_file C=env_file D=extra L=project",
        ),
        (
            "names that are set elsewhere are set, to what is not known",
            "\"stack\", \"names\"",
            "A=environment B=env_file C=<names.json> E=<names.json> L=project",
        ),
        ("nothing else is read", "\"extra\"", "B=extra D=extra"),
    ] {
        let manifest = manifest(sources);
        let files: Vec<_> = files.into_iter().chain([("envlint.toml", &*manifest)]).collect();
        hold(&[(what, &files, seen)]);
    }
}

#[test]
fn a_name_list_is_a_list_or_the_fields_of_an_object() {
    const MANIFEST: &str = "version = 1\nenvironments.production = {}\n\
                            sources.names.names = \"names.json\"\n\
                            services.app.sources = [\"names\"]\n";
    for (list, seen, remark) in [
        ("[\"A\", \"B\"]", "A=<names.json> B=<names.json>", None),
        ("{ \"A\": \"CANARY\", \"B\": null }", "A=<names.json> B=<names.json>", None),
        ("[]", "", None),
        ("[\"A\", 5]", "A=<names.json>", Some("names.json:1:7: a name is text in quotes")),
        ("\"A\"", "", Some("names.json:1:1: a list of names is a JSON list of text, or an object")),
    ] {
        let stack = Stack::of(&[("envlint.toml", MANIFEST), ("names.json", list)]);
        assert_eq!(stack.run("app"), seen, "{list}");
        assert_eq!(stack.remarks(), Vec::from_iter(remark.map(str::to_owned)), "{list}");
    }
}

#[test]
fn what_a_value_wins_over_is_kept_strongest_first() {
    let stack = Stack::of(&[
        ("compose.yaml", "services: { app: { env_file: [a.env, b.env], environment: [X=1] } }"),
        ("compose.override.yaml", "services: { app: { environment: [X=2] } }"),
        ("a.env", "X=3\n"),
        ("b.env", "X=4\n"),
    ]);
    let shadows: Vec<String> =
        stack.setting("X").shadows.iter().map(|origin| stack.origin(origin)).collect();
    let expected = ["compose.yaml:1:62", "b.env:1:3", "a.env:1:3"];
    assert_eq!((stack.run("app").as_str(), &*shadows), ("X=2", &expected.map(str::to_owned)[..]));
}

#[test]
fn only_so_many_are_kept() {
    let files = MAX_SHADOWS + 3;
    let texts: Vec<(String, String)> =
        (0..files).map(|at| (format!("{at}.env"), format!("X={at}\n"))).collect();
    let names: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
    let compose = format!("services: {{ app: {{ env_file: [{}] }} }}", names.join(", "));
    let mut repository = vec![("compose.yaml", compose.as_str())];
    repository.extend(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let stack = Stack::of(&repository);
    let shadows = &stack.setting("X").shadows;
    assert_eq!(stack.run("app"), format!("X={}", files - 1));
    assert_eq!(shadows.len(), MAX_SHADOWS);
    assert_eq!(stack.origin(&shadows[0]), format!("{}.env:1:3", files - 2));
}

/// A vault that stands for the file that a program opens.
fn with_vault(opened_by: &str, identity: Option<&str>) -> Stack {
    const COMPOSE: &str =
        "services: { app: { env_file: app.env, environment: ['U=${AUTH_SECRET:-default}'] } }";
    let manifest = format!(
        "version = 1\nenvironments.production = {{}}\n\
         sources.stack.compose = [\"compose.yaml\"]\n\
         sources.vault = {{ file = \"vault.age\", stands-for = \"{opened_by}\" }}\n\
         services.app.sources = [\"stack\"]\n"
    );
    let files = MemoryFiles::new()
        .with("envlint.toml", manifest)
        .with("compose.yaml", COMPOSE)
        .with("app.env", "LOCAL=1\n")
        .with(".env", "LAUNCH=1\n")
        .with("vault.age", VAULT);
    let process =
        identity.map(|text| ("ENVLINT_AGE_IDENTITY".to_owned(), Secret::made(text.to_owned())));
    Stack::resolve(files, &process.into_iter().collect())
}

#[test]
fn a_vault_stands_for_the_file_that_a_program_opens() {
    let open = with_vault("app.env", Some(IDENTITY));
    assert!(matches!(open.deployment.vaults[0].state, VaultState::Open));
    let expected = "AUTH_SECRET=CANARY-fake-auth-secret-of-production \
                    DATABASE_URL=postgresql://app:CANARY-fake-database-password@db:5432/app \
                    U=default";
    assert_eq!(open.run("app"), expected);
    assert_eq!(open.pieces("AUTH_SECRET")[0].split(" at ").last(), Some("vault.age:1:13"));

    let closed = with_vault("app.env", None);
    assert!(matches!(closed.deployment.vaults[0].state, VaultState::Closed(_)));
    assert_eq!(closed.run("app"), "U=default");
    let beyond = &closed.deployment.workloads[0].beyond;
    assert!(matches!(beyond, Some(Unknown::Encrypted { name: None, .. })), "anything may be set");
}

#[test]
fn what_a_closed_vault_may_override_is_not_known() {
    let run = |sources: &str| {
        let manifest = format!(
            "version = 1\nenvironments.production = {{}}\n\
             sources.weak.file = \"weak.env\"\nsources.strong.file = \"strong.env\"\n\
             sources.vault.file = \"vault.age\"\nservices.app.sources = [{sources}]\n"
        );
        let files = MemoryFiles::new()
            .with("envlint.toml", manifest)
            .with("weak.env", "A=weak\nB=\n")
            .with("strong.env", "B=strong\n")
            .with("vault.age", VAULT);
        let stack = Stack::resolve(files, &Default::default());
        let setting = stack.deployment.workload("app").and_then(|app| app.run.get("A"));
        let undecided = setting.and_then(|set| set.value.first_unknown()).cloned();
        (stack.run("app"), undecided)
    };
    let (seen, undecided) = run("\"weak\", \"vault\", \"strong\"");
    assert_eq!(seen, "A=<vault.age> B=strong");
    assert!(matches!(undecided, Some(Unknown::Undecided(_))), "it is a copy of neither");
    assert_eq!(run("\"vault\", \"weak\"").0, "A=weak B=");
}

#[test]
fn a_vault_may_stand_for_what_compose_interpolates_with() {
    let open = with_vault(".env", Some(IDENTITY));
    assert_eq!(open.run("app"), "LOCAL=1 U=CANARY-fake-auth-secret-of-production");
    let closed = with_vault(".env", None);
    assert_eq!(closed.run("app"), "LOCAL=1 U=<vault.age>");
    assert!(closed.deployment.workloads[0].beyond.is_none());
}

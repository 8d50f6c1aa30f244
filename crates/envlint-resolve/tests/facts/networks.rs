//! Which networks a service is attached to, and what it is called there.

use envlint_resolve::{Reached, Vantage};

use crate::support::Stack;

/// What the service `web` finds under a name: a service, `nothing`, or `unknown` where the files
/// do not tell.
fn found(base: &str, over: &str, name: &str) -> String {
    let stack = Stack::of(&[("compose.yaml", base), ("compose.override.yaml", over)]);
    let web = "web".into();
    match stack.deployment.network.lookup(Vantage::Workload(&web), name, 80) {
        Reached::Workload { name, .. } => name.to_string(),
        Reached::NoSuchName => "nothing".to_owned(),
        Reached::External => "unknown".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn one_file() {
    for (web, app, name, expected) in [
        ("{}", "{}", "app", "app"),
        ("{}", "{ networks: [back] }", "app", "nothing"),
        ("{ networks: [default, back] }", "{ networks: [back] }", "app", "app"),
        ("{ networks: [back] }", "{ networks: { back: { aliases: [api] } } }", "api", "app"),
        ("{}", "{ container_name: api }", "api", "app"),
        ("{}", "{ container_name: '${UNSET:-api}' }", "api", "app"),
        ("{}", "{ network_mode: host }", "app", "nothing"),
        ("{ networks: [] }", "{}", "app", "app"),
        ("{ networks: [shared] }", "{}", "legacy", "unknown"),
        ("{ extra_hosts: ['legacy:10.0.0.1'] }", "{}", "legacy", "unknown"),
        ("{ extends: { service: base } }", "{}", "legacy", "unknown"),
        ("{ network_mode: 'service:app' }", "{}", "app", "unknown"),
    ] {
        let base = format!(
            "services: {{ web: {web}, app: {app} }}\nnetworks: {{ shared: {{ external: true }} }}\n"
        );
        assert_eq!(found(&base, "", name), expected, "web: {web}, app: {app}");
    }
}

#[test]
fn several_files() {
    const BASE: &str = "
services:
  web: { networks: [back] }
  app: { networks: { back: { aliases: [api] } }, container_name: base }
networks:
  shared: { external: true }
";
    for (over, name, expected) in [
        ("services: { app: { networks: [front] } }", "app", "app"),
        ("services: { app: { networks: [back] } }", "api", "app"),
        ("services: { app: { networks: !override [front] } }", "app", "nothing"),
        ("services: { app: { networks: !reset [] } }", "app", "nothing"),
        ("services: { app: { networks: { back: !reset } } }", "app", "nothing"),
        ("services: { app: { networks: { back: !override } } }", "api", "nothing"),
        ("services: { app: { networks: { back: { aliases: [other] } } } }", "api", "app"),
        ("services: { app: { container_name: over } }", "base", "nothing"),
        ("services: { app: { container_name: over } }", "over", "app"),
        ("services: { app: { container_name: !reset } }", "base", "nothing"),
        ("services: { app: { extra_hosts: [a] } }", "legacy", "nothing"),
        ("services: { web: { extra_hosts: [a] } }", "legacy", "unknown"),
        ("services: { web: { networks: [shared] } }", "legacy", "unknown"),
        (
            "services: { web: { networks: [shared] } }\nnetworks: { shared: !reset }",
            "legacy",
            "nothing",
        ),
        (
            "services: { web: { networks: [shared] } }\nnetworks: { shared: { external: false } }",
            "legacy",
            "nothing",
        ),
    ] {
        assert_eq!(found(BASE, over, name), expected, "{over}");
    }
}

/// What a later file takes back is not told of.
#[test]
fn what_is_not_followed_is_said_where_it_has_an_effect() {
    const BASE: &str = "services:\n  app:\n    profiles: [debug]\n    extends: { service: base }\n";
    for (over, remarks) in [
        (
            "{}",
            &[
                "compose.yaml:3:5: `profiles` are not chosen: the service is taken as running",
                "compose.yaml:4:5: `extends` is not followed",
            ][..],
        ),
        (
            "services: { app: { extends: !reset } }",
            &["compose.yaml:3:5: `profiles` are not chosen: the service is taken as running"],
        ),
        ("services: { app: !reset }", &[]),
    ] {
        let stack = Stack::of(&[("compose.yaml", BASE), ("compose.override.yaml", over)]);
        assert_eq!(stack.remarks(), remarks, "{over}");
    }
}

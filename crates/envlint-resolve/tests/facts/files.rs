//! Several Compose files, each laid over the ones before it.

use envlint_resolve::Publication;

use crate::support::{Stack, hold};

/// What `docker compose` finds by itself: a file, and the one that it lays over it.
fn two<'a>(base: &'a str, over: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("compose.yaml", base),
        ("compose.override.yaml", over),
        (".env", "SET=project\n"),
        ("a.env", "X=a\nA=a\n"),
        ("b.env", "X=b\nB=b\n"),
    ]
}

#[test]
fn variables() {
    const BASE: &str = "services: { app: { environment: { A: base, B: base } } }";
    const LIST: &str = "services: { app: { environment: [A=base, B=base] } }";
    for (over, seen) in [
        ("{ environment: { B: over, C: over } }", "A=base B=over C=over"),
        ("{ environment: [B=over, C=over] }", "A=base B=over C=over"),
        ("{ environment: { B: '' } }", "A=base B="),
        ("{ environment: { B: } }", "A=base"),
        ("{ environment: { SET: } }", "A=base B=base SET=project"),
        ("{ environment: {} }", "A=base B=base"),
        ("{ environment: }", "A=base B=base"),
        ("{ environment: !reset }", ""),
        ("{ environment: !reset {} }", ""),
        ("{ environment: !reset { C: over } }", ""),
        ("{ environment: !override { C: over } }", "C=over"),
        ("{ environment: !override [C=over] }", "C=over"),
        ("{ image: app }", "A=base B=base"),
        ("!reset {}", ""),
        ("!override { environment: { C: over } }", "C=over"),
    ] {
        let over = format!("services:\n  app: {over}\n  other: {{}}\n");
        for base in [BASE, LIST] {
            let stack = Stack::of(&two(base, &over));
            let app = stack.deployment.workload("app").map(|_| stack.run("app"));
            assert_eq!(app.unwrap_or_default(), seen, "{base}\n{over}");
        }
    }
}

/// A tag on one variable reaches what an earlier file says as a mapping, not an item of a list.
#[test]
fn single_variables() {
    const MAPPING: &str = "services: { app: { env_file: a.env, environment: { X: base } } }";
    const LIST: &str = "services: { app: { env_file: a.env, environment: [X=base] } }";
    for (base, over, seen) in [
        (MAPPING, "{ X: !reset }", "A=a X=a"),
        (MAPPING, "{ X: !reset null }", "A=a X=a"),
        (MAPPING, "{ X: !override over }", "A=a X=over"),
        (LIST, "{ X: !reset null }", "A=a X=base"),
        (LIST, "{ X: !override over }", "A=a X=over"),
        (MAPPING, "{ X: null }", "A=a"),
    ] {
        let over = format!("services: {{ app: {{ environment: {over} }} }}");
        assert_eq!(Stack::of(&two(base, &over)).run("app"), seen, "{base}\n{over}");
    }
}

#[test]
fn files_of_variables() {
    const BASE: &str = "services: { app: { env_file: [a.env, b.env] } }";
    for (base, over, seen) in [
        (BASE, "{ env_file: a.env }", "A=a B=b X=b"),
        ("services: { app: { env_file: b.env } }", "{ env_file: [a.env] }", "A=a B=b X=a"),
        (BASE, "{ env_file: !reset [] }", ""),
        (BASE, "{ env_file: !override [a.env] }", "A=a X=a"),
        (BASE, "{ env_file: [{ path: a.env, required: false }] }", "A=a B=b X=b"),
        (BASE, "{ env_file: [] }", "A=a B=b X=b"),
    ] {
        let over = format!("services: {{ app: {over} }}");
        assert_eq!(Stack::of(&two(base, &over)).run("app"), seen, "{base}\n{over}");
    }
}

#[test]
fn build_arguments() {
    const BASE: &str = "services: { app: { build: { args: { A: base, B: base } } } }";
    for (over, seen) in [
        ("{ build: { args: [B=over] } }", "A=base B=over"),
        ("{ build: { args: { SET: , UNSET: } } }", "A=base B=base SET=project"),
        ("{ build: { args: !reset {} } }", ""),
        ("{ build: !reset {} }", ""),
        ("{ build: !override { args: { C: over } } }", "C=over"),
        ("{ build: . }", "A=base B=base"),
    ] {
        let over = format!("services: {{ app: {over} }}");
        let stack = Stack::of(&two(BASE, &over));
        assert_eq!((stack.build("app").as_str(), stack.run("app").as_str()), (seen, ""), "{over}");
    }
}

#[test]
fn ports() {
    const BASE: &str = "services: { app: { ports: ['80:8000', '127.0.0.1:90:9000'] } }";
    for (over, seen) in [
        ("{ ports: ['81:8000'] }", "0.0.0.0:80>8000 127.0.0.1:90>9000 0.0.0.0:81>8000"),
        ("{ ports: ['80:8000'] }", "0.0.0.0:80>8000 127.0.0.1:90>9000"),
        ("{ ports: [{ target: 8000, published: 80 }] }", "0.0.0.0:80>8000 127.0.0.1:90>9000"),
        (
            "{ ports: [{ target: 8000, published: 80, protocol: udp }] }",
            "0.0.0.0:80>8000 127.0.0.1:90>9000",
        ),
        ("{ ports: !reset [] }", ""),
        ("{ ports: !override ['81:8000'] }", "0.0.0.0:81>8000"),
        ("{ ports: }", "0.0.0.0:80>8000 127.0.0.1:90>9000"),
    ] {
        let over = format!("services: {{ app: {over} }}");
        let stack = Stack::of(&two(BASE, &over));
        let open = stack.deployment.network.publications("app").map(port);
        assert_eq!(open.collect::<Vec<_>>().join(" "), seen, "{over}");
    }
}

fn port(open: &Publication) -> String {
    let host = open.host_port.map_or("?".to_owned(), |port| port.to_string());
    format!("{}:{host}>{}", open.address, open.port)
}

#[test]
fn mounts() {
    const BASE: &str = "services: { app: { volumes: ['./a:/etc/app', './b:/var/app'] } }";
    for (over, seen) in [
        ("{ volumes: ['./c:/etc/app'] }", "c b"),
        ("{ volumes: [{ type: bind, source: ./c, target: /etc/app }] }", "c b"),
        ("{ volumes: ['named:/etc/app'] }", "b"),
        ("{ volumes: ['./c:/opt/app'] }", "a b c"),
        ("{ volumes: !reset [] }", ""),
        ("{ volumes: !override ['./c:/etc/app'] }", "c"),
    ] {
        let over = format!("services: {{ app: {over} }}");
        let stack = Stack::of(&two(BASE, &over));
        let mounted = &stack.deployment.workload("app").unwrap().mounted;
        let mounted: Vec<String> = mounted.iter().map(ToString::to_string).collect();
        assert_eq!(mounted.join(" "), seen, "{over}");
    }
}

#[test]
fn each_file_is_interpolated_by_itself() {
    hold(&[
        (
            "a file that is replaced may refer to what is not there",
            &two(
                "services: { app: { environment: { A: '${UNSET:-base}' } } }",
                "services: { app: { environment: { A: '${SET}' } } }",
            ),
            "A=project",
        ),
        (
            "documents of one file are laid over each other as files are",
            &[(
                "compose.yaml",
                "services: { app: { environment: { A: one, B: one } } }\n---\n\
                 services: { app: { environment: { B: two } } }\n",
            )],
            "A=one B=two",
        ),
    ]);
}

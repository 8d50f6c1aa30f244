//! `env_file:` of a service: its forms, the order of files, and what references in them see.

use crate::support::{Stack, hold};

#[test]
fn forms() {
    const A: (&str, &str) = ("a.env", "A=one\n");
    for (written, seen) in [
        ("env_file: a.env", "A=one"),
        ("env_file: [a.env]", "A=one"),
        ("env_file: [./a.env]", "A=one"),
        ("env_file: [{ path: a.env }]", "A=one"),
        ("env_file: [{ path: a.env, required: true }]", "A=one"),
        ("env_file: [{ path: absent.env, required: false }]", ""),
        ("env_file: [{ path: absent.env, required: False }]", ""),
        ("env_file: [{ path: absent.env, required: '${NEEDED:-false}' }]", ""),
        ("env_file: [{ path: absent.env, required: false, format: raw }]", ""),
        ("env_file: [{ path: absent.env, required: false }, a.env]", "A=one"),
        ("env_file: ['${NAME:-a}.env']", "A=one"),
        ("env_file: []", ""),
        ("env_file:", ""),
    ] {
        let compose = format!("services:\n  app:\n    {written}\n");
        let stack = Stack::of(&[("compose.yaml", &compose), A]);
        assert_eq!(stack.run("app"), seen, "{written}");
        assert_eq!(stack.remarks(), [""; 0], "{written}");
        assert!(stack.deployment.workloads[0].beyond.is_none(), "{written}");
    }
}

#[test]
fn what_can_not_be_read_is_said() {
    for (written, remark) in [
        ("env_file: absent.env", "absent.env does not exist, named by env_file of app"),
        (
            "env_file: [{ path: a.env, format: raw }]",
            "compose.yaml:3:24: `format: raw` is not read",
        ),
    ] {
        let compose = format!("services:\n  app:\n    {written}\n");
        let stack = Stack::of(&[("compose.yaml", &compose), ("a.env", "A=one\n")]);
        assert_eq!(stack.remarks(), [remark]);
        assert_eq!(stack.run("app"), "");
        assert!(stack.deployment.workloads[0].beyond.is_some(), "{written} may set anything");
    }
}

#[test]
fn order() {
    let (a, b) = (("a.env", "A=a\nX=a\n"), ("b.env", "B=b\nX=b\n"));
    let file = |text| ("compose.yaml", text);
    hold(&[
        (
            "a later file wins over an earlier one",
            &[file("services: { app: { env_file: [a.env, b.env] } }"), a, b],
            "A=a B=b X=b",
        ),
        (
            "a file that is named twice stands where it was named first",
            &[file("services: { app: { env_file: [a.env, b.env, a.env] } }"), a, b],
            "A=a B=b X=b",
        ),
        (
            "`environment` wins over every file",
            &[file("services: { app: { env_file: [a.env, b.env], environment: [X=own] } }"), a, b],
            "A=a B=b X=own",
        ),
        (
            "also with the empty text",
            &[file("services: { app: { env_file: a.env, environment: { X: '' } } }"), a],
            "A=a X=",
        ),
        (
            "a name without a value that nothing sets removes what a file sets",
            &[file("services: { app: { env_file: a.env, environment: [X] } }"), a],
            "A=a",
        ),
        (
            "a path starts at the directory of the first Compose file",
            &[
                ("envlint.toml", IN_DEPLOY),
                ("deploy/compose.yaml", "services: { app: { env_file: [a.env, ../b.env] } }"),
                ("deploy/a.env", "A=a\n"),
                b,
            ],
            "A=a B=b X=b",
        ),
    ]);
}

const IN_DEPLOY: &str = "
version = 1
environments.production = {}
sources.stack.compose = [\"deploy/compose.yaml\"]
";

#[test]
fn references() {
    const COMPOSE: &str =
        "services: { app: { env_file: [a.env, b.env], environment: { OWN: own } } }";
    let compose = ("compose.yaml", COMPOSE);
    hold(&[
        (
            "the project's `.env` wins over the file's own variable",
            &[
                compose,
                (".env", "PROJ=project\n"),
                ("a.env", "PROJ=file\nREF=${PROJ}\n"),
                ("b.env", ""),
            ],
            "OWN=own PROJ=file REF=project",
        ),
        (
            "`environment` of the service is seen, and wins over what files set",
            &[compose, ("a.env", "OWN=file\nREF=${OWN}\n"), ("b.env", "")],
            "OWN=own REF=own",
        ),
        (
            "a file sees the files before it",
            &[compose, ("a.env", "A=one\n"), ("b.env", "B=${A}/two\n")],
            "A=one B=one/two OWN=own",
        ),
        (
            "what single quotes hold is text",
            &[compose, ("a.env", "A=one\nB='${A}'\nC=\"${A}\"\n"), ("b.env", "")],
            "A=one B=${A} C=one OWN=own",
        ),
        (
            "a name alone takes the project's value, or sets nothing",
            &[compose, (".env", "SET=project\n"), ("a.env", "SET\nUNSET\n"), ("b.env", "")],
            "OWN=own SET=project",
        ),
        (
            "the Compose file does not see what an `env_file` sets",
            &[
                (
                    "compose.yaml",
                    "services: { app: { env_file: a.env, environment: ['B=<${A}>'] } }",
                ),
                ("a.env", "A=one\n"),
            ],
            "A=one B=<>",
        ),
    ]);
}

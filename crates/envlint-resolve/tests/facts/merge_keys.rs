//! Aliases and merge keys: what is set, where it stands, and how it got to the service.

use crate::support::Stack;

/// The lines of a Compose file, and where `A` stands.
const WAYS: &[(&str, &[&str], &str)] = &[
    (
        "written where it is used",
        &["services:", "  app:", "    environment:", "      A: one"],
        "one at compose.yaml:4:10",
    ),
    (
        "an alias for the value",
        &["x-a: &a one", "services:", "  app:", "    environment:", "      A: *a"],
        "one at compose.yaml:1:9 through * at compose.yaml:5:10",
    ),
    (
        "an alias for all variables",
        &["x-env: &env", "  A: one", "services:", "  app:", "    environment: *env"],
        "one at compose.yaml:2:6 through * at compose.yaml:5:18",
    ),
    (
        "a merge key",
        &["x-env: &env", "  A: one", "services:", "  app:", "    environment:", "      <<: *env"],
        "one at compose.yaml:2:6 through << at compose.yaml:6:11",
    ),
    (
        "one of several that are merged",
        &[
            "x-a: &a { A: one }",
            "x-b: &b { A: two }",
            "services:",
            "  app:",
            "    environment:",
            "      <<: [*a, *b]",
        ],
        "one at compose.yaml:1:14 through << at compose.yaml:6:12",
    ),
    (
        "a mapping that is merged where it stands",
        &["services:", "  app:", "    environment:", "      <<: { A: one }"],
        "one at compose.yaml:4:16 through << at compose.yaml:4:7",
    ),
    (
        "a merge in what is merged",
        &[
            "x-a: &a { A: one }",
            "x-b: &b { <<: *a }",
            "services:",
            "  app:",
            "    environment:",
            "      <<: *b",
        ],
        "one at compose.yaml:1:14 through << at compose.yaml:2:15 through << at compose.yaml:6:11",
    ),
    (
        "an alias in what is merged",
        &[
            "x-a: &a one",
            "x-b: &b { A: *a }",
            "services:",
            "  app:",
            "    environment:",
            "      <<: *b",
        ],
        "one at compose.yaml:1:9 through * at compose.yaml:2:14 through << at compose.yaml:6:11",
    ),
    (
        "a service that merges another's keys",
        &["x-base: &base", "  environment:", "    A: one", "services:", "  app:", "    <<: *base"],
        "one at compose.yaml:3:8 through << at compose.yaml:6:9",
    ),
    (
        "a service that is an alias",
        &["x-base: &base", "  environment: [A=one]", "services:", "  app: *base"],
        "one at compose.yaml:2:19 through * at compose.yaml:4:8",
    ),
    (
        "services that are merged",
        &["x-all: &all", "  app:", "    environment: [A=one]", "services:", "  <<: *all"],
        "one at compose.yaml:3:21 through << at compose.yaml:5:7",
    ),
    (
        "an item of a list that is an alias",
        &["x-a: &a A=one", "services:", "  app:", "    environment:", "      - *a"],
        "one at compose.yaml:1:11 through * at compose.yaml:5:9",
    ),
    (
        "an own value wins over what is merged",
        &[
            "x-env: &env { A: merged }",
            "services:",
            "  app:",
            "    environment:",
            "      A: own",
            "      <<: *env",
        ],
        "own at compose.yaml:5:10",
    ),
];

#[test]
fn the_origin_is_the_text_and_each_step_is_where_it_is_written() {
    for (way, lines, expected) in WAYS {
        let stack = Stack::of(&[("compose.yaml", &lines.join("\n"))]);
        assert_eq!(stack.pieces("A"), [*expected], "{way}");
        let whole = stack.origin(stack.setting("A").value.origin());
        assert!(expected.ends_with(&format!(" at {whole}")), "{way}: {whole}");
        assert_eq!(stack.remarks(), [""; 0], "{way}");
    }
}

/// A merged mapping takes the place of nothing: what it brings is added name by name.
#[test]
fn merging_is_by_name_and_not_deep() {
    let compose = "
x-base: &base
  env_file: a.env
  environment: { A: base, B: base }
services:
  app:
    <<: *base
    environment: { B: own }
";
    let stack = Stack::of(&[("compose.yaml", compose), ("a.env", "F=file\n")]);
    assert_eq!(stack.run("app"), "B=own F=file");
}

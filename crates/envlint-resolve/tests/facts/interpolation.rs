//! `${NAME}` in a Compose file.

use crate::support::Stack;

const ENV: &str = "SET=set\nEMPTY=\nTYPED=0777\nREF=${SET}/x\nRAW='${SET}'\n";

#[test]
fn operators() {
    for (written, seen) in [
        ("$SET ${SET}", "set set"),
        ("${SET:-other}", "set"),
        ("${EMPTY:-other}", "other"),
        ("${UNSET:-other}", "other"),
        ("${EMPTY-other}", ""),
        ("${UNSET-other}", "other"),
        ("${SET:+other}", "other"),
        ("${EMPTY:+other}", ""),
        ("${UNSET:+other}", ""),
        ("${EMPTY+other}", "other"),
        ("${UNSET+other}", ""),
        ("${SET:?is needed}", "set"),
        ("${EMPTY?is needed}", ""),
        ("${UNSET:-${EMPTY:-${SET}}}", "set"),
        ("${UNSET:-a${SET}b}", "asetb"),
        ("$$SET $${SET}", "$SET ${SET}"),
        ("$1 $( $", "$1 $( $"),
        ("${UNSET:-a:?b}", "a:?b"),
        // Values of the `.env` were interpolated when it was read, and are not once more.
        ("${REF}", "set/x"),
        ("${RAW}", "${SET}"),
        // Types are those of the file: what a reference brings is text.
        ("${TYPED}", "0777"),
        ("${UNSET:-0777}", "0777"),
    ] {
        let compose = format!("services: {{ app: {{ environment: {{ A: '{written}' }} }} }}\n");
        let stack = Stack::of(&[("compose.yaml", &compose), (".env", ENV)]);
        assert_eq!(stack.run("app"), format!("A={seen}"), "{written}");
    }
}

#[test]
fn what_compose_refuses_is_kept_with_the_value() {
    for (written, why) in [
        ("${UNSET:?is needed}", "UNSET is required here and has no value"),
        ("${EMPTY:?is needed}", "EMPTY is required here and has no value"),
        ("${UNSET?is needed}", "UNSET is required here and has no value"),
        ("${1}", NOT_A_REFERENCE),
        ("${SET/a/b}", NOT_A_REFERENCE),
        ("${}", NOT_A_REFERENCE),
        ("${SET", NOT_A_REFERENCE),
        ("${UNSET:-${}}", NOT_A_REFERENCE),
    ] {
        let compose = format!("services: {{ app: {{ environment: {{ A: '{written}' }} }} }}\n");
        let stack = Stack::of(&[("compose.yaml", &compose), (".env", ENV)]);
        let failures = &stack.setting("A").failures;
        let messages: Vec<String> =
            failures.iter().map(|failure| failure.to_error().message).collect();
        assert_eq!(messages, [why], "{written}");
    }
}

const NOT_A_REFERENCE: &str =
    "invalid template: `${` does not begin a reference that compose can read";

/// Names are not interpolated in a mapping; in a list they are, which is not followed.
#[test]
fn names() {
    let app = |environment: &str| {
        let compose = format!("services: {{ app: {{ environment: {environment} }} }}\n");
        Stack::of(&[("compose.yaml", &compose), (".env", ENV)])
    };
    let mapping = app("{ '${SET}': a }");
    assert_eq!((mapping.run("app").as_str(), mapping.remarks().len()), ("${SET}=a", 0));
    let list = app("['${SET}=a']");
    let remark = "compose.yaml:1:34: a name that is interpolated is not followed";
    assert_eq!((list.run("app").as_str(), &*list.remarks()), ("", &[remark.to_owned()][..]));
}

/// What a value was made of is told, whether or not it is there.
#[test]
fn references_are_told_with_what_they_found() {
    let compose = "services: { app: { environment: { A: '${SET}${UNSET:-${EMPTY}}' } } }\n";
    let stack = Stack::of(&[("compose.yaml", compose), (".env", ENV)]);
    let references = stack.setting("A").references.iter();
    let told: Vec<String> =
        references.map(|used| format!("{} {:?} {:?}", used.name, used.found, used.taken)).collect();
    assert_eq!(told, ["SET Text Value", "UNSET Unset Alternative", "EMPTY Empty Value"]);
}

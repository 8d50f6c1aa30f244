//! What holds for any text, and that what a program writes is read back as it was meant.

mod tree_support;

use std::fmt::Write;

use envlint_parse::{json, toml, yaml};
use proptest::prelude::*;
use tree_support::{check_invariants, shown, source};

/// A tree to write in each of the three languages.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(i32),
    Switch(bool),
    List(Vec<Value>),
    Table(Vec<(String, Value)>),
}

fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-z]{0,6}", "[ -~äß€😀\n\t]{0,8}"];
    let leaf = prop_oneof![
        text.prop_map(Value::Text),
        any::<i32>().prop_map(Value::Number),
        any::<bool>().prop_map(Value::Switch),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            table(inner).prop_map(Value::Table),
        ]
    })
}

fn table(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<(String, Value)>> {
    prop::collection::btree_map("[a-z ä\"]{1,4}", inner, 0..4)
        .prop_map(|entries| entries.into_iter().collect())
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// What [`tree_support::show`] makes of the value.
fn expected(value: &Value) -> String {
    let joined = |items: Vec<String>| items.join(", ");
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Number(number) => number.to_string(),
        Value::Switch(switch) => switch.to_string(),
        Value::List(items) => format!("[{}]", joined(items.iter().map(expected).collect())),
        Value::Table(entries) => {
            let entries = entries.iter().map(|(key, v)| format!("{key:?}: {}", expected(v)));
            format!("{{{}}}", joined(entries.collect()))
        }
    }
}

/// JSON, which is also YAML; with `=` for `:` and within one line, it is also TOML.
fn inline(value: &Value, assign: &str) -> String {
    let joined = |items: Vec<String>| items.join(", ");
    match value {
        Value::Text(text) => quoted(text),
        Value::List(items) => {
            format!("[{}]", joined(items.iter().map(|item| inline(item, assign)).collect()))
        }
        Value::Table(entries) => {
            let entries = entries
                .iter()
                .map(|(key, v)| format!("{}{assign} {}", quoted(key), inline(v, assign)));
            format!("{{{}}}", joined(entries.collect()))
        }
        simple => expected(simple),
    }
}

/// YAML in block style.
fn block(value: &Value, indent: usize, into: &mut String) {
    let lead = "  ".repeat(indent);
    match value {
        Value::List(items) if !items.is_empty() => {
            for item in items {
                write!(into, "\n{lead}- ").unwrap();
                block(item, indent + 1, into);
            }
        }
        Value::Table(entries) if !entries.is_empty() => {
            for (key, item) in entries {
                write!(into, "\n{lead}{}: ", quoted(key)).unwrap();
                block(item, indent + 1, into);
            }
        }
        simple => into.push_str(&inline(simple, ":")),
    }
}

/// TOML with headers for tables.
fn headers(entries: &[(String, Value)], path: &str, into: &mut String) {
    let is_table = |value: &Value| matches!(value, Value::Table(_));
    for (key, value) in entries.iter().filter(|(_, value)| !is_table(value)) {
        writeln!(into, "{} = {}", quoted(key), inline(value, " =")).unwrap();
    }
    for (key, value) in entries {
        if let Value::Table(entries) = value {
            let path = format!("{path}{}", quoted(key));
            writeln!(into, "[{path}]").unwrap();
            headers(entries, &format!("{path}."), into);
        }
    }
}

/// The order in which [`headers`] writes.
fn tables_last(value: &Value) -> Value {
    match value {
        Value::Table(entries) => {
            let (tables, others): (Vec<_>, Vec<_>) =
                entries.iter().cloned().partition(|(_, value)| matches!(value, Value::Table(_)));
            let tables = tables.iter().map(|(key, value)| (key.clone(), tables_last(value)));
            Value::Table(others.into_iter().chain(tables).collect())
        }
        other => other.clone(),
    }
}

/// Text that looks like one of the three languages more often than not.
fn likely_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => prop::sample::select(&[
            "a", "b: ", "c = ", "\n", "\n  ", "\n- ", "- ", "[", "]", "{", "}", ",", ":", "\"", "'",
            "# x\n", "&a ", "*a", "<<: ", "!t ", "|\n", ">-\n", "---\n", "...\n", "?", "\\", "\\u12",
            "\r\n", "\t", "1", "0x", "true", "null", "[[a]]\n", "[a.b]\n", "\"\"\"", "'''", "//", "/*",
            "\u{feff}", "ä", "😀", "%", "@",
        ][..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_read_without_harm(text in likely_text()) {
        let source = source(&text);
        for parse in [yaml::parse, json::parse, json::parse_with_comments, toml::parse] {
            let (document, errors) = parse(&source);
            check_invariants(&document, &errors);
        }
    }

    #[test]
    fn json_is_right_when_others_say_so(text in likely_text()) {
        let ours = json::parse(&source(&text)).1.is_empty();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let theirs = serde_json::from_str::<serde_json::Value>(text).is_ok();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn toml_is_right_when_others_say_so(text in likely_text()) {
        let ours = toml::parse(&source(&text)).1.is_empty();
        prop_assert_eq!(ours, ::toml::de::DeTable::parse(&text).is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_was_written_is_read(value in value()) {
        let meant = (vec![expected(&value)], Vec::new());
        let text = inline(&value, ":");
        prop_assert_eq!(&shown(json::parse(&source(&text))), &meant);
        prop_assert_eq!(&shown(yaml::parse(&source(&text))), &meant);
        let mut text = String::new();
        block(&value, 0, &mut text);
        prop_assert_eq!(&shown(yaml::parse(&source(&text))), &meant, "{}", text);
    }

    #[test]
    fn tables_are_read_wherever_they_stand(entries in table(value())) {
        let value = Value::Table(entries.clone());
        let mut text = String::new();
        headers(&entries, "", &mut text);
        let meant = (vec![expected(&tables_last(&value))], Vec::<String>::new());
        prop_assert_eq!(shown(toml::parse(&source(&text))), meant, "{}", text);
        let text = format!("v = {}", inline(&value, " ="));
        let meant = (vec![format!("{{v: {}}}", expected(&value))], Vec::new());
        prop_assert_eq!(shown(toml::parse(&source(&text))), meant);
    }
}

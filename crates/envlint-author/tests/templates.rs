//! A template says the same to every reader of dotenv files, as it is and with everything in it
//! that is commented out.

use std::collections::BTreeMap;

use envlint_author::{Described, Services, reference, spelling, template};
use envlint_model::{Form, Name, Reader, Sources, Zeroizing};
use envlint_parse::dotenv;
use envlint_schema::Schema;
use proptest::prelude::*;

type Variables = BTreeMap<String, String>;

fn read(text: &str, reader: Reader) -> Variables {
    let sources = Sources::default();
    let text = Zeroizing::new(text.to_owned().into_boxed_str());
    let file = sources.add(".env".into(), Form::Plain, text);
    let (document, errors) = dotenv::parse(&file, reader);
    assert!(errors.is_empty() && document.refusal().is_none(), "{reader}: {errors:?}");
    let evaluated = dotenv::evaluate(&document, &|_| None);
    let variable = |each: &dotenv::Variable| {
        let text = each.value.known().map(|text| text.as_str().to_owned());
        (each.name.to_string(), text.unwrap_or_default())
    };
    evaluated.variables.iter().map(variable).collect()
}

fn dotenvy(text: &str) -> Variables {
    dotenvy::from_read_iter(text.as_bytes()).map(Result::unwrap).collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A template with what is commented out put to use.
fn uncommented(template: &str) -> String {
    let line = |line: &str| match line.strip_prefix("# ").and_then(|rest| rest.split_once('=')) {
        Some((name, value)) if is_name(name) => format!("{name}={value}\n"),
        _ => format!("{line}\n"),
    };
    template.lines().map(line).collect()
}

fn bundled() -> Vec<(Name, Schema)> {
    let names = envlint_bundled::names().into_iter();
    names.map(|name| (Name::new(name), envlint_bundled::schema(name).unwrap())).collect()
}

fn services(schemas: &[(Name, Schema)]) -> Services<'_> {
    let described = schemas.iter().map(|(name, schema)| Described { name, schema }).collect();
    Services { described, ..Services::default() }
}

#[test]
fn every_reader_reads_the_same_and_every_variable_is_there() {
    for one in bundled().chunks(1).chain([&*bundled()]) {
        let template = template(&services(one));
        let everything = uncommented(&template);
        let set = read(&everything, Reader::Compose);
        for reader in Reader::DOTENV {
            assert_eq!(read(&template, reader), dotenvy(&template), "{reader}");
            assert_eq!(read(&everything, reader), set, "{reader}");
        }
        assert_eq!(dotenvy(&everything), set);
        for variable in one.iter().flat_map(|(_, schema)| schema.variables()) {
            let text = set.get(variable.name.as_str());
            let mut others = one.iter().filter_map(|(_, schema)| schema.variable(&variable.name));
            let is_read = others.any(|variable| variable.retired.is_none());
            assert_eq!(text.is_some(), is_read, "{}", variable.name);
            if variable.is_secret() {
                assert_eq!(text.map_or("", String::as_str), "", "{}", variable.name);
            }
            if one.len() == 1 && variable.retired.is_none() && !variable.is_secret() {
                assert_eq!(text, variable.default.clone().or(Some(String::new())).as_ref());
            }
        }
    }
}

#[test]
fn every_variable_is_explained() {
    let schemas = bundled();
    let page = reference(&services(&schemas));
    for variable in schemas.iter().flat_map(|(_, schema)| schema.variables()) {
        assert!(page.contains(&format!("\n#### `{}`\n", variable.name)), "{}", variable.name);
    }
    assert_eq!(page, reference(&services(&schemas)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_spelling_is_read_back_by_all(text in "[ -~éж名]{0,24}") {
        if let Some(spelt) = spelling(&text) {
            let file = format!("A={spelt}\nB=1\n");
            let expected = BTreeMap::from([("A".into(), text.clone()), ("B".into(), "1".into())]);
            for reader in Reader::DOTENV {
                prop_assert_eq!(&read(&file, reader), &expected, "{} reads {}", reader, file);
            }
            prop_assert_eq!(&dotenvy(&file), &expected, "{}", file);
        }
    }
}

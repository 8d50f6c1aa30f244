//! Who makes each secret of the services that envlint knows. `ENVLINT_UPDATE=1 cargo test` writes
//! the list: read the difference as somebody who would deploy what it says.
#![allow(clippy::disallowed_methods, reason = "the test compares with a committed file")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use envlint_author::{NoChance, generate, recipes};
use envlint_model::{Name, Phase, Reader, Secret, Sources, Value};
use envlint_schema::{Check, Context, evaluate};

/// Bytes that are random to nobody: every draw goes on where the last one ended.
fn counting() -> impl FnMut(&mut [u8]) -> Result<(), NoChance> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move |bytes| {
        for byte in bytes {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state as u8;
        }
        Ok(())
    }
}

fn value(text: &str) -> Value {
    let nothing = Box::<str>::from("");
    let file = Sources::default().add("x".into(), envlint_model::Form::Plain, nothing.into());
    let origin = envlint_model::Origin::new(file.span(0..0), Reader::Names);
    Value::literal(Secret::made(text.to_owned()), origin)
}

#[test]
fn every_secret_is_made_or_refused_for_a_reason() {
    let mut chance = counting();
    let mut list = String::new();
    for name in envlint_bundled::names() {
        let schema = envlint_bundled::schema(name).unwrap();
        for variable in schema.variables().iter().filter(|variable| variable.is_secret()) {
            let says = match recipes(variable) {
                Ok(recipes) => {
                    let text = generate(&[(&schema, variable)], &mut chance).unwrap();
                    let values = [(variable.name.clone(), value(&text))].into_iter().collect();
                    let values: std::collections::BTreeMap<Name, Value> = values;
                    let context = Context { phase: Phase::Run, ..Context::production() };
                    let wrong = evaluate(&schema, &values, &context).into_iter().find(|each| {
                        each.variable().is_some_and(|about| about.name == variable.name)
                            && each.kind.check() != Check::ForbiddenInEnvironment
                    });
                    assert_eq!(wrong, None);
                    format!("{:?}", recipes[0])
                }
                Err(refused) => {
                    assert!(generate(&[(&schema, variable)], &mut chance).is_err());
                    refused.why
                }
            };
            writeln!(list, "{name} {}: {says}", variable.name).unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/made.txt");
    if std::env::var("ENVLINT_UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, &list).unwrap();
    }
    assert_eq!(list, fs::read_to_string(&path).unwrap_or_default(), "ENVLINT_UPDATE=1 writes it");
}

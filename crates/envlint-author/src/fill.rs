//! Secrets put into the text of a dotenv file.
//!
//! A person copies the template, fills in what only they know, and lets the rest be made. So an
//! empty assignment is the place for its value; a second one at the end would make readers
//! differ about which counts. What is assigned already is left alone, whatever it is.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Form, Name, Reader, Sources, Zeroizing};
use envlint_parse::dotenv;

use crate::spelling::spelling;

/// The text with secrets in it, and the names that it assigns already, whose secrets are not.
///
/// A secret that has no spelling on which readers agree is taken for one that is there already:
/// none that [`generate`](crate::generate) makes is such a one.
pub fn filled(
    text: &Zeroizing<String>,
    secrets: &[(&Name, &Zeroizing<String>)],
) -> (Zeroizing<String>, Vec<Name>) {
    let sources = Sources::default();
    let bytes: Box<str> = text.as_str().into();
    let file = sources.add("filled".into(), Form::Decrypted, Zeroizing::new(bytes));
    let (document, _) = dotenv::parse(&file, Reader::Dotenv);
    // Where the last assignment of each name ends, if all of them are empty.
    let mut assigned: BTreeMap<&Name, Option<usize>> = BTreeMap::new();
    for statement in document.statements() {
        let Some(value) = &statement.value else { continue };
        let end = value.span.is_empty().then_some(value.span.end as usize);
        assigned
            .entry(&statement.name)
            .and_modify(|before| *before = before.and(end))
            .or_insert(end);
    }
    let (mut inside, mut behind) = (BTreeMap::new(), Vec::new());
    let mut taken = BTreeSet::new();
    for (name, secret) in secrets {
        match (assigned.get(name), spelling(secret).map(Zeroizing::new)) {
            (None, Some(written)) => behind.push((*name, written)),
            (Some(Some(end)), Some(written)) => drop(inside.insert(*end, written)),
            _ => drop(taken.insert((*name).clone())),
        }
    }
    (joined(text, &inside, &behind), taken.into_iter().collect())
}

/// Made in one piece: memory that has to grow leaves copies behind.
fn joined(
    text: &str,
    inside: &BTreeMap<usize, Zeroizing<String>>,
    behind: &[(&Name, Zeroizing<String>)],
) -> Zeroizing<String> {
    let of_lines = behind.iter().map(|(name, secret)| name.len() + secret.len() + 2);
    let of_inside = inside.values().map(|secret| secret.len());
    let room = text.len() + of_lines.sum::<usize>() + of_inside.sum::<usize>() + 1;
    let mut joined = Zeroizing::new(String::with_capacity(room));
    let mut from = 0;
    for (&at, secret) in inside {
        joined.push_str(text.get(from..at).unwrap_or(""));
        joined.push_str(secret);
        from = at;
    }
    joined.push_str(text.get(from..).unwrap_or(""));
    if !joined.is_empty() && !joined.ends_with('\n') && !behind.is_empty() {
        joined.push('\n');
    }
    for (name, secret) in behind {
        for part in [name.as_str(), "=", secret, "\n"] {
            joined.push_str(part);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, names: &[&str]) -> (String, Vec<String>) {
        let secret = Zeroizing::new("CANARY".to_owned());
        let names: Vec<Name> = names.iter().map(|name| Name::new(name)).collect();
        let secrets: Vec<_> = names.iter().map(|name| (name, &secret)).collect();
        let (text, taken) = filled(&Zeroizing::new(text.to_owned()), &secrets);
        (text.as_str().to_owned(), taken.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_empty_is_filled_and_what_is_missing_added() {
        for (text, result) in [
            ("", "A=CANARY\nB=CANARY\n"),
            ("A=\nC=1", "A=CANARY\nC=1\nB=CANARY\n"),
            ("# A=\nB= \n", "# A=\nB=CANARY \nA=CANARY\n"),
            ("export A=\r\nB=\r\n", "export A=CANARY\r\nB=CANARY\r\n"),
            ("A= # why\n", "A=CANARY # why\nB=CANARY\n"),
        ] {
            assert_eq!(fill(text, &["A", "B"]), (result.to_owned(), vec![]), "{text:?}");
        }
    }

    #[test]
    fn what_is_assigned_stays_as_it_is() {
        for text in ["A=1\n", "A=''\n", "A=\nA=1\n", "A=1\nA=\n", "A=${X}\n"] {
            assert_eq!(fill(text, &["A"]), (text.to_owned(), vec!["A".to_owned()]), "{text:?}");
        }
    }

    #[test]
    fn memory_is_not_moved() {
        let secret = Zeroizing::new("CANARY".repeat(100));
        let (a, b) = (Name::new("A"), Name::new("B"));
        let text = Zeroizing::new("A=\nC=1".to_owned());
        let (text, _) = filled(&text, &[(&a, &secret), (&b, &secret)]);
        assert!(text.capacity() - text.len() <= 1);
    }
}

//! What Compose files say that containers run: commands, entrypoints, health checks.
//!
//! Every argument is seen by whoever can list processes or inspect the container, so it is told
//! which variables Compose writes into it, and which texts stand there as they are. `$$` is left
//! to a shell in the container and is no reference here.

use std::collections::BTreeMap;

use envlint_model::{Name, Origin, Reader, Span, Value};

use crate::template::{LocatedText, Template};
use crate::tree::{Document, Kind, Node};

/// The parts of a service that are commands, by the steps that lead there, and their titles.
const PARTS: [(&[&str], &str); 3] = [
    (&["command"], "command"),
    (&["entrypoint"], "entrypoint"),
    (&["healthcheck", "test"], "health check"),
];

/// A command.
#[derive(Default)]
pub struct Command {
    /// The variables that Compose puts into it, and where.
    pub references: Vec<(Name, Span)>,
    /// Its words that refer to nothing.
    pub words: Vec<Word>,
}

/// A word of a command that stands for itself.
pub struct Word {
    /// The word; of `--option=value`, the value.
    pub value: Value,
    /// The option that it is the value of, without the dashes before it: `db-password`.
    pub option: Option<Name>,
}

/// The commands of a project's Compose files, the later ones in the place of the earlier ones, by
/// service and by what they are.
pub fn commands<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
) -> BTreeMap<(Name, &'static str), Command> {
    let mut found = BTreeMap::new();
    for root in documents.into_iter().flat_map(Document::roots) {
        let services = root.get("services").map(|services| services.value.fields());
        for service in services.into_iter().flatten() {
            let Some(name) = service.name() else { continue };
            for (steps, title) in PARTS {
                let mut node = Some(service.value);
                for step in steps {
                    node = node.and_then(|node| node.get(step)).map(|field| field.value);
                }
                if let Some(node) = node {
                    found.insert((Name::new(name), title), command(node));
                }
            }
        }
    }
    found
}

fn command(node: Node<'_>) -> Command {
    let mut command = Command::default();
    let node = node.resolve().node;
    // An option and its value are two items, so what an item leaves open the next one closes.
    let mut option = None;
    match node.kind() {
        Kind::Sequence(_) => {
            node.elements().for_each(|item| command.read(item.node, &mut option));
        }
        _ => command.read(node, &mut option),
    }
    command
}

impl Command {
    fn read(&mut self, node: Node<'_>, option: &mut Option<Name>) {
        let Some(text) = node.text() else { return };
        let span = node.text_span().unwrap_or(node.span());
        let text = LocatedText::decoded(node.document().source(), span, text);
        let template = Template::parse(text.clone());
        let references = template.references().into_iter();
        self.references.extend(references.map(|each| (each.name.clone(), each.name_span)));
        let whole = text.as_str();
        // Where a part of the text stands in it.
        let offset = |part: &str| part.as_ptr().addr() - whole.as_ptr().addr();
        for word in whole.split_whitespace() {
            let (name, value) = match word.strip_prefix('-') {
                None => (option.take(), word),
                Some(rest) => match rest.split_once('=') {
                    Some((name, value)) => (Some(named(name)), value),
                    None => {
                        *option = Some(named(rest));
                        continue;
                    }
                },
            };
            let value = value.trim_matches(['"', '\'']);
            if value.is_empty() || value.contains('$') {
                continue;
            }
            let range = offset(value)..offset(value) + value.len();
            let origin = Origin::new(text.locate(range.clone()), Reader::ComposeFile);
            let value = Value::literal(text.secret(range), origin);
            self.words.push(Word { value, option: name });
        }
    }
}

fn named(option: &str) -> Name {
    Name::new(option.trim_start_matches('-'))
}

#[cfg(test)]
mod tests {
    use envlint_model::{Form, Sources};
    use proptest::prelude::*;

    use super::*;
    use crate::yaml;

    /// For each command its title, the variables, and the words with their options.
    fn found(files: &[&str]) -> Vec<(String, Vec<String>, Vec<String>)> {
        let sources = Sources::default();
        let parsed: Vec<_> = files
            .iter()
            .map(|text| {
                let text = (*text).to_owned().into_boxed_str().into();
                yaml::parse(&sources.add("compose.yaml".into(), Form::Plain, text)).0
            })
            .collect();
        let word = |word: &Word| {
            let option = word.option.as_ref().map_or("", |option| option);
            format!("{option}:{}", word.value.known().expect("a text").as_str())
        };
        let commands = commands(&parsed).into_iter();
        commands
            .map(|((service, part), command)| {
                let names = command.references.iter().map(|(name, _)| name.to_string()).collect();
                (format!("{service} {part}"), names, command.words.iter().map(word).collect())
            })
            .collect()
    }

    #[test]
    fn commands_are_lists_or_texts() {
        let text = "services:\n  a:\n    command: run --token=abc -p 'x y' ${A} $$B\n    entrypoint: [sh, --key, \"v\"]\n    healthcheck:\n      test: [CMD, ping, -a, \"${C:?}\"]\n";
        let told = |title: &str, names: &[&str], words: &[&str]| {
            let owned = |all: &[&str]| all.iter().map(|each| (*each).to_owned()).collect();
            (title.to_owned(), owned(names), owned(words))
        };
        assert_eq!(
            found(&[text]),
            [
                told("a command", &["A"], &[":run", "token:abc", "p:x", ":y"]),
                told("a entrypoint", &[], &[":sh", "key:v"]),
                told("a health check", &["C"], &[":CMD", ":ping"]),
            ]
        );
        let over = "services: {a: {command: [], entrypoint: null}}";
        assert_eq!(found(&[text, over])[0], told("a command", &[], &[]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_command_is_read(text in "[ -~\u{e9}\t]{0,40}") {
            let quoted = text.replace('\'', "''");
            let file = format!("services:\n  a:\n    command: '{quoted}'\n");
            prop_assert_eq!(found(&[&file]).len(), 1);
        }
    }
}

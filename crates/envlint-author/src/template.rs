//! The template that a colleague copies: `.env.example`.
//!
//! Two promises make a template worth keeping. It names every variable that a service reads, so
//! that nothing has to be looked up elsewhere; and it can be copied as it is, because what is
//! not needed stands in comments and what is needed stands empty, where a check finds it. It
//! holds no secret and nothing that looks like one: a made-up password in a template is the one
//! that ends up in production.
//!
//! A variable that several services read stands once, since the copy is one file for all.

use std::collections::BTreeMap;
use std::fmt::Write;

use envlint_model::Name;
use envlint_schema::Variable;

use crate::Services;
use crate::generate::origin;
use crate::prose::{self, Need, plain};
use crate::spelling::{is_name, spelling};

/// The longest line of a comment, in characters.
const WIDTH: usize = 100;

/// A template for the variables of some services. The same services give the same bytes, and
/// every reader of dotenv files takes them for the same.
pub fn template(services: &Services<'_>) -> String {
    let names: Vec<String> = services.described.iter().map(|each| plain(each.name)).collect();
    let mut file = String::new();
    comment(
        &format!(
            "The variables of {}. Copy this file, set what is empty, and keep the copy out of \
             version control.",
            prose::series(&names, "and")
        ),
        &mut file,
    );
    comment(
        "What is commented out is needed in some cases only, or not at all; it holds the default.",
        &mut file,
    );
    comment("Written by `envlint example`.", &mut file);
    let entries = entries(services);
    for service in &services.described {
        let own: Vec<&Entry<'_>> =
            entries.iter().filter(|entry| entry.users[0].0 == service.name).collect();
        if own.is_empty() {
            continue;
        }
        let _ = write!(file, "\n# ==== {} ====\n", plain(service.name));
        for need in Need::ALL {
            let group = || own.iter().filter(|entry| entry.need == need);
            if group().next().is_some() {
                let _ = write!(file, "\n# ---- {} ----\n", need.title());
            }
            group().for_each(|entry| entry.write(&mut file));
        }
    }
    file
}

/// A variable, and every service that reads it.
struct Entry<'a> {
    name: &'a Name,
    need: Need,
    users: Vec<(&'a Name, &'a Variable)>,
}

/// Every variable once, in the order of the first service that reads it.
fn entries<'a>(services: &Services<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut by_name: BTreeMap<&Name, usize> = BTreeMap::new();
    for service in &services.described {
        for variable in service.schema.variables() {
            let need = Need::of(variable);
            if need == Need::Retired {
                continue;
            }
            let at = *by_name.entry(&variable.name).or_insert_with(|| {
                entries.push(Entry { name: &variable.name, need, users: Vec::new() });
                entries.len() - 1
            });
            let entry = &mut entries[at];
            entry.need = entry.need.min(need);
            entry.users.push((service.name, variable));
        }
    }
    entries
}

impl Entry<'_> {
    fn write(&self, file: &mut String) {
        let (_, variable) = self.users[0];
        file.push('\n');
        for paragraph in variable.docs.trim().split("\n\n") {
            comment(paragraph, file);
        }
        comment(&self.facts(), file);
        let default = self.default();
        let written = default.and_then(spelling).unwrap_or_default();
        match (is_name(self.name), self.need) {
            (false, _) => comment(
                &format!("{} can not be set in a file like this one.", plain(self.name)),
                file,
            ),
            (true, Need::Required) => drop(writeln!(file, "{}={written}", self.name)),
            (true, _) => drop(writeln!(file, "# {}={written}", self.name)),
        }
    }

    /// The default, where all services that read the variable have the same one.
    fn default(&self) -> Option<&str> {
        let mut defaults = self.users.iter().map(|(_, variable)| prose::default(variable));
        let first = defaults.next()??;
        defaults.all(|other| other == Some(first)).then_some(first)
    }

    /// What has to be known to set it, in sentences.
    fn facts(&self) -> String {
        let (service, variable) = self.users[0];
        let secret = self.users.iter().any(|(_, variable)| variable.is_secret());
        let others: Vec<String> = self.users[1..].iter().map(|(name, _)| plain(name)).collect();
        let differing = || {
            let named = |(service, variable): &(&Name, &Variable)| {
                Some(format!("{} in {}", plain(prose::default(variable)?), plain(service)))
            };
            let defaults: Vec<String> = self.users.iter().filter_map(named).collect();
            (self.default().is_none() && !defaults.is_empty())
                .then(|| format!("default: {}", prose::series(&defaults, "and")))
        };
        let unspelt = || {
            let default = self.default().filter(|default| spelling(default).is_none())?;
            Some(format!("default: {}", plain(default)))
        };
        let facts = [
            Some(prose::kind(variable, plain)),
            secret.then(|| "secret".to_owned()),
            (self.need != Need::Required).then(|| self.required()).flatten(),
            differing().or_else(unspelt),
            variable.example.as_deref().map(|example| format!("for example {}", plain(example))),
            origin(service, variable).map(|(what, says)| format!("{what}: {}", plain(&says))),
            variable
                .file_variant()
                .map(|name| format!("{} may hold the path of a file with it", plain(&name))),
            prose::phase(variable).map(|phase| format!("read {phase}")),
            (!others.is_empty()).then(|| format!("also read by {}", prose::series(&others, "and"))),
        ];
        let sentence = |fact: String| {
            let mut letters = fact.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            format!("{}{}.", first.map(String::from).unwrap_or_default(), letters.as_str())
        };
        facts.into_iter().flatten().map(sentence).collect::<Vec<_>>().join(" ")
    }

    /// Where it is required or recommended, by any of the services.
    fn required(&self) -> Option<String> {
        let of = |says: fn(&Variable) -> Option<String>| {
            let mut places: Vec<String> = self.users.iter().filter_map(|(_, v)| says(v)).collect();
            places.dedup();
            (!places.is_empty()).then(|| prose::series(&places, "and"))
        };
        match of(prose::required) {
            Some(places) => Some(format!("required {places}")),
            None => of(|variable| variable.recommended.as_ref().map(prose::when))
                .map(|places| format!("recommended {places}")),
        }
    }
}

/// Writes a text as comment lines.
///
/// No line of prose may be taken for more than prose: one that reads as an assignment or as a
/// word to envlint is set apart from the `#` by a dash.
fn comment(text: &str, file: &mut String) {
    let mut line = String::new();
    let mut end = |line: &mut String| {
        if !line.is_empty() {
            let dash = if is_more_than_prose(line) { "- " } else { "" };
            let _ = writeln!(file, "# {dash}{line}");
            line.clear();
        }
    };
    for word in text.split_whitespace().map(plain) {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() + 2 > WIDTH {
            end(&mut line);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    end(&mut line);
}

fn is_more_than_prose(line: &str) -> bool {
    let line = line.trim_start_matches('#').trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let assigns = line.split_once('=').is_some_and(|(name, _)| is_name(name.trim()));
    assigns || line.starts_with("envlint:")
}

#[cfg(test)]
mod tests {
    use envlint_schema::{Kind, Schema, TextRules};

    use super::*;
    use crate::Described;

    fn written(schema: &Schema) -> String {
        let name = Name::new("api");
        let described = vec![Described { name: &name, schema }];
        template(&Services { described, ..Services::default() })
    }

    #[test]
    fn prose_is_never_an_assignment_or_an_allowance() {
        let mut schema = Schema::new("api");
        let mut variable = Variable::new("A", Kind::Port);
        variable.docs = "B=1\n\nenvlint: allow(weak-secret): no\n\n# export C = 2".to_owned();
        schema.insert(variable);
        let file = written(&schema);
        for line in ["# - B=1\n", "# - envlint: allow(weak-secret): no\n", "# - # export C = 2\n"] {
            assert!(file.contains(line), "{file}");
        }
    }

    #[test]
    fn a_secret_has_no_default_and_a_name_that_is_none_is_not_assigned() {
        let mut schema = Schema::new("api");
        let mut token = Variable::new("TOKEN", Kind::Token { min_length: 8 });
        token.default = Some("CANARY-default".to_owned());
        schema.insert(token);
        schema.insert(Variable::new("mail.host", Kind::Text(TextRules::default())));
        let file = written(&schema);
        assert!(file.contains("\n# TOKEN=\n") && !file.contains("CANARY"), "{file}");
        assert!(file.contains("\n# mail.host can not be set in a file like this one.\n"));
    }

    #[test]
    fn a_variable_of_two_services_stands_once() {
        let schema = |default: &str| {
            let mut schema = Schema::new("x");
            let mut variable = Variable::new("PORT", Kind::Port);
            variable.default = Some(default.to_owned());
            schema.insert(variable);
            schema
        };
        let (api, web) = (schema("4000"), schema("3000"));
        let names = ["api", "web"].map(Name::new);
        let described = [(&names[0], &api), (&names[1], &web)]
            .map(|(name, schema)| Described { name, schema })
            .to_vec();
        let file = template(&Services { described, ..Services::default() });
        assert_eq!(file.matches("PORT=").count(), 1, "{file}");
        let prose = file.replace("\n# ", " ");
        assert!(
            prose.contains("Default: 4000 in api and 3000 in web. Also read by web."),
            "{file}"
        );
        assert!(file.contains("\n# PORT=\n"), "{file}");
    }
}

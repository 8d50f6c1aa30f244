//! The page that explains every variable.
//!
//! Whoever keeps such a page by hand writes it for two readers: one who sets a service up and
//! asks what is needed, and one who has met a name and asks what it does. So each service begins
//! with tables, what is needed most first, and goes on with a paragraph for each variable. The
//! page is Markdown that reads well as it is: one line a fact, nothing but headings, tables and
//! lists.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use envlint_model::Name;
use envlint_schema::{Relation, Schema, Variable};

use crate::generate::origin;
use crate::prose::{self, Need, code, one_line};
use crate::{Described, Services};

/// The reference of all variables of some services, as Markdown. The same services give the same
/// bytes.
pub fn reference(services: &Services<'_>) -> String {
    let mut page = String::from("# Variables\n");
    let names: Vec<String> =
        services.described.iter().map(|service| prose::plain(service.name)).collect();
    let _ = writeln!(
        page,
        "\nWhat {} from {} environment. Written by `envlint docs`.",
        match names.as_slice() {
            [] => "the services read".to_owned(),
            [one] => format!("{one} reads"),
            many => format!("{} read", prose::series(many, "and")),
        },
        if names.len() == 1 { "its" } else { "their" },
    );
    for service in &services.described {
        of_service(*service, &mut page);
    }
    let mut shared: Vec<String> =
        services.agreements.iter().filter_map(|each| prose::agreement(each, code)).collect();
    shared.extend(services.across_environments.iter().map(|each| prose::across(each, code)));
    list("\n## Between services and environments\n", &shared, &mut page);
    let undescribed: Vec<String> = services.undescribed.iter().map(|name| code(name)).collect();
    if !undescribed.is_empty() {
        let _ = writeln!(
            page,
            "\n## Services without a schema\n\nOf {} nothing is known but the name.",
            prose::series(&undescribed, "and"),
        );
    }
    page
}

fn of_service(service: Described<'_>, page: &mut String) {
    let Described { name, schema } = service;
    let _ = writeln!(page, "\n## {}", heading(name));
    if !schema.docs.trim().is_empty() {
        let _ = writeln!(page, "\n{}", schema.docs.trim());
    }
    list("", &facts(service), page);
    let groups = || {
        Need::ALL.into_iter().filter_map(|need| {
            let of_need = schema.variables().iter().filter(|each| Need::of(each) == need);
            let variables: Vec<&Variable> = of_need.collect();
            (!variables.is_empty()).then_some((need, variables))
        })
    };
    for (need, variables) in groups() {
        let _ = writeln!(page, "\n### {}\n", need.title());
        table(need, &variables, page);
    }
    let together: Vec<String> =
        schema.relations.iter().filter_map(|each| prose::relation(each, code)).collect();
    list("\n### Together\n", &together, page);
    if groups().next().is_some() {
        page.push_str("\n### One by one\n");
    }
    let relations = relations(schema);
    for variable in groups().flat_map(|(_, variables)| variables) {
        of_variable(service, variable, &relations, page);
    }
}

/// What is known of a service beyond its variables.
fn facts(service: Described<'_>) -> Vec<String> {
    let Described { name, schema } = service;
    let about = &schema.service;
    let mut facts = Vec::new();
    if schema.name != *name {
        facts.push(format!("Schema: {}", code(&schema.name)));
    }
    match (about.port, &about.port_variable) {
        (Some(port), Some(variable)) => {
            facts.push(format!("Listens on: {port}, unless {} says otherwise", code(variable)));
        }
        (Some(port), None) => facts.push(format!("Listens on: {port}")),
        (None, Some(variable)) => facts.push(format!("Listens on: what {} says", code(variable))),
        (None, None) => {}
    }
    facts.extend(about.health.as_ref().map(|path| format!("Health check: {}", code(path))));
    for (feature, condition) in &about.features {
        facts.push(format!("Does {}: {}", code(feature), prose::when(condition)));
    }
    facts
}

/// The overview of a group.
fn table(need: Need, variables: &[&Variable], page: &mut String) {
    let (second, says): (&str, fn(&Variable) -> String) = match need {
        Need::Required => ("must be", |variable| prose::kind(variable, code)),
        Need::Sometimes => ("required", |variable| prose::required(variable).unwrap_or_default()),
        Need::Recommended => ("recommended", |variable| {
            variable.recommended.as_ref().map(prose::when).unwrap_or_default()
        }),
        Need::Optional => {
            ("default", |variable| prose::default(variable).map_or_else(|| "none".to_owned(), code))
        }
        Need::Retired => ("instead", |variable| {
            let retired = variable.retired.as_ref();
            let replacement = retired.and_then(|retired| retired.replacement.as_deref());
            replacement.map_or_else(|| "nothing".to_owned(), code)
        }),
    };
    let _ = writeln!(page, "| variable | {second} | what it is |\n|---|---|---|");
    for variable in variables {
        let cells = [code(&variable.name), says(variable), first_sentence(&variable.docs)];
        let _ = writeln!(page, "| {} |", cells.map(|cell| escaped(&cell)).join(" | "));
    }
}

fn of_variable(
    service: Described<'_>,
    variable: &Variable,
    relations: &Relations<'_>,
    page: &mut String,
) {
    let _ = writeln!(page, "\n#### {}", code(&variable.name));
    if !variable.docs.trim().is_empty() {
        let _ = writeln!(page, "\n{}", variable.docs.trim());
    }
    let fact = |name: &str, what: Option<String>| what.map(|what| format!("{name}: {what}"));
    let retired = variable.retired.as_ref().map(|retired| {
        let since = retired.since.as_deref().map_or_else(
            || "no longer read".to_owned(),
            |since| format!("not read since {}", one_line(since)),
        );
        let then = retired.then.as_deref().map(one_line);
        match (&retired.replacement, then) {
            (Some(new), Some(then)) => format!("{since}; {} took its place; {then}", code(new)),
            (Some(new), None) => format!("{since}; {} took its place", code(new)),
            (None, Some(then)) => format!("{since}; {then}"),
            (None, None) => since,
        }
    });
    if retired.is_some() {
        return list("", &fact("Retired", retired).into_iter().collect::<Vec<_>>(), page);
    }
    let unsafe_default = variable.unsafe_default.as_ref().map(|d| one_line(&d.then));
    let formerly: Vec<String> = variable.formerly.iter().map(|name| code(name)).collect();
    let facts = [
        fact("Must be", Some(prose::kind(variable, code))),
        fact("Required", prose::required(variable)),
        fact("Recommended", variable.recommended.as_ref().map(prose::when)),
        fact("Default", prose::default(variable).map(code)),
        fact("Without it", unsafe_default),
        fact("If it is missing or wrong", variable.happens.as_deref().map(one_line)),
        fact("Forbidden", prose::forbidden(variable, code)),
        fact("Secret", secrecy(variable).map(str::to_owned)),
        fact("Read", prose::phase(variable).map(str::to_owned)),
        fact("The empty text", prose::empty(variable, code)),
        fact(
            "Or from a file",
            variable.file_variant().map(|name| format!("{} holds its path", code(&name))),
        ),
        fact("Formerly", (!formerly.is_empty()).then(|| prose::series(&formerly, "and"))),
        fact("Replaced", variable.max_age.map(|age| format!("at the latest after {} days", age.0))),
        fact("Example", variable.example.as_deref().map(code)),
        origin(service.name, variable).map(|(what, says)| match what {
            "Issued by" => format!("{what}: {says}"),
            _ => format!("{what}: {}", code(&says)),
        }),
        fact("Together with", related(relations, &variable.name)),
    ];
    list("", &facts.into_iter().flatten().collect::<Vec<_>>(), page);
}

fn secrecy(variable: &Variable) -> Option<&'static str> {
    match (variable.is_secret(), variable.is_public()) {
        (true, _) => Some("yes"),
        (_, true) => Some("no"),
        _ => None,
    }
}

/// The relations of a schema that speak of each of its variables.
type Relations<'a> = BTreeMap<&'a Name, Vec<&'a Relation>>;

fn relations(schema: &Schema) -> Relations<'_> {
    let mut relations = Relations::new();
    for relation in &schema.relations {
        for variable in relation.variables() {
            relations.entry(variable).or_default().push(relation);
        }
    }
    relations
}

/// The other variables that a variable has something to do with; of many, the first few.
fn related(relations: &Relations<'_>, name: &Name) -> Option<String> {
    const MOST: usize = 12;
    let relations = relations.get(name)?.iter();
    let others = relations.flat_map(|relation| relation.variables().into_iter().take(MOST + 2));
    let mut others: BTreeSet<&Name> = others.filter(|other| *other != name).collect();
    let many = others.len() > MOST;
    while others.len() > MOST {
        others.pop_last();
    }
    let mut others: Vec<String> = others.into_iter().map(|other| code(other)).collect();
    others.extend(many.then(|| "others".to_owned()));
    (!others.is_empty()).then(|| prose::series(&others, "and"))
}

/// A list under a heading, if there is anything to list.
fn list(heading: &str, items: &[String], page: &mut String) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(page, "{heading}");
    for item in items {
        let mut letters = item.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        let _ =
            writeln!(page, "- {}{}", first.map(String::from).unwrap_or_default(), letters.as_str());
    }
}

/// A name as a heading: as it is where Markdown has nothing to see in it.
fn heading(name: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-. /".contains(c);
    if name.chars().all(harmless) { name.to_owned() } else { code(name) }
}

/// What the first sentence of a Markdown text says, in one line.
fn first_sentence(docs: &str) -> String {
    let line = docs.split("\n\n").next().unwrap_or_default();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = line.match_indices(". ").map(|(at, _)| at + 1).find(|&at| {
        // Not behind an abbreviation, and not within code.
        let before = &line[..at];
        before.matches('`').count() % 2 == 0
            && !before.ends_with("e.g.")
            && !before.ends_with("i.e.")
    });
    line[..end.unwrap_or(line.len())].to_owned()
}

/// A cell of a table: a pipe ends one, also in a code span (GitHub Flavored Markdown, 4.10).
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use envlint_schema::{Kind, Pattern, Requirement, TextRules};

    use super::*;

    fn page(schema: &Schema) -> String {
        let name = Name::new("api");
        let described = vec![Described { name: &name, schema }];
        reference(&Services { described, ..Services::default() })
    }

    #[test]
    fn a_pipe_does_not_end_a_cell() {
        let mut schema = Schema::new("api");
        let rules = TextRules { pattern: Pattern::new("^(a|b)$").ok(), ..TextRules::default() };
        let mut variable = Variable::new("A", Kind::Text(rules));
        variable.requirement = Requirement::Always;
        variable.docs = "Either a | or b. Or not.".to_owned();
        schema.insert(variable);
        let page = page(&schema);
        let row = "| `A` | text that matches `^(a\\|b)$` | Either a \\| or b. |\n";
        assert!(page.contains(row), "{page}");
        assert!(page.contains("\n- Must be: text that matches `^(a|b)$`\n"), "{page}");
    }

    #[test]
    fn the_default_of_a_secret_is_not_shown() {
        let mut schema = Schema::new("api");
        let mut variable = Variable::new("TOKEN", Kind::Token { min_length: 8 });
        variable.default = Some("CANARY-default".to_owned());
        schema.insert(variable);
        assert!(!page(&schema).contains("CANARY"));
    }

    #[test]
    fn the_first_sentence_is_short() {
        for (docs, first) in [
            ("One. Two.", "One."),
            ("No stop", "No stop"),
            ("Lines\nthat wrap. And more", "Lines that wrap."),
            ("Code `a. b` is whole. Two", "Code `a. b` is whole."),
            ("A paragraph\n\nand another.", "A paragraph"),
        ] {
            assert_eq!(first_sentence(docs), first);
        }
    }
}

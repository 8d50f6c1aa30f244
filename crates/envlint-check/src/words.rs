//! Turns of phrase that several rules use.

use std::fmt;

use envlint_schema::{Part, PartOf, Relation};

/// The services that a sentence is about, each once, in the order in which they were found:
/// `engine`, `engine and web`. It knows whether its verb is in the plural.
pub(crate) struct Services<'a>(Vec<&'a str>);

impl<'a> Services<'a> {
    /// The services, of which each may come several times.
    pub(crate) fn new(named: impl IntoIterator<Item = &'a str>) -> Self {
        let mut services: Vec<&str> = Vec::new();
        for service in named {
            if !services.contains(&service) {
                services.push(service);
            }
        }
        Self(services)
    }

    /// One word for one service, another for several: `reads`, `read`; `it`, `them`.
    pub(crate) fn word(&self, one: &'static str, several: &'static str) -> &'static str {
        if self.0.len() == 1 { one } else { several }
    }

    /// The services with their verb: `engine reads`, `engine and web read`.
    pub(crate) fn verb(&self, one: &'static str, several: &'static str) -> String {
        format!("{self} {}", self.word(one, several))
    }
}

impl fmt::Display for Services<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&series(&self.0, "and"))
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn series<T: AsRef<str>>(items: impl IntoIterator<Item = T>, last: &str) -> String {
    let items: Vec<T> = items.into_iter().collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., end] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", first.join(", "), end.as_ref())
        }
    }
}

/// `BASE_URL`, `the host of BASE_URL`.
pub(crate) fn part(of: &PartOf) -> String {
    let variable = &of.variable;
    match of.part {
        Part::Whole => variable.to_string(),
        Part::Database => format!("host, port and name of the database of {variable}"),
        part => format!("the {} of {variable}", part.name().unwrap_or("text")),
    }
}

/// A stable name for a relation, from the variables that it is about.
pub(crate) fn relation(relation: &Relation) -> String {
    let names: Vec<&str> = relation.variables().iter().map(|name| name.as_str()).collect();
    names.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_services_have_a_verb_in_the_plural() {
        let told = |named: &[&'static str]| {
            let services = Services::new(named.iter().copied());
            format!("{}, not {}", services.verb("reads", "read"), services.word("it", "them"))
        };
        assert_eq!(told(&["engine"]), "engine reads, not it");
        assert_eq!(told(&["engine", "engine"]), "engine reads, not it");
        assert_eq!(told(&["web", "engine", "web"]), "web and engine read, not them");
        assert_eq!(told(&["web", "engine", "api"]), "web, engine and api read, not them");
    }
}

//! Turns of phrase that several rules use.

use envlint_schema::{Part, PartOf, Relation};

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

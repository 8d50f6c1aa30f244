//! Turns of phrase that several rules use.

use envlint_schema::{Holds, Relation};

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

/// A stable name for a relation, from the variables that it is about.
pub(crate) fn relation(relation: &Relation) -> String {
    let names: Vec<&str> = match &relation.holds {
        Holds::AnyOf(groups) => groups.iter().flatten().map(|name| name.as_str()).collect(),
        Holds::AllOrNone(names) | Holds::Ordered(names) => {
            names.iter().map(|name| name.as_str()).collect()
        }
        _ => Vec::new(),
    };
    names.join(",")
}

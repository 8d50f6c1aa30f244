//! What is to be read, from the type: its schema, and which field each variable belongs to.
//!
//! The names in the environment are made from the schema's, never the other way round. So nobody
//! has to guess whether the `_` in `DATABASE_POOL_SIZE` stands between two words or between a
//! struct and its field.

use std::collections::BTreeSet;

use envlint_model::Name;
use envlint_schema::{Schema, document};
use schemars::JsonSchema;

/// How names of the schema become names in the environment.
#[derive(Clone)]
pub(crate) struct Names {
    pub(crate) prefix: String,
    pub(crate) separator: String,
    pub(crate) upper_case: bool,
}

impl Default for Names {
    fn default() -> Self {
        Self { prefix: String::new(), separator: "__".to_owned(), upper_case: false }
    }
}

impl Names {
    fn in_environment(&self, name: &str) -> String {
        let nested = name.replace('.', &self.separator);
        match self.upper_case {
            true => format!("{}{}", self.prefix, nested.to_ascii_uppercase()),
            false => format!("{}{nested}", self.prefix),
        }
    }
}

/// A type, taken apart.
pub(crate) struct Plan {
    pub(crate) schema: Schema,
    pub(crate) root: Group,
    /// How many groups there are.
    pub(crate) groups: usize,
    /// The variables, and the fields that lead to each, separated by dots.
    pub(crate) names: Vec<(Name, String)>,
}

/// A struct: its fields, by the names that serde knows.
#[derive(Default)]
pub(crate) struct Group {
    /// Its place among all groups.
    pub(crate) id: usize,
    pub(crate) fields: Vec<(String, Node)>,
}

/// What a field holds.
pub(crate) enum Node {
    /// A variable, by its place in the schema.
    Variable(usize),
    /// A struct of its own.
    Group(Group),
}

/// The JSON Schema of a type, under the name by which `envlint check` knows it.
pub(crate) fn json_schema<T: JsonSchema>() -> serde_json::Value {
    document::<T>(&format!("urn:envlint:{}", T::schema_name()))
}

impl Plan {
    /// The plan of a type, or why its JSON Schema can not be used.
    pub(crate) fn of<T: JsonSchema>(names: &Names) -> Result<Self, String> {
        let mut schema =
            Schema::from_described(&json_schema::<T>()).map_err(|error| error.to_string())?;
        let paths: Vec<String> =
            schema.variables().iter().map(|variable| variable.name.to_string()).collect();
        let (mut root, mut groups) = (Group::default(), 1);
        for (at, path) in paths.iter().enumerate() {
            root.insert(path, at, &mut groups);
        }
        let named: BTreeSet<String> = paths.iter().map(|path| names.in_environment(path)).collect();
        if named.len() < paths.len() {
            return Err("two of its variables have one name in the environment".to_owned());
        }
        if !paths.iter().all(|path| named.contains(path)) {
            schema.rename(|name| names.in_environment(name));
        }
        let names = schema.variables().iter().map(|variable| variable.name.clone());
        let names = names.zip(paths).collect();
        Ok(Self { schema, root, groups, names })
    }
}

impl Group {
    fn insert(&mut self, path: &str, variable: usize, groups: &mut usize) {
        let Some((name, rest)) = path.split_once('.') else {
            return self.fields.push((path.to_owned(), Node::Variable(variable)));
        };
        // The fields of one struct follow each other.
        if let Some((last, Node::Group(group))) = self.fields.last_mut()
            && last == name
        {
            return group.insert(rest, variable, groups);
        }
        let mut group = Group { id: *groups, fields: Vec::new() };
        *groups += 1;
        group.insert(rest, variable, groups);
        self.fields.push((name.to_owned(), Node::Group(group)));
    }

    /// The variables of the struct and of those in it.
    pub(crate) fn variables(&self) -> Vec<usize> {
        let of = |(_, node): &(String, Node)| match node {
            Node::Variable(at) => vec![*at],
            Node::Group(group) => group.variables(),
        };
        self.fields.iter().flat_map(of).collect()
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&Node> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, node)| node)
    }

    /// The group of this place, in this one or itself.
    pub(crate) fn find(&self, id: usize) -> Option<&Group> {
        if self.id == id {
            return Some(self);
        }
        self.fields.iter().find_map(|(_, node)| match node {
            Node::Group(group) => group.find(id),
            Node::Variable(_) => None,
        })
    }
}

use std::collections::{BTreeMap, HashMap};

use envlint_model::Name;

use crate::variable::FILE_SUFFIX;
use crate::{Condition, Relation, Service, Variable};

/// Everything that is known of what a service reads from its environment.
#[derive(Clone, PartialEq, Debug)]
pub struct Schema {
    /// `polyant/engine` for a bundled one, the service's name or the file's path otherwise.
    pub name: Name,
    /// The service in a word or two, as a sentence may begin with it.
    pub title: String,
    /// What the service is; Markdown.
    pub docs: String,
    /// What is known of it beyond its variables.
    pub service: Service,
    /// What must hold between its variables.
    pub relations: Vec<Relation>,
    /// Names that other software in the process reads, such as `NODE_OPTIONS`; a `*` at the end
    /// stands for anything. They are known, and nothing is said about their values.
    pub also: Vec<String>,
    variables: Vec<Variable>,
    index: HashMap<Name, usize>,
    former: HashMap<Name, usize>,
}

impl Schema {
    /// A schema without variables.
    pub fn new(name: impl Into<Name>) -> Self {
        let name = name.into();
        Self {
            title: name.as_str().to_owned(),
            name,
            docs: String::new(),
            service: Service::default(),
            relations: Vec::new(),
            also: Vec::new(),
            variables: Vec::new(),
            index: HashMap::new(),
            former: HashMap::new(),
        }
    }

    /// The variables, in the order in which the schema lists them.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The variable of this name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.index.get(name).map(|&at| &self.variables[at])
    }

    /// The variable that is also read under this name: a former one, or that of a file.
    pub fn read_as(&self, name: &str) -> Option<&Variable> {
        let file = name.strip_suffix(FILE_SUFFIX).and_then(|stem| self.variable(stem));
        let former = || self.former.get(name).map(|&at| &self.variables[at]);
        file.filter(|variable| variable.or_file).or_else(former)
    }

    /// Adds a variable, or replaces the one of the same name in its place.
    pub fn insert(&mut self, variable: Variable) {
        let at = *self.index.entry(variable.name.clone()).or_insert(self.variables.len());
        if let Some(old) = self.variables.get(at) {
            self.former.retain(|name, _| !old.formerly.contains(name));
        }
        self.former.extend(variable.formerly.iter().map(|name| (name.clone(), at)));
        match self.variables.get_mut(at) {
            Some(old) => *old = variable,
            None => self.variables.push(variable),
        }
    }

    /// Gives every variable another name, wherever it is spoken of.
    pub fn rename(&mut self, new_name: impl Fn(&str) -> String) {
        let renamed = |name: &Name| Name::new(&new_name(name));
        let mut schema = Schema::new(self.name.clone());
        for variable in self.variables() {
            let mut variable = variable.clone();
            variable.name = renamed(&variable.name);
            variable.formerly.iter_mut().for_each(|name| *name = renamed(name));
            for condition in variable.conditions_mut() {
                condition.rename(&renamed);
            }
            schema.insert(variable);
        }
        for relation in &mut self.relations {
            relation.rename(&renamed);
        }
        for condition in self.service.features.values_mut() {
            condition.rename(&renamed);
        }
        self.service.port_variable = self.service.port_variable.as_ref().map(renamed);
        self.variables = schema.variables;
        self.index = schema.index;
        self.former = schema.former;
    }

    /// A feature that a condition speaks of and that the service does not have. Conditions of
    /// features speak of variables only, so that there are no circles.
    pub(crate) fn unknown_feature(&self) -> Option<&Name> {
        let features = &self.service.features;
        let none = BTreeMap::new();
        let of_features = features.values().find_map(|feature| feature.unknown_feature(&none));
        of_features.or_else(|| self.conditions().find_map(|when| when.unknown_feature(features)))
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let of_relations = self.relations.iter().filter_map(|relation| relation.when.as_ref());
        self.variables.iter().flat_map(Variable::conditions).chain(of_relations)
    }

    /// The names that are known without being variables of the service, as regular expressions
    /// with a schema that accepts any value.
    pub(crate) fn also_known(&self) -> impl Iterator<Item = (String, serde_json::Value)> {
        let ambient = AMBIENT.iter().copied();
        self.also.iter().map(String::as_str).chain(ambient).map(|pattern| {
            let expression = match pattern.strip_suffix('*') {
                Some(prefix) => format!("^{}", regex_syntax::escape(prefix)),
                None => format!("^{}$", regex_syntax::escape(pattern)),
            };
            (expression, serde_json::Value::Bool(true))
        })
    }

    /// Whether a variable of this name is read by somebody: the service, other software in its
    /// process, or the operating system's own libraries.
    pub fn knows(&self, name: &str) -> bool {
        let fits = |pattern: &str| match pattern.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == pattern,
        };
        self.index.contains_key(name)
            || self.read_as(name).is_some()
            || self.also.iter().any(|pattern| fits(pattern))
            || AMBIENT.iter().any(|pattern| fits(pattern))
    }
}

/// What any process may be given, whatever the service: read by the C library, by TLS and HTTP
/// libraries, or by the tools in a container.
const AMBIENT: [&str; 24] = [
    "ALL_PROXY",
    "COLORTERM",
    "DEBIAN_FRONTEND",
    "FORCE_COLOR",
    "HOME",
    "HOSTNAME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "LD_PRELOAD",
    "NO_COLOR",
    "NO_PROXY",
    "OTEL_*",
    "PATH",
    "PWD",
    "SHELL",
    "SSL_CERT_*",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_*",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, Kind};

    #[test]
    fn a_variable_is_replaced_in_its_place() {
        let mut schema = Schema::new("x");
        schema.insert(Variable::new("A", Kind::Port));
        schema.insert(Variable::new("B", Kind::Port));
        schema.insert(Variable::new("A", Kind::Format(Format::Email)));
        let kinds: Vec<_> = schema.variables().iter().map(|v| (v.name.as_str(), &v.kind)).collect();
        assert_eq!(kinds, [("A", &Kind::Format(Format::Email)), ("B", &Kind::Port)]);
    }

    #[test]
    fn knows_what_other_software_reads() {
        let mut schema = Schema::new("x");
        schema.also.push("NODE_*".into());
        for known in ["TZ", "LC_ALL", "NODE_OPTIONS"] {
            assert!(schema.knows(known), "{known}");
        }
        assert!(!schema.knows("TZDATA") && !schema.knows("PORT"));
    }
}

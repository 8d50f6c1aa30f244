//! nginx's variables in the vocabulary of all products.

use std::collections::BTreeMap;
use std::sync::Arc;

use envlint_model::Secret;

use super::include::Node;
use crate::HeaderName;
use crate::template::{Choice, Part, Template, Variable};

/// How many maps may lead to one another. nginx stops at a cycle when a request comes; here the
/// innermost variable is not followed.
const MAX_MAP_DEPTH: usize = 16;

/// The longest text with its variables replaced that is followed, in bytes: about as long as
/// nginx reads a word.
const MAX_REPLACED: usize = 4096;

/// How many parts a text may have when all of its maps are written out.
const MAX_WEIGHT: usize = 1000;

/// The variables that `map` blocks make, each read once.
#[derive(Default)]
pub(super) struct Maps {
    variables: BTreeMap<String, Weighed>,
}

#[derive(Clone)]
struct Weighed {
    variable: Variable,
    weight: usize,
}

/// What `set` gives to variables: one fixed text, or `None` where it depends on the request.
/// What a block sets lies over what holds around it, which all its neighbours share.
#[derive(Clone, Default)]
pub(super) struct Constants {
    own: Arc<BTreeMap<String, Option<Secret>>>,
    outer: Option<Arc<Constants>>,
}

impl Constants {
    /// These, and over them those of a block.
    pub(super) fn with(&self, own: BTreeMap<String, Option<Secret>>) -> Self {
        match own.is_empty() {
            true => self.clone(),
            false => Self { own: Arc::new(own), outer: Some(Arc::new(self.clone())) },
        }
    }

    fn get(&self, name: &str) -> Option<&Option<Secret>> {
        let outer = || self.outer.as_deref().and_then(|outer| outer.get(name));
        self.own.get(name).or_else(outer)
    }
}

/// What the names of variables mean at one place.
pub(super) struct Variables<'a> {
    pub(super) maps: &'a Maps,
    pub(super) constants: &'a Constants,
}

/// A run of literal text, or the name of a variable.
enum Token<'a> {
    Text(&'a str),
    Variable(&'a str),
}

impl Variables<'_> {
    /// A text with variables.
    pub(super) fn template(&self, text: &str) -> Template {
        let part = |token| match token {
            Token::Text(text) => Part::Text(Secret::made(text.to_owned())),
            Token::Variable(name) => match self.constants.get(name) {
                Some(Some(text)) => Part::Text(text.clone()),
                Some(None) => Part::Variable(Variable::Unknown("`set` decides it by the request")),
                None => Part::Variable(self.maps.variable(name)),
            },
        };
        Template(tokens(text).map(part).collect())
    }

    /// The text with all its variables replaced, if each of them is a constant, there is at
    /// least one, and the whole is not longer than a word may be.
    pub(super) fn constant(&self, text: &str) -> Option<String> {
        let mut replaced = String::new();
        let mut any = false;
        for token in tokens(text) {
            match token {
                Token::Text(text) => replaced.push_str(text),
                Token::Variable(name) => {
                    replaced.push_str(self.constants.get(name)?.as_ref()?.expose());
                    any = true;
                }
            }
            if replaced.len() > MAX_REPLACED {
                return None;
            }
        }
        any.then_some(replaced)
    }
}

impl Maps {
    /// The maps among the directives of `http`.
    pub(super) fn read(directives: &[Node<'_>]) -> Self {
        let blocks: BTreeMap<&str, &Node<'_>> = directives
            .iter()
            .filter(|directive| directive.is("map"))
            .filter_map(|map| Some((map.arg(1)?.strip_prefix('$')?, map)))
            .collect();
        let mut reader = MapReader { blocks, read: Self::default(), depth: 0 };
        let names: Vec<&str> = reader.blocks.keys().copied().collect();
        for name in names {
            reader.variable(name);
        }
        reader.read
    }

    fn variable(&self, name: &str) -> Variable {
        let map = || self.variables.get(name).map(|map| map.variable.clone());
        built_in(name).or_else(map).unwrap_or(NOT_FOLLOWED)
    }
}

const NOT_FOLLOWED: Variable = Variable::Unknown("the variable is not followed");

/// A variable of nginx itself.
fn built_in(name: &str) -> Option<Variable> {
    Some(match name {
        "remote_addr" => Variable::Client,
        "realip_remote_addr" => Variable::Peer,
        "proxy_add_x_forwarded_for" => Variable::ForwardedFor,
        "scheme" => Variable::Scheme,
        "https" => Variable::Https,
        "host" => Variable::Host,
        "server_name" => Variable::ServerName,
        "server_port" => Variable::ServerPort,
        "server_addr" => Variable::ServerAddress,
        "proxy_host" => Variable::UpstreamHost,
        "request_uri" => Variable::RequestTarget,
        _ => {
            let header = name.strip_prefix("http_")?;
            Variable::Header(HeaderName::new(&header.replace('_', "-")))
        }
    })
}

/// Reads maps in the order in which they need each other.
struct MapReader<'a> {
    blocks: BTreeMap<&'a str, &'a Node<'a>>,
    read: Maps,
    depth: usize,
}

impl MapReader<'_> {
    fn variable(&mut self, name: &str) -> Weighed {
        let single = |variable| Weighed { variable, weight: 1 };
        if let Some(variable) = built_in(name) {
            return single(variable);
        }
        if let Some(known) = self.read.variables.get(name) {
            return known.clone();
        }
        let Some(&block) = self.blocks.get(name) else { return single(NOT_FOLLOWED) };
        if self.depth >= MAX_MAP_DEPTH {
            return single(Variable::Unknown("its maps look at each other"));
        }
        self.depth += 1;
        let mut map = self.map(block);
        self.depth -= 1;
        if map.weight > MAX_WEIGHT {
            map = single(Variable::Unknown("its maps look at each other too often"));
        }
        self.read.variables.insert(name.to_owned(), map.clone());
        map
    }

    /// A text, and how many parts it has when the heaviest of every choice is taken.
    fn template(&mut self, text: &str) -> (Template, usize) {
        let mut weight = 0usize;
        let mut parts = Vec::new();
        for token in tokens(text) {
            parts.push(match token {
                Token::Text(text) => Part::Text(Secret::made(text.to_owned())),
                Token::Variable(name) => {
                    let variable = self.variable(name);
                    weight = weight.saturating_add(variable.weight);
                    Part::Variable(variable.variable)
                }
            });
        }
        (Template::new(parts), weight)
    }

    fn map(&mut self, block: &Node<'_>) -> Weighed {
        let (input, input_weight) = self.template(block.arg(0).unwrap_or(""));
        let (mut cases, mut default) = (Vec::new(), Template::default());
        let mut heaviest = 0;
        for entry in block.children() {
            let (result, weight) = self.template(entry.arg(0).unwrap_or(""));
            heaviest = heaviest.max(weight);
            let refused = match entry.name() {
                "volatile" => None,
                "default" => {
                    default = result;
                    None
                }
                "hostnames" | "include" => Some("the map has host names or an include"),
                key if key.starts_with('~') => Some("the map has a regular expression"),
                key => {
                    let key = key.strip_prefix('\\').unwrap_or(key);
                    cases.push((Secret::made(key.to_owned()), result));
                    None
                }
            };
            if let Some(why) = refused {
                return Weighed { variable: Variable::Unknown(why), weight: 1 };
            }
        }
        let weight = input_weight.saturating_add(heaviest).saturating_add(1);
        Weighed { variable: Variable::Choice(Arc::new(Choice::new(input, cases, default))), weight }
    }
}

/// Splits at `$name`, `${name}` and `$1`. A `$` without a name is text.
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = variable_at(rest) {
            rest = after;
            return Some(Token::Variable(name));
        }
        let dollars = rest.match_indices('$').map(|(at, _)| at);
        let end = dollars.into_iter().find(|&at| variable_at(&rest[at..]).is_some());
        let (text, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(Token::Text(text))
    })
}

/// The variable that a text begins with, and what follows it.
fn variable_at(text: &str) -> Option<(&str, &str)> {
    let after = text.strip_prefix('$')?;
    if let Some(braced) = after.strip_prefix('{') {
        return braced.split_once('}').filter(|(name, _)| !name.is_empty());
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = match after.chars().next()? {
        digit if digit.is_ascii_digit() => 1,
        _ => after.find(|c| !is_name(c)).unwrap_or(after.len()),
    };
    (end > 0).then(|| after.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_variables_in_text() {
        for (text, expected) in [
            ("$host", "[host]"),
            ("${host}x", "[host]x"),
            ("a$host:$server_port", "a[host]:[server_port]"),
            ("$1a", "[1]a"),
            ("cost: 5$ or $", "cost: 5$ or $"),
            ("${", "${"),
            ("", ""),
        ] {
            let show = |token| match token {
                Token::Text(text) => text.to_owned(),
                Token::Variable(name) => format!("[{name}]"),
            };
            assert_eq!(tokens(text).map(show).collect::<String>(), expected, "{text}");
        }
    }
}

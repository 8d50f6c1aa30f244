//! nginx's variables in the vocabulary of all products.

use std::collections::BTreeMap;
use std::sync::Arc;

use envlint_model::Secret;
use envlint_parse::nginx::{Directive, Word};

use crate::HeaderName;
use crate::template::{Choice, Part, Template, Variable};

/// How many maps may look at each other's variables. nginx stops at a cycle when a request
/// comes; here the innermost variable is not followed.
const MAX_MAP_DEPTH: usize = 8;

/// The `map` blocks of a configuration, by variable.
pub(super) type Maps<'a> = BTreeMap<&'a str, &'a Directive>;

/// What the names of variables mean at one place.
pub(super) struct Variables<'a> {
    pub(super) maps: &'a Maps<'a>,
    /// Variables that `set` gives one fixed text; `None` where it depends on the request.
    pub(super) constants: &'a BTreeMap<String, Option<String>>,
}

/// A run of literal text, or the name of a variable.
enum Token<'a> {
    Text(&'a str),
    Variable(&'a str),
}

impl Variables<'_> {
    /// A text with variables.
    pub(super) fn template(&self, text: &str) -> Template {
        self.template_within(text, 0)
    }

    /// The text with all its variables replaced, if each of them is a constant and there is at
    /// least one.
    pub(super) fn constant(&self, text: &str) -> Option<String> {
        let mut replaced = String::new();
        let mut any = false;
        for token in tokens(text) {
            match token {
                Token::Text(text) => replaced.push_str(text),
                Token::Variable(name) => {
                    replaced.push_str(self.constants.get(name)?.as_deref()?);
                    any = true;
                }
            }
        }
        any.then_some(replaced)
    }

    fn template_within(&self, text: &str, depth: usize) -> Template {
        let part = |token| match token {
            Token::Text(text) => Part::Text(Secret::made(text.to_owned())),
            Token::Variable(name) => match self.constants.get(name) {
                Some(Some(text)) => Part::Text(Secret::made(text.clone())),
                Some(None) => Part::Variable(Variable::Unknown("`set` decides it by the request")),
                None => Part::Variable(self.variable(name, depth)),
            },
        };
        Template(tokens(text).map(part).collect())
    }

    fn variable(&self, name: &str, depth: usize) -> Variable {
        match name {
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
            _ => match (name.strip_prefix("http_"), self.maps.get(name)) {
                (Some(header), _) => Variable::Header(HeaderName::new(&header.replace('_', "-"))),
                (None, Some(_)) if depth >= MAX_MAP_DEPTH => {
                    Variable::Unknown("its maps look at each other")
                }
                (None, Some(map)) => self.map(map, depth),
                (None, None) => Variable::Unknown("the variable is not followed"),
            },
        }
    }

    fn map(&self, map: &Directive, depth: usize) -> Variable {
        let template =
            |word: Option<&Word>| self.template_within(word.map_or("", Word::text), depth + 1);
        let mut choice = Choice {
            input: template(map.args.first()),
            cases: Vec::new(),
            default: Template::default(),
        };
        for entry in map.children() {
            let result = entry.args.first();
            match entry.name() {
                "volatile" => {}
                "default" => choice.default = template(result),
                "hostnames" | "include" => {
                    return Variable::Unknown("the map has host names or an include");
                }
                key if key.starts_with('~') => {
                    return Variable::Unknown("the map has a regular expression");
                }
                key => {
                    let key = key.strip_prefix('\\').unwrap_or(key);
                    choice.cases.push((Secret::made(key.to_owned()), template(result)));
                }
            }
        }
        Variable::Choice(Arc::new(choice))
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

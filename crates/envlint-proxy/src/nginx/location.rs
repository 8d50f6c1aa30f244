//! `location`.

use std::sync::OnceLock;

use envlint_model::Span;
use envlint_parse::nginx::Directive;
use regex::bytes::Regex;

use super::listen::{UnreadableRegex, compile};
use super::{Gate, Route};

/// A `location` block.
#[derive(Clone)]
pub struct Location {
    /// Which paths it takes.
    pub matcher: Matcher,
    /// The locations in it.
    pub children: Vec<Location>,
    /// Where it passes requests on: at most one unconditional route, the last one.
    pub routes: Vec<Route>,
    /// What stands between a request and the route.
    pub gates: Vec<Gate>,
    /// The head of the block.
    pub span: Span,
}

/// Which paths a location takes.
#[derive(Clone, Debug)]
pub enum Matcher {
    /// `location = /path`
    Exact(String),
    /// `location /path`, or `location ^~ /path` where regular expressions shall not be asked.
    Prefix {
        /// The path.
        path: String,
        /// `^~`
        final_: bool,
    },
    /// `location ~ expression`, `location ~* expression`
    Regex(Pattern),
    /// `location @name`: reached from inside only.
    Named(String),
}

/// A regular expression of a location, compiled when it is first needed.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The expression.
    pub text: String,
    /// `~*`
    pub case_insensitive: bool,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn is_match(&self, path: &str) -> Result<bool, UnreadableRegex> {
        let regex = self.regex.get_or_init(|| compile(&self.text, self.case_insensitive));
        regex.as_ref().map(|regex| regex.is_match(path.as_bytes())).ok_or(UnreadableRegex)
    }
}

impl Matcher {
    /// Reads the arguments of a `location`; the modifier may stand alone or be attached.
    pub(super) fn read(directive: &Directive) -> Matcher {
        let (modifier, path) = match (directive.arg(0), directive.arg(1)) {
            (Some(modifier), Some(path)) => (modifier, path),
            (Some(path), None) => ["=", "^~", "~*", "~"]
                .into_iter()
                .find_map(|modifier| Some((modifier, path.strip_prefix(modifier)?)))
                .unwrap_or(("", path)),
            (None, _) => ("", ""),
        };
        let path = path.to_owned();
        let pattern = |case_insensitive| Pattern {
            text: path.clone(),
            case_insensitive,
            regex: OnceLock::new(),
        };
        match modifier {
            "=" => Matcher::Exact(path),
            "~" => Matcher::Regex(pattern(false)),
            "~*" => Matcher::Regex(pattern(true)),
            _ if path.starts_with('@') => Matcher::Named(path),
            _ => Matcher::Prefix { path, final_: modifier == "^~" },
        }
    }

    /// As people write it: `/api/`, `= /health`, `~ ^/v[0-9]`.
    pub fn text(&self) -> String {
        match self {
            Matcher::Exact(path) => format!("= {path}"),
            Matcher::Prefix { path, final_: false } => path.clone(),
            Matcher::Prefix { path, final_: true } => format!("^~ {path}"),
            Matcher::Regex(Pattern { text, case_insensitive: false, .. }) => format!("~ {text}"),
            Matcher::Regex(Pattern { text, case_insensitive: true, .. }) => format!("~* {text}"),
            Matcher::Named(name) => name.clone(),
        }
    }

    /// Whether some path can be taken by both. Regular expressions can overlap with anything.
    pub fn overlaps(&self, other: &Matcher) -> bool {
        match (self, other) {
            (Matcher::Named(_), _) | (_, Matcher::Named(_)) => false,
            (Matcher::Regex(_), _) | (_, Matcher::Regex(_)) => true,
            (Matcher::Exact(a), Matcher::Exact(b)) => a == b,
            (Matcher::Exact(exact), Matcher::Prefix { path, .. })
            | (Matcher::Prefix { path, .. }, Matcher::Exact(exact)) => exact.starts_with(path),
            (Matcher::Prefix { path: a, .. }, Matcher::Prefix { path: b, .. }) => {
                a.starts_with(b.as_str()) || b.starts_with(a.as_str())
            }
        }
    }
}

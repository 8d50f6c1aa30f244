use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use envlint_model::Secret;

use crate::HeaderName;

/// What a hop writes into a header: text and variables, in the vocabulary that all products
/// share. A product's own names are translated when its configuration is read. Clones share the
/// parts: a route has those of every header that it inherits.
#[derive(Clone, Default)]
pub struct Template(pub Arc<[Part]>);

/// A part of a template.
#[derive(Clone)]
pub enum Part {
    /// Text of the configuration.
    Text(Secret),
    /// Something that differs from request to request.
    Variable(Variable),
}

/// What differs from request to request.
#[derive(Clone)]
pub enum Variable {
    /// The address that the hop takes for the client's: the peer's, or what [`RealIp`] made of
    /// it. nginx: `$remote_addr`.
    ///
    /// [`RealIp`]: crate::RealIp
    Client,
    /// The address of the other end of the connection. nginx: `$realip_remote_addr`.
    Peer,
    /// The X-Forwarded-For that came in, with [`Variable::Client`] as one more entry. nginx:
    /// `$proxy_add_x_forwarded_for`.
    ForwardedFor,
    /// A header as it came in; nothing if there was none. nginx: `$http_*`.
    Header(HeaderName),
    /// `http` or `https`, of the connection that the hop accepted. nginx: `$scheme`.
    Scheme,
    /// `on` for https, otherwise nothing. nginx: `$https`.
    Https,
    /// The host that was asked for, in lower case and without port; the server's own name if
    /// none was. nginx: `$host`.
    Host,
    /// The first name of the server that took the request. nginx: `$server_name`.
    ServerName,
    /// The port that the request came in on. nginx: `$server_port`.
    ServerPort,
    /// The address that the request came in on. nginx: `$server_addr`; load balancers append it
    /// to X-Forwarded-For.
    ServerAddress,
    /// The upstream as the configuration writes it. nginx: `$proxy_host`.
    UpstreamHost,
    /// The request target as it came in. nginx: `$request_uri`.
    RequestTarget,
    /// One of several templates, chosen by the text of another. nginx: `map`.
    Choice(Arc<Choice>),
    /// Something that is not followed; the reason continues "not known: ...".
    Unknown(&'static str),
}

/// A template chosen by a text.
pub struct Choice {
    /// What is looked at.
    pub input: Template,
    /// What is taken when none fits.
    pub default: Template,
    /// Exact texts and what they choose, in the order of the texts without regard to case.
    cases: Vec<(Secret, Template)>,
    reads: BTreeSet<HeaderName>,
}

impl Choice {
    /// A choice among cases, whose texts are compared without regard to case; of equal ones the
    /// first wins.
    pub fn new(input: Template, mut cases: Vec<(Secret, Template)>, default: Template) -> Self {
        cases.sort_by(|(a, _), (b, _)| without_case(a.expose(), b.expose()));
        cases.dedup_by(|(later, _), (first, _)| {
            without_case(later.expose(), first.expose()) == Ordering::Equal
        });
        let results = cases.iter().map(|(_, template)| template);
        let reads = results.chain([&input, &default]).flat_map(Template::reads).collect();
        Self { input, default, cases, reads }
    }

    /// What a text chooses.
    pub fn of(&self, text: &str) -> &Template {
        let case = self.cases.binary_search_by(|(case, _)| without_case(case.expose(), text));
        case.map_or(&self.default, |at| &self.cases[at].1)
    }

    /// Whether there is anything to choose from.
    pub fn is_fixed(&self) -> bool {
        self.cases.is_empty()
    }
}

fn without_case(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.bytes(), b.bytes());
    a.map(|byte| byte.to_ascii_lowercase()).cmp(b.map(|byte| byte.to_ascii_lowercase()))
}

impl Variable {
    /// The headers that it is made of as they came in.
    pub(crate) fn reads(&self) -> Vec<HeaderName> {
        match self {
            Variable::Header(header) => vec![header.clone()],
            Variable::ForwardedFor => vec![HeaderName::FORWARDED_FOR],
            Variable::Host => vec![HeaderName::HOST],
            Variable::Choice(choice) => choice.reads.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }
}

impl Template {
    /// A template of these parts.
    pub fn new(parts: impl Into<Arc<[Part]>>) -> Self {
        Template(parts.into())
    }

    /// A single variable.
    pub fn variable(variable: Variable) -> Self {
        Template::new([Part::Variable(variable)])
    }

    /// Whether it is certainly the empty text.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Text(text) if text.is_empty()))
    }

    /// The only variable, if there is nothing else.
    pub fn sole_variable(&self) -> Option<&Variable> {
        match &*self.0 {
            [Part::Variable(variable)] => Some(variable),
            _ => None,
        }
    }

    /// Whether it is the same for every request.
    pub fn is_fixed(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// The headers that it is made of as they came in, those of all choices included.
    pub(crate) fn reads(&self) -> impl Iterator<Item = HeaderName> {
        self.0.iter().flat_map(|part| match part {
            Part::Text(_) => Vec::new(),
            Part::Variable(variable) => variable.reads(),
        })
    }
}

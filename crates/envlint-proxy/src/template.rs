use std::sync::Arc;

use envlint_model::Secret;

use crate::HeaderName;

/// What a hop writes into a header: text and variables, in the vocabulary that all products
/// share. A product's own names are translated when its configuration is read.
#[derive(Clone, Default)]
pub struct Template(pub Vec<Part>);

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
#[derive(Clone)]
pub struct Choice {
    /// What is looked at.
    pub input: Template,
    /// Exact texts, compared without regard to case, and what they choose; the first wins.
    pub cases: Vec<(Secret, Template)>,
    /// What is taken when none fits.
    pub default: Template,
}

impl Template {
    /// A single variable.
    pub fn variable(variable: Variable) -> Self {
        Template(vec![Part::Variable(variable)])
    }

    /// Whether it is certainly the empty text.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Text(text) if text.is_empty()))
    }

    /// The only variable, if there is nothing else.
    pub fn sole_variable(&self) -> Option<&Variable> {
        match self.0.as_slice() {
            [Part::Variable(variable)] => Some(variable),
            _ => None,
        }
    }

    /// All variables, those inside of choices included.
    pub fn variables(&self) -> Vec<&Variable> {
        let mut found = Vec::new();
        let mut pending = vec![self];
        while let Some(template) = pending.pop() {
            for part in &template.0 {
                let Part::Variable(variable) = part else { continue };
                found.push(variable);
                if let Variable::Choice(choice) = variable {
                    pending.push(&choice.input);
                    pending.push(&choice.default);
                    pending.extend(choice.cases.iter().map(|(_, template)| template));
                }
            }
        }
        found
    }
}

//! What facts about a service are tested with: an environment that is in order, and changes.
#![allow(dead_code, reason = "no test needs all of them")]

use envlint_model::{Phase, Truth};
use envlint_schema::{AgreementKind, Check, Context, Part, Role, Schema, evaluate};

use crate::support::{environment, values};

/// What is set, or taken away (`None`), on top of an environment that is in order.
pub(crate) type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

pub(crate) const NOTHING: [Check; 0] = [];

pub(crate) fn schema(name: &str) -> Schema {
    envlint_bundled::schema(name).unwrap()
}

/// A running service in production, started by Compose, behind a proxy.
pub(crate) fn production() -> Context {
    Context { behind_proxy: Truth::True, platform: Some("compose".into()), ..Context::production() }
}

/// The build of that service.
pub(crate) fn build() -> Context {
    Context { phase: Phase::Build, ..production() }
}

/// The running service on a developer's machine.
pub(crate) fn local() -> Context {
    Context { like_production: false, behind_proxy: Truth::False, platform: None, ..production() }
}

/// What is certainly wrong.
pub(crate) fn found(
    service: &str,
    base: &[(&str, &str)],
    changes: Changes,
    context: &Context,
) -> Vec<Check> {
    let mut environment = environment(base);
    for (name, text) in changes {
        match text {
            Some(text) => environment.insert((*name).to_owned(), (*text).to_owned()),
            None => environment.remove(*name),
        };
    }
    let schema = schema(service);
    let violations = evaluate(&schema, &values(&environment), context);
    let certain = violations.iter().filter(|violation| violation.kind.is_certain());
    certain.map(|violation| violation.kind.check()).collect()
}

/// The role that a service's variable plays.
pub(crate) fn role(service: &str, variable: &str) -> Option<Role> {
    schema(service).variable(variable).unwrap().role.clone()
}

/// The default of a service's variable.
pub(crate) fn default(service: &str, variable: &str) -> Option<String> {
    schema(service).variable(variable).unwrap().default.clone()
}

/// Whether some agreement of a kind is about exactly these variables.
pub(crate) fn agree(kind: AgreementKind, part: Part, members: &[&str]) -> bool {
    envlint_bundled::agreements().iter().any(|agreement| {
        let named = agreement.members.iter().map(|m| format!("{}.{}", m.service, m.variable));
        agreement.kind == kind
            && agreement.part() == Some(part)
            && named.collect::<Vec<_>>() == members
    })
}

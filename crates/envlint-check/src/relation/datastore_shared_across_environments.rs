use std::collections::BTreeMap;

use envlint_model::{
    Equality, Finding, Name, Outcomes, Phase, Scope, Span, Subject, SubjectKind, declare_rule,
};
use envlint_resolve::Reached;
use envlint_schema::{Part, Role};

use super::places::Pointer;
use crate::Context;
use crate::cases::place_of;
use crate::context::View;
use crate::values::{Held, held_in};
use crate::words::Services;

declare_rule! {
    /// another environment writes production's database
    ///
    /// A test that empties its tables empties those of production; a migration that is tried
    /// out is done. Compared are host, port and name of what a service's schema calls its
    /// datastore; two environments that each have a server of that name in their own network
    /// are told apart by their Compose files, so a host that Compose itself starts is not
    /// compared.
    ///
    /// ## Instead
    ///
    /// A database of its own for each environment.
    pub(crate) static RULE: Rule<Context> = {
        name: "datastore-shared-across-environments",
        group: "relation",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "staging on the server of production" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\nstaging = {}\n\n[sources.env]\nfile = \"{environment}.env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nDATABASE_URL = { type = \"database-url\", role = \"datastore\" }\n",
                "production.env" => "DATABASE_URL=postgresql://app:CANARY8Kd02mXq7@db.polyant.dev/app\n",
                "staging.env" => "DATABASE_URL=postgresql://staging:CANARYkT9vLx2m@db.polyant.dev:5432/app\n",
            }
            passes "a database each" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\nstaging = {}\n\n[sources.env]\nfile = \"{environment}.env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nDATABASE_URL = { type = \"database-url\", role = \"datastore\" }\n",
                "production.env" => "DATABASE_URL=postgresql://app:CANARY8Kd02mXq7@db.polyant.dev/app\n",
                "staging.env" => "DATABASE_URL=postgresql://app:CANARYkT9vLx2m@db.polyant.dev/staging\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let all = || context.views.iter().chain(&context.others);
    let mut found = BTreeMap::new();
    for production in all().filter(|view| view.is_production()) {
        for other in all().filter(|view| !view.is_production()) {
            compare(context, production, other, &mut found, outcomes);
        }
    }
    for (shared, scopes) in found {
        outcomes.finding(shared.word(&scopes));
    }
}

/// A database that two environments have in common, by the places where each of them has its
/// address. Lines that several services read are one mistake.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shared<'a> {
    variable: &'a Name,
    /// Production, and the other one.
    environments: [&'a Name; 2],
    places: [Span; 2],
}

/// What was found, with where it holds.
type Found<'a> = BTreeMap<Shared<'a>, Vec<Scope>>;

fn compare<'a>(
    context: &'a Context,
    production: &'a View,
    other: &'a View,
    found: &mut Found<'a>,
    outcomes: &mut Outcomes,
) {
    let stores = held_in(context, production).filter(|held| held.phase == Phase::Run);
    for held in stores.filter(is_datastore) {
        let twin = other.deployment.workload(&held.workload.service);
        let Some((twin, theirs)) = twin.and_then(|twin| Some((twin, twin.run.get(held.name)?)))
        else {
            continue;
        };
        // A server that Compose starts is another one in each environment.
        let elsewhere = Pointer::of(held).is_some_and(|to| matches!(to.reached, Reached::External));
        let ours = &held.setting.value;
        match Part::Database.compare(&context.equality, ours, &theirs.value) {
            Equality::Same if elsewhere => {}
            _ => {
                outcomes.pass();
                continue;
            }
        }
        let environments = [production, other].map(|view| &view.deployment.environment.name);
        let places = [held.setting, theirs].map(|setting| place_of(setting, None));
        let shared = Shared { variable: held.name, environments, places };
        found.entry(shared).or_default().extend([held.scope(), twin.scope.clone()]);
    }
}

fn is_datastore(held: &Held<'_>) -> bool {
    held.variable().is_some_and(|variable| variable.role == Some(Role::Datastore))
}

impl Shared<'_> {
    fn word(&self, scopes: &[Scope]) -> Finding {
        let Self { variable, environments: [production, other], places } = self;
        let services = Services::new(scopes.iter().map(|scope| scope.workload.as_str()));
        let subject = match scopes {
            [only, _] => Subject::variable(&only.workload, variable),
            _ => Subject::new(SubjectKind::Variable, variable.as_str()),
        };
        let message = format!(
            "{variable} of {services} leads to one database in {production} and in {other}"
        );
        let mut finding =
            RULE.finding(subject, message).at(places[0], format!("{production} reads it here"));
        if places[0] != places[1] {
            finding = finding.at(places[1], format!("{other} reads it here"));
        }
        finding
            .happens(format!("{other} reads and changes the data of {production}"))
            .write(format!("a database of its own for {other}"))
            .scopes(scopes.iter().cloned())
    }
}

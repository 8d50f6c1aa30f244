use envlint_model::{Equality, Finding, Name, Outcomes, Phase, Subject, declare_rule};
use envlint_resolve::{Reached, Setting};
use envlint_schema::{Part, Role};

use super::places::Pointer;
use crate::Context;
use crate::cases::place_of;
use crate::context::View;
use crate::values::{Held, held_in};

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
    for production in all().filter(|view| view.is_production()) {
        for other in all().filter(|view| !view.is_production()) {
            compare(context, production, other, outcomes);
        }
    }
}

fn compare(context: &Context, production: &View, other: &View, outcomes: &mut Outcomes) {
    let stores = held_in(context, production).filter(|held| held.phase == Phase::Run);
    let stores = stores.filter(|held| is_datastore(held));
    for held in stores {
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
        let names = [production, other].map(|view| &view.deployment.environment.name);
        let message =
            format!("{} leads to one database in {} and in {}", held.title(), names[0], names[1]);
        let found = RULE.finding(Subject::variable(&held.workload.service, held.name), message);
        let scopes = [held.scope(), twin.scope.clone()];
        outcomes.finding(label(found, [held.setting, theirs], names).scopes(scopes));
    }
}

fn is_datastore(held: &Held<'_>) -> bool {
    held.variable().is_some_and(|variable| variable.role == Some(Role::Datastore))
}

fn label(mut finding: Finding, settings: [&Setting; 2], names: [&Name; 2]) -> Finding {
    for (setting, name) in settings.into_iter().zip(names) {
        let place = place_of(setting, None);
        if finding.labels.iter().all(|label| label.span != place) {
            finding = finding.at(place, format!("{name} reads it here"));
        }
    }
    finding
        .happens(format!("{} reads and changes the data of {}", names[1], names[0]))
        .write(format!("a database of its own for {}", names[1]))
}

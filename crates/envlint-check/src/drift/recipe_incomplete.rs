use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Finding, Name, Outcomes, declare_rule};
use envlint_project::SourceKind;
use envlint_resolve::Workload;

use crate::Context;
use crate::cases::place_of;
use crate::context::Use;
use crate::gaps::{Gap, gaps};
use crate::words::Services;

/// One service that Compose runs, and a platform too, whose secrets are a list of names.
const TWO_PLATFORMS: &str = r#"version = 1

[sources.fly]
names = "fly-secrets.json"

[services.api]
schema = "./api.schema.json"

[services.api-on-fly]
schema = "./api.schema.json"
sources = ["fly"]
"#;

const SCHEMA: &str = r#"{
  "type": "object",
  "properties": {
    "AUTH_SECRET": { "type": "string" },
    "LOG_LEVEL": { "type": "string", "default": "info" },
    "WEBHOOK_SECRET": { "type": "string" }
  }
}
"#;

const COMPOSE: &str = "services:\n  api:\n    env_file: .env\n";

const ENV: &str =
    "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\nLOG_LEVEL=warn\nWEBHOOK_SECRET=CANARY-kT9vLx2mQp7Zr4Wn\n";

declare_rule! {
    /// one way to deploy a service leaves out a variable that another way sets
    ///
    /// A service that runs in Compose here and on a platform there has its variables written
    /// down twice. The second list is made once, from what was needed on that day, and nobody
    /// thinks of it when the first one grows.
    ///
    /// Ways to deploy one service are services of the manifest that have one schema and get
    /// their variables from different sources: a Compose project, another one, files that a
    /// process is started with, a list of names on a platform. Two services of one Compose
    /// project are not two ways. Told of variables without a default that the schema does not
    /// tie to a platform, an environment or another variable; what a service must have is told
    /// as missing, and not once more.
    ///
    /// ## Instead
    ///
    /// Set the variable there as well, or let the schema say where it is needed.
    pub(crate) static RULE: Rule<Context> = {
        name: "recipe-incomplete",
        group: "drift",
        severity: Warning,
        confidence: Medium,
        since: "0.1.0",
        yields_to: ["missing-required", "missing-recommended", "shared-value-mismatch", "unsafe-default", "wrong-phase"],
        check: check,
        examples: [
            fails "a secret that was never given to the platform" {
                "envlint.toml" => TWO_PLATFORMS,
                "api.schema.json" => SCHEMA,
                "compose.yaml" => COMPOSE,
                ".env" => ENV,
                "fly-secrets.json" => "[\"AUTH_SECRET\"]\n",
            }
            passes "both lists say the same, but for a default" {
                "envlint.toml" => TWO_PLATFORMS,
                "api.schema.json" => SCHEMA,
                "compose.yaml" => COMPOSE,
                ".env" => ENV,
                "fly-secrets.json" => "[\"AUTH_SECRET\", \"WEBHOOK_SECRET\"]\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut services: BTreeMap<(&Name, &Name), Vec<Use<'_>>> = BTreeMap::new();
    for each in context.uses() {
        let environment = &each.view.deployment.environment.name;
        services.entry((environment, &each.schema.name)).or_default().push(each);
    }
    for ways in services.values().filter(|ways| ways.len() > 1) {
        let mut found = gaps(ways);
        found.retain_mut(|gap| is_between_recipes(context, gap));
        if found.is_empty() {
            outcomes.pass();
        }
        for gap in &found {
            gap.unverifiable(RULE.name).for_each(|open| outcomes.unverifiable(open));
            gap.absent.iter().for_each(|each| outcomes.finding(word(context, gap, each)));
        }
    }
}

/// Where a workload's variables are written down: its deployment, where a file names several; a
/// Compose project; or else all of its sources.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Recipe<'a> {
    Deployment(&'a Name),
    Compose(Option<usize>),
    Sources(&'a [usize]),
}

fn recipe<'a>(context: &'a Context, workload: &'a Workload) -> Recipe<'a> {
    let sources = context.service(workload).map_or(&[][..], |service| &service.sources);
    let is_compose = |at: &&usize| {
        let source = context.project.sources.get(**at);
        source.is_some_and(|source| matches!(source.kind, SourceKind::Compose(_)))
    };
    match &workload.scope.deployment {
        Some(deployment) => Recipe::Deployment(deployment),
        None if workload.in_compose => Recipe::Compose(sources.iter().find(is_compose).copied()),
        None => Recipe::Sources(sources),
    }
}

/// Leaves those that lack what another recipe sets, and their own does not.
fn is_between_recipes(context: &Context, gap: &mut Gap<'_>) -> bool {
    let set: BTreeSet<Recipe<'_>> =
        gap.set.iter().map(|(each, _)| recipe(context, each.workload)).collect();
    let is_another = |each: &Use<'_>| !set.contains(&recipe(context, each.workload));
    gap.absent.retain(is_another);
    gap.open.retain(is_another);
    !gap.absent.is_empty() || !gap.open.is_empty()
}

/// What a way to deploy a service is called: by the service, and by the deployment where one
/// service has several.
fn way(each: &Use<'_>) -> String {
    let service = &each.workload.service;
    match &each.workload.scope.deployment {
        Some(deployment) => format!("{service} on {deployment}"),
        None => service.to_string(),
    }
}

fn word(context: &Context, gap: &Gap<'_>, absent: &Use<'_>) -> Finding {
    let (name, lacking) = (&gap.variable.name, way(absent));
    let set: Vec<String> = gap.set.iter().map(|(each, _)| way(each)).collect();
    let set = Services::new(set.iter().map(String::as_str));
    let message = format!("{lacking} lacks {name}, which {}", set.verb("has", "have"));
    let sources = context.service(absent.workload).map_or(&[][..], |service| &service.sources);
    let sources = sources.iter().filter_map(|at| context.project.sources.get(*at));
    let sources = Services::new(sources.map(|source| source.name.as_str()));
    let label = format!("{} no {name}", sources.verb("sets", "set"));
    let mut finding = RULE.finding(absent.subject(name), message).at(absent.workload.place, label);
    for (each, setting) in &gap.set {
        let place = place_of(setting, None);
        if finding.labels.iter().all(|label| label.span != place) {
            finding = finding.at(place, format!("{} has it from here", way(each)));
        }
    }
    let happens =
        gap.variable.happens.clone().unwrap_or_else(|| {
            format!("{lacking} does not do all that {}", set.verb("does", "do"))
        });
    finding
        .happens(happens)
        .write(format!("{name} for {lacking} too, or say in the schema where it is required"))
        .scopes([absent.workload.scope.clone()])
        .grouped(
            format!("{lacking} lacks variables that {}", set.verb("has", "have")),
            gap.variable.kind.to_string(),
        )
}

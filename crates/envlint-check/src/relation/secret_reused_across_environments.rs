use std::collections::BTreeMap;

use envlint_model::{
    Finding, Name, Outcomes, SecretFingerprint, Span, Subject, SubjectKind, Unverifiable,
    declare_rule,
};
use envlint_project::AcrossEnvironments;
use envlint_resolve::{Setting, Workload};

use crate::Context;
use crate::cases::place_of;
use crate::context::View;
use crate::words::Services;

/// A secret that must differ between two environments.
const TWO_ENVIRONMENTS: &str = r#"version = 1

[environments]
production = {}
staging = {}

[sources.env]
file = "{environment}.env"

[services.api]
sources = ["env"]

[services.api.variables]
AUTH_SECRET = { type = "token" }

[[relations]]
distinct-across-environments = ["*.AUTH_SECRET"]
"#;

declare_rule! {
    /// two environments share a value that the manifest wants distinct
    ///
    /// Whoever reads the staging environment then holds a key of production: a session that
    /// staging signs is valid in production. Only what `distinct-across-environments` names is
    /// compared, also with environments that this run does not check.
    ///
    /// ## Instead
    ///
    /// Make a value of its own for each environment.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-reused-across-environments",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "staging and production sign with one key" {
                "envlint.toml" => TWO_ENVIRONMENTS,
                "production.env" => "AUTH_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\n",
                "staging.env" => "AUTH_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\n",
            }
            passes "a key each" {
                "envlint.toml" => TWO_ENVIRONMENTS,
                "production.env" => "AUTH_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\n",
                "staging.env" => "AUTH_SECRET=CANARY-7hQ2xK4v9mTzWb3NcR8e\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for relation in &context.project.across_environments {
        let mut found = BTreeMap::new();
        for (service, variable) in &relation.members {
            for workload in services(context, service.as_ref(), variable) {
                compare(context, workload, variable, &mut found, outcomes);
            }
        }
        for (shared, services) in found {
            outcomes.finding(shared.word(relation, &services));
        }
    }
}

/// The services that have the variable in some environment.
fn services<'a>(context: &'a Context, named: Option<&Name>, variable: &Name) -> Vec<&'a Name> {
    let views = context.views.iter().chain(&context.others);
    let mut found: Vec<&Name> = views
        .flat_map(|view| &view.deployment.workloads)
        .filter(|workload| named.is_none_or(|name| workload.service == *name))
        .filter(|workload| workload.run.get(variable).is_some())
        .map(|workload| &workload.service)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// A value that two environments have in common, by the places where each of them has it. Lines
/// that several services read are one mistake.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shared<'a> {
    variable: &'a Name,
    environments: [&'a Name; 2],
    places: [Span; 2],
}

/// What was found, with the services that have it.
type Found<'a> = BTreeMap<Shared<'a>, Vec<&'a Workload>>;

fn compare<'a>(
    context: &'a Context,
    service: &Name,
    variable: &'a Name,
    found: &mut Found<'a>,
    outcomes: &mut Outcomes,
) {
    let mut seen: BTreeMap<SecretFingerprint, (&View, &Setting)> = BTreeMap::new();
    for view in context.views.iter().chain(&context.others) {
        let Some(workload) = view.deployment.workload(service) else { continue };
        let Some(setting) = workload.run.get(variable) else { continue };
        if setting.value.is_empty() {
            continue;
        }
        match context.equality.fingerprint(&setting.value) {
            None => outcomes.unverifiable(unverifiable(workload, variable, setting)),
            Some(fingerprint) => match seen.get(&fingerprint) {
                None => {
                    seen.insert(fingerprint, (view, setting));
                    outcomes.pass();
                }
                Some((first, other)) => {
                    let environments = [first, &view].map(|view| &view.deployment.environment.name);
                    let places = [other, &setting].map(|setting| place_of(setting, None));
                    let shared = Shared { variable, environments, places };
                    found.entry(shared).or_default().push(workload);
                }
            },
        }
    }
}

impl Shared<'_> {
    fn word(&self, relation: &AcrossEnvironments, workloads: &[&Workload]) -> Finding {
        let Self { variable, environments: [one, another], places } = self;
        let services = Services::new(workloads.iter().map(|workload| workload.service.as_str()));
        let subject = match workloads {
            [only] => Subject::variable(&only.service, variable),
            _ => Subject::new(SubjectKind::Variable, variable.as_str()),
        };
        let message = format!("{variable} of {services} is the same in {one} and in {another}");
        let because = relation.because.clone();
        let mut finding =
            RULE.finding(subject, message).at(places[0], format!("{one} has it from here"));
        if places[0] != places[1] {
            finding = finding.at(places[1], format!("{another} has the same text"));
        }
        finding
            .happens(because.unwrap_or_else(|| {
                "whoever reads one environment holds a secret of the other".to_owned()
            }))
            .write("a value of its own for each environment")
            .scopes(workloads.iter().map(|workload| workload.scope.clone()))
    }
}

fn unverifiable(workload: &Workload, variable: &Name, setting: &Setting) -> Unverifiable {
    Unverifiable {
        rule: RULE.name,
        subject: Subject::variable(&workload.service, variable),
        reason: setting.value.first_unknown().map(ToString::to_string).unwrap_or_default(),
        span: Some(setting.name_span),
        scopes: vec![workload.scope.clone()],
    }
}

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{Finding, Name, Outcomes, Span, Subject, SubjectKind, declare_rule};
use envlint_resolve::Workload;

use crate::Context;
use crate::cases::place_of;
use crate::context::Use;
use crate::gaps::{Gap, gaps};
use crate::words::{Services, series};

/// A service in two environments that read a file each.
const TWO_ENVIRONMENTS: &str = r#"version = 1

[environments]
production = {}
staging = { like = "production" }

[sources.env]
file = "{environment}.env"

[services.api]
sources = ["env"]

[services.api.variables]
LOG_LEVEL = { type = "string", default = "info" }
SENTRY_DSN = { type = "url" }
"#;

declare_rule! {
    /// environments of one service set different variables
    ///
    /// What staging lacks, staging does not try out; what only staging has is missing when it
    /// comes to the deploy. Compared are the environments that are checked together, service by
    /// service: what an environment lacks of those that are `like` it, and what one that is like
    /// production lacks of any. A laptop needs less than production, and is left alone.
    ///
    /// Told of variables that somebody set on purpose in one environment: declared in the
    /// service's schema, without a default, and not tied by the schema to an environment, a
    /// platform or another variable. An alternative of an any-of is a choice, and not told of. A
    /// variable that an environment must have is told as missing there, and not once more.
    ///
    /// ## Instead
    ///
    /// Set the variable in every environment. Where it is meant to be in some only, let the
    /// schema say so: `required = { environment = "production" }`.
    pub(crate) static RULE: Rule<Context> = {
        name: "key-set-drift",
        group: "relation",
        severity: Warning,
        confidence: Medium,
        since: "0.1.0",
        yields_to: ["missing-required", "missing-recommended", "shared-value-mismatch", "unsafe-default", "wrong-phase"],
        check: check,
        examples: [
            fails "only production reports its errors" {
                "envlint.toml" => TWO_ENVIRONMENTS,
                "production.env" => "SENTRY_DSN=https://canary@errors.polyant.dev/1\n",
                "staging.env" => "LOG_LEVEL=debug\n",
            }
            fails "what staging has is forgotten in production" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\nstaging = {}\n\n[sources.env]\nfile = \"{environment}.env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nLOG_LEVEL = { type = \"string\", default = \"info\" }\nSENTRY_DSN = { type = \"url\" }\n",
                "production.env" => "LOG_LEVEL=warn\n",
                "staging.env" => "SENTRY_DSN=https://canary@errors.polyant.dev/2\n",
            }
            passes "both do, one with another level" {
                "envlint.toml" => TWO_ENVIRONMENTS,
                "production.env" => "SENTRY_DSN=https://canary@errors.polyant.dev/1\n",
                "staging.env" => "SENTRY_DSN=https://canary@errors.polyant.dev/2\nLOG_LEVEL=debug\n",
            }
            passes "a laptop needs less" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\nlocal = {}\n\n[sources.env]\nfile = \"{environment}.env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nLOG_LEVEL = { type = \"string\", default = \"info\" }\nSENTRY_DSN = { type = \"url\" }\n",
                "production.env" => "SENTRY_DSN=https://canary@errors.polyant.dev/1\n",
                "local.env" => "LOG_LEVEL=debug\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    // Of a service that an environment has on several platforms, each by itself.
    let mut services: BTreeMap<(&Name, Option<&Name>), Vec<Use<'_>>> = BTreeMap::new();
    for each in context.uses().filter(is_deployed) {
        let platform = each.workload.scope.deployment.as_ref();
        services.entry((&each.workload.service, platform)).or_default().push(each);
    }
    // Services that read one file lack one line.
    let mut found: BTreeMap<Drift<'_>, Vec<Gap<'_>>> = BTreeMap::new();
    for environments in services.values().filter(|environments| environments.len() > 1) {
        let mut gaps = gaps(environments);
        gaps.retain_mut(is_unexpected);
        if gaps.is_empty() {
            outcomes.pass();
        }
        for gap in gaps {
            gap.unverifiable(RULE.name).for_each(|open| outcomes.unverifiable(open));
            if !gap.absent.is_empty() {
                found.entry(Drift::of(&gap)).or_default().push(gap);
            }
        }
    }
    for (drift, gaps) in found {
        outcomes.finding(drift.word(&gaps));
    }
}

/// Whether an environment has the service at all: without any variable nothing deploys it there.
fn is_deployed(each: &Use<'_>) -> bool {
    let Workload { run, build, beyond, .. } = each.workload;
    !run.is_empty() || !build.is_empty() || beyond.is_some()
}

/// Whether an environment lacks what is set where the same rules apply, or where fewer do. Those
/// that lack it for a reason are left out.
fn is_unexpected(gap: &mut Gap<'_>) -> bool {
    let environment = |each: &Use<'_>| each.view.deployment.environment.clone();
    let kinds: BTreeSet<Name> = gap.set.iter().map(|(each, _)| environment(each).like).collect();
    let is_compared = |each: &Use<'_>| {
        let environment = environment(each);
        environment.is_production() || kinds.contains(&environment.like)
    };
    gap.absent.retain(is_compared);
    gap.open.retain(is_compared);
    !gap.absent.is_empty() || !gap.open.is_empty()
}

/// A variable that some environments set, by where they do.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Drift<'a> {
    variable: &'a Name,
    set: Vec<(&'a Name, Span)>,
    absent: Vec<&'a Name>,
}

impl<'a> Drift<'a> {
    fn of(gap: &Gap<'a>) -> Self {
        let environment = |each: &Use<'a>| &each.view.deployment.environment.name;
        let set = gap.set.iter();
        Self {
            variable: &gap.variable.name,
            set: set.map(|(each, how)| (environment(each), place_of(how, None))).collect(),
            absent: gap.absent.iter().map(environment).collect(),
        }
    }

    fn word(&self, gaps: &[Gap<'a>]) -> Finding {
        let name = self.variable;
        let absent_of = || gaps.iter().flat_map(|gap| &gap.absent);
        let services = Services::new(absent_of().map(|each| each.workload.service.as_str()));
        let set = series(self.set.iter().map(|(environment, _)| environment.as_str()), "and");
        let absent = series(self.absent.iter().map(|environment| environment.as_str()), "or");
        let subject = match gaps {
            [only] => Subject::variable(&only.absent[0].workload.service, name),
            _ => Subject::new(SubjectKind::Variable, name.as_str()),
        };
        let message = format!("{name} of {services} is set in {set}, and not in {absent}");
        let mut finding = RULE.finding(subject, message);
        for each in absent_of() {
            let service = &each.workload.service;
            if finding.labels.iter().all(|label| label.span != each.workload.place) {
                let label = format!("{service} gets no {name} in {absent}");
                finding = finding.at(each.workload.place, label);
            }
        }
        for (environment, place) in &self.set {
            if finding.labels.iter().all(|label| label.span != *place) {
                finding = finding.at(*place, format!("{environment} sets it here"));
            }
        }
        let variable = gaps[0].variable;
        let happens = variable.happens.clone().unwrap_or_else(|| {
            format!("{} in {absent} otherwise than in {set}", services.verb("runs", "run"))
        });
        finding
            .happens(happens)
            .write(format!(
                "{name}=... for {absent} too, or say in the schema where it is required"
            ))
            .scopes(absent_of().map(|each| each.workload.scope.clone()))
            .grouped(
                format!("{set} sets variables of {services} that {absent} does not"),
                variable.kind.to_string(),
            )
    }
}

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use envlint_model::{
    Edit, Finding, Fix, FixSafety, Insert, Name, Outcomes, Phase, Span, declare_rule,
};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a variable is set for a service, and nothing there reads it
    ///
    /// A typing mistake, or another service's variable in the wrong place. The service runs
    /// with a default, and whoever changes the line wonders why nothing changes.
    ///
    /// Variables that the runtime or the operating system reads (`TZ`, `NODE_OPTIONS`,
    /// `HTTPS_PROXY`, ...) are known. A line of a file that several services share is in its
    /// place if one of them reads it.
    ///
    /// ## Instead
    ///
    /// Mend the name, or remove the line. If the service does read it, say so in its schema.
    pub(crate) static RULE: Rule<Context> = {
        name: "unknown-variable",
        group: "schema",
        severity: Warning,
        confidence: Medium,
        since: "0.1.0",
        yields_to: ["secret-in-public-name", "secret-overshared"],
        check: check,
        examples: [
            fails "a letter too many" {
                "envlint.toml" => api!("LOG_LEVEL = { type = \"string\" }"),
                ".env" => "LOG_LEVELS=info\n",
            } => fixed {
                ".env" => "LOG_LEVEL=info\n",
            }
            passes "another service's line in a file that both share" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[services.api.variables]\nLOG_LEVEL = { type = \"string\" }\n\n[services.web.variables]\nTITLE = { type = \"string\" }\n",
                "compose.yaml" => "services:\n  api:\n    env_file: common.env\n  web:\n    env_file: common.env\n",
                "common.env" => "LOG_LEVEL=info\nTITLE=Canary\n",
            }
            passes "a variable of the operating system" {
                "envlint.toml" => api!("LOG_LEVEL = { type = \"string\" }"),
                ".env" => "TZ=UTC\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let owners = LazyCell::new(|| owners(context));
    let read = LazyCell::new(|| read_lines(context));
    each(context, &RULE, Check::UnknownVariable, outcomes, |case| {
        let shared = case.setting().is_some_and(|setting| read.contains(&setting.name_span));
        if shared { None } else { word(case, &owners) }
    });
}

/// Where lines stand that a service gets and reads.
fn read_lines(context: &Context) -> HashSet<Span> {
    let mut read = HashSet::new();
    for each in context.uses() {
        for phase in [Phase::Build, Phase::Run] {
            let settings = each.variables(phase).iter();
            let is_read =
                |name: &str| each.schema.variable(name).or(each.schema.read_as(name)).is_some();
            let known = settings.filter(|(name, _)| is_read(name));
            read.extend(known.map(|(_, setting)| setting.name_span));
        }
    }
    read
}

/// The first service of each environment that reads a variable, by both names.
type Owners<'a> = HashMap<(&'a Name, &'a Name), &'a Name>;

fn owners(context: &Context) -> Owners<'_> {
    let mut owners = Owners::new();
    for each in context.uses() {
        let environment = &each.view.deployment.environment.name;
        for variable in each.schema.variables() {
            owners.entry((environment, &variable.name)).or_insert(&each.workload.service);
        }
    }
    owners
}

fn word(case: &Case<'_>, owners: &Owners<'_>) -> Option<Finding> {
    let ViolationKind::UnknownVariable { did_you_mean } = case.kind else { return None };
    let (name, services) = (Name::new(&case.name()), case.services());
    let setting = case.setting()?;
    let owner = owners.get(&(&case.view.deployment.environment.name, &name));
    let label = match (did_you_mean, &owner) {
        (Some(meant), _) => format!("did you mean {meant}?"),
        (None, Some(owner)) => format!("it is a variable of {owner}"),
        (None, None) => "no schema knows this name".to_owned(),
    };
    let message =
        format!("{name} is set for {services}, which {} not read it", services.word("does", "do"));
    let finding = RULE.finding(case.subject(), message).at(setting.name_span, label);
    let finding = finding.happens(format!("the line has no effect on {services}"));
    Some(match (did_you_mean, owner) {
        (Some(meant), _) => {
            let edits = vec![Edit {
                span: setting.name_span,
                insert: vec![Insert::Text(meant.to_string())],
            }];
            let title = format!("rename it to {meant}");
            // The service then sees a value that it did not see before.
            let fix = Fix { title, safety: FixSafety::Unsafe, edits };
            finding.write(format!("{meant}=...")).fix(fix)
        }
        (None, Some(owner)) => finding.write(format!("it among the variables of {owner}")),
        (None, None) => finding.write("nothing, or declare the variable in the schema"),
    })
}

use envlint_model::{Outcomes, Phase, Subject, declare_rule};
use envlint_resolve::Setting;
use envlint_schema::{Phases, Variable};

use crate::Context;
use crate::cases::of;
use crate::context::Use;

declare_rule! {
    /// a variable is set where nobody reads it: when the service runs, and not when it is built
    ///
    /// What is built into scripts and pages is decided by the build. A line in the running
    /// container's environment changes nothing, and looks as if it did. The reverse is as
    /// silent: a build argument is gone when the service runs.
    ///
    /// ## Instead
    ///
    /// Under `build.args` what the build reads, under `environment` what the service reads.
    pub(crate) static RULE: Rule<Context> = {
        name: "wrong-phase",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["secret-build-arg", "secret-in-public-name"],
        check: check,
        examples: [
            fails "built in, set at run time" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nNEXT_PUBLIC_API_URL = { type = \"url\", phase = \"build\", secret = false }\n",
                "compose.yaml" => "services:\n  web:\n    build: .\n    environment:\n      NEXT_PUBLIC_API_URL: https://api.polyant.dev\n",
            }
            fails "read at run time, given to the build" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nLOG_LEVEL = { type = \"string\" }\n",
                "compose.yaml" => "services:\n  web:\n    build:\n      args:\n        LOG_LEVEL: info\n",
            }
            passes "given to the build" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nNEXT_PUBLIC_API_URL = { type = \"url\", phase = \"build\", secret = false }\n",
                "compose.yaml" => "services:\n  web:\n    build:\n      args:\n        NEXT_PUBLIC_API_URL: https://api.polyant.dev\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for each in context.uses().filter(|each| each.workload.in_compose) {
        for variable in each.schema.variables() {
            let (run, build) =
                (each.workload.run.get(&variable.name), each.workload.build.get(&variable.name));
            match (variable.phases, run, build) {
                (Phases::Build, Some(setting), None) => {
                    tell(each, variable, setting, Phase::Run, outcomes);
                }
                (Phases::Run, None, Some(setting)) => {
                    tell(each, variable, setting, Phase::Build, outcomes);
                }
                _ => outcomes.pass(),
            }
        }
    }
}

fn tell(
    each: Use<'_>,
    variable: &Variable,
    setting: &Setting,
    phase: Phase,
    outcomes: &mut Outcomes,
) {
    let (name, service) = (&variable.name, &each.workload.service);
    let titled = of(service, name);
    let (message, label, happens, place) = match phase {
        Phase::Run => (
            format!("{titled} is read by the build, and set for the running service"),
            "too late",
            format!("{service} was built without it, and nothing changes that"),
            "build.args",
        ),
        Phase::Build => (
            format!("{titled} is read by the running service, and set for the build"),
            "too early",
            format!("the build leaves nothing of it: {service} runs without it"),
            "environment",
        ),
    };
    let happens = variable.happens.clone().unwrap_or(happens);
    outcomes.finding(
        RULE.finding(Subject::variable(service, name), message)
            .at(setting.name_span, label)
            .happens(happens)
            .write(format!("{name} under `{place}` of {service}"))
            .scopes([each.workload.scope.clone()]),
    );
}

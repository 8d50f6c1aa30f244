use envlint_model::{Finding, Name, Outcomes, ReadErrorKind, Subject, SubjectKind, declare_rule};
use envlint_parse::template::{Action, Found, Taken};
use envlint_resolve::{Deployment, Setting, Workload};
use envlint_schema::{Empty, Requirement};

use crate::Context;
use crate::context::View;

declare_rule! {
    /// a reference leads nowhere: `${NAME}` is not set, or a file that is named does not exist
    ///
    /// Compose replaces a reference to an unset variable by the empty text and prints one
    /// warning among many lines. The container then starts with an empty password, or does not
    /// start. A missing `env_file` stops Compose.
    ///
    /// A reference with a default (`${NAME:-x}`) is never flagged, and neither is one that is
    /// the whole value of an optional variable whose service takes the empty text for unset.
    ///
    /// Compose also looks into the shell that it is started from, and prefers what it finds
    /// there. The shell that checks is another one, so its variables are not looked at: what only
    /// the deploying shell has is flagged, and can be allowed with that as the reason.
    ///
    /// ## Instead
    ///
    /// Set the variable in the file that Compose interpolates with (`.env` beside the Compose
    /// file), or say what should happen without it: `${NAME:?message}`, `${NAME:-default}`.
    pub(crate) static RULE: Rule<Context> = {
        name: "unresolved-reference",
        group: "syntax",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a variable that nobody sets" {
                "compose.yaml" => "services:\n  web:\n    environment:\n      REGION: ${S3_REGION}\n",
            }
            fails "a file that is not there" {
                "compose.yaml" => "services:\n  web:\n    env_file: web.env\n",
            }
            passes "a variable that the project's .env sets" {
                "compose.yaml" => "services:\n  web:\n    environment:\n      REGION: ${S3_REGION}\n",
                ".env" => "S3_REGION=eu-central-1\n",
            }
            passes "a default" {
                "compose.yaml" => "services:\n  web:\n    environment:\n      REGION: ${S3_REGION:-eu-central-1}\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        for workload in &view.deployment.workloads {
            for (name, setting) in workload.run.iter().chain(workload.build.iter()) {
                if !may_be_empty(context, workload, name, setting) {
                    references(context, view, Some(workload), name, setting, outcomes);
                }
            }
        }
        for (name, setting) in view.deployment.launch.iter() {
            references(context, view, None, name, setting, outcomes);
        }
        missing_files(&view.deployment, outcomes);
    }
}

/// Whether the service takes the empty text, which is all that the value then is, for unset.
fn may_be_empty(context: &Context, workload: &Workload, name: &str, setting: &Setting) -> bool {
    let variable = context.schema(workload).and_then(|schema| schema.variable(name));
    setting.value.is_empty()
        && setting.references.iter().all(|reference| reference.operator.is_none())
        && variable.is_some_and(|variable| {
            variable.empty == Empty::Unset && variable.requirement == Requirement::Never
        })
}

fn references(
    context: &Context,
    view: &View,
    workload: Option<&Workload>,
    name: &Name,
    setting: &Setting,
    outcomes: &mut Outcomes,
) {
    let subject = Subject::new(SubjectKind::Variable, name.as_str());
    let (subject, who) = match workload {
        Some(workload) => (subject.of(&workload.service), workload.service.as_str()),
        None => (subject, "whatever takes it from there"),
    };
    for reference in &setting.references {
        let refused = reference.taken == Taken::Refused;
        if !refused && (reference.operator.is_some() || reference.found != Found::Unset) {
            outcomes.pass();
            continue;
        }
        let wanted = &reference.name;
        let guard = reference.operator.filter(|operator| operator.action == Action::Guard);
        let message = match (guard, reference.found) {
            (Some(_), Found::Empty) => format!("{wanted} is required for {name} and is empty"),
            (Some(_), _) => format!("{wanted} is required for {name} and set nowhere"),
            (None, _) => format!("{name} refers to {wanted}, which is set nowhere"),
        };
        let happens = match guard {
            Some(_) => "Compose refuses to start anything".to_owned(),
            None => format!(
                "Compose warns once and puts the empty text in its place; {who} starts with it"
            ),
        };
        let finding = RULE
            .finding(subject.clone(), message)
            .at(reference.span, "nothing stands behind this name")
            .happens(happens)
            .write(format!(
                "{wanted}=... in {}, or `${{{wanted}:-default}}` here",
                launch_file(context, view)
            ))
            .scopes(workload.map(|workload| workload.scope.clone()));
        outcomes.finding(finding);
    }
}

/// The file that a person would set a launch variable in.
fn launch_file(context: &Context, view: &View) -> String {
    let stands_for_env = context.project.sources.iter().find_map(|source| match &source.kind {
        envlint_project::SourceKind::File { path, stands_for: Some(_), .. } => {
            Some(path.in_environment(&view.deployment.environment.name))
        }
        _ => None,
    });
    stands_for_env.map_or_else(|| "the .env beside the Compose file".to_owned(), |p| p.to_string())
}

fn missing_files(deployment: &Deployment, outcomes: &mut Outcomes) {
    let missing = deployment.problems.iter().filter(|p| p.kind == ReadErrorKind::NotFound);
    for problem in missing {
        let subject = Subject::new(SubjectKind::File, problem.path.as_str());
        let mut finding: Finding = RULE
            .finding(subject, format!("{} does not exist", problem.path))
            .happens(format!("it is needed by {}, which stops without it", problem.named_by))
            .write("the file, or another path");
        if let Some(place) = problem.place {
            finding = finding.at(place, "it is named here");
        }
        outcomes.finding(finding);
    }
}

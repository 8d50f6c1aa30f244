//! The stages, one after the other.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use envlint_check::{Context, View, all_rules};
use envlint_model::{
    Confidence, Date, FilePath, Files, Finding, FixSafety, Name, ProcessEnvironment, Reader, Rule,
    Severity,
};
use envlint_parse::Documents;
use envlint_project::{Environment, MANIFEST, Project};
use envlint_report::{EnvironmentSummary, Fixed, Report, apply, locate, not_verified};
use envlint_resolve::Deployment;
use envlint_secrets::Identities;

use crate::error::{CheckError, is_repeatable};
use crate::{comments, visible};

/// The environment of a repository without a manifest, unless one is named.
pub(crate) const ONLY_ENVIRONMENT: &str = "default";

/// What to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// The environments; all that the manifest names, if there are none.
    pub environments: Vec<String>,
    /// The services to report on; all, if there are none.
    pub services: Vec<String>,
    /// The rules to run; all, if there are none.
    pub select: Vec<String>,
    /// Rules not to run.
    pub ignore: Vec<String>,
    /// Whether what is no reason to stop a deploy is reported as well: findings of
    /// [`Severity::Info`], and those of rules that are not sure, of [`Confidence::Low`]. Those of
    /// a rule that `select` names always are.
    pub pedantic: bool,
    /// The day for which what expires is judged.
    pub as_of: Date,
    /// Files with age identities, beside those that the manifest and the process environment
    /// name. They start at `directory`.
    pub identities: Vec<FilePath>,
    /// Where the process runs, as seen from the root of the files: what a person names starts
    /// there, on the command line and in variables such as `ENVLINT_AGE_IDENTITY_FILE`.
    pub directory: FilePath,
}

impl Options {
    /// Everything, as of a date.
    pub fn new(as_of: Date) -> Self {
        Self {
            environments: Vec::new(),
            services: Vec::new(),
            select: Vec::new(),
            ignore: Vec::new(),
            pedantic: false,
            as_of,
            identities: Vec::new(),
            directory: FilePath::new(""),
        }
    }
}

/// Checks everything below the root of `files`.
///
/// # Errors
///
/// When the manifest can not be used, or an option names an environment, service or rule that
/// does not exist. Everything that is wrong in other files is a finding of the report.
pub fn check(
    files: Arc<dyn Files>,
    process: &ProcessEnvironment,
    options: &Options,
) -> Result<Report, CheckError> {
    checked(files, process, options).map(|(report, _)| report)
}

/// Checks, and makes the fixes of what was found, in memory: nothing is written. Fixes less
/// safe than `at_most` are not made, and those for display never are.
///
/// # Errors
///
/// As [`check`].
pub fn fix(
    files: Arc<dyn Files>,
    process: &ProcessEnvironment,
    options: &Options,
    at_most: FixSafety,
) -> Result<(Report, Fixed), CheckError> {
    let (report, documents) = checked(files, process, options)?;
    let fixes = report.findings.iter().flat_map(|finding| &finding.fixes);
    let fixed = apply(documents.sources(), fixes.filter(|fix| fix.safety <= at_most));
    Ok((report, fixed))
}

fn checked(
    files: Arc<dyn Files>,
    process: &ProcessEnvironment,
    options: &Options,
) -> Result<(Report, Documents), CheckError> {
    let rules = selected(options)?;
    let context = context(files, process, options)?;
    let verdict = envlint_check::run(&context, &rules);

    let concerns = |finding: &Finding| is_about(finding, &options.services);
    let findings = verdict.findings.into_iter().filter(concerns);
    let (findings, hidden): (Vec<_>, Vec<_>) =
        findings.partition(|finding| is_shown(finding, options));
    let sources = context.documents.sources();
    let visible = LazyCell::new(|| visible::Visible::new(&context));
    let show = |file: &_, line| visible.in_line(file, line);
    let mut unverified = verdict.unverifiable;
    unverified.extend(comments::unread(&context));
    let report = Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        environments: context.views.iter().map(|view| summary(&context, view)).collect(),
        findings: locate(findings, sources, &show),
        unverified: not_verified(unverified, sources, &show),
        hidden: hidden.len(),
        passed: verdict.passed,
        anchor: context.project.manifest.as_ref().map(|manifest| manifest.path().clone()),
    };
    Ok((report, context.documents.clone()))
}

/// Everything up to the rules: the environments that are asked for, resolved.
pub(crate) fn context(
    files: Arc<dyn Files>,
    process: &ProcessEnvironment,
    options: &Options,
) -> Result<Context, CheckError> {
    let documents = Documents::new(files);
    let only = options.environments.first().map_or(ONLY_ENVIRONMENT, String::as_str);
    let manifest_error = |errors| CheckError::manifest(errors, documents.sources());
    let project = envlint_project::load(&documents, only).map_err(manifest_error)?;
    // Where no manifest names the environments, the option does, and a report repeats it.
    if project.manifest.is_none() && !is_repeatable(only) {
        return Err(CheckError::no_environment());
    }
    let environments = environments(&project, options)?;

    let view = |environment: &Environment| {
        let identities = identities(&documents, process, options, environment);
        let deployment = envlint_resolve::resolve(&documents, &project, environment, &identities)?;
        let proxies = envlint_proxy::assemble(&documents, &project, &deployment)?;
        Ok(View { deployment, proxies })
    };
    let views: Result<Vec<View>, _> = environments.iter().map(view).collect();
    let views = views.map_err(manifest_error)?;
    // Values that must differ between environments are compared with all of them.
    let compared = project.environments.iter().filter(|environment| {
        let checked = environments.iter().any(|checked| checked.name == environment.name);
        !checked && !project.across_environments.is_empty()
    });
    let others: Result<Vec<View>, _> = compared.map(view).collect();
    let others = others.map_err(manifest_error)?;
    known_services(&views, options)?;
    read_the_rest(&documents, &project);

    let allowances = comments::allowances(&documents, &project);
    Ok(Context::new(documents, project, views, others, allowances, options.as_of))
}

/// The rules that are asked for.
fn selected(options: &Options) -> Result<Vec<&'static Rule<Context>>, CheckError> {
    let names = all_rules().map(|rule| rule.name);
    for named in options.select.iter().chain(&options.ignore) {
        if !names.clone().any(|name| name == named) {
            return Err(CheckError::unknown("rule", named, names));
        }
    }
    let asked = |rule: &&Rule<Context>| {
        let is = |named: &String| *named == rule.name;
        (options.select.is_empty() || options.select.iter().any(is))
            && !options.ignore.iter().any(is)
    };
    Ok(all_rules().filter(asked).collect())
}

/// The environments that are asked for.
fn environments(project: &Project, options: &Options) -> Result<Vec<Environment>, CheckError> {
    if options.environments.is_empty() {
        return Ok(project.environments.clone());
    }
    let mut asked = Vec::new();
    for name in options.environments.iter().collect::<BTreeSet<_>>() {
        match project.environments.iter().find(|environment| &*environment.name == name.as_str()) {
            Some(environment) => asked.push(environment.clone()),
            None => {
                let known = project.environments.iter().map(|environment| &*environment.name);
                return Err(CheckError::unknown("environment", name, known));
            }
        }
    }
    Ok(asked)
}

fn known_services(views: &[View], options: &Options) -> Result<(), CheckError> {
    let workloads = views.iter().flat_map(|view| &view.deployment.workloads);
    let known: BTreeSet<&str> = workloads.map(|workload| workload.service.as_str()).collect();
    for service in &options.services {
        if !known.contains(service.as_str()) {
            return Err(CheckError::unknown("service", service, known.iter().copied()));
        }
    }
    Ok(())
}

fn identities<'a>(
    documents: &'a Documents,
    process: &'a ProcessEnvironment,
    options: &Options,
    environment: &Environment,
) -> Identities<'a> {
    let root = FilePath::new("");
    let mut identities =
        Identities::new(&**documents.files(), process).in_directory(options.directory.clone());
    for file in &options.identities {
        identities = identities.file("--identity", &options.directory, file.as_str());
    }
    for file in &environment.identities {
        let by = format!("`identities` of {} in {MANIFEST}", environment.name);
        identities = identities.file(by, &root, file);
    }
    identities
}

/// Parses what discovery found and nobody asked for: a file that cannot be read is told, also
/// when no service reads it now.
fn read_the_rest(documents: &Documents, project: &Project) {
    let parsed = documents.all_dotenv();
    let read: BTreeSet<&FilePath> =
        parsed.iter().map(|parsed| parsed.document.file().path()).collect();
    for path in project.discovered.dotenv.iter().filter(|path| !read.contains(path)) {
        // A failure is kept by `documents`, and told by the rule for files that can not be read.
        let _ = documents.dotenv(path, Reader::Dotenv);
    }
}

/// Whether a finding is worth stopping a deploy for, or was asked for all the same.
fn is_shown(finding: &Finding, options: &Options) -> bool {
    let is_minor = finding.severity == Severity::Info || finding.confidence == Confidence::Low;
    !is_minor || options.pedantic || options.select.iter().any(|rule| rule == finding.rule)
}

/// Whether a finding is about one of `services`, or about none in particular.
fn is_about(finding: &Finding, services: &[String]) -> bool {
    let is = |name: &Name| services.iter().any(|service| *service == name.as_str());
    let mut named = finding
        .subject
        .service
        .iter()
        .chain(finding.scopes.iter().map(|scope| &scope.workload))
        .peekable();
    services.is_empty() || named.peek().is_none() || named.any(is)
}

fn summary(context: &Context, view: &View) -> EnvironmentSummary {
    let deployment: &Deployment = &view.deployment;
    let variables = deployment.workloads.iter().map(|each| each.run.len() + each.build.len());
    let chains = || view.proxies.topology.chains.iter().filter(|chain| !chain.hops.is_empty());
    let hops = || chains().flat_map(|chain| &chain.hops);
    let routed: BTreeSet<_> = chains()
        .map(|chain| (&chain.service, chain.hops.last().map(|hop| hop.route.as_str())))
        .collect();
    let proxies: BTreeSet<&str> = hops().map(|hop| hop.name.as_str()).collect();
    EnvironmentSummary {
        name: deployment.environment.name.clone(),
        services: deployment.workloads.len(),
        variables: variables.sum(),
        routes: routed.len(),
        proxies: proxies.len(),
        files: context.documents.sources().all().len(),
    }
}

//! What was looked at, what came of it, and what stays open.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use envlint_model::{Name, Severity};

use super::wrap::wrap;
use super::{Layout, Role, counted};
use crate::shown::harmless;
use crate::{EnvironmentSummary, Located, Report, Tally};

/// What is said where no file was looked at, which is most often a misplaced path.
const NOTHING: &str = "Nothing to check was found: no manifest, Compose file, dotenv file or nginx \
                       configuration.";

/// Writes the closing lines: one per environment, one for all together if there are several,
/// one for each reason why something could not be verified.
///
/// A mistake that holds in several environments, or that is bound to none, counts in each of
/// them, and once in all together.
pub fn write_summary(report: &Report, layout: Layout, out: &mut dyn Write) -> fmt::Result {
    for environment in &report.environments {
        let tally = Tally::of(report.findings.iter().filter(|f| concerns(f, &environment.name)));
        let looked_at = looked_at(environment);
        let verdict = match environment.files {
            0 if tally.total() == 0 => NOTHING.to_owned(),
            _ => verdict(tally, layout),
        };
        writeln!(out, "{}: {looked_at}. {verdict}", harmless(&environment.name))?;
    }
    match report.environments.as_slice() {
        [_] => {}
        [] if report.findings.is_empty() => writeln!(out, "No environment was looked at.")?,
        [] => writeln!(out, "No environment was looked at. {}", verdict(report.tally(), layout))?,
        _ => writeln!(out, "All together: {}", verdict(report.tally(), layout))?,
    }
    if report.hidden > 0 {
        writeln!(out, "{} more with `--pedantic`.", report.hidden)?;
    }
    for paragraph in open_questions(report) {
        for (at, line) in wrap(&paragraph, layout.room(4)).into_iter().enumerate() {
            writeln!(out, "{}{line}", if at == 0 { "" } else { "    " })?;
        }
    }
    Ok(())
}

fn concerns(finding: &Located, environment: &Name) -> bool {
    finding.scopes.is_empty()
        || finding.scopes.iter().any(|scope| scope.environment == *environment)
}

/// `2 services, 31 variables, 4 routes through 2 proxies, 9 files`
pub(crate) fn looked_at(environment: &EnvironmentSummary) -> String {
    let services = counted(environment.services, "service", "services");
    let variables = counted(environment.variables, "variable", "variables");
    let routes = counted(environment.routes, "route", "routes");
    let proxies = counted(environment.proxies, "proxy", "proxies");
    let files = counted(environment.files, "file", "files");
    let paths = match (environment.routes, environment.proxies) {
        (0, 0) => proxies,
        _ => format!("{routes} through {proxies}"),
    };
    format!("{services}, {variables}, {paths}, {files}")
}

fn verdict(tally: Tally, layout: Layout) -> String {
    let parts = [
        (Severity::Error, tally.errors, "error", "errors"),
        (Severity::Warning, tally.warnings, "warning", "warnings"),
        (Severity::Info, tally.infos, "info", "infos"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, count, ..)| *count > 0)
        .map(|(severity, count, one, many)| {
            layout.paint(Role::Mistake(severity), counted(count, one, many)).to_string()
        })
        .collect();
    match parts.is_empty() {
        true => layout.paint(Role::Good, "No mistakes.").to_string(),
        false => format!("{}.", parts.join(", ")),
    }
}

/// One sentence per service, reason and set of environments, with all names that share them.
pub(crate) fn open_questions(report: &Report) -> Vec<String> {
    let mut together: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for open in &report.unverified {
        let key = (&open.subject.service, &open.reason, &open.environments);
        together.entry(key).or_default().push(open.subject.name.clone());
    }
    let sentence = |((service, reason, environments), names): (Key<'_>, Vec<String>)| {
        let of = service.as_ref().map_or_else(String::new, |name| format!(" of {name}"));
        let everywhere = environments.is_empty() || environments.len() >= report.environments.len();
        let within = match everywhere {
            true => String::new(),
            false => format!(" in {}", listed(environments.iter().map(Name::to_string).collect())),
        };
        harmless(&format!("Not verified: {}{of}{within} ({reason}).", listed(names))).into_owned()
    };
    together.into_iter().map(sentence).collect()
}

/// What unverified subjects must share to be told in one sentence: service, reason, environments.
type Key<'a> = (&'a Option<Name>, &'a String, &'a Vec<Name>);

/// `A`, `A and B`, `A, B and C`.
fn listed(mut names: Vec<String>) -> String {
    names.dedup();
    match names.pop() {
        None => String::new(),
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
    }
}

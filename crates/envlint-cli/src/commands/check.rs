use std::env::current_dir;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args as ClapArgs, ValueEnum};
use envlint::report::{Layout, Report, entries, github, json, sarif, write_summary};
use envlint::{Date, FilePath, Files, Options, RuleDoc};
use envlint_os::{ColourChoice, Disk, use_colour, use_unicode};

use super::{World, date, open};
use crate::answer::{Answer, Failure, Verdict, typed_path};
use crate::handler::Mistake;

const AFTER_HELP: &str = "\
Exit codes:
  0  nothing at or above the threshold of --fail-on
  1  mistakes in what was checked
  2  could not run: a wrong argument, a missing PATH, a wrong manifest

Examples:
  envlint check --env production
  envlint check deploy --env production --identity ~/.config/envlint/production.txt
  envlint check --select weak-secret,placeholder-secret --fail-on warning
  envlint check --format sarif > envlint.sarif";

/// Check the configuration and secrets of every service
#[derive(ClapArgs, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The directory to check, or one below it: the nearest envlint.toml upwards is used
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,

    /// Check this environment only; may be repeated
    #[arg(long = "env", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    environments: Vec<String>,

    /// Report on this service only; may be repeated
    #[arg(long = "service", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    services: Vec<String>,

    /// How to write the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Run these rules only, separated by commas
    #[arg(long, value_name = "RULE,..", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    select: Vec<String>,

    /// Do not run these rules, separated by commas
    #[arg(long, value_name = "RULE,..", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    ignore: Vec<String>,

    /// Report also what no deploy should stop for: infos, and what a rule is not sure of
    #[arg(long)]
    pedantic: bool,

    /// The least that makes the exit code 1
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    fail_on: Level,

    /// Judge what expires as of this date, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,

    /// Decrypt with the age identities in this file; may be repeated
    #[arg(long = "identity", value_name = "FILE", value_parser = NonEmptyStringValueParser::new())]
    identities: Vec<String>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Format {
    /// For a person at a terminal
    Text,
    /// For a person who listens: plain sentences, no drawing
    Narrated,
    /// For programs; `envlint schema report` describes it
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub Actions workflow
    Github,
}

/// A threshold; each includes those before it.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum Level {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Errors, warnings, and what could not be verified
    Unverified,
}

impl Level {
    fn verdict(self, report: &Report) -> Verdict {
        let tally = report.tally();
        let reached = match self {
            Level::Error => tally.errors,
            Level::Warning => tally.errors + tally.warnings,
            Level::Unverified => tally.errors + tally.warnings + report.unverified.len(),
        };
        if reached == 0 { Verdict::Clean } else { Verdict::Mistakes }
    }
}

pub(super) fn run(args: &Args, colour: ColourChoice, world: &World) -> Result<Answer, Failure> {
    let disk = open(&args.path, "check")?;
    let as_of = date(args.as_of, world)?;
    let seen = current_dir().map(|here| disk.seen_from(&here)).unwrap_or_default();
    let directory = directory(&seen);
    let identities = args.identities.iter().map(|typed| identity(typed, &directory, &disk));
    let options = Options {
        environments: args.environments.clone(),
        services: args.services.clone(),
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        pedantic: args.pedantic,
        identities: identities.collect::<Result<_, _>>()?,
        directory,
        ..Options::new(as_of)
    };
    let base = disk.in_repository();
    let mut report = envlint::check(Arc::new(disk), &world.environment, &options)?;
    let layout = Layout {
        colour: use_colour(colour, world.terminal, &world.environment),
        unicode: use_unicode(&world.environment),
        width: width(world),
        narrated: matches!(args.format, Format::Narrated),
    };
    let text = match args.format {
        Format::Text | Format::Narrated => {
            see_from(&mut report, &seen);
            text(&report, layout)
        }
        Format::Json => json(&report),
        Format::Sarif => sarif(&report, &envlint::rules().collect::<Vec<RuleDoc>>(), &base),
        Format::Github => github(&report, &base),
    };
    Ok(Answer { text: text.into(), verdict: args.fail_on.verdict(&report) })
}

/// The current directory as seen from the checked one. What is typed is relative to the one,
/// what a check reads to the other.
pub(super) fn directory(seen: &FilePath) -> FilePath {
    match current_dir() {
        Ok(here) if !seen.as_str().is_empty() => FilePath::new(&here.to_string_lossy()),
        _ => FilePath::new(""),
    }
}

/// Lets a person's terminal and editor find the places: paths as seen from where they are.
fn see_from(report: &mut Report, seen: &FilePath) {
    let findings = report.findings.iter_mut().flat_map(|finding| &mut finding.places);
    let open = report.unverified.iter_mut().filter_map(|open| open.place.as_mut());
    for place in findings.chain(open) {
        place.path = seen.join(place.path.as_str());
    }
}

/// A file of identities that was named on the command line. That it can not be read is a wrong
/// argument, whether or not anything is encrypted.
pub(super) fn identity(
    typed: &str,
    directory: &FilePath,
    disk: &Disk,
) -> Result<FilePath, Failure> {
    match disk.read(&directory.join(typed)) {
        Ok(_) => Ok(FilePath::new(typed)),
        Err(error) => {
            let file = typed_path(typed, "FILE");
            Err(Failure::new(format!("cannot read the identity file {file}: it {}", error.kind))
                .help("it was named by --identity"))
        }
    }
}

/// The terminal's width within what reads well.
fn width(world: &World) -> usize {
    const NARROWEST: usize = 40;
    let widest = Layout::default().width;
    world.terminal.columns.map_or(widest, |columns| usize::from(columns).clamp(NARROWEST, widest))
}

fn text(report: &Report, layout: Layout) -> String {
    let mistakes = entries(&report.findings);
    let shown = mistakes.iter().map(|entry| miette::Report::new(Mistake::new(entry, layout)));
    let mut text: String = shown.map(|mistake| format!("{mistake:?}\n")).collect();
    // Writing to a text can not go wrong.
    let _ = write_summary(report, layout, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_found_from_where_it_was_typed() {
        let found = |file, seen: &str| directory(&seen.into()).join(file).to_string();
        assert_eq!(found("keys/prod.txt", ""), "keys/prod.txt");
        assert_eq!(found("/keys/prod.txt", "deploy"), "/keys/prod.txt");
        let typed = current_dir().unwrap().join("keys/prod.txt");
        assert_eq!(found("keys/prod.txt", "deploy"), typed.to_string_lossy());
        assert_eq!(found("keys/prod.txt", ".."), typed.to_string_lossy());
    }
}

use std::env::current_dir;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as ClapArgs;
use clap::builder::NonEmptyStringValueParser;
use envlint::report::harmless;
use envlint::{NoChance, Options, Secrets, Zeroizing};
use envlint_os::{Put, PutError, is_tracked, put};

use super::check::{directory, identity};
use super::{World, date, open};
use crate::answer::{Answer, Failure, typed_path};

const AFTER_HELP: &str = "\
What is printed satisfies the schema of every service that has to hold the same value, and comes
from the operating system's randomness. What somebody else issues is not made up: it is said who.

With --all-missing nothing secret is printed. FILE is made, with mode 600, or filled: an empty
NAME= gets its value, the rest is added. It is refused if others may read it, if it is a link, or
if git keeps it.

Examples:
  envlint generate ENCRYPTION_KEY --service engine
  envlint generate --all-missing --env production --output .env.production";

/// Make a secret that satisfies its schema, or all that are missing
#[derive(ClapArgs, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The variable
    #[arg(value_name = "NAME", required_unless_present = "all_missing", value_parser = NonEmptyStringValueParser::new())]
    name: Option<String>,

    /// The directory of the project, or one below it: the nearest envlint.toml upwards is used
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,

    /// For this service; may be repeated with --all-missing
    #[arg(long = "service", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    services: Vec<String>,

    /// Make every required secret that is missing, and write them to --output
    #[arg(long, requires = "output")]
    all_missing: bool,

    /// The environment that they are missing in
    #[arg(long = "env", value_name = "NAME", requires = "all_missing", value_parser = NonEmptyStringValueParser::new())]
    environment: Option<String>,

    /// Where they are written
    #[arg(long, value_name = "FILE", requires = "all_missing")]
    output: Option<PathBuf>,

    /// Decrypt with the age identities in this file; may be repeated
    #[arg(long = "identity", value_name = "FILE", requires = "all_missing", value_parser = NonEmptyStringValueParser::new())]
    identities: Vec<String>,
}

pub(super) fn run(args: &Args, world: &World) -> Result<Answer, Failure> {
    let mut chance = |bytes: &mut [u8]| if (world.random)(bytes) { Ok(()) } else { Err(NoChance) };
    match (&args.output, &args.name, &args.path) {
        (Some(output), name, None) => {
            let path = name.as_ref().map_or(Path::new("."), Path::new);
            let mut secrets = missing(args, path, world, &mut chance)?;
            write(&mut secrets, output)
        }
        (None, Some(name), path) => {
            let disk = open(path.as_deref().unwrap_or(Path::new(".")), "read")?;
            let value = envlint::generate(Arc::new(disk), name, &args.services, &mut chance)?;
            // In one piece: memory that has to grow leaves copies behind.
            let mut line = Zeroizing::new(String::with_capacity(value.len() + 1));
            line.push_str(&value);
            line.push('\n');
            Ok(Answer::information(line))
        }
        _ => Err(Failure::new("there are more arguments than the command takes")
            .help("either a variable is named, or --all-missing makes all of them")),
    }
}

/// Makes what is missing, in memory.
fn missing(
    args: &Args,
    path: &Path,
    world: &World,
    chance: &mut envlint::Chance<'_>,
) -> Result<Secrets, Failure> {
    let disk = open(path, "read")?;
    let seen = current_dir().map(|here| disk.seen_from(&here)).unwrap_or_default();
    let directory = directory(&seen);
    let identities = args.identities.iter().map(|typed| identity(typed, &directory, &disk));
    let as_of = date(None, world)?;
    let options = Options {
        environments: args.environment.iter().cloned().collect(),
        services: args.services.clone(),
        identities: identities.collect::<Result<_, _>>()?,
        directory,
        ..Options::new(as_of)
    };
    Ok(envlint::generate_missing(Arc::new(disk), &world.environment, &options, chance)?)
}

/// Writes what was made to the file, and says what that is.
fn write(secrets: &mut Secrets, output: &Path) -> Result<Answer, Failure> {
    let typed = output.to_string_lossy();
    let shown = typed_path(&typed, "FILE");
    let refused = |why: &str| Failure::new(format!("cannot write secrets to {shown}: {why}"));
    if is_tracked(output) == Some(true) {
        let help = "take it out of git and name it in .gitignore, or write to another file";
        return Err(refused("git keeps it").help(help));
    }
    let mut is_text = true;
    if !secrets.made.is_empty() {
        let written = put(output, Put::Secret, |old| match std::str::from_utf8(&old) {
            Ok(text) => {
                let filled = secrets.fill(&Zeroizing::new(text.to_owned()));
                Zeroizing::new(filled.as_bytes().to_vec())
            }
            Err(_) => {
                is_text = false;
                old
            }
        });
        written.map_err(|error| {
            let failure = refused(&format!("it {error}"));
            match error {
                PutError::Open { .. } => failure.help(format!("close it first: chmod 600 {shown}")),
                PutError::Link | PutError::Linked => failure.help("name the file itself"),
                PutError::NoDirectory => failure.help("make the directory first"),
                _ => failure,
            }
        })?;
    }
    match is_text {
        true => Ok(Answer::information(told(secrets, shown))),
        false => Err(refused("it is not UTF-8").help("nothing in it was changed")),
    }
}

/// What became of every secret that was missing; names alone.
fn told(secrets: &Secrets, output: &str) -> String {
    let environment = &secrets.environment;
    let mut lines = vec![match secrets.made.len() {
        0 if secrets.left.is_empty() => format!("{environment}: no secret is missing."),
        0 => format!("{environment}: nothing was written."),
        1 => format!("{environment}: 1 secret was written to {output}, mode 600."),
        count => format!("{environment}: {count} secrets were written to {output}, mode 600."),
    }];
    lines.extend(secrets.made.iter().map(|made| {
        let services: Vec<&str> = made.services.iter().map(|name| name.as_str()).collect();
        format!("  {} for {}", made.name, services.join(", "))
    }));
    if !secrets.made.is_empty() {
        let command = format!("envlint check --env {environment}");
        lines.push(format!("`{command}` tells whether they arrive where they are needed."));
    }
    if !secrets.left.is_empty() {
        lines.push("Still missing:".to_owned());
    }
    let mut together: Vec<(String, &str, Vec<&str>)> = Vec::new();
    for left in &secrets.left {
        let same = together
            .iter_mut()
            .find(|(variable, why, _)| *variable == left.variable.as_str() && *why == left.why);
        match same {
            Some((.., services)) => services.push(&left.service),
            None => together.push((left.variable.to_string(), &left.why, vec![&left.service])),
        }
    }
    lines.extend(together.iter().map(|(variable, why, services)| {
        format!("  {variable} of {}: {why}", services.join(", "))
    }));
    lines.iter().map(|line| format!("{}\n", harmless(line))).collect()
}

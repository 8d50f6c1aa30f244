//! The commands, one file each: its arguments, what it does, its tests.

mod check;
mod docs;
mod example;
mod explain;
mod generate;
mod init;
mod rules;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use envlint::{Date, Files, MANIFEST, ProcessEnvironment};
use envlint_os::{ColourChoice, Disk, Terminal};

use crate::answer::{Answer, Failure, typed_path};

const AFTER_HELP: &str = "\
Exit codes:
  0  nothing at or above the threshold
  1  mistakes in what was checked
  2  could not run: a wrong argument, a missing PATH, a wrong manifest

Examples:
  envlint init                         a first envlint.toml, from what is found
  envlint check                        the current directory, every environment
  envlint check deploy --env production
  envlint explain trust-hops-mismatch";

/// Proves, before a deploy, that the configuration and secrets of a set of services are right
#[derive(Parser, Debug)]
#[command(name = "envlint", version, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,

    /// When to colour; `auto` obeys NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and the terminal
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 100)]
    color: Color,
}

#[derive(Subcommand, Debug)]
enum Command {
    Check(check::Args),
    Docs(docs::Args),
    Example(example::Args),
    Explain(explain::Args),
    Generate(generate::Args),
    Init(init::Args),
    Rules(rules::Args),
    Schema(schema::Args),
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for ColourChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// The project that something is written about.
#[derive(ClapArgs, Debug)]
struct Place {
    /// The directory of the project, or one below it: the nearest envlint.toml upwards is used
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,

    /// Only this service; may be repeated
    #[arg(long = "service", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    services: Vec<String>,
}

impl Place {
    fn files(&self) -> Result<Arc<dyn Files>, Failure> {
        Ok(Arc::new(open(&self.path, "read")?))
    }
}

/// The files of the project that a directory belongs to. `verb` is what is about to be done.
fn open(path: &Path, verb: &str) -> Result<Disk, Failure> {
    Disk::open_nearest(path, MANIFEST).map_err(|kind| {
        let typed = path.to_string_lossy();
        Failure::new(format!("cannot {verb} {}: it {kind}", typed_path(&typed, "PATH"))).help(
            format!("PATH is the directory to {verb}; without one it is the current directory"),
        )
    })
}

/// What a command may know of the machine, besides the files.
pub(crate) struct World {
    /// The process environment.
    pub(crate) environment: ProcessEnvironment,
    /// Where the output goes.
    pub(crate) terminal: Terminal,
    /// Today's date, if the clock is set.
    pub(crate) today: Option<Date>,
    /// Fills a buffer with random bytes; false if there are none.
    pub(crate) random: fn(&mut [u8]) -> bool,
}

/// The day for which something is judged.
fn date(named: Option<Date>, world: &World) -> Result<Date, Failure> {
    named.or(world.today).ok_or_else(|| {
        Failure::new("cannot tell today's date: the system's clock stands before 1970")
            .help("set the clock, or check for a date: `envlint check --as-of 2027-06-30`")
    })
}

/// Runs the command that was asked for.
pub(crate) fn run(cli: &Cli, world: &World) -> Result<Answer, Failure> {
    match &cli.command {
        Command::Check(args) => check::run(args, cli.color.into(), world),
        Command::Docs(args) => docs::run(args),
        Command::Example(args) => example::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Generate(args) => generate::run(args, world),
        Command::Init(args) => init::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Schema(args) => schema::run(args),
    }
}

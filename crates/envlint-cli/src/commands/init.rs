use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as ClapArgs;
use envlint::report::harmless;
use envlint::{Draft, MANIFEST, Zeroizing};
use envlint_os::{Disk, Put, PutError, put};

use crate::answer::{Answer, Failure, typed_path};

const AFTER_HELP: &str = "\
Environments and sources are told by names of files, services by what Compose runs, and those that
envlint knows by the names of their variables. What is guessed stands in the manifest with what led
to it. No value is looked at.

Examples:
  envlint init
  envlint init deploy --dry-run";

/// Write envlint.toml from what is found
#[derive(ClapArgs, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The directory to write it in: the one that a deploy is made from
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,

    /// Replace the one that is there
    #[arg(long)]
    force: bool,

    /// Print it and write nothing
    #[arg(long, visible_alias = "stdout")]
    dry_run: bool,
}

pub(super) fn run(args: &Args) -> Result<Answer, Failure> {
    let typed = args.path.to_string_lossy();
    let disk = Disk::open(&args.path).map_err(|kind| {
        Failure::new(format!("cannot look at {}: it {kind}", typed_path(&typed, "PATH")))
            .help("PATH is the directory that a deploy is made from")
    })?;
    let draft = envlint::draft(Arc::new(disk))?;
    if args.dry_run {
        return Ok(Answer::information(draft.manifest));
    }
    let path = match args.path == Path::new(".") {
        true => PathBuf::from(MANIFEST),
        false => args.path.join(MANIFEST),
    };
    let shown = path.to_string_lossy().into_owned();
    let shown = typed_path(&shown, MANIFEST);
    let kind = if args.force { Put::Anew } else { Put::New };
    put(&path, kind, |_| Zeroizing::new(draft.manifest.as_bytes().to_vec())).map_err(|error| {
        let failure = Failure::new(format!("cannot write {shown}: it {error}"));
        match error {
            PutError::Exists => failure
                .help("--dry-run prints what would be written, --force writes it all the same"),
            _ => failure,
        }
    })?;
    Ok(Answer::information(told(&draft, shown)))
}

/// What was guessed and what is to do, for the terminal.
fn told(draft: &Draft, path: &str) -> String {
    let mut lines = vec![format!("{path} was written.")];
    if !draft.guesses.is_empty() {
        lines.push("It guesses:".to_owned());
    }
    lines.extend(draft.guesses.iter().map(|guess| format!("  {guess}")));
    lines.push("Next:".to_owned());
    lines.extend(draft.next.iter().map(|step| format!("  {step}")));
    lines.iter().map(|line| format!("{}\n", harmless(line))).collect()
}

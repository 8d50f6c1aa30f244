use clap::Args as ClapArgs;

use super::Place;
use crate::answer::{Answer, Failure};

const AFTER_HELP: &str = "\
The page is Markdown, made from schemas alone: it holds no value of any environment.

Examples:
  envlint docs > docs/variables.md
  envlint docs deploy --service engine";

/// Write a reference of all variables, as Markdown
#[derive(ClapArgs, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args) -> Result<Answer, Failure> {
    Ok(Answer::information(envlint::docs(args.place.files()?, &args.place.services)?))
}

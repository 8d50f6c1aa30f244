use clap::Args as ClapArgs;

use super::Place;
use crate::answer::{Answer, Failure};

const AFTER_HELP: &str = "\
Every variable stands in it once, whichever services read it: what is required is empty, the rest
is commented out, with its default. It holds no secret, and every reader of .env files takes it
for the same.

Examples:
  envlint example > .env.example
  envlint example deploy --service engine > engine.env.example";

/// Write a template of environment files, .env.example
#[derive(ClapArgs, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args) -> Result<Answer, Failure> {
    Ok(Answer::information(envlint::example(args.place.files()?, &args.place.services)?))
}

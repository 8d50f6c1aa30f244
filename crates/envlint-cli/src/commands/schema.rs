use clap::Args as ClapArgs;
use envlint::CheckError;

use crate::answer::{Answer, Failure};

/// Print a JSON Schema: of the manifest, of the report, of a service that envlint knows
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    /// The schema; without a name, all names are listed
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Answer, Failure> {
    let names = envlint::schemas();
    let Some(name) = &args.name else {
        return Ok(Answer::information(
            names.iter().map(|name| format!("{name}\n")).collect::<String>(),
        ));
    };
    match envlint::schema(name) {
        Some(schema) => Ok(Answer::information(schema)),
        None => Err(CheckError::unknown("schema", name, names.into_iter()).into()),
    }
}

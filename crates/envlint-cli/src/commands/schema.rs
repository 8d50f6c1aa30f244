use clap::Args as ClapArgs;
use envlint::did_you_mean;

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
        return Ok(Answer::information(names.iter().map(|name| format!("{name}\n")).collect()));
    };
    envlint::schema(name).map(Answer::information).ok_or_else(|| {
        let similar = did_you_mean(name, names.iter().map(AsRef::as_ref));
        Failure::new(format!("there is no schema {}", name)).help(match similar {
            Some(name) => format!("did you mean {name}?"),
            None => "`envlint schema` lists them".to_owned(),
        })
    })
}

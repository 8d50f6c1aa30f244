use std::path::Path;
use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args as ClapArgs, ValueEnum};
use envlint::{CheckError, Phase, Projected, Projection};
use envlint_os::Disk;

use super::open;
use crate::answer::{Answer, Failure};

const AFTER_HELP: &str = "\
A schema of a project holds what envlint.toml adds to it. With --as it is plain JSON Schema 2020-12
for one place, which every validator understands: what is required there and which names are known.

Examples:
  envlint schema                             all names
  envlint schema envlint > envlint.schema.json
  envlint schema deploy                      every service of a project
  envlint schema --service engine --as text --env production
  envlint schema polyant/engine --as typed --platform compose";

/// Print a JSON Schema: of the manifest, of a service, of a service in one environment
#[derive(ClapArgs, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// A schema that comes with envlint, or the directory of a project; without it and without
    /// --service, all names are listed
    #[arg(value_name = "NAME|PATH", value_parser = NonEmptyStringValueParser::new())]
    name: Option<String>,

    /// This service of a project only; may be repeated
    #[arg(long = "service", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    services: Vec<String>,

    /// As it is, or for one place, with values as texts or as what they mean
    #[arg(long = "as", value_name = "FORM", default_value = "full")]
    form: Form,

    /// For this environment; needed if a project has several
    #[arg(long = "env", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    environment: Option<String>,

    /// For this platform, such as compose
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    platform: Option<String>,

    /// With or without a reverse proxy before it
    #[arg(long, value_name = "WHETHER")]
    behind_proxy: Option<Whether>,

    /// For what is read while the image is built instead of what is read by the running service
    #[arg(long)]
    build: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// With x-envlint, in which conditions, roles and relations stand
    Full,
    /// Every value a text, as in an environment
    Text,
    /// Every value what it means, as in YAML
    Typed,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Whether {
    Yes,
    No,
}

impl Args {
    /// The place that it is for; `None` for the schema as it is.
    fn projected(&self) -> Result<Option<Projected>, Failure> {
        let projection = match self.form {
            Form::Text => Projection::Text,
            Form::Typed => Projection::Typed,
            Form::Full => {
                let place = self.environment.is_some() || self.platform.is_some();
                if place || self.behind_proxy.is_some() || self.build {
                    return Err(Failure::new("the full schema is the same in every place")
                        .help("--as text or --as typed is what one place makes of it"));
                }
                return Ok(None);
            }
        };
        Ok(Some(Projected {
            projection,
            environment: self.environment.clone(),
            platform: self.platform.clone(),
            behind_proxy: self.behind_proxy.map(|whether| whether == Whether::Yes),
            phase: if self.build { Phase::Build } else { Phase::Run },
        }))
    }
}

pub(super) fn run(args: &Args) -> Result<Answer, Failure> {
    let projected = args.projected()?;
    let names = envlint::schemas();
    let of_project = |path: &str| {
        let disk = open(Path::new(path), "read")?;
        let schemas = envlint::service_schemas(Arc::new(disk), &args.services, projected.as_ref())?;
        Ok(Answer::information(schemas))
    };
    let Some(name) = &args.name else {
        if args.services.is_empty() && projected.is_none() {
            let names = names.iter().map(|name| format!("{name}\n"));
            return Ok(Answer::information(names.collect::<String>()));
        }
        return of_project(".");
    };
    if !args.services.is_empty() {
        return of_project(name);
    }
    let known = match &projected {
        None => envlint::schema(name),
        Some(projected) => envlint::bundled_schema(name, projected),
    };
    match known {
        Some(schema) => Ok(Answer::information(schema)),
        None if names.contains(&name.as_str()) => Err(Failure::new(format!(
            "{name} is no schema of a service, and the same in every place"
        ))
        .help(format!("write `envlint schema {name}`"))),
        None if Disk::open(Path::new(name)).is_ok() => of_project(name),
        None => Err(CheckError::unknown("schema", name, names.into_iter()).into()),
    }
}

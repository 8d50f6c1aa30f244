//! Schemas of a project's services, as they are or as one environment sees them.

use std::collections::BTreeSet;
use std::sync::Arc;

use envlint_model::{Files, Name, Phase, Truth};
use envlint_project::{MANIFEST, Project};
use envlint_schema::{Context, Projection, Schema};
use serde_json::{Map, Value, json};

use crate::CheckError;
use crate::authored::{described, project};

/// A schema as plain JSON Schema for one place: what is required there, what is forbidden, which
/// names are known. What the place leaves open is not asked for.
#[derive(Clone, Debug)]
pub struct Projected {
    /// Whether values are texts, as in an environment, or what they mean.
    pub projection: Projection,
    /// The environment; the only one, if there is one alone.
    pub environment: Option<String>,
    /// The platform, such as `compose`, if it matters.
    pub platform: Option<String>,
    /// Whether a reverse proxy stands before the services, if it matters.
    pub behind_proxy: Option<bool>,
    /// Build or run.
    pub phase: Phase,
}

impl Projected {
    fn context(&self, environment: &str, like_production: bool) -> Context {
        Context {
            environment: Name::new(environment),
            like_production,
            behind_proxy: self.behind_proxy.map_or(Truth::Unknown, Truth::from),
            platform: self.platform.as_deref().map(Name::new),
            phase: self.phase,
        }
    }

    fn of(&self, schema: &Schema, context: &Context) -> Value {
        match self.projection {
            Projection::Text => schema.text_projection(context),
            Projection::Typed => schema.typed_projection(context),
        }
    }

    /// The environment that is asked for, of those that the manifest names.
    fn in_project(&self, project: &Project) -> Result<Context, CheckError> {
        let all = &project.environments;
        let names = all.iter().map(|environment| environment.name.as_str());
        let environment = match (&self.environment, all.as_slice()) {
            (Some(asked), _) => all
                .iter()
                .find(|environment| environment.name.as_str() == asked)
                .ok_or_else(|| CheckError::unknown("environment", asked, names))?,
            (None, [only]) => only,
            (None, _) => {
                let problem = "cannot tell what is required: every environment has its own answer";
                let names: Vec<&str> = names.collect();
                let help = format!("say which: --env {}", names.join(" or --env "));
                return Err(CheckError::told(problem, help));
            }
        };
        Ok(self.context(&environment.name, environment.is_production()))
    }
}

/// The schema of a service of a project, with what the manifest adds to it, as indented JSON. Of
/// several services it is one schema with a property for each.
///
/// # Errors
///
/// When there is no manifest or it can not be used, when it describes no service, or when there
/// is no service or environment of a name.
pub fn service_schemas(
    files: Arc<dyn Files>,
    services: &[String],
    projected: Option<&Projected>,
) -> Result<String, CheckError> {
    let project = project(files)?;
    let described = described(&project, services)?.described;
    let context = projected.map(|projected| projected.in_project(&project)).transpose()?;
    let seen = |schema: &Schema| match (projected, &context) {
        (Some(projected), Some(context)) => projected.of(schema, context),
        _ => schema.to_json(),
    };
    let asked: BTreeSet<&String> = services.iter().collect();
    match described.as_slice() {
        [one] if asked.len() == 1 => Ok(indented(&seen(one.schema))),
        many => {
            let property = |service: &envlint_author::Described<'_>| {
                let mut schema = seen(service.schema);
                // A resource of its own, so that what it refers to stands in itself.
                schema["$id"] = json!(identity(service.name));
                (service.name.to_string(), schema)
            };
            let properties: Map<String, Value> = many.iter().map(property).collect();
            Ok(indented(&json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": format!("The services of {MANIFEST}"),
                "type": "object",
                "properties": properties,
            })))
        }
    }
}

/// A bundled schema as one place sees it, production if no environment is named; `None` if there
/// is none of this name.
pub fn bundled_schema(name: &str, projected: &Projected) -> Option<String> {
    let schema = envlint_bundled::schema(name)?;
    let environment = projected.environment.as_deref().unwrap_or("production");
    let context = projected.context(environment, environment == "production");
    Some(indented(&projected.of(&schema, &context)))
}

/// A URN for a service, whatever it is called (RFC 8141, section 2.2).
fn identity(service: &str) -> String {
    let mut urn = String::from("urn:envlint:service:");
    for byte in service.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => urn.push(char::from(byte)),
            false => urn.push_str(&format!("%{byte:02X}")),
        }
    }
    urn
}

fn indented(schema: &Value) -> String {
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_makes_a_urn() {
        assert_eq!(identity("api-1"), "urn:envlint:service:api-1");
        assert_eq!(identity("a b/\u{e9}"), "urn:envlint:service:a%20b%2F%C3%A9");
    }
}

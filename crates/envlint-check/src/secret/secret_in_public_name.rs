use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::Variable;

use super::exposed::{Evidence, Secrets, public_name};
use crate::Context;
use crate::values::{Held, Shared, held_in, together};

declare_rule! {
    /// a secret has a name that is copied to browsers
    ///
    /// Bundlers copy variables with a certain beginning into the scripts that they send to
    /// browsers: `NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `NUXT_PUBLIC_`, `EXPO_PUBLIC_`,
    /// `GATSBY_`, `VUE_APP_`, `PUBLIC_`. Whoever opens the page can read them.
    ///
    /// Flagged if the value is that of a secret of some service or has the form of a known
    /// token, if the rest of the name is a secret of some service, or if the name says it
    /// (`..._SECRET`, `..._PASSWORD`, `..._PRIVATE_KEY`). Tokens and API keys that providers
    /// make for browsers are left alone.
    ///
    /// ## Instead
    ///
    /// Give the variable a name without the beginning and read it on the server. Replace the
    /// secret if a bundle was ever built with it.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-in-public-name",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "the name of a secret" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" => "NEXT_PUBLIC_AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "another name for the same value" {
                "envlint.toml" => api!("SIGNING_TOKEN = { type = \"token\" }"),
                ".env" => "SIGNING_TOKEN=CANARY-8Kd02mXq7ZtR5vLw\nVITE_SIGNING=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "a provider's token, built into the bundle" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n",
                "compose.yaml" => "services:\n  web:\n    build:\n      args:\n        REACT_APP_PAYMENT: sk_live_CANARYx51HqLyjWDarjtT1zdp7dc\n",
            }
            passes "a name that the front end's schema calls public, in a file that others read too" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[sources.env]\nfile = \".env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nMAP_SECRET = { type = \"token\" }\n\n[services.web]\nsources = [\"env\"]\n\n[services.web.variables]\nNEXT_PUBLIC_MAP_SECRET = { type = \"string\", secret = false }\n",
                ".env" => "NEXT_PUBLIC_MAP_SECRET=pk.CANARYeyJ1IjoiYSJ9\n",
            }
            passes "a key that is made for browsers" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" => "NEXT_PUBLIC_STRIPE_KEY=pk_live_CANARYx51HqLyjWDarjtT1zdp7dc\nNEXT_PUBLIC_MAPBOX_TOKEN=pk.CANARYeyJ1IjoiYSJ9\n",
            }
        ],
    }
}

/// Why a value with a public name is a secret.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// Its value shows it.
    Value(Evidence),
    /// Its name shows it, as this says.
    Name(String),
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        let secrets = Secrets::of(context, view);
        let mut found = Vec::new();
        for held in held_in(context, view).filter(|held| !held.setting.value.is_empty()) {
            let Some((.., rest)) = public_name(held.name) else { continue };
            match why(context, &secrets, &held, rest) {
                None => outcomes.pass(),
                Some(why) => found.push((held.setting.name_span, why, held)),
            }
        }
        for (why, shared) in together(found) {
            outcomes.finding(word(&why, &shared));
        }
    }
}

fn why<'a>(context: &Context, secrets: &Secrets<'a>, held: &Held<'a>, rest: &str) -> Option<Why> {
    if let Some(evidence) = secrets.evidence(held) {
        return Some(Why::Value(evidence));
    }
    // Whoever declares a variable public has looked at its name; others may be given it as well.
    let schemas = context.project.services.iter().filter_map(|each| each.schema.as_deref());
    let mut declared = schemas.filter_map(|schema| schema.variable(held.name));
    if declared.any(Variable::is_public) { None } else { secrets.named(rest).map(Why::Name) }
}

fn word(why: &Why, shared: &Shared<'_>) -> Finding {
    let name = shared.first().name;
    let (prefix, who, rest) = public_name(name).unwrap_or(("", "the bundler", name));
    let (label, instead) = match why {
        Why::Value(evidence @ Evidence::SameAs(secret, _)) => {
            (evidence.to_string(), format!("no {name}, and read {secret} on the server"))
        }
        Why::Value(evidence) => (format!("its value is {evidence}"), without(shared, rest)),
        Why::Name(says) => (says.clone(), without(shared, rest)),
    };
    let message = format!("{} shows a secret to every browser", shared.title());
    shared
        .finding(&RULE, message, label)
        .happens(format!(
            "{who} copies every {prefix} variable into the scripts that it sends to browsers: \
             everybody can read it"
        ))
        .write(format!("{instead}; a new secret, if a page was ever built with this one"))
}

/// What to write in the place of a name with a public beginning.
fn without(shared: &Shared<'_>, rest: &str) -> String {
    let first = shared.first();
    match first.workload.run.get(rest) {
        Some(_) => {
            let has = shared.services().verb("has", "have");
            format!("no {}: {has} {rest}, on the server", first.name)
        }
        None => format!("{rest}=... without the beginning, and read it on the server"),
    }
}

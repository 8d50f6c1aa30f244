use std::fmt;

use envlint_model::{Finding, Outcomes, Phase, Span, declare_rule};
use envlint_resolve::is_loopback;
use envlint_schema::{Endpoint, Endpoints, Format, Kind, Role, Variable};
use envlint_secrets::SecretPart;

use super::fronts::{Front, served};
use crate::Context;
use crate::cases::place_of;
use crate::values::{Held, Shared, held, together};

declare_rule! {
    /// a value from documentation or from a developer's machine is used in production
    ///
    /// A host under `example.com` or `.test`, which nobody can own (RFC 2606, RFC 6761); a host
    /// that begins with `your-`; `localhost`, plain http or a documented password where the
    /// world is meant to look. The service starts, and what is built from the value leads
    /// nowhere: links in mails, callbacks, sign-in, the calls of a front end.
    ///
    /// Looked for where production's rules apply, in variables that hold a URL, an origin, a
    /// domain or an e-mail address, also in arguments of a build. Plain http between services
    /// of one network is no mistake.
    ///
    /// ## Instead
    ///
    /// Write the real value; for an address of the service itself, the one that its proxy
    /// serves.
    pub(crate) static RULE: Rule<Context> = {
        name: "dev-value-in-production",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["cors-origin-missing", "placeholder-secret"],
        check: check,
        examples: [
            fails "a host from the documentation" {
                "envlint.toml" => api!("BASE_URL = { type = \"origin\", role = { public-url = {} } }"),
                ".env" => "BASE_URL=https://your-engine.example.com\n",
            }
            fails "a front end on a laptop" {
                "envlint.toml" => api!("CORS_ORIGINS = { type = \"origin-list\", role = \"cors-origins\" }"),
                ".env" => "CORS_ORIGINS=https://app.polyant.dev,http://localhost:3000\n",
            }
            fails "a public address without encryption" {
                "envlint.toml" => api!("BASE_URL = { type = \"origin\", role = { public-url = {} } }"),
                ".env" => "BASE_URL=http://api.polyant.dev\n",
            }
            fails "a queue's documented password" {
                "envlint.toml" => api!("QUEUE_URL = { type = \"url\", schemes = [\"amqp\"] }"),
                ".env" => "QUEUE_URL=amqp://guest:guest@queue:5672\n",
            }
            passes "plain http inside of the network" {
                "envlint.toml" => api!("ENGINE_URL = { type = \"url\", secret = false }", "BASE_URL = { type = \"origin\", role = { public-url = {} } }"),
                ".env" => "ENGINE_URL=http://engine:4000\nBASE_URL=https://api.polyant.dev\n",
            }
            passes "a laptop" {
                "envlint.toml" => "version = 1\n\n[environments]\nlocal = {}\n\n[sources.env]\nfile = \".env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nBASE_URL = { type = \"origin\", role = { public-url = {} } }\n",
                ".env" => "BASE_URL=http://localhost:4000\n",
            }
        ],
    }
}

/// What gives a value away, the most telling first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// Under a name that is reserved for documentation and tests.
    Reserved(&'static str),
    /// `your-domain.com`.
    Template,
    /// This machine, where the world is meant to look.
    Loopback,
    /// Plain http, where the world is meant to look.
    PlainHttp,
    /// A password in a URL that everybody guesses.
    Credentials,
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sign::Reserved(name) => {
                let dot = if name.contains('.') { "" } else { "." };
                write!(f, "{dot}{name} is reserved for documentation and tests: nobody can own it")
            }
            Sign::Template => f.write_str("a host that is still to be filled in"),
            Sign::Loopback => f.write_str("for everybody else, this is their own machine"),
            Sign::PlainHttp => f.write_str("plain http: nothing is encrypted"),
            Sign::Credentials => f.write_str("its password is one that everybody tries first"),
        }
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found = Vec::new();
    for held in held(context).filter(|held| held.view.is_production()) {
        let Some(variable) = held.variable() else { continue };
        let endpoints = Endpoints::of(variable, &held.setting.value);
        let signs = endpoints.known.iter().filter_map(|endpoint| {
            let sign = sign(variable, endpoint)?;
            // Plain http shows before the host.
            let at = endpoint.at.as_ref().filter(|_| sign != Sign::PlainHttp);
            Some((sign, place_of(held.setting, at)))
        });
        match (signs.min().or_else(|| credentials(variable, &held, &endpoints)), endpoints.open) {
            (Some((sign, place)), _) => found.push((place, sign, held)),
            (None, Some(why)) => outcomes.unverifiable(held.unverifiable(&RULE, why)),
            (None, None) => outcomes.pass(),
        }
    }
    for (sign, shared) in together(found) {
        outcomes.finding(word(context, sign, &shared));
    }
}

/// Names that are reserved, at the end of a host: RFC 2606 and RFC 6761.
const RESERVED: [&str; 6] =
    ["example.com", "example.net", "example.org", "example", "test", "invalid"];

fn sign(variable: &Variable, endpoint: &Endpoint) -> Option<Sign> {
    let host = endpoint.host.trim_end_matches('.');
    if let Some(sign) = example(host) {
        return Some(sign);
    }
    let public = matches!(variable.role, Some(Role::PublicUrl { .. }));
    if !public && variable.role != Some(Role::CorsOrigins) {
        None
    } else if is_loopback(host) || host.ends_with(".localhost") {
        Some(Sign::Loopback)
    } else {
        (public && endpoint.scheme == Some("http")).then_some(Sign::PlainHttp)
    }
}

/// Whether a host stands in documentation only. A name without a dot may be a service of the
/// network, whatever it is called.
pub(super) fn example(host: &str) -> Option<Sign> {
    let under = |name: &&str| {
        host.strip_suffix(*name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    if !host.contains('.') {
        return None;
    }
    let reserved = RESERVED.into_iter().find(under).map(Sign::Reserved);
    reserved.or_else(|| host.split('.').any(is_to_be_filled_in).then_some(Sign::Template))
}

fn is_to_be_filled_in(label: &str) -> bool {
    label.starts_with("your-") || matches!(label, "your" | "yourdomain" | "yourcompany" | "yourapp")
}

/// A password that everybody guesses, in a URL that no schema calls a secret. Of secrets there
/// are other rules.
fn credentials(
    variable: &Variable,
    held: &Held<'_>,
    endpoints: &Endpoints<'_>,
) -> Option<(Sign, Span)> {
    let url = matches!(variable.kind, Kind::Url { .. }) && !variable.is_secret();
    endpoints.known.first().filter(|_| url && held.phase == Phase::Run)?;
    let part = SecretPart::of(&held.setting.value).ok()??;
    let guessed = part.placeholder().is_some() || part.weakness().is_some();
    (part.is_in_url() && guessed).then(|| (Sign::Credentials, held.place(part.piece())))
}

fn word(context: &Context, sign: Sign, shared: &Shared<'_>) -> Finding {
    let title = shared.title();
    let environment = &shared.first().view.deployment.environment.name;
    let message = match sign {
        Sign::Reserved(_) | Sign::Template => {
            format!("{title} is an example, not a value for {environment}")
        }
        Sign::Loopback => format!("{title} names a developer's machine"),
        Sign::PlainHttp => format!("{title} is an address without encryption"),
        Sign::Credentials => format!("{title} holds a password that everybody knows"),
    };
    shared.finding(&RULE, message, sign.to_string()).happens(happens(sign, shared)).write(write(
        context,
        sign,
        &shared.first(),
    ))
}

fn happens(sign: Sign, shared: &Shared<'_>) -> String {
    let services = shared.services();
    let variable = shared.first().variable();
    let told = match (sign, variable.and_then(|variable| variable.role.as_ref())) {
        (Sign::Credentials, _) => {
            return format!("whoever reaches the server gets in like {services}");
        }
        (Sign::PlainHttp, _) => {
            "whoever is on the way reads and changes what is sent, and browsers block it on pages \
             that came over https"
        }
        (Sign::Loopback, Some(Role::CorsOrigins)) => {
            "any program on a visitor's machine can call the service in that visitor's name"
        }
        (_, Some(Role::CorsOrigins)) => {
            "the front end that is meant is not in the list: browsers block its calls"
        }
        (_, Some(Role::PublicUrl { .. })) => {
            "links, callbacks and the calls of browsers lead nowhere"
        }
        _ => match variable.map(|variable| &variable.kind) {
            Some(Kind::Format(Format::Email)) => "nobody gets mail that is sent there",
            Some(Kind::List(_)) => "nobody has an address there",
            _ => return format!("{services} can not connect"),
        },
    };
    told.to_owned()
}

/// The line to write. A public address is known where a proxy serves it.
fn write(context: &Context, sign: Sign, held: &Held<'_>) -> String {
    let role = held.variable().and_then(|variable| variable.role.as_ref());
    match (sign, role) {
        (Sign::Credentials, _) => {
            "a user of its own, with a password made by `openssl rand -hex 24`".to_owned()
        }
        (Sign::Loopback, Some(Role::CorsOrigins)) => {
            format!("{} without this item", held.line("..."))
        }
        (_, Some(Role::PublicUrl { service })) => {
            let owner = service.as_deref().unwrap_or(&held.workload.service);
            match (served_as(context, held, owner), encrypted(sign, held)) {
                (Some(front), _) if front.is_plain() => {
                    let line = held.line(&format!("https://{}", front.host));
                    format!("{line}, once its proxy speaks TLS")
                }
                (Some(front), _) => held.line(&front.origin()),
                (None, Some(origin)) => held.line(&origin),
                (None, None) => {
                    format!("{} with the host that people use", held.line("https://..."))
                }
            }
        }
        (_, Some(Role::CorsOrigins)) => {
            format!("{} with the host of the front end", held.line("https://..."))
        }
        _ => format!("{} with the real one", held.line("...")),
    }
}

/// The same address with https, where that is all that is wrong.
fn encrypted(sign: Sign, held: &Held<'_>) -> Option<String> {
    let endpoints = Endpoints::of(held.variable()?, &held.setting.value);
    let endpoint = endpoints.known.first().filter(|endpoint| endpoint.bare)?;
    let plain = sign == Sign::PlainHttp && endpoint.port == Some(80);
    plain.then(|| format!("https://{}", endpoint.host))
}

/// Where the proxies serve a service, if there is one such host and it is real; with TLS, if it
/// is served so as well.
fn served_as(context: &Context, held: &Held<'_>, service: &str) -> Option<Front> {
    let mut fronts = served(&context.find(held.view, service)?);
    fronts.retain(|front| example(&front.host).is_none());
    fronts.sort_by_key(Front::is_plain);
    let first = fronts.first()?.clone();
    fronts.iter().all(|front| front.host == first.host).then_some(first)
}

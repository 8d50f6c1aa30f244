use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::Role;

use super::trust::{Decision, Misread, REFUSED, Trust, decisions};
use super::ways::proxies;
use crate::Context;

declare_rule! {
    /// a trust setting does not do what its text says
    ///
    /// A variable is text, and frameworks take different texts for the same thing. Express
    /// takes the text `1` for the address 0.0.0.1 and trusts nobody; `true` as a text stops it.
    /// Auth.js takes every text for a yes, `false` included, and an empty `AUTH_URL` hides
    /// `AUTH_TRUST_HOST`. An application that compares with `true` takes `1` for a no.
    ///
    /// What counts is what this application does with the text, as its schema declares.
    ///
    /// ## Instead
    ///
    /// Write the text that the application reads as what is meant, or convert it in the
    /// application: `app.set('trust proxy', Number(process.env.TRUST_PROXY))`.
    pub(crate) static RULE: Rule<Context> = {
        name: "trust-setting-misread",
        group: "proxy",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["type-mismatch", "constraint-violated", "empty-value"],
        check: check,
        examples: [
            fails "a number that is taken for an address" {
                "envlint.toml" => express!("raw-text"),
                "compose.yaml" => api_trusts!("1"),
            }
            fails "a no that means yes" {
                "envlint.toml" => auth_js!("any-text"),
                "compose.yaml" => "services:\n  api:\n    environment:\n      AUTH_TRUST_HOST: \"false\"\n",
            }
            fails "a yes that means no" {
                "envlint.toml" => auth_js!("literal-true"),
                "compose.yaml" => "services:\n  api:\n    environment:\n      AUTH_TRUST_HOST: \"1\"\n",
            }
            passes "a no, to an application that compares with `true`" {
                "envlint.toml" => auth_js!("literal-true"),
                "compose.yaml" => "services:\n  api:\n    environment:\n      AUTH_TRUST_HOST: \"false\"\n",
            }
            passes "a number that the application converts" {
                "envlint.toml" => express!("number"),
                "compose.yaml" => api_trusts!("1"),
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for decision in decisions(context) {
        match decision.trust {
            Trust::Misread(misread) => outcomes.finding(word(&decision, misread)),
            // What is not known is listed by the rules that need more than the text.
            _ => outcomes.pass(),
        }
    }
}

/// What is said of a way to misread.
struct Words {
    message: String,
    label: String,
    happens: String,
    write: String,
}

fn word(decision: &Decision<'_>, misread: Misread) -> Finding {
    let Words { message, label, happens, write } = words(decision, misread);
    // Where another variable decides, it is the place to go to.
    let hiding = match misread {
        Misread::Hides(other) if other != decision.name() => decision.each.setting(other),
        _ => None,
    };
    let finding = match hiding {
        Some(other) => {
            let subject = decision.each.subject(decision.name());
            let finding = RULE.finding(subject, message).at(other.name_span, label);
            let finding = decision.at_setting(finding, "this is not asked for any more");
            finding.scopes([decision.each.workload.scope.clone()])
        }
        None => decision.finding(&RULE, message, label),
    };
    finding.happens(happens).write(write)
}

fn words(decision: &Decision<'_>, misread: Misread) -> Words {
    let (name, service) = (decision.name(), decision.service());
    let convert = format!("`app.set('trust proxy', Number(process.env.{name}))` in {service}");
    let nobody = format!(
        "{service} trusts no proxy: it takes the proxy for every client, and https for http"
    );
    match misread {
        Misread::NumberAsAddress => Words {
            message: format!(
                "{name} of {service} is a number, and Express takes it for an address"
            ),
            label: "as a text this is an address such as 0.0.0.1".to_owned(),
            happens: nobody,
            write: format!("{convert}; or the addresses of its proxies here"),
        },
        Misread::Refused(_) => Words {
            message: format!("{name} of {service} is no setting that Express knows"),
            label: "Express takes this text for an address".to_owned(),
            happens: format!("{service} stops when it starts: TypeError, invalid IP address"),
            write: match decision.variable.role {
                Some(Role::TrustProxy { reads: envlint_schema::TrustReading::RawText, .. }) => {
                    format!("{convert}, and a number here; or the addresses of its proxies")
                }
                _ => format!("{}, the number of proxies before {service}", decision.line("1")),
            },
        },
        Misread::NoNumber => Words {
            message: format!("{name} of {service} is no number, and Express then trusts nobody"),
            label: "`Number(...)` of this text is NaN".to_owned(),
            happens: nobody,
            write: format!("{}, the number of proxies before {service}", decision.line("1")),
        },
        Misread::Fraction(counted) => Words {
            message: format!("{name} of {service} trusts {}", proxies(counted as usize)),
            label: "a part counts as a whole proxy".to_owned(),
            happens: format!("{service} goes one address further back than this says"),
            write: decision.line(&counted.to_string()),
        },
        Misread::OffTurnsOn => Words {
            message: format!("{name} of {service} says no, and turns host trust on"),
            label: "Auth.js takes any text that is not empty for yes".to_owned(),
            happens: "a request that names another host steers the redirects of sign-in".to_owned(),
            write: format!(
                "no line for {name}; or {} once the proxy overwrites X-Forwarded-Host",
                decision.line("true")
            ),
        },
        Misread::OnStaysOff => Words {
            message: format!("{name} says yes, and {service} reads no"),
            label: format!("{service} compares with the text true"),
            happens: decision.variable.happens.clone().unwrap_or_else(|| {
                "Auth.js takes the request's host for untrusted and sign-in fails".to_owned()
            }),
            write: format!("{}, if yes is meant", decision.line("true")),
        },
        Misread::Hides(hiding) => Words {
            message: format!("an empty {hiding} turns host trust of {service} off"),
            label: "Auth.js asks for the first that is set, and an empty text is set".to_owned(),
            happens: REFUSED.to_owned(),
            write: format!("no line for {hiding}"),
        },
    }
}

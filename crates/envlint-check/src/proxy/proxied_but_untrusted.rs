use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_proxy::Chain;
use envlint_proxy::express::counts_that_fit;

use super::trust::{Decision, REFUSED, Trust, decisions};
use super::ways::{at_hops, is_bypass, route};
use crate::Context;

declare_rule! {
    /// a service stands behind a proxy and believes none
    ///
    /// Behind a proxy, the connection that a service accepts is the proxy's: its address, and
    /// plain http. What the client used stands in X-Forwarded-For, -Proto and -Host, which a
    /// service ignores until it is told how many proxies to trust. URLs that it builds begin
    /// with http, signatures over its own URL do not match, secure cookies are not set, and
    /// Auth.js refuses every request (`UntrustedHost`).
    ///
    /// ## Instead
    ///
    /// Switch the trust on, with the number of proxies where one is asked for, and let the
    /// proxy overwrite the headers.
    pub(crate) static RULE: Rule<Context> = {
        name: "proxied-but-untrusted",
        group: "proxy",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["trust-setting-misread"],
        check: check,
        examples: [
            fails "no proxy is trusted" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("0"),
                "nginx/site.conf" => nginx!("Host $host", "X-Forwarded-For $remote_addr"),
            }
            fails "the host is not trusted" {
                "envlint.toml" => auth_js!("literal-true"),
                "compose.yaml" => "services:\n  api:\n    ports: [\"127.0.0.1:4000:4000\"]\n",
                "nginx/site.conf" => nginx!("Host $host", "X-Forwarded-Host $host"),
            }
            passes "one proxy, and one is trusted" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!("Host $host", "X-Forwarded-For $remote_addr"),
            }
            passes "no proxy at all" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("0"),
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for decision in decisions(context) {
        let chains = decision.proxied();
        match (chains.first(), decision.trusts(), &decision.trust) {
            (Some(chain), Some(false), _) => outcomes.finding(word(&decision, chain)),
            (Some(_), None, Trust::Unknown(why)) => {
                outcomes.unverifiable(decision.unverifiable(&RULE, why));
            }
            _ => outcomes.pass(),
        }
    }
}

fn word(decision: &Decision<'_>, chain: &Chain) -> Finding {
    let (service, name) = (decision.service(), decision.name());
    let express = matches!(decision.trust, Trust::Express(_));
    let (message, label, happens) = match express {
        true => (
            format!("{service} stands behind a proxy and trusts none"),
            "Express believes nothing that a proxy says of the client".to_owned(),
            format!(
                "{service} takes the proxy for every client and plain http for the scheme: URLs \
                 and signatures come out wrong, and there is one rate limit bucket for all"
            ),
        ),
        false => (
            format!("{service} stands behind a proxy and does not trust the host it names"),
            format!("{name} is off"),
            REFUSED.to_owned(),
        ),
    };
    let finding = decision.finding(&RULE, message, label);
    let finding = match express {
        true => at_hops(decision, finding, chain),
        false => match chain.hops.iter().rev().find_map(|hop| hop.location) {
            Some(place) => finding.at(place, format!("{} leads to {service}", route(chain))),
            None => finding,
        },
    };
    let happens = decision.variable.happens.clone().unwrap_or(happens);
    finding.happens(happens).write(decision.line(&right(decision, express)))
}

/// What to set: the number that is right on every way, or the number of hops.
fn right(decision: &Decision<'_>, express: bool) -> String {
    if !express {
        return "true".to_owned();
    }
    let mut chains = decision.proxied();
    let hops = chains.iter().map(|chain| chain.hops.len()).max().unwrap_or(1);
    chains.retain(|chain| !is_bypass(chain));
    let number = counts_that_fit(chains).first().copied().map_or(hops, |right| right as usize);
    number.to_string()
}

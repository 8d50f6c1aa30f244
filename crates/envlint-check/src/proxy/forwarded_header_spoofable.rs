use std::collections::BTreeSet;

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_proxy::HeaderName;

use super::headers::{Fault, Faults, faults, finding, forgery, named};
use super::trust::{Decision, decisions};
use super::ways::title;
use crate::Context;
use crate::words::series;

declare_rule! {
    /// a client's own forwarded header passes the proxy and reaches a service that believes it
    ///
    /// A proxy hands on every header that it is not told to overwrite. A service that trusts it
    /// can not tell a header of the proxy from one of the client. Express believes
    /// X-Forwarded-Proto and X-Forwarded-Host as soon as it trusts one proxy, whatever the
    /// number; Auth.js builds the URLs of sign-in from them.
    ///
    /// Where requests can be forged only because the number of trusted proxies is too high, or
    /// because every proxy is trusted, `trust-hops-mismatch` and `trust-all-proxies` speak.
    ///
    /// ## Instead
    ///
    /// Overwrite the header at the outermost proxy, beside the other headers of the route:
    /// `proxy_set_header X-Forwarded-Host $host;`.
    pub(crate) static RULE: Rule<Context> = {
        name: "forwarded-header-spoofable",
        group: "proxy",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["forwarded-header-missing"],
        check: check,
        examples: [
            fails "X-Forwarded-Host is not overwritten" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!(
                    "Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme",
                ),
            }
            fails "the client's own address list is handed on" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!(
                    "Host $host", "X-Forwarded-Host $host", "X-Forwarded-Proto $scheme",
                ),
            }
            passes "all of them are overwritten" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!(overwrites),
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for decision in decisions(context) {
        let all = faults(&decision);
        if all.iter().any(|faults| !faults.forgeable.is_empty()) {
            outcomes.finding(word(&decision, &all));
        } else if let Some(why) = decision.open_question() {
            outcomes.unverifiable(decision.unverifiable(&RULE, why));
        } else {
            leave_open(&decision, &all, outcomes);
        }
    }
}

/// What a hop does to a header is not always known.
fn leave_open(decision: &Decision<'_>, all: &[Faults<'_>], outcomes: &mut Outcomes) {
    let mut open =
        all.iter().flat_map(|way| way.unknown.iter().map(move |why| (way, why))).peekable();
    if open.peek().is_none() {
        outcomes.pass();
    }
    for (way, (header, why)) in open {
        let hops = series(way.chain.hops.iter().map(title), "and");
        let why = format!("whether a client's {header} comes through {hops} is not known: {why}");
        outcomes.unverifiable(decision.unverifiable(&RULE, why));
    }
}

fn word(decision: &Decision<'_>, all: &[Faults<'_>]) -> Finding {
    let service = decision.service();
    let forgeable = || all.iter().flat_map(|faults| &faults.forgeable);
    let names = named(forgeable());
    let ways: Vec<(&Faults<'_>, Vec<Fault>)> = all
        .iter()
        .map(|faults| (faults, faults.forgeable.clone()))
        .filter(|(_, forgeable)| !forgeable.is_empty())
        .collect();
    let headers: BTreeSet<&HeaderName> = forgeable().map(|fault| &fault.header).collect();
    let happens: Vec<String> = headers.iter().map(|header| forgery(decision, header)).collect();
    finding(decision, &RULE, format!("{service} believes {names} as a client sends it"), &ways)
        .happens(happens.join("; "))
        .grouped(format!("services believe {names} as a client sends it"), "")
}

use envlint_model::{Finding, Outcomes, Severity, declare_rule};
use envlint_proxy::express::{ExpressSetting, counts_that_fit};
use envlint_proxy::{Chain, HeaderName, Verdict};

use super::trust::{Decision, Trust, decisions};
use super::ways::{at_hops, chooses_its_address, counted};
use crate::Context;

declare_rule! {
    /// a service believes every address in X-Forwarded-For, also what a client wrote there
    ///
    /// With `true`, Express takes the leftmost address of the header for the client's. Proxies
    /// append on the right, so the leftmost one is the client's own text: whoever sends
    /// `X-Forwarded-For: 10.0.0.1` comes from 10.0.0.1.
    ///
    /// An error where a chain lets the client's entry through; a warning where the outermost
    /// proxy overwrites the header, since the setting is then right by its neighbour's grace.
    ///
    /// ## Instead
    ///
    /// Write the number of proxies.
    pub(crate) static RULE: Rule<Context> = {
        name: "trust-all-proxies",
        group: "proxy",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["trust-setting-misread"],
        check: check,
        examples: [
            fails "nginx appends, and the leftmost entry is believed" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("true"),
                "nginx/site.conf" => nginx!(appends),
            }
            fails "right only as long as nginx overwrites" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("true"),
                "nginx/site.conf" => nginx!(overwrites),
            }
            passes "a number" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!(appends),
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for decision in decisions(context) {
        let setting = match &decision.trust {
            Trust::Express(setting @ ExpressSetting::All) => setting,
            _ => {
                outcomes.pass();
                continue;
            }
        };
        let chains = decision.proxied();
        let verdicts = chains.iter().map(|chain| (*chain, setting.judge(chain).ip));
        let verdicts: Vec<(&Chain, Verdict)> = verdicts.collect();
        let forged = verdicts.iter().find(|(_, verdict)| matches!(verdict, Verdict::Forgeable(_)));
        let right = verdicts.iter().all(|(_, verdict)| *verdict == Verdict::Right);
        match (verdicts.first(), forged) {
            // Before which no proxy is known, `trust-hops-mismatch` lists.
            (None, _) => {}
            (_, Some((chain, _))) => outcomes.finding(word(&decision, chain, Severity::Error)),
            (Some((chain, _)), None) if right => {
                outcomes.finding(word(&decision, chain, Severity::Warning));
            }
            _ => {}
        }
    }
}

fn word(decision: &Decision<'_>, chain: &Chain, severity: Severity) -> Finding {
    let service = decision.service();
    let write = match counts_that_fit(counted(decision)).first() {
        Some(number) => decision.line(&number.to_string()),
        None => "the number of proxies that append to X-Forwarded-For".to_owned(),
    };
    let (label, happens) = match severity {
        Severity::Error => (
            "Express takes the leftmost address: the client wrote that one itself",
            chooses_its_address(service, &HeaderName::FORWARDED_FOR),
        ),
        _ => (
            "Express takes the leftmost address, whoever wrote it",
            format!(
                "nothing yet: the outermost hop overwrites the header. The day it appends, \
                 clients choose the address that {service} sees"
            ),
        ),
    };
    let message = format!("{service} trusts every proxy, also one that a client invents");
    at_hops(decision, decision.finding(&RULE, message, label).severity(severity), chain)
        .happens(happens)
        .write(write)
}

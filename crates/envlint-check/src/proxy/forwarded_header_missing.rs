use std::collections::BTreeSet;

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_proxy::HeaderName;

use super::headers::{Fault, Faults, faults, finding, named};
use super::trust::{Decision, decisions};
use crate::Context;
use crate::words::series;

declare_rule! {
    /// a service trusts its proxy, and the proxy does not send what the service then asks for
    ///
    /// nginx sends the upstream's name as Host unless it is told otherwise, and says nothing of
    /// https. A service that trusts its proxy builds its own URL from Host or X-Forwarded-Host
    /// and from X-Forwarded-Proto: without them links and redirects lead to `http://` and to a
    /// name that nobody can reach, and signatures over the URL, such as Twilio's, do not match.
    ///
    /// A header that is set further out, and lost because a block has headers of its own, is
    /// told by `header-inheritance-lost`.
    ///
    /// ## Instead
    ///
    /// Set them beside the other headers of the route. Where there are some already, set the
    /// new ones in the same block: a block with headers of its own inherits none.
    pub(crate) static RULE: Rule<Context> = {
        name: "forwarded-header-missing",
        group: "proxy",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "neither the host nor the scheme" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!("X-Forwarded-For $remote_addr"),
            }
            passes "both are set" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!(overwrites),
            }
            passes "a service that believes no proxy does not ask for them" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("0"),
                "nginx/site.conf" => nginx!("X-Forwarded-For $remote_addr"),
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for decision in decisions(context) {
        let all = faults(&decision);
        match all.iter().any(|faults| !faults.missing.is_empty()) {
            true => outcomes.finding(word(&decision, &all)),
            false => outcomes.pass(),
        }
    }
}

fn word(decision: &Decision<'_>, all: &[Faults<'_>]) -> Finding {
    let service = decision.service();
    let missing = named(all.iter().flat_map(|faults| &faults.missing));
    // What can be forged on the same routes is mended by the same edit, and so told along.
    let lacks = |faults: &Faults<'_>| -> Vec<Fault> {
        faults.missing.iter().chain(&faults.forgeable).cloned().collect()
    };
    let ways: Vec<(&Faults<'_>, Vec<Fault>)> = all
        .iter()
        .map(|faults| (faults, lacks(faults)))
        .filter(|(_, lacks)| !lacks.is_empty())
        .collect();
    let headers: BTreeSet<&HeaderName> =
        all.iter().flat_map(|faults| &faults.missing).map(|fault| &fault.header).collect();
    let forged: BTreeSet<&HeaderName> =
        all.iter().flat_map(|faults| &faults.forgeable).map(|fault| &fault.header).collect();
    let instead = headers.iter().map(|header| match **header == HeaderName::HOST {
        true => "another name for its own host",
        false => "http for the scheme",
    });
    let mut happens = format!(
        "{service} takes {}: links, redirects and signatures come out wrong",
        series(instead, "and")
    );
    if !forged.is_empty() {
        let forged = series(forged.iter().map(ToString::to_string), "and");
        happens.push_str(&format!(", and clients choose {forged} themselves"));
    }
    finding(decision, &RULE, format!("{service} is not told {missing}"), &ways)
        .happens(happens)
        .grouped(format!("services are not told {missing}"), "")
}

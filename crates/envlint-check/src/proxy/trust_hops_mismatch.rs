use envlint_model::{Edit, Finding, Fix, FixSafety, Insert, Outcomes, Span, declare_rule};
use envlint_proxy::express::{ExpressSetting, counts_that_fit};
use envlint_proxy::{Chain, Effect, HeaderName, Verdict, With};

use super::trust::{Decision, Trust, decisions};
use super::ways::{at_hops, at_routes, chooses_its_address, counted, proxies, route, title};
use crate::Context;

declare_rule! {
    /// with this number of trusted proxies, a service takes the wrong address for the client's
    ///
    /// Express goes back through X-Forwarded-For, one address for each proxy that it trusts.
    /// One too few, and every client has the address of a proxy: one rate limit bucket for all.
    /// One too many, and the address is whatever the client wrote into the header itself.
    ///
    /// The right number is not a number of boxes: a hop that overwrites the header, or hands it
    /// on without an entry of its own, changes it. So two requests, an honest and a forged one,
    /// are followed through every chain of proxies before the service, those included that the
    /// manifest declares, and every number is tried. Where chains differ so that no number is
    /// right for all, that is said.
    ///
    /// A service before which no proxy is known is listed as not verified.
    ///
    /// ## Instead
    ///
    /// Write the number that the finding names. If there is none, let the outermost proxy
    /// overwrite the header: `proxy_set_header X-Forwarded-For $remote_addr;`.
    pub(crate) static RULE: Rule<Context> = {
        name: "trust-hops-mismatch",
        group: "proxy",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["trust-setting-misread", "trust-all-proxies", "proxied-but-untrusted"],
        check: check,
        examples: [
            fails "Cloudflare and nginx both append" {
                "envlint.toml" => concat!(express!("number-or-boolean"), "\n[[proxy.hops]]\nkind = \"cloudflare\"\nbefore = \"nginx/site.conf\"\n"),
                "compose.yaml" => api_trusts!("1"),
                "nginx/site.conf" => nginx!(appends),
            }
            fails "one more than there are: the client's own entry is believed" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("2"),
                "nginx/site.conf" => nginx!(appends),
            } => fixed {
                "compose.yaml" => api_trusts!("1"),
            }
            passes "behind a proxy that overwrites, a higher number changes nothing" {
                "envlint.toml" => express!("number-or-boolean"),
                "compose.yaml" => api_trusts!("2"),
                "nginx/site.conf" => nginx!(overwrites),
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for decision in decisions(context) {
        match (&decision.trust, decision.open_question()) {
            (Trust::Express(_) | Trust::Unknown(_), Some(why)) => {
                outcomes.unverifiable(decision.unverifiable(&RULE, why));
            }
            (Trust::Express(setting), None) if *setting != ExpressSetting::None => {
                judge(&decision, setting, outcomes);
            }
            _ => outcomes.pass(),
        }
    }
}

/// A way on which the application sees something else than the client.
struct Trouble<'a> {
    chain: &'a Chain,
    verdict: Verdict,
}

fn judge(decision: &Decision<'_>, setting: &ExpressSetting, outcomes: &mut Outcomes) {
    let chains = counted(decision);
    let (mut troubles, mut unknown) = (Vec::new(), None);
    for &chain in &chains {
        match setting.judge(chain).ip {
            Verdict::Right => {}
            Verdict::Unknown(why) => unknown = Some((chain, why)),
            Verdict::Forgeable(_) if is_told_elsewhere(setting, chain) => {}
            verdict => troubles.push(Trouble { chain, verdict }),
        }
    }
    match (troubles.as_slice(), unknown) {
        ([], None) => outcomes.pass(),
        ([], Some((chain, why))) => {
            let hops: Vec<&str> = chain.hops.iter().map(title).collect();
            let why = format!("behind {}: {why}", crate::words::series(hops, "and"));
            outcomes.unverifiable(decision.unverifiable(&RULE, why));
        }
        ([first, rest @ ..], _) => {
            outcomes.finding(word(decision, setting, &chains, first, rest));
        }
    }
}

/// Whether what can be forged can be forged because of a header and not because of the number,
/// or because everybody is believed.
fn is_told_elsewhere(setting: &ExpressSetting, chain: &Chain) -> bool {
    *setting == ExpressSetting::All || counts_that_fit([chain]).is_empty()
}

fn word(
    decision: &Decision<'_>,
    setting: &ExpressSetting,
    chains: &[&Chain],
    first: &Trouble<'_>,
    rest: &[Trouble<'_>],
) -> Finding {
    let right = counts_that_fit(chains.iter().copied()).first().copied();
    let (chain, service) = (first.chain, decision.service());
    let message = message(service, setting, first, right);
    let finding = decision.finding(&RULE, message, takes(setting, first));
    let finding = at_hops(decision, finding, chain);
    let finding = at_routes(finding, others(chains, first, rest, right.is_some()));
    let finding = finding.happens(happens(service, first));
    let finding = finding.write(write(decision, chains, chain, right));
    match right.zip(decision.own_text()) {
        Some((right, place)) if holds_everywhere(decision, right) => finding.fix(Fix {
            title: format!("trust {}", proxies(right as usize)),
            safety: FixSafety::Safe,
            edits: vec![Edit { span: place, insert: vec![Insert::Text(right.to_string())] }],
        }),
        _ => finding,
    }
}

/// The other routes that have the same trouble; or, where no number is right for all, those
/// that would need another one.
fn others(
    chains: &[&Chain],
    first: &Trouble<'_>,
    rest: &[Trouble<'_>],
    same: bool,
) -> Vec<(Span, String)> {
    let others: Vec<&Chain> = match same {
        true => rest.iter().map(|other| other.chain).collect(),
        false => chains.to_vec(),
    };
    let others = others.into_iter().filter(|chain| route(chain) != route(first.chain));
    let place = |chain: &Chain| chain.hops.iter().find_map(|hop| hop.pass);
    let says = |chain: &Chain| match same {
        true => format!("{}: the same", route(chain)),
        false => format!("{} passes {}", route(chain), proxies(chain.hops.len())),
    };
    others.filter_map(|chain| Some((place(chain)?, says(chain)))).collect()
}

/// Whether a number is right on every way, also on those that other rules find fault with.
fn holds_everywhere(decision: &Decision<'_>, right: u32) -> bool {
    counts_that_fit(decision.proxied()).contains(&right)
}

fn message(
    service: &str,
    setting: &ExpressSetting,
    first: &Trouble<'_>,
    right: Option<u32>,
) -> String {
    let stand = first.chain.hops.len();
    match (setting, right) {
        (ExpressSetting::Hops(trusted), Some(right)) if right as usize == stand => {
            let stand = if stand == 1 { "1 stands".to_owned() } else { format!("{stand} stand") };
            format!("{service} trusts {}, but {stand} before it", proxies(*trusted as usize))
        }
        (ExpressSetting::Hops(trusted), Some(right)) => format!(
            "{service} trusts {}, but {right} is the right number behind these {stand}",
            proxies(*trusted as usize)
        ),
        (ExpressSetting::Hops(trusted), None) => format!(
            "{service} trusts {}, and no number is right for what stands before it",
            proxies(*trusted as usize)
        ),
        _ => format!("{service} does not see the addresses of its clients"),
    }
}

/// What the setting makes of the list.
fn takes(setting: &ExpressSetting, trouble: &Trouble<'_>) -> String {
    let which = match setting {
        ExpressSetting::Hops(1) => "the address one hop back".to_owned(),
        ExpressSetting::Hops(hops) => format!("the address {hops} hops back"),
        ExpressSetting::All => "the leftmost address".to_owned(),
        _ => "the first address that is not among these".to_owned(),
    };
    let whose = match &trouble.verdict {
        Verdict::Hop(hop) => format!("that is {}", numbered(trouble.chain, *hop)),
        Verdict::Forgeable(_) => "the client wrote that one itself".to_owned(),
        _ => "that is not the client's".to_owned(),
    };
    format!("Express takes {which}: {whose}")
}

/// `hop 1, Cloudflare`
fn numbered(chain: &Chain, hop: usize) -> String {
    format!("hop {}, {}", hop + 1, chain.hops.get(hop).map_or("a proxy", title))
}

fn happens(service: &str, trouble: &Trouble<'_>) -> String {
    match &trouble.verdict {
        Verdict::Forgeable(header) => chooses_its_address(service, header),
        Verdict::Hop(hop) => format!(
            "every client has the address of {}: one rate limit bucket for all, and logs that \
             say nothing",
            numbered(trouble.chain, *hop)
        ),
        _ => format!("{service} has one address for all clients, and it is nobody's"),
    }
}

fn write(decision: &Decision<'_>, chains: &[&Chain], chain: &Chain, right: Option<u32>) -> String {
    if let Some(right) = right {
        return decision.line(&right.to_string());
    }
    let alone = counts_that_fit([chain]).first().copied();
    let longest = chains.iter().map(|chain| chain.hops.len()).max().unwrap_or(1);
    let line = decision.line(&longest.to_string());
    match (alone, culprit(chain)) {
        (None, Some(hop)) => format!(
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; at {}, and then {}",
            numbered(chain, hop),
            decision.line(&chain.hops.len().to_string()),
        ),
        _ => format!(
            "proxy_set_header X-Forwarded-For $remote_addr; at the outermost hop of each route, \
             since they pass different numbers of proxies; behind it, {line} is right for all"
        ),
    }
}

/// The hop that loses the client's address.
fn culprit(chain: &Chain) -> Option<usize> {
    let keeps = |index: usize, effect: &Effect| match effect {
        Effect::AppendsPeer | Effect::AppendsClient => true,
        Effect::Overwrites(With::Peer) => index == 0,
        Effect::Overwrites(With::RealIpClient) => true,
        _ => false,
    };
    let mut hops = chain.hops.iter().enumerate();
    hops.find(|(index, hop)| !keeps(*index, &hop.effect(&HeaderName::FORWARDED_FOR).0))
        .map(|(index, _)| index)
}

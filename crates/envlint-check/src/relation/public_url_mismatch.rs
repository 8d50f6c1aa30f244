use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    Equality, Finding, Name, Outcomes, Phase, Span, Subject, SubjectKind, Truth, declare_rule,
};
use envlint_resolve::{Setting, is_loopback};
use envlint_schema::{AgreementKind, Endpoint, Endpoints, Member, Role};

use super::dev_value_in_production::example;
use super::doors::{At, Doors, Led};
use super::fronts::{Front, served};
use crate::Context;
use crate::cases::place_of;
use crate::context::View;
use crate::values::{Held, Shared, held_in, together};
use crate::words;

/// A service that knows its own address.
macro_rules! one_service {
    ($more:literal) => {
        concat!(
            "version = 1\n\n[environments]\nproduction = {}\n\n[services.api.variables]\n",
            "BASE_URL = { type = \"origin\", role = { public-url = {} } }\n",
            $more
        )
    };
}

/// The proxy before it.
macro_rules! proxy {
    ($listen:literal, $names:literal) => {
        concat!(
            "events {}\nhttp {\n  server {\n    listen ",
            $listen,
            ";\n    server_name ",
            $names,
            ";\n    location / { proxy_pass http://127.0.0.1:4000; }\n  }\n}\n"
        )
    };
}

/// The service in Compose, with this address.
macro_rules! at {
    ($address:literal) => {
        concat!(
            "services:\n  api:\n    environment:\n      BASE_URL: ",
            $address,
            "\n    ports: [\"127.0.0.1:4000:4000\"]\n"
        )
    };
}

declare_rule! {
    /// a public address is not the one under which the service is found
    ///
    /// A service puts its own address into links, mails and callbacks, and a front end has the
    /// address of the service that it calls built in. Each place works on the machine where it
    /// was written. In production the browser calls one name and the webhook another one, and
    /// the proxy knows only one of them.
    ///
    /// Told is an address that no proxy before the service serves: another host, another port,
    /// or another encryption. Which server gets a host is decided as nginx decides it, by names,
    /// wildcards, regular expressions and the default server. Proxy configurations speak of
    /// production, so this part is for production, and for environments like it of which they
    /// serve any address. Where no proxy decides, told are addresses of one service that differ
    /// from each other.
    ///
    /// What a proxy serves that only the manifest declares, or that stands behind one which may
    /// change the host, is not verified.
    ///
    /// ## Instead
    ///
    /// Write the one address that the proxy serves into every place.
    pub(crate) static RULE: Rule<Context> = {
        name: "public-url-mismatch",
        group: "relation",
        severity: Warning,
        confidence: Medium,
        since: "0.1.0",
        yields_to: ["dev-value-in-production", "placeholder-secret", "shared-value-mismatch", "url-scheme"],
        check: check,
        examples: [
            fails "a host that the proxy does not serve" {
                "envlint.toml" => one_service!(""),
                "compose.yaml" => at!("https://engine.polyant.dev"),
                "nginx/app.conf" => proxy!("443 ssl", "api.polyant.dev"),
            }
            fails "a port that the proxy does not listen on" {
                "envlint.toml" => one_service!(""),
                "compose.yaml" => at!("https://api.polyant.dev:8443"),
                "nginx/app.conf" => proxy!("443 ssl", "api.polyant.dev"),
            }
            fails "two addresses of one service" {
                "envlint.toml" => one_service!("\n[services.web.variables]\nAPI_URL = { type = \"origin\", role = { public-url = { service = \"api\" } } }\n"),
                "compose.yaml" => "services:\n  api:\n    environment:\n      BASE_URL: https://api.polyant.dev\n  web:\n    environment:\n      API_URL: https://engine.polyant.dev\n",
            }
            passes "a name that a wildcard serves" {
                "envlint.toml" => one_service!(""),
                "compose.yaml" => at!("https://api.polyant.dev"),
                "nginx/app.conf" => proxy!("443 ssl", "*.polyant.dev"),
            }
            passes "one of two names" {
                "envlint.toml" => one_service!("\n[services.web.variables]\nAPI_URL = { type = \"origin\", role = { public-url = { service = \"api\" } } }\n"),
                "compose.yaml" => concat!(at!("https://api.polyant.dev"), "  web:\n    environment:\n      API_URL: https://engine.polyant.dev\n"),
                "nginx/app.conf" => proxy!("443 ssl", "api.polyant.dev engine.polyant.dev"),
            }
        ],
    }
}

/// What is wrong with an address that a proxy decides about.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    /// No server is meant for the host.
    Unserved,
    /// This server gets the requests, and does not lead to the service.
    Elsewhere(Span),
    /// The service is served, but at another port.
    Port(Span, String),
    /// It is, at the same port but with another encryption.
    Scheme(Span, String),
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        let doors = Doors::new(view);
        let agreed = Agreed::new(context, view);
        let led: Vec<Addresses<'_>> = addresses(context, view)
            .into_iter()
            .filter_map(|(named, all)| Addresses::lead(context, &doors, view, named, all))
            .collect();
        if view.is_production() {
            unknown(context, view, outcomes);
        }
        let decides = do_proxies_decide(context, view, &led);
        let mut found = Vec::new();
        for addresses in led {
            match decides && addresses.is_decided {
                true => addresses.judge(&agreed, &mut found, outcomes),
                false => addresses.compare(&agreed, outcomes),
            }
        }
        for ((wrong, owner), shared) in together(found) {
            outcomes.finding(word(context, &wrong, owner, &shared));
        }
    }
}

/// Public addresses whose hosts are not known can not be held against anything.
fn unknown(context: &Context, view: &View, outcomes: &mut Outcomes) {
    for held in held_in(context, view).filter(Held::is_read) {
        let Some(variable) = held.variable() else { continue };
        let Some(Role::PublicUrl { .. }) = variable.role else { continue };
        if let Some(why) = Endpoints::of(variable, &held.setting.value).open {
            outcomes.unverifiable(held.unverifiable(&RULE, why));
        }
    }
}

/// Whether the proxy configurations speak of an environment: of production, and of those like it
/// of which they serve any address.
fn do_proxies_decide(context: &Context, view: &View, led: &[Addresses<'_>]) -> bool {
    let mut leads = led.iter().flat_map(|addresses| &addresses.all);
    let mut serve_any = || leads.any(|(_, led)| matches!(led, Led::There));
    context.is_behind_proxies(view) || (view.is_production() && serve_any())
}

/// The public addresses of a service, each with what becomes of clients that go there.
struct Addresses<'a> {
    owner: &'a Name,
    all: Vec<(Address<'a>, Led<'a>)>,
    /// Whether anything is known to lead to the service.
    is_decided: bool,
}

/// What is wrong, by where it stands and whose address it is.
type Found<'a> = Vec<(Span, (Wrong, &'a Name), Held<'a>)>;

impl<'a> Addresses<'a> {
    fn lead(
        context: &'a Context,
        doors: &Doors<'a>,
        view: &'a View,
        named: &str,
        all: Vec<Address<'a>>,
    ) -> Option<Self> {
        let owners = || context.find_all(view, named).map(|each| &each.workload.service);
        let owner = owners().next()?;
        let ways = doors.to(owners());
        let led = |address: Address<'a>| {
            let led = ways.lead(&address.endpoint);
            (address, led)
        };
        Some(Self { owner, all: all.into_iter().map(led).collect(), is_decided: ways.is_known() })
    }

    /// What the proxies say of each. An agreement that does not hold is told by another rule.
    fn judge(self, agreed: &Agreed<'_>, found: &mut Found<'a>, outcomes: &mut Outcomes) {
        for (address, led) in self.all {
            let is_disputed = agreed.disputed.contains(&address.member());
            let wrong = match led {
                Led::There | Led::NoProxy => {
                    outcomes.pass();
                    continue;
                }
                Led::Unknown(why) => {
                    outcomes.unverifiable(address.held.unverifiable_because(&RULE, why));
                    continue;
                }
                Led::Elsewhere(None) => Wrong::Unserved,
                Led::Elsewhere(Some(server)) => Wrong::Elsewhere(server.span),
                Led::Otherwise(listens) => otherwise(&address.endpoint, &listens),
            };
            if !is_disputed {
                found.push((address.place(), (wrong, self.owner), address.held));
            }
        }
    }

    /// Where no proxy decides, all addresses of one service are one. What an agreement binds is
    /// compared by another rule, so the first of its variables stands for them all.
    fn compare(&self, agreed: &Agreed<'_>, outcomes: &mut Outcomes) {
        let mut told: BTreeSet<usize> = BTreeSet::new();
        let mut different: BTreeMap<_, &Address<'_>> = BTreeMap::new();
        for (address, _) in &self.all {
            let bound = agreed.bound.get(&address.member()).map_or(&[][..], Vec::as_slice);
            let is_told = bound.iter().any(|agreement| told.contains(agreement));
            told.extend(bound);
            match different.get(&address.origin()) {
                _ if is_told => {}
                Some(_) => outcomes.pass(),
                None => {
                    different.insert(address.origin(), address);
                }
            }
        }
        if different.len() > 1 {
            let different: Vec<&Address<'_>> = different.into_values().collect();
            outcomes.finding(differing(self.owner, &different));
        }
    }
}

/// A public address of a service, as some service has it.
pub(super) struct Address<'a> {
    held: Held<'a>,
    pub(super) endpoint: Endpoint,
}

impl<'a> Address<'a> {
    fn place(&self) -> Span {
        place_of(self.held.setting, self.endpoint.at.as_ref())
    }

    fn member(&self) -> (&'a Name, &'a Name) {
        (&self.held.workload.service, self.held.name)
    }

    /// Scheme, host and port.
    fn origin(&self) -> (Option<&'static str>, &str, Option<u16>) {
        (self.endpoint.scheme, &self.endpoint.host, self.endpoint.port)
    }
}

/// The public addresses of an environment, by what the services that they belong to are called:
/// by the name of one service, or by a schema that several have. What is plainly an example, or
/// this machine, is left to others.
pub(super) fn addresses<'a>(
    context: &'a Context,
    view: &'a View,
) -> BTreeMap<&'a str, Vec<Address<'a>>> {
    let mut addresses: BTreeMap<&str, Vec<Address<'a>>> = BTreeMap::new();
    for held in held_in(context, view).filter(Held::is_read) {
        let Some(variable) = held.variable() else { continue };
        let Some(Role::PublicUrl { service }) = &variable.role else { continue };
        let named = service.as_deref().unwrap_or(&held.workload.service);
        let mut owners = context.find_all(view, named);
        let owner = match (owners.next(), owners.next()) {
            (None, _) => continue,
            (Some(only), None) => only.workload.service.as_str(),
            (Some(_), Some(_)) => named,
        };
        let known = Endpoints::of(variable, &held.setting.value).known.into_iter().next();
        let Some(endpoint) = known else { continue };
        if !is_loopback(&endpoint.host) && example(&endpoint.host).is_none() {
            addresses.entry(owner).or_default().push(Address { held, endpoint });
        }
    }
    addresses
}

/// What agreements say of variables, by service and name.
#[derive(Default)]
struct Agreed<'a> {
    /// The agreements by which a variable must be the same as others.
    bound: BTreeMap<(&'a Name, &'a Name), Vec<usize>>,
    /// The variables of those that do not hold: `shared-value-mismatch` tells of them.
    disputed: BTreeSet<(&'a Name, &'a Name)>,
}

impl<'a> Agreed<'a> {
    fn new(context: &'a Context, view: &'a View) -> Self {
        let mut agreed = Self::default();
        let agreements = context.project.agreements.iter().map(|declared| &declared.agreement);
        let same = agreements.enumerate().filter(|(_, each)| each.kind == AgreementKind::Same);
        for (at, agreement) in same {
            let mut set: Vec<(&Member, &Setting)> = Vec::new();
            for member in &agreement.members {
                let bound = agreed.bound.entry((&member.service, &member.variable));
                bound.or_default().push(at);
                set.extend(setting(context, view, member).map(|setting| (member, setting)));
            }
            let differs = |two: &[(&Member, &Setting)]| {
                let [(a, x), (b, y)] = [two[0], two[1]];
                a.part.compare_with(&x.value, b.part, &y.value) == Equality::Different
            };
            if set.windows(2).any(differs) {
                let members = set.iter().map(|(member, _)| (&member.service, &member.variable));
                agreed.disputed.extend(members);
            }
        }
        agreed
    }
}

fn setting<'a>(context: &Context, view: &'a View, member: &Member) -> Option<&'a Setting> {
    let workload = view.deployment.workload(&member.service)?;
    let variable = context.schema(workload)?.variable(&member.variable)?;
    workload.variables(variable.phases.nearest(Phase::Run)).get(&member.variable)
}

fn differing(owner: &Name, addresses: &[&Address<'_>]) -> Finding {
    let titles: BTreeSet<String> = addresses.iter().map(|address| address.held.title()).collect();
    let only = titles.len() == 1;
    let titles = words::series(&titles, "and");
    let message = match only {
        true => format!("{titles} is another address in the build than when it runs"),
        false => format!("{titles} are different public addresses of {owner}"),
    };
    let happens = addresses.iter().find_map(|address| address.held.variable()?.happens.clone());
    let mut finding = RULE.finding(Subject::new(SubjectKind::Relation, titles), message);
    for address in addresses {
        let service = &address.held.workload.service;
        finding = finding.at(address.place(), format!("{service} reads it here"));
    }
    finding
        .happens(happens.unwrap_or_else(|| {
            "people and programs are sent to several addresses, and not all need to lead anywhere"
                .to_owned()
        }))
        .write("the same scheme, host and port in each")
        .scopes(addresses.iter().map(|address| address.held.scope()))
}

/// How a service is served whose address says it otherwise.
fn otherwise(endpoint: &Endpoint, listens: &[At<'_>]) -> Wrong {
    let same_port = listens.iter().find(|at| Some(at.port) == endpoint.port);
    let at = same_port.unwrap_or(&listens[0]);
    let with = match at.listen.tls {
        Truth::True => " with https",
        Truth::False => " with plain http",
        Truth::Unknown => "",
    };
    let how = format!("at port {}{with}", at.port);
    match same_port {
        Some(_) => Wrong::Scheme(at.listen.span, how),
        None => Wrong::Port(at.listen.span, how),
    }
}

fn word(context: &Context, wrong: &Wrong, owner: &Name, shared: &Shared<'_>) -> Finding {
    let (title, first) = (shared.title(), shared.first());
    let mut fronts =
        context.find(first.view, owner).map(|found| served(&found)).unwrap_or_default();
    fronts.retain(|front| example(&front.host).is_none());
    // Who speaks of its own address does not name itself twice.
    let own = shared.all.iter().all(|held| held.workload.service == *owner);
    let it = if own { "it" } else { owner.as_str() };
    let host = format!("{title} names a host under which no proxy serves {it}");
    let (message, label) = match wrong {
        Wrong::Unserved => (host, "no server has this name".to_owned()),
        Wrong::Elsewhere(_) => (host, "another server has this name".to_owned()),
        Wrong::Port(_, how) => (
            format!("{title} names a port at which no proxy serves {it}"),
            format!("{owner} is served {how}"),
        ),
        Wrong::Scheme(_, how) => (
            format!("{title} has a scheme with which no proxy serves {it}"),
            format!("{owner} is served {how}"),
        ),
    };
    let mut finding = shared.finding(&RULE, message, label);
    let front = fronts.iter().find_map(|front| Some((front, front.place?)));
    match (wrong, front) {
        (Wrong::Port(listen, _) | Wrong::Scheme(listen, _), _) => {
            finding = finding.at(*listen, "clients come in here");
        }
        (Wrong::Elsewhere(server), None) => {
            finding = finding.at(*server, format!("it does not lead to {owner}"));
        }
        (Wrong::Elsewhere(server), Some((front, place))) => {
            finding = finding
                .at(*server, format!("it does not lead to {owner}"))
                .at(place, format!("{owner} is served as {} here", front.host));
        }
        (Wrong::Unserved, Some((front, place))) => {
            finding = finding.at(place, format!("{owner} is served as {} here", front.host));
        }
        (Wrong::Unserved, None) => {}
    }
    let variable = first.variable();
    let happens = variable.and_then(|variable| variable.happens.clone());
    finding
        .happens(happens.unwrap_or_else(|| {
            format!("links, callbacks and the calls of browsers do not reach {owner}")
        }))
        .write(write(wrong, owner, &first, &fronts))
}

fn write(wrong: &Wrong, owner: &Name, held: &Held<'_>, fronts: &[Front]) -> String {
    if let Wrong::Port(_, how) | Wrong::Scheme(_, how) = wrong {
        return format!("the address {how}, or a proxy that listens as this one says");
    }
    let hosts: BTreeSet<&str> = fronts.iter().map(|front| front.host.as_str()).collect();
    let encrypted = fronts.iter().find(|front| !front.is_plain()).or(fronts.first());
    match (encrypted, hosts.len()) {
        (Some(front), 1) => held.line(&front.origin()),
        (Some(_), _) => {
            let hosts = words::series(hosts, "or");
            format!(
                "{} with a host under which {owner} is served: {hosts}",
                held.line("https://...")
            )
        }
        (None, _) => {
            format!("{} with a name of the server that leads to {owner}", held.line("https://..."))
        }
    }
}

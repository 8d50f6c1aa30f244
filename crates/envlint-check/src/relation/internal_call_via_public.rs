use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    Edit, Finding, Fix, FixSafety, Insert, Name, Outcomes, Phase, Span, declare_rule,
};
use envlint_resolve::{Reached, Vantage, Workload};
use envlint_schema::{At, Role};

use super::doors::{Doors, Ways};
use super::places::{Pointer, listens_on};
use super::public_url_mismatch::addresses;
use crate::Context;
use crate::context::View;
use crate::values::{Held, Shared, held_in, together};

/// Two services of a system that is known, behind a proxy.
macro_rules! stack {
    ($web:literal) => {
        concat!(
            "services:\n  engine:\n    environment:\n      BASE_URL: https://api.polyant.dev\n",
            "    ports: [\"127.0.0.1:4000:4000\"]\n  web:\n    environment:\n",
            "      INTERNAL_ENGINE_URL: ",
            $web,
            "\n"
        )
    };
}

const POLYANT: &str = "version = 1\n\n[environments]\nproduction = {}\n\n[services.engine]\nschema = \"polyant/engine\"\n\n[services.web]\nschema = \"polyant/web\"\n";

const PROXY: &str = "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    server_name api.polyant.dev;\n    location / { proxy_pass http://127.0.0.1:4000; }\n  }\n}\n";

declare_rule! {
    /// a service calls another one by its public address, past the network that they share
    ///
    /// The call leaves the network, is looked up in public DNS, and comes back in through the
    /// proxy: as one more client, with the proxy's limits and timeouts, and without a way to
    /// routes that are kept from the internet. It fails whenever the proxy, its certificate or
    /// DNS does.
    ///
    /// Flagged where a variable is declared to hold the internal address of another service, the
    /// proxies lead its host to that service (or another variable says that it is its public
    /// address), and the two share a network. Services on different machines have no other way
    /// than the public one, and are left alone.
    ///
    /// ## Instead
    ///
    /// Write the name in Compose and the port inside of the container: `http://engine:4000`.
    pub(crate) static RULE: Rule<Context> = {
        name: "internal-call-via-public",
        group: "relation",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        yields_to: ["dev-value-in-production", "url-scheme"],
        check: check,
        examples: [
            fails "the address that browsers use" {
                "envlint.toml" => POLYANT,
                "compose.yaml" => stack!("https://api.polyant.dev"),
                "nginx/app.conf" => PROXY,
            } => fixed {
                "compose.yaml" => stack!("http://engine:4000"),
            }
            passes "the name in Compose" {
                "envlint.toml" => POLYANT,
                "compose.yaml" => stack!("http://engine:4000"),
                "nginx/app.conf" => PROXY,
            }
            passes "a service on another machine" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[sources.engine]\nfile = \"engine.env\"\n\n[services.engine]\nschema = \"polyant/engine\"\nsources = [\"engine\"]\n\n[services.web]\nschema = \"polyant/web\"\n",
                "compose.yaml" => "services:\n  web:\n    environment:\n      INTERNAL_ENGINE_URL: https://api.polyant.dev\n",
                "engine.env" => "BASE_URL=https://api.polyant.dev\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        let doors = Doors::new(view);
        let mut public = Public {
            context,
            view,
            doors: &doors,
            hosts: hosts(context, view),
            ways: BTreeMap::new(),
        };
        let mut found = Vec::new();
        for held in held_in(context, view) {
            let Some(pointer) = Pointer::of(held) else { continue };
            let Some(Role::InternalUrl { service }) = &pointer.variable.role else { continue };
            match public.detour(&pointer, service) {
                Some(inside) => found.push((pointer.place(), inside, held)),
                None => outcomes.pass(),
            }
        }
        for (inside, shared) in together(found) {
            outcomes.finding(word(&inside, &shared));
        }
    }
}

/// How a service is reached inside of the network.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Inside<'a> {
    service: &'a Name,
    host: String,
    port: Option<u16>,
}

/// The public addresses of an environment.
struct Public<'d, 'a> {
    context: &'a Context,
    view: &'a View,
    doors: &'d Doors<'a>,
    /// The hosts that variables call a service's own, by its name and by its schema's.
    hosts: BTreeMap<&'a str, Hosts<'a>>,
    /// What the proxies lead to services, by either name, once somebody asks.
    ways: BTreeMap<&'a str, Ways<'d, 'a>>,
}

/// Hosts, each with the service that it is one of; with none, where it may be one of several
/// with one schema.
type Hosts<'a> = BTreeMap<String, Option<&'a Name>>;

fn hosts<'a>(context: &'a Context, view: &'a View) -> BTreeMap<&'a str, Hosts<'a>> {
    let mut hosts: BTreeMap<&str, Hosts<'a>> = BTreeMap::new();
    for (named, addresses) in addresses(context, view) {
        let workload = view.deployment.workload(named);
        let service = workload.and_then(|workload| context.service(workload));
        let schema = service.and_then(|service| service.bundled.as_deref());
        for name in [Some(named), schema].into_iter().flatten() {
            let known = hosts.entry(name).or_default();
            for address in &addresses {
                let owner = known.entry(address.endpoint.host.clone()).or_default();
                *owner = owner.or(workload.map(|workload| &workload.service));
            }
        }
    }
    hosts
}

impl<'a> Public<'_, 'a> {
    /// The way inside of the network to the service that a variable reaches from outside.
    fn detour(&mut self, pointer: &Pointer<'a>, named: &'a str) -> Option<Inside<'a>> {
        let caller = pointer.held.workload;
        if pointer.reached != Reached::External || !caller.in_compose {
            return None;
        }
        let target = self.target(&pointer.endpoint.host, named)?;
        let target = self.view.deployment.workload(target)?;
        (target.name != caller.name).then(|| self.inside(caller, target))?
    }

    /// The one of the services of a name or a schema whose public host this is.
    fn target(&mut self, host: &str, named: &'a str) -> Option<&'a Name> {
        let mut all = self.context.find_all(self.view, named).map(|each| &each.workload.service);
        let (first, second) = (all.next()?, all.next());
        let only = second.is_none().then_some(first);
        if let Some(owner) = self.hosts.get(named).and_then(|hosts| hosts.get(host)) {
            return owner.or(only);
        }
        // A proxy's file speaks of production.
        if !self.view.is_production() {
            return None;
        }
        let ways = self.ways.entry(named).or_insert_with(|| {
            let found = self.context.find_all(self.view, named);
            self.doors.to(found.map(|each| &each.workload.service))
        });
        let led = ways.services_at(host).into_iter().next()?;
        self.view.deployment.workload(led).map(|workload| &workload.service)
    }

    /// How a caller reaches a service without leaving the network, if it can.
    fn inside(&self, caller: &Workload, target: &'a Workload) -> Option<Inside<'a>> {
        let network = &self.view.deployment.network;
        let leads = |host: &str, port: u16| {
            let reached = network.lookup(Vantage::Workload(&caller.name), host, port);
            matches!(reached, Reached::Workload { name, .. } if name == target.name)
        };
        let service = &target.service;
        let published = || network.publications(&target.name);
        if leads(&target.name, 0) {
            let mut ports: BTreeSet<u16> = published().map(|open| open.port).collect();
            let only = ports.pop_first().filter(|_| ports.is_empty());
            let port = listens_on(self.context, target).or(only);
            return Some(Inside { service, host: target.name.to_string(), port });
        }
        let here = published().filter_map(|open| open.host_port);
        let port = here.into_iter().find(|port| leads("127.0.0.1", *port))?;
        Some(Inside { service, host: "127.0.0.1".to_owned(), port: Some(port) })
    }
}

fn word(inside: &Inside<'_>, shared: &Shared<'_>) -> Finding {
    let (title, services, first) = (shared.title(), shared.services(), shared.first());
    let Inside { service, host, port } = inside;
    let place = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    let address = format!("http://{place}");
    let label = format!("{} {service} as {place}", services.verb("reaches", "reach"));
    let bare = Pointer::of(first).is_some_and(|pointer| pointer.endpoint.bare);
    let write = match (bare, port) {
        (true, Some(_)) => first.line(&address),
        (true, None) => format!("{} and the port that it listens on", first.line(&address)),
        (false, _) => format!("{address} in the place of scheme, host and port"),
    };
    let finding = shared
        .finding(&RULE, format!("{title} calls {service} by its public address"), label)
        .happens(format!(
            "each call of {services} goes out and comes back in through the proxy: with its limits \
             and timeouts, and without a way to what it keeps from the internet"
        ))
        .write(write);
    match whole(&first).filter(|_| bare && port.is_some() && shared.all.len() == 1) {
        Some(span) => finding.fix(Fix {
            title: format!("call {service} inside of the network"),
            // Whether the service answers there as it does behind the proxy is not known.
            safety: FixSafety::Unsafe,
            edits: vec![Edit { span, insert: vec![Insert::Text(address)] }],
        }),
        None => finding,
    }
}

/// Where a value stands that is nobody else's: in one piece, and not by reference.
fn whole(held: &Held<'_>) -> Option<Span> {
    let value = &held.setting.value;
    let [only] = value.pieces() else { return None };
    let length = value.known()?.as_str().len();
    let span = At { piece: 0, range: 0..length }.span(value);
    span.filter(|_| only.origin.via.is_empty() && held.phase == Phase::Run)
}

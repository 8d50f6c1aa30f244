use std::collections::BTreeMap;

use envlint_model::{
    Finding, Name, Outcomes, Phase, Span, Subject, Truth, Unverifiable, declare_rule,
};
use envlint_project::DeclaredAgreement;
use envlint_resolve::{Setting, Workload};
use envlint_schema::{AgreementKind, Endpoint, Endpoints, Role, Variable};

use crate::Context;
use crate::cases::place_of;
use crate::context::{Use, View, variables};

declare_rule! {
    /// a front end is not among the origins that may call the service it needs
    ///
    /// Browsers ask the service whether a page from another origin may read its answers. A
    /// front end that the list leaves out loads and then fails at every call, for everybody.
    ///
    /// Which front ends call which service is known of bundled systems. Where a front end
    /// answers is known from its own public address and, where production's rules apply, from
    /// the proxy configurations: the server names that lead to it.
    ///
    /// ## Instead
    ///
    /// Add the origin, scheme and host, to the list.
    pub(crate) static RULE: Rule<Context> = {
        name: "cors-origin-missing",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["cors-wildcard", "unresolved-reference"],
        check: check,
        examples: [
            fails "the proxy serves web under another name" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[services.engine]\nschema = \"polyant/engine\"\n\n[services.web]\nschema = \"polyant/web\"\n",
                "compose.yaml" => "services:\n  engine:\n    environment:\n      CORS_ORIGINS: https://admin.polyant.dev\n  web:\n    ports: [\"127.0.0.1:3000:3000\"]\n",
                "nginx/app.conf" => "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    server_name app.polyant.dev;\n    location / { proxy_pass http://127.0.0.1:3000; }\n  }\n}\n",
            }
            passes "the name that it is served under" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[services.engine]\nschema = \"polyant/engine\"\n\n[services.web]\nschema = \"polyant/web\"\n",
                "compose.yaml" => "services:\n  engine:\n    environment:\n      CORS_ORIGINS: https://app.polyant.dev\n  web:\n    ports: [\"127.0.0.1:3000:3000\"]\n",
                "nginx/app.conf" => "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    server_name app.polyant.dev;\n    location / { proxy_pass http://127.0.0.1:3000; }\n  }\n}\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        for declared in &context.project.agreements {
            let AgreementKind::Allows(callers) = &declared.agreement.kind else { continue };
            for list in lists(context, view, declared) {
                list.check(context, declared, callers, outcomes);
            }
        }
    }
}

/// The lists of an agreement that are set.
fn lists<'a>(
    context: &'a Context,
    view: &'a View,
    declared: &'a DeclaredAgreement,
) -> impl Iterator<Item = List<'a>> {
    declared.agreement.members.iter().filter_map(move |member| {
        let workload = view.deployment.workload(&member.service)?;
        let variable = context.schema(workload)?.variable(&member.variable)?;
        let setting = workload.run.get(&member.variable)?;
        (!setting.value.is_empty()).then_some(List { view, workload, variable, setting })
    })
}

/// A list of origins that may call a service.
struct List<'a> {
    view: &'a View,
    workload: &'a Workload,
    variable: &'a Variable,
    setting: &'a Setting,
}

/// Where browsers load a front end from.
#[derive(Clone)]
struct Front {
    service: Name,
    host: String,
    /// Whether only https leads to it.
    encrypted: bool,
    place: Option<Span>,
}

impl Front {
    fn is(&self, origin: &Endpoint) -> bool {
        origin.host == self.host && (!self.encrypted || origin.scheme == Some("https"))
    }

    fn origin(&self) -> String {
        format!("{}://{}", if self.encrypted { "https" } else { "http" }, self.host)
    }
}

impl List<'_> {
    fn check(
        &self,
        context: &Context,
        declared: &DeclaredAgreement,
        callers: &[Name],
        outcomes: &mut Outcomes,
    ) {
        let allowed = Endpoints::of(self.variable, &self.setting.value);
        for front in callers.iter().flat_map(|caller| fronts(context, self.view, caller)) {
            match (allowed.known.iter().any(|origin| front.is(origin)), allowed.open) {
                (true, _) => outcomes.pass(),
                (false, Some(why)) => outcomes.unverifiable(Unverifiable {
                    rule: RULE.name,
                    subject: self.subject(),
                    reason: why.to_string(),
                    span: Some(self.setting.name_span),
                    scopes: vec![self.workload.scope.clone()],
                }),
                (false, None) => outcomes.finding(self.word(&front, declared, &allowed.known)),
            }
        }
    }

    fn subject(&self) -> Subject {
        Subject::variable(&self.workload.service, &self.variable.name)
    }

    fn word(&self, front: &Front, declared: &DeclaredAgreement, known: &[Endpoint]) -> Finding {
        let (name, service) = (&self.variable.name, &self.workload.service);
        let (caller, origin) = (&front.service, front.origin());
        let message = format!("{name} of {service} leaves out {origin}, where {caller} answers");
        let label = match known.iter().any(|other| other.host == front.host) {
            true => format!("{caller} is here, but not with https"),
            false => format!("{caller} is not in this list"),
        };
        let mut finding = RULE
            .finding(self.subject(), message)
            .at(place_of(self.setting, None), label)
            .scopes([self.workload.scope.clone()]);
        if let Some(place) = front.place {
            finding = finding.at(place, format!("{caller} is served from here"));
        }
        let because = declared.agreement.because.clone();
        finding
            .happens(because.unwrap_or_else(|| {
                format!("browsers keep the answers of {service} from pages of {caller}")
            }))
            .write(format!("{origin} as an item of {name}"))
    }
}

/// Where a front end answers, once for each host.
fn fronts(context: &Context, view: &View, caller: &str) -> Vec<Front> {
    let Some(found) = context.find(view, caller) else { return Vec::new() };
    let mut fronts: BTreeMap<String, Front> = BTreeMap::new();
    let declared = declared_fronts(context, &found);
    let served = if view.is_production() { served_fronts(&found) } else { Vec::new() };
    for front in declared.into_iter().chain(served) {
        let known = fronts.entry(front.host.clone()).or_insert_with(|| front.clone());
        known.encrypted |= front.encrypted;
    }
    fronts.into_values().collect()
}

/// From variables that hold the front end's own public address.
fn declared_fronts(context: &Context, found: &Use<'_>) -> Vec<Front> {
    let service = &found.workload.service;
    let same_view = |each: &Use<'_>| std::ptr::eq(each.view, found.view);
    let mut fronts = Vec::new();
    for each in context.uses().filter(same_view) {
        let public = each.with_role(|role| match role {
            Role::PublicUrl { service } => Some(service),
            _ => None,
        });
        for (variable, whose) in public {
            let owner = match whose {
                Some(named) => context.find(found.view, named).map(|other| other.workload),
                None => Some(each.workload),
            };
            if owner.is_none_or(|owner| owner.service != *service) {
                continue;
            }
            let phases = [Phase::Run, Phase::Build];
            let set = phases.into_iter().filter(|phase| variable.phases.contains(*phase));
            let set = set.filter_map(|phase| variables(each.workload, phase).get(&variable.name));
            for setting in set {
                for endpoint in Endpoints::of(variable, &setting.value).known {
                    fronts.push(Front {
                        service: service.clone(),
                        encrypted: endpoint.scheme == Some("https"),
                        place: Some(place_of(setting, endpoint.at.as_ref())),
                        host: endpoint.host,
                    });
                }
            }
        }
    }
    fronts
}

/// From the proxies before it.
fn served_fronts(found: &Use<'_>) -> Vec<Front> {
    let chains = found.view.proxies.topology.to(&found.workload.name);
    chains
        .filter_map(|chain| {
            let listener = chain.hops.iter().map(|hop| &hop.listener).find(|l| l.span.is_some())?;
            Some(Front {
                service: found.workload.service.clone(),
                host: chain.host.as_ref()?.to_ascii_lowercase(),
                encrypted: chain.hops.iter().any(|hop| hop.listener.tls == Truth::True),
                place: listener.span,
            })
        })
        .collect()
}

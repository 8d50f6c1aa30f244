//! Where browsers find a service.

use std::collections::BTreeMap;

use envlint_model::{Name, Phase, Span, Truth};
use envlint_schema::{Endpoint, Endpoints, Role};

use crate::Context;
use crate::cases::place_of;
use crate::context::{Use, View};

/// A host under which browsers load a service's pages.
#[derive(Clone)]
pub(super) struct Front {
    /// The service.
    pub(super) service: Name,
    /// The host in lower case.
    pub(super) host: String,
    /// Where that is said.
    pub(super) place: Option<Span>,
    /// Whether it answers with https.
    encrypted: Truth,
}

impl Front {
    /// Whether an item of a list of origins lets its pages in.
    pub(super) fn is(&self, origin: &Endpoint) -> bool {
        let secure = origin.scheme == Some("https") || self.encrypted != Truth::True;
        origin.host == self.host && secure
    }

    /// Its origin. What nobody said to be plain http is https.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.encrypted == Truth::False { "http" } else { "https" };
        format!("{scheme}://{}", self.host)
    }
}

/// Where a service answers browsers, once for each host: as its own address says and, where
/// production's rules apply, as the proxies before it are configured. A proxy's file lies beside
/// the settings of every environment, and speaks of production.
pub(super) fn fronts(context: &Context, view: &View, service: &str) -> Vec<Front> {
    let Some(found) = context.find(view, service) else { return Vec::new() };
    let mut fronts: BTreeMap<String, Front> = BTreeMap::new();
    let served = served(&found).into_iter().filter(|_| view.is_production());
    for front in declared(context, &found).into_iter().chain(served) {
        let known = fronts.entry(front.host.clone()).or_insert_with(|| front.clone());
        known.encrypted = known.encrypted.or(front.encrypted);
    }
    fronts.into_values().collect()
}

/// From variables, of any service, that hold the service's public address.
fn declared(context: &Context, found: &Use<'_>) -> Vec<Front> {
    let mut fronts = Vec::new();
    for each in context.uses().filter(|each| std::ptr::eq(each.view, found.view)) {
        let addresses = each.with_role(|role| match role {
            Role::PublicUrl { service } => Some(service),
            _ => None,
        });
        for (variable, owner) in addresses {
            let owner = match owner {
                Some(named) => context.find(found.view, named).map(|other| other.workload),
                None => Some(each.workload),
            };
            if owner.is_none_or(|owner| owner.service != found.workload.service) {
                continue;
            }
            let phases = [Phase::Run, Phase::Build].into_iter();
            let set = phases
                .filter(|phase| variable.phases.contains(*phase))
                .filter_map(|phase| each.variables(phase).get(&variable.name));
            for setting in set {
                let endpoints = Endpoints::of(variable, &setting.value).known.into_iter();
                fronts.extend(endpoints.map(|endpoint| Front {
                    service: found.workload.service.clone(),
                    encrypted: (endpoint.scheme == Some("https")).into(),
                    place: Some(place_of(setting, endpoint.at.as_ref())),
                    host: endpoint.host,
                }));
            }
        }
    }
    fronts
}

/// From the proxies before it.
pub(super) fn served(found: &Use<'_>) -> Vec<Front> {
    let chains = found.view.proxies.topology.to(&found.workload.name);
    chains
        .filter_map(|chain| {
            let tls = chain.hops.iter().map(|hop| hop.listener.tls);
            Some(Front {
                service: found.workload.service.clone(),
                host: chain.host.as_ref()?.to_ascii_lowercase(),
                place: chain.hops.iter().find_map(|hop| hop.listener.span),
                encrypted: tls.fold(Truth::False, Truth::or),
            })
        })
        .collect()
}

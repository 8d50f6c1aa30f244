//! Where browsers find a service.

use std::collections::{BTreeMap, BTreeSet};

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

    /// Whether it answers with plain http only.
    pub(super) fn is_plain(&self) -> bool {
        self.encrypted == Truth::False
    }

    /// Its origin. What nobody said to be plain http is https.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.is_plain() { "http" } else { "https" };
        format!("{scheme}://{}", self.host)
    }
}

/// Where a service, or those with a schema, answer browsers, once for each host: as their own
/// addresses say and, in an environment of which the proxies speak, as those before them are
/// configured. They speak of production, and of one like it of which they serve any address.
pub(super) fn fronts(context: &Context, view: &View, service: &str) -> Vec<Front> {
    let found: BTreeMap<&Name, Use<'_>> =
        context.find_all(view, service).map(|each| (&each.workload.service, each)).collect();
    let declared = declared(context, view, service, &found);
    let mut served: Vec<Front> = found.values().flat_map(served).collect();
    let own: BTreeSet<&str> = declared.iter().map(|front| front.host.as_str()).collect();
    let serve_any = view.is_production() && served.iter().any(|front| own.contains(&*front.host));
    if !context.is_behind_proxies(view) && !serve_any {
        served.clear();
    }
    let mut fronts: BTreeMap<(Name, String), Front> = BTreeMap::new();
    for front in declared.into_iter().chain(served) {
        let key = (front.service.clone(), front.host.clone());
        let known = fronts.entry(key).or_insert_with(|| front.clone());
        known.encrypted = known.encrypted.or(front.encrypted);
    }
    fronts.into_values().collect()
}

/// From variables, of any service, that hold the public address of one of those that were found
/// under a name.
fn declared(
    context: &Context,
    view: &View,
    service: &str,
    found: &BTreeMap<&Name, Use<'_>>,
) -> Vec<Front> {
    // Which of several with one schema an address belongs to is not said.
    let any = found.keys().next().copied();
    let owner = |of: Use<'_>, named: &Option<String>| match named.as_deref() {
        None => found.get_key_value(&of.workload.service).map(|(name, _)| *name),
        Some(named) if named == service => any,
        Some(named) => context
            .find_all(view, named)
            .find_map(|other| found.get_key_value(&other.workload.service).map(|(name, _)| *name)),
    };
    let mut fronts = Vec::new();
    for each in context.uses().filter(|each| std::ptr::eq(each.view, view)) {
        let addresses = each.with_role(|role| match role {
            Role::PublicUrl { service } => Some(service),
            _ => None,
        });
        for (variable, named) in addresses {
            let Some(owner) = owner(each, named) else { continue };
            let phases = [Phase::Run, Phase::Build].into_iter();
            let set = phases
                .filter(|phase| variable.phases.contains(*phase))
                .filter_map(|phase| each.variables(phase).get(&variable.name));
            for setting in set {
                let endpoints = Endpoints::of(variable, &setting.value).known.into_iter();
                fronts.extend(endpoints.map(|endpoint| Front {
                    service: owner.clone(),
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

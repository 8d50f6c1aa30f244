//! Where the URLs of services lead.

use envlint_model::{Phase, Span, Value};
use envlint_resolve::{Reached, Vantage, Workload};
use envlint_schema::{Endpoint, Endpoints, Kind, Role, Variable};

use crate::Context;
use crate::cases::place_of;
use crate::context::View;
use crate::values::{Held, held};

/// A URL that a running service opens connections to, and a place that it names.
pub(super) struct Pointer<'a> {
    pub(super) held: Held<'a>,
    pub(super) variable: &'a Variable,
    pub(super) endpoint: Endpoint,
    pub(super) reached: Reached,
}

/// Every URL that a running service opens connections to itself.
pub(super) fn pointers(context: &Context) -> impl Iterator<Item = Pointer<'_>> {
    held(context).filter_map(Pointer::of)
}

impl<'a> Pointer<'a> {
    /// Where a variable leads the service itself. What browsers open is not meant: they see
    /// another network.
    pub(super) fn of(held: Held<'a>) -> Option<Self> {
        let variable = held.variable().filter(|_| held.phase == Phase::Run)?;
        let url =
            matches!(variable.kind, Kind::Url { .. } | Kind::Connection { .. } | Kind::Origin);
        if !url || matches!(variable.role, Some(Role::PublicUrl { .. } | Role::CorsOrigins)) {
            return None;
        }
        let endpoint = Endpoints::of(variable, &held.setting.value).known.into_iter().next()?;
        let reached = reached(held.view, held.workload, &endpoint);
        Some(Self { held, variable, endpoint, reached })
    }

    /// Where the host stands.
    pub(super) fn place(&self) -> Span {
        place_of(self.held.setting, self.endpoint.at.as_ref())
    }

    /// What to write to lead to another host and port. The rest of a URL stays as it is, and is
    /// not shown.
    pub(super) fn moved_to(&self, host: &str, port: Option<u16>) -> String {
        let place = match port {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        match (self.endpoint.bare, self.endpoint.scheme) {
            (true, Some(scheme)) => self.held.line(&format!("{scheme}://{place}")),
            _ => format!("{place} as host and port"),
        }
    }
}

/// What a place is for a connection that starts at a workload.
fn reached(view: &View, workload: &Workload, endpoint: &Endpoint) -> Reached {
    let port = endpoint.port.unwrap_or(0);
    let from = Vantage::Workload(&workload.name);
    view.deployment.network.lookup(from, &endpoint.host, port)
}

/// Whether two values lead to one port of one workload, under whatever name.
pub(super) fn lead_to_one_place(
    view: &View,
    a: (&Workload, Option<&Variable>, &Value),
    b: (&Workload, Option<&Variable>, &Value),
) -> bool {
    let place = |(workload, variable, value): (&Workload, Option<&Variable>, &Value)| {
        let endpoint = Endpoints::of(variable?, value).known.into_iter().next()?;
        match reached(view, workload, &endpoint) {
            Reached::Workload { name, port } => Some((name, port, endpoint.host)),
            _ => None,
        }
    };
    match (place(a), place(b)) {
        (Some(a), Some(b)) => (a.0, a.1) == (b.0, b.1) && a.2 != b.2,
        _ => false,
    }
}

/// The port that a service listens on, as far as its schema and its settings tell.
pub(super) fn listens_on(context: &Context, workload: &Workload) -> Option<u16> {
    let schema = context.schema(workload)?;
    let moved = schema.service.port_variable.as_ref().and_then(|name| {
        let variable = schema.variable(name).filter(|variable| variable.is_public())?;
        Some((variable, workload.run.get(name)?)).filter(|(_, set)| !set.value.is_empty())
    });
    match moved {
        Some((_, setting)) => setting.value.known()?.as_str().parse().ok(),
        None => schema.service.port,
    }
}

//! Secrets that services need and do not have, for whoever wants to make them.

use envlint_model::{Name, Phase};
use envlint_schema::{Check, Variable, ViolationKind};

use crate::context::{Context, Judged, Use};

/// A secret that a service needs and does not have.
pub struct Wanted<'a> {
    /// The service.
    pub of: Use<'a>,
    /// What its schema says of the variable.
    pub variable: &'a Variable,
    /// The name that a file has to set: the variable's own, or that of another one which Compose
    /// hands on as it.
    pub name: Name,
    /// Whether it may be set all the same: nobody could look at everything that may set it, or
    /// tell whether it is required.
    pub open: bool,
}

impl Context {
    /// Every secret that is required and not set, or set to an empty text that its service does
    /// not take; by environment and service, in the order of the schemas.
    pub fn wanted_secrets(&self) -> Vec<Wanted<'_>> {
        let missing = self.judgements(Check::MissingRequired).iter();
        let empty = self.judgements(Check::EmptyValue).iter();
        let mut wanted: Vec<_> = missing
            .chain(empty)
            .filter(|judgement| judgement.phase == Phase::Run)
            .filter_map(|judgement| {
                let Judged::Variable(name) = &judgement.about else { return None };
                let view = self.views.get(judgement.view)?;
                let workload = view.deployment.workloads.get(judgement.workload)?;
                let of = Use { view, workload, schema: self.schema(workload)? };
                let variable = of.schema.variable(name).filter(|variable| variable.is_secret())?;
                let open = matches!(judgement.kind, ViolationKind::Unverifiable { .. });
                let place = (judgement.view, judgement.workload);
                Some((place, Wanted { of, variable, name: handed_on(of, variable), open }))
            })
            .collect();
        // Of one service, what is missing stands before what is empty; the sort is stable.
        wanted.sort_by_key(|(place, _)| *place);
        wanted.into_iter().map(|(_, wanted)| wanted).collect()
    }
}

/// The name that has to be set for a variable: where its value is nothing but a reference to
/// another one, that other one.
fn handed_on(of: Use<'_>, variable: &Variable) -> Name {
    let setting = of.setting(&variable.name).filter(|setting| setting.value.is_empty());
    match setting.map(|setting| setting.references.as_slice()) {
        Some([reference]) => reference.name.clone(),
        _ => variable.name.clone(),
    }
}

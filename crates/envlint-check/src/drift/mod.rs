//! Code, schema, templates and documentation that no longer say the same.

mod contract;
mod served;

pub(crate) mod contract_drift;
pub(crate) mod declared_unread;
pub(crate) mod name_drift;
pub(crate) mod recipe_incomplete;
pub(crate) mod template_drift;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[
    &contract_drift::RULE,
    &declared_unread::RULE,
    &name_drift::RULE,
    &recipe_incomplete::RULE,
    &template_drift::RULE,
];

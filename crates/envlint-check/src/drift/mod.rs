//! Code, schema, templates and documentation that no longer say the same.

mod served;

pub(crate) mod name_drift;
pub(crate) mod template_drift;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[&name_drift::RULE, &template_drift::RULE];

pub(crate) mod secret_reused;
pub(crate) mod secret_reused_across_environments;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] =
    &[&secret_reused::RULE, &secret_reused_across_environments::RULE];

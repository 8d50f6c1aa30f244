//! envlint's own comments.

pub(crate) mod unused_allowance;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[&unused_allowance::RULE];

//! The files themselves: what can not be read, and what does not mean what it seems to.

pub(crate) mod duplicate_key;
pub(crate) mod stray_characters;
pub(crate) mod syntax_error;
pub(crate) mod unresolved_reference;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[
    &duplicate_key::RULE,
    &stray_characters::RULE,
    &syntax_error::RULE,
    &unresolved_reference::RULE,
];

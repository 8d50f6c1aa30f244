//! One variable held against what its service says of it.
//!
//! `envlint-schema` decides what is wrong; these rules say it to a person.

pub(crate) mod boolean_spelling;
pub(crate) mod constraint_violated;
pub(crate) mod cors_wildcard;
pub(crate) mod empty_value;
pub(crate) mod forbidden_in_environment;
pub(crate) mod invalid_key;
pub(crate) mod list_item_invalid;
pub(crate) mod missing_recommended;
pub(crate) mod missing_required;
pub(crate) mod origin_form;
pub(crate) mod retired_variable;
pub(crate) mod type_mismatch;
pub(crate) mod unguarded_interpolation;
pub(crate) mod unknown_variable;
pub(crate) mod unsafe_default;
pub(crate) mod url_credentials_unencoded;
pub(crate) mod url_scheme;
pub(crate) mod wrong_phase;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[
    &boolean_spelling::RULE,
    &constraint_violated::RULE,
    &cors_wildcard::RULE,
    &empty_value::RULE,
    &forbidden_in_environment::RULE,
    &invalid_key::RULE,
    &list_item_invalid::RULE,
    &missing_recommended::RULE,
    &missing_required::RULE,
    &origin_form::RULE,
    &retired_variable::RULE,
    &type_mismatch::RULE,
    &unguarded_interpolation::RULE,
    &unknown_variable::RULE,
    &unsafe_default::RULE,
    &url_credentials_unencoded::RULE,
    &url_scheme::RULE,
    &wrong_phase::RULE,
];

//! What must hold between several variables, services, and the network between them.

mod doors;
mod fronts;
mod places;

pub(crate) mod all_or_none_partial;
pub(crate) mod alternatives_conflict;
pub(crate) mod any_of_unsatisfied;
pub(crate) mod cors_origin_missing;
pub(crate) mod datastore_shared_across_environments;
pub(crate) mod derived_value_mismatch;
pub(crate) mod dev_value_in_production;
pub(crate) mod internal_call_via_public;
pub(crate) mod key_set_drift;
pub(crate) mod localhost_in_container;
pub(crate) mod order_violated;
pub(crate) mod public_url_mismatch;
pub(crate) mod secret_overshared;
pub(crate) mod secret_reused;
pub(crate) mod secret_reused_across_environments;
pub(crate) mod shared_value_mismatch;
pub(crate) mod unknown_service_url;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[
    &all_or_none_partial::RULE,
    &alternatives_conflict::RULE,
    &any_of_unsatisfied::RULE,
    &cors_origin_missing::RULE,
    &datastore_shared_across_environments::RULE,
    &derived_value_mismatch::RULE,
    &dev_value_in_production::RULE,
    &internal_call_via_public::RULE,
    &key_set_drift::RULE,
    &localhost_in_container::RULE,
    &order_violated::RULE,
    &public_url_mismatch::RULE,
    &secret_overshared::RULE,
    &secret_reused::RULE,
    &secret_reused_across_environments::RULE,
    &shared_value_mismatch::RULE,
    &unknown_service_url::RULE,
];

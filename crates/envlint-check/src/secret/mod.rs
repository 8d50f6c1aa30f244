//! Secrets: whether they are ones, whether they stay ones, whether they can be read.
//!
//! What is a secret is said by a service's schema. Of services without one (a database that
//! Compose starts) and of build arguments, the names tell. No rule sees a secret's text.

mod exposed;
mod judged;
mod names;

pub(crate) mod decryption_failed;
pub(crate) mod default_credential;
pub(crate) mod encrypted_file_tampered;
pub(crate) mod placeholder_secret;
pub(crate) mod published_key;
pub(crate) mod secret_build_arg;
pub(crate) mod secret_in_public_name;
pub(crate) mod secret_in_public_value;
pub(crate) mod template_holds_secret;
pub(crate) mod unmarked_secret;
pub(crate) mod weak_secret;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[
    &decryption_failed::RULE,
    &default_credential::RULE,
    &encrypted_file_tampered::RULE,
    &placeholder_secret::RULE,
    &published_key::RULE,
    &secret_build_arg::RULE,
    &secret_in_public_name::RULE,
    &secret_in_public_value::RULE,
    &template_holds_secret::RULE,
    &unmarked_secret::RULE,
    &weak_secret::RULE,
];

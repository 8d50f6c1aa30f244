//! Secrets: whether they are ones, whether they stay ones, whether they can be read.
//!
//! What is a secret is said by a service's schema. Of services without one (a database that
//! Compose starts) and of build arguments, the names tell. No rule sees a secret's text.

mod exposed;
mod judged;
pub(crate) mod kept;
mod names;

pub(crate) mod decryption_failed;
pub(crate) mod default_credential;
pub(crate) mod encrypted_file_tampered;
pub(crate) mod identity_exposed;
pub(crate) mod placeholder_secret;
pub(crate) mod plaintext_secret;
pub(crate) mod public_url_unreachable;
pub(crate) mod published_key;
pub(crate) mod secret_build_arg;
pub(crate) mod secret_file_in_build_context;
pub(crate) mod secret_file_permissions;
pub(crate) mod secret_file_tracked;
pub(crate) mod secret_in_public_name;
pub(crate) mod secret_in_public_value;
pub(crate) mod secret_on_command_line;
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
    &identity_exposed::RULE,
    &placeholder_secret::RULE,
    &plaintext_secret::RULE,
    &public_url_unreachable::RULE,
    &published_key::RULE,
    &secret_build_arg::RULE,
    &secret_file_in_build_context::RULE,
    &secret_file_permissions::RULE,
    &secret_file_tracked::RULE,
    &secret_in_public_name::RULE,
    &secret_in_public_value::RULE,
    &secret_on_command_line::RULE,
    &template_holds_secret::RULE,
    &unmarked_secret::RULE,
    &weak_secret::RULE,
];

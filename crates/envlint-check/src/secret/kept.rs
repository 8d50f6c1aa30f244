//! Files that hold secrets, and who else can read them.

use envlint_secrets::SecretPart;

use crate::Context;
use crate::values::Held;

/// Whether a value is one that strangers must not have. Nobody has to keep a placeholder, what
/// software is delivered with or what is published, and rules of their own speak of these. On a
/// laptop a password may be one that everybody would guess.
pub(super) fn is_kept_from_strangers(
    context: &Context,
    held: &Held<'_>,
    part: &SecretPart,
) -> bool {
    let known = part.placeholder().is_some() || part.default_credential().is_some();
    let guarded =
        || held.view.is_production() || context.weakness(&held.setting.value, part).is_none();
    !known && guarded()
}

//! Secrets in production, each judged once where its text stands.

use envlint_model::{Finding, Outcomes, Phase, Rule};
use envlint_schema::{Kind, Role, Variable};
use envlint_secrets::SecretPart;

use super::names;
use crate::Context;
use crate::values::{Held, Shared, held, together};

/// Judges every secret that a running service is given where production's rules apply, and
/// words each verdict once, with everybody who has that text. On a laptop a password may be one
/// that everybody knows.
pub(super) fn each<T: Ord>(
    context: &Context,
    rule: &Rule<Context>,
    outcomes: &mut Outcomes,
    judge: impl Fn(&Held<'_>, &SecretPart) -> Option<T>,
    word: impl Fn(&T, &Shared<'_>) -> Finding,
) {
    let mut found = Vec::new();
    for held in held(context).filter(|held| held.view.is_production() && is_guarded(held)) {
        match SecretPart::of(&held.setting.value) {
            Err(why) => outcomes.unverifiable(held.unverifiable(rule, why)),
            Ok(None) => {}
            Ok(Some(part)) => match judge(&held, &part) {
                None => outcomes.pass(),
                Some(verdict) => found.push((held.place(part.piece()), verdict, held)),
            },
        }
    }
    for (verdict, shared) in together(found) {
        outcomes.finding(word(&verdict, &shared));
    }
}

/// Whether a value must be one that nobody else knows. A build argument need not: what is
/// wrong there is that it is one.
fn is_guarded(held: &Held<'_>) -> bool {
    is_secret(held) && (held.phase == Phase::Run || held.is_read())
}

/// Whether a variable is a secret: its schema says so, or its name where there is no schema.
pub(super) fn is_secret(held: &Held<'_>) -> bool {
    match held.schema {
        Some(_) => held.variable().is_some_and(Variable::is_secret),
        None => names::says_secret(held.name),
    }
}

/// What the text in question is called: `AUTH_SECRET of engine and web`.
pub(super) fn title(shared: &Shared<'_>) -> String {
    match is_in_url(shared) {
        true => format!("the password in {}", shared.title()),
        false => shared.title(),
    }
}

/// What somebody who knows the text can do. `who` begins the sentence.
pub(super) fn happens(shared: &Shared<'_>, who: &str) -> String {
    let role = shared.first().variable().and_then(|variable| variable.role.as_ref());
    let stores = |held: &Held<'_>| {
        held.variable().and_then(|variable| variable.role.as_ref()) == Some(&Role::Datastore)
    };
    let services = shared.services();
    match role {
        Some(Role::EncryptionKey) => {
            format!("{who} can decrypt what {} stored", services.verb("has", "have"))
        }
        Some(Role::SharedToken) => format!("{who} can pass for {services}"),
        _ if shared.all.iter().any(stores) => format!("{who} can read and change all data"),
        _ if names::says_password(shared.first().name) => format!("{who} gets into {services}"),
        _ => format!("{who} can use it as {services} would"),
    }
}

/// The line to write instead.
pub(super) fn write(shared: &Shared<'_>) -> String {
    if is_in_url(shared) {
        return "a password of letters and digits, `openssl rand -hex 24`, in the URL and where \
                it is set"
            .to_owned();
    }
    let known =
        shared.all.iter().find_map(|held| held.variable()?.source_for(&held.workload.service));
    let source = known.unwrap_or_else(|| {
        // Without a schema the name tells.
        let named = Variable::new(shared.first().name.clone(), Kind::Token { min_length: 1 });
        match named.issuer() {
            Some(issuer) => format!("issued by {issuer}"),
            None => "made by `openssl rand -hex 24`".to_owned(),
        }
    });
    let line = shared.first().line("...");
    let role = shared.first().variable().and_then(|variable| variable.role.as_ref());
    match role {
        Some(Role::EncryptionKey) => {
            format!("{line}, {source}; what is encrypted already has to be encrypted anew")
        }
        _ => format!("{line}, {source}"),
    }
}

fn is_in_url(shared: &Shared<'_>) -> bool {
    let part = SecretPart::of(&shared.first().setting.value);
    part.ok().flatten().is_some_and(|part| part.is_in_url())
}

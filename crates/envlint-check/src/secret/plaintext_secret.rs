use envlint_model::{Finding, InGit, Kept, Outcomes, Phase, Reader, declare_rule};
use envlint_secrets::{Exposure, SecretPart, token_form_of};

use super::judged;
use super::kept::is_kept_from_strangers;
use crate::Context;
use crate::values::{Held, Shared, held, together};

declare_rule! {
    /// a secret stands as plain text in a Compose file
    ///
    /// A Compose file is made to be committed, reviewed and copied, so whoever can read the
    /// repository has the secret, and its history keeps it after the line is mended. The text
    /// that stands in for a variable that is not set (`${DB_PASSWORD:-...}`) counts as well,
    /// where it is what the service gets.
    ///
    /// What is a secret is said by the schema, or by the name where there is none, or by the
    /// form of a token that a provider keeps secret. Placeholders, default credentials and
    /// published keys are left to the rules about them, and so is a text that is no URL where one is
    /// meant, of which nobody knows the secret part. Where production's rules do not apply, a
    /// password that anybody would guess is taken for one that is meant for laptops. A Compose
    /// file that git ignores, such as an override of one's own, is not flagged.
    ///
    /// ## Instead
    ///
    /// Let Compose take the secret from the environment file, which is not committed, and refuse
    /// to start without it: `POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}`. Make a new secret: the
    /// old one is in the history.
    pub(crate) static RULE: Rule<Context> = {
        name: "plaintext-secret",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: [
            "default-credential",
            "placeholder-secret",
            "published-key",
            "secret-in-public-name",
            "secret-in-public-value",
            "url-scheme",
        ],
        check: check,
        examples: [
            fails "a password beside its variable" {
                "compose.yaml" => "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "the password of a URL" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nDATABASE_URL = { type = \"database-url\" }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      - DATABASE_URL=postgresql://app:CANARY8Kd02mXq7ZtR5vLw@db/app\n",
            }
            fails "a provider's token under a name that says nothing" {
                "compose.yaml" => "services:\n  api:\n    environment:\n      PAYMENT: sk_live_CANARYx51HqLyjWDarjtT1zdp7dc\n",
            }
            fails "what is used because nothing else is set" {
                "compose.yaml" => "services:\n  api:\n    environment:\n      AUTH_SECRET: ${AUTH_SECRET:-CANARY-8Kd02mXq7ZtR5vLw}\n",
            }
            passes "a reference" {
                "compose.yaml" => "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}\n      DATABASE_URL: postgresql://app:${POSTGRES_PASSWORD:?}@db/app\n",
                ".env" => "POSTGRES_PASSWORD=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "a password for laptops" {
                "compose.yaml" => "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: devpassword\n",
            }
            passes "an override of one's own" {
                "compose.yaml" => "services:\n  db:\n    image: postgres:16\n",
                "compose.override.yaml" kept Kept::in_git(InGit::Ignored) => "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut found = Vec::new();
    for held in held(context).filter(|held| held.phase == Phase::Run && is_secret(held)) {
        let Ok(Some(part)) = SecretPart::of(&held.setting.value) else { continue };
        let piece = part.piece();
        match is_literal(&held, piece)
            && is_kept_from_strangers(context, &held, &part)
            && !is_ignored(context, &held, piece)
        {
            true => found.push((held.place(piece), (), held)),
            false => outcomes.pass(),
        }
    }
    for ((), shared) in together(found) {
        outcomes.finding(word(&shared));
    }
}

fn is_secret(held: &Held<'_>) -> bool {
    let is_token = || {
        let form = token_form_of(&held.setting.value);
        form.is_some_and(|form| form.exposure() == Exposure::Secret)
    };
    judged::is_secret(held) || held.variable().is_none() && is_token()
}

/// Whether the secret stands in the Compose file itself. A secret of several pieces has at least
/// one of them elsewhere.
fn is_literal(held: &Held<'_>, piece: Option<usize>) -> bool {
    let piece = piece.and_then(|piece| held.setting.value.pieces().get(piece));
    piece.is_some_and(|piece| piece.origin.reader == Reader::ComposeFile)
}

/// Whether git ignores the file that the secret stands in.
fn is_ignored(context: &Context, held: &Held<'_>, piece: Option<usize>) -> bool {
    let file = context.documents.sources().get(held.place(piece).file);
    file.is_some_and(|file| context.in_git(file.path()) == Some(InGit::Ignored))
}

fn word(shared: &Shared<'_>) -> Finding {
    let (first, services) = (shared.first(), shared.services());
    let (name, mut write) = (first.name, first.line(""));
    write.truncate(write.trim_end().len());
    let apart = if write.ends_with(':') { " " } else { "" };
    let message = format!("{} stands as plain text in a Compose file", judged::title(shared));
    let write = match judged::is_in_url(shared) {
        true => "`${DB_PASSWORD:?}`, or a name of your own, in the place of the password, and \
                 a new password in an environment file that git ignores"
            .to_owned(),
        false => format!(
            "{write}{apart}${{{name}:?}}, and a new secret in an environment file that git ignores"
        ),
    };
    shared
        .finding(&RULE, message, "everybody who has the file can read it here")
        .happens(format!(
            "whoever can read the repository can use it as {services} would, also after the line \
             is gone: the history keeps it"
        ))
        .write(write)
}

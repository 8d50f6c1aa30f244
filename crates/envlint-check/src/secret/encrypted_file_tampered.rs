use envlint_model::{Finding, Outcomes, Subject, SubjectKind, declare_rule};
use envlint_resolve::{Deployment, Vault, VaultError, VaultState};

use crate::Context;

declare_rule! {
    /// an encrypted file is not what was encrypted
    ///
    /// Somebody changed the file by other means than those that it was written by. A value of a
    /// SOPS file was renamed, moved, replaced or added in clear, its type or its date was
    /// edited, or its MAC is that of other values; or the content of an age file does not
    /// authenticate. None of its values is used: each could be somebody else's choice. The
    /// message says what was changed as far as that can be told.
    ///
    /// The MAC of a SOPS file is always verified. What can be seen without an identity, such as a
    /// value in clear where one should be encrypted, is told without one.
    ///
    /// ## Instead
    ///
    /// Find out who changed the file and why. Restore its last good version from the history of
    /// the repository, and make the change with `sops edit`. A secret that stood in clear has to
    /// be issued anew.
    pub(crate) static RULE: Rule<Context> = {
        name: "encrypted-file-tampered",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a value was added by hand, in clear" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[sources.vault]\nfile = \"production.enc.yaml\"\n\n[services.api]\nsources = [\"vault\"]\n",
                "production.enc.yaml" => "DATABASE_PASSWORD: CANARY-fake-password\nsops:\n    pgp:\n        - fp: 0123456789ABCDEF\n          enc: fake\n    lastmodified: \"2026-11-20T16:04:52Z\"\n    mac: ENC[fake]\n",
            }
            passes "a value whose name leaves it in clear" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[sources.vault]\nfile = \"production.enc.yaml\"\n\n[services.api]\nsources = [\"vault\"]\n",
                "production.enc.yaml" => "LOG_LEVEL_unencrypted: info\nsops:\n    pgp:\n        - fp: 0123456789ABCDEF\n          enc: fake\n    lastmodified: \"2026-11-20T16:04:52Z\"\n    mac: ENC[fake]\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        for vault in &view.deployment.vaults {
            match &vault.state {
                VaultState::Failed(error) if error.is_tampering() => {
                    outcomes.finding(word(&view.deployment, vault, error));
                }
                // Of a file that nobody could open here, nothing is known to be right.
                VaultState::Open => outcomes.pass(),
                VaultState::Failed(_) | VaultState::Closed(_) => {}
            }
        }
    }
}

fn word(deployment: &Deployment, vault: &Vault, error: &VaultError) -> Finding {
    let environment = &deployment.environment.name;
    let subject = Subject::new(SubjectKind::File, vault.path.as_str());
    let mut finding = RULE
        .finding(subject, format!("{} {error}", vault.path))
        .happens(format!(
            "what decrypts it for {environment} refuses it, or takes values that nobody vouches for"
        ))
        .write(error.help());
    if let Some(place) = error.span() {
        finding = finding.at(place, "it shows here");
    }
    if let Some(place) = vault.place {
        finding = finding.at(place, "it is named here");
    }
    finding
}

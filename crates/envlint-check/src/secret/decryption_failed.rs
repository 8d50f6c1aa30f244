use envlint_model::{Finding, Outcomes, Subject, SubjectKind, Unverifiable, declare_rule};
use envlint_resolve::{Deployment, Vault, VaultError, VaultState};

use crate::Context;

declare_rule! {
    /// an encrypted file can not be decrypted with the identities that were given
    ///
    /// None of the identities belongs to a recipient of the file, none of them could be used,
    /// or the file is damaged. The deploy that needs the file fails in the same way, or keeps
    /// running with what was decrypted last time. The message says for whom the file is
    /// encrypted and which identities were tried.
    ///
    /// Where no identity was given at all nothing is wrong: what the file holds is then listed
    /// as not verified. An identity that could not be used is no finding as long as another one
    /// opens every file.
    ///
    /// ## Instead
    ///
    /// Give an identity of one of the recipients, in `ENVLINT_AGE_IDENTITY_FILE` or under
    /// `identities` of the environment, or encrypt the file for one that you have. A damaged
    /// file has to be fetched again.
    pub(crate) static RULE: Rule<Context> = {
        name: "decryption-failed",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a file that ends before its header does" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[sources.vault]\nfile = \"production.env.age\"\n\n[services.api]\nsources = [\"vault\"]\n",
                "production.env.age" => "age-encryption.org/v1\n-> X25519 ",
            }
            passes "a file of variables that is not encrypted" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[sources.vault]\nfile = \"production.env\"\n\n[services.api]\nsources = [\"vault\"]\n",
                "production.env" => "LOG_LEVEL=info\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        for vault in &view.deployment.vaults {
            let subject = Subject::new(SubjectKind::File, vault.path.as_str());
            match &vault.state {
                VaultState::Open => outcomes.pass(),
                // What was changed is told by encrypted-file-tampered.
                VaultState::Failed(error) if error.is_tampering() => {}
                VaultState::Failed(error) => {
                    outcomes.finding(word(&view.deployment, vault, error, subject));
                }
                VaultState::Closed(error) => outcomes.unverifiable(Unverifiable {
                    rule: RULE.name,
                    subject,
                    reason: error.to_string(),
                    span: vault.place,
                    scopes: Vec::new(),
                }),
            }
        }
    }
}

fn word(deployment: &Deployment, vault: &Vault, error: &VaultError, subject: Subject) -> Finding {
    let environment = &deployment.environment.name;
    let mut finding = RULE
        .finding(subject, format!("{} {error}", vault.path))
        .happens(format!(
            "its variables are not checked, and a deploy to {environment} that decrypts it so fails"
        ))
        .write(advice(deployment, error));
    if let Some(place) = vault.place {
        finding = finding.at(place, "it is named here");
    }
    finding
}

/// What to do: about the identities, where it is they that do not serve.
fn advice(deployment: &Deployment, error: &VaultError) -> String {
    let mut advice = error.help().to_owned();
    if error.is_about_identities() {
        for note in deployment.identity_notes.iter().filter(|note| note.is_error()) {
            advice.push_str(&format!("; {}: {}", note.message(), note.help()));
        }
    }
    advice
}

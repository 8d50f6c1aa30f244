use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::Variable;

use super::exposed::{Evidence, Secrets};
use crate::Context;
use crate::values::{Shared, held_in, together};

declare_rule! {
    /// a variable that its schema calls public holds a secret
    ///
    /// A token in the wrong line, a service key where the public one belongs, a password that
    /// was pasted twice. What is public is shown: in reports, in logs, in pages.
    ///
    /// Flagged if the value has the form of a token that a provider keeps secret, or is that of
    /// a secret variable of some service. A secret that could be guessed makes no secret of a
    /// public value that happens to be the same.
    ///
    /// ## Instead
    ///
    /// Put the right value there, and replace the secret. If the variable is meant to hold one,
    /// say `secret = true` in its schema.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-in-public-value",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["secret-in-public-name"],
        check: check,
        examples: [
            fails "a provider's secret key" {
                "envlint.toml" => api!("PAYMENT_ACCOUNT = { type = \"string\", secret = false }"),
                ".env" => "PAYMENT_ACCOUNT=sk_live_CANARYx51HqLyjWDarjtT1zdp7dc\n",
            }
            fails "a secret that was pasted twice" {
                "envlint.toml" => api!("BUCKET = { type = \"string\", secret = false }", "BUCKET_KEY = { type = \"token\" }"),
                ".env" => "BUCKET=CANARY-8Kd02mXq7ZtR5vLw\nBUCKET_KEY=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "the key that is made for browsers" {
                "envlint.toml" => api!("PAYMENT_ACCOUNT = { type = \"string\", secret = false }"),
                ".env" => "PAYMENT_ACCOUNT=pk_live_CANARYx51HqLyjWDarjtT1zdp7dc\n",
            }
            passes "a password that everybody guesses" {
                "envlint.toml" => api!("DB_NAME = { type = \"string\", secret = false }", "DB_PASSWORD = { type = \"token\" }"),
                ".env" => "DB_NAME=canary\nDB_PASSWORD=canary\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        let secrets = Secrets::of(context, view);
        let mut found = Vec::new();
        let public = |variable: &Variable| variable.is_public();
        for held in held_in(context, view).filter(|held| held.variable().is_some_and(public)) {
            match secrets.evidence(&held) {
                None => outcomes.pass(),
                Some(evidence) => found.push((held.place(None), evidence, held)),
            }
        }
        for (evidence, shared) in together(found) {
            outcomes.finding(word(&evidence, &shared));
        }
    }
}

fn word(evidence: &Evidence, shared: &Shared<'_>) -> Finding {
    let message = format!("{} is public and holds a secret", shared.title());
    shared
        .finding(&RULE, message, evidence.to_string())
        .happens("what a schema calls public ends up in reports, logs and pages")
        .write(format!(
            "{} with the value that is meant, and make a new secret: this one may be known",
            shared.first().line("...")
        ))
}

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::Kind;
use envlint_secrets::{SecretPart, Weakness};

use super::judged;
use crate::Context;
use crate::values::{Held, Shared};

declare_rule! {
    /// a secret can be guessed
    ///
    /// A common password, a sequence, a few characters over and over, or simply too short. What
    /// counts is how many guesses find it: fewer than 2^50 are made in a day and a half on one
    /// graphics card. A key is judged by the bytes that it decodes to, so that counting bytes
    /// and encoded sentences are found as well.
    ///
    /// Looked for where production's rules apply, in variables that a schema calls secret and,
    /// in services without a schema, in those whose name does (`POSTGRES_PASSWORD`). Of a URL,
    /// the password is looked at. The message says what makes the secret weak, never a part or
    /// the length of it.
    ///
    /// ## Instead
    ///
    /// Let chance make it: `openssl rand -hex 32`.
    pub(crate) static RULE: Rule<Context> = {
        name: "weak-secret",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: [
            "default-credential",
            "placeholder-secret",
            "published-key",
            "constraint-violated",
            "invalid-key",
        ],
        check: check,
        examples: [
            fails "a common password" {
                "envlint.toml" => api!("ADMIN_PASSWORD = { type = \"string\", secret = true }"),
                ".env" => "ADMIN_PASSWORD=Summer2024!\n",
            }
            fails "a key whose bytes count up" {
                "envlint.toml" => api!("SIGNING_KEY = { type = \"key\", bytes = 16, encoding = \"hex\" }"),
                ".env" => "SIGNING_KEY=000102030405060708090a0b0c0d0e0f\n",
            }
            fails "the password of a database that Compose starts" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n",
                "compose.yaml" => "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n",
            }
            fails "a password in a URL of the wrong scheme" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", schemes = [\"postgresql\"] }"),
                ".env" => "DATABASE_URL=mysql://app:Summer2024!@db:3306/app\n",
            }
            passes "what is no URL, where one is needed" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\" }"),
                ".env" => "DATABASE_URL=db:5432\n",
            }
            passes "five random words" {
                "envlint.toml" => api!("ADMIN_PASSWORD = { type = \"string\", secret = true }"),
                ".env" => "ADMIN_PASSWORD=orbit-velvet-cactus-ladder-canary\n",
            }
            passes "a variable that only speaks about a password" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n",
                "compose.yaml" => "services:\n  db:\n    image: mysql:8\n    environment:\n      MYSQL_RANDOM_ROOT_PASSWORD: yes\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let judge = |held: &Held<'_>, part: &SecretPart| {
        let judged = part.is_in_url() || !is_url(held);
        judged.then(|| context.weakness(&held.setting.value, part)).flatten()
    };
    judged::each(context, &RULE, outcomes, judge, word);
}

/// Whether a URL is needed. What is none holds no password to be judged.
fn is_url(held: &Held<'_>) -> bool {
    let kind = held.variable().map(|variable| &variable.kind);
    matches!(kind, Some(Kind::Connection { .. } | Kind::Url { .. }))
}

fn word(weakness: &Weakness, shared: &Shared<'_>) -> Finding {
    let message = format!("{} can be guessed", judged::title(shared));
    shared
        .finding(&RULE, message, weakness.to_string())
        .happens(judged::happens(shared, "whoever guesses it"))
        .write(judged::write(shared))
}

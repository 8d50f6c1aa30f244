use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_secrets::Placeholder;

use super::judged;
use crate::Context;
use crate::values::Shared;

declare_rule! {
    /// a secret was never filled in
    ///
    /// `changeme`, `your-secret-here`, `<password>`. It has the shape of a secret, so the
    /// service starts, and everybody who has seen the template knows it.
    ///
    /// Looked for where production's rules apply, in variables that a schema calls secret and,
    /// in services without a schema, in those whose name does (`POSTGRES_PASSWORD`). Of a URL,
    /// the password is looked at. A text in which a placeholder is only a part, such as
    /// `changeme-3f9a8b7c6d5e4f3a`, is taken for a token that somebody gave a name.
    ///
    /// ## Instead
    ///
    /// Make a secret: `openssl rand -hex 32`.
    pub(crate) static RULE: Rule<Context> = {
        name: "placeholder-secret",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["default-credential"],
        check: check,
        examples: [
            fails "the template's own text" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\", min-length = 16 }"),
                ".env" => "AUTH_SECRET=your-secret-goes-here\n",
            }
            fails "a placeholder inside of a URL" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", schemes = [\"postgresql\"] }"),
                ".env" => "DATABASE_URL=postgresql://app:changeme@db:5432/app\n",
            }
            fails "one line that reaches two services" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[services.api.variables]\nDATABASE_URL = { type = \"database-url\", role = \"datastore\" }\n",
                "compose.yaml" => "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n  api:\n    environment:\n      DATABASE_URL: postgresql://app:${DB_PASSWORD}@db/app\n",
                ".env" => "DB_PASSWORD=replace-me\n",
            }
            passes "a random token" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\", min-length = 16 }"),
                ".env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "a laptop" {
                "envlint.toml" => "version = 1\n\n[environments]\nlocal = {}\n\n[sources.env]\nfile = \".env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n",
                ".env" => "AUTH_SECRET=changeme\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let unfilled = |placeholder: &Placeholder| *placeholder != Placeholder::Published;
    judged::each(context, &RULE, outcomes, |_, part| part.placeholder().filter(unfilled), word);
}

fn word(placeholder: &Placeholder, shared: &Shared<'_>) -> Finding {
    let message = format!("{} is a placeholder", judged::title(shared));
    shared
        .finding(&RULE, message, placeholder.to_string())
        .happens(judged::happens(shared, "whoever has seen the template"))
        .write(judged::write(shared))
}

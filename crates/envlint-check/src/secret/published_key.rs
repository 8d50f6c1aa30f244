use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_secrets::Placeholder;

use super::judged;
use crate::Context;
use crate::values::Shared;

declare_rule! {
    /// a secret is one that public documentation shows
    ///
    /// The key of an example, a provider's published test key, the token of a tutorial. It has
    /// the right length and the right alphabet, so every check of its form accepts it, and
    /// anybody who searches for it finds it.
    ///
    /// ## Instead
    ///
    /// Make a secret of your own, and replace what the published one has protected so far.
    pub(crate) static RULE: Rule<Context> = {
        name: "published-key",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "the key of AWS's documentation" {
                "envlint.toml" => api!("AWS_SECRET_ACCESS_KEY = { type = \"token\" }"),
                ".env" => "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
            }
            passes "a key of one's own" {
                "envlint.toml" => api!("AWS_SECRET_ACCESS_KEY = { type = \"token\" }"),
                ".env" => "AWS_SECRET_ACCESS_KEY=CANARY8Kd02mXq7ZtR5vLwJw8rT2nVx5Lq9ZpYc4Hs\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let published = |placeholder: &Placeholder| *placeholder == Placeholder::Published;
    judged::each(context, &RULE, outcomes, |_, part| part.placeholder().filter(published), word);
}

fn word(_: &Placeholder, shared: &Shared<'_>) -> Finding {
    let message = format!("{} is printed in public documentation", judged::title(shared));
    shared
        .finding(&RULE, message, Placeholder::Published.to_string())
        .happens(judged::happens(shared, "whoever looks it up"))
        .write(judged::write(shared))
}

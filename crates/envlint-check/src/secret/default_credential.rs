use envlint_model::{Finding, Outcomes, declare_rule};

use super::judged;
use crate::Context;
use crate::values::Shared;

declare_rule! {
    /// a password is the one that the software is delivered with
    ///
    /// `guest:guest`, `minioadmin`, `postgres:postgres`: the first thing that anybody tries who
    /// finds the port open, and the first thing that scanners try at every address.
    ///
    /// ## Instead
    ///
    /// Make a password, set it where the software is started and where it is used.
    pub(crate) static RULE: Rule<Context> = {
        name: "default-credential",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a broker's guest" {
                "envlint.toml" => api!("AMQP_URL = { type = \"amqp-url\" }"),
                ".env" => "AMQP_URL=amqp://guest:guest@mq:5672/\n",
            }
            fails "an object store's first key" {
                "envlint.toml" => api!("MINIO_SECRET_KEY = { type = \"token\" }"),
                ".env" => "MINIO_SECRET_KEY=minioadmin\n",
            }
            passes "a user and a password of one's own" {
                "envlint.toml" => api!("AMQP_URL = { type = \"amqp-url\" }"),
                ".env" => "AMQP_URL=amqp://app:CANARY8Kd02mXq7ZtR5vLw@mq:5672/\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    judged::each(context, &RULE, outcomes, |_, part| part.default_credential(), word);
}

fn word(software: &&'static str, shared: &Shared<'_>) -> Finding {
    let message = format!("{} is the one that {software} starts with", judged::title(shared));
    shared
        .finding(&RULE, message, format!("the first password of {software}"))
        .happens(judged::happens(shared, "whoever reaches the port"))
        .write(judged::write(shared))
}

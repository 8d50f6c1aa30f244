use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, ViolationKind};

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// the user name or password of a URL holds characters that mean something else in a URL
    ///
    /// `/`, `#`, `?` and `@` end the part of a URL that holds the password. A password that is
    /// put into `postgresql://app:${PASSWORD}@db/app` as it is sends the client to another
    /// host, with half of the password as its name, or makes the URL invalid.
    ///
    /// ## Instead
    ///
    /// Percent-encode the password where it is put into the URL, or choose one of letters and
    /// digits only: `openssl rand -hex 24`.
    pub(crate) static RULE: Rule<Context> = {
        name: "url-credentials-unencoded",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a slash in a password" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", schemes = [\"postgresql\"], secret = true }"),
                ".env" => "DATABASE_URL=postgresql://app:CANARY/w0rd@db:5432/app\n",
            }
            passes "the same, encoded" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", schemes = [\"postgresql\"], secret = true }"),
                ".env" => "DATABASE_URL=postgresql://app:CANARY%2Fw0rd@db:5432/app\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::UrlCredentialsUnencoded, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::UrlCredentialsUnencoded { interpolated, .. } = case.kind else {
        return None;
    };
    let (name, services) = (case.name(), case.services());
    let (message, label) = match interpolated {
        true => (
            format!("what is put into the password of {name} breaks the URL of {services}"),
            "a reserved character, put into a URL as it is",
        ),
        false => (
            format!("the password in {name} of {services} breaks the URL"),
            "a reserved character that is not encoded",
        ),
    };
    Some(
        case.finding(&RULE, message, label)
            .happens("the client connects to another host than is meant, or to none")
            .write(
                "a password of letters and digits, `openssl rand -hex 24`, or the same one \
                 percent-encoded in the URL",
            ),
    )
}

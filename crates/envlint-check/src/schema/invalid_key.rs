use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, Encoding, Kind, ViolationKind};
use envlint_types::kinds::key::KeyError;

use crate::Context;
use crate::cases::{Case, each};

declare_rule! {
    /// a cryptographic key does not decode to the bytes that are needed
    ///
    /// A key of 31 bytes, a key in Base64 where hexadecimal digits are read, a key with a digit
    /// lost in copying: the service refuses to start, or, worse, pads the key and encrypts with
    /// something else than everybody thinks.
    ///
    /// ## Instead
    ///
    /// Make a new key, unless data is already encrypted with the old one: then find that one.
    pub(crate) static RULE: Rule<Context> = {
        name: "invalid-key",
        group: "schema",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["placeholder-secret"],
        check: check,
        examples: [
            fails "a byte is missing" {
                "envlint.toml" => api!("SIGNING_KEY = { type = \"key\", bytes = 16, encoding = \"hex\" }"),
                ".env" => "SIGNING_KEY=43414e4152590123456789abcdef01\n",
            }
            passes "sixteen bytes" {
                "envlint.toml" => api!("SIGNING_KEY = { type = \"key\", bytes = 16, encoding = \"hex\" }"),
                ".env" => "SIGNING_KEY=43414e4152590123456789abcdef0123\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::InvalidKey, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::InvalidKey(error) = case.kind else { return None };
    let (name, services) = (case.name(), case.services());
    let (what, label) = match error {
        KeyError::Empty { needed } => {
            (format!("is empty, {needed} bytes are needed"), "nothing stands here".to_owned())
        }
        KeyError::WrongLength { bytes, needed, digits } => {
            let unit = match case.variable().map(|variable| &variable.kind) {
                Some(Kind::Key { encoding: Encoding::Hex, .. }) => "hexadecimal digits",
                _ => "characters",
            };
            (
                format!("is {bytes} bytes, {needed} are needed"),
                format!("{digits} {unit} decode to {bytes} bytes"),
            )
        }
        KeyError::OddDigits { digits, needed } => (
            format!("has {digits} hexadecimal digits, {} are needed", needed * 2),
            "an odd number of digits decodes to no bytes".to_owned(),
        ),
        KeyError::NotEncoded { encoding, needed } => (
            format!("is not written in {}", encoding.as_str()),
            format!("{needed} bytes in {} are needed", encoding.as_str()),
        ),
        KeyError::OtherEncoding { found, needed } => (
            format!("is written in {}, {} is needed", found.as_str(), needed.as_str()),
            format!("decodes as {}", found.as_str()),
        ),
        _ => (format!("is no key: {error}"), String::new()),
    };
    let command = case.variable().and_then(|variable| variable.command_for(&case.first().service));
    let new = command.map_or("a new one".to_owned(), |command| format!("a new one, `{command}`"));
    let finding = case.finding(&RULE, format!("{name} of {services} {what}"), label);
    Some(finding.write(format!(
        "{new}; if data is already encrypted with the old key, restore that key instead"
    )))
}

use std::fmt;

use envlint_model::{FilePath, Position, Sources, did_you_mean};
use envlint_project::ManifestError;

/// Why a check could not run, or something could not be written: a wrong manifest, or an option
/// that names what is not there.
///
/// It holds every mistake that was found, and no value of any environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckError {
    mistakes: Vec<Mistake>,
}

/// One reason why a check could not run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// Where, if it stands in a file.
    pub place: Option<(FilePath, Position)>,
    /// What to do.
    pub help: Option<String>,
}

impl CheckError {
    /// All of them, in the order of the file; at least one.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    pub(crate) fn manifest(errors: Vec<ManifestError>, sources: &Sources) -> Self {
        let place = |error: &ManifestError| {
            let file = sources.get(error.place?.file)?;
            Some((file.path().clone(), file.position(error.place?.start)))
        };
        let mut mistakes: Vec<Mistake> = errors
            .into_iter()
            .map(|error| Mistake { place: place(&error), message: error.message, help: error.help })
            .collect();
        mistakes.sort_by(|a, b| a.place.cmp(&b.place));
        mistakes.dedup();
        Self { mistakes }
    }

    /// Somebody named `what` ("rule", "environment") as `written`, and there is none of this
    /// name. What was written is repeated only if it has the form of a name: anything else may
    /// have come from a clipboard that held a secret.
    pub fn unknown<'a>(
        what: &str,
        written: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let named = if is_repeatable(written) { written } else { "of this name" };
        let message = format!("there is no {what} {named}");
        let help = match did_you_mean(written, known.clone()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => choice(what, known.collect::<Vec<_>>().as_slice()),
        };
        Self { mistakes: vec![Mistake { message, place: None, help: Some(help) }] }
    }

    /// One reason, and what to do.
    pub(crate) fn told(message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (message.into(), Some(help.into()));
        Self { mistakes: vec![Mistake { message, place: None, help }] }
    }

    /// Somebody named an environment by a text that is no name.
    pub(crate) fn no_environment() -> Self {
        let message = "no environment can have the name that was given".to_owned();
        let help = format!("it has up to {LONGEST_NAME} letters, digits, `-`, `_` and `.`");
        Self::told(message, help)
    }
}

/// The longest text, in bytes, that is taken for a name.
const LONGEST_NAME: usize = 64;

/// Whether a text that was typed where a name belongs has the form of one: letters, digits,
/// `-`, `_` and `.`, or two such with `/`, as the schemas of systems have; and not the form of a
/// token, which consists of the same letters.
pub(crate) fn is_repeatable(written: &str) -> bool {
    let letters = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let (system, name) = written.split_once('/').unwrap_or((written, written));
    written.len() <= LONGEST_NAME
        && letters(system)
        && letters(name)
        && envlint_secrets::token_form(written).is_none()
}

/// What there is to choose from, or where it is told if that is too much for a line.
fn choice(what: &str, known: &[&str]) -> String {
    const MOST: usize = 12;
    match known {
        [] => format!("no {what} was found at all"),
        names if names.len() <= MOST => format!("there are: {}", names.join(", ")),
        _ if what == "rule" => "`envlint rules` lists them".to_owned(),
        names => format!("there are {} others", names.len()),
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.mistakes.iter().enumerate() {
            let line = if at == 0 { "" } else { "\n" };
            match &mistake.place {
                Some((path, position)) => write!(
                    f,
                    "{line}{path}:{}:{}: {}",
                    position.line, position.column, mistake.message
                )?,
                None => write!(f, "{line}{}", mistake.message)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for CheckError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_repeated() {
        let said = |written: &str| CheckError::unknown("rule", written, ["a"].into_iter());
        let longest = "n".repeat(64);
        for name in ["prodution", "eu-west.2_b", "polyant/enigne", &longest] {
            assert_eq!(said(name).to_string(), format!("there is no rule {name}"));
        }
        let token = format!("ghp_{}", "7Hq2xK4v9mTzWb3NcR8e".repeat(2).get(..36).unwrap());
        let longer = longest + "n";
        for text in ["", "CANARY:p@Qx", "a b", "a/b/c", "/", "b=CANARY", "\x1b", &token, &longer] {
            assert_eq!(said(text).to_string(), "there is no rule of this name", "{text}");
        }
    }

    #[test]
    fn what_was_meant_or_what_there_is_is_said() {
        let help = |known: &[&'static str]| {
            let error = CheckError::unknown("service", "webb", known.iter().copied());
            error.mistakes()[0].help.clone().unwrap()
        };
        assert_eq!(help(&["api", "web"]), "did you mean web?");
        assert_eq!(help(&["api", "db"]), "there are: api, db");
        assert_eq!(help(&["api"; 13]), "there are 13 others");
        assert_eq!(help(&[]), "no service was found at all");
    }
}

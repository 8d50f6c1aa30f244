use std::fmt;

use envlint_model::{FilePath, Position, Sources, did_you_mean};
use envlint_project::ManifestError;

/// Why a check could not run: a wrong manifest, or an option that names what is not there.
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

    /// An option that names something that is not there.
    pub(crate) fn unknown<'a>(
        what: &str,
        written: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let help = match did_you_mean(written, known.clone()) {
            Some(meant) => Some(format!("did you mean {meant}?")),
            None => match known.take(13).collect::<Vec<_>>() {
                names if names.is_empty() => None,
                names if names.len() <= 12 => Some(format!("there are: {}", names.join(", "))),
                _ => None,
            },
        };
        let message = format!("there is no {what} {written}");
        Self { mistakes: vec![Mistake { message, place: None, help }] }
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

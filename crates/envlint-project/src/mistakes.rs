//! What is wrong in a manifest.

use envlint_model::{Span, did_you_mean};
use envlint_parse::de::{Located, MAX_FIELD_ERRORS};

/// The most names that are listed where none of them is close to what was written.
const MAX_LISTED: usize = 12;

/// Something that is wrong in the manifest, so that no check can run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManifestError {
    /// Where.
    pub place: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl ManifestError {
    /// An error at a place.
    pub fn at(place: Span, message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into(), help: None }
    }

    /// Adds what to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The names that there are, for a person who wrote another: the first dozen. `None` if there are
/// no names.
pub fn there_are<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<String> {
    let listed: Vec<&str> = names.by_ref().take(MAX_LISTED).collect();
    let listed = (!listed.is_empty()).then(|| listed.join(", "))?;
    Some(match names.count() {
        0 => format!("there are: {listed}"),
        others => format!("there are: {listed} and {others} others"),
    })
}

/// Collects what is wrong: the first [`MAX_FIELD_ERRORS`] mistakes. As often is it asked what a
/// name was meant to be, which takes time for every name that there is.
#[derive(Default)]
pub(crate) struct Mistakes {
    told: Vec<ManifestError>,
    guesses: usize,
}

impl Mistakes {
    /// Adds what is wrong at a place.
    pub(crate) fn tell(&mut self, place: Span, message: impl Into<String>) {
        self.add(ManifestError::at(place, message));
    }

    /// Adds what is wrong, with what to do.
    pub(crate) fn add(&mut self, error: ManifestError) {
        if self.told.len() < MAX_FIELD_ERRORS {
            self.told.push(error);
        }
    }

    /// The known name that was most likely meant.
    pub(crate) fn meant<'a>(
        &mut self,
        written: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        self.guesses += 1;
        (self.guesses <= MAX_FIELD_ERRORS).then(|| did_you_mean(written, known)).flatten()
    }

    /// Adds that a name is none of `known`. `what` is the kind of thing that it should name, as
    /// the table that declares such things has it without its last letter.
    pub(crate) fn unknown<'a>(
        &mut self,
        what: &str,
        written: &Located<String>,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let name = &written.value;
        let help = match self.meant(name, known.clone()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => there_are(known).unwrap_or_else(|| format!("declare it: [{what}s.{name}]")),
        };
        let message = format!("there is no {what} {name}");
        self.add(ManifestError::at(written.span, message).with_help(help));
    }

    /// Everything that was wrong, if anything was.
    pub(crate) fn none(self) -> Result<(), Vec<ManifestError>> {
        if self.told.is_empty() { Ok(()) } else { Err(self.told) }
    }
}

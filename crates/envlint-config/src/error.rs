use std::fmt;

use crate::Place;
use crate::words::Words;

/// Why a configuration was not loaded: every mistake there is, in the order of the struct.
///
/// `Display` tells them all, one paragraph each, for a person at a terminal or in a log. `Debug`
/// does the same, so that a `main` that returns the error prints something that can be read. No
/// value is in it, nor a part of one, unless the schema says that the variable is public.
#[derive(thiserror::Error)]
#[error("{}", self.written())]
pub struct LoadError {
    title: String,
    mistakes: Vec<Mistake>,
}

impl LoadError {
    pub(crate) fn new(title: &str, mistakes: Vec<Mistake>) -> Self {
        Self { title: title.to_owned(), mistakes }
    }

    /// The mistakes one by one: those of sources, then those of variables in the order of the
    /// struct, then those between several variables. There is at least one.
    pub fn errors(&self) -> impl ExactSizeIterator<Item = &Mistake> {
        self.mistakes.iter()
    }

    fn written(&self) -> String {
        let count = match self.mistakes.len() {
            1 => "1 mistake".to_owned(),
            count => format!("{count} mistakes"),
        };
        let mut written = format!("{count} in the configuration of {}", self.title);
        for mistake in &self.mistakes {
            written.push_str(&format!("\n\n{mistake}"));
        }
        written
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One thing that is wrong, or that could be better.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    rule: Option<&'static str>,
    variables: Vec<String>,
    places: Vec<Place>,
    words: Words,
}

impl Mistake {
    pub(crate) fn new(words: Words) -> Self {
        Self { rule: None, variables: Vec::new(), places: Vec::new(), words }
    }

    pub(crate) fn rule(self, rule: &'static str) -> Self {
        Self { rule: Some(rule), ..self }
    }

    pub(crate) fn about(mut self, variable: &str, place: Option<Place>) -> Self {
        self.variables.push(variable.to_owned());
        self.at(place)
    }

    pub(crate) fn at(mut self, place: Option<Place>) -> Self {
        self.places.extend(place.filter(|place| !self.places.contains(place)));
        self
    }

    /// The variable that it is about, by its name in the environment; the first, if it is about
    /// several, and none if it is about a source.
    pub fn variable(&self) -> Option<&str> {
        self.variables.first().map(String::as_str)
    }

    /// All variables that it is about.
    pub fn variables(&self) -> impl ExactSizeIterator<Item = &str> {
        self.variables.iter().map(String::as_str)
    }

    /// Where the values came from that it is about; nowhere, if nothing is set.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The rule of `envlint check` that finds the same before a deploy; `envlint explain` tells
    /// more about it.
    pub fn linter_rule(&self) -> Option<&'static str> {
        self.rule
    }

    /// What is wrong, in a line: lower case, without a stop.
    pub fn message(&self) -> &str {
        &self.words.message
    }

    /// What shows it, or what is expected.
    pub fn detail(&self) -> Option<&str> {
        self.words.detail.as_deref()
    }
}

impl fmt::Display for Mistake {
    /// The message, and what is known beyond it on lines of their own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.message)?;
        let places: Vec<String> = self.places.iter().map(Place::to_string).collect();
        let places = Some(places.join(", ")).filter(|places| !places.is_empty());
        let Words { detail, happens, write, .. } = &self.words;
        for (head, text) in
            [("at", &places), ("why", detail), ("happens", happens), ("write", write)]
        {
            if let Some(text) = text {
                write!(f, "\n  {:<9}{text}", format!("{head}:"))?;
            }
        }
        Ok(())
    }
}

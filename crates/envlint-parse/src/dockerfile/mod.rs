//! Dockerfiles: what an image says of the environment of its processes.
//!
//! An image is a place that sets variables, the weakest of all: `ENV` holds until somebody sets
//! the variable for the container, and `ARG` holds during the build. So of a Dockerfile the
//! instructions that speak of variables, ports and files are read, each word with its place, and all
//! others are passed over with their continuations and heredocs.
//!
//! # The format, as BuildKit reads it
//!
//! - A file may begin with directives, `# escape=` and a character among them; the first line
//!   that is none ends them.
//! - A line that ends with the escape character goes on in the next one. Comments and empty
//!   lines in between are dropped. A doubled escape character does not continue.
//! - `ENV NAME=value OTHER="a b"` sets several variables, `ENV NAME the rest` one. References
//!   see what the lines before have set, never what the same line sets.
//! - `ARG` before the first `FROM` belongs to `FROM` lines alone.
//! - `RUN`, `COPY` and `ADD` may carry heredocs, whose lines are no instructions.
//!
//! # Bounds
//!
//! A file of more than [`MAX_DOCKERFILE_BYTES`] is not read, at most [`MAX_INSTRUCTIONS`] are,
//! and [`MAX_ERRORS`] mistakes are told. Reading takes time linear in the file.

mod copied;
mod lines;
mod words;

use std::sync::Arc;

use envlint_model::{Name, Secret, SourceFile, Span, SyntaxError};

pub use copied::Copied;
use lines::{Line, lines};
use words::{Word, Words};

/// The largest Dockerfile that is read, in bytes.
pub const MAX_DOCKERFILE_BYTES: usize = 1024 * 1024;

/// The most instructions that are read of one file.
pub const MAX_INSTRUCTIONS: usize = 10_000;

/// The most mistakes that are told of one file.
pub const MAX_ERRORS: usize = 50;

/// A Dockerfile.
pub struct Document {
    file: Arc<SourceFile>,
    /// The arguments before the first `FROM`.
    arguments: Vec<Assigned>,
    stages: Vec<Stage>,
}

/// What one `FROM` begins.
pub struct Stage {
    /// The image or the stage that it builds upon; `None` if a reference decides.
    pub base: Option<Name>,
    /// What it is called.
    pub name: Option<Name>,
    /// The instructions that speak of variables, ports and files, in order.
    pub instructions: Vec<Instruction>,
}

/// An instruction that speaks of variables, ports or files.
pub enum Instruction {
    /// `ARG`: what may be given to the build.
    Arg(Vec<Assigned>),
    /// `ENV`: what the image sets.
    Env(Vec<Assigned>),
    /// `EXPOSE`: where the process says that it listens.
    Expose(Vec<Port>),
    /// `COPY` and `ADD`: which files it takes.
    Copy(Copied),
}

/// A variable in an `ARG` or an `ENV`.
#[derive(Clone)]
pub struct Assigned {
    /// The variable.
    pub name: Name,
    /// Where its name stands.
    pub name_span: Span,
    /// What it is set to; `None` for an argument without a default.
    pub value: Option<Text>,
}

/// A value as it is written.
#[derive(Clone)]
pub struct Text {
    /// Where it stands, with its quotes.
    pub span: Span,
    /// The text without quotes and escapes.
    pub text: Secret,
    /// What else it needs to be a value.
    pub refers: Refers,
}

/// Which variables a text refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refers {
    /// To none: it stands for itself.
    Nothing,
    /// It is another variable's value and nothing else: `${NAME}`.
    To(Name),
    /// It is put together.
    Mixed,
}

/// A port of an `EXPOSE`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Port {
    /// The port; `None` for a range or a reference.
    pub number: Option<u16>,
    /// Where it stands.
    pub span: Span,
}

impl Document {
    /// The file.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The arguments before the first `FROM`.
    pub fn arguments(&self) -> &[Assigned] {
        &self.arguments
    }

    /// The stages, in order; the last one is built unless another is asked for.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The stage that a build ends with, after all stages of this file that it builds upon.
    /// Empty if there is no such stage.
    pub fn upon(&self, target: Option<&str>) -> Vec<&Stage> {
        let mut at = match target {
            None => self.stages.len().checked_sub(1),
            Some(target) => self.called(target, self.stages.len()),
        };
        let mut chain = Vec::new();
        while let Some(stage) = at.and_then(|at| self.stages.get(at)) {
            chain.push(stage);
            // A stage builds upon an earlier one, so this ends.
            at = stage.base.as_deref().and_then(|base| self.called(base, at.unwrap_or(0)));
        }
        chain.reverse();
        chain
    }

    /// Every stage that a build of a stage needs, that one included: those that it builds upon,
    /// and those that it copies from.
    pub fn needed(&self, target: Option<&str>) -> Vec<&Stage> {
        let mut needed = vec![false; self.stages.len()];
        let last = match target {
            None => self.stages.len().checked_sub(1),
            Some(target) => self.called(target, self.stages.len()),
        };
        let mut asked: Vec<usize> = last.into_iter().collect();
        while let Some(at) = asked.pop() {
            let (Some(stage), Some(known)) = (self.stages.get(at), needed.get_mut(at)) else {
                continue;
            };
            if std::mem::replace(known, true) {
                continue;
            }
            let copied = stage.instructions.iter().filter_map(|each| match each {
                Instruction::Copy(copied) => copied.from.as_deref(),
                _ => None,
            });
            let named = stage.base.as_deref().into_iter().chain(copied);
            asked.extend(named.filter_map(|name| self.called(name, at)));
        }
        self.stages
            .iter()
            .zip(needed)
            .filter_map(|(stage, needed)| needed.then_some(stage))
            .collect()
    }

    /// The last stage of a name, or of a number, before the stage `before`.
    fn called(&self, wanted: &str, before: usize) -> Option<usize> {
        let named = |stage: &Stage| {
            stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        };
        let earlier = self.stages.get(..before)?;
        let numbered = wanted.parse().ok().filter(|number: &usize| *number < before);
        earlier.iter().rposition(named).or(numbered)
    }
}

/// Reads a Dockerfile. Never fails: what can not be read is told, the rest is read.
pub fn parse(file: &Arc<SourceFile>) -> (Document, Vec<SyntaxError>) {
    let document = Document { file: Arc::clone(file), arguments: Vec::new(), stages: Vec::new() };
    let mut reading = Reading { document, errors: Vec::new(), escape: '\\' };
    match file.text().len() > MAX_DOCKERFILE_BYTES {
        true => reading.error(file.span(0..0), "a Dockerfile is read up to 1 MiB"),
        false => reading.all(),
    }
    reading.errors.truncate(MAX_ERRORS);
    (reading.document, reading.errors)
}

/// The instructions that Docker knows, with the ones that carry heredocs marked.
const KNOWN: [(&str, bool); 18] = [
    ("ADD", true),
    ("ARG", false),
    ("CMD", false),
    ("COPY", true),
    ("ENTRYPOINT", false),
    ("ENV", false),
    ("EXPOSE", false),
    ("FROM", false),
    ("HEALTHCHECK", false),
    ("LABEL", false),
    ("MAINTAINER", false),
    ("ONBUILD", false),
    ("RUN", true),
    ("SHELL", false),
    ("STOPSIGNAL", false),
    ("USER", false),
    ("VOLUME", false),
    ("WORKDIR", false),
];

/// Whether an instruction may carry heredocs.
fn carries_heredocs(keyword: &str) -> bool {
    KNOWN.iter().any(|(known, heredocs)| *heredocs && known.eq_ignore_ascii_case(keyword))
}

struct Reading {
    document: Document,
    errors: Vec<SyntaxError>,
    escape: char,
}

impl Reading {
    fn error(&mut self, span: Span, message: &str) {
        self.errors.push(SyntaxError::new(span, message));
    }

    fn all(&mut self) {
        let file = Arc::clone(&self.document.file);
        let (escape, lines) = lines(&file, &mut self.errors);
        self.escape = escape;
        for (at, line) in lines.iter().enumerate() {
            if at >= MAX_INSTRUCTIONS {
                let message = format!("{MAX_INSTRUCTIONS} instructions are read of a Dockerfile");
                return self.error(line.keyword_span, &message);
            }
            self.line(line);
        }
    }

    fn line(&mut self, line: &Line) {
        let keyword = line.keyword.to_ascii_uppercase();
        if !KNOWN.iter().any(|(known, _)| *known == keyword) {
            return self.error(line.keyword_span, "no instruction of a Dockerfile begins so");
        }
        if self.document.stages.is_empty() && !matches!(keyword.as_str(), "ARG" | "FROM") {
            return self.error(line.keyword_span, "only ARG may stand before the first FROM");
        }
        match keyword.as_str() {
            "FROM" => self.from(line),
            "ARG" => {
                let assigned = self.assigned(line, false);
                match self.document.stages.last_mut() {
                    Some(stage) => stage.instructions.push(Instruction::Arg(assigned)),
                    None => self.document.arguments.extend(assigned),
                }
            }
            "ENV" => {
                let assigned = self.assigned(line, true);
                self.push(Instruction::Env(assigned));
            }
            "EXPOSE" => {
                let ports = self.words(line).into_iter().map(|word| word.port()).collect();
                self.push(Instruction::Expose(ports));
            }
            "COPY" | "ADD" => {
                let words = Words::new(&self.document.file, &line.rest, self.escape).all();
                let copied = Copied::of(&words);
                self.push(Instruction::Copy(copied));
            }
            _ => {}
        }
    }

    fn push(&mut self, instruction: Instruction) {
        if let Some(stage) = self.document.stages.last_mut() {
            stage.instructions.push(instruction);
        }
    }

    fn words(&mut self, line: &Line) -> Vec<Word> {
        let words = Words::new(&self.document.file, &line.rest, self.escape).all();
        if let Some(open) = words.iter().find(|word| word.open) {
            self.error(open.span, "this quote is not closed");
        }
        words
    }

    fn from(&mut self, line: &Line) {
        let words = self.words(line);
        let mut words = words.iter().skip_while(|word| word.starts_with("--"));
        let base = words.next();
        if base.is_none() {
            self.error(line.keyword_span, "FROM names the image to build upon");
        }
        let named = words.next().is_some_and(|word| word.is("as"));
        let name = words.next().filter(|_| named).map(|word| word.name());
        let base = base.filter(|word| word.refers() == Refers::Nothing).map(|word| word.name());
        self.document.stages.push(Stage { base, name, instructions: Vec::new() });
    }

    /// The variables of an `ENV`, which must have values, or of an `ARG`, which may.
    fn assigned(&mut self, line: &Line, with_values: bool) -> Vec<Assigned> {
        let words = self.words(line);
        let Some(first) = words.first() else {
            self.error(line.keyword_span, "a name is missing here");
            return Vec::new();
        };
        if with_values && !first.has_equals() {
            return self.legacy(line, first);
        }
        let mut assigned = Vec::with_capacity(words.len());
        for word in &words {
            match word.assigned() {
                Some(one) if one.value.is_some() || !with_values => assigned.push(one),
                _ => self.error(word.span, "written NAME=value"),
            }
        }
        assigned
    }

    /// `ENV NAME the rest of the line`.
    fn legacy(&mut self, line: &Line, first: &Word) -> Vec<Assigned> {
        let rest = Words::new(&self.document.file, &line.rest, self.escape).after_first();
        let Some(value) = rest else {
            self.error(first.span, "ENV needs a value: NAME=value");
            return Vec::new();
        };
        let value = Some(value.text());
        vec![Assigned { name: first.name(), name_span: first.span, value }]
    }
}

#[cfg(test)]
mod tests;

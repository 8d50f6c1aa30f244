//! From parts and an environment to a value, with what became of each reference.

use envlint_model::{Content, Name, Origin, Span, SyntaxError, Truth, Unknown, Value, ViaKind};

use super::{Action, Invalid, MAX_ERRORS, Operator, Part, Reference, Template};

/// The longest text that an expansion makes, in bytes. Linux hands no process a variable longer
/// than 128 KiB (`MAX_ARG_STRLEN`), so nothing that works is cut off.
pub const MAX_EXPANDED_BYTES: usize = 1024 * 1024;

/// The most pieces that one value is put together from.
const MAX_PIECES: usize = 1024;

/// How many steps of where a piece came from are kept.
const MAX_STEPS: usize = 16;

/// Finds the value of a variable; `None` means that it is not set.
pub type Lookup<'a> = dyn Fn(&str) -> Option<&'a Value> + 'a;

/// What many expansions may cost together. Values that refer to values double in size with
/// every line; this is what ends it.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Bytes of text that may yet be put together.
    pub bytes: usize,
    /// Pieces that may yet be put together.
    pub pieces: usize,
}

impl Default for Budget {
    /// 16 MiB and a quarter of a million pieces, far above what any environment holds.
    fn default() -> Self {
        Self { bytes: 16 * MAX_EXPANDED_BYTES, pieces: 1 << 18 }
    }
}

/// What a template became in one environment.
#[derive(Clone)]
pub struct Expansion {
    /// The value; as far as it goes if something failed.
    pub value: Value,
    /// The references that were followed, in order. Those in alternatives that were not taken
    /// are not among them.
    pub uses: Vec<Use>,
    /// Why the reader refuses the value, the first [`MAX_ERRORS`] reasons; empty if it does not.
    pub failures: Vec<Failure>,
}

/// A reference that was followed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The variable.
    pub name: Name,
    /// Where its name stands.
    pub name_span: Span,
    /// The whole reference.
    pub span: Span,
    /// The operator after the name.
    pub operator: Option<Operator>,
    /// What was found under the name.
    pub found: Found,
    /// What the reference stands for.
    pub taken: Taken,
}

/// What there is under a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// Nothing.
    Unset,
    /// The empty text.
    Empty,
    /// Text, known in part at least.
    Text,
    /// Something that is not known, and that may be empty.
    Unknown,
}

/// What a reference stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// The variable's value.
    Value,
    /// The alternative.
    Alternative,
    /// The empty text.
    Nothing,
    /// The alternative or the empty text: that depends on a value which is not known.
    Undecided,
    /// Nothing: the guard refuses.
    Refused,
}

/// Why a value can not be made.
#[derive(Clone)]
pub enum Failure {
    /// A part that can not be read.
    Invalid {
        /// Where it stands.
        span: Span,
        /// What is wrong with it.
        why: Invalid,
    },
    /// A guard, `${NAME:?message}`, found nothing.
    Guard {
        /// The variable that is missing.
        name: Name,
        /// The whole reference.
        span: Span,
        /// The message, which may itself hold values of variables.
        message: Value,
    },
    /// The value is longer than [`MAX_EXPANDED_BYTES`], or the [`Budget`] is used up.
    TooLarge {
        /// The reference that went too far.
        span: Span,
    },
}

impl Failure {
    /// Where it is written.
    pub fn span(&self) -> Span {
        match self {
            Failure::Invalid { span, .. }
            | Failure::Guard { span, .. }
            | Failure::TooLarge { span } => *span,
        }
    }

    /// The failure as a part of a file that could not be read. The guard's message is left out.
    pub fn to_error(&self) -> SyntaxError {
        let span = self.span();
        match self {
            Failure::Invalid { why, .. } => {
                let (message, help) = why.explain();
                SyntaxError::new(span, message).with_help(help)
            }
            Failure::Guard { name, .. } => {
                SyntaxError::new(span, format!("{name} is required here and has no value"))
                    .with_help(format!("set {name} before this line or in the environment"))
            }
            Failure::TooLarge { .. } => {
                SyntaxError::new(span, "the value grows beyond 1 MiB when it is expanded")
                    .with_help("no process can be started with a variable of that size")
            }
        }
    }
}

impl Template {
    /// Expands the template. `origin` tells who reads it and where it stands as a whole; each
    /// piece of the value then has its own place.
    pub fn expand(&self, origin: &Origin, lookup: &Lookup<'_>) -> Expansion {
        self.expand_within(origin, lookup, &mut Budget::default())
    }

    /// The same, at the cost of a budget that many expansions share.
    pub fn expand_within(
        &self,
        origin: &Origin,
        lookup: &Lookup<'_>,
        budget: &mut Budget,
    ) -> Expansion {
        let limit = Budget {
            bytes: budget.bytes.min(MAX_EXPANDED_BYTES.max(self.text.as_str().len())),
            pieces: budget.pieces.min(MAX_PIECES),
        };
        let mut run = Run {
            template: self,
            origin,
            lookup,
            left: limit.clone(),
            uses: Vec::new(),
            failures: Vec::new(),
        };
        let mut value = Value::empty(origin.clone());
        run.parts(self.parts(), &mut value);
        budget.bytes = budget.bytes.saturating_sub(limit.bytes - run.left.bytes);
        budget.pieces = budget.pieces.saturating_sub(limit.pieces - run.left.pieces);
        Expansion { value, uses: run.uses, failures: run.failures }
    }
}

struct Run<'r, 'v> {
    template: &'r Template,
    origin: &'r Origin,
    lookup: &'r Lookup<'v>,
    left: Budget,
    uses: Vec<Use>,
    failures: Vec<Failure>,
}

impl Run<'_, '_> {
    fn parts(&mut self, parts: &[Part], value: &mut Value) {
        for part in parts {
            match part {
                Part::Literal(at) => self.literal(at.range(), at.span, value),
                Part::Dollar(at) => {
                    let range = at.range();
                    self.literal(range.start..range.start + 1, at.span, value);
                }
                Part::Reference(reference) => self.reference(reference, value),
                Part::Invalid(at, why) => {
                    self.fail(Failure::Invalid { span: at.span, why: *why });
                }
            }
        }
    }

    fn literal(&mut self, range: std::ops::Range<usize>, span: Span, value: &mut Value) {
        if self.afford(range.len(), span) {
            let text = self.template.text.secret(range);
            value.push(Content::Known(text), Origin { span, ..self.origin.clone() });
        }
    }

    fn reference(&mut self, reference: &Reference, value: &mut Value) {
        let set = (self.lookup)(&reference.name);
        let found = find(set);
        let taken = decide(reference.operator, found);
        let span = reference.whole.span;
        self.uses.push(Use {
            name: reference.name.clone(),
            name_span: reference.name_span,
            span,
            operator: reference.operator,
            found,
            taken,
        });
        match (taken, set) {
            (Taken::Value, Some(set)) => self.append(set, span, value),
            (Taken::Undecided, Some(set)) => {
                let cause = set.first_unknown().cloned();
                if let Some(cause) = cause.filter(|_| self.afford(0, span)) {
                    let origin = Origin { span, ..self.origin.clone() };
                    value.push(Content::Unknown(Unknown::Undecided(Box::new(cause))), origin);
                }
            }
            (Taken::Alternative, _) => self.parts(&reference.alternative, value),
            (Taken::Refused, _) => {
                let mut message = Value::empty(Origin { span, ..self.origin.clone() });
                self.parts(&reference.alternative, &mut message);
                let name = reference.name.clone();
                self.fail(Failure::Guard { name, span, message });
            }
            _ => {}
        }
    }

    /// Appends a copy of a variable's value. Like [`Value::append`], but within the budget, and
    /// with a bounded history: a chain of a million references must not be kept for each piece.
    fn append(&mut self, set: &Value, span: Span, value: &mut Value) {
        for piece in set.pieces() {
            let bytes = match &piece.content {
                Content::Known(text) => text.expose().len(),
                Content::Unknown(_) => 0,
            };
            if !self.afford(bytes, span) {
                return;
            }
            let origin = piece.origin.clone();
            let origin = match origin.via.len() {
                MAX_STEPS.. => origin,
                _ => origin.through(ViaKind::Interpolation, span),
            };
            value.push(piece.content.clone(), origin);
        }
    }

    /// Pays for one piece, or says once that it is too much.
    fn afford(&mut self, bytes: usize, span: Span) -> bool {
        if self.left.pieces > 0 && self.left.bytes >= bytes {
            self.left.pieces -= 1;
            self.left.bytes -= bytes;
            return true;
        }
        self.left = Budget { bytes: 0, pieces: 0 };
        if !self.failures.iter().any(|failure| matches!(failure, Failure::TooLarge { .. })) {
            self.fail(Failure::TooLarge { span });
        }
        false
    }

    fn fail(&mut self, failure: Failure) {
        if self.failures.len() < MAX_ERRORS {
            self.failures.push(failure);
        }
    }
}

fn find(set: Option<&Value>) -> Found {
    match set {
        None => Found::Unset,
        Some(value) if value.is_empty() => Found::Empty,
        Some(value) => {
            let known = |content: &Content| matches!(content, Content::Known(_));
            let text = value.pieces().iter().any(|piece| known(&piece.content));
            if text { Found::Text } else { Found::Unknown }
        }
    }
}

/// What a reference stands for. An unknown value is taken for itself by `-` and `?`, although
/// it might be empty: who sets a secret to nothing? But `+` would have to guess.
fn decide(operator: Option<Operator>, found: Found) -> Taken {
    let Some(operator) = operator else {
        return if found == Found::Unset { Taken::Nothing } else { Taken::Value };
    };
    let there = match (found, operator.empty_is_unset) {
        (Found::Unset, _) | (Found::Empty, true) => Truth::False,
        (Found::Unknown, true) => Truth::Unknown,
        (Found::Empty, false) | (Found::Unknown, false) | (Found::Text, _) => Truth::True,
    };
    match (operator.action, there) {
        (Action::Default | Action::Guard, Truth::True | Truth::Unknown) => Taken::Value,
        (Action::Default, Truth::False) => Taken::Alternative,
        (Action::Guard, Truth::False) => Taken::Refused,
        (Action::Replace, Truth::True) => Taken::Alternative,
        (Action::Replace, Truth::Unknown) => Taken::Undecided,
        (Action::Replace, Truth::False) => Taken::Nothing,
    }
}

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt::Write;

use envlint_model::{Span, did_you_mean};

use super::expect::{self, Expectation};
use super::failure::Failure;
use super::reader::Reader;
use super::{FieldError, MAX_FIELD_ERRORS, MAX_VALUES_READ, Options};
use crate::tree::{Node, NodeId, Style};

/// What the readings of one document share: the errors, what is left out because of them, and
/// where the current reading is.
pub(super) struct State {
    options: Options,
    errors: RefCell<Vec<FieldError>>,
    left_out: RefCell<HashSet<NodeId>>,
    path: RefCell<Vec<Step>>,
    readings: Cell<usize>,
    values: Cell<usize>,
}

/// One step into a document.
#[derive(Clone)]
pub(super) enum Step {
    /// To the value of an entry.
    Field { name: String, key: Span },
    /// To an item of a list, counted from 0.
    Item(usize),
}

impl State {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            errors: RefCell::default(),
            left_out: RefCell::default(),
            path: RefCell::default(),
            readings: Cell::new(0),
            values: Cell::new(0),
        }
    }

    /// Whether one more reading, without what is left out by now, stays within the bounds.
    pub(super) fn may_read_again(&self) -> bool {
        self.readings.set(self.readings.get() + 1);
        self.readings.get() < MAX_FIELD_ERRORS && self.values.get() < MAX_VALUES_READ
    }

    pub(super) fn into_errors(self) -> Vec<FieldError> {
        let mut errors = self.errors.into_inner();
        errors.sort_by_key(|error| error.span);
        errors
    }

    pub(super) fn is_left_out(&self, node: Node<'_>) -> bool {
        self.left_out.borrow().contains(&node.id())
    }

    /// Reads a part of the document. If it fails, says why and leaves the part out.
    pub(super) fn within<'a, T>(
        &'a self,
        step: Step,
        node: Node<'a>,
        read: impl FnOnce(Reader<'a>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.path.borrow_mut().push(step);
        let result = read(Reader::new(node, self)).map_err(|failure| {
            if failure.is_left_out() {
                return failure;
            }
            self.tell(failure, node);
            // What was read although it is left out can not be done without: then what holds it
            // has failed. So each reading leaves out more than the one before.
            match self.left_out.borrow_mut().insert(node.id()) {
                true => Failure::LeftOut,
                false => Failure::Told,
            }
        });
        self.path.borrow_mut().pop();
        result
    }

    /// Counts what a reading looks at.
    pub(super) fn looked_at(&self, values: usize) {
        self.values.set(self.values.get() + values);
    }

    /// Says why a node could not be read, if that is not said yet.
    pub(super) fn tell(&self, failure: Failure, node: Node<'_>) {
        match failure {
            Failure::LeftOut | Failure::Told => {}
            Failure::Missing(field) => self.tell_missing(field, node),
            Failure::UnknownField { field, fields } => self.tell_unknown(node, &field, fields),
            // A list that lacks an item because that was wrong is not wrong itself.
            _ if self.lacks_something(node) => {}
            Failure::UnknownWord { words } => {
                self.tell_wrong(&Expectation::Words(words), node);
            }
            Failure::Wrong(words) => {
                let format = node.document().format();
                self.tell_wrong(&Expectation::named(&words, format), node);
            }
            Failure::Other(message) => {
                let message = match self.subject() {
                    Some(subject) => format!("`{subject}`: {message}"),
                    None => message,
                };
                self.push(node.span(), message, None);
            }
        }
    }

    /// A name that is none of the fields of `table`, which may also be the name itself.
    pub(super) fn tell_unknown(&self, table: Node<'_>, field: &str, fields: &[&str]) {
        let key = table.get(field).map_or(table, |field| field.key);
        let help = match did_you_mean(field, fields.iter().copied()) {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None if fields.is_empty() => None,
            None => Some(format!("the fields here are {}", expect::listed(fields, "and"))),
        };
        let path = if key.id() == table.id() { self.path() } else { self.path_to(field) };
        self.push_at(path, key.span(), format!("unknown field `{field}`"), help);
    }

    /// A name that stands twice.
    pub(super) fn tell_twice(&self, key: Span, name: &str) {
        let help = Some("keep one of them".to_owned());
        self.push_at(self.path_to(name), key, format!("`{name}` is set twice"), help);
    }

    /// An entry whose key is a list or a mapping.
    pub(super) fn tell_no_name(&self, key: Span) {
        self.push(key, "a name must be a text".to_owned(), None);
    }

    /// A value of another type or outside of its range.
    pub(super) fn tell_wrong(&self, expected: &Expectation<'_>, node: Node<'_>) {
        let subject = self.subject().map_or("this".to_owned(), |subject| format!("`{subject}`"));
        let text = node.expose().unwrap_or_default();
        let (message, help) = match expected {
            Expectation::Words(words) if node.style().is_some_and(|style| style.is_text()) => {
                let message = match self.options.quote_words {
                    true => format!("{subject} can not be `{text}`"),
                    false => format!("{subject} is none of the words that it can be"),
                };
                let help = match did_you_mean(text, words.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("it is one of {}", expect::listed(words, "and")),
                };
                (message, Some(help))
            }
            // Of the right kind, but out of range.
            Expectation::Whole(..) if node.style() == Some(Style::Integer) => {
                (format!("{subject} must be {expected}"), None)
            }
            _ => {
                let message = format!("{subject} must be {expected}, not {}", expect::found(node));
                (message, expected.help(node).map(str::to_owned))
            }
        };
        self.push(node.span(), message, help);
    }

    fn tell_missing(&self, field: &str, table: Node<'_>) {
        let written = table.get(field);
        if written.is_some_and(|field| self.is_left_out(field.value)) {
            return;
        }
        let message = match self.subject() {
            Some(subject) => format!("`{field}` is missing in `{subject}`"),
            None => format!("`{field}` is missing"),
        };
        let span = match self.path.borrow().last() {
            Some(Step::Field { key, .. }) => *key,
            _ => first_line(table),
        };
        self.push_at(self.path_to(field), span, message, None);
    }

    /// Whether a direct part of a node is left out.
    fn lacks_something(&self, node: Node<'_>) -> bool {
        node.items().any(|item| self.is_left_out(item.resolve().node))
            || node.entries().any(|entry| self.is_left_out(entry.value.resolve().node))
    }

    fn push(&self, span: Span, message: String, help: Option<String>) {
        self.push_at(self.path(), span, message, help);
    }

    fn push_at(&self, path: String, span: Span, message: String, help: Option<String>) {
        let mut errors = self.errors.borrow_mut();
        let error = FieldError { span, message, help, path };
        // What does not stop a reading is found again by the next one.
        if errors.len() < MAX_FIELD_ERRORS && !errors.contains(&error) {
            errors.push(error);
        }
    }

    /// The field that is read now: its name, and which item of it.
    fn subject(&self) -> Option<String> {
        let path = self.path.borrow();
        let last = path.iter().rposition(|step| matches!(step, Step::Field { .. }))?;
        Some(spelled(&path[last..]))
    }

    fn path(&self) -> String {
        spelled(&self.path.borrow())
    }

    fn path_to(&self, field: &str) -> String {
        match self.path().as_str() {
            "" => field.to_owned(),
            path => format!("{path}.{field}"),
        }
    }
}

fn spelled(path: &[Step]) -> String {
    let mut spelled = String::new();
    for step in path {
        match step {
            Step::Field { name, .. } => {
                if !spelled.is_empty() {
                    spelled.push('.');
                }
                spelled.push_str(name);
            }
            // Writing to a `String` can not fail.
            Step::Item(at) => _ = write!(spelled, "[{at}]"),
        }
    }
    spelled
}

/// Where a mapping without a name starts: its first line is enough to find it.
fn first_line(node: Node<'_>) -> Span {
    let (file, span) = (node.document().source(), node.span());
    let length = file.slice(span).lines().next().map_or(0, str::len);
    file.span(span.start as usize..span.start as usize + length)
}

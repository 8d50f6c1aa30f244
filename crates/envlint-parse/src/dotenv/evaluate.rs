//! What a program has in its hands after it read a file.

use std::collections::HashMap;

use envlint_model::{Content, Name, Origin, Reader, Value, ViaKind};

use super::{Assigned, Document, MAX_ERRORS, Refusal, Statement, ValueText, semantics};
use crate::template::{Budget, Failure, Lookup, Use};

/// The variables that a reader makes of a file in one environment.
#[derive(Clone)]
pub struct Evaluation {
    /// The variables in the order in which their names first appear. A name that is assigned
    /// several times has its last value, as both readers have it.
    pub variables: Vec<Variable>,
    /// Every reference that was followed, in order.
    pub uses: Vec<Use>,
    /// What could not be expanded, guards that refused among it.
    pub failures: Vec<Failure>,
    /// Why the reader refuses the file; the variables are then what it would have made of the
    /// rest.
    pub refusal: Option<Refusal>,
}

/// A variable that a file sets.
#[derive(Clone)]
pub struct Variable {
    /// Its name; empty for a value that compose stores without one.
    pub name: Name,
    /// Its value.
    pub value: Value,
    /// The statement that it comes from, by its place in [`Document::statements`].
    pub statement: usize,
}

/// Plays the reader. `environment` is what the process has before it reads the file: Compose
/// asks it first when it expands a reference, and takes the value of a name that stands alone
/// from it. Whether it wins over the file for the same name is not decided here.
pub fn evaluate(document: &Document, environment: &Lookup<'_>) -> Evaluation {
    let semantics = semantics(document.reader);
    let mut run = Run {
        reader: document.reader,
        environment,
        budget: Budget::default(),
        places: HashMap::new(),
        result: Evaluation {
            variables: Vec::new(),
            uses: Vec::new(),
            failures: Vec::new(),
            refusal: document.refusal.clone(),
        },
    };
    for (at, statement) in document.statements.iter().enumerate() {
        if semantics.lost_names.contains(&statement.name.as_str()) {
            continue;
        }
        let value = match &statement.value {
            Some(assigned) => Some(run.assigned(assigned)),
            None if semantics.passes_names_through => run.passed_through(statement),
            None => None,
        };
        if let Some(value) = value {
            run.set(statement, at, value);
        }
    }
    if semantics.refuses
        && let Some(failure) = run.result.failures.first()
    {
        let error = failure.to_error();
        let refusal = Refusal { span: error.span, reason: error.message };
        run.result.refusal.get_or_insert(refusal);
    }
    run.result
}

struct Run<'r, 'v> {
    reader: Reader,
    environment: &'r Lookup<'v>,
    budget: Budget,
    /// Where in the result the variable of a name stands.
    places: HashMap<Name, usize>,
    result: Evaluation,
}

impl Run<'_, '_> {
    fn assigned(&mut self, assigned: &Assigned) -> Value {
        let origin = Origin::new(assigned.span, self.reader);
        match &assigned.text {
            ValueText::Literal(text) => {
                let mut value = Value::empty(origin.clone());
                let secret = text.secret(0..text.as_str().len());
                value.push(Content::Known(secret), Origin { span: text.span(), ..origin });
                value
            }
            ValueText::Template(template) => {
                let (places, variables) = (&self.places, &self.result.variables);
                let lookup = |name: &str| {
                    let earlier = || places.get(name).map(|at| &variables[*at].value);
                    (self.environment)(name).or_else(earlier)
                };
                let expansion = template.expand_within(&origin, &lookup, &mut self.budget);
                self.result.uses.extend(expansion.uses);
                let room = MAX_ERRORS.saturating_sub(self.result.failures.len());
                self.result.failures.extend(expansion.failures.into_iter().take(room));
                expansion.value
            }
        }
    }

    fn passed_through(&mut self, statement: &Statement) -> Option<Value> {
        let value = (self.environment)(&statement.name)?;
        let Some(left) = self.budget.pieces.checked_sub(value.pieces().len()) else {
            self.result.failures.push(Failure::TooLarge { span: statement.name_span });
            return None;
        };
        self.budget.pieces = left;
        Some(value.clone().through(ViaKind::PassThrough, statement.name_span))
    }

    fn set(&mut self, statement: &Statement, at: usize, value: Value) {
        let variables = &mut self.result.variables;
        match self.places.get(&statement.name) {
            Some(&place) => {
                variables[place].value = value;
                variables[place].statement = at;
            }
            None => {
                self.places.insert(statement.name.clone(), variables.len());
                let name = statement.name.clone();
                variables.push(Variable { name, value, statement: at });
            }
        }
    }
}

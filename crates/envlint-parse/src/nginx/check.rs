//! What nginx would refuse although every word of it can be read: a directive in the wrong
//! place, with too many arguments, with or without a block.

use std::collections::BTreeSet;

use envlint_model::{Span, SyntaxError};

use super::context::{Context, Contexts};
use super::table::{self, Form, MANY, Usage};
use super::{Directive, Document, MAX_ERRORS};

/// Reports what is wrong wherever the file stands.
pub(super) fn check(document: &Document, errors: &mut Vec<SyntaxError>) {
    // One mistake, one error: what the parser already complained about is not judged again.
    let known: BTreeSet<u32> = errors.iter().map(|error| error.span.start).collect();
    let told = |head: Span| known.range(head.start..=head.end).next().is_some();
    let mut found = Vec::new();
    let mut pending: Vec<(&[Directive], Contexts)> =
        vec![(&document.directives, document.contexts)];
    while let Some((directives, contexts)) = pending.pop() {
        for directive in directives {
            let error = mistake(directive, contexts);
            let misplaced = error.is_some();
            found.extend(error.filter(|_| !told(directive.head())));
            if !misplaced && !directive.children().is_empty() {
                pending.push((directive.children(), contexts.inside(directive.name())));
            }
        }
    }
    found.sort_by_key(|error| error.span.start);
    let room = MAX_ERRORS.saturating_sub(errors.len());
    if let Some(next) = found.get(room) {
        let message = "from here on mistakes are not told";
        let help = format!("the file has more than {MAX_ERRORS}");
        found[room] = SyntaxError::new(next.span, message).with_help(help);
        found.truncate(room + 1);
    }
    errors.extend(found);
}

/// The contexts that allow every known directive in a list, as far as that decides anything.
pub(super) fn contexts_of(directives: &[Directive]) -> Contexts {
    let whole = |directive: &Directive| {
        matches!(directive.name(), "http" | "events" | "stream" | "mail")
            && directive.block.is_some()
    };
    if directives.iter().any(whole) {
        return Contexts::only(Context::Main);
    }
    let allowed = |directive: &Directive| {
        let usage = table::usage(directive.name())?;
        let fitting = usage.contexts_of(directive.args.len(), directive.block.is_some());
        Some(if fitting.is_empty() { usage.contexts() } else { fitting })
    };
    let common = directives.iter().filter_map(allowed).fold(Contexts::ANY, Contexts::and);
    if common.is_empty() { Contexts::ANY } else { common }
}

fn mistake(directive: &Directive, contexts: Contexts) -> Option<SyntaxError> {
    if contexts.is_empty() || contexts.has(Context::Opaque) {
        return None;
    }
    let usage = table::usage(directive.name())?;
    let name = directive.name();
    if usage.forms(contexts).next().is_none() {
        let message = format!("`{name}` is not allowed in {contexts}");
        let help = format!("it belongs into {}", usage.contexts());
        return Some(SyntaxError::new(directive.name.span, message).with_help(help));
    }
    let (arguments, block) = (directive.args.len(), directive.block.is_some());
    if usage.accepts_in(contexts, arguments, block) {
        return None;
    }
    Some(wrong_form(directive, usage, contexts))
}

fn wrong_form(directive: &Directive, usage: Usage, contexts: Contexts) -> SyntaxError {
    let name = directive.name();
    let forms: Vec<Form> = usage.forms(contexts).collect();
    let block = directive.block.is_some();
    if forms.iter().all(|form| form.block != block) {
        let message = if block {
            format!("`{name}` takes no block")
        } else {
            format!("`{name}` needs a block")
        };
        let help = if block { "end it with `;`" } else { "put what belongs to it in `{ }`" };
        return SyntaxError::new(directive.name.span, message).with_help(help);
    }
    let expected: Vec<String> =
        forms.iter().filter(|form| form.block == block).map(arity).collect();
    let given = directive.args.len();
    let message = format!("`{name}` takes {}, not {given}", expected.join(" or "));
    SyntaxError::new(directive.head(), message)
}

fn arity(form: &Form) -> String {
    match (form.min, form.max) {
        (0, 0) => "no argument".into(),
        (1, 1) => "one argument".into(),
        (min, MANY) => format!("{min} or more arguments"),
        (min, max) if min == max => format!("{min} arguments"),
        (min, max) => format!("{min} to {max} arguments"),
    }
}

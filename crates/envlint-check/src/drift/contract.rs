//! Who claims to know what a variable is when nobody sets it.

use envlint_model::{Name, Origin, Phase, Reader, Secret, Span, Value};
use envlint_parse::template::{
    Action, LocatedText, Part, Reference, Taken, Template, Use as Followed,
};
use envlint_schema::Variable;

use crate::Context;
use crate::context::Use;
use crate::images::Given;

/// What somebody says that a variable is by default.
pub(super) struct Claim {
    pub(super) by: By,
    pub(super) value: Value,
    /// Where it is written; a schema is not always a file.
    pub(super) place: Option<Span>,
}

/// Who says it, the strongest first: what is not set in one is taken from the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum By {
    Compose,
    Image,
    Schema,
}

impl By {
    pub(super) fn title(self) -> &'static str {
        match self {
            By::Compose => "Compose",
            By::Image => "the image",
            By::Schema => "the schema",
        }
    }
}

impl Claim {
    pub(super) fn of_schema(variable: &Variable, near: Span) -> Option<Self> {
        Some(Self::stated(variable.default.as_ref()?, near))
    }

    pub(super) fn stated(text: &str, near: Span) -> Self {
        let origin = Origin::new(near, Reader::ComposeFile);
        let value = Value::literal(Secret::made(text.to_owned()), origin);
        Self { by: By::Schema, value, place: None }
    }

    pub(super) fn of_image(given: &Given) -> Option<Self> {
        let value = given.value.clone()?;
        Some(Self { by: By::Image, place: Some(value.origin().span), value })
    }

    pub(super) fn of_compose(fallback: &Fallback) -> Self {
        let place = Some(fallback.place);
        Self { by: By::Compose, value: fallback.value.clone(), place }
    }

    /// The claim as a person reads it, if the text may be shown.
    pub(super) fn shown(&self, variable: &Variable) -> Option<String> {
        let known = self.value.known().filter(|_| variable.is_public())?;
        let text = known.as_str();
        let plain = !text.is_empty() && text.len() <= 64 && !text.chars().any(char::is_control);
        plain.then(|| text.to_owned())
    }
}

/// The whole value of a variable in Compose, written as one reference: `${NAME:-3000}`.
pub(super) struct Whole<'a> {
    pub(super) reference: &'a Followed,
    template: Template,
}

/// A default in Compose that stands for itself.
pub(super) struct Fallback {
    pub(super) value: Value,
    /// Where the reference stands.
    pub(super) place: Span,
    /// The variable that it stands in for.
    pub(super) name: Name,
    /// Whether it is what the process gets now.
    pub(super) taken: bool,
}

impl<'a> Whole<'a> {
    /// How Compose sets a variable, if it does so by one reference and nothing else.
    pub(super) fn of(context: &Context, each: &Use<'a>, phase: Phase, name: &str) -> Option<Self> {
        let setting = each.variables(phase).get(name)?;
        let origin = setting.value.origin();
        // The references in an alternative that is taken follow the one that it belongs to.
        let reference = setting.references.first()?;
        if origin.reader != Reader::ComposeFile || !origin.via.is_empty() {
            return None;
        }
        let file = context.documents.sources().get(reference.span.file)?;
        let template = Template::parse(LocatedText::verbatim(&file, reference.span));
        let whole = Self { reference, template };
        let is_whole = reference.span.contains(origin.span);
        (is_whole && whole.written()?.name == reference.name).then_some(whole)
    }

    fn written(&self) -> Option<&Reference> {
        match self.template.parts() {
            [Part::Reference(reference)] => Some(reference),
            _ => None,
        }
    }

    pub(super) fn is_guarded(&self) -> bool {
        self.written().is_some_and(Reference::is_guarded)
    }

    /// The default, if there is one that is not empty and refers to nothing.
    pub(super) fn fallback(&self) -> Option<Fallback> {
        let reference = self.written()?;
        let operator = reference.operator.filter(|operator| operator.action == Action::Default)?;
        let [Part::Literal(stretch)] = reference.alternative.as_slice() else { return None };
        let text = self.template.text().secret(stretch.range());
        let value = Value::literal(text, Origin::new(stretch.span, Reader::ComposeFile));
        let taken = self.reference.taken == Taken::Alternative;
        (operator.empty_is_unset || taken || !value.is_empty()).then(|| Fallback {
            value,
            place: self.reference.span,
            name: reference.name.clone(),
            taken,
        })
    }
}

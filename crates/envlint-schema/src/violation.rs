use std::ops::Range;

use envlint_model::{Content, Name, Span, Unknown, Value};
use envlint_types::kinds::domain::DomainError;
use envlint_types::kinds::key::KeyError;
use envlint_types::kinds::origin::OriginError;
use envlint_types::kinds::url::UrlError;
use envlint_types::kinds::url::credentials::CredentialsError;

use crate::{Condition, Item, PartOf, Relation, Variable};

/// Something that a schema says and that does not hold, or can not be decided.
///
/// It holds public facts only: names, what was expected, what kind of mistake it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Violation<'s> {
    /// What it is about.
    pub about: About<'s>,
    /// What does not hold.
    pub kind: ViolationKind,
    /// The part of the value that shows it, if it is only a part.
    pub at: Option<At>,
}

/// What a violation is about.
#[derive(Clone, PartialEq, Debug)]
pub enum About<'s> {
    /// A variable of the schema.
    Variable(&'s Variable),
    /// A relation of the schema.
    Relation(&'s Relation),
    /// A variable that is set and not in the schema.
    Unknown(Name),
}

/// What does not hold. Every kind but the last belongs to one [`Check`].
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum ViolationKind {
    /// Must be set, and is not. The condition is the one that asks for it, if it is asked for
    /// only sometimes.
    MissingRequired {
        /// The condition that holds.
        when: Option<Condition>,
    },
    /// Should be set, and is not.
    MissingRecommended {
        /// The condition that holds.
        when: Condition,
    },
    /// Is not set, and what the service then does (see [`Variable::unsafe_default`]) is unsafe.
    UnsafeDefault,
    /// Not of the variable's kind.
    TypeMismatch {
        /// The choice, or zone, or tag that was most likely meant; public.
        did_you_mean: Option<String>,
    },
    /// Of the variable's kind, but beyond its limits.
    ConstraintViolated(Limit),
    /// Not the cryptographic key that is needed.
    InvalidKey(KeyError),
    /// No URL with the needed parts.
    UrlScheme(UrlError),
    /// Reserved characters in a URL's user name or password.
    UrlCredentialsUnencoded {
        /// How it shows.
        fault: CredentialsError,
        /// Whether the text came into its place by interpolation.
        interpolated: bool,
    },
    /// An origin in a form that no browser sends.
    OriginForm {
        /// What is wrong with it.
        fault: OriginError,
        /// Which item of a list, from 0.
        item: Option<usize>,
    },
    /// A list of allowed origins that allows more than it lists.
    CorsWildcard {
        /// What kind of wildcard.
        fault: OriginError,
        /// Which item of the list, from 0.
        item: usize,
    },
    /// A bad item in a list.
    ListItemInvalid {
        /// Which item, from 0.
        item: usize,
        /// What is wrong with it.
        fault: ItemError,
    },
    /// Read as on where off is meant, or the reverse.
    BooleanSpelling {
        /// What the text means to a person.
        meant: bool,
        /// What the service makes of it.
        read: bool,
    },
    /// Set to the empty text where the service takes that for a value, or refuses it.
    EmptyValue {
        /// What the service reads instead; `None` if it refuses it.
        reads: Option<String>,
    },
    /// Nobody is known to read it.
    UnknownVariable {
        /// The variable that was most likely meant.
        did_you_mean: Option<Name>,
    },
    /// Set, and no longer read (see [`Variable::retired`]).
    RetiredVariable,
    /// Set under this name, which it no longer has (see [`Variable::formerly`]).
    FormerName(Name),
    /// Set to what is forbidden here (see [`Variable::forbidden`]).
    ForbiddenInEnvironment,
    /// No group is set as a whole.
    AnyOfUnsatisfied {
        /// What is missing of the group that is nearest to being whole.
        missing: Vec<Name>,
    },
    /// Some of a group are set, and not all.
    AllOrNonePartial {
        /// Those that are set.
        set: Vec<Name>,
        /// Those that are not.
        missing: Vec<Name>,
    },
    /// Two ways to say the same are both used, and do not say the same.
    AlternativesConflict {
        /// What differs.
        sides: [PartOf; 2],
    },
    /// Of ways that exclude each other, several are used.
    TooManyWays {
        /// A variable of each.
        set: Vec<Name>,
    },
    /// A value is not what follows from another one.
    DerivedValueMismatch {
        /// What differs; the first is the one that the other follows from.
        sides: [PartOf; 2],
    },
    /// A number is larger than the one that it must not exceed.
    OrderViolated {
        /// The larger one.
        lesser: Side,
        /// The one that it must not exceed.
        greater: Side,
    },
    /// Could not be decided.
    Unverifiable {
        /// What could not be decided.
        check: Check,
        /// Why.
        why: Unverified,
    },
}

/// A limit that a value exceeds.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Limit {
    /// Below the smallest number.
    Minimum(String),
    /// Above the largest number.
    Maximum(String),
    /// Fewer characters than this.
    MinLength(usize),
    /// More characters than this.
    MaxLength(usize),
    /// Does not match this regular expression.
    Pattern(String),
    /// Refused by this keyword of JSON Schema.
    Keyword(String),
}

/// Why an item does not belong in a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ItemError {
    /// In a list of origins.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// In a list of domains.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// In a list of anything else.
    #[error("must be {}", .0.expected())]
    Other(Item),
}

/// One side of an order.
#[derive(Clone, PartialEq, Debug)]
pub struct Side {
    /// The variable.
    pub variable: Name,
    /// Its number, if the variable is public.
    pub number: Option<String>,
    /// Whether the number is the variable's default.
    pub default: bool,
}

/// Why something could not be decided.
#[derive(Clone, PartialEq, Debug)]
pub enum Unverified {
    /// The part of a value that would decide is not known.
    Value(Unknown),
    /// The variable is not seen, but may be set in a source that can not be read.
    Beyond(Unknown),
    /// It depends on this, of which nothing is known.
    Condition(Condition),
    /// The schema's regular expression is too large to be run.
    Pattern,
    /// The text is in a file that another variable names.
    InFile,
}

/// What is checked, one for each rule of the linter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Check {
    /// `missing-required`.
    MissingRequired,
    /// `missing-recommended`.
    MissingRecommended,
    /// `unsafe-default`.
    UnsafeDefault,
    /// `type-mismatch`.
    TypeMismatch,
    /// `constraint-violated`.
    ConstraintViolated,
    /// `invalid-key`.
    InvalidKey,
    /// `url-scheme`.
    UrlScheme,
    /// `url-credentials-unencoded`.
    UrlCredentialsUnencoded,
    /// `origin-form`.
    OriginForm,
    /// `cors-wildcard`.
    CorsWildcard,
    /// `list-item-invalid`.
    ListItemInvalid,
    /// `boolean-spelling`.
    BooleanSpelling,
    /// `empty-value`.
    EmptyValue,
    /// `unknown-variable`.
    UnknownVariable,
    /// `retired-variable`.
    RetiredVariable,
    /// `name-drift`.
    NameDrift,
    /// `forbidden-in-environment`.
    ForbiddenInEnvironment,
    /// `any-of-unsatisfied`.
    AnyOfUnsatisfied,
    /// `all-or-none-partial`.
    AllOrNonePartial,
    /// `alternatives-conflict`.
    AlternativesConflict,
    /// `derived-value-mismatch`.
    DerivedValueMismatch,
    /// `order-violated`.
    OrderViolated,
}

impl Check {
    /// The rule that reports it.
    pub fn rule(self) -> &'static str {
        match self {
            Check::MissingRequired => "missing-required",
            Check::MissingRecommended => "missing-recommended",
            Check::UnsafeDefault => "unsafe-default",
            Check::TypeMismatch => "type-mismatch",
            Check::ConstraintViolated => "constraint-violated",
            Check::InvalidKey => "invalid-key",
            Check::UrlScheme => "url-scheme",
            Check::UrlCredentialsUnencoded => "url-credentials-unencoded",
            Check::OriginForm => "origin-form",
            Check::CorsWildcard => "cors-wildcard",
            Check::ListItemInvalid => "list-item-invalid",
            Check::BooleanSpelling => "boolean-spelling",
            Check::EmptyValue => "empty-value",
            Check::UnknownVariable => "unknown-variable",
            Check::RetiredVariable => "retired-variable",
            Check::NameDrift => "name-drift",
            Check::ForbiddenInEnvironment => "forbidden-in-environment",
            Check::AnyOfUnsatisfied => "any-of-unsatisfied",
            Check::AllOrNonePartial => "all-or-none-partial",
            Check::AlternativesConflict => "alternatives-conflict",
            Check::DerivedValueMismatch => "derived-value-mismatch",
            Check::OrderViolated => "order-violated",
        }
    }
}

impl ViolationKind {
    /// What was checked, also where it could not be decided.
    pub fn check(&self) -> Check {
        match self {
            ViolationKind::MissingRequired { .. } => Check::MissingRequired,
            ViolationKind::MissingRecommended { .. } => Check::MissingRecommended,
            ViolationKind::UnsafeDefault => Check::UnsafeDefault,
            ViolationKind::TypeMismatch { .. } => Check::TypeMismatch,
            ViolationKind::ConstraintViolated(_) => Check::ConstraintViolated,
            ViolationKind::InvalidKey(_) => Check::InvalidKey,
            ViolationKind::UrlScheme(_) => Check::UrlScheme,
            ViolationKind::UrlCredentialsUnencoded { .. } => Check::UrlCredentialsUnencoded,
            ViolationKind::OriginForm { .. } => Check::OriginForm,
            ViolationKind::CorsWildcard { .. } => Check::CorsWildcard,
            ViolationKind::ListItemInvalid { .. } => Check::ListItemInvalid,
            ViolationKind::BooleanSpelling { .. } => Check::BooleanSpelling,
            ViolationKind::EmptyValue { .. } => Check::EmptyValue,
            ViolationKind::UnknownVariable { .. } => Check::UnknownVariable,
            ViolationKind::RetiredVariable => Check::RetiredVariable,
            ViolationKind::FormerName(_) => Check::NameDrift,
            ViolationKind::ForbiddenInEnvironment => Check::ForbiddenInEnvironment,
            ViolationKind::AnyOfUnsatisfied { .. } => Check::AnyOfUnsatisfied,
            ViolationKind::AllOrNonePartial { .. } => Check::AllOrNonePartial,
            ViolationKind::AlternativesConflict { .. } | ViolationKind::TooManyWays { .. } => {
                Check::AlternativesConflict
            }
            ViolationKind::DerivedValueMismatch { .. } => Check::DerivedValueMismatch,
            ViolationKind::OrderViolated { .. } => Check::OrderViolated,
            ViolationKind::Unverifiable { check, .. } => *check,
        }
    }

    /// Whether it says that something does not hold, and not only that nobody knows.
    pub fn is_certain(&self) -> bool {
        !matches!(self, ViolationKind::Unverifiable { .. })
    }
}

impl<'s> Violation<'s> {
    /// The variable of the schema that it is about.
    pub fn variable(&self) -> Option<&'s Variable> {
        match self.about {
            About::Variable(variable) => Some(variable),
            About::Relation(_) | About::Unknown(_) => None,
        }
    }
}

/// A part of a value: a byte range of the text of one of its pieces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct At {
    /// Which piece of the value, from 0.
    pub piece: usize,
    /// Which bytes of the piece's text.
    pub range: Range<usize>,
}

impl At {
    /// Where the part stands in its file. `None` where the text of the piece is not spelt there
    /// letter for letter (escapes, decoding), so that no part of it can be pointed at.
    pub fn span(&self, value: &Value) -> Option<Span> {
        let piece = value.pieces().get(self.piece)?;
        let span = piece.origin.span;
        let Content::Known(text) = &piece.content else { return None };
        let spelt = (span.end - span.start) as usize == text.expose().len();
        let fits =
            spelt && self.range.start <= self.range.end && self.range.end <= text.expose().len();
        fits.then(|| Span {
            file: span.file,
            start: span.start + self.range.start as u32,
            end: span.start + self.range.end as u32,
        })
    }
}

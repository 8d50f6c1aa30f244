//! The text of one variable against its kind.

use envlint_model::{Truth, Unknown, Value, did_you_mean};
use envlint_types::kinds::number::{self, NumberError};
use envlint_types::kinds::trust_proxy::{self, TrustError};
use envlint_types::kinds::{boolean, key, quantity, time_zone, token};

use super::{Sink, list, url};
use crate::effective::is_one_of;
use crate::foreign::Verdict;
use crate::{
    Bounds, Check, Encoding, Foreign, Format, Kind, Limit, Measure, Reading, Store, TextRules,
    Unit, Unverified, Variable, ViolationKind,
};

/// The most that a port can be (RFC 793).
const PORTS: Bounds<i64> = Bounds { minimum: Some(1), maximum: Some(65_535) };

/// Checks a value that is not empty.
pub(super) fn check(variable: &Variable, value: &Value, sink: &mut Sink<'_, '_>) {
    let before = sink.found.len();
    check_kind(variable, value, sink);
    // What is not of its kind is not judged twice.
    if let Some(foreign) = variable.foreign.as_ref().filter(|_| sink.found.len() == before) {
        check_foreign(foreign, value, sink);
    }
}

fn check_foreign(foreign: &Foreign, value: &Value, sink: &mut Sink<'_, '_>) {
    let check = Check::ConstraintViolated;
    match (value.known().map(|text| foreign.judge(text.as_str())), value.first_unknown()) {
        (Some(Verdict::Refused(keyword)), _) => {
            sink.report(ViolationKind::ConstraintViolated(Limit::Keyword(keyword)));
        }
        (Some(Verdict::GivenUp), _) => sink.open(check, Unverified::Pattern),
        (Some(Verdict::Accepted), _) | (None, None) => {}
        (None, Some(why)) => sink.unknown(check, why),
    }
}

fn check_kind(variable: &Variable, value: &Value, sink: &mut Sink<'_, '_>) {
    match &variable.kind {
        Kind::Url { schemes } => return url::check(schemes, url::Shape::Http, value, sink),
        Kind::Connection { to, schemes } => {
            let shape = match to {
                Store::Database => url::Shape::Database,
                _ => url::Shape::Store,
            };
            return url::check(schemes, shape, value, sink);
        }
        Kind::Origin => return url::check_origin(value, sink),
        Kind::List(item) => return list::check(*item, value, sink),
        _ => {}
    }
    match value.first_unknown() {
        Some(why) => partly_known(&variable.kind, value, why, sink),
        None => {
            if let Some(text) = value.known() {
                match fault(variable, text.as_str()) {
                    Some(Fault::Violation(kind)) => sink.report(kind),
                    Some(Fault::Open(check, why)) => sink.open(check, why),
                    None => {}
                }
            }
        }
    }
}

/// Whether a service that takes the empty text for a value can live with it.
pub(crate) fn accepts_empty(kind: &Kind) -> bool {
    match kind {
        Kind::Text(rules) => rules.min_length.is_none_or(|min| min == 0) && rules.pattern.is_none(),
        Kind::Boolean(reading) => reading.reads("").is_some(),
        Kind::Choice(choices) => choices.iter().any(String::is_empty),
        Kind::List(_) => true,
        _ => false,
    }
}

/// What is wrong with a text that is wholly known.
enum Fault {
    Violation(ViolationKind),
    Open(Check, Unverified),
}

impl From<ViolationKind> for Fault {
    fn from(kind: ViolationKind) -> Self {
        Fault::Violation(kind)
    }
}

fn fault(variable: &Variable, text: &str) -> Option<Fault> {
    let mismatch = || ViolationKind::TypeMismatch { did_you_mean: None };
    let meant = |meant: Option<String>| {
        let did_you_mean = meant.filter(|_| variable.is_public());
        Some(ViolationKind::TypeMismatch { did_you_mean }.into())
    };
    match &variable.kind {
        Kind::Text(rules) => text_fault(rules, text),
        Kind::Integer(bounds) => integer_fault(*bounds, text).map(Fault::from),
        Kind::Port => integer_fault(PORTS, text).map(Fault::from),
        Kind::Number(bounds) => {
            let within = |n| number::within(n, bounds.minimum, bounds.maximum);
            number::number(text).and_then(within).err().map(|e| numeric(e, *bounds).into())
        }
        Kind::Boolean(reading) => boolean_fault(*reading, text).map(Fault::from),
        Kind::Choice(choices) if choices.iter().any(|choice| choice == text) => None,
        Kind::Choice(choices) => {
            meant(did_you_mean(text, choices.iter().map(String::as_str)).map(str::to_owned))
        }
        Kind::Key { bytes, encoding } => key::decode(text, *encoding, *bytes)
            .err()
            .map(|error| ViolationKind::InvalidKey(error).into()),
        Kind::Token { min_length } => token::check(text, *min_length)
            .err()
            .map(|_| ViolationKind::ConstraintViolated(Limit::MinLength(*min_length)).into()),
        Kind::Quantity { measure, bare, bounds } => {
            quantity_fault(*measure, *bare, *bounds, text).map(Fault::from)
        }
        Kind::Format(format) if format.accepts(text) => None,
        Kind::Format(format) => meant(suggestion(*format, text)),
        Kind::TrustProxy => match trust_proxy::parse(text).err()? {
            TrustError::OutOfRange => {
                let least = Limit::Minimum("0".into());
                Some(ViolationKind::ConstraintViolated(least).into())
            }
            _ => Some(mismatch().into()),
        },
        Kind::Url { .. } | Kind::Connection { .. } | Kind::Origin | Kind::List(_) => None,
    }
}

fn text_fault(rules: &TextRules, text: &str) -> Option<Fault> {
    let limit = |limit| Some(ViolationKind::ConstraintViolated(limit).into());
    let length = text.chars().count();
    match rules {
        TextRules { min_length: Some(min), .. } if length < *min => limit(Limit::MinLength(*min)),
        TextRules { max_length: Some(max), .. } if length > *max => limit(Limit::MaxLength(*max)),
        TextRules { pattern: Some(pattern), .. } => match pattern.is_match(text) {
            Some(true) => None,
            Some(false) => limit(Limit::Pattern(pattern.as_str().to_owned())),
            None => Some(Fault::Open(Check::ConstraintViolated, Unverified::Pattern)),
        },
        _ => None,
    }
}

fn integer_fault(bounds: Bounds<i64>, text: &str) -> Option<ViolationKind> {
    let within = |n| number::within(n, bounds.minimum, bounds.maximum);
    number::integer(text).and_then(within).err().map(|error| numeric(error, bounds))
}

/// What was most likely meant by a text that is not of its form.
fn suggestion(format: Format, text: &str) -> Option<String> {
    match format {
        Format::TimeZone => did_you_mean(text, time_zone::names()).map(str::to_owned),
        Format::Locale => {
            let tag = text.split('.').next().unwrap_or(text).replace('_', "-");
            Some(tag).filter(|tag| format.accepts(tag))
        }
        _ => None,
    }
}

fn quantity_fault(
    measure: Measure,
    bare: Option<Unit>,
    bounds: Bounds<f64>,
    text: &str,
) -> Option<ViolationKind> {
    let mismatch = ViolationKind::TypeMismatch { did_you_mean: None };
    let Ok(amount) = quantity::parse(text, measure, bare) else { return Some(mismatch) };
    let limit = |bound: f64| crate::kind::amount(bound, measure);
    match bounds {
        Bounds { minimum: Some(least), .. } if amount < least => {
            Some(ViolationKind::ConstraintViolated(Limit::Minimum(limit(least))))
        }
        Bounds { maximum: Some(most), .. } if amount > most => {
            Some(ViolationKind::ConstraintViolated(Limit::Maximum(limit(most))))
        }
        _ => None,
    }
}

/// A number beyond what can be held is beyond every limit, also beyond one that is not there.
fn numeric<T: ToString>(error: NumberError, bounds: Bounds<T>) -> ViolationKind {
    let limit = |bound: Option<T>| bound.map_or(String::new(), |bound| bound.to_string());
    match error {
        NumberError::TooSmall => {
            ViolationKind::ConstraintViolated(Limit::Minimum(limit(bounds.minimum)))
        }
        NumberError::TooLarge => {
            ViolationKind::ConstraintViolated(Limit::Maximum(limit(bounds.maximum)))
        }
        _ => ViolationKind::TypeMismatch { did_you_mean: None },
    }
}

/// A spelling is misread if the service makes of it what no person means by it. A service that
/// takes any text for yes is not told what to write as long as nothing looks like no.
fn boolean_fault(reading: Reading, text: &str) -> Option<ViolationKind> {
    let mismatch = ViolationKind::TypeMismatch { did_you_mean: None };
    match (boolean::meaning(text), reading.reads(text)) {
        (_, None) => Some(mismatch),
        (Some(meant), Some(read)) if meant != read => {
            Some(ViolationKind::BooleanSpelling { meant, read })
        }
        (None, Some(_)) if reading != Reading::AnyText => Some(mismatch),
        _ => None,
    }
}

/// What the known pieces prove although others are missing.
fn partly_known(kind: &Kind, value: &Value, why: &Unknown, sink: &mut Sink<'_, '_>) {
    let parts = || value.pieces().iter().filter_map(|piece| piece.text());
    let characters = || parts().map(|part| part.chars().count()).sum::<usize>();
    let mismatch = ViolationKind::TypeMismatch { did_you_mean: None };
    let numeric = |extra: &str| {
        parts().all(|part| part.chars().all(|c| c.is_ascii_digit() || extra.contains(c)))
    };
    match kind {
        Kind::Text(rules) => {
            let short = rules.min_length.is_some_and(|min| characters() < min);
            match rules.max_length {
                Some(max) if characters() > max => {
                    sink.report(ViolationKind::ConstraintViolated(Limit::MaxLength(max)));
                }
                _ if short || rules.max_length.is_some() || rules.pattern.is_some() => {
                    sink.unknown(Check::ConstraintViolated, why);
                }
                _ => {}
            }
        }
        Kind::Token { min_length } if characters() < *min_length => {
            sink.unknown(Check::ConstraintViolated, why);
        }
        Kind::Token { .. } => {}
        Kind::Key { bytes, encoding } => match parts().all(|p| key::could_belong(p, *encoding)) {
            true => sink.unknown(Check::InvalidKey, why),
            false => sink.report(ViolationKind::InvalidKey(not_encoded(*encoding, *bytes))),
        },
        Kind::Integer(_) | Kind::Port if !numeric("+-") => sink.report(mismatch),
        Kind::Number(_) if !numeric("+-.eE") => sink.report(mismatch),
        Kind::Choice(choices) if is_one_of(value, choices) == Truth::False => sink.report(mismatch),
        Kind::Boolean(_) => sink.unknown(Check::BooleanSpelling, why),
        _ => sink.unknown(Check::TypeMismatch, why),
    }
}

fn not_encoded(encoding: Encoding, needed: usize) -> key::KeyError {
    key::KeyError::NotEncoded { encoding, needed }
}

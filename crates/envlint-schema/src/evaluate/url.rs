//! URLs and origins, of which parts may be interpolated and parts may be unknown.

use std::ops::Range;

use envlint_model::{Piece, Value};
use envlint_types::kinds::origin::{self, OriginError};
use envlint_types::kinds::url::credentials::{self, Paths, Place};
use envlint_types::kinds::url::{self, Url, UrlError};

use super::Sink;
use super::joined::Joined;
use crate::{At, Check, ViolationKind};

/// What is expected after the host.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A path like any other.
    Http,
    /// What a server of data makes of it, if there is anything.
    Store,
    /// The name of a database.
    Database,
}

pub(super) fn check(schemes: &[String], shape: Shape, value: &Value, sink: &mut Sink<'_, '_>) {
    let sound = check_interpolated(value, sink);
    let joined = Joined::new(value);
    let paths = match shape {
        Shape::Http => Paths::Http,
        Shape::Store | Shape::Database => Paths::Store,
    };
    if !sound {
        return;
    }
    if let Err((fault, range)) = credentials::check(joined.text(), paths) {
        let kind = ViolationKind::UrlCredentialsUnencoded { fault, interpolated: false };
        return sink.report_at(kind, joined.at(&range));
    }
    match parse(&joined, schemes, shape) {
        Err(error) => sink.report(ViolationKind::UrlScheme(error)),
        Ok(Some(gap)) => {
            if let Some(why) = joined.unknown_in(&gap) {
                sink.unknown(Check::UrlScheme, why);
            }
        }
        Ok(None) => {}
    }
}

pub(super) fn check_origin(value: &Value, sink: &mut Sink<'_, '_>) {
    let joined = Joined::new(value);
    let whole = 0..joined.text().len();
    match origin_fault(&joined, &whole) {
        Some(OriginError::Url(error)) => sink.report(ViolationKind::UrlScheme(error)),
        Some(fault) => sink.report(ViolationKind::OriginForm { fault, item: None }),
        None => {
            if let Some(why) = joined.unknown_in(&whole) {
                sink.unknown(Check::OriginForm, why);
            }
        }
    }
}

/// What is certainly wrong with an origin in a range of a text, whatever stands in its gaps.
pub(super) fn origin_fault(joined: &Joined<'_>, range: &Range<usize>) -> Option<OriginError> {
    let text = joined.text().get(range.clone())?;
    let fault = origin::parse(text).err()?;
    match (fault, scheme_is_open(joined, range)) {
        (OriginError::MissingScheme | OriginError::Url(_), true) => None,
        _ => Some(fault),
    }
}

/// Parses a URL with gaps. `Ok` holds the range of the first part that decides and is not known.
fn parse(
    joined: &Joined<'_>,
    schemes: &[String],
    shape: Shape,
) -> Result<Option<Range<usize>>, UrlError> {
    let text = joined.text();
    if scheme_is_open(joined, &(0..text.len())) {
        return Ok(Some(0..text.len()));
    }
    let parsed = url::parse(text)?;
    url::check_scheme(&parsed, schemes)?;
    if shape == Shape::Database {
        url::check_database(&parsed)?;
    }
    let host_is_a_gap = joined.gaps().any(|(at, ..)| parsed.host == (at..at + 1));
    let deciding = [host_is_a_gap.then(|| parsed.host.clone()), parsed.port.clone()];
    Ok(deciding.into_iter().flatten().find(|range| joined.unknown_in(range).is_some()))
}

/// Whether a text could still get its scheme from a gap: nothing before the first gap rules out
/// that a `scheme://` ends there or later.
fn scheme_is_open(joined: &Joined<'_>, range: &Range<usize>) -> bool {
    let Some(gap) = joined.gaps().map(|(at, ..)| at).find(|at| range.contains(at)) else {
        return false;
    };
    let before = joined.text().get(range.start..gap).unwrap_or("");
    let scheme = before.trim_end_matches('/').strip_suffix(':').unwrap_or(before);
    let cut = &before[scheme.len()..];
    let possible = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    cut.len() < "://".len() && scheme.bytes().all(possible)
}

/// Checks what is interpolated into the user information of a URL, by its place in the text as
/// its author wrote it: what such a piece does to the URL as a whole comes too late to tell.
fn check_interpolated(value: &Value, sink: &mut Sink<'_, '_>) -> bool {
    if value.pieces().len() < 2 {
        if let Some(why) = value.first_unknown() {
            sink.unknown(Check::UrlCredentialsUnencoded, why);
        }
        return true;
    }
    let template = Joined::template(value);
    let Ok(Url { user_info: Some(user_info), .. }) = url::parse(template.text()) else {
        return true;
    };
    let mut sound = true;
    for (at, nth, piece) in template.gaps().filter(|(at, ..)| user_info.contains(at)) {
        let (before, after) = (user_info.start..at, at + 1..user_info.end);
        let place = if template.text()[before.clone()].contains(':') {
            Place::Password
        } else if before.is_empty() && after.is_empty() {
            Place::Both
        } else {
            Place::User
        };
        sound &= check_piece(piece, nth, place, sink);
    }
    sound
}

fn check_piece(piece: &Piece, nth: usize, place: Place, sink: &mut Sink<'_, '_>) -> bool {
    if let Some(why) = piece.unknown() {
        sink.unknown(Check::UrlCredentialsUnencoded, why);
        return true;
    }
    let text = piece.text().unwrap_or("");
    match credentials::check_part(text, place) {
        Ok(()) => true,
        Err(fault) => {
            let kind = ViolationKind::UrlCredentialsUnencoded { fault, interpolated: true };
            sink.report_at(kind, Some(At { piece: nth, range: 0..text.len() }));
            false
        }
    }
}

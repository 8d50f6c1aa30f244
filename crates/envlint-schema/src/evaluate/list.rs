//! Lists, item by item, each with its place in the value.

use std::ops::Range;

use envlint_model::Value;
use envlint_types::kinds::domain::{self, DomainError};
use envlint_types::kinds::list;

use super::joined::Joined;
use super::{Sink, url};
use crate::{Check, Format, Item, ItemError, ViolationKind};

pub(super) fn check(item: Item, value: &Value, sink: &mut Sink<'_, '_>) {
    let joined = Joined::new(value);
    let mut open = None;
    for (nth, range) in list::items(joined.text()).enumerate() {
        match fault(item, nth, &joined, &range) {
            Some(kind) => sink.report_at(kind, joined.at(&range)),
            None => open = open.or_else(|| joined.unknown_in(&range)),
        }
    }
    if let Some(why) = open {
        sink.unknown(Check::ListItemInvalid, why);
    }
}

fn fault(
    item: Item,
    nth: usize,
    joined: &Joined<'_>,
    range: &Range<usize>,
) -> Option<ViolationKind> {
    match item {
        Item::Origin => {
            let fault = url::origin_fault(joined, range)?;
            Some(if fault.is_wildcard() {
                ViolationKind::CorsWildcard { fault, item: nth }
            } else if fault.is_form() {
                ViolationKind::OriginForm { fault, item: Some(nth) }
            } else {
                ViolationKind::ListItemInvalid { item: nth, fault: ItemError::Origin(fault) }
            })
        }
        Item::Format(Format::Domain) => {
            let fault = domain::check(&joined.text()[range.clone()]).err()?;
            // A gap may make a domain of what is none without it, but takes nothing away.
            let certain = fault != DomainError::Form || joined.unknown_in(range).is_none();
            let fault = ItemError::Domain(fault);
            certain.then_some(ViolationKind::ListItemInvalid { item: nth, fault })
        }
        item => {
            let known = joined.unknown_in(range).is_none();
            let wrong = known && !item.accepts(&joined.text()[range.clone()]);
            let fault = ItemError::Other(item);
            wrong.then_some(ViolationKind::ListItemInvalid { item: nth, fault })
        }
    }
}

//! Stands in where nothing could enforce a schema by others.

use std::convert::Infallible;

use serde_json::{Map, Value};

use super::Verdict;

/// A schema that is enforced as it stands. There is none without the feature `foreign`.
#[derive(Clone, PartialEq, Debug)]
pub struct Foreign(Infallible);

/// It has keywords that only the feature `foreign` enforces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("has keywords for which there is no kind; they take the feature `foreign`")]
pub struct ForeignError(());

impl Foreign {
    pub(crate) fn new(_: &Value, _: &Map<String, Value>) -> Result<Self, ForeignError> {
        Err(ForeignError(()))
    }

    /// The schema itself.
    pub fn schema(&self) -> &Value {
        match self.0 {}
    }

    pub(crate) fn judge(&self, _: &str) -> Verdict {
        match self.0 {}
    }

    pub(crate) fn judge_value(&self, _: &Value) -> Verdict {
        match self.0 {}
    }
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Schema;

    #[test]
    fn what_nobody_could_enforce_is_refused() {
        let read = |property| {
            let json = json!({ "properties": { "A": property }, "x-envlint": {} });
            let (whole, described) = (Schema::from_json(&json), Schema::from_described(&json));
            (whole.map(|_| ()).map_err(|error| error.to_string()), described.is_ok())
        };
        let refusal = "has keywords for which there is no kind; they take the feature `foreign`, \
            at /properties/A";
        let by_type = json!({ "type": "array", "items": { "type": "string" } });
        assert_eq!(read(by_type), (Err(refusal.to_owned()), true));
        let by_nobody = json!({ "type": "integer", "multipleOf": 5 });
        assert_eq!(read(by_nobody), (Err(refusal.to_owned()), false));
        assert_eq!(read(json!({ "type": "integer" })), (Ok(()), true));
    }
}

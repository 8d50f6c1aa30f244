//! What a service says about the variables that it reads, and what of it does not hold.
//!
//! A [`Schema`] is plain data. It is written as a Rust type, as JSON Schema or in the manifest's
//! short form, and all three end here. [`evaluate`] holds it against values and is pure: the
//! linter turns its [`Violation`]s into findings with places, the loader turns them into errors,
//! and neither has rules of its own about what a value must be.
//!
//! Three decisions shape it:
//!
//! - **Roles, not names.** What a variable decides ([`Role`]) is declared, so that a rule about
//!   trusted proxies needs no list of what projects call the setting.
//! - **Three values.** What rests on text that is not known is neither right nor wrong, and
//!   what the known part proves is still said.
//! - **No values in the output.** A violation holds names, limits and kinds of mistakes.

mod condition;
mod context;
mod document;
mod effective;
mod endpoint;
mod evaluate;
mod foreign;
mod issuer;
mod json;
mod kind;
mod part;
mod projection;
mod relation;
mod role;
mod schema;
mod short;
mod variable;
mod violation;
mod vocabulary;

pub use condition::Condition;
pub use context::{Context, Values};
pub use document::document;
pub use endpoint::{Endpoint, Endpoints};
pub use envlint_types::kinds::boolean::Reading;
pub use envlint_types::kinds::format::Format;
pub use envlint_types::kinds::key::Encoding;
pub use envlint_types::kinds::quantity::{Measure, Unit};
pub use evaluate::evaluate;
pub use foreign::{Foreign, ForeignError};
pub use json::{RelationForm, SchemaError, ServiceForm};
pub use kind::{Bounds, Item, Kind, Pattern, PatternError, Store, TextRules};
pub use part::{Part, PartOf, UnknownPart};
pub use projection::{EXPRESSED, EXPRESSED_ALWAYS, Expressed, Projection};
pub use relation::{Agreement, AgreementKind, Holds, Member, Relation};
pub use role::{Framework, HostReading, Role, Service, TrustReading};
pub use schema::Schema;
pub use short::{EncodingName, KindName, ReadingName, Scalar, Short, ShortError, When};
pub use variable::{
    Days, Empty, Forbidden, Phases, Requirement, Retired, Secrecy, UnsafeDefault, Variable,
};
pub use violation::{
    About, At, Check, ItemError, Limit, Side, Unverified, Violation, ViolationKind,
};
pub use vocabulary::{
    DIALECT, PROPERTY_EXAMPLES, SERVICE_EXAMPLES, VOCABULARY, dialect, for_editors,
};

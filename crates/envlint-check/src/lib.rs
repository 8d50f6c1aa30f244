//! The rules of envlint, one file each.
//!
//! A rule looks at a [`Context`] and reports outcomes; it never reads files and never sees a
//! value as text unless the schema says that it is public. [`run`] runs the selected ones and
//! settles which of several findings about one mistake is told.

/// The manifest of an example: one service `api` in production that reads `.env`, with these
/// variables.
macro_rules! api {
    ($($variable:literal),+ $(,)?) => {
        concat!(
            "version = 1\n\n[environments]\nproduction = {}\n\n[sources.env]\nfile = \".env\"\n\n",
            "[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\n",
            $($variable, "\n"),+
        )
    };
}

mod allowance;
mod cases;
mod context;
mod drift;
mod engine;
mod gaps;
mod images;
mod meta;
mod proxy;
mod relation;
mod schema;
mod secret;
mod syntax;
mod templates;
mod values;
mod wanted;
mod words;

use envlint_model::Rule;

pub use allowance::{Allowance, Covers};
pub use context::{Context, Use, View};
pub use engine::{Verdict, run};
pub use wanted::Wanted;

/// Every rule, by group and name.
pub fn all_rules() -> impl Iterator<Item = &'static Rule<Context>> + Clone {
    let groups = [
        drift::RULES,
        meta::RULES,
        proxy::RULES,
        relation::RULES,
        schema::RULES,
        secret::RULES,
        syntax::RULES,
    ];
    groups.into_iter().flatten().copied()
}

//! What envlint writes, where everything else in it judges.
//!
//! A schema says all that a person has to know of a service's variables, so nothing that can be
//! derived from it should be kept by hand: not the page that explains the variables, not the
//! template that a colleague copies, not the secrets that nobody has to think up. All are pure
//! functions of schemas. They never see a value of an environment, so they have none to show; of
//! a secret they know that it is one, and what chance makes of it leaves in memory that is wiped.

mod described;
mod draft;
mod fill;
mod generate;
mod prose;
mod reference;
mod spelling;
mod template;

pub use described::{Described, Services};
pub use draft::{ComposeFiles, Draft, FilesSeen, Pattern, Seen, Survey, draft, skeleton};
pub use fill::filled;
pub use generate::{Chance, NoChance, Recipe, Refused, generate, recipes};
pub use reference::reference;
pub use spelling::spelling;
pub use template::template;

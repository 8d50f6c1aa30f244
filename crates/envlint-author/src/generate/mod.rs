//! Values that satisfy a schema, from randomness that the caller brings.
//!
//! Two questions, in this order. May the value be made here at all? What somebody else issues, or
//! what has to be the same as something that exists, looks like any other random text and would
//! be accepted by every check until it meets the one who knows the right one. So whatever is not
//! certainly a matter of chance is refused, with a word on where it comes from. Then: what does
//! it look like? The kind says, or the schema's own command, which is read and never run. What
//! was made is held against the schema before anybody sees it.

mod recipe;

use envlint_model::{Form, Origin, Phase, Reader, Secret, Sources, Truth, Value, Zeroizing};
use envlint_schema::{Check, Context, Schema, Variable, Violation, evaluate};

pub use recipe::{Recipe, recipes};

/// How often a recipe is followed before it counts as one that does not fit: a pattern may ask
/// for a digit that chance left out.
const TRIES: usize = 16;

/// Fills a buffer with bytes that nobody can foretell.
pub type Chance<'a> = dyn FnMut(&mut [u8]) -> Result<(), NoChance> + 'a;

/// The operating system gave no random bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoChance;

/// Why no value is made for a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Continues "cannot generate NAME: ...".
    pub why: String,
    /// What to do instead.
    pub help: String,
}

impl Refused {
    pub(crate) fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into() }
    }
}

/// A value that every one of these takes: one variable, or several that have to hold the same.
/// The first one's kind says what it looks like.
///
/// # Errors
///
/// When the value is not a matter of chance, or when nothing that was tried satisfies all.
pub fn generate(
    members: &[(&Schema, &Variable)],
    chance: &mut Chance<'_>,
) -> Result<Zeroizing<String>, Refused> {
    let mut refused = None;
    for (_, variable) in members {
        for recipe in recipes(variable)? {
            for _ in 0..TRIES {
                let text = recipe.follow(chance).map_err(|NoChance| {
                    Refused::new(
                        "the operating system has no random bytes to give",
                        "try again when the machine has run for a while",
                    )
                })?;
                if members.iter().all(|(schema, variable)| satisfies(schema, variable, &text)) {
                    return Ok(text);
                }
            }
        }
        refused.get_or_insert_with(|| {
            Refused::new(
                "nothing that chance makes satisfies its schema",
                format!("it must be {}", crate::prose::kind(variable, crate::prose::plain)),
            )
        });
    }
    Err(refused.unwrap_or_else(|| Refused::new("nobody reads it", "name a variable of a service")))
}

/// Where the value of a variable comes from, as a page and a template say it: a word for the kind
/// of answer, and the answer. `None` if there is nothing to say.
pub(crate) fn origin(service: &str, variable: &Variable) -> Option<(&'static str, String)> {
    if recipes(variable).is_ok() {
        let command = format!("envlint generate {} --service {service}", variable.name);
        return Some(("To make one", command));
    }
    match (&variable.generate, variable.issuer()) {
        (Some(command), _) => Some(("To make one", command.clone())),
        (None, Some(issuer)) if variable.is_secret() => Some(("Issued by", issuer.to_owned())),
        _ => None,
    }
}

/// Whether a schema finds nothing wrong with a text for one of its variables.
fn satisfies(schema: &Schema, variable: &Variable, text: &Zeroizing<String>) -> bool {
    let sources = Sources::default();
    let nothing = Zeroizing::new(Box::<str>::from(""));
    let nowhere = sources.add("generated".into(), Form::Decrypted, nothing).span(0..0);
    let origin = Origin::new(nowhere, Reader::Names);
    let value = Value::literal(Secret::made(text.clone()), origin);
    let values = std::collections::BTreeMap::from([(variable.name.clone(), value)]);
    let context = Context {
        behind_proxy: Truth::Unknown,
        phase: if variable.phases.contains(Phase::Run) { Phase::Run } else { Phase::Build },
        ..Context::production()
    };
    let found = evaluate(schema, &values, &context);
    !found.iter().any(|violation| is_about(violation, variable))
}

/// Whether a violation is one of the variable's text. Where it may be set at all is another
/// question.
fn is_about(violation: &Violation<'_>, variable: &Variable) -> bool {
    violation.variable().is_some_and(|about| about.name == variable.name)
        && violation.kind.check() != Check::ForbiddenInEnvironment
}

#[cfg(test)]
mod tests {
    use envlint_schema::{Encoding, Format, Kind, Pattern, Secrecy, TextRules};

    use super::*;

    /// Bytes that are random to nobody.
    fn counting() -> impl FnMut(&mut [u8]) -> Result<(), NoChance> {
        let mut next = 0_u8;
        move |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(37);
            }
            Ok(())
        }
    }

    fn made(variable: Variable) -> Result<String, Refused> {
        let mut schema = Schema::new("api");
        schema.insert(variable);
        let variable = &schema.variables()[0];
        generate(&[(&schema, variable)], &mut counting()).map(|text| text.as_str().to_owned())
    }

    fn text(rules: TextRules) -> Variable {
        let mut variable = Variable::new("APP_SECRET", Kind::Text(rules));
        variable.secrecy = Secrecy::Secret;
        variable
    }

    #[test]
    fn a_kind_says_what_a_value_looks_like() {
        let key = |encoding| Variable::new("A", Kind::Key { bytes: 4, encoding });
        assert_eq!(made(key(Encoding::Hex)).unwrap(), "00254a6f");
        assert_eq!(made(key(Encoding::Base64)).unwrap(), "ACVKbw==");
        let token = made(Variable::new("A", Kind::Token { min_length: 80 })).unwrap();
        assert_eq!((token.len(), &token[..4]), (80, "0025"));
        let mut uuid = Variable::new("A", Kind::Format(Format::Uuid));
        uuid.secrecy = Secrecy::Secret;
        assert_eq!(made(uuid).unwrap(), "00254a6f-94b9-4e03-a84d-7297bce1062b");
    }

    #[test]
    fn a_text_keeps_its_limits() {
        let pattern = |pattern| Pattern::new(pattern).ok();
        for (rules, least) in [
            (TextRules::default(), 64),
            (TextRules { min_length: Some(100), ..TextRules::default() }, 100),
            (TextRules { max_length: Some(20), ..TextRules::default() }, 20),
            (TextRules { pattern: pattern("^[A-Z0-9]+$"), ..TextRules::default() }, 32),
            (
                TextRules { pattern: pattern("[a-z].*[A-Z]|[A-Z].*[a-z]"), ..TextRules::default() },
                32,
            ),
        ] {
            assert!(made(text(rules.clone())).unwrap().len() >= least, "{rules:?}");
        }
        for rules in [
            TextRules { max_length: Some(8), ..TextRules::default() },
            TextRules { pattern: pattern("^fixed$"), ..TextRules::default() },
        ] {
            let refused = made(text(rules)).unwrap_err();
            assert_eq!(refused.why, "nothing that chance makes satisfies its schema");
        }
    }

    #[test]
    fn the_schemas_own_command_is_read_and_not_run() {
        let with = |command: &str| {
            let mut variable = text(TextRules::default());
            variable.generate = Some(command.to_owned());
            made(variable)
        };
        assert_eq!(with("openssl rand -hex 2").unwrap(), "0025");
        assert_eq!(with("openssl rand -base64 3").unwrap(), "ACVK");
        assert_eq!(with("uuidgen").unwrap().len(), 36);
        for command in ["openssl rand -hex 0", "openssl rand -hex 99999999", "rm -rf x", ""] {
            let refused = with(command).unwrap_err();
            assert_eq!(refused.why, "its schema names a command for it, and envlint runs none");
        }
    }

    #[test]
    fn several_variables_take_one_value() {
        let mut one = Schema::new("one");
        one.insert(Variable::new("A", Kind::Token { min_length: 16 }));
        let mut other = Schema::new("other");
        other.insert(Variable::new("B", Kind::Key { bytes: 32, encoding: Encoding::Base64 }));
        let members = [(&one, &one.variables()[0]), (&other, &other.variables()[0])];
        let text = generate(&members, &mut counting()).unwrap();
        assert_eq!(text.len(), 44, "hexadecimal digits are no key in Base64");
    }

    #[test]
    fn without_chance_there_is_no_value() {
        let mut schema = Schema::new("api");
        schema.insert(Variable::new("A", Kind::Token { min_length: 16 }));
        let members = [(&schema, &schema.variables()[0])];
        assert!(generate(&members, &mut |_| Err(NoChance)).is_err());
    }
}

//! Values that everybody may see, held against the secrets of all services.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use envlint_model::{Identity, Name, SecretFingerprint, Span, Value};
use envlint_schema::Variable;
use envlint_secrets::{Exposure, SecretPart, may_hold_password, token_form_of};

use super::judged::is_secret;
use super::names;
use crate::Context;
use crate::context::View;
use crate::values::{Held, held_in};

/// Beginnings of names that a bundler copies into what it sends to browsers, and which does.
const PUBLIC_PREFIXES: [(&str, &str); 8] = [
    ("NEXT_PUBLIC_", "Next.js"),
    ("NUXT_PUBLIC_", "Nuxt"),
    ("EXPO_PUBLIC_", "Expo"),
    ("REACT_APP_", "Create React App"),
    ("VUE_APP_", "Vue CLI"),
    ("GATSBY_", "Gatsby"),
    ("VITE_", "Vite"),
    ("PUBLIC_", "the bundler (SvelteKit, Astro)"),
];

/// A name that a bundler copies to browsers: the beginning that says so, who acts on it, and
/// the rest.
pub(super) fn public_name(name: &str) -> Option<(&'static str, &'static str, &str)> {
    PUBLIC_PREFIXES
        .into_iter()
        .find_map(|(prefix, who)| Some((prefix, who, name.strip_prefix(prefix)?)))
}

/// What shows that a value is a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// It is the value of this variable of this service.
    SameAs(Name, Name),
    /// It has the form of this: `a GitHub token`.
    Form(&'static str),
}

/// The secrets of one environment, by what their values are. One that could be guessed is not
/// among them: a password that is also a user's name makes no secret of the name.
pub(super) struct Secrets<'a> {
    context: &'a Context,
    by_value: BTreeMap<Key<'a>, Held<'a>>,
    /// For each variable that some service of the project has as a secret, the first of these.
    owners: OnceCell<HashMap<&'a str, &'a Name>>,
}

/// What two equal values have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Text(SecretFingerprint),
    Unknown(Identity<'a>),
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::SameAs(name, service) => write!(f, "the same text as {name} of {service}"),
            Evidence::Form(form) => f.write_str(form),
        }
    }
}

impl<'a> Secrets<'a> {
    pub(super) fn of(context: &'a Context, view: &'a View) -> Self {
        let mut by_value = BTreeMap::new();
        let secrets = held_in(context, view)
            .filter(|held| is_secret(held) && public_name(held.name).is_none());
        for held in secrets.filter(|held| is_strong(context, &held.setting.value)) {
            if let Some(key) = key(context, &held.setting.value) {
                by_value.entry(key).or_insert(held);
            }
        }
        Self { context, by_value, owners: OnceCell::new() }
    }

    /// What shows that a value is a secret, if anything does.
    pub(super) fn evidence(&self, held: &Held<'a>) -> Option<Evidence> {
        let value = &held.setting.value;
        let other = self.same(value).filter(|secret| secret.name != held.name);
        let form = || token_form_of(value).filter(|form| form.exposure() == Exposure::Secret);
        match other {
            Some(secret) => {
                let service = secret.workload.service.clone();
                Some(Evidence::SameAs(secret.name.clone(), service))
            }
            None => form().map(|form| Evidence::Form(form.name())),
        }
    }

    /// The secret that has the same text, if there is one.
    pub(super) fn same(&self, value: &'a Value) -> Option<&Held<'a>> {
        key(self.context, value).and_then(|key| self.by_value.get(&key))
    }

    /// What says that a variable of this name is a secret: a service of the project that has a
    /// secret of this name, or the name itself.
    pub(super) fn named(&self, name: &str) -> Option<String> {
        match self.owners.get_or_init(|| owners(self.context)).get(name) {
            Some(owner) => Some(format!("{name} is a secret of {owner}")),
            None => names::says_secret_anywhere(name)
                .then(|| "its name says that it is a secret".to_owned()),
        }
    }
}

fn owners(context: &Context) -> HashMap<&str, &Name> {
    let mut owners = HashMap::new();
    for each in context.uses() {
        for secret in each.schema.variables().iter().filter(|variable| variable.is_secret()) {
            owners.entry(secret.name.as_str()).or_insert(&each.workload.service);
        }
    }
    owners
}

fn key<'a>(context: &Context, value: &'a Value) -> Option<Key<'a>> {
    match value.pieces() {
        [] => None,
        [piece] if piece.unknown().is_some() => piece.unknown()?.identity().map(Key::Unknown),
        _ => context.equality.fingerprint(value).map(Key::Text),
    }
}

/// Whether a secret could not have come to be twice by chance, as far as is known.
fn is_strong(context: &Context, value: &Value) -> bool {
    match SecretPart::of(value) {
        Ok(Some(part)) => part.placeholder().is_none() && context.weakness(value, &part).is_none(),
        Ok(None) => false,
        Err(_) => true,
    }
}

impl Context {
    /// Where texts stand that a schema calls public and that are secrets all the same. No report
    /// may show them.
    pub fn exposed_places(&self) -> BTreeSet<Span> {
        let mut places = BTreeSet::new();
        for view in &self.views {
            let secrets = Secrets::of(self, view);
            let public =
                held_in(self, view).filter(|held| held.variable().is_some_and(Variable::is_public));
            let exposed = public.filter(|held| {
                may_hold_password(&held.setting.value) || secrets.evidence(held).is_some()
            });
            for held in exposed {
                places.insert(held.setting.value.origin().span);
                places.extend(held.setting.value.pieces().iter().map(|piece| piece.origin.span));
            }
        }
        places
    }
}

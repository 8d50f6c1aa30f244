//! Files that hold secrets, and who else can read them.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    FilePath, Finding, Form, Reader, Rule, Scope, Span, Subject, SubjectKind, Unverifiable,
};
use envlint_parse::mounts::secret_mounts;
use envlint_secrets::SecretPart;

use super::judged::is_secret;
use crate::Context;
use crate::context::View;
use crate::images::compose_files;
use crate::templates::is_template;
use crate::values::{Held, held_in};

/// Reading and writing, by the file's group and by everybody else.
pub(super) const GROUP: u32 = 0o060;
pub(super) const OTHERS: u32 = 0o006;

/// A file of the machine with secrets that somebody could read who can read the file.
#[derive(Default)]
pub(crate) struct SecretFile {
    /// Where its secrets stand, in its order; where Compose names it, if it is one secret.
    places: BTreeSet<Span>,
    /// The processes that read them.
    scopes: BTreeSet<Scope>,
    /// Whether production gets them from here.
    pub(super) in_production: bool,
    /// Whether it is one that Compose mounts into containers, with its permissions.
    pub(super) is_mounted: bool,
}

/// The files with secrets, by their paths.
pub(crate) type SecretFiles = BTreeMap<FilePath, SecretFile>;

impl SecretFile {
    /// How many secrets the file holds: `a secret`, `4 secrets`.
    pub(super) fn secrets(&self) -> String {
        match self.places.len() {
            0 | 1 => "a secret".to_owned(),
            several => format!("{several} secrets"),
        }
    }

    /// `it` or `them`.
    pub(super) fn them(&self) -> &'static str {
        if self.places.len() > 1 { "them" } else { "it" }
    }

    /// A finding about the file, at its first secret.
    pub(super) fn finding(
        &self,
        rule: &Rule<Context>,
        path: &FilePath,
        message: String,
    ) -> Finding {
        let subject = Subject::new(SubjectKind::File, path.as_str());
        let finding = rule.finding(subject, message).scopes(self.scopes.iter().cloned());
        let label = if self.places.len() > 1 { "the first of them" } else { "" };
        match self.places.first() {
            Some(place) => finding.at(*place, label),
            None => finding,
        }
    }
}

/// That a rule can not tell what git makes of a file.
pub(super) fn not_understood(rule: &Rule<Context>, path: &FilePath) -> Unverifiable {
    Unverifiable {
        rule: rule.name,
        subject: Subject::new(SubjectKind::File, path.as_str()),
        reason: "is in a git repository whose index is not understood".to_owned(),
        span: None,
        scopes: Vec::new(),
    }
}

/// The files that processes get secrets from as they lie on the disk, and those that Compose
/// mounts as secrets. Templates are not among them: they have a rule of their own.
pub(crate) fn secret_files(context: &Context) -> SecretFiles {
    let mut files = SecretFiles::new();
    for view in &context.views {
        for held in held_in(context, view).filter(is_secret) {
            for (path, place) in places(context, &held) {
                let file = files.entry(path).or_default();
                file.places.insert(place);
                file.scopes.insert(held.scope());
                file.in_production |= view.is_production();
            }
        }
        for (path, place) in mounted(context, view) {
            let file = files.entry(path).or_default();
            file.places.insert(place);
            file.in_production |= view.is_production();
            file.is_mounted = true;
        }
    }
    files.retain(|path, _| !is_template(path));
    files
}

/// Where the secret part of a value stands, in files that hold variables and nothing else.
fn places<'a>(context: &'a Context, held: &Held<'a>) -> Vec<(FilePath, Span)> {
    let value = &held.setting.value;
    let Ok(Some(part)) = SecretPart::of(value) else { return Vec::new() };
    if !is_kept_from_strangers(context, held, &part) {
        return Vec::new();
    }
    let pieces = value.pieces().iter().enumerate();
    let pieces = pieces.filter(|(at, _)| part.piece().is_none_or(|only| only == *at));
    let origins = pieces.map(|(_, piece)| &piece.origin);
    let origins = origins.filter(|origin| Reader::DOTENV.contains(&origin.reader));
    origins
        .filter_map(|origin| {
            let source = context.documents.sources().get(origin.span.file)?;
            (source.form() == Form::Plain).then(|| (source.path().clone(), origin.span))
        })
        .collect()
}

/// The files that Compose mounts as secrets and that are there, and where it names them.
fn mounted(context: &Context, view: &View) -> Vec<(FilePath, Span)> {
    let mut found = Vec::new();
    for (directory, documents) in compose_files(context, &view.deployment.environment) {
        let mounts = secret_mounts(documents.iter().map(|each| &each.document), &directory);
        found.extend(mounts.into_values().map(|mount| (mount.file, mount.place)));
    }
    let files = context.documents.files();
    found.retain(|(path, _)| files.metadata(path).is_some_and(|file| !file.directory));
    found
}

/// Whether a value is one that strangers must not have. Nobody has to keep a placeholder, what
/// software is delivered with or what is published, and rules of their own speak of these. On a
/// laptop a password may be one that everybody would guess.
pub(super) fn is_kept_from_strangers(
    context: &Context,
    held: &Held<'_>,
    part: &SecretPart,
) -> bool {
    let known = part.placeholder().is_some() || part.default_credential().is_some();
    let guarded =
        || held.view.is_production() || context.weakness(&held.setting.value, part).is_none();
    !known && guarded()
}

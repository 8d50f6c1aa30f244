use std::collections::BTreeMap;

use envlint_model::{
    FilePath, Finding, InGit, Kept, Outcomes, Severity, Span, Subject, SubjectKind, declare_rule,
};

use super::kept::{GROUP, OTHERS, not_understood};
use crate::Context;

declare_rule! {
    /// an identity that decrypts the project's files is in git, or can be read by others
    ///
    /// Whoever has the identity can decrypt every file that was ever encrypted to it, those of
    /// old commits included. Looked at are the files that `identities` of an environment names
    /// in the manifest, unless they are encrypted by a passphrase themselves. One that git does
    /// not ignore, though it has not got it yet, and one that a group may read are warnings.
    ///
    /// A path that begins with `~` is not looked at: whose home that is, is not known here.
    /// Where nothing is known of git or of modes, nothing is flagged.
    ///
    /// ## Instead
    ///
    /// Keep the identity outside of the repository (`~/.config/envlint/production.txt`, mode
    /// 600). If it was in git: make a new one, encrypt the files to it alone, and replace the
    /// secrets in them, since old commits can still be decrypted.
    pub(crate) static RULE: Rule<Context> = {
        name: "identity-exposed",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "an identity in the repository" {
                "envlint.toml" => "version = 1\n\n[environments.production]\nidentities = [\"keys/production.txt\"]\n",
                "keys/production.txt" kept Kept::in_git(InGit::Tracked) => "# CANARY: no identity that opens anything\n",
            }
            fails "an identity that everybody on the machine reads" {
                "envlint.toml" => "version = 1\n\n[environments.production]\nidentities = [\"/etc/polyant/identity.txt\"]\n",
                "/etc/polyant/identity.txt" kept Kept::with_mode(0o644) => "# CANARY: no identity that opens anything\n",
            }
            passes "an identity of its own, ignored and closed" {
                "envlint.toml" => "version = 1\n\n[environments.production]\nidentities = [\"production.txt\"]\n",
                "production.txt" kept Kept { mode: Some(0o600), git: Some(InGit::Ignored) } => "# CANARY: no identity that opens anything\n",
            }
            passes "an identity behind a passphrase" {
                "envlint.toml" => "version = 1\n\n[environments.production]\nidentities = [\"production.age\"]\n",
                "production.age" kept Kept::in_git(InGit::Tracked) => "age-encryption.org/v1\n-> scrypt CANARY 18\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let mut named: BTreeMap<FilePath, Vec<&str>> = BTreeMap::new();
    for view in &context.views {
        let environment = &view.deployment.environment;
        for path in environment.identities.iter().filter(|path| !path.starts_with('~')) {
            named.entry(FilePath::new(path)).or_default().push(&environment.name);
        }
    }
    // An encrypted one is for whoever knows the passphrase; one that is not there has been told.
    named.retain(|path, _| context.is_in_clear(path));
    if named.is_empty() {
        return;
    }
    let files = context.documents.files();
    for (path, environments) in &named {
        let mode = files.metadata(path).and_then(|file| file.mode);
        let git = context.in_git(path);
        match exposure(git, mode) {
            None if git == Some(InGit::Unknown) => {
                outcomes.unverifiable(not_understood(&RULE, path));
            }
            None => outcomes.pass(),
            Some(exposure) => {
                let places = environments.iter().filter_map(|name| place(context, name));
                let finding = word(path, environments, exposure);
                outcomes.finding(places.fold(finding, |finding, place| finding.at(place, "")));
            }
        }
    }
}

/// Where the manifest names the identities of an environment.
fn place(context: &Context, environment: &str) -> Option<Span> {
    let manifest = context.documents.toml(context.project.manifest.as_ref()?.path()).ok()?;
    let environments = manifest.document.root()?.get("environments")?;
    Some(environments.value.get(environment)?.value.get("identities")?.key.span())
}

/// Who else has an identity: the severity, how the message says it, and what to do first.
fn exposure(git: Option<InGit>, mode: Option<u32>) -> Option<(Severity, &'static str, Todo)> {
    let mode = mode.unwrap_or(0);
    match git {
        Some(InGit::Tracked) => Some((Severity::Error, "is tracked by git", Todo::Replace)),
        _ if mode & OTHERS != 0 => {
            Some((Severity::Error, "is open to every account of the machine", Todo::Close))
        }
        Some(InGit::Untracked) => Some((
            Severity::Warning,
            "lies in the repository, and git does not ignore it",
            Todo::Move,
        )),
        _ if mode & GROUP != 0 => {
            Some((Severity::Warning, "is open to its whole group", Todo::Close))
        }
        _ => None,
    }
}

/// What to do about an identity.
enum Todo {
    Replace,
    Close,
    Move,
}

fn word(
    path: &FilePath,
    environments: &[&str],
    (severity, how, todo): (Severity, &str, Todo),
) -> Finding {
    let environments = crate::words::series(environments, "and");
    let write = match todo {
        Todo::Replace => {
            "a new identity outside of the repository, the files encrypted to it, and new secrets \
             in them"
                .to_owned()
        }
        Todo::Close => format!("`chmod 600 {path}`"),
        Todo::Move => "the identity outside of the repository, such as below ~/.config".to_owned(),
    };
    RULE.finding(
        Subject::new(SubjectKind::File, path.as_str()),
        format!("{path}, an identity of {environments}, {how}"),
    )
    .severity(severity)
    .happens(format!("whoever has it can decrypt the secrets of {environments}, old ones included"))
    .write(write)
}

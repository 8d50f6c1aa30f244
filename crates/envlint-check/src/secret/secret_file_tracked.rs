use envlint_model::{FilePath, Finding, InGit, Kept, Outcomes, Severity, declare_rule};

use super::kept::{SecretFile, not_understood};
use crate::Context;

declare_rule! {
    /// a file with secrets is in git, or one `git add .` away from it
    ///
    /// Whoever can read the repository has the secrets, and its history keeps them after the
    /// file is gone. A file that git does not ignore gets there with the next `git add .`; that
    /// is a warning.
    ///
    /// Looked at are files that services get secrets from as they lie on the disk, and those
    /// that Compose mounts as secrets. Of a link the file is judged that it leads to: of the
    /// link itself git keeps where it leads, and nothing of what is there. A file whose secrets
    /// are placeholders, or where production's rules do not apply easy to guess, may be shared;
    /// so may a template, about which `template-holds-secret` has its say, and an encrypted
    /// file.
    ///
    /// What ignores a file is a `.gitignore` or the repository's own `info/exclude`. A list of
    /// one's own (`core.excludesFile`) does not count: the next person has the same file and
    /// another list. Outside of a repository nothing is flagged.
    ///
    /// ## Instead
    ///
    /// Take the file out of the index (`git rm --cached .env`), name it in `.gitignore`, and
    /// make new secrets: the old ones stay in the history. A file that is to be shared can be
    /// encrypted.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-file-tracked",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a file that was committed" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }", "API_TOKEN = { type = \"token\" }"),
                ".env" kept Kept::in_git(InGit::Tracked) => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\nAPI_TOKEN=CANARY-q3Vn7Lw2Xc9Rt5Yz\n",
            }
            fails "a file that nothing ignores" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" kept Kept::in_git(InGit::Untracked) => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "a secret that Compose mounts" {
                "compose.yaml" => "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    secrets: [db]\nsecrets:\n  db:\n    file: ./db-password.txt\n",
                "db-password.txt" kept Kept::in_git(InGit::Tracked) => "CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "a file that git ignores" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" kept Kept::in_git(InGit::Ignored) => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "what is no secret" {
                "envlint.toml" => api!("PORT = { type = \"port\" }", "AUTH_SECRET = { type = \"token\" }"),
                ".env" kept Kept::in_git(InGit::Tracked) => "PORT=3000\nAUTH_SECRET=changeme\n",
            }
            passes "the passwords of laptops" {
                "compose.yaml" => "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n",
                ".env" kept Kept::in_git(InGit::Tracked) => "DB_PASSWORD=devpassword\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for (path, file) in context.secret_files() {
        match context.in_git(path) {
            Some(InGit::Tracked) => outcomes.finding(tracked(path, file)),
            Some(InGit::Untracked) => outcomes.finding(untracked(path, file)),
            Some(InGit::Ignored) => outcomes.pass(),
            Some(InGit::Unknown) => outcomes.unverifiable(not_understood(&RULE, path)),
            None => {}
        }
    }
}

fn tracked(path: &FilePath, file: &SecretFile) -> Finding {
    let them = file.them();
    let name = path.file_name();
    file.finding(&RULE, path, format!("{path} holds {} and is tracked by git", file.secrets()))
        .happens(format!(
            "whoever can read the repository has {them}, and its history keeps {them}"
        ))
        .write(format!(
            "`git rm --cached {path}`, a line for {name} in .gitignore, and new secrets in it"
        ))
}

fn untracked(path: &FilePath, file: &SecretFile) -> Finding {
    file.finding(
        &RULE,
        path,
        format!("{path} holds {}, and git does not ignore it", file.secrets()),
    )
    .severity(Severity::Warning)
    .happens(format!("the next `git add .` takes {} into the repository", file.them()))
    .write(format!("{} in .gitignore", path.file_name()))
}

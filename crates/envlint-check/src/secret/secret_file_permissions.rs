use envlint_model::{FilePath, Finding, Kept, Outcomes, Severity, declare_rule};

use super::kept::{GROUP, OTHERS, SecretFile};
use crate::Context;

declare_rule! {
    /// a file with secrets of production can be read by others
    ///
    /// Every account of the machine reads it: that of a service that somebody broke into, of a
    /// build, of a backup. A file that only its group reads is a warning, since a group may have
    /// been made for that.
    ///
    /// Of a link the file is judged that it leads to; the mode of a link itself means nothing.
    /// Secrets that Compose mounts are not judged: a container sees them with the modes that they
    /// have outside, and a process in it that is not their owner needs them readable. Where files
    /// have no such modes (Windows), and where production's rules do not apply, nothing is
    /// flagged: nearly every laptop makes files that others may read.
    ///
    /// ## Instead
    ///
    /// `chmod 600 .env`, by the account that starts the services.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-file-permissions",
        group: "secret",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["secret-file-tracked"],
        check: check,
        examples: [
            fails "a file as it is made by default" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" kept Kept::with_mode(0o644) => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "a file for a group" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" kept Kept::with_mode(0o640) => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "a file for its owner" {
                "envlint.toml" => api!("AUTH_SECRET = { type = \"token\" }"),
                ".env" kept Kept::with_mode(0o600) => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "a file without secrets" {
                "envlint.toml" => api!("PORT = { type = \"port\" }"),
                ".env" kept Kept::with_mode(0o644) => "PORT=3000\n",
            }
            passes "a laptop" {
                "envlint.toml" => "version = 1\n\n[environments]\nlocal = {}\n\n[sources.env]\nfile = \".env\"\n\n[services.api]\nsources = [\"env\"]\n\n[services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n",
                ".env" kept Kept::with_mode(0o644) => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let files = context.secret_files();
    let judged = files.iter().filter(|(_, file)| file.in_production && !file.is_mounted);
    for (path, file) in judged {
        let metadata = context.documents.files().metadata(path);
        match metadata.and_then(|metadata| metadata.mode) {
            None => {}
            Some(mode) if mode & (GROUP | OTHERS) == 0 => outcomes.pass(),
            Some(mode) => outcomes.finding(word(path, file, mode)),
        }
    }
}

fn word(path: &FilePath, file: &SecretFile, mode: u32) -> Finding {
    let (severity, who) = match mode & OTHERS {
        0 => (Severity::Warning, "its whole group"),
        _ => (Severity::Error, "every account of the machine"),
    };
    let secrets = file.secrets();
    let message = format!("{path} holds {secrets} and is open to {who} (mode {mode:03o})");
    file.finding(&RULE, path, message)
        .severity(severity)
        .happens(format!("a process of another account can use {}", file.them()))
        .write(format!("`chmod 600 {path}`"))
}

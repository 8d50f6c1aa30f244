use std::collections::BTreeMap;

use envlint_model::{FilePath, Finding, Outcomes, Severity, Span, declare_rule};
use envlint_parse::builds::Build;

use super::kept::SecretFile;
use crate::Context;
use crate::images::{docker_ignore, images};
use crate::words::Services;

declare_rule! {
    /// a build copies a file with secrets
    ///
    /// `COPY . .` takes everything that `.dockerignore` does not keep out. In the image itself
    /// the file stays for whoever can pull it, also if a later step deletes it; that is an
    /// error. In a stage that only helps to build, it stays in the builder's cache, and in every
    /// image that is made of that stage.
    ///
    /// `.dockerignore` looks like `.gitignore` and means something else: every pattern begins at
    /// the root of the context, so that `.env` leaves `web/.env` in. A file of this name beside
    /// the Dockerfile (`Dockerfile.dockerignore`) takes the place of the one in the context.
    /// Judged are images that Compose builds. Of a source that refers to variables, and of a
    /// `COPY` with `--exclude`, it is not known what it takes, and nothing is said.
    ///
    /// ## Instead
    ///
    /// Write `**/.env*` into `.dockerignore`, or copy only what the build needs. A secret that a
    /// build needs is mounted: `RUN --mount=type=secret,id=npm_token`.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-file-in-build-context",
        group: "secret",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "everything is copied into the image" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: .\n    env_file: .env\n",
                "Dockerfile" => "FROM node:22\nCOPY . .\nCMD [\"node\", \"main.js\"]\n",
                ".env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "a pattern that is anchored at the root" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: .\n    env_file: api/.env\n",
                "Dockerfile" => "FROM node:22 AS build\nCOPY api/ ./api/\nRUN npm run build\n\nFROM node:22\nCOPY --from=build /api/dist ./dist\n",
                ".dockerignore" => ".env\n",
                "api/.env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "what is ignored at every depth" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: .\n    env_file: api/.env\n",
                "Dockerfile" => "FROM node:22\nCOPY . .\n",
                ".dockerignore" => "**/.env*\n",
                "api/.env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            passes "only what is needed" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nAUTH_SECRET = { type = \"token\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: .\n    env_file: .env\n",
                "Dockerfile" => "FROM node:22\nCOPY package.json src/ ./\n",
                ".env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

/// The builds that copy one file.
#[derive(Default)]
struct Copies {
    /// What copies it, and whether into the image itself.
    places: BTreeMap<Span, bool>,
    services: Vec<String>,
    /// What could keep it out.
    ignore: Option<FilePath>,
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let files = context.secret_files();
    if files.is_empty() {
        return;
    }
    let mut copied: BTreeMap<&FilePath, Copies> = BTreeMap::new();
    for view in &context.views {
        for (service, image) in images(context, &view.deployment.environment) {
            let (ignore_file, ignore) = docker_ignore(&context.documents, &image.build);
            for path in files.keys() {
                let Some(inside) = in_context(&image.build, path) else { continue };
                let Some(taken) = image.takes(inside).filter(|_| !ignore.ignores(inside)) else {
                    continue;
                };
                let copies = copied.entry(path).or_default();
                copies.places.insert(taken.place, taken.in_image);
                copies.services.push(service.to_string());
                copies.ignore.get_or_insert_with(|| ignore_file.clone());
            }
        }
    }
    for (path, file) in files {
        match copied.get(path) {
            Some(copies) => outcomes.finding(word(path, file, copies)),
            None => outcomes.pass(),
        }
    }
}

/// The path of a file as seen from a build's context, if it lies in it.
fn in_context<'a>(build: &Build, path: &'a FilePath) -> Option<&'a str> {
    let context = build.context.as_str();
    let inside = path.as_str().strip_prefix(context).filter(|_| path.is_below(&build.context))?;
    Some(inside.trim_start_matches('/'))
}

fn word(path: &FilePath, file: &SecretFile, copies: &Copies) -> Finding {
    let in_image = copies.places.values().any(|in_image| *in_image);
    let services = Services::new(copies.services.iter().map(String::as_str));
    let (severity, where_to) = match in_image {
        true => (Severity::Error, services.word("the image of", "the images of")),
        false => (Severity::Warning, services.word("a stage that builds", "stages that build")),
    };
    let (secrets, them) = (file.secrets(), file.them());
    let message = format!("{path} holds {secrets} and is copied into {where_to} {services}");
    let happens = match in_image {
        true => format!(
            "whoever can pull the image can read {them}, also if a later step deletes the file"
        ),
        false => format!(
            "the builder's cache keeps {them}, and so does every image that is made of that stage"
        ),
    };
    let ignore = copies.ignore.as_ref().map_or(".dockerignore", FilePath::as_str);
    let mut finding = file
        .finding(&RULE, path, message)
        .severity(severity)
        .happens(happens)
        .write(format!("`**/{}` in {ignore}", path.file_name()));
    for place in copies.places.keys() {
        finding = finding.at(*place, "copies it");
    }
    // What is to be changed comes first.
    finding.labels.rotate_right(copies.places.len());
    finding
}

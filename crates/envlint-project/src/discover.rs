//! Which files of a repository concern envlint, by their names alone: nothing is read here.

use envlint_model::{FilePath, Files, ReadError};

/// The manifest's file name.
pub const MANIFEST: &str = "envlint.toml";

/// Compose's own names for its file, in the order in which it looks for them, each with the
/// override files that it adds on its own (compose-go `cli/options.go`).
const COMPOSE: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const COMPOSE_OVERRIDE: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// How names of encrypted files end: by age, and by sops as its documentation names them.
const ENCRYPTED: [&str; 6] = [".age", ".enc.yaml", ".enc.yml", ".enc.json", ".enc.env", ".enc.ini"];

/// How templates of dotenv files end that are named after a service, or without the first dot.
/// Other endings are not taken: `config.env.ts` is code.
const TEMPLATES: [&str; 4] = ["env.dist", "env.example", "env.sample", "env.template"];

/// Files that were found, by what they are; each list is sorted.
#[derive(Default)]
pub struct Discovered {
    /// The Compose files that `docker compose` would use in the checked directory.
    pub compose: Vec<FilePath>,
    /// nginx configurations.
    pub nginx: Vec<FilePath>,
    /// Dotenv files.
    pub dotenv: Vec<FilePath>,
    /// age files, and SOPS files by the names that people give them.
    pub encrypted: Vec<FilePath>,
    /// Files that concern envlint and that it can not read, each with the reason.
    pub unread: Vec<(FilePath, &'static str)>,
    /// Directories that could not be listed, and bounds that were hit.
    pub problems: Vec<ReadError>,
}

/// Looks at the names of all files below the checked directory.
pub fn discover(files: &dyn Files) -> Discovered {
    let walk = files.walk();
    let mut found = Discovered { problems: walk.problems, ..Discovered::default() };
    for path in &walk.files {
        match kind(path) {
            Some(Kind::Nginx) => found.nginx.push(path.clone()),
            Some(Kind::Dotenv) => found.dotenv.push(path.clone()),
            Some(Kind::Encrypted) => found.encrypted.push(path.clone()),
            Some(Kind::Unread(why)) => found.unread.push((path.clone(), why)),
            None => {}
        }
    }
    let first_of = |names: &[&str]| {
        names.iter().map(|name| FilePath::new(name)).find(|name| walk.files.contains(name))
    };
    if let Some(base) = first_of(&COMPOSE) {
        found.compose = std::iter::once(base).chain(first_of(&COMPOSE_OVERRIDE)).collect();
    }
    found
}

enum Kind {
    Nginx,
    Dotenv,
    Encrypted,
    Unread(&'static str),
}

fn kind(path: &FilePath) -> Option<Kind> {
    let name = path.file_name();
    let of_nginx = path.as_str().split('/').any(|part| part.contains("nginx"));
    if name == MANIFEST && path.as_str() != MANIFEST {
        return Some(Kind::Unread("has a manifest of its own: check its directory by itself"));
    }
    if ENCRYPTED.iter().any(|end| name.ends_with(end)) {
        return Some(Kind::Encrypted);
    }
    let is_template = TEMPLATES.iter().any(|end| name.ends_with(end));
    if name == ".env" || name.starts_with(".env.") || name.ends_with(".env") || is_template {
        return Some(Kind::Dotenv);
    }
    match () {
        () if of_nginx && name.ends_with(".conf") => Some(Kind::Nginx),
        () if of_nginx && (name.ends_with(".conf.template") || name.ends_with(".conf.j2")) => {
            Some(Kind::Unread("is a template, which is not read"))
        }
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use envlint_model::MemoryFiles;

    #[test]
    fn files_are_told_apart_by_name() {
        let mut files = MemoryFiles::new();
        for path in [
            ".env",
            ".envrc",
            "api/.env.production",
            "config.env.ts",
            "deploy/engine.env.example",
            "compose.override.yml",
            "docker-compose.yml",
            "edge/nginx.conf",
            "etc/nginx/sites/api.conf",
            "etc/redis.conf",
            "nginx/site.conf.template",
            "nested/envlint.toml",
            "secrets/production.env.age",
            "secrets/prod.enc.yaml",
        ] {
            files.insert(path, "");
        }
        let found = discover(&files);
        let names = |paths: &[FilePath]| paths.iter().map(FilePath::to_string).collect::<Vec<_>>();
        assert_eq!(names(&found.compose), ["docker-compose.yml", "compose.override.yml"]);
        assert_eq!(names(&found.nginx), ["edge/nginx.conf", "etc/nginx/sites/api.conf"]);
        assert_eq!(
            names(&found.dotenv),
            [".env", "api/.env.production", "deploy/engine.env.example"]
        );
        assert_eq!(
            names(&found.encrypted),
            ["secrets/prod.enc.yaml", "secrets/production.env.age"]
        );
        let unread: Vec<_> = found.unread.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(unread, ["nested/envlint.toml", "nginx/site.conf.template"]);
    }
}

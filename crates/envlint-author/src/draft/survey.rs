//! What the names of files tell.

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::FilePath;

/// Compose's own names for its file, in the order in which it looks for them.
const COMPOSE: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Names that people give to environments, sorted. Others may be names of anything:
/// `compose.monitoring.yaml` is no environment.
const ENVIRONMENTS: [&str; 19] = [
    "canary",
    "ci",
    "demo",
    "dev",
    "development",
    "e2e",
    "live",
    "local",
    "preprod",
    "preview",
    "prod",
    "production",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "test",
    "testing",
    "uat",
];

/// Those of them that the rules of production are meant for, beside `production`.
const LIKE_PRODUCTION: [&str; 6] = ["live", "preprod", "prod", "stage", "staging", "uat"];

/// What templates of environment files end with.
const TEMPLATES: [&str; 7] =
    ["default", "defaults", "dist", "example", "sample", "schema", "template"];

/// What stands in for the name of an environment in a path.
const ANY: &str = "{environment}";

/// What is known of a repository by the names of its files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Survey {
    /// Each environment, and the file that names it.
    pub environments: BTreeMap<String, FilePath>,
    /// The Compose file that is used, and the pattern of those over it.
    pub compose: Option<ComposeFiles>,
    /// Further Compose files, in other directories.
    pub other_compose: Vec<FilePath>,
    /// Dotenv files that a program reads; one pattern for those of several environments.
    pub dotenv: Vec<Pattern>,
    /// The same, encrypted.
    pub vaults: Vec<Pattern>,
    /// nginx configurations.
    pub nginx: Vec<FilePath>,
    /// Directories with a program for Node.js.
    node: BTreeSet<FilePath>,
}

/// A Compose project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ComposeFiles {
    /// The file.
    pub base: FilePath,
    /// What is laid over it, by environment.
    pub over: Option<Pattern>,
}

/// A path, or one for each of several environments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// The path, perhaps with `{environment}` in it.
    pub path: String,
    /// The environments that there is one for; none if it is the same everywhere.
    pub environments: BTreeSet<String>,
}

impl Survey {
    /// Looks at the names of files, relative to the root of a project and sorted.
    pub fn of(files: &[FilePath], nginx: &[FilePath]) -> Self {
        let mut survey = Self { nginx: nginx.to_vec(), ..Self::default() };
        let is_base = |file: &&FilePath| COMPOSE.contains(&file.file_name());
        let mut bases: Vec<&FilePath> = files.iter().filter(is_base).collect();
        let rank = |file: &FilePath| COMPOSE.iter().position(|name| *name == file.file_name());
        bases.sort_by_key(|file| (depth(file), file.parent(), rank(file)));
        bases.dedup_by_key(|file| file.parent());
        let mut bases = bases.into_iter();
        if let Some(base) = bases.next() {
            let over = survey.patterns(files, |file| {
                let (stem, ending) = base.file_name().rsplit_once('.')?;
                let between = file.file_name().strip_prefix(stem)?.strip_prefix('.')?;
                let environment = between.strip_suffix(ending)?.strip_suffix('.')?;
                (file.parent() == base.parent()).then(|| environment.to_owned())
            });
            survey.compose =
                Some(ComposeFiles { base: base.clone(), over: over.into_iter().next() });
        }
        survey.other_compose = bases.cloned().collect();
        survey.dotenv = survey.patterns(files, |file| dotenv(file.file_name()));
        survey.vaults =
            survey.patterns(files, |file| dotenv(file.file_name().strip_suffix(".age")?));
        let programs = files.iter().filter(|file| file.file_name() == "package.json");
        survey.node = programs.map(FilePath::parent).collect();
        survey
    }

    /// Whether there is nothing to write about.
    pub fn is_empty(&self) -> bool {
        self.compose.is_none()
            && self.dotenv.is_empty()
            && self.vaults.is_empty()
            && self.nginx.is_empty()
    }

    /// Whether Compose interpolates with a file.
    pub(crate) fn is_launch(&self, file: &Pattern) -> bool {
        let of_compose =
            |compose: &ComposeFiles| compose.base.parent().join(".env").as_str() == file.path;
        self.compose.as_ref().is_some_and(of_compose)
    }

    /// Whether a program for Node.js stands beside a file.
    pub(crate) fn is_node(&self, pattern: &Pattern) -> bool {
        self.node.contains(&FilePath::new(&pattern.path).parent())
    }

    /// The files that `environment_of` takes, each with the environment that its name tells, an
    /// empty text if it tells none. Those that differ in an environment's name are one pattern.
    fn patterns(
        &mut self,
        files: &[FilePath],
        environment_of: impl Fn(&FilePath) -> Option<String>,
    ) -> Vec<Pattern> {
        let mut patterns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in files {
            let Some(name) = environment_of(file) else { continue };
            if name.is_empty() {
                patterns.entry(file.to_string()).or_default();
            } else if ENVIRONMENTS.contains(&name.as_str()) {
                let directory = file.parent();
                let path = directory.join(&file.file_name().replacen(&name, ANY, 1));
                patterns.entry(path.to_string()).or_default().insert(name.clone());
                self.environments.entry(name).or_insert_with(|| file.clone());
            }
        }
        let pattern = |(path, environments)| Pattern { path, environments };
        patterns.into_iter().map(pattern).collect()
    }
}

impl Pattern {
    /// The path in one environment.
    pub(crate) fn in_environment(&self, environment: &str) -> FilePath {
        FilePath::new(&self.path.replace(ANY, environment))
    }
}

/// Whether the rules of production are meant for an environment, and its name does not say so.
pub(crate) fn is_like_production(environment: &str) -> bool {
    LIKE_PRODUCTION.contains(&environment)
}

/// The environment in the name of a dotenv file, empty if there is none; `None` for another file
/// and for a template. `.env.local` is what one developer has, and deployed nowhere.
fn dotenv(name: &str) -> Option<String> {
    let environment = match name.strip_prefix(".env") {
        Some("") => "",
        Some(rest) => rest.strip_prefix('.')?,
        None => name.strip_suffix(".env")?,
    };
    let is_template = environment.split('.').any(|part| TEMPLATES.contains(&part));
    let is_local = name.starts_with(".env.") && environment.split('.').any(|part| part == "local");
    if is_template || is_local {
        return None;
    }
    match ENVIRONMENTS.contains(&environment) {
        true => Some(environment.to_owned()),
        // `engine.env` is somebody's, in every environment.
        false => Some(String::new()),
    }
}

fn depth(file: &FilePath) -> usize {
    file.as_str().matches('/').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(files: &[&str]) -> Survey {
        let mut files: Vec<FilePath> = files.iter().map(|file| FilePath::new(file)).collect();
        files.sort();
        Survey::of(&files, &[])
    }

    fn shown(patterns: &[Pattern]) -> Vec<String> {
        let one = |pattern: &Pattern| {
            let names: Vec<&str> = pattern.environments.iter().map(String::as_str).collect();
            format!("{} {}", pattern.path, names.join(",")).trim().to_owned()
        };
        patterns.iter().map(one).collect()
    }

    #[test]
    fn environments_are_told_by_names_that_people_give_them() {
        let found = survey(&[
            "docker-compose.yml",
            "docker-compose.override.yml",
            "docker-compose.monitoring.yml",
            "docker-compose.production.yml",
            "docker-compose.staging.yml",
            "secrets/production.env.age",
            "secrets/key.age",
            "api/.env.test",
        ]);
        let names: Vec<&str> = found.environments.keys().map(String::as_str).collect();
        assert_eq!(names, ["production", "staging", "test"]);
        let over = found.compose.unwrap().over.unwrap();
        assert_eq!(shown(&[over]), ["docker-compose.{environment}.yml production,staging"]);
        assert_eq!(shown(&found.vaults), ["secrets/{environment}.env.age production"]);
        assert_eq!(shown(&found.dotenv), ["api/.env.{environment} test"]);
    }

    #[test]
    fn templates_and_what_one_developer_has_are_no_sources() {
        let found = survey(&[".env.example", "a/.env.local", "b/.env", "web.env", "x.env.sample"]);
        assert_eq!(shown(&found.dotenv), ["b/.env", "web.env"]);
        assert!(survey(&["README.md", ".env.example"]).is_empty());
    }

    #[test]
    fn the_compose_file_nearest_to_the_root_is_used() {
        let found = survey(&["b/compose.yaml", "a/x/compose.yaml", "a/docker-compose.yml"]);
        assert_eq!(found.compose.unwrap().base.as_str(), "a/docker-compose.yml");
        let others: Vec<&str> = found.other_compose.iter().map(FilePath::as_str).collect();
        assert_eq!(others, ["b/compose.yaml", "a/x/compose.yaml"]);
    }

    #[test]
    fn names_are_sorted() {
        assert!(ENVIRONMENTS.is_sorted() && LIKE_PRODUCTION.is_sorted() && TEMPLATES.is_sorted());
    }
}

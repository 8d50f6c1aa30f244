//! `.dockerignore`: what of a directory is kept from a build.
//!
//! It looks like `.gitignore` and means something else (moby/patternmatcher, as BuildKit uses it).
//! Every pattern begins at the root of the context, so `.env` leaves `web/.env` in; `**/.env` does
//! not. A pattern that stands for a directory stands for all that is in it. The last pattern that
//! speaks of a file decides, and a `!` brings back also what lies in a directory that is left
//! out. A `#` begins a comment at the start of a line only.

use envlint_model::{FilePath, SourceFile};

use crate::glob::Glob;

/// The most patterns that are read of one file.
pub const MAX_PATTERNS: usize = 1_000;

/// What a file says.
#[derive(Default)]
pub struct DockerIgnore(Vec<Pattern>);

struct Pattern {
    glob: Glob,
    brings_back: bool,
}

/// Reads a file. A pattern that Docker refuses, with the whole build, ignores nothing.
pub fn parse(file: &SourceFile) -> DockerIgnore {
    let text = file.text();
    let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
    DockerIgnore(lines.filter_map(pattern).take(MAX_PATTERNS).collect())
}

fn pattern(line: &str) -> Option<Pattern> {
    let text = line.trim();
    if line.starts_with('#') || text.is_empty() {
        return None;
    }
    let (text, brings_back) = match text.strip_prefix('!') {
        Some(text) => (text.trim(), true),
        None => (text, false),
    };
    let path = FilePath::new(text);
    let path = path.as_str().trim_start_matches('/');
    let glob = Glob::with_directories(path).filter(|_| !path.is_empty())?;
    Some(Pattern { glob, brings_back })
}

impl DockerIgnore {
    /// Whether a file, whose path starts at the context, is kept from the build.
    pub fn ignores(&self, path: &str) -> bool {
        let speaks = self.0.iter().rfind(|pattern| pattern.glob.matches_within(path));
        speaks.is_some_and(|pattern| !pattern.brings_back)
    }
}

#[cfg(test)]
mod tests {
    use envlint_model::{Form, Sources};
    use proptest::prelude::*;

    use super::*;

    fn ignores(text: &str, path: &str) -> bool {
        let text = text.to_owned().into_boxed_str().into();
        parse(&Sources::default().add(".dockerignore".into(), Form::Plain, text)).ignores(path)
    }

    #[test]
    fn patterns_mean_what_they_mean_to_docker() {
        for (text, path, ignored) in [
            (".env\n", ".env", true),
            (".env\n", "web/.env", false),
            ("/.env\n", ".env", true),
            ("./web/../.env\n", ".env", true),
            ("**/.env\n", "web/.env", true),
            ("web\n", "web/deep/.env", true),
            ("web/\n", "web/.env", true),
            ("*\n!src\n", ".env", true),
            ("*\n!src\n", "src/.env", false),
            ("*\n!src\nsrc/.env\n", "src/.env", true),
            ("!.env\n*\n", ".env", true),
            ("# .env\n", ".env", false),
            (" # .env\n", "# .env", true),
            ("\u{feff}.env\r\n", ".env", true),
            (".env*\n!.env.example\n", ".env.local", true),
            (".env*\n!.env.example\n", ".env.example", false),
            ("!\n.\n/\n[\n", ".env", false),
            (".env.local\n", "packages/web/.env.local", false),
        ] {
            assert_eq!(ignores(text, path), ignored, "{text:?} {path}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn nothing_panics_and_the_last_word_counts(text in "[ -~\n*!/\\[\\]\\\\]{0,60}", path in "[a-z./]{1,20}") {
            let (out, back) = (format!("{text}\n**"), format!("{text}\n!**"));
            prop_assert!(ignores(&out, &path));
            prop_assert!(!ignores(&back, &path));
        }
    }
}

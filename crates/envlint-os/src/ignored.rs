//! What `.gitignore` files say, inside a git repository or not.
//!
//! The patterns are matched by the `ignore` crate. Its own walk is not used, for three reasons:
//! it reads ignore files of any size, it obeys the configuration of the person who runs it (so
//! that two machines would check different files), and it can not let `.env` through where a
//! project ignores it, which nearly all do.

use std::path::Path;
use std::rc::Rc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::read::read_file;

/// The most bytes of `.gitignore` files that one walk obeys, all of them together. The patterns
/// of those beyond it are not applied, so that more files are looked at, not fewer.
pub const MAX_IGNORE_BYTES: u64 = 256 * 1024;

/// The ignore files that hold in a directory: its own first, then those above.
#[derive(Clone, Default)]
pub(crate) struct Ignored(Option<Rc<Layer>>);

struct Layer {
    own: Gitignore,
    above: Ignored,
}

impl Ignored {
    /// What holds in `directory` because of the directories above it, up to the root of the
    /// repository that it lies in. Outside a repository nothing above counts.
    pub(crate) fn above(directory: &Path, budget: &mut u64) -> Self {
        let Some(repository) = repository_of(directory) else { return Self::default() };
        let inside = |above: &&Path| above.starts_with(repository);
        let nearest_first: Vec<&Path> = directory.ancestors().skip(1).take_while(inside).collect();
        let outermost_first = nearest_first.into_iter().rev();
        outermost_first.fold(Self::default(), |ignored, above| ignored.enter(above, budget))
    }

    /// What holds in `directory`, which lies directly in the one that `self` is about.
    pub(crate) fn enter(&self, directory: &Path, budget: &mut u64) -> Self {
        self.with(&directory.join(".gitignore"), directory, budget)
    }

    /// The same, and before it the patterns of `file`, which start at `directory`.
    pub(crate) fn with(&self, file: &Path, directory: &Path, budget: &mut u64) -> Self {
        let Ok(bytes) = read_file(file, *budget) else {
            return self.clone();
        };
        *budget -= bytes.len() as u64;
        let mut patterns = GitignoreBuilder::new(directory);
        for line in String::from_utf8_lossy(&bytes).lines() {
            // git passes over a pattern that it can not read, and so do we.
            let _ = patterns.add_line(None, line.trim_start_matches('\u{feff}'));
        }
        match patterns.build() {
            Ok(own) if !own.is_empty() => Self(Some(Rc::new(Layer { own, above: self.clone() }))),
            _ => self.clone(),
        }
    }

    /// Whether the nearest pattern that speaks about `path` ignores it.
    pub(crate) fn ignores(&self, path: &Path, directory: bool) -> bool {
        let layers = std::iter::successors(self.0.as_deref(), |layer| layer.above.0.as_deref());
        layers
            .map(|layer| layer.own.matched(path, directory))
            .find(|found| !found.is_none())
            .is_some_and(|found| found.is_ignore())
    }
}

/// The root of the git repository that a directory lies in.
pub(crate) fn repository_of(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|directory| directory.join(".git").exists())
}

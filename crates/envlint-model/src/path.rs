use std::fmt;
use std::sync::Arc;

/// A file's path as envlint speaks of it: UTF-8, separated by `/`, relative to the checked
/// directory or absolute, without `.` and without a `..` that could be resolved.
///
/// One spelling per file makes paths comparable, sortable and the same in every report,
/// whatever the operating system.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(Arc<str>);

impl FilePath {
    /// Normalises `path`: `\` is kept (it is a legal character in names), `.` and empty parts
    /// vanish, `a/../b` becomes `b`, a leading `..` stays.
    pub fn new(path: &str) -> Self {
        let absolute = path.starts_with('/');
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => match parts.last() {
                    Some(&last) if last != ".." => {
                        parts.pop();
                    }
                    _ if absolute => {}
                    _ => parts.push(".."),
                },
                name => parts.push(name),
            }
        }
        let joined = parts.join("/");
        Self(if absolute { format!("/{joined}").into() } else { joined.into() })
    }

    /// The path as text; the root of the check is the empty string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part: `compose.yaml` of `deploy/compose.yaml`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The directory that holds this file; the root for a bare name.
    pub fn parent(&self) -> FilePath {
        match self.0.rfind('/') {
            Some(0) => FilePath("/".into()),
            Some(at) => FilePath(self.0[..at].into()),
            None => FilePath("".into()),
        }
    }

    /// `other` as seen from this directory; an absolute `other` stands for itself.
    pub fn join(&self, other: &str) -> FilePath {
        if other.starts_with('/') || self.0.is_empty() {
            FilePath::new(other)
        } else {
            FilePath::new(&format!("{}/{other}", self.0))
        }
    }

    /// Whether the path is absolute, and so outside of what the check was asked to look at
    /// unless it says otherwise.
    pub fn is_absolute(&self) -> bool {
        self.0.starts_with('/')
    }

    /// Whether this file lies in `directory` or below it.
    pub fn is_below(&self, directory: &FilePath) -> bool {
        match directory.0.is_empty() {
            true => !self.is_absolute() && !self.0.starts_with(".."),
            false => self.0.strip_prefix(&*directory.0).is_some_and(|rest| rest.starts_with('/')),
        }
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl Default for FilePath {
    /// The root of the check.
    fn default() -> Self {
        Self::new("")
    }
}

impl From<&str> for FilePath {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

#[cfg(test)]
mod tests {
    use super::FilePath;

    #[test]
    fn one_spelling_per_file() {
        for (written, meant) in [
            ("./a//b/../c", "a/c"),
            ("/x/../../y", "/y"),
            ("../a", "../a"),
            ("a/../../b", "../b"),
            ("", ""),
        ] {
            assert_eq!(FilePath::new(written).as_str(), meant, "{written}");
        }
    }

    #[test]
    fn joins_from_the_directory_that_names_the_file() {
        let compose = FilePath::new("deploy/compose.yaml");
        assert_eq!(compose.parent().join("../.env").as_str(), ".env");
        assert_eq!(compose.parent().join("/etc/app.env").as_str(), "/etc/app.env");
        assert_eq!(FilePath::new("/app.env").parent().as_str(), "/");
        assert!(compose.is_below(&FilePath::new("")));
        assert!(!FilePath::new("deployment/x").is_below(&FilePath::new("deploy")));
        assert!(!FilePath::new("/etc/app.env").is_below(&FilePath::new("")));
        assert!(!FilePath::new("../x").is_below(&FilePath::new("")));
    }
}

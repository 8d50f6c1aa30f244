//! Patterns of paths as Docker has them, in time linear in pattern and path together.
//!
//! `*` and `?` stand for anything but `/`, `[a-z]` and `[^a-z]` for one character, `\` takes the
//! meaning of what follows. In `.dockerignore` files `**` stands for any number of directories,
//! none included (moby/patternmatcher); elsewhere it is two `*` (Go's `filepath.Match`).

/// A pattern.
pub(crate) struct Glob(Vec<Token>);

enum Token {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// `**` before something: nothing, or whatever ends with `/`.
    Directories,
    /// `**` at the end.
    Everything,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// A pattern of a `.dockerignore` file; `None` for one that Docker refuses.
    pub(crate) fn with_directories(pattern: &str) -> Option<Self> {
        Self::new(pattern, true)
    }

    /// A pattern of one level of directories for each of its parts.
    pub(crate) fn plain(pattern: &str) -> Option<Self> {
        Self::new(pattern, false)
    }

    fn new(pattern: &str, deep: bool) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut rest = pattern.chars().peekable();
        while let Some(c) = rest.next() {
            tokens.push(match c {
                '*' if deep && rest.next_if_eq(&'*').is_some() => {
                    rest.next_if_eq(&'/');
                    match rest.peek() {
                        None => Token::Everything,
                        Some(_) => Token::Directories,
                    }
                }
                '*' => Token::Many,
                '?' => Token::One,
                '[' => class(&mut rest)?,
                '\\' => Token::Char(rest.next()?),
                c => Token::Char(c),
            });
        }
        Some(Self(tokens))
    }

    /// Whether the pattern stands for the path or for a directory that it lies in.
    pub(crate) fn matches_within(&self, path: &str) -> bool {
        let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
        parents.chain([path]).any(|path| self.matches(path))
    }

    /// Whether the pattern stands for the whole path.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.chars().collect();
        let length = path.len();
        // For each place in the path, whether the tokens from here on match the rest of it.
        let mut after = vec![false; length + 1];
        after[length] = true;
        for token in self.0.iter().rev() {
            let mut here = vec![false; length + 1];
            // Whether a `/` follows somewhere after which the rest matches.
            let mut behind_slash = false;
            for at in (0..=length).rev() {
                let next = path.get(at).copied();
                let step = next.is_some() && after[at + 1];
                let again = next.is_some() && here[at + 1];
                behind_slash |= next == Some('/') && step;
                here[at] = match token {
                    Token::Char(c) => next == Some(*c) && step,
                    Token::One => next != Some('/') && step,
                    Token::Class { negated, ranges } => {
                        let within = |c| ranges.iter().any(|(a, b)| (*a..=*b).contains(&c));
                        next.is_some_and(|c| c != '/' && within(c) != *negated) && step
                    }
                    Token::Many => after[at] || next != Some('/') && again,
                    Token::Everything => after[at] || again,
                    Token::Directories => after[at] || behind_slash,
                };
            }
            after = here;
        }
        after[0]
    }
}

/// The rest of a class, from behind its `[`; `None` if it does not end, or holds nothing.
fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let negated = rest.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let first = match rest.next()? {
            ']' if !ranges.is_empty() => return Some(Token::Class { negated, ranges }),
            ']' | '-' => return None,
            '\\' => rest.next()?,
            c => c,
        };
        let last = match rest.next_if_eq(&'-') {
            None => first,
            Some(_) => match rest.next()? {
                ']' | '-' => return None,
                '\\' => rest.next()?,
                c => c,
            },
        };
        ranges.push((first, last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_paths() {
        for (pattern, path, stands) in [
            (".env", ".env", true),
            (".env", "web/.env", false),
            ("*.env", "a.env", true),
            ("*.env", "web/a.env", false),
            ("**/.env", ".env", true),
            ("**/.env", "a/b/.env", true),
            ("**/.env", "a/b.env", false),
            ("**.env", "a/b/.env", true),
            ("web/**", "web/a/b", true),
            ("web/**", "web", false),
            ("**", "a/b", true),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("a?c", "a/c", false),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("[^a-c]x", "/x", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("a.b", "aXb", false),
        ] {
            let glob = Glob::with_directories(pattern).unwrap();
            assert_eq!(glob.matches(path), stands, "{pattern} {path}");
        }
        assert!(!Glob::plain("**/b").unwrap().matches("b"));
        assert!(!Glob::plain("**/b").unwrap().matches("a/x/b"));
        for refused in ["[", "[]", "[a-", "[-a]", "a\\"] {
            assert!(Glob::with_directories(refused).is_none(), "{refused}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_linear_time() {
        let (pattern, path) = ("*a".repeat(2_000), "a".repeat(2_000) + "b");
        assert!(!Glob::with_directories(&pattern).unwrap().matches(&path));
    }
}

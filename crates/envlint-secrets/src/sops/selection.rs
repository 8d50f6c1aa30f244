use std::fmt;

use regex::{Regex, RegexBuilder};

use super::error::{Problem, SopsError};
use super::raw::Flat;

/// The most memory that a compiled pattern may take, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// What leaves a value in clear when the file names no rule.
const DEFAULT_SUFFIX: &str = "_unencrypted";

/// The rule that says which values of a file are encrypted. It is asked of every name that leads
/// to a value, or of the comments before it.
pub struct Selection {
    rule: SelectionRule,
    encrypts: bool,
    matcher: Matcher,
    text: String,
}

/// The rules that sops has for what is encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelectionRule {
    /// Everything but what is below a name that ends so.
    UnencryptedSuffix,
    /// Only what is below a name that ends so.
    EncryptedSuffix,
    /// Everything but what is below a name that matches.
    UnencryptedRegex,
    /// Only what is below a name that matches.
    EncryptedRegex,
    /// Everything but what a matching comment stands before.
    UnencryptedCommentRegex,
    /// Only what a matching comment stands before.
    EncryptedCommentRegex,
}

enum Matcher {
    Suffix,
    Pattern(Regex),
}

impl SelectionRule {
    /// All of them.
    pub const ALL: [SelectionRule; 6] = [
        SelectionRule::UnencryptedSuffix,
        SelectionRule::EncryptedSuffix,
        SelectionRule::UnencryptedRegex,
        SelectionRule::EncryptedRegex,
        SelectionRule::UnencryptedCommentRegex,
        SelectionRule::EncryptedCommentRegex,
    ];

    /// Its name in metadata and in `.sops.yaml`.
    pub fn as_str(self) -> &'static str {
        match self {
            SelectionRule::UnencryptedSuffix => "unencrypted_suffix",
            SelectionRule::EncryptedSuffix => "encrypted_suffix",
            SelectionRule::UnencryptedRegex => "unencrypted_regex",
            SelectionRule::EncryptedRegex => "encrypted_regex",
            SelectionRule::UnencryptedCommentRegex => "unencrypted_comment_regex",
            SelectionRule::EncryptedCommentRegex => "encrypted_comment_regex",
        }
    }

    fn encrypts(self) -> bool {
        use SelectionRule::{EncryptedCommentRegex, EncryptedRegex, EncryptedSuffix};
        matches!(self, EncryptedSuffix | EncryptedRegex | EncryptedCommentRegex)
    }

    fn is_of_comments(self) -> bool {
        use SelectionRule::{EncryptedCommentRegex, UnencryptedCommentRegex};
        matches!(self, UnencryptedCommentRegex | EncryptedCommentRegex)
    }

    fn is_suffix(self) -> bool {
        matches!(self, SelectionRule::UnencryptedSuffix | SelectionRule::EncryptedSuffix)
    }
}

impl Selection {
    /// The rule of a file's metadata. An empty one counts as none.
    pub(super) fn of(metadata: &[Flat]) -> Result<Self, SopsError> {
        let mut found = metadata.iter().filter_map(|flat| {
            let rule = SelectionRule::ALL.into_iter().find(|rule| rule.as_str() == flat.name)?;
            (!flat.text.is_empty()).then_some((rule, flat))
        });
        let Some((rule, flat)) = found.next() else {
            return Self::new(SelectionRule::UnencryptedSuffix, DEFAULT_SUFFIX)
                .map_err(SopsError::from);
        };
        if let Some((_, second)) = found.next() {
            return Err(SopsError::at(second.span, Problem::TwoRules));
        }
        Self::new(rule, flat.text.expose()).map_err(|problem| SopsError::at(flat.span, problem))
    }

    fn new(rule: SelectionRule, text: &str) -> Result<Self, Problem> {
        let matcher = match rule.is_suffix() {
            true => Matcher::Suffix,
            false => Matcher::Pattern(
                RegexBuilder::new(text)
                    .size_limit(MAX_PATTERN_BYTES)
                    .build()
                    .map_err(|_| Problem::Pattern(rule.as_str()))?,
            ),
        };
        Ok(Self { rule, encrypts: rule.encrypts(), matcher, text: text.to_owned() })
    }

    /// Which rule it is.
    pub fn rule(&self) -> SelectionRule {
        self.rule
    }

    /// The suffix or pattern. It is public, as all metadata is.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the rule speaks of a name.
    pub(super) fn matches_name(&self, name: &str) -> bool {
        !self.rule.is_of_comments() && self.matches(name)
    }

    /// Whether the rule speaks of a comment, given without its marker.
    pub(super) fn matches_comment(&self, comment: &str) -> bool {
        self.rule.is_of_comments() && self.matches(comment)
    }

    fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Suffix => text.ends_with(&self.text),
            Matcher::Pattern(pattern) => pattern.is_match(text),
        }
    }

    /// Whether a value is encrypted, given whether the rule speaks of anything that leads to it.
    pub(super) fn encrypts(&self, is_matched: bool) -> bool {
        is_matched == self.encrypts
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule.as_str(), self.text)
    }
}

//! `.sops.yaml`: which file is to be encrypted for whom.
//!
//! sops takes the first rule that fits a path, which it holds from the file's directory on, and
//! a rule without a pattern fits all. People keep the names of recipients beside their keys: as
//! a YAML anchor (`&alice age1...`), or as a comment behind or above. That is the only place
//! where a recipient has a name, so it is read.

use envlint_model::{Span, SyntaxError};
use envlint_parse::tree::{Document, Kind, Node};
use regex::Regex;

use super::metadata::shown;
use super::selection::SelectionRule;

/// The rules of a `.sops.yaml`.
#[derive(Default)]
pub struct CreationRules {
    rules: Vec<CreationRule>,
}

/// One rule: for which paths, for whom, and what is encrypted.
pub struct CreationRule {
    /// Where it stands.
    pub span: Span,
    /// The groups of recipients: one without `key_groups`.
    pub groups: Vec<Vec<RuleRecipient>>,
    /// Whether keys of other kinds than age are named.
    pub has_other_keys: bool,
    /// How many groups are needed; `None` for all of them.
    pub threshold: Option<usize>,
    /// Which values are encrypted, with the suffix or pattern. sops refuses more than one.
    pub selection: Vec<(SelectionRule, String)>,
    /// Whether the MAC leaves out what stands in clear.
    pub mac_only_encrypted: bool,
    pattern: Pattern,
}

/// For which paths a rule is.
enum Pattern {
    Any,
    Matching(Regex),
    /// No regular expression: sops stops there with an error.
    Broken,
}

/// A recipient as a rule names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleRecipient {
    /// `age1...` or an SSH public key; public.
    pub recipient: String,
    /// What people call it: the anchor or the comment beside it.
    pub name: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// The lists of keys of other kinds.
const OTHER_KEYS: &[&str] = &[
    "azure_keyvault",
    "gcp_kms",
    "hc_vault",
    "hc_vault_transit_uri",
    "hckms",
    "kms",
    "pgp",
    "plugins",
];

/// How deep groups may merge groups.
const MERGES: usize = 8;

impl CreationRules {
    /// Reads the rules, and what in them sops could not use.
    pub fn parse(document: &Document) -> (Self, Vec<SyntaxError>) {
        let mut reading = Reading { document, errors: Vec::new() };
        let rules = document
            .root()
            .and_then(|root| root.get("creation_rules"))
            .map(|field| field.value.elements().map(|rule| reading.rule(rule.node)).collect())
            .unwrap_or_default();
        (Self { rules }, reading.errors)
    }

    /// All rules, in the order of trying.
    pub fn all(&self) -> &[CreationRule] {
        &self.rules
    }

    /// The rule for a file, by its path from the directory of `.sops.yaml` on. `None` if none
    /// fits, or if one that is tried before is broken: sops then encrypts nothing.
    pub fn for_path(&self, path: &str) -> Option<&CreationRule> {
        let tried = self.rules.iter().find(|rule| match &rule.pattern {
            Pattern::Any | Pattern::Broken => true,
            Pattern::Matching(pattern) => pattern.is_match(path),
        })?;
        (!matches!(tried.pattern, Pattern::Broken)).then_some(tried)
    }

    /// What people call a recipient, in any rule.
    pub fn name_of(&self, recipient: &str) -> Option<&str> {
        let named = self.rules.iter().flat_map(CreationRule::recipients);
        let mut named = named.filter(|named| named.recipient == recipient);
        named.find_map(|named| named.name.as_deref())
    }
}

impl CreationRule {
    /// All age recipients, of all groups.
    pub fn recipients(&self) -> impl Iterator<Item = &RuleRecipient> {
        self.groups.iter().flatten()
    }
}

struct Reading<'a> {
    document: &'a Document,
    errors: Vec<SyntaxError>,
}

impl Reading<'_> {
    fn rule(&mut self, node: Node<'_>) -> CreationRule {
        let text =
            |name: &str| node.get(name).and_then(|field| field.value.resolve().node.expose());
        let groups = node.get("key_groups").map(|field| field.value.resolve().node);
        let groups: Vec<Node<'_>> =
            groups.iter().flat_map(|groups| groups.elements()).map(|group| group.node).collect();
        let selection = SelectionRule::ALL
            .into_iter()
            .filter_map(|rule| Some((rule, text(rule.as_str())?.to_owned())))
            .filter(|(_, text)| !text.is_empty());
        CreationRule {
            span: node.span(),
            has_other_keys: groups.iter().any(|group| has_other_keys(*group, MERGES))
                || has_other_keys(node, 0),
            threshold: text("shamir_threshold").and_then(|text| text.parse().ok()),
            selection: selection.collect(),
            mac_only_encrypted: text("mac_only_encrypted") == Some("true"),
            pattern: self.pattern(node),
            groups: match groups.is_empty() {
                true => vec![self.recipients(node, 0)],
                false => groups.into_iter().map(|group| self.recipients(group, MERGES)).collect(),
            },
        }
    }

    fn pattern(&mut self, node: Node<'_>) -> Pattern {
        let written = node.get("path_regex").map(|field| field.value.resolve().node);
        match written.and_then(|node| Some((node.span(), node.expose()?))) {
            None | Some((_, "")) => Pattern::Any,
            Some((span, text)) => match Regex::new(text) {
                Ok(pattern) => Pattern::Matching(pattern),
                Err(_) => {
                    let error = SyntaxError::new(span, "this is no regular expression")
                        .with_help("sops gives up here and tries no rule after this one");
                    self.errors.push(error);
                    Pattern::Broken
                }
            },
        }
    }

    /// The age recipients of a rule or a group, and of the groups that it merges.
    fn recipients(&self, node: Node<'_>, merges: usize) -> Vec<RuleRecipient> {
        let mut found = Vec::new();
        if let Some(inner) = node.get("merge").filter(|_| merges > 0) {
            for group in inner.value.elements() {
                found.extend(self.recipients(group.node, merges - 1));
            }
        }
        if let Some(age) = node.get("age") {
            let value = age.value.resolve().node;
            match value.kind() {
                Kind::Sequence(items) => items.for_each(|item| self.listed(item, &mut found)),
                _ => self.listed(age.value, &mut found),
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|recipient| seen.insert(recipient.recipient.clone()));
        found
    }

    /// One item, which may be several recipients between commas.
    fn listed(&self, item: Node<'_>, found: &mut Vec<RuleRecipient>) {
        let text = item.resolve().node.expose().unwrap_or_default();
        let recipients: Vec<&str> =
            text.split(',').map(str::trim).filter(|recipient| !recipient.is_empty()).collect();
        let name = match recipients.as_slice() {
            [_] => self.name(item),
            _ => None,
        };
        found.extend(recipients.into_iter().map(|recipient| RuleRecipient {
            recipient: shown(recipient),
            name: name.clone(),
            span: item.span(),
        }));
    }

    /// The alias that stands for a recipient, the comment behind it, or the one above.
    fn name(&self, item: Node<'_>) -> Option<String> {
        let source = self.document.source();
        let (text, span) = (source.text(), item.span());
        if let Some(anchor) = source.slice(span).strip_prefix('*') {
            return Some(shown(anchor));
        }
        let comments = self.document.comments();
        let next = comments.partition_point(|comment| comment.start < span.end);
        let behind = comments.get(next).filter(|comment| {
            text.get(span.end as usize..comment.start as usize)
                .is_some_and(|between| between.bytes().all(|byte| byte == b' ' || byte == b'\t'))
        });
        // Above means on the line before, with nothing but a dash between.
        let above = || {
            let before = comments.get(next.checked_sub(1)?)?;
            let between = text.get(before.end as usize..span.start as usize)?;
            let line = source.line_around(before.start);
            let is_alone = source.slice(line).trim_start().starts_with('#');
            let is_next = between.matches('\n').count() == 1
                && between.chars().all(|character| " \t\r\n-".contains(character));
            (is_alone && is_next).then_some(before)
        };
        let comment = behind.or_else(above)?;
        let name = source.slice(*comment).trim_start_matches('#').trim();
        (!name.is_empty()).then(|| shown(name))
    }
}

/// Whether keys of other kinds are named in a rule or group.
fn has_other_keys(node: Node<'_>, merges: usize) -> bool {
    let is_named = |name: &&str| {
        node.get(name).is_some_and(|field| {
            let value = field.value.resolve().node;
            value.items().len() > 0 || value.expose().is_some_and(|text| !text.is_empty())
        })
    };
    let merged = node.get("merge").filter(|_| merges > 0);
    OTHER_KEYS.iter().any(is_named)
        || merged.is_some_and(|inner| {
            inner.value.elements().any(|group| has_other_keys(group.node, merges - 1))
        })
}

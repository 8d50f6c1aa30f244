//! SARIF 2.1.0, for GitHub code scanning and every other reader of the standard.
//!
//! The subset is what passes Microsoft's validator with its GitHub rules and the schema of the
//! standard without an error or a warning (`tests/validate-sarif.sh`), decided as follows:
//!
//! - **No snippets and no contexts.** They hold source lines, and lines hold secrets.
//! - **Fingerprints come from names.** `primaryLocationLineHash` is what GitHub tells alerts
//!   apart by. Its own computes it from the line's text, which changes with the secret; ours is
//!   the finding's fingerprint, in GitHub's form of 16 hexadecimal digits and a count.
//! - **What could not be verified is a notification, not a result.** `"kind": "open"` says just
//!   that, but GitHub reads no `kind` and would raise an alert for each value in a vault. As
//!   notifications of the invocation they are in the log and nobody's alert.
//! - **One location per result.** GitHub shows the first one only. The other places of a finding
//!   are related locations.
//! - **A result without a place stands at the report's anchor**, because GitHub rejects a result
//!   without a location.
//! - **An encrypted file is marked at its start.** The finding's line exists in memory only; the
//!   message tells it.
//! - **Help has an address as well as a text.** A rule's page lies in the repository that the
//!   package names as its own, so there is no host to keep alive beside it.
//! - **No fixes.** They would have to hold what they move, and that may be a secret.

use std::collections::BTreeMap;

use envlint_model::{Confidence, FilePath, Severity};
use serde::Serialize;

use crate::machine::{OnDisk, by_severity, sentence, to_json, told, uri};
use crate::{Located, NotVerified, Place, Report, RuleDoc};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The base of all relative addresses: the root of the repository, wherever that is.
const ROOT: &str = "%SRCROOT%";

/// Groups whose rules are about safety, so that GitHub ranks their alerts by a score.
const SECURITY_GROUPS: [&str; 3] = ["nginx", "proxy", "secret"];

/// The report as SARIF 2.1.0. `rules` are all that ran, in the order in which they are listed;
/// `base` is the checked directory as seen from the root of the repository.
pub fn sarif(report: &Report, rules: &[RuleDoc], base: &FilePath) -> String {
    let indices = rules.iter().enumerate().map(|(at, rule)| (rule.name, at)).collect();
    let context = Context { anchor: report.anchor.as_ref(), base, indices };
    let findings = by_severity(&report.findings);
    to_json(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: Driver::new(&report.version, rules) },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: report
                    .unverified
                    .iter()
                    .map(|open| context.notification(open))
                    .chain(left_out(report))
                    .collect(),
            }],
            original_uri_base_ids: BTreeMap::from([(
                ROOT,
                BaseId { description: Message::new("The root of the repository.") },
            )]),
            column_kind: "unicodeCodePoints",
            results: findings.into_iter().map(|finding| context.result(finding)).collect(),
        }],
    })
}

/// What results are made with.
struct Context<'a> {
    anchor: Option<&'a FilePath>,
    base: &'a FilePath,
    indices: BTreeMap<&'static str, usize>,
}

impl Context<'_> {
    fn result(&self, finding: &Located) -> Reported {
        let mut places = finding.places.iter();
        let location = places.next().map_or_else(|| self.anchor(), |place| self.location(place));
        let related = places.enumerate().map(|(at, place)| Location {
            id: Some(at + 1),
            message: Some(Message::new(sentence(&OnDisk::new(place, self.base).text))),
            ..self.location(place)
        });
        let sentences: Vec<String> =
            told(finding, self.base).iter().map(|line| sentence(line)).collect();
        let fingerprint = finding.fingerprint.to_string();
        let line_hash = format!("{}:1", fingerprint.get(..16).unwrap_or(&fingerprint));
        Reported {
            rule_id: finding.rule,
            rule_index: self.indices.get(finding.rule).copied(),
            level: level(finding.severity),
            message: Message::new(sentences.join(" ")),
            locations: vec![location],
            related_locations: related.collect(),
            partial_fingerprints: BTreeMap::from([
                ("envlint/v1", fingerprint),
                ("primaryLocationLineHash", line_hash),
            ]),
        }
    }

    fn notification(&self, open: &NotVerified) -> Notification {
        let rule = open.rules.first().copied();
        Notification {
            level: "note",
            message: Message::new(format!("Not verified: {} ({}).", open.subject, open.reason)),
            associated_rule: rule
                .map(|id| RuleReference { id, index: self.indices.get(id).copied() }),
            locations: open.place.iter().map(|place| self.location(place)).collect(),
        }
    }

    fn location(&self, place: &Place) -> Location {
        let OnDisk { path, region, .. } = OnDisk::new(place, self.base);
        Location::new(&path, region)
    }

    /// The start of the file that findings without a place are shown at. What stands nowhere
    /// would be said in a manifest, so its usual path serves where there is none.
    fn anchor(&self) -> Location {
        let path = self.anchor.map_or("envlint.toml", FilePath::as_str);
        Location::new(&self.base.join(path), [1, 1, 1, 1])
    }
}

/// That there is more, if there is.
fn left_out(report: &Report) -> Option<Notification> {
    (report.hidden > 0).then(|| Notification {
        level: "note",
        message: Message::new(format!("{} more with --pedantic.", report.hidden)),
        associated_rule: None,
        locations: Vec::new(),
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, BaseId>,
    column_kind: &'static str,
    results: Vec<Reported>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    information_uri: &'static str,
    version: &'a str,
    semantic_version: &'a str,
    rules: Vec<Descriptor>,
}

impl<'a> Driver<'a> {
    fn new(version: &'a str, rules: &[RuleDoc]) -> Self {
        Self {
            name: "envlint",
            information_uri: REPOSITORY,
            version,
            semantic_version: version,
            rules: rules.iter().map(Descriptor::from).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: String,
    short_description: Message,
    full_description: Message,
    help_uri: String,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<&'static str>,
    precision: &'static str,
    since: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

impl From<&RuleDoc> for Descriptor {
    fn from(rule: &RuleDoc) -> Self {
        Self {
            id: rule.name,
            name: pascal_case(rule.name),
            short_description: Message::new(sentence(rule.summary)),
            full_description: Message::new(first_paragraph(rule)),
            help_uri: format!("{REPOSITORY}/blob/main/docs/rules/{}.md", rule.name),
            help: Help { text: rule.markdown.clone(), markdown: rule.markdown.clone() },
            default_configuration: Configuration { level: level(rule.severity) },
            properties: Properties::from(rule),
        }
    }
}

impl From<&RuleDoc> for Properties {
    fn from(rule: &RuleDoc) -> Self {
        let security = SECURITY_GROUPS.contains(&rule.group);
        // GitHub: from 7.0 high, from 4.0 medium, below low.
        let (problem_severity, score) = match rule.severity {
            Severity::Error => ("error", "7.5"),
            Severity::Warning => ("warning", "5.0"),
            Severity::Info => ("recommendation", "2.0"),
        };
        let precision = match rule.confidence {
            Confidence::High => "very-high",
            Confidence::Medium => "high",
            Confidence::Low => "medium",
        };
        let mut tags = vec![rule.group];
        tags.extend(security.then_some("security"));
        let security_severity = security.then_some(score);
        Self { tags, precision, since: rule.since, problem_severity, security_severity }
    }
}

/// `InvalidKey` for `invalid-key`: the form that the standard recommends for names.
fn pascal_case(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}

/// The first paragraph below the summary, or the summary.
fn first_paragraph(rule: &RuleDoc) -> String {
    let below = rule.markdown.split("\n\n").nth(1).map(str::trim);
    let prose = below.filter(|text| text.starts_with(|c: char| c.is_alphanumeric() || c == '`'));
    sentence(&prose.unwrap_or(rule.summary).replace('\n', " "))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<RuleReference>,
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct RuleReference {
    id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Serialize)]
struct BaseId {
    description: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reported {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl Location {
    fn new(path: &FilePath, [start_line, start_column, end_line, end_column]: [u32; 4]) -> Self {
        let uri_base_id = (!path.is_absolute()).then_some(ROOT);
        Self {
            id: None,
            message: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(path), uri_base_id },
                region: Region { start_line, start_column, end_line, end_column },
            },
        }
    }
}

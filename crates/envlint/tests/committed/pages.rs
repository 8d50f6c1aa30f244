//! The pages of the rules: what the rule's file says, and its examples with what envlint prints
//! for them.

use std::collections::BTreeMap;
use std::fmt::Write;

use envlint::report::{Layout, Report, harmless, write_text};
use envlint::{FixSafety, RuleDoc};
use envlint_check::{Context, all_rules};
use envlint_model::{Example, ExampleFile, ExampleKind, InGit, Kept, Rule};

use crate::compare;
use crate::support::check;

/// What the rules of a group look at, by the group's name.
const GROUPS: [(&str, &str); 7] = [
    ("drift", "Names, code, templates and documentation that no longer say the same."),
    ("meta", "envlint's own comments and allowances."),
    ("proxy", "The chain of proxies in front of a service, and what the service makes of it."),
    ("relation", "What must hold between variables, services and environments."),
    ("schema", "One variable, held against what its service declares."),
    ("secret", "How secrets are made, kept and given away."),
    ("syntax", "The files themselves: what can not be read, or is read otherwise than it seems."),
];

#[test]
fn the_pages_are_what_the_rules_say() {
    let mut pages: BTreeMap<String, String> =
        all_rules().map(|rule| (format!("{}.md", rule.name), page(rule))).collect();
    pages.insert("README.md".to_owned(), index());
    compare("docs/rules", &pages);
}

fn index() -> String {
    let mut text = "# Rules\n\n\
        Written from the rules by the tests: change the rule, not this page. `envlint explain \
        RULE` tells the same at the command line, without the examples.\n"
        .to_owned();
    let rules: Vec<RuleDoc> = envlint::rules().collect();
    for group in rules.chunk_by(|a, b| a.group == b.group) {
        let name = group[0].group;
        let about = GROUPS.iter().find(|(group, _)| *group == name);
        let (_, about) = about.unwrap_or_else(|| panic!("say above what the group {name} is"));
        write!(text, "\n## {name}\n\n{about}\n\n").unwrap();
        text.push_str("| rule | severity | what it flags |\n|---|---|---|\n");
        for RuleDoc { name, severity, summary, .. } in group {
            let summary = summary.replace('|', "\\|");
            writeln!(text, "| [{name}]({name}.md) | {severity} | {summary} |").unwrap();
        }
    }
    text
}

fn page(rule: &Rule<Context>) -> String {
    let Rule { name, group, severity, since, .. } = *rule;
    let confidence = rule.confidence.as_str();
    let markdown = rule.markdown();
    let (summary, rest) = markdown.split_once('\n').unwrap_or((&markdown, ""));
    let mut text = format!(
        "# {name}\n\n{}.\n\n| severity | confidence | group | since |\n|---|---|---|---|\n\
         | {severity} | {confidence} | [{group}](README.md#{group}) | {since} |\n\n{}\n",
        capitalised(summary.trim()),
        rest.trim(),
    );
    if !rule.yields_to.is_empty() {
        let stronger = rule.yields_to.iter().map(|rule| format!("[{rule}]({rule}.md)"));
        let stronger = stronger.collect::<Vec<_>>().join(", ");
        write!(text, "\n## Silent beside\n\n{stronger}: one mistake is told once.\n").unwrap();
    }
    text.push_str("\n## Examples\n");
    rule.examples.iter().for_each(|example| show(rule, example, &mut text));
    text
}

fn capitalised(line: &str) -> String {
    let mut letters = line.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn show(rule: &Rule<Context>, example: &Example, text: &mut String) {
    let kind = match example.kind {
        ExampleKind::Fails => "Fails",
        ExampleKind::Passes => "Passes",
    };
    write!(text, "\n### {kind}: {}\n", example.title).unwrap();
    example.files.iter().for_each(|file| block(file, text));
    if example.kind == ExampleKind::Passes {
        return;
    }
    let (report, fixed) = check(rule.name, example.files)
        .unwrap_or_else(|error| panic!("{}, {}: {error}", rule.name, example.title));
    let said = said(&report);
    write!(text, "\nenvlint says:\n\n```text\n{}\n```\n", said.trim_end()).unwrap();
    for finding in &report.findings {
        for (at, fix) in finding.fixes.iter().enumerate() {
            let by_itself = match fix.safety {
                FixSafety::Safe => "safe",
                FixSafety::Unsafe => "unsafe: look at it before you take it",
                FixSafety::DisplayOnly => "for you to decide",
            };
            let made = if fixed.applied.contains(&at) { ", which makes of it:" } else { "." };
            write!(text, "\nThe fix is to {} ({by_itself}){made}\n", fix.title).unwrap();
        }
    }
    example.fixed.iter().for_each(|file| block(file, text));
}

/// A file as a block of code, with what can not be seen made visible.
fn block(file: &ExampleFile, text: &mut String) {
    let language = match file.path.rsplit('.').next() {
        Some("toml") => "toml",
        Some("yaml" | "yml") => "yaml",
        Some("json") => "json",
        Some("conf") => "nginx",
        Some("age") => "text",
        _ => "dotenv",
    };
    write!(text, "\n`{}`{}\n\n```{language}\n", file.path, kept(file.kept)).unwrap();
    for line in file.text.split_terminator('\n') {
        writeln!(text, "{}", harmless(line)).unwrap();
    }
    text.push_str("```\n");
}

/// How a file is kept, in words that follow its name.
fn kept(kept: Kept) -> String {
    let mode = kept.mode.map_or(String::new(), |mode| format!(", mode {mode:o}"));
    let git = match kept.git {
        Some(InGit::Tracked) => ", tracked by git",
        Some(InGit::Ignored) => ", ignored by git",
        Some(InGit::Untracked) => ", neither tracked nor ignored by git",
        Some(InGit::Unknown) => ", in a repository whose index is not understood",
        None => "",
    };
    mode + git
}

/// What a person sees, without the closing summary.
fn said(report: &Report) -> String {
    let mut text = String::new();
    write_text(report, Layout::default(), &mut text).unwrap();
    let findings = text.rsplit_once("\n\n").map_or("", |(findings, _)| findings);
    findings.to_owned()
}

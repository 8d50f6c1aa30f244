use std::fmt::Write;

use clap::{Args as ClapArgs, ValueEnum};
use envlint::RuleDoc;

use crate::answer::{Answer, Failure};

/// List all rules
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Format {
    /// One line a rule, by group
    Text,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args) -> Result<Answer, Failure> {
    let rules: Vec<RuleDoc> = envlint::rules().collect();
    Ok(Answer::information(match args.format {
        Format::Text => text(&rules),
        Format::Json => envlint::report::rules_json(&rules),
    }))
}

fn text(rules: &[RuleDoc]) -> String {
    let widest = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for group in rules.chunk_by(|a, b| a.group == b.group) {
        let _ = writeln!(text, "{}{}:", if text.is_empty() { "" } else { "\n" }, group[0].group);
        for rule in group {
            let (name, severity) = (rule.name, rule.severity.as_str());
            let _ = writeln!(text, "  {name:widest$}  {severity:7}  {}", rule.summary);
        }
    }
    text + "\n`envlint explain RULE` tells more.\n"
}

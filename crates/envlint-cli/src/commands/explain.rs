use clap::Args as ClapArgs;
use envlint::{RuleDoc, did_you_mean};

use crate::answer::{Answer, Failure};

/// Say what a rule flags, why it matters and what to write instead
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    /// The rule, as it stands in the brackets of a finding
    #[arg(value_name = "RULE")]
    rule: String,
}

pub(super) fn run(args: &Args) -> Result<Answer, Failure> {
    let rules: Vec<RuleDoc> = envlint::rules().collect();
    let found = rules.iter().find(|rule| rule.name == args.rule);
    found.map(|rule| Answer::information(text(rule))).ok_or_else(|| {
        let similar = did_you_mean(&args.rule, rules.iter().map(|rule| rule.name));
        Failure::new(format!("there is no rule {}", args.rule)).help(match similar {
            Some(name) => format!("did you mean {name}?"),
            None => "`envlint rules` lists them".to_owned(),
        })
    })
}

fn text(rule: &RuleDoc) -> String {
    format!(
        "{}[{}] (group {}, confidence {}, since {})\n\n{}\n",
        rule.severity,
        rule.name,
        rule.group,
        rule.confidence.as_str(),
        rule.since,
        rule.markdown.trim_end(),
    )
}

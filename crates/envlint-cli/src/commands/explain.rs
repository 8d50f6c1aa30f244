use clap::Args as ClapArgs;
use envlint::{CheckError, RuleDoc};

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
    let Some(rule) = found else {
        let names = rules.iter().map(|rule| rule.name);
        return Err(CheckError::unknown("rule", &args.rule, names).into());
    };
    Ok(Answer::information(text(rule)))
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

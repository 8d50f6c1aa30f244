use envlint_model::{Outcomes, Subject, SubjectKind, declare_rule, did_you_mean};

use crate::allowance::Allowance;
use crate::{Context, all_rules};

declare_rule! {
    /// an allowance suppresses nothing, names no rule, gives no reason, or has run out
    ///
    /// An allowance says that a team knows of a finding and accepts it. One that no longer
    /// suppresses anything hides the next mistake on that line, and one without a reason can
    /// not be judged by whoever comes after.
    ///
    /// Whether an allowance is of use does not depend on `--select` and `--ignore`: rules that
    /// are not asked for have their say about allowances all the same.
    ///
    /// ## Instead
    ///
    /// Remove it, or write `# envlint: allow(rule-name): reason` on the line above the finding.
    pub(crate) static RULE: Rule<Context> = {
        name: "unused-allowance",
        group: "meta",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "nothing to suppress" {
                ".env" => "# envlint: allow(duplicate-key): the second one is for tests\nPORT=1\n",
            }
            fails "no such rule" {
                ".env" => "# envlint: allow(duplicate-keys): both are meant\nPORT=1\n",
            }
            fails "no rule at all" {
                ".env" => "# envlint: both of these ports are meant\nPORT=1\n",
            }
            fails "no reason" {
                ".env" => "PORT=1\n# envlint: allow(duplicate-key)\nPORT=2\n",
            }
            passes "a comment that does not speak to envlint" {
                ".env" => "# allow(duplicate-key)\nPORT=1\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for allowance in &context.allowances {
        match fault(context, allowance) {
            None => outcomes.pass(),
            Some((message, write)) => outcomes.finding(
                RULE.finding(subject(allowance), message)
                    .at(allowance.place, "")
                    .happens("it accepts nothing now, and may hide a mistake later")
                    .write(write),
            ),
        }
    }
}

fn subject(allowance: &Allowance) -> Subject {
    let name = if allowance.rule.is_empty() { "allowance" } else { &allowance.rule };
    Subject::new(SubjectKind::Allowance, name)
}

/// What is wrong with an allowance, and what to write.
fn fault(context: &Context, allowance: &Allowance) -> Option<(String, String)> {
    let rule = allowance.rule.as_str();
    if rule.is_empty() {
        let write = "allow(rule-name): why the finding is acceptable here".to_owned();
        return Some(("this allowance names no rule".to_owned(), write));
    }
    let names = || all_rules().map(|rule| rule.name);
    if !names().any(|name| name == rule) {
        let meant = did_you_mean(rule, names());
        let write = match meant {
            Some(meant) => format!("allow({meant})"),
            None => "the name of a rule: `envlint rules` lists them".to_owned(),
        };
        return Some((format!("there is no rule {rule}"), write));
    }
    if allowance.reason.is_empty() {
        let write = format!("allow({rule}): why the finding is acceptable here");
        return Some((format!("the allowance for {rule} gives no reason"), write));
    }
    if let Some(until) = allowance.until.filter(|_| allowance.is_expired(context.as_of)) {
        let message = format!("the allowance for {rule} ran out after {until}");
        return Some((message, "a later day, or mend what it allows".to_owned()));
    }
    (!allowance.is_used()).then(|| {
        (format!("the allowance for {rule} suppresses nothing"), "nothing: remove it".to_owned())
    })
}

use envlint_model::{Finding, Outcomes, declare_rule};
use envlint_schema::{Check, Side, ViolationKind};

use crate::Context;
use crate::cases::{Case, each, place_of};

/// A delay that must not be longer than a wait, both with defaults.
const DELAY_BEFORE_WAIT: &str = concat!(
    api!(
        r#"TYPING_DELAY_MS = { type = "integer", default = 1500 }"#,
        r#"DEBOUNCE_MS = { type = "integer", default = 2000 }"#,
    ),
    r#"
[[relations]]
ordered = ["api.TYPING_DELAY_MS", "api.DEBOUNCE_MS"]
because = "the typing indicator comes after the wait that it should fill"
"#,
);

declare_rule! {
    /// a number is larger than another one that it must not exceed
    ///
    /// A limit for one user above the limit for all, a delay that is longer than the wait that
    /// it should fill. Each number is fine by itself, so no check of a single variable sees it.
    /// Defaults count, unless both numbers are defaults.
    ///
    /// ## Instead
    ///
    /// Make one smaller or the other larger.
    pub(crate) static RULE: Rule<Context> = {
        name: "order-violated",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "more than the default of the other" {
                "envlint.toml" => DELAY_BEFORE_WAIT,
                ".env" => "TYPING_DELAY_MS=5000\n",
            }
            passes "both moved together" {
                "envlint.toml" => DELAY_BEFORE_WAIT,
                ".env" => "TYPING_DELAY_MS=5000\nDEBOUNCE_MS=5000\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    each(context, &RULE, Check::OrderViolated, outcomes, word);
}

fn word(case: &Case<'_>) -> Option<Finding> {
    let ViolationKind::OrderViolated { lesser, greater } = case.kind else { return None };
    let services = case.services();
    let message = format!("{} of {services} is more than {}", lesser.variable, greater.variable);
    let mut finding = RULE.finding(case.subject(), message);
    for (side, limit) in [(lesser, "must not be more than"), (greater, "must be at least")] {
        let other = if std::ptr::eq(side, lesser) { greater } else { lesser };
        if let Some(setting) = case.setting_of(&side.variable) {
            let label = format!("{limit} {}", told(other));
            finding = finding.at(place_of(setting, None), label);
        }
    }
    let because = case.relation().and_then(|relation| relation.because.clone());
    let write = match (&greater.number, &lesser.number) {
        (Some(most), Some(least)) => {
            format!("{}={most} or less, or {}={least} or more", lesser.variable, greater.variable)
        }
        _ => format!("a smaller {}, or a larger {}", lesser.variable, greater.variable),
    };
    Some(
        finding
            .happens(because.unwrap_or_else(|| {
                format!("{} not do what either says", services.verb("does", "do"))
            }))
            .write(write),
    )
}

/// `DEBOUNCE_MS, which is 2000 by default`.
fn told(side: &Side) -> String {
    match (&side.number, side.default) {
        (Some(number), true) => format!("{}, which is {number} by default", side.variable),
        (Some(number), false) => format!("{}, which is {number}", side.variable),
        (None, _) => side.variable.to_string(),
    }
}

//! What a schema says, in words that a page and a template share.
//!
//! The words are those of the findings: `in production`, `where MAIL_DRIVER is smtp`. Names of
//! variables are put as [`Quote`] says, since a page has code spans and a comment has none.

use envlint_model::Name;
use envlint_project::AcrossEnvironments;
use envlint_schema::{
    Agreement, AgreementKind, Condition, Empty, Holds, Kind, Member, PartOf, Phases, Relation,
    Requirement, Variable,
};

/// How a name or a text is set apart from the words around it.
pub(crate) type Quote = fn(&str) -> String;

/// As it is.
pub(crate) fn plain(text: &str) -> String {
    visible(text)
}

/// As a Markdown code span, whatever it holds (CommonMark 0.31, section 6.1).
pub(crate) fn code(text: &str) -> String {
    let text = visible(text);
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    match text.is_empty() || text.starts_with('`') || text.ends_with('`') {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// Text with its control characters as escapes, so that it stays in its line.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn series(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

pub(crate) fn names(names: &[Name], last: &str, quote: Quote) -> String {
    series(&names.iter().map(|name| quote(name)).collect::<Vec<_>>(), last)
}

/// What a text must be: `a key of 32 bytes, written as 64 hexadecimal digits`.
pub(crate) fn kind(variable: &Variable, quote: Quote) -> String {
    let kind = match &variable.kind {
        Kind::Choice(choices) => {
            let choices: Vec<String> = choices.iter().map(|choice| quote(choice)).collect();
            format!("one of {}", series(&choices, "or"))
        }
        Kind::Text(rules) => match &rules.pattern {
            Some(pattern) => {
                let mut rules = rules.clone();
                rules.pattern = None;
                format!("{rules} that matches {}", quote(pattern.as_str()))
            }
            None => rules.to_string(),
        },
        kind => visible(&kind.to_string()),
    };
    match variable.foreign {
        Some(_) => format!("{kind}, and what else its JSON Schema asks for"),
        None => kind,
    }
}

/// How much a variable is needed, the most needed first. Groups follow this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Need {
    /// It must be set everywhere.
    Required,
    /// It must be set somewhere.
    Sometimes,
    /// It should be set somewhere.
    Recommended,
    /// It may be left out.
    Optional,
    /// It is no longer read.
    Retired,
}

impl Need {
    pub(crate) const ALL: [Need; 5] =
        [Need::Required, Need::Sometimes, Need::Recommended, Need::Optional, Need::Retired];

    pub(crate) fn of(variable: &Variable) -> Self {
        match &variable.requirement {
            _ if variable.retired.is_some() => Need::Retired,
            Requirement::Always => Need::Required,
            Requirement::When(_) => Need::Sometimes,
            Requirement::Never if variable.unsafe_default.is_some() => Need::Sometimes,
            Requirement::Never if variable.recommended.is_some() => Need::Recommended,
            Requirement::Never => Need::Optional,
        }
    }

    /// The heading of its group.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Need::Required => "Required",
            Need::Sometimes => "Required in some cases",
            Need::Recommended => "Recommended",
            Need::Optional => "Optional",
            Need::Retired => "No longer read",
        }
    }
}

/// Where a variable must be set: `always`, `in production`; `None` if nowhere.
pub(crate) fn required(variable: &Variable) -> Option<String> {
    let needed = match &variable.requirement {
        Requirement::Always => Some("always".to_owned()),
        Requirement::When(condition) => Some(when(condition)),
        Requirement::Never => None,
    };
    let unsafe_default = variable.unsafe_default.as_ref().map(|default| when(&default.when));
    match (needed, unsafe_default) {
        (Some(needed), Some(where_)) if needed != "always" => {
            Some(format!("{needed}, and {where_}"))
        }
        (needed, where_) => needed.or(where_),
    }
}

/// A condition as it follows "required".
pub(crate) fn when(condition: &Condition) -> String {
    match condition {
        Condition::All(all) if all.is_empty() => "always".to_owned(),
        condition => visible(&condition.to_string()),
    }
}

/// The default, if it may be shown: a secret's is nobody's business, whoever wrote it down.
pub(crate) fn default(variable: &Variable) -> Option<&str> {
    variable.default.as_deref().filter(|_| !variable.is_secret())
}

/// When a variable is read, if that is not the usual time.
pub(crate) fn phase(variable: &Variable) -> Option<&'static str> {
    match variable.phases {
        Phases::Run => None,
        Phases::Build => {
            Some("while the image or the bundle is built; what is set later has no effect")
        }
        Phases::Both => Some("while the image or the bundle is built, and by the running process"),
    }
}

/// What the service makes of the empty text, if it is not a text like any other.
pub(crate) fn empty(variable: &Variable, quote: Quote) -> Option<String> {
    match &variable.empty {
        Empty::Value => None,
        Empty::Unset => Some("is as good as not set".to_owned()),
        Empty::Reads(text) => Some(format!("is read as {}", quote(text))),
        Empty::Error => Some("is refused".to_owned()),
    }
}

/// Where a text is forbidden, and why.
pub(crate) fn forbidden(variable: &Variable, quote: Quote) -> Option<String> {
    let forbidden = variable.forbidden.as_ref()?;
    let texts: Vec<String> = forbidden.values.iter().map(|text| quote(text)).collect();
    let what = if texts.is_empty() { "any value".to_owned() } else { series(&texts, "and") };
    Some(format!("{what} {}: {}", when(&forbidden.when), one_line(&forbidden.because)))
}

/// What must hold between variables of one service; `None` for what has no words.
pub(crate) fn relation(relation: &Relation, quote: Quote) -> Option<String> {
    let group = |group: &Vec<Name>| names(group, "and", quote);
    let groups = |all: &[Vec<Name>]| series(&all.iter().map(group).collect::<Vec<_>>(), "or");
    let part = |part: &PartOf| of_part(part, quote);
    let says = match &relation.holds {
        Holds::AnyOf(all) => format!("at least one of these is set: {}", groups(all)),
        Holds::ExactlyOne(all) => format!("exactly one of these is set: {}", groups(all)),
        Holds::AllOrNone(all) => format!("all of these are set, or none: {}", group(all)),
        Holds::OnceBegun { all, by } => {
            format!("once {} is set, so is {}", names(by, "or", quote), group(all))
        }
        Holds::Ordered(all) => {
            let steps: Vec<String> = all.iter().map(|name| quote(name)).collect();
            format!("each is at most the next: {}", steps.join(", "))
        }
        Holds::Alternatives(pairs) => {
            let pair = |pair: &[PartOf; 2]| format!("{} and {}", part(&pair[0]), part(&pair[1]));
            let pairs: Vec<String> = pairs.iter().map(pair).collect();
            format!("these say the same where both are set: {}", pairs.join("; "))
        }
        Holds::Derived(all) => {
            format!("these are equal: {}", series(&all.iter().map(part).collect::<Vec<_>>(), "and"))
        }
        _ => return None,
    };
    let place = relation.when.as_ref().map(when).filter(|place| place != "always");
    Some(with_reason(
        place.map_or_else(|| says.clone(), |place| format!("{place}, {says}")),
        relation.because.as_deref(),
    ))
}

/// What must hold between variables of several services.
pub(crate) fn agreement(agreement: &Agreement, quote: Quote) -> Option<String> {
    let members: Vec<String> = agreement.members.iter().map(|m| of_member(m, quote)).collect();
    let members = series(&members, "and");
    let says = match &agreement.kind {
        AgreementKind::Same => format!("these are equal: {members}"),
        AgreementKind::Distinct => format!("no two of these are equal: {members}"),
        AgreementKind::Allows(fronts) => {
            format!("{members} lists the public origin of {}", names(fronts, "and", quote))
        }
        _ => return None,
    };
    Some(with_reason(says, agreement.because.as_deref()))
}

/// That variables must hold another value in every environment.
pub(crate) fn across(across: &AcrossEnvironments, quote: Quote) -> String {
    let member = |(service, variable): &(Option<Name>, Name)| match service {
        Some(service) => format!("{} of {}", quote(variable), visible(service)),
        None => format!("{} of any service", quote(variable)),
    };
    let members: Vec<String> = across.members.iter().map(member).collect();
    let says = format!("another value in every environment: {}", series(&members, "and"));
    with_reason(says, across.because.as_deref())
}

fn with_reason(says: String, because: Option<&str>) -> String {
    match because {
        Some(because) => format!("{says}; otherwise: {}", one_line(because)),
        None => says,
    }
}

/// `DATABASE_URL`, `the host of DATABASE_URL`.
fn of_part(part: &PartOf, quote: Quote) -> String {
    let variable = quote(&part.variable);
    match part.part.name() {
        Some(name) => format!("the {name} of {variable}"),
        None => variable,
    }
}

/// `AUTH_SECRET of engine`.
fn of_member(member: &Member, quote: Quote) -> String {
    let whole = PartOf { variable: member.variable.clone(), part: member.part };
    format!("{} of {}", of_part(&whole, quote), visible(&member.service))
}

/// Text of a schema in one line, without a stop at its end.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(visible).collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_holds_anything() {
        for (text, span) in [
            ("A", "`A`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("", "`  `"),
            ("a\nb", r"`a\nb`"),
            ("a``b`c", "```a``b`c```"),
        ] {
            assert_eq!(code(text), span, "{text:?}");
        }
    }

    #[test]
    fn groups_follow_how_much_a_variable_is_needed() {
        let mut variable = Variable::new("A", Kind::Port);
        assert_eq!(Need::of(&variable), Need::Optional);
        variable.recommended = Some(Condition::Production);
        assert_eq!(Need::of(&variable), Need::Recommended);
        variable.requirement = Requirement::When(Condition::BehindProxy);
        assert_eq!(Need::of(&variable), Need::Sometimes);
        variable.requirement = Requirement::Always;
        assert_eq!(Need::of(&variable), Need::Required);
        variable.retired = Some(envlint_schema::Retired::default());
        assert_eq!(Need::of(&variable), Need::Retired);
        assert!(Need::ALL.is_sorted());
    }
}

//! Runs rules and settles what they said of each other.
//!
//! One mistake is one finding: the same defect seen in several environments is told once with
//! all its scopes, and of several rules that speak about one subject those that yield are
//! silent. Both happen after every selected rule ran and before allowances, so that the order
//! of rules never matters.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use envlint_model::{Finding, Name, Outcomes, Rule, Span, Subject, Unverifiable};

use crate::allowance::Allowances;
use crate::{Context, all_rules};

/// What a check found out.
pub struct Verdict {
    /// Defects, in no particular order.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub unverifiable: Vec<Unverifiable>,
    /// How many findings an allowance suppressed.
    pub allowed: usize,
    /// How many subjects passed.
    pub passed: usize,
}

/// Runs `rules` over what `context` holds.
pub fn run(context: &Context, rules: &[&'static Rule<Context>]) -> Verdict {
    let (last, first): (Vec<&Rule<Context>>, Vec<&Rule<Context>>) =
        rules.iter().copied().partition(|rule| is_last(rule));
    let (found, unverifiable, passed) = outcomes(context, &first).into_parts();
    let sources = context.documents.sources();
    let allowances = Allowances::new(&context.allowances, context.as_of, sources);
    if !last.is_empty() {
        ask_allowances(context, &allowances, &first, &found);
    }
    let findings = silence_yielding(merge(found), rules);
    let before = findings.len();
    let mut findings: Vec<Finding> =
        findings.into_iter().filter(|finding| !allowances.suppress(finding)).collect();
    let allowed = before - findings.len();
    findings.extend(outcomes(context, &last).into_parts().0);
    Verdict { findings, unverifiable: merge_unverifiable(unverifiable), allowed, passed }
}

fn outcomes(context: &Context, rules: &[&'static Rule<Context>]) -> Outcomes {
    let mut outcomes = Outcomes::default();
    rules.iter().for_each(|rule| (rule.check)(context, &mut outcomes));
    outcomes
}

/// Lets allowances for rules that are not selected be used as well: whether one is of use must
/// not depend on what else was asked for.
fn ask_allowances(
    context: &Context,
    allowances: &Allowances<'_>,
    selected: &[&'static Rule<Context>],
    found: &[Finding],
) {
    let is_selected = |name: &str| selected.iter().any(|rule| rule.name == name);
    if context.allowances.iter().all(|allowance| is_selected(&allowance.rule)) {
        return;
    }
    let all: Vec<&Rule<Context>> = all_rules().filter(|rule| !is_last(rule)).collect();
    let others: Vec<&Rule<Context>> =
        all.iter().copied().filter(|rule| !is_selected(rule.name)).collect();
    let (unselected, ..) = outcomes(context, &others).into_parts();
    let findings = merge(found.iter().cloned().chain(unselected).collect());
    silence_yielding(findings, &all).iter().for_each(|finding| {
        allowances.suppress(finding);
    });
}

/// Whether a rule is about what the other rules found.
fn is_last(rule: &Rule<Context>) -> bool {
    rule.name == crate::meta::unused_allowance::RULE.name
}

/// Joins findings that differ in their scopes only.
fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let places: Vec<Span> = finding.labels.iter().map(|label| label.span).collect();
        let key = (finding.rule, finding.subject.clone(), finding.message.clone(), places);
        match seen.entry(key) {
            Entry::Occupied(known) => {
                let known = &mut merged[*known.get()];
                known.scopes = union(std::mem::take(&mut known.scopes), finding.scopes);
            }
            Entry::Vacant(new) => {
                new.insert(merged.len());
                merged.push(finding);
            }
        }
    }
    merged
}

/// Joins what differs in its scopes only, and drops what is said of a variable in general where
/// the same is said of its services.
fn merge_unverifiable(found: Vec<Unverifiable>) -> Vec<Unverifiable> {
    let mut merged: BTreeMap<(Subject, String), Unverifiable> = BTreeMap::new();
    for one in found {
        merged
            .entry((one.subject.clone(), one.reason.clone()))
            .and_modify(|known| {
                let scopes = std::mem::take(&mut known.scopes);
                known.scopes = union(scopes, one.scopes.clone());
            })
            .or_insert(one);
    }
    let of_services: BTreeSet<(String, String)> = merged
        .keys()
        .filter(|(subject, _)| subject.service.is_some())
        .map(|(subject, reason)| (subject.name.clone(), reason.clone()))
        .collect();
    let told = |one: &Unverifiable| {
        one.subject.service.is_none()
            && of_services.contains(&(one.subject.name.clone(), one.reason.clone()))
    };
    merged.into_values().filter(|one| !told(one)).collect()
}

fn union<T: Ord>(a: Vec<T>, b: Vec<T>) -> Vec<T> {
    a.into_iter().chain(b).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Drops findings of rules that yield to another rule's finding about the same subject.
fn silence_yielding(findings: Vec<Finding>, rules: &[&'static Rule<Context>]) -> Vec<Finding> {
    let yields: BTreeMap<&str, &[&str]> =
        rules.iter().map(|rule| (rule.name, rule.yields_to)).collect();
    let mut spoken = Spoken::new();
    for finding in &findings {
        let Subject { name, service, .. } = &finding.subject;
        let of_services = spoken.entry((finding.rule, name)).or_default();
        of_services.entry(service.as_ref()).or_default().push(finding);
    }
    let silent: Vec<bool> = findings
        .iter()
        .map(|finding| {
            let stronger = yields.get(finding.rule).copied().unwrap_or_default();
            stronger.iter().any(|rule| is_said(&spoken, rule, finding))
        })
        .collect();
    let mut silent = silent.into_iter();
    findings.into_iter().filter(|_| !silent.next().unwrap_or(false)).collect()
}

/// Findings by rule and name of the subject, and below that by service: thousands of services
/// may each have a variable of one name.
type Spoken<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<Option<&'a Name>, Vec<&'a Finding>>>;

/// Whether a rule speaks about what the finding speaks about; a finding of no service is about
/// all of them.
fn is_said(spoken: &Spoken<'_>, rule: &str, weaker: &Finding) -> bool {
    let Subject { name, service, .. } = &weaker.subject;
    let Some(of_services) = spoken.get(&(rule, name.as_str())) else { return false };
    let said = |others: &Vec<&Finding>| others.iter().any(|other| overlap(other, weaker));
    match service {
        None => of_services.values().any(said),
        Some(own) => [None, Some(own)].iter().filter_map(|of| of_services.get(of)).any(said),
    }
}

/// Whether of two findings about one name one speaks about (a part of) what the other one does.
fn overlap(a: &Finding, b: &Finding) -> bool {
    let common = a
        .scopes
        .iter()
        .any(|scope| b.scopes.iter().any(|other| other.environment == scope.environment));
    a.subject.kind == b.subject.kind && (a.scopes.is_empty() || b.scopes.is_empty() || common)
}

use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    Edit, Finding, Fix, FixSafety, Insert, Outcomes, Span, Subject, SubjectKind, Unverifiable,
    declare_rule,
};
use envlint_proxy::nginx::{HeaderLoss, Route};
use envlint_proxy::{Configuration, HeaderName};
use envlint_resolve::Workload;

use super::ways::{RouteKey, at_routes, key, route_key};
use crate::Context;
use crate::context::View;
use crate::words::series;

declare_rule! {
    /// a `proxy_set_header` in a block drops all those that are set further out
    ///
    /// nginx inherits `proxy_set_header` only into a block that has none of its own. One
    /// `proxy_set_header Connection "";` in a location takes Host, X-Forwarded-For and all
    /// others from it: the upstream gets the name of the upstream as its host, and whatever a
    /// client sent as forwarded headers.
    ///
    /// Told where what is lost says who the client is and what it asked for: Host, Forwarded,
    /// X-Forwarded-*, X-Real-IP.
    ///
    /// ## Instead
    ///
    /// Repeat the lost directives in the block, or keep all of them in a file that each block
    /// includes.
    pub(crate) static RULE: Rule<Context> = {
        name: "header-inheritance-lost",
        group: "proxy",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a location for server-sent events" {
                "compose.yaml" => "services:\n  api:\n    ports: [\"127.0.0.1:4000:4000\"]\n",
                "nginx/site.conf" => "server {\n    listen 443 ssl;\n    proxy_set_header Host $host;\n\n    location /events {\n        proxy_pass http://127.0.0.1:4000;\n        proxy_set_header Connection \"\";\n    }\n}\n",
            } => fixed {
                "nginx/site.conf" => "server {\n    listen 443 ssl;\n    proxy_set_header Host $host;\n\n    location /events {\n        proxy_pass http://127.0.0.1:4000;\n        proxy_set_header Host $host;\n        proxy_set_header Connection \"\";\n    }\n}\n",
            }
            passes "the block repeats what it needs" {
                "compose.yaml" => "services:\n  api:\n    ports: [\"127.0.0.1:4000:4000\"]\n",
                "nginx/site.conf" => "server {\n    listen 443 ssl;\n    proxy_set_header Host $host;\n\n    location /events {\n        proxy_pass http://127.0.0.1:4000;\n        proxy_set_header Host $host;\n        proxy_set_header Connection \"\";\n    }\n}\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        let reached = reached(view);
        let mut blocks: BTreeMap<Span, Vec<(&Route, &HeaderLoss)>> = BTreeMap::new();
        for route in view.proxies.configurations.iter().flat_map(|each| each.config.routes()) {
            let reached = reached.contains_key(&route_key(route));
            match route.loss.as_ref().filter(|loss| is_missed(loss, reached)) {
                Some(loss) => blocks.entry(loss.because).or_default().push((route, loss)),
                None => outcomes.pass(),
            }
        }
        for routes in blocks.values() {
            if let [(route, loss), rest @ ..] = routes.as_slice() {
                let workloads = reached.get(&route_key(route)).map_or(&[][..], Vec::as_slice);
                outcomes.finding(word(context, workloads, route, loss, rest.len()));
            }
        }
        view.proxies.configurations.iter().for_each(|each| unread(each, outcomes));
    }
}

/// What of a configuration was not read, so that nobody knows what it sets.
fn unread(configuration: &Configuration, outcomes: &mut Outcomes) {
    for problem in &configuration.config.problems {
        if let Some(reason) = problem.kind.why() {
            outcomes.unverifiable(Unverifiable {
                rule: RULE.name,
                subject: Subject::new(SubjectKind::File, configuration.path.as_str()),
                reason,
                span: Some(problem.span),
                scopes: Vec::new(),
            });
        }
    }
}

/// Whether somebody does without a header that says who the client is or what it asked for. A
/// server elsewhere, of which nothing is known, only ever needs its Host.
fn is_missed(loss: &HeaderLoss, reached: bool) -> bool {
    match reached {
        true => missed(loss).next().is_some(),
        false => loss.has(&HeaderName::HOST),
    }
}

/// The lost headers that matter, and where each was set.
fn missed(loss: &HeaderLoss) -> impl Iterator<Item = (&HeaderName, Span)> {
    // They come first: the others, of which there may be thousands, are not looked at.
    loss.lost().take_while(|(header, _)| header.tells_of_the_client())
}

/// The processes that routes lead to, perhaps by further hops.
fn reached(view: &View) -> BTreeMap<RouteKey, Vec<&Workload>> {
    let mut reached: BTreeMap<RouteKey, Vec<&Workload>> = BTreeMap::new();
    for workload in &view.deployment.workloads {
        let hops = view.proxies.topology.to(&workload.name).flat_map(|chain| &chain.hops);
        let keys: BTreeSet<RouteKey> = hops.map(key).collect();
        keys.into_iter().for_each(|key| reached.entry(key).or_default().push(workload));
    }
    reached
}

fn word(
    context: &Context,
    workloads: &[&Workload],
    route: &Route,
    loss: &HeaderLoss,
    more: usize,
) -> Finding {
    let mut lost: Lost<'_> = missed(loss).take(MOST_LINES + 1).collect();
    let all = lost.len() <= MOST_LINES;
    lost.truncate(MOST_LINES);
    let mut subject = Subject::new(SubjectKind::Route, route.name.as_str());
    if let [only] = workloads {
        subject = subject.of(&only.service);
    }
    let message = format!("{} loses {} by a header of its own", route.name, names(&lost, all));
    let finding = RULE
        .finding(subject, message)
        .at(loss.because, "a block with one of its own inherits none");
    let places = lost.iter().map(|(header, place)| (*place, format!("this {header} is lost")));
    let finding = at_routes(finding, places)
        .happens(happens(&lost, all, workloads, more))
        .write(lines(context, &lost, all))
        .scopes(workloads.iter().map(|workload| workload.scope.clone()));
    match repeated(context, loss, &lost).filter(|_| all) {
        Some(edit) => finding.fix(Fix {
            title: "repeat the lost headers in the block".to_owned(),
            safety: FixSafety::Safe,
            edits: vec![edit],
        }),
        None => finding,
    }
}

/// The most lost lines that a finding lists. Who sets more than these sees the pattern.
const MOST_LINES: usize = 20;

/// Lost headers, and where each was set.
type Lost<'a> = Vec<(&'a HeaderName, Span)>;

/// The headers in words, each once; with others, if these are not all.
fn names(lost: &[(&HeaderName, Span)], all: bool) -> String {
    let names: BTreeSet<String> = lost.iter().map(|(header, _)| header.to_string()).collect();
    let others = (!all).then(|| "others".to_owned());
    series(names.into_iter().chain(others), "and")
}

fn happens(
    lost: &[(&HeaderName, Span)],
    all: bool,
    workloads: &[&Workload],
    more: usize,
) -> String {
    let who = match workloads {
        [] => "its upstream".to_owned(),
        some => series(some.iter().map(|workload| workload.service.as_str()), "and"),
    };
    let (hosts, others): (Lost<'_>, Lost<'_>) =
        lost.iter().partition(|(header, _)| **header == HeaderName::HOST);
    let mut gets = Vec::new();
    if !hosts.is_empty() {
        gets.push("the upstream's name as Host".to_owned());
    }
    if !others.is_empty() {
        gets.push(format!("{} as they came in", names(&others, all)));
    }
    let also = match more {
        0 => String::new(),
        1 => "; so does 1 more route of the block".to_owned(),
        more => format!("; so do {more} more routes of the block"),
    };
    format!("{who} gets {}{also}", gets.join("; and "))
}

/// The lost lines, to be written once more. What is put together of nginx's own variables is no
/// secret; another value is left for a person to copy.
fn lines(context: &Context, lost: &[(&HeaderName, Span)], all: bool) -> String {
    let plain = |byte: u8| matches!(byte, b'$' | b'_' | b'a'..=b'z');
    let public = |text: &str| match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [_, _, value] => value.starts_with('$') && value.bytes().all(plain),
        _ => false,
    };
    let line = |(header, place): &(&HeaderName, Span)| {
        let file = context.documents.sources().get(place.file);
        let text = file.as_ref().map(|file| file.slice(*place)).filter(|text| public(text));
        match text {
            Some(text) => format!("{text};"),
            None => format!("proxy_set_header {header} ...;"),
        }
    };
    let lines: Vec<String> = lost.iter().map(line).collect();
    let rest = if all { "" } else { ", and the others" };
    format!("{}\nonce more, in the block{rest}", lines.join("\n"))
}

/// The lost directives, copied to a line of their own before the first one of the block.
fn repeated(context: &Context, loss: &HeaderLoss, lost: &[(&HeaderName, Span)]) -> Option<Edit> {
    let file = context.documents.sources().get(loss.because.file)?;
    let before = file.text().get(..loss.because.start as usize)?;
    let line = before.trim_end_matches([' ', '\t']);
    let blanks = &before[line.len()..];
    let first = line.is_empty() || line.ends_with('\n');
    let indent = if first { format!("\n{blanks}") } else { " ".to_owned() };
    let copies = lost
        .iter()
        .flat_map(|(_, place)| [Insert::Copy(*place), Insert::Text(format!(";{indent}"))]);
    Some(Edit { span: Span { end: loss.because.start, ..loss.because }, insert: copies.collect() })
}

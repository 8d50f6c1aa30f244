use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    Edit, Finding, Fix, FixSafety, Insert, Outcomes, Span, Subject, SubjectKind, declare_rule,
};
use envlint_proxy::HeaderName;
use envlint_proxy::nginx::{HeaderLoss, Route};
use envlint_resolve::Workload;

use super::ways::{RouteKey, at_routes, key};
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
            match route
                .loss
                .as_deref()
                .filter(|loss| is_missed(loss, reached.get(&route_key(route))))
            {
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
    }
}

/// Whether somebody does without a header that says who the client is or what it asked for. A
/// server elsewhere, of which nothing is known, only ever needs its Host.
fn is_missed(loss: &HeaderLoss, reached: Option<&Vec<&Workload>>) -> bool {
    let mut lost = loss.lost.iter().filter(|(header, _)| matters(header)).peekable();
    match reached {
        Some(_) => lost.peek().is_some(),
        None => lost.any(|(header, _)| *header == HeaderName::HOST),
    }
}

fn matters(header: &HeaderName) -> bool {
    [HeaderName::HOST, HeaderName::REAL_IP, HeaderName::FORWARDED].contains(header)
        || header.as_str().starts_with("x-forwarded-")
}

fn route_key(route: &Route) -> RouteKey {
    (Some(route.pass), Some(route.location))
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
    let lost: Vec<&(HeaderName, Span)> =
        loss.lost.iter().filter(|(header, _)| matters(header)).collect();
    let names: BTreeSet<String> = lost.iter().map(|(header, _)| header.to_string()).collect();
    let mut subject = Subject::new(SubjectKind::Route, route.name.as_str());
    if let [only] = workloads {
        subject = subject.of(&only.service);
    }
    let message = format!("{} loses {} by a header of its own", route.name, series(names, "and"));
    let finding = RULE
        .finding(subject, message)
        .at(loss.because, "a block with one of its own inherits none");
    let places = lost.iter().map(|(header, place)| (*place, format!("this {header} is lost")));
    let finding = at_routes(finding, places)
        .happens(happens(&lost, workloads, more))
        .write(lines(context, &lost))
        .scopes(workloads.iter().map(|workload| workload.scope.clone()));
    match repeated(context, loss, &lost) {
        Some(edit) => finding.fix(Fix {
            title: "repeat the lost headers in the block".to_owned(),
            safety: FixSafety::Safe,
            edits: vec![edit],
        }),
        None => finding,
    }
}

fn happens(lost: &[&(HeaderName, Span)], workloads: &[&Workload], more: usize) -> String {
    let who = match workloads {
        [] => "its upstream".to_owned(),
        some => series(some.iter().map(|workload| workload.service.as_str()), "and"),
    };
    let (hosts, others): (Vec<&HeaderName>, Vec<&HeaderName>) =
        lost.iter().map(|(header, _)| header).partition(|header| **header == HeaderName::HOST);
    let others: BTreeSet<String> = others.into_iter().map(ToString::to_string).collect();
    let mut gets = Vec::new();
    if !hosts.is_empty() {
        gets.push("the upstream's name as Host".to_owned());
    }
    if !others.is_empty() {
        gets.push(format!("{} as they came in", series(others, "and")));
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
fn lines(context: &Context, lost: &[&(HeaderName, Span)]) -> String {
    let plain = |byte: u8| matches!(byte, b'$' | b'_' | b'a'..=b'z');
    let public = |text: &str| match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [_, _, value] => value.starts_with('$') && value.bytes().all(plain),
        _ => false,
    };
    let line = |(header, place): &&(HeaderName, Span)| {
        let file = context.documents.sources().get(place.file);
        let text = file.as_ref().map(|file| file.slice(*place)).filter(|text| public(text));
        match text {
            Some(text) => format!("{text};"),
            None => format!("proxy_set_header {header} ...;"),
        }
    };
    let lines: Vec<String> = lost.iter().map(line).collect();
    format!("{}\nonce more, in the block", lines.join("\n"))
}

/// The lost directives, copied to a line of their own before the first one of the block.
fn repeated(context: &Context, loss: &HeaderLoss, lost: &[&(HeaderName, Span)]) -> Option<Edit> {
    let file = context.documents.sources().get(loss.because.file)?;
    let line = file.line_around(loss.because.start);
    let before = file.slice(Span { end: loss.because.start, ..line });
    let indent = if before.trim().is_empty() { format!("\n{before}") } else { " ".to_owned() };
    let copies = lost
        .iter()
        .flat_map(|(_, place)| [Insert::Copy(*place), Insert::Text(format!(";{indent}"))]);
    Some(Edit { span: Span { end: loss.because.start, ..loss.because }, insert: copies.collect() })
}

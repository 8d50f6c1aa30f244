use std::collections::{BTreeMap, BTreeSet};

use envlint_model::{
    Edit, Finding, Fix, FixSafety, Insert, Outcomes, Span, Subject, SubjectKind, declare_rule,
};
use envlint_proxy::HeaderName;
use envlint_proxy::nginx::{HeaderLoss, Route};
use envlint_resolve::Workload;

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
        let mut blocks: BTreeMap<Span, Vec<(&Route, &HeaderLoss)>> = BTreeMap::new();
        for route in view.proxies.configurations.iter().flat_map(|each| each.config.routes()) {
            match route.loss.as_deref().filter(|loss| is_missed(view, route, loss)) {
                Some(loss) => blocks.entry(loss.because).or_default().push((route, loss)),
                None => outcomes.pass(),
            }
        }
        for routes in blocks.values() {
            if let [(route, loss), rest @ ..] = routes.as_slice() {
                outcomes.finding(word(context, view, route, loss, rest.len()));
            }
        }
    }
}

/// Whether somebody does without a header that says who the client is or what it asked for. A
/// server elsewhere, of which nothing is known, only ever needs its Host.
fn is_missed(view: &View, route: &Route, loss: &HeaderLoss) -> bool {
    let mut lost = loss.lost.iter().filter(|(header, _)| matters(header)).peekable();
    match reached(view, route).next() {
        Some(_) => lost.peek().is_some(),
        None => lost.any(|(header, _)| *header == HeaderName::HOST),
    }
}

fn matters(header: &HeaderName) -> bool {
    [HeaderName::HOST, HeaderName::REAL_IP, HeaderName::FORWARDED].contains(header)
        || header.as_str().starts_with("x-forwarded-")
}

/// The processes that a route leads to, perhaps by further hops.
fn reached<'a>(view: &'a View, route: &Route) -> impl Iterator<Item = &'a Workload> {
    let (pass, location) = (Some(route.pass), Some(route.location));
    view.deployment.workloads.iter().filter(move |workload| {
        let hops = view.proxies.topology.to(&workload.name).flat_map(|chain| &chain.hops);
        hops.into_iter().any(|hop| hop.pass == pass && hop.location == location)
    })
}

fn word(context: &Context, view: &View, route: &Route, loss: &HeaderLoss, more: usize) -> Finding {
    let lost: Vec<&(HeaderName, Span)> =
        loss.lost.iter().filter(|(header, _)| matters(header)).collect();
    let names: BTreeSet<String> = lost.iter().map(|(header, _)| header.to_string()).collect();
    let workloads: Vec<&Workload> = reached(view, route).collect();
    let mut subject = Subject::new(SubjectKind::Route, route.name.as_str());
    if let [only] = workloads.as_slice() {
        subject = subject.of(&only.service);
    }
    let message = format!("{} loses {} by a header of its own", route.name, series(names, "and"));
    let mut finding = RULE.finding(subject, message).at(loss.because, "drops all from further out");
    for (header, place) in &lost {
        finding = finding.at(*place, format!("{header} is set here, and not in that block"));
    }
    let finding = finding
        .happens(happens(&lost, &workloads, more))
        .write("the lost lines once more, beside this one")
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
        gets.push(format!("{} as the client, or the hop before, sent it", series(others, "and")));
    }
    let also = match more {
        0 => String::new(),
        1 => "; so does 1 more route of the block".to_owned(),
        more => format!("; so do {more} more routes of the block"),
    };
    format!("{who} gets {}{also}", series(gets, "and"))
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

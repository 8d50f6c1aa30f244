//! What of a line may be shown.
//!
//! Names are public, values are not. A value becomes public when the schema of every service
//! that reads it says so, and a proxy's directive when it is one that holds no secrets. Nothing
//! else of a line is shown, whatever it looks like.

use std::collections::{BTreeMap, BTreeSet};

use envlint_check::Context;
use envlint_model::{FileId, SourceFile, Sources, Span};
use envlint_parse::dotenv::{self, TokenKind};
use envlint_parse::nginx::Directive;
use envlint_parse::template::Use;
use envlint_parse::tree::{Format, Kind, Node};
use envlint_schema::Variable;
use envlint_secrets::holds_identity;

/// nginx directives that no secret stands in.
const PUBLIC_DIRECTIVES: &[&str] = &[
    "events",
    "http",
    "include",
    "listen",
    "location",
    "map",
    "proxy_pass",
    "real_ip_header",
    "real_ip_recursive",
    "server",
    "server_name",
    "set_real_ip_from",
    "upstream",
];

/// Headers whose value in a `proxy_set_header` says nothing but how a request is forwarded.
const PUBLIC_HEADERS: &[&str] = &[
    "connection",
    "forwarded",
    "host",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-real-ip",
];

/// What may be shown, by file.
pub(crate) struct Visible {
    spans: BTreeMap<FileId, Spans>,
    /// The manifest, of which everything may be shown but what is hidden.
    manifest: Option<FileId>,
    hidden: Spans,
}

impl Visible {
    /// Collects what is public of everything that was read.
    pub(crate) fn new(context: &Context) -> Self {
        let manifest = context.project.manifest.as_ref().map(|manifest| manifest.id());
        let mut visible = Self { spans: BTreeMap::new(), manifest, hidden: Spans::default() };
        for parsed in context.documents.all_dotenv() {
            let doubtful = doubtful(&parsed.document);
            let public = [TokenKind::Name, TokenKind::Separator, TokenKind::Export];
            for token in parsed.document.tokens() {
                if public.contains(&token.kind) && !doubtful.contains(&token.span) {
                    visible.show(token.span, Kin::Alone);
                }
            }
        }
        for parsed in context.documents.all_trees() {
            let document = &parsed.document;
            // A TOML document other than the manifest is nobody's configuration yet.
            if document.format() != Format::Toml {
                document.roots().for_each(|root| visible.keys(root));
            } else if manifest == Some(document.source().id()) {
                document.comments().iter().for_each(|each| visible.hidden.add(*each, Kin::Alone));
                document.roots().for_each(|root| visible.hide_identities(document.source(), root));
            }
        }
        for parsed in context.documents.all_nginx() {
            parsed.document.directives().iter().for_each(|each| visible.directive(each));
        }
        visible.values(context);
        visible
    }

    /// What may be shown of a line.
    pub(crate) fn in_line(&self, file: &SourceFile, line: Span) -> Vec<Span> {
        if self.manifest == Some(line.file) {
            return without(line, &self.hidden);
        }
        let Some(spans) = self.spans.get(&line.file) else { return Vec::new() };
        spans.on(line).map(|(span, kin)| with_syntax(file, span, kin, line)).collect()
    }

    fn show(&mut self, span: Span, kin: Kin) {
        if !span.is_empty() {
            self.spans.entry(span.file).or_default().add(span, kin);
        }
    }

    /// The names in a YAML or JSON document.
    fn keys(&mut self, node: Node<'_>) {
        match node.kind() {
            Kind::Mapping(entries) => {
                for entry in entries {
                    self.show(entry.key.span(), Kin::Key);
                    self.keys(entry.value);
                }
            }
            Kind::Sequence(items) => items.for_each(|item| self.keys(item)),
            Kind::Scalar(_) | Kind::Alias(_) => {}
        }
    }

    /// Identities that stand in the manifest where a path is meant.
    fn hide_identities(&mut self, file: &SourceFile, node: Node<'_>) {
        match node.kind() {
            Kind::Mapping(entries) => {
                entries.for_each(|entry| self.hide_identities(file, entry.value));
            }
            Kind::Sequence(items) => items.for_each(|item| self.hide_identities(file, item)),
            Kind::Scalar(_) if holds_identity(file.slice(node.span())) => {
                self.hidden.add(node.span(), Kin::Alone);
            }
            Kind::Scalar(_) | Kind::Alias(_) => {}
        }
    }

    fn directive(&mut self, directive: &Directive) {
        // In a `map` or in Lua, or behind a quote that closes too early, the first word of a
        // line is anything.
        if directive.is_known() {
            self.show(directive.name.span, Kin::Alone);
        }
        let header = directive.arg(0).unwrap_or("").to_ascii_lowercase();
        let forwards =
            directive.is("proxy_set_header") && PUBLIC_HEADERS.contains(&header.as_str());
        // A URL may hold a password or a token.
        let plain = !directive.is("proxy_pass")
            || directive.arg(0).is_some_and(|url| !url.contains(['@', '?']));
        if forwards || plain && PUBLIC_DIRECTIVES.contains(&directive.name()) {
            // With the `;` or the `{` after it, which no argument reaches.
            let (head, span) = (directive.head(), directive.span);
            let end = directive.block.as_ref().map_or(span.end, |block| block.span.start + 1);
            self.show(Span { end, ..head }, Kin::Alone);
        }
        directive.children().iter().for_each(|child| self.directive(child));
    }

    /// `${NAME}`, and of `${NAME:-...}` all but the alternative, which is a value. Escapes may
    /// let a span stand for more than it says, so the text is asked.
    fn reference(&mut self, sources: &Sources, reference: &Use) {
        let Use { name, name_span, span, operator, .. } = reference;
        let Some(file) = sources.get(span.file) else { return };
        let says = |span: Span, text: &str| file.slice(span) == text;
        if !says(*name_span, name) {
            return;
        }
        let Some(operator) = operator.map(|operator| operator.as_str()) else {
            let written = [format!("${{{name}}}"), format!("${name}")];
            if written.iter().any(|written| says(*span, written)) {
                self.show(*span, Kin::Alone);
            }
            return;
        };
        let end = name_span.end + operator.len() as u32;
        let head = Span { end, ..*span };
        if says(head, &format!("${{{name}{operator}")) {
            self.show(head, Kin::Alone);
            self.show(Span { start: span.end.saturating_sub(1), ..*span }, Kin::Alone);
        }
    }

    /// Values that the schemas of all their readers call public, names of lists, references,
    /// and what Compose publishes.
    fn values(&mut self, context: &Context) {
        let mut secret: BTreeSet<Span> = BTreeSet::new();
        let mut public: BTreeSet<Span> = BTreeSet::new();
        for view in &context.views {
            for workload in &view.deployment.workloads {
                let schema = context.schema(workload);
                for (name, setting) in workload.run.iter().chain(workload.build.iter()) {
                    self.show(setting.name_span, Kin::Key);
                    for reference in &setting.references {
                        self.reference(context.documents.sources(), reference);
                    }
                    let variable = schema.and_then(|schema| schema.variable(name));
                    let is_public = variable.is_some_and(Variable::is_public);
                    let spans = setting.value.pieces().iter().map(|piece| piece.origin.span);
                    match is_public {
                        true => public.extend(spans),
                        false => secret.extend(spans),
                    }
                }
                let open = view.deployment.network.publications(&workload.name);
                open.for_each(|publication| self.show(publication.place, Kin::Value));
            }
        }
        // A schema's word counts for what belongs there, not for a secret that was put there.
        secret.extend(context.exposed_places());
        public.difference(&secret).for_each(|span| self.show(*span, Kin::Value));
    }
}

/// Names in a dotenv file that may be the rest of a value: what stands alone, behind a value, or
/// in the middle of a key that was pasted over several lines.
fn doubtful(document: &dotenv::Document) -> BTreeSet<Span> {
    let file = document.file();
    let starts_its_line = |name: Span| {
        let line = file.line_around(name.start);
        matches!(file.slice(Span { end: name.start, ..line }).trim(), "" | "export" | "\u{feff}")
    };
    let statements = document.statements().iter();
    statements
        .filter(|each| each.torn || each.value.is_none() || !starts_its_line(each.name_span))
        .map(|each| each.name_span)
        .collect()
}

/// The parts of a line that are not hidden.
fn without(line: Span, hidden: &Spans) -> Vec<Span> {
    let mut hidden: Vec<Span> = hidden.on(line).map(|(span, _)| span).collect();
    hidden.sort_by_key(|span| span.start);
    let mut shown = Vec::with_capacity(hidden.len() + 1);
    let mut start = line.start;
    for span in hidden {
        shown.push(Span { start, end: span.start.max(start), ..line });
        start = start.max(span.end);
    }
    shown.push(Span { start: start.min(line.end), ..line });
    shown
}

/// Spans of one file, found by place: every line of a large file may be asked for.
#[derive(Default)]
struct Spans {
    short: BTreeSet<(u32, u32, Kin)>,
    /// The length of the longest of them, in bytes.
    reach: u32,
    /// Those of more than [`SHORT`] bytes, of which a file can have only so many.
    long: Vec<(u32, u32, Kin)>,
}

/// The longest span, in bytes, that is found by where it starts.
const SHORT: u32 = 1024;

impl Spans {
    fn add(&mut self, span: Span, kin: Kin) {
        let entry = (span.start, span.end, kin);
        let length = span.end.saturating_sub(span.start);
        if length > SHORT {
            self.long.push(entry);
        } else {
            self.short.insert(entry);
            self.reach = self.reach.max(length);
        }
    }

    /// Those that have a byte on a line.
    fn on(&self, line: Span) -> impl Iterator<Item = (Span, Kin)> {
        let first = (line.start.saturating_sub(self.reach), 0, Kin::Alone);
        let near = self.short.range(first..(line.end, 0, Kin::Alone)).chain(&self.long);
        near.filter(move |(start, end, _)| *start < line.end && *end > line.start)
            .map(move |&(start, end, kin)| (Span { start, end, ..line }, kin))
    }
}

/// What surrounds a public span and is part of the file's syntax, never of another value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kin {
    /// Nothing: what stands beside it may be a secret's.
    Alone,
    /// The name of a mapping's entry: the indentation and dash before it, the colon after it.
    Key,
    /// A whole value: its quotes, and the brackets of a list of one.
    Value,
}

fn with_syntax(file: &SourceFile, span: Span, kin: Kin, line: Span) -> Span {
    let (start, end) = (span.start.max(line.start), span.end.min(line.end));
    let before = file.slice(Span { end: start, ..line });
    let after = file.slice(Span { start: end, ..line });
    let (left, right) = match kin {
        Kin::Alone => (0, 0),
        Kin::Key => {
            let indented = before.chars().all(|c| matches!(c, ' ' | '\t' | '-'));
            let blank = |text: &str| text.len() - text.trim_start().len();
            let colon = after.trim_start().strip_prefix([':', '=']);
            let right = colon.map_or(0, |rest| after.len() - rest.len() + blank(rest));
            (if indented { before.len() } else { 0 }, right)
        }
        Kin::Value => {
            let quoted = before.chars().next_back().filter(|c| matches!(c, '"' | '\''));
            let quote = usize::from(quoted.is_some() && quoted == after.chars().next());
            let (outside_left, outside_right) = (&before[..before.len() - quote], &after[quote..]);
            let bracket =
                usize::from(outside_left.ends_with('[') && outside_right.starts_with(']'));
            (quote + bracket, quote + bracket)
        }
    };
    Span { start: start - left as u32, end: end + right as u32, ..span }
}

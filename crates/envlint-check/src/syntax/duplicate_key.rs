use std::collections::BTreeMap;

use envlint_model::{Finding, Outcomes, Reader, Span, Subject, SubjectKind, declare_rule};
use envlint_parse::tree::Format;

use crate::Context;
use crate::templates::read_files;

declare_rule! {
    /// a variable is assigned twice in one file
    ///
    /// Which one wins depends on who reads the file: for Compose and for npm's `dotenv` the later
    /// line does, without a word; for others the first one. Whoever edits the line that loses sees no effect, and a tool that
    /// sorts or merges the file changes the value. A key that stands twice in one YAML mapping
    /// makes Compose refuse the file.
    ///
    /// ## Instead
    ///
    /// Keep one of the two lines.
    pub(crate) static RULE: Rule<Context> = {
        name: "duplicate-key",
        group: "syntax",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "two lines for one variable" {
                ".env" => "PORT=3000\nLOG_LEVEL=info\nPORT=4000\n",
            }
            fails "three lines, of which two have no effect" {
                ".env" => "PORT=3000\nPORT=4000\nPORT=5000\n",
            }
            fails "two keys in one mapping" {
                "compose.yaml" => "services:\n  web:\n    image: a\n    image: b\n",
            }
            passes "one variable in two files" {
                ".env" => "PORT=3000\n",
                ".env.local" => "PORT=4000\n",
            }
        ],
    }
}

/// The most lines without effect that one finding points at.
const SHOWN: usize = 8;

/// What is said of the last line, and of those before.
#[derive(Clone, Copy)]
struct Labels {
    last: &'static str,
    earlier: &'static str,
}

/// Where it is known that the last one wins.
const LAST: Labels = Labels { last: "this one counts", earlier: "this one has no effect" };
/// Where it is not.
const ANY: Labels = Labels { last: "the last one", earlier: "set here as well" };

/// What happens, by who reads the file.
type Told = (&'static str, Labels);

const BY_COMPOSE: Told = ("Compose takes the last line, other readers may take the first", LAST);
const BY_NPM: Told = ("npm's dotenv takes the last line, other readers may take the first", LAST);
const UNREAD: Told = ("which one counts depends on who reads the file", ANY);
const IN_YAML: Told = ("Compose and Kubernetes refuse the file, other readers take the last", ANY);
const IN_JSON: Told = ("most readers take the last, some the first", LAST);

fn check(context: &Context, outcomes: &mut Outcomes) {
    let read = read_files(context);
    for parsed in context.documents.all_dotenv() {
        let document = &parsed.document;
        let (happens, labels) = match document.reader() {
            _ if !read.contains(&document.file().id()) => UNREAD,
            Reader::Compose => BY_COMPOSE,
            _ => BY_NPM,
        };
        let mut places: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
        let assigned = document.statements().iter().filter(|s| s.value.is_some() && !s.torn);
        for statement in assigned {
            places.entry(&statement.name).or_default().push(statement.name_span);
        }
        for (name, places) in places {
            match several_times(name, &places, labels) {
                None => outcomes.pass(),
                Some(finding) => outcomes.finding(finding.happens(happens)),
            }
        }
    }
    for parsed in context.documents.all_trees() {
        let (happens, labels) = match parsed.document.format() {
            // A TOML table that says a key twice is no TOML: that is told as a syntax error.
            Format::Toml => continue,
            Format::Yaml => IN_YAML,
            Format::Json => IN_JSON,
        };
        let mut places: BTreeMap<Span, (&str, Vec<Span>)> = BTreeMap::new();
        for duplicate in parsed.document.duplicates() {
            let Some(name) = duplicate.again.name() else { continue };
            let first = duplicate.first.key.span();
            let (_, places) = places.entry(first).or_insert_with(|| (name, vec![first]));
            places.push(duplicate.again.key.span());
        }
        for (name, places) in places.values() {
            let finding = several_times(name, places, labels);
            finding.into_iter().for_each(|each| outcomes.finding(each.happens(happens)));
        }
    }
}

/// A finding about a name that stands at several places, in the order of the file.
fn several_times(name: &str, places: &[Span], labels: Labels) -> Option<Finding> {
    let [earlier @ .., last] = places else { return None };
    let how_often = match earlier.len() {
        0 => return None,
        1 => "twice".to_owned(),
        before => format!("{} times", before + 1),
    };
    let message = format!("{name} is set {how_often}");
    let finding =
        RULE.finding(Subject::new(SubjectKind::Variable, name), message).at(*last, labels.last);
    let earlier = earlier.iter().take(SHOWN);
    let finding = earlier.fold(finding, |finding, place| finding.at(*place, labels.earlier));
    Some(finding.write("one of these lines, and remove the others"))
}

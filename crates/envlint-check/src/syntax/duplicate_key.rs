use std::collections::BTreeMap;

use envlint_model::{Finding, Outcomes, Reader, Span, Subject, SubjectKind, declare_rule};
use envlint_parse::tree::Format;

use crate::Context;

declare_rule! {
    /// a variable is assigned twice in one file
    ///
    /// The later line wins without a word, in Compose's and in npm's reader; other readers let
    /// the first one win. Whoever edits the line that loses sees no effect, and a tool that
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

fn check(context: &Context, outcomes: &mut Outcomes) {
    for parsed in context.documents.all_dotenv() {
        let document = &parsed.document;
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        let assigned = document.statements().iter().filter(|s| s.value.is_some() && !s.torn);
        for statement in assigned {
            let name = statement.name.as_str();
            match first.get(name) {
                None => {
                    first.insert(name, statement.name_span);
                    outcomes.pass();
                }
                Some(&earlier) => {
                    let reader = match document.reader() {
                        Reader::Compose => "Compose",
                        _ => "npm's dotenv",
                    };
                    let happens = format!("{reader} takes the last line, other readers the first");
                    outcomes.finding(twice(name, earlier, statement.name_span).happens(happens));
                }
            }
        }
    }
    for parsed in context.documents.all_trees() {
        // A TOML table that says a key twice is no TOML: that is told as a syntax error.
        if parsed.document.format() == Format::Toml {
            continue;
        }
        for duplicate in parsed.document.duplicates() {
            let Some(name) = duplicate.again.name() else { continue };
            let happens = match parsed.document.format() {
                Format::Yaml => {
                    "Compose and Kubernetes refuse the file, other readers take the last"
                }
                _ => "most readers take the last, some the first",
            };
            let places = (duplicate.first.key.span(), duplicate.again.key.span());
            outcomes.finding(twice(name, places.0, places.1).happens(happens));
        }
    }
}

fn twice(name: &str, first: Span, again: Span) -> Finding {
    RULE.finding(Subject::new(SubjectKind::Variable, name), format!("{name} is set twice"))
        .at(again, "this one counts")
        .at(first, "this one has no effect")
        .write("one of the two lines, and remove the other")
}

use std::collections::BTreeSet;

use envlint_model::{
    Outcomes, ReadErrorKind, Reader, Subject, SubjectKind, SyntaxError, declare_rule,
};
use envlint_parse::template::Failure;
use envlint_resolve::Workload;

use crate::Context;
use crate::images::dockerfiles;

declare_rule! {
    /// a file, or a part of one, can not be read
    ///
    /// What can not be parsed is not checked, and what a program makes of it is anyone's guess:
    /// Compose refuses a whole `.env` because of one line, npm's `dotenv` skips the line without
    /// a word. envlint reads the rest of the file all the same, and says here which part it
    /// could not look at.
    ///
    /// Files that are too large, that are not UTF-8 or that this user may not read are told
    /// here as well. A message never repeats text of the file.
    ///
    /// ## Instead
    ///
    /// Mend the line. In an `.env` that Compose reads, quote values with spaces around `#` and
    /// close every quote.
    pub(crate) static RULE: Rule<Context> = {
        name: "syntax-error",
        group: "syntax",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a quote that is never closed" {
                ".env" => "LOG_LEVEL='info\n",
            }
            fails "a mapping that is not indented" {
                "compose.yaml" => "services:\n  web:\n   image: app\n  - environment\n",
            }
            fails "an image without a base" {
                "compose.yaml" => "services:\n  web:\n    build: .\n",
                "Dockerfile" => "ENV PORT=3000\n",
            }
            passes "a quote that closes" {
                ".env" => "LOG_LEVEL='info'\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let sources = context.documents.sources();
    // One line can be wrong in one way a hundred times over: that is told once.
    let mut told = BTreeSet::new();
    for (error, happens) in errors(context) {
        let Some(file) = sources.get(error.span.file) else { continue };
        let line = file.line_around(error.span.start);
        if told.insert((line, error.message.clone())) {
            let subject = Subject::new(SubjectKind::File, file.path().as_str());
            let mut finding =
                RULE.finding(subject, error.message).at(error.span, "").happens(happens);
            finding.write = error.help;
            outcomes.finding(finding);
        }
    }
    unreadable(context, outcomes);
}

/// Every part of a file that could not be read, with what happens because of it.
fn errors(context: &Context) -> Vec<(SyntaxError, &'static str)> {
    let mut all = Vec::new();
    let mut add = |errors: &[SyntaxError], happens: &'static str| {
        all.extend(errors.iter().map(|error| (error.clone(), happens)));
    };
    for parsed in context.documents.all_dotenv() {
        let happens = match parsed.document.reader() {
            Reader::Compose if parsed.document.refusal().is_some() => {
                "Compose refuses the whole file, and starts nothing"
            }
            _ => "what the program makes of this line is not what it says",
        };
        add(&parsed.errors, happens);
    }
    for parsed in context.documents.all_nginx() {
        add(&parsed.errors, "nginx refuses the whole configuration, or does not do what it says");
    }
    for parsed in dockerfiles(context) {
        add(&parsed.errors, "Docker refuses the file, or does not do what it says");
    }
    for parsed in context.documents.all_trees() {
        add(&parsed.errors, "the program that reads this file refuses it");
    }
    for view in &context.views {
        let happens = "Compose refuses the file, and starts nothing";
        add(&view.deployment.shape, happens);
        for workload in &view.deployment.workloads {
            add(&in_templates(workload), happens);
        }
    }
    all
}

/// What Compose can not expand in its own file. What a dotenv reader can not expand, parsing has
/// already told.
fn in_templates(workload: &Workload) -> Vec<SyntaxError> {
    let settings = workload.run.iter().chain(workload.build.iter());
    settings
        .filter(|(_, setting)| setting.value.origin().reader == Reader::ComposeFile)
        .flat_map(|(_, setting)| &setting.failures)
        .filter(|failure| !matches!(failure, Failure::Guard { .. }))
        .map(Failure::to_error)
        .collect()
}

/// Files that are there and whose bytes or text could not be had.
fn unreadable(context: &Context, outcomes: &mut Outcomes) {
    for error in context.documents.failures() {
        if error.kind == ReadErrorKind::NotFound {
            continue;
        }
        let named = context.views.iter().flat_map(|view| &view.deployment.problems);
        let place = named.clone().find(|p| p.path == error.path).and_then(|problem| problem.place);
        let subject = Subject::new(SubjectKind::File, error.path.as_str());
        let mut finding = RULE
            .finding(subject, error.to_string())
            .happens("nothing in it was checked")
            .write(advice(error.kind));
        if let Some(place) = place {
            finding = finding.at(place, "it is named here");
        }
        outcomes.finding(finding);
    }
}

fn advice(kind: ReadErrorKind) -> &'static str {
    match kind {
        ReadErrorKind::PermissionDenied => "run the check as a user who may read it",
        ReadErrorKind::LinkLoop | ReadErrorKind::LinkToNothing => {
            "let the link lead to the file that is meant, or remove it"
        }
        ReadErrorKind::NotAFile => "name a file, not a directory or device",
        ReadErrorKind::TooLarge => "keep configuration in small files; data belongs elsewhere",
        ReadErrorKind::NotUtf8 { .. } => "save the file as UTF-8",
        _ => "look at the file with another program; the disk may be at fault",
    }
}

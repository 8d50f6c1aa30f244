//! What people write to envlint in the files, and what envlint did not read of them.

use std::sync::Arc;

use envlint_check::{Allowance, Context, Covers};
use envlint_model::{FilePath, SourceFile, Span, Subject, SubjectKind, Unverifiable};
use envlint_parse::Documents;
use envlint_project::Project;

/// The name under which what was left unread is listed.
const UNREAD: &str = "syntax-error";

/// Every allowance, from comments and from the manifest.
pub(crate) fn allowances(documents: &Documents, project: &Project) -> Vec<Allowance> {
    let mut found = Vec::new();
    for parsed in documents.all_dotenv() {
        let document = &parsed.document;
        in_comments(document.file(), document.comments(), &mut found);
    }
    for parsed in documents.all_nginx() {
        let document = &parsed.document;
        in_comments(document.source(), document.comments(), &mut found);
    }
    for parsed in documents.all_trees() {
        let document = &parsed.document;
        in_comments(document.source(), document.comments(), &mut found);
    }
    found.extend(project.allowances.iter().map(|allowed| {
        let covers = Covers::Named(allowed.on.clone());
        Allowance::new(&allowed.rule, &allowed.because, allowed.until, allowed.place, covers)
    }));
    found
}

fn in_comments(file: &Arc<SourceFile>, comments: &[Span], found: &mut Vec<Allowance>) {
    // From the last one upwards, so that comments that follow each other line by line, of which
    // there may be a hundred thousand, stand above the same line without a search for each.
    let mut upwards = Vec::new();
    let mut below: Option<(Span, Span)> = None;
    for comment in comments.iter().rev().copied() {
        let next = match below {
            Some((under, next)) if only_a_line_break(file, comment, under) => next,
            _ => line_after(file, comment),
        };
        upwards.extend(Allowance::from_comment(file.slice(comment), comment, next));
        below = Some((comment, next));
    }
    found.extend(upwards.into_iter().rev());
}

fn only_a_line_break(file: &SourceFile, above: Span, below: Span) -> bool {
    let between = file.text().get(above.end as usize..below.start as usize).unwrap_or("");
    between.trim().is_empty() && between.matches('\n').count() == 1
}

/// The line below a span, or an empty span at the end of the file.
fn line_after(file: &SourceFile, span: Span) -> Span {
    let rest = file.text().get(span.end as usize..).unwrap_or("");
    match rest.find('\n') {
        Some(at) => file.line_around(span.end + at as u32 + 1),
        None => file.span(file.text().len()..file.text().len()),
    }
}

/// What concerns envlint and was not read: named, so that nobody takes it for checked.
pub(crate) fn unread(context: &Context) -> Vec<Unverifiable> {
    let discovered = &context.project.discovered;
    let of_file = |name: String, reason: String| Unverifiable {
        rule: UNREAD,
        subject: Subject::new(SubjectKind::File, name),
        reason,
        span: None,
        scopes: Vec::new(),
    };
    let named = discovered.unread.iter();
    let mut unread: Vec<Unverifiable> =
        named.map(|(path, why)| of_file(path.to_string(), (*why).to_owned())).collect();
    let problems = discovered.problems.iter();
    unread.extend(problems.map(|p| of_file(p.path.to_string(), p.kind.to_string())));
    let known = |path: &FilePath| {
        let mut vaults = context.views.iter().flat_map(|view| &view.deployment.vaults);
        vaults.any(|vault| vault.path == *path)
    };
    for path in discovered.encrypted.iter().filter(|path| !known(path)) {
        let reason = "is encrypted, and no source of these environments names it".to_owned();
        unread.push(of_file(path.to_string(), reason));
    }
    for (span, what) in context.views.iter().flat_map(|view| &view.deployment.unread) {
        let file = context.documents.sources().get(span.file);
        let name = file.map(|file| file.path().to_string()).unwrap_or_default();
        unread.push(Unverifiable { span: Some(*span), ..of_file(name, what.clone()) });
    }
    unread
}

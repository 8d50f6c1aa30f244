use envlint_model::{Edit, Fix, FixSafety, Outcomes, Subject, SubjectKind, declare_rule};
use envlint_parse::dotenv::{Statement, Stray, StrayKind};

use crate::Context;

declare_rule! {
    /// invisible or unpaired characters end up in a value
    ///
    /// A carriage return from Windows, a no-break space from a web page, a quote that was not
    /// closed: nobody sees them, and the program gets them as a part of the value. A password
    /// with a carriage return at its end is a wrong password.
    ///
    /// What counts is what the file's own reader leaves in the value. A byte order mark at the
    /// start of the file, or a carriage return that the reader drops, is no finding.
    ///
    /// ## Instead
    ///
    /// Remove them. If they are meant, quote the value.
    pub(crate) static RULE: Rule<Context> = {
        name: "stray-characters",
        group: "syntax",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a zero-width space from a web page" {
                ".env" => "API_URL=https://api.example.org\u{200b}\n",
            } => fixed {
                ".env" => "API_URL=https://api.example.org\n",
            }
            passes "white space that the reader drops" {
                ".env" => "API_URL=https://api.example.org  \n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for parsed in context.documents.all_dotenv() {
        for statement in parsed.document.statements().iter().filter(|s| !s.torn) {
            let strays = statement.value.as_ref().map_or(&[][..], |value| &value.strays);
            match strays {
                [] => outcomes.pass(),
                strays => report(statement, strays, outcomes),
            }
        }
    }
}

fn report(statement: &Statement, strays: &[Stray], outcomes: &mut Outcomes) {
    let name = &statement.name;
    let mut kinds: Vec<&str> = strays.iter().map(|stray| stray.kind.describe()).collect();
    kinds.dedup();
    let what = crate::words::series(kinds, "and");
    let mut finding = RULE
        .finding(
            Subject::new(SubjectKind::Variable, name.as_str()),
            format!("{what} in the value of {name}"),
        )
        .happens("the program gets it as a part of the value")
        .write(format!("{name} without it, or in quotes if it is meant"));
    for stray in strays {
        finding = finding.at(stray.span, "");
    }
    // A quote may be half of a pair whose other half is missing: only a person can tell.
    if strays.iter().all(|stray| stray.kind != StrayKind::Quote) {
        let edits = strays.iter().map(|stray| Edit { span: stray.span, insert: Vec::new() });
        finding = finding.fix(Fix {
            title: "remove what can not be seen".to_owned(),
            safety: FixSafety::Safe,
            edits: edits.collect(),
        });
    }
    outcomes.finding(finding);
}

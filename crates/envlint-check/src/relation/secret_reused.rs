use std::collections::BTreeMap;

use envlint_model::{
    Finding, Outcomes, SecretFingerprint, Subject, SubjectKind, Unverifiable, declare_rule,
};
use envlint_resolve::Setting;
use envlint_schema::{AgreementKind, Member};

use crate::Context;
use crate::cases::{of, place_of, steps};

/// Two secrets that must differ.
const TWO_SECRETS: &str = concat!(
    api!(r#"AUTH_SECRET = { type = "token" }"#, r#"CALL_SECRET = { type = "token" }"#,),
    r#"
[[relations]]
distinct = ["api.AUTH_SECRET", "api.CALL_SECRET"]
"#,
);

declare_rule! {
    /// two variables share a value that the manifest wants distinct
    ///
    /// One secret for two purposes: whoever needs it for one gets the other as well, and
    /// neither can be changed alone. Only what `distinct` names is compared.
    ///
    /// ## Instead
    ///
    /// Make a value of its own for each purpose.
    pub(crate) static RULE: Rule<Context> = {
        name: "secret-reused",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "sessions and calls between services share a secret" {
                "envlint.toml" => TWO_SECRETS,
                ".env" => "AUTH_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\nCALL_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\n",
            }
            passes "a secret each" {
                "envlint.toml" => TWO_SECRETS,
                ".env" => "AUTH_SECRET=CANARY-Jw8rT2nVx5Lq9ZpYc4Hs\nCALL_SECRET=CANARY-7hQ2xK4v9mTzWb3NcR8e\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        for declared in &context.project.agreements {
            if declared.agreement.kind != AgreementKind::Distinct {
                continue;
            }
            let mut seen: BTreeMap<SecretFingerprint, (&Member, &Setting)> = BTreeMap::new();
            for member in &declared.agreement.members {
                let Some(workload) = view.deployment.workload(&member.service) else { continue };
                let Some(setting) = workload.run.get(&member.variable) else { continue };
                let scopes = [workload.scope.clone()];
                let subject = Subject::new(SubjectKind::Variable, member.variable.as_str());
                let subject = subject.of(&member.service);
                let Some(fingerprint) = context.equality.fingerprint(&setting.value) else {
                    let why = setting.value.first_unknown().map(ToString::to_string);
                    outcomes.unverifiable(Unverifiable {
                        rule: RULE.name,
                        subject,
                        reason: why.unwrap_or_default(),
                        span: Some(setting.name_span),
                        scopes: scopes.to_vec(),
                    });
                    continue;
                };
                let Some((first, other)) = seen.get(&fingerprint) else {
                    seen.insert(fingerprint, (member, setting));
                    outcomes.pass();
                    continue;
                };
                let names =
                    (of(&first.service, &first.variable), of(&member.service, &member.variable));
                let because = declared.agreement.because.clone();
                let finding =
                    RULE.finding(subject, format!("{} and {} are the same", names.0, names.1));
                let finding = place(finding, (&names.0, other), (&names.1, setting))
                    .happens(because.unwrap_or_else(|| {
                        "whoever is given one of them holds the other, and neither can be changed \
                         alone"
                            .to_owned()
                    }))
                    .write("a value of its own for each")
                    .scopes(scopes);
                outcomes.finding(finding);
            }
        }
    }
}

/// Says where each of two has its value. Where one refers to the other, they have one line, and
/// the reference is the mistake.
fn place(finding: Finding, a: (&str, &Setting), b: (&str, &Setting)) -> Finding {
    let (x, y) = (place_of(a.1, None), place_of(b.1, None));
    if x != y {
        let finding = finding.at(y, format!("{} reads it here", b.0));
        return finding.at(x, format!("{} reads it here", a.0));
    }
    let mut finding = finding.at(x, format!("{} and {} read it here", a.0, b.0));
    for (title, setting) in [a, b] {
        for span in steps(setting, None) {
            if finding.labels.iter().all(|label| label.span != span) {
                finding = finding.at(span, format!("{title} takes it from there"));
            }
        }
    }
    finding
}

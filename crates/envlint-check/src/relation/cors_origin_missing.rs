use envlint_model::{Finding, Name, Outcomes, Subject, Unverifiable, declare_rule};
use envlint_project::DeclaredAgreement;
use envlint_resolve::{Setting, Workload};
use envlint_schema::{AgreementKind, Endpoint, Endpoints, Variable};

use super::fronts::{Front, fronts};
use crate::Context;
use crate::cases::place_of;
use crate::context::View;

/// Two services of a system that is known.
const POLYANT: &str = r#"version = 1

[environments]
production = {}

[services.engine]
schema = "polyant/engine"

[services.web]
schema = "polyant/web"
"#;

/// The proxy before the front end.
const FRONT_END: &str = r#"events {}
http {
  server {
    listen 443 ssl;
    server_name app.polyant.dev;
    location / { proxy_pass http://127.0.0.1:3000; }
  }
}
"#;

declare_rule! {
    /// a front end is not among the origins that may call the service it needs
    ///
    /// Browsers ask the service whether a page from another origin may read its answers. A
    /// front end that the list leaves out loads and then fails at every call, for everybody.
    ///
    /// Which front ends call which service is known of bundled systems. Where a front end
    /// answers is known from its own public address and, in production, from the proxy
    /// configurations: the server names that lead to it.
    ///
    /// ## Instead
    ///
    /// Add the origin, scheme and host, to the list.
    pub(crate) static RULE: Rule<Context> = {
        name: "cors-origin-missing",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["cors-wildcard", "unresolved-reference"],
        check: check,
        examples: [
            fails "the proxy serves web under another name" {
                "envlint.toml" => POLYANT,
                "compose.yaml" => "services:\n  engine:\n    environment:\n      CORS_ORIGINS: https://admin.polyant.dev\n  web:\n    ports: [\"127.0.0.1:3000:3000\"]\n",
                "nginx/app.conf" => FRONT_END,
            }
            passes "the name that it is served under" {
                "envlint.toml" => POLYANT,
                "compose.yaml" => "services:\n  engine:\n    environment:\n      CORS_ORIGINS: https://app.polyant.dev\n  web:\n    ports: [\"127.0.0.1:3000:3000\"]\n",
                "nginx/app.conf" => FRONT_END,
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        for declared in &context.project.agreements {
            let AgreementKind::Allows(callers) = &declared.agreement.kind else { continue };
            for list in lists(context, view, declared) {
                list.check(context, declared, callers, outcomes);
            }
        }
    }
}

/// The lists of an agreement that are set.
fn lists<'a>(
    context: &'a Context,
    view: &'a View,
    declared: &'a DeclaredAgreement,
) -> impl Iterator<Item = List<'a>> {
    declared.agreement.members.iter().filter_map(move |member| {
        let workload = view.deployment.workload(&member.service)?;
        let variable = context.schema(workload)?.variable(&member.variable)?;
        let setting = workload.run.get(&member.variable)?;
        (!setting.value.is_empty()).then_some(List { view, workload, variable, setting })
    })
}

/// A list of origins that may call a service.
struct List<'a> {
    view: &'a View,
    workload: &'a Workload,
    variable: &'a Variable,
    setting: &'a Setting,
}

impl List<'_> {
    fn check(
        &self,
        context: &Context,
        declared: &DeclaredAgreement,
        callers: &[Name],
        outcomes: &mut Outcomes,
    ) {
        let allowed = Endpoints::of(self.variable, &self.setting.value);
        for front in callers.iter().flat_map(|caller| fronts(context, self.view, caller)) {
            let is_allowed = allowed.known.iter().any(|origin| front.is(origin));
            match (is_allowed, allowed.open) {
                (true, _) => outcomes.pass(),
                (false, Some(why)) => outcomes.unverifiable(Unverifiable {
                    rule: RULE.name,
                    subject: self.subject(),
                    reason: why.to_string(),
                    span: Some(self.setting.name_span),
                    scopes: vec![self.workload.scope.clone()],
                }),
                (false, None) => outcomes.finding(self.word(&front, declared, &allowed.known)),
            }
        }
    }

    fn subject(&self) -> Subject {
        Subject::variable(&self.workload.service, &self.variable.name)
    }

    fn word(&self, front: &Front, declared: &DeclaredAgreement, known: &[Endpoint]) -> Finding {
        let (name, service) = (&self.variable.name, &self.workload.service);
        let (caller, origin) = (&front.service, front.origin());
        let message = format!("{name} of {service} leaves out {origin}, where {caller} answers");
        let label = match known.iter().any(|other| other.host == front.host) {
            true => format!("{caller} is here, but not with https"),
            false => format!("{caller} is not in this list"),
        };
        let mut finding = RULE
            .finding(self.subject(), message)
            .at(place_of(self.setting, None), label)
            .scopes([self.workload.scope.clone()]);
        if let Some(place) = front.place {
            finding = finding.at(place, format!("{caller} is served from here"));
        }
        let because = declared.agreement.because.clone();
        finding
            .happens(because.unwrap_or_else(|| {
                format!("browsers keep the answers of {service} from pages of {caller}")
            }))
            .write(format!("{origin} as an item of {name}"))
    }
}

use envlint_model::{
    Equality, Finding, Origin, Outcomes, Phase, Reader, Scope, Secret, Span, Subject, SubjectKind,
    Unverifiable, Value, declare_rule,
};
use envlint_project::DeclaredAgreement;
use envlint_resolve::{Setting, Workload};
use envlint_schema::{AgreementKind, Empty, Member, Part, PartOf, Phases, Variable};

use super::places::lead_to_one_place;
use crate::cases::place_of;
use crate::context::View;
use crate::{Context, words};

/// Two services that must share a secret.
const SIGNS_AND_VERIFIES: &str = r#"version = 1

[services.api.variables]
AUTH_SECRET = { type = "token" }

[services.web.variables]
AUTH_SECRET = { type = "token" }

[[relations]]
same = ["api.AUTH_SECRET", "web.AUTH_SECRET"]
because = "web signs sessions that api rejects: nobody can sign in"
"#;

declare_rule! {
    /// two services must have the same value and do not, or one of them lacks it
    ///
    /// One service signs and the other verifies, one encrypts and the other decrypts, both write
    /// to one database. What must agree is known of bundled systems and is otherwise declared
    /// in the manifest. Of database URLs host, port and name are compared (user and password
    /// may differ), of public addresses scheme, host and port.
    ///
    /// Values are compared as each service gets them, by fingerprints that mean nothing
    /// outside of the run. A value that is not known is compared with another one only if both
    /// are copies of the same thing. Where a service has a default, that is its value; two
    /// defaults are never compared.
    ///
    /// ## Instead
    ///
    /// Let both read one line.
    pub(crate) static RULE: Rule<Context> = {
        name: "shared-value-mismatch",
        group: "relation",
        severity: Error,
        confidence: High,
        since: "0.1.0",
        yields_to: ["unresolved-reference"],
        check: check,
        examples: [
            fails "two files, two secrets" {
                "envlint.toml" => SIGNS_AND_VERIFIES,
                "compose.yaml" => "services:\n  api:\n    environment:\n      AUTH_SECRET: ${AUTH_SECRET}\n  web:\n    env_file: web.env\n",
                ".env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
                "web.env" => "AUTH_SECRET=CANARY-kT9vLx2mQp7Zr4Wn\n",
            }
            fails "one lacks it" {
                "envlint.toml" => SIGNS_AND_VERIFIES,
                "compose.yaml" => "services:\n  api:\n    environment:\n      AUTH_SECRET: ${AUTH_SECRET}\n  web:\n    environment:\n      LOG_LEVEL: info\n",
                ".env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
            fails "two addresses of one service" {
                "envlint.toml" => "version = 1\n\n[services.engine]\nschema = \"polyant/engine\"\n\n[services.web]\nschema = \"polyant/web\"\n",
                "compose.yaml" => "services:\n  engine:\n    environment:\n      BASE_URL: https://api.polyant.dev\n  web:\n    build:\n      args:\n        NEXT_PUBLIC_API_URL: https://engine.polyant.dev\n",
            }
            passes "one database under two users" {
                "envlint.toml" => "version = 1\n\n[services.engine]\nschema = \"polyant/engine\"\n\n[services.web]\nschema = \"polyant/web\"\n",
                "compose.yaml" => "services:\n  db:\n    image: postgres:16\n  engine:\n    environment:\n      DATABASE_URL: postgresql://engine:CANARY8Kd02mXq7@db:5432/polyant\n  web:\n    environment:\n      DATABASE_URL: postgresql://web:CANARYkT9vLx2m@db/polyant\n",
            }
            passes "one line for both" {
                "envlint.toml" => SIGNS_AND_VERIFIES,
                "compose.yaml" => "services:\n  api:\n    environment:\n      AUTH_SECRET: ${AUTH_SECRET}\n  web:\n    environment:\n      AUTH_SECRET: ${AUTH_SECRET}\n",
                ".env" => "AUTH_SECRET=CANARY-8Kd02mXq7ZtR5vLw\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        for declared in &context.project.agreements {
            if declared.agreement.kind == AgreementKind::Same {
                Comparison::of(context, view, declared).check(outcomes);
            }
        }
    }
}

/// One agreement in one environment.
struct Comparison<'a> {
    context: &'a Context,
    view: &'a View,
    declared: &'a DeclaredAgreement,
    /// The part that is compared, if it is the same of every member.
    part: Option<Part>,
    sides: Vec<Side<'a>>,
}

/// One member of an agreement.
struct Side<'a> {
    member: &'a Member,
    workload: &'a Workload,
    variable: Option<&'a Variable>,
    setting: Option<&'a Setting>,
    /// What the service uses instead, where nothing is set.
    default: Option<Value>,
}

impl<'a> Side<'a> {
    fn of(context: &'a Context, view: &'a View, member: &'a Member) -> Option<Self> {
        let workload = view.deployment.workload(&member.service)?;
        let variable =
            context.schema(workload).and_then(|schema| schema.variable(&member.variable));
        let run = workload.run.get(&member.variable);
        let build = workload.variables(Phase::Build).get(&member.variable);
        let setting = match variable.map(|variable| variable.phases) {
            Some(Phases::Build) => build,
            Some(Phases::Both) => run.or(build),
            Some(Phases::Run) | None => run,
        };
        let empty = setting.is_some_and(|setting| setting.value.is_empty());
        let default = variable.and_then(|variable| match &variable.empty {
            _ if !empty => variable.default.as_deref(),
            Empty::Unset => variable.default.as_deref(),
            Empty::Reads(text) => Some(text.as_str()),
            Empty::Value | Empty::Error => None,
        });
        let setting = setting.filter(|setting| !setting.value.is_empty());
        let unset = setting.is_none() && workload.beyond.is_none();
        let default = default.filter(|_| unset).map(|text| {
            // It stands in no file of the deployment; nobody is shown this place for it.
            let origin = Origin::new(workload.place, Reader::Names);
            Value::literal(Secret::made(text.to_owned()), origin)
        });
        Some(Self { member, workload, variable, setting, default })
    }

    /// What the service has, set or by default.
    fn value(&self) -> Option<&Value> {
        self.setting.map(|setting| &setting.value).or(self.default.as_ref())
    }

    /// Whether it has nothing for certain, and no default stands in.
    fn lacks(&self) -> bool {
        self.value().is_none() && self.workload.beyond.is_none()
    }

    fn title(&self) -> String {
        let Member { variable, part, .. } = self.member;
        let part = words::part(&PartOf { variable: variable.clone(), part: *part });
        format!("{part} of {}", self.workload.service)
    }
}

impl<'a> Comparison<'a> {
    fn of(context: &'a Context, view: &'a View, declared: &'a DeclaredAgreement) -> Self {
        let part = declared.agreement.part();
        let members = declared.agreement.members.iter();
        let sides = members.filter_map(|member| Side::of(context, view, member)).collect();
        Self { context, view, declared, part, sides }
    }

    fn check(&self, outcomes: &mut Outcomes) {
        // Two defaults are the business of their schemas.
        let Some((first, setting)) = self.sides.iter().find_map(|side| Some((side, side.setting?)))
        else {
            return;
        };
        if self.part == Some(Part::Whole) {
            for side in self.sides.iter().filter(|side| side.lacks()) {
                outcomes.finding(self.lacking(side, first, setting));
            }
        }
        let mut different = Vec::new();
        for other in self.sides.iter().filter(|side| !std::ptr::eq(*side, first)) {
            match (other.value(), &other.workload.beyond) {
                (Some(theirs), _) => match self.compare((first, &setting.value), (other, theirs)) {
                    Equality::Same => outcomes.pass(),
                    Equality::Different => different.push(other),
                    Equality::Unknown => outcomes.unverifiable(self.open(first, other)),
                },
                (None, Some(_)) => outcomes.unverifiable(self.open(first, other)),
                (None, None) => {}
            }
        }
        if !different.is_empty() {
            different.insert(0, first);
            outcomes.finding(self.differing(&different));
        }
    }

    fn compare(&self, a: (&Side<'a>, &Value), b: (&Side<'a>, &Value)) -> Equality {
        let equality = match self.part {
            Some(part) => part.compare(&self.context.equality, a.1, b.1),
            None => a.0.member.part.compare_with(a.1, b.0.member.part, b.1),
        };
        // One database has one name in a network and another one on the host.
        let moved = equality == Equality::Different
            && self.part == Some(Part::Database)
            && lead_to_one_place(
                self.view,
                (a.0.workload, a.0.variable, a.1),
                (b.0.workload, b.0.variable, b.1),
            );
        if moved { Equality::Same } else { equality }
    }

    fn lacking(&self, side: &Side<'a>, has: &Side<'a>, setting: &Setting) -> Finding {
        let (service, name) = (&side.workload.service, &side.member.variable);
        let (other, theirs) = (&has.workload.service, &has.member.variable);
        let message = match name == theirs {
            true => format!("{service} lacks {name}, which {other} has"),
            false => format!("{service} lacks {name}, which must be {theirs} of {other}"),
        };
        let (place, label) = match side.workload.run.get(name) {
            Some(empty) => (place_of(empty, None), "set here, and empty"),
            None => (side.workload.place, "defined here, without it"),
        };
        let finding = RULE
            .finding(Subject::variable(service, name), message)
            .at(place, label)
            .at(place_of(setting, None), format!("{other} reads it here"));
        let write = match setting.references.as_slice() {
            [only] => {
                format!("{name}: ${{{0}:?set {0}}} for {service}, as {other} has it", only.name)
            }
            _ => format!("{name} for {service} too, from a file that {service} and {other} share"),
        };
        self.close(finding, [side, has]).write(write)
    }

    fn differing(&self, sides: &[&Side<'a>]) -> Finding {
        let name = &sides[0].member.variable;
        let one_name = sides.iter().all(|side| side.member.variable == *name);
        let services =
            words::series(sides.iter().map(|side| side.workload.service.as_str()), "and");
        let titles = words::series(sides.iter().map(|side| side.title()), "and");
        let message = match (self.part, one_name) {
            (Some(Part::Whole), true) => format!("{name} differs between {services}"),
            (Some(Part::Origin), _) => format!("{titles} are different addresses of one service"),
            (Some(Part::Database), _) => format!("{titles} lead to different databases"),
            _ => format!("{titles} differ, and must be the same"),
        };
        let subject = match one_name {
            true => Subject::new(SubjectKind::Variable, name.as_str()),
            false => Subject::new(SubjectKind::Relation, titles),
        };
        let mut finding = RULE.finding(subject, message);
        for side in sides {
            let service = &side.workload.service;
            let Some(setting) = side.setting else {
                let default = side.default.as_ref().and_then(Value::known);
                let default = default.as_ref().map_or("", |text| text.as_str());
                let label =
                    format!("{service} is defined here without it: its default is {default}");
                finding = finding.at(side.workload.place, label);
                continue;
            };
            finding = finding.at(place_of(setting, None), format!("{service} reads it here"));
            for weaker in &setting.shadows {
                finding = finding.at(weaker.span, format!("shadowed: {service} does not see it"));
            }
        }
        let write = match self.part {
            Some(Part::Whole) => {
                format!("one line for {services}: {name} from a file that they share")
            }
            Some(Part::Origin) => "the same scheme, host and port in each".to_owned(),
            Some(Part::Database) => "the same host, port and database name in each".to_owned(),
            Some(part) => format!("the same {} in each", part.name().unwrap_or("text")),
            None => "what belongs together in each".to_owned(),
        };
        self.close(finding, sides.iter().copied()).write(write)
    }

    /// Adds where the agreement is declared, what it is for and where it holds.
    fn close<'b>(&self, finding: Finding, sides: impl IntoIterator<Item = &'b Side<'a>>) -> Finding
    where
        'a: 'b,
    {
        let because = self.declared.agreement.because.clone();
        let finding = finding
            .scopes(sides.into_iter().map(|side| side.workload.scope.clone()))
            .happens(because.unwrap_or_else(|| {
                "what one of them writes or signs, the other can not read".to_owned()
            }));
        match self.declared.place {
            Some(place) => finding.at(place, "that they agree is declared here"),
            None => finding,
        }
    }

    fn open(&self, first: &Side<'a>, other: &Side<'a>) -> Unverifiable {
        let mut values = [first, other].into_iter().filter_map(Side::value);
        let beyond = other.workload.beyond.as_ref().filter(|_| other.value().is_none());
        let reason = match (values.find_map(Value::first_unknown), beyond) {
            (_, Some(why)) => format!("may be set {why}"),
            (Some(why), None) => why.to_string(),
            (None, None) => format!("it can not be compared with {}", first.title()),
        };
        let span: Option<Span> = other.setting.map(|setting| setting.name_span);
        let scopes: Vec<Scope> = vec![other.workload.scope.clone()];
        let subject = Subject::variable(&other.workload.service, &other.member.variable);
        Unverifiable { rule: RULE.name, subject, reason, span, scopes }
    }
}

use envlint_model::{
    Equality, Finding, Outcomes, Phase, Scope, Span, Subject, SubjectKind, Unverifiable,
    declare_rule,
};
use envlint_project::DeclaredAgreement;
use envlint_resolve::{Setting, Workload};
use envlint_schema::{AgreementKind, Member, Part, PartOf, Phases, Variable};

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
    /// are copies of the same thing.
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
        let setting = setting.filter(|setting| !setting.value.is_empty());
        Some(Self { member, workload, variable, setting })
    }

    /// Whether it has nothing for certain, and no default stands in.
    fn lacks(&self) -> bool {
        let default = self.variable.is_some_and(|variable| variable.default.is_some());
        self.setting.is_none() && !default && self.workload.beyond.is_none()
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
        let mut set = self.sides.iter().filter_map(|side| Some((side, side.setting?)));
        let Some((first, setting)) = set.next() else { return };
        if self.part == Some(Part::Whole) {
            for side in self.sides.iter().filter(|side| side.lacks()) {
                outcomes.finding(self.lacking(side, first, setting));
            }
        }
        let mut different = Vec::new();
        for (other, theirs) in set {
            match self.compare((first, setting), (other, theirs)) {
                Equality::Same => outcomes.pass(),
                Equality::Different => different.push(other),
                Equality::Unknown => outcomes.unverifiable(self.open(first, other)),
            }
        }
        if !different.is_empty() {
            different.insert(0, first);
            outcomes.finding(self.differing(&different));
        }
    }

    fn compare(&self, a: (&Side<'a>, &Setting), b: (&Side<'a>, &Setting)) -> Equality {
        let (x, y) = (&a.1.value, &b.1.value);
        let equality = match self.part {
            Some(part) => part.compare(&self.context.equality, x, y),
            None => a.0.member.part.compare_with(x, b.0.member.part, y),
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
            let Some(setting) = side.setting else { continue };
            let service = &side.workload.service;
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
        let unknown = [first, other]
            .into_iter()
            .find_map(|side| side.setting.and_then(|setting| setting.value.first_unknown()));
        let reason = match unknown {
            Some(why) => why.to_string(),
            None => format!("it can not be compared with {}", first.title()),
        };
        let span: Option<Span> = other.setting.map(|setting| setting.name_span);
        let scopes: Vec<Scope> = vec![other.workload.scope.clone()];
        let subject = Subject::variable(&other.workload.service, &other.member.variable);
        Unverifiable { rule: RULE.name, subject, reason, span, scopes }
    }
}

use std::collections::BTreeMap;

use envlint_model::{Edit, Finding, Fix, FixSafety, Insert, Name, Outcomes, Phase, declare_rule};
use envlint_schema::{Phases, Requirement, Role, Variable};

use super::contract::{By, Claim, Fallback, Whole};
use crate::Context;
use crate::context::Use;
use crate::images::{Given, Image, images};
use crate::words;

declare_rule! {
    /// schema, Dockerfile and Compose disagree about a default, or about what is required
    ///
    /// Who reads one of them believes it. The schema says that the service listens on 3100, the
    /// image exposes 3000, and the proxy is written by whichever was looked at. Told are
    /// contradictions that somebody meets unnoticed:
    ///
    /// - a port: its default in the schema, `ENV` and `EXPOSE` of the image, `${PORT:-3000}` in
    ///   Compose, as long as nobody sets another one;
    /// - any other variable of which all three claim to be the default, and a build argument
    ///   whose default is not the schema's;
    /// - in production, a default in Compose for what the schema requires or calls a secret:
    ///   forgetting to set it is noticed by nobody;
    /// - `${NAME:?}` in Compose for a variable that the service can do without;
    /// - `ENV PORT` in the image of a service whose port is another variable.
    ///
    /// A default in Compose alone that differs from the schema's is taken for a decision, and so
    /// is an `ENV` alone.
    ///
    /// ## Instead
    ///
    /// Say it once: in the schema, and nowhere else unless it is meant to differ.
    pub(crate) static RULE: Rule<Context> = {
        name: "contract-drift",
        group: "drift",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        yields_to: [
            "default-credential",
            "dev-value-in-production",
            "placeholder-secret",
            "published-key",
            "unsafe-default",
            "weak-secret",
        ],
        check: check,
        examples: [
            fails "two defaults of one port" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nPORT = { type = \"port\", default = \"3100\", role = \"listen-port\" }\n",
                "compose.yaml" => "services:\n  web:\n    environment:\n      PORT: ${PORT:-3000}\n",
            }
            fails "a port that the image does not expose" {
                "envlint.toml" => "version = 1\n\n[services.web.variables]\nPORT = { type = \"port\", default = \"3100\", role = \"listen-port\" }\n",
                "compose.yaml" => "services:\n  web:\n    build: web\n",
                "web/Dockerfile" => "FROM node:22\nEXPOSE 3000\n",
            }
            fails "a default for what is required in production" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[services.api.variables]\nREGION = { type = \"string\", secret = false, required = true }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      REGION: ${REGION:-eu-west-1}\n",
            } => fixed {
                "compose.yaml" => "services:\n  api:\n    environment:\n      REGION: ${REGION:?set it in .env}\n",
            }
            fails "required by Compose alone" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nLOG_LEVEL = { type = \"string\", secret = false, default = \"info\" }\n",
                "compose.yaml" => "services:\n  api:\n    environment:\n      LOG_LEVEL: ${LOG_LEVEL:?set it}\n",
                ".env" => "LOG_LEVEL=debug\n",
            }
            fails "a port under another name" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nAPI_PORT = { type = \"port\", default = \"4000\", role = \"listen-port\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: .\n",
                "Dockerfile" => "FROM node:22\nENV NODE_ENV=production PORT=4000\n",
            }
            passes "an image and Compose that decide for themselves" {
                "envlint.toml" => "version = 1\n\n[services.api.variables]\nPORT = { type = \"port\", default = \"4000\", role = \"listen-port\" }\nNODE_ENV = { type = \"string\", secret = false, default = \"development\" }\nLOG_LEVEL = { type = \"string\", secret = false, default = \"info\" }\n",
                "compose.yaml" => "services:\n  api:\n    build: .\n    environment:\n      LOG_LEVEL: ${LOG_LEVEL:-warn}\n",
                "Dockerfile" => "FROM node:22\nENV NODE_ENV=production\nEXPOSE 4000\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    for view in &context.views {
        let images = images(context, &view.deployment.environment);
        for each in context.uses().filter(|each| std::ptr::eq(each.view, view)) {
            let contract = Contract::of(context, each, images.get(&each.workload.name));
            let findings = contract.findings();
            match findings.is_empty() {
                true => outcomes.pass(),
                false => findings.into_iter().for_each(|finding| outcomes.finding(finding)),
            }
        }
    }
}

/// Everything that is said of one service, by everybody.
struct Contract<'a> {
    context: &'a Context,
    each: Use<'a>,
    image: Option<&'a Image>,
    /// What the image sets for the running process.
    run: BTreeMap<Name, Given>,
    /// What the build takes if Compose says nothing.
    build: BTreeMap<Name, Given>,
}

impl<'a> Contract<'a> {
    fn of(context: &'a Context, each: Use<'a>, image: Option<&'a Image>) -> Self {
        let run = image.map(|image| image.environment(each.workload)).unwrap_or_default();
        let build = image.map(|image| image.defaults(each.workload)).unwrap_or_default();
        Self { context, each, image, run, build }
    }

    fn findings(&self) -> Vec<Finding> {
        let current = self.each.schema.variables().iter().filter(|each| each.retired.is_none());
        let of_variables = current.filter_map(|variable| self.of_variable(variable));
        of_variables.chain(self.exposed()).chain(self.other_port()).collect()
    }

    /// The first thing that is wrong with a variable.
    fn of_variable(&self, variable: &Variable) -> Option<Finding> {
        let phase = match variable.phases {
            Phases::Build => Phase::Build,
            Phases::Run | Phases::Both => Phase::Run,
        };
        let whole = Whole::of(self.context, &self.each, phase, &variable.name);
        let fallback = whole.as_ref().and_then(Whole::fallback);
        let silent = fallback.as_ref().and_then(|fallback| self.silent(variable, fallback));
        let strict = || whole.as_ref().and_then(|whole| self.strict(variable, whole));
        silent
            .or_else(strict)
            .or_else(|| self.disagreement(variable, phase, fallback.as_ref()))
            .map(|finding| finding.scopes([self.each.workload.scope.clone()]))
    }

    /// Compose stands in for what nobody may forget.
    fn silent(&self, variable: &Variable, fallback: &Fallback) -> Option<Finding> {
        let required = variable.requirement == Requirement::Always;
        let secret = variable.is_secret();
        let matters = self.each.view.is_production() && !fallback.value.is_empty();
        if !matters || !required && !secret {
            return None;
        }
        let (name, service) = (&variable.name, &self.each.workload.service);
        let (what, happens) = match secret {
            true => (
                "a secret",
                format!("where it is forgotten, {service} runs with a text that this file shows"),
            ),
            false => (
                "required",
                format!("where it is forgotten, {service} runs with what nobody chose"),
            ),
        };
        let guarded = format!("${{{}:?set it in .env}}", fallback.name);
        let fix = Fix {
            title: "let Compose refuse to start without it".to_owned(),
            safety: FixSafety::Unsafe,
            edits: vec![Edit { span: fallback.place, insert: vec![Insert::Text(guarded.clone())] }],
        };
        let message = format!("{name} of {service} is {what}, and Compose has a default for it");
        let label = match fallback.taken {
            true => "this default is what counts now",
            false => "unset becomes this default",
        };
        Some(
            RULE.finding(self.each.subject(name), message)
                .at(fallback.place, label)
                .happens(happens)
                .write(guarded)
                .fix(fix),
        )
    }

    /// Compose refuses what the service accepts.
    fn strict(&self, variable: &Variable, whole: &Whole<'_>) -> Option<Finding> {
        let optional = variable.requirement == Requirement::Never
            && variable.recommended.is_none()
            && variable.unsafe_default.is_none();
        let default = variable.default.as_ref().filter(|_| optional && whole.is_guarded())?;
        let (name, service) = (&variable.name, &self.each.workload.service);
        let wanted = &whole.reference.name;
        let instead = match variable.is_public() {
            true => format!("${{{wanted}:-{default}}}"),
            false => format!("${{{wanted}-}}"),
        };
        let message = format!("{name} of {service} has a default, and Compose refuses to go by it");
        Some(
            RULE.finding(self.each.subject(name), message)
                .at(whole.reference.span, "unset stops Compose")
                .happens(format!("nothing starts where {wanted} is left out, as {service} allows"))
                .write(format!("{instead}, or `required = true` in the schema")),
        )
    }

    /// Defaults that differ, of which one is taken unnoticed.
    fn disagreement(
        &self,
        variable: &Variable,
        phase: Phase,
        fallback: Option<&Fallback>,
    ) -> Option<Finding> {
        let set = self.each.variables(phase).get(&variable.name).is_some();
        if set && !fallback.is_some_and(|fallback| fallback.taken) {
            return None;
        }
        let given = match phase {
            Phase::Build => &self.build,
            Phase::Run => &self.run,
        };
        let claims = [
            fallback.map(Claim::of_compose),
            given.get(&variable.name).and_then(Claim::of_image),
            self.default(variable),
        ];
        let claims: Vec<Claim> = claims.into_iter().flatten().collect();
        let enough = match phase {
            Phase::Run if !self.is_port(variable) => 3,
            _ => 2,
        };
        let texts = claims.iter().map(|claim| self.context.equality.fingerprint(&claim.value));
        let texts: Vec<_> = texts.collect();
        let differ = texts.windows(2).any(|pair| matches!(pair, [a, b] if a != b));
        (claims.len() >= enough && differ).then(|| self.differ(variable, &claims))
    }

    fn differ(&self, variable: &Variable, claims: &[Claim]) -> Finding {
        let (name, service) = (&variable.name, &self.each.workload.service);
        let who = words::series(claims.iter().map(|claim| claim.by.title()), "and");
        let message = format!("{who} have different defaults for {name} of {service}");
        let mut finding = RULE.finding(self.each.subject(name), message);
        let mut wins = "";
        for (at, claim) in claims.iter().enumerate() {
            let Some(place) = claim.place else { continue };
            let says = match claim.shown(variable) {
                Some(text) => format!("{text} here"),
                None => "another one here".to_owned(),
            };
            let label = if at == 0 { format!("{says}, which counts") } else { says };
            if at == 0 {
                wins = claim.by.title();
            }
            finding = finding.at(place, label);
        }
        let schema = claims.iter().find(|claim| claim.by == By::Schema);
        let documented = schema.and_then(|claim| claim.shown(variable));
        let write = match documented {
            Some(text) => {
                format!("{text} in all of them, as the schema says, or the other one there, too")
            }
            None => "one default, in all of them".to_owned(),
        };
        let instead = if schema.is_some() { ", whatever the schema says" } else { "" };
        finding.happens(format!("{service} goes by {wins}{instead}")).write(write)
    }

    fn default(&self, variable: &Variable) -> Option<Claim> {
        let near = self.each.workload.place;
        let port = self.each.schema.service.port.filter(|_| self.is_port(variable));
        let of_service = || port.map(|port| Claim::stated(&port.to_string(), near));
        Claim::of_schema(variable, near).or_else(of_service)
    }

    fn is_port(&self, variable: &Variable) -> bool {
        variable.role == Some(Role::ListenPort)
            || self.each.schema.service.port_variable.as_ref() == Some(&variable.name)
    }

    fn port_variable(&self) -> Option<&'a Variable> {
        self.each.schema.variables().iter().find(|variable| self.is_port(variable))
    }

    /// The port on which the service listens if nobody sets another one, and who says so.
    fn default_port(&self) -> Option<(u16, By)> {
        let number = |claim: &Claim| claim.value.known()?.as_str().parse().ok();
        let Some(variable) = self.port_variable() else {
            return self.each.schema.service.port.map(|port| (port, By::Schema));
        };
        if self.each.setting(&variable.name).is_some() {
            return None;
        }
        let image = self.run.get(&variable.name);
        match image {
            Some(given) => {
                Claim::of_image(given).and_then(|claim| Some((number(&claim)?, By::Image)))
            }
            None => self.default(variable).and_then(|claim| Some((number(&claim)?, By::Schema))),
        }
    }

    /// The image exposes other ports than the one that the service listens on.
    fn exposed(&self) -> Option<Finding> {
        let (port, by) = self.default_port()?;
        let exposed = self.image?.exposed();
        let numbers: Option<Vec<u16>> = exposed.iter().map(|port| port.number).collect();
        let first = exposed.first().filter(|_| numbers.is_some_and(|all| !all.contains(&port)))?;
        let service = &self.each.workload.service;
        let name = self.port_variable().map_or("port", |variable| variable.name.as_str());
        let message = format!("{service} listens on {port}, and its image exposes another port");
        let by = by.title();
        Some(
            RULE.finding(self.each.subject(name), message)
                .at(first.span, format!("{by} says {port}"))
                .happens("a proxy or a platform that goes by the image finds nobody listening")
                .write(format!("EXPOSE {port}"))
                .scopes([self.each.workload.scope.clone()]),
        )
    }

    /// The image sets the port under a name that the service does not read.
    fn other_port(&self) -> Option<Finding> {
        const USUAL: &str = "PORT";
        let variable = self.port_variable()?;
        let given = self.run.get(USUAL).filter(|_| !self.each.schema.knows(USUAL))?;
        let (name, service) = (&variable.name, &self.each.workload.service);
        let message = format!("the image of {service} sets {USUAL}, which {service} does not read");
        Some(
            RULE.finding(self.each.subject(USUAL), message)
                .at(given.name_span, format!("the port of {service} is {name}"))
                .happens("whoever changes the line moves nothing")
                .write(format!("{name} in the place of {USUAL}, or no line for it"))
                .scopes([self.each.workload.scope.clone()]),
        )
    }
}

use std::collections::{BTreeMap, BTreeSet, HashMap};

use envlint_model::{
    Edit, Finding, Fix, FixSafety, Insert, Name, Outcomes, Phase, Reader, Subject, SubjectKind,
    Value, declare_rule, did_you_mean,
};
use envlint_parse::template::Action;
use envlint_project::Service;
use envlint_schema::{About, Check, Schema, Values, Variable, evaluate};

use super::served::{Places, Served, Spot};
use crate::Context;
use crate::context::Use;
use crate::templates::{Entry, Template, templates};
use crate::words;

declare_rule! {
    /// a template such as `.env.example` and the schema name different variables
    ///
    /// The template is what people set a service up from. A required variable that it does not
    /// name is found when the service does not start; a name that nothing reads is filled in for
    /// nothing, and hides the one that was meant.
    ///
    /// A template beside the files of one service, or with its name (`engine.env.example`), is for
    /// that service, one at the root or beside a Compose file for all of them together. An assignment in a comment (`# NAME=value`)
    /// names a variable as well. What Compose itself sets need not stand in the template; what
    /// Compose interpolates with (`${NAME}`) belongs there.
    ///
    /// ## Instead
    ///
    /// Let the template name what the schema requires, by the names that are read.
    pub(crate) static RULE: Rule<Context> = {
        name: "template-drift",
        group: "drift",
        severity: Warning,
        confidence: High,
        since: "0.1.0",
        check: check,
        examples: [
            fails "a required variable that nobody is told of" {
                "envlint.toml" => api!("DATABASE_URL = { type = \"database-url\", required = true }", "LOG_LEVEL = { type = \"string\" }"),
                ".env.example" => "LOG_LEVEL=info\n",
            }
            fails "a letter too many" {
                "envlint.toml" => api!("LOG_LEVEL = { type = \"string\" }"),
                ".env.example" => "# LOG_LEVELS=info\n",
            } => fixed {
                ".env.example" => "# LOG_LEVEL=info\n",
            }
            fails "a variable that is no longer read" {
                "envlint.toml" => api!("RETENTION_DAYS = { type = \"integer\", retired = { replacement = \"RETENTION\" } }", "RETENTION = { type = \"duration\" }"),
                ".env.example" => "RETENTION_DAYS=90\n",
            }
            fails "a name that nothing in the service's directory reads" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[sources.web]\nfile = \"web/.env\"\n\n[services.api.variables]\nQUEUE_URL = { type = \"string\" }\n\n[services.web]\nsources = [\"web\"]\n\n[services.web.variables]\nLOG_LEVEL = { type = \"string\" }\n",
                "web/.env" => "LOG_LEVEL=info\n",
                "web/.env.example" => "LOG_LEVEL=info\nQUEUE_URL=\n",
            }
            passes "what Compose sets, and what it asks for" {
                "envlint.toml" => "version = 1\n\n[environments]\nproduction = {}\n\n[services.api]\nsources = [\"compose\"]\n\n[services.api.variables]\nDATABASE_URL = { type = \"database-url\", required = true }\nPORT = { type = \"port\", required = true }\nAUTH_SECRET = { type = \"token\", required = true }\n",
                "compose.yaml" => "services:\n  api:\n    image: api:${TAG:-latest}\n    environment:\n      PORT: 3000\n      AUTH_SECRET: ${AUTH_SECRET:?}\n      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@db/app\n",
                ".env.example" => "AUTH_SECRET=\nDB_PASSWORD=\n# TAG=latest\n",
            }
        ],
    }
}

fn check(context: &Context, outcomes: &mut Outcomes) {
    let templates = templates(context);
    if templates.is_empty() {
        return;
    }
    let places = Places::of(context);
    let mut by_spot: BTreeMap<Spot, Vec<Template>> = BTreeMap::new();
    for template in templates {
        by_spot.entry(places.spot(&template.path)).or_default().push(template);
    }
    for (spot, templates) in &by_spot {
        let Some(served) = places.served(spot) else { continue };
        let known = Known::of(context, &places, &served);
        templates.iter().for_each(|template| names(&known, template, outcomes));
        // A service that has a template of its own finds everything in both together.
        let has_own = |service: usize| {
            let own = |other: &Spot| places.is_own(other, service);
            places.is_common(spot) && by_spot.keys().any(own)
        };
        let together = by_spot.iter().filter(|(other, _)| {
            *other == spot || !places.is_common(spot) && places.is_common(other)
        });
        let named = Named::of(together.flat_map(|(_, templates)| templates));
        let services = served.services.iter().filter(|(at, _)| !has_own(*at));
        let lacking = lacking(context, services.map(|(_, service)| *service), &served, &named);
        let Some(template) = templates.first() else { continue };
        for (name, (variable, services)) in lacking {
            outcomes.finding(missing(&name, variable, &services, template));
        }
    }
}

/// What templates name, together.
struct Named<'a> {
    all: BTreeSet<&'a str>,
    /// What is assigned and not in a comment.
    assigned: BTreeMap<Name, Value>,
}

impl Values for Named<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.assigned.get(name)
    }

    /// None: which of them a schema does not know is asked once, for all schemas together.
    fn names(&self) -> Box<dyn Iterator<Item = &Name> + '_> {
        Box::new(std::iter::empty())
    }
}

impl<'a> Named<'a> {
    fn of(templates: impl IntoIterator<Item = &'a Template>) -> Self {
        let mut named = Self { all: BTreeSet::new(), assigned: BTreeMap::new() };
        for entry in templates.into_iter().flat_map(|template| &template.entries) {
            named.all.insert(&entry.name);
            if !entry.commented {
                named.assigned.insert(entry.name.clone(), entry.value.clone());
            }
        }
        named
    }

    fn has(&self, variable: &Variable) -> bool {
        let file = variable.file_variant();
        self.all.contains(variable.name.as_str())
            || file.is_some_and(|name| self.all.contains(name.as_str()))
            || variable.formerly.iter().any(|name| self.all.contains(name.as_str()))
    }
}

/// What is required and not named, each with what is known of it and the services.
type Lacking<'a> = BTreeMap<Name, (&'a Variable, BTreeSet<&'a str>)>;

fn lacking<'a>(
    context: &'a Context,
    services: impl IntoIterator<Item = &'a Service>,
    served: &Served<'_>,
    named: &Named<'_>,
) -> Lacking<'a> {
    let mut lacking = Lacking::new();
    for service in services {
        let views = context.views.iter();
        let uses = views.filter_map(|view| {
            let workload = view.deployment.workload(&service.name)?;
            Some(Use { view, workload, schema: context.schema(workload)? })
        });
        for each in uses {
            for phase in [Phase::Build, Phase::Run] {
                for variable in required(&each, phase, named) {
                    let asked = asked(&each, phase, variable, served.by_compose);
                    // Names that are Compose's alone are missed by Compose, and by no service.
                    for variable in asked.iter().filter_map(|name| each.schema.variable(name)) {
                        if named.all.contains(variable.name.as_str()) {
                            continue;
                        }
                        let entry = lacking.entry(variable.name.clone());
                        let (_, services) = entry.or_insert((variable, BTreeSet::new()));
                        services.insert(service.name.as_str());
                    }
                }
            }
        }
    }
    lacking
}

/// The variables that a service would miss that is set up from what templates assign.
fn required<'a>(
    each: &Use<'a>,
    phase: Phase,
    named: &Named<'_>,
) -> impl Iterator<Item = &'a Variable> {
    let environment = &each.view.deployment.environment;
    let context = envlint_schema::Context {
        environment: environment.name.clone(),
        like_production: environment.is_production(),
        behind_proxy: each.view.behind_proxy(each.workload),
        platform: None,
        phase,
    };
    let violations = evaluate(each.schema, named, &context).into_iter();
    let missing = violations.filter(|violation| violation.kind.check() == Check::MissingRequired);
    let variables = missing.filter_map(|violation| match violation.about {
        About::Variable(variable) => Some(variable),
        About::Relation(_) | About::Unknown(_) => None,
    });
    variables.filter(|variable| !named.has(variable)).collect::<Vec<_>>().into_iter()
}

/// The names under which a person has to set a variable: what Compose makes it of, if Compose
/// sets it, or its own.
fn asked(each: &Use<'_>, phase: Phase, variable: &Variable, by_compose: bool) -> Vec<Name> {
    let setting = each.variables(phase).get(&variable.name);
    match setting.filter(|setting| setting.value.origin().reader == Reader::ComposeFile) {
        None => vec![variable.name.clone()],
        Some(setting) if by_compose => {
            let needed = setting.references.iter().filter(|reference| {
                reference.operator.is_none_or(|operator| operator.action == Action::Guard)
            });
            needed.map(|reference| reference.name.clone()).collect()
        }
        Some(_) => Vec::new(),
    }
}

fn missing(
    name: &Name,
    variable: &Variable,
    services: &BTreeSet<&str>,
    template: &Template,
) -> Finding {
    let path = &template.path;
    let who = words::series(services, "and");
    let subject = Subject::new(SubjectKind::Variable, name.as_str());
    RULE.finding(subject, format!("{name}, which {who} can not do without, is not in {path}"))
        .at(template.start, format!("{name} stands nowhere in this file"))
        .happens("whoever sets up a service from the template starts it without")
        .write(format!("{name}= in {path}, or `# {name}=` with a word about it"))
        .grouped(format!("required variables are not in {path}"), variable.kind.to_string())
}

/// For how many unknown names of a template the one that was meant is looked for. Looking
/// compares with every variable; beyond this many the names are no typing mistakes.
const MAX_SUGGESTIONS: usize = 64;

/// What is known of names, of all services that a template speaks to.
struct Known<'a> {
    places: &'a Places<'a>,
    served: &'a Served<'a>,
    variables: HashMap<&'a str, Vec<&'a Variable>>,
    /// The variables by what else they are read under.
    read_as: HashMap<String, &'a Variable>,
    /// What other software in the processes reads.
    beside: Schema,
    /// The first service of the project that has a variable, for all of them.
    owners: HashMap<&'a str, &'a Name>,
}

impl<'a> Known<'a> {
    fn of(context: &'a Context, places: &'a Places<'a>, served: &'a Served<'a>) -> Self {
        let (mut variables, mut read_as) = (HashMap::<_, Vec<_>>::new(), HashMap::new());
        let mut also = BTreeSet::new();
        for schema in served.services.iter().filter_map(|(_, service)| service.schema.as_deref()) {
            also.extend(schema.also.iter().cloned());
            for variable in schema.variables() {
                variables.entry(variable.name.as_str()).or_default().push(variable);
                let former = variable.formerly.iter().map(|name| name.to_string());
                let others = former.chain(variable.file_variant());
                read_as.extend(others.map(|name| (name, variable)));
            }
        }
        let mut owners = HashMap::new();
        for service in &context.project.services {
            for variable in service.schema.iter().flat_map(|schema| schema.variables()) {
                owners.entry(variable.name.as_str()).or_insert(&service.name);
            }
        }
        let mut beside = Schema::new("");
        beside.also = also.into_iter().collect();
        Self { places, served, variables, read_as, beside, owners }
    }

    /// The variable that was most likely meant by a name that nobody knows.
    fn meant(&self, name: &str, present: &BTreeSet<&str>) -> Option<&str> {
        let current = |variables: &&Vec<&Variable>| variables.iter().all(|v| v.retired.is_none());
        let known = self.variables.iter().filter(|(_, variables)| current(variables));
        let asked = self.places.asked().filter(|_| self.served.by_compose);
        let mut candidates: Vec<&str> = known.map(|(name, _)| *name).chain(asked).collect();
        candidates.retain(|known| !present.contains(known));
        // Of several that are equally near, the first by name.
        candidates.sort_unstable();
        did_you_mean(name, candidates)
    }
}

/// Looks at what one template names.
fn names(known: &Known<'_>, template: &Template, outcomes: &mut Outcomes) {
    let mut told = BTreeSet::new();
    let mut suggestions = MAX_SUGGESTIONS;
    let present: BTreeSet<&str> = template.entries.iter().map(|entry| &*entry.name).collect();
    for entry in &template.entries {
        if !told.insert(&entry.name) {
            continue;
        }
        match fault(known, &present, entry, &mut suggestions) {
            None => outcomes.pass(),
            Some(fault) => outcomes.finding(fault.word(template, entry)),
        }
    }
}

/// What is wrong with a name in a template.
enum Fault<'a> {
    /// No service that the template speaks to reads it; what was probably meant, and who else
    /// reads it.
    Unknown { meant: Option<&'a str>, owner: Option<&'a Name> },
    /// Nothing reads it any longer; what took its place.
    Retired(Option<&'a str>),
    /// It is called otherwise now.
    Former(&'a Name),
}

fn fault<'a>(
    known: &'a Known<'_>,
    present: &BTreeSet<&str>,
    entry: &Entry,
    suggestions: &mut usize,
) -> Option<Fault<'a>> {
    let name = &entry.name;
    if let Some(variables) = known.variables.get(name.as_str()) {
        let all = variables.iter().all(|variable| variable.retired.is_some());
        let retired = variables.first().and_then(|variable| variable.retired.as_ref());
        let retired = retired.filter(|_| all && !known.places.asks_for(name));
        return retired.map(|retired| Fault::Retired(retired.replacement.as_deref()));
    }
    if known.served.open || known.served.by_compose && known.places.asks_for(name) {
        return None;
    }
    if let Some(variable) = known.read_as.get(name.as_str()) {
        return variable.formerly.contains(name).then_some(Fault::Former(&variable.name));
    }
    if known.beside.knows(name) {
        return None;
    }
    let meant = match suggestions.checked_sub(1) {
        None => None,
        Some(left) => {
            *suggestions = left;
            known.meant(name, present)
        }
    };
    // A name in a comment may be prose, unless it is nearly one that is known.
    let certain = !entry.commented || meant.is_some();
    let owner = known.owners.get(name.as_str()).copied();
    certain.then_some(Fault::Unknown { meant, owner })
}

impl Fault<'_> {
    fn word(&self, template: &Template, entry: &Entry) -> Finding {
        let (name, path) = (&entry.name, &template.path);
        let (message, label, write) = match self {
            Fault::Unknown { meant: Some(meant), .. } => (
                format!("{name} in {path} is read by no service"),
                format!("did you mean {meant}?"),
                format!("{meant}="),
            ),
            Fault::Unknown { meant: None, owner: Some(owner) } => (
                format!("{name} in {path} is read by another service"),
                format!("it is a variable of {owner}"),
                format!("it in a template of {owner}"),
            ),
            Fault::Unknown { meant: None, owner: None } => (
                format!("{name} in {path} is read by no service"),
                "no schema knows this name".to_owned(),
                "nothing, or declare the variable in the schema".to_owned(),
            ),
            Fault::Retired(Some(replacement)) => (
                format!("{name} in {path} is no longer read"),
                format!("{replacement} took its place"),
                format!("{replacement}=, and no {name}"),
            ),
            Fault::Retired(None) => (
                format!("{name} in {path} is no longer read"),
                "nothing took its place".to_owned(),
                format!("no line for {name}"),
            ),
            Fault::Former(now) => (
                format!("{name} in {path} is called {now} now"),
                "the former name".to_owned(),
                format!("{now}="),
            ),
        };
        let subject = Subject::new(SubjectKind::Variable, name.as_str());
        let finding = RULE
            .finding(subject, message)
            .at(entry.name_span, label)
            .happens("whoever fills it in sets something that has no effect")
            .write(write);
        let finding = match self {
            Fault::Former(_) => finding.happens("it works until the version that reads it not"),
            _ => finding,
        };
        match self {
            Fault::Unknown { meant: Some(meant), .. } => {
                finding.fix(rename(meant, template, entry))
            }
            Fault::Former(now) => finding.fix(rename(now, template, entry)),
            _ => finding,
        }
    }
}

fn rename(now: &str, template: &Template, entry: &Entry) -> Fix {
    let insert = vec![Insert::Text(now.to_owned())];
    Fix {
        title: format!("rename it to {now}"),
        safety: if template.is_read { FixSafety::Unsafe } else { FixSafety::Safe },
        edits: vec![Edit { span: entry.name_span, insert }],
    }
}

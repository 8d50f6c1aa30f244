//! Everything that a rule may look at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, OnceLock, PoisonError};

use envlint_model::{
    Date, FilePath, InGit, Name, Phase, SecretEquality, SecretFingerprint, Subject, Truth, Unknown,
    Value,
};
use envlint_parse::Documents;
use envlint_project::{Project, Service};
use envlint_proxy::Proxies;
use envlint_resolve::{Deployment, Setting, Variables, Workload};
use envlint_schema::{
    About, At, Check, Relation, Schema, Values, Variable, Violation, ViolationKind, evaluate,
};
use envlint_secrets::{SecretPart, Weakness, is_age};

use crate::allowance::Allowance;
use crate::secret::kept::{self, SecretFiles};

/// A project with all its environments resolved, and what rules share.
///
/// Nothing in it changes while rules run; what only some rules need is made when the first one
/// asks for it.
pub struct Context {
    /// The files that were read, and what was parsed of them.
    pub documents: Documents,
    /// The manifest and what was discovered.
    pub project: Project,
    /// The environments that are checked.
    pub views: Vec<View>,
    /// Environments that are not checked, for relations across environments.
    pub others: Vec<View>,
    /// Decisions to accept findings.
    pub allowances: Vec<Allowance>,
    /// Compares secrets.
    pub equality: SecretEquality,
    /// The day for which the check is made.
    pub as_of: Date,
    /// For each bundled schema the services that have it.
    bundled: OnceLock<HashMap<Name, Vec<Name>>>,
    judgements: OnceLock<BTreeMap<Check, Vec<Judgement>>>,
    weaknesses: Mutex<HashMap<SecretFingerprint, Option<Weakness>>>,
    secret_files: OnceLock<SecretFiles>,
    in_git: OnceLock<HashMap<FilePath, Option<InGit>>>,
}

/// One environment.
pub struct View {
    /// What its processes see.
    pub deployment: Deployment,
    /// The proxies before its services.
    pub proxies: Proxies,
}

/// A variable of a schema, as one service has it.
#[derive(Clone, Copy)]
pub struct Use<'a> {
    /// The environment.
    pub view: &'a View,
    /// The process.
    pub workload: &'a Workload,
    /// What its schema says.
    pub schema: &'a Schema,
}

/// What a schema says and does not hold, with where it was found.
pub(crate) struct Judgement {
    pub(crate) view: usize,
    pub(crate) workload: usize,
    pub(crate) phase: Phase,
    pub(crate) about: Judged,
    pub(crate) kind: ViolationKind,
    pub(crate) at: Option<At>,
}

/// What a judgement is about.
pub(crate) enum Judged {
    Variable(Name),
    Relation(Relation),
    Unknown(Name),
}

impl Context {
    /// A context in which no rule has run yet.
    pub fn new(
        documents: Documents,
        project: Project,
        views: Vec<View>,
        others: Vec<View>,
        allowances: Vec<Allowance>,
        as_of: Date,
    ) -> Self {
        Self {
            documents,
            project,
            views,
            others,
            allowances,
            equality: SecretEquality::default(),
            as_of,
            bundled: OnceLock::new(),
            judgements: OnceLock::new(),
            weaknesses: Mutex::default(),
            secret_files: OnceLock::new(),
            in_git: OnceLock::new(),
        }
    }

    /// The manifest's entry for a workload.
    pub fn service(&self, workload: &Workload) -> Option<&Service> {
        self.project.services.get(workload.declared?)
    }

    /// What is declared of a workload's variables.
    pub fn schema(&self, workload: &Workload) -> Option<&Schema> {
        self.service(workload)?.schema.as_deref()
    }

    /// Whether proxy configurations speak of an environment for certain. They lie beside the
    /// settings of all environments, and speak of production: of the one that others are like, or
    /// of the only one to which its rules apply.
    pub(crate) fn is_behind_proxies(&self, view: &View) -> bool {
        let environment = &view.deployment.environment;
        let alike = || self.project.environments.iter().filter(|each| each.is_production());
        let only = || alike().nth(1).is_none();
        environment.is_production() && (environment.name == environment.like || only())
    }

    /// Whether a file is there, and is no encrypted one: whoever can read it has what is in it.
    pub(crate) fn is_in_clear(&self, path: &FilePath) -> bool {
        self.documents.files().read(path).is_ok_and(|bytes| !is_age(&bytes))
    }

    /// Every service with a schema, in every environment.
    pub fn uses(&self) -> impl Iterator<Item = Use<'_>> {
        self.views.iter().flat_map(move |view| {
            view.deployment.workloads.iter().filter_map(move |workload| {
                Some(Use { view, workload, schema: self.schema(workload)? })
            })
        })
    }

    /// The service whose name or schema is `named`, in one environment; of several with one
    /// schema, the first.
    pub fn find<'a>(&'a self, view: &'a View, named: &str) -> Option<Use<'a>> {
        self.find_all(view, named).next()
    }

    /// The services whose name or schema is `named`, in one environment.
    pub fn find_all<'a>(
        &'a self,
        view: &'a View,
        named: &str,
    ) -> impl Iterator<Item = Use<'a>> + use<'a> {
        let workload = |service: &Name| view.deployment.workload(service);
        let own = view.deployment.workload(named);
        let bundled = if own.is_none() { self.with_bundled(named) } else { &[] };
        own.into_iter().chain(bundled.iter().filter_map(workload)).filter_map(move |workload| {
            Some(Use { view, workload, schema: self.schema(workload)? })
        })
    }

    fn with_bundled(&self, schema: &str) -> &[Name] {
        let bundled = self.bundled.get_or_init(|| {
            let mut bundled: HashMap<Name, Vec<Name>> = HashMap::new();
            for service in &self.project.services {
                let Some(schema) = service.bundled.clone() else { continue };
                bundled.entry(schema).or_default().push(service.name.clone());
            }
            bundled
        });
        bundled.get(schema).map_or(&[], Vec::as_slice)
    }

    /// What makes the secret part of a value easy to guess. Estimating guesses is the dearest
    /// thing that rules do, so it is done once for each text.
    pub(crate) fn weakness(&self, value: &Value, part: &SecretPart) -> Option<Weakness> {
        let Some(fingerprint) = self.equality.fingerprint(value) else { return part.weakness() };
        let known = || self.weaknesses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(weakness) = known().get(&fingerprint) {
            return *weakness;
        }
        let weakness = part.weakness();
        known().insert(fingerprint, weakness);
        weakness
    }

    /// The files that hold secrets; found once for all rules.
    pub(crate) fn secret_files(&self) -> &SecretFiles {
        self.secret_files.get_or_init(|| kept::secret_files(self))
    }

    /// What git makes of a file that was read, that holds secrets or that opens them. An index is
    /// as long as its repository, so that it is asked about all of them at once.
    pub(crate) fn in_git(&self, path: &FilePath) -> Option<InGit> {
        let known = self.in_git.get_or_init(|| {
            let sources = self.documents.sources().all();
            let read = sources.iter().map(|source| source.path().clone());
            let identities = self.project.environments.iter().flat_map(|each| &each.identities);
            let identities = identities.map(|path| FilePath::new(path));
            let paths: BTreeSet<FilePath> =
                read.chain(identities).chain(self.secret_files().keys().cloned()).collect();
            let paths: Vec<FilePath> = paths.into_iter().collect();
            let answers = self.documents.files().in_git(&paths);
            paths.into_iter().zip(answers).collect()
        });
        known.get(path).copied().flatten()
    }

    /// What schemas say and does not hold, of one kind; evaluated once for all rules.
    pub(crate) fn judgements(&self, check: Check) -> &[Judgement] {
        let all = self.judgements.get_or_init(|| {
            let mut all: BTreeMap<Check, Vec<Judgement>> = BTreeMap::new();
            for judgement in self.judge() {
                all.entry(judgement.kind.check()).or_default().push(judgement);
            }
            all
        });
        all.get(&check).map_or(&[], Vec::as_slice)
    }

    fn judge(&self) -> Vec<Judgement> {
        let mut found = Vec::new();
        for (at, view) in self.views.iter().enumerate() {
            for (workload_at, workload) in view.deployment.workloads.iter().enumerate() {
                let Some(schema) = self.schema(workload) else { continue };
                for phase in [Phase::Build, Phase::Run] {
                    let context = context_of(view, workload, phase);
                    let set = Set { workload, schema, phase };
                    let violations = evaluate(schema, &set, &context).into_iter();
                    found.extend(violations.map(|violation| {
                        let Violation { about, kind, at: part } = violation;
                        let about = match about {
                            About::Variable(variable) => Judged::Variable(variable.name.clone()),
                            About::Relation(relation) => Judged::Relation(relation.clone()),
                            About::Unknown(name) => Judged::Unknown(name),
                        };
                        let workload = workload_at;
                        Judgement { view: at, workload, phase, about, kind, at: part }
                    }));
                }
            }
        }
        found
    }
}

fn context_of(view: &View, workload: &Workload, phase: Phase) -> envlint_schema::Context {
    envlint_schema::Context {
        environment: view.deployment.environment.name.clone(),
        like_production: view.deployment.environment.is_production(),
        behind_proxy: view.behind_proxy(workload),
        // Of a process that something else starts nobody says where it runs.
        platform: workload.in_compose.then(|| Name::new("compose")),
        phase,
    }
}

impl View {
    /// Whether a proxy stands before a workload. Where no proxy is known at all, nobody can say
    /// that there is none.
    pub fn behind_proxy(&self, workload: &Workload) -> Truth {
        let mut chains = self.proxies.topology.to(&workload.name);
        match chains.any(|chain| !chain.hops.is_empty()) {
            true => Truth::True,
            false => Truth::Unknown,
        }
    }

    /// Whether what is meant for production applies.
    pub fn is_production(&self) -> bool {
        self.deployment.environment.is_production()
    }
}

impl<'a> Use<'a> {
    /// What a phase sees.
    pub fn variables(&self, phase: Phase) -> &'a Variables {
        self.workload.variables(phase)
    }

    /// How a variable is set for the running process.
    pub fn setting(&self, name: &str) -> Option<&'a Setting> {
        self.workload.run.get(name)
    }

    /// A variable of this service as a subject.
    pub fn subject(&self, variable: &str) -> Subject {
        Subject::variable(&self.workload.service, variable)
    }

    /// The variables whose role fits, in the schema's order.
    pub fn with_role<T>(
        self,
        fits: impl Fn(&'a envlint_schema::Role) -> Option<T>,
    ) -> impl Iterator<Item = (&'a Variable, T)> {
        self.schema
            .variables()
            .iter()
            .filter_map(move |variable| Some((variable, fits(variable.role.as_ref()?)?)))
    }
}

/// The variables of a workload as a schema looks at them in a phase. What is read in the other
/// one only is looked up there: a relation may join variables of both.
struct Set<'a> {
    workload: &'a Workload,
    schema: &'a Schema,
    phase: Phase,
}

impl Values for Set<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.workload.variables(self.phase_of(name)).get(name).map(|setting| &setting.value)
    }

    fn names(&self) -> Box<dyn Iterator<Item = &Name> + '_> {
        Box::new(self.workload.variables(self.phase).iter().map(|(name, _)| name))
    }

    fn beyond(&self) -> Option<&Unknown> {
        self.workload.beyond(self.phase)
    }

    fn beyond_of(&self, name: &str) -> Option<&Unknown> {
        self.workload.beyond(self.phase_of(name))
    }
}

impl Set<'_> {
    /// Where a variable is read.
    fn phase_of(&self, name: &str) -> Phase {
        let read = self.schema.variable(name).map(|variable| variable.phases);
        read.map_or(self.phase, |phases| phases.nearest(self.phase))
    }
}

//! The report for programs.
//!
//! The structs here are the format: a field that is renamed or removed, or that changes its
//! meaning, needs a new [`VERSION`]; a new field does not. `schemas/report.schema.json` is made
//! from them, descriptions included.
//!
//! There are no excerpts and no byte offsets: whoever reads this has the files, and the distance
//! between two offsets would be the length of what lies between, which may be a secret.

use envlint_model as model;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::machine::to_json;
use crate::{EnvironmentSummary, Located, NotVerified, Place, Report, Tally};

/// The version of the format.
const VERSION: u32 = 1;

/// The report as JSON: the same bytes for the same report, with a line feed at the end.
pub fn json(report: &Report) -> String {
    to_json(&Document {
        version: VERSION,
        tool: Tool { name: "envlint", version: &report.version },
        summary: Summary::new(report.tally(), report),
        environments: report.environments.iter().map(Environment::from).collect(),
        findings: report.findings.iter().map(Finding::from).collect(),
        unverified: report.unverified.iter().map(Unverified::from).collect(),
    })
}

/// The JSON Schema (2020-12) of what [`json`] writes, as `schemas/report.schema.json` holds it:
/// indented, with a line feed at the end.
pub fn json_schema() -> String {
    // schemars notes the widths of Rust's integers as formats, which no validator knows.
    let no_widths = RecursiveTransform(|schema: &mut Schema| {
        if schema.get("type").is_some_and(|kind| kind == "integer") {
            schema.remove("format");
        }
    });
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(no_widths);
    to_json(&settings.into_generator().into_root_schema_for::<Document>().to_value())
}

/// The result of one `envlint check`.
///
/// Fields may be added within a version. No field ever holds a value of a variable.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "envlint report")]
struct Document<'a> {
    /// The version of this format.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// What made the report.
    tool: Tool<'a>,
    /// Counts.
    summary: Summary,
    /// What was looked at.
    environments: Vec<Environment<'a>>,
    /// What is wrong, sorted by path, position and rule; findings without a place come last.
    findings: Vec<Finding<'a>>,
    /// What could not be decided, sorted by service, subject and reason.
    unverified: Vec<Unverified<'a>>,
}

/// What made the report.
#[derive(Serialize, JsonSchema)]
struct Tool<'a> {
    /// `envlint`.
    name: &'a str,
    /// Its version.
    version: &'a str,
}

/// Counts over all environments.
#[derive(Serialize, JsonSchema)]
struct Summary {
    /// Findings of severity `error`.
    errors: usize,
    /// Findings of severity `warning`.
    warnings: usize,
    /// Findings of severity `info`.
    infos: usize,
    /// Findings that are left out: those of severity `info` or confidence `low`, unless they are
    /// asked for with `--pedantic` or `--select`.
    hidden: usize,
    /// Entries of `unverified`.
    unverified: usize,
    /// How often a rule looked at a subject and found it right.
    passed: usize,
}

/// How much of an environment was looked at.
#[derive(Serialize, JsonSchema)]
struct Environment<'a> {
    /// The environment's name.
    name: &'a str,
    /// Services that were resolved.
    services: usize,
    /// Variables of all services.
    variables: usize,
    /// Routes from the outside to a service.
    routes: usize,
    /// Proxies that these routes pass.
    proxies: usize,
    /// Files that were read.
    files: usize,
}

/// A defect.
#[derive(Serialize, JsonSchema)]
struct Finding<'a> {
    /// The rule's name.
    rule: &'a str,
    /// How bad it is.
    severity: Severity,
    /// How sure the rule is.
    confidence: Confidence,
    /// The same from run to run while the defect is there: a hash of rule, path, subject and
    /// which of several it is. 32 hexadecimal digits.
    fingerprint: String,
    /// What it is about.
    subject: Subject<'a>,
    /// What is wrong, in one line.
    message: &'a str,
    /// Where; the first is the place to go to. Empty if what is wrong stands nowhere.
    places: Vec<Location<'a>>,
    /// What will happen because of it.
    happens: Option<&'a str>,
    /// What to write instead.
    write: Option<&'a str>,
    /// A command that shows more.
    see: Option<&'a str>,
    /// Changes that mend it, by what they do.
    fixes: Vec<Fix<'a>>,
    /// Everywhere it holds; empty if it is bound to no environment.
    scopes: Vec<Scope<'a>>,
    /// The headline that it is shown under together with others; null if it stands alone.
    group: Option<&'a str>,
}

/// What could not be decided.
#[derive(Serialize, JsonSchema)]
struct Unverified<'a> {
    /// What it is about.
    subject: Subject<'a>,
    /// Why.
    reason: &'a str,
    /// Where it is written.
    place: Option<Location<'a>>,
    /// The rules that could not decide.
    rules: &'a [&'static str],
    /// The environments in which it holds; empty if it is bound to none.
    environments: Vec<&'a str>,
}

/// What a finding is about.
#[derive(Serialize, JsonSchema)]
struct Subject<'a> {
    /// The kind of thing.
    kind: SubjectKind,
    /// Its name, which survives edits of the file around it.
    name: &'a str,
    /// The service that it belongs to.
    service: Option<&'a str>,
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
struct Location<'a> {
    /// The file: relative to the checked directory or absolute, separated by `/`.
    path: &'a str,
    /// Whether the positions are those of the decrypted text, which exists in memory only.
    decrypted: bool,
    /// Where it starts.
    start: Position,
    /// Where it ends; the character there no longer belongs to it. The same as the start if what
    /// lies between is hidden.
    end: Position,
    /// What is to be seen there; may be empty.
    text: &'a str,
}

/// A position in a file.
#[derive(Serialize, JsonSchema)]
struct Position {
    /// Line, from 1. Lines end at a line feed.
    #[schemars(range(min = 1))]
    line: u32,
    /// Column, from 1, in Unicode scalar values. What stands behind the first character of its
    /// line that may belong to a secret has the column of that character.
    #[schemars(range(min = 1))]
    column: u32,
}

/// A change that mends a defect.
#[derive(Serialize, JsonSchema)]
struct Fix<'a> {
    /// What it does, as an imperative.
    title: &'a str,
    /// What a person must know before it is applied.
    safety: Safety,
}

/// Where something holds.
#[derive(Serialize, JsonSchema)]
struct Scope<'a> {
    /// The environment.
    environment: &'a str,
    /// The deployment, where an environment has several.
    deployment: Option<&'a str>,
    /// The container or process.
    workload: &'a str,
    /// When.
    phase: Phase,
}

/// An enum of the format with the names of the model's, and the way from one to the other.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident from $model:path {
        $($(#[$variant_doc:meta])* $variant:ident),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        enum $name { $($(#[$variant_doc])* $variant),+ }

        impl From<$model> for $name {
            fn from(word: $model) -> Self {
                use $model as Model;
                match word { $(Model::$variant => Self::$variant),+ }
            }
        }
    };
}

words! {
    /// How bad a defect is.
    Severity from model::Severity {
        /// The service will not start, not work, or not be safe.
        Error,
        /// Works, but not as it was meant, or not for long.
        Warning,
        /// Worth knowing.
        Info,
    }
}

words! {
    /// How sure a rule is.
    Confidence from model::Confidence {
        /// Follows from the files.
        High,
        /// Rests on an assumption that is nearly always true.
        Medium,
        /// A heuristic.
        Low,
    }
}

words! {
    /// Kinds of subjects.
    SubjectKind from model::SubjectKind {
        /// A file as a whole.
        File,
        /// A variable, of a service or of a source.
        Variable,
        /// A relation between variables or services.
        Relation,
        /// A service.
        Service,
        /// A directive of a proxy configuration, or a route through it.
        Route,
        /// An allowance.
        Allowance,
    }
}

words! {
    /// Whether a change may be made unseen.
    Safety from model::FixSafety {
        /// No effective value changes but the defective one.
        Safe,
        /// Changes behaviour beyond the finding in some cases.
        Unsafe,
        /// Needs a person's choice.
        DisplayOnly,
    }
}

words! {
    /// When a variable is read.
    Phase from model::Phase {
        /// While an image or a bundle is built.
        Build,
        /// When the process starts and runs.
        Run,
    }
}

impl Summary {
    fn new(Tally { errors, warnings, infos }: Tally, report: &Report) -> Self {
        let (hidden, unverified) = (report.hidden, report.unverified.len());
        Self { errors, warnings, infos, hidden, unverified, passed: report.passed }
    }
}

impl<'a> From<&'a EnvironmentSummary> for Environment<'a> {
    fn from(summary: &'a EnvironmentSummary) -> Self {
        let &EnvironmentSummary { ref name, services, variables, routes, proxies, files } = summary;
        Self { name, services, variables, routes, proxies, files }
    }
}

impl<'a> From<&'a Located> for Finding<'a> {
    fn from(finding: &'a Located) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity.into(),
            confidence: finding.confidence.into(),
            fingerprint: finding.fingerprint.to_string(),
            subject: (&finding.subject).into(),
            message: &finding.message,
            places: finding.places.iter().map(Location::from).collect(),
            happens: finding.happens.as_deref(),
            write: finding.write.as_deref(),
            see: finding.see.as_deref(),
            fixes: finding.fixes.iter().map(Fix::from).collect(),
            scopes: finding.scopes.iter().map(Scope::from).collect(),
            group: finding.group.as_ref().map(|group| group.headline.as_str()),
        }
    }
}

impl<'a> From<&'a NotVerified> for Unverified<'a> {
    fn from(open: &'a NotVerified) -> Self {
        Self {
            subject: (&open.subject).into(),
            reason: &open.reason,
            place: open.place.as_ref().map(Location::from),
            rules: &open.rules,
            environments: open.environments.iter().map(|name| name.as_str()).collect(),
        }
    }
}

impl<'a> From<&'a model::Subject> for Subject<'a> {
    fn from(subject: &'a model::Subject) -> Self {
        let service = subject.service.as_deref();
        Self { kind: subject.kind.into(), name: &subject.name, service }
    }
}

impl<'a> From<&'a Place> for Location<'a> {
    fn from(place: &'a Place) -> Self {
        let position = |model::Position { line, column }| Position { line, column };
        Self {
            path: place.path.as_str(),
            decrypted: place.decrypted,
            start: position(place.start),
            end: position(place.end),
            text: &place.text,
        }
    }
}

impl<'a> From<&'a model::Fix> for Fix<'a> {
    fn from(fix: &'a model::Fix) -> Self {
        Self { title: &fix.title, safety: fix.safety.into() }
    }
}

impl<'a> From<&'a model::Scope> for Scope<'a> {
    fn from(scope: &'a model::Scope) -> Self {
        Self {
            environment: &scope.environment,
            deployment: scope.deployment.as_deref(),
            workload: &scope.workload,
            phase: scope.phase.into(),
        }
    }
}

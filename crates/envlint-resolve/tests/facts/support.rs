//! A repository in memory, resolved for production, and its variables in a notation that reads
//! like a shell's: `A=one B= C=<vault.age>` for a text, the empty text, and one that is not known.

use std::sync::Arc;

use envlint_model::{
    Content, FilePath, MemoryFiles, Origin, Piece, ProcessEnvironment, Span, Unknown, Via, ViaKind,
};
use envlint_parse::Documents;
use envlint_project::ManifestError;
use envlint_resolve::{Deployment, Setting, Variables, resolve};
use envlint_secrets::Identities;

/// The files of a repository, each with its path.
pub(crate) type Repository<'a> = &'a [(&'a str, &'a str)];

/// One fact: what it says, the files that show it, and what the service `app` sees.
pub(crate) type Fact<'a> = (&'a str, Repository<'a>, &'a str);

/// A repository, resolved.
pub(crate) struct Stack {
    documents: Documents,
    pub(crate) deployment: Deployment,
}

impl Stack {
    /// Resolves the repository's production environment, without any identity.
    pub(crate) fn of(repository: Repository<'_>) -> Self {
        Self::resolve(files(repository), &ProcessEnvironment::default())
    }

    /// The same, with the variables of the process that runs the check: they hold identities.
    pub(crate) fn resolve(files: MemoryFiles, process: &ProcessEnvironment) -> Self {
        Self::try_resolve(files, process).unwrap_or_else(|errors| panic!("{errors:?}"))
    }

    /// What is wrong with a repository whose manifest does not fit its files.
    pub(crate) fn refused(repository: Repository<'_>) -> Vec<ManifestError> {
        let resolved = Self::try_resolve(files(repository), &ProcessEnvironment::default());
        resolved.err().expect("an error")
    }

    fn try_resolve(
        files: MemoryFiles,
        process: &ProcessEnvironment,
    ) -> Result<Self, Vec<ManifestError>> {
        let files = Arc::new(files);
        let documents = Documents::new(files.clone());
        let project = envlint_project::load(&documents, "production")?;
        let identities = Identities::new(&*files, process);
        let deployment = resolve(&documents, &project, &project.environments[0], &identities)?;
        Ok(Self { documents, deployment })
    }

    /// All variables that a service runs with.
    pub(crate) fn run(&self, service: &str) -> String {
        shown(&self.deployment.workload(service).expect("the service").run)
    }

    /// All variables that a service is built with.
    pub(crate) fn build(&self, service: &str) -> String {
        shown(&self.deployment.workload(service).expect("the service").build)
    }

    /// A variable of the service `app`.
    pub(crate) fn setting(&self, name: &str) -> &Setting {
        let app = self.deployment.workload("app").expect("the service");
        app.run.get(name).unwrap_or_else(|| panic!("{name} is set"))
    }

    /// Where the pieces of a variable of `app` stand, and the steps from there:
    /// `4000 at .env:1:6 through ${} at compose.yaml:5:20`.
    pub(crate) fn pieces(&self, name: &str) -> Vec<String> {
        let pieces = self.setting(name).value.pieces().iter();
        pieces.map(|piece| format!("{} at {}", text(piece), self.origin(&piece.origin))).collect()
    }

    /// A place and the steps from there.
    pub(crate) fn origin(&self, origin: &Origin) -> String {
        let steps = origin.via.iter().map(|via| format!(" through {}", self.step(via)));
        format!("{}{}", self.place(origin.span), steps.collect::<String>())
    }

    fn step(&self, via: &Via) -> String {
        let what = match via.kind {
            ViaKind::Alias => "*",
            ViaKind::MergeKey => "<<",
            ViaKind::Interpolation => "${}",
            ViaKind::PassThrough => "null",
        };
        format!("{what} at {}", self.place(via.span))
    }

    /// `compose.yaml:4:7`
    pub(crate) fn place(&self, span: Span) -> String {
        let source = self.documents.sources().get(span.file).expect("a file of this run");
        let at = source.position(span.start);
        format!("{}:{}:{}", source.path(), at.line, at.column)
    }

    /// The text of a place.
    pub(crate) fn slice(&self, span: Span) -> String {
        let source = self.documents.sources().get(span.file).expect("a file of this run");
        source.slice(span).to_owned()
    }

    /// What was said of the files themselves: parts that are not as Compose wants them, parts
    /// that are not followed, files that could not be read.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let shape = self.deployment.shape.iter();
        let shape = shape.map(|error| format!("{}: {}", self.place(error.span), error.message));
        let unread = self.deployment.unread.iter();
        let unread = unread.map(|(span, what)| format!("{}: {what}", self.place(*span)));
        let problems = self.deployment.problems.iter();
        let problems = problems.map(|problem| {
            format!("{} {}, named by {}", problem.path, problem.kind, problem.named_by)
        });
        shape.chain(unread).chain(problems).collect()
    }
}

fn files(repository: Repository<'_>) -> MemoryFiles {
    repository.iter().fold(MemoryFiles::new(), |files, (path, text)| files.with(path, *text))
}

/// Holds each fact, and tells all that do not hold at once.
#[track_caller]
pub(crate) fn hold(facts: &[Fact<'_>]) {
    let wrong: Vec<String> = facts
        .iter()
        .filter_map(|(fact, repository, expected)| {
            let seen = Stack::of(repository).run("app");
            (seen != *expected)
                .then(|| format!("{fact}:\n  seen:     {seen}\n  expected: {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn shown(variables: &Variables) -> String {
    let shown = variables.iter().map(|(name, setting)| {
        let pieces = setting.value.pieces().iter().map(text);
        format!("{name}={}", pieces.collect::<String>())
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn text(piece: &Piece) -> String {
    match &piece.content {
        Content::Known(text) => text.expose().to_owned(),
        Content::Unknown(why) => format!("<{}>", file(why)),
    }
}

fn file(why: &Unknown) -> &FilePath {
    match why {
        Unknown::Encrypted { file, .. }
        | Unknown::NamesOnly { file, .. }
        | Unknown::Unreadable { file, .. } => file,
        Unknown::Undecided(cause) => self::file(cause),
    }
}

//! Secrets that are made: one for a person, or all that an environment is missing.
//!
//! A made value leaves in memory that is wiped and in nothing else: the caller decides whether
//! it goes to a terminal or a file. What has to be the same in several services is made once,
//! and not at all where one of them has its value already.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_author::{Chance, Refused, filled};
use envlint_check::{Context, Wanted};
use envlint_model::{Files, Name, ProcessEnvironment, Zeroizing};
use envlint_project::Project;
use envlint_schema::{Agreement, AgreementKind, Part, Schema, Variable};

use crate::authored::{described, project};
use crate::check::context;
use crate::{CheckError, Options};

/// A variable of a service.
type Member = (Name, Name);

/// A value for one variable, which satisfies its schema, and those of the services that have to
/// hold the same.
///
/// # Errors
///
/// When there is no manifest or it can not be used, when no service, or more than one, reads the
/// variable, and when its value is not a matter of chance: then it is said who issues it, or what
/// is expected.
///
/// ```
/// use std::sync::Arc;
/// use envlint::MemoryFiles;
///
/// let files = MemoryFiles::new().with("envlint.toml", r#"
/// version = 1
///
/// [services.api.variables]
/// SIGNING_KEY = { type = "key", bytes = 32, encoding = "hex" }
/// "#);
/// // Nobody's randomness; the binary brings the operating system's.
/// let mut chance = |bytes: &mut [u8]| Ok(bytes.fill(0x2a));
/// let key = envlint::generate(Arc::new(files), "SIGNING_KEY", &[], &mut chance)?;
/// assert_eq!(key.as_str(), "2a".repeat(32));
/// # Ok::<(), envlint::CheckError>(())
/// ```
pub fn generate(
    files: Arc<dyn Files>,
    variable: &str,
    services: &[String],
    chance: &mut Chance<'_>,
) -> Result<Zeroizing<String>, CheckError> {
    let project = project(files)?;
    let asked = described(&project, services)?.described;
    let readers: Vec<Member> = asked
        .iter()
        .filter_map(|each| Some((each.name.clone(), each.schema.variable(variable)?.name.clone())))
        .collect();
    let Some((service, name)) = readers.first() else {
        let known = asked.iter().flat_map(|each| each.schema.variables());
        let known = known.map(|variable| variable.name.as_str());
        return Err(CheckError::unknown("variable", variable, known));
    };
    let group = Groups::of(&project).around(&readers[0]);
    if let Some((other, _)) = readers.iter().find(|reader| !group.contains(reader)) {
        let problem = format!("cannot tell which {name} is meant: {service} and {other} read one");
        return Err(CheckError::told(problem, format!("say which: --service {service}")));
    }
    let members = described_members(&project, &led_by(&readers[0], &group));
    envlint_author::generate(&members, chance).map_err(|Refused { why, help }| {
        CheckError::told(format!("cannot generate {name} of {service}: {why}"), help)
    })
}

/// What making every missing secret of an environment came to.
pub struct Secrets {
    /// The environment.
    pub environment: Name,
    /// What was made, by name.
    pub made: Vec<Made>,
    /// What was not, by service and name.
    pub left: Vec<Left>,
}

/// A secret that was made.
pub struct Made {
    /// The name that a file sets it under.
    pub name: Name,
    /// The services that were missing it.
    pub services: Vec<Name>,
    value: Zeroizing<String>,
}

/// A secret that is missing and was not made.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Left {
    /// The service that is missing it.
    pub service: Name,
    /// The variable.
    pub variable: Name,
    /// Why it was not made, and what to do, continuing "not made: NAME of SERVICE: ...".
    pub why: String,
}

impl Secrets {
    /// The text of a file with these secrets in it: an empty assignment is filled, what is not
    /// assigned is added at the end, everything else stays as it is. What the file holds already
    /// goes from `made` to `left`.
    pub fn fill(&mut self, file: &Zeroizing<String>) -> Zeroizing<String> {
        let secrets: Vec<(&Name, &Zeroizing<String>)> =
            self.made.iter().map(|made| (&made.name, &made.value)).collect();
        let (text, taken) = filled(file, &secrets);
        let taken: BTreeSet<Name> = taken.into_iter().collect();
        let (left, made) = std::mem::take(&mut self.made)
            .into_iter()
            .partition::<Vec<_>, _>(|made| taken.contains(&made.name));
        self.made = made;
        for Made { name, services, .. } in left {
            let why = "the file holds it already, so it does not reach the service".to_owned();
            let of = |service| Left { service, variable: name.clone(), why: why.clone() };
            self.left.extend(services.into_iter().map(of));
        }
        self.left.sort();
        text
    }
}

/// Makes every secret that services of an environment are missing and that is a matter of
/// chance.
///
/// # Errors
///
/// As [`check`](crate::check), and when it is not one environment that is asked for.
pub fn generate_missing(
    files: Arc<dyn Files>,
    process: &ProcessEnvironment,
    options: &Options,
    chance: &mut Chance<'_>,
) -> Result<Secrets, CheckError> {
    let context = context(files, process, options)?;
    let environment = match context.views.as_slice() {
        [view] => view.deployment.environment.name.clone(),
        views => {
            let names: Vec<&str> =
                views.iter().map(|view| &*view.deployment.environment.name).collect();
            let problem = "cannot tell what is missing: every environment has secrets of its own";
            return Err(CheckError::told(
                problem,
                format!("say which: --env {}", names.join(" or --env ")),
            ));
        }
    };
    let asked = |wanted: &Wanted<'_>| {
        let service = wanted.of.workload.service.as_str();
        options.services.is_empty() || options.services.iter().any(|asked| asked == service)
    };
    let wanted = context.wanted_secrets().into_iter().filter(asked).collect();
    let (made, left) = Making::new(&context, wanted).all(chance);
    Ok(Secrets { environment, made, left })
}

/// Variables that have to hold the same, as wholes: found together by looking up, however many
/// there are.
#[derive(Default)]
struct Groups {
    numbers: BTreeMap<Member, usize>,
    /// For each member the number of another one of its group, or its own.
    towards: Vec<usize>,
}

impl Groups {
    /// What the project's relations hold together.
    fn of(project: &Project) -> Self {
        let mut groups = Self::default();
        for agreement in project.agreements.iter().map(|declared| &declared.agreement) {
            if agreement.kind != AgreementKind::Same || agreement.part() != Some(Part::Whole) {
                continue;
            }
            let members = agreement.members.iter();
            let mut members = members.map(|each| (each.service.clone(), each.variable.clone()));
            if let Some(first) = members.next() {
                members.for_each(|other| groups.join(&first, &other));
            }
        }
        groups
    }

    fn number(&mut self, member: &Member) -> usize {
        if let Some(number) = self.numbers.get(member) {
            return *number;
        }
        let number = self.towards.len();
        self.numbers.insert(member.clone(), number);
        self.towards.push(number);
        number
    }

    fn root(&self, mut number: usize) -> usize {
        while self.towards[number] != number {
            number = self.towards[number];
        }
        number
    }

    fn join(&mut self, one: &Member, other: &Member) {
        let (one, other) = (self.number(one), self.number(other));
        let (one, other) = (self.root(one), self.root(other));
        // The later one follows: chains stay short where groups grow one by one.
        let (first, later) = (one.min(other), one.max(other));
        self.towards[later] = first;
    }

    /// All members, by the number of their group.
    fn sets(&self) -> BTreeMap<usize, BTreeSet<Member>> {
        let mut sets: BTreeMap<usize, BTreeSet<Member>> = BTreeMap::new();
        for (member, number) in &self.numbers {
            sets.entry(self.root(*number)).or_default().insert(member.clone());
        }
        sets
    }

    /// The number of a member's group, if it has one.
    fn group_of(&self, member: &Member) -> Option<usize> {
        self.numbers.get(member).map(|number| self.root(*number))
    }

    /// A member and all that have to hold the same.
    fn around(&self, member: &Member) -> BTreeSet<Member> {
        let set = self.group_of(member).and_then(|group| self.sets().remove(&group));
        set.unwrap_or_else(|| BTreeSet::from([member.clone()]))
    }
}

/// A group with one of its members first.
fn led_by(first: &Member, group: &BTreeSet<Member>) -> Vec<Member> {
    let others = group.iter().filter(|other| *other != first);
    std::iter::once(first).chain(others).cloned().collect()
}

/// What the schemas say of some variables.
fn described_members<'p>(
    project: &'p Project,
    members: &[Member],
) -> Vec<(&'p Schema, &'p Variable)> {
    let described = |(service, variable): &Member| {
        let service = project.services.iter().find(|each| each.name == *service)?;
        let schema = service.schema.as_deref()?;
        Some((schema, schema.variable(variable)?))
    };
    members.iter().filter_map(described).collect()
}

/// Making all that is wanted in one environment.
struct Making<'c> {
    context: &'c Context,
    wanted: Vec<Wanted<'c>>,
    groups: Groups,
    /// Variables that one value is for: they have to hold the same, or one line of a file sets
    /// them.
    sets: BTreeMap<usize, BTreeSet<Member>>,
}

impl<'c> Making<'c> {
    fn new(context: &'c Context, wanted: Vec<Wanted<'c>>) -> Self {
        let mut groups = Groups::of(&context.project);
        let mut by_line: BTreeMap<&Name, Member> = BTreeMap::new();
        for each in &wanted {
            let member = member_of(each);
            let first = by_line.entry(&each.name).or_insert_with(|| member.clone());
            groups.join(first, &member);
        }
        drop(by_line);
        let sets = groups.sets();
        Self { context, wanted, groups, sets }
    }

    /// Makes what can be made, by the name under which a file sets it.
    fn all(&self, chance: &mut Chance<'_>) -> (Vec<Made>, Vec<Left>) {
        let mut left: Vec<Left> = Vec::new();
        let mut made: BTreeMap<Name, Made> = BTreeMap::new();
        let mut values: BTreeMap<usize, Result<Zeroizing<String>, String>> = BTreeMap::new();
        // What one service may have already, is not made for the others either.
        let open = self.wanted.iter().filter(|wanted| wanted.open);
        let open: BTreeSet<usize> =
            open.filter_map(|wanted| self.groups.group_of(&member_of(wanted))).collect();
        for wanted in &self.wanted {
            let member = member_of(wanted);
            let Some(group) = self.groups.group_of(&member) else { continue };
            let value = match open.contains(&group) {
                true => Err("nobody can tell from here whether it is set or needed; \
                             `envlint check` says why"
                    .to_owned()),
                false => {
                    let make = || self.value(wanted, &member, group, chance);
                    values.entry(group).or_insert_with(make).clone()
                }
            };
            let (service, variable) = member;
            match value {
                Err(why) => left.push(Left { service, variable, why }),
                Ok(value) => {
                    let name = wanted.name.clone();
                    let entry = made.entry(name.clone());
                    let entry = entry.or_insert(Made { name, services: Vec::new(), value });
                    entry.services.push(service);
                }
            }
        }
        left.sort();
        left.dedup();
        (made.into_values().collect(), left)
    }

    /// The value for one group, which nobody has yet, or why there is none.
    fn value(
        &self,
        wanted: &Wanted<'_>,
        member: &Member,
        group: usize,
        chance: &mut Chance<'_>,
    ) -> Result<Zeroizing<String>, String> {
        let alone = BTreeSet::from([member.clone()]);
        let together = self.sets.get(&group).unwrap_or(&alone);
        if let Some(why) = self.obstacle(wanted, together) {
            return Err(why);
        }
        let members = described_members(&self.context.project, &led_by(member, together));
        envlint_author::generate(&members, chance)
            .map_err(|Refused { why, help }| format!("{why}; {help}"))
    }

    /// What stands against making a secret at all.
    fn obstacle(&self, wanted: &Wanted<'_>, together: &BTreeSet<Member>) -> Option<String> {
        let deployment = &wanted.of.view.deployment;
        let is_set = |(service, variable): &&Member| {
            let setting = deployment.workload(service).and_then(|work| work.run.get(variable));
            setting.is_some_and(|setting| !setting.value.is_empty())
        };
        if let Some((service, variable)) = together.iter().find(is_set) {
            return Some(format!(
                "it has to be the same as {variable} of {service}, which is set: copy that one"
            ));
        }
        let distinct = |each: &&Agreement| {
            let named = |member: &&envlint_schema::Member| {
                together.contains(&(member.service.clone(), member.variable.clone()))
            };
            each.kind == AgreementKind::Distinct && each.members.iter().filter(named).count() > 1
        };
        let mut agreements = self.context.project.agreements.iter().map(|each| &each.agreement);
        agreements.find(distinct).map(|_| {
            "services need different ones, and one line of a file sets it for all: give each a \
             file of its own, and name it with --service"
                .to_owned()
        })
    }
}

fn member_of(wanted: &Wanted<'_>) -> Member {
    (wanted.of.workload.service.clone(), wanted.variable.name.clone())
}

use envlint_model::Name;
use envlint_project::{AcrossEnvironments, Project};
use envlint_schema::{Agreement, Schema};

/// A service, and what its variables must be.
#[derive(Clone, Copy)]
pub struct Described<'a> {
    /// What the project calls it.
    pub name: &'a Name,
    /// Its schema, with what the manifest adds.
    pub schema: &'a Schema,
}

/// The services that something is written about.
#[derive(Default)]
pub struct Services<'a> {
    /// Those with a schema, in the order of the project.
    pub described: Vec<Described<'a>>,
    /// Those of which nothing is known but the name.
    pub undescribed: Vec<&'a Name>,
    /// What must hold between variables of several of them.
    pub agreements: Vec<&'a Agreement>,
    /// Variables that must differ between environments.
    pub across_environments: Vec<&'a AcrossEnvironments>,
}

impl<'a> Services<'a> {
    /// The services of a project that `asked` lets through, and what holds between those.
    pub fn of(project: &'a Project, asked: impl Fn(&Name) -> bool) -> Self {
        let mut services = Self::default();
        for service in project.services.iter().filter(|service| asked(&service.name)) {
            match &service.schema {
                Some(schema) => {
                    services.described.push(Described { name: &service.name, schema });
                }
                None => services.undescribed.push(&service.name),
            }
        }
        let agreements = project.agreements.iter().map(|declared| &declared.agreement);
        let among = |each: &&Agreement| each.members.iter().all(|member| asked(&member.service));
        services.agreements = agreements.filter(among).collect();
        let across = project.across_environments.iter();
        let concerns = |each: &&AcrossEnvironments| {
            each.members.iter().any(|(service, _)| service.as_ref().is_none_or(&asked))
        };
        services.across_environments = across.filter(concerns).collect();
        services
    }
}

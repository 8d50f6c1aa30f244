//! The shape of `envlint.toml`.
//!
//! One list of fields, these structs, gives reading, the errors for unknown fields and the JSON
//! Schema that editors use. What the fields mean together is checked where a project is built.

use std::collections::BTreeMap;

use envlint_parse::de::Located;
use envlint_schema::Short;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Value, json};

/// What envlint can not see in the files themselves: environments, where services get their
/// variables from, what must hold between services, and the proxies that no file describes.
///
/// Discovery stays on: services, proxies and files that are found need not be named here.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "envlint.toml")]
pub struct Manifest {
    /// The version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: Located<u32>,
    /// The environments that services are deployed to.
    #[serde(default)]
    pub environments: BTreeMap<Located<String>, EnvironmentTable>,
    /// Where variables come from, by a name of your choice.
    #[serde(default)]
    pub sources: BTreeMap<Located<String>, SourceTable>,
    /// The services, by the name that you call them.
    #[serde(default)]
    pub services: BTreeMap<Located<String>, ServiceTable>,
    /// What must hold between variables of several services.
    #[serde(default)]
    pub relations: Vec<Located<RelationTable>>,
    /// Proxies that no file of this repository describes.
    #[serde(default)]
    pub proxy: ProxyTable,
    /// Findings that are accepted, each with a reason.
    #[serde(default)]
    pub allow: Vec<Located<AllowTable>>,
}

/// An environment.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnvironmentTable {
    /// Which environment's rules apply here. An environment is like itself unless it says
    /// otherwise: one named `prod` needs `like = "production"`.
    pub like: Option<Located<String>>,
    /// Files with age identities that decrypt this environment's files; `~` is the home
    /// directory.
    #[serde(default)]
    pub identities: Vec<Located<String>>,
}

/// A place that sets variables: exactly one of `compose`, `file` and `names`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceTable {
    /// Compose files, the later ones over the earlier ones; `{environment}` stands for the
    /// environment's name, and a file with it may be absent.
    pub compose: Option<Vec<Located<String>>>,
    /// A file of variables: dotenv, dotenv encrypted with age, or a SOPS file.
    pub file: Option<Located<String>>,
    /// A JSON file with names of variables that are set elsewhere: a list, or an object whose
    /// fields are the names.
    pub names: Option<Located<String>>,
    /// Who reads `file`, since the same bytes mean different things to different readers.
    pub reader: Option<Located<ReaderName>>,
    /// How the nested names of a SOPS file become names of variables: `db.url` is
    /// `APP_DB_URL` with the prefix `APP_`, the separator `_` and upper case. Without it, only
    /// values that are not nested set variables.
    pub nested: Option<Located<NamesTable>>,
    /// The path that the program opens, when `file` is put there on deploy.
    pub stands_for: Option<Located<String>>,
    /// The environments that this source exists in; all, if absent.
    pub environments: Option<Located<Vec<Located<String>>>>,
}

/// A reader of dotenv files.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderName {
    /// Docker Compose, for its project `.env` and for `env_file`.
    Compose,
    /// The npm package `dotenv`, version 15 and later.
    Dotenv,
}

/// A service.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServiceTable {
    /// A bundled schema such as `polyant/engine`, or the path of your own, `./x.schema.json`.
    #[schemars(transform = bundled_or_path)]
    pub schema: Option<Located<String>>,
    /// Names of sources, weakest first.
    #[serde(default)]
    pub sources: Vec<Located<String>>,
    /// What the service is called in Compose, where that is another name.
    pub workload: Option<Located<String>>,
    /// How names of the schema become names in the environment.
    pub names: Option<Located<NamesTable>>,
    /// Variables in the short form; they win over the schema.
    #[serde(default)]
    pub variables: BTreeMap<Located<String>, Short>,
    /// The port that the service listens on; wins over the schema.
    #[schemars(range(min = 1))]
    pub port: Option<Located<u16>>,
}

/// How names of a schema or of a file become names in the environment.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NamesTable {
    /// Put before every name.
    #[serde(default)]
    pub prefix: String,
    /// Stands for the dots of nested names.
    #[serde(default)]
    pub separator: String,
    /// The letter case of names in the environment, where they have another one before.
    #[serde(default)]
    pub case: Case,
}

/// The letter case of names.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// As they are.
    #[default]
    AsIs,
    /// Capitals, as pydantic-settings reads fields in lower case.
    Upper,
}

/// Something that must hold between variables, each named `service.VARIABLE`: exactly one field
/// beside `because`. In `same`, `alternatives` and `derived`, a part of a value is written
/// `service.VARIABLE#host`: `scheme`, `user`, `password`, `host`, `port`, `path`, `origin`, or
/// `database` for host, port and path.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RelationTable {
    /// All hold the same value.
    pub same: Option<Vec<Located<String>>>,
    /// No two hold the same value.
    pub distinct: Option<Vec<Located<String>>>,
    /// Each holds another value in every environment; `*.VARIABLE` is that variable of any
    /// service.
    pub distinct_across_environments: Option<Vec<Located<String>>>,
    /// At least one is set.
    pub any_of: Option<Vec<Located<String>>>,
    /// Exactly one is set.
    pub exactly_one: Option<Vec<Located<String>>>,
    /// All are set, or none.
    pub all_or_none: Option<Vec<Located<String>>>,
    /// Each is at most the next: numbers, smallest first.
    pub ordered: Option<Vec<Located<String>>>,
    /// Pairs that say the same in two ways: where both are set, they are equal.
    pub alternatives: Option<Vec<[Located<String>; 2]>>,
    /// All are equal where there is a value, defaults included.
    pub derived: Option<Vec<Located<String>>>,
    /// A list of origins that holds those of front ends.
    pub allows: Option<Located<AllowsTable>>,
    /// What happens when it does not hold.
    pub because: Option<String>,
}

/// A list of origins, and the front ends that it has to let in.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AllowsTable {
    /// The variable with the list, such as `api.CORS_ORIGINS`.
    pub list: Located<String>,
    /// The services whose public origins have to be in it, such as `web`.
    pub origins_of: Vec<Located<String>>,
}

/// Proxies.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProxyTable {
    /// Proxies that no file of this repository describes.
    #[serde(default)]
    pub hops: Vec<Located<HopTable>>,
}

/// A proxy that no file of this repository describes.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HopTable {
    /// What it is: `cloudflare`, `render`, ...; what it does to forwarded headers follows.
    pub kind: Located<String>,
    /// The proxy configuration, or the service, that stands directly behind it.
    pub before: Located<String>,
    /// The environments that it stands in; all, if absent.
    pub environments: Option<Located<Vec<Located<String>>>>,
}

/// A finding that is accepted.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AllowTable {
    /// The rule.
    pub rule: Located<String>,
    /// What it may be found on: a file, a service, or `service.VARIABLE`.
    pub on: Located<String>,
    /// Why that is acceptable.
    #[serde(default)]
    pub because: String,
    /// The last day on which it is: `2027-06-30`.
    #[schemars(transform = date)]
    pub until: Option<Located<String>>,
}

/// The names of the bundled schemas, as an editor offers them, and what a path looks like.
fn bundled_or_path(schema: &mut Schema) {
    let names = envlint_bundled::names();
    let pattern = format!(r"^(\.|/)|\.json$|^({})$", names.join("|"));
    schema.insert("pattern".to_owned(), pattern.into());
    schema.insert("examples".to_owned(), json!(names));
}

/// A day, in quotes or as TOML writes dates, which language servers tell apart from text.
fn date(schema: &mut Schema) {
    schema.remove("type");
    let quoted = json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
    let bare: Value = json!({ "type": "string", "format": "date" });
    schema.insert("anyOf".to_owned(), json!([quoted, bare]));
}

//! Each stage of a check by itself, on the fixtures.

mod support;

use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use envlint::report::{Layout, github, json, sarif, write_text};
use envlint::{FilePath, RuleDoc};
use envlint_check::{Context, all_rules, run};
use envlint_model::{
    Form, Name, Phase, ProcessEnvironment, Reader, Rule, SourceFile, Sources, Truth, Unknown, Value,
};
use envlint_parse::nginx::Document;
use envlint_parse::{dotenv, json as json_syntax, nginx, toml, yaml};
use envlint_proxy::nginx::{Config, NoIncludes};
use envlint_resolve::Workload;
use envlint_schema::{Values, evaluate};
use envlint_secrets::{Identities, decrypt_text};
use support::{FIXTURES, Input};

fn main() {
    divan::main();
}

fn source(text: &str) -> Arc<SourceFile> {
    let text: Box<str> = text.into();
    Sources::default().add("file".into(), Form::Plain, text.into())
}

fn parser<T>(bencher: Bencher, file: &str, parse: fn(&Arc<SourceFile>) -> T) {
    let text = Input::polyant("broken").text(file);
    let file = source(&text);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| parse(black_box(&file)));
}

#[divan::bench(args = Reader::DOTENV)]
fn parse_dotenv(bencher: Bencher, reader: Reader) {
    let text = Input::polyant("broken").text("engine.env");
    let file = source(&text);
    let read = || dotenv::parse(black_box(&file), reader);
    bencher.counter(BytesCount::of_str(&text)).bench_local(read);
}

#[divan::bench]
fn parse_yaml(bencher: Bencher) {
    parser(bencher, "docker-compose.production.yml", yaml::parse);
}

#[divan::bench]
fn parse_toml(bencher: Bencher) {
    parser(bencher, "envlint.toml", toml::parse);
}

#[divan::bench]
fn parse_json(bencher: Bencher) {
    let text = Input::polyant("hardened").text("secrets/dashboard-names.json");
    let file = source(&text);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| json_syntax::parse(black_box(&file)));
}

#[divan::bench]
fn parse_nginx(bencher: Bencher) {
    parser(bencher, "nginx/polyant.conf", nginx::parse);
}

#[divan::bench]
fn read_nginx(bencher: Bencher) {
    let (document, _): (Document, _) =
        nginx::parse(&source(&Input::polyant("broken").text("nginx/polyant.conf")));
    bencher.bench_local(|| Config::read(black_box(&document), &NoIncludes));
}

#[divan::bench]
fn decrypt(bencher: Bencher) {
    let input = Input::polyant("hardened");
    let vault = input.files.read(&"secrets/production.env.age".into()).expect("a fixture");
    bencher.bench_local(|| {
        let identities = Identities::new(&*input.files, &input.process);
        decrypt_text(black_box(&vault), &identities).is_ok()
    });
}

#[divan::bench(args = envlint_bundled::names())]
fn build_schema(name: &str) -> bool {
    envlint_bundled::schema(black_box(name)).is_some()
}

#[divan::bench(args = FIXTURES)]
fn load_manifest(bencher: Bencher, project: &str) {
    let input = Input::polyant(project);
    bencher
        .with_inputs(|| input.documents())
        .bench_local_values(|documents| envlint_project::load(&documents, "production").is_ok());
}

#[divan::bench(args = FIXTURES)]
fn resolve(bencher: Bencher, project: &str) {
    let input = Input::polyant(project);
    bencher.with_inputs(|| input.loaded()).bench_local_refs(|loaded| loaded.resolve());
}

#[divan::bench(args = FIXTURES)]
fn topology(bencher: Bencher, project: &str) {
    let input = Input::polyant(project);
    bencher
        .with_inputs(|| {
            let loaded = input.loaded();
            let deployment = loaded.resolve();
            (loaded, deployment)
        })
        .bench_local_refs(|(loaded, deployment)| {
            envlint_proxy::assemble(&loaded.documents, &loaded.project, deployment).is_ok()
        });
}

/// A running process, as its schema looks at it.
struct Running<'a>(&'a Workload);

impl Values for Running<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.run.get(name).map(|setting| &setting.value)
    }

    fn names(&self) -> Box<dyn Iterator<Item = &Name> + '_> {
        Box::new(self.0.run.iter().map(|(name, _)| name))
    }

    fn beyond(&self) -> Option<&Unknown> {
        self.0.beyond.as_ref()
    }
}

/// Both schemas of Polyant, on what their services see.
#[divan::bench(args = FIXTURES)]
fn evaluate_schemas(bencher: Bencher, project: &str) {
    let input = Input::polyant(project);
    let context = input.loaded().context();
    let around = envlint_schema::Context {
        environment: "production".into(),
        like_production: true,
        behind_proxy: Truth::True,
        platform: None,
        phase: Phase::Run,
    };
    bencher.bench_local(|| {
        let uses = context.uses();
        uses.map(|each| evaluate(each.schema, &Running(each.workload), &around).len())
            .sum::<usize>()
    });
}

/// The rules of one group, on a context in which nothing has been worked out yet.
#[divan::bench(args = ["meta", "proxy", "relation", "schema", "secret", "syntax"])]
fn rules(bencher: Bencher, group: &str) {
    let input = Input::polyant("broken");
    let rules: Vec<&'static Rule<Context>> =
        all_rules().filter(|rule| rule.group == group).collect();
    assert!(!rules.is_empty());
    bencher
        .with_inputs(|| input.loaded().context())
        .bench_local_refs(|context| run(context, &rules).findings.len());
}

#[divan::bench(args = ["text", "narrated", "json", "sarif", "github"])]
fn render(bencher: Bencher, format: &str) {
    let report = Input::polyant("broken").check();
    let documentation: Vec<RuleDoc> = envlint::rules().collect();
    let base = FilePath::new("");
    bencher.bench_local(|| match format {
        "json" => json(&report),
        "sarif" => sarif(&report, &documentation, &base),
        "github" => github(&report, &base),
        _ => {
            let mut text = String::new();
            let layout = Layout { narrated: format == "narrated", ..Layout::default() };
            write_text(&report, layout, &mut text).expect("writing to a text can not fail");
            text
        }
    });
}

/// The process environment is an argument like any other: no identity, no vault.
#[divan::bench]
fn check_without_identity(bencher: Bencher) {
    let input = Input { process: ProcessEnvironment::default(), ..Input::polyant("hardened") };
    bencher.bench_local(|| input.check());
}

//! As many services as are read, and one more.

use std::fmt::Write;

use envlint_resolve::{MAX_SERVICES, Reached, Vantage};

use crate::support::Stack;

/// Everything that is asked of every service is looked up: were all of them looked through for
/// each, this would take minutes.
#[test]
fn services() {
    let mut compose = "services:\n".to_owned();
    for at in 0..=MAX_SERVICES {
        writeln!(compose, "  s{at}: {{ networks: {{ n{at}: {{ aliases: [db] }} }} }}").unwrap();
    }
    let stack = Stack::of(&[("compose.yaml", &compose)]);
    let deployment = &stack.deployment;
    assert_eq!(deployment.workloads.len(), MAX_SERVICES);
    let rest = format!("compose.yaml:{}:3", MAX_SERVICES + 2);
    let message = "a project has at most 20000 services; the rest is not read";
    assert_eq!(stack.remarks(), [format!("{rest}: {message}")]);
    for workload in &deployment.workloads {
        let found = deployment.workload(&workload.service).map(|found| found.place);
        assert_eq!(found, Some(workload.place));
        let reached = deployment.network.lookup(Vantage::Workload(&workload.name), "db", 80);
        assert_eq!(reached, Reached::Workload { name: workload.name.clone(), port: 80 });
    }
}

/// A manifest names services that Compose does not have; the first hundred are told.
#[test]
fn unknown_services() {
    let services: String = (0..2000).map(|at| format!("services.u{at}.port = 80\n")).collect();
    let manifest = format!("version = 1\n{services}");
    let compose: String = (0..2000).map(|at| format!("  service-{at}: {{}}\n")).collect();
    let compose = format!("services:\n{compose}");
    let errors = Stack::refused(&[("envlint.toml", &manifest), ("compose.yaml", &compose)]);
    assert_eq!(errors.len(), 100);
    assert_eq!(errors[0].message, "the Compose files have no service u0");
    let help = "there are: service-0, service-1, service-10, service-100, service-1000, \
                service-1001, service-1002, service-1003, service-1004, service-1005, \
                service-1006, service-1007 and 1988 others";
    assert_eq!(errors[0].help.as_deref(), Some(help));
}

#[test]
fn a_service_that_is_misspelt() {
    let manifest = "version = 1\n[services.wep]\nport = 80\n[services.web]\nworkload = \"engin\"\n";
    let compose = "services: { web: {}, engine: {} }";
    let errors = Stack::refused(&[("envlint.toml", manifest), ("compose.yaml", compose)]);
    let told = errors.iter().map(|error| format!("{}; {:?}", error.message, error.help));
    let expected = [
        "the Compose files have no service engin; \
         Some(\"did you mean engine? say so with workload = \\\"engine\\\"\")",
        "the Compose files have no service wep; \
         Some(\"did you mean web? say so with workload = \\\"web\\\"\")",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

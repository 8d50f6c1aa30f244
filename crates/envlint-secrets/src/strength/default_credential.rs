//! Passwords that software is delivered with, and that everybody tries first.

/// What is delivered, as a sentence names it, and the user and password that it starts with.
/// From the documentation of each: RabbitMQ's access control, MinIO's console, the images of
/// Docker's library, Grafana's configuration, Keycloak's and Redis Commander's first start.
const DEFAULTS: [(&str, &str, &str); 16] = [
    ("RabbitMQ", "guest", "guest"),
    ("MinIO", "minioadmin", "minioadmin"),
    ("MinIO", "minio", "minio123"),
    ("PostgreSQL", "postgres", "postgres"),
    ("MySQL", "root", "root"),
    ("MySQL", "root", "mysql"),
    ("MariaDB", "root", "mariadb"),
    ("MongoDB", "mongo", "mongo"),
    ("MongoDB", "root", "example"),
    ("Grafana", "admin", "admin"),
    ("Keycloak", "keycloak", "keycloak"),
    ("SQL Server", "sa", "yourStrong(!)Password"),
    ("Elasticsearch", "elastic", "changeme"),
    ("Neo4j", "neo4j", "neo4j"),
    ("RabbitMQ", "rabbitmq", "rabbitmq"),
    ("ClickHouse", "default", "clickhouse"),
];

/// The software whose first password this is. In a URL user and password have to be the pair;
/// where only a password is known, the ones that are nobody's word for anything else count.
pub(super) fn default_credential(user: Option<&str>, password: &str) -> Option<&'static str> {
    let pair = |(_, name, first): &&(&str, &str, &str)| {
        *first == password && user.is_none_or(|user| user == *name)
    };
    DEFAULTS.iter().find(pair).map(|(software, ..)| *software)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_belongs_to_its_software() {
        for (user, password, software) in [
            (Some("guest"), "guest", Some("RabbitMQ")),
            (None, "minioadmin", Some("MinIO")),
            (Some("app"), "postgres", None),
            (Some("postgres"), "postgres", Some("PostgreSQL")),
            (None, "CANARY", None),
        ] {
            assert_eq!(default_credential(user, password), software, "{user:?}");
        }
    }
}

//! An example for every key. The reference page shows them, the schemas repeat the key's own value
//! for who hovers over it, and tests read every one of them.

/// For every key of a variable, a property's `x-envlint` with it, as JSON.
pub const PROPERTY_EXAMPLES: &[(&str, &str)] = &[
    ("type", r#"{ "type": "port" }"#),
    ("bytes", r#"{ "type": "key", "bytes": 32 }"#),
    ("encoding", r#"{ "type": "key", "bytes": 32, "encoding": "base64" }"#),
    ("schemes", r#"{ "type": "url", "schemes": ["https"] }"#),
    ("items", r#"{ "type": "list", "items": "cidr" }"#),
    ("unit", r#"{ "type": "duration", "unit": "ms" }"#),
    ("values", r#"{ "type": "enum", "values": ["debug", "info", "error"] }"#),
    ("reads", r#"{ "type": "boolean", "reads": "literal-true" }"#),
    ("minimum", r#"{ "type": "integer", "minimum": 1 }"#),
    ("maximum", r#"{ "type": "integer", "minimum": 1, "maximum": 100 }"#),
    ("min-length", r#"{ "type": "token", "min-length": 32 }"#),
    ("max-length", r#"{ "max-length": 64 }"#),
    ("pattern", r#"{ "pattern": "^[a-z][a-z0-9-]*$" }"#),
    ("required", r#"{ "required": { "environment": "production", "MAIL_DRIVER": "smtp" } }"#),
    ("recommended", r#"{ "recommended": { "environment": "production" } }"#),
    ("default", r#"{ "type": "port", "default": 4000 }"#),
    ("secret", r#"{ "secret": true }"#),
    ("phase", r#"{ "phase": "build" }"#),
    ("empty", r#"{ "empty": "unset" }"#),
    ("role", r#"{ "type": "origin-list", "role": "cors-origins" }"#),
    (
        "unsafe-default",
        r#"{ "unsafe-default": { "when": { "environment": "production" }, "then": "anybody may sign up" } }"#,
    ),
    (
        "forbidden",
        r#"{ "forbidden": { "when": { "environment": "production" }, "values": ["*"], "because": "any site may call with the user's cookies" } }"#,
    ),
    ("retired", r#"{ "retired": { "since": "2.0", "replacement": "DATABASE_URL" } }"#),
    ("formerly", r#"{ "formerly": ["SECRET"] }"#),
    ("or-file", r#"{ "secret": true, "or-file": true }"#),
    ("max-age", r#"{ "type": "token", "max-age": "90d" }"#),
    ("docs", r#"{ "docs": "Signs the sessions of users." }"#),
    ("happens", r#"{ "required": true, "happens": "the service does not start" }"#),
    ("example", r#"{ "type": "email", "example": "ops@example.com" }"#),
    ("generate", r#"{ "type": "token", "generate": "openssl rand -hex 32" }"#),
];

/// For every key of a service, the `x-envlint` at the root of a schema with it, as JSON.
pub const SERVICE_EXAMPLES: &[(&str, &str)] = &[
    ("name", r#"{ "name": "shop/mailer" }"#),
    ("framework", r#"{ "framework": "express" }"#),
    ("port", r#"{ "port": 4000 }"#),
    ("port-variable", r#"{ "port": 4000, "port-variable": "PORT" }"#),
    ("health", r#"{ "health": "/health" }"#),
    ("streams", r#"{ "streams": ["/events"] }"#),
    ("empty", r#"{ "empty": "unset" }"#),
    ("features", r#"{ "features": { "mail": { "MAIL_DRIVER": "smtp" } } }"#),
    (
        "relations",
        r#"{ "relations": [{ "all-or-none": ["SMTP_USER", "SMTP_PASSWORD"], "because": "the server refuses one without the other" }] }"#,
    ),
    ("also", r#"{ "also": ["NODE_*"] }"#),
];

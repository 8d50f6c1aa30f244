//! The proxies before a service, and what the service makes of them.
//!
//! Nothing here counts proxies. An honest and a forging client are sent along every chain, and
//! the service's own setting decides what it takes from what arrives.

/// The manifest of an example: a service `api` with one variable of this role.
macro_rules! manifest {
    ($variable:literal, $role:literal, $framework:literal, $reads:literal) => {
        concat!(
            "version = 1\n\n[environments]\nproduction = {}\n\n",
            "[sources.compose]\ncompose = [\"compose.yaml\"]\n\n",
            "[services.api]\nsources = [\"compose\"]\n\n[services.api.variables]\n",
            $variable,
            " = { type = \"string\", secret = false, role = { ",
            $role,
            " = { framework = \"",
            $framework,
            "\", reads = \"",
            $reads,
            "\" } } }\n"
        )
    };
}

/// The same, which trusts proxies as Express does, with how it reads the setting.
macro_rules! express {
    ($reads:literal) => {
        manifest!("TRUST_PROXY", "trust-proxy", "express", $reads)
    };
}

/// The same, which trusts a host as Auth.js does.
macro_rules! auth_js {
    ($reads:literal) => {
        manifest!("AUTH_TRUST_HOST", "trust-host", "auth-js", $reads)
    };
}

/// The Compose file of an example: `api` with this TRUST_PROXY, published on loopback.
macro_rules! api_trusts {
    ($value:literal) => {
        concat!(
            "services:\n  api:\n    environment:\n      TRUST_PROXY: \"",
            $value,
            "\"\n    ports: [\"127.0.0.1:4000:4000\"]\n"
        )
    };
}

/// The nginx of an example, on the host before `api`: with these headers, with all that matter
/// overwritten, or with its peer appended to X-Forwarded-For.
macro_rules! nginx {
    (overwrites) => {
        nginx!(
            "Host $host",
            "X-Forwarded-For $remote_addr",
            "X-Forwarded-Proto $scheme",
            "X-Forwarded-Host $host"
        )
    };
    (appends) => {
        nginx!(
            "Host $host",
            "X-Forwarded-For $proxy_add_x_forwarded_for",
            "X-Forwarded-Proto $scheme",
            "X-Forwarded-Host $host"
        )
    };
    ($($header:literal),+ $(,)?) => {
        concat!(
            "server {\n    listen 443 ssl;\n    server_name api.example.org;\n\n    location / {\n",
            "        proxy_pass http://127.0.0.1:4000;\n",
            $("        proxy_set_header ", $header, ";\n",)+
            "    }\n}\n"
        )
    };
}

mod headers;
mod trust;
mod ways;

pub(crate) mod forwarded_header_missing;
pub(crate) mod forwarded_header_spoofable;
pub(crate) mod header_inheritance_lost;
pub(crate) mod proxied_but_untrusted;
pub(crate) mod trust_all_proxies;
pub(crate) mod trust_hops_mismatch;
pub(crate) mod trust_setting_misread;
pub(crate) mod trusted_but_directly_reachable;

use envlint_model::Rule;

use crate::Context;

/// The rules of this group.
pub(crate) const RULES: &[&Rule<Context>] = &[
    &forwarded_header_missing::RULE,
    &forwarded_header_spoofable::RULE,
    &header_inheritance_lost::RULE,
    &proxied_but_untrusted::RULE,
    &trust_all_proxies::RULE,
    &trust_hops_mismatch::RULE,
    &trust_setting_misread::RULE,
    &trusted_but_directly_reachable::RULE,
];

//! A small service on axum: what it reads from its environment is one struct, which fills itself,
//! which `envlint check` knows through `schemas/api.schema.json`, and which the handlers use.
//!
//! ```sh
//! SESSION_KEY=$(openssl rand -hex 32) CORS_ORIGINS=http://localhost:3000 cargo run
//! curl -i -H 'Origin: http://localhost:3000' http://localhost:4000/
//! ```

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use envlint_config::types::{CorsOrigins, Key, Port, TrustProxy};
use envlint_config::{Loader, Reader};
use schemars::JsonSchema;
use serde::Deserialize;

/// Answers who calls.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Api", extend("x-envlint" = { "name": "api", "port": 4000, "port-variable": "PORT" }))]
struct Api {
    /// Where it listens.
    #[serde(default = "Port::of::<4000>")]
    #[schemars(extend("x-envlint" = { "role": "listen-port" }))]
    port: Port,

    /// Signs sessions.
    #[schemars(extend("x-envlint" = { "or-file": true, "happens": "the service does not start" }))]
    session_key: Key<32>,

    /// The front ends that may call it with credentials, separated by commas.
    #[schemars(extend("x-envlint" = { "role": "cors-origins" }))]
    cors_origins: CorsOrigins,

    /// How many reverse proxies stand before it.
    #[serde(default)]
    trust_proxy: TrustProxy,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The file is for a developer's machine; what the process is given wins over it.
    let loader = Loader::new().dotenv_if_there(".env", Reader::Dotenv).process_environment();
    let config: Api = loader.environment_from("APP_ENV").load()?;
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(serve(config))
}

async fn serve(config: Api) -> Result<(), Box<dyn std::error::Error>> {
    let address = SocketAddr::from(([0, 0, 0, 0], config.port.get()));
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, app(config).into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

fn app(config: Api) -> Router {
    let config = Arc::new(config);
    Router::new()
        .route("/", get(who))
        .layer(middleware::from_fn_with_state(Arc::clone(&config), cross_origin))
        .with_state(config)
}

/// The client's address, past as many proxies as are trusted.
async fn who(
    State(config): State<Arc<Api>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> String {
    let forwarded: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let client = config.trust_proxy.client_address(peer.ip(), forwarded);
    format!(
        "{client}, by a service whose sessions have a key of {} bytes\n",
        config.session_key.bytes().len()
    )
}

/// Answers browsers of the listed front ends, and refuses the others.
async fn cross_origin(State(config): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(ORIGIN).cloned() else {
        return next.run(request).await;
    };
    if !origin.to_str().is_ok_and(|origin| config.cors_origins.allows(origin)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_the_struct() {
        envlint_config::assert_schema::<Api>("schemas/api.schema.json");
    }

    #[test]
    fn every_mistake_is_told() {
        let pairs = [("PORT", "http"), ("CORS_ORIGINS", "*")];
        let error = Loader::new().pairs(pairs).load::<Api>().err().expect("three mistakes");
        let told: Vec<_> = error.errors().filter_map(|mistake| mistake.variable()).collect();
        assert_eq!(told, ["PORT", "SESSION_KEY", "CORS_ORIGINS"]);
    }
}

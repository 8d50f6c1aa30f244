//! What runs in browsers: the pages of web, studio and docs.
//!
//! Vite copies every variable whose name begins with `VITE_` into the scripts while they are
//! built. So none of them is a secret, and setting one on the running container changes nothing.

use envlint_types::{HttpUrl, Port};
use schemars::JsonSchema;
use serde::Deserialize;

/// The web application, on React and Vite. It is built, and then served by a container or as
/// static files. Whatever is set here can be read by everybody: it must hold no secret.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy web", extend("x-envlint" = {
    "name": "prodgy/web",
    "port": 3000,
    "also": ["HOST", "NODE_*", "PORT"],
}))]
pub struct Web {
    /// Where browsers find the API. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "required": { "environment": "production" },
        "secret": false,
        "phase": "build",
        "role": { "public-url": { "service": "prodgy/api" } },
        "happens": "the pages load, and every call to the API fails",
        "example": "https://api.example.com",
    }))]
    pub vite_api_url: Option<HttpUrl>,

    /// Where browsers find studio. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "phase": "build",
        "empty": "unset",
        "role": { "public-url": { "service": "prodgy/studio" } },
        "happens": "links to the workflow editor lead nowhere",
        "example": "https://studio.example.com",
    }))]
    pub vite_studio_url: Option<HttpUrl>,

    /// Where browsers find the documentation. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "phase": "build",
        "empty": "unset",
        "role": { "public-url": { "service": "prodgy/docs" } },
        "happens": "links to the documentation lead nowhere",
        "example": "https://docs.example.com",
    }))]
    pub vite_docs_url: Option<HttpUrl>,

    /// The address of the Supabase project, where the pages speak to it themselves. The name is
    /// assumed.
    #[schemars(extend("x-envlint" = {
        "required": { "VITE_SUPABASE_ANON_KEY": true },
        "secret": false,
        "phase": "build",
        "empty": "unset",
        "happens": "the pages can not connect to Supabase",
        "example": "https://project.supabase.co",
    }))]
    pub vite_supabase_url: Option<HttpUrl>,

    /// The key that Supabase makes for browsers, never the one of the service role. The name is
    /// assumed.
    #[schemars(extend("x-envlint" = {
        "required": { "VITE_SUPABASE_URL": true },
        "secret": false,
        "phase": "build",
        "empty": "unset",
        "happens": "the pages can not connect to Supabase",
    }))]
    pub vite_supabase_anon_key: Option<String>,

    /// The container of Google Tag Manager. The name is assumed.
    #[schemars(extend(
        "pattern" = "^GTM-[A-Z0-9]+$",
        "x-envlint" = {
            "secret": false,
            "phase": "build",
            "empty": "unset",
            "happens": "nothing is counted",
            "example": "GTM-ABC1234",
        },
    ))]
    pub vite_gtm_id: Option<String>,

    /// The application's name at Google, for sign-in by OAuth; its secret stays on the server.
    /// The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "phase": "build", "empty": "unset" }))]
    pub vite_google_client_id: Option<String>,

    /// The application's name at Microsoft, for sign-in by OAuth; its secret stays on the
    /// server. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "phase": "build", "empty": "unset" }))]
    pub vite_microsoft_client_id: Option<String>,
}

/// The workflow editor, on React and Vite. It is built, and then served by a container. Whatever
/// is set here can be read by everybody: it must hold no secret.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy studio", extend("x-envlint" = {
    "name": "prodgy/studio",
    "port": 5173,
    "also": ["HOST", "NODE_*", "PORT"],
}))]
pub struct Studio {
    /// Where browsers find the API. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "required": { "environment": "production" },
        "secret": false,
        "phase": "build",
        "role": { "public-url": { "service": "prodgy/api" } },
        "happens": "the pages load, and every call to the API fails",
        "example": "https://api.example.com",
    }))]
    pub vite_api_url: Option<HttpUrl>,

    /// Where browsers find web. The name is assumed.
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "phase": "build",
        "empty": "unset",
        "role": { "public-url": { "service": "prodgy/web" } },
        "happens": "links back to the web application lead nowhere",
        "example": "https://app.example.com",
    }))]
    pub vite_web_url: Option<HttpUrl>,

    /// The name of the site at the analytics service. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "phase": "build", "empty": "unset" }))]
    pub vite_analytics_id: Option<String>,

    /// The application's name at Google, for sign-in by OAuth; its secret stays on the server.
    /// The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "phase": "build", "empty": "unset" }))]
    pub vite_google_client_id: Option<String>,

    /// The application's name at Microsoft, for sign-in by OAuth; its secret stays on the
    /// server. The name is assumed.
    #[schemars(extend("x-envlint" = { "secret": false, "phase": "build", "empty": "unset" }))]
    pub vite_microsoft_client_id: Option<String>,
}

/// The documentation, on Astro and Starlight. It is built, and then served by a container or as
/// static files. It must hold no secret.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "Prodgy docs", extend("x-envlint" = {
    "name": "prodgy/docs",
    "port": 4321,
    "port-variable": "PORT",
    "also": ["ASTRO_*", "HOST", "NODE_*"],
}))]
pub struct Docs {
    /// Where the documentation is served, where a container does it. The name is that of Astro's
    /// server for Node.js, and assumed.
    #[serde(default = "Port::of::<4321>")]
    #[schemars(extend("x-envlint" = { "role": "listen-port" }))]
    pub port: Port,
}

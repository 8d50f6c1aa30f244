use envlint_types::{AbsolutePath, FilePath};
use schemars::JsonSchema;
use serde::Deserialize;

use super::common::Common;

/// A worker, whichever queue it takes jobs from.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(title = "PROTEA workers", extend("x-envlint" = {
    "name": "protea/workers",
    "features": {
        "minio": { "PROTEA_STORAGE_BACKEND": "minio" },
        "telemetry": { "PROTEA_OTEL_ENABLED": ["true", "True", "TRUE", "1", "yes", "on"] },
    },
    "also": [
        "AUTHN_REQUIRED", "CUDA_*", "FORWARDED_ALLOW_IPS", "FRONTEND_MODE", "GH_TOKEN",
        "GITHUB_TOKEN", "HF_*", "JWT_SECRET", "NEXT_PUBLIC_*", "NODE_*", "PORT", "POSTGRES_*",
        "PROTEA_ADMIN_TOKEN", "PROTEA_ADMIN_TOKEN_FILE", "PROTEA_ALLOWED_ORIGINS",
        "PROTEA_API_PORT", "PROTEA_API_URL", "PROTEA_AUTHN_REQUIRED", "PROTEA_DEPLOY_*",
        "PROTEA_FRONTEND_TAG", "PROTEA_GITHUB_TOKEN", "PROTEA_IMAGE_TAG", "PROTEA_JWT_SECRET",
        "PROTEA_METHOD_*", "PROTEA_PUBLIC_API_URL", "PROTEA_RATELIMIT_*", "PROTEA_SKIP_ALEMBIC",
        "PROTEA_SMTP_*", "PROTEA_TUNING__*", "PROTEA_WEB_PORT", "PYTHON*", "PYTORCH_*",
        "RABBITMQ_*", "UVICORN_*", "WATCH_INTERVAL", "WEB_CONCURRENCY",
    ],
}))]
pub struct Workers {
    /// What it reads as the API does.
    #[serde(flatten)]
    pub common: Common,

    /// The file with the embeddings of GO terms, for exports. Without it a file relative to
    /// wherever the worker was started is looked for.
    #[schemars(extend("x-envlint" = {
        "recommended": { "environment": "production" },
        "empty": "unset",
        "happens": "an export fails after half an hour, when it first needs the file",
        "example": "/srv/protea/anc2vec_2020-10.npz",
    }))]
    pub protea_anc2vec_path: Option<AbsolutePath>,

    /// The directory that reference sets are cached in.
    #[schemars(extend("x-envlint" = { "empty": "unset", "default": "data/ref_cache" }))]
    pub protea_ref_cache_dir: Option<FilePath>,

    /// The directory of projections that features are computed with.
    #[schemars(extend("x-envlint" = { "empty": "unset", "default": "protea/artifacts/pca" }))]
    pub protea_pca_artifacts_dir: Option<FilePath>,

    /// The directory that alignments are cached in; empty for none.
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub protea_align_cache_dir: Option<String>,
}

use envlint_types::{FilePath, Token, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of environment ASP.NET Core takes the machine for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub enum AspNetEnvironment {
    /// Talkative, with pages that show errors in full.
    Development,
    /// Between the two.
    Staging,
    /// Strict and silent; what is assumed if nothing is said.
    Production,
}

/// The assistant: Prodgy in Microsoft Teams, on .NET 8 and a Windows machine. It listens on 443
/// and 8445.
///
/// Its configuration is `appsettings.Production.json`, which a deploy leaves as it is. Each of
/// its settings is a variable, too: ASP.NET Core reads `AzureAd__TenantId` where the file has
/// `AzureAd:TenantId`, and the variable wins. The names of the settings are assumed; those of
/// ASP.NET Core, its identity library and the Bot Framework are their own. What stands in the
/// file and not in the environment is named in a list of names, as a source.
#[derive(Deserialize, JsonSchema)]
#[schemars(title = "Prodgy assistant", extend("x-envlint" = {
    "name": "prodgy/assistant",
    "also": ["ASPNETCORE_*", "DOTNET_*", "Kestrel__*", "Logging__*"],
    "relations": [
        {
            "all-or-none": [
                "AzureAd__TenantId", "AzureAd__ClientId", "AzureAd__ClientSecret",
                "MicrosoftAppId", "MicrosoftAppPassword",
                "Kestrel__Certificates__Default__Path",
            ],
            "because": "Teams needs the directory, the bot and the certificate, and does not \
                reach the assistant until all of them are there",
        },
    ],
}))]
pub struct Assistant {
    /// Which `appsettings.*.json` is read beside `appsettings.json`. The name is ASP.NET Core's
    /// own, and assumed.
    #[serde(rename = "ASPNETCORE_ENVIRONMENT", default = "production")]
    #[schemars(extend("x-envlint" = {
        "forbidden": {
            "when": { "environment": "production" },
            "values": ["Development", "Staging"],
            "because": "appsettings.Production.json is not read, and errors are shown in full",
        },
    }))]
    pub environment: AspNetEnvironment,

    /// The directory in which the assistant is registered. The name is that of the identity
    /// library, and assumed.
    #[serde(rename = "AzureAd__TenantId")]
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "recommended": true,
        "happens": "the assistant can not sign in, and Teams shows no answer",
    }))]
    pub tenant_id: Option<String>,

    /// The application that the assistant is in the directory. The name is that of the identity
    /// library, and assumed.
    #[serde(rename = "AzureAd__ClientId")]
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "happens": "the assistant can not sign in, and Teams shows no answer",
    }))]
    pub client_id: Option<Uuid>,

    /// This application's secret. The name is that of the identity library, and assumed.
    #[serde(rename = "AzureAd__ClientSecret")]
    pub client_secret: Option<Token<1>>,

    /// The bot that Teams speaks to. The name is the Bot Framework's own, and assumed.
    #[serde(rename = "MicrosoftAppId")]
    #[schemars(extend("x-envlint" = {
        "secret": false,
        "happens": "Teams speaks to another bot, or to none",
    }))]
    pub bot_id: Option<Uuid>,

    /// The bot's password. The name is the Bot Framework's own, and assumed.
    #[serde(rename = "MicrosoftAppPassword")]
    pub bot_password: Option<Token<1>>,

    /// The file with the certificate for 443 and 8445. The name is that of ASP.NET Core's
    /// server, and assumed.
    #[serde(rename = "Kestrel__Certificates__Default__Path")]
    #[schemars(extend("x-envlint" = { "secret": false }))]
    pub certificate: Option<FilePath>,

    /// The password of this file. The name is that of ASP.NET Core's server, and assumed.
    #[serde(rename = "Kestrel__Certificates__Default__Password")]
    pub certificate_password: Option<Token<1>>,

    /// The Redis server, as the .NET client writes it: `host:6379,password=...,ssl=true`. The
    /// name is assumed.
    #[serde(rename = "ConnectionStrings__Redis")]
    #[schemars(extend("x-envlint" = {
        "secret": true,
        "recommended": true,
        "happens": "the assistant forgets what was said as soon as it is restarted",
    }))]
    pub redis: Option<String>,
}

fn production() -> AspNetEnvironment {
    AspNetEnvironment::Production
}

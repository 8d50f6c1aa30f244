use std::collections::BTreeMap;

use envlint_model::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Condition;

/// What a variable decides. Rules follow roles, never names.
///
/// A service that another variable points at is named as the manifest names it, or by its
/// schema (`polyant/engine`); service names have no slash, so the two can not be mistaken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Role {
    /// How many proxies the service believes.
    #[serde(rename_all = "kebab-case")]
    TrustProxy {
        /// What acts on the setting.
        framework: Framework,
        /// How the application turns the text into the setting.
        reads: TrustReading,
    },
    /// Whether the service believes the host that a request names.
    #[serde(rename_all = "kebab-case")]
    TrustHost {
        /// What acts on the setting.
        framework: Framework,
        /// Which texts switch it on.
        reads: HostReading,
    },
    /// The origins that may call the service with credentials.
    CorsOrigins,
    /// A service's own address, as the world sees it.
    PublicUrl {
        /// Whose address; the service's own if it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
    },
    /// Where another service is called, inside of the network.
    InternalUrl {
        /// The service that is called.
        service: String,
    },
    /// The port that the service listens on.
    ListenPort,
    /// Encrypts what is stored; who loses it loses the data.
    EncryptionKey,
    /// Proves to another service, or to oneself later, who one is.
    SharedToken,
    /// Where data is kept.
    Datastore,
}

/// The software that acts on a trust setting; what it does with headers is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Framework {
    /// Express, and NestJS upon it: `trust proxy`.
    Express,
    /// Auth.js, formerly NextAuth: `trustHost`.
    AuthJs,
    /// Next.js.
    NextJs,
}

/// How an application turns the text of a trust setting into what it hands to the framework.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrustReading {
    /// As it is: Express takes `"1"` for the address 0.0.0.1.
    RawText,
    /// As a number of hops; anything else is no number.
    Number,
    /// A number of hops, or the words `true` and `false`.
    NumberOrBoolean,
    /// Addresses and subnets, separated by commas.
    List,
}

/// Which texts switch the belief in a request's host on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostReading {
    /// `true` and nothing else.
    LiteralTrue,
    /// Any text that is not empty, also `false`.
    AnyText,
}

/// What is known of a service as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Service {
    /// What answers its requests.
    pub framework: Option<Framework>,
    /// Where it listens unless a variable says otherwise.
    pub port: Option<u16>,
    /// The variable that moves the port.
    pub port_variable: Option<Name>,
    /// The path of its health check.
    pub health: Option<String>,
    /// The paths under which it streams: a proxy that buffers breaks them.
    pub streams: Vec<String>,
    /// What it does only where these conditions hold.
    pub features: BTreeMap<Name, Condition>,
}

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::ExposeSecret;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A text that nobody may see: [`secrecy::SecretString`] with a JSON Schema, in which it is marked
/// as secret. It is wiped from memory when it is dropped, and its `Debug` shows nothing.
///
/// A field may also have the type of secrecy itself; then this one describes it:
///
/// ```
/// # use envlint_config::JsonSchema;
/// #[derive(serde::Deserialize, JsonSchema)]
/// struct Mail {
///     token: envlint_config::SecretString,
///     #[schemars(with = "envlint_config::SecretString")]
///     password: secrecy::SecretString,
///     #[schemars(with = "Option<envlint_config::SecretString>")]
///     relay_password: Option<secrecy::SecretString>,
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct SecretString(secrecy::SecretString);

impl SecretString {
    /// The text, in the type of secrecy.
    pub fn into_inner(self) -> secrecy::SecretString {
        self.0
    }
}

impl ExposeSecret<str> for SecretString {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<SecretString> for secrecy::SecretString {
    fn from(secret: SecretString) -> Self {
        secret.0
    }
}

impl From<&str> for SecretString {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl<'de> Deserialize<'de> for SecretString {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = SecretString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<SecretString, E> {
                Ok(text.into())
            }
        }

        from.deserialize_str(Text)
    }
}

impl JsonSchema for SecretString {
    fn schema_name() -> Cow<'static, str> {
        "SecretString".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "writeOnly": true, "x-envlint": { "secret": true } })
    }
}

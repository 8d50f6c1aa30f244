use std::marker::PhantomData;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::kinds::key::{self, Encoding, KeyError};
use crate::kinds::token::{self, TokenError};
use crate::kinds::url::credentials::{self, CredentialsError, Paths};
use crate::kinds::url::{self, UrlError};
use crate::text::text_value;

/// A cryptographic key of exactly `BYTES` bytes; written in hexadecimal digits unless its type
/// says otherwise.
pub struct Key<const BYTES: usize, E: Encoded = Hex> {
    bytes: Zeroizing<[u8; BYTES]>,
    encoding: PhantomData<E>,
}

/// How a [`Key`] is written.
pub trait Encoded {
    /// The encoding.
    const ENCODING: Encoding;
}

/// Two hexadecimal digits a byte.
pub enum Hex {}

/// RFC 4648, either alphabet, padded or not.
pub enum Base64 {}

impl Encoded for Hex {
    const ENCODING: Encoding = Encoding::Hex;
}

impl Encoded for Base64 {
    const ENCODING: Encoding = Encoding::Base64;
}

impl<const BYTES: usize, E: Encoded> Key<BYTES, E> {
    /// The key itself.
    pub fn bytes(&self) -> &[u8; BYTES] {
        &self.bytes
    }
}

impl<const BYTES: usize, E: Encoded> FromStr for Key<BYTES, E> {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let decoded = key::decode(text, E::ENCODING, BYTES)?;
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes.copy_from_slice(&decoded);
        Ok(Self { bytes, encoding: PhantomData })
    }
}

text_value!([const BYTES: usize, E: Encoded] Key<BYTES, E>, "a key",
    format!("Key{BYTES}{}", match E::ENCODING { Encoding::Hex => "Hex", Encoding::Base64 => "Base64" }),
    {
        "type": "string",
        "pattern": key::pattern(E::ENCODING, BYTES),
        "writeOnly": true,
        "x-envlint": { "type": "key", "bytes": BYTES, "encoding": E::ENCODING.as_str() },
    }
);

/// Random text that is shared with another service, of at least `MIN` characters.
pub struct Token<const MIN: usize>(Zeroizing<Box<str>>);

impl<const MIN: usize> Token<MIN> {
    /// The text. Whoever asks for it keeps it from logs and messages.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize> FromStr for Token<MIN> {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        token::check(text, MIN)?;
        Ok(Self(Zeroizing::new(text.into())))
    }
}

text_value!([const MIN: usize] Token<MIN>, "a token", format!("Token{MIN}"), {
    "type": "string",
    "minLength": MIN,
    "writeOnly": true,
    "x-envlint": { "type": "token", "min-length": MIN },
});

/// The URL of a database, password included; of PostgreSQL unless its type says otherwise.
pub struct DatabaseUrl<S: Schemes = Postgres> {
    text: Zeroizing<Box<str>>,
    schemes: PhantomData<S>,
}

/// The schemes of a [`DatabaseUrl`].
pub trait Schemes {
    /// In lower case, without `://`.
    const SCHEMES: &'static [&'static str];
    /// What it is called in a JSON Schema.
    const NAME: &'static str;
}

/// `postgresql://` or `postgres://`, as libpq takes both.
pub enum Postgres {}

impl Schemes for Postgres {
    const SCHEMES: &'static [&'static str] = &["postgresql", "postgres"];
    const NAME: &'static str = "PostgresUrl";
}

/// Why a text is not the URL that is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParseUrlError {
    /// It lacks a part.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Its user name or password is not encoded.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
}

impl<S: Schemes> DatabaseUrl<S> {
    /// The whole URL. Whoever asks for it keeps it from logs and messages.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The server's host, as it is written.
    pub fn host(&self) -> &str {
        self.part(|url| url.host())
    }

    /// The server's port, or the one that the scheme stands for.
    pub fn port(&self) -> Option<u16> {
        url::parse(&self.text).ok().and_then(|url| url.port_or_default())
    }

    /// The database's name, as it is written.
    pub fn database(&self) -> &str {
        self.part(|url| url.path().trim_start_matches('/'))
    }

    fn part<'a>(&'a self, part: impl Fn(&url::Url<'a>) -> &'a str) -> &'a str {
        url::parse(&self.text).map_or("", |url| part(&url))
    }
}

impl<S: Schemes> FromStr for DatabaseUrl<S> {
    type Err = ParseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        credentials::check(text, Paths::Store).map_err(|(error, _)| error)?;
        let parsed = url::parse(text)?;
        url::check_scheme(&parsed, S::SCHEMES)?;
        url::check_database(&parsed)?;
        Ok(Self { text: Zeroizing::new(text.into()), schemes: PhantomData })
    }
}

text_value!([S: Schemes] DatabaseUrl<S>, "the URL of a database", S::NAME, {
    "type": "string",
    "format": "uri",
    "writeOnly": true,
    "x-envlint": { "type": "database-url", "schemes": S::SCHEMES },
});

#[cfg(test)]
mod tests {
    use super::*;

    fn from_json<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_is_made_of_its_bytes() {
        let key: Key<2> = "0aFF".parse().ok().unwrap();
        assert_eq!(key.bytes(), &[0x0a, 0xff]);
        let key: Key<2, Base64> = "Cv8=".parse().ok().unwrap();
        assert_eq!(key.bytes(), &[0x0a, 0xff]);
        assert!("0aFF".parse::<Key<3>>().is_err());
    }

    #[test]
    fn a_database_url_knows_its_parts() {
        let url: DatabaseUrl = "postgres://u:CANARY@db:5433/app".parse().ok().unwrap();
        assert_eq!((url.host(), url.port(), url.database()), ("db", Some(5433), "app"));
        let error = |text: &str| text.parse::<DatabaseUrl>().err();
        let missing = ParseUrlError::Url(UrlError::MissingDatabase);
        assert_eq!(error("postgres://u:CANARY@db"), Some(missing));
        let reserved = ParseUrlError::Credentials(CredentialsError::Reserved);
        assert_eq!(error("postgres://u:CAN@RY/x@db/app"), Some(reserved));
    }

    #[test]
    fn no_error_quotes_what_it_refuses() {
        for json in ["\"CANARY\"", "4711", "-4711", "47.11", "[4711]", "{\"CANARY\":1}", "null"] {
            let errors = [
                from_json::<Key<32>>(json).err(),
                from_json::<Token<64>>(json).err(),
                from_json::<DatabaseUrl>(json).err(),
            ];
            for error in errors {
                let error = error.expect(json);
                assert!(!error.contains("CANARY") && !error.contains("47"), "{error}");
            }
        }
    }

    #[test]
    fn a_number_of_enough_digits_is_a_token_too() {
        assert_eq!(from_json::<Token<4>>("4711").map(|t| t.expose().len()), Ok(4));
    }
}

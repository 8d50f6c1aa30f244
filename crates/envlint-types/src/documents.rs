use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::formats::format_value;
use crate::kinds::json::{self, JsonError};
use crate::kinds::jwt::{self, JwtError};
use crate::kinds::pem::{self, PemError};

/// A JSON text. It may hold a password (credentials of a cloud are often given as JSON), so
/// `Debug` shows nothing of it.
pub struct Json(Zeroizing<Box<str>>);

impl Json {
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Json {
    type Err = JsonError;

    fn from_str(text: &str) -> Result<Self, JsonError> {
        json::check(text).map(|()| Self(Zeroizing::new(text.into())))
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(..)")
    }
}

format_value!(Json, Json, "JSON");

/// A signed JSON Web Token. Who has it may do what it says.
pub struct Jwt(Zeroizing<Box<str>>);

impl Jwt {
    /// The token. Whoever asks for it keeps it from logs and messages.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Jwt {
    type Err = JwtError;

    fn from_str(text: &str) -> Result<Self, JwtError> {
        jwt::check(text).map(|()| Self(Zeroizing::new(text.into())))
    }
}

format_value!(Jwt, Jwt, "a JWT");

/// A private key in PEM.
pub struct PemKey(Zeroizing<String>);

impl PemKey {
    /// The text, in which every line break is a real one. Whoever asks for it keeps it from logs
    /// and messages.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for PemKey {
    type Err = PemError;

    fn from_str(text: &str) -> Result<Self, PemError> {
        pem::private_key(text).map(|()| Self(pem::with_line_breaks(text)))
    }
}

format_value!(PemKey, PemKey, "a private key in PEM");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::format::Format;

    #[test]
    fn documents_are_kept_and_not_shown() {
        let json: Json = "{\"password\": \"CANARY\"}".parse().unwrap();
        assert_eq!(format!("{json:?} {}", json.as_str().len()), "Json(..) 22");
        let token: Jwt = Format::Jwt.example().parse().ok().unwrap();
        assert_eq!(token.expose(), Format::Jwt.example());
        let key: PemKey = Format::PemKey.example().parse().ok().unwrap();
        assert_eq!(key.expose().lines().count(), 3);
    }

    /// JSON in a typed source is text there, too: a table is refused without a word of it.
    #[test]
    fn no_error_quotes_what_it_refuses() {
        for json in ["\"CANARY\"", "[\"CANARY\"]", "{\"CANARY\": \"CANARY\"}"] {
            let errors = [
                serde_json::from_str::<Json>(json).err(),
                serde_json::from_str::<Jwt>(json).err(),
                serde_json::from_str::<PemKey>(json).err(),
            ];
            for error in errors {
                let error = error.expect(json).to_string();
                assert!(!error.contains("CANARY"), "{error}");
            }
        }
    }
}

//! JSON Web Tokens in their compact form (RFC 7519, RFC 7515 section 3.1): header, claims and
//! signature, each in Base64 for URLs without padding, with dots between them.
//!
//! The signature can not be verified, because no key is at hand. Encrypted tokens, of five parts,
//! are not accepted: nothing of them but a header could be looked at.

use zeroize::Zeroizing;

use super::json::{self, Token};
use super::key;

/// A regular expression (ECMA 262) for three parts that decode; what they decode to is beyond it.
pub fn pattern() -> String {
    let part = "(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,4})";
    format!("^{part}\\.{part}\\.{part}$")
}

/// Why a text is no token of this kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// Not three parts with dots between them.
    #[error("a JWT has three parts with dots between them")]
    Parts,
    /// A part that does not decode.
    #[error("a part of the JWT is not Base64 for URLs without padding")]
    Encoding,
    /// The first part.
    #[error("the JWT's header is no JSON object that names its algorithm")]
    Header,
    /// The second part.
    #[error("the JWT's claims are no JSON object")]
    Claims,
    /// Nothing after the second dot: anybody can make such a token.
    #[error("the JWT has no signature")]
    Unsigned,
}

/// Checks the form of a token, and that its header and claims are what they must be.
pub fn check(text: &str) -> Result<(), JwtError> {
    let mut parts = text.split('.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(JwtError::Parts);
    };
    let header = decode(header)?;
    let claims = decode(claims)?;
    if signature.is_empty() {
        return Err(JwtError::Unsigned);
    }
    decode(signature)?;
    match (object(&header), object(&claims)) {
        (Some(Object { names_algorithm: true }), Some(_)) => Ok(()),
        (Some(Object { names_algorithm: true }), None) => Err(JwtError::Claims),
        _ => Err(JwtError::Header),
    }
}

fn decode(part: &str) -> Result<Zeroizing<Vec<u8>>, JwtError> {
    if part.contains(['+', '/', '=']) {
        return Err(JwtError::Encoding);
    }
    key::base64(part).ok_or(JwtError::Encoding)
}

/// What is told of a JSON object.
struct Object {
    /// It has a member `alg` whose value is a text, as RFC 7515, section 4.1.1, asks of a header.
    names_algorithm: bool,
}

fn object(bytes: &[u8]) -> Option<Object> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut is_object = false;
    let mut names_algorithm = false;
    let mut at_algorithm = false;
    let walked = json::walk(text, |depth, token| {
        match (depth, token) {
            (0, Token::Object) => is_object = true,
            (1, Token::Text(_)) => names_algorithm |= at_algorithm,
            _ => {}
        }
        at_algorithm = depth == 1 && token == Token::Name("\"alg\"");
    });
    (walked.is_ok() && is_object).then_some(Object { names_algorithm })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    const CLAIMS: &str = "eyJzdWIiOiJDQU5BUlkifQ";

    #[test]
    fn tokens_and_what_is_mistaken_for_one() {
        assert_eq!(check(&format!("{HEADER}.{CLAIMS}.Q0FOQVJZ")), Ok(()));
        for (text, error) in [
            ("", JwtError::Parts),
            (HEADER, JwtError::Parts),
            ("a.b.c.d.e", JwtError::Parts),
            ("..", JwtError::Unsigned),
            ("e30.e30.Q0FO", JwtError::Header),
            // {"alg":1}, {"x":{"alg":"a"}} and ["alg"]
            ("eyJhbGciOjF9.e30.Q0FO", JwtError::Header),
            ("eyJ4Ijp7ImFsZyI6ImEifX0.e30.Q0FO", JwtError::Header),
            ("WyJhbGciXQ.e30.Q0FO", JwtError::Header),
            ("Bearer eyJhbGciOiJIUzI1NiJ9.e30.Q0FO", JwtError::Encoding),
            ("eyJhbGciOiJIUzI1NiJ9.e30=.Q0FO", JwtError::Encoding),
            ("eyJhbGciOiJIUzI1NiJ9.e30.Q", JwtError::Encoding),
            ("eyJhbGciOiJIUzI1NiJ9.W10.Q0FO", JwtError::Claims),
            ("eyJhbGciOiJIUzI1NiJ9.e30.", JwtError::Unsigned),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }
}

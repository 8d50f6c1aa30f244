//! What a JSON Web Token (RFC 7519) says of itself. Its claims are only encoded, not encrypted:
//! anyone who holds it can read them, and so can a rule.

use std::borrow::Cow;

use serde::Deserialize;

use crate::encoding::{self, Alphabet};

/// The longest token that is read, in bytes. Browsers and proxies stop at headers of 8 KiB.
const MAX_BYTES: usize = 16 * 1024;

/// Whom a token lets its holder act as, in the terms of Supabase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// May do everything, past every row policy.
    Service,
    /// What a browser is meant to have.
    Anonymous,
    /// No role, or one of an application's own.
    Other,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    #[expect(dead_code, reason = "that it is there makes this a token")]
    alg: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
}

/// The role of a signed token; `None` if the text is no such token.
pub(super) fn role(text: &str) -> Option<Role> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut parts = text.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let decode = |part: &str| encoding::base64(part.as_bytes(), Alphabet::Url);
    if parts.next().is_some() || decode(signature)?.is_empty() {
        return None;
    }
    // The errors of serde_json quote what they read, and are dropped unseen.
    serde_json::from_slice::<Header<'_>>(&decode(header)?).ok()?;
    let claims = decode(claims)?;
    let claims: Claims<'_> = serde_json::from_slice(&claims).ok()?;
    Some(match claims.role.as_deref() {
        Some("service_role" | "supabase_admin") => Role::Service,
        Some("anon") => Role::Anonymous,
        _ => Role::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// {"alg":"HS256","typ":"JWT"}
    const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

    #[test]
    fn a_role_is_a_claim_of_the_token_itself() {
        for (claims, role_of) in [
            // {"role":"service_role"}
            ("eyJyb2xlIjoic2VydmljZV9yb2xlIn0", Some(Role::Service)),
            // {"role":"anon"}
            ("eyJyb2xlIjoiYW5vbiJ9", Some(Role::Anonymous)),
            // {"app":{"role":"service_role"}}
            ("eyJhcHAiOnsicm9sZSI6InNlcnZpY2Vfcm9sZSJ9fQ", Some(Role::Other)),
            // {"sub":"1"}
            ("eyJzdWIiOiIxIn0", Some(Role::Other)),
            // {"role":1}
            ("eyJyb2xlIjoxfQ", None),
            ("CANARY", None),
        ] {
            assert_eq!(role(&format!("{HEADER}.{claims}.Q0FOQVJZ")), role_of, "{claims}");
        }
    }

    #[test]
    fn other_texts_with_dots_are_no_tokens() {
        for text in ["", "a.b.c", "1.2.3", "www.example.com", &format!("{HEADER}.e30."), HEADER] {
            assert_eq!(role(text), None, "{text}");
        }
        let four = format!("{HEADER}.e30.Q0FOQVJZ.Q0FOQVJZ");
        assert_eq!(role(&four), None);
    }
}

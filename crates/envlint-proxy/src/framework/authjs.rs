//! Auth.js (`@auth/core`): `trustHost`.
//!
//! Read in the source of @auth/core 0.41.3 and measured with it. Unless the application sets
//! `trustHost` itself, Auth.js takes the first of AUTH_URL, AUTH_TRUST_HOST, VERCEL and CF_PAGES
//! that is set, and trusts the host if that one is not the empty text. `false` is not empty; and
//! an empty AUTH_URL hides an AUTH_TRUST_HOST=true.

use envlint_model::Truth;

use super::{Judgement, View};
use crate::{Chain, HeaderName, Message, Source, Text};

/// The variables that decide, as far as they are set. A text is given only for whether it is
/// empty; it is never repeated.
#[derive(Clone, Copy, Default)]
pub struct AuthVariables<'a> {
    /// `AUTH_URL`
    pub auth_url: Option<&'a str>,
    /// `AUTH_TRUST_HOST`
    pub auth_trust_host: Option<&'a str>,
    /// `VERCEL`
    pub vercel: Option<&'a str>,
    /// `CF_PAGES`
    pub cf_pages: Option<&'a str>,
    /// `NODE_ENV`
    pub node_env: Option<&'a str>,
}

/// How an application says whether the host is trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TrustHostReading {
    /// It leaves the decision to Auth.js: any text but the empty one is a yes.
    AuthJs,
    /// It compares AUTH_TRUST_HOST with `true` itself and passes the result.
    LiteralTrue,
}

/// Whether Auth.js trusts the host of a request, and which variable said so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TrustHost {
    /// Whether it does. If not, every request ends in `UntrustedHost`, status 500.
    pub trusted: bool,
    /// The variable that decided; `NODE_ENV` where none of the others is set.
    pub decided_by: &'static str,
}

/// Whether Auth.js trusts the host.
pub fn trust_host(variables: &AuthVariables<'_>, reading: TrustHostReading) -> TrustHost {
    if reading == TrustHostReading::LiteralTrue {
        let trusted = variables.auth_trust_host == Some("true");
        return TrustHost { trusted, decided_by: "AUTH_TRUST_HOST" };
    }
    let first_set = [
        ("AUTH_URL", variables.auth_url),
        ("AUTH_TRUST_HOST", variables.auth_trust_host),
        ("VERCEL", variables.vercel),
        ("CF_PAGES", variables.cf_pages),
    ];
    match first_set.into_iter().find_map(|(name, text)| Some((name, text?))) {
        Some((decided_by, text)) => TrustHost { trusted: !text.is_empty(), decided_by },
        None => {
            let trusted = variables.node_env != Some("production");
            TrustHost { trusted, decided_by: "NODE_ENV" }
        }
    }
}

/// The scheme and host from which Auth.js builds the URLs of sign-in and callbacks when it
/// trusts the host and AUTH_URL is not set (`createActionURL`): X-Forwarded-Host before Host,
/// X-Forwarded-Proto before http; without any host, the host is `null`. A list in either stops it with `Invalid URL`, since neither
/// is split; see [`is_refused`].
pub fn view(message: &Message) -> View {
    let header = |name: &HeaderName| message.headers.joined(name);
    let host = header(&HeaderName::FORWARDED_HOST).or_else(|| header(&HeaderName::HOST));
    View {
        ip: message.peer.text(),
        protocol: header(&HeaderName::FORWARDED_PROTO)
            .unwrap_or_else(|| Text::plain("http", Source::Application)),
        hostname: host.unwrap_or_else(|| Text::plain("null", Source::Application)),
    }
}

/// The verdicts on what Auth.js sees at the end of a chain when it trusts the host and AUTH_URL is
/// not set.
pub fn judge(chain: &Chain) -> Judgement {
    chain.arrivals().judge(chain, view)
}

/// Whether Auth.js can not build a URL from what it sees: a list where one value belongs.
pub fn is_refused(view: &View) -> Truth {
    let holds_list = |text: &Text| match text.text() {
        Some(text) => Truth::from(text.contains(',')),
        None => Truth::Unknown,
    };
    holds_list(&view.protocol).or(holds_list(&view.hostname))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_yes_and_an_empty_one_hides_the_rest() {
        let none = AuthVariables { node_env: Some("production"), ..AuthVariables::default() };
        let trust = |text| AuthVariables { auth_trust_host: Some(text), ..none };
        let verdict = |variables| {
            let found = trust_host(&variables, TrustHostReading::AuthJs);
            (found.trusted, found.decided_by)
        };
        assert_eq!(verdict(none), (false, "NODE_ENV"));
        assert_eq!(verdict(AuthVariables::default()), (true, "NODE_ENV"));
        assert_eq!(verdict(trust("false")), (true, "AUTH_TRUST_HOST"));
        assert_eq!(verdict(trust("0")), (true, "AUTH_TRUST_HOST"));
        let vercel = AuthVariables { vercel: Some("1"), ..trust("") };
        assert_eq!(verdict(vercel), (false, "AUTH_TRUST_HOST"));
        let masked = AuthVariables { auth_url: Some(""), ..trust("true") };
        assert_eq!(verdict(masked), (false, "AUTH_URL"));
        let literal = trust_host(&trust("1"), TrustHostReading::LiteralTrue);
        assert!(!literal.trusted);
    }
}

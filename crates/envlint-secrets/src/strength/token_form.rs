//! Tokens that a provider gave a form by which everybody can tell them.
//!
//! Only precise forms are listed: a prefix that nothing else has, an alphabet and a length. A
//! hash, a UUID, an integrity string of a lock file or a public key has none of them. What a
//! provider means to be public is listed too, and said to be.

use super::shape::{
    Piece, base32, base64, base64_url, bech32, digits, has_form, hex, letters_and_digits,
};
use super::web_token::{self, Role};
use super::{placeholder, secret_part, url};

/// A form that a value has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TokenForm {
    name: &'static str,
    exposure: Exposure,
}

/// Who may see a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exposure {
    /// Meant for browsers and other clients; the provider restricts what it can do.
    Public,
    /// Whoever has it can act for its owner.
    Secret,
}

impl TokenForm {
    /// What it is, with its article: "a GitHub token".
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Who may see it.
    pub fn exposure(self) -> Exposure {
        self.exposure
    }

    const fn secret(name: &'static str) -> Self {
        Self { name, exposure: Exposure::Secret }
    }

    const fn public(name: &'static str) -> Self {
        Self { name, exposure: Exposure::Public }
    }
}

/// The form of a value, if it has one that is known. A placeholder in such a form is none.
pub fn token_form(text: &str) -> Option<TokenForm> {
    let text = text.trim();
    private_key(text)
        .or_else(|| database_url(text))
        .or_else(|| signed_token(text))
        .or_else(|| of_provider(secret_part(text).unwrap_or(text)))
        .filter(|_| placeholder(text).is_none())
}

fn of_provider(text: &str) -> Option<TokenForm> {
    let row = FORMS.iter().find(|row| has_form(text, row.pieces) && text.contains(row.with))?;
    Some(row.form)
}

struct Row {
    form: TokenForm,
    pieces: &'static [Piece],
    /// A mark that stands somewhere inside.
    with: &'static str,
}

const fn secret(name: &'static str, pieces: &'static [Piece]) -> Row {
    Row { form: TokenForm::secret(name), pieces, with: "" }
}

const fn public(name: &'static str, pieces: &'static [Piece]) -> Row {
    Row { form: TokenForm::public(name), pieces, with: "" }
}

/// What OpenAI puts into the middle of its secret keys: "OpenAI" in base64.
const OPENAI_MARK: &str = "T3BlbkFJ";

const ANY: usize = 4096;

use Piece::{One, Some as Many, Text};

#[rustfmt::skip]
const FORMS: &[Row] = &[
    secret("an AWS access key id", &[One(&["AKIA", "ASIA"]), Many(base32, 16, 16)]),
    secret("a GitHub token", &[One(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]), Many(letters_and_digits, 36, 251)]),
    secret("a GitHub token", &[Text("github_pat_"), Many(letters_and_digits, 22, 22), Text("_"), Many(letters_and_digits, 59, 59)]),
    secret("a GitLab token", &[Text("glpat-"), Many(base64_url, 20, 64)]),
    secret("a Slack token", &[One(&["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"]), Many(digits, 8, 14), Text("-"), Many(base64_url, 20, 200)]),
    secret("a Slack app token", &[Text("xapp-"), Many(digits, 1, 2), Text("-A"), Many(base64_url, 40, 200)]),
    secret("a Slack webhook", &[Text("https://hooks.slack.com/services/T"), Many(letters_and_digits, 8, 12), Text("/B"), Many(letters_and_digits, 8, 12), Text("/"), Many(letters_and_digits, 24, 24)]),
    secret("a Stripe secret key", &[One(&["sk_live_", "sk_test_", "rk_live_", "rk_test_"]), Many(letters_and_digits, 16, 247)]),
    secret("a Stripe webhook secret", &[Text("whsec_"), Many(base64, 32, 88)]),
    public("a Stripe publishable key", &[One(&["pk_live_", "pk_test_"]), Many(letters_and_digits, 16, 247)]),
    public("a Google API key for browsers", &[Text("AIza"), Many(base64_url, 35, 35)]),
    secret("a Google OAuth client secret", &[Text("GOCSPX-"), Many(base64_url, 28, 28)]),
    secret("an Anthropic API key", &[One(&["sk-ant-api", "sk-ant-admin", "sk-ant-oat"]), Many(digits, 2, 2), Text("-"), Many(base64_url, 80, 120)]),
    Row { form: TokenForm::secret("an OpenAI API key"), pieces: &[Text("sk-"), Many(base64_url, 40, 220)], with: OPENAI_MARK },
    secret("a SendGrid API key", &[Text("SG."), Many(base64_url, 22, 22), Text("."), Many(base64_url, 43, 43)]),
    secret("an npm token", &[Text("npm_"), Many(letters_and_digits, 36, 36)]),
    secret("a PyPI token", &[Text("pypi-AgEIcHlwaS5vcmc"), Many(base64_url, 50, 400)]),
    secret("a Twilio API key", &[Text("SK"), Many(hex, 32, 32)]),
    secret("a Hugging Face token", &[Text("hf_"), Many(letters_and_digits, 34, 40)]),
    secret("a DigitalOcean token", &[One(&["dop_v1_", "doo_v1_", "dor_v1_"]), Many(hex, 64, 64)]),
    secret("a Shopify token", &[One(&["shpat_", "shpca_", "shppa_", "shpss_"]), Many(hex, 32, 32)]),
    secret("a Supabase secret key", &[Text("sb_secret_"), Many(base64_url, 22, 64)]),
    public("a Supabase publishable key", &[Text("sb_publishable_"), Many(base64_url, 22, 64)]),
    secret("an age identity", &[Text("AGE-SECRET-KEY-1"), Many(bech32, 58, 58)]),
    secret("an age identity", &[Text("AGE-SECRET-KEY-PQ-1"), Many(bech32, 58, ANY)]),
];

/// A private key in PEM (RFC 7468), alone or inside something else, such as a service
/// account in JSON.
fn private_key(text: &str) -> Option<TokenForm> {
    const KINDS: &[&str] = &["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "];
    let labelled = text.split("-----BEGIN ").skip(1).any(|label| {
        let plain = KINDS.iter().filter_map(|kind| label.strip_prefix(kind));
        plain.into_iter().any(|rest| rest.starts_with("PRIVATE KEY-----"))
            || label.starts_with("PGP PRIVATE KEY BLOCK-----")
    });
    labelled.then_some(TokenForm::secret("a private key"))
}

/// The schemes of URLs that open a data store.
const STORES: &[&str] = &[
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mssql",
    "sqlserver",
    "mongodb",
    "mongodb+srv",
    "redis",
    "rediss",
    "valkey",
    "valkeys",
    "amqp",
    "amqps",
    "clickhouse",
    "cockroachdb",
];

/// A data store with the password in the URL. One that is still to be filled in is none.
fn database_url(text: &str) -> Option<TokenForm> {
    let url = url(text)?;
    let scheme = url.scheme.split_once('+').map_or(url.scheme, |(store, _)| store);
    let known = STORES.iter().any(|store| store.eq_ignore_ascii_case(scheme));
    let filled_in = url.password.is_some_and(|password| !password.starts_with(['$', '{', '%']));
    (known && filled_in).then_some(TokenForm::secret("a database URL with its password"))
}

/// A JSON Web Token whose role says who may see it. One without a role is for its application
/// to judge.
fn signed_token(text: &str) -> Option<TokenForm> {
    match web_token::role(text)? {
        Role::Service => Some(TokenForm::secret("a token for the role service_role")),
        Role::Anonymous => Some(TokenForm::public("a token for the role anon")),
        Role::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` characters that no test for placeholders takes for filler.
    fn filling(count: usize) -> String {
        "CANARY7kT9vLx2mQp4Zr8Wn3BdHs5Jf6Gc1Ky0".chars().cycle().take(count).collect()
    }

    fn hexadecimal(count: usize) -> String {
        "ca0a4e9b74c9897bac770ffc029102d5".chars().cycle().take(count).collect()
    }

    #[test]
    fn tokens_are_told_by_their_form() {
        let secrets = [
            ("an AWS access key id", "AKIACANARY2345672345".to_owned()),
            ("a GitHub token", format!("ghp_{}", filling(36))),
            ("a GitHub token", format!("github_pat_{}_{}", filling(22), filling(59))),
            ("a GitLab token", format!("glpat-{}", filling(20))),
            ("a Slack token", format!("xoxb-123456789012-{}", filling(24))),
            (
                "a Slack webhook",
                format!("https://hooks.slack.com/services/T0CANARY1/B0CANARY1/{}", filling(24)),
            ),
            ("a Stripe secret key", format!("sk_live_{}", filling(24))),
            ("a Stripe secret key", format!("rk_test_{}", filling(24))),
            ("a Google OAuth client secret", format!("GOCSPX-{}", filling(28))),
            ("an Anthropic API key", format!("sk-ant-api03-{}AA", filling(93))),
            ("an OpenAI API key", format!("sk-proj-{}T3BlbkFJ{}", filling(20), filling(20))),
            ("an OpenAI API key", format!("sk-{}T3BlbkFJ{}", filling(20), filling(20))),
            ("a SendGrid API key", format!("SG.{}.{}", filling(22), filling(43))),
            ("an npm token", format!("npm_{}", filling(36))),
            ("a Twilio API key", format!("SK{}", hexadecimal(32))),
            ("a DigitalOcean token", format!("dop_v1_{}", hexadecimal(64))),
            ("a Supabase secret key", format!("sb_secret_{}", filling(31))),
            (
                "an age identity",
                format!(
                    "AGE-SECRET-KEY-1{}",
                    "QPZRY9X8GF2TVDW0S3JN54KHCE6M".repeat(3)[..58].to_owned()
                ),
            ),
            ("a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\n".to_owned()),
            (
                "a private key",
                r#"{"private_key":"-----BEGIN PRIVATE KEY-----\nCANARY"}"#.to_owned(),
            ),
            (
                "a database URL with its password",
                format!("postgresql://app:{}@db:5432/app", filling(20)),
            ),
            (
                "a database URL with its password",
                format!("postgresql+asyncpg://app:{}@db/app", filling(20)),
            ),
            ("a database URL with its password", format!("redis://:{}@cache:6379/0", filling(20))),
            (
                "a GitHub token",
                format!("https://x-access-token:ghp_{}@github.com/a/b", filling(36)),
            ),
            (
                "a token for the role service_role",
                "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.Q0FOQVJZ".to_owned(),
            ),
        ];
        for (name, text) in secrets {
            let form = token_form(&text);
            assert_eq!(form, Some(TokenForm::secret(name)), "{text}");
        }
    }

    #[test]
    fn what_is_meant_for_browsers_is_public() {
        for (name, text) in [
            ("a Stripe publishable key", format!("pk_live_{}", filling(24))),
            ("a Google API key for browsers", format!("AIza{}", filling(35))),
            ("a Supabase publishable key", format!("sb_publishable_{}", filling(31))),
            (
                "a token for the role anon",
                "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.Q0FOQVJZ".to_owned(),
            ),
        ] {
            assert_eq!(token_form(&text), Some(TokenForm::public(name)), "{text}");
        }
    }

    #[test]
    fn other_long_texts_have_no_form() {
        for text in [
            "".to_owned(),
            hexadecimal(32),
            hexadecimal(40),
            hexadecimal(64),
            "550e8400-e29b-41d4-a716-446655440000".to_owned(),
            format!("sha512-{}==", filling(86)),
            format!("sha256:{}", hexadecimal(64)),
            format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} deploy", filling(43)),
            "-----BEGIN PUBLIC KEY-----\nCANARY\n-----END PUBLIC KEY-----".to_owned(),
            "-----BEGIN CERTIFICATE-----\nCANARY\n-----END CERTIFICATE-----".to_owned(),
            "age1xnlfekfudl64m98k0a6g5vgqew7wm439wtcjp323cdl6dh3g64xqm4shqn".to_owned(),
            format!("AC{}", hexadecimal(32)),
            "AKIA-like-words".to_owned(),
            "SKIPPED".to_owned(),
            "sk-learn-is-not-an-api-key-but-a-library-with-a-name".to_owned(),
            "https://example.com/a?b=c".to_owned(),
            "postgresql://app@db/app".to_owned(),
            "postgresql://app:${DB_PASSWORD}@db/app".to_owned(),
            "postgresql://app:changeme@db/app".to_owned(),
            "https://user:CANARY8Kd02mXq7@example.com".to_owned(),
            "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
            // {"sub":"1"}: an application's own token
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.Q0FOQVJZ".to_owned(),
        ] {
            assert_eq!(token_form(&text), None, "{text}");
        }
    }
}

//! Who issues what can not be made here.
//!
//! A schema says what a secret looks like, and to its reader an access key of somebody else's
//! service looks like any token. The role of a variable says that it is the project's own;
//! without one the name tells, as people name such variables after the one who issues them.

use crate::{Role, Variable};

/// Words in names, and the one who issues what is called so.
const BY_WORD: [(&str, &str); 44] = [
    ("ALIYUN", "Aliyun"),
    ("ANTHROPIC", "Anthropic"),
    ("AUTH0", "Auth0"),
    ("AWS", "Amazon Web Services"),
    ("AZURE", "Microsoft"),
    ("BREVO", "Brevo"),
    ("CLERK", "Clerk"),
    ("CLOUDFLARE", "Cloudflare"),
    ("COHERE", "Cohere"),
    ("DATADOG", "Datadog"),
    ("DEEPSEEK", "DeepSeek"),
    ("DISCORD", "Discord"),
    ("E2B", "E2B"),
    ("FACEBOOK", "Meta"),
    ("GEMINI", "Google"),
    ("GH", "GitHub"),
    ("GITHUB", "GitHub"),
    ("GITLAB", "GitLab"),
    ("GOOGLE", "Google"),
    ("HF", "Hugging Face"),
    ("HUGGINGFACE", "Hugging Face"),
    ("LANGSMITH", "LangSmith"),
    ("MAILGUN", "Mailgun"),
    ("MICROSOFT", "Microsoft"),
    ("MISTRAL", "Mistral"),
    ("NPM", "npm"),
    ("OPENAI", "OpenAI"),
    ("OPENROUTER", "OpenRouter"),
    ("PAYPAL", "PayPal"),
    ("PINECONE", "Pinecone"),
    ("POSTMARK", "Postmark"),
    ("RESEND", "Resend"),
    ("SENDGRID", "SendGrid"),
    ("SENTRY", "Sentry"),
    ("SLACK", "Slack"),
    ("SMTP", "the mail server"),
    ("STRIPE", "Stripe"),
    ("SUPABASE", "Supabase"),
    ("TAVILY", "Tavily"),
    ("TELEGRAM", "Telegram"),
    ("TWILIO", "Twilio"),
    ("VERCEL", "Vercel"),
    ("WHATSAPP", "Meta"),
    ("ZENDESK", "Zendesk"),
];

/// How names end that belong to a service of somebody else.
const BY_ENDING: [&[&str]; 5] = [
    &["ACCESS", "KEY"],
    &["ACCESS", "KEY", "SECRET"],
    &["API", "KEY"],
    &["CLIENT", "SECRET"],
    &["LICENSE", "KEY"],
];

/// How names end of what is random text and nothing else; a connection string is a secret, too.
const RANDOM: [&str; 8] =
    ["KEY", "PASS", "PASSPHRASE", "PASSWORD", "PEPPER", "SALT", "SECRET", "TOKEN"];

/// The one of whom nothing is known but what is opened with it.
const SOMEBODY: &str = "whoever runs what it opens";

impl Variable {
    /// Who issues its value, if it is not made by whoever deploys.
    pub fn issuer(&self) -> Option<&'static str> {
        let own = matches!(self.role, Some(Role::EncryptionKey | Role::SharedToken));
        if own || self.is_public() {
            return None;
        }
        let words = words(&self.name);
        let known = |word: &String| BY_WORD.iter().find(|(name, _)| name == word);
        if let Some((_, issuer)) = words.iter().find_map(known) {
            return Some(issuer);
        }
        let ends = |ending: &&[&str]| {
            let mut pairs = words.iter().rev().zip(ending.iter().rev());
            words.len() >= ending.len() && pairs.all(|(word, end)| word == end)
        };
        BY_ENDING.iter().any(ends).then_some(SOMEBODY)
    }

    /// Whether a secret text may be any random one: its role or its name says so.
    pub fn is_random(&self) -> bool {
        let by_role = matches!(self.role, Some(Role::EncryptionKey | Role::SharedToken));
        by_role || words(&self.name).last().is_some_and(|word| RANDOM.contains(&word.as_str()))
    }
}

/// The words of a name in capitals: `AzureAd__ClientSecret` has four.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || before.is_lowercase() && c.is_uppercase();
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_uppercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use crate::Kind;

    use super::*;

    #[test]
    fn the_name_tells_unless_the_role_does() {
        let of = |name: &str| Variable::new(name, Kind::Token { min_length: 1 }).issuer();
        for (name, who) in [
            ("SENDGRID_API_KEY", Some("SendGrid")),
            ("AzureAd__ClientSecret", Some("Microsoft")),
            ("MicrosoftAppPassword", Some("Microsoft")),
            ("WEATHER_API_KEY", Some("whoever runs what it opens")),
            ("S3_SECRET_ACCESS_KEY", Some("whoever runs what it opens")),
            ("KEY", None),
            ("POSTGRES_PASSWORD", None),
            ("RESENDER_TOKEN", None),
            ("MINIO_SECRET_KEY", None),
        ] {
            assert_eq!(of(name), who, "{name}");
        }
        let mut own = Variable::new("OWN_API_KEY", Kind::Token { min_length: 1 });
        own.role = Some(Role::SharedToken);
        assert_eq!(own.issuer(), None);
        assert_eq!(Variable::new("AWS_REGION", Kind::Port).issuer(), None);
        for (name, random) in [("DB_PASSWORD", true), ("REDIS_CONNECTION", false), ("", false)] {
            assert_eq!(Variable::new(name, Kind::Port).is_random(), random, "{name}");
        }
    }

    #[test]
    fn words_are_sorted_and_found_whole() {
        assert!(BY_WORD.is_sorted());
        assert_eq!(words("AzureAd__ClientSecret"), ["AZURE", "AD", "CLIENT", "SECRET"]);
        assert_eq!(words("_"), [""; 0]);
    }
}

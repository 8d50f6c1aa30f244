//! What the name of a variable says of its value, where no schema says it.

/// Words that name a secret wherever they end a name.
const PLAIN: [&str; 4] = ["SECRET", "PASSWORD", "PASSWD", "PASSPHRASE"];

/// What a `KEY` is called that nobody else may have.
const PLAIN_KEYS: [&str; 5] = ["ENCRYPTION", "MASTER", "PRIVATE", "ROLE", "SIGNING"];

/// What a `KEY` is called that is a secret on a server, and may be made for browsers elsewhere.
const LIKELY_KEYS: [&str; 11] = [
    "ACCESS", "ACCOUNT", "ADMIN", "API", "AUTH", "HMAC", "JWT", "SERVICE", "SESSION", "STORAGE",
    "WEBHOOK",
];

/// Words of names that speak about a secret and hold none: `ALLOW_EMPTY_PASSWORD`.
const ABOUT: [&str; 12] = [
    "ALLOW", "DISABLE", "EMPTY", "ENABLE", "FORGOT", "HAS", "NO", "RANDOM", "REQUIRE", "RESET",
    "SHOW", "USE",
];

/// Whether a name says that its value is a secret on a server: `POSTGRES_PASSWORD`,
/// `RABBITMQ_DEFAULT_PASS`, `API_KEY`.
pub(crate) fn says_secret(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    let before = words.iter().rev().nth(1).map_or("", String::as_str);
    let likely = matches!(last, "PASS" | "TOKEN") || last == "KEY" && LIKELY_KEYS.contains(&before);
    is_plain(&words) || likely && !is_about(&words)
}

/// Whether a name says that its value is a secret wherever it is read. Tokens and API keys are
/// not: many are made for browsers.
pub(crate) fn says_secret_anywhere(name: &str) -> bool {
    is_plain(&words(name))
}

/// Whether a name says that its value opens a door to whoever types it in.
pub(crate) fn says_password(name: &str) -> bool {
    let is_password = |last: &String| matches!(last.as_str(), "PASS" | "PASSWORD" | "PASSWD");
    words(name).last().is_some_and(is_password)
}

fn is_plain(words: &[String]) -> bool {
    let Some((last, before)) = words.split_last() else { return false };
    let plain = |word: &String| PLAIN.contains(&word.as_str());
    let key = before.iter().any(plain)
        || before.last().is_some_and(|kind| PLAIN_KEYS.contains(&kind.as_str()));
    (plain(last) || key && matches!(last.as_str(), "KEY" | "BASE")) && !is_about(words)
}

fn is_about(words: &[String]) -> bool {
    words.iter().any(|word| ABOUT.contains(&word.as_str()))
}

fn words(name: &str) -> Vec<String> {
    name.split(['_', '-', '.']).map(str::to_ascii_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_secret() {
        for name in ["POSTGRES_PASSWORD", "AUTH_SECRET", "db_password", "JWT_PRIVATE_KEY"] {
            assert!(says_secret(name) && says_secret_anywhere(name), "{name}");
        }
        for name in ["AWS_SECRET_ACCESS_KEY", "SECRET_KEY_BASE", "SUPABASE_SERVICE_ROLE_KEY"] {
            assert!(says_secret(name) && says_secret_anywhere(name), "{name}");
        }
        for name in ["GITHUB_TOKEN", "STRIPE_API_KEY", "MAPBOX_TOKEN", "RABBITMQ_DEFAULT_PASS"] {
            assert!(says_secret(name) && !says_secret_anywhere(name), "{name}");
        }
    }

    #[test]
    fn names_that_only_speak_about_secrets() {
        for name in [
            "POSTGRES_USER",
            "ALLOW_EMPTY_PASSWORD",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "POSTGRES_PASSWORD_FILE",
            "PASSWORD_MIN_LENGTH",
            "TOKEN_TTL",
            "HAPROXY_BYPASS",
            "USE_DB_PASS",
            "CACHE_KEY",
            "STRIPE_PUBLISHABLE_KEY",
            "SUPABASE_ANON_KEY",
            "FORGOT_PASSWORD",
            "AWS_SECRET_NAME",
            "",
        ] {
            assert!(!says_secret(name), "{name}");
        }
    }
}

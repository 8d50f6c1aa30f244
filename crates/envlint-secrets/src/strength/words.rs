//! The words that give a text away. All lower case; lists are short enough to be searched.

use std::iter::successors;

/// Words of texts about secrets. A text of nothing else describes itself.
#[rustfmt::skip]
pub(super) const VOCABULARY: &[&str] = &[
    // what it is about
    "secret", "secrets", "key", "keys", "token", "jwt", "password", "passwd", "passphrase",
    "credential", "credentials", "auth", "authentication", "session", "cookie", "signing",
    "encryption", "hash", "salt", "pepper", "api", "access", "refresh", "client", "private",
    "webhook", "database", "db", "postgres", "redis", "smtp", "app", "application", "server",
    "service", "user", "admin", "internal",
    // how it should be
    "super", "ultra", "very", "extra", "really", "long", "longer", "strong", "secure", "safe",
    "random", "randomly", "generated", "unique", "string", "value", "text", "length", "hex",
    "base", "minimum", "min", "least", "characters", "character", "chars", "char", "bytes",
    "byte", "bits", "bit", "complex",
    // where it holds
    "dev", "development", "local", "localhost", "test", "testing", "tests", "staging", "prod",
    "production", "demo", "default", "build", "time", "run", "runtime", "deploy", "deployment",
    "env", "environment", "variable", "variables", "docker", "compose", "ci",
    // what holds a sentence together
    "a", "an", "the", "this", "that", "my", "our", "is", "are", "be", "it", "its", "in", "at",
    "on", "of", "to", "for", "from", "with", "and", "or", "not", "no", "do", "use", "used", "only",
    "must", "should", "will", "as", "so", "some", "something", "please", "me", "new", "more",
    "than", "before", "real", "set", "put", "openssl", "rand", "keep", "never",
];

/// Words that stand in placeholders and not in secrets.
#[rustfmt::skip]
pub(super) const MARKERS: &[&str] = &[
    "change", "changed", "changeme", "changethis", "changeit", "replace", "replaced", "replaceme",
    "replacethis", "placeholder", "example", "sample", "dummy", "fake", "mock", "todo", "fixme",
    "tbd", "your", "yours", "insert", "enter", "paste", "here", "fill", "fillme", "override",
    "overridden", "overwrite", "generate", "redacted", "masked", "hidden", "undefined", "null",
    "unset", "insecure", "notasecret",
];

/// What a placeholder asks for.
#[rustfmt::skip]
pub(super) const NOUNS: &[&str] = &[
    "secret", "key", "token", "password", "passwd", "passphrase", "credential", "credentials",
    "id", "value", "string", "salt", "url", "apikey", "pat",
];

/// Values that documentation and starter projects show, exactly as they show them.
#[rustfmt::skip]
pub(super) const PUBLISHED: &[&str] = &[
    // the AWS documentation's key pair
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    // express-session, jsonwebtoken, jwt.io, iron-session, Supabase, Symfony, Lexik
    "keyboard cat", "shhhhh", "shhhhhhared-secret", "your-256-bit-secret",
    "a-string-secret-at-least-256-bits-long", "complex_password_at_least_32_characters_long",
    "super-secret-jwt-token-with-at-least-32-characters-long", "ThisTokenIsNotSoSecretChangeIt",
    "!ChangeThisMercureHubJWTSecretKey!",
];

/// Common passwords and the words that passwords are made of, the most common first. The rank
/// is what a guess costs. Digits and keyboard rows are found as what they are.
#[rustfmt::skip]
pub(super) const COMMON: &[&str] = &[
    "password", "admin", "qwerty", "letmein", "welcome", "secret", "iloveyou", "monkey", "dragon",
    "master", "login", "abc123", "football", "baseball", "sunshine", "princess", "shadow",
    "superman", "batman", "trustno1", "hello", "freedom", "whatever", "ninja", "azerty",
    "starwars", "passw", "access", "flower", "lovely", "pokemon", "cheese",
    "computer", "internet", "killer", "pepper", "soccer", "hockey", "hunter", "ranger", "buster",
    "tigger", "cookie", "banana", "orange", "summer", "winter", "spring", "autumn", "purple",
    "silver", "golden", "diamond", "forever", "angel", "matrix", "mustang", "harley", "yankees",
    "dallas", "london", "berlin", "paris", "liverpool", "arsenal", "chelsea", "barcelona",
    "mercedes", "ferrari", "porsche", "corvette", "snoopy", "mickey", "garfield", "phoenix",
    "falcon", "eagle", "tiger", "panther", "dolphin", "rabbit", "chicken", "scooter", "maverick",
    "thunder", "lightning", "midnight", "blessed", "heaven", "spirit", "family",
    "friends", "success", "money", "dollar", "love",
    "baby", "lucky", "happy", "crazy", "smokey", "peanut", "ginger", "chocolate",
    "butterfly", "rainbow", "unicorn", "samsung", "google", "apple", "microsoft", "windows",
    "linux", "ubuntu", "debian", "root", "toor", "test", "testing", "tester", "guest", "user",
    "username", "demo", "temp", "temporary", "default", "changeme", "change", "pass", "passwd",
    "passphrase", "administrator", "sysadmin", "superuser", "supervisor", "operator",
    "manager", "support", "service", "server", "system", "network", "security", "secure",
    "private", "public", "token", "session", "signing", "secretkey", "apikey", "auth",
    "database", "postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb", "redis",
    "rabbitmq", "oracle", "minio", "grafana", "kibana", "elastic", "jenkins", "tomcat", "docker",
    "kubernetes", "django", "laravel", "wordpress", "drupal", "vagrant", "ansible", "raspberry",
    "production", "prod", "staging", "development", "local", "localhost", "example", "sample",
    "company", "office", "correct", "horse", "battery", "staple", "monday",
    "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february",
    "march", "april", "june", "july", "august", "september", "october", "november", "december",
    "please", "super", "mega", "ultra", "random", "string", "word", "enter", "open", "sesame",
];

/// The common words that begin with a byte, the most common first, as indices into [`COMMON`].
/// Any place of any secret may be the start of one, so they must not all be tried there.
pub(super) fn common_with_initial(initial: u8) -> impl Iterator<Item = usize> {
    let first = CHAINS.first.get(usize::from(initial)).copied().flatten();
    successors(first, |&at| CHAINS.next[at])
}

/// The common words by their initials, as lists that run through [`COMMON`].
struct Chains {
    /// For each ASCII character, the first word that begins with it.
    first: [Option<usize>; 128],
    /// For each word, the next one that begins as it does.
    next: [Option<usize>; COMMON.len()],
}

static CHAINS: Chains = {
    let mut chains = Chains { first: [None; 128], next: [None; COMMON.len()] };
    let mut at = COMMON.len();
    while at > 0 {
        at -= 1;
        let initial = COMMON[at].as_bytes()[0] as usize;
        chains.next[at] = chains.first[initial];
        chains.first[initial] = Some(at);
    }
    chains
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_word_is_found_by_its_initial() {
        for (at, word) in COMMON.iter().enumerate() {
            assert!(common_with_initial(word.as_bytes()[0]).any(|found| found == at), "{word}");
        }
        assert_eq!((0..=u8::MAX).flat_map(common_with_initial).count(), COMMON.len());
        assert!(common_with_initial(b'p').is_sorted());
    }

    #[test]
    fn lists_are_lower_case_and_long_enough_to_mean_something() {
        for word in [VOCABULARY, MARKERS, NOUNS, COMMON].concat() {
            assert_eq!(word, word.to_ascii_lowercase());
        }
        let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(COMMON.iter().all(|word| word.len() >= 4 && plain(word)));
        assert!(COMMON.iter().enumerate().all(|(at, word)| !COMMON[..at].contains(word)));
        assert!(MARKERS.iter().all(|word| !VOCABULARY.contains(word)));
    }
}

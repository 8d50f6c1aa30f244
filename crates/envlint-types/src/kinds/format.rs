//! The formats of text that need no parameters, as data: one row says everything about one of them.
//!
//! Each row points to the functions that decide. A schema, an editor, a page of documentation and
//! a loader all read the same row, so that a new format is a new row and nothing else.

use super::{
    address, age, cron, date, domain, email, host, json, jwt, locale, path, pem, regex, semver,
    time_zone, uuid,
};

/// A format that a text can have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[non_exhaustive]
pub enum Format {
    /// An e-mail address.
    Email,
    /// A time zone of the IANA database.
    TimeZone,
    /// A language tag of BCP 47.
    Locale,
    /// A domain name of two or more labels.
    Domain,
    /// A host name or an address, without a port.
    Host,
    /// An address of IPv4 or IPv6.
    Ip,
    /// An address of IPv4.
    Ipv4,
    /// An address of IPv6.
    Ipv6,
    /// A network: an address and the length of its prefix.
    Cidr,
    /// A UUID of RFC 9562.
    Uuid,
    /// A version of Semantic Versioning 2.0.0.
    SemVer,
    /// A JSON text of RFC 8259.
    Json,
    /// A regular expression of any engine.
    Regex,
    /// A schedule of crontab(5).
    Cron,
    /// One certificate or several, in PEM.
    PemCertificate,
    /// A private key, in PEM.
    PemKey,
    /// A signed JSON Web Token.
    Jwt,
    /// A recipient of age files.
    AgeRecipient,
    /// A path of a file or a folder.
    Path,
    /// A path that starts at the root.
    AbsolutePath,
    /// A date of RFC 3339.
    Date,
    /// A date with time and offset of RFC 3339.
    DateTime,
}

struct Row {
    format: Format,
    name: &'static str,
    expected: &'static str,
    example: &'static str,
    accepts: fn(&str) -> bool,
    pattern: Option<fn() -> String>,
    beyond: &'static str,
    secret: Option<bool>,
}

/// In the order of [`Format`].
static ROWS: [Row; 22] = [
    Row {
        format: Format::Email,
        name: "email",
        expected: "an e-mail address such as ops@example.com",
        example: "ops@example.com",
        accepts: |text| email::check(text).is_ok(),
        pattern: Some(email::pattern),
        beyond: "no limit of the domain's whole length",
        secret: Some(false),
    },
    Row {
        format: Format::TimeZone,
        name: "time-zone",
        expected: "a time zone such as Europe/Paris",
        example: "Europe/Paris",
        accepts: |text| time_zone::find(text).is_ok(),
        pattern: None,
        beyond: "",
        secret: Some(false),
    },
    Row {
        format: Format::Locale,
        name: "locale",
        expected: "a language tag such as en-US",
        example: "en-US",
        accepts: |text| locale::check(text).is_ok(),
        pattern: Some(|| locale::PATTERN.to_owned()),
        beyond: "",
        secret: Some(false),
    },
    Row {
        format: Format::Domain,
        name: "domain",
        expected: "a domain such as example.com",
        example: "example.com",
        accepts: |text| domain::check(text).is_ok(),
        pattern: Some(|| format!("^{}$", domain::PATTERN)),
        beyond: "no limit of the whole length",
        secret: Some(false),
    },
    Row {
        format: Format::Host,
        name: "host",
        expected: "a host name or an IP address, without scheme and port",
        example: "db.example.com",
        accepts: |text| host::check(text).is_ok(),
        pattern: Some(host::pattern),
        beyond: "no limit of the length of a label or of the whole",
        secret: Some(false),
    },
    Row {
        format: Format::Ip,
        name: "ip",
        expected: "an IP address such as 192.0.2.1 or 2001:db8::1",
        example: "192.0.2.1",
        accepts: |text| address::ip(text).is_ok(),
        pattern: Some(address::ip_pattern),
        beyond: "",
        secret: Some(false),
    },
    Row {
        format: Format::Ipv4,
        name: "ipv4",
        expected: "an IPv4 address such as 192.0.2.1",
        example: "192.0.2.1",
        accepts: |text| address::ipv4(text).is_ok(),
        pattern: Some(|| format!("^{}$", address::IPV4)),
        beyond: "",
        secret: Some(false),
    },
    Row {
        format: Format::Ipv6,
        name: "ipv6",
        expected: "an IPv6 address such as 2001:db8::1",
        example: "2001:db8::1",
        accepts: |text| address::ipv6(text).is_ok(),
        pattern: Some(|| format!("^{}$", address::ipv6_pattern())),
        beyond: "",
        secret: Some(false),
    },
    Row {
        format: Format::Cidr,
        name: "cidr",
        expected: "a network such as 10.0.0.0/8",
        example: "192.0.2.0/24",
        accepts: |text| address::network(text).is_ok(),
        pattern: Some(address::network_pattern),
        beyond: "",
        secret: Some(false),
    },
    Row {
        format: Format::Uuid,
        name: "uuid",
        expected: "a UUID such as 123e4567-e89b-12d3-a456-426614174000",
        example: "123e4567-e89b-12d3-a456-426614174000",
        accepts: |text| uuid::parse(text).is_ok(),
        pattern: Some(|| uuid::PATTERN.to_owned()),
        beyond: "",
        secret: None,
    },
    Row {
        format: Format::SemVer,
        name: "semver",
        expected: "a version such as 1.2.3",
        example: "1.2.3",
        accepts: |text| semver::parse(text).is_ok(),
        pattern: Some(semver::pattern),
        beyond: "no limit of the three numbers",
        secret: Some(false),
    },
    Row {
        format: Format::Json,
        name: "json",
        expected: "JSON such as {\"a\": 1}",
        example: "{\"example\": true}",
        accepts: |text| json::check(text).is_ok(),
        pattern: None,
        beyond: "",
        secret: None,
    },
    Row {
        format: Format::Regex,
        name: "regex",
        expected: "a regular expression such as ^[a-z]+$",
        example: "^example-[0-9]+$",
        accepts: |text| regex::check(text).is_ok(),
        pattern: None,
        beyond: "",
        secret: None,
    },
    Row {
        format: Format::Cron,
        name: "cron",
        expected: "a schedule such as 0 3 * * 1-5 or @daily",
        example: "0 3 * * 1-5",
        accepts: |text| cron::check(text).is_ok(),
        pattern: Some(cron::pattern),
        beyond: "not that ranges run upwards",
        secret: Some(false),
    },
    Row {
        format: Format::PemCertificate,
        name: "pem-certificate",
        expected: "a certificate in PEM, from -----BEGIN CERTIFICATE----- on",
        example: concat!(
            "-----BEGIN CERTIFICATE-----\\nMBsMGUNBTkFSWTogbm90IGEgY2VydGlmaWNhdGU=\\n",
            "-----END CERTIFICATE-----"
        ),
        accepts: |text| pem::certificate(text).is_ok(),
        pattern: Some(pem::certificate_pattern),
        beyond: "only the line that begins it",
        secret: Some(false),
    },
    Row {
        format: Format::PemKey,
        name: "pem-key",
        expected: "a private key in PEM, from -----BEGIN PRIVATE KEY----- on",
        example: concat!(
            "-----BEGIN PRIVATE KEY-----\\nMBsMGUNBTkFSWTogbm90IGEgcHJpdmF0ZSBrZXk=\\n",
            "-----END PRIVATE KEY-----"
        ),
        accepts: |text| pem::private_key(text).is_ok(),
        pattern: Some(pem::private_key_pattern),
        beyond: "only the line that begins it",
        secret: Some(true),
    },
    Row {
        format: Format::Jwt,
        name: "jwt",
        expected: "a signed JWT: three parts with dots between them",
        example: concat!(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJDQU5BUlkifQ",
            ".Q0FOQVJZOiBub3QgYSBzaWduYXR1cmU"
        ),
        accepts: |text| jwt::check(text).is_ok(),
        pattern: Some(jwt::pattern),
        beyond: "not what header and claims decode to",
        secret: Some(true),
    },
    Row {
        format: Format::AgeRecipient,
        name: "age-recipient",
        expected: "an age recipient, which starts with age1",
        example: "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
        accepts: |text| age::check(text).is_ok(),
        pattern: Some(|| age::PATTERN.to_owned()),
        beyond: "not the checksum and the padding",
        secret: Some(false),
    },
    Row {
        format: Format::Path,
        name: "path",
        expected: "a path such as ./data or /var/lib/app",
        example: "/var/lib/example",
        accepts: |text| path::check(text).is_ok(),
        pattern: Some(|| path::PATTERN.to_owned()),
        beyond: "",
        secret: None,
    },
    Row {
        format: Format::AbsolutePath,
        name: "absolute-path",
        expected: "an absolute path such as /var/lib/app",
        example: "/var/lib/example",
        accepts: |text| path::check_absolute(text).is_ok(),
        pattern: Some(|| path::ABSOLUTE.to_owned()),
        beyond: "",
        secret: None,
    },
    Row {
        format: Format::Date,
        name: "date",
        expected: "a date such as 2030-01-31",
        example: "2030-01-31",
        accepts: |text| date::date(text).is_ok(),
        pattern: Some(|| format!("^{}$", date::DATE)),
        beyond: "not how many days a month has",
        secret: Some(false),
    },
    Row {
        format: Format::DateTime,
        name: "date-time",
        expected: "a date and time such as 2030-01-31T12:00:00Z",
        example: "2030-01-31T12:00:00Z",
        accepts: |text| date::date_time(text).is_ok(),
        pattern: Some(|| format!("^{}{}$", date::DATE, date::TIME)),
        beyond: "not how many days a month has and when a leap second can be",
        secret: Some(false),
    },
];

/// A row stands where its format is looked up, or nothing compiles.
const _: () = {
    let mut at = 0;
    while at < ROWS.len() {
        assert!(ROWS[at].format as usize == at);
        at += 1;
    }
};

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Format; ROWS.len()] = {
        let mut all = [Format::Email; ROWS.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = ROWS[at].format;
            at += 1;
        }
        all
    };

    /// The format of that name.
    pub fn named(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The word in schemas.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What a text must be, to continue "must be".
    pub fn expected(self) -> &'static str {
        self.row().expected
    }

    /// A text of this format that nobody takes for a real one.
    pub fn example(self) -> &'static str {
        self.row().example
    }

    /// Whether a text has this format; in time linear in its length.
    pub fn accepts(self, text: &str) -> bool {
        (self.row().accepts)(text)
    }

    /// A regular expression (ECMA 262, without look-around, and so one for the crate `regex` as
    /// well) that matches every text of this format, and no other but for what
    /// [`Format::beyond_pattern`] says. `None` where no expression would tell anything.
    pub fn pattern(self) -> Option<String> {
        self.row().pattern.map(|pattern| pattern())
    }

    /// What the expression leaves out: `""` if nothing.
    pub fn beyond_pattern(self) -> &'static str {
        self.row().beyond
    }

    /// Whether every text of this format is a secret, or none; `None` where one may be.
    pub fn secret(self) -> Option<bool> {
        self.row().secret
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_complete_and_has_an_example_of_its_form() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(format));
            assert!(format.accepts(format.example()), "{}", format.name());
            assert!(["(", "\0"].iter().any(|text| !format.accepts(text)), "{}", format.name());
            assert!(format.pattern().is_some() || format.beyond_pattern().is_empty());
        }
        assert_eq!(Format::named("text"), None);
    }
}

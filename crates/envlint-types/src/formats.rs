use std::fmt;
use std::path::Path;
use std::str::FromStr;

use schemars::Schema;
use serde::{Serialize, Serializer};

use crate::kinds::age::AgeError;
use crate::kinds::cron::CronError;
use crate::kinds::date::{self, DateError, Day};
use crate::kinds::domain::DomainError;
use crate::kinds::format::Format;
use crate::kinds::host::HostError;
use crate::kinds::path::PathError;
use crate::kinds::pem::{self, PemError};
use crate::kinds::regex::RegexError;
use crate::kinds::semver::{self, SemVerError};
use crate::kinds::uuid::{self, UuidError};
use crate::kinds::{age, cron, domain, host, path, regex};

/// What JSON Schema can be told of a format: its expression only where it is exact, because what an
/// expression lets through beyond that would be accepted by everybody who reads no `x-envlint`.
pub(crate) fn schema(format: Format) -> Schema {
    let mut schema = schemars::json_schema!({
        "type": "string",
        "x-envlint": { "type": format.name() },
    });
    if let Some(pattern) = format.pattern().filter(|_| format.beyond_pattern().is_empty()) {
        schema.insert("pattern".into(), pattern.into());
    }
    if format.secret() == Some(true) {
        schema.insert("writeOnly".into(), true.into());
    }
    schema
}

/// `Deserialize` from text, and the JSON Schema of a format.
macro_rules! format_value {
    ($type:ident, $format:ident, $expecting:literal) => {
        crate::text::text_value!(@serde [] $type, $expecting);

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::formats::schema(crate::kinds::format::Format::$format)
            }
        }
    };
}

pub(crate) use format_value;

/// A text that was checked, and is kept as it was written.
macro_rules! checked_text {
    ($(#[doc = $doc:literal])+ $name:ident, $format:ident, $check:path, $error:ty, $expecting:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                $check(text).map(|()| Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        format_value!($name, $format, $expecting);
    };
}

checked_text! {
    /// A domain name of two or more labels.
    Domain, Domain, domain::check, DomainError, "a domain such as example.com"
}

checked_text! {
    /// A host name or an IP address, without a port.
    Host, Host, host::check, HostError, "a host name or an IP address"
}

checked_text! {
    /// A schedule of crontab(5), with or without seconds.
    Cron, Cron, cron::check, CronError, "a schedule such as 0 3 * * 1-5"
}

checked_text! {
    /// A regular expression that holds together, whatever engine reads it: compiling it with the
    /// one that does can still fail.
    Regex, Regex, regex::check, RegexError, "a regular expression"
}

checked_text! {
    /// A recipient of age files: whom a file is encrypted for.
    AgeRecipient, AgeRecipient, age::check, AgeError, "an age recipient"
}

checked_text! {
    /// A date with time and offset, as RFC 3339 writes them.
    DateTime, DateTime, date::date_time, DateError, "a date and time such as 2030-01-31T12:00:00Z"
}

/// A path, relative to wherever the service was started or absolute.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct FilePath(Box<str>);

/// A path that starts at the root.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct AbsolutePath(Box<str>);

macro_rules! path_value {
    ($name:ident, $format:ident, $check:path, $expecting:literal) => {
        impl $name {
            /// The path.
            pub fn as_path(&self) -> &Path {
                Path::new(&*self.0)
            }
        }

        impl AsRef<Path> for $name {
            fn as_ref(&self) -> &Path {
                self.as_path()
            }
        }

        impl FromStr for $name {
            type Err = PathError;

            fn from_str(text: &str) -> Result<Self, PathError> {
                $check(text).map(|()| Self(text.into()))
            }
        }

        format_value!($name, $format, $expecting);
    };
}

path_value!(FilePath, Path, path::check, "a path");
path_value!(AbsolutePath, AbsolutePath, path::check_absolute, "an absolute path");

/// A UUID.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// Its bytes, in the order in which they are written.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for Uuid {
    type Err = UuidError;

    fn from_str(text: &str) -> Result<Self, UuidError> {
        uuid::parse(text).map(Self)
    }
}

/// In lower case, as RFC 9562, section 4, asks of writers.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let hyphen = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{hyphen}{byte:02x}")?;
        }
        Ok(())
    }
}

format_value!(Uuid, Uuid, "a UUID");

/// A version of Semantic Versioning 2.0.0.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(into = "String")]
pub struct SemVer {
    text: Box<str>,
    numbers: (u64, u64, u64),
}

impl SemVer {
    /// The version as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Major, minor and patch.
    pub fn numbers(&self) -> (u64, u64, u64) {
        self.numbers
    }

    /// Whether it comes before the release with the same numbers.
    pub fn is_pre_release(&self) -> bool {
        self.text.split('+').next().is_some_and(|before_build| before_build.contains('-'))
    }
}

impl FromStr for SemVer {
    type Err = SemVerError;

    fn from_str(text: &str) -> Result<Self, SemVerError> {
        let version = semver::parse(text)?;
        let numbers = (version.major, version.minor, version.patch);
        Ok(Self { text: text.into(), numbers })
    }
}

impl From<SemVer> for String {
    fn from(version: SemVer) -> String {
        version.text.into()
    }
}

impl fmt::Display for SemVer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

format_value!(SemVer, SemVer, "a version such as 1.2.3");

/// A day of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date(Day);

impl Date {
    /// From 0 to 9999.
    pub fn year(self) -> u16 {
        self.0.year
    }

    /// From 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month
    }

    /// From 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        date::date(text).map(Self)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

format_value!(Date, Date, "a date such as 2030-01-31");

/// One certificate or several, in PEM.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct PemCertificate(Box<str>);

impl PemCertificate {
    /// The text, in which every line break is a real one.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PemCertificate {
    type Err = PemError;

    fn from_str(text: &str) -> Result<Self, PemError> {
        pem::certificate(text).map(|()| Self(pem::with_line_breaks(text).as_str().into()))
    }
}

format_value!(PemCertificate, PemCertificate, "a certificate in PEM");

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_parts() {
        let uuid: Uuid = "123E4567-e89b-12d3-a456-426614174000".parse().unwrap();
        assert_eq!(uuid.to_string(), "123e4567-e89b-12d3-a456-426614174000");
        assert_eq!(uuid.bytes()[..2], [0x12, 0x3e]);
        let version: SemVer = "1.2.3-rc.1".parse().unwrap();
        assert_eq!((version.numbers(), version.is_pre_release()), ((1, 2, 3), true));
        assert!(!"1.2.3+a-b".parse::<SemVer>().unwrap().is_pre_release());
        let date: Date = "2030-01-31".parse().unwrap();
        assert_eq!((date.year(), date.month(), date.day()), (2030, 1, 31));
        assert!("/run".parse::<AbsolutePath>().unwrap().as_path().starts_with("/"));
        assert_eq!("run".parse::<AbsolutePath>(), Err(PathError::Relative));
    }

    #[test]
    fn a_certificate_has_real_line_breaks() {
        let certificate: PemCertificate = Format::PemCertificate.example().parse().unwrap();
        assert_eq!(certificate.as_str().lines().count(), 3);
    }
}

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::kinds::domain::{self, DomainError};
use crate::kinds::email::{self, EmailError};
use crate::kinds::list;
use crate::kinds::locale::{self, LocaleError};
use crate::kinds::time_zone::{self, TimeZoneError};
use crate::text::text_value;

/// An e-mail address.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Email(Box<str>);

/// A language tag of BCP 47.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Locale(Box<str>);

/// A time zone of the IANA database, by its name there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct TimeZone(&'static str);

/// Domain names, separated by commas.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DomainList(Vec<Box<str>>);

/// One item of a list is no domain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("item {} of the list: {error}", item + 1)]
pub struct DomainListError {
    /// Which item, from 0.
    pub item: usize,
    /// What is wrong with it.
    #[source]
    pub error: DomainError,
}

impl Email {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        email::check(text).map(|()| Self(text.into()))
    }
}

text_value!(inline Email, "an e-mail address", "Email", {
    "type": "string",
    "format": "email",
    "pattern": email::pattern(),
});

impl Locale {
    /// English as it is written in the United States of America, the default of much software.
    pub fn en_us() -> Self {
        Self("en-US".into())
    }

    /// The tag as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(text: &str) -> Result<Self, LocaleError> {
        locale::check(text).map(|()| Self(text.into()))
    }
}

text_value!([] Locale, "a language tag such as en-US", "Locale", {
    "type": "string",
    "pattern": locale::PATTERN,
    "x-envlint": { "type": "locale" },
});

impl TimeZone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self("UTC");

    /// Coordinated Universal Time, for places that take a function.
    pub fn utc() -> Self {
        Self::UTC
    }

    /// The name as the database writes it.
    pub fn name(self) -> &'static str {
        self.0
    }
}

impl FromStr for TimeZone {
    type Err = TimeZoneError;

    fn from_str(text: &str) -> Result<Self, TimeZoneError> {
        time_zone::find(text).map(Self)
    }
}

text_value!([] TimeZone, "a time zone such as Europe/Paris", "TimeZone", {
    "type": "string",
    "x-envlint": { "type": "time-zone" },
});

impl DomainList {
    /// Whether a domain is on the list, letter case aside.
    pub fn holds(&self, domain: &str) -> bool {
        self.0.iter().any(|listed| listed.eq_ignore_ascii_case(domain))
    }

    /// The domains in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|domain| &**domain)
    }
}

impl FromStr for DomainList {
    type Err = DomainListError;

    fn from_str(text: &str) -> Result<Self, DomainListError> {
        let parse = |(item, range): (usize, std::ops::Range<usize>)| {
            let domain = &text[range];
            domain::check(domain).map_err(|error| DomainListError { item, error })?;
            Ok(domain.into())
        };
        list::items(text).enumerate().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

text_value!([] DomainList, "a comma-separated list of domains", "DomainList", {
    "type": "string",
    "x-envlint": { "type": "domain-list" },
});

macro_rules! display {
    ($($type:ty),+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

display!(Email, Locale, TimeZone);

impl Serialize for DomainList {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_has_the_name_that_the_database_gives_it() {
        assert_eq!("europe/paris".parse::<TimeZone>().unwrap().name(), "Europe/Paris");
        assert_eq!("utc".parse::<TimeZone>(), Ok(TimeZone::UTC));
    }

    #[test]
    fn a_domain_list_names_its_bad_item() {
        let list: DomainList = "example.com, example.org".parse().unwrap();
        assert!(list.holds("EXAMPLE.org") && !list.holds("example.net"));
        assert_eq!(list.iter().count(), 2);
        let error = "example.com,@example.org".parse::<DomainList>().unwrap_err();
        assert_eq!(error, DomainListError { item: 1, error: DomainError::AtSign });
    }
}

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::Text;

/// The name of a header, in lower case: names are compared without regard to case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeaderName(Repr);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Known(&'static str),
    Other(Arc<str>),
}

impl HeaderName {
    /// `Host`
    pub const HOST: HeaderName = HeaderName(Repr::Known("host"));
    /// `X-Forwarded-For`
    pub const FORWARDED_FOR: HeaderName = HeaderName(Repr::Known("x-forwarded-for"));
    /// `X-Forwarded-Proto`
    pub const FORWARDED_PROTO: HeaderName = HeaderName(Repr::Known("x-forwarded-proto"));
    /// `X-Forwarded-Host`
    pub const FORWARDED_HOST: HeaderName = HeaderName(Repr::Known("x-forwarded-host"));
    /// `X-Forwarded-Port`
    pub const FORWARDED_PORT: HeaderName = HeaderName(Repr::Known("x-forwarded-port"));
    /// `X-Real-IP`
    pub const REAL_IP: HeaderName = HeaderName(Repr::Known("x-real-ip"));
    /// `Forwarded` (RFC 7239)
    pub const FORWARDED: HeaderName = HeaderName(Repr::Known("forwarded"));

    /// Those that frameworks look at.
    pub(crate) const KNOWN: [HeaderName; 7] = [
        Self::HOST,
        Self::FORWARDED_FOR,
        Self::FORWARDED_PROTO,
        Self::FORWARDED_HOST,
        Self::FORWARDED_PORT,
        Self::REAL_IP,
        Self::FORWARDED,
    ];

    /// The name in any case.
    pub fn new(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let known = Self::KNOWN.into_iter().find(|known| known.as_str() == lower);
        known.unwrap_or_else(|| HeaderName(Repr::Other(lower.into())))
    }

    /// Whether it says who the client is or what it asked for: Host, Forwarded, X-Real-IP,
    /// X-Forwarded-*.
    pub fn tells_of_the_client(&self) -> bool {
        [Self::HOST, Self::FORWARDED, Self::REAL_IP].contains(self)
            || self.as_str().starts_with("x-forwarded-")
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Known(name) => name,
            Repr::Other(name) => name,
        }
    }
}

impl fmt::Display for HeaderName {
    /// As people write it: `X-Forwarded-For`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::REAL_IP {
            return f.write_str("X-Real-IP");
        }
        for (at, part) in self.as_str().split('-').enumerate() {
            if at > 0 {
                f.write_str("-")?;
            }
            let mut chars = part.chars();
            if let Some(first) = chars.next() {
                write!(f, "{}{}", first.to_ascii_uppercase(), chars.as_str())?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The headers of a request: for each name its lines, in order.
#[derive(Clone, Default)]
pub struct Headers(BTreeMap<HeaderName, Vec<Text>>);

impl Headers {
    /// Adds a line.
    pub fn add(&mut self, name: HeaderName, value: Text) {
        self.0.entry(name).or_default().push(value);
    }

    /// All lines, those of one name together.
    pub fn lines(&self) -> impl Iterator<Item = (&HeaderName, &Text)> {
        self.0.iter().flat_map(|(name, lines)| lines.iter().map(move |line| (name, line)))
    }

    /// The names of which there are lines.
    pub(crate) fn names(&self) -> impl Iterator<Item = &HeaderName> {
        self.0.keys()
    }

    /// The lines of one name.
    pub fn all(&self, name: &HeaderName) -> impl Iterator<Item = &Text> {
        self.0.get(name).into_iter().flatten()
    }

    /// The first line of a name.
    pub fn first(&self, name: &HeaderName) -> Option<&Text> {
        self.all(name).next()
    }

    /// The lines of a name as one text, joined by `, ` as RFC 9110 5.3 has it; `None` if there
    /// is no line.
    pub fn joined(&self, name: &HeaderName) -> Option<Text> {
        let mut lines = self.all(name);
        let mut joined = lines.next()?.clone();
        for line in lines {
            // The comma belongs to whoever wrote what it separates.
            let source = joined.fragments().last().map(|fragment| fragment.source.clone());
            if let Some(source) = source {
                joined.append(Text::plain(", ", source));
            }
            joined.append(line.clone());
        }
        Some(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_whatever_their_case() {
        assert_eq!(HeaderName::new("X-FORWARDED-for"), HeaderName::FORWARDED_FOR);
        assert_eq!(HeaderName::new("x-real-ip").to_string(), "X-Real-IP");
        assert_eq!(HeaderName::new("cf-connecting-ip").to_string(), "Cf-Connecting-Ip");
    }
}

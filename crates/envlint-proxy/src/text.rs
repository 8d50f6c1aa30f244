//! Text that remembers who wrote it.
//!
//! A header at the end of a chain is a mixture: a part came from the client, a part is the
//! address of a hop, a part stands in a configuration. Whether a trust setting is right is the
//! question which part the application picks. So texts are sequences of fragments, each with
//! its [`Source`], and every operation of a hop (copy, append, split, compare) keeps them.

use envlint_model::{Secret, Truth};
use zeroize::Zeroizing;

use crate::{Address, HeaderName};

/// The most parts of which a text is put together; of one that has more, only who decides it is
/// known. A header that repeats another one 400 times, at each of eight hops, would fill every
/// memory.
pub const MAX_FRAGMENTS: usize = 256;

/// Who decides what a text says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// The client, by sending this header. [`HeaderName::HOST`] is the host that it asked for;
    /// anything else that an application believes is forgeable.
    Client(HeaderName),
    /// The client's real address, which it can not choose.
    ClientAddress,
    /// The address from which a hop connects onwards; hops count from 0, outermost first.
    HopAddress(usize),
    /// What a hop knows of the connection that it accepted: its scheme or port.
    Connection(usize),
    /// A fixed text in the configuration of a hop.
    Fixed(usize),
    /// The name by which a hop calls its upstream.
    Upstream(usize),
    /// The connection that the application itself accepted.
    Application,
    /// Nobody can tell from here; the reason continues "not known: ...".
    Unknown(&'static str),
}

impl Source {
    /// Whether whoever sends a request can choose the text.
    pub fn is_forgeable(&self) -> bool {
        matches!(self, Source::Client(header) if *header != HeaderName::HOST)
    }
}

/// A run of text with one source.
#[derive(Clone)]
pub struct Fragment {
    /// What it says, as far as it is known.
    pub content: Content,
    /// Who decides it.
    pub source: Source,
}

/// What a fragment says.
#[derive(Clone)]
pub enum Content {
    /// This text.
    Known(Secret),
    /// An address, of which perhaps only the range is known.
    Address(Address),
    /// Nothing is known, not even how many entries of a list it holds.
    Unknown,
}

impl Fragment {
    fn known(&self) -> Option<Zeroizing<String>> {
        match &self.content {
            Content::Known(text) => Some(Zeroizing::new(text.expose().to_owned())),
            Content::Address(Address::Exactly(address)) => Some(address.to_string().into()),
            Content::Address(_) | Content::Unknown => None,
        }
    }
}

/// A text in fragments.
#[derive(Clone, Default)]
pub struct Text(Vec<Fragment>);

impl Text {
    /// The empty text.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A known text.
    pub fn known(text: Secret, source: Source) -> Self {
        let mut made = Self::empty();
        made.push(Content::Known(text), source);
        made
    }

    /// A known text that is no secret.
    pub(crate) fn plain(text: &str, source: Source) -> Self {
        Self::known(Secret::made(text.to_owned()), source)
    }

    /// An address.
    pub fn address(address: Address, source: Source) -> Self {
        Self(vec![Fragment { content: Content::Address(address), source }])
    }

    /// A text of which nothing is known.
    pub fn unknown(why: &'static str) -> Self {
        Self::unknown_of(Source::Unknown(why))
    }

    /// A text of which only the author is known.
    pub(crate) fn unknown_of(source: Source) -> Self {
        Self(vec![Fragment { content: Content::Unknown, source }])
    }

    /// The fragments, none of them empty.
    pub fn fragments(&self) -> &[Fragment] {
        &self.0
    }

    pub(crate) fn push(&mut self, content: Content, source: Source) {
        if !matches!(&content, Content::Known(text) if text.is_empty()) {
            self.append(Text(vec![Fragment { content, source }]));
        }
    }

    pub(crate) fn append(&mut self, other: Text) {
        self.0.extend(other.0);
        if self.0.len() > MAX_FRAGMENTS
            && let Some(source) = self.source().cloned()
        {
            *self = Text::unknown_of(source);
        }
    }

    /// The whole text, if all of it is known.
    pub fn text(&self) -> Option<Zeroizing<String>> {
        let mut whole = Zeroizing::new(String::new());
        for fragment in &self.0 {
            whole.push_str(&fragment.known()?);
        }
        Some(whole)
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> Truth {
        match self.0.as_slice() {
            [] => Truth::True,
            fragments if fragments.iter().all(|f| matches!(f.content, Content::Unknown)) => {
                Truth::Unknown
            }
            _ => Truth::False,
        }
    }

    /// The address that the text is, if it is one: [`Address::Unknown`] if parts are not known,
    /// `None` if it is certainly something else.
    pub fn as_address(&self) -> Option<Address> {
        match self.0.as_slice() {
            [Fragment { content: Content::Address(address), .. }] => Some(address.clone()),
            _ => match self.text() {
                Some(text) => text.parse().ok().map(Address::Exactly),
                None => Some(Address::Unknown),
            },
        }
    }

    /// Who decides the text as a whole: the client as soon as it decides a part, otherwise the
    /// unknown, otherwise whoever wrote the first fragment. The empty text is nobody's.
    pub fn source(&self) -> Option<&Source> {
        let sources = || self.0.iter().map(|fragment| &fragment.source);
        sources()
            .find(|source| source.is_forgeable())
            .or_else(|| sources().find(|source| matches!(source, Source::Unknown(_))))
            .or_else(|| sources().next())
    }

    /// The same text with every fragment decided by `source`.
    pub(crate) fn decided_by(mut self, source: &Source) -> Self {
        self.0.iter_mut().for_each(|fragment| fragment.source = source.clone());
        self
    }

    /// The parts between separators, trimmed of spaces; the empty ones are left out. An unknown
    /// fragment is never split: it stands for any number of parts.
    pub(crate) fn split(&self, is_separator: impl Fn(char) -> bool) -> Vec<Text> {
        let mut parts = vec![Text::empty()];
        for fragment in &self.0 {
            let Content::Known(text) = &fragment.content else {
                if let Some(part) = parts.last_mut() {
                    part.0.push(fragment.clone());
                }
                continue;
            };
            for (at, piece) in text.expose().split(&is_separator).enumerate() {
                if at > 0 {
                    parts.push(Text::empty());
                }
                if let Some(part) = parts.last_mut() {
                    let secret = Secret::made(piece.to_owned());
                    part.push(Content::Known(secret), fragment.source.clone());
                }
            }
        }
        parts.into_iter().map(Text::trimmed).filter(|part| !part.0.is_empty()).collect()
    }

    /// Without spaces at its ends.
    pub(crate) fn trimmed(mut self) -> Self {
        let trim = |fragment: &mut Fragment, cut: fn(&str) -> &str| match &fragment.content {
            Content::Known(text) => {
                let rest = Secret::made(cut(text.expose()).to_owned());
                let gone = rest.is_empty();
                fragment.content = Content::Known(rest);
                gone
            }
            Content::Address(_) | Content::Unknown => false,
        };
        while self.0.first_mut().is_some_and(|first| trim(first, |t| t.trim_start_matches(' '))) {
            self.0.remove(0);
        }
        while self.0.last_mut().is_some_and(|last| trim(last, |t| t.trim_end_matches(' '))) {
            self.0.pop();
        }
        self
    }

    /// The text before the first comma, trimmed: what readers of a single value take of a list.
    pub(crate) fn first_of_list(&self) -> Text {
        let mut first = Text::empty();
        for fragment in &self.0 {
            if let Content::Known(text) = &fragment.content
                && let Some(comma) = text.expose().find(',')
            {
                let before = Secret::made(text.expose()[..comma].to_owned());
                first.push(Content::Known(before), fragment.source.clone());
                break;
            }
            first.0.push(fragment.clone());
        }
        first.trimmed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forged(text: &str) -> Text {
        Text::plain(text, Source::Client(HeaderName::FORWARDED_FOR))
    }

    #[test]
    fn entries_keep_their_sources() {
        let mut list = forged("6.6.6.6, 7.7.7.7 ,, ");
        list.append(Text::address(Address::Unknown, Source::ClientAddress));
        let entries = list.split(|c| c == ',');
        let sources: Vec<_> = entries.iter().map(|entry| entry.source().unwrap()).collect();
        assert_eq!(entries[0].text().unwrap().as_str(), "6.6.6.6");
        assert_eq!(entries.len(), 3);
        assert!(sources[1].is_forgeable());
        assert_eq!(sources[2], &Source::ClientAddress);
    }

    #[test]
    fn the_client_decides_what_it_decides_a_part_of() {
        let mut text = Text::plain("a", Source::Fixed(0));
        text.append(forged("b"));
        assert!(text.source().unwrap().is_forgeable());
        assert_eq!(text.text().unwrap().as_str(), "ab");
        text.append(Text::unknown("no reason"));
        assert!(text.text().is_none());
        assert_eq!(text.is_empty(), Truth::False);
    }

    #[test]
    fn the_first_of_a_list_ends_at_its_comma() {
        let mut list = forged(" https");
        list.append(Text::plain(", http", Source::Fixed(0)));
        assert_eq!(list.first_of_list().text().unwrap().as_str(), "https");
        assert_eq!(forged("https").first_of_list().text().unwrap().as_str(), "https");
    }
}

use std::fmt;

/// The kinds of recipients that an age header can name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum RecipientKind {
    /// A native age key pair; the header does not tell which.
    X25519,
    /// A passphrase, by scrypt.
    Passphrase,
    /// An SSH key pair, Ed25519 or RSA.
    Ssh,
    /// A post-quantum hybrid key pair (`age1pq1...`, age 1.3 and later).
    PostQuantum,
    /// A key pair on hardware, read by a plugin.
    Hardware,
    /// A kind that this version of envlint does not know.
    Other,
}

impl RecipientKind {
    const ALL: [RecipientKind; 6] = [
        RecipientKind::X25519,
        RecipientKind::Passphrase,
        RecipientKind::Ssh,
        RecipientKind::PostQuantum,
        RecipientKind::Hardware,
        RecipientKind::Other,
    ];

    /// Stands before "recipient".
    fn adjective(self) -> &'static str {
        match self {
            RecipientKind::X25519 => "X25519",
            RecipientKind::Passphrase => "passphrase",
            RecipientKind::Ssh => "SSH",
            RecipientKind::PostQuantum => "post-quantum",
            RecipientKind::Hardware => "hardware",
            RecipientKind::Other => "unknown",
        }
    }
}

/// How many recipients of which kind an age file is encrypted for.
///
/// An X25519 recipient is anonymous: a header tells how many there are, never who.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recipients {
    counts: [usize; RecipientKind::ALL.len()],
}

impl Recipients {
    pub(crate) fn add(&mut self, kind: RecipientKind) {
        self.counts[kind as usize] += 1;
    }

    /// How many there are of one kind.
    pub fn count(&self, kind: RecipientKind) -> usize {
        self.counts[kind as usize]
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }
}

impl std::ops::Add for Recipients {
    type Output = Self;

    /// The recipients of two headers together.
    fn add(mut self, other: Self) -> Self {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        self
    }
}

impl fmt::Display for Recipients {
    /// `3 X25519 recipients and 1 SSH recipient`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let present = RecipientKind::ALL.into_iter().filter(|kind| self.count(*kind) > 0);
        let parts: Vec<String> = present
            .map(|kind| {
                let count = self.count(kind);
                let s = if count == 1 { "" } else { "s" };
                format!("{count} {} recipient{s}", kind.adjective())
            })
            .collect();
        match parts.as_slice() {
            [] => f.write_str("no recipient"),
            [only] => f.write_str(only),
            [first @ .., last] => write!(f, "{} and {last}", first.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_count() {
        for (index, kind) in RecipientKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
        }
    }

    #[test]
    fn told_as_a_person_would() {
        let mut recipients = Recipients::default();
        assert_eq!(recipients.to_string(), "no recipient");
        recipients.add(RecipientKind::X25519);
        assert_eq!(recipients.to_string(), "1 X25519 recipient");
        recipients.add(RecipientKind::X25519);
        recipients.add(RecipientKind::PostQuantum);
        recipients.add(RecipientKind::Ssh);
        assert_eq!(
            recipients.to_string(),
            "2 X25519 recipients, 1 SSH recipient and 1 post-quantum recipient"
        );
        assert_eq!(recipients.total(), 4);
    }
}

//! IP addresses and networks of them.
//!
//! The standard library reads addresses: four decimal numbers without leading zeros (which C
//! takes for octal ones), and IPv6 as RFC 4291, section 2.2, writes it, without a zone. A network
//! is an address, a slash and the length of the prefix (RFC 4632, section 3.1). Bits beyond the
//! prefix may be set: nginx masks them with a warning, Postgres refuses them for one type and
//! keeps them for the other, and `10.0.0.1/8` is what people write.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A regular expression (ECMA 262) for an address of IPv4; without anchors.
pub const IPV4: &str = concat!(
    "(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}",
    "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
);

/// Why a text is no address, or no network.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// `010.0.0.1`, which is 8.0.0.1 to some programs.
    #[error("a number of an address starts with 0, which some programs read as octal")]
    LeadingZero,
    /// An address of IPv6 where one of IPv4 is needed, or the reverse.
    #[error("an address of the other version of IP")]
    OtherVersion,
    /// A network where an address is needed.
    #[error("a network, and one address is needed")]
    Network,
    /// An address where a network is needed.
    #[error("a network ends in a slash and the length of its prefix, such as /24")]
    MissingPrefix,
    /// Not a number from 0 to 32, or to 128 for IPv6, after the slash.
    #[error("the length of the prefix is no number up to 32, or to 128 for IPv6")]
    Prefix,
    /// Anything else.
    #[error("not an IP address")]
    Form,
}

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Network {
    /// The address as it was written: bits beyond the prefix may be set.
    pub address: IpAddr,
    /// How many bits the addresses have in common.
    pub prefix: u8,
}

impl Network {
    /// Whether an address lies within. One of IPv4 that is written as IPv6 (`::ffff:10.0.0.1`,
    /// as sockets for both versions report it) counts as the one of IPv4 that it stands for.
    pub fn contains(self, address: IpAddr) -> bool {
        let differing = match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => u128::from(a.to_bits() ^ b.to_bits()) << 96,
            (IpAddr::V6(a), IpAddr::V6(b)) => a.to_bits() ^ b.to_bits(),
            _ => return false,
        };
        differing.leading_zeros() >= self.canonical_prefix()
    }

    /// The length of the prefix, counted in bits of the canonical address.
    fn canonical_prefix(self) -> u32 {
        let mapped = self.address.is_ipv6() && self.address.to_canonical().is_ipv4();
        u32::from(if mapped { self.prefix.saturating_sub(96) } else { self.prefix })
    }
}

/// A regular expression (ECMA 262) for an address of IPv6; without anchors.
pub fn ipv6_pattern() -> String {
    let h = "[0-9A-Fa-f]{1,4}";
    let groups = |least: usize, most: usize| format!("(?:{h}:){{{least},{most}}}");
    let mut ways = vec![format!("{}(?:{h}:{h}|{IPV4})", groups(6, 6))];
    // `::` after so many groups stands for one more group at least; an address of IPv4 at the
    // end counts for two.
    for before in 0..=7 {
        let head = match before {
            0 => String::new(),
            _ => format!("{h}(?::{h}){{{}}}", before - 1),
        };
        let tail = match 7 - before {
            0 => String::new(),
            1 => format!("(?:{h})?"),
            most => format!("(?:{}{h}|{}{IPV4})?", groups(0, most - 1), groups(0, most - 2)),
        };
        ways.push(format!("{head}::{tail}"));
    }
    format!("(?:{})", ways.join("|"))
}

/// A regular expression (ECMA 262) for the texts that [`ip`] reads.
pub fn ip_pattern() -> String {
    format!("^(?:{IPV4}|{})$", ipv6_pattern())
}

/// A regular expression (ECMA 262) for the texts that [`network`] reads.
pub fn network_pattern() -> String {
    let (narrow, wide) = ("(?:3[0-2]|[12]?[0-9])", "(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])");
    format!("^(?:{IPV4}/{narrow}|{}/{wide})$", ipv6_pattern())
}

/// Reads an address of either version.
pub fn ip(text: &str) -> Result<IpAddr, AddressError> {
    text.parse().map_err(|_| fault(text))
}

/// Reads an address of IPv4.
pub fn ipv4(text: &str) -> Result<Ipv4Addr, AddressError> {
    match ip(text)? {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(_) => Err(AddressError::OtherVersion),
    }
}

/// Reads an address of IPv6.
pub fn ipv6(text: &str) -> Result<Ipv6Addr, AddressError> {
    match ip(text)? {
        IpAddr::V6(address) => Ok(address),
        IpAddr::V4(_) => Err(AddressError::OtherVersion),
    }
}

/// Reads a network.
pub fn network(text: &str) -> Result<Network, AddressError> {
    let Some((address, prefix)) = text.split_once('/') else {
        return Err(ip(text).err().unwrap_or(AddressError::MissingPrefix));
    };
    let address = ip(address)?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let plain = prefix.bytes().all(|b| b.is_ascii_digit())
        && (prefix.len() == 1 || !prefix.starts_with('0'));
    match prefix.parse::<u8>() {
        Ok(prefix) if plain && prefix <= longest => Ok(Network { address, prefix }),
        _ => Err(AddressError::Prefix),
    }
}

/// What is wrong with a text that is no address.
fn fault(text: &str) -> AddressError {
    if text.split_once('/').is_some_and(|(address, _)| address.parse::<IpAddr>().is_ok()) {
        return AddressError::Network;
    }
    let octets = text.split('.').count() == 4
        && text
            .split('.')
            .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let zero = |part: &str| part.len() > 1 && part.starts_with('0');
    match octets && text.split('.').any(zero) {
        true => AddressError::LeadingZero,
        false => AddressError::Form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_what_is_mistaken_for_one() {
        for good in ["10.0.0.1", "0.0.0.0", "::", "::1", "2001:DB8::8:800:200c:417A", "::1.2.3.4"] {
            assert!(ip(good).is_ok(), "{good}");
        }
        for (text, error) in [
            ("010.0.0.1", AddressError::LeadingZero),
            ("10.0.0.0/8", AddressError::Network),
            ("10.0.0", AddressError::Form),
            ("10.0.0.256", AddressError::Form),
            ("10.0.0.1:80", AddressError::Form),
            ("[::1]", AddressError::Form),
            ("fe80::1%eth0", AddressError::Form),
            ("1:2:3:4:5:6:7:8:9", AddressError::Form),
            ("1::2::3", AddressError::Form),
            ("localhost", AddressError::Form),
            ("", AddressError::Form),
        ] {
            assert_eq!(ip(text), Err(error), "{text}");
        }
        assert_eq!(ipv4("::1"), Err(AddressError::OtherVersion));
        assert_eq!(ipv6("10.0.0.1"), Err(AddressError::OtherVersion));
    }

    #[test]
    fn networks_and_what_is_mistaken_for_one() {
        for good in ["10.0.0.0/8", "10.0.0.1/8", "0.0.0.0/0", "::/0", "fd00::/8", "::1/128"] {
            assert!(network(good).is_ok(), "{good}");
        }
        for (text, error) in [
            ("10.0.0.0", AddressError::MissingPrefix),
            ("10.0.0.0/", AddressError::Prefix),
            ("10.0.0.0/33", AddressError::Prefix),
            ("10.0.0.0/08", AddressError::Prefix),
            ("10.0.0.0/+8", AddressError::Prefix),
            ("10.0.0.0/255.0.0.0", AddressError::Prefix),
            ("::/129", AddressError::Prefix),
            ("::/999", AddressError::Prefix),
            ("10.0.0/8", AddressError::Form),
            ("", AddressError::Form),
        ] {
            assert_eq!(network(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_network_contains_what_begins_alike() {
        let holds =
            |text: &str, address: &str| network(text).unwrap().contains(address.parse().unwrap());
        for (text, inside, outside) in [
            ("10.0.0.1/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.1/32", "10.0.0.1", "10.0.0.0"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.1.2.3"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("0.0.0.0/0", "1.2.3.4", "::1"),
            ("::/0", "::1", "1.2.3.4"),
        ] {
            assert!(holds(text, inside) && !holds(text, outside), "{text}");
        }
    }
}

use std::fmt;
use std::net::IpAddr;

use envlint_model::Truth;

/// A range of addresses: `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// The range of all addresses that share the first `prefix` bits with `address`; `None` if
    /// the address has fewer bits.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        (prefix <= width(address)).then(|| Self { address: masked(address, prefix), prefix })
    }

    /// One address.
    pub fn single(address: IpAddr) -> Self {
        Self { address, prefix: width(address) }
    }

    /// Reads `10.0.0.0/8`, `::/0` or an address alone.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('/') {
            Some((address, prefix)) => Self::new(address.parse().ok()?, prefix.parse().ok()?),
            None => text.parse().ok().map(Self::single),
        }
    }

    /// Whether the address lies in this range. Families are never mixed.
    pub fn contains(&self, address: IpAddr) -> bool {
        width(address) == width(self.address) && masked(address, self.prefix) == self.address
    }

    /// Whether all of `other` lies in this range.
    pub fn covers(&self, other: &Cidr) -> bool {
        self.prefix <= other.prefix && self.contains(other.address)
    }

    /// Whether no address of it is routed on the internet.
    pub fn is_not_routed(&self) -> bool {
        NOT_ROUTED.iter().filter_map(|range| Cidr::parse(range)).any(|range| range.covers(self))
    }

    fn meets(&self, other: &Cidr) -> bool {
        self.covers(other) || other.covers(self)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix == width(self.address) {
            true => write!(f, "{}", self.address),
            false => write!(f, "{}/{}", self.address, self.prefix),
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    let keep = |bits: u128, width: u8| match prefix {
        0 => 0,
        _ => bits & (u128::MAX << (width - prefix)),
    };
    match address {
        IpAddr::V4(v4) => IpAddr::V4((keep(u128::from(v4.to_bits()), 32) as u32).into()),
        IpAddr::V6(v6) => IpAddr::V6(keep(v6.to_bits(), 128).into()),
    }
}

/// What is known of an address: most hops get theirs from a container network or a cloud, and
/// only the range can be told from the files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// This one.
    Exactly(IpAddr),
    /// One of these ranges.
    Within(Vec<Cidr>),
    /// Some address of the internet: none of those that are reserved for private networks and
    /// loopback.
    Internet,
    /// Any.
    Unknown,
}

/// The ranges that no client on the internet has (RFC 1918, 3927, 4193, 4291, 6598).
const NOT_ROUTED: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "fc00::/7",
    "fe80::/10",
    "::1",
];

impl Address {
    /// Whether the address lies in one of the ranges.
    pub fn is_in(&self, ranges: &[Cidr]) -> Truth {
        match self {
            Address::Exactly(address) => ranges.iter().any(|range| range.contains(*address)).into(),
            Address::Within(possible) => {
                if possible.iter().all(|one| ranges.iter().any(|range| range.covers(one))) {
                    Truth::True
                } else if possible.iter().any(|one| ranges.iter().any(|range| range.meets(one))) {
                    Truth::Unknown
                } else {
                    Truth::False
                }
            }
            // Whoever trusts one whole family means everybody.
            Address::Internet | Address::Unknown if ranges.iter().any(|r| r.prefix == 0) => {
                Truth::True
            }
            Address::Internet if ranges.iter().all(Cidr::is_not_routed) => Truth::False,
            Address::Unknown if ranges.is_empty() => Truth::False,
            Address::Internet | Address::Unknown => Truth::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(texts: &[&str]) -> Vec<Cidr> {
        texts.iter().map(|text| Cidr::parse(text).unwrap()).collect()
    }

    #[test]
    fn reads_and_holds() {
        for (range, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.1.2.3/8", "10.0.0.0", "::1"),
            ("0.0.0.0/0", "203.0.113.9", "2001:db8::1"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("203.0.113.9", "203.0.113.9", "203.0.113.8"),
        ] {
            let range = Cidr::parse(range).unwrap();
            assert!(range.contains(inside.parse().unwrap()), "{range} {inside}");
            assert!(!range.contains(outside.parse().unwrap()), "{range} {outside}");
        }
        for text in ["10.0.0.0/33", "10.0.0", "a/8", "10.0.0.0/", ""] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_decides_only_where_all_of_it_does() {
        let docker = Address::Within(ranges(&["172.16.0.0/12"]));
        assert_eq!(docker.is_in(&ranges(&["172.16.0.0/12", "::1"])), Truth::True);
        assert_eq!(docker.is_in(&ranges(&["172.18.0.0/16"])), Truth::Unknown);
        assert_eq!(docker.is_in(&ranges(&["10.0.0.0/8"])), Truth::False);
        assert_eq!(Address::Unknown.is_in(&ranges(&["10.0.0.0/8"])), Truth::Unknown);
        assert_eq!(Address::Unknown.is_in(&[]), Truth::False);
        assert_eq!(Address::Unknown.is_in(&ranges(&["0.0.0.0/0"])), Truth::True);
        assert_eq!(Address::Internet.is_in(&ranges(&["10.0.0.0/8", "fd00::/8"])), Truth::False);
        assert_eq!(Address::Internet.is_in(&ranges(&["173.245.48.0/20"])), Truth::Unknown);
    }
}

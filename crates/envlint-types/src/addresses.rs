use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::formats::format_value;
use crate::kinds::address::{self, AddressError, Network};

/// An address of IPv4 or IPv6.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct IpAddress(IpAddr);

impl IpAddress {
    /// The address.
    pub fn get(self) -> IpAddr {
        self.0
    }
}

impl From<IpAddr> for IpAddress {
    fn from(address: IpAddr) -> Self {
        Self(address)
    }
}

impl FromStr for IpAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        address::ip(text).map(Self)
    }
}

impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

format_value!(IpAddress, Ip, "an IP address");

/// The addresses of a network.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cidr(Network);

impl Cidr {
    /// The address as it was written: bits beyond the prefix may be set.
    pub fn address(self) -> IpAddr {
        self.0.address
    }

    /// How many bits the addresses have in common.
    pub fn prefix(self) -> u8 {
        self.0.prefix
    }

    /// Whether an address lies within; one of IPv4 also in the format that sockets for both
    /// versions report, `::ffff:10.0.0.1`.
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(address)
    }
}

impl FromStr for Cidr {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        address::network(text).map(Self)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address(), self.prefix())
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

format_value!(Cidr, Cidr, "a network such as 10.0.0.0/8");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_those_of_the_standard_library() {
        let address: IpAddress = "::1".parse().unwrap();
        assert!(address.get().is_loopback());
        let network: Cidr = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains([10, 1, 2, 3].into()) && !network.contains([10, 2, 0, 0].into()));
        assert_eq!(serde_json::to_string(&network).unwrap(), "\"10.1.0.0/16\"");
        assert_eq!("10.1.0.0".parse::<Cidr>(), Err(AddressError::MissingPrefix));
    }
}

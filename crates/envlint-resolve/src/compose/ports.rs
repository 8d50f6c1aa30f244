//! Compose's short syntax for ports: `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, with ranges.

use std::net::IpAddr;

use crate::network::ANY_ADDRESS;

/// The most ports that one range may name; a longer one is cut. Real ranges are a dozen long.
const MAX_RANGE: u16 = 1024;

/// A forwarded port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Port {
    /// The host's address.
    pub(crate) address: IpAddr,
    /// The port on the host, `None` where Docker picks one.
    pub(crate) host: Option<u16>,
    /// The port in the container.
    pub(crate) container: u16,
}

/// Reads one entry; `None` if it is not of this form. Only TCP is of interest: an entry for
/// another protocol forwards nothing that speaks HTTP or a database protocol.
pub(crate) fn parse(entry: &str) -> Option<Vec<Port>> {
    let (entry, protocol) = entry.split_once('/').unwrap_or((entry, "tcp"));
    if protocol != "tcp" {
        return Some(Vec::new());
    }
    let (rest, container) = match entry.rsplit_once(':') {
        Some((rest, container)) => (Some(rest), container),
        None => (None, entry),
    };
    let (first, last) = range(container)?;
    let (address, host) = match rest {
        None => (ANY_ADDRESS, None),
        Some(rest) => {
            let (address, host) = split_address(rest)?;
            let host = if host.is_empty() { None } else { Some(range(host)?) };
            (address, host)
        }
    };
    let count = (last - first).min(MAX_RANGE);
    Some(
        (0..=count)
            .map(|step| Port {
                address,
                // A range of host ports for one container port lets Docker pick one of them.
                host: host
                    .and_then(|(low, high)| (high - low == last - first).then_some(low + step)),
                container: first + step,
            })
            .collect(),
    )
}

/// `127.0.0.1:8080`, `[::1]:8080` or `8080` as address and ports.
fn split_address(text: &str) -> Option<(IpAddr, &str)> {
    match text.rsplit_once(':') {
        Some((address, host)) => {
            let address = address.trim_start_matches('[').trim_end_matches(']');
            let address = if address.is_empty() { ANY_ADDRESS } else { address.parse().ok()? };
            Some((address, host))
        }
        // `127.0.0.1::80` leaves the host's port to Docker; `127.0.0.1:80` is no short form.
        None => Some((ANY_ADDRESS, text)),
    }
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then_some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(entry: &str) -> (String, Option<u16>, u16) {
        let ports = parse(entry).unwrap();
        assert_eq!(ports.len(), 1, "{entry}");
        (ports[0].address.to_string(), ports[0].host, ports[0].container)
    }

    #[test]
    fn every_short_form() {
        assert_eq!(one("3000"), ("0.0.0.0".into(), None, 3000));
        assert_eq!(one("8000:3000/tcp"), ("0.0.0.0".into(), Some(8000), 3000));
        assert_eq!(one("127.0.0.1:8001:8001"), ("127.0.0.1".into(), Some(8001), 8001));
        assert_eq!(one("127.0.0.1::5000"), ("127.0.0.1".into(), None, 5000));
        assert_eq!(one("[::1]:80:8080"), ("::1".into(), Some(80), 8080));
        assert_eq!(one("8000-9000:80"), ("0.0.0.0".into(), None, 80));
        assert_eq!(parse("6060:6060/udp"), Some(Vec::new()));
        let range = parse("9090-9091:8080-8081").unwrap();
        assert_eq!((range[1].host, range[1].container), (Some(9091), 8081));
        for wrong in ["", "a:b", "1:2:3:4", "70000", "9-8"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}

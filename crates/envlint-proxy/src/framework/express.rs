//! Express 5: `trust proxy`.
//!
//! Measured with Express 5.3.0 and proxy-addr 2.0.8, and read in their sources. The
//! addresses of a request are a list: the socket's peer first, then X-Forwarded-For from right
//! to left. Each is trusted or not; `req.ip` is the first that is not, or the last of all.
//! X-Forwarded-Proto and -Host are believed as soon as the socket's peer is trusted, whatever
//! the number: a client that may speak them past all hops chooses the application's own URL.

use std::net::{IpAddr, Ipv4Addr};

use envlint_model::{Secret, Truth};

use super::{Judgement, Verdict, View, canonical};
use crate::{Chain, Cidr, Content, HeaderName, Message, Source, Text};

/// The largest number of hops that [`counts_that_fit`] tries.
pub const MAX_COUNT: u32 = 16;

/// What `trust proxy` is set to, as Express understands it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpressSetting {
    /// No proxy is trusted: `false`, 0, not set.
    None,
    /// This many addresses are trusted, counted from the socket.
    Hops(u32),
    /// Every address is trusted: `true`.
    All,
    /// These addresses are trusted.
    Addresses(Vec<Cidr>),
    /// Express throws when it starts.
    Rejected(Rejection),
}

/// Why Express does not start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rejection {
    /// `TypeError: invalid IP address`
    NoAddress,
    /// `TypeError: invalid range on address`; `/0` is one too.
    BadRange,
}

/// How an application turns the text of its variable into the setting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Conversion {
    /// `app.set('trust proxy', process.env.TRUST_PROXY)`: a text, never a number.
    RawText,
    /// `Number(process.env.TRUST_PROXY)`, perhaps with `|| 0`.
    Number,
    /// `true` and `false` are booleans, digits a number, anything else a text.
    NumberOrBoolean,
}

impl ExpressSetting {
    /// The setting that a text becomes.
    ///
    /// `"1"` as a raw text is the address 0.0.0.1 and trusts nobody; `"true"` and `""` are no
    /// addresses and stop Express (measured).
    pub fn from_text(text: &str, conversion: Conversion) -> Self {
        match conversion {
            Conversion::RawText => Self::addresses(text),
            Conversion::Number => Self::number(number(text)),
            Conversion::NumberOrBoolean => match text.trim() {
                "true" => Self::All,
                "false" => Self::None,
                digits if !digits.is_empty() && number(digits).is_some() => {
                    Self::number(number(digits))
                }
                other => Self::addresses(other),
            },
        }
    }

    /// A list of addresses, ranges and the names `loopback`, `linklocal`, `uniquelocal`.
    fn addresses(text: &str) -> Self {
        let mut ranges = Vec::new();
        for item in text.split(',').map(str::trim) {
            match named(item) {
                Some(names) => ranges.extend(names.iter().filter_map(|name| Cidr::parse(name))),
                None => match range(item) {
                    Ok(range) => ranges.push(range),
                    Err(why) => return Self::Rejected(why),
                },
            }
        }
        Self::Addresses(ranges)
    }

    /// Express trusts the address at index `i` while `i < n`: 1.5 trusts two, NaN and what is
    /// below zero none.
    fn number(number: Option<f64>) -> Self {
        match number {
            Some(n) if n > f64::from(u32::MAX) => Self::All,
            Some(n) if n > 0.0 => Self::Hops(n.ceil() as u32),
            _ => Self::None,
        }
    }

    /// Whether the address at `index` of the list is trusted.
    fn trusts(&self, entry: &Text, index: usize) -> Truth {
        match self {
            ExpressSetting::None | ExpressSetting::Rejected(_) => Truth::False,
            ExpressSetting::All => Truth::True,
            ExpressSetting::Hops(hops) => Truth::from(index < *hops as usize),
            ExpressSetting::Addresses(ranges) => match entry.as_address() {
                Some(address) => canonical(&address).is_in(ranges),
                None => Truth::False,
            },
        }
    }

    /// What `req.ip`, `req.protocol` and `req.hostname` are.
    pub fn view(&self, message: &Message) -> View {
        let peer = message.peer.text();
        View {
            ip: self.ip(message),
            protocol: self.believed(
                &peer,
                message.headers.joined(&HeaderName::FORWARDED_PROTO),
                || Text::plain("http", Source::Application),
            ),
            hostname: without_port(self.believed(
                &peer,
                message.headers.joined(&HeaderName::FORWARDED_HOST),
                || message.headers.first(&HeaderName::HOST).cloned().unwrap_or_default(),
            )),
        }
    }

    fn ip(&self, message: &Message) -> Text {
        let list = message.headers.joined(&HeaderName::FORWARDED_FOR).unwrap_or_default();
        let mut addresses = vec![message.peer.text()];
        addresses.extend(list.split(|c| c == ',').into_iter().rev());
        let last = addresses.len() - 1;
        for (index, address) in addresses.iter().enumerate() {
            // How many entries an unknown text holds is unknown, and so is all to its left.
            let opaque = |fragment: &crate::Fragment| matches!(fragment.content, Content::Unknown);
            if index == last || address.fragments().iter().any(opaque) {
                return address.clone();
            }
            match self.trusts(address, index) {
                Truth::True => {}
                Truth::False => return address.clone(),
                Truth::Unknown => return Text::unknown("whether the setting trusts a hop"),
            }
        }
        Text::empty()
    }

    /// The first value of a header, if the socket's peer is trusted and there is one.
    fn believed(&self, peer: &Text, header: Option<Text>, otherwise: impl Fn() -> Text) -> Text {
        match self.trusts(peer, 0) {
            Truth::False => otherwise(),
            Truth::True => match header.filter(|value| value.is_empty() != Truth::True) {
                Some(value) => value.first_of_list(),
                None => otherwise(),
            },
            Truth::Unknown => Text::unknown("whether the setting trusts a hop"),
        }
    }

    /// The verdicts on this setting behind a chain.
    pub fn judge(&self, chain: &Chain) -> Judgement {
        chain.arrivals().judge(chain, |message| self.view(message))
    }
}

/// The numbers for `trust proxy` with which the client's address is right on every chain:
/// neither a hop's nor forgeable. None, if no number is; several, where the outermost hop
/// overwrites the list and more changes nothing.
pub fn counts_that_fit<'a>(chains: impl IntoIterator<Item = &'a Chain>) -> Vec<u32> {
    let mut counts: Vec<u32> = (0..=MAX_COUNT).collect();
    for chain in chains {
        let arrivals = chain.arrivals();
        counts.retain(|&count| {
            let setting = match count {
                0 => ExpressSetting::None,
                count => ExpressSetting::Hops(count),
            };
            arrivals.judge_ip(|message| setting.ip(message)) == Verdict::Right
        });
    }
    counts
}

/// JavaScript's `Number(text)`, for what people write; `None` for NaN.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    match text {
        "" => return Some(0.0),
        "Infinity" => return Some(f64::INFINITY),
        _ => {}
    }
    let radix = |prefix: &str, radix| {
        let (head, digits) = text.split_at_checked(2)?;
        if !head.eq_ignore_ascii_case(prefix) {
            return None;
        }
        u32::from_str_radix(digits, radix).ok().map(f64::from)
    };
    if let Some(value) = radix("0x", 16).or_else(|| radix("0b", 2)).or_else(|| radix("0o", 8)) {
        return Some(value);
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e'));
    text.parse().ok().filter(|_| plain)
}

/// The names of ranges that proxy-addr knows.
fn named(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "linklocal" => Some(&["169.254.0.0/16", "fe80::/10"]),
        "loopback" => Some(&["127.0.0.1/8", "::1/128"]),
        "uniquelocal" => Some(&["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
        _ => None,
    }
}

/// An address or a range, as proxy-addr reads it: a range of zero bits is refused.
fn range(item: &str) -> Result<Cidr, Rejection> {
    let (address, prefix) = match item.rsplit_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (item, None),
    };
    let address = loose_address(address).ok_or(Rejection::NoAddress)?;
    let Some(prefix) = prefix else {
        return Ok(Cidr::single(unmapped(address)));
    };
    let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
    let bits = match address {
        _ if digits => prefix.parse().ok(),
        IpAddr::V4(_) => loose_address(prefix).and_then(netmask_bits),
        IpAddr::V6(_) => None,
    };
    let range = bits.filter(|&bits: &u8| bits > 0).and_then(|bits| Cidr::new(address, bits));
    // A range of IPv4 addresses in their IPv6 form trusts those too.
    let as_v4 = bits.filter(|&bits| bits >= 96 && unmapped(address).is_ipv4() && address.is_ipv6());
    match (range, as_v4) {
        (Some(_), Some(bits)) => Cidr::new(unmapped(address), bits - 96),
        (range, _) => range,
    }
    .ok_or(Rejection::BadRange)
}

fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn netmask_bits(mask: IpAddr) -> Option<u8> {
    let IpAddr::V4(mask) = mask else { return None };
    let bits = mask.to_bits().leading_ones();
    let whole = mask.to_bits().count_ones() == bits;
    whole.then_some(bits as u8)
}

/// An address as ipaddr.js 1.9 reads it: also as one number (`1` is 0.0.0.1), in hexadecimal
/// and octal.
fn loose_address(text: &str) -> Option<IpAddr> {
    let without_zone = text.split_once('%').map_or(text, |(address, _)| address);
    match without_zone.parse() {
        Ok(address @ IpAddr::V6(_)) => return Some(address),
        Ok(address) if without_zone == text => return Some(address),
        _ => {}
    }
    let part = |part: &str| {
        let digits = || !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None if digits() && part.starts_with('0') => octal(part),
            None if digits() => part.parse().ok(),
            None => None,
        }
    };
    let parts: Option<Vec<u32>> = text.split('.').map(part).collect();
    match parts?.as_slice() {
        [number] => Some(Ipv4Addr::from_bits(*number).into()),
        [a, b, c, d] => {
            let byte = |part: &u32| u8::try_from(*part).ok();
            Some(Ipv4Addr::new(byte(a)?, byte(b)?, byte(c)?, byte(d)?).into())
        }
        _ => None,
    }
}

/// JavaScript's `parseInt(text, 8)`: reads up to the first digit that is none.
fn octal(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(|byte| (b'0'..b'8').contains(byte));
    digits
        .map(|digit| u32::from(digit - b'0'))
        .try_fold(0u32, |number, digit| number.checked_mul(8)?.checked_add(digit))
}

/// `req.hostname`: the host without its port.
fn without_port(host: Text) -> Text {
    let (Some(text), Some(source)) = (host.text(), host.source().cloned()) else { return host };
    let from = if text.starts_with('[') { text.find(']').map_or(0, |at| at + 1) } else { 0 };
    let end = text[from..].find(':').map_or(text.len(), |at| from + at);
    Text::known(Secret::made(text[..end].to_owned()), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_what_express_makes_of_them() {
        use Conversion::{Number, NumberOrBoolean, RawText};
        use ExpressSetting::{All, Hops, None, Rejected};
        use Rejection::{BadRange, NoAddress};
        let one = ExpressSetting::Addresses(vec![Cidr::parse("0.0.0.1").unwrap()]);
        for (text, conversion, expected) in [
            ("1", RawText, one),
            ("true", RawText, Rejected(NoAddress)),
            ("false", RawText, Rejected(NoAddress)),
            ("", RawText, Rejected(NoAddress)),
            ("10.0.0.0/0", RawText, Rejected(BadRange)),
            ("10.0.0.0/33", RawText, Rejected(BadRange)),
            ("10.0.0.0/8,", RawText, Rejected(NoAddress)),
            ("127.1", RawText, Rejected(NoAddress)),
            ("LOOPBACK", RawText, Rejected(NoAddress)),
            ("4294967296", RawText, Rejected(NoAddress)),
            ("10.0.0.0/255.0.255.0", RawText, Rejected(BadRange)),
            ("::/0", RawText, Rejected(BadRange)),
            ("1", Number, Hops(1)),
            (" 2 ", Number, Hops(2)),
            ("1.5", Number, Hops(2)),
            ("", Number, None),
            ("0", Number, None),
            ("-1", Number, None),
            ("true", Number, None),
            ("inf", Number, None),
            ("0X2", Number, Hops(2)),
            ("1e1", Number, Hops(10)),
            (".5", Number, Hops(1)),
            ("Infinity", Number, All),
            ("1e400", Number, All),
            ("1_000", Number, None),
            ("true", NumberOrBoolean, All),
            ("false", NumberOrBoolean, None),
            ("2", NumberOrBoolean, Hops(2)),
            ("yes", NumberOrBoolean, Rejected(NoAddress)),
        ] {
            let setting = ExpressSetting::from_text(text, conversion);
            assert_eq!(setting, expected, "{text:?} {conversion:?}");
        }
        for (text, expected) in [
            ("loopback, 10.0.0.0/255.0.0.0", vec!["127.0.0.0/8", "::1", "10.0.0.0/8"]),
            ("0x7f000001", vec!["127.0.0.1"]),
            ("010.0.0.1", vec!["8.0.0.1"]),
            ("08.0.0.1", vec!["0.0.0.1"]),
            ("10.0.0.0/08", vec!["10.0.0.0/8"]),
            ("::ffff:10.0.0.1", vec!["10.0.0.1"]),
            ("::ffff:10.0.0.0/104", vec!["10.0.0.0/8"]),
            ("fe80::1%eth0", vec!["fe80::1"]),
        ] {
            let expected = expected.iter().map(|range| Cidr::parse(range).unwrap()).collect();
            let setting = ExpressSetting::from_text(text, RawText);
            assert_eq!(setting, ExpressSetting::Addresses(expected), "{text}");
        }
    }
}

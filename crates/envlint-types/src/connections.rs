use std::marker::PhantomData;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::kinds::url;
use crate::kinds::url::credentials::{self, Paths};
use crate::secrets::ParseUrlError;
use crate::text::text_value;

/// The URL of a server that a service connects to, password included.
pub struct ConnectionUrl<S: Server> {
    text: Zeroizing<Box<str>>,
    server: PhantomData<S>,
}

/// The kind of server that a [`ConnectionUrl`] leads to.
pub trait Server {
    /// The schemes, in lower case and without `://`, each with the port that it stands for.
    const SCHEMES: &'static [(&'static str, Option<u16>)];
    /// The word in schemas.
    const KIND: &'static str;
    /// What the URL is called in a JSON Schema.
    const NAME: &'static str;
}

/// `redis://`, or `rediss://` with TLS.
pub enum Redis {}

/// `amqp://`, or `amqps://` with TLS.
pub enum Amqp {}

/// `smtp://`, or `smtps://` with TLS from the beginning.
pub enum Smtp {}

/// `s3://` and a bucket, or the endpoint of a server that speaks its protocol.
pub enum S3 {}

macro_rules! server {
    ($($server:ident $kind:literal $name:literal [$($scheme:literal $port:expr),+];)+) => {$(
        impl Server for $server {
            const SCHEMES: &'static [(&'static str, Option<u16>)] = &[$(($scheme, $port)),+];
            const KIND: &'static str = $kind;
            const NAME: &'static str = $name;
        }
    )+};
}

// Ports as IANA registers them. For `smtp` there is none that clients agree on: some take 25, at
// which servers pass mail to each other, some 587, at which they take it from services.
server! {
    Redis "redis-url" "RedisUrl" ["redis" Some(6379), "rediss" Some(6379)];
    Amqp "amqp-url" "AmqpUrl" ["amqp" Some(5672), "amqps" Some(5671)];
    Smtp "smtp-url" "SmtpUrl" ["smtp" None, "smtps" Some(465)];
    S3 "s3-url" "S3Url" ["s3" None, "http" Some(80), "https" Some(443)];
}

/// The URL of a Redis server.
pub type RedisUrl = ConnectionUrl<Redis>;

/// The URL of a message broker that speaks AMQP.
pub type AmqpUrl = ConnectionUrl<Amqp>;

/// The URL of a mail server.
pub type SmtpUrl = ConnectionUrl<Smtp>;

/// The URL of an object store.
pub type S3Url = ConnectionUrl<S3>;

impl<S: Server> ConnectionUrl<S> {
    /// The whole URL. Whoever asks for it keeps it from logs and messages.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The server's host, as it is written.
    pub fn host(&self) -> &str {
        self.parsed().map_or("", |url| url.host())
    }

    /// The server's port, or the one that the scheme stands for.
    pub fn port(&self) -> Option<u16> {
        let url = self.parsed()?;
        let written = url.port.as_ref().and_then(|port| url.part(port).parse().ok());
        let is_own = |(scheme, _): &&(&str, _)| url.has_scheme(&[scheme]);
        written.or_else(|| S::SCHEMES.iter().find(is_own).and_then(|(_, port)| *port))
    }

    fn path(&self) -> &str {
        let path = self.parsed().map_or("", |url| url.path());
        path.strip_prefix('/').unwrap_or(path)
    }

    fn parsed(&self) -> Option<url::Url<'_>> {
        url::parse(&self.text).ok()
    }
}

impl ConnectionUrl<Redis> {
    /// The database's number, as it is written; empty for the one that a server starts with.
    pub fn database(&self) -> &str {
        self.path()
    }
}

impl ConnectionUrl<Amqp> {
    /// The virtual host, as it is written and encoded; empty for the one that a client takes
    /// then.
    pub fn virtual_host(&self) -> &str {
        self.path()
    }
}

impl ConnectionUrl<S3> {
    /// The bucket: the host of an `s3://` URL, or what comes first in the path of an endpoint;
    /// empty if there is none, or if it is a part of the endpoint's host.
    pub fn bucket(&self) -> &str {
        match self.parsed() {
            Some(url) if url.has_scheme(&["s3"]) => url.host(),
            _ => self.path().split('/').next().unwrap_or(""),
        }
    }
}

impl<S: Server> FromStr for ConnectionUrl<S> {
    type Err = ParseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        credentials::check(text, Paths::Store).map_err(|(error, _)| error)?;
        let schemes: Vec<&str> = S::SCHEMES.iter().map(|(scheme, _)| *scheme).collect();
        url::check_scheme(&url::parse(text)?, &schemes)?;
        Ok(Self { text: Zeroizing::new(text.into()), server: PhantomData })
    }
}

text_value!([S: Server] ConnectionUrl<S>, "the URL of a server", S::NAME, {
    "type": "string",
    "format": "uri",
    "writeOnly": true,
    "x-envlint": { "type": S::KIND },
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::url::UrlError;
    use crate::kinds::url::credentials::CredentialsError;

    fn url<S: Server>(text: &str) -> ConnectionUrl<S> {
        text.parse().ok().unwrap()
    }

    #[test]
    fn a_url_knows_its_parts() {
        let redis: RedisUrl = url("redis://:CANARY@cache/2");
        assert_eq!((redis.host(), redis.port(), redis.database()), ("cache", Some(6379), "2"));
        assert_eq!(url::<Redis>("rediss://cache").database(), "");
        let amqp: AmqpUrl = url("amqps://u:CANARY@queue/%2F");
        assert_eq!((amqp.host(), amqp.port()), ("queue", Some(5671)));
        assert_eq!(amqp.virtual_host(), "%2F");
        let ports = ["smtp://mail", "smtp://mail:587", "SMTPS://mail", "smtp://mail:"];
        let ports = ports.map(|text| url::<Smtp>(text).port());
        assert_eq!(ports, [None, Some(587), Some(465), None]);
        assert_eq!(url::<S3>("s3://backups/daily").bucket(), "backups");
        assert_eq!(url::<S3>("https://u:CANARY@store:9000/backups/daily").bucket(), "backups");
        assert_eq!(url::<S3>("https://store").bucket(), "");
    }

    #[test]
    fn other_servers_are_refused_without_a_word_of_the_url() {
        let error = |text: &str| text.parse::<RedisUrl>().err();
        let scheme = |found| Some(ParseUrlError::Url(UrlError::WrongScheme { found }));
        assert_eq!(error("http://cache"), scheme(Some("http")));
        assert_eq!(error("CANARY://cache"), scheme(None));
        assert_eq!(error("cache:6379"), Some(ParseUrlError::Url(UrlError::MissingScheme)));
        assert_eq!(error("redis://"), Some(ParseUrlError::Url(UrlError::MissingHost)));
        let reserved = ParseUrlError::Credentials(CredentialsError::Reserved);
        assert_eq!(error("redis://:CAN@RY@cache"), Some(reserved));
    }
}

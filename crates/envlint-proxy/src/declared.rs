//! Hops that only a manifest knows: CDNs, load balancers, the edges of platforms.
//!
//! One table, after what the products' own documentation says. Where only third parties or
//! nobody says what becomes of a header, its effect is unknown, and with it every verdict that
//! would rest on it: a wrong number here would be believed.

use envlint_model::{Secret, Truth};

use crate::hop::{Action, Decided, HeaderRule, HeaderRules, Hop, HopKind, Listener, NameFilter};
use crate::{Address, HeaderName, Part, Template, Variable};

impl HopKind {
    /// The kinds that a manifest can declare.
    pub const DECLARED: [HopKind; 10] = [
        HopKind::Cloudflare,
        HopKind::Render,
        HopKind::Fly,
        HopKind::Railway,
        HopKind::Heroku,
        HopKind::Vercel,
        HopKind::AwsAlb,
        HopKind::GoogleLb,
        HopKind::Appends,
        HopKind::Overwrites,
    ];

    /// The word in manifests and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            HopKind::Nginx => "nginx",
            HopKind::Cloudflare => "cloudflare",
            HopKind::Render => "render",
            HopKind::Fly => "fly",
            HopKind::Railway => "railway",
            HopKind::Heroku => "heroku",
            HopKind::Vercel => "vercel",
            HopKind::AwsAlb => "aws-alb",
            HopKind::GoogleLb => "google-lb",
            HopKind::Appends => "appends",
            HopKind::Overwrites => "overwrites",
        }
    }

    /// The declared kind of this name.
    pub fn declared(name: &str) -> Option<HopKind> {
        Self::DECLARED.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The name that people know it by.
    pub fn title(self) -> &'static str {
        match self {
            HopKind::Nginx => "nginx",
            HopKind::Cloudflare => "Cloudflare",
            HopKind::Render => "Render",
            HopKind::Fly => "Fly.io",
            HopKind::Railway => "Railway",
            HopKind::Heroku => "Heroku",
            HopKind::Vercel => "Vercel",
            HopKind::AwsAlb => "the AWS load balancer",
            HopKind::GoogleLb => "the Google load balancer",
            HopKind::Appends | HopKind::Overwrites => "the declared proxy",
        }
    }
}

/// What a product is documented to do to a header.
enum Fact {
    Passes,
    Removes,
    /// Appends its peer to the list.
    Appends,
    /// Appends its peer, and an address of its own.
    AppendsTwo,
    /// Overwrites with its peer.
    Peer,
    /// Overwrites with the scheme that the client used.
    Scheme,
    /// Overwrites with the host that the client asked for.
    Host,
    Https,
    /// Nothing that could be relied on is documented.
    Unknown(&'static str),
}

const RENDER: &str = "Render does not document it, and reports count two or three entries";
const CLOUDFLARE: &str = "Cloudflare does not document it";
const FLY: &str = "Fly.io does not document it";
const RAILWAY: &str = "Railway does not document it";
const RAILWAY_HOST: &str = "Railway sets it, but does not say whether the client's is kept";
const HEROKU: &str = "Heroku does not document it";
const VERCEL: &str = "Vercel does not document it";
const ALB: &str = "AWS does not document it";
const GOOGLE: &str = "Google does not document it";
const DECLARED: &str = "the manifest says nothing of it";

/// A kind's facts: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, Host, X-Real-IP, a
/// header of its own for the client's address, and the reason that stands for the rest.
struct Facts {
    forwarded_for: Fact,
    forwarded_proto: Fact,
    forwarded_host: Fact,
    host: Fact,
    real_ip: Fact,
    own: Option<&'static str>,
    rest: &'static str,
}

fn facts(kind: HopKind) -> Facts {
    use Fact::{Appends, AppendsTwo, Host, Https, Passes, Peer, Removes, Scheme, Unknown};
    let row = |forwarded_for, forwarded_proto, forwarded_host, host, real_ip, own, rest| Facts {
        forwarded_for,
        forwarded_proto,
        forwarded_host,
        host,
        real_ip,
        own,
        rest,
    };
    #[rustfmt::skip]
    let facts = match kind {
        HopKind::Cloudflare => row(Appends, Scheme, Unknown(CLOUDFLARE), Passes, Removes,
            Some("CF-Connecting-IP"), CLOUDFLARE),
        HopKind::Fly => row(AppendsTwo, Scheme, Unknown(FLY), Unknown(FLY), Unknown(FLY),
            Some("Fly-Client-IP"), FLY),
        HopKind::Railway => row(Unknown(RAILWAY), Https, Unknown(RAILWAY_HOST), Unknown(RAILWAY),
            Peer, None, RAILWAY),
        HopKind::Heroku => row(Appends, Scheme, Unknown(HEROKU), Unknown(HEROKU), Unknown(HEROKU),
            None, HEROKU),
        HopKind::Vercel => row(Peer, Scheme, Host, Unknown(VERCEL), Peer, None, VERCEL),
        HopKind::AwsAlb => row(Appends, Scheme, Unknown(ALB), Unknown(ALB), Unknown(ALB), None, ALB),
        HopKind::GoogleLb => row(AppendsTwo, Unknown(GOOGLE), Unknown(GOOGLE), Unknown(GOOGLE),
            Unknown(GOOGLE), None, GOOGLE),
        HopKind::Render => row(Unknown(RENDER), Unknown(RENDER), Unknown(RENDER), Unknown(RENDER),
            Unknown(RENDER), None, RENDER),
        HopKind::Overwrites => row(Peer, Scheme, Host, Passes, Peer, None, DECLARED),
        HopKind::Appends | HopKind::Nginx => row(Appends, Unknown(DECLARED), Unknown(DECLARED),
            Unknown(DECLARED), Unknown(DECLARED), None, DECLARED),
    };
    facts
}

/// A declared hop, with the documented behaviour of its kind. `address` is what the next hop
/// sees of it.
pub fn declared_hop(kind: HopKind, address: Address) -> Hop {
    let facts = facts(kind);
    let decided = Decided::Documented(kind.title());
    let rule = |header: HeaderName, fact: &Fact| HeaderRule {
        header: Some(header),
        action: action(fact),
        decided,
    };
    let mut rules = vec![
        rule(HeaderName::FORWARDED_FOR, &facts.forwarded_for),
        rule(HeaderName::FORWARDED_PROTO, &facts.forwarded_proto),
        rule(HeaderName::FORWARDED_HOST, &facts.forwarded_host),
        rule(HeaderName::HOST, &facts.host),
        rule(HeaderName::REAL_IP, &facts.real_ip),
    ];
    rules.extend(facts.own.map(|name| rule(HeaderName::new(name), &Fact::Peer)));
    let others = HeaderRule { header: None, action: Action::Unknown(facts.rest), decided };
    Hop {
        name: kind.title().to_owned(),
        kind,
        route: String::new(),
        address,
        listener: Listener::anywhere(Truth::Unknown),
        upstream: Template::default(),
        real_ip: None,
        headers: HeaderRules::new(rules, others, NameFilter::OPEN),
        loss: None,
        location: None,
        pass: None,
    }
}

fn action(fact: &Fact) -> Action {
    let only = |variable| Action::Set(vec![Template::variable(variable)]);
    let text = |text: &str| Part::Text(Secret::made(text.to_owned()));
    match fact {
        Fact::Passes => Action::Pass,
        Fact::Removes => Action::Set(Vec::new()),
        Fact::Appends => only(Variable::ForwardedFor),
        Fact::AppendsTwo => Action::Set(vec![Template::new([
            Part::Variable(Variable::ForwardedFor),
            text(", "),
            Part::Variable(Variable::ServerAddress),
        ])]),
        Fact::Peer => only(Variable::Client),
        Fact::Scheme => only(Variable::Scheme),
        Fact::Host => only(Variable::Host),
        Fact::Https => Action::Set(vec![Template::new([text("https")])]),
        Fact::Unknown(why) => Action::Unknown(why),
    }
}

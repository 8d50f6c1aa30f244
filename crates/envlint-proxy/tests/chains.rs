//! Chains put together from configurations, and what Express makes of them. The table of
//! `measured_setups` was measured with nginx 1.22.1 in front of Express 5.3.

use envlint_model::{Form, Name, Sources, Span, Truth};
use envlint_parse::nginx::{self as syntax, Document};
use envlint_proxy::express::{self, ExpressSetting};
use envlint_proxy::nginx::{Config, Endpoint, NoIncludes};
use envlint_proxy::{
    Address, Chain, Cidr, DeclaredHop, Effect, Entry, HeaderName, HopKind, Proxy, Source,
    Surroundings, Target, Topology, Verdict, With, authjs, declared_hop,
};

fn document(text: &str) -> Document {
    let source =
        Sources::default().add("nginx.conf".into(), Form::Plain, Box::<str>::from(text).into());
    let (document, errors) = syntax::parse(&source);
    assert!(errors.is_empty(), "{text}");
    document
}

fn config(text: &str) -> Config {
    Config::read(&document(text), &NoIncludes)
}

fn somewhere() -> Span {
    Sources::default().add("f".into(), Form::Plain, Default::default()).span(0..0)
}

/// Hosts are proxies and services by their names; `published` are open to the internet, with
/// every port or, written `name:port`, with one.
struct Hosts {
    proxies: &'static [&'static str],
    published: &'static [&'static str],
}

impl Surroundings for Hosts {
    fn lookup(&self, _: &Name, endpoint: &Endpoint) -> Target {
        let name = Name::new(&endpoint.host);
        match self.proxies.contains(&name.as_str()) {
            true => Target::Proxy { name, port: endpoint.port },
            false => Target::Service(name),
        }
    }

    fn published(&self, workload: &Name, port: Option<u16>) -> (Truth, Option<Span>) {
        let name = workload.as_str();
        let one = |port: u16| self.published.contains(&format!("{name}:{port}").as_str());
        ((self.published.contains(&name) || port.is_some_and(one)).into(), None)
    }

    fn services(&self) -> Vec<Name> {
        vec![Name::new("app")]
    }
}

fn topology(proxies: &[(&str, &str)], declared: &[(HopKind, &str)], hosts: &Hosts) -> Topology {
    let proxies: Vec<Proxy> = proxies
        .iter()
        .map(|(name, text)| Proxy::nginx(Name::new(name), &config(text), &Address::Unknown))
        .collect();
    let declared: Vec<DeclaredHop> = declared
        .iter()
        .map(|(kind, before)| DeclaredHop {
            hop: declared_hop(*kind, Address::Unknown),
            before: Name::new(before),
            span: somewhere(),
        })
        .collect();
    Topology::new(&proxies, &declared, hosts)
}

/// The only chain through one or two nginx.
fn chain(edge: &str, inner: Option<&str>) -> Chain {
    let hosts = Hosts { proxies: &["inner"], published: &["edge"] };
    let mut proxies = vec![("edge", edge)];
    proxies.extend(inner.map(|inner| ("inner", inner)));
    let topology = topology(&proxies, &[], &hosts);
    let [chain] = topology.chains.as_slice() else {
        panic!("{} chains", topology.chains.len());
    };
    chain.clone()
}

fn hops(count: u32) -> ExpressSetting {
    if count == 0 { ExpressSetting::None } else { ExpressSetting::Hops(count) }
}

/// ip, protocol and hostname of one setting, in short.
fn verdicts(chain: &Chain, setting: &ExpressSetting) -> [String; 3] {
    let judgement = setting.judge(chain);
    [judgement.ip, judgement.protocol, judgement.hostname].map(|verdict| match verdict {
        Verdict::Right => "right".to_owned(),
        Verdict::Forgeable(header) => format!("forged by {header}"),
        Verdict::Hop(hop) => format!("hop {hop}"),
        Verdict::Wrong => "wrong".to_owned(),
        Verdict::Unknown(_) => "unknown".to_owned(),
    })
}

#[test]
fn measured_setups() {
    const FOR: &str = "forged by X-Forwarded-For";
    const PROTO: &str = "forged by X-Forwarded-Proto";
    const HOST: &str = "forged by X-Forwarded-Host";
    let appends = "server { listen 443 ssl; proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        location / { proxy_pass http://inner; } }";
    let inner = |more: &str| {
        format!(
            "server {{ listen 80; proxy_set_header Host $host; {more}
             location / {{ proxy_pass http://app; }} }}"
        )
    };
    let add = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    let scheme = "proxy_set_header X-Forwarded-Proto $scheme;";
    let to_app = |text: &str| text.replace("http://inner", "http://app");
    let a = chain("server { listen 80; location / { proxy_pass http://app; } }", None);
    let b = chain(&to_app(appends), None);
    let c = chain(
        "server { listen 80; location / { proxy_pass http://app;
            proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host; } }",
        None,
    );
    let d = chain(
        &to_app(appends).replace("proxy_pass", "proxy_set_header Connection ''; proxy_pass"),
        None,
    );
    let e1 = chain(appends, Some(&inner(&format!("{add} {scheme}"))));
    let e2 = chain(appends, Some(&inner(add)));
    let e3 = chain(
        appends,
        Some(&inner(&format!("set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For; {add}"))),
    );
    let e4 = chain(appends, Some(&inner("proxy_set_header X-Forwarded-For $remote_addr;")));
    for (setup, chain, count, expected) in [
        ("A", &a, 0, ["hop 0", "right", "wrong"]),
        ("A", &a, 1, [FOR, PROTO, HOST]),
        ("B", &b, 0, ["hop 0", "wrong", "right"]),
        ("B", &b, 1, ["right", "right", HOST]),
        ("B", &b, 2, [FOR, "right", HOST]),
        ("C", &c, 0, ["hop 0", "right", "right"]),
        ("C", &c, 1, ["right", "right", "right"]),
        ("C", &c, 2, ["right", "right", "right"]),
        ("D", &d, 0, ["hop 0", "wrong", "wrong"]),
        ("D", &d, 1, [FOR, PROTO, HOST]),
        ("E1", &e1, 0, ["hop 1", "wrong", "right"]),
        ("E1", &e1, 1, ["hop 0", "wrong", HOST]),
        ("E1", &e1, 2, ["right", "wrong", HOST]),
        ("E1", &e1, 3, [FOR, "wrong", HOST]),
        ("E2", &e2, 1, ["hop 0", "right", HOST]),
        ("E2", &e2, 2, ["right", "right", HOST]),
        ("E3", &e3, 1, ["right", "right", HOST]),
        ("E3", &e3, 2, ["right", "right", HOST]),
        ("E3", &e3, 3, [FOR, "right", HOST]),
        ("E4", &e4, 1, ["hop 0", "right", HOST]),
        ("E4", &e4, 2, ["hop 0", "right", HOST]),
    ] {
        assert_eq!(verdicts(chain, &hops(count)), expected, "{setup}, trust {count}");
    }
    assert_eq!(express::counts_that_fit([&b]), [1]);
    assert_eq!(express::counts_that_fit([&e1]), [2]);
    assert!(express::counts_that_fit([&b, &e1]).is_empty());
    assert!(express::counts_that_fit([&e4]).is_empty());
    assert_eq!(express::counts_that_fit([&c]).len(), express::MAX_COUNT as usize);
    assert_eq!(verdicts(&b, &ExpressSetting::All)[0], FOR);
    assert_eq!(verdicts(&c, &ExpressSetting::All)[0], "right");
}

#[test]
fn a_cdn_adds_an_entry_and_can_be_passed_by() {
    let hosts = Hosts { proxies: &["edge"], published: &["edge"] };
    let edge = "server { listen 443 ssl; server_name app.example.com; location / {
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_pass http://app; } }";
    let topology = topology(&[("edge", edge)], &[(HopKind::Cloudflare, "edge")], &hosts);
    let [declared, bypass] = topology.chains.as_slice() else { panic!("not two chains") };
    assert!(matches!(declared.entry, Entry::Declared(_)));
    assert!(matches!(bypass.entry, Entry::Bypass(_)));
    assert_eq!(declared.host.as_deref(), Some("app.example.com"));
    assert_eq!(verdicts(declared, &hops(1))[0], "hop 0");
    assert_eq!(verdicts(declared, &hops(2))[0], "right");
    assert_eq!(verdicts(bypass, &hops(2))[0], "forged by X-Forwarded-For");
}

#[test]
fn a_cdn_stands_before_the_outer_layer_of_a_proxy() {
    const TWO_LAYERS: &str = "server { listen 443 ssl; location / { proxy_pass http://edge:81; } }
        server { listen 81; location / { proxy_pass http://app; } }";
    let ways = |published: &'static [&'static str]| {
        let hosts = Hosts { proxies: &["edge"], published };
        let topology = topology(&[("edge", TWO_LAYERS)], &[(HopKind::Cloudflare, "edge")], &hosts);
        let entry = |chain: &Chain| match chain.entry {
            Entry::Declared(_) => "declared",
            Entry::Bypass(_) => "bypass",
            Entry::Published(_) | Entry::Perhaps => "other",
        };
        let ways = topology.chains.iter().map(|chain| (entry(chain), chain.hops.len()));
        ways.collect::<Vec<_>>()
    };
    assert_eq!(ways(&["edge:443"]), [("declared", 3), ("bypass", 2)]);
    // Which port a declared hop comes in by is not known: the layer that no other leads to.
    assert_eq!(ways(&[]), [("declared", 3)]);
    // A port that is open to everybody is open to the declared hop as well.
    let open = [("declared", 3), ("bypass", 2), ("declared", 2), ("bypass", 1)];
    assert_eq!(ways(&["edge"]), open);
}

#[test]
fn a_cdn_stands_before_a_port_that_is_its_own_upstream() {
    const ONE_PORT: &str = "server { listen 80; server_name a.test;
            location /a/ { proxy_pass http://edge/; } location / { proxy_pass http://app; } }";
    let hosts = Hosts { proxies: &["edge"], published: &[] };
    let topology = topology(&[("edge", ONE_PORT)], &[(HopKind::Cloudflare, "edge")], &hosts);
    let lengths: Vec<_> = topology.chains.iter().map(|chain| chain.hops.len()).collect();
    assert_eq!(lengths, [3, 2]);
}

#[test]
fn what_is_not_documented_stays_unknown() {
    let hosts = Hosts { proxies: &[], published: &[] };
    for (kind, fits) in [
        (HopKind::Render, None),
        (HopKind::Railway, None),
        (HopKind::Fly, Some(vec![2])),
        (HopKind::Heroku, Some(vec![1])),
        (HopKind::AwsAlb, Some(vec![1])),
        (HopKind::Overwrites, Some((1..=express::MAX_COUNT).collect())),
    ] {
        let topology = topology(&[], &[(kind, "app")], &hosts);
        let [chain] = topology.chains.as_slice() else { panic!("not one chain") };
        match fits {
            None => assert_eq!(verdicts(chain, &hops(1))[0], "unknown", "{kind:?}"),
            Some(fits) => assert_eq!(express::counts_that_fit([chain]), fits, "{kind:?}"),
        }
        assert_eq!(HopKind::declared(kind.as_str()), Some(kind));
    }
    assert_eq!(HopKind::declared("nginx"), None);
}

#[test]
fn a_service_that_is_reached_directly_believes_its_clients() {
    let hosts = Hosts { proxies: &[], published: &["app"] };
    let topology = topology(&[], &[], &hosts);
    let [direct] = topology.chains.as_slice() else { panic!("not one chain") };
    assert!(direct.hops.is_empty());
    assert_eq!(verdicts(direct, &hops(0)), ["right", "right", "right"]);
    assert_eq!(verdicts(direct, &hops(1))[0], "forged by X-Forwarded-For");
    let view = authjs::view(&direct.arrivals().forged);
    assert!(view.hostname.source().unwrap().is_forgeable());
}

#[test]
fn trusted_addresses_are_decided_as_far_as_the_hops_are_known() {
    let within = |ranges: &[&str]| {
        Address::Within(ranges.iter().map(|range| Cidr::parse(range).unwrap()).collect())
    };
    let text = "server { listen 80; location / { proxy_pass http://app;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }";
    let hosts = Hosts { proxies: &[], published: &["edge"] };
    let setting = |text| ExpressSetting::from_text(text, express::Conversion::RawText);
    for (address, trusted, expected) in [
        (within(&["172.16.0.0/12"]), "uniquelocal", "right"),
        (within(&["172.16.0.0/12"]), "172.18.0.0/16", "unknown"),
        (within(&["172.16.0.0/12"]), "loopback", "hop 0"),
        (within(&["172.16.0.0/12"]), "1", "hop 0"),
        (Address::Unknown, "uniquelocal", "unknown"),
    ] {
        let proxy = Proxy::nginx(Name::new("edge"), &config(text), &address);
        let topology = Topology::new(&[proxy], &[], &hosts);
        let [chain] = topology.chains.as_slice() else { panic!("not one chain") };
        assert_eq!(verdicts(chain, &setting(trusted))[0], expected, "{address:?} {trusted}");
    }
}

#[test]
fn routes_carry_the_places_that_decide() {
    let text = "http {
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-Proto $scheme;
  upstream core { server core:4000; server spare:4000 backup; }
  server {
    listen 443 ssl;
    server_name app.example.com;
    location /api/ {
      proxy_set_header Connection '';
      proxy_pass http://core;
    }
    location @late { proxy_pass http://core/; }
  }
}";
    let document = document(text);
    let config = Config::read(&document, &NoIncludes);
    let at = |span: Span| document.source().slice(span);
    let routes: Vec<_> = config.routes().collect();
    let [api, late] = routes.as_slice() else { panic!("{} routes", routes.len()) };
    assert_eq!(api.name, "server app.example.com /api/");
    assert_eq!(late.name, "server app.example.com @late");
    assert_eq!(at(api.pass), "proxy_pass http://core");
    assert_eq!(at(api.location), "location /api/");
    assert_eq!(at(api.listens[0].span), "listen 443 ssl");
    assert!(late.upstream.has_path && !api.upstream.has_path);
    let endpoints: Vec<_> = api.upstream.endpoints.iter().map(|e| (&*e.host, e.spare)).collect();
    assert_eq!(endpoints, [("core", false), ("spare", true)]);

    let loss = api.loss.as_ref().unwrap();
    assert_eq!(at(loss.block), "location /api/");
    assert_eq!(at(loss.because), "proxy_set_header Connection ''");
    let lost: Vec<_> = loss.lost().map(|(name, span)| (name, at(span))).collect();
    assert_eq!(lost[0], (&HeaderName::HOST, "proxy_set_header Host $host"));
    assert_eq!(lost.len(), 2);
    assert!(loss.has(&HeaderName::FORWARDED_PROTO));
    assert!(!loss.has(&HeaderName::FORWARDED_FOR) && !loss.has(&HeaderName::new("Connection")));
    assert!(late.loss.is_none());

    let hop = api.hop("edge", &api.listens[0], Address::Unknown);
    let (effect, decided) = hop.effect(&HeaderName::HOST);
    assert_eq!(effect, Effect::Overwrites(With::UpstreamHost));
    assert_eq!(at(decided.span().unwrap()), "location /api/");
    assert_eq!(hop.effect(&HeaderName::FORWARDED_FOR).0, Effect::Passes);
    let hop = late.hop("edge", &late.listens[0], Address::Unknown);
    let (effect, decided) = hop.effect(&HeaderName::FORWARDED_PROTO);
    assert_eq!(effect, Effect::Overwrites(With::Scheme));
    let said = "overwrites X-Forwarded-Proto with the scheme of its own connection";
    assert_eq!(effect.on(&HeaderName::FORWARDED_PROTO), said);
    assert_eq!(at(decided.span().unwrap()), "proxy_set_header X-Forwarded-Proto $scheme");
}

#[test]
fn a_variable_for_the_upstream_is_followed_where_it_is_constant() {
    let text = "server { listen 80;
        location /a/ { set $up http://app:4000; proxy_pass $up; }
        location /b/ { set $up $host; proxy_pass http://$up; }
        location /c/ { if ($arg_x) { set $up x; } proxy_pass http://$up:80; } }";
    let config = config(text);
    let hosts = config.routes().map(|route| {
        let names = route.upstream.endpoints.iter().map(|e| format!("{}:{}", e.host, e.port));
        names.collect::<Vec<_>>().join(" ")
    });
    assert_eq!(hosts.collect::<Vec<_>>(), ["app:4000", "", ""]);
}

#[test]
fn snippets_have_routes_too() {
    let config = config("location /api/ { proxy_pass http://core_upstream; }");
    let route = config.routes().next().unwrap();
    assert_eq!(route.name, "location /api/");
    assert_eq!(route.listens[0].tls, Truth::Unknown);
}

#[test]
fn a_file_that_is_not_seen_may_set_any_header() {
    let add = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    let host = "proxy_set_header Host $host;";
    let ours = "include snippets/proxy.conf;";
    let distributed = "include /etc/nginx/mime.types; include fastcgi_params;";
    for (server, location, expected) in [
        ("", "", ["forged by X-Forwarded-For", "wrong"]),
        (distributed, "", ["forged by X-Forwarded-For", "wrong"]),
        ("", ours, ["unknown", "unknown"]),
        (ours, "", ["unknown", "unknown"]),
        // What is set beside it is set; what is set further in replaces all of it.
        ("", &format!("{add} {ours}"), ["right", "unknown"]),
        (ours, add, ["right", "wrong"]),
        (&format!("{add} {ours}"), "", ["right", "unknown"]),
        // The file may set headers, and so drop those of the server.
        (&format!("{add} {host}"), ours, ["unknown", "unknown"]),
    ] {
        let text = format!(
            "server {{ listen 80; {server} location / {{ proxy_pass http://app; {location} }} }}"
        );
        let chain = chain(&text, None);
        let [ip, _, host] = verdicts(&chain, &hops(1));
        let honest = &chain.arrivals().honest;
        let host = match honest.headers.first(&HeaderName::HOST).and_then(|host| host.source()) {
            Some(Source::Unknown(_)) => "unknown".to_owned(),
            Some(Source::Upstream(_)) => "wrong".to_owned(),
            _ => host,
        };
        assert_eq!([&*ip, &*host], expected, "{server} / {location}");
        assert!(config(&text).routes().all(|route| route.loss.is_none()));
    }
}

#[test]
fn loops_end() {
    let hosts = Hosts { proxies: &["a", "b"], published: &["a"] };
    let to =
        |next: &str| format!("server {{ listen 80; location / {{ proxy_pass http://{next}; }} }}");
    let (a, b) = (to("b"), to("a"));
    assert!(topology(&[("a", &a), ("b", &b)], &[], &hosts).chains.is_empty());
}

#[test]
fn inner_servers_are_told_apart_by_name_and_path() {
    let edge = "server { listen 80; server_name one.test; location /api/ {
        proxy_set_header Host $host; proxy_pass http://inner; } }";
    let inner = "server { listen 80; server_name one.test;
            location /api/v1/ { proxy_pass http://app; }
            location /web/ { proxy_pass http://web; }
            location ~ \\.php$ { proxy_pass http://php; } }
        server { listen 80; server_name two.test; location / { proxy_pass http://two; } }";
    let hosts = Hosts { proxies: &["inner"], published: &["edge"] };
    let topology = topology(&[("edge", edge), ("inner", inner)], &[], &hosts);
    let services: Vec<_> = topology.chains.iter().map(|chain| chain.service.as_str()).collect();
    assert_eq!(services, ["app", "php"]);
    assert!(topology.complete);
}

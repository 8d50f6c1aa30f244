//! Whatever a configuration says, reading and following it ends, and soon.

use envlint_model::{FilePath, Form, Name, Sources, Span, Truth};
use envlint_parse::nginx::{self as syntax, Document};
use envlint_proxy::express;
use envlint_proxy::nginx::{Config, Endpoint, Includes, NoIncludes, ProblemKind};
use envlint_proxy::{Address, HeaderName, Proxy, Surroundings, Target, Topology, Verdict};
use proptest::prelude::*;

fn document(path: &str, text: &str) -> Document {
    let text: Box<str> = text.into();
    syntax::parse(&Sources::default().add(path.into(), Form::Plain, text.into())).0
}

/// Everything is published; every address is the proxy itself, if it can be, or a service.
struct Everywhere;

impl Surroundings for Everywhere {
    fn lookup(&self, _: &Name, endpoint: &Endpoint) -> Target {
        match endpoint.host.as_str() {
            "self" => Target::Proxy { name: Name::new("nginx"), port: endpoint.port },
            host => Target::Service(Name::new(host)),
        }
    }

    fn published(&self, _: &Name, _: Option<u16>) -> (Truth, Option<Span>) {
        (Truth::True, None)
    }

    fn services(&self) -> Vec<Name> {
        Vec::new()
    }
}

fn follow(config: &Config) -> Topology {
    let proxy = Proxy::nginx(Name::new("nginx"), config, &Address::Unknown);
    Topology::new(&[proxy], &[], &Everywhere)
}

/// Hands out one text for every path.
struct Always(&'static str);

impl Includes for Always {
    fn find(&self, _: &FilePath, pattern: &str) -> Option<Vec<Document>> {
        Some(vec![document(pattern, self.0)])
    }
}

#[test]
fn includes_are_bounded() {
    let kinds = |text: &'static str| {
        let config = Config::read(&document("a.conf", text), &Always(text));
        config.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds("include a.conf;"), [ProblemKind::IncludeCycle]);
    let doubling = kinds("include b.conf; include c.conf; include d.conf;");
    assert!(doubling.contains(&ProblemKind::IncludeCycle));

    // Every file includes one more that has not been read yet.
    struct Deeper;
    impl Includes for Deeper {
        fn find(&self, _: &FilePath, pattern: &str) -> Option<Vec<Document>> {
            let include = format!("include x{pattern}; include y{pattern};");
            Some(vec![document(pattern, &include)])
        }
    }
    let config = Config::read(&document("a.conf", "include b.conf;"), &Deeper);
    assert!(config.problems.iter().all(|problem| problem.kind == ProblemKind::TooManyIncludes));
    assert!(!config.problems.is_empty());
}

#[test]
fn a_missing_file_is_told_and_an_empty_pattern_is_not() {
    let text = "include missing.conf; include conf.d/*.conf;";
    let config = Config::read(&document("a.conf", text), &NoIncludes);
    let [problem] = config.problems.as_slice() else { panic!("not one problem") };
    assert_eq!(problem.kind, ProblemKind::IncludeNotFound);
}

#[test]
fn chains_through_oneself_are_bounded() {
    let server = "server { listen 80; location / { proxy_pass http://self; } }";
    let topology = follow(&Config::read(&document("a.conf", &server.repeat(12)), &NoIncludes));
    assert!(topology.chains.is_empty());
    let more = format!("{} server {{ location / {{ proxy_pass http://app; }} }}", server.repeat(9));
    let topology = follow(&Config::read(&document("a.conf", &more), &NoIncludes));
    assert!(!topology.complete);
}

#[test]
fn thousands_of_locations_are_followed() {
    let mut text = String::from("http { server { listen 80; server_name a.test;\n");
    for at in 0..2000 {
        text.push_str(&format!(
            "location /p{at}/ {{ proxy_set_header X-Forwarded-For $remote_addr;\n\
             proxy_pass http://app{at}:80; }}\n"
        ));
    }
    text.push_str("} }\n");
    let config = Config::read(&document("a.conf", &text), &NoIncludes);
    let topology = follow(&config);
    assert_eq!(topology.chains.len(), 2000);
    let fitting = topology.chains.iter().map(|chain| express::counts_that_fit([chain]).len());
    assert_eq!(fitting.sum::<usize>(), 2000 * express::MAX_COUNT as usize);
}

#[test]
fn thousands_of_locations_before_as_many_are_followed() {
    let layer = |port: u16, to: &str| -> String {
        let location = |at| format!("location /{at}/ {{ proxy_pass {to}; }}");
        let locations: String = (0..1500).map(location).collect();
        format!("server {{ listen {port}; server_name a.test; {locations} }}")
    };
    let text = format!("{} {}", layer(80, "http://self:81"), layer(81, "http://app"));
    let topology = follow(&Config::read(&document("a.conf", &text), &NoIncludes));
    let long = topology.chains.iter().filter(|chain| chain.hops.len() == 2).count();
    assert_eq!((long, topology.complete), (1500, true));
}

#[test]
fn maps_that_look_at_each_other_end() {
    let text = "map $a $b { default $a$a; x $a; } map $b $a { default $b$b; x $b; }
        server { location / { proxy_set_header X-Forwarded-For $a; proxy_pass http://app; } }";
    let topology = follow(&Config::read(&document("a.conf", text), &NoIncludes));
    let [chain] = topology.chains.as_slice() else { panic!("not one chain") };
    assert!(express::counts_that_fit([chain]).is_empty());
}

/// What many locations inherit is read once and shared, whatever it is.
#[test]
fn what_thousands_of_locations_inherit_is_shared() {
    let many = |line: &str| (0..5000).map(|at| line.replace('%', &at.to_string())).collect();
    let inherited: [String; 8] = [
        many("proxy_set_header X-%-% $http_a%;"),
        many("proxy_set_header X-Forwarded-For-% $http_a%;"),
        many("set_real_ip_from 2001:db8::%;"),
        many("deny 2001:db8::%;"),
        many("set $a% $a;"),
        many("listen [::1]:1%;"),
        many("server_name n%.test;"),
        format!("upstream app {{ {} }}", many("server a%:80;")),
    ];
    let locations: String = (0..2000)
        .map(|at| format!("location /{at}/ {{ proxy_set_header A a; proxy_pass http://app; }}"))
        .collect();
    for text in inherited {
        let (outside, inside) = match text.starts_with("upstream") {
            true => (text, String::new()),
            false => (String::new(), text),
        };
        let text = format!("{outside} server {{ {inside} {locations} }}");
        let config = Config::read(&document("a.conf", &text), &NoIncludes);
        assert_eq!(config.routes().count(), 2000);
        let lost = config.routes().filter(|route| route.loss.is_some()).count();
        assert_eq!(lost, if text.contains("X-") { 2000 } else { 0 });
        let topology = follow(&config);
        assert!(!topology.chains.is_empty());
    }
}

#[test]
fn a_header_that_grows_at_each_hop_is_known_by_its_author() {
    let twice = "$http_x_forwarded_for".repeat(100);
    let hop = |port: u16, next: &str| {
        format!(
            "server {{ listen {port}; location / {{ proxy_pass {next};
             proxy_set_header X-Forwarded-For \"{twice}\"; }} }}"
        )
    };
    let mut text: String = (1..8).map(|at| hop(at, &format!("http://self:{}", at + 1))).collect();
    text.push_str(&hop(8, "http://app"));
    let topology = follow(&Config::read(&document("a.conf", &text), &NoIncludes));
    let [longest, ..] = topology.chains.as_slice() else { panic!("no chain") };
    assert_eq!(longest.hops.len(), 8);
    let judgement = express::ExpressSetting::Hops(1).judge(longest);
    assert_eq!(judgement.ip, Verdict::Forgeable(HeaderName::FORWARDED_FOR));
}

#[test]
fn more_lines_than_are_followed_are_told() {
    let line = "proxy_set_header X-Forwarded-For $remote_addr;".repeat(500);
    let location = |at| format!("location /{at}/ {{ proxy_pass http://app; }}");
    let few: String = (0..300).map(location).collect();
    let many: String = (0..700).map(location).collect();
    let complete = |locations: &str| {
        let text = format!("server {{ {line} {locations} }}");
        follow(&Config::read(&document("a.conf", &text), &NoIncludes)).complete
    };
    assert!(complete(&few));
    assert!(!complete(&many));
}

#[test]
fn included_blocks_nest_no_deeper_than_a_stack_allows() {
    struct Deeper;
    impl Includes for Deeper {
        fn find(&self, _: &FilePath, pattern: &str) -> Option<Vec<Document>> {
            let text =
                format!("{} include {pattern}x; {}", "location / {".repeat(60), "}".repeat(60));
            Some(vec![document(pattern, &text)])
        }
    }
    let config = Config::read(&document("a.conf", "server { include b; }"), &Deeper);
    assert_eq!(config.problems.len(), 1);
    let [problem] = config.problems.as_slice() else { panic!("not one problem") };
    assert!(problem.kind.why().is_some());
}

proptest! {
    #[test]
    fn never_panics(
        words in proptest::collection::vec(
            prop_oneof![
                Just("server {"), Just("location / {"), Just("location ~ ( {"), Just("}"),
                Just("location ~* ^/a {"), Just("listen 80;"), Just("listen [::]:80 ssl;"),
                Just("listen ;"), Just("proxy_pass http://app;"), Just("proxy_pass http://self;"),
                Just("proxy_pass $x;"), Just("proxy_pass ;"), Just("proxy_pass http://[::1;"),
                Just("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"),
                Just("proxy_set_header Host ${;"), Just("proxy_set_header X;"),
                Just("set_real_ip_from 10.0.0.0/99;"), Just("set_real_ip_from 0.0.0.0/0;"),
                Just("real_ip_header proxy_protocol;"), Just("real_ip_recursive on;"),
                Just("map $http_x $x {"), Just("default $y;"), Just("upstream self {"),
                Just("server b:1;"), Just("server_name ~( *.é .a;"), Just("set $x $1;"),
                Just("if ($a) {"), Just("http {"), Just("include x;"), Just("é;"),
            ],
            0..30,
        ),
        target in "\\PC{0,12}",
        host in proptest::option::of("\\PC{0,8}"),
    ) {
        let config = Config::read(&document("a.conf", &words.join("\n")), &NoIncludes);
        let topology = follow(&config);
        for chain in &topology.chains {
            express::ExpressSetting::Hops(1).judge(chain);
        }
        config.select("127.0.0.1".parse().unwrap(), 80, host.as_deref(), &target);
        express::ExpressSetting::from_text(&target, express::Conversion::RawText);
        express::ExpressSetting::from_text(&target, express::Conversion::NumberOrBoolean);
    }
}

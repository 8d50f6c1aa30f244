//! The simulation against measured chains: real nginx in one to three hops, in front of real
//! Express and Auth.js. Every request of every case is predicted from the configurations alone
//! and compared with what arrived.

#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures itself")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use envlint_model::{FilePath, Files, Form, MemoryFiles, Name, Sources};
use envlint_parse::nginx::{self as syntax, Document};
use envlint_proxy::express::{Conversion, ExpressSetting};
use envlint_proxy::nginx::{Config, Includes, Selection, matching_files};
use envlint_proxy::{
    Address, Chain, Client, Entry, HeaderName, Hop, Judgement, Message, Text, Verdict, authjs,
};
use serde_json::Value;

/// Cases in which the simulation says of some requests that it does not know, and why. What it
/// does predict in them is compared all the same.
const NOT_KNOWN: &[(&str, &str)] = &[
    ("085-inh-if-in-location", "`if` chooses the route"),
    ("086-inh-if-set-var", "`set` inside of `if`"),
    ("088-inh-limit-except", "`limit_except` chooses the route"),
    ("120-realip-allow-deny-uses-realip", "`allow` and `deny`"),
    ("130-route-x-accel-redirect-internal", "`internal`"),
    ("131-route-allow-deny-order", "`allow` and `deny`"),
    ("133-route-allow-without-deny", "`allow` and `deny`"),
    ("135-route-satisfy-any", "`satisfy`"),
    ("136-route-server-deny-location-allow", "`allow` and `deny`"),
    ("138-route-geo-proxy-directive", "`geo` and `if`"),
    ("140-route-auth-request", "`auth_request`"),
    ("150-route-uri-variable-backend", "`proxy_pass` with `$uri` and `$request_uri`"),
    ("151-route-uri-rewrite-break", "`rewrite`"),
    ("153-route-uri-try-files", "`try_files`"),
    ("158-route-map-backend", "`map` with regular expressions"),
    ("160-route-split-if-method-cookie", "`if` chooses the route"),
    ("161-route-if-rewrite-last", "`if` and `rewrite`"),
    ("168-vhost-regex-named-capture", "captures of `server_name`"),
    ("190-misc-map-trusted-xfp", "`geo`"),
];

/// Requests whose fate turns on something that is no part of the simulation.
const BEYOND: &[(&str, &str, &str)] = &[
    ("156-route-error-page-named", "get:/dead", ERROR_PAGE),
    ("156-route-error-page-named", "get:/status/503", ERROR_PAGE),
    ("156-route-error-page-named", "get:/status/404", ERROR_PAGE),
    ("175-misc-underscores-on", "space_before_colon", HEADER_SYNTAX),
    ("176-misc-underscores-ignore-invalid-off", "space_before_colon", HEADER_SYNTAX),
    ("460-body-nginx-default-1m", "post1048577", BODY_SIZE),
    ("460-body-nginx-default-1m", "chunked1048577", BODY_SIZE),
    ("461-body-nginx-server-2m", "post2097153", BODY_SIZE),
    ("461-body-nginx-server-2m", "chunked2097153", BODY_SIZE),
    ("465-body-nginx-other-location-bigger", "post1048577", BODY_SIZE),
    ("465-body-nginx-other-location-bigger", "chunked1048577", BODY_SIZE),
    ("465-body-nginx-other-location-bigger", "upload3145729", BODY_SIZE),
    ("466-body-nginx-no-request-buffering", "post10241", BODY_SIZE),
    ("466-body-nginx-no-request-buffering", "chunked10241", BODY_SIZE),
    ("473-body-chain-nginx-default-inner-2m", "post1048577", BODY_SIZE),
    ("473-body-chain-nginx-default-inner-2m", "chunked1048577", BODY_SIZE),
];

const ERROR_PAGE: &str = "the answer of the application leads to a second request";
const HEADER_SYNTAX: &str = "nginx answers 400 to a space before the colon";
const BODY_SIZE: &str = "`client_max_body_size`";

struct Case {
    name: String,
    layers: Vec<Layer>,
    measured: Value,
}

struct Layer {
    config: Config,
    listens: Vec<SocketAddr>,
    source: Address,
}

/// What is predicted of a request.
enum Prediction {
    /// It arrives here as this, after these hops.
    Arrives(SocketAddr, Message, Vec<Hop>),
    /// Some nginx answers it.
    Answered,
    /// A directive that is not followed decides.
    NotFollowed,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/proxylab/cases");
    let mut directories: Vec<PathBuf> =
        std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    directories.sort();
    assert!(directories.len() > 150, "the measured cases are missing");
    directories.iter().map(|directory| read_case(directory)).collect()
}

fn read_case(directory: &Path) -> Case {
    let text = std::fs::read_to_string(directory.join("measured.json")).unwrap();
    let measured: Value = serde_json::from_str(&text).unwrap();
    let layers = measured["layers"].as_array().unwrap().iter().enumerate();
    let layers = layers.map(|(index, layer)| {
        let root = directory.join(format!("layer{index}"));
        let mut files = MemoryFiles::new();
        load(&root, &root, &mut files);
        let listens = [&layer["listen"], &layer["tls_listen"]].map(|list| strings(list));
        Layer {
            config: read_config(&LayerFiles { files, sources: Sources::default() }),
            listens: listens.iter().flatten().map(|text| text.parse().unwrap()).collect(),
            source: Address::Exactly(layer["source"].as_str().unwrap().parse().unwrap()),
        }
    });
    let name = directory.file_name().unwrap().to_string_lossy().into_owned();
    Case { name, layers: layers.collect(), measured }
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

fn load(directory: &Path, root: &Path, files: &mut MemoryFiles) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            load(&path, root, files);
        } else {
            let inside = format!("/etc/nginx/{}", path.strip_prefix(root).unwrap().display());
            files.insert(&inside, std::fs::read(&path).unwrap());
        }
    }
}

struct LayerFiles {
    files: MemoryFiles,
    sources: Sources,
}

impl LayerFiles {
    fn document(&self, path: &FilePath) -> Document {
        let bytes = self.files.read(path).unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap().into_boxed_str();
        syntax::parse(&self.sources.add(path.clone(), Form::Plain, text.into())).0
    }
}

impl Includes for LayerFiles {
    fn find(&self, _: &FilePath, pattern: &str) -> Option<Vec<Document>> {
        let found = matching_files(&self.files, &FilePath::new("/etc/nginx").join(pattern));
        let documents = found.iter().map(|path| self.document(path)).collect();
        (!found.is_empty()).then_some(documents)
    }
}

fn read_config(files: &LayerFiles) -> Config {
    Config::read(&files.document(&FilePath::new("/etc/nginx/nginx.conf")), files)
}

impl Case {
    fn predict(&self, request: &Value) -> Prediction {
        let client = Client {
            address: Address::Exactly(request["client"].as_str().unwrap().parse().unwrap()),
            host: request["host"].as_str().map(str::to_owned),
            target: request["path"].as_str().unwrap().to_owned(),
            headers: sent_headers(request),
        };
        let mut message = client.request();
        let mut layer = match request["entry"].as_str().unwrap_or("L0") {
            "APP" => {
                let at = request["app"][0]["listen"].as_str().unwrap().parse().unwrap();
                return Prediction::Arrives(at, message, Vec::new());
            }
            entry => entry[1..].parse::<usize>().unwrap(),
        };
        let port = request["port"].as_u64().unwrap() as u16;
        let listens = &self.layers[layer].listens;
        let mut at = *listens.iter().find(|listen| listen.port() == port).unwrap();
        let mut hops = Vec::new();
        loop {
            let host = message.headers.first(&HeaderName::HOST).and_then(Text::text);
            let config = &self.layers[layer].config;
            let host = host.as_deref().map(String::as_str);
            match config.select(at.ip(), at.port(), host, &message.target) {
                Selection::Route(route, listen) => {
                    let hop = route.hop("nginx", listen, self.layers[layer].source.clone());
                    message = hop.forward(hops.len(), &message);
                    hops.push(hop);
                    let Some(endpoint) = route.upstream.endpoints.first() else {
                        return Prediction::NotFollowed;
                    };
                    let ip: IpAddr = endpoint.host.parse().unwrap();
                    at = SocketAddr::new(ip, endpoint.port);
                }
                Selection::Answered | Selection::Refused => return Prediction::Answered,
                Selection::Undecided(_) | Selection::UnreadableRegex => {
                    return Prediction::NotFollowed;
                }
            }
            match self.layers.iter().position(|other| other.listens.contains(&at)) {
                Some(next) => layer = next,
                None => return Prediction::Arrives(at, message, hops),
            }
        }
    }
}

fn sent_headers(request: &Value) -> Vec<(HeaderName, String)> {
    let pairs = request["headers"].as_array().map_or(&[][..], Vec::as_slice);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    pairs.iter().map(|pair| (HeaderName::new(&text(&pair[0])), text(&pair[1]))).collect()
}

struct Difference {
    text: String,
    /// Whether the simulation predicted something else, rather than said that it does not know.
    known: bool,
}

/// What differs between a prediction and what was measured; nothing, if all is well.
fn differences(case: &Case, request: &Value) -> Vec<Difference> {
    let arrived = request["app"].as_array().unwrap();
    match (case.predict(request), arrived.as_slice()) {
        (Prediction::Answered, []) => Vec::new(),
        (Prediction::Arrives(at, message, _), [app]) => {
            let mut found = Vec::new();
            let mut compare = |what: &str, predicted: String, measured: String| {
                if predicted != measured {
                    let known = !predicted.contains('?');
                    let text = format!("{what}: predicted {predicted}, measured {measured}");
                    found.push(Difference { text, known });
                }
            };
            compare("target", at.to_string(), app["listen"].as_str().unwrap().to_owned());
            compare("peer", shown(&peer(&message)), text_of(&app["peer"]));
            compare("host", lines(&message, "host"), list_of(&app["host"]));
            for name in forwarding_headers(&message, app) {
                let measured = list_of(&app["forwarded"][&name]);
                compare(&name, lines(&message, &name), measured);
            }
            let settings = strings(&case.measured["express"]);
            for (setting, digit) in settings.iter().zip(text_of(&app["by"]).chars()) {
                let Some(digit) = digit.to_digit(10) else { continue };
                let view = express_setting(setting).view(&message);
                let seen = [&view.ip, &view.protocol, &view.hostname].map(shown);
                let measured = &app["express"][digit as usize];
                let measured = [0, 1, 2].map(|part| text_of(&measured[part]));
                compare(&format!("express {setting}"), seen.join(" "), measured.join(" "));
            }
            if let Some(url) = app["authjs"].as_str() {
                compare("auth.js", auth_url(&message), url.to_owned());
            }
            found
        }
        (Prediction::NotFollowed, _) => {
            vec![Difference { text: "not followed".into(), known: false }]
        }
        (prediction, some) => {
            let expected = usize::from(matches!(prediction, Prediction::Arrives(..)));
            let text = format!("predicted {expected} arrivals, measured {}", some.len());
            vec![Difference { text, known: true }]
        }
    }
}

fn peer(message: &Message) -> Text {
    Text::address(message.peer.address.clone(), message.peer.source.clone())
}

fn shown(text: &Text) -> String {
    text.text().map_or_else(|| "?".into(), |text| text.to_string())
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}

fn list_of(value: &Value) -> String {
    value.as_array().map_or_else(String::new, |_| strings(value).join(" | "))
}

fn lines(message: &Message, name: &str) -> String {
    let name = HeaderName::new(name);
    let lines = message.headers.all(&name).map(shown);
    lines.collect::<Vec<_>>().join(" | ")
}

/// The forwarding headers: those that the lab recorded, and those of its list that are
/// predicted.
fn forwarding_headers(message: &Message, app: &Value) -> Vec<String> {
    const LISTED: [&str; 17] = [
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-server",
        "x-forwarded-prefix",
        "x-forwarded-ssl",
        "x-real-ip",
        "forwarded",
        "cf-connecting-ip",
        "true-client-ip",
        "x-client-ip",
        "x-scheme",
        "x_forwarded_for",
        "x_forwarded_proto",
        "x_real_ip",
        "x-original-uri",
    ];
    let recorded = app["forwarded"].as_object().unwrap().keys().cloned();
    let predicted = message.headers.lines().map(|(name, _)| name.as_str().to_owned());
    let predicted = predicted.filter(|name| LISTED.contains(&name.as_str()));
    let mut names: Vec<String> = recorded.chain(predicted).collect();
    names.sort();
    names.dedup();
    names
}

fn express_setting(name: &str) -> ExpressSetting {
    match name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(text) => ExpressSetting::from_text(text, Conversion::RawText),
        None => ExpressSetting::from_text(name, Conversion::NumberOrBoolean),
    }
}

/// The URL that Auth.js builds: default ports vanish, lists are refused.
fn auth_url(message: &Message) -> String {
    let view = authjs::view(message);
    let (scheme, host) = (shown(&view.protocol), shown(&view.hostname).to_ascii_lowercase());
    let default = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default).unwrap_or(&host);
    format!("{scheme}://{host}/auth/callback")
}

#[test]
fn predictions_are_what_was_measured() {
    let (mut compared, mut wrong) = (0, Vec::new());
    let mut excused: BTreeSet<String> = BTreeSet::new();
    for case in cases() {
        for request in case.measured["requests"].as_array().unwrap() {
            let id = text_of(&request["id"]);
            compared += 1;
            for Difference { text, known } in differences(&case, request) {
                if BEYOND.iter().any(|(name, request, _)| *name == case.name && *request == id) {
                    excused.insert(format!("{} {id}", case.name));
                } else if !known && NOT_KNOWN.iter().any(|(name, _)| *name == case.name) {
                    excused.insert(case.name.clone());
                } else {
                    wrong.push(format!("{} {id}: {text}", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1300, "only {compared} requests were compared");
    // An excuse that nothing needs hides the next mistake.
    let not_known = NOT_KNOWN.iter().map(|(name, _)| (*name).to_owned());
    let beyond = BEYOND.iter().map(|(name, id, _)| format!("{name} {id}"));
    let listed: BTreeSet<String> = not_known.chain(beyond).collect();
    assert_eq!(excused, listed);
}

/// What is said of a chain before any request is seen, with no address known, must hold for
/// every request that was measured on it.
#[test]
fn verdicts_hold_for_every_measured_request() {
    let (mut judged, mut wrong) = (0, Vec::new());
    for case in cases() {
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        for request in case.measured["requests"].as_array().unwrap() {
            let Prediction::Arrives(_, _, hops) = case.predict(request) else { continue };
            let [app] = request["app"].as_array().unwrap().as_slice() else { continue };
            if is_inside(&hops, request) {
                continue;
            }
            let listeners = hops.iter().map(|hop| format!("{:?}{:?}", hop.pass, hop.listener.span));
            let group = groups.entry(listeners.collect()).or_insert_with(|| Group::new(&hops));
            group.requests.push((request, app));
        }
        for (setting, name) in [(0, "0"), (1, "1"), (2, "2"), (3, "3"), (u32::MAX, "true")] {
            let setting = match setting {
                0 => ExpressSetting::None,
                u32::MAX => ExpressSetting::All,
                hops => ExpressSetting::Hops(hops),
            };
            let settings = strings(&case.measured["express"]);
            let Some(column) = settings.iter().position(|other| *other == name) else { continue };
            for group in groups.values() {
                let judgement = setting.judge(&group.chain);
                judged += 1;
                for false_verdict in group.contradictions(&judgement, column) {
                    wrong.push(format!("{} trust {name}: {false_verdict}", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} verdicts:\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 1000, "only {judged} verdicts were compared");
}

/// Whether the client has an address of a private range that the first hop trusts. Verdicts are
/// about clients on the internet, which have none.
fn is_inside(hops: &[Hop], request: &Value) -> bool {
    let client: IpAddr = request["client"].as_str().unwrap().parse().unwrap();
    let trusted =
        hops.first().and_then(|hop| hop.real_ip.as_ref()).map(|real_ip| real_ip.from.iter());
    trusted.into_iter().flatten().any(|range| range.is_not_routed() && range.contains(client))
}

/// The host that honest clients of the lab ask for.
const HOST: &str = "app.example.test";

/// The requests that took one way.
struct Group<'a> {
    chain: Chain,
    sources: Vec<String>,
    requests: Vec<(&'a Value, &'a Value)>,
}

impl Group<'_> {
    fn new(hops: &[Hop]) -> Self {
        let address = |hop: &Hop| match &hop.address {
            Address::Exactly(address) => address.to_string(),
            _ => "?".to_owned(),
        };
        let unknown = hops.iter().map(|hop| Hop { address: Address::Unknown, ..hop.clone() });
        let chain = Chain::new(Name::new("app"), Entry::Perhaps, unknown.collect())
            .with_host(Some(HOST.to_owned()));
        Self { chain, sources: hops.iter().map(address).collect(), requests: Vec::new() }
    }

    fn contradictions(&self, judgement: &Judgement, column: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut forged = [false; 3];
        let forging = self.requests.iter().any(|(request, _)| request["id"] == "all_spoofed");
        for (request, app) in &self.requests {
            let digit = text_of(&app["by"]).chars().nth(column).and_then(|d| d.to_digit(10));
            let Some(digit) = digit else { continue };
            let [ip, protocol, hostname] =
                [0, 1, 2].map(|part| text_of(&app["express"][digit as usize][part]));
            let scheme = if request["tls"] == true { "https" } else { "http" };
            let host = text_of(&request["host"]).to_ascii_lowercase();
            let host = host.split(':').next().unwrap_or("").trim_end_matches('.').to_owned();
            let client = text_of(&request["client"]);
            let truths = [
                (&judgement.ip, ip == client, "ip"),
                (&judgement.protocol, protocol == scheme, "protocol"),
                (&judgement.hostname, same_host(&hostname, &host), "hostname"),
            ];
            for (at, (verdict, true_here, what)) in truths.into_iter().enumerate() {
                forged[at] |= !true_here;
                let honest = request["headers"].is_null() && !host.is_empty();
                let contradicted = match verdict {
                    Verdict::Right => !true_here && !host.is_empty(),
                    Verdict::Wrong => true_here && honest,
                    Verdict::Hop(hop) => ip != self.sources[*hop],
                    Verdict::Forgeable(_) | Verdict::Unknown(_) => false,
                };
                if contradicted {
                    let id = text_of(&request["id"]);
                    found.push(format!("{what} is {verdict:?}, but not for {id}"));
                }
            }
        }
        let verdicts = [&judgement.ip, &judgement.protocol, &judgement.hostname];
        for (verdict, forged) in verdicts.into_iter().zip(forged) {
            if forging && matches!(verdict, Verdict::Forgeable(_)) && !forged {
                found.push(format!("{verdict:?}, but no forged request succeeded"));
            }
        }
        found
    }
}

fn same_host(seen: &str, asked: &str) -> bool {
    let seen = seen.trim_end_matches('.');
    seen.eq_ignore_ascii_case(asked) || seen.eq_ignore_ascii_case(HOST)
}

//! Whom a service believes, as its settings have it and as its framework reads them.
//!
//! The rules of this group share one question: what does the application make of a request that
//! came through a chain? A [`Decision`] holds what is needed to answer it: the variable that
//! decides, what the framework makes of its text, and the chains before the service. Where the
//! text does not do what it says, nothing else is asked: `trust-setting-misread` tells that, and
//! the other rules wait until it is mended.

use std::sync::Arc;

use envlint_model::{Finding, Phase, Reader, Rule, SourceFile, Span, Unverifiable};
use envlint_proxy::authjs::{self, AuthVariables, TrustHostReading, trust_host};
use envlint_proxy::express::{Conversion, ExpressSetting, Rejection};
use envlint_proxy::{Chain, Judgement, Message};
use envlint_resolve::Setting;
use envlint_schema::{Empty, Framework, HostReading, Role, TrustReading, Variable};
use envlint_types::kinds::boolean;

use crate::Context;
use crate::cases::{place_of, steps};
use crate::context::{Use, View};
use crate::values::Held;

/// A variable that decides whom a service believes.
pub(crate) struct Decision<'a> {
    /// The service.
    pub(crate) each: Use<'a>,
    /// The variable.
    pub(crate) variable: &'a Variable,
    /// What it comes to.
    pub(crate) trust: Trust,
    pub(crate) context: &'a Context,
}

/// What a trust setting comes to.
pub(crate) enum Trust {
    /// `trust proxy` of Express.
    Express(ExpressSetting),
    /// `trustHost` of Auth.js.
    AuthJs {
        /// Whether it is on.
        trusted: bool,
        /// Whether it takes its own address from requests; otherwise AUTH_URL says it.
        from_requests: bool,
    },
    /// Something else than its text says.
    Misread(Misread),
    /// It can not be told; the reason continues "not verified: NAME of SERVICE (...)".
    Unknown(String),
}

/// How a trust setting does not do what its text says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Misread {
    /// Express takes a number for an address, and trusts nobody.
    NumberAsAddress,
    /// Express does not start.
    Refused(Rejection),
    /// The application asks for a number and gets none: Express trusts nobody.
    NoNumber,
    /// A part of a proxy counts as a whole one.
    Fraction(u32),
    /// Auth.js takes any text for a yes, also this no.
    OffTurnsOn,
    /// The application compares with `true`; this yes is another text.
    OnStaysOff,
    /// This variable is the empty text, and so hides those that Auth.js would ask after it.
    Hides(&'static str),
}

/// What Auth.js does where it does not trust the host of a request.
pub(crate) const REFUSED: &str =
    "Auth.js answers every request for a session with UntrustedHost, status 500";

/// What is said of a framework that is not followed.
const NOT_FOLLOWED: &str = "what its framework makes of the setting is not known";

/// Every trust setting of every service.
pub(crate) fn decisions(context: &Context) -> impl Iterator<Item = Decision<'_>> {
    context.uses().flat_map(move |each| {
        each.schema.variables().iter().filter_map(move |variable| {
            let trust = match variable.role.as_ref()? {
                Role::TrustProxy { framework, reads } => {
                    express(&each, variable, *framework, *reads)
                }
                Role::TrustHost { framework, reads } => {
                    auth_js(&each, variable, *framework, *reads)
                }
                _ => return None,
            };
            Some(Decision { each, variable, trust, context })
        })
    })
}

fn express(
    each: &Use<'_>,
    variable: &Variable,
    framework: Framework,
    reads: TrustReading,
) -> Trust {
    if framework != Framework::Express {
        return Trust::Unknown(NOT_FOLLOWED.to_owned());
    }
    let conversion = match reads {
        TrustReading::RawText | TrustReading::List => Conversion::RawText,
        TrustReading::Number => Conversion::Number,
        TrustReading::NumberOrBoolean => Conversion::NumberOrBoolean,
    };
    let read = |text: Option<&str>| match text {
        None => Trust::Express(ExpressSetting::None),
        Some(text) => express_text(text.trim(), conversion),
    };
    with_effective(each, variable, read).unwrap_or_else(Trust::Unknown)
}

fn express_text(text: &str, conversion: Conversion) -> Trust {
    let setting = ExpressSetting::from_text(text, conversion);
    let number: Option<f64> = text.parse().ok();
    let says_no = text.is_empty() || boolean::meaning(text) == Some(false);
    match (&setting, conversion) {
        (ExpressSetting::Rejected(why), _) => Trust::Misread(Misread::Refused(*why)),
        // 0.0.0.0 is no proxy's address: nobody is trusted, as the text says.
        (ExpressSetting::Addresses(_), _) if number == Some(0.0) => {
            Trust::Express(ExpressSetting::None)
        }
        (ExpressSetting::Addresses(_), _) if number.is_some() => {
            Trust::Misread(Misread::NumberAsAddress)
        }
        (ExpressSetting::None, Conversion::Number) if number.is_none() && !says_no => {
            Trust::Misread(Misread::NoNumber)
        }
        (ExpressSetting::Hops(hops), _) if number.is_some_and(|number| number.fract() != 0.0) => {
            Trust::Misread(Misread::Fraction(*hops))
        }
        _ => Trust::Express(setting),
    }
}

fn auth_js(each: &Use<'_>, variable: &Variable, framework: Framework, reads: HostReading) -> Trust {
    if framework != Framework::AuthJs {
        return Trust::Unknown(NOT_FOLLOWED.to_owned());
    }
    let reading = match reads {
        HostReading::LiteralTrue => TrustHostReading::LiteralTrue,
        HostReading::AnyText => TrustHostReading::AuthJs,
    };
    with_effective(each, variable, |text| auth_js_text(each, text, reading))
        .unwrap_or_else(Trust::Unknown)
}

fn auth_js_text(each: &Use<'_>, text: Option<&str>, reading: TrustHostReading) -> Trust {
    // Only whether these are empty counts, and a piece that is not known was put there by
    // somebody.
    let given = |name: &str| {
        let setting = each.setting(name)?;
        Some(if setting.value.is_empty() { "" } else { "given" })
    };
    // Images set NODE_ENV=production themselves; a service that lacks it is not trusting yet.
    let node_env = each.setting("NODE_ENV").and_then(|setting| setting.value.known());
    let production = node_env.is_none_or(|text| text.as_str() == "production");
    let variables = AuthVariables {
        auth_url: given("AUTH_URL"),
        auth_trust_host: text,
        vercel: given("VERCEL"),
        cf_pages: given("CF_PAGES"),
        node_env: Some(if production { "production" } else { "development" }),
    };
    let decided = trust_host(&variables, reading);
    let says = text.and_then(boolean::meaning);
    let hidden = match decided.decided_by {
        "AUTH_URL" => text.is_some_and(|text| !text.is_empty()) && says != Some(false),
        "AUTH_TRUST_HOST" => [variables.vercel, variables.cf_pages].contains(&Some("given")),
        _ => false,
    };
    match (reading, decided.trusted) {
        (TrustHostReading::LiteralTrue, false) if says == Some(true) => {
            Trust::Misread(Misread::OnStaysOff)
        }
        (TrustHostReading::AuthJs, true)
            if decided.decided_by != "AUTH_URL" && says == Some(false) =>
        {
            Trust::Misread(Misread::OffTurnsOn)
        }
        (TrustHostReading::AuthJs, false) if hidden => {
            Trust::Misread(Misread::Hides(decided.decided_by))
        }
        (_, trusted) => {
            let address = given("AUTH_URL").or_else(|| given("NEXTAUTH_URL"));
            Trust::AuthJs { trusted, from_requests: address.is_none_or(str::is_empty) }
        }
    }
}

/// Hands on the text that the service sees, empty texts and defaults taken into account; or the
/// reason why it is not known.
fn with_effective<R>(
    each: &Use<'_>,
    variable: &Variable,
    read: impl FnOnce(Option<&str>) -> R,
) -> Result<R, String> {
    let default = variable.default.as_deref();
    match (each.setting(&variable.name), &each.workload.beyond) {
        (Some(setting), _) if setting.value.is_empty() => match &variable.empty {
            Empty::Unset => Ok(read(default)),
            Empty::Reads(text) => Ok(read(Some(text))),
            Empty::Value | Empty::Error => Ok(read(Some(""))),
        },
        (Some(Setting { value, .. }), _) => match (value.known(), value.first_unknown()) {
            (Some(text), _) => Ok(read(Some(text.as_str()))),
            (None, why) => Err(why.map(ToString::to_string).unwrap_or_default()),
        },
        (None, Some(why)) => Err(format!("may be set {why}")),
        (None, None) => Ok(read(default)),
    }
}

impl<'a> Decision<'a> {
    /// The environment.
    pub(crate) fn view(&self) -> &'a View {
        self.each.view
    }

    /// The service, as the reader calls it.
    pub(crate) fn service(&self) -> &'a str {
        self.each.workload.service.as_str()
    }

    /// The variable's name.
    pub(crate) fn name(&self) -> &'a str {
        self.variable.name.as_str()
    }

    /// Whether anybody is believed; `None` if that is not known, or not what the text says.
    pub(crate) fn trusts(&self) -> Option<bool> {
        match &self.trust {
            Trust::Express(setting) => Some(*setting != ExpressSetting::None),
            Trust::AuthJs { trusted, .. } => Some(*trusted),
            Trust::Misread(_) | Trust::Unknown(_) => None,
        }
    }

    /// The ways through at least one proxy.
    pub(crate) fn proxied(&self) -> Vec<&'a Chain> {
        self.chains().filter(|chain| !chain.hops.is_empty()).collect()
    }

    /// The ways past every proxy.
    pub(crate) fn direct(&self) -> Vec<&'a Chain> {
        self.chains().filter(|chain| chain.hops.is_empty()).collect()
    }

    fn chains(&self) -> impl Iterator<Item = &'a Chain> {
        self.view().proxies.topology.to(&self.each.workload.name)
    }

    /// Why what the setting does to requests can not be told, if it can not: its text is not
    /// known, or nothing is known of what stands before the service.
    pub(crate) fn open_question(&self) -> Option<String> {
        let proxied = !self.proxied().is_empty();
        let reached = self.chains().next().is_some();
        match &self.trust {
            Trust::Unknown(why) if reached => Some(why.clone()),
            _ if proxied && !self.view().proxies.topology.complete => {
                Some("more ways lead to it than are followed".to_owned())
            }
            Trust::Express(ExpressSetting::None) => None,
            Trust::Express(_) | Trust::AuthJs { trusted: true, from_requests: true }
                if !proxied =>
            {
                let service = self.service();
                Some(format!("no proxy before {service} is known: declare it under [[proxy.hops]]"))
            }
            _ => None,
        }
    }

    /// The verdicts on what the application takes from a request at the end of a chain; `None`
    /// if it takes nothing.
    pub(crate) fn judge(&self, chain: &Chain) -> Option<Judgement> {
        match &self.trust {
            Trust::Express(ExpressSetting::None) => None,
            Trust::Express(setting) => Some(setting.judge(chain)),
            Trust::AuthJs { trusted: true, from_requests: true } => Some(authjs::judge(chain)),
            Trust::AuthJs { .. } | Trust::Misread(_) | Trust::Unknown(_) => None,
        }
    }

    /// What the application sees of a request.
    pub(crate) fn sees(&self, message: &Message) -> envlint_proxy::View {
        match &self.trust {
            Trust::Express(setting) => setting.view(message),
            _ => authjs::view(message),
        }
    }

    /// How the variable is set.
    pub(crate) fn setting(&self) -> Option<&'a Setting> {
        self.each.setting(&self.variable.name)
    }

    /// A finding about the variable, at its value, or where the service is defined without it.
    pub(crate) fn finding(
        &self,
        rule: &Rule<Context>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Finding {
        let finding = rule.finding(self.each.subject(&self.variable.name), message);
        self.at_setting(finding, label).scopes([self.each.workload.scope.clone()])
    }

    /// Points at the value, and at each step that it takes from there to the service.
    pub(crate) fn at_setting(&self, finding: Finding, label: impl Into<String>) -> Finding {
        let Some(setting) = self.setting() else {
            let unset = match &self.variable.default {
                Some(default) => format!("{} is not set: its default is {default}", self.name()),
                None => format!("{} is not set", self.name()),
            };
            return finding.at(self.each.workload.place, unset);
        };
        let taken = format!("{} takes it from there", self.service());
        steps(setting, None)
            .into_iter()
            .fold(finding.at(place_of(setting, None), label), |finding, step| {
                finding.at(step, &*taken)
            })
    }

    /// The setting with another value, as the file that sets it would have it.
    pub(crate) fn line(&self, value: &str) -> String {
        let Some(setting) = self.setting() else {
            return match self.each.workload.in_compose {
                true => format!("{}: \"{value}\"", self.name()),
                false => format!("{}={value}", self.name()),
            };
        };
        let held = Held {
            view: self.view(),
            workload: self.each.workload,
            phase: Phase::Run,
            name: &self.variable.name,
            setting,
            schema: Some(self.each.schema),
        };
        match origin_reader(setting) {
            Reader::ComposeFile if self.is_listed(setting) => format!("- {}={value}", self.name()),
            Reader::ComposeFile => held.line(&format!("\"{value}\"")),
            _ => held.line(value),
        }
    }

    /// Whether Compose has it in a list, as `- NAME=value`.
    fn is_listed(&self, setting: &Setting) -> bool {
        let name = setting.name_span;
        let file = self.context.documents.sources().get(name.file);
        let line = |file: Arc<SourceFile>| {
            let rest = Span { start: name.end, ..file.line_around(name.end) };
            file.slice(rest).starts_with('=')
        };
        file.is_some_and(line)
    }

    /// Where the value stands, if it stands there for this variable alone and as it is.
    pub(crate) fn own_text(&self) -> Option<Span> {
        let [piece] = self.setting()?.value.pieces() else { return None };
        let span = piece.origin.span;
        let all = self.view().deployment.workloads.iter().flat_map(|each| each.run.iter());
        let shared = all
            .flat_map(|(_, setting)| setting.value.pieces())
            .filter(|piece| piece.origin.span == span)
            .count();
        (shared == 1 && piece.origin.via.is_empty()).then_some(span)
    }

    /// That a rule can not judge the setting.
    pub(crate) fn unverifiable(
        &self,
        rule: &Rule<Context>,
        reason: impl Into<String>,
    ) -> Unverifiable {
        Unverifiable {
            rule: rule.name,
            subject: self.each.subject(&self.variable.name),
            reason: reason.into(),
            span: self.setting().map(|setting| setting.name_span),
            scopes: vec![self.each.workload.scope.clone()],
        }
    }
}

/// Who reads the file in which the value stands.
fn origin_reader(setting: &Setting) -> Reader {
    match setting.value.pieces() {
        [only] => only.origin.reader,
        _ => setting.value.origin().reader,
    }
}

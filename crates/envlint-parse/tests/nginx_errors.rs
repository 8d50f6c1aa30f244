//! What is said about configurations that nginx refuses, and what is read all the same.

use std::sync::Arc;

use envlint_model::{Form, SourceFile, Sources};
use envlint_parse::nginx::{self, Context, Directive};
use proptest::prelude::*;

fn source(text: &str) -> Arc<SourceFile> {
    let text = text.to_owned().into_boxed_str();
    Sources::default().add("nginx.conf".into(), Form::Plain, text.into())
}

/// Each error as `line:column message`, and the directives that were read.
fn read(text: &str) -> (Vec<String>, String) {
    let source = source(text);
    let (document, errors) = nginx::parse(&source);
    let told = errors.iter().map(|error| {
        let at = source.position(error.span.start);
        format!("{}:{} {}", at.line, at.column, error.message)
    });
    let mut shape = String::new();
    write_shape(document.directives(), &mut shape);
    (told.collect(), shape)
}

fn write_shape(directives: &[Directive], shape: &mut String) {
    for directive in directives {
        shape.push_str(directive.name());
        directive.args.iter().for_each(|arg| {
            shape.push(' ');
            shape.push_str(arg.text());
        });
        match directive.block {
            Some(_) => {
                shape.push('{');
                write_shape(directive.children(), shape);
                shape.push('}');
            }
            None => shape.push(';'),
        }
    }
}

#[test]
fn reports_what_nginx_refuses_and_reads_on() {
    let cases: &[(&str, &[&str], &str)] = &[
        (
            "location /api/ {\nproxy_pass http://core;\nproxy_set_header Host $ host ;\n}",
            &["3:23 a space separates `$` from its variable's name"],
            "location /api/{proxy_pass http://core;proxy_set_header Host $host;}",
        ),
        (
            "server {\n  proxy_buffering off\n  proxy_cache off;\n}\n",
            &["2:21 missing `;`"],
            "server{proxy_buffering off;proxy_cache off;}",
        ),
        (
            "server {\n  root /srv\n  location / {\n    return 204;\n  }\n}\n",
            &["2:11 missing `;`"],
            "server{root /srv;location /{return 204;}}",
        ),
        (
            "location / { proxy_pass http://a }",
            &["1:25 missing `;` before `}`"],
            "location /{proxy_pass http://a;}",
        ),
        (
            "server {\n  location / {\n    return 204;\n}\nserver {\n  listen 81;\n}\n",
            &["2:14 a `}` is missing: this block is not closed"],
            "server{location /{return 204;}server{listen 81;}}",
        ),
        ("server { }\n}\nserver { }\n", &["2:1 this `}` closes nothing"], "server{}server{}"),
        (
            "server {\n  add_header X \"a;\n  add_header Y \"b\";\n}\n",
            &["2:16 this quote is not closed"],
            "server{add_header X a;add_header Y b;}",
        ),
        ("server { listen 80;; }", &["1:20 this `;` ends nothing"], "server{listen 80;}"),
        ("{ listen 80; }", &["1:1 a block without a directive before it"], "listen 80;"),
        (
            "http { proxy_pass http://a; }",
            &["1:8 `proxy_pass` is not allowed in `http`"],
            "http{proxy_pass http://a;}",
        ),
        (
            "server { proxy_http_version 1.1 on; }",
            &["1:10 `proxy_http_version` takes one argument, not 2"],
            "server{proxy_http_version 1.1 on;}",
        ),
        (
            "server { location /; listen { } }",
            &["1:10 `location` needs a block", "1:22 `listen` takes no block"],
            "server{location /;listen{}}",
        ),
        (
            "\u{feff}server { }",
            &["1:1 nginx takes the byte order mark for a part of the first name"],
            "server{}",
        ),
        (
            "server {\n  listen {{ port }};\n}\n",
            &["2:10 this file is a template; from here on it was not read"],
            "server{}",
        ),
        // nginx reads this as two more arguments of `server_name`, and so does envlint.
        ("server {\n  server_name a\n  listen 80;\n}\n", &[], "server{server_name a listen 80;}"),
    ];
    for (text, errors, shape) in cases {
        let (told, read) = read(text);
        assert_eq!(told, *errors, "{text}");
        assert_eq!(read, *shape, "{text}");
    }
}

#[test]
fn is_silent_about_what_may_be_right() {
    for text in [
        "map $uri $x { default 1; ~$ 2; server 3; listen 4; }",
        "types { text/html html htm; application/json json; }",
        "location ~ $ { rewrite $ /last last; }",
        "brotli on; more_set_headers 'Server: x'; vhost_traffic_status_zone;",
        "stream { server { listen 12345; proxy_pass db:5432; } }",
        "content_by_lua_block { local t = { a = \"}\" } -- }\n ngx.say(t.a) }",
        "upstream a { server b:80; resolver 127.0.0.11; keepalive 16; }",
        "listen ${PORT}; server_name ${HOST};",
    ] {
        assert_eq!(read(text).0, [""; 0], "{text}");
    }
}

#[test]
fn knows_where_a_file_can_stand() {
    for (text, inside, outside) in [
        ("proxy_set_header Host $host;", Context::Location, Context::Upstream),
        ("server { listen 80; }", Context::Http, Context::Location),
        ("events { }", Context::Main, Context::Http),
        ("proxy_pass http://a;", Context::IfInLocation, Context::Server),
        ("server a:80;", Context::Upstream, Context::Main),
    ] {
        let (document, _) = nginx::parse(&source(text));
        assert!(document.contexts().has(inside), "{text}");
        assert!(!document.contexts().has(outside), "{text}");
    }
}

#[test]
fn no_message_repeats_an_argument() {
    let canary = "CANARY-not-a-real-token";
    let directive = format!("proxy_set_header Authorization {canary}");
    for text in [
        format!("server {{ {directive} extra; }}"),
        format!("server {{\n{directive}\nproxy_pass http://a;\n}}"),
        format!("server {{ {directive} }}"),
        format!("{canary} {{"),
        format!("{canary} {canary} }} {{"),
        format!("server {{ proxy_set_header Authorization \"{canary};\n}}"),
        format!("server {{ proxy_set_header Authorization \"x\"{canary}; }}"),
        format!("server {{ proxy_set_header Authorization $ {canary}; }}"),
    ] {
        let (_, errors) = nginx::parse(&source(&text));
        assert!(!errors.is_empty(), "{text}");
        for error in errors {
            let said = format!("{error:?}");
            assert!(!said.contains("CANARY"), "{said}");
        }
    }
}

#[test]
fn hostile_text_is_bounded() {
    let deep = "location / { ".repeat(100_000);
    let (document, errors) = nginx::parse(&source(&deep));
    assert!(document.walk().count() <= nginx::MAX_DEPTH + 1);
    assert!(errors.iter().any(|error| error.message.contains("64 deep")));

    let (_, errors) = nginx::parse(&source(&";".repeat(300_000)));
    assert!(errors.len() <= nginx::MAX_ERRORS + 1);

    let (document, _) = nginx::parse(&source(&"a;".repeat(700_000)));
    assert!(document.directives().len() <= nginx::MAX_TOKENS / 2);

    nginx::parse(&source(&"proxy_buffering $ a\n".repeat(100_000)));
    nginx::parse(&source(&"\"'\n".repeat(300_000)));

    let torn = format!("proxy_set_header {};", "$ a$ ".repeat(50_000));
    let (_, errors) = nginx::parse(&source(&torn));
    assert!(errors.len() <= nginx::MAX_ERRORS + 1, "{}", errors.len());

    let misplaced = "proxy_pass http://a;\n".repeat(nginx::MAX_ERRORS + 10);
    let (_, errors) = nginx::parse(&source(&format!("http {{\n{misplaced}}}")));
    assert_eq!(errors.len(), nginx::MAX_ERRORS + 1);
    let last = errors.last().map(|error| error.message.as_str());
    assert_eq!(last, Some("from here on mistakes are not told"));

    let indented = format!("{}{}", " ".repeat(1_000_000), "a { } ".repeat(80_000));
    assert_eq!(nginx::parse(&source(&indented)).1.len(), 0);
}

#[test]
fn a_file_that_is_too_long_is_told_so_and_nothing_else() {
    let block = "http {\n server {\n  add_header X a;\n";
    let line = "  add_header X a;\n";
    // Cut after any word of a directive, and at its `;`.
    for spare in 0..4 {
        let text = format!("{block}{}", line.repeat(nginx::MAX_TOKENS / 4 + 10));
        let text = format!("{}{text}", "a;".repeat(spare));
        let (told, shape) = read(&text);
        let [only] = told.as_slice() else { panic!("{told:?}") };
        assert!(only.ends_with("from here on the file was not read"), "{only}");
        let cut = shape.trim_start_matches("a;");
        let cut = cut.strip_prefix("http{server{").and_then(|rest| rest.strip_suffix("}}"));
        assert_eq!(cut.map(|cut| cut.replace("add_header X a;", "")).as_deref(), Some(""));
    }
}

fn all_spans_hold(text: &str) -> Result<(), TestCaseError> {
    let source = source(text);
    let (document, errors) = nginx::parse(&source);
    let whole = source.span(0..text.len());
    for error in &errors {
        prop_assert!(whole.contains(error.span));
    }
    for directive in document.walk() {
        prop_assert!(whole.contains(directive.span));
        prop_assert!(directive.span.contains(directive.name.span));
        prop_assert!(directive.span.contains(directive.head()));
        for child in directive.children() {
            prop_assert!(directive.span.contains(child.span));
        }
    }
    for comment in document.comments() {
        prop_assert!(source.slice(*comment).starts_with('#'));
    }
    Ok(())
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,60}") {
        all_spans_hold(&text)?;
    }

    #[test]
    fn never_panics_on_what_looks_like_nginx(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("server"), Just("location"), Just("listen"), Just("/"), Just("{"), Just("}"),
                Just(";"), Just("\n"), Just(" "), Just("$"), Just("host"), Just("\""), Just("'"),
                Just("#x\n"), Just("proxy_buffering"), Just("${"), Just("{{"), Just("\\"),
                Just("map"), Just("x_by_lua_block"), Just("[["), Just("--"), Just("é"),
            ],
            0..40,
        )
    ) {
        all_spans_hold(&parts.concat())?;
        all_spans_hold(&parts.join(" "))?;
    }
}

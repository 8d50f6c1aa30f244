//! figment as a source, and files as its providers.
#![cfg(feature = "figment")]

use envlint_config::figment::extract;
use envlint_config::{JsonSchema, Loader, Place, SecretString};
use figment::Figment;
use figment::providers::Serialized;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Debug)]
struct Pool {
    size: u8,
}

#[derive(Deserialize, JsonSchema, Debug)]
struct Api {
    port: u16,
    token: SecretString,
    ratio: Option<f32>,
    verbose: Option<bool>,
    names: Option<Vec<String>>,
    pool: Option<Pool>,
}

#[test]
fn what_a_figment_holds_is_read_with_its_types() {
    let figment = Figment::from(("port", 80)).join(("token", "CANARY")).join(("ratio", 0.5));
    let figment = figment.join(("verbose", true)).join(("names", ["a"])).join(("pool.size", 3));
    let api: Api = extract(&figment).unwrap();
    assert_eq!((api.port, api.ratio, api.verbose), (80, Some(0.5), Some(true)));
    assert_eq!((api.names.unwrap(), api.pool.unwrap().size), (vec!["a".to_owned()], 3));
    drop(api.token);
}

#[test]
fn all_mistakes_and_no_value() {
    let figment = Figment::from(Serialized::default("port", "CANARY"))
        .join(("pool.size", 3000))
        .join(("verbose", "CANARY"));
    let error = extract::<Api>(&figment).unwrap_err();
    let told: Vec<_> = error.errors().filter_map(|mistake| mistake.variable()).collect();
    assert_eq!(told, ["port", "token", "verbose", "pool.size"]);
    assert!(!format!("{error}{error:?}").contains("CANARY"));
    let place = error.errors().next().unwrap().places().first().cloned();
    assert!(matches!(place, Some(Place::Provider(_))));
}

#[test]
fn a_provider_that_fails_is_told_without_its_words() {
    struct Broken;

    impl figment::Provider for Broken {
        fn metadata(&self) -> figment::Metadata {
            figment::Metadata::named("the vault")
        }

        fn data(
            &self,
        ) -> figment::error::Result<figment::value::Map<figment::Profile, figment::value::Dict>>
        {
            Err(figment::Error::from("CANARY".to_owned()))
        }
    }

    let error = extract::<Api>(&Figment::from(Broken)).unwrap_err().to_string();
    assert!(error.contains("a source of the figment can not be read"), "{error}");
    assert!(error.contains("the vault") && !error.contains("CANARY"), "{error}");
}

#[test]
fn it_is_one_source_among_others() {
    let figment = Figment::from(("pool.size", 3)).join(("port", 1));
    let loader = Loader::new().figment(&figment).pairs([("port", "2"), ("token", "x")]);
    let api: Api = loader.load().unwrap();
    assert_eq!((api.port, api.pool.unwrap().size), (2, 3));
}

/// figment's own files: what their formats have types for comes as these types, and nested tables
/// are the structs of the type.
#[test]
fn files_of_figment_are_providers_like_any_other() {
    use figment::providers::{Format, Json, Toml};

    let toml = Toml::string("port = 80\ntoken = \"CANARY\"\nnames = [\"a\"]\n[pool]\nsize = 3\n");
    let json = Json::string(r#"{ "port": 8080, "verbose": true, "ratio": 0.5 }"#);
    let figment = Figment::from(toml).merge(json);
    let api: Api = extract(&figment).unwrap();
    assert_eq!((api.port, api.verbose, api.ratio), (8080, Some(true), Some(0.5)));
    assert_eq!((api.names.unwrap(), api.pool.unwrap().size), (vec!["a".to_owned()], 3));

    let wrong = figment.merge(Json::string(r#"{ "port": "CANARY", "pool": { "size": 256 } }"#));
    let error = extract::<Api>(&wrong).unwrap_err();
    let told: Vec<_> = error.errors().filter_map(|mistake| mistake.variable()).collect();
    assert_eq!(told, ["port", "pool.size"]);
    assert!(!format!("{error}{error:?}").contains("CANARY"));
    let place = error.errors().next().unwrap().places().first().cloned();
    assert!(matches!(place, Some(Place::Provider(_))), "{place:?}");

    // A file that is none of its format fails as a whole, without being quoted.
    let broken = Figment::from(Toml::string("port = CANARY"));
    let error = extract::<Api>(&broken).unwrap_err().to_string();
    assert!(error.contains("can not be read") && !error.contains("CANARY"), "{error}");
}

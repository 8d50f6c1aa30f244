//! Arguments, and what is said of wrong ones.
//!
//! clap understands the arguments but does not speak to the person: it repeats what was typed,
//! and somebody who is in a hurry may have typed an identity or a password in the wrong place.
//! Only what has the form of a name is repeated here.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{CommandFactory, Parser};

use crate::answer::{Answer, Failure};
use crate::commands::Cli;

/// What the arguments ask for.
#[derive(Debug)]
pub(crate) enum Arguments {
    /// Help, or the version.
    Asked(Answer),
    /// A command.
    Given(Cli),
}

/// Reads the arguments, the program's own name first.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Arguments, Failure> {
    let arguments: Vec<OsString> = arguments.collect();
    if arguments.iter().any(is_identity) {
        return Err(Failure::new("cannot use the arguments: one of them is an age identity")
            .help("every program on this machine can see the arguments of another: make a new identity")
            .help("keep it in a file that only you may read, and name the file: --identity FILE"));
    }
    match Cli::try_parse_from(arguments) {
        Ok(cli) => Ok(Arguments::Given(cli)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Arguments::Asked(Answer::information(error.to_string())))
            }
            _ => Err(failure(&error)),
        },
    }
}

/// Whether an argument holds an identity, which is a secret wherever it stands.
fn is_identity(argument: &OsString) -> bool {
    argument.to_string_lossy().to_ascii_uppercase().contains("AGE-SECRET-KEY-")
}

fn failure(error: &Error) -> Failure {
    let option = names(error, ContextKind::InvalidArg).join(" and ");
    let command = names(error, ContextKind::InvalidSubcommand).join(" ");
    let is_option =
        error.get(ContextKind::InvalidArg).is_some_and(|arg| text(arg).starts_with('-'));
    let no_value = error.get(ContextKind::InvalidValue).is_none_or(|value| text(value).is_empty());
    let problem = match error.kind() {
        ErrorKind::InvalidSubcommand => format!("there is no command {command}"),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            return Failure::new("cannot tell what to do: no command is given").help(
                "`envlint check` checks the current directory, `envlint --help` tells the rest",
            );
        }
        ErrorKind::UnknownArgument if is_option => format!("there is no option {option} here"),
        ErrorKind::UnknownArgument => "there are more arguments than the command takes".to_owned(),
        ErrorKind::InvalidValue if no_value => format!("{option} is given without a value"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("cannot use what is given for {option}")
        }
        ErrorKind::MissingRequiredArgument => format!("{option} is missing"),
        ErrorKind::ArgumentConflict => format!("{option} is given twice"),
        ErrorKind::InvalidUtf8 => "cannot read the arguments: one is not UTF-8".to_owned(),
        _ => "cannot understand the arguments".to_owned(),
    };
    Failure::new(problem).help(advice(error))
}

/// What comes nearest to what was meant, or what there is to choose from.
fn advice(error: &Error) -> String {
    use ContextKind::{SuggestedArg, SuggestedSubcommand, SuggestedValue, ValidValue};
    let suggested = [SuggestedSubcommand, SuggestedArg, SuggestedValue];
    if let Some(name) = suggested.iter().flat_map(|kind| names(error, *kind)).last() {
        return format!("did you mean {name}?");
    }
    let valid = names(error, ValidValue);
    if !valid.is_empty() {
        return format!("it is one of {}", valid.join(", "));
    }
    match error.kind() {
        ErrorKind::InvalidSubcommand => format!("there are: {}", commands().join(", ")),
        ErrorKind::InvalidValue => "write the value behind it, after a space or `=`".to_owned(),
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            // Of our own types, whose errors tell the form and not the text.
            Some(form) => form.to_string(),
            None => usage(error),
        },
        _ => usage(error),
    }
}

fn commands() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// How the command is written, and where more is told. clap makes it of what it knows of the
/// command, and of nothing that was typed.
fn usage(error: &Error) -> String {
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    let is_command = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let command: Vec<&str> = usage.split_whitespace().take_while(is_command).collect();
    match command.as_slice() {
        [] => "`envlint --help` tells how it is used".to_owned(),
        _ => format!("write `{usage}`; `{} --help` tells more", command.join(" ")),
    }
}

/// What clap tells of a kind, as far as it may be repeated.
fn names(error: &Error, kind: ContextKind) -> Vec<String> {
    let told = match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.iter().map(String::as_str).collect(),
        Some(value) => vec![text(value)],
        None => Vec::new(),
    };
    told.into_iter()
        .map(|name| if is_name(name) { name } else { "of this name" }.to_owned())
        .collect()
}

fn text(value: &ContextValue) -> &str {
    match value {
        ContextValue::String(text) => text,
        _ => "",
    }
}

/// `check`, `--format <FORMAT>`, `<RULE>`: nothing that a secret looks like.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 32;
    let plain = |c: char| c.is_ascii_lowercase() || c == '-';
    let (name, value) = text.split_once(' ').unwrap_or((text, ""));
    let placeholder = |text: &str| {
        let inside =
            text.trim_end_matches("...").strip_prefix('<').and_then(|t| t.strip_suffix('>'));
        inside.is_some_and(|word| word.chars().all(|c| c.is_ascii_uppercase() || ",.".contains(c)))
    };
    text.len() <= LONGEST
        && (name.chars().all(plain) && (value.is_empty() || placeholder(value))
            || placeholder(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arguments: &[&str]) -> String {
        crate::handler::install();
        let arguments = std::iter::once("envlint").chain(arguments.iter().copied());
        match parse(arguments.map(OsString::from)) {
            Err(failure) => format!("{:?}", miette::Report::new(failure)),
            Ok(_) => panic!("these arguments are right"),
        }
    }

    #[test]
    fn says_what_is_wrong_and_what_was_meant() {
        for (arguments, expected) in [
            (&["chekc"][..], "there is no command chekc\n  did you mean check?"),
            (
                &["check", "--fromat", "x"],
                "there is no option --fromat here\n  did you mean --format?",
            ),
            (
                &["check", "--format", "xml"],
                "cannot use what is given for --format <FORMAT>\n  it is one of text, narrated, json, sarif, github",
            ),
            (
                &["check", "--format", "jsn"],
                "cannot use what is given for --format <FORMAT>\n  did you mean json?",
            ),
            (
                &["check", "--as-of", "2027-02-30"],
                "cannot use what is given for --as-of <DATE>\n  a date is written YYYY-MM-DD, such as 2027-06-30",
            ),
            (
                &["check", "--env"],
                "--env <NAME> is given without a value\n  write the value behind it, after a space or `=`",
            ),
            (&["check", "--env", ""], "--env <NAME> is given without a value\n"),
            (
                &["check", "--select", "weak-secret,"],
                "--select <RULE,..> is given without a value\n",
            ),
            (
                &["check", "a", "b"],
                "there are more arguments than the command takes\n  write `envlint check [OPTIONS] [PATH]`; `envlint check --help` tells more",
            ),
            (&["check", "--CANARY"], "there is no option of this name here\n"),
            (
                &["CANARY"],
                "there is no command of this name\n  there are: check, docs, example, explain, generate, init, rules, schema",
            ),
            (
                &["explain"],
                "<RULE> is missing\n  write `envlint explain <RULE>`; `envlint explain --help` tells more",
            ),
            (
                &["check", "--as-of", "2027-01-01", "--as-of", "2027-01-02"],
                "--as-of <DATE> is given twice\n",
            ),
            (
                &[],
                "cannot tell what to do: no command is given\n  `envlint check` checks the current directory, `envlint --help` tells the rest",
            ),
        ] {
            let said = said(arguments);
            let start = format!("envlint: {expected}");
            assert!(said.starts_with(&start), "{arguments:?}: {said}");
            assert!(said.lines().count() == 2, "{arguments:?}: {said}");
        }
    }

    #[test]
    fn repeats_nothing_that_may_be_a_secret() {
        for arguments in [
            &["CANARY"][..],
            &["canary-0123"],
            &["check", "--CANARY"],
            &["check", "--identity-CANARY=CANARY"],
            &["check", "--format", "CANARY"],
            &["check", "--as-of", "CANARY"],
            &["check", ".", "CANARY"],
            &["check", "-CANARY"],
            &["rules", "CANARY"],
            &["check", "--identity", "AGE-SECRET-KEY-1CANARY"],
            &["explain", "age-secret-key-1canary"],
        ] {
            let said = said(arguments);
            assert!(!said.to_uppercase().contains("CANARY"), "{arguments:?}: {said}");
        }
    }

    #[test]
    fn help_and_version_are_answers() {
        for arguments in [&["--help"][..], &["check", "--help"], &["--version"], &["rules", "-h"]] {
            let arguments = std::iter::once("envlint").chain(arguments.iter().copied());
            let parsed = parse(arguments.map(OsString::from));
            let Ok(Arguments::Asked(answer)) = parsed else { panic!("help is an answer") };
            assert!(answer.text.contains("envlint"));
            assert!(
                answer.text.lines().all(|line| line.chars().count() <= 100),
                "{}",
                answer.text.as_str()
            );
        }
    }

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        Cli::command().debug_assert();
    }
}

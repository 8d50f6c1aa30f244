use std::io::{IsTerminal, stdout};

use envlint_model::ProcessEnvironment;

/// What a person asked for on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColourChoice {
    /// Colour where it is likely to be wanted.
    #[default]
    Auto,
    /// Colour even into a file.
    Always,
    /// No colour.
    Never,
}

/// Where output goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Terminal {
    /// Whether it is a terminal at all, and not a file or a pipe.
    pub interactive: bool,
    /// Its width, where the system tells.
    pub columns: Option<u16>,
}

impl Terminal {
    /// Where the standard output of this process goes.
    pub fn of_stdout() -> Self {
        let interactive = stdout().is_terminal();
        Self { interactive, columns: columns().filter(|_| interactive) }
    }
}

#[cfg(unix)]
fn columns() -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(stdout()).ok()?;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn columns() -> Option<u16> {
    None
}

/// Whether to colour what goes to `terminal`.
///
/// The first of these that speaks decides: the command line; `NO_COLOR` with any text
/// (no-color.org); `FORCE_COLOR`, where `0` and `false` mean no (as Node.js reads it);
/// `CLICOLOR_FORCE` other than `0` (bixense.com/clicolors); output that goes to no terminal;
/// `CLICOLOR=0`; `TERM=dumb`. A terminal is coloured otherwise.
pub fn use_colour(
    choice: ColourChoice,
    terminal: Terminal,
    environment: &ProcessEnvironment,
) -> bool {
    let says = |name: &str, words: &[&str]| {
        environment.get(name).is_some_and(|value| words.contains(&value.expose()))
    };
    let deciding = [
        (choice == ColourChoice::Always, true),
        (choice == ColourChoice::Never, false),
        (environment.is_set("NO_COLOR"), false),
        (says("FORCE_COLOR", &["0", "false"]), false),
        (environment.is_set("FORCE_COLOR"), true),
        (environment.is_set("CLICOLOR_FORCE") && !says("CLICOLOR_FORCE", &["0"]), true),
        (!terminal.interactive, false),
        (says("CLICOLOR", &["0"]), false),
        (says("TERM", &["dumb"]), false),
    ];
    deciding.into_iter().find(|(speaks, _)| *speaks).is_none_or(|(_, colour)| colour)
}

/// Whether characters outside ASCII are shown: the first set of `LC_ALL`, `LC_CTYPE` and `LANG`
/// decides, as POSIX orders them. Where none is, as in most containers, they are.
pub fn use_unicode(environment: &ProcessEnvironment) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find(|name| environment.is_set(name));
    locale.and_then(|name| environment.get(name)).is_none_or(|locale| {
        let locale = locale.expose().to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use envlint_model::Secret;

    use super::*;

    const SCREEN: Terminal = Terminal { interactive: true, columns: Some(80) };
    const FILE: Terminal = Terminal { interactive: false, columns: None };

    fn environment(variables: &[(&str, &str)]) -> ProcessEnvironment {
        let owned =
            |(name, value): &(&str, &str)| ((*name).to_owned(), Secret::made((*value).to_owned()));
        variables.iter().map(owned).collect()
    }

    #[test]
    fn variables_speak_in_their_order() {
        for (terminal, variables, colour) in [
            (SCREEN, &[][..], true),
            (SCREEN, &[("TERM", "xterm-256color")], true),
            (FILE, &[("TERM", "xterm-256color")], false),
            (SCREEN, &[("NO_COLOR", "1")], false),
            (SCREEN, &[("NO_COLOR", "")], true),
            (SCREEN, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], false),
            (FILE, &[("FORCE_COLOR", "1")], true),
            (SCREEN, &[("FORCE_COLOR", "0")], false),
            (SCREEN, &[("FORCE_COLOR", "false"), ("CLICOLOR_FORCE", "1")], false),
            (FILE, &[("CLICOLOR_FORCE", "1")], true),
            (FILE, &[("CLICOLOR_FORCE", "0")], false),
            (SCREEN, &[("CLICOLOR", "0")], false),
            (SCREEN, &[("TERM", "dumb")], false),
            (FILE, &[("TERM", "dumb"), ("FORCE_COLOR", "3")], true),
        ] {
            let decided = use_colour(ColourChoice::Auto, terminal, &environment(variables));
            assert_eq!(decided, colour, "{terminal:?} {variables:?}");
        }
    }

    #[test]
    fn the_command_line_has_the_first_word() {
        let quiet = environment(&[("NO_COLOR", "1")]);
        assert!(use_colour(ColourChoice::Always, FILE, &quiet));
        let loud = environment(&[("FORCE_COLOR", "1")]);
        assert!(!use_colour(ColourChoice::Never, SCREEN, &loud));
    }

    #[test]
    fn the_locale_tells_what_can_be_shown() {
        for (variables, unicode) in [
            (&[][..], true),
            (&[("LANG", "de_DE.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "C")], false),
            (&[("LC_ALL", "C"), ("LANG", "C.UTF-8")], false),
            (&[("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8"), ("LANG", "C")], true),
        ] {
            assert_eq!(use_unicode(&environment(variables)), unicode, "{variables:?}");
        }
    }
}

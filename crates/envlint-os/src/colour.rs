use envlint_model::ProcessEnvironment;

/// What the person asked for on the command line.
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

/// Whether to colour what goes to a stream.
///
/// The first of these that speaks decides: the command line; `NO_COLOR` with any text
/// (no-color.org); `FORCE_COLOR`, where `0` and `false` mean no (as Node.js reads it);
/// `CLICOLOR_FORCE` other than `0` (bixense.com/clicolors); a stream that is no terminal;
/// `CLICOLOR=0`; `TERM=dumb`. A terminal is coloured otherwise.
pub fn use_colour(choice: ColourChoice, terminal: bool, environment: &ProcessEnvironment) -> bool {
    let says = |name: &str, words: &[&str]| {
        environment.get(name).is_some_and(|value| words.contains(&value.expose()))
    };
    match choice {
        ColourChoice::Always => return true,
        ColourChoice::Never => return false,
        ColourChoice::Auto => {}
    }
    let deciding = [
        (environment.is_set("NO_COLOR"), false),
        (says("FORCE_COLOR", &["0", "false"]), false),
        (environment.is_set("FORCE_COLOR"), true),
        (environment.is_set("CLICOLOR_FORCE") && !says("CLICOLOR_FORCE", &["0"]), true),
        (!terminal, false),
        (says("CLICOLOR", &["0"]), false),
        (says("TERM", &["dumb"]), false),
    ];
    deciding.into_iter().find(|(speaks, _)| *speaks).is_none_or(|(_, colour)| colour)
}

#[cfg(test)]
mod tests {
    use envlint_model::Secret;

    use super::*;

    fn auto(terminal: bool, variables: &[(&str, &str)]) -> bool {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Secret::made((*value).to_owned())))
            .collect();
        use_colour(ColourChoice::Auto, terminal, &environment)
    }

    #[test]
    fn a_terminal_is_coloured_and_a_file_is_not() {
        assert!(auto(true, &[("TERM", "xterm-256color")]));
        assert!(auto(true, &[]));
        assert!(!auto(false, &[("TERM", "xterm-256color")]));
    }

    #[test]
    fn variables_speak_in_their_order() {
        for (terminal, variables, colour) in [
            (true, &[("NO_COLOR", "1")][..], false),
            (true, &[("NO_COLOR", "")], true),
            (true, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], false),
            (false, &[("FORCE_COLOR", "1")], true),
            (true, &[("FORCE_COLOR", "0")], false),
            (true, &[("FORCE_COLOR", "false"), ("CLICOLOR_FORCE", "1")], false),
            (false, &[("CLICOLOR_FORCE", "1")], true),
            (false, &[("CLICOLOR_FORCE", "0")], false),
            (true, &[("CLICOLOR", "0")], false),
            (true, &[("TERM", "dumb")], false),
            (false, &[("TERM", "dumb"), ("FORCE_COLOR", "3")], true),
        ] {
            assert_eq!(auto(terminal, variables), colour, "{terminal} {variables:?}");
        }
    }

    #[test]
    fn the_command_line_has_the_first_word() {
        let no_colour = [("NO_COLOR".to_owned(), Secret::made("1".to_owned()))];
        let environment = no_colour.into_iter().collect();
        assert!(use_colour(ColourChoice::Always, false, &environment));
        assert!(!use_colour(ColourChoice::Never, true, &ProcessEnvironment::default()));
    }
}

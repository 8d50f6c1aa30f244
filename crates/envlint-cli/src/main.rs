//! The command line of envlint: arguments in, a report out, an exit code.
//!
//! Everything that a command does is a function of data (arguments, the process environment,
//! the terminal, the date) to an [`Answer`] or a [`Failure`], and only this file prints. So no
//! command can forget a closed pipe, print half a document, or end with a code of its own.
//!
//! Exit codes: 0 if nothing is at or above the threshold, 1 if something is, 2 if envlint could
//! not run.
#![allow(
    clippy::disallowed_methods,
    reason = "the binary is the owner of its arguments, its output and its exit code"
)]

mod answer;
mod commands;
mod handler;
mod panic;
mod random;
mod usage;

use std::io::{self, ErrorKind, Write, stderr, stdout};
use std::process::ExitCode;

use envlint_os::{Terminal, process_environment, today};

use crate::answer::{Answer, Failure, Verdict};
use crate::commands::{Cli, World};

fn main() -> ExitCode {
    panic::install();
    handler::install();
    let answer = usage::parse(std::env::args_os()).and_then(|arguments| match arguments {
        usage::Arguments::Asked(help) => Ok(help),
        usage::Arguments::Given(cli) => run(&cli),
    });
    match answer.and_then(|answer| print(answer).map_err(Failure::from)) {
        Ok(Verdict::Clean) => ExitCode::SUCCESS,
        Ok(Verdict::Mistakes) => ExitCode::from(1),
        Err(failure) => {
            // Where the standard error is closed as well, the exit code has to do.
            let _ = writeln!(stderr().lock(), "{:?}", miette::Report::new(failure));
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<Answer, Failure> {
    let world = World {
        environment: process_environment(),
        terminal: Terminal::of_stdout(),
        today: today(),
        random: random::random,
    };
    commands::run(cli, &world)
}

/// Prints an answer. A reader who has seen enough, such as `head`, is no failure, and changes
/// nothing about what was found.
fn print(answer: Answer) -> io::Result<Verdict> {
    let mut out = stdout().lock();
    match out.write_all(answer.text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(answer.verdict),
    }
}

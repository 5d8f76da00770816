//! Fits machine-learning models into microcontrollers.

mod cli;
mod commands;
mod output;
mod progress;
mod quantity;
mod table;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::dispatch(&cli) {
        Ok(_) if !output::complete() => ExitCode::from(2),
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::error(&error, cli.json);
            if error.blames_model() { ExitCode::from(1) } else { ExitCode::from(2) }
        }
    }
}

//! `smidgen doctor`: whether all programs are there.

use super::Outcome;
use crate::cli::{Cli, DoctorArgs};
use crate::output;
use crate::table::{Align, table};
use smidgen_run::doctor::{self, Availability, Finding};
use smidgen_study::Error;

pub(super) fn run(args: &DoctorArgs, cli: &Cli) -> Result<Outcome, Error> {
    if args.install {
        let installed = doctor::install()?;
        if !installed.is_empty() {
            output::note(&format!("installed {}", installed.join(", ")));
        }
    }
    let findings = doctor::check()?;
    let ready = |finding: &Finding| matches!(finding.availability, Availability::Ready { .. });
    let all_ready = findings.iter().all(ready);
    if cli.json {
        output::json(&serde_json::json!({
            "schema": "smidgen.doctor/1",
            "ready": all_ready,
            "tools": findings,
        }));
    } else {
        output::text(&text(&findings));
        if !all_ready {
            output::note("\nhint: `smidgen doctor --install` installs what is missing");
        }
    }
    Ok(if all_ready { Outcome::Fine } else { Outcome::Lacking })
}

fn text(findings: &[Finding]) -> String {
    let columns = [
        ("program", Align::Left),
        ("state", Align::Left),
        ("for", Align::Left),
        ("version or package", Align::Left),
    ];
    let row = |finding: &Finding| {
        let packages = finding.tool.packages.join(" or ");
        let (state, detail) = match &finding.availability {
            Availability::Ready { version } => ("ready", version.clone()),
            Availability::TooOld { version } => ("too old", format!("{version}; {packages}")),
            Availability::Missing => ("missing", format!("package {packages}")),
        };
        let tool = &finding.tool;
        vec![tool.program.into(), state.into(), tool.purpose.into(), detail]
    };
    table(&columns, findings.iter().map(row))
}

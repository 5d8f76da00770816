//! The list of boards: filtered, sorted, one line each.

use super::{emulation, kibibytes, megahertz};
use crate::cli::{BoardsArgs, FeatureArg, Filters, Sort};
use crate::table::{Align, table};
use smidgen_study::{Error, Workbench};
use smidgen_target::{Board, Device, Feature, Features};
use std::collections::BTreeSet;

/// The boards that are meant, in the order that is meant.
pub(super) fn boards<'a>(
    workbench: &'a Workbench,
    args: &BoardsArgs,
) -> Result<Vec<&'a Board>, Error> {
    let mut boards = filtered(workbench, workbench.registry.boards(), &args.filters)?;
    // Where two are equal, they stay in the order of their names; what is unknown comes last.
    boards.sort_by(|a, b| match (rank(a, args.sort), rank(b, args.sort)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    Ok(boards)
}

/// Those of `boards` that the filters let pass, in the same order.
pub(in crate::commands) fn filtered<'a>(
    workbench: &Workbench,
    boards: impl IntoIterator<Item = &'a Board>,
    filters: &Filters,
) -> Result<Vec<&'a Board>, Error> {
    check_cores(workbench, &filters.core)?;
    let boards = boards.into_iter();
    Ok(boards.filter(|board| matches(workbench, board, filters)).collect())
}

/// The figure that boards are sorted by, the smallest first.
fn rank(board: &Board, sort: Sort) -> Option<f64> {
    let largest = |figure: fn(&Device) -> f64| board.device().map(|device| -figure(device));
    match sort {
        Sort::Name => None,
        Sort::Price => price(board),
        Sort::Ram => largest(|device| f64::from(device.data.size)),
        Sort::Flash => largest(|device| f64::from(device.code.size)),
        Sort::Clock => largest(|device| device.clock_hz as f64),
    }
}

/// A misspelt core would quietly match nothing.
fn check_cores(workbench: &Workbench, wanted: &[String]) -> Result<(), Error> {
    let known: BTreeSet<&str> =
        workbench.registry.boards().map(|board| board.core.name.as_str()).collect();
    match wanted.iter().find(|core| !known.contains(core.as_str())) {
        None => Ok(()),
        Some(core) => {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            Err(Error::Usage(format!("no board has core `{core}`; there are: {known}")))
        }
    }
}

fn price(board: &Board) -> Option<f64> {
    board.price.as_ref().map(|price| price.usd)
}

fn matches(workbench: &Workbench, board: &Board, filters: &Filters) -> bool {
    let device = board.device();
    let at_least = |least: Option<f64>, figure: fn(&Device) -> f64| {
        least.is_none_or(|least| device.is_some_and(|device| figure(device) >= least))
    };
    let contains = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
    let vendor = || device.and_then(|device| device.chip.vendor.as_deref());
    let texts = [&board.name, &board.description].into_iter();
    let texts = texts.chain(device.map(|device| &device.chip.name));
    let features: Vec<_> = filters.feature.iter().map(|feature| (*feature).into()).collect();
    (filters.core.is_empty() || filters.core.contains(&board.core.name))
        && board.core.features.contains_all(&features)
        && filters.vendor.as_ref().is_none_or(|part| vendor().is_some_and(|v| contains(v, part)))
        && filters.search.as_ref().is_none_or(|part| texts.clone().any(|t| contains(t, part)))
        && at_least(filters.min_ram.map(|n| n as f64), |d| f64::from(d.data.size))
        && at_least(filters.min_flash.map(|n| n as f64), |d| f64::from(d.code.size))
        && at_least(filters.min_clock.map(|n| n as f64), |d| d.clock_hz as f64)
        && filters.max_price.is_none_or(|most| price(board).is_some_and(|price| price <= most))
        && (!filters.emulated || emulation(workbench, board).is_some())
}

impl From<FeatureArg> for Feature {
    fn from(feature: FeatureArg) -> Self {
        match feature {
            FeatureArg::Dsp => Self::Dsp,
            FeatureArg::FpuSingle => Self::FpuSingle,
            FeatureArg::FpuDouble => Self::FpuDouble,
            FeatureArg::Mve => Self::Mve,
            FeatureArg::MisalignedAccess => Self::MisalignedAccess,
        }
    }
}

/// One line per board.
pub(super) fn text(workbench: &Workbench, boards: &[&Board]) -> String {
    if boards.is_empty() {
        return "no board is like that\n".to_string();
    }
    let columns = [
        ("board", Align::Left),
        ("core", Align::Left),
        ("MHz", Align::Right),
        ("RAM KiB", Align::Right),
        ("flash KiB", Align::Right),
        ("features", Align::Left),
        ("USD", Align::Right),
        ("emulated", Align::Left),
        ("description", Align::Left),
    ];
    let row = |board: &&Board| {
        let figure = |of: &dyn Fn(&Device) -> String| board.device().map_or("-".to_string(), of);
        vec![
            board.name.clone(),
            board.core.name.clone(),
            figure(&|device| megahertz(device.clock_hz)),
            figure(&|device| kibibytes(device.data.size)),
            figure(&|device| kibibytes(device.code.size)),
            features(&board.core.features),
            price(board).map_or("?".to_string(), |usd| usd.to_string()),
            emulated(workbench, board),
            board.description.clone(),
        ]
    };
    table(&columns, boards.iter().map(row))
}

/// `DSP FPU MVE` and the like; `FPU64` is one with double precision.
fn features(features: &Features) -> String {
    let fpu = if features.contains(Feature::FpuDouble) { "FPU64" } else { "FPU" };
    let shown = [(Feature::Dsp, "DSP"), (Feature::FpuSingle, fpu), (Feature::Mve, "MVE")];
    let present = shown.iter().filter(|(feature, _)| features.contains(*feature));
    present.map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
}

fn emulated(workbench: &Workbench, board: &Board) -> String {
    match emulation(workbench, board) {
        Some(name) if name == board.name => "itself".to_string(),
        Some(name) => format!("on {name}"),
        None if board.is_runnable() => "-".to_string(),
        None => "no".to_string(),
    }
}

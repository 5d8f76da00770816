//! Relations between boards that published measurements establish, and what the model makes of
//! them.

use anyhow::Result;
use smidgen_run::Placement;
use smidgen_study::{Recipe, Terms};

use super::Lab;

/// A relation: what was published, and what the model says.
#[derive(Debug, Clone)]
pub(super) struct Truth {
    /// What is related, in words.
    pub(super) what: String,
    /// What was published.
    pub(super) published: String,
    /// What the model says.
    pub(super) found: f64,
    /// What it may say.
    pub(super) least: f64,
    /// What it may say at most.
    pub(super) most: f64,
}

impl Truth {
    pub(super) fn holds(&self) -> bool {
        (self.least..=self.most).contains(&self.found)
    }
}

/// Networks that relations are shown with.
pub(super) struct Networks {
    /// Fully connected.
    dense: &'static str,
    /// For ratios between cores.
    all: &'static [&'static str],
    /// What weights in RAM may save of [`Networks::dense`], as shares.
    saved: (f64, f64),
    /// Small enough for the smallest memories.
    small: &'static str,
    /// Of the kind that was measured without caches.
    uncached: Option<&'static str>,
}

/// The networks that were measured.
pub(super) const MEASURED: Networks = Networks {
    dense: "ad01_int8",
    all: &["pretrainedResnet_quant", "vww_96_int8", "kws_ref_model", "ad01_int8"],
    saved: (0.13, 0.24),
    small: "mnist_0.983_quantized",
    uncached: Some("mnist_0.983_quantized"),
};

/// The project's own, of the same kinds. The weights of the dense one fit tightly coupled memories,
/// which saves more.
#[cfg(test)]
pub(super) const BUNDLED: Networks = Networks {
    dense: "autoencoder_small",
    all: &["ic_small", "kws_small", "autoencoder_small"],
    saved: (0.13, 0.28),
    small: "ic_small",
    uncached: None,
};

/// How far a ratio may lie outside the published range.
const TOLERANCE: f64 = 0.15;

/// All relations.
pub(super) fn all(lab: &Lab, networks: &Networks) -> Result<Vec<Truth>> {
    let mut truths = Vec::new();
    for (board, published) in [
        ("nucleo-l4r5zi", "19.0 %"),
        ("nucleo-u575zi-q", "18.7 %"),
        ("stm32f746g-disco", "16.4 %"),
        ("nucleo-h7a3zi-q", "20.6 %"),
    ] {
        truths.push(weights_in_ram(lab, networks, board, published)?);
    }
    for model in networks.all {
        truths.push(ratio(lab, model, "nucleo-u575zi-q", "nucleo-l4r5zi", (0.77, 0.89))?);
    }
    for model in networks.all {
        truths.push(ratio(lab, model, "nucleo-h7a3zi-q", "nucleo-l4r5zi", (0.50, 0.65))?);
    }
    if let Some(model) = networks.uncached {
        truths.push(without_caches(lab, model)?);
    }
    truths.push(serial_flash(lab, networks.small)?);
    Ok(truths)
}

fn cycles(
    lab: &Lab,
    model: &str,
    board: &str,
    recipe: &Recipe,
    caches: Option<bool>,
) -> Result<f64> {
    lab.cycles(model, lab.board(board)?, recipe, Terms { caches, ..Terms::default() })
}

/// Time that weights in RAM save, as a share.
fn weights_in_ram(lab: &Lab, networks: &Networks, board: &str, published: &str) -> Result<Truth> {
    let model = networks.dense;
    let (least, most) = networks.saved;
    let in_ram = Recipe { weights: Placement::Ram, ..Recipe::default() };
    let flash = cycles(lab, model, board, &Recipe::default(), None)?;
    let ram = cycles(lab, model, board, &in_ram, None)?;
    Ok(Truth {
        what: format!("{model} on {board}: time saved by weights in RAM"),
        published: format!("{published} (Bosch HALE 1.0.175, MLPerf Tiny v1.2)"),
        found: 1.0 - ram / flash,
        least,
        most,
    })
}

/// Cycles of `model` on `board` as a multiple of those on `base`.
fn ratio(lab: &Lab, model: &str, board: &str, base: &str, range: (f64, f64)) -> Result<Truth> {
    let recipe = Recipe::default();
    let found =
        cycles(lab, model, board, &recipe, None)? / cycles(lab, model, base, &recipe, None)?;
    Ok(Truth {
        what: format!("{model}: cycles on {board} / on {base}"),
        published: format!("{:.2} to {:.2} (MLPerf Tiny)", range.0, range.1),
        found,
        least: range.0 * (1.0 - TOLERANCE),
        most: range.1 * (1.0 + TOLERANCE),
    })
}

/// The same kind of code on a Cortex-M7 whose caches are off, as a multiple of a Cortex-M4.
fn without_caches(lab: &Lab, model: &str) -> Result<Truth> {
    let recipe = Recipe::default();
    let off = cycles(lab, model, "stm32f746g-disco", &recipe, Some(false))?;
    let found = off / cycles(lab, model, "nucleo-wl55jc", &recipe, None)?;
    Ok(Truth {
        what: format!("{model}: cycles on stm32f746g-disco without caches / on nucleo-wl55jc"),
        published: "1.81 (LeNet-5, RIOT with TVM, arXiv 2306.14574)".to_owned(),
        found,
        least: 2.0 * (1.0 - TOLERANCE),
        most: 2.0 * (1.0 + TOLERANCE),
    })
}

/// Code and weights in serial flash, as a multiple of both in RAM.
fn serial_flash(lab: &Lab, model: &str) -> Result<Truth> {
    let in_ram = Recipe { weights: Placement::Ram, code: Placement::Ram, ..Recipe::default() };
    let flash = cycles(lab, model, "hifive1b", &Recipe::default(), None)?;
    let ram = cycles(lab, model, "hifive1b", &in_ram, None)?;
    Ok(Truth {
        what: format!("{model} on hifive1b: cycles from serial flash / from RAM"),
        published: "an order of magnitude (LeNet-5, RIOT with TVM, arXiv 2306.14574)".to_owned(),
        found: flash / ram,
        least: 5.0,
        most: 20.0,
    })
}

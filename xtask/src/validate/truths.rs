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

/// The fully connected network of MLPerf Tiny.
const DENSE: &str = "ad01_int8";

/// Its networks, for ratios between cores.
const ALL: [&str; 4] = ["pretrainedResnet_quant", "vww_96_int8", "kws_ref_model", DENSE];

/// How far a ratio may lie outside the published range.
const TOLERANCE: f64 = 0.15;

/// All relations.
pub(super) fn all(lab: &Lab) -> Result<Vec<Truth>> {
    let mut truths = Vec::new();
    for (board, published) in [
        ("nucleo-l4r5zi", "19.0 %"),
        ("nucleo-u575zi-q", "18.7 %"),
        ("stm32f746g-disco", "16.4 %"),
        ("nucleo-h7a3zi-q", "20.6 %"),
    ] {
        truths.push(weights_in_ram(lab, board, published)?);
    }
    for model in ALL {
        truths.push(ratio(lab, model, "nucleo-u575zi-q", "nucleo-l4r5zi", (0.77, 0.89))?);
    }
    for model in ALL {
        truths.push(ratio(lab, model, "nucleo-h7a3zi-q", "nucleo-l4r5zi", (0.50, 0.65))?);
    }
    truths.push(without_caches(lab)?);
    truths.push(serial_flash(lab)?);
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
fn weights_in_ram(lab: &Lab, board: &str, published: &str) -> Result<Truth> {
    let in_ram = Recipe { weights: Placement::Ram, ..Recipe::default() };
    let flash = cycles(lab, DENSE, board, &Recipe::default(), None)?;
    let ram = cycles(lab, DENSE, board, &in_ram, None)?;
    Ok(Truth {
        what: format!("fully connected layers on {board}: time saved by weights in RAM"),
        published: format!("{published} (Bosch HALE 1.0.175, MLPerf Tiny v1.2)"),
        found: 1.0 - ram / flash,
        least: 0.13,
        most: 0.24,
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
fn without_caches(lab: &Lab) -> Result<Truth> {
    let (model, recipe) = ("mnist_0.983_quantized", Recipe::default());
    let off = cycles(lab, model, "stm32f746g-disco", &recipe, Some(false))?;
    let found = off / cycles(lab, model, "nucleo-wl55jc", &recipe, None)?;
    Ok(Truth {
        what: "LeNet-5: cycles on stm32f746g-disco without caches / on nucleo-wl55jc".to_owned(),
        published: "1.81 (RIOT with TVM, arXiv 2306.14574)".to_owned(),
        found,
        least: 2.0 * (1.0 - TOLERANCE),
        most: 2.0 * (1.0 + TOLERANCE),
    })
}

/// Code and weights in serial flash, as a multiple of both in RAM.
fn serial_flash(lab: &Lab) -> Result<Truth> {
    let model = "mnist_0.983_quantized";
    let in_ram = Recipe { weights: Placement::Ram, code: Placement::Ram, ..Recipe::default() };
    let flash = cycles(lab, model, "hifive1b", &Recipe::default(), None)?;
    let ram = cycles(lab, model, "hifive1b", &in_ram, None)?;
    Ok(Truth {
        what: "LeNet-5 on hifive1b: cycles from serial flash / from RAM".to_owned(),
        published: "an order of magnitude (RIOT with TVM, arXiv 2306.14574)".to_owned(),
        found: flash / ram,
        least: 5.0,
        most: 20.0,
    })
}

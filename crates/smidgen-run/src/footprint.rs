//! What a model adds to a program that has the harness but no model.

use std::collections::BTreeSet;

use smidgen_compiler::emit::Manifest;

use crate::image::{Layout, Place, Symbol};

/// Bytes of flash and RAM that a model costs, and what the harness costs beside it.
///
/// Every figure is the difference against the same program with an empty model, so the parts add
/// up to what the linker placed: `weights + constants + code` is all the flash of the model.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Footprint {
    /// Flash: weights and biases that the manifest lists.
    pub weights: u64,
    /// Flash: other constants and initial values of variables.
    pub constants: u64,
    /// Flash: functions, the compiler's support functions, and what alignment adds.
    pub code: u64,
    /// RAM: the arena, inputs and outputs included.
    pub arena: u64,
    /// RAM: variables other than the arena, and what is in RAM of the weights, constants and code.
    pub variables: u64,
    /// Flash of each step: its function, and those constants and shared kernels that no earlier
    /// step named. In the order of the manifest.
    pub steps: Vec<u64>,
    /// The model's symbols in flash, largest first.
    pub symbols: Vec<FlashSymbol>,
    /// Flash of the harness with an empty model, which is no part of the above.
    pub harness_flash: u64,
    /// RAM of the harness's variables with an empty model, which is no part of the above.
    pub harness_variables: u64,
}

/// A symbol of the model in flash.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FlashSymbol {
    /// Name in the source.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// What it is.
    pub kind: FlashKind,
}

/// What a symbol in flash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FlashKind {
    /// Weights or biases that the manifest lists.
    Weights,
    /// Another constant, or the initial value of a variable.
    Constant,
    /// A function.
    Code,
}

impl FlashKind {
    /// The word that is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Constant => "constant",
            Self::Code => "code",
        }
    }
}

impl Footprint {
    /// Compares `full` with `empty`, the same harness around an empty model.
    pub fn new(full: &Layout, empty: &Layout, manifest: &Manifest) -> Self {
        let weights = manifest.constants.iter().filter(|constant| constant.is_weight);
        let named: BTreeSet<&str> = weights.map(|constant| constant.symbol.as_str()).collect();
        let harness: BTreeSet<&str> = empty.symbols.iter().map(|s| s.name.as_str()).collect();
        let mut symbols: Vec<_> = extents(full)
            .filter(|(symbol, _)| !harness.contains(symbol.name.as_str()))
            .filter_map(|(symbol, bytes)| flash_symbol(symbol, bytes, &named))
            .collect();
        symbols.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));

        let weights =
            symbols.iter().filter(|s| s.kind == FlashKind::Weights).map(|s| s.bytes).sum();
        let data = |layout: &Layout| layout.constants + layout.initialised;
        let glue = |place| glue_bytes(full, place).saturating_sub(glue_bytes(empty, place));
        let constants = data(full)
            .saturating_sub(data(empty))
            .saturating_sub(glue(Place::Constant))
            .saturating_sub(weights);
        let code = full.text.saturating_sub(empty.text).saturating_sub(glue(Place::Text));
        let variables =
            full.variables().saturating_sub(empty.variables()).saturating_sub(glue(Place::Zeroed));
        Self {
            weights,
            constants,
            code,
            arena: (manifest.arena_bytes + manifest.state_bytes) as u64,
            variables,
            steps: step_bytes(&symbols, manifest),
            symbols,
            harness_flash: empty.flash(),
            harness_variables: empty.variables().saturating_sub(glue_bytes(empty, Place::Zeroed)),
        }
    }

    /// Bytes of flash that the model costs.
    pub fn flash(&self) -> u64 {
        self.weights + self.constants + self.code
    }
}

/// Symbols with the bytes that no symbol before them has: support libraries give functions several
/// names, and some begin inside others.
fn extents(layout: &Layout) -> impl Iterator<Item = (&Symbol, u64)> {
    let mut covered = 0;
    layout.symbols.iter().filter_map(move |symbol| {
        let end = symbol.address + symbol.size;
        let bytes = end.saturating_sub(symbol.address.max(covered));
        covered = covered.max(end);
        (bytes > 0).then_some((symbol, bytes))
    })
}

fn flash_symbol(symbol: &Symbol, bytes: u64, named: &BTreeSet<&str>) -> Option<FlashSymbol> {
    let name = symbol.source_name();
    let kind = match symbol.place {
        Place::Zeroed => return None,
        Place::Text => FlashKind::Code,
        Place::Constant | Place::Initialised if named.contains(name) => FlashKind::Weights,
        Place::Constant | Place::Initialised => FlashKind::Constant,
    };
    Some(FlashSymbol { name: name.to_owned(), bytes, kind })
}

/// Bytes of the generated glue between harness and model, the arena included.
fn glue_bytes(layout: &Layout, place: Place) -> u64 {
    const GLUE: &[&str] = &[
        "harness_arena",
        "harness_arena_bytes",
        "harness_calls",
        "harness_invoke",
        "harness_n_calls",
        "harness_ports",
    ];
    let glue = layout.symbols.iter().filter(|symbol| GLUE.contains(&symbol.name.as_str()));
    glue.filter(|symbol| symbol.place == place).map(|symbol| symbol.size).sum()
}

fn step_bytes(symbols: &[FlashSymbol], manifest: &Manifest) -> Vec<u64> {
    let mut counted = BTreeSet::new();
    let mut steps = Vec::with_capacity(manifest.steps.len());
    for step in &manifest.steps {
        let names: BTreeSet<&str> = std::iter::once(&step.function)
            .chain(&step.constants)
            .chain(&step.kernels)
            .map(String::as_str)
            .filter(|name| counted.insert(*name))
            .collect();
        let own = symbols.iter().filter(|symbol| names.contains(symbol.name.as_str()));
        steps.push(own.map(|symbol| symbol.bytes).sum());
    }
    steps
}

//! Turns a planned program into a bundle of C text and a description of it.

mod bundle;
mod header;
mod literal;
mod names;
mod package;
mod source;
mod symbols;

pub use bundle::{
    Bundle, BundleFile, ConstantSpec, ElementType, Manifest, PortSpec, Region, ScratchSpec,
    StepSpec,
};
pub use package::package_files;

use crate::lower::{Operand, Place, Port, Program};
use crate::ops::Source;
use crate::plan::Solution;
use crate::tensor::TensorType;
use std::collections::BTreeSet;
use symbols::Symbols;

/// Alignment of the arena in bytes.
const ARENA_ALIGN: usize = 8;

/// Writes the C of `program`, whose buffers lie where `solution` says.
pub fn emit(program: &Program, solution: &Solution) -> Bundle {
    let name = names::identifier(&program.name);
    let symbols = Symbols::new(program);
    let manifest = manifest(program, solution, &symbols);
    let mut files = vec![
        BundleFile { path: "model.h".into(), text: header::header(&name, &manifest) },
        BundleFile {
            path: "model.c".into(),
            text: source::source(&name, program, solution, &symbols),
        },
        BundleFile { path: "model_weights.h".into(), text: source::weights(&name, &symbols) },
    ];
    let needed = program.steps.iter().flat_map(|step| step.code.sources.iter().copied());
    let sources: BTreeSet<Source> = needed.chain([crate::ops::COMMON]).collect();
    let kernel =
        |source: &Source| BundleFile { path: source.file.into(), text: source.text.into() };
    files.extend(sources.iter().map(kernel));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Bundle { name, files, manifest }
}

/// The memory and the offset of a place.
fn locate(program: &Program, solution: &Solution, place: Place) -> (Region, usize) {
    match place {
        Place::Arena(buffer) => (Region::Arena, solution.offsets[buffer]),
        Place::State(index) => (Region::State, program.states[index].offset),
    }
}

fn manifest(program: &Program, solution: &Solution, symbols: &Symbols) -> Manifest {
    let spec = |name: &str, ty: &TensorType, (region, offset): (Region, usize)| PortSpec {
        name: name.to_owned(),
        region,
        offset,
        bytes: ty.bytes(),
        element: ty.dtype.into(),
        shape: ty.shape.dims().to_vec(),
        scale: ty.quant.whole().map(|(scale, _)| scale),
        zero_point: ty.quant.whole().map(|(_, zero_point)| zero_point),
    };
    let port = |port: &Port| spec(&port.name, &port.ty, locate(program, solution, port.place));
    let states = program.states.iter();
    let states = states.map(|state| spec(&state.name, &state.ty, (Region::State, state.offset)));
    let activation = |operand: &Operand| match operand {
        Operand::Activation(input) => Some(port(input)),
        Operand::Constant(_) => None,
    };
    let step = |(index, step): (usize, &crate::lower::Step)| StepSpec {
        name: step.name.clone(),
        kind: step.kind.to_string(),
        function: symbols.steps[index].function.clone(),
        macs: step.macs,
        parameters: step.parameters,
        inputs: step.inputs.iter().filter_map(activation).collect(),
        outputs: step.outputs.iter().map(port).collect(),
        scratch: step.scratch.map(|buffer| ScratchSpec {
            offset: solution.offsets[buffer],
            bytes: program.buffers[buffer].bytes,
        }),
        constants: symbols.constants_of(index),
        kernels: symbols.kernels_of(index),
    };
    let constant = |constant: &symbols::ConstantSymbol| ConstantSpec {
        symbol: constant.symbol.clone(),
        bytes: constant.data.bytes(),
        is_weight: constant.is_weight,
    };
    Manifest {
        arena_bytes: solution.peak_bytes.next_multiple_of(ARENA_ALIGN).max(ARENA_ALIGN),
        state_bytes: program.state_bytes().next_multiple_of(ARENA_ALIGN),
        states: states.collect(),
        inputs: program.inputs.iter().map(port).collect(),
        outputs: program.outputs.iter().map(port).collect(),
        steps: program.steps.iter().enumerate().map(step).collect(),
        constants: symbols.constants.iter().map(constant).collect(),
    }
}

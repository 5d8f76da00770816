//! What a model consists of and what memory it needs, without building anything.

use crate::report::ModelReport;
use crate::{Error, Model, Recipe};
use serde::Serialize;
use smidgen_compiler::graph::{Graph, Node, ValueId};
use smidgen_compiler::plan::{self, Planner};
use smidgen_compiler::{Compiled, compile};
use smidgen_target::Board;

/// Version of the JSON that [`InspectReport`] serialises to.
pub const INSPECT_SCHEMA: &str = "smidgen.inspect/1";

/// A model, layer by layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InspectReport {
    /// [`INSPECT_SCHEMA`].
    pub schema: String,
    /// The model; its figures are those after optimisation.
    pub model: ModelReport,
    /// Name of the board whose kernels the memory map is for.
    pub board: String,
    /// Inputs in order.
    pub inputs: Vec<TensorReport>,
    /// Outputs in order.
    pub outputs: Vec<TensorReport>,
    /// Layers in the source model.
    pub source_layers: usize,
    /// Operators after optimisation, in execution order.
    pub operators: Vec<LayerInfo>,
    /// The arena.
    pub memory: MemoryMap,
    /// Bytes of prepared weights and tables, code aside.
    pub constant_bytes: u64,
}

/// A tensor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TensorReport {
    /// Name in the source model.
    pub name: String,
    /// Element type, such as `int8`.
    pub dtype: String,
    /// Dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Size in bytes.
    pub bytes: usize,
    /// Scale and zero point, or the number of scales along an axis.
    pub quantisation: Option<String>,
    /// Whether it is known at compile time.
    pub constant: bool,
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerInfo {
    /// Name of the source layer.
    pub name: String,
    /// Operator name, such as `CONV_2D`.
    pub kind: String,
    /// Operands in order.
    pub inputs: Vec<TensorReport>,
    /// Results in order.
    pub outputs: Vec<TensorReport>,
    /// Multiply-accumulate operations.
    pub macs: u64,
    /// Elements of its weights and biases.
    pub parameters: u64,
}

/// How the arena is used over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemoryMap {
    /// Size of the arena in bytes.
    pub arena_bytes: usize,
    /// Bytes below which no placement is possible with these buffers.
    pub lower_bound_bytes: usize,
    /// What greedy placement by size, as in TFLite Micro, would need.
    pub greedy_bytes: usize,
    /// Buffers.
    pub buffers: Vec<BufferInfo>,
    /// Bytes in use at each step.
    pub steps: Vec<StepMemory>,
}

/// A buffer of the arena.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BufferInfo {
    /// Name of the first tensor in it.
    pub name: String,
    /// Place in the arena.
    pub offset: usize,
    /// Size in bytes.
    pub bytes: usize,
    /// First step that uses it.
    pub first: u32,
    /// Last step that uses it.
    pub last: u32,
}

/// Memory at one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepMemory {
    /// Name of the source layer.
    pub name: String,
    /// Operator name.
    pub kind: String,
    /// Bytes in use.
    pub bytes: usize,
    /// Indices of the buffers in use.
    pub buffers: Vec<usize>,
}

/// Describes a model with the kernels that `board` would run.
pub fn inspect(model: &Model, board: &Board, recipe: &Recipe) -> Result<InspectReport, Error> {
    let features = recipe.kernels.allowed(&board.core.features);
    let compiled = compile(model.graph.clone(), &features, recipe.planner()?)
        .map_err(|problems| Error::Model { name: model.name.clone(), problems })?;
    let graph = &model.graph;
    let tensors = |ids: &[ValueId]| ids.iter().map(|&id| tensor(graph, id)).collect();
    Ok(InspectReport {
        schema: INSPECT_SCHEMA.to_string(),
        model: model.report(),
        board: board.name.clone(),
        inputs: tensors(graph.inputs()),
        outputs: tensors(graph.outputs()),
        source_layers: model.source.nodes().len(),
        operators: graph.nodes().iter().map(|node| layer(graph, node)).collect(),
        memory: memory(&compiled),
        constant_bytes: constant_bytes(&compiled),
    })
}

fn layer(graph: &Graph, node: &Node) -> LayerInfo {
    LayerInfo {
        name: node.name.clone(),
        kind: node.op.name().to_string(),
        inputs: node.inputs.iter().map(|&id| tensor(graph, id)).collect(),
        outputs: node.outputs.iter().map(|&id| tensor(graph, id)).collect(),
        macs: graph.macs(node),
        parameters: graph.parameters(node),
    }
}

fn tensor(graph: &Graph, id: ValueId) -> TensorReport {
    let value = graph.value(id);
    let quantisation = value.ty.quant.to_string();
    TensorReport {
        name: value.name.clone(),
        dtype: value.ty.dtype.to_string(),
        shape: value.ty.shape.dims().to_vec(),
        bytes: value.ty.bytes(),
        quantisation: (!quantisation.is_empty()).then(|| quantisation.trim().to_string()),
        constant: value.constant.is_some(),
    }
}

fn memory(compiled: &Compiled) -> MemoryMap {
    let Compiled { program, problem, solution, bundle, .. } = compiled;
    let step = |(index, step): (usize, &smidgen_compiler::lower::Step)| {
        let used: Vec<usize> = (0..program.buffers.len())
            .filter(|&i| program.buffers[i].live.contains(&(index as u32)))
            .collect();
        StepMemory {
            name: step.name.clone(),
            kind: step.kind.to_string(),
            bytes: used.iter().map(|&i| program.buffers[i].bytes).sum(),
            buffers: used,
        }
    };
    let buffers = program.buffers.iter().zip(&solution.offsets);
    MemoryMap {
        arena_bytes: bundle.manifest.arena_bytes,
        lower_bound_bytes: solution.lower_bound_bytes,
        greedy_bytes: plan::GreedyBySize.solve(problem).peak_bytes,
        buffers: buffers
            .map(|(buffer, &offset)| BufferInfo {
                name: buffer.name.clone(),
                offset,
                bytes: buffer.bytes,
                first: buffer.live.start,
                last: buffer.live.end - 1,
            })
            .collect(),
        steps: program.steps.iter().enumerate().map(step).collect(),
    }
}

/// Bytes of the constants that the code reads, each content once.
fn constant_bytes(compiled: &Compiled) -> u64 {
    let manifest = &compiled.bundle.manifest;
    manifest.constants.iter().map(|constant| constant.bytes as u64).sum()
}

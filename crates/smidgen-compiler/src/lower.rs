//! Graph → program: a kernel per step, buffers with lifetimes, in-place claims; no offsets yet.

use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{CArray, Lowered, Lowering};
use crate::plan;
use crate::tensor::{Data, TensorType};
use smidgen_target::Features;
use std::ops::Range;

/// Index of a buffer of a [`Program`].
pub type BufferId = usize;

/// A model as a list of calls on buffers.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Name of the model.
    pub name: String,
    /// Steps in execution order.
    pub steps: Vec<Step>,
    /// Memory that the steps need, without places.
    pub buffers: Vec<Buffer>,
    /// Model inputs in order.
    pub inputs: Vec<Port>,
    /// Model outputs in order.
    pub outputs: Vec<Port>,
}

/// One operator as code.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Name of the source layer.
    pub name: String,
    /// Operator name, such as `CONV_2D`.
    pub kind: &'static str,
    /// Multiply-accumulate operations.
    pub macs: u64,
    /// Elements of the source layer's constants.
    pub parameters: u64,
    /// Operands of the operator, in its order.
    pub inputs: Vec<Operand>,
    /// Results of the operator, in its order.
    pub outputs: Vec<Port>,
    /// The code.
    pub code: Lowered,
    /// Scratch memory, if the code needs any.
    pub scratch: Option<BufferId>,
}

/// An operand of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// An activation.
    Activation(Port),
    /// A constant of the model; the code may read it as it is or in a prepared form.
    Constant(CArray),
}

/// A tensor in a buffer.
#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    /// Which value of the graph this is.
    pub value: ValueId,
    /// Name in the source model.
    pub name: String,
    /// Type.
    pub ty: TensorType,
    /// Where it lies.
    pub buffer: BufferId,
}

/// Memory for tensors that never live at the same time, or for scratch.
#[derive(Debug, Clone, PartialEq)]
pub struct Buffer {
    /// Name of the first tensor in it.
    pub name: String,
    /// Size in bytes.
    pub bytes: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// Steps during which it is in use.
    pub live: Range<u32>,
}

/// Least alignment of a buffer, so that kernels may read words.
const ALIGN: usize = 4;
/// Alignment of scratch memory.
const SCRATCH_ALIGN: usize = 8;

impl Program {
    /// The planning problem of this program.
    pub fn problem(&self, capacity: Option<usize>) -> Result<plan::Problem, plan::ProblemError> {
        let buffer = |buffer: &Buffer| plan::Buffer {
            name: buffer.name.clone(),
            bytes: buffer.bytes,
            align: buffer.align,
            live: buffer.live.clone(),
        };
        plan::Problem::new(self.buffers.iter().map(buffer).collect(), capacity)
    }
}

/// Chooses kernels for a core with `features` and assigns values to buffers.
pub fn lower(graph: &Graph, features: &Features) -> Result<Program, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut lowerings = Vec::new();
    for node in graph.nodes() {
        match node.op.lower(&graph.site(node), features) {
            Ok(lowering) => lowerings.push((node, lowering)),
            Err(error) => problems.push(error.at(node.origin())),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let allocation = Allocation::new(graph, &lowerings);
    if let Some(&id) = graph.outputs().iter().find(|&&id| allocation.constant(id).is_some()) {
        let at = Origin::Value { name: graph.value(id).name.clone() };
        let text = "is a model output with a constant value, which must be copied first";
        return Err(vec![Diagnostic::new(Code::Internal, at, text)]);
    }
    Ok(allocation.run(lowerings))
}

/// Assigns values to buffers, step by step.
struct Allocation<'a> {
    graph: &'a Graph,
    /// For every value, the value whose bytes it views; itself if it has its own.
    root: Vec<ValueId>,
    /// For every root, the step after its last use; 0 if it is never used.
    end: Vec<u32>,
    buffers: Vec<Buffer>,
    /// Buffer of every root that has one.
    place: Vec<Option<BufferId>>,
}

impl<'a> Allocation<'a> {
    fn new(graph: &'a Graph, lowerings: &[(&Node, Lowering)]) -> Self {
        let ids = |node: &Node| (node.inputs[0], node.outputs[0]);
        let mut root: Vec<ValueId> = graph.ids().collect();
        let mut end = vec![0; root.len()];
        let mut step = 0;
        for (node, lowering) in lowerings {
            if let Lowering::View = lowering {
                let (from, to) = ids(node);
                root[to.index()] = root[from.index()];
                continue;
            }
            step += 1;
            for id in node.inputs.iter().chain(&node.outputs) {
                end[root[id.index()].index()] = step;
            }
        }
        for id in graph.outputs() {
            end[root[id.index()].index()] = step.max(1);
        }
        let place = vec![None; root.len()];
        Self { graph, root, end, buffers: Vec::new(), place }
    }

    fn run(mut self, lowerings: Vec<(&Node, Lowering)>) -> Program {
        let graph = self.graph;
        for &id in graph.inputs() {
            self.allocate(id, 0);
        }
        let inputs = graph.inputs().iter().map(|&id| self.port(id)).collect();
        let mut steps = Vec::new();
        for (node, lowering) in lowerings {
            if let Lowering::Code(code) = lowering {
                steps.push(self.step(node, code, steps.len() as u32));
            }
        }
        let outputs = graph.outputs().iter().map(|&id| self.port(id)).collect();
        Program { name: graph.name.clone(), steps, buffers: self.buffers, inputs, outputs }
    }

    fn step(&mut self, node: &Node, code: Lowered, index: u32) -> Step {
        let graph = self.graph;
        for (position, &output) in node.outputs.iter().enumerate() {
            match self.claim(node, &code, index).filter(|_| position == 0) {
                Some(buffer) => self.share(output, buffer),
                None => self.allocate(output, index),
            }
        }
        let scratch = (code.scratch_bytes > 0).then(|| {
            self.buffers.push(Buffer {
                name: format!("scratch of {}", node.name),
                bytes: code.scratch_bytes,
                align: SCRATCH_ALIGN,
                live: index..index + 1,
            });
            self.buffers.len() - 1
        });
        let operand = |&id: &ValueId| match self.constant(id) {
            Some(data) => Operand::Constant(constant_array(data)),
            None => Operand::Activation(self.port(id)),
        };
        Step {
            name: node.name.clone(),
            kind: node.op.name(),
            macs: graph.macs(node),
            parameters: graph.parameters(node),
            inputs: node.inputs.iter().map(operand).collect(),
            outputs: node.outputs.iter().map(|&id| self.port(id)).collect(),
            code,
            scratch,
        }
    }

    /// The buffer of an input that output 0 may overwrite: nothing reads it afterwards, neither a
    /// step nor the caller, and no other operand of this step lies in it.
    fn claim(&self, node: &Node, code: &Lowered, index: u32) -> Option<BufferId> {
        let buffer_of = |id: ValueId| self.place[self.root[id.index()].index()];
        let ty = &self.graph.value(node.outputs[0]).ty;
        let (bytes, align) = (ty.bytes(), alignment(ty));
        code.in_place.iter().find_map(|&input| {
            let &id = node.inputs.get(input)?;
            let buffer = buffer_of(id)?;
            let readers = node.inputs.iter().filter(|&&id| buffer_of(id) == Some(buffer)).count();
            let Buffer { live, bytes: room, align: aligned, .. } = &self.buffers[buffer];
            let fits = *room >= bytes && *aligned >= align;
            let last = live.end == index + 1 && !self.holds_output(id);
            (fits && readers == 1 && last).then_some(buffer)
        })
    }

    /// Whether a model output has the bytes of `id`.
    fn holds_output(&self, id: ValueId) -> bool {
        let root = self.root[id.index()];
        self.graph.outputs().iter().any(|output| self.root[output.index()] == root)
    }

    fn share(&mut self, id: ValueId, buffer: BufferId) {
        let root = self.root[id.index()].index();
        self.place[root] = Some(buffer);
        let live = &mut self.buffers[buffer].live;
        live.end = live.end.max(self.end[root]);
    }

    fn allocate(&mut self, id: ValueId, start: u32) {
        let root = self.root[id.index()].index();
        let value = self.graph.value(id);
        self.place[root] = Some(self.buffers.len());
        self.buffers.push(Buffer {
            name: value.name.clone(),
            bytes: value.ty.bytes(),
            align: alignment(&value.ty),
            live: start..self.end[root].max(start + 1),
        });
    }

    /// The elements of a value that is known at compile time.
    fn constant(&self, id: ValueId) -> Option<&'a Data> {
        self.graph.value(self.root[id.index()]).constant.as_deref()
    }

    fn port(&self, id: ValueId) -> Port {
        let value = self.graph.value(id);
        let buffer = self.place[self.root[id.index()].index()];
        Port {
            value: id,
            name: value.name.clone(),
            ty: value.ty.clone(),
            buffer: buffer.expect("values are placed before they are used"),
        }
    }
}

fn alignment(ty: &TensorType) -> usize {
    ty.dtype.bytes().max(ALIGN)
}

/// The elements as the C array that holds them.
fn constant_array(data: &Data) -> CArray {
    match data {
        Data::I8(v) => CArray::I8(v.clone()),
        Data::U8(v) => CArray::U8(v.clone()),
        Data::I16(v) => CArray::I16(v.clone()),
        Data::I32(v) => CArray::I32(v.clone()),
        Data::I64(v) => CArray::I64(v.clone()),
        Data::F32(v) => CArray::F32(v.clone()),
        Data::Bool(v) => CArray::U8(v.iter().map(|&x| u8::from(x)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::plain;
    use crate::ops::{Op, reshape, tanh};
    use crate::tensor::{DType, Quant, Rounding, Shape};

    fn tanh() -> Op {
        tanh::Tanh { rounding: Rounding::Tflm }.into()
    }

    /// Requires whether the last step of input → tanh → reshape → tanh works in place, where the
    /// values at `outputs` are outputs too.
    fn check(outputs: &[usize], in_place: bool) {
        let mut graph = Graph::new("test");
        let ty = plain(DType::F32, &[2, 3]);
        let x = graph.add_input("x", ty);
        let a = graph.add_op("a", tanh(), &[x], Quant::None).unwrap();
        let flat = reshape::Reshape { shape: Shape::new([6]).unwrap() };
        let b = graph.add_op("b", flat, &[a], Quant::None).unwrap();
        let c = graph.add_op("c", tanh(), &[b], Quant::None).unwrap();
        let values = [x, a, b];
        graph.set_outputs(outputs.iter().map(|&i| values[i]).chain([c]).collect());
        let program = lower(&graph, &Features::default()).unwrap();
        let [.., last] = program.steps.as_slice() else { panic!("no steps") };
        let Operand::Activation(from) = &last.inputs[0] else { panic!("a constant") };
        assert_eq!(from.buffer == last.outputs[0].buffer, in_place, "{outputs:?}");
    }

    #[test]
    fn the_last_reader_may_overwrite() {
        check(&[], true);
    }

    #[test]
    fn a_model_output_is_not_overwritten() {
        check(&[1], false);
    }

    #[test]
    fn a_view_of_a_model_output_is_not_overwritten() {
        check(&[2], false);
    }

    #[test]
    fn another_output_does_not_matter() {
        check(&[0], true);
    }
}

//! Replaces groups of element-wise operators that make one int8 tensor of another, be it through
//! floats, by one table of the 256 results.
//!
//! Knows one operator, the table. Whatever says that it is element-wise is evaluated once for all
//! int8 numbers, as constants are folded; so decomposed activations need not be recognised.

use super::Pass;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::table::Lookup;
use crate::ops::{Operand, Site};
use crate::tensor::{DType, Data, Quant, Shape, TensorType};

pub(super) struct FuseTable;

/// Numbers of 8 bits.
const NUMBERS: usize = 256;
/// Tables of one value that are worth reading its source instead.
const MAX_TABLES: usize = 4;
/// Functions through which a common source of operands is looked for.
const MAX_DEPTH: usize = 16;

impl Pass for FuseTable {
    fn name(&self) -> &'static str {
        "fuse-table"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let mut functions: Functions = vec![None; graph.values().len()];
        for node in graph.nodes() {
            if let Some(function) = function(graph, node, &functions) {
                functions[node.outputs[0].index()] = Some(function);
            }
        }
        let (needed, tables) = select(graph, &functions);
        let mut changed = false;
        for index in 0..graph.nodes().len() {
            let node = &graph.nodes()[index];
            let output = node.outputs.first();
            let Some(function) = output.and_then(|id| tables[id.index()].as_ref()) else {
                continue;
            };
            // Where all operands are computed all the same, a table would replace this node alone.
            let kept = |id: &ValueId| graph.value(*id).constant.is_some() || needed[id.index()];
            if node.inputs.iter().all(kept) {
                continue;
            }
            let results = Box::new(std::array::from_fn(|x| function.results.get::<i8>()[x]));
            let node = graph.node_mut(index);
            node.op = Lookup { results }.into();
            node.inputs = vec![function.source];
            changed = true;
        }
        Ok(changed)
    }
}

/// How a value depends on an int8 value of its shape.
#[derive(Clone)]
struct Function {
    source: ValueId,
    /// Results for 0 to 127, then those for -128 to -1.
    results: Data,
}

/// By value; the source is the nearest there is.
type Functions = Vec<Option<Function>>;

impl Function {
    fn identity(source: ValueId) -> Self {
        Self { source, results: Data::I8((0..=u8::MAX).map(|x| x as i8).collect()) }
    }

    /// This function of what `inner` computes.
    fn after(&self, inner: &Self) -> Self {
        let (dtype, size) = (self.results.dtype(), self.results.dtype().bytes());
        let bytes = self.results.to_le_bytes();
        let entry = |&x: &i8| &bytes[usize::from(x as u8) * size..][..size];
        let composed: Vec<u8> = inner.results.get::<i8>().iter().flat_map(entry).copied().collect();
        let results = Data::from_le_bytes(dtype, &composed);
        Self { source: inner.source, results: results.expect("elements were copied whole") }
    }
}

/// How the output of an element-wise node depends on the nearest value on which alone it does.
fn function(graph: &Graph, node: &Node, functions: &Functions) -> Option<Function> {
    let &[output] = &node.outputs[..] else { return None };
    let ty = &graph.value(output).ty;
    if !node.op.is_elementwise() || !is_whole(ty) {
        return None;
    }
    let mut operands: Vec<Option<Function>> = Vec::with_capacity(node.inputs.len());
    for &input in &node.inputs {
        let value = graph.value(input);
        let variable = value.constant.is_none();
        if !is_whole(&value.ty) || (variable && value.ty.shape != ty.shape) {
            return None;
        }
        let operand = if value.ty.dtype == DType::I8 {
            Some(Function::identity(input))
        } else {
            functions[input.index()].clone()
        };
        operands.push(if variable { Some(operand?) } else { None });
    }
    let source = meet(operands.iter_mut().flatten().collect(), functions)?;
    let mut types = Vec::with_capacity(operands.len());
    let mut data = Vec::with_capacity(operands.len());
    for (&input, operand) in node.inputs.iter().zip(operands) {
        let value = graph.value(input);
        let elements = match operand {
            Some(function) => function.results,
            None => single(value.constant.as_deref()?)?,
        };
        types.push(of_elements(&value.ty, elements.len())?);
        data.push(elements);
    }
    let output = of_elements(ty, NUMBERS)?;
    let inferred = node.op.infer(&types.iter().collect::<Vec<_>>()).ok()?;
    let inputs = types.iter().map(|ty| Operand { ty, constant: None }).collect();
    let site = Site { inputs, outputs: vec![&output] };
    if inferred != [(output.dtype, output.shape.clone())] || node.op.check(&site).is_err() {
        return None;
    }
    let results = node.op.eval(&site, &data.iter().collect::<Vec<_>>()).pop()?;
    Some(Function { source, results })
}

/// Lets all operands depend on one source, the nearest; returns it.
fn meet(mut operands: Vec<&mut Function>, functions: &Functions) -> Option<ValueId> {
    for _ in 0..MAX_DEPTH {
        // What is computed later has the higher number only by custom, so the way down counts.
        let depth = |source: ValueId| {
            let further = |&id: &ValueId| functions[id.index()].as_ref().map(|f| f.source);
            std::iter::successors(Some(source), further).take(MAX_DEPTH).count()
        };
        let source = operands.first()?.source;
        if operands.iter().all(|operand| operand.source == source) {
            return Some(source);
        }
        let deepest = operands.iter_mut().max_by_key(|operand| depth(operand.source))?;
        **deepest = deepest.after(functions[deepest.source.index()].as_ref()?);
    }
    None
}

/// Whether all elements mean the same.
fn is_whole(ty: &TensorType) -> bool {
    ty.quant == Quant::None || ty.quant.whole().is_some()
}

/// The type with another number of elements.
fn of_elements(ty: &TensorType, elements: usize) -> Option<TensorType> {
    Some(TensorType { shape: Shape::new([elements]).ok()?, ..ty.clone() })
}

/// The one element that is repeated everywhere.
fn single(constant: &Data) -> Option<Data> {
    let bytes = constant.to_le_bytes();
    let mut elements = bytes.chunks_exact(constant.dtype().bytes());
    let first = elements.next()?;
    let uniform = elements.all(|element| element == first);
    if uniform { Data::from_le_bytes(constant.dtype(), first) } else { None }
}

/// Which values are computed if tables compute all int8 values that they can, and the tables.
fn select(graph: &Graph, functions: &Functions) -> (Vec<bool>, Functions) {
    let mut needed = vec![false; functions.len()];
    let mut tables: Functions = vec![None; functions.len()];
    // Results and their functions, by the source that they would read.
    let mut readers: Vec<Vec<(ValueId, Function)>> = vec![Vec::new(); functions.len()];
    graph.results().for_each(|id| needed[id.index()] = true);
    for node in graph.nodes().iter().rev() {
        let mut function = None;
        if let &[output] = &node.outputs[..]
            && graph.value(output).ty.dtype == DType::I8
        {
            function = functions[output.index()].as_ref();
        }
        let Some(function) = function else {
            if node.outputs.iter().any(|id| needed[id.index()] || !readers[id.index()].is_empty()) {
                node.inputs.iter().for_each(|id| needed[id.index()] = true);
            }
            continue;
        };
        let output = node.outputs[0];
        let is_needed = needed[output.index()];
        let of_output = &mut readers[output.index()];
        if is_needed || of_output.len() > MAX_TABLES {
            needed[output.index()] = true;
            readers[function.source.index()].push((output, function.clone()));
        } else {
            let moved: Vec<_> =
                of_output.drain(..).map(|(id, outer)| (id, outer.after(function))).collect();
            readers[function.source.index()].extend(moved);
        }
    }
    for (source, reader) in readers.into_iter().enumerate() {
        for (output, function) in reader {
            needed[source] = true;
            tables[output.index()] = Some(function);
        }
    }
    (needed, tables)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, check};
    use super::*;
    use crate::ops::case::{Random, plain};
    use crate::ops::elementwise::{Elementwise, Function as F};
    use crate::ops::{Activation, Op, add, dequantize, mul, quantize};
    use crate::tensor::Rounding;

    fn unary(function: F) -> Op {
        Elementwise { function, rounding: Rounding::Tflm }.into()
    }

    fn product() -> Op {
        mul::Mul { activation: Activation::None, rounding: Rounding::Tflm }.into()
    }

    fn sum() -> Op {
        add::Add { activation: Activation::None, shifting: false, rounding: Rounding::Tflm }.into()
    }

    fn dequantised(b: &mut Builder, x: ValueId) -> ValueId {
        b.op_to(dequantize::Dequantize, &[x], Quant::None)
    }

    fn logistic(b: &mut Builder, x: ValueId) -> ValueId {
        b.op_to(unary(F::Logistic), &[x], Quant::per_tensor(1.0 / 256.0, -128).unwrap())
    }

    #[test]
    fn swish_is_a_table() {
        let mut b = Builder::new();
        let x = b.input(&[2, 70]);
        let y = logistic(&mut b, x);
        let y = b.op(product(), &[x, y]);
        b.output(y);
        check_live(b, &["TABLE"]);
    }

    /// Requires the operators that are left once nobody computes what is not read.
    fn check_live(b: Builder, left: &[&str]) {
        let before = b.finish();
        let mut after = before.clone();
        super::super::run(&mut after, &[&FuseTable, &super::super::dead_code::DeadCode]).unwrap();
        let names: Vec<&str> = after.nodes().iter().map(|node| node.op.name()).collect();
        assert_eq!(names, left, "{after}");
        super::super::testing::check_equal(&before, &after);
    }

    #[test]
    fn an_island_of_floats_is_a_table() {
        let mut b = Builder::new();
        let x = b.input(&[3, 50]);
        let mut y = dequantised(&mut b, x);
        for function in [F::Exp, F::Square, F::Log, F::Tanh] {
            y = b.op_to(unary(function), &[y], Quant::None);
        }
        let y = b.op(quantize::Quantize { to: DType::I8, rounding: Rounding::Tflm }, &[y]);
        b.output(y);
        check_live(b, &["TABLE"]);
    }

    #[test]
    fn an_equal_constant_everywhere_is_a_number() {
        let mut b = Builder::new();
        let x = b.input(&[1, 4, 50]);
        let three = b.uniform(&[4, 50], 60);
        let sixth = b.uniform(&[], 3);
        let y = b.op(sum(), &[x, three]);
        let y = b.op(unary(F::Relu6), &[y]);
        let y = b.op(product(), &[sixth, y]);
        let y = b.op(product(), &[y, x]);
        b.output(y);
        check_live(b, &["TABLE"]);
    }

    #[test]
    fn different_constants_stay() {
        let mut b = Builder::new();
        let x = b.input(&[4, 50]);
        let constant = b.constant(&[4, 50]);
        let y = b.op(sum(), &[x, constant]);
        let y = b.op(unary(F::Relu6), &[y]);
        b.output(y);
        check(b, &FuseTable, &["ADD", "RELU6"]);
    }

    #[test]
    fn two_inputs_stay() {
        let mut b = Builder::new();
        let (x, z) = (b.input(&[4, 50]), b.input(&[4, 50]));
        let z = logistic(&mut b, z);
        let y = b.op(product(), &[x, z]);
        b.output(y);
        check(b, &FuseTable, &["LOGISTIC", "MUL"]);
    }

    #[test]
    fn broadcast_operands_stay() {
        let mut b = Builder::new();
        let x = b.input(&[4, 1]);
        let y = logistic(&mut b, x);
        let column = b.uniform(&[1, 5], 2);
        let y = b.op(product(), &[y, column]);
        b.output(y);
        check(b, &FuseTable, &["LOGISTIC", "MUL"]);
    }

    #[test]
    fn one_operator_stays() {
        let mut b = Builder::new();
        let x = b.input(&[4, 50]);
        let y = b.op(product(), &[x, x]);
        b.output(y);
        check(b, &FuseTable, &["MUL"]);
    }

    #[test]
    fn what_others_read_stays() {
        let mut b = Builder::new();
        let x = b.input(&[4, 50]);
        let y = logistic(&mut b, x);
        let z = b.op(product(), &[x, y]);
        b.output(y);
        b.output(z);
        check(b, &FuseTable, &["LOGISTIC", "MUL"]);
    }

    #[test]
    fn a_result_in_the_middle_divides_a_group() {
        let mut b = Builder::new();
        let x = b.input(&[4, 50]);
        let y = logistic(&mut b, x);
        let y = b.op(unary(F::Tanh), &[y]);
        let z = b.op(unary(F::Abs), &[y]);
        let z = b.op(product(), &[z, y]);
        b.output(y);
        b.output(z);
        check_live(b, &["TABLE", "TABLE"]);
    }

    #[test]
    fn operands_of_different_depth_meet() {
        let mut b = Builder::new();
        let x = b.input(&[300]);
        let (mut deep, mut float) = (x, dequantised(&mut b, x));
        for _ in 0..5 {
            deep = b.op(unary(F::Tanh), &[deep]);
            float = b.op_to(unary(F::Square), &[float], Quant::None);
        }
        let deep = dequantised(&mut b, deep);
        let y = b.op_to(sum(), &[deep, float], Quant::None);
        let y = b.op(quantize::Quantize { to: DType::I8, rounding: Rounding::Tflm }, &[y]);
        b.output(y);
        check_live(b, &["TABLE"]);
    }

    #[test]
    fn a_few_results_of_one_value_read_its_source() {
        let mut b = Builder::new();
        let x = b.input(&[4, 50]);
        let y = logistic(&mut b, x);
        for function in [F::Abs, F::Tanh] {
            let y = b.op(unary(function), &[y]);
            b.output(y);
        }
        check_live(b, &["TABLE", "TABLE"]);
    }

    #[test]
    fn scales_along_an_axis_stay() {
        let mut b = Builder::new();
        let quant = Quant::per_axis(1, vec![0.1, 0.2]).unwrap();
        let x = b.input_of(TensorType { quant, ..plain(DType::I8, &[3, 2]) });
        let y = dequantised(&mut b, x);
        let y = b.op(quantize::Quantize { to: DType::I8, rounding: Rounding::Tflm }, &[y]);
        b.output(y);
        check(b, &FuseTable, &["DEQUANTIZE", "QUANTIZE"]);
    }

    #[test]
    fn thousands_of_operators_take_one_round() {
        let mut b = Builder::new();
        let x = b.input(&[2, 3]);
        let mut y = x;
        for _ in 0..3_000 {
            y = b.op(unary(F::Tanh), &[y]);
        }
        let y = b.op(product(), &[y, x]);
        b.output(y);
        let mut graph = b.finish();
        let log = super::super::run(&mut graph, super::super::ALL).unwrap();
        assert!(graph.nodes().len() <= 2, "{}", graph.nodes().len());
        assert!(log.last().unwrap().round <= 3, "{log:?}");
    }

    #[test]
    fn operators_are_as_element_wise_as_they_say() {
        let mut random = Random::new(5);
        let mut seen = 0;
        for case in Op::cases().into_iter().flat_map(|(_, cases)| cases) {
            let types: Vec<TensorType> = case.inputs.iter().map(|input| input.0.clone()).collect();
            let output = &case.outputs[0];
            let plain = |ty: &TensorType| is_whole(ty) && ty.shape == output.shape;
            if !case.op.is_elementwise() || !types.iter().all(plain) {
                continue;
            }
            seen += 1;
            let evaluate = |turned: bool, count: usize, data: &[Data]| {
                let flat = |ty: &TensorType| of_elements(ty, count).unwrap();
                let (types, output): (Vec<_>, _) = (types.iter().map(flat).collect(), flat(output));
                let inputs = types.iter().map(|ty| Operand { ty, constant: None }).collect();
                let site = Site { inputs, outputs: vec![&output] };
                let data: Vec<Data> = data.iter().map(|data| backwards(data, turned)).collect();
                let results = case.op.eval(&site, &data.iter().collect::<Vec<_>>());
                backwards(&results[0], turned)
            };
            let data: Vec<_> = types.iter().map(|ty| random.data(ty.dtype, 60)).collect();
            let (straight, turned) = (evaluate(false, 60, &data), evaluate(true, 60, &data));
            assert_eq!(straight.to_le_bytes(), turned.to_le_bytes(), "{}", case.name);
        }
        assert!(seen > 20, "{seen}");
    }

    /// The elements from the last to the first, if they are to be turned.
    fn backwards(data: &Data, turned: bool) -> Data {
        let bytes = data.to_le_bytes();
        let elements = bytes.chunks_exact(data.dtype().bytes());
        let reversed: Vec<u8> = elements.rev().flatten().copied().collect();
        if turned { Data::from_le_bytes(data.dtype(), &reversed).unwrap() } else { data.clone() }
    }
}

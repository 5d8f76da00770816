//! Random graphs of branches, loops, states, views and operators that work in place: whatever memory
//! they share, the generated code gives the reference's outputs.
//!
//! `SMIDGEN_GRAPHS` sets how many there are. Everything follows from a seed.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use rayon::prelude::*;
use smidgen_compiler::graph::{Graph, Node, ValueId};
use smidgen_compiler::ops::case::{Case, Random, plain};
use smidgen_compiler::ops::compare::{Compare, Relation};
use smidgen_compiler::ops::concatenation::Concatenation;
use smidgen_compiler::ops::elementwise::{Elementwise, Function};
use smidgen_compiler::ops::reshape::Reshape;
use smidgen_compiler::ops::split::Split;
use smidgen_compiler::ops::{Activation, Control, Op, add, pairwise, sub};
use smidgen_compiler::passes;
use smidgen_compiler::tensor::{DType, Data, Quant, Rounding, Shape, TensorType};
use smidgen_study::compare::compare;
use smidgen_study::report::Verdict;
use smidgen_study::{Inputs, Model, Recipe};
use support::workbench;

/// Graphs, unless the environment says otherwise.
const GRAPHS: u64 = 24;
/// Elements of a value: those of the state of [`svdf`].
const ELEMENTS: usize = 24;
/// Shapes of a value.
const SHAPES: [&[usize]; 3] = [&[1, ELEMENTS], &[ELEMENTS], &[4, 6]];

/// An operator with a state of [`ELEMENTS`], 3 inputs and 4 outputs.
fn svdf() -> Case {
    let (_, cases) = Op::cases().into_iter().find(|(name, _)| *name == "SVDF").unwrap();
    cases.into_iter().find(|case| case.name == "float_rank_1").unwrap()
}

/// Builds one graph or region.
struct Builder<'a> {
    random: &'a mut Random,
    graph: Graph,
    /// Values of the first of [`SHAPES`], any of which may be read.
    values: Vec<ValueId>,
    /// What each state holds by now, by what it holds at first.
    states: Vec<[ValueId; 2]>,
    depth: usize,
}

fn value_type() -> TensorType {
    plain(DType::F32, SHAPES[0])
}

impl Builder<'_> {
    fn below(&mut self, end: usize) -> usize {
        self.random.range(0, end as i64 - 1) as usize
    }

    fn pick(&mut self) -> ValueId {
        // Late values more often than early ones, so that chains arise.
        let from = if self.below(2) == 0 { self.values.len().saturating_sub(3) } else { 0 };
        let at = from + self.below(self.values.len() - from);
        self.values[at]
    }

    fn op(&mut self, op: impl Into<Op>, inputs: &[ValueId]) -> ValueId {
        let name = format!("n{}", self.graph.values().len());
        self.graph.add_op(name, op, inputs, Quant::None).unwrap()
    }

    fn node(&mut self, op: Op, inputs: &[ValueId], results: &[TensorType]) -> Vec<ValueId> {
        self.region_node(op, inputs, results, Vec::new())
    }

    fn region_node(
        &mut self,
        op: Op,
        inputs: &[ValueId],
        results: &[TensorType],
        regions: Vec<Graph>,
    ) -> Vec<ValueId> {
        let name = format!("n{}", self.graph.values().len());
        let outputs: Vec<_> =
            results.iter().map(|ty| self.graph.add_value(name.clone(), ty.clone())).collect();
        let layer = self.graph.nodes().len();
        let node = Node::new(name, layer, op, inputs.to_vec(), outputs.clone());
        self.graph.add_node(Node { regions, ..node });
        outputs
    }

    fn constant(&mut self, ty: TensorType, data: Data) -> ValueId {
        self.graph.add_constant("c", ty, data)
    }

    fn view(&mut self, value: ValueId, shape: &[usize]) -> ValueId {
        self.op(Reshape { shape: Shape::new(shape).unwrap() }, &[value])
    }

    fn copy(&mut self, value: ValueId) -> ValueId {
        let ty = self.graph.value(value).ty.clone();
        self.node(Op::duplicate(), &[value], &[ty])[0]
    }

    fn split(&mut self, value: ValueId, first: usize) -> Vec<ValueId> {
        let sizes = vec![first, ELEMENTS - first];
        let types = [first, ELEMENTS - first].map(|size| plain(DType::F32, &[1, size]));
        self.node(Split { axis: 1, sizes }.into(), &[value], &types)
    }

    /// A truth value that depends on a value's first element.
    fn choice(&mut self) -> ValueId {
        let value = self.pick();
        if self.below(6) == 0 {
            let data = Data::Bool(vec![self.below(2) == 0]);
            return self.constant(plain(DType::Bool, &[1, 1]), data);
        }
        let first = self.split(value, 1)[0];
        let zero = self.constant(plain(DType::F32, &[1, 1]), Data::F32(vec![0.1]));
        self.op(Compare { relation: Relation::Greater }, &[first, zero])
    }

    fn step(&mut self) {
        let unary = |function| Elementwise { function, rounding: Rounding::Tflm };
        let (a, b) = (self.pick(), self.pick());
        let plain_sub =
            sub::Sub { activation: Activation::None, shifting: false, rounding: Rounding::Tflm };
        let value = match self.below(14) {
            0 => self.op(unary(Function::Neg), &[a]),
            1 => self.op(unary(Function::Abs), &[a]),
            2..=3 => self.op(plain_sub, &[a, b]),
            4 => self.op(pairwise::Pairwise { function: pairwise::Function::Maximum }, &[a, b]),
            5 => {
                let shape = SHAPES[1 + self.below(2)];
                let (a, b) = (self.view(a, shape), self.view(b, shape));
                let c = if self.below(2) == 0 { a } else { self.op(plain_sub, &[a, b]) };
                self.view(c, SHAPES[0])
            }
            6 => {
                let first = 1 + self.below(ELEMENTS - 1);
                let parts = self.split(a, first);
                self.op(Concatenation { axis: 1 }, &[parts[1], parts[0]])
            }
            7 => self.copy(a),
            8..=9 => return self.branch(),
            10..=11 => return self.repeat(),
            12 => return self.assign(),
            _ => return self.svdf(),
        };
        self.values.push(value);
    }

    fn assign(&mut self) {
        if self.states.is_empty() {
            return;
        }
        let (at, value) = (self.below(self.states.len()), self.pick());
        let new = self.node(Op::store(), &[value, self.states[at][1]], &[value_type()])[0];
        self.values.push(new);
        self.states[at][1] = new;
    }

    /// An operator with a state, whose input may be that state.
    fn svdf(&mut self) {
        if self.states.is_empty() {
            return;
        }
        let Case { op, inputs, outputs, .. } = svdf();
        let (at, value) = (self.below(self.states.len()), self.pick());
        let mut operands = vec![self.split(value, 3)[0]];
        for (ty, data) in inputs {
            operands.extend(data.map(|data| self.constant(ty, data)));
        }
        operands.push(self.states[at][1]);
        let results = self.node(op, &operands, &outputs);
        let rest = self.split(value, 4)[1];
        let whole = self.op(Concatenation { axis: 1 }, &[results[0], rest]);
        self.values.extend([whole, results[1]]);
        self.states[at][1] = results[1];
    }

    /// A region that takes values of `types` and gives what `finish` makes of its values.
    fn region(
        &mut self,
        types: &[TensorType],
        finish: impl FnOnce(&mut Builder, &[ValueId]) -> Vec<ValueId>,
    ) -> Graph {
        let mut graph = Graph::new("region");
        let inputs: Vec<_> = types.iter().map(|ty| graph.add_input("in", ty.clone())).collect();
        let fits = |id: &&ValueId| graph.value(**id).ty == value_type();
        let values = inputs.iter().filter(fits).copied().collect();
        let depth = self.depth + 1;
        let mut inner =
            Builder { random: &mut *self.random, graph, values, states: Vec::new(), depth };
        for _ in 0..inner.below(4) {
            inner.step();
        }
        let mut outputs = finish(&mut inner, &inputs);
        for output in &mut outputs {
            if !inner.graph.nodes().iter().any(|node| node.outputs.contains(output)) {
                *output = inner.copy(*output);
            }
        }
        inner.graph.set_outputs(outputs);
        inner.graph
    }

    fn branch(&mut self) {
        if self.depth > 2 {
            return;
        }
        let choice = self.choice();
        let captured: Vec<_> = (0..=self.below(3)).map(|_| self.pick()).collect();
        let results = vec![value_type(); 1 + self.below(3)];
        let types: Vec<_> = captured.iter().map(|_| value_type()).collect();
        let regions = [(); 2].map(|()| {
            let count = results.len();
            self.region(&types, |inner, _| (0..count).map(|_| inner.pick()).collect())
        });
        let op = Op::Control(Control::If { results: results.clone() });
        let inputs: Vec<_> = [choice].into_iter().chain(captured).collect();
        let outputs = self.region_node(op, &inputs, &results, regions.into());
        self.values.extend(outputs);
    }

    fn repeat(&mut self) {
        if self.depth > 2 {
            return;
        }
        let counter = plain(DType::I32, &[]);
        let carried = 1 + self.below(3);
        let captured = self.below(3);
        let first = self.constant(counter.clone(), Data::I32(vec![0]));
        let values: Vec<_> = (0..carried + captured).map(|_| self.pick()).collect();
        let mut types = vec![counter.clone()];
        types.extend(values.iter().map(|_| value_type()));
        let limit = self.below(4) as i32;
        let decision = self.region(&types, |inner, inputs| {
            let limit = inner.constant(counter.clone(), Data::I32(vec![limit]));
            let more = inner.op(Compare { relation: Relation::Less }, &[inputs[0], limit]);
            if inner.below(2) == 0 {
                return vec![more];
            }
            let more = inner.view(more, &[1, 1]);
            let data = inner.choice();
            let function = pairwise::Function::LogicalAnd;
            vec![inner.op(pairwise::Pairwise { function }, &[more, data])]
        });
        let body = self.region(&types, |inner, inputs| {
            let one = inner.constant(counter.clone(), Data::I32(vec![1]));
            let sum = add::Add {
                activation: Activation::None,
                shifting: false,
                rounding: Rounding::Tflm,
            };
            let next = inner.op(sum, &[inputs[0], one]);
            [next].into_iter().chain((0..carried).map(|_| inner.pick())).collect()
        });
        let op = Op::Control(Control::While { carried: 1 + carried, rounds: None });
        let inputs: Vec<_> = [first].into_iter().chain(values).collect();
        let results = &types[..=carried];
        let outputs = self.region_node(op, &inputs, results, vec![decision, body]);
        self.values.extend(&outputs[1..]);
    }
}

fn graph(random: &mut Random) -> Graph {
    let mut graph = Graph::new("random");
    let mut values: Vec<_> =
        (0..2).map(|i| graph.add_input(format!("x{i}"), value_type())).collect();
    let mut states = Vec::new();
    for i in 0..random.range(0, 3) {
        let initial = random.data(DType::F32, ELEMENTS);
        let state = graph.add_state(format!("s{i}"), value_type(), initial);
        states.push([state; 2]);
        values.push(state);
    }
    let constant = random.data(DType::F32, ELEMENTS);
    values.push(graph.add_constant("k", value_type(), constant));
    let mut builder = Builder { random, graph, values, states, depth: 0 };
    for _ in 0..3 + builder.below(8) {
        builder.step();
    }
    for at in 0..builder.states.len() {
        let [before, mut after] = builder.states[at];
        if builder.below(4) == 0 {
            after = builder.pick();
            after = builder.node(Op::store(), &[after, builder.states[at][1]], &[value_type()])[0];
        }
        builder.graph.set_state(before, after);
    }
    let mut outputs: Vec<_> = (0..=builder.below(3)).map(|_| builder.pick()).collect();
    for output in &mut outputs {
        let is_state = builder.states.iter().any(|[before, _]| before == output);
        if is_state || builder.graph.value(*output).constant.is_some() {
            *output = builder.copy(*output);
        }
    }
    builder.graph.set_outputs(outputs);
    builder.graph
}

#[test]
fn random_graphs_give_the_references_outputs() {
    let workbench = workbench();
    let host = workbench.board("host").unwrap();
    let graphs = std::env::var("SMIDGEN_GRAPHS").ok();
    let graphs = graphs.map_or(GRAPHS, |count| count.parse().unwrap());
    let first = std::env::var("SMIDGEN_FIRST").map_or(0, |seed| seed.parse().unwrap());
    (first..first + graphs).into_par_iter().for_each(|seed| {
        let source = graph(&mut Random::new(seed));
        source.verify().unwrap_or_else(|e| panic!("{seed}: {e:?}\n{source}"));
        let recipe = Recipe::default();
        let mut optimised = source.clone();
        passes::run(&mut optimised, &recipe.passes().unwrap())
            .unwrap_or_else(|e| panic!("{seed}: {e:?}\n{source}"));
        for graph in [optimised, source.clone()] {
            let (name, sha256) = ("random".to_owned(), String::new());
            let rounding = Rounding::Tflm;
            let model = Model { name, sha256, rounding, source: source.clone(), graph };
            let samples = Inputs::Random { seed, samples: 4 }.samples(&model.graph).unwrap();
            let computed = workbench
                .infer(&model, host, &recipe, &samples)
                .unwrap_or_else(|e| panic!("{seed}: {e}\n{}", model.graph));
            let expected = workbench.reference(&model, &samples).unwrap();
            for (expected, computed) in expected.iter().zip(&computed) {
                for (expected, computed) in expected.iter().zip(computed) {
                    let verdict = compare(&[expected], &[computed]).verdict;
                    assert_ne!(verdict, Verdict::Wrong, "{seed}\n{}", model.graph);
                }
            }
        }
    });
}

//! Conformance cases of operators that move elements.

use crate::ops::case::{Case, Random, int8, plain};
use crate::ops::{Op, OpDef};
use crate::tensor::{DType, Data, Quant, TensorType};

/// Builds the cases of operator `O`: each in int8 and in one of the other types in turn, so that a
/// few cases cover all types.
pub(in crate::ops) struct Cases<O> {
    cases: Vec<Case>,
    operator: std::marker::PhantomData<O>,
}

impl<O: OpDef + Into<Op>> Cases<O> {
    pub(in crate::ops) fn new() -> Self {
        Self { cases: Vec::new(), operator: std::marker::PhantomData }
    }

    /// Adds a case on inputs of shapes `inputs`.
    #[must_use]
    pub(in crate::ops) fn case(self, name: &str, op: &O, inputs: &[&[usize]]) -> Self {
        self.with(name, |_| op.clone(), inputs, None)
    }

    /// Adds a case whose input `constant` is a constant.
    #[must_use]
    pub(in crate::ops) fn constant(
        self,
        name: &str,
        op: &O,
        inputs: &[&[usize]],
        constant: usize,
    ) -> Self {
        self.with(name, |_| op.clone(), inputs, Some(constant))
    }

    /// Adds a case whose operator depends on the element type.
    #[must_use]
    pub(in crate::ops) fn with(
        mut self,
        name: &str,
        op: impl Fn(DType) -> O,
        inputs: &[&[usize]],
        constant: Option<usize>,
    ) -> Self {
        let others = &O::TYPES[1..];
        let other = others[self.cases.len() / 2 % others.len()];
        for dtype in [DType::I8, other] {
            let mut random = Random::new(self.cases.len() as u64);
            let input = |(position, dims): (usize, &&[usize])| -> (TensorType, Option<Data>) {
                let ty = tensor(dtype, dims);
                let elements = ty.shape.elements();
                let data = (constant == Some(position)).then(|| random.data(dtype, elements));
                (ty, data)
            };
            let inputs: Vec<_> = inputs.iter().enumerate().map(input).collect();
            let types: Vec<_> = inputs.iter().map(|(ty, _)| ty).collect();
            let op = op(dtype);
            let outputs = op.infer(&types).expect("a case must be legal").len();
            let quants: Vec<Quant> = vec![types[0].quant.clone(); outputs];
            self.cases.push(Case::new(&format!("{name}_{dtype}"), op, inputs, &quants));
        }
        self
    }

    pub(in crate::ops) fn finish(self) -> Vec<Case> {
        self.cases
    }
}

fn tensor(dtype: DType, dims: &[usize]) -> TensorType {
    if dtype == DType::I8 { int8(dims, 0.05, -3) } else { plain(dtype, dims) }
}

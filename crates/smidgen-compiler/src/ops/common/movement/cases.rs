//! Conformance cases of operators that move elements.

use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::ops::{Op, OpDef};
use crate::tensor::{DType, Data, Quant, TensorType};

/// Builds the cases of operator `O`: the first in all types, each other one in the first type and
/// one of the rest in turn.
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
        for dtype in self.types() {
            let mut random = Random::new(self.cases.len() as u64);
            let input = |(position, dims): (usize, &&[usize])| -> (TensorType, Option<Data>) {
                let ty = tensor(dtype, dims);
                let elements = ty.shape.elements();
                let data = (constant == Some(position)).then(|| random.data(dtype, elements));
                (ty, data)
            };
            let inputs = inputs.iter().enumerate().map(input).collect();
            self.push(&format!("{name}_{dtype}"), op(dtype), inputs);
        }
        self
    }

    /// Adds a case with a last input of indices `dtype`, which are far outside every tensor.
    #[must_use]
    pub(in crate::ops) fn indexed(
        self,
        name: &str,
        op: &O,
        inputs: &[&[usize]],
        (dtype, dims): (DType, &[usize]),
    ) -> Self {
        self.last(name, op, inputs, &(plain(dtype, dims), None))
    }

    /// Adds a case with a last input of constant indices.
    #[must_use]
    pub(in crate::ops) fn at(
        self,
        name: &str,
        op: &O,
        inputs: &[&[usize]],
        (indices, dims): (&[i32], &[usize]),
    ) -> Self {
        let data = Some(Data::I32(indices.to_vec()));
        self.last(name, op, inputs, &(plain(DType::I32, dims), data))
    }

    fn last(
        mut self,
        name: &str,
        op: &O,
        inputs: &[&[usize]],
        last: &(TensorType, Option<Data>),
    ) -> Self {
        for dtype in self.types() {
            let moved = inputs.iter().map(|dims| (tensor(dtype, dims), None));
            let inputs = moved.chain([last.clone()]).collect();
            self.push(&format!("{name}_{dtype}"), op.clone(), inputs);
        }
        self
    }

    fn push(&mut self, name: &str, op: O, inputs: Vec<(TensorType, Option<Data>)>) {
        let types: Vec<_> = inputs.iter().map(|(ty, _)| ty).collect();
        let outputs = op.infer(&types).expect("a case must be legal").len();
        let quants: Vec<Quant> = vec![types[0].quant.clone(); outputs];
        self.cases.push(Case::new(name, op, inputs, &quants));
    }

    /// The element types of the next case.
    fn types(&self) -> Vec<DType> {
        let (first, others) = O::TYPES.split_first().expect("operators have types");
        match (self.cases.len(), others) {
            (0, _) | (_, []) => O::TYPES.to_vec(),
            (made, _) => vec![*first, others[made / 2 % others.len()]],
        }
    }

    pub(in crate::ops) fn finish(self) -> Vec<Case> {
        self.cases
    }
}

/// A type whose quantised integers have an odd zero point, where they may.
pub(in crate::ops) fn tensor(dtype: DType, dims: &[usize]) -> TensorType {
    match dtype {
        DType::I8 => int8(dims, 0.05, -3),
        DType::I16 => int16(dims, 0.001),
        _ => plain(dtype, dims),
    }
}

//! Composes what an ONNX node computes out of operators.

use std::borrow::Cow;

use super::layer::{Layer, missing};
use crate::diag::Code;
use crate::ops::cast::Cast;
use crate::ops::elementwise::{Elementwise, Function};
use crate::ops::quantize::Quantize;
use crate::ops::reshape::Reshape;
use crate::ops::transpose::Transpose;
use crate::ops::{Op, OpError, Operand, Site};
use crate::tensor::{DType, Data, Quant, Shape, TensorType};

/// Most elementary operations that are carried out on constants while a node is read.
const MAX_FOLDED_WORK: u64 = 1 << 24;

/// A value of a [`Build`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(usize);

impl Term {
    /// A tensor without elements, which no operator takes: a node may only give it. Inputs that are empty
    /// count as absent.
    pub const EMPTY: Self = Self(usize::MAX);

    /// Position among the values: the node's inputs come first.
    pub fn index(self) -> usize {
        self.0
    }
}

/// An operator on some values, and the values that it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The operator.
    pub op: Op,
    /// Operands.
    pub inputs: Vec<Term>,
    /// Results.
    pub outputs: Vec<Term>,
}

/// Type and, where they are known, elements of a value.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// Its type.
    pub ty: Cow<'a, TensorType>,
    /// Its elements.
    pub constant: Option<Cow<'a, Data>>,
    /// Whether no step and no input gives it.
    pub is_new: bool,
}

/// The operators that a node becomes, in order. What depends on constants alone is computed at once.
#[derive(Debug)]
pub struct Build<'a> {
    /// The node.
    pub layer: &'a Layer<'a>,
    inputs: Vec<Option<Term>>,
    items: Vec<Item<'a>>,
    steps: Vec<Step>,
    /// What the one operator that computes with quantised integers gives; `None` once it is there.
    result: Option<Quant>,
}

impl<'a> Build<'a> {
    /// A build that knows the node's inputs.
    pub fn new(layer: &'a Layer<'a>) -> Self {
        let mut items = Vec::new();
        let mut put = |port: super::Port<'a>| {
            let constant = port.constant.map(Cow::Borrowed);
            items.push(Item { ty: Cow::Borrowed(port.ty), constant, is_new: false });
            Term(items.len() - 1)
        };
        let inputs = layer.inputs.iter().map(|port| port.map(&mut put)).collect();
        Self { layer, inputs, items, steps: Vec::new(), result: layer.result.clone() }
    }

    /// The values and the steps.
    pub fn finish(self) -> (Vec<Item<'a>>, Vec<Step>) {
        (self.items, self.steps)
    }

    /// Input `index` of the node.
    pub fn input(&self, index: usize) -> Result<Term, OpError> {
        self.optional(index).ok_or_else(|| missing(index))
    }

    /// Input `index` of the node, if it is there.
    pub fn optional(&self, index: usize) -> Option<Term> {
        self.inputs.get(index).copied().flatten()
    }

    /// The inputs of the node that are there.
    pub fn present(&self) -> Vec<Term> {
        self.inputs.iter().copied().flatten().collect()
    }

    /// All inputs of the node, none of which may be absent.
    pub fn all_inputs(&self) -> Result<Vec<Term>, OpError> {
        (0..self.inputs.len()).map(|index| self.input(index)).collect()
    }

    /// Type of a value.
    pub fn ty(&self, term: Term) -> &TensorType {
        &self.items[term.0].ty
    }

    /// Dimensions of a value.
    pub fn dims(&self, term: Term) -> Vec<usize> {
        self.ty(term).shape.dims().to_vec()
    }

    /// Element type of a value.
    pub fn dtype(&self, term: Term) -> DType {
        self.ty(term).dtype
    }

    /// Elements of a value, if they are known.
    pub fn constant(&self, term: Term) -> Option<&Data> {
        self.items[term.0].constant.as_deref()
    }

    /// Elements of input `index`, integers which have to be known when the model is read.
    pub fn integers(&self, index: usize) -> Result<Vec<i64>, OpError> {
        let data = self.constant(self.input(index)?).ok_or_else(|| computed(index))?;
        data.integers().ok_or_else(|| {
            let text = format!("input {index} must hold integers, not `{}`", data.dtype());
            OpError::inconsistent(text)
        })
    }

    /// The same of an input that may be absent.
    pub fn optional_integers(&self, index: usize) -> Result<Option<Vec<i64>>, OpError> {
        self.optional(index).map(|_| self.integers(index)).transpose()
    }

    /// Elements of input `index`, floats which have to be known when the model is read.
    pub fn floats(&self, index: usize) -> Result<Vec<f32>, OpError> {
        match self.constant(self.input(index)?).ok_or_else(|| computed(index))? {
            Data::F32(floats) => Ok(floats.clone()),
            other => Err(OpError::inconsistent(format!(
                "input {index} must hold float32, not `{}`",
                other.dtype()
            ))),
        }
    }

    /// A constant.
    pub fn value(&mut self, shape: Shape, data: Data) -> Term {
        let ty = TensorType::plain(data.dtype(), shape);
        self.push(ty, Some(data), true)
    }

    /// A list of constants.
    pub fn list(&mut self, data: Data) -> Result<Term, OpError> {
        let shape = shape(vec![data.len()])?;
        Ok(self.value(shape, data))
    }

    /// A float.
    pub fn float(&mut self, value: f32) -> Term {
        self.value(Shape::scalar(), Data::F32(vec![value]))
    }

    /// The number `value` in the element type of `like`.
    pub fn number(&mut self, value: i64, like: Term) -> Result<Term, OpError> {
        let dtype = self.dtype(like);
        let data = Data::of_integer(dtype, value);
        let data = data.ok_or_else(|| OpError::unsupported(format!("`{dtype}` has no {value}")))?;
        Ok(self.value(Shape::scalar(), data))
    }

    /// The only result of an operator.
    pub fn apply(&mut self, op: impl Into<Op>, inputs: &[Term]) -> Result<Term, OpError> {
        self.apply_all(op, inputs).map(|outputs| outputs[0])
    }

    /// All results of an operator.
    pub fn apply_all(&mut self, op: impl Into<Op>, inputs: &[Term]) -> Result<Vec<Term>, OpError> {
        let op = op.into();
        let types: Vec<&TensorType> = inputs.iter().map(|&term| self.ty(term)).collect();
        let inferred = op.infer(&types)?;
        let is_quantised = types.first().is_some_and(|ty| ty.quant != Quant::None);
        let outputs = if is_quantised {
            self.quantised(&op, inputs, inferred)?
        } else {
            inferred.into_iter().map(|(dtype, shape)| TensorType::plain(dtype, shape)).collect()
        };
        let constants: Option<Vec<&Data>> =
            inputs.iter().map(|&term| self.constant(term)).collect();
        let results = match constants {
            Some(constants) => self.fold(&op, inputs, &outputs, &constants)?,
            None => None,
        };
        if results.is_none() {
            op.check(&self.site(inputs, &outputs))?;
        }
        let is_known = results.is_some();
        let mut results = results.into_iter().flatten();
        let outputs = outputs.into_iter().map(|ty| {
            let data = results.next();
            self.push(ty, data, is_known)
        });
        let outputs: Vec<Term> = outputs.collect();
        if !is_known {
            self.steps.push(Step { op, inputs: inputs.to_vec(), outputs: outputs.clone() });
        }
        Ok(outputs)
    }

    fn site<'b>(&'b self, inputs: &[Term], outputs: &'b [TensorType]) -> Site<'b> {
        let operand = |term: &Term| {
            let item = &self.items[term.0];
            Operand { ty: &item.ty, constant: item.constant.as_deref() }
        };
        Site { inputs: inputs.iter().map(operand).collect(), outputs: outputs.iter().collect() }
    }

    /// The results of an operator on constants, unless they take too long. Moving them is the same
    /// whatever they mean.
    fn fold(
        &self,
        op: &Op,
        inputs: &[Term],
        outputs: &[TensorType],
        constants: &[&Data],
    ) -> Result<Option<Vec<Data>>, OpError> {
        let bare = |ty: &TensorType| TensorType::plain(ty.dtype, ty.shape.clone());
        let moves = moves(op);
        let types: Vec<TensorType> = inputs.iter().map(|&term| bare(self.ty(term))).collect();
        let bare_outputs: Vec<TensorType> = outputs.iter().map(bare).collect();
        let mut site = self.site(inputs, outputs);
        if moves {
            for (operand, ty) in site.inputs.iter_mut().zip(&types) {
                operand.ty = ty;
            }
            site.outputs = bare_outputs.iter().collect();
        }
        op.check(&site)?;
        Ok((op.work(&site) <= MAX_FOLDED_WORK).then(|| op.eval(&site, constants)))
    }

    /// Types of the results of an operator on quantised integers: what moves them keeps their scale;
    /// else the node's first output says it, and only one operator can give that.
    fn quantised(
        &mut self,
        op: &Op,
        inputs: &[Term],
        inferred: Vec<(DType, Shape)>,
    ) -> Result<Vec<TensorType>, OpError> {
        let quant = if moves(op) {
            moved(op, self.ty(inputs[0]), &inferred[0].1)
        } else {
            self.result.take()
        };
        let quant = quant.ok_or_else(|| {
            OpError::unsupported("needs scales between its steps, which the model does not state")
        })?;
        let ty = |(dtype, shape)| TensorType { dtype, shape, quant: quant.clone() };
        Ok(inferred.into_iter().map(ty).collect())
    }

    /// Whether no step computes with quantised integers yet.
    pub fn only_moves(&self) -> bool {
        self.result.is_some()
    }

    /// Integers with another scale, as a step of its own beside what the node computes.
    pub fn requantised(&mut self, x: Term, quant: &Quant) -> Result<Term, OpError> {
        let ty = self.ty(x);
        if ty.quant == *quant {
            return Ok(x);
        }
        let op = Quantize { to: ty.dtype, rounding: self.layer.rounding };
        let kept = self.result.replace(quant.clone());
        let y = self.apply(op, &[x]);
        self.result = kept;
        y
    }

    /// A function of each element.
    pub fn function(&mut self, function: Function, x: Term) -> Result<Term, OpError> {
        self.apply(Elementwise { function, rounding: self.layer.rounding }, &[x])
    }

    /// The axes in another order: axis `i` of the result is axis `permutation[i]`.
    pub fn transpose(&mut self, x: Term, permutation: &[usize]) -> Result<Term, OpError> {
        if permutation.is_sorted() {
            return Ok(x);
        }
        self.apply(Transpose { permutation: permutation.to_vec() }, &[x])
    }

    /// The same elements in another shape.
    pub fn reshape(&mut self, x: Term, dims: impl Into<Vec<usize>>) -> Result<Term, OpError> {
        let dims = dims.into();
        if self.ty(x).shape.dims() == dims {
            return Ok(x);
        }
        self.apply(Reshape { shape: shape(dims)? }, &[x])
    }

    /// The same numbers in another element type.
    pub fn cast(&mut self, x: Term, to: DType) -> Result<Term, OpError> {
        if self.dtype(x) == to {
            return Ok(x);
        }
        self.apply(Cast { to, rounding: self.layer.rounding }, &[x])
    }

    fn push(&mut self, ty: TensorType, constant: Option<Data>, is_new: bool) -> Term {
        self.items.push(Item { ty: Cow::Owned(ty), constant: constant.map(Cow::Owned), is_new });
        Term(self.items.len() - 1)
    }
}

/// Whether an operator only moves elements of its first input, or chooses among them.
fn moves(op: &Op) -> bool {
    use crate::ops::pool_2d::Function as Pool;
    use crate::ops::reduce::Function as R;
    match op {
        Op::Concatenation(_)
        | Op::Gather(_)
        | Op::MirrorPad(_)
        | Op::Reshape(_)
        | Op::Slice(_)
        | Op::Split(_)
        | Op::Tile(_)
        | Op::Transpose(_) => true,
        Op::Pool2d(pool) => matches!(pool.function, Pool::Max),
        Op::Reduce(reduce) => matches!(reduce.function, R::Max | R::Min),
        _ => false,
    }
}

/// The quantisation of moved elements, if scales along an axis still run along one.
fn moved(op: &Op, from: &TensorType, to: &Shape) -> Option<Quant> {
    let Quant::PerAxis { axis, scales } = &from.quant else { return Some(from.quant.clone()) };
    let axis = match op {
        Op::Transpose(op) => op.permutation.iter().position(|source| source == axis)?,
        Op::Reshape(_) => {
            let before: usize = from.shape.dims()[..*axis].iter().product();
            let mut starts = (0..to.rank()).rev().filter(|&at| {
                to.dims()[..at].iter().product::<usize>() == before && to[at] == scales.len()
            });
            starts.next()?
        }
        _ => return None,
    };
    Some(Quant::PerAxis { axis, scales: scales.clone() })
}

/// A shape, or why the dimensions are none.
pub(super) fn shape(dims: Vec<usize>) -> Result<Shape, OpError> {
    Shape::new(dims).map_err(|e| OpError {
        code: Code::UnsupportedForm,
        text: e.to_string(),
        hint: None,
    })
}

fn computed(index: usize) -> OpError {
    OpError::unsupported(format!("input {index} must be constant, but it is computed"))
        .hint("make it a constant in the source model")
}

//! What the names of an ONNX file stand for in the graph.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Code;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::onnx::shape::tensor_data;
use crate::ops::{Op, OpError};
use crate::reader::onnx::Tensor;
use crate::tensor::{DType, Data, Quant, TensorType};

/// How far, as a part of it, the scale of a bias may be from the product of the other scales: rounding of
/// single precision, several times.
const BIAS_TOLERANCE: f32 = 1e-5;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// A value of the graph, as it is.
    Value(ValueId),
    /// Quantised integers. Those of uint8 are int8 in the graph, with another zero point.
    Integers(Integers),
    /// The real numbers that quantised integers mean.
    Reals(Integers),
    /// What could not be read; the problem has been told.
    Lost,
}

/// Quantised integers of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Integers {
    pub value: ValueId,
    /// Whether they are uint8 in the file.
    pub unsigned: bool,
}

/// How integers of the file are quantised.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scheme {
    /// Scale and zero point as the graph has them.
    pub quant: Quant,
    /// Element type in the graph.
    pub dtype: DType,
    /// Whether they are uint8 in the file.
    pub unsigned: bool,
}

/// What a name stands for outside of a graph that gives it anew.
#[derive(Debug)]
pub(super) struct Shadowed<'a> {
    name: &'a str,
    known: Option<Known>,
    stored: Option<&'a Tensor>,
    is_empty: bool,
}

/// All names of a graph, and the graph that is built.
#[derive(Debug)]
pub(super) struct Names<'a> {
    pub graph: Graph,
    known: BTreeMap<&'a str, Known>,
    /// Names of tensors without elements, which the graph cannot have.
    empty: BTreeSet<&'a str>,
    /// Tensors of the file that nothing has asked for yet.
    stored: BTreeMap<&'a str, &'a Tensor>,
    /// Real numbers of integers, where some node has asked for them.
    reals: BTreeMap<ValueId, ValueId>,
    /// uint8 of integers, likewise.
    raw: BTreeMap<ValueId, ValueId>,
    /// Stored tensors as quantised integers, by name and quantisation.
    constants: Vec<(&'a str, Scheme, ValueId)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(graph: Graph, tensors: &'a [Tensor]) -> Self {
        let mut names = Self {
            graph,
            known: BTreeMap::new(),
            empty: BTreeSet::new(),
            stored: BTreeMap::new(),
            reals: BTreeMap::new(),
            raw: BTreeMap::new(),
            constants: Vec::new(),
        };
        names.store(tensors);
        names
    }

    /// Adds stored tensors.
    pub(super) fn store(&mut self, tensors: &'a [Tensor]) {
        for tensor in tensors {
            self.stored.insert(&tensor.name, tensor);
            if tensor.dims.contains(&0) {
                self.empty.insert(&tensor.name);
            }
        }
    }

    /// Forgets what names stand for, until it is restored: a graph inside this one gives them anew.
    pub(super) fn shadow(&mut self, names: impl Iterator<Item = &'a str>) -> Vec<Shadowed<'a>> {
        let names: BTreeSet<&str> = names.collect();
        self.constants.retain(|(name, ..)| !names.contains(name));
        let taken = names.into_iter().map(|name| Shadowed {
            name,
            known: self.known.remove(name),
            stored: self.stored.remove(name),
            is_empty: self.empty.remove(name),
        });
        taken.collect()
    }

    /// Gives names the meaning back that they had.
    pub(super) fn restore(&mut self, shadowed: Vec<Shadowed<'a>>) {
        for Shadowed { name, known, stored, is_empty } in shadowed {
            self.shadow(std::iter::once(name));
            self.known.extend(known.map(|known| (name, known)));
            self.stored.extend(stored.map(|stored| (name, stored)));
            self.empty.extend(is_empty.then_some(name));
        }
    }

    /// Says that a name stands for a tensor without elements.
    pub(super) fn define_empty(&mut self, name: &'a str) {
        self.empty.insert(name);
    }

    /// Whether a name stands for a tensor without elements.
    pub(super) fn is_empty(&self, name: &str) -> bool {
        self.empty.contains(name)
    }

    pub(super) fn is_stored(&self, name: &str) -> bool {
        self.stored.contains_key(name)
    }

    pub(super) fn define(&mut self, name: &'a str, known: Known) {
        self.known.insert(name, known);
    }

    /// What a name stands for; stored tensors become constants when they are first asked for.
    pub(super) fn get(&mut self, name: &'a str) -> Result<Known, OpError> {
        if let Some(&known) = self.known.get(name) {
            return Ok(known);
        }
        if self.is_empty(name) {
            let text = format!("`{name}` has no elements: empty tensors are not supported");
            return Err(OpError::unsupported(text));
        }
        let Some(tensor) = self.stored.get(name) else {
            let text = format!("reads `{name}`, which nothing gives");
            return Err(OpError { code: Code::Malformed, text, hint: None });
        };
        self.known.insert(name, Known::Lost);
        let (shape, data) = tensor_data(tensor)?;
        let ty = TensorType::plain(data.dtype(), shape);
        let known = Known::Value(self.graph.add_constant(name, ty, data));
        self.known.insert(name, known);
        Ok(known)
    }

    /// The value for a name where nodes read what the file says: real numbers, or the integers as they
    /// are stored. `None` for what is lost.
    pub(super) fn plain(
        &mut self,
        name: &'a str,
        layer: usize,
    ) -> Result<Option<ValueId>, OpError> {
        Ok(match self.get(name)? {
            Known::Value(value) => Some(value),
            Known::Integers(integers) => Some(self.as_stored(integers, layer)),
            Known::Reals(integers) => Some(self.reals(integers, layer)),
            Known::Lost => None,
        })
    }

    /// Integers in the element type of the file.
    fn as_stored(&mut self, integers: Integers, layer: usize) -> ValueId {
        let inner = integers.value;
        if !integers.unsigned {
            return inner;
        }
        if let Some(&value) = self.raw.get(&inner) {
            return value;
        }
        let known = self.graph.value(inner);
        let ty = unsigned(&known.ty);
        let name = known.name.clone();
        let constant = known.constant.as_deref().map(|data| flipped(Cow::Borrowed(data)));
        let value = match constant {
            Some(data) => self.graph.add_constant(name, ty, data),
            None => self.convey(Op::rebias(), layer, inner, name, ty),
        };
        self.raw.insert(inner, value);
        value
    }

    /// The real numbers of integers.
    pub(super) fn reals(&mut self, integers: Integers, layer: usize) -> ValueId {
        let inner = integers.value;
        if let Some(&value) = self.reals.get(&inner) {
            return value;
        }
        let known = self.graph.value(inner);
        let ty = TensorType::plain(DType::F32, known.ty.shape.clone());
        let name = format!("{}/real", known.name);
        let constant = known.constant.as_deref().map(|data| dequantised(data, &known.ty));
        let value = match constant {
            Some(data) => self.graph.add_constant(name, ty, data),
            None => self.convey(Op::dequantize(), layer, inner, name, ty),
        };
        self.reals.insert(inner, value);
        value
    }

    /// Element type of integers.
    pub(super) fn dtype(&self, integers: Integers) -> DType {
        self.graph.value(integers.value).ty.dtype
    }

    /// A constant bias of int32 without its scales, if they are the products of those of the operands
    /// before it, as sums of products need.
    pub(super) fn bias(&mut self, bias: Integers, operands: &[Option<ValueId>]) -> Option<ValueId> {
        let known = self.graph.value(bias.value);
        let &[Some(input), Some(filter)] = operands else { return None };
        let quant = |id: ValueId| &self.graph.value(id).ty.quant;
        let (scale, _) = quant(input).whole()?;
        let near = |(channel, _): (usize, &i32)| {
            let product = scale * quant(filter).scale(channel)?;
            let stated = known.ty.quant.scale(channel)?;
            ((stated - product).abs() <= BIAS_TOLERANCE * product).then_some(())
        };
        let data = known.constant.clone()?;
        data.get::<i32>().iter().enumerate().try_for_each(near)?;
        if known.ty.quant.whole().is_some_and(|(_, zero_point)| zero_point != 0) {
            return None;
        }
        let (name, shape) = (known.name.clone(), known.ty.shape.clone());
        Some(self.graph.add_constant(name, TensorType::plain(DType::I32, shape), data))
    }

    /// Adds a node that no node of the file stands for.
    pub(super) fn convey(
        &mut self,
        op: Op,
        layer: usize,
        from: ValueId,
        name: String,
        ty: TensorType,
    ) -> ValueId {
        let to = self.graph.add_value(name.clone(), ty);
        self.graph.add_node(Node::new(name, layer, op, vec![from], vec![to]));
        to
    }

    /// The integers `name` under a scheme, which the file states where they are read.
    pub(super) fn integers(
        &mut self,
        name: &'a str,
        scheme: &Scheme,
        layer: usize,
    ) -> Result<Option<Integers>, OpError> {
        let value = match self.get(name)? {
            Known::Lost => return Ok(None),
            Known::Integers(integers) => {
                let ty = &self.graph.value(integers.value).ty;
                if ty.quant != scheme.quant || integers.unsigned != scheme.unsigned {
                    let text =
                        format!("reads `{name}` with another scale than it was written with");
                    return Err(OpError::unsupported(text));
                }
                return Ok(Some(integers));
            }
            Known::Reals(_) => {
                return Err(OpError::inconsistent(format!(
                    "reads `{name}`, which holds no integers"
                )));
            }
            Known::Value(value) => value,
        };
        let Scheme { dtype, unsigned, .. } = *scheme;
        let known = self.graph.value(value);
        let stored = if unsigned { DType::U8 } else { dtype };
        if known.ty.dtype != stored {
            let text = format!("`{name}` holds `{}`, its zero point `{stored}`", known.ty.dtype);
            return Err(OpError::inconsistent(text));
        }
        let shape = known.ty.shape.clone();
        let ty = TensorType { dtype, shape, quant: scheme.quant.clone() };
        if let Some(data) = known.constant.clone() {
            let same = |(other, s, _): &&(&str, Scheme, _)| *other == name && s == scheme;
            let value = if let Some(&(_, _, value)) = self.constants.iter().find(same) {
                value
            } else {
                let stored = Cow::Borrowed(data.as_ref());
                let data = if unsigned { flipped(stored) } else { stored.into_owned() };
                let value = self.graph.add_constant(name, ty, data);
                self.constants.push((name, scheme.clone(), value));
                value
            };
            return Ok(Some(Integers { value, unsigned }));
        }
        let inner = if unsigned {
            let outer = self::unsigned(&ty).quant;
            self.graph.set_quant(value, outer);
            let name = format!("{name}/int8");
            let inner = self.convey(Op::rebias(), layer, value, name, ty);
            self.raw.insert(inner, value);
            inner
        } else {
            self.graph.set_quant(value, scheme.quant.clone());
            value
        };
        let integers = Integers { value: inner, unsigned };
        self.known.insert(name, Known::Integers(integers));
        Ok(Some(integers))
    }
}

/// The type outside the graph of integers that are int8 inside.
pub(super) fn unsigned(ty: &TensorType) -> TensorType {
    let quant = match ty.quant {
        Quant::PerTensor { scale, zero_point } => {
            Quant::PerTensor { scale, zero_point: zero_point.saturating_add(128) }
        }
        ref other => other.clone(),
    };
    TensorType { dtype: DType::U8, shape: ty.shape.clone(), quant }
}

/// int8 for uint8 that mean the same, and the other way round.
fn flipped(data: Cow<'_, Data>) -> Data {
    match &*data {
        Data::U8(x) => Data::I8(x.iter().map(|&x| (x ^ 0x80) as i8).collect()),
        Data::I8(x) => Data::U8(x.iter().map(|&x| x as u8 ^ 0x80).collect()),
        _ => data.into_owned(),
    }
}

/// The real numbers of a constant: `scale (integer - zero point)` in single precision.
fn dequantised(data: &Data, ty: &TensorType) -> Data {
    let integers = data.integers().unwrap_or_default();
    let real = |(index, &integer): (usize, &i64)| match &ty.quant {
        Quant::None => integer as f32,
        Quant::PerTensor { scale, zero_point } => (integer - i64::from(*zero_point)) as f32 * scale,
        Quant::PerAxis { axis, scales } => {
            let place = index / ty.shape.strides()[*axis] % ty.shape[*axis];
            integer as f32 * scales[place]
        }
    };
    Data::F32(integers.iter().enumerate().map(real).collect())
}
